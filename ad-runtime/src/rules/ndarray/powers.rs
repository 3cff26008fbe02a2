//! The rules of ndarray's elementwise methods with a scalar argument.
//!
//! `y = f(x, s)` elementwise: `ẏ = ∂f/∂x ẋ + ∂f/∂s ṡ`; `x̄ += ∂f/∂x ȳ`, `s̄ += Σ ∂f/∂s ȳ`.

use super::elementwise::steep;
use super::shapes::{require_same_shape, sum2};
use super::slots::OutBar;
use crate::Number;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use ndarray::{Array, ArrayRef, ArrayView, Dimension, Zip};

fn jvp<A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    x_dot: Option<ArrayView<'_, A, D>>,
    s_dot: Option<A>,
    dx: impl Fn(A) -> A,
    ds: impl Fn(A) -> A,
) -> Array<A, D> {
    let mut out_dot = match x_dot {
        Some(x_dot) => {
            require_same_shape(&x_dot, x);
            Zip::from(x_dot).and(x).map_collect(|&x_dot, &x| steep(x_dot, || dx(x)))
        }
        None => Array::zeros(x.raw_dim()),
    };
    if let Some(s_dot) = s_dot {
        out_dot.zip_mut_with(x, |out_dot, &x| *out_dot += steep(s_dot, || ds(x)));
    }
    out_dot
}

#[track_caller]
fn adjoint<A: Number, D: Dimension + 'static>(
    x: &ArrayRef<A, D>,
    out_bar: Array<A, D>,
    x_bar: impl Slot<Array<A, D>>,
    mut s_bar: impl Slot<A>,
    dx: impl Fn(A) -> A + Copy,
    ds: impl Fn(A) -> A + Copy,
) {
    let mut bar = OutBar::new(out_bar, &x.raw_dim());
    s_bar.add(|| sum2(bar.get(), x, scaled(ds)));
    bar.add_same(x_bar, x, scaled(dx));
}

/// `ȳ` times a slope. It stands alone, as its type shall not name the slots.
#[inline(always)]
fn scaled<A: Number>(slope: impl Fn(A) -> A + Copy) -> impl Fn(A, A) -> A + Copy {
    move |bar, x| steep(bar, || slope(x))
}

macro_rules! with_scalar {
    ($(
        $(#[$doc:meta])*
        $name:ident, $jvp:ident, $adjoint:ident: |$x:ident, $s:ident| $dx:expr, $ds:expr;
    )*) => {
        /// The slopes in the array, as functions of its elements.
        mod slope {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name<A: Number>($s: A) -> impl Fn(A) -> A + Copy {
                    move |$x: A| $dx
                }
            )*
        }

        /// The slopes in the scalar, likewise.
        mod scalar_slope {
            use super::*;
            $(
                #[inline(always)]
                pub(super) fn $name<A: Number>($s: A) -> impl Fn(A) -> A + Copy {
                    move |$x: A| $ds
                }
            )*
        }

        /// The derivatives of ndarray's elementwise methods with a scalar argument.
        #[ad_macros::second_order]
        pub trait ScalarArgumentMethods<A: Number, D: Dimension> {$(
            $(#[$doc])*
            ///
            /// Returns the value and its tangent.
            fn $jvp<DX: TangentArg<Array<A, D>>, DS: TangentArg<A>>(
                &self, s: A, self_dot: DX, s_dot: DS,
            ) -> (Array<A, D>, Array<A, D>);
            $(#[$doc])*
            ///
            /// Adds the cotangents of the array and of the scalar.
            ///
            /// # Panics
            /// When a cotangent has another shape than the array.
            fn $adjoint<SX: Slot<Array<A, D>>, SS: Slot<A>>(
                &self, s: A, out_bar: Array<A, D>, self_bar: SX, s_bar: SS,
            );
        )*}

        #[ad_macros::second_order(dual)]
        impl<A: Number, D: Dimension + 'static> ScalarArgumentMethods<A, D> for ArrayRef<A, D> {$(
            #[track_caller]
            fn $jvp<DX: TangentArg<Array<A, D>>, DS: TangentArg<A>>(
                &self, s: A, self_dot: DX, s_dot: DS,
            ) -> (Array<A, D>, Array<A, D>) {
                let s_dot = s_dot.get().map(|dot| A::from_ref(dot));
                let (dx, ds) = (slope::$name(s), scalar_slope::$name(s));
                (self.$name(s), jvp(self, self_dot.get(), s_dot, dx, ds))
            }
            #[track_caller]
            fn $adjoint<SX: Slot<Array<A, D>>, SS: Slot<A>>(
                &self, s: A, out_bar: Array<A, D>, self_bar: SX, s_bar: SS,
            ) {
                adjoint(self, out_bar, self_bar, s_bar, slope::$name(s), scalar_slope::$name(s));
            }
        )*}
    };
}

with_scalar! {
    /// `xˢ`: slopes `s xˢ⁻¹` in `x` (0 for `s = 0`), `xˢ ln x` in `s` (0 at `x = 0`).
    powf, __powf_jvp, __powf_adjoint: |x, s|
        s.steep(|| x.powf(s - A::one())),
        if x.is_zero() { A::zero() } else { x.powf(s) * x.ln() };
    /// `log x` to base `s`: slopes `1 / (x ln s)` in `x`, `-ln x / (s ln² s)` in `s`.
    log, __log_jvp, __log_adjoint: |x, s|
        (x * s.ln()).recip(),
        -x.ln() / (s * s.ln() * s.ln());
    /// `√(x² + s²)`: slopes `x / √(x² + s²)`, `s / √(x² + s²)`, both 0 at the origin.
    hypot, __hypot_jvp, __hypot_adjoint: |x, s|
        { let y = x.hypot(s); if y.is_zero() { y } else { x / y } },
        { let y = x.hypot(s); if y.is_zero() { y } else { s / y } };
    /// `max(x - s, 0)`: slopes 1 and -1 where `x > s`, otherwise 0.
    abs_sub, __abs_sub_jvp, __abs_sub_adjoint: |x, s|
        if x <= s { A::zero() } else { A::one() },
        if x <= s { A::zero() } else { -A::one() };
}

/// The derivatives of `powi`, `pow2` and `clamp`.
#[ad_macros::second_order]
pub trait PowerMethods<A: Number, D: Dimension> {
    /// `xⁿ`: slope `n xⁿ⁻¹`, and 0 for `n = 0`. Returns the value and its tangent.
    fn __powi_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        n: i32,
        self_dot: DX,
        n_dot: C,
    ) -> (Array<A, D>, Array<A, D>);

    /// `xⁿ`: adds `n xⁿ⁻¹ ȳ`.
    fn __powi_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        n: i32,
        out_bar: Array<A, D>,
        self_bar: SX,
        n_bar: C,
    );

    /// `x²`: slope `2 x`. Returns the value and its tangent.
    fn __pow2_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Array<A, D>, Array<A, D>);

    /// `x²`: adds `2 x ȳ`.
    fn __pow2_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Array<A, D>, self_bar: SX);

    /// `clamp(x, low, high)`: slope 1 in `x` on the closed interval, in `low` below it and in
    /// `high` above it. Returns the value and its tangent.
    fn __clamp_jvp<DX: TangentArg<Array<A, D>>, DL: TangentArg<A>, DH: TangentArg<A>>(
        &self,
        low: A,
        high: A,
        self_dot: DX,
        low_dot: DL,
        high_dot: DH,
    ) -> (Array<A, D>, Array<A, D>);

    /// `clamp(x, low, high)`: adds `ȳ` to the cotangent of the operand that the result is.
    fn __clamp_adjoint<SX: Slot<Array<A, D>>, SL: Slot<A>, SH: Slot<A>>(
        &self,
        low: A,
        high: A,
        out_bar: Array<A, D>,
        self_bar: SX,
        low_bar: SL,
        high_bar: SH,
    );
}

#[ad_macros::second_order(dual)]
impl<A: Number, D: Dimension + 'static> PowerMethods<A, D> for ArrayRef<A, D> {
    #[track_caller]
    fn __powi_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        n: i32,
        self_dot: DX,
        _: C,
    ) -> (Array<A, D>, Array<A, D>) {
        (self.powi(n), jvp(self, self_dot.get(), None, powi_slope(n), no_slope))
    }

    #[track_caller]
    fn __powi_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        n: i32,
        out_bar: Array<A, D>,
        self_bar: SX,
        _: C,
    ) {
        let bar = OutBar::new(out_bar, &self.raw_dim());
        bar.add_same(self_bar, self, smooth(powi_slope(n)));
    }

    #[track_caller]
    fn __pow2_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Array<A, D>, Array<A, D>) {
        (self.pow2(), jvp(self, self_dot.get(), None, twice, no_slope))
    }

    #[track_caller]
    fn __pow2_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Array<A, D>, self_bar: SX) {
        let bar = OutBar::new(out_bar, &self.raw_dim());
        bar.add_same(self_bar, self, smooth(twice));
    }

    #[track_caller]
    fn __clamp_jvp<DX: TangentArg<Array<A, D>>, DL: TangentArg<A>, DH: TangentArg<A>>(
        &self,
        low: A,
        high: A,
        self_dot: DX,
        low_dot: DL,
        high_dot: DH,
    ) -> (Array<A, D>, Array<A, D>) {
        let bound_dots =
            (low_dot.get().map(|dot| A::from_ref(dot)), high_dot.get().map(|dot| A::from_ref(dot)));
        (self.clamp(low, high), clamp_tangent(self, low, high, self_dot.get(), bound_dots))
    }

    #[track_caller]
    fn __clamp_adjoint<SX: Slot<Array<A, D>>, SL: Slot<A>, SH: Slot<A>>(
        &self,
        low: A,
        high: A,
        out_bar: Array<A, D>,
        self_bar: SX,
        mut low_bar: SL,
        mut high_bar: SH,
    ) {
        let mut bar = OutBar::new(out_bar, &self.raw_dim());
        low_bar.add(|| sum2(bar.get(), self, below(low)));
        high_bar.add(|| sum2(bar.get(), self, above(high)));
        bar.add_same(self_bar, self, within(low, high));
    }
}

/// The tangent of `clamp(x, low, high)`, given those of the bounds.
#[track_caller]
fn clamp_tangent<A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    low: A,
    high: A,
    x_dot: Option<ArrayView<'_, A, D>>,
    (low_dot, high_dot): (Option<A>, Option<A>),
) -> Array<A, D> {
    let slope = |x| {
        if x < low || x > high { A::zero() } else { A::one() }
    };
    let mut out_dot = jvp(x, x_dot, None, slope, no_slope);
    if let Some(dot) = low_dot {
        out_dot.zip_mut_with(x, |out_dot, &x| *out_dot = if x < low { dot } else { *out_dot });
    }
    if let Some(dot) = high_dot {
        out_dot.zip_mut_with(x, |out_dot, &x| *out_dot = if x > high { dot } else { *out_dot });
    }
    out_dot
}

/// `ȳ` where `x` is below the lower bound.
#[inline(always)]
fn below<A: Number>(low: A) -> impl Fn(A, A) -> A + Copy {
    move |bar, x| if x < low { bar } else { A::zero() }
}

/// `ȳ` where `x` is above the upper bound.
#[inline(always)]
fn above<A: Number>(high: A) -> impl Fn(A, A) -> A + Copy {
    move |bar, x| if x > high { bar } else { A::zero() }
}

/// `ȳ` where `x` is between the bounds, or is no number.
#[inline(always)]
fn within<A: Number>(low: A, high: A) -> impl Fn(A, A) -> A + Copy {
    move |bar, x| if x < low || x > high { A::zero() } else { bar }
}

/// `ȳ` times a slope that is finite.
#[inline(always)]
fn smooth<A: Number>(slope: impl Fn(A) -> A + Copy) -> impl Fn(A, A) -> A + Copy {
    move |bar, x| bar * slope(x)
}

/// The slope of `x²`.
#[inline(always)]
fn twice<A: Number>(x: A) -> A {
    x + x
}

/// The slope in a scalar that has no tangent.
#[inline(always)]
fn no_slope<A: Number>(_: A) -> A {
    A::zero()
}

/// The slope of `xⁿ`.
#[inline(always)]
fn powi_slope<A: Number>(n: i32) -> impl Fn(A) -> A + Copy {
    let factor = A::from_i32(n).expect("a real type approximates every integer");
    move |x: A| {
        if n == 0 { A::zero() } else { factor * x.powi(n.wrapping_sub(1)) }
    }
}
