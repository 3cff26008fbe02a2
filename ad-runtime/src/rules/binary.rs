//! The rules of `+ - * / %` and unary minus.

use crate::Differentiable;
use crate::slot::{Slot, TangentArg};

macro_rules! operator_marks {
    ($($(#[$doc:meta])* $op:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $op;
    )*};
}
operator_marks!(
    /// Names the operator `+` in [`BinaryRule`] and [`AssignRule`](super::AssignRule).
    Add,
    /// Names the operator `-`.
    Sub,
    /// Names the operator `*`.
    Mul,
    /// Names the operator `/`.
    Div,
    /// Names the operator `%`.
    Rem
);

/// The derivative of the operator `Op` between `Self` and `Rhs`.
#[diagnostic::on_unimplemented(
    message = "the operator `{Op}` between `{Self}` and `{Rhs}` has no derivative rule",
    note = "put `#[differentiate]` on the `impl` of the operator, or implement `ad_runtime::rules::BinaryRule`"
)]
pub trait BinaryRule<Op, Rhs: Differentiable>: Differentiable + Sized {
    /// The type of the result.
    type Output: Differentiable;

    /// The tangent of the result.
    fn jvp<A: TangentArg<Self::Tangent>, B: TangentArg<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        self_dot: A,
        rhs_dot: B,
    ) -> <Self::Output as Differentiable>::Tangent;

    /// Adds the cotangents of the operands.
    fn adjoint<A: Slot<Self::Tangent>, B: Slot<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        out_bar: <Self::Output as Differentiable>::Tangent,
        self_bar: A,
        rhs_bar: B,
    );
}

/// The derivative of unary minus.
#[diagnostic::on_unimplemented(message = "unary minus on `{Self}` has no derivative rule")]
pub trait NegRule: Differentiable + Sized {
    /// The type of the result.
    type Output: Differentiable;
    /// The tangent of the result.
    fn neg_jvp<A: TangentArg<Self::Tangent>>(
        &self,
        self_dot: A,
    ) -> <Self::Output as Differentiable>::Tangent;
    /// Adds the cotangent of the operand.
    fn neg_adjoint<A: Slot<Self::Tangent>>(
        &self,
        out_bar: <Self::Output as Differentiable>::Tangent,
        self_bar: A,
    );
}

/// One rule between two scalars: the partial derivatives as functions of the operands.
macro_rules! scalar_binary {
    ($f:ty, $a:ty, $b:ty, $($op:ident: |$x:ident, $y:ident| $dx:expr, $dy:expr;)*) => {$(
        impl BinaryRule<$op, $b> for $a {
            type Output = $f;
            #[inline(always)]
            #[allow(clippy::neg_multiply)] // The partial derivatives are filled in.
            fn jvp<A: TangentArg<$f>, B: TangentArg<$f>>(&self, rhs: &$b, self_dot: A, rhs_dot: B) -> $f {
                let ($x, $y): ($f, $f) = (*std::borrow::Borrow::<$f>::borrow(self), *std::borrow::Borrow::<$f>::borrow(rhs));
                let _ = ($x, $y);
                let mut out_dot = 0.0;
                if let Some(x_dot) = self_dot.get() {
                    out_dot += *x_dot * $dx;
                }
                if let Some(y_dot) = rhs_dot.get() {
                    out_dot += *y_dot * $dy;
                }
                out_dot
            }
            #[inline(always)]
            #[allow(clippy::neg_multiply)] // The partial derivatives are filled in.
            fn adjoint<A: Slot<$f>, B: Slot<$f>>(
                &self, rhs: &$b, out_bar: $f, mut self_bar: A, mut rhs_bar: B,
            ) {
                let ($x, $y): ($f, $f) = (*std::borrow::Borrow::<$f>::borrow(self), *std::borrow::Borrow::<$f>::borrow(rhs));
                let _ = ($x, $y);
                self_bar.add(|| out_bar * $dx);
                rhs_bar.add(|| out_bar * $dy);
            }
        }
    )*};
}

macro_rules! scalar_operators {
    ($($f:ty),*) => {$(
        scalar_operators!(@ $f, $f, $f);
        scalar_operators!(@ $f, &$f, $f);
        scalar_operators!(@ $f, $f, &$f);
        scalar_operators!(@ $f, &$f, &$f);
        scalar_operators!(neg $f, $f);
        scalar_operators!(neg $f, &$f);
    )*};
    (@ $f:ty, $a:ty, $b:ty) => {
        scalar_binary!($f, $a, $b,
            Add: |x, y| 1.0, 1.0;
            Sub: |x, y| 1.0, -1.0;
            Mul: |x, y| y, x;
            Div: |x, y| 1.0 / y, -(x / (y * y));
            Rem: |x, y| 1.0, -(x / y).trunc();
        );
    };
    (neg $f:ty, $a:ty) => {
        impl NegRule for $a {
            type Output = $f;
            #[inline(always)]
            fn neg_jvp<A: TangentArg<$f>>(&self, self_dot: A) -> $f {
                self_dot.get().map_or(0.0, |d| -*d)
            }
            #[inline(always)]
            fn neg_adjoint<A: Slot<$f>>(&self, out_bar: $f, mut self_bar: A) {
                self_bar.add(|| -out_bar);
            }
        }
    };
}
scalar_operators!(f32, f64);

macro_rules! integer_operators {
    ($($t:ty),*) => {$(
        integer_operators!(@ $t, $t, $t);
        integer_operators!(@ $t, &$t, $t);
        integer_operators!(@ $t, $t, &$t);
        integer_operators!(@ $t, &$t, &$t);
    )*};
    (@ $t:ty, $a:ty, $b:ty) => {
        integer_operators!($t, $a, $b, Add Sub Mul Div Rem);
    };
    ($t:ty, $a:ty, $b:ty, $($op:ident)*) => {$(
        impl BinaryRule<$op, $b> for $a {
            type Output = $t;
            #[inline(always)]
            fn jvp<A: TangentArg<()>, B: TangentArg<()>>(&self, _: &$b, _: A, _: B) {}
            #[inline(always)]
            fn adjoint<A: Slot<()>, B: Slot<()>>(&self, _: &$b, (): (), _: A, _: B) {}
        }
    )*};
}
integer_operators!(i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

macro_rules! integer_neg {
    ($($t:ty),*) => {$(
        impl NegRule for $t {
            type Output = $t;
            #[inline(always)]
            fn neg_jvp<A: TangentArg<()>>(&self, _: A) {}
            #[inline(always)]
            fn neg_adjoint<A: Slot<()>>(&self, (): (), _: A) {}
        }
    )*};
}
integer_neg!(i8, i16, i32, i64, i128, isize);
