//! The scalar bound of generic differentiable code.

use crate::lanes::Lanes;
use crate::rules::{
    Add, AssignRule, BinaryRule, Div, Mul, NegRule, Rem, ScalarMethods, SecondAssignRule,
    SecondBinaryRule, SecondNegRule, Sub,
};
use crate::{Differentiable, Tangent};
use num_traits::{Float, FloatConst, FromPrimitive, NumAssign};
use std::fmt::{Debug, Display};
use std::iter::{Product, Sum};

/// `ndarray::ScalarOperand` where the `ndarray` feature is on, nothing otherwise.
#[cfg(feature = "ndarray")]
pub trait ScalarOperand: ndarray::ScalarOperand {}
#[cfg(feature = "ndarray")]
impl<T: ndarray::ScalarOperand> ScalarOperand for T {}

/// `ndarray::ScalarOperand` where the `ndarray` feature is on, nothing otherwise.
#[cfg(not(feature = "ndarray"))]
pub trait ScalarOperand {}
#[cfg(not(feature = "ndarray"))]
impl<T> ScalarOperand for T {}

/// The arithmetic and the elementary functions that derivative rules are written in: those of real scalars, and
/// of dual numbers over them.
pub trait Number:
    Float
    + FloatConst
    + FromPrimitive
    + NumAssign
    + Sum
    + for<'a> Sum<&'a Self>
    + Product
    + Default
    + Debug
    + Display
    + Send
    + Sync
    + Differentiable<Tangent = Self>
    + for<'a> Tangent<Ref<'a> = &'a Self, Mut<'a> = &'a mut Self>
    + ScalarOperand
    + 'static
{
    /// `self * slope()`, where a zero stays zero even if the slope is infinite or not a number.
    #[doc(hidden)]
    fn steep(self, slope: impl FnOnce() -> Self) -> Self;
}

macro_rules! number {
    ($($t:ty),*) => {$(
        impl Number for $t {
            #[inline(always)]
            fn steep(self, slope: impl FnOnce() -> Self) -> Self {
                if self == 0.0 { 0.0 } else { self * slope() }
            }
        }
    )*};
}
number!(f32, f64);

/// A real scalar: `f32` or `f64`. Its tangent is a scalar of the same type.
///
/// ```
/// use ad_runtime::{differentiate, Real};
///
/// #[differentiate]
/// fn logistic<T: Real>(x: T) -> T {
///     T::one() / (T::one() + (-x).exp())
/// }
/// assert_eq!(logistic::grad(0.0_f64), 0.25);
/// assert_eq!(logistic::grad(0.0_f32), 0.25);
/// ```
pub trait Real:
    Number
    + ScalarMethods
    + BinaryRule<Add, Self, Output = Self>
    + BinaryRule<Sub, Self, Output = Self>
    + BinaryRule<Mul, Self, Output = Self>
    + BinaryRule<Div, Self, Output = Self>
    + BinaryRule<Rem, Self, Output = Self>
    + NegRule<Output = Self>
    + AssignRule<Add, Self>
    + AssignRule<Sub, Self>
    + AssignRule<Mul, Self>
    + AssignRule<Div, Self>
    + SecondBinaryRule<Add, Self>
    + SecondBinaryRule<Sub, Self>
    + SecondBinaryRule<Mul, Self>
    + SecondBinaryRule<Div, Self>
    + SecondBinaryRule<Rem, Self>
    + SecondNegRule
    + SecondAssignRule<Add, Self>
    + SecondAssignRule<Sub, Self>
    + SecondAssignRule<Mul, Self>
    + SecondAssignRule<Div, Self>
{
    /// Tangents in several directions are lanes.
    #[doc(hidden)]
    fn as_lanes<const L: usize>(wide: &Self::Lanes<L>) -> &Lanes<Self, L>;
    /// Tangents in several directions are lanes.
    #[doc(hidden)]
    fn as_lanes_mut<const L: usize>(wide: &mut Self::Lanes<L>) -> &mut Lanes<Self, L>;
}

macro_rules! real {
    ($($t:ty),*) => {$(
        impl Real for $t {
            #[inline(always)]
            fn as_lanes<const L: usize>(wide: &Lanes<$t, L>) -> &Lanes<$t, L> {
                wide
            }
            #[inline(always)]
            fn as_lanes_mut<const L: usize>(wide: &mut Lanes<$t, L>) -> &mut Lanes<$t, L> {
                wide
            }
        }
    )*};
}
real!(f32, f64);
