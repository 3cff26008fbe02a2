//! The contraction of two arrays, through matrix products where it is one.

use crate::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{
    Array1, Array2, ArrayD, ArrayView1, ArrayView2, ArrayView3, ArrayViewD, Axis, IxDyn, Zip,
};

/// An operand with its axes.
type Operand<'a, A> = (ArrayViewD<'a, A>, &'a [usize]);

/// The axes of a contraction by where they occur.
struct Roles {
    /// In both operands and in the result.
    batch: Vec<usize>,
    /// In both operands alone: summed over.
    inner: Vec<usize>,
    /// In the first operand and in the result.
    left: Vec<usize>,
    /// In the second operand and in the result.
    right: Vec<usize>,
}

impl Roles {
    fn new(a: &[usize], b: &[usize], to: &[usize]) -> Self {
        let both = |axis: &&usize| a.contains(axis) && b.contains(axis);
        let only = |axes: &[usize], other: &[usize]| {
            axes.iter().copied().filter(|axis| !other.contains(axis)).collect()
        };
        Roles {
            batch: to.iter().filter(both).copied().collect(),
            inner: a.iter().filter(both).copied().filter(|axis| !to.contains(axis)).collect(),
            left: only(a, b),
            right: only(b, a),
        }
    }
}

fn place(axes: &[usize], axis: usize) -> usize {
    axes.iter().position(|other| *other == axis).expect("the operand has the axis")
}

/// The length of each axis of `axes`.
#[track_caller]
fn length<A>(a: &Operand<'_, A>, b: &Operand<'_, A>, axis: usize) -> usize {
    let of = |operand: &Operand<'_, A>| {
        let k = operand.1.iter().position(|other| *other == axis)?;
        Some(operand.0.shape()[k])
    };
    match (of(a), of(b)) {
        (Some(m), Some(n)) => {
            assert!(
                m == n,
                "einsum!: arrays of the shapes {:?} and {:?} have a common axis of the lengths {m} and {n}",
                a.0.shape(),
                b.0.shape()
            );
            m
        }
        (m, n) => m.or(n).expect("an axis belongs to an operand"),
    }
}

/// `Σ a b` over the axes that `to` has not.
#[track_caller]
pub(super) fn contracted<A: Real>(a: Operand<'_, A>, b: Operand<'_, A>, to: &[usize]) -> ArrayD<A> {
    let roles = Roles::new(a.1, b.1, to);
    let sizes =
        |axes: &[usize]| -> Vec<usize> { axes.iter().map(|axis| length(&a, &b, *axis)).collect() };
    let (batch, inner) = (sizes(&roles.batch), sizes(&roles.inner));
    let (left, right) = (sizes(&roles.left), sizes(&roles.right));
    if roles.inner.is_empty() {
        return product(&a, &b, to, &sizes(to));
    }
    let a = arranged(a, [&roles.batch, &roles.left, &roles.inner]);
    let b = arranged(b, [&roles.batch, &roles.inner, &roles.right]);
    let size = |lengths: &[usize]| lengths.iter().product::<usize>();
    let (n, k, l, r) = (size(&batch), size(&inner), size(&left), size(&right));
    let a = a.to_shape((n, l, k)).expect("the axes are those of the operand");
    let b = b.to_shape((n, k, r)).expect("the axes are those of the operand");
    let values = if roles.batch.is_empty() {
        let (a, b) = (a.index_axis(Axis(0), 0), b.index_axis(Axis(0), 0));
        matrix_product(&a, &b, !roles.left.is_empty(), !roles.right.is_empty())
    } else {
        batches(&a.view(), &b.view())
    };
    let shape: Vec<usize> = batch.into_iter().chain(left).chain(right).collect();
    let order: Vec<usize> =
        roles.batch.iter().chain(&roles.left).chain(&roles.right).copied().collect();
    let out = ArrayD::from_shape_vec(IxDyn(&shape), values).expect("as many elements as products");
    let places: Vec<usize> = to.iter().map(|axis| place(&order, *axis)).collect();
    out.permuted_axes(places)
}

/// The operand with its axes in the order of the groups.
fn arranged<'a, A>(operand: Operand<'a, A>, groups: [&[usize]; 3]) -> ArrayViewD<'a, A> {
    let places: Vec<usize> =
        groups.iter().flat_map(|axes| axes.iter().map(|axis| place(operand.1, *axis))).collect();
    operand.0.permuted_axes(places)
}

fn first<'a, A>(m: &'a ArrayView2<'_, A>, axis: usize) -> ArrayView1<'a, A> {
    m.index_axis(Axis(axis), 0)
}

/// The product of two matrices, row after row.
fn matrix_product<A: Real>(
    a: &ArrayView2<'_, A>,
    b: &ArrayView2<'_, A>,
    rows: bool,
    columns: bool,
) -> Vec<A> {
    let flat = |values: Array1<A>| values.into_raw_vec_and_offset().0;
    match (rows, columns) {
        (true, true) => {
            let mut out = Array2::zeros((a.nrows(), b.ncols()));
            general_mat_mul(A::one(), a, b, A::zero(), &mut out);
            out.into_raw_vec_and_offset().0
        }
        (true, false) => flat(a.dot(&first(b, 1))),
        (false, true) => flat(first(a, 0).dot(b)),
        (false, false) => vec![first(a, 0).dot(&first(b, 1))],
    }
}

/// One matrix product per element of the first axis.
fn batches<A: Real>(a: &ArrayView3<'_, A>, b: &ArrayView3<'_, A>) -> Vec<A> {
    let (n, l, _) = a.dim();
    let r = b.dim().2;
    let mut out = ndarray::Array3::zeros((n, l, r));
    let all = a.outer_iter().zip(b.outer_iter()).zip(out.outer_iter_mut());
    if l == 1 && r == 1 {
        for ((a, b), mut out) in all {
            out[[0, 0]] = a.row(0).dot(&b.column(0));
        }
    } else {
        for ((a, b), mut out) in all {
            general_mat_mul(A::one(), &a, &b, A::zero(), &mut out);
        }
    }
    out.into_raw_vec_and_offset().0
}

/// The products of the elements, where nothing is summed over.
fn product<A: Real>(
    a: &Operand<'_, A>,
    b: &Operand<'_, A>,
    to: &[usize],
    lengths: &[usize],
) -> ArrayD<A> {
    let (a, b) = (aligned(a, to), aligned(b, to));
    let shape = IxDyn(lengths);
    let all = "the axes that an operand has not are of length one";
    let (a, b) = (a.broadcast(shape.clone()).expect(all), b.broadcast(shape).expect(all));
    Zip::from(&a).and(&b).map_collect(|a, b| *a * *b)
}

/// The operand with the axes `to`, of length one where it has not got them.
fn aligned<'a, A>(operand: &Operand<'a, A>, to: &[usize]) -> ArrayViewD<'a, A> {
    let own: Vec<usize> = to.iter().copied().filter(|axis| operand.1.contains(axis)).collect();
    let places: Vec<usize> = own.iter().map(|axis| place(operand.1, *axis)).collect();
    let mut view = operand.0.clone().permuted_axes(places);
    for (k, axis) in to.iter().enumerate() {
        if !operand.1.contains(axis) {
            view = view.insert_axis(Axis(k));
        }
    }
    view
}
