//! The rules of ndarray's elementwise methods without arguments: `y = f(x)`, `ẏ = f'(x) ẋ`, `x̄ += f'(x) ȳ`.
//!
//! The table at the end has one line per method. A slope is written in the argument `x` and, where that is cheaper,
//! in the result `y()`, which is computed again only if the slope asks for it; `__exp_adjoint_with` and its
//! like take the result from a caller who still has it.

use super::shapes::require_same_shape;
use super::slots::OutBar;
use crate::Number;
use crate::slot::{Slot, TangentArg};
use ndarray::{Array, ArrayRef, ArrayView, Dimension, Zip};

/// `bar * slope`.
#[inline(always)]
fn smooth<A: Number>(bar: A, slope: impl FnOnce() -> A) -> A {
    bar * slope()
}

/// `bar * slope`, where a zero stays zero even if the slope is infinite or not a number.
#[inline(always)]
pub(super) fn steep<A: Number>(bar: A, slope: impl FnOnce() -> A) -> A {
    bar.steep(slope)
}

/// A function that turns a constant of type `f64` into one of the scalar type.
#[inline(always)]
fn constant<A: Number>(value: f64) -> A {
    A::from_f64(value).expect("a real type approximates every f64")
}

/// The tangent `f(ẋ, x, y)` of the result `y`.
#[track_caller]
fn tangent<A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, D>,
    x_dot: Option<ArrayView<'_, A, D>>,
    f: impl Fn(A, A, A) -> A,
) -> Array<A, D> {
    match x_dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            Zip::from(dot).and(x).and(y).map_collect(|&dot, &x, &y| f(dot, x, y))
        }
        None => Array::zeros(x.raw_dim()),
    }
}

macro_rules! elementwise {
    ($(
        $(#[$doc:meta])*
        $name:ident, $jvp:ident, $adjoint:ident, $adjoint_with:ident: $scale:ident |$x:ident, $y:ident| $slope:expr;
    )*) => {
        /// The derivatives of ndarray's elementwise methods without arguments.
        #[ad_macros::second_order]
        pub trait ElementwiseMethods<A: Number, D: Dimension> {$(
            $(#[$doc])*
            ///
            /// Returns the value and its tangent.
            ///
            /// # Panics
            /// When the tangent has another shape than the array.
            fn $jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Array<A, D>, Array<A, D>);
            $(#[$doc])*
            ///
            /// Adds the cotangent of the array.
            ///
            /// # Panics
            /// When a cotangent has another shape than the array.
            fn $adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Array<A, D>, self_bar: SX);
            $(#[$doc])*
            ///
            /// Adds the cotangent of the array, given the result `out`.
            fn $adjoint_with<SX: Slot<Array<A, D>>>(
                &self, out: &ArrayRef<A, D>, out_bar: Array<A, D>, self_bar: SX,
            );
        )*}

        /// `ȳ f'(x)` for one element.
        mod alone {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name<A: Number>(bar: A, $x: A) -> A {
                    let $y = || A::$name($x);
                    let _ = &$y;
                    $scale(bar, || $slope)
                }
            )*
        }

        /// `ȳ f'(x)` for one element, given the result `y` as well.
        mod with_result {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name<A: Number>(bar: A, $x: A, y: A) -> A {
                    let $y = || y;
                    let _ = ($x, &$y);
                    $scale(bar, || $slope)
                }
            )*
        }

        #[ad_macros::second_order(dual)]
        impl<A: Number, D: Dimension + 'static> ElementwiseMethods<A, D> for ArrayRef<A, D> {$(
            #[track_caller]
            fn $jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Array<A, D>, Array<A, D>) {
                let out = self.$name();
                let out_dot = tangent(self, &out, self_dot.get(), with_result::$name);
                (out, out_dot)
            }

            #[track_caller]
            fn $adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Array<A, D>, self_bar: SX) {
                let out_bar = OutBar::new(out_bar, &self.raw_dim());
                out_bar.add_same(self_bar, self, alone::$name);
            }

            #[track_caller]
            fn $adjoint_with<SX: Slot<Array<A, D>>>(
                &self, out: &ArrayRef<A, D>, out_bar: Array<A, D>, self_bar: SX,
            ) {
                require_same_shape(out, self);
                let out_bar = OutBar::new(out_bar, &self.raw_dim());
                out_bar.add_same_with(self_bar, self, out, with_result::$name);
            }
        )*}
    };
}

elementwise! {
    /// `exp x`: slope `exp x`.
    exp, __exp_jvp, __exp_adjoint, __exp_adjoint_with: smooth |x, y| y();
    /// `2^x`: slope `2^x ln 2`.
    exp2, __exp2_jvp, __exp2_adjoint, __exp2_adjoint_with: smooth |x, y| y() * A::LN_2();
    /// `exp x - 1`: slope `exp x`.
    exp_m1, __exp_m1_jvp, __exp_m1_adjoint, __exp_m1_adjoint_with: smooth |x, y| y() + A::one();
    /// `ln x`: slope `1 / x`.
    ln, __ln_jvp, __ln_adjoint, __ln_adjoint_with: steep |x, y| x.recip();
    /// `log₂ x`: slope `1 / (x ln 2)`.
    log2, __log2_jvp, __log2_adjoint, __log2_adjoint_with: steep |x, y| (x * A::LN_2()).recip();
    /// `log₁₀ x`: slope `1 / (x ln 10)`.
    log10, __log10_jvp, __log10_adjoint, __log10_adjoint_with: steep |x, y| (x * A::LN_10()).recip();
    /// `ln (1 + x)`: slope `1 / (1 + x)`.
    ln_1p, __ln_1p_jvp, __ln_1p_adjoint, __ln_1p_adjoint_with: steep |x, y| (A::one() + x).recip();
    /// `√x`: slope `1 / (2 √x)`.
    sqrt, __sqrt_jvp, __sqrt_adjoint, __sqrt_adjoint_with: steep |x, y| constant::<A>(0.5) / y();
    /// `∛x`: slope `1 / (3 ∛x²)`.
    cbrt, __cbrt_jvp, __cbrt_adjoint, __cbrt_adjoint_with: steep |x, y| (constant::<A>(3.0) * y() * y()).recip();
    /// `sin x`: slope `cos x`.
    sin, __sin_jvp, __sin_adjoint, __sin_adjoint_with: smooth |x, y| x.cos();
    /// `cos x`: slope `-sin x`.
    cos, __cos_jvp, __cos_adjoint, __cos_adjoint_with: smooth |x, y| -x.sin();
    /// `tan x`: slope `1 + tan² x`.
    tan, __tan_jvp, __tan_adjoint, __tan_adjoint_with: smooth |x, y| { let y = y(); A::one() + y * y };
    /// `asin x`: slope `1 / √(1 - x²)`.
    asin, __asin_jvp, __asin_adjoint, __asin_adjoint_with: steep |x, y| ((A::one() - x) * (A::one() + x)).sqrt().recip();
    /// `acos x`: slope `-1 / √(1 - x²)`.
    acos, __acos_jvp, __acos_adjoint, __acos_adjoint_with: steep |x, y| -((A::one() - x) * (A::one() + x)).sqrt().recip();
    /// `atan x`: slope `1 / (1 + x²)`.
    atan, __atan_jvp, __atan_adjoint, __atan_adjoint_with: smooth |x, y| (A::one() + x * x).recip();
    /// `sinh x`: slope `cosh x`.
    sinh, __sinh_jvp, __sinh_adjoint, __sinh_adjoint_with: smooth |x, y| x.cosh();
    /// `cosh x`: slope `sinh x`.
    cosh, __cosh_jvp, __cosh_adjoint, __cosh_adjoint_with: smooth |x, y| x.sinh();
    /// `tanh x`: slope `1 - tanh² x`.
    tanh, __tanh_jvp, __tanh_adjoint, __tanh_adjoint_with: smooth |x, y| { let y = y(); A::one() - y * y };
    /// `asinh x`: slope `1 / √(x² + 1)`.
    asinh, __asinh_jvp, __asinh_adjoint, __asinh_adjoint_with: smooth |x, y| x.hypot(A::one()).recip();
    /// `acosh x`: slope `1 / √(x² - 1)`.
    acosh, __acosh_jvp, __acosh_adjoint, __acosh_adjoint_with: steep |x, y| ((x - A::one()) * (x + A::one())).sqrt().recip();
    /// `atanh x`: slope `1 / (1 - x²)`.
    atanh, __atanh_jvp, __atanh_adjoint, __atanh_adjoint_with: steep |x, y| ((A::one() - x) * (A::one() + x)).recip();
    /// `1 / x`: slope `-1 / x²`.
    recip, __recip_jvp, __recip_adjoint, __recip_adjoint_with: smooth |x, y| { let y = y(); -(y * y) };
    /// `|x|`: slope `sign x`, and 0 at 0.
    abs, __abs_jvp, __abs_adjoint, __abs_adjoint_with: smooth |x, y| if x.is_zero() { A::zero() } else { x.signum() };
    /// `x - trunc x`: slope 1.
    fract, __fract_jvp, __fract_adjoint, __fract_adjoint_with: smooth |x, y| A::one();
    /// `⌊x⌋`: slope 0.
    floor, __floor_jvp, __floor_adjoint, __floor_adjoint_with: smooth |x, y| A::zero();
    /// `⌈x⌉`: slope 0.
    ceil, __ceil_jvp, __ceil_adjoint, __ceil_adjoint_with: smooth |x, y| A::zero();
    /// The nearest integer: slope 0.
    round, __round_jvp, __round_adjoint, __round_adjoint_with: smooth |x, y| A::zero();
    /// The integer part: slope 0.
    trunc, __trunc_jvp, __trunc_adjoint, __trunc_adjoint_with: smooth |x, y| A::zero();
    /// `sign x`: slope 0.
    signum, __signum_jvp, __signum_adjoint, __signum_adjoint_with: smooth |x, y| A::zero();
    /// `x · 180 / π`: slope `180 / π`.
    to_degrees, __to_degrees_jvp, __to_degrees_adjoint, __to_degrees_adjoint_with: smooth |x, y| A::one().to_degrees();
    /// `x · π / 180`: slope `π / 180`.
    to_radians, __to_radians_jvp, __to_radians_adjoint, __to_radians_adjoint_with: smooth |x, y| A::one().to_radians();
}
