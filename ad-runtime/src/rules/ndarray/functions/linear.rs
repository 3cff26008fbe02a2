//! The functions of `ndarray::linalg`.
//!
//! The products follow Giles 2008, section 2.2.2; the Kronecker product is bilinear, block by block.

use super::super::gemv::{add_mat_vec, add_outer};
use super::super::shapes::{require_same_shape, require_shape, sum2};
use super::super::slots::add_into;
use super::namespaces;
use crate::Number;
use crate::slot::{Slot, SlotMut, TangentArg};
use ndarray::linalg::{general_mat_mul as mat_mul, general_mat_vec_mul as mat_vec_mul};
use ndarray::{Array1, Array2, ArrayRef, Ix1, Ix2, Zip};

namespaces! {
    /// The derivatives of [`ndarray::linalg::kron`].
    kron;
    /// The derivatives of [`ndarray::linalg::general_mat_mul`].
    general_mat_mul;
    /// The derivatives of [`ndarray::linalg::general_mat_vec_mul`].
    general_mat_vec_mul;
}

#[ad_macros::second_order(product)]
impl kron {
    /// The Kronecker product `a ⊗ b` and its tangent `ȧ ⊗ b + a ⊗ ḃ`.
    #[track_caller]
    pub fn __jvp<A: Number, DA: TangentArg<Array2<A>>, DB: TangentArg<Array2<A>>>(
        a: &ArrayRef<A, Ix2>,
        b: &ArrayRef<A, Ix2>,
        a_dot: DA,
        b_dot: DB,
    ) -> (Array2<A>, Array2<A>) {
        let out = ndarray::linalg::kron(a, b);
        let mut out_dot = Array2::zeros(out.raw_dim());
        if let Some(a_dot) = a_dot.get() {
            require_same_shape(&a_dot, a);
            out_dot += &ndarray::linalg::kron(&a_dot, b);
        }
        if let Some(b_dot) = b_dot.get() {
            require_same_shape(&b_dot, b);
            out_dot += &ndarray::linalg::kron(a, &b_dot);
        }
        (out, out_dot)
    }

    /// The Kronecker product `c = a ⊗ b`, of blocks `C_ij = a_ij b`: `ā_ij += ⟨C̄_ij, b⟩`, `b̄ += Σ a_ij C̄_ij`.
    #[track_caller]
    pub fn __adjoint<A: Number, SA: Slot<Array2<A>>, SB: Slot<Array2<A>>>(
        a: &ArrayRef<A, Ix2>,
        b: &ArrayRef<A, Ix2>,
        out_bar: Array2<A>,
        a_bar: SA,
        b_bar: SB,
    ) {
        require_shape(out_bar.shape(), &[a.nrows() * b.nrows(), a.ncols() * b.ncols()]);
        if b.is_empty() {
            return;
        }
        let blocks = || out_bar.exact_chunks(b.raw_dim());
        add_into(a_bar, a, |into| {
            Zip::from(into).and(blocks()).for_each(|into, block| {
                *into += sum2(&block, b, |block, b| block * b);
            });
        });
        add_into(b_bar, b, |mut into| {
            Zip::from(a).and(blocks()).for_each(|&a, block| into.scaled_add(a, &block));
        });
    }
}

/// The halves of a call by the path `ad_runtime::linalg::kron`, as any function has them.
impl kron {
    /// The second half is the adjoint.
    pub const __SPLIT: bool = false;

    /// The Kronecker product; its pullback needs the operands alone.
    #[track_caller]
    pub fn __split<A: Number>(a: &ArrayRef<A, Ix2>, b: &ArrayRef<A, Ix2>) -> (Array2<A>, ()) {
        (ndarray::linalg::kron(a, b), ())
    }

    /// The pullback.
    #[track_caller]
    pub fn __back<A: Number>(
        _: (),
        a: &ArrayRef<A, Ix2>,
        b: &ArrayRef<A, Ix2>,
        out_bar: Array2<A>,
        a_bar: impl Slot<Array2<A>>,
        b_bar: impl Slot<Array2<A>>,
    ) {
        Self::__adjoint(a, b, out_bar, a_bar, b_bar);
    }
}

#[ad_macros::second_order(dual)]
impl general_mat_mul {
    /// `C ← α A B + β C`, of the value and of its tangent `α̇ A B + α Ȧ B + α A Ḃ + β̇ C + β Ċ`.
    #[allow(clippy::too_many_arguments)]
    #[track_caller]
    pub fn __jvp<A: Number>(
        alpha: A,
        a: &ArrayRef<A, Ix2>,
        b: &ArrayRef<A, Ix2>,
        beta: A,
        c: &mut ArrayRef<A, Ix2>,
        alpha_dot: impl TangentArg<A>,
        a_dot: impl TangentArg<Array2<A>>,
        b_dot: impl TangentArg<Array2<A>>,
        beta_dot: impl TangentArg<A>,
        mut c_dot: impl SlotMut<Array2<A>>,
    ) -> ((), ()) {
        if let Some(mut dot) = c_dot.get() {
            require_same_shape(&dot, c);
            dot.mapv_inplace(|dot| beta * dot);
            if let Some(beta_dot) = beta_dot.get() {
                dot.scaled_add(A::from_ref(beta_dot), c);
            }
            if let Some(alpha_dot) = alpha_dot.get() {
                mat_mul(A::from_ref(alpha_dot), a, b, A::one(), &mut dot);
            }
            if let Some(a_dot) = a_dot.get() {
                require_same_shape(&a_dot, a);
                mat_mul(alpha, &a_dot, b, A::one(), &mut dot);
            }
            if let Some(b_dot) = b_dot.get() {
                require_same_shape(&b_dot, b);
                mat_mul(alpha, a, &b_dot, A::one(), &mut dot);
            }
        }
        mat_mul(alpha, a, b, beta, c);
        ((), ())
    }

    /// `C ← α A B + β C`, where `c` is `C` before the call: `Ā += α C̄ Bᵀ`, `B̄ += α Aᵀ C̄`, `ᾱ += ⟨C̄, A B⟩`,
    /// `β̄ += ⟨C̄, C⟩`, then `C̄ ← β C̄`.
    #[allow(clippy::too_many_arguments)]
    #[track_caller]
    pub fn __adjoint<A: Number>(
        alpha: A,
        a: &ArrayRef<A, Ix2>,
        b: &ArrayRef<A, Ix2>,
        beta: A,
        c: &ArrayRef<A, Ix2>,
        _out_bar: (),
        mut alpha_bar: impl Slot<A>,
        a_bar: impl Slot<Array2<A>>,
        b_bar: impl Slot<Array2<A>>,
        mut beta_bar: impl Slot<A>,
        mut c_bar: impl SlotMut<Array2<A>>,
    ) {
        let Some(mut bar) = c_bar.get() else { return };
        require_same_shape(&bar, c);
        alpha_bar.add(|| sum2(&bar, &a.dot(b), |bar, product| bar * product));
        beta_bar.add(|| sum2(&bar, c, |bar, c| bar * c));
        add_into(a_bar, a, |mut into| mat_mul(alpha, &bar, &b.t(), A::one(), &mut into));
        add_into(b_bar, b, |mut into| mat_mul(alpha, &a.t(), &bar, A::one(), &mut into));
        bar.mapv_inplace(|bar| beta * bar);
    }
}

#[ad_macros::second_order(dual)]
impl general_mat_vec_mul {
    /// `y ← α A x + β y`, of the value and of its tangent `α̇ A x + α Ȧ x + α A ẋ + β̇ y + β ẏ`.
    #[allow(clippy::too_many_arguments)]
    #[track_caller]
    pub fn __jvp<A: Number>(
        alpha: A,
        a: &ArrayRef<A, Ix2>,
        x: &ArrayRef<A, Ix1>,
        beta: A,
        y: &mut ArrayRef<A, Ix1>,
        alpha_dot: impl TangentArg<A>,
        a_dot: impl TangentArg<Array2<A>>,
        x_dot: impl TangentArg<Array1<A>>,
        beta_dot: impl TangentArg<A>,
        mut y_dot: impl SlotMut<Array1<A>>,
    ) -> ((), ()) {
        if let Some(mut dot) = y_dot.get() {
            require_same_shape(&dot, y);
            dot.mapv_inplace(|dot| beta * dot);
            if let Some(beta_dot) = beta_dot.get() {
                dot.scaled_add(A::from_ref(beta_dot), y);
            }
            if let Some(alpha_dot) = alpha_dot.get() {
                mat_vec_mul(A::from_ref(alpha_dot), a, x, A::one(), &mut dot);
            }
            if let Some(a_dot) = a_dot.get() {
                require_same_shape(&a_dot, a);
                mat_vec_mul(alpha, &a_dot, x, A::one(), &mut dot);
            }
            if let Some(x_dot) = x_dot.get() {
                require_same_shape(&x_dot, x);
                mat_vec_mul(alpha, a, &x_dot, A::one(), &mut dot);
            }
        }
        mat_vec_mul(alpha, a, x, beta, y);
        ((), ())
    }

    /// `y ← α A x + β y`, where `y` is its value before the call: `Ā += α ȳ xᵀ`, `x̄ += α Aᵀ ȳ`, `ᾱ += ⟨ȳ, A x⟩`,
    /// `β̄ += ⟨ȳ, y⟩`, then `ȳ ← β ȳ`.
    #[allow(clippy::too_many_arguments)]
    #[track_caller]
    pub fn __adjoint<A: Number>(
        alpha: A,
        a: &ArrayRef<A, Ix2>,
        x: &ArrayRef<A, Ix1>,
        beta: A,
        y: &ArrayRef<A, Ix1>,
        _out_bar: (),
        mut alpha_bar: impl Slot<A>,
        a_bar: impl Slot<Array2<A>>,
        x_bar: impl Slot<Array1<A>>,
        mut beta_bar: impl Slot<A>,
        mut y_bar: impl SlotMut<Array1<A>>,
    ) {
        let Some(mut bar) = y_bar.get() else { return };
        require_same_shape(&bar, y);
        alpha_bar.add(|| bar.dot(&a.dot(x)));
        beta_bar.add(|| bar.dot(y));
        let scaled = bar.mapv(|bar| alpha * bar);
        add_into(a_bar, a, |into| add_outer(into, &scaled, x));
        add_into(x_bar, x, |into| add_mat_vec(into, &a.t(), &scaled));
        bar.mapv_inplace(|bar| beta * bar);
    }
}
