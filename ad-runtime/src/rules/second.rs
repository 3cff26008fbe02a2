//! Order two: the tangents of the adjoint rules of operators.
//!
//! An adjoint rule adds `x̄ += z̄ ∂z/∂x`. Its tangent adds `x̄˙ += z̄˙ ∂z/∂x + z̄ (∂z/∂x)˙` as well. Both are done at
//! once, so that a compound assignment still sees the cotangent before the change.

use super::{Add, AssignRule, BinaryRule, Div, Mul, NegRule, Rem, Sub};
use crate::Differentiable;
use crate::slot::{Slot, SlotMut, TangentArg};

/// The second derivative of the operator `Op` between `Self` and `Rhs`.
#[diagnostic::on_unimplemented(
    message = "the operator `{Op}` between `{Self}` and `{Rhs}` has no second derivative",
    note = "write `#[differentiate(order = 2)]` on the `impl` of the operator"
)]
pub trait SecondBinaryRule<Op, Rhs: Differentiable>: BinaryRule<Op, Rhs> {
    /// Adds the cotangents of the operands, and their tangents.
    #[allow(clippy::too_many_arguments)]
    fn adjoint_jvp<DA, DB, A, B, AD, BD>(
        &self,
        rhs: &Rhs,
        self_dot: DA,
        rhs_dot: DB,
        out_bar: <Self::Output as Differentiable>::Tangent,
        out_bar_dot: <Self::Output as Differentiable>::Tangent,
        self_bar: A,
        rhs_bar: B,
        self_bar_dot: AD,
        rhs_bar_dot: BD,
    ) where
        DA: TangentArg<Self::Tangent>,
        DB: TangentArg<Rhs::Tangent>,
        A: Slot<Self::Tangent>,
        B: Slot<Rhs::Tangent>,
        AD: Slot<Self::Tangent>,
        BD: Slot<Rhs::Tangent>;
}

/// The second derivative of unary minus.
#[diagnostic::on_unimplemented(
    message = "unary minus on `{Self}` has no second derivative",
    note = "write `#[differentiate(order = 2)]` on the `impl` of the operator"
)]
pub trait SecondNegRule: NegRule {
    /// Adds the cotangent of the operand, and its tangent.
    fn neg_adjoint_jvp<D, S, SD>(
        &self,
        self_dot: D,
        out_bar: <Self::Output as Differentiable>::Tangent,
        out_bar_dot: <Self::Output as Differentiable>::Tangent,
        self_bar: S,
        self_bar_dot: SD,
    ) where
        D: TangentArg<Self::Tangent>,
        S: Slot<Self::Tangent>,
        SD: Slot<Self::Tangent>;
}

/// The second derivative of the compound assignment `self Op= rhs`.
#[diagnostic::on_unimplemented(
    message = "the compound assignment `{Op}` of `{Rhs}` to `{Self}` has no second derivative",
    note = "write `#[differentiate(order = 2)]` on the `impl` of the operator"
)]
pub trait SecondAssignRule<Op, Rhs: Differentiable>: AssignRule<Op, Rhs> {
    /// Turns the cotangent of `self` after the assignment and its tangent into those before it.
    #[allow(clippy::too_many_arguments)]
    fn assign_adjoint_jvp<DA, DB, A, B, AD, BD>(
        &self,
        rhs: &Rhs,
        self_dot: DA,
        rhs_dot: DB,
        self_bar: A,
        rhs_bar: B,
        self_bar_dot: AD,
        rhs_bar_dot: BD,
    ) where
        DA: TangentArg<Self::Tangent>,
        DB: TangentArg<Rhs::Tangent>,
        A: SlotMut<Self::Tangent>,
        B: Slot<Rhs::Tangent>,
        AD: SlotMut<Self::Tangent>,
        BD: Slot<Rhs::Tangent>;
}

/// One rule between two scalars: the partial derivatives, and the second ones in x and y, and in y twice
/// (those in x twice vanish).
macro_rules! scalar_binary {
    ($f:ty, $a:ty, $b:ty, $($op:ident: |$x:ident, $y:ident| $dx:expr, $dy:expr, $dxy:expr, $dyy:expr;)*) => {$(
        impl SecondBinaryRule<$op, $b> for $a {
            #[inline(always)]
            #[allow(clippy::neg_multiply)] // The partial derivatives are filled in.
            fn adjoint_jvp<DA, DB, A, B, AD, BD>(
                &self, rhs: &$b, self_dot: DA, rhs_dot: DB, out_bar: $f, out_bar_dot: $f,
                mut self_bar: A, mut rhs_bar: B, mut self_bar_dot: AD, mut rhs_bar_dot: BD,
            ) where
                DA: TangentArg<$f>, DB: TangentArg<$f>, A: Slot<$f>, B: Slot<$f>, AD: Slot<$f>, BD: Slot<$f>,
            {
                let ($x, $y): ($f, $f) = (*std::borrow::Borrow::<$f>::borrow(self), *std::borrow::Borrow::<$f>::borrow(rhs));
                let _ = ($x, $y);
                let x_dot = self_dot.get().copied().unwrap_or(0.0);
                let y_dot = rhs_dot.get().copied().unwrap_or(0.0);
                self_bar.add(|| out_bar * $dx);
                rhs_bar.add(|| out_bar * $dy);
                self_bar_dot.add(|| out_bar_dot * $dx + out_bar * ($dxy * y_dot));
                rhs_bar_dot.add(|| out_bar_dot * $dy + out_bar * ($dxy * x_dot + $dyy * y_dot));
            }
        }
    )*};
}

macro_rules! scalar_rules {
    ($($f:ty),*) => {$(
        scalar_rules!(@ $f, $f, $f);
        scalar_rules!(@ $f, &$f, $f);
        scalar_rules!(@ $f, $f, &$f);
        scalar_rules!(@ $f, &$f, &$f);
        scalar_rules!(neg $f, $f);
        scalar_rules!(neg $f, &$f);
        scalar_rules!(assign $f, $f);
        scalar_rules!(assign $f, &$f);
    )*};
    (@ $f:ty, $a:ty, $b:ty) => {
        scalar_binary!($f, $a, $b,
            Add: |x, y| 1.0, 1.0, 0.0, 0.0;
            Sub: |x, y| 1.0, -1.0, 0.0, 0.0;
            Mul: |x, y| y, x, 1.0, 0.0;
            Div: |x, y| 1.0 / y, -(x / (y * y)), -(1.0 / (y * y)), 2.0 * x / (y * y * y);
            Rem: |x, y| 1.0, -(x / y).trunc(), 0.0, 0.0;
        );
    };
    (neg $f:ty, $a:ty) => {
        impl SecondNegRule for $a {
            #[inline(always)]
            fn neg_adjoint_jvp<D, S, SD>(&self, _: D, out_bar: $f, out_bar_dot: $f, mut self_bar: S, mut self_bar_dot: SD)
            where
                D: TangentArg<$f>, S: Slot<$f>, SD: Slot<$f>,
            {
                self_bar.add(|| -out_bar);
                self_bar_dot.add(|| -out_bar_dot);
            }
        }
    };
    (assign $f:ty, $b:ty) => {
        scalar_rules!(linear $f, $b, Add);
        scalar_rules!(linear $f, $b, Sub);
        scalar_rules!(scaling $f, $b, Mul: |x, y| y, x, 1.0, 0.0);
        scalar_rules!(scaling $f, $b, Div: |x, y| 1.0 / y, -(x / (y * y)), -(1.0 / (y * y)), 2.0 * x / (y * y * y));
    };
    (linear $f:ty, $b:ty, $op:ident) => {
        impl SecondAssignRule<$op, $b> for $f {
            #[inline(always)]
            fn assign_adjoint_jvp<DA, DB, A, B, AD, BD>(
                &self, rhs: &$b, _: DA, _: DB, self_bar: A, rhs_bar: B, self_bar_dot: AD, rhs_bar_dot: BD,
            ) where
                DA: TangentArg<$f>, DB: TangentArg<$f>, A: SlotMut<$f>, B: Slot<$f>, AD: SlotMut<$f>, BD: Slot<$f>,
            {
                AssignRule::<$op, $b>::assign_adjoint(self, rhs, self_bar, rhs_bar);
                AssignRule::<$op, $b>::assign_adjoint(self, rhs, self_bar_dot, rhs_bar_dot);
            }
        }
    };
    (scaling $f:ty, $b:ty, $op:ident: |$x:ident, $y:ident| $dx:expr, $dy:expr, $dxy:expr, $dyy:expr) => {
        impl SecondAssignRule<$op, $b> for $f {
            #[inline(always)]
            fn assign_adjoint_jvp<DA, DB, A, B, AD, BD>(
                &self, rhs: &$b, self_dot: DA, rhs_dot: DB,
                mut self_bar: A, mut rhs_bar: B, mut self_bar_dot: AD, mut rhs_bar_dot: BD,
            ) where
                DA: TangentArg<$f>, DB: TangentArg<$f>, A: SlotMut<$f>, B: Slot<$f>, AD: SlotMut<$f>, BD: Slot<$f>,
            {
                let ($x, $y): ($f, $f) = (*self, *std::borrow::Borrow::<$f>::borrow(rhs));
                let _ = ($x, $y);
                let x_dot = self_dot.get().copied().unwrap_or(0.0);
                let y_dot = rhs_dot.get().copied().unwrap_or(0.0);
                let (Some(x_bar), Some(x_bar_dot)) = (self_bar.get(), self_bar_dot.get()) else { return };
                let (bar, bar_dot) = (*x_bar, *x_bar_dot);
                *x_bar = bar * $dx;
                *x_bar_dot = bar_dot * $dx + bar * ($dxy * y_dot);
                rhs_bar.add(|| bar * $dy);
                rhs_bar_dot.add(|| bar_dot * $dy + bar * ($dxy * x_dot + $dyy * y_dot));
            }
        }
    };
}
scalar_rules!(f32, f64);

macro_rules! integer_rules {
    ($($t:ty),*) => {$(
        integer_rules!(@ $t, $t, $t, Add Sub Mul Div Rem);
        integer_rules!(@ $t, &$t, $t, Add Sub Mul Div Rem);
        integer_rules!(@ $t, $t, &$t, Add Sub Mul Div Rem);
        integer_rules!(@ $t, &$t, &$t, Add Sub Mul Div Rem);
        integer_rules!(assign $t, Add Sub Mul Div);
    )*};
    (assign $t:ty, $($op:ident)*) => {$(
        impl SecondAssignRule<$op, $t> for $t {
            #[inline(always)]
            fn assign_adjoint_jvp<DA, DB, A, B, AD, BD>(&self, _: &$t, _: DA, _: DB, _: A, _: B, _: AD, _: BD)
            where
                DA: TangentArg<()>, DB: TangentArg<()>, A: SlotMut<()>, B: Slot<()>, AD: SlotMut<()>, BD: Slot<()>,
            {
            }
        }
    )*};
    (@ $t:ty, $a:ty, $b:ty, $($op:ident)*) => {$(
        impl SecondBinaryRule<$op, $b> for $a {
            #[inline(always)]
            fn adjoint_jvp<DA, DB, A, B, AD, BD>(
                &self, _: &$b, _: DA, _: DB, (): (), (): (), _: A, _: B, _: AD, _: BD,
            ) where
                DA: TangentArg<()>, DB: TangentArg<()>, A: Slot<()>, B: Slot<()>, AD: Slot<()>, BD: Slot<()>,
            {
            }
        }
    )*};
}
integer_rules!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! integer_neg {
    ($($t:ty),*) => {$(
        impl SecondNegRule for $t {
            #[inline(always)]
            fn neg_adjoint_jvp<D, S, SD>(&self, _: D, (): (), (): (), _: S, _: SD)
            where
                D: TangentArg<()>, S: Slot<()>, SD: Slot<()>,
            {
            }
        }
    )*};
}
integer_neg!(i8, i16, i32, i64, i128, isize);
