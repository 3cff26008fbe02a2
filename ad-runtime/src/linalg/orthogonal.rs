//! The QR factorization.

use super::dense::{Field, Scalar, array, lent, masked, scaled_columns, scaled_rows};
use super::rule::{Unary, unary};
use super::triangular::Triangle;
use crate::Number;
use crate::dual::Dual;
use ndarray::{Array2, ArrayRef, Axis, Ix2, concatenate, s};

struct Qr;

/// The sign by which a column of `Q` and a row of `R` are multiplied.
fn sign<A: Scalar>(pivot: A) -> A {
    if pivot < A::zero() { -A::one() } else { A::one() }
}

#[track_caller]
fn require_full_rank<A: Number>(r: &ArrayRef<A, Ix2>) {
    let singular = r.diag().iter().any(|pivot| *pivot == A::zero());
    assert!(!singular, "linalg::qr: the derivative exists for matrices of full rank alone");
}

/// `B R⁻¹`
fn over<A: Scalar>(b: Array2<A>, r: &ArrayRef<A, Ix2>) -> Array2<A> {
    Triangle::Upper.solve_transposed(r, b.reversed_axes()).reversed_axes()
}

/// The lower triangle, and below the diagonal's mirror image the same elements: symmetric.
fn mirrored_lower<A: Number>(m: &Array2<A>) -> Array2<A> {
    Array2::from_shape_fn(m.dim(), |(i, j)| m[[i.max(j), i.min(j)]])
}

/// The tangents of the factors of a matrix with at least as many rows as columns.
fn tall_jvp<A: Scalar>(
    q: &ArrayRef<A, Ix2>,
    r: &ArrayRef<A, Ix2>,
    a_dot: &ArrayRef<A, Ix2>,
) -> (Array2<A>, Array2<A>) {
    let whole = over(a_dot.to_owned(), r);
    let inside = q.t().dot(&whole);
    let below = masked(inside.clone(), |i, j| i > j);
    let turn = &below - &below.t();
    let r_dot = masked((&inside - &turn).dot(r), |i, j| i <= j);
    (whole - q.dot(&inside) + q.dot(&turn), r_dot)
}

/// The cotangent of a matrix with at least as many rows as columns.
fn tall_vjp<A: Field>(
    q: &ArrayRef<A, Ix2>,
    r: &ArrayRef<A, Ix2>,
    q_bar: &ArrayRef<A, Ix2>,
    r_bar: &ArrayRef<A, Ix2>,
) -> Array2<A> {
    let upper = masked(r_bar.to_owned(), |i, j| i <= j);
    let inside = r.dot(&upper.t()) - q_bar.t().dot(q);
    let turned = q.dot(&mirrored_lower(&inside)) + q_bar;
    Triangle::Upper.solve(r, turned.reversed_axes()).reversed_axes()
}

impl<A: Scalar> Unary<A> for Qr {
    type In = Ix2;
    type Out = (Array2<A>, Array2<A>);
    type Record = ();

    fn primal(&self, a: &ArrayRef<A, Ix2>) -> ((Array2<A>, Array2<A>), ()) {
        let (q, r) = lent(a, |a| {
            let qr = a.qr();
            (array(qr.compute_thin_Q().as_ref()), array(qr.thin_R()))
        });
        let signs: Vec<A> = r.diag().iter().map(|pivot| sign(*pivot)).collect();
        let r = masked(scaled_rows(r, |i| signs[i]), |i, j| i <= j);
        ((scaled_columns(q, |j| signs[j]), r), ())
    }

    #[track_caller]
    fn jvp(
        &self,
        a: &ArrayRef<A, Ix2>,
        (q, r): &(Array2<A>, Array2<A>),
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> (Array2<A>, Array2<A>) {
        require_full_rank(r);
        let k = q.ncols();
        let (q_dot, r_dot) = tall_jvp(q, &r.slice(s![.., ..k]), &a_dot.slice(s![.., ..k]));
        let rest = q_dot.t().dot(&a.slice(s![.., k..])) + q.t().dot(&a_dot.slice(s![.., k..]));
        let r_dot = concatenate(Axis(1), &[r_dot.view(), rest.view()]).expect("equally many rows");
        (q_dot, r_dot)
    }

    #[track_caller]
    fn vjp(
        &self,
        a: &ArrayRef<A, Ix2>,
        out: &(Array2<A>, Array2<A>),
        _: &(),
        out_bar: &(Array2<A>, Array2<A>),
    ) -> Array2<A> {
        pullback(a, out, out_bar)
    }

    #[track_caller]
    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        out: &(Array2<Dual<A>>, Array2<Dual<A>>),
        _: &(),
        out_bar: &(Array2<Dual<A>>, Array2<Dual<A>>),
    ) -> Array2<Dual<A>> {
        pullback(a, out, out_bar)
    }
}

#[track_caller]
fn pullback<A: Field>(
    a: &ArrayRef<A, Ix2>,
    (q, r): &(Array2<A>, Array2<A>),
    (q_bar, r_bar): &(Array2<A>, Array2<A>),
) -> Array2<A> {
    require_full_rank(r);
    let k = q.ncols();
    let rest_bar = r_bar.slice(s![.., k..]);
    // The columns behind the first k are A₂ = Q R₂, that is R₂ = Qᵀ A₂.
    let q_bar = q_bar + &a.slice(s![.., k..]).dot(&rest_bar.t());
    let first = tall_vjp(q, &r.slice(s![.., ..k]), &q_bar, &r_bar.slice(s![.., ..k]));
    let rest = q.dot(&rest_bar);
    concatenate(Axis(1), &[first.view(), rest.view()]).expect("equally many rows")
}

unary! {
    /// The thin factorization `A = Q R` of an m × n matrix: `Q` of shape m × k has orthonormal columns, `R` of shape
    /// k × n is upper triangular with a diagonal that is not negative, `k = min(m, n)`.
    ///
    /// With `C = Qᵀ Ȧ R⁻¹` and `Ω = tril₋₁(C) − tril₋₁(C)ᵀ`: `Ṙ = (C − Ω) R`, `Q̇ = Ȧ R⁻¹ − Q C + Q Ω`; with
    /// `M = R R̄ᵀ − Q̄ᵀ Q`: `Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ`, where `copyltu` mirrors the lower triangle (Walter and
    /// Lehmann 2010). A wide matrix `[A₁ A₂]` has `R₂ = Qᵀ A₂` besides. 2mn² operations, 6mn² for a derivative.
    ///
    /// # Panics
    /// The derivatives, when the first k columns are linearly dependent.
    fn qr[](a: Ix2) -> (Array2<A>, Array2<A>) = Qr
}
