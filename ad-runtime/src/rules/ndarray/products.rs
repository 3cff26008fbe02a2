//! The rules of `dot`, the product of vectors and matrices.
//!
//! `C = A B`: `Ċ = Ȧ B + A Ḃ`; `Ā += C̄ Bᵀ`, `B̄ += Aᵀ C̄` (Giles 2008, section 2.2.2). With a vector in
//! place of a matrix the same holds for the matrix of one row or column; for two vectors `c̄` is a number.
//! The contributions are added into the operands' cotangents in place: no temporary of their size.

use super::gemv::{add_mat_vec, add_outer, outer};
use super::shapes::{require_same_shape, require_shape};
use crate::slot::{Slot, TangentArg};
use crate::{Differentiable, Real};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array, Array1, Array2, ArrayBase, ArrayRef, ArrayView, Data, Dimension, Ix1, Ix2};

/// The derivative of `self.dot(rhs)`.
///
/// Shapes as in `ndarray::linalg::Dot`: `n · n → ()`, `m × n · n → m`, `m · m × n → n`, `m × k · k × n → m × n`.
#[diagnostic::on_unimplemented(
    message = "`dot` between `{Self}` and `{Rhs}` has no derivative rule"
)]
#[ad_macros::second_order]
pub trait DotRule<Rhs: Differentiable + ?Sized>: Differentiable {
    /// The type of the product.
    type Output: Differentiable;

    /// The product and its tangent `ȧ b + a ḃ`.
    ///
    /// # Panics
    /// When the shapes are incompatible, or a tangent has another shape than its operand.
    fn __dot_jvp<DA: TangentArg<Self::Tangent>, DB: TangentArg<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        self_dot: DA,
        rhs_dot: DB,
    ) -> (Self::Output, <Self::Output as Differentiable>::Tangent);

    /// Adds `c̄ bᵀ` and `aᵀ c̄` to the cotangents.
    ///
    /// # Panics
    /// When a cotangent has another shape than its value.
    fn __dot_adjoint<SA: Slot<Self::Tangent>, SB: Slot<Rhs::Tangent>>(
        &self,
        rhs: &Rhs,
        out_bar: <Self::Output as Differentiable>::Tangent,
        self_bar: SA,
        rhs_bar: SB,
    );
}

/// The tangent that `dot` holds, after a check of its shape.
#[inline]
#[track_caller]
fn checked<'a, A, D: Dimension>(
    dot: Option<ArrayView<'a, A, D>>,
    value: &ArrayRef<A, D>,
) -> Option<ArrayView<'a, A, D>> {
    dot.inspect(|dot| require_same_shape(dot, value))
}

#[ad_macros::second_order(product)]
impl<A: Real> DotRule<ArrayRef<A, Ix1>> for ArrayRef<A, Ix1> {
    type Output = A;

    #[inline]
    #[track_caller]
    fn __dot_jvp<DA: TangentArg<Array1<A>>, DB: TangentArg<Array1<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix1>,
        self_dot: DA,
        rhs_dot: DB,
    ) -> (A, A) {
        let mut out_dot = A::zero();
        if let Some(self_dot) = checked(self_dot.get(), self) {
            out_dot += self_dot.dot(rhs);
        }
        if let Some(rhs_dot) = checked(rhs_dot.get(), rhs) {
            out_dot += self.dot(&rhs_dot);
        }
        (self.dot(rhs), out_dot)
    }

    #[inline]
    #[track_caller]
    fn __dot_adjoint<SA: Slot<Array1<A>>, SB: Slot<Array1<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix1>,
        out_bar: A,
        self_bar: SA,
        rhs_bar: SB,
    ) {
        add_scaled(self_bar, out_bar, rhs);
        add_scaled(rhs_bar, out_bar, self);
    }
}

/// The derivative of `x.dot(&x)`, whose operands share one cotangent.
///
/// Twice the same operand: `c = xᵀ x` gives `x̄ += 2 c̄ x`, `C = X X` gives `X̄ += C̄ Xᵀ + Xᵀ C̄`.
#[ad_macros::second_order]
pub trait DotSquareRule: DotRule<Self> {
    /// Adds the contributions of both operands to the one cotangent.
    ///
    /// # Panics
    /// When a cotangent has another shape than its value.
    fn __dot_square_adjoint<S: Slot<Self::Tangent>>(
        &self,
        out_bar: <Self::Output as Differentiable>::Tangent,
        self_bar: S,
    );
}

#[ad_macros::second_order(product)]
impl<A: Real> DotSquareRule for ArrayRef<A, Ix1> {
    #[inline]
    #[track_caller]
    fn __dot_square_adjoint<S: Slot<Array1<A>>>(&self, out_bar: A, self_bar: S) {
        add_scaled(self_bar, out_bar + out_bar, self);
    }
}

#[ad_macros::second_order(product)]
impl<A: Real> DotSquareRule for ArrayRef<A, Ix2> {
    #[inline]
    #[track_caller]
    fn __dot_square_adjoint<S: Slot<Array2<A>>>(&self, out_bar: Array2<A>, mut self_bar: S) {
        require_shape(out_bar.shape(), self.shape());
        add_mat_mul_to(&mut self_bar, self, &out_bar, &self.t());
        add_mat_mul_to(&mut self_bar, self, &self.t(), &out_bar);
    }
}

/// Adds `factor * x`.
#[inline]
#[track_caller]
fn add_scaled<A: Real>(mut slot: impl Slot<Array1<A>>, factor: A, x: &ArrayRef<A, Ix1>) {
    slot.update(
        |mut into| {
            require_same_shape(&into, x);
            into.scaled_add(factor, x);
        },
        || x.mapv(|x| factor * x),
    );
}

#[ad_macros::second_order(product)]
impl<A: Real> DotRule<ArrayRef<A, Ix1>> for ArrayRef<A, Ix2> {
    type Output = Array1<A>;

    #[inline]
    #[track_caller]
    fn __dot_jvp<DA: TangentArg<Array2<A>>, DB: TangentArg<Array1<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix1>,
        self_dot: DA,
        rhs_dot: DB,
    ) -> (Array1<A>, Array1<A>) {
        let mut out_dot = match checked(self_dot.get(), self) {
            Some(self_dot) => self_dot.dot(rhs),
            None => Array::zeros(self.nrows()),
        };
        if let Some(rhs_dot) = checked(rhs_dot.get(), rhs) {
            add_mat_vec(out_dot.view_mut(), self, &rhs_dot);
        }
        (self.dot(rhs), out_dot)
    }

    #[inline]
    #[track_caller]
    fn __dot_adjoint<SA: Slot<Array2<A>>, SB: Slot<Array1<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix1>,
        out_bar: Array1<A>,
        self_bar: SA,
        rhs_bar: SB,
    ) {
        require_shape(out_bar.shape(), &[self.nrows()]);
        add_outer_to(self_bar, self, &out_bar, rhs);
        add_mat_vec_to(rhs_bar, rhs, &self.t(), &out_bar);
    }
}

#[ad_macros::second_order(product)]
impl<A: Real> DotRule<ArrayRef<A, Ix2>> for ArrayRef<A, Ix1> {
    type Output = Array1<A>;

    #[inline]
    #[track_caller]
    fn __dot_jvp<DA: TangentArg<Array1<A>>, DB: TangentArg<Array2<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix2>,
        self_dot: DA,
        rhs_dot: DB,
    ) -> (Array1<A>, Array1<A>) {
        let mut out_dot = Array::zeros(rhs.ncols());
        if let Some(self_dot) = checked(self_dot.get(), self) {
            add_mat_vec(out_dot.view_mut(), &rhs.t(), &self_dot);
        }
        if let Some(rhs_dot) = checked(rhs_dot.get(), rhs) {
            add_mat_vec(out_dot.view_mut(), &rhs_dot.t(), self);
        }
        (self.dot(rhs), out_dot)
    }

    #[inline]
    #[track_caller]
    fn __dot_adjoint<SA: Slot<Array1<A>>, SB: Slot<Array2<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix2>,
        out_bar: Array1<A>,
        self_bar: SA,
        rhs_bar: SB,
    ) {
        require_shape(out_bar.shape(), &[rhs.ncols()]);
        add_mat_vec_to(self_bar, self, rhs, &out_bar);
        add_outer_to(rhs_bar, rhs, self, &out_bar);
    }
}

/// Adds `x yᵀ` to the cotangent of `operand`.
#[inline]
#[track_caller]
fn add_outer_to<A: Real>(
    mut slot: impl Slot<Array2<A>>,
    operand: &ArrayRef<A, Ix2>,
    x: &ArrayRef<A, Ix1>,
    y: &ArrayRef<A, Ix1>,
) {
    slot.update(
        |into| {
            require_same_shape(&into, operand);
            add_outer(into, x, y);
        },
        || outer(x, y),
    );
}

/// Adds `matrix x` to the cotangent of `operand`.
#[inline]
#[track_caller]
fn add_mat_vec_to<A: Real>(
    mut slot: impl Slot<Array1<A>>,
    operand: &ArrayRef<A, Ix1>,
    matrix: &ArrayRef<A, Ix2>,
    x: &ArrayRef<A, Ix1>,
) {
    slot.update(
        |into| {
            require_same_shape(&into, operand);
            add_mat_vec(into, matrix, x);
        },
        || {
            let mut fresh = Array::zeros(operand.raw_dim());
            add_mat_vec(fresh.view_mut(), matrix, x);
            fresh
        },
    );
}

#[ad_macros::second_order(product)]
impl<A: Real> DotRule<ArrayRef<A, Ix2>> for ArrayRef<A, Ix2> {
    type Output = Array2<A>;

    #[inline]
    #[track_caller]
    fn __dot_jvp<DA: TangentArg<Array2<A>>, DB: TangentArg<Array2<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix2>,
        self_dot: DA,
        rhs_dot: DB,
    ) -> (Array2<A>, Array2<A>) {
        let out = self.dot(rhs);
        let self_dot = checked(self_dot.get(), self);
        let rhs_dot = checked(rhs_dot.get(), rhs);
        let out_dot = match (self_dot, rhs_dot) {
            (None, None) => Array::zeros(out.raw_dim()),
            (Some(self_dot), None) => self_dot.dot(rhs),
            (None, Some(rhs_dot)) => self.dot(&rhs_dot),
            (Some(self_dot), Some(rhs_dot)) => {
                let mut out_dot = self_dot.dot(rhs);
                general_mat_mul(A::one(), self, &rhs_dot, A::one(), &mut out_dot);
                out_dot
            }
        };
        (out, out_dot)
    }

    #[inline]
    #[track_caller]
    fn __dot_adjoint<SA: Slot<Array2<A>>, SB: Slot<Array2<A>>>(
        &self,
        rhs: &ArrayRef<A, Ix2>,
        out_bar: Array2<A>,
        mut self_bar: SA,
        mut rhs_bar: SB,
    ) {
        require_shape(out_bar.shape(), &[self.nrows(), rhs.ncols()]);
        add_mat_mul_to(&mut self_bar, self, &out_bar, &rhs.t());
        add_mat_mul_to(&mut rhs_bar, rhs, &self.t(), &out_bar);
    }
}

/// Adds `x y` to the cotangent of `operand`.
#[inline]
#[track_caller]
fn add_mat_mul_to<A: Real>(
    slot: &mut impl Slot<Array2<A>>,
    operand: &ArrayRef<A, Ix2>,
    x: &ArrayRef<A, Ix2>,
    y: &ArrayRef<A, Ix2>,
) {
    slot.update(
        |mut into| {
            require_same_shape(&into, operand);
            general_mat_mul(A::one(), x, y, A::one(), &mut into);
        },
        || x.dot(y),
    );
}

/// An owned array or a view on the right is the same as the `ArrayRef` it dereferences to.
macro_rules! dereference_rhs {
    ($($d:ty, $e:ty => $out:ty;)*) => {$(
        #[ad_macros::second_order(product)]
        impl<A: Real, T: Data<Elem = A>> DotRule<ArrayBase<T, $e>> for ArrayRef<A, $d> {
            type Output = $out;

            #[inline(always)]
            #[track_caller]
            fn __dot_jvp<DA: TangentArg<Array<A, $d>>, DB: TangentArg<Array<A, $e>>>(
                &self,
                rhs: &ArrayBase<T, $e>,
                self_dot: DA,
                rhs_dot: DB,
            ) -> ($out, $out) {
                DotRule::<ArrayRef<A, $e>>::__dot_jvp(self, rhs, self_dot, rhs_dot)
            }

            #[inline(always)]
            #[track_caller]
            fn __dot_adjoint<SA: Slot<Array<A, $d>>, SB: Slot<Array<A, $e>>>(
                &self,
                rhs: &ArrayBase<T, $e>,
                out_bar: $out,
                self_bar: SA,
                rhs_bar: SB,
            ) {
                DotRule::<ArrayRef<A, $e>>::__dot_adjoint(self, rhs, out_bar, self_bar, rhs_bar);
            }
        }
    )*};
}
dereference_rhs! {
    Ix1, Ix1 => A;
    Ix1, Ix2 => Array1<A>;
    Ix2, Ix1 => Array1<A>;
    Ix2, Ix2 => Array2<A>;
}
