//! Several tangents side by side: what one sweep over several directions carries.
//!
//! A tangent program is linear in tangents. So it runs as well where each scalar of a tangent is [`Lanes`], an
//! array of scalars, one for each direction; what depends on values alone is computed once for all of them.
//! The tangent of a `Vec<f64>` is then a `Vec<Lanes<f64, L>>`: [`Tangent::Lanes`] says what it is for each type.

mod rules;
mod types;

pub use rules::{
    Guard, add_assign_jvp, add_jvp, cast, cast_jvp, div_assign_jvp, div_jvp, guard, mul_assign_jvp,
    mul_jvp, neg_jvp, rem_jvp, sin_cos_jvp, sub_assign_jvp, sub_jvp,
};
pub use types::Each;

use crate::{Differentiable, Number, Tangent, borrow_as_self};
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

/// The tangents of a scalar in `L` directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lanes<T, const L: usize>(pub [T; L]);

impl<T: Number, const L: usize> Lanes<T, L> {
    /// Zero in each direction.
    #[inline(always)]
    pub fn zero() -> Self {
        Lanes([T::zero(); L])
    }
}

/// A tangent in `L` directions, which shows the tangent in each of them.
pub trait Abreast<const L: usize>: Tangent {
    /// The tangent in one direction.
    type One: Tangent;
    /// These tangents side by side.
    ///
    /// # Panics
    /// When their shapes differ.
    fn abreast(lanes: [Self::One; L]) -> Self;
    /// The same tangent in each direction.
    fn alike(one: Self::One) -> Self;
    /// The tangent in direction `l`.
    fn lane(wide: Self::Ref<'_>, l: usize) -> Self::One;
}

/// Tangents in `L` directions, of those that `tangent` gives.
#[inline]
pub fn gather<T: Tangent, const L: usize>(tangent: impl FnMut(usize) -> T) -> T::Lanes<L> {
    Abreast::abreast(std::array::from_fn(tangent))
}

/// Adds the first `count` of the tangents in `L` directions to a list.
#[inline]
pub fn scatter<T: Tangent, const L: usize>(wide: &T::Lanes<L>, count: usize, list: &mut Vec<T>) {
    list.extend((0..count).map(|l| <T::Lanes<L> as Abreast<L>>::lane(wide.tangent_ref(), l)));
}

/// How many directions a sweep has: it gives the generic parameter of a generated function its value.
#[derive(Clone, Copy, Debug)]
pub struct Width<const L: usize>;

/// A value whose tangents are those of `P` in `L` directions.
pub struct Wide<'a, P: ?Sized, const L: usize>(&'a P);

/// The value `primal`, whose tangents are in `L` directions.
#[inline(always)]
pub fn wide<P: ?Sized, const L: usize>(primal: &P) -> Wide<'_, P, L> {
    Wide(primal)
}

impl<P: Differentiable + ?Sized, const L: usize> Differentiable for Wide<'_, P, L> {
    type Tangent = <P::Tangent as Tangent>::Lanes<L>;
    #[inline(always)]
    fn zero_tangent(&self) -> Self::Tangent {
        Abreast::alike(self.0.zero_tangent())
    }
    #[inline(always)]
    fn placeholder(&self) -> Self::Tangent {
        Abreast::alike(self.0.placeholder())
    }
    #[inline(always)]
    fn require_shape(&self, tangent: <Self::Tangent as Tangent>::Ref<'_>) {
        self.0.require_wide_shape::<L>(tangent);
    }
}

impl<T: Number, const L: usize> Differentiable for Lanes<T, L> {
    type Tangent = Self;
    #[inline(always)]
    fn zero_tangent(&self) -> Self {
        Self::zero()
    }
}

impl<T: Number, const L: usize> Tangent for Lanes<T, L> {
    borrow_as_self!();
    #[inline(always)]
    fn accumulate(into: &mut Self, contribution: Self) {
        *into += contribution;
    }
    #[inline]
    fn inner_product(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a.inner_product(b)).sum()
    }
    #[inline]
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        self.0.iter_mut().for_each(|t| t.map_components(f));
    }
}

impl<T: Number, const L: usize> Abreast<L> for Lanes<T, L> {
    type One = T;
    #[inline(always)]
    fn abreast(lanes: [T; L]) -> Self {
        Lanes(lanes)
    }
    #[inline(always)]
    fn alike(one: T) -> Self {
        Lanes([one; L])
    }
    #[inline(always)]
    fn lane(wide: &Self, l: usize) -> T {
        wide.0[l]
    }
}

macro_rules! sums {
    ($($trait_:ident $method:ident $assign:ident $assign_method:ident $op:tt;)*) => {$(
        impl<T: Number, const L: usize> $assign for Lanes<T, L> {
            #[inline(always)]
            fn $assign_method(&mut self, rhs: Self) {
                for l in 0..L {
                    self.0[l] $op rhs.0[l];
                }
            }
        }
        impl<T: Number, const L: usize> $assign<&Self> for Lanes<T, L> {
            #[inline(always)]
            fn $assign_method(&mut self, rhs: &Self) {
                $assign::$assign_method(self, *rhs);
            }
        }
        sums!(@ $trait_ $method $assign $assign_method, Lanes<T, L>, Lanes<T, L>);
        sums!(@ $trait_ $method $assign $assign_method, &Lanes<T, L>, Lanes<T, L>);
        sums!(@ $trait_ $method $assign $assign_method, Lanes<T, L>, &Lanes<T, L>);
        sums!(@ $trait_ $method $assign $assign_method, &Lanes<T, L>, &Lanes<T, L>);
    )*};
    (@ $trait_:ident $method:ident $assign:ident $assign_method:ident, $a:ty, $b:ty) => {
        impl<T: Number, const L: usize> $trait_<$b> for $a {
            type Output = Lanes<T, L>;
            #[inline(always)]
            #[allow(clippy::clone_on_copy)] // One of the two is a reference.
            fn $method(self, rhs: $b) -> Lanes<T, L> {
                let mut out = self.clone();
                $assign::$assign_method(&mut out, rhs);
                out
            }
        }
    };
}
sums! {
    Add add AddAssign add_assign +=;
    Sub sub SubAssign sub_assign -=;
}

impl<T: Number, const L: usize> MulAssign<T> for Lanes<T, L> {
    #[inline(always)]
    fn mul_assign(&mut self, rhs: T) {
        for l in 0..L {
            self.0[l] *= rhs;
        }
    }
}

impl<T: Number, const L: usize> DivAssign<T> for Lanes<T, L> {
    #[inline(always)]
    fn div_assign(&mut self, rhs: T) {
        // One division for all directions, where the reciprocal is as exact as any number.
        let reciprocal = rhs.recip();
        if reciprocal.is_normal() {
            *self *= reciprocal;
        } else {
            for l in 0..L {
                self.0[l] /= rhs;
            }
        }
    }
}

macro_rules! scaled {
    ($($trait_:ident $method:ident $assign:ident $assign_method:ident;)*) => {$(
        scaled!(@ $trait_ $method $assign $assign_method, Lanes<T, L>, T, |rhs| rhs);
        scaled!(@ $trait_ $method $assign $assign_method, &Lanes<T, L>, T, |rhs| rhs);
        scaled!(@ $trait_ $method $assign $assign_method, Lanes<T, L>, &T, |rhs| *rhs);
        scaled!(@ $trait_ $method $assign $assign_method, &Lanes<T, L>, &T, |rhs| *rhs);
    )*};
    (@ $trait_:ident $method:ident $assign:ident $assign_method:ident, $a:ty, $b:ty, |$rhs:ident| $value:expr) => {
        impl<T: Number, const L: usize> $trait_<$b> for $a {
            type Output = Lanes<T, L>;
            #[inline(always)]
            #[allow(clippy::clone_on_copy)] // One of the two is a reference.
            fn $method(self, $rhs: $b) -> Lanes<T, L> {
                let mut out = self.clone();
                $assign::$assign_method(&mut out, $value);
                out
            }
        }
    };
}
scaled! {
    Mul mul MulAssign mul_assign;
    Div div DivAssign div_assign;
}

macro_rules! scaling {
    ($($t:ty),*) => {$(
        impl<const L: usize> Mul<Lanes<$t, L>> for $t {
            type Output = Lanes<$t, L>;
            #[inline(always)]
            fn mul(self, rhs: Lanes<$t, L>) -> Lanes<$t, L> {
                rhs * self
            }
        }
        impl<const L: usize> Mul<Lanes<$t, L>> for &$t {
            type Output = Lanes<$t, L>;
            #[inline(always)]
            fn mul(self, rhs: Lanes<$t, L>) -> Lanes<$t, L> {
                rhs * *self
            }
        }
    )*};
}
scaling!(f32, f64);

impl<T: Number, const L: usize> Neg for Lanes<T, L> {
    type Output = Self;
    #[inline(always)]
    fn neg(mut self) -> Self {
        for l in 0..L {
            self.0[l] = -self.0[l];
        }
        self
    }
}

impl<T: Number, const L: usize> Neg for &Lanes<T, L> {
    type Output = Lanes<T, L>;
    #[inline(always)]
    fn neg(self) -> Lanes<T, L> {
        -*self
    }
}

#[cfg(test)]
mod tests;
