//! Dual numbers `x + ε ẋ` with `ε² = 0`: arithmetic that carries one derivative along.
//!
//! They make second derivatives out of first ones. A rule that is written for any [`Number`] and adds
//! `x̄ += z̄ ∂z/∂x` adds, of `x + ε ẋ` and `z̄ + ε z̄˙`, the cotangent and with `ε` its tangent:
//! forward over reverse, without a rule of its own.
//!
//! Comparisons look at values alone, so a dual number takes the branch that its value takes.

mod float;
pub mod slots;

use crate::real::Number;
use crate::{Differentiable, Tangent, borrow_as_self};
use num_traits::{FromPrimitive, Num, NumCast, One, ToPrimitive, Zero};
use std::cmp::Ordering;
use std::fmt::{Display, Formatter};
use std::iter::{Product, Sum};
use std::ops::{
    Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Rem, RemAssign, Sub, SubAssign,
};

/// `value + ε dot`
#[derive(Clone, Copy, Debug, Default)]
pub struct Dual<A> {
    /// The value.
    pub value: A,
    /// Its tangent.
    pub dot: A,
}

impl<A: Number> Dual<A> {
    /// A value with its tangent, which is zero where there is none.
    #[inline(always)]
    pub fn new(value: A, dot: Option<A>) -> Self {
        Dual { value, dot: dot.unwrap_or(A::zero()) }
    }

    /// A value without tangent.
    #[inline(always)]
    pub fn constant(value: A) -> Self {
        Dual { value, dot: A::zero() }
    }

    /// The result `value` of a function with the given slope. A zero tangent stays zero where that is infinite.
    #[inline(always)]
    fn through(self, value: A, slope: impl FnOnce() -> A) -> Self {
        Dual { value, dot: self.dot.steep(slope) }
    }
}

impl<A: Number> PartialEq for Dual<A> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<A: Number> PartialOrd for Dual<A> {
    #[inline(always)]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl<A: Number> Display for Dual<A> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} + ε {}", self.value, self.dot)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident, $assign:ident $assign_method:ident: |$a:ident, $b:ident| $value:expr, $dot:expr;)*) => {$(
        #[allow(clippy::suspicious_arithmetic_impl)] // The rules of derivatives mix operators.
        impl<A: Number> $trait for Dual<A> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, rhs: Self) -> Self {
                let ($a, $b) = (self, rhs);
                let value = $value;
                #[allow(clippy::redundant_closure_call)]
                Dual { value, dot: ($dot)(value) }
            }
        }
        impl<A: Number> $assign for Dual<A> {
            #[inline(always)]
            fn $assign_method(&mut self, rhs: Self) {
                *self = $trait::$method(*self, rhs);
            }
        }
    )*};
}
operators! {
    Add add, AddAssign add_assign: |a, b| a.value + b.value, |_| a.dot + b.dot;
    Sub sub, SubAssign sub_assign: |a, b| a.value - b.value, |_| a.dot - b.dot;
    Mul mul, MulAssign mul_assign: |a, b| a.value * b.value, |_| a.dot * b.value + a.value * b.dot;
    Div div, DivAssign div_assign: |a, b| a.value / b.value, |quotient: A|
        a.dot.steep(|| b.value.recip()) - b.dot.steep(|| quotient / b.value);
    Rem rem, RemAssign rem_assign: |a, b| a.value % b.value, |_|
        a.dot - b.dot.steep(|| (a.value / b.value).trunc());
}

impl<A: Number> Neg for Dual<A> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Dual { value: -self.value, dot: -self.dot }
    }
}

impl<A: Number> Zero for Dual<A> {
    #[inline(always)]
    fn zero() -> Self {
        Dual::constant(A::zero())
    }
    #[inline(always)]
    fn is_zero(&self) -> bool {
        self.value.is_zero()
    }
}

impl<A: Number> One for Dual<A> {
    #[inline(always)]
    fn one() -> Self {
        Dual::constant(A::one())
    }
}

impl<A: Number> Sum for Dual<A> {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::zero(), Add::add)
    }
}

impl<'a, A: Number> Sum<&'a Dual<A>> for Dual<A> {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().sum()
    }
}

impl<A: Number> Product for Dual<A> {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::one(), Mul::mul)
    }
}

impl<A: Number> Num for Dual<A> {
    type FromStrRadixErr = A::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
        A::from_str_radix(text, radix).map(Dual::constant)
    }
}

impl<A: Number> ToPrimitive for Dual<A> {
    fn to_i64(&self) -> Option<i64> {
        self.value.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.value.to_u64()
    }
    fn to_f64(&self) -> Option<f64> {
        self.value.to_f64()
    }
}

impl<A: Number> NumCast for Dual<A> {
    fn from<T: ToPrimitive>(n: T) -> Option<Self> {
        <A as NumCast>::from(n).map(Dual::constant)
    }
}

impl<A: Number> FromPrimitive for Dual<A> {
    #[inline(always)]
    fn from_i64(n: i64) -> Option<Self> {
        A::from_i64(n).map(Dual::constant)
    }
    #[inline(always)]
    fn from_u64(n: u64) -> Option<Self> {
        A::from_u64(n).map(Dual::constant)
    }
    #[inline(always)]
    fn from_f64(n: f64) -> Option<Self> {
        A::from_f64(n).map(Dual::constant)
    }
}

impl<A: Number> Differentiable for Dual<A> {
    type Tangent = Self;
    #[inline(always)]
    fn zero_tangent(&self) -> Self {
        Self::zero()
    }
}

impl<A: Number> Tangent for Dual<A> {
    borrow_as_self!();
    #[inline(always)]
    fn accumulate(into: &mut Self, contribution: Self) {
        *into += contribution;
    }
}

#[cfg(feature = "ndarray")]
impl<A: Number> ndarray::ScalarOperand for Dual<A> {}

impl<A: Number> Number for Dual<A> {
    /// Each term of the product rule is zero where its own factor is.
    #[inline(always)]
    fn steep(self, slope: impl FnOnce() -> Self) -> Self {
        if self.value.is_zero() && self.dot.is_zero() {
            return Self::zero();
        }
        let slope = slope();
        let value = self.value.steep(|| slope.value);
        let bent = if slope.dot.is_zero() { A::zero() } else { self.value.steep(|| slope.dot) };
        Dual { value, dot: self.dot.steep(|| slope.value) + bent }
    }
}
