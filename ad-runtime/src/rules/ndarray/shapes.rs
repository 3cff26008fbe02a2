//! Shapes: checks that name both of them, broadcasting, and the sum over what was broadcast.
//!
//! Broadcasting repeats a value along an axis. That is linear, and its adjoint is the sum over the
//! axis (`Y = x 1ᵀ` gives `x̄ = Ȳ 1`: Giles 2008, section 2.2.2, the product).

use crate::Number;
use ndarray::{
    Array, ArrayRef, ArrayView, ArrayView1, ArrayViewMut, Axis, DimMax, Dimension, LayoutRef,
    Slice, Zip,
};

/// Panics with both shapes unless a derivative has the shape of the value it belongs to.
#[inline]
#[track_caller]
pub(super) fn require_same_shape<A, B, D: Dimension, E: Dimension>(
    derivative: &LayoutRef<A, D>,
    value: &LayoutRef<B, E>,
) {
    require_shape(derivative.shape(), value.shape());
}

/// [`require_same_shape`] for shapes as slices.
#[inline]
#[track_caller]
pub(super) fn require_shape(derivative: &[usize], value: &[usize]) {
    if derivative != value {
        shape_mismatch(derivative, value);
    }
}

#[cold]
#[track_caller]
fn shape_mismatch(derivative: &[usize], value: &[usize]) -> ! {
    panic!("a derivative of shape {derivative:?} meets a value of shape {value:?}")
}

/// The shape to which arrays of the shapes of `x` and `y` are broadcast together.
#[inline]
#[track_caller]
pub(super) fn common_shape<A, B, D, E>(
    x: &LayoutRef<A, D>,
    y: &LayoutRef<B, E>,
) -> <D as DimMax<E>>::Output
where
    D: Dimension + DimMax<E>,
    E: Dimension,
{
    let (x, y) = (x.shape(), y.shape());
    let ndim = x.len().max(y.len());
    let mut common = <D as DimMax<E>>::Output::zeros(ndim);
    for axis in 0..ndim {
        // Shapes are aligned at the last axis; missing axes have length one.
        let length = |shape: &[usize]| match (axis + shape.len()).checked_sub(ndim) {
            Some(axis) => shape[axis],
            None => 1,
        };
        common[axis] = match (length(x), length(y)) {
            (n, m) if n == m => n,
            (1, n) | (n, 1) => n,
            _ => panic!("values of the shapes {x:?} and {y:?} do not broadcast together"),
        };
    }
    common
}

/// `x` repeated to shape `dim`.
#[inline]
#[track_caller]
pub(super) fn broadcast<A, D: Dimension, O: Dimension>(
    x: &ArrayRef<A, D>,
    dim: O,
) -> ArrayView<'_, A, O> {
    if x.shape() == dim.slice() {
        let same = x.view().into_dimensionality();
        return same.expect("equal shapes have equally many axes");
    }
    match x.broadcast(dim.clone()) {
        Some(view) => view,
        None => shape_mismatch(x.shape(), dim.slice()),
    }
}

/// `into += Σ f(bar)`, the sum being over the axes that `into` lacks or has with length one.
#[inline]
#[track_caller]
pub(super) fn add_sum<A: Number, D: Dimension, O: Dimension>(
    mut into: ArrayViewMut<'_, A, D>,
    bar: &ArrayRef<A, O>,
    f: impl Fn(A) -> A + Copy,
) {
    if into.shape() == bar.shape() {
        into.zip_mut_with(bar, |into, &bar| *into += f(bar));
    } else {
        let (ndim, bar) = (bar.ndim(), bar.view());
        reduce(with_axes(into, ndim), [bar.clone(), bar.clone(), bar], |bar, _, _| f(bar));
    }
}

/// `into += Σ f(bar, x)`, where `x` is first broadcast to the shape of `bar` and the sum is over the
/// axes that `into` lacks or has with length one.
#[inline]
#[track_caller]
pub(super) fn add_sum2<A: Number, D: Dimension, E: Dimension, O: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    bar: &ArrayRef<A, O>,
    x: &ArrayRef<A, E>,
    f: impl Fn(A, A) -> A + Copy,
) {
    let into = with_axes(into, bar.ndim());
    let x = broadcast(x, bar.raw_dim());
    if into.shape() == bar.shape() {
        Zip::from(into).and(bar).and(x).for_each(|into, &bar, &x| *into += f(bar, x));
    } else {
        reduce(into, [bar.view(), x.clone(), x], |bar, x, _| f(bar, x));
    }
}

/// `into += Σ f(bar, x, y)`, likewise.
#[inline]
#[track_caller]
pub(super) fn add_sum3<A: Number, D: Dimension, X: Dimension, Y: Dimension, O: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    bar: &ArrayRef<A, O>,
    x: &ArrayRef<A, X>,
    y: &ArrayRef<A, Y>,
    f: impl Fn(A, A, A) -> A + Copy,
) {
    let into = with_axes(into, bar.ndim());
    let (x, y) = (broadcast(x, bar.raw_dim()), broadcast(y, bar.raw_dim()));
    reduce(into, [bar.view(), x, y], f);
}

/// `view` with leading axes of length one, `ndim` axes in all.
#[inline]
fn with_axes<A, D: Dimension, O: Dimension>(
    view: ArrayViewMut<'_, A, D>,
    ndim: usize,
) -> ArrayViewMut<'_, A, O> {
    if view.ndim() == ndim {
        return same_axes(view);
    }
    let mut view = view.into_dyn();
    while view.ndim() < ndim {
        view = view.insert_axis(Axis(0));
    }
    same_axes(view)
}

#[inline]
fn same_axes<A, D: Dimension, O: Dimension>(
    view: ArrayViewMut<'_, A, D>,
) -> ArrayViewMut<'_, A, O> {
    view.into_dimensionality().expect("a broadcast result has at least the axes of its operands")
}

/// The sum itself. Outer axes are walked slice by slice, so that the inner loops run along memory.
fn reduce<A: Number, O: Dimension>(
    mut into: ArrayViewMut<'_, A, O>,
    terms: [ArrayView<'_, A, O>; 3],
    f: impl Fn(A, A, A) -> A + Copy,
) {
    let bar = &terms[0];
    if bar.is_empty() || reduce_blocks(&mut into, &terms, f) {
        return;
    }
    match repeated(&into, bar) {
        Some(Repeated { axis, length, along_memory: true }) if length >= SHORT_SLICE => {
            reduce_lanes(into, terms, axis, f);
        }
        Some(Repeated { axis, length, along_memory: false })
            if bar.len() / length >= SHORT_SLICE =>
        {
            for k in 0..length {
                let at = Slice::from(k..k + 1);
                let slices = terms.each_ref().map(|term| term.slice_axis(Axis(axis), at));
                reduce(into.view_mut(), slices, f);
            }
        }
        _ => reduce_elements(into, terms, f),
    }
}

/// The sum along an axis whose elements are near each other in memory: one sum per lane.
fn reduce_lanes<A: Number, O: Dimension>(
    mut into: ArrayViewMut<'_, A, O>,
    mut terms: [ArrayView<'_, A, O>; 3],
    axis: usize,
    f: impl Fn(A, A, A) -> A,
) {
    let last = into.ndim() - 1;
    into.swap_axes(axis, last);
    for term in &mut terms {
        term.swap_axes(axis, last);
    }
    let [bar, x, y] = &terms;
    // Iterators and not `Zip`, of which there would be one more for every `f`.
    let lanes = bar.rows().into_iter().zip(x.rows()).zip(y.rows());
    for (into, ((bar, x), y)) in into.iter_mut().zip(lanes) {
        *into += lane_sum(bar, x, y, &f);
    }
}

/// The sum as one loop over everything, without a view of each slice, which would cost more than a short slice itself.
fn reduce_elements<A: Number, O: Dimension>(
    mut into: ArrayViewMut<'_, A, O>,
    terms: [ArrayView<'_, A, O>; 3],
    f: impl Fn(A, A, A) -> A,
) {
    let [bar, x, y] = terms;
    let cells = into.cell_view();
    Zip::from(broadcast(&cells, bar.raw_dim()))
        .and(bar)
        .and(x)
        .and(y)
        .for_each(|into, &bar, &x, &y| into.set(into.get() + f(bar, x, y)));
}

/// An axis over which a sum goes.
struct Repeated {
    axis: usize,
    length: usize,
    /// Whether its elements are the nearest in memory.
    along_memory: bool,
}

/// The outermost axis of `bar` that `into` has with length one.
fn repeated<A, O: Dimension>(into: &LayoutRef<A, O>, bar: &LayoutRef<A, O>) -> Option<Repeated> {
    let (mut outermost, mut innermost) = (None, None);
    for (axis, &length) in bar.shape().iter().enumerate() {
        let stride = bar.stride_of(Axis(axis)).unsigned_abs();
        if length != 1 && into.len_of(Axis(axis)) == 1 && outermost.is_none_or(|(s, _)| stride >= s)
        {
            outermost = Some((stride, axis));
        }
        if length != 1 && innermost.is_none_or(|(s, _)| stride < s) {
            innermost = Some((stride, axis));
        }
    }
    let (_, axis) = outermost?;
    let along_memory = innermost.is_some_and(|(_, innermost)| innermost == axis);
    Some(Repeated { axis, length: bar.len_of(Axis(axis)), along_memory })
}

/// Whether a sum into `into` is one over leading axes.
fn sums_blocks(into: &[usize], bar: &[usize]) -> bool {
    let leading = into.iter().take_while(|&&n| n == 1).count();
    into[leading..] == bar[leading..]
}

/// How many elements a slice should have for a view of it to pay off (measured).
const SHORT_SLICE: usize = 64;

/// The sum over leading axes of row-major terms, which is one over blocks of the length of `into`.
/// Returns whether it is of this kind.
fn reduce_blocks<A: Number, O: Dimension>(
    into: &mut ArrayViewMut<'_, A, O>,
    terms: &[ArrayView<'_, A, O>; 3],
    f: impl Fn(A, A, A) -> A,
) -> bool {
    let bar = &terms[0];
    if !sums_blocks(into.shape(), bar.shape()) {
        return false;
    }
    let Some(into) = into.as_slice_mut() else {
        return false;
    };
    let [Some(bar), Some(x), Some(y)] = terms.each_ref().map(|term| term.as_slice()) else {
        return false;
    };
    let n = into.len();
    for ((bar, x), y) in bar.chunks_exact(n).zip(x.chunks_exact(n)).zip(y.chunks_exact(n)) {
        for (((into, &bar), &x), &y) in into.iter_mut().zip(bar).zip(x).zip(y) {
            *into += f(bar, x, y);
        }
    }
    true
}

/// `Σᵢ f(xᵢ, yᵢ, zᵢ)` over three lanes of equal length.
fn lane_sum<A: Number>(
    x: ArrayView1<'_, A>,
    y: ArrayView1<'_, A>,
    z: ArrayView1<'_, A>,
    f: impl Fn(A, A, A) -> A,
) -> A {
    match (x.to_slice(), y.to_slice(), z.to_slice()) {
        (Some(x), Some(y), Some(z)) => slice_sum(x, y, z, f),
        _ => {
            let mut sum = A::zero();
            for ((&x, &y), &z) in x.iter().zip(y).zip(z) {
                sum += f(x, y, z);
            }
            sum
        }
    }
}

/// Eight independent partial sums, which the compiler keeps in vector registers.
#[inline]
fn slice_sum<A: Number>(x: &[A], y: &[A], z: &[A], f: impl Fn(A, A, A) -> A) -> A {
    let (x_blocks, x_rest) = x.as_chunks::<8>();
    let (y_blocks, y_rest) = y.as_chunks::<8>();
    let (z_blocks, z_rest) = z.as_chunks::<8>();
    let mut sums = [A::zero(); 8];
    for ((x, y), z) in x_blocks.iter().zip(y_blocks).zip(z_blocks) {
        for lane in 0..8 {
            sums[lane] += f(x[lane], y[lane], z[lane]);
        }
    }
    let mut rest = A::zero();
    for ((&x, &y), &z) in x_rest.iter().zip(y_rest).zip(z_rest) {
        rest += f(x, y, z);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// `Σ f(x, y)` over all elements of two arrays of the same shape.
#[inline]
#[track_caller]
pub(super) fn sum2<A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, D>,
    f: impl Fn(A, A) -> A,
) -> A {
    require_same_shape(x, y);
    if x.strides() == y.strides()
        && let (Some(x), Some(y)) = (x.as_slice_memory_order(), y.as_slice_memory_order())
    {
        return slice_sum(x, y, y, |x, y, _| f(x, y));
    }
    Zip::from(x).and(y).fold(A::zero(), |sum, &x, &y| sum + f(x, y))
}

/// A new array of results of `f`, in the memory order of `x`.
///
/// `ArrayRef::map` alone fails a debug assertion for an empty part of an array with elements.
#[inline]
pub(super) fn map<'a, A, B, D: Dimension>(
    x: &'a ArrayRef<A, D>,
    f: impl FnMut(&'a A) -> B,
) -> Array<B, D> {
    if x.is_empty() {
        let none = Array::from_shape_vec(x.raw_dim(), Vec::new());
        return none.expect("no elements fill an empty shape");
    }
    x.map(f)
}

/// A copy of `x`, in its memory order.
#[inline]
pub(super) fn copy<A: Clone, D: Dimension>(x: &ArrayRef<A, D>) -> Array<A, D> {
    if x.is_empty() { map(x, A::clone) } else { x.to_owned() }
}

/// `x` repeated to shape `dim`, as an array of its own.
#[inline]
#[track_caller]
pub(super) fn broadcast_owned<A: Number, D: Dimension, O: Dimension>(
    x: &ArrayRef<A, D>,
    dim: O,
) -> Array<A, O> {
    let mut out = Array::zeros(dim);
    out.assign(x);
    out
}
