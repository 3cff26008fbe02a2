//! The rules of `+= -= *= /=`.

use super::{Add, Div, Mul, Sub};
use crate::Differentiable;
use crate::slot::{Slot, SlotMut, TangentArg};

/// The derivative of the compound assignment `self Op= rhs`, an update in place.
#[diagnostic::on_unimplemented(
    message = "the compound assignment `{Op}` of `{Rhs}` to `{Self}` has no derivative rule"
)]
pub trait AssignRule<Op, Rhs: Differentiable>: Differentiable {
    /// Updates the tangent of `self` in place. `self` is the value before the assignment.
    fn assign_jvp<A: SlotMut<Self::Tangent>, B: TangentArg<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        self_dot: A,
        rhs_dot: B,
    );

    /// Turns the cotangent of the value after the assignment into that of the value before it, in
    /// place, and adds the cotangent of `rhs`. `self` is the value before the assignment.
    fn assign_adjoint<A: SlotMut<Self::Tangent>, B: Slot<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        self_bar: A,
        rhs_bar: B,
    );
}

macro_rules! scalar_assign {
    ($($f:ty, $b:ty;)*) => {$(
        impl AssignRule<Add, $b> for $f {
            #[inline(always)]
            fn assign_jvp<A: SlotMut<$f>, B: TangentArg<$f>>(&self, _: &$b, mut self_dot: A, rhs_dot: B) {
                if let Some(rhs_dot) = rhs_dot.get() {
                    self_dot.add(|| *rhs_dot);
                }
            }
            #[inline(always)]
            fn assign_adjoint<A: SlotMut<$f>, B: Slot<$f>>(&self, _: &$b, mut self_bar: A, mut rhs_bar: B) {
                if let Some(self_bar) = self_bar.get() {
                    rhs_bar.add(|| *self_bar);
                }
            }
        }
        impl AssignRule<Sub, $b> for $f {
            #[inline(always)]
            fn assign_jvp<A: SlotMut<$f>, B: TangentArg<$f>>(&self, _: &$b, mut self_dot: A, rhs_dot: B) {
                if let Some(rhs_dot) = rhs_dot.get() {
                    self_dot.add(|| -*rhs_dot);
                }
            }
            #[inline(always)]
            fn assign_adjoint<A: SlotMut<$f>, B: Slot<$f>>(&self, _: &$b, mut self_bar: A, mut rhs_bar: B) {
                if let Some(self_bar) = self_bar.get() {
                    rhs_bar.add(|| -*self_bar);
                }
            }
        }
        impl AssignRule<Mul, $b> for $f {
            #[inline(always)]
            fn assign_jvp<A: SlotMut<$f>, B: TangentArg<$f>>(&self, rhs: &$b, mut self_dot: A, rhs_dot: B) {
                let rhs: $f = *std::borrow::Borrow::<$f>::borrow(rhs);
                if let Some(self_dot) = self_dot.get() {
                    *self_dot *= rhs;
                }
                if let Some(rhs_dot) = rhs_dot.get() {
                    self_dot.add(|| *rhs_dot * self);
                }
            }
            #[inline(always)]
            fn assign_adjoint<A: SlotMut<$f>, B: Slot<$f>>(&self, rhs: &$b, mut self_bar: A, mut rhs_bar: B) {
                let rhs: $f = *std::borrow::Borrow::<$f>::borrow(rhs);
                if let Some(self_bar) = self_bar.get() {
                    rhs_bar.add(|| *self_bar * self);
                    *self_bar *= rhs;
                }
            }
        }
        impl AssignRule<Div, $b> for $f {
            #[inline(always)]
            fn assign_jvp<A: SlotMut<$f>, B: TangentArg<$f>>(&self, rhs: &$b, mut self_dot: A, rhs_dot: B) {
                let rhs: $f = *std::borrow::Borrow::<$f>::borrow(rhs);
                if let Some(self_dot) = self_dot.get() {
                    *self_dot /= rhs;
                }
                if let Some(rhs_dot) = rhs_dot.get() {
                    self_dot.add(|| -(*rhs_dot * self / (rhs * rhs)));
                }
            }
            #[inline(always)]
            fn assign_adjoint<A: SlotMut<$f>, B: Slot<$f>>(&self, rhs: &$b, mut self_bar: A, mut rhs_bar: B) {
                let rhs: $f = *std::borrow::Borrow::<$f>::borrow(rhs);
                if let Some(self_bar) = self_bar.get() {
                    rhs_bar.add(|| -(*self_bar * self / (rhs * rhs)));
                    *self_bar /= rhs;
                }
            }
        }
    )*};
}
scalar_assign!(f32, f32; f32, &f32; f64, f64; f64, &f64;);

macro_rules! integer_assign {
    ($($t:ty),*) => {$(
        integer_assign!(@ $t, Add Sub Mul Div);
    )*};
    (@ $t:ty, $($op:ident)*) => {$(
        impl AssignRule<$op, $t> for $t {
            #[inline(always)]
            fn assign_jvp<A: SlotMut<()>, B: TangentArg<()>>(&self, _: &$t, _: A, _: B) {}
            #[inline(always)]
            fn assign_adjoint<A: SlotMut<()>, B: Slot<()>>(&self, _: &$t, _: A, _: B) {}
        }
    )*};
}
integer_assign!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);
