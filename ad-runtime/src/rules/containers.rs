//! The rules of methods that copy containers.

use crate::Differentiable;
use crate::slot::{Slot, TangentArg};

/// `clone`: the cotangent of the copy is added to that of the original.
#[ad_macros::second_order(linear)]
pub trait CloneMethods: Differentiable + Clone {
    /// The value and its tangent.
    #[doc(hidden)]
    #[inline]
    fn __clone_jvp(&self, self_dot: impl TangentArg<Self::Tangent>) -> (Self, Self::Tangent) {
        (self.clone(), crate::rt::tangent(self, self_dot))
    }
    /// Adds the cotangent.
    #[doc(hidden)]
    #[inline]
    fn __clone_adjoint(&self, out_bar: Self::Tangent, mut self_bar: impl Slot<Self::Tangent>) {
        self_bar.add(|| out_bar);
    }
}

impl<T: Differentiable + Clone> CloneMethods for T {}

/// Methods of slices that copy: `to_vec`, `to_owned`, `into_vec`.
#[ad_macros::second_order(linear)]
pub trait SliceMethods {
    /// The element.
    type Element: Differentiable;
    /// The value and its tangent.
    #[doc(hidden)]
    fn __to_vec_jvp(
        &self,
        self_dot: impl TangentArg<Vec<<Self::Element as Differentiable>::Tangent>>,
    ) -> (Vec<Self::Element>, Vec<<Self::Element as Differentiable>::Tangent>);
    /// Adds the cotangent.
    #[doc(hidden)]
    fn __to_vec_adjoint(
        &self,
        out_bar: Vec<<Self::Element as Differentiable>::Tangent>,
        self_bar: impl Slot<Vec<<Self::Element as Differentiable>::Tangent>>,
    );
}

impl<T: Differentiable + Clone> SliceMethods for [T] {
    type Element = T;
    #[inline]
    fn __to_vec_jvp(
        &self,
        self_dot: impl TangentArg<Vec<T::Tangent>>,
    ) -> (Vec<T>, Vec<T::Tangent>) {
        (self.to_vec(), crate::rt::tangent(self, self_dot))
    }
    #[inline]
    fn __to_vec_adjoint(&self, out_bar: Vec<T::Tangent>, mut self_bar: impl Slot<Vec<T::Tangent>>) {
        self_bar.add(|| out_bar);
    }
}
