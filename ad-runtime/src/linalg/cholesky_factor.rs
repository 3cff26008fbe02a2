//! The Cholesky factorization.

use super::dense::{Field, Scalar, lent, masked, require_square, scaled, symmetric_part};
use super::rule::{Unary, unary};
use super::triangular::Triangle;
use crate::Number;
use crate::dual::Dual;
use faer::{MatRef, Side};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayRef, Ix2, ShapeBuilder, s};

struct Cholesky;

/// The elements on and below the diagonal, in the column-major order that they have.
fn lower_triangle<A: Scalar>(l: MatRef<'_, A>) -> Array2<A> {
    let n = l.nrows();
    let mut elements = vec![A::zero(); n * n];
    for j in 0..n {
        for i in j..n {
            elements[j * n + i] = l[(i, j)];
        }
    }
    Array2::from_shape_vec((n, n).f(), elements).expect("n columns of n elements")
}

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
        (lower_triangle(factor.L()), ())
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

/// The size of the diagonal blocks that the pullback goes by.
const BLOCK: usize = 32;

/// `Ā` for `L̄`, block by block from the last: ⅔n³ operations, nearly all of them in products of matrices (Murray 2016,
/// section 5.2). What is left in the lower triangle is the cotangent where each element stands for its mirror image too.
fn pullback<A: Field>(l: &Array2<A>, l_bar: &Array2<A>) -> Array2<A> {
    let n = l.nrows();
    let mut bar = masked(l_bar.clone(), |i, j| i >= j);
    let mut end = n;
    while end > 0 {
        let start = end.saturating_sub(BLOCK);
        // L = [.. .. ..; R D ..; B C ..] with the diagonal block D in the rows start..end.
        let (r, d) = (l.slice(s![start..end, ..start]), l.slice(s![start..end, start..end]));
        let (b, c) = (l.slice(s![end.., ..start]), l.slice(s![end.., start..end]));
        if end < n {
            // C̄ ← C̄ D⁻¹, by Dᵀ X = C̄ᵀ.
            let c_bar = bar.slice(s![end.., start..end]).t().to_owned();
            let c_bar = Triangle::Lower.solve_transposed(&d, c_bar);
            bar.slice_mut(s![end.., start..end]).assign(&c_bar.t());
            let minus = -A::one();
            if start > 0 {
                let mut b_bar = bar.slice_mut(s![end.., ..start]);
                general_mat_mul(minus, &c_bar.t(), &r, A::one(), &mut b_bar);
                let mut r_bar = bar.slice_mut(s![start..end, ..start]);
                general_mat_mul(minus, &c_bar, &b, A::one(), &mut r_bar);
            }
            let mut d_bar = bar.slice_mut(s![start..end, start..end]);
            general_mat_mul(minus, &c_bar, &c, A::one(), &mut d_bar);
        }
        let d_bar = bar.slice(s![start..end, start..end]).to_owned();
        let both = diagonal_block(&d, d_bar);
        if start > 0 {
            let mut r_bar = bar.slice_mut(s![start..end, ..start]);
            general_mat_mul(-A::one(), &both, &r, A::one(), &mut r_bar);
        }
        let half = A::from_f64(0.5).expect("it is representable");
        let lower =
            scaled(masked(both, |i, j| i >= j), |i, j| if i == j { half } else { A::one() });
        bar.slice_mut(s![start..end, start..end]).assign(&lower);
        end = start;
    }
    symmetric_part(&bar)
}

/// `P + Pᵀ` for `P = D⁻ᵀ Φ(Dᵀ D̄) D⁻¹`.
fn diagonal_block<A: Field>(d: &ArrayRef<A, Ix2>, d_bar: Array2<A>) -> Array2<A> {
    let product = d.t().dot(&masked(d_bar, |i, j| i >= j));
    let left = Triangle::Lower.solve_transposed(d, half_lower(product));
    let both = Triangle::Lower.solve_transposed(d, left.reversed_axes());
    &both + &both.t()
}

unary! {
    /// The lower triangular factor `L` with positive diagonal of the symmetric part of a positive definite matrix,
    /// `(A + Aᵀ)/2 = L Lᵀ`: `L̇ = L Φ(L⁻¹ Ȧ L⁻ᵀ)`, `Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹)`, where `Φ` takes the lower triangle
    /// with half of the diagonal (Murray 2016, equations 8 and 10; the latter is computed by blocks, section 5.2).
    ///
    /// The cotangent is symmetric, as the function depends on the symmetric part alone. ⅓n³ operations, 4n³ for a
    /// tangent and ⅔n³ for a cotangent.
    ///
    /// # Panics
    /// When the matrix is not square, and when it is not positive definite.
    fn cholesky[](a: Ix2) -> Array2<A> = Cholesky
}

#[cfg(test)]
mod tests {
    use super::{cholesky, diagonal_block, pullback};
    use ndarray::Array2;

    /// The blocks give what the formula gives for the whole matrix, with full and with incomplete blocks.
    #[test]
    fn blocks_of_the_pullback() {
        for n in [0, 1, 31, 32, 33, 70] {
            let wave = |seed: f64| {
                Array2::from_shape_fn((n, n), |(i, j)| (seed + (7 * i + 3 * j * j) as f64).sin())
            };
            let b = wave(0.3);
            let l = cholesky(&(b.dot(&b.t()) + Array2::<f64>::eye(n) * n as f64));
            let bar = wave(1.7);
            let whole = diagonal_block(&l, bar.clone()) * 0.5;
            let difference = pullback(&l, &bar) - whole;
            assert!(difference.iter().all(|d| d.abs() < 1e-12), "{n}: {difference}");
        }
    }
}
