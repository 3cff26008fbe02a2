//! The Cholesky factorization.

use super::dense::{Field, Scalar, array, lent, masked, require_square, scaled, symmetric_part};
use super::rule::{Unary, unary};
use super::triangular::Triangle;
use crate::Number;
use crate::dual::Dual;
use faer::Side;
use ndarray::{Array2, ArrayRef, Ix2};

struct Cholesky;

/// `Φ`: the lower triangle with half of the diagonal.
fn half_lower<A: Number>(a: Array2<A>) -> Array2<A> {
    let half = A::from_f64(0.5).expect("it is representable");
    scaled(masked(a, |i, j| i >= j), |i, j| if i == j { half } else { A::one() })
}

impl<A: Scalar> Unary<A> for Cholesky {
    type In = Ix2;
    type Out = Array2<A>;
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Array2<A>, ()) {
        require_square("cholesky", a);
        let factor = lent(&symmetric_part(a), |a| a.llt(Side::Lower));
        let Ok(factor) = factor else {
            panic!("linalg::cholesky: the matrix is not positive definite");
        };
        (masked(array(factor.L()), |i, j| i >= j), ())
    }

    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        l: &Array2<A>,
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Array2<A> {
        let left = Triangle::Lower.solve(l, symmetric_part(a_dot));
        let both = Triangle::Lower.solve(l, left.reversed_axes());
        l.dot(&half_lower(both))
    }

    fn vjp(&self, _: &ArrayRef<A, Ix2>, l: &Array2<A>, _: &(), l_bar: &Array2<A>) -> Array2<A> {
        pullback(l, l_bar)
    }

    fn second(
        &self,
        _: &ArrayRef<Dual<A>, Ix2>,
        l: &Array2<Dual<A>>,
        _: &(),
        l_bar: &Array2<Dual<A>>,
    ) -> Array2<Dual<A>> {
        pullback(l, l_bar)
    }
}

fn pullback<A: Field>(l: &Array2<A>, l_bar: &Array2<A>) -> Array2<A> {
    let product = l.t().dot(&masked(l_bar.clone(), |i, j| i >= j));
    let left = Triangle::Lower.solve_transposed(l, half_lower(product));
    let both = Triangle::Lower.solve_transposed(l, left.reversed_axes());
    symmetric_part(&both)
}

unary! {
    /// The lower triangular factor `L` with positive diagonal of the symmetric part of a positive definite matrix,
    /// `(A + Aᵀ)/2 = L Lᵀ`: `L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)`, `Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹)`, where `Φ` takes the lower triangle
    /// with half of the diagonal (Murray 2016, equations 8 and 10).
    ///
    /// The cotangent is symmetric, as the function depends on the symmetric part alone. ⅓n³ operations, 4n³ for a
    /// derivative.
    ///
    /// # Panics
    /// When the matrix is not square, and when it is not positive definite.
    fn cholesky[](a: Ix2) -> Array2<A> = Cholesky
}
