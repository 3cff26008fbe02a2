//! Systems of linear equations, inverses and determinants, by an LU factorization with partial pivoting.

use super::dense::{
    Columns, Scalar, joined, lent, lent_mut, require_rows, require_square, scaled_columns,
};
use super::rule::{Binary, Operands, Pair, Unary, binary, gradient, unary};
use super::singular_values::Decomposition;
use crate::dual::Dual;
use faer::linalg::solvers::{PartialPivLu, Solve as _};
use ndarray::{Array, Array2, ArrayRef, ArrayView, Ix2};
use num_traits::Zero;
use std::marker::PhantomData;

/// `P A = L U`
struct Lu<A: Scalar>(PartialPivLu<A>);

impl<A: Scalar> Lu<A> {
    #[track_caller]
    fn new(name: &str, a: &ArrayRef<A, Ix2>) -> Self {
        require_square(name, a);
        Lu(lent(a, PartialPivLu::new))
    }

    /// The pivots: the diagonal of `U`.
    fn pivots(&self) -> impl Iterator<Item = A> + '_ {
        let u = self.0.U();
        (0..u.nrows()).map(move |i| u[(i, i)])
    }

    /// The determinant.
    fn det(&self) -> A {
        if self.is_singular() {
            return A::zero();
        }
        self.pivots().fold(self.parity(), |product, pivot| product * pivot)
    }

    /// Whether a pivot is zero. (What `faer` computes behind it has been divided by zero.)
    fn is_singular(&self) -> bool {
        self.pivots().any(|pivot| pivot == A::zero())
    }

    /// `det P`
    fn parity(&self) -> A {
        let (order, _) = self.0.P().arrays();
        let (mut seen, mut sign) = (vec![false; order.len()], A::one());
        for start in 0..order.len() {
            let mut at = start;
            let mut length = 0;
            while !seen[at] {
                seen[at] = true;
                at = order[at];
                length += 1;
            }
            // A cycle of even length is an odd permutation.
            if length > 0 && length % 2 == 0 {
                sign = -sign;
            }
        }
        sign
    }

    #[track_caller]
    fn regular(self, name: &str) -> Self {
        assert!(!self.is_singular(), "linalg::{name}: the matrix is singular");
        self
    }

    /// `A⁻¹ B`
    fn solve(&self, b: Array2<A>) -> Array2<A> {
        lent_mut(b, |b| self.0.solve_in_place(b))
    }

    /// `A⁻ᵀ B`
    fn solve_transposed(&self, b: Array2<A>) -> Array2<A> {
        lent_mut(b, |b| self.0.solve_transpose_in_place(b))
    }

    /// `(A + ε Ȧ)⁻ᵀ B`
    fn solve_transposed_dual(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        b: &ArrayRef<Dual<A>, Ix2>,
    ) -> Array2<Dual<A>> {
        let x = self.solve_transposed(b.mapv(|b| b.value));
        let rhs = b.mapv(|b| b.dot) - a.mapv(|a| a.dot).t().dot(&x);
        joined(x, &self.solve_transposed(rhs))
    }

    fn size(&self) -> usize {
        self.0.U().nrows()
    }
}

struct Inv;

impl<A: Scalar> Unary<A> for Inv {
    type In = Ix2;
    type Out = Array2<A>;
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Array2<A>, ()) {
        let lu = Lu::new("inv", a).regular("inv");
        (lu.solve(Array2::eye(lu.size())), ())
    }

    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        out: &Array2<A>,
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Array2<A> {
        -out.dot(a_dot).dot(out)
    }

    fn vjp(&self, _: &ArrayRef<A, Ix2>, out: &Array2<A>, _: &(), out_bar: &Array2<A>) -> Array2<A> {
        -out.t().dot(out_bar).dot(&out.t())
    }

    fn second(
        &self,
        _: &ArrayRef<Dual<A>, Ix2>,
        out: &Array2<Dual<A>>,
        _: &(),
        out_bar: &Array2<Dual<A>>,
    ) -> Array2<Dual<A>> {
        -out.t().dot(out_bar).dot(&out.t())
    }
}

unary! {
    /// The inverse `C = A⁻¹` of a square matrix: `Ċ = −C Ȧ C`, `Ā = −Cᵀ C̄ Cᵀ` (Giles 2008, section 2.2.3).
    ///
    /// 2n³ operations, 4n³ for a derivative. To apply an inverse, [`solve()`] is cheaper and more accurate.
    ///
    /// # Panics
    /// When the matrix is not square, and when it is singular (a pivot is zero).
    fn inv[](a: Ix2) -> Array2<A> = Inv
}

struct Det;

/// `det A · A⁻ᵀ`, the matrix of cofactors, which exists for a singular matrix as well.
fn cofactors<A: Scalar>(a: &ArrayRef<A, Ix2>, det: A, lu: &Lu<A>) -> Array2<A> {
    if det != A::zero() {
        return lu.solve_transposed(Array2::eye(lu.size())) * det;
    }
    let frame = Frame::new(a);
    scaled_columns(frame.svd.u.clone(), |i| frame.product(&[i])).dot(&frame.svd.vt)
}

/// What the cofactors of a singular matrix `A = U Σ Vᵀ` are computed with: `det U det V · U diag(Π_{j≠i} σ_j) Vᵀ`.
struct Frame<A> {
    svd: Decomposition<A>,
    /// `det U det V`
    sign: A,
}

impl<A: Scalar> Frame<A> {
    fn new(a: &ArrayRef<A, Ix2>) -> Self {
        let svd = super::singular_values::decomposition(a);
        let sign = |q: &Array2<A>| Lu::new("det", q).det().signum();
        let sign = sign(&svd.u) * sign(&svd.vt);
        Frame { svd, sign }
    }

    /// The product of all singular values but some.
    fn product(&self, without: &[usize]) -> A {
        let rest = self.svd.s.iter().enumerate().filter(|(j, _)| !without.contains(j));
        rest.fold(self.sign, |product, (_, s)| product * *s)
    }

    /// The tangent of the cofactors. For `B = Uᵀ Ȧ V` those of `Σ + ε B` have the tangent
    /// `Σ_{k≠i} b_kk Π_{l≠i,k} σ_l` on the diagonal and `−b_ji Π_{l≠i,j} σ_l` elsewhere.
    fn tangent(&self, a_dot: &ArrayRef<A, Ix2>) -> Array2<A> {
        let b = self.svd.u.t().dot(a_dot).dot(&self.svd.vt.t());
        let inside = Array2::from_shape_fn(b.dim(), |(i, j)| {
            if i != j {
                return -b[[j, i]] * self.product(&[i, j]);
            }
            (0..b.nrows()).filter(|k| *k != i).map(|k| b[[k, k]] * self.product(&[i, k])).sum()
        });
        self.svd.u.dot(&inside).dot(&self.svd.vt)
    }
}

impl<A: Scalar> Unary<A> for Det {
    type In = Ix2;
    type Out = A;
    type Record = Lu<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (A, Lu<A>) {
        let lu = Lu::new("det", a);
        (lu.det(), lu)
    }

    fn jvp(&self, a: &ArrayRef<A, Ix2>, out: &A, lu: &Lu<A>, a_dot: &ArrayRef<A, Ix2>) -> A {
        (cofactors(a, *out, lu) * a_dot).sum()
    }

    fn vjp(&self, a: &ArrayRef<A, Ix2>, out: &A, lu: &Lu<A>, out_bar: &A) -> Array2<A> {
        cofactors(a, *out, lu) * *out_bar
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        out: &Dual<A>,
        lu: &Lu<A>,
        out_bar: &Dual<A>,
    ) -> Array2<Dual<A>> {
        if !out.is_zero() {
            return lu
                .solve_transposed_dual(a, &Array2::from_diag_elem(lu.size(), *out * *out_bar));
        }
        let value = a.mapv(|a| a.value);
        let dot = Frame::new(&value).tangent(&a.mapv(|a| a.dot));
        joined(cofactors(&value, out.value, lu), &dot) * *out_bar
    }
}

unary! {
    /// The determinant `d` of a square matrix: `ḋ = d tr(A⁻¹ Ȧ)`, `Ā = d̄ d A⁻ᵀ` (Giles 2008, section 2.2.4).
    ///
    /// At a singular matrix the derivative is that of the polynomial, the matrix of cofactors. ⅔n³ operations,
    /// 2n³ for a derivative; a singular value decomposition where the matrix is singular. Large determinants
    /// overflow: see [`ln_det()`].
    ///
    /// # Panics
    /// When the matrix is not square.
    fn det[](a: Ix2) -> A = Det
}
gradient!(det[](a: Ix2));

struct LnDet;

impl<A: Scalar> Unary<A> for LnDet {
    type In = Ix2;
    type Out = (A, A);
    type Record = Lu<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> ((A, A), Lu<A>) {
        let lu = Lu::new("ln_det", a);
        if lu.is_singular() {
            return ((A::zero(), A::neg_infinity()), lu);
        }
        let sign = lu.pivots().fold(lu.parity(), |sign, pivot| sign * pivot.signum());
        let ln = lu.pivots().map(|pivot| num_traits::Float::abs(pivot).ln()).sum();
        ((sign, ln), lu)
    }

    #[track_caller]
    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        _: &(A, A),
        lu: &Lu<A>,
        a_dot: &ArrayRef<A, Ix2>,
    ) -> (A, A) {
        require_slope(lu);
        (A::zero(), lu.solve(a_dot.to_owned()).diag().sum())
    }

    #[track_caller]
    fn vjp(&self, _: &ArrayRef<A, Ix2>, _: &(A, A), lu: &Lu<A>, out_bar: &(A, A)) -> Array2<A> {
        if out_bar.1 == A::zero() {
            return Array2::zeros((lu.size(), lu.size()));
        }
        require_slope(lu);
        lu.solve_transposed(Array2::from_diag_elem(lu.size(), out_bar.1))
    }

    #[track_caller]
    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        _: &(Dual<A>, Dual<A>),
        lu: &Lu<A>,
        out_bar: &(Dual<A>, Dual<A>),
    ) -> Array2<Dual<A>> {
        require_slope(lu);
        lu.solve_transposed_dual(a, &Array2::from_diag_elem(lu.size(), out_bar.1))
    }
}

#[track_caller]
fn require_slope<A: Scalar>(lu: &Lu<A>) {
    assert!(!lu.is_singular(), "linalg::ln_det: a singular matrix has no derivative");
}

unary! {
    /// The sign `s` of the determinant and `l = ln |det A|`: `l̇ = tr(A⁻¹ Ȧ)`, `Ā = l̄ A⁻ᵀ`, and `ṡ = 0`
    /// (Giles 2008, section 2.2.4). A singular matrix has `s = 0`, `l = −∞`.
    ///
    /// ⅔n³ operations, 2n³ for a derivative.
    ///
    /// # Panics
    /// When the matrix is not square; the derivatives also when it is singular.
    fn ln_det[](a: Ix2) -> (A, A) = LnDet
}

struct Solve<D>(PhantomData<D>);

impl<A: Scalar, D: Columns> Binary<A> for Solve<D> {
    type Left = Ix2;
    type Right = D;
    type Out = Array<A, D>;
    type Record = Lu<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>, b: &ArrayRef<A, D>) -> (Array<A, D>, Lu<A>) {
        require_rows("solve", a, b);
        let lu = Lu::new("solve", a).regular("solve");
        (D::of_matrix(lu.solve(D::matrix(b.to_owned()))), lu)
    }

    fn jvp(
        &self,
        _: Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        lu: &Lu<A>,
        a_dot: Option<ArrayView<'_, A, Ix2>>,
        b_dot: Option<ArrayView<'_, A, D>>,
    ) -> Array<A, D> {
        let mut rhs = match b_dot {
            Some(dot) => D::matrix(dot.to_owned()),
            None => Array2::zeros(D::view(out).raw_dim()),
        };
        if let Some(dot) = a_dot {
            rhs -= &dot.dot(&D::view(out));
        }
        D::of_matrix(lu.solve(rhs))
    }

    fn vjp(
        &self,
        _: Operands<'_, A, Ix2, D>,
        out: &Array<A, D>,
        lu: &Lu<A>,
        out_bar: &Array<A, D>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix2, D> {
        if !wanted.0 && !wanted.1 {
            return (None, None);
        }
        let b_bar = lu.solve_transposed(D::matrix(out_bar.clone()));
        let a_bar = wanted.0.then(|| -b_bar.dot(&D::view(out).t()));
        (a_bar, wanted.1.then(|| D::of_matrix(b_bar)))
    }

    fn second(
        &self,
        (a, _): Operands<'_, Dual<A>, Ix2, D>,
        out: &Array<Dual<A>, D>,
        lu: &Lu<A>,
        out_bar: &Array<Dual<A>, D>,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Ix2, D> {
        if !wanted.0 && !wanted.1 {
            return (None, None);
        }
        let b_bar = lu.solve_transposed_dual(a, &D::view(out_bar));
        let a_bar = wanted.0.then(|| -b_bar.dot(&D::view(out).t()));
        (a_bar, wanted.1.then(|| D::of_matrix(b_bar)))
    }
}

binary! {
    /// The solution `X = A⁻¹ B` of `A X = B` for a vector (`D = Ix1`) or the columns of a matrix (`Ix2`):
    /// `Ẋ = A⁻¹(Ḃ − Ȧ X)`, `B̄ = A⁻ᵀ X̄`, `Ā = −B̄ Xᵀ` (Giles 2008, section 2.3.1).
    ///
    /// For `A` of shape n × n and k right-hand sides, ⅔n³ + 2n²k operations, 4n²k for a derivative.
    ///
    /// # Panics
    /// When the matrix is not square, when it is singular (a pivot is zero), and when the shapes do not fit.
    fn solve[D: Columns](a: Ix2, b: D) -> Array<A, D> = Solve(PhantomData)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    #[test]
    fn determinants_of_permutations() {
        let cycle = array![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]];
        assert_eq!(super::det(&cycle), 1.0);
        assert_eq!(super::det(&array![[0.0, 1.0], [1.0, 0.0]]), -1.0);
        assert_eq!(super::ln_det(&array![[0.0, 2.0], [2.0, 0.0]]), (-1.0, 2.0 * 2.0_f64.ln()));
    }
}
