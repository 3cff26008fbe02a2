//! The rules of the methods of real scalars.

ad_macros::scalar_methods!();

use crate::slot::{Slot, TangentArg};

/// `sin_cos` of a receiver whose type the macro does not see: two results, hence not a line of the table.
pub trait SinCosMethods: crate::Tangent + Copy {
    /// The values and their tangents.
    #[doc(hidden)]
    fn __sin_cos_jvp(self, self_dot: impl TangentArg<Self>) -> ((Self, Self), (Self, Self));
    /// Adds cos(x) · sin_bar - sin(x) · cos_bar.
    #[doc(hidden)]
    fn __sin_cos_adjoint(self, out_bar: (Self, Self), self_bar: impl Slot<Self>);
}

macro_rules! sin_cos {
    ($($t:ty),*) => {$(
        impl SinCosMethods for $t {
            #[inline(always)]
            fn __sin_cos_jvp(self, self_dot: impl TangentArg<$t>) -> (($t, $t), ($t, $t)) {
                let (sin, cos) = self.sin_cos();
                let dot = self_dot.get().map_or(0.0, |dot| *dot);
                ((sin, cos), (cos * dot, -sin * dot))
            }
            #[inline(always)]
            fn __sin_cos_adjoint(self, out_bar: ($t, $t), mut self_bar: impl Slot<$t>) {
                self_bar.add(|| {
                    let (sin, cos) = self.sin_cos();
                    cos * out_bar.0 - sin * out_bar.1
                });
            }
        }
    )*};
}
sin_cos!(f32, f64);
