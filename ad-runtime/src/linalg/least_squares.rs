//! Least squares and the pseudo-inverse.

use super::dense::{Columns, Scalar, joined, require_rows};
use super::rule::{Binary, Operands, Pair, Unary, binary, unary};
use super::singular_values::decomposition;
use crate::Number;
use crate::dual::Dual;
use ndarray::{Array, Array2, ArrayRef, ArrayView, Ix2};
use std::marker::PhantomData;

struct Pinv;

impl<A: Scalar> Unary<A> for Pinv {
    type In = Ix2;
    type Out = Array2<A>;
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Array2<A>, ()) {
        (decomposition(a).pseudo_inverse(), ())
    }

    fn jvp(
        &self,
        a: &ArrayRef<A, Ix2>,
        p: &Array2<A>,
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Array2<A> {
        let rows = p.dot(&p.t()).dot(&a_dot.t());
        let columns = a_dot.t().dot(&p.t()).dot(p);
        let mut dot = &rows - &rows.dot(a).dot(p);
        dot += &columns;
        dot -= &p.dot(&a.dot(&columns));
        dot - p.dot(a_dot).dot(p)
    }

    fn vjp(&self, a: &ArrayRef<A, Ix2>, p: &Array2<A>, _: &(), p_bar: &Array2<A>) -> Array2<A> {
        pinv_pullback(a, p, p_bar)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        p: &Array2<Dual<A>>,
        _: &(),
        p_bar: &Array2<Dual<A>>,
    ) -> Array2<Dual<A>> {
        pinv_pullback(a, p, p_bar)
    }
}

fn pinv_pullback<A: Number>(a: &ArrayRef<A, Ix2>, p: &Array2<A>, p_bar: &Array2<A>) -> Array2<A> {
    let columns = p_bar.t().dot(p).dot(&p.t());
    let rows = p.t().dot(p).dot(&p_bar.t());
    let mut bar = &columns - &a.dot(&p.dot(&columns));
    bar += &rows;
    bar -= &rows.dot(p).dot(a);
    bar - p.t().dot(p_bar).dot(&p.t())
}

unary! {
    /// The pseudo-inverse `P = A⁺` of Moore and Penrose, of shape n × m for a matrix of shape m × n:
    /// `Ṗ = −P Ȧ P + P Pᵀ Ȧᵀ (I − A P) + (I − P A) Ȧᵀ Pᵀ P`,
    /// `Ā = −Pᵀ P̄ Pᵀ + (I − A P) P̄ᵀ P Pᵀ + Pᵀ P P̄ᵀ (I − P A)` (Golub and Pereyra 1973, theorem 4.3).
    ///
    /// The derivative is that at constant rank. Singular values up to `max(m, n) ε σ₁` count as zero. About 20mn²
    /// operations, 12mn² for a derivative.
    ///
    /// # Panics
    /// When the matrix is not finite.
    fn pinv[](a: Ix2) -> Array2<A> = Pinv
}

struct Lstsq<D>(PhantomData<D>);

impl<A: Scalar, D: Columns> Binary<A> for Lstsq<D> {
    type Left = Ix2;
    type Right = D;
    type Out = Array<A, D>;
    /// The pseudo-inverse.
    type Record = Array2<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>, b: &ArrayRef<A, D>) -> (Array<A, D>, Array2<A>) {
        require_rows("lstsq", a, b);
        let p = decomposition(a).pseudo_inverse();
        (D::of_matrix(p.dot(&D::view(b))), p)
    }

    fn jvp(
        &self,
        (a, b): Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        p: &Array2<A>,
        a_dot: Option<ArrayView<'_, A, Ix2>>,
        b_dot: Option<ArrayView<'_, A, D>>,
    ) -> Array<A, D> {
        let (x, b) = (D::view(out), D::view(b));
        let mut rhs = match b_dot {
            Some(dot) => D::matrix(dot.to_owned()),
            None => Array2::zeros(b.raw_dim()),
        };
        let Some(a_dot) = a_dot else {
            return D::of_matrix(p.dot(&rhs));
        };
        rhs -= &a_dot.dot(&x);
        let residual = &b - &a.dot(&x);
        let across = a_dot.t().dot(&p.t().dot(&x));
        let along = p.dot(&(rhs - a.dot(&across)));
        let turned = p.dot(&p.t().dot(&a_dot.t().dot(&residual)));
        D::of_matrix(along + across + turned)
    }

    fn vjp(
        &self,
        operands: Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        p: &Array2<A>,
        out_bar: &Array<A, D>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix2, D> {
        lstsq_pullback(operands, out, p, out_bar, wanted)
    }

    fn second(
        &self,
        (a, b): Operands<'_, Dual<A>, Ix2, D>,
        out: &Array<Dual<A>, D>,
        p: &Array2<A>,
        out_bar: &Array<Dual<A>, D>,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Ix2, D> {
        let (value, dot) = (a.mapv(|a| a.value), a.mapv(|a| a.dot));
        let p = joined(p.clone(), &Pinv.jvp(&value, p, &(), &dot));
        lstsq_pullback((a, b), out, &p, out_bar, wanted)
    }
}

fn lstsq_pullback<A: Number, D: Columns>(
    (a, b): Operands<'_, A, Ix2, D>,
    out: &Array<A, D>,
    p: &Array2<A>,
    out_bar: &Array<A, D>,
    wanted: (bool, bool),
) -> Pair<A, Ix2, D> {
    if !wanted.0 && !wanted.1 {
        return (None, None);
    }
    let (x, b, x_bar) = (D::view(out), D::view(b), D::view(out_bar));
    let b_bar = p.t().dot(&x_bar);
    let a_bar = wanted.0.then(|| {
        let residual = &b - &a.dot(&x);
        let outside = &x_bar - &a.t().dot(&b_bar);
        let mut bar = residual.dot(&p.dot(&b_bar).t());
        bar += &p.t().dot(&x).dot(&outside.t());
        bar - b_bar.dot(&x.t())
    });
    (a_bar, wanted.1.then(|| D::of_matrix(b_bar)))
}

binary! {
    /// The solution `X = A⁺ B` of smallest norm of the least squares problem `min ‖A X − B‖` for a vector (`D = Ix1`)
    /// or the columns of a matrix (`Ix2`), for matrices of any shape and rank. With `P = A⁺` and the residual
    /// `E = B − A X`: `Ẋ = P(Ḃ − Ȧ X) + P Pᵀ Ȧᵀ E + (I − P A) Ȧᵀ Pᵀ X`, `B̄ = Pᵀ X̄`,
    /// `Ā = −B̄ Xᵀ + E (P B̄)ᵀ + Pᵀ X (X̄ − Aᵀ B̄)ᵀ` (Golub and Pereyra 1973).
    ///
    /// The derivative is that at constant rank. Singular values up to `max(m, n) ε σ₁` count as zero. About 20mn²
    /// operations, 4mnk for a derivative with k right-hand sides.
    ///
    /// # Panics
    /// When the matrix is not finite, and when the shapes do not fit.
    fn lstsq[D: Columns](a: Ix2, b: D) -> Array<A, D> = Lstsq(PhantomData)
}
