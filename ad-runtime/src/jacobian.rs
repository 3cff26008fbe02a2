//! Jacobians: what the functions `jacobian`, `jacobian_into` and so on of a differentiated function
//! are made of.
//!
//! The Jacobian of a result of shape (r₁, …) with respect to a parameter of shape (p₁, …) is the
//! array J of shape (r₁, …, p₁, …) with `J[i.., k..] = ∂f[i..] / ∂x[k..]`: the tensor layout of
//! *Mathematics for Machine Learning*, section 5.4, where `J[i, j, k, l] = ∂A[i, j] / ∂B[k, l]`.
//!
//! Forward mode makes it column by column. A tangent sweep makes up to eight columns at once, where the operations
//! of the function have tangents of several directions ([`crate::lanes`]), and otherwise one; reverse
//! mode row by row, one adjoint sweep for each element of the result, and a row of it covers all
//! parameters at once. [`Mode::BySize`] takes whichever needs fewer sweeps.
//!
//! What counts as an array, and which elements it has in which order, is said by [`Coordinates`].

mod coordinates;

pub use coordinates::Coordinates;

use crate::Differentiable;
use crate::lanes::{Abreast, Lanes};
use ndarray::{Array, Array2, ArrayRef, ArrayViewMut, DimAdd, Dimension};
use num_traits::{NumCast, One, Zero};
use std::ops::Range;

/// The axes of a Jacobian: those of the result, then those of the parameter.
///
/// Known at compile time as far as `ndarray` counts, which is up to six axes; `IxDyn` beyond.
pub type JacobianDim<R, P> = <<R as Coordinates>::Dim as DimAdd<<P as Coordinates>::Dim>>::Output;

/// The Jacobian of a result whose tangent is `R` with respect to a parameter whose tangent is `P`:
/// an array of shape (shape of the result) ++ (shape of the parameter).
///
/// ```
/// use ad_runtime::jacobian::Jacobian;
/// use ad_runtime::ndarray::{Array1, Array2, Array4, ArrayD};
///
/// let _: Jacobian<Vec<f64>, [f64; 3]> = Array2::zeros((2, 3));
/// let _: Jacobian<f64, Array2<f64>> = Array2::zeros((2, 3));
/// let _: Jacobian<Array1<f64>, f64> = Array1::zeros(2);
/// let _: Jacobian<Array2<f64>, [[f64; 3]; 2]> = Array4::zeros((5, 6, 2, 3));
/// let _: Jacobian<ArrayD<f64>, Vec<f64>> = ArrayD::zeros(vec![5, 6, 2]);
/// ```
pub type Jacobian<R, P> = Array<<R as Coordinates>::Elem, JacobianDim<R, P>>;

/// A Jacobian that somebody else owns: `&mut Array`, `&mut ArrayViewMut` and the like, in any layout.
pub type JacobianRef<R, P> = ArrayRef<<R as Coordinates>::Elem, JacobianDim<R, P>>;

/// Which way a Jacobian is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One tangent sweep for each element of the parameters.
    Forward,
    /// One adjoint sweep for each element of the result.
    Reverse,
    /// Forward where the parameters together have at most as many elements as the result, otherwise
    /// reverse: the fewer sweeps. Where both need equally many, a tangent sweep is the cheaper one.
    BySize,
}

impl Mode {
    /// Whether to go forward, for parameters of `columns` elements in all and a result of `rows`.
    ///
    /// ```
    /// use ad_runtime::jacobian::Mode;
    ///
    /// assert!(Mode::BySize.is_forward(3, 64));
    /// assert!(!Mode::BySize.is_forward(3, 1));
    /// assert!(!Mode::Reverse.is_forward(3, 64));
    /// ```
    #[inline]
    pub fn is_forward(self, columns: usize, rows: usize) -> bool {
        match self {
            Mode::Forward => true,
            Mode::Reverse => false,
            Mode::BySize => columns <= rows,
        }
    }
}

/// The zero cotangent of a result, which shows its shape.
///
/// `primal` is run only if the type leaves the shape open, as that of a `Vec` or an `ndarray` array does.
#[inline]
pub fn zero_of_result<R>(primal: impl FnOnce() -> R) -> R::Tangent
where
    R: Differentiable<Tangent: Coordinates>,
{
    R::Tangent::fixed_zero().unwrap_or_else(|| primal().zero_tangent())
}

/// A Jacobian of zeros, given the zero tangents of the result and of the parameter.
#[inline]
pub fn zeros<R, P>(result: &R, param: &P) -> Jacobian<R, P>
where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    Array::zeros(shape(result, param))
}

/// The shape of a Jacobian: (shape of the result) ++ (shape of the parameter).
fn shape<R, P>(result: &R, param: &P) -> JacobianDim<R, P>
where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let (result, param) = (result.dim(), param.dim());
    let mut shape = JacobianDim::<R, P>::zeros(result.ndim() + param.ndim());
    let lengths = result.slice().iter().chain(param.slice());
    for (axis, &length) in shape.slice_mut().iter_mut().zip(lengths) {
        *axis = length;
    }
    shape
}

/// The Jacobian flattened row-major to two axes: (size of the result) × (size of the parameter).
#[inline]
pub fn flatten<R, P>(jacobian: Jacobian<R, P>, result: &R, param: &P) -> Array2<R::Elem>
where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let flat = jacobian.into_shape_with_order((result.size(), param.size()));
    flat.expect("a Jacobian has (size of the result) · (size of the parameter) elements")
}

/// Panics unless `jacobian` has the shape that belongs to the result and the parameter.
///
/// # Panics
/// Naming both shapes and the parameter.
#[inline]
#[track_caller]
pub fn check<R, P>(jacobian: &JacobianRef<R, P>, result: &R, param: &P, name: &str)
where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let expected = shape(result, param);
    assert!(
        jacobian.shape() == expected.slice(),
        "the array for the Jacobian with respect to `{name}` has shape {:?}, but the Jacobian has shape {:?}",
        jacobian.shape(),
        expected.slice(),
    );
}

/// Fills a Jacobian column by column: `push` maps a tangent of the parameter to that of the result.
///
/// `param` is the zero tangent of the parameter, and is zero again afterwards.
#[inline]
pub fn columns<R, P>(
    jacobian: &mut JacobianRef<R, P>,
    result: &R,
    param: &mut P,
    mut push: impl FnMut(&P) -> R,
) where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let size = param.size();
    // Along memory where the layout is the usual one; otherwise by an iterator over the transpose,
    // in which the columns of the Jacobian follow one another.
    if let Some(elements) = jacobian.as_slice_mut() {
        for k in 0..size {
            let column = unit(param, k, &mut push);
            for (into, value) in elements.iter_mut().skip(k).step_by(size).zip(column.elements()) {
                *into = value;
            }
        }
        return;
    }
    let rows = result.size();
    let mut elements = transposed(jacobian.view_mut(), result.dim().ndim()).into_iter();
    for k in 0..size {
        let column = unit(param, k, &mut push);
        for (into, value) in elements.by_ref().take(rows).zip(column.elements()) {
            *into = value;
        }
    }
}

/// How far a function asks whether all that it calls has tangents of several directions.
#[doc(hidden)]
pub const FUEL: u8 = 16;

/// The directions of a wide sweep that makes columns of a Jacobian.
const WIDE_COLUMNS: usize = 8;

/// The columns that sweeps over `L` directions make, of `size`: the wide sweeps go first, and leave a rest that is
/// not wider than half of theirs to the narrow ones.
#[inline]
fn swept<const WIDE: usize, const L: usize>(size: usize) -> Range<usize> {
    let rest = size % WIDE;
    let wide = if rest <= WIDE / 2 { size - rest } else { size };
    if L == WIDE { 0..wide } else { wide..size }
}

/// The columns of each sweep over `L` directions, of `size` columns in all, where the wide sweeps have `WIDE`.
#[doc(hidden)]
#[inline]
pub fn sweeps<const WIDE: usize, const L: usize>(
    size: usize,
) -> impl ExactSizeIterator<Item = Range<usize>> {
    let columns = swept::<WIDE, L>(size);
    let end = columns.end;
    columns.step_by(L).map(move |start| start..end.min(start + L))
}

/// The zero tangent in `L` directions.
#[doc(hidden)]
#[inline]
pub fn wide<P: Coordinates, const L: usize>(zero: &P) -> P::Lanes<L> {
    Abreast::alike(zero.clone())
}

/// Sets the tangents in `L` directions to the unit tangents `columns`.
#[doc(hidden)]
#[inline]
pub fn units<P: Coordinates, const L: usize>(dot: &mut P::Lanes<L>, columns: &Range<usize>) {
    for (l, k) in columns.clone().enumerate() {
        P::lanes_mut(dot, k).0[l] = P::Elem::one();
    }
}

/// Sets elements of tangents in `L` directions to zero.
#[doc(hidden)]
#[inline]
pub fn clear_lanes<P: Coordinates, const L: usize>(dot: &mut P::Lanes<L>, elements: Range<usize>) {
    for k in elements {
        *P::lanes_mut(dot, k) = Lanes::zero();
    }
}

/// Writes columns of a Jacobian, which are tangents of the result in `L` directions.
#[inline]
fn write_columns<R, P, const L: usize>(
    jacobian: &mut JacobianRef<R, P>,
    image: &R::Lanes<L>,
    columns: &Range<usize>,
    (rows, size, axes): (usize, usize, usize),
) where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    if let Some(elements) = jacobian.as_slice_mut() {
        for (row, lanes) in elements.chunks_exact_mut(size).zip(R::lanes(image)) {
            row[columns.clone()].copy_from_slice(&lanes.0[..columns.len()]);
        }
        return;
    }
    // The columns of the Jacobian follow one another in the transpose.
    let mut elements = transposed(jacobian.view_mut(), axes).into_iter();
    if columns.start > 0 && rows > 0 {
        elements.nth(columns.start * rows - 1);
    }
    for l in 0..columns.len() {
        for (into, lanes) in elements.by_ref().take(rows).zip(R::lanes(image)) {
            *into = lanes.0[l];
        }
    }
}

/// Writes columns of a Hessian, the tangents of the rows' cotangent in `L` directions, which are zero afterwards.
#[doc(hidden)]
#[inline]
pub fn put_columns<R, P, const L: usize>(
    hessian: &mut JacobianRef<R, P>,
    bar_dot: &mut R::Lanes<L>,
    columns: &Range<usize>,
) where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let rows = R::lanes(bar_dot).count();
    let size = hessian.len().checked_div(rows).unwrap_or(0);
    // A Hessian is made here, in the usual layout.
    write_columns::<R, P, L>(hessian, bar_dot, columns, (rows, size, 0));
    clear_lanes::<R, L>(bar_dot, 0..rows);
}

/// Fills the columns of a Jacobian that sweeps over `L` directions make: `push` maps tangents of the parameter in
/// `L` directions to those of the result. `param` is the zero tangent of the parameter.
#[doc(hidden)]
#[inline]
pub fn columns_abreast<R, P, const L: usize>(
    jacobian: &mut JacobianRef<R, P>,
    result: &R,
    param: &P,
    mut push: impl FnMut(&P::Lanes<L>) -> R::Lanes<L>,
) where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let size = param.size();
    if swept::<WIDE_COLUMNS, L>(size).is_empty() {
        return;
    }
    let mut direction = wide::<P, L>(param);
    for columns in sweeps::<WIDE_COLUMNS, L>(size) {
        units::<P, L>(&mut direction, &columns);
        let image = push(&direction);
        clear_lanes::<P, L>(&mut direction, columns.clone());
        let sizes = (result.size(), size, result.dim().ndim());
        write_columns::<R, P, L>(jacobian, &image, &columns, sizes);
    }
}

/// The image of the unit tangent `k`, which is made in `zero` and taken away again.
#[inline]
fn unit<R, P: Coordinates>(zero: &mut P, k: usize, push: &mut impl FnMut(&P) -> R) -> R {
    *zero.element_mut(k) = P::Elem::one();
    let image = push(zero);
    *zero.element_mut(k) = P::Elem::zero();
    image
}

/// Writes column `k`, the cotangent of the rows' parameter, which is zero afterwards.
#[inline]
pub fn put_column<R, P>(jacobian: &mut JacobianRef<R, P>, column: &mut R, k: usize)
where
    R: Coordinates<Dim: DimAdd<P::Dim>>,
    P: Coordinates,
{
    let columns = jacobian.len().checked_div(column.size()).unwrap_or(1).max(1);
    for (into, value) in jacobian.iter_mut().skip(k).step_by(columns).zip(column.elements()) {
        *into = value;
    }
    column.clear();
}

/// The first `rows` axes last.
fn transposed<A, D: Dimension>(
    view: ArrayViewMut<'_, A, D>,
    rows: usize,
) -> ArrayViewMut<'_, A, D> {
    let ndim = view.ndim();
    let mut order = D::zeros(ndim);
    for (axis, from) in order.slice_mut().iter_mut().zip((rows..ndim).chain(0..rows)) {
        *axis = from;
    }
    view.permuted_axes(order)
}

/// The unit cotangent `k` of the result, given its zero cotangent.
#[inline]
pub fn seed<R: Coordinates>(zero: &R, k: usize) -> R {
    let mut seed = zero.clone();
    *seed.element_mut(k) = R::Elem::one();
    seed
}

/// A Jacobian that is filled row by row, in the order of the result's elements.
#[derive(Debug)]
pub struct Rows<'a, A, D: Dimension>(ndarray::iter::IterMut<'a, A, D>);

impl<'a, A: NumCast, D: Dimension> Rows<'a, A, D> {
    /// The rows of `jacobian`.
    #[inline]
    pub fn of(jacobian: &'a mut ArrayRef<A, D>) -> Self {
        Rows(jacobian.iter_mut())
    }

    /// Writes the next row: the cotangent of the parameter, which is zero afterwards.
    ///
    /// The row is of the result's type where the two differ.
    #[inline]
    pub fn push<P: Coordinates>(&mut self, param_bar: &mut P) {
        let size = param_bar.size();
        for (into, value) in self.0.by_ref().take(size).zip(param_bar.elements()) {
            *into = A::from(value).expect("a float converts to any other");
        }
        param_bar.clear();
    }
}

#[cfg(test)]
mod tests;
