//! Arrays as differentiable values, and their borrows as slots and tangents.
//!
//! The tangent of an array, whoever owns its data, is an owned array of the same shape. Elements
//! need only be differentiable themselves: an array of integers has the tangent `Array<(), D>`,
//! which allocates nothing.

use super::shapes::{copy, map, require_same_shape};
use crate::slot::{Slot, SlotMut, TangentArg};
use crate::{Differentiable, Tangent};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, ArrayViewMut, Data, Dimension};

impl<A, D> Differentiable for ArrayRef<A, D>
where
    A: Differentiable,
    D: Dimension,
{
    type Tangent = Array<A::Tangent, D>;

    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        map(self, A::zero_tangent)
    }

    /// An array of length zero along every axis. (An array without axes has its one element.)
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        if self.ndim() == 0 {
            return self.zero_tangent();
        }
        let none = Array::from_shape_vec(D::zeros(self.ndim()), Vec::new());
        none.expect("no elements fill an array of length zero")
    }
}

impl<S, D> Differentiable for ArrayBase<S, D>
where
    S: Data<Elem: Differentiable>,
    D: Dimension,
{
    type Tangent = Array<<S::Elem as Differentiable>::Tangent, D>;

    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        (**self).zero_tangent()
    }

    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        (**self).placeholder()
    }
}

impl<A: Tangent, D: Dimension> Tangent for Array<A, D> {
    type Ref<'a>
        = ArrayView<'a, A, D>
    where
        Self: 'a;
    type Mut<'a>
        = ArrayViewMut<'a, A, D>
    where
        Self: 'a;
    type Lanes<const L: usize> = Array<A::Lanes<L>, D>;

    #[inline]
    fn tangent_ref(&self) -> ArrayView<'_, A, D> {
        self.view()
    }

    #[inline]
    fn tangent_mut(&mut self) -> ArrayViewMut<'_, A, D> {
        self.view_mut()
    }

    #[inline]
    fn reborrow_ref<'b, 'a: 'b>(borrowed: &'b ArrayView<'a, A, D>) -> ArrayView<'b, A, D>
    where
        Self: 'a,
    {
        borrowed.view()
    }

    #[inline]
    fn reborrow_mut<'b, 'a: 'b>(borrowed: &'b mut ArrayViewMut<'a, A, D>) -> ArrayViewMut<'b, A, D>
    where
        Self: 'a,
    {
        borrowed.view_mut()
    }

    #[inline]
    fn share<'b, 'a: 'b>(borrowed: &'b ArrayViewMut<'a, A, D>) -> ArrayView<'b, A, D>
    where
        Self: 'a,
    {
        borrowed.view()
    }

    #[inline]
    fn from_ref(borrowed: ArrayView<'_, A, D>) -> Self {
        copy(&borrowed)
    }

    #[inline]
    #[track_caller]
    fn accumulate(mut into: ArrayViewMut<'_, A, D>, contribution: Self) {
        require_same_shape(&contribution, &into);
        into.zip_mut_with(&contribution, |into, contribution| {
            A::accumulate(into.tangent_mut(), contribution.clone());
        });
    }

    #[inline]
    #[track_caller]
    fn assign(mut into: ArrayViewMut<'_, A, D>, value: Self) {
        require_same_shape(&value, &into);
        into.assign(&value);
    }

    #[inline]
    fn take(mut from: ArrayViewMut<'_, A, D>) -> Self {
        if from.is_empty() {
            return copy(&from);
        }
        from.map_mut(|element| A::take(element.tangent_mut()))
    }

    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        require_same_shape(other, self);
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }

    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|element| element.map_components(f));
    }
}

impl<A: Tangent, D: Dimension> Slot<Array<A, D>> for &mut ArrayViewMut<'_, A, D> {
    const ACTIVE: bool = true;

    #[inline(always)]
    fn update(
        &mut self,
        add: impl FnOnce(ArrayViewMut<'_, A, D>),
        _: impl FnOnce() -> Array<A, D>,
    ) {
        add(self.view_mut());
    }

    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Array<A, D>) {
        Array::accumulate(self.view_mut(), contribution());
    }
}

impl<A: Tangent, D: Dimension> SlotMut<Array<A, D>> for &mut ArrayViewMut<'_, A, D> {
    #[inline(always)]
    fn get(&mut self) -> Option<ArrayViewMut<'_, A, D>> {
        Some(self.view_mut())
    }
}

impl<A: Tangent, D: Dimension> Slot<Array<A, D>> for &mut ArrayRef<A, D> {
    const ACTIVE: bool = true;

    #[inline(always)]
    fn update(
        &mut self,
        add: impl FnOnce(ArrayViewMut<'_, A, D>),
        _: impl FnOnce() -> Array<A, D>,
    ) {
        add(self.view_mut());
    }

    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Array<A, D>) {
        Array::accumulate(self.view_mut(), contribution());
    }
}

impl<A: Tangent, D: Dimension> SlotMut<Array<A, D>> for &mut ArrayRef<A, D> {
    #[inline(always)]
    fn get(&mut self) -> Option<ArrayViewMut<'_, A, D>> {
        Some(self.view_mut())
    }
}

macro_rules! tangent_arg {
    ($($t:ty),*) => {$(
        impl<A: Tangent, D: Dimension> TangentArg<Array<A, D>> for $t {
            const ACTIVE: bool = true;
            #[inline(always)]
            fn get(&self) -> Option<ArrayView<'_, A, D>> {
                Some(self.view())
            }
        }
    )*};
}
tangent_arg!(
    ArrayView<'_, A, D>, &ArrayView<'_, A, D>, &ArrayViewMut<'_, A, D>, &mut ArrayViewMut<'_, A, D>, &ArrayRef<A, D>
);
