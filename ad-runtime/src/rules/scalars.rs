//! The rules of the methods of real scalars.

use crate::Real;
use crate::rt::{Slot, TangentArg};

ad_macros::scalar_methods!();

/// The derivatives of `sin_cos`, whose result is a pair.
pub trait SinCosMethods: Real {
    /// The pair and its tangent: (sin x, cos x), (cos x · ẋ, −sin x · ẋ).
    #[doc(hidden)]
    #[inline(always)]
    fn __sin_cos_jvp(self, dot: impl TangentArg<Self>) -> ((Self, Self), (Self, Self)) {
        let (sin, cos) = self.sin_cos();
        let dot = crate::rt::tangent(&self, dot);
        ((sin, cos), (cos * dot, -sin * dot))
    }

    /// x̄ += s̄ · cos x − c̄ · sin x.
    #[doc(hidden)]
    #[inline(always)]
    fn __sin_cos_adjoint(self, (sin_bar, cos_bar): (Self, Self), mut slot: impl Slot<Self>) {
        let (sin, cos) = self.sin_cos();
        slot.add(|| sin_bar * cos - cos_bar * sin);
    }

    /// The adjoint, and its tangent along ẋ: − (s̄ · sin x + c̄ · cos x) · ẋ beside the adjoint of the tangents.
    #[doc(hidden)]
    #[inline(always)]
    fn __sin_cos_adjoint_jvp(
        self,
        dot: impl TangentArg<Self>,
        (sin_bar, cos_bar): (Self, Self),
        (sin_bar_dot, cos_bar_dot): (Self, Self),
        mut slot: impl Slot<Self>,
        mut slot_dot: impl Slot<Self>,
    ) {
        let (sin, cos) = self.sin_cos();
        let dot = crate::rt::tangent(&self, dot);
        slot.add(|| sin_bar * cos - cos_bar * sin);
        slot_dot
            .add(|| sin_bar_dot * cos - cos_bar_dot * sin - (sin_bar * sin + cos_bar * cos) * dot);
    }
}
impl SinCosMethods for f32 {}
impl SinCosMethods for f64 {}
