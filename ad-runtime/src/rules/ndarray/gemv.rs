//! Products of a matrix and a vector, added in place along the memory of the matrix.
//!
//! Without BLAS ndarray computes `Aᵀ x` of a row-major `A` column by column, each a stride through all
//! of memory. The pullback of `A x` is that very product, so it has a kernel of its own here.

use crate::Number;
use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array2, ArrayRef, ArrayViewMut1, ArrayViewMut2, Axis, Ix1, Ix2, Zip};

/// `y += A x` for `A ∈ R^(m×n)`, `x ∈ Rⁿ`, `y ∈ Rᵐ`.
///
/// # Panics
/// When the shapes do not fit.
#[inline]
#[track_caller]
pub(super) fn add_mat_vec<A: Number>(
    mut y: ArrayViewMut1<'_, A>,
    matrix: &ArrayRef<A, Ix2>,
    x: &ArrayRef<A, Ix1>,
) {
    let by_columns = matrix.stride_of(Axis(0)) == 1 && matrix.stride_of(Axis(1)) != 1;
    let fits = matrix.shape() == [y.len(), x.len()];
    if !cfg!(feature = "blas")
        && by_columns
        && fits
        && let Some(y) = y.as_slice_mut()
    {
        add_columns(y, matrix, x);
    } else {
        general_mat_vec_mul(A::one(), matrix, x, A::one(), &mut y);
    }
}

/// `y += Σⱼ xⱼ A[:, j]`, four columns at a time, so that `y` is read and written a quarter as often.
fn add_columns<A: Number>(y: &mut [A], matrix: &ArrayRef<A, Ix2>, x: &ArrayRef<A, Ix1>) {
    let m = y.len();
    let column = |j: usize| {
        let column = matrix.column(j).to_slice();
        &column.expect("a column along memory is a slice")[..m]
    };
    let blocks = x.len() / 4 * 4;
    for j in (0..blocks).step_by(4) {
        let (c0, c1, c2, c3) = (column(j), column(j + 1), column(j + 2), column(j + 3));
        let (x0, x1, x2, x3) = (x[j], x[j + 1], x[j + 2], x[j + 3]);
        for i in 0..m {
            y[i] += (c0[i] * x0 + c1[i] * x1) + (c2[i] * x2 + c3[i] * x3);
        }
    }
    for j in blocks..x.len() {
        let (c0, x0) = (column(j), x[j]);
        for i in 0..m {
            y[i] += c0[i] * x0;
        }
    }
}

/// `into += x yᵀ` for `x ∈ Rᵐ`, `y ∈ Rⁿ`, `into ∈ R^(m×n)`.
#[inline]
pub(super) fn add_outer<A: Number>(
    mut into: ArrayViewMut2<'_, A>,
    x: &ArrayRef<A, Ix1>,
    y: &ArrayRef<A, Ix1>,
) {
    if into.stride_of(Axis(0)).unsigned_abs() < into.stride_of(Axis(1)).unsigned_abs() {
        Zip::from(into.columns_mut()).and(y).for_each(|mut column, &y| column.scaled_add(y, x));
    } else {
        Zip::from(into.rows_mut()).and(x).for_each(|mut row, &x| row.scaled_add(x, y));
    }
}

/// `x yᵀ` in row-major order.
pub(super) fn outer<A: Number>(x: &ArrayRef<A, Ix1>, y: &ArrayRef<A, Ix1>) -> Array2<A> {
    let mut elements = Vec::with_capacity(x.len() * y.len());
    for &x in x {
        match y.as_slice() {
            Some(y) => elements.extend(y.iter().map(|&y| x * y)),
            None => elements.extend(y.iter().map(|&y| x * y)),
        }
    }
    Array2::from_shape_vec((x.len(), y.len()), elements).expect("m rows of n elements")
}
