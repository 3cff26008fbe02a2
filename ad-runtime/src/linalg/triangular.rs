//! Systems of equations with a triangular matrix.

use super::dense::{Columns, Field, Scalar, masked, require_rows, require_square};
use super::rule::{Binary, Operands, Pair, binary};
use crate::dual::Dual;
use ndarray::{Array, Array2, ArrayRef, ArrayView, Ix2};
use std::marker::PhantomData;

/// Which triangle of a matrix is used; the other one is never read and has no derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triangle {
    /// The elements on and below the diagonal.
    Lower,
    /// The elements on and above the diagonal.
    Upper,
}

impl Triangle {
    pub(super) fn contains(self, i: usize, j: usize) -> bool {
        match self {
            Triangle::Lower => i >= j,
            Triangle::Upper => i <= j,
        }
    }

    fn transposed(self) -> Self {
        match self {
            Triangle::Lower => Triangle::Upper,
            Triangle::Upper => Triangle::Lower,
        }
    }

    /// `T⁻¹ B`
    pub(super) fn solve<A: Field>(self, t: &ArrayRef<A, Ix2>, b: Array2<A>) -> Array2<A> {
        A::solve_triangular(self, t, b)
    }

    /// `T⁻ᵀ B`
    pub(super) fn solve_transposed<A: Field>(
        self,
        t: &ArrayRef<A, Ix2>,
        b: Array2<A>,
    ) -> Array2<A> {
        self.transposed().solve(&t.t(), b)
    }
}

struct SolveTriangular<D>(Triangle, PhantomData<D>);

impl<A: Scalar, D: Columns> Binary<A> for SolveTriangular<D> {
    type Left = Ix2;
    type Right = D;
    type Out = Array<A, D>;
    type Record = ();

    #[track_caller]
    fn primal(&self, t: &ArrayRef<A, Ix2>, b: &ArrayRef<A, D>) -> (Array<A, D>, ()) {
        require_square("solve_triangular", t);
        require_rows("solve_triangular", t, b);
        assert!(
            t.diag().iter().all(|d| *d != A::zero()),
            "linalg::solve_triangular: the matrix is singular"
        );
        (D::of_matrix(self.0.solve(t, D::matrix(b.to_owned()))), ())
    }

    fn jvp(
        &self,
        (t, _): Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        _: &(),
        t_dot: Option<ArrayView<'_, A, Ix2>>,
        b_dot: Option<ArrayView<'_, A, D>>,
    ) -> Array<A, D> {
        let mut rhs = match b_dot {
            Some(dot) => D::matrix(dot.to_owned()),
            None => Array2::zeros(D::view(out).raw_dim()),
        };
        if let Some(dot) = t_dot {
            let triangle = masked(dot.to_owned(), |i, j| self.0.contains(i, j));
            rhs -= &triangle.dot(&D::view(out));
        }
        D::of_matrix(self.0.solve(t, rhs))
    }

    fn vjp(
        &self,
        (t, _): Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        _: &(),
        out_bar: &Array<A, D>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix2, D> {
        self.pullback(t, out, out_bar, wanted)
    }

    fn second(
        &self,
        (t, _): Operands<'_, Dual<A>, Ix2, D>,
        out: &Array<Dual<A>, D>,
        _: &(),
        out_bar: &Array<Dual<A>, D>,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Ix2, D> {
        self.pullback(t, out, out_bar, wanted)
    }
}

impl<D: Columns> SolveTriangular<D> {
    /// The cotangents, for scalars and for dual numbers.
    fn pullback<A: Field>(
        &self,
        t: &ArrayRef<A, Ix2>,
        out: &Array<A, D>,
        out_bar: &Array<A, D>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix2, D> {
        if !wanted.0 && !wanted.1 {
            return (None, None);
        }
        let b_bar = self.0.solve_transposed(t, D::matrix(out_bar.clone()));
        let t_bar = wanted.0.then(|| {
            let full = -b_bar.dot(&D::view(out).t());
            masked(full, |i, j| self.0.contains(i, j))
        });
        (t_bar, wanted.1.then(|| D::of_matrix(b_bar)))
    }
}

binary! {
    /// The solution `X = T⁻¹ B` of `T X = B`, where `T` is a triangle of the matrix: `Ẋ = T⁻¹(Ḃ − Ṫ X)`,
    /// `B̄ = T⁻ᵀ X̄`, `T̄ = −tri(B̄ Xᵀ)` (Giles 2008, section 2.3.1, restricted to the triangle).
    ///
    /// For a matrix of shape n × n and a vector (`D = Ix1`) or a matrix (`Ix2`) of k right-hand sides, n²k
    /// operations, 3n²k for a derivative. For `Tᵀ X = B` pass `&t.t()` and the other triangle.
    ///
    /// # Panics
    /// When the matrix is not square, when an element of its diagonal is zero, and when the shapes do not fit.
    fn solve_triangular[D: Columns](t: Ix2, b: D, triangle: Triangle) -> Array<A, D> = SolveTriangular(triangle, PhantomData)
}
