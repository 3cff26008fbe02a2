//! The rules of operations whose types the compiler does not see, in several directions: one after the other.

use super::{Abreast, Lanes};
use crate::rules::{Add, AssignRule, BinaryRule, Div, Mul, NegRule, Rem, Sub};
use crate::scalar_rt::CastRule;
use crate::slot::{SlotMut, TangentArg};
use crate::{Differentiable, Number, Real, Tangent};
use std::array::from_fn;

/// The tangent of a value of type `P` in `L` directions.
type WideOf<P, const L: usize> = <<P as Differentiable>::Tangent as Tangent>::Lanes<L>;

/// One direction of the tangent of an operand.
struct OneOf<T>(Option<T>);

impl<T: Tangent> TangentArg<T> for OneOf<T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn given(&self) -> bool {
        self.0.is_some()
    }
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        self.0.as_ref().map(T::tangent_ref)
    }
}

/// Direction `l` of the tangent of an operand.
#[inline(always)]
fn one_of<W: Abreast<L>, D: TangentArg<W>, const L: usize>(dot: &D, l: usize) -> OneOf<W::One> {
    OneOf(dot.get().map(|wide| W::lane(wide, l)))
}

macro_rules! binary {
    ($($op:ident $jvp:ident;)*) => {$(
        /// The tangents of the operation.
        #[inline(always)]
        pub fn $jvp<A, B, DA, DB, const L: usize>(a: &A, b: &B, a_dot: DA, b_dot: DB) -> WideOf<A::Output, L>
        where
            A: BinaryRule<$op, B>,
            B: Differentiable,
            DA: TangentArg<WideOf<A, L>>,
            DB: TangentArg<WideOf<B, L>>,
        {
            Abreast::abreast(from_fn(|l| {
                a.jvp(b, one_of::<WideOf<A, L>, _, L>(&a_dot, l), one_of::<WideOf<B, L>, _, L>(&b_dot, l))
            }))
        }
    )*};
}
binary! {
    Add add_jvp;
    Sub sub_jvp;
    Mul mul_jvp;
    Div div_jvp;
    Rem rem_jvp;
}

macro_rules! assign {
    ($($op:ident $jvp:ident;)*) => {$(
        /// Updates the tangents of `a`.
        #[inline(always)]
        pub fn $jvp<A, B, DA, DB, const L: usize>(a: &A, b: &B, mut a_dot: DA, b_dot: DB)
        where
            A: AssignRule<$op, B> + ?Sized,
            B: Differentiable,
            DA: SlotMut<WideOf<A, L>>,
            DB: TangentArg<WideOf<B, L>>,
        {
            let Some(mut into) = a_dot.get() else { return };
            let before = WideOf::<A, L>::take(WideOf::<A, L>::reborrow_mut(&mut into));
            let after = Abreast::abreast(from_fn(|l| {
                let mut lane = <WideOf<A, L> as Abreast<L>>::lane(before.tangent_ref(), l);
                a.assign_jvp(b, &mut lane, one_of::<WideOf<B, L>, _, L>(&b_dot, l));
                lane
            }));
            WideOf::<A, L>::accumulate(into, after);
        }
    )*};
}
assign! {
    Add add_assign_jvp;
    Sub sub_assign_jvp;
    Mul mul_assign_jvp;
    Div div_assign_jvp;
}

/// The tangents of `-a`.
#[inline(always)]
pub fn neg_jvp<A, D, const L: usize>(a: &A, a_dot: D) -> WideOf<A::Output, L>
where
    A: NegRule,
    D: TangentArg<WideOf<A, L>>,
{
    Abreast::abreast(from_fn(|l| a.neg_jvp(one_of::<WideOf<A, L>, _, L>(&a_dot, l))))
}

/// The tangents of `as` between real scalars.
#[inline(always)]
pub fn cast<T: Number, U: Number, const L: usize>(dot: Lanes<T, L>) -> Lanes<U, L> {
    Lanes(from_fn(|l| U::from(dot.0[l]).expect("a float converts to any other")))
}

/// The tangents of an `as` cast to the type of `out`.
#[inline(always)]
pub fn cast_jvp<P: CastRule, T: Real, const L: usize>(
    operand: &P,
    out: &T,
    dot: WideOf<P, L>,
) -> T::Lanes<L> {
    Abreast::abreast(from_fn(|l| {
        crate::scalar_rt::cast_jvp(
            operand,
            out,
            <WideOf<P, L> as Abreast<L>>::lane(dot.tangent_ref(), l),
        )
    }))
}

/// The values of `sin_cos` and their tangents.
#[inline(always)]
pub fn sin_cos_jvp<T: Number, const L: usize>(
    x: T,
    dot: &Lanes<T, L>,
) -> ((T, T), (Lanes<T, L>, Lanes<T, L>)) {
    let (sin, cos) = x.sin_cos();
    ((sin, cos), (*dot * cos, *dot * -sin))
}

/// A zero that stays zero through an infinite slope, in each direction for itself.
pub trait Guard<V> {
    /// `value`, but zero where `self` is zero.
    fn guard(self, value: V) -> V;
}

impl<T: Number, const L: usize> Guard<Lanes<T, L>> for Lanes<T, L> {
    #[inline(always)]
    fn guard(self, value: Self) -> Self {
        Lanes(from_fn(|l| if self.0[l] == T::zero() { T::zero() } else { value.0[l] }))
    }
}

macro_rules! guarded {
    ($($t:ty),*) => {$(
        impl<const L: usize> Guard<Lanes<$t, L>> for $t {
            #[inline(always)]
            fn guard(self, value: Lanes<$t, L>) -> Lanes<$t, L> {
                if self == 0.0 { Lanes::zero() } else { value }
            }
        }
    )*};
}
guarded!(f32, f64);

/// `value`, but zero where `scalar` is zero.
#[inline(always)]
pub fn guard<S: Guard<V>, V>(scalar: S, value: V) -> V {
    scalar.guard(value)
}
