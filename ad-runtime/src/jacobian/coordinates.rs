//! Which types count as arrays, and their elements in row-major order.

use crate::lanes::Lanes;
use crate::{Real, Tangent};
use ndarray::{Array, Dimension, Ix0, Ix1, Ix2};

/// A tangent that counts as an array: of a scalar, a vector, a matrix or an `ndarray` array.
///
/// A scalar has shape `()`; `Vec<T>` and `[T; N]` count as vectors, `[[T; N]; M]` and `Vec<[T; N]>`
/// as matrices. A parameter has the shape of its tangent, so one trait serves results, parameters,
/// and whatever borrows them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not count as an array, so there is no Jacobian",
    note = "Jacobians exist for scalars, `Vec`, slices, `[T; N]`, `[[T; N]; M]` and `ndarray` arrays of `f32` or `f64`"
)]
pub trait Coordinates: Tangent {
    /// The scalar type.
    type Elem: Real;
    /// The axes.
    type Dim: Dimension;

    /// The zero tangent, if the type alone determines the shape.
    fn fixed_zero() -> Option<Self>;
    /// The shape.
    fn dim(&self) -> Self::Dim;
    /// The elements in row-major order, whatever the layout.
    fn elements(&self) -> impl Iterator<Item = Self::Elem>;
    /// Element `k` in row-major order.
    fn element_mut(&mut self, k: usize) -> &mut Self::Elem;
    /// Sets all elements to zero.
    fn clear(&mut self);
    /// Element `k` of tangents in several directions.
    #[doc(hidden)]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<Self::Elem, L>;
    /// The elements of tangents in several directions.
    #[doc(hidden)]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<Self::Elem, L>>;

    /// The number of elements.
    #[inline]
    fn size(&self) -> usize {
        self.dim().size()
    }
}

impl<T: Real> Coordinates for T {
    type Elem = T;
    type Dim = Ix0;

    #[inline]
    fn fixed_zero() -> Option<T> {
        Some(T::zero())
    }
    #[inline]
    fn dim(&self) -> Ix0 {
        Ix0()
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        std::iter::once(*self)
    }
    #[inline]
    fn element_mut(&mut self, _: usize) -> &mut T {
        self
    }
    #[inline]
    fn clear(&mut self) {
        *self = T::zero();
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, _: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(wide)
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        std::iter::once(T::as_lanes(wide))
    }
}

impl<T: Real> Coordinates for Vec<T> {
    type Elem = T;
    type Dim = Ix1;

    #[inline]
    fn fixed_zero() -> Option<Self> {
        None
    }
    #[inline]
    fn dim(&self) -> Ix1 {
        Ix1(self.len())
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        self.iter().copied()
    }
    #[inline]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self[k]
    }
    #[inline]
    fn clear(&mut self) {
        self.fill(T::zero());
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(&mut wide[k])
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        wide.iter().map(T::as_lanes)
    }
}

impl<T: Real, const N: usize> Coordinates for [T; N] {
    type Elem = T;
    type Dim = Ix1;

    #[inline]
    fn fixed_zero() -> Option<Self> {
        Some([T::zero(); N])
    }
    #[inline]
    fn dim(&self) -> Ix1 {
        Ix1(N)
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        self.iter().copied()
    }
    #[inline]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self[k]
    }
    #[inline]
    fn clear(&mut self) {
        self.fill(T::zero());
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(&mut wide[k])
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        wide.iter().map(T::as_lanes)
    }
}

impl<T: Real, const N: usize, const M: usize> Coordinates for [[T; N]; M] {
    type Elem = T;
    type Dim = Ix2;

    #[inline]
    fn fixed_zero() -> Option<Self> {
        Some([[T::zero(); N]; M])
    }
    #[inline]
    fn dim(&self) -> Ix2 {
        Ix2(M, N)
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        self.as_flattened().iter().copied()
    }
    #[inline]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self.as_flattened_mut()[k]
    }
    #[inline]
    fn clear(&mut self) {
        self.as_flattened_mut().fill(T::zero());
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(&mut wide.as_flattened_mut()[k])
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        wide.as_flattened().iter().map(T::as_lanes)
    }
}

impl<T: Real, const N: usize> Coordinates for Vec<[T; N]> {
    type Elem = T;
    type Dim = Ix2;

    #[inline]
    fn fixed_zero() -> Option<Self> {
        None
    }
    #[inline]
    fn dim(&self) -> Ix2 {
        Ix2(self.len(), N)
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        self.as_flattened().iter().copied()
    }
    #[inline]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self.as_flattened_mut()[k]
    }
    #[inline]
    fn clear(&mut self) {
        self.as_flattened_mut().fill(T::zero());
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(&mut wide.as_flattened_mut()[k])
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        wide.as_flattened().iter().map(T::as_lanes)
    }
}

impl<T: Real, D: Dimension> Coordinates for Array<T, D> {
    type Elem = T;
    type Dim = D;

    #[inline]
    fn fixed_zero() -> Option<Self> {
        None
    }
    #[inline]
    fn dim(&self) -> D {
        self.raw_dim()
    }
    #[inline]
    fn elements(&self) -> impl Iterator<Item = T> {
        self.iter().copied()
    }
    #[inline]
    fn element_mut(&mut self, k: usize) -> &mut T {
        element_of(self, k)
    }
    #[inline]
    fn clear(&mut self) {
        self.fill(T::zero());
    }
    #[inline]
    fn lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>, k: usize) -> &mut Lanes<T, L> {
        T::as_lanes_mut(element_of(wide, k))
    }
    #[inline]
    fn lanes<const L: usize>(wide: &Self::Lanes<L>) -> impl Iterator<Item = &Lanes<T, L>> {
        wide.iter().map(T::as_lanes)
    }
}

/// Element `k` of an array in row-major order.
#[inline]
fn element_of<A, D: Dimension>(array: &mut Array<A, D>, k: usize) -> &mut A {
    if array.is_standard_layout() {
        let elements = array.as_slice_mut().expect("the layout is the standard one");
        return &mut elements[k];
    }
    // The index whose row-major number is `k`: the digits of `k`, the last axis changing fastest.
    let mut index = array.raw_dim();
    let mut rest = k;
    for digit in index.slice_mut().iter_mut().rev() {
        let length = *digit;
        *digit = rest % length;
        rest /= length;
    }
    &mut array[index]
}
