//! Matrices between `ndarray` and `faer`, and what the rules do with them.

use super::triangular::Triangle;
use crate::dual::Dual;
use crate::dual::slots::Join;
use crate::{Number, Real};
use faer::{MatMut, MatRef};
use ndarray::{
    Array, Array2, ArrayRef, ArrayView2, Axis, Dimension, Ix1, Ix2, ShapeBuilder, Zip, s,
};

/// A scalar of which `faer` factorizes matrices: `f32` and `f64`.
pub trait Scalar: Real + Field + faer::traits::RealField {}
impl Scalar for f32 {}
impl Scalar for f64 {}

/// What pullbacks compute with: scalars and, for their tangents, dual numbers.
pub trait Field: Number {
    /// `T⁻¹ B`
    fn solve_triangular(
        triangle: Triangle,
        t: &ArrayRef<Self, Ix2>,
        b: Array2<Self>,
    ) -> Array2<Self>;
}

macro_rules! field {
    ($($t:ty),*) => {$(
        impl Field for $t {
            fn solve_triangular(triangle: Triangle, t: &ArrayRef<$t, Ix2>, b: Array2<$t>) -> Array2<$t> {
                lent_mut(b, |b| {
                    lent(t, |t| match triangle {
                        Triangle::Lower => t.solve_lower_triangular_in_place(b),
                        Triangle::Upper => t.solve_upper_triangular_in_place(b),
                    });
                })
            }
        }
    )*};
}
field!(f32, f64);

impl<A: Scalar> Field for Dual<A> {
    /// `X = T⁻¹ B` with `Ẋ = T⁻¹(Ḃ − Ṫ X)`.
    fn solve_triangular(
        triangle: Triangle,
        t: &ArrayRef<Self, Ix2>,
        b: Array2<Self>,
    ) -> Array2<Self> {
        let (value, dot) = (t.mapv(|t| t.value), t.mapv(|t| t.dot));
        let x = A::solve_triangular(triangle, &value, b.mapv(|b| b.value));
        let dot = masked(dot, |i, j| triangle.contains(i, j));
        let x_dot = A::solve_triangular(triangle, &value, b.mapv(|b| b.dot) - dot.dot(&x));
        joined(x, &x_dot)
    }
}

/// `value + ε dot`
pub(super) fn joined<A: Number, D: Dimension>(
    value: Array<A, D>,
    dot: &ArrayRef<A, D>,
) -> Array<Dual<A>, D> {
    Array::join(value.view(), Some(dot.view()))
}

/// The rounding error relative to a matrix with the larger side `n`.
pub(super) fn tolerance<A: Number>(n: usize) -> A {
    A::epsilon() * A::from_usize(n.max(1)).expect("a size is a number")
}

/// Runs `f` on a matrix as `faer` sees it: in place where its elements lie densely in memory.
pub(super) fn lent<A: Scalar, R>(a: &ArrayRef<A, Ix2>, f: impl FnOnce(MatRef<'_, A>) -> R) -> R {
    let (m, n) = a.dim();
    if let Some(rows) = a.as_slice() {
        f(MatRef::from_row_major_slice(rows, m, n))
    } else if let Some(columns) = a.t().as_slice() {
        f(MatRef::from_column_major_slice(columns, m, n))
    } else {
        let rows: Vec<A> = a.iter().copied().collect();
        f(MatRef::from_row_major_slice(&rows, m, n))
    }
}

/// Runs `f` on a matrix that it may change.
pub(super) fn lent_mut<A: Scalar>(mut a: Array2<A>, f: impl FnOnce(MatMut<'_, A>)) -> Array2<A> {
    let (m, n) = a.dim();
    if a.is_standard_layout() {
        let rows = a.as_slice_mut().expect("the layout is standard");
        f(MatMut::from_row_major_slice_mut(rows, m, n));
        return a;
    }
    let mut columns: Vec<A> = a.t().iter().copied().collect();
    f(MatMut::from_column_major_slice_mut(&mut columns, m, n));
    Array2::from_shape_vec((m, n).f(), columns).expect("as many elements as before")
}

/// A matrix of `faer` as an array.
pub(super) fn array<A: Scalar>(a: MatRef<'_, A>) -> Array2<A> {
    Array2::from_shape_fn((a.nrows(), a.ncols()), |(i, j)| a[(i, j)])
}

/// The right-hand sides of a system of equations: a vector, or the columns of a matrix.
pub trait Columns: Dimension {
    /// The matrix with these columns.
    fn matrix<A: Number>(array: Array<A, Self>) -> Array2<A>;
    /// The array of which these are the columns.
    fn of_matrix<A: Number>(matrix: Array2<A>) -> Array<A, Self>;
    /// A view of the matrix with these columns.
    fn view<A: Number>(array: &ArrayRef<A, Self>) -> ArrayView2<'_, A>;
}

impl Columns for Ix1 {
    fn matrix<A: Number>(array: Array<A, Ix1>) -> Array2<A> {
        array.insert_axis(Axis(1))
    }
    fn of_matrix<A: Number>(matrix: Array2<A>) -> Array<A, Ix1> {
        if matrix.ncols() == 0 {
            return Array::zeros(0);
        }
        matrix.index_axis_move(Axis(1), 0)
    }
    fn view<A: Number>(array: &ArrayRef<A, Ix1>) -> ArrayView2<'_, A> {
        array.view().insert_axis(Axis(1))
    }
}

impl Columns for Ix2 {
    fn matrix<A: Number>(array: Array<A, Ix2>) -> Array2<A> {
        array
    }
    fn of_matrix<A: Number>(matrix: Array2<A>) -> Array<A, Ix2> {
        matrix
    }
    fn view<A: Number>(array: &ArrayRef<A, Ix2>) -> ArrayView2<'_, A> {
        array.view()
    }
}

/// # Panics
/// When the matrix is not square.
#[track_caller]
pub(super) fn require_square<A>(name: &str, a: &ArrayRef<A, Ix2>) {
    assert!(
        a.is_square(),
        "linalg::{name}: the matrix has shape {:?}, which is not square",
        a.shape()
    );
}

/// # Panics
/// When the matrix and the right-hand sides have different numbers of rows.
#[track_caller]
pub(super) fn require_rows<A, D: Dimension>(name: &str, a: &ArrayRef<A, Ix2>, b: &ArrayRef<A, D>) {
    assert!(
        a.nrows() == b.shape()[0],
        "linalg::{name}: a matrix of shape {:?} and right-hand sides of shape {:?}",
        a.shape(),
        b.shape()
    );
}

/// `(A + Aᵀ)/2`
pub(super) fn symmetric_part<A: Number>(a: &ArrayRef<A, Ix2>) -> Array2<A> {
    /// Tiles of this size and their mirror images stay in the cache.
    const TILE: usize = 32;
    let half = A::from_f64(0.5).expect("it is representable");
    let mut sum = Array2::zeros(a.dim());
    let n = a.nrows();
    for top in (0..n).step_by(TILE) {
        for left in (0..n).step_by(TILE) {
            let (bottom, right) = (n.min(top + TILE), n.min(left + TILE));
            Zip::from(sum.slice_mut(s![top..bottom, left..right]))
                .and(a.slice(s![top..bottom, left..right]))
                .and(a.slice(s![left..right, top..bottom]).t())
                .for_each(|sum, &a, &b| *sum = half * (a + b));
        }
    }
    sum
}

/// Sets all elements to zero but those at `(i, j)` with `keep(i, j)`.
pub(super) fn masked<A: Number>(
    mut a: Array2<A>,
    keep: impl Fn(usize, usize) -> bool,
) -> Array2<A> {
    for (i, mut row) in a.rows_mut().into_iter().enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            if !keep(i, j) {
                *value = A::zero();
            }
        }
    }
    a
}

/// Multiplies column `j` by `factor(j)`.
pub(super) fn scaled_columns<A: Number>(
    mut a: Array2<A>,
    factor: impl Fn(usize) -> A,
) -> Array2<A> {
    for (j, mut column) in a.columns_mut().into_iter().enumerate() {
        let factor = factor(j);
        column.mapv_inplace(|value| value * factor);
    }
    a
}

/// Multiplies row `i` by `factor(i)`.
pub(super) fn scaled_rows<A: Number>(mut a: Array2<A>, factor: impl Fn(usize) -> A) -> Array2<A> {
    for (i, mut row) in a.rows_mut().into_iter().enumerate() {
        let factor = factor(i);
        row.mapv_inplace(|value| value * factor);
    }
    a
}

/// Multiplies the element at `(i, j)` by `factor(i, j)`.
pub(super) fn scaled<A: Number>(mut a: Array2<A>, factor: impl Fn(usize, usize) -> A) -> Array2<A> {
    for ((i, j), value) in a.indexed_iter_mut() {
        *value *= factor(i, j);
    }
    a
}
