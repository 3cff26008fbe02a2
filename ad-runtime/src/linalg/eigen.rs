//! The eigenvalues and eigenvectors of symmetric matrices.

use super::dense::{
    Scalar, array, lent, require_square, scaled, scaled_columns, symmetric_part, tolerance,
};
use super::rule::{Unary, unary};
use crate::Number;
use crate::dual::Dual;
use faer::Side;
use ndarray::{Array1, Array2, ArrayRef, Ix2};

struct Eigh;

/// The sign by which a vector is multiplied: that of its element of the largest absolute value (the first of them).
pub(super) fn orientation<'a, A: Number>(vector: impl Iterator<Item = &'a A>) -> A {
    let abs = |x: A| num_traits::Float::abs(x);
    let largest = vector.fold(A::zero(), |best, x| if abs(*x) > abs(best) { *x } else { best });
    if largest < A::zero() { -A::one() } else { A::one() }
}

/// `F`: `1/(λ_j − λ_i)`, and zero where the two count as equal.
fn inverse_gaps<A: Number>(values: &Array1<A>) -> impl Fn(usize, usize) -> A + '_ {
    let abs = |x: A| num_traits::Float::abs(x);
    let largest = values.iter().fold(A::zero(), |m, x| num_traits::Float::max(m, abs(*x)));
    let equal = tolerance::<A>(values.len()) * largest;
    move |i, j| {
        let gap = values[j] - values[i];
        if abs(gap) <= equal { A::zero() } else { gap.recip() }
    }
}

impl<A: Scalar> Unary<A> for Eigh {
    type In = Ix2;
    type Out = (Array1<A>, Array2<A>);
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> ((Array1<A>, Array2<A>), ()) {
        require_square("eigh", a);
        if a.is_empty() {
            return ((Array1::zeros(0), Array2::zeros((0, 0))), ());
        }
        let eigen = lent(&symmetric_part(a), |a| a.self_adjoint_eigen(Side::Lower));
        let Ok(eigen) = eigen else {
            panic!("linalg::eigh: the iteration does not converge");
        };
        let values = (0..a.nrows()).map(|i| eigen.S()[i]).collect();
        let vectors = array(eigen.U());
        let signs: Vec<A> = vectors.columns().into_iter().map(|v| orientation(v.iter())).collect();
        ((values, scaled_columns(vectors, |j| signs[j])), ())
    }

    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        (values, v): &(Array1<A>, Array2<A>),
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> (Array1<A>, Array2<A>) {
        let inside = v.t().dot(&symmetric_part(a_dot)).dot(v);
        let values_dot = inside.diag().to_owned();
        (values_dot, v.dot(&scaled(inside, inverse_gaps(values))))
    }

    fn vjp(
        &self,
        _: &ArrayRef<A, Ix2>,
        out: &(Array1<A>, Array2<A>),
        _: &(),
        out_bar: &(Array1<A>, Array2<A>),
    ) -> Array2<A> {
        pullback(out, out_bar)
    }

    fn second(
        &self,
        _: &ArrayRef<Dual<A>, Ix2>,
        out: &(Array1<Dual<A>>, Array2<Dual<A>>),
        _: &(),
        out_bar: &(Array1<Dual<A>>, Array2<Dual<A>>),
    ) -> Array2<Dual<A>> {
        pullback(out, out_bar)
    }
}

fn pullback<A: Number>(
    (values, v): &(Array1<A>, Array2<A>),
    (values_bar, v_bar): &(Array1<A>, Array2<A>),
) -> Array2<A> {
    let mut inside = scaled(v.t().dot(v_bar), inverse_gaps(values));
    inside.diag_mut().assign(values_bar);
    symmetric_part(&v.dot(&inside).dot(&v.t()))
}

unary! {
    /// The eigenvalues `λ` in ascending order and the orthonormal eigenvectors, the columns of `V`, of the symmetric
    /// part of a square matrix, `(A + Aᵀ)/2 = V Λ Vᵀ`: `λ̇ = diag(Vᵀ Ȧ V)`, `V̇ = V (F ∘ Vᵀ Ȧ V)`,
    /// `Ā = sym(V (Λ̄ + F ∘ Vᵀ V̄) Vᵀ)` with `F_ij = 1/(λ_j − λ_i)`, zero for equal eigenvalues (Giles 2008, section 3.1).
    ///
    /// Each eigenvector's element of the largest absolute value is positive. The cotangent is symmetric, as the
    /// function depends on the symmetric part alone. About 9n³ operations, 6n³ for a derivative.
    ///
    /// # Panics
    /// When the matrix is not square or not finite.
    fn eigh[](a: Ix2) -> (Array1<A>, Array2<A>) = Eigh
}
