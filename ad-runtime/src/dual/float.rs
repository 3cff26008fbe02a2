//! The elementary functions of dual numbers: `f(x + ε ẋ) = f(x) + ε f'(x) ẋ`.

use super::Dual;
use crate::real::Number;
use num_traits::{Float, FloatConst, Zero};
use std::num::FpCategory;

/// A constant of the scalar type.
#[inline(always)]
fn constant<A: Number>(value: f64) -> A {
    A::from_f64(value).expect("a scalar type approximates every f64")
}

macro_rules! float {
    (
        constants $($constant:ident)*;
        tests $($test:ident)*;
        steps $($step:ident)*;
        smooth $($name:ident: |$x:ident, $y:ident| $slope:expr;)*
        ---
        $($rest:tt)*
    ) => {
        impl<A: Number> Float for Dual<A> {
            $(#[inline(always)]
            fn $constant() -> Self {
                Dual::constant(A::$constant())
            })*
            $(#[inline(always)]
            fn $test(self) -> bool {
                self.value.$test()
            })*
            $(#[inline(always)]
            fn $step(self) -> Self {
                Dual::constant(self.value.$step())
            })*
            $(#[inline(always)]
            fn $name(self) -> Self {
                let ($x, $y) = (self.value, self.value.$name());
                let _ = ($x, $y);
                self.through($y, || $slope)
            })*
            $($rest)*
        }
    };
}

float! {
    constants nan infinity neg_infinity neg_zero min_value min_positive_value epsilon max_value;
    tests is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative;
    steps floor ceil round trunc signum;
    smooth
    fract: |x, y| A::one();
    abs: |x, y| if x.is_zero() { A::zero() } else { x.signum() };
    recip: |x, y| -(y * y);
    sqrt: |x, y| (y + y).recip();
    cbrt: |x, y| (constant::<A>(3.0) * y * y).recip();
    exp: |x, y| y;
    exp2: |x, y| y * A::LN_2();
    exp_m1: |x, y| y + A::one();
    ln: |x, y| x.recip();
    log2: |x, y| (x * A::LN_2()).recip();
    log10: |x, y| (x * A::LN_10()).recip();
    ln_1p: |x, y| (A::one() + x).recip();
    sin: |x, y| x.cos();
    cos: |x, y| -x.sin();
    tan: |x, y| A::one() + y * y;
    asin: |x, y| ((A::one() - x) * (A::one() + x)).sqrt().recip();
    acos: |x, y| -((A::one() - x) * (A::one() + x)).sqrt().recip();
    atan: |x, y| (A::one() + x * x).recip();
    sinh: |x, y| x.cosh();
    cosh: |x, y| x.sinh();
    tanh: |x, y| A::one() - y * y;
    asinh: |x, y| x.hypot(A::one()).recip();
    acosh: |x, y| ((x - A::one()) * (x + A::one())).sqrt().recip();
    atanh: |x, y| ((A::one() - x) * (A::one() + x)).recip();
    to_degrees: |x, y| A::one().to_degrees();
    to_radians: |x, y| A::one().to_radians();
    ---
    fn classify(self) -> FpCategory {
        self.value.classify()
    }
    fn integer_decode(self) -> (u64, i16, i8) {
        self.value.integer_decode()
    }
    #[inline(always)]
    fn mul_add(self, a: Self, b: Self) -> Self {
        self * a + b
    }
    #[inline(always)]
    fn powi(self, n: i32) -> Self {
        let factor = A::from_i32(n).expect("a scalar type approximates every integer");
        self.through(self.value.powi(n), || {
            if n == 0 { A::zero() } else { factor * self.value.powi(n.wrapping_sub(1)) }
        })
    }
    #[inline(always)]
    fn powf(self, n: Self) -> Self {
        let (x, y) = (self.value, self.value.powf(n.value));
        let in_base = self.dot.steep(|| n.value.steep(|| x.powf(n.value - A::one())));
        let in_exponent = n.dot.steep(|| if x.is_zero() { A::zero() } else { y * x.ln() });
        Dual { value: y, dot: in_base + in_exponent }
    }
    #[inline(always)]
    fn log(self, base: Self) -> Self {
        self.ln() / base.ln()
    }
    #[inline(always)]
    fn sin_cos(self) -> (Self, Self) {
        let (sin, cos) = self.value.sin_cos();
        (self.through(sin, || cos), self.through(cos, || -sin))
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self.value >= other.value || other.value.is_nan() { self } else { other }
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self.value <= other.value || other.value.is_nan() { self } else { other }
    }
    #[inline(always)]
    fn abs_sub(self, other: Self) -> Self {
        if self.value <= other.value { Self::zero() } else { self - other }
    }
    #[inline(always)]
    fn hypot(self, other: Self) -> Self {
        let y = self.value.hypot(other.value);
        let dot = if y.is_zero() {
            A::zero()
        } else {
            self.dot * (self.value / y) + other.dot * (other.value / y)
        };
        Dual { value: y, dot }
    }
    #[inline(always)]
    fn atan2(self, other: Self) -> Self {
        let square = self.value * self.value + other.value * other.value;
        let dot = self.dot.steep(|| other.value / square) - other.dot.steep(|| self.value / square);
        Dual { value: self.value.atan2(other.value), dot }
    }
}

macro_rules! constants {
    ($($name:ident)*) => {
        impl<A: Number> FloatConst for Dual<A> {$(
            #[inline(always)]
            fn $name() -> Self {
                Dual::constant(A::$name())
            }
        )*}
    };
}
constants! {
    E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8
    LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2
}
