//! The singular value decomposition.

use super::dense::{Scalar, array, joined, lent, scaled, scaled_columns, scaled_rows, tolerance};
use super::eigen::orientation;
use super::rule::{Unary, unary};
use crate::Number;
use crate::dual::Dual;
use ndarray::{Array1, Array2, ArrayRef, Ix2};

/// `A = U Σ Vᵀ`, thin.
#[derive(Clone)]
pub(super) struct Decomposition<A> {
    pub(super) u: Array2<A>,
    pub(super) s: Array1<A>,
    pub(super) vt: Array2<A>,
}

/// The thin singular value decomposition, by the sign convention of [`svd()`].
#[track_caller]
pub(super) fn decomposition<A: Scalar>(a: &ArrayRef<A, Ix2>) -> Decomposition<A> {
    let Ok(svd) = lent(a, |a| a.thin_svd()) else {
        panic!("linalg::svd: the iteration does not converge");
    };
    let (u, v) = (array(svd.U()), array(svd.V()));
    let s = (0..u.ncols()).map(|i| svd.S()[i]).collect();
    let signs: Vec<A> = u.columns().into_iter().map(|u| orientation(u.iter())).collect();
    Decomposition {
        u: scaled_columns(u, |j| signs[j]),
        s,
        vt: scaled_columns(v, |j| signs[j]).reversed_axes().as_standard_layout().into_owned(),
    }
}

impl<A: Number> Decomposition<A> {
    /// The singular values up to which, relative to the largest, they count as zero.
    pub(super) fn cutoff(&self) -> A {
        let sides = self.u.nrows().max(self.vt.ncols());
        tolerance::<A>(sides) * self.s.first().copied().unwrap_or(A::zero())
    }

    /// `1/σ_i`, and zero where the singular value counts as zero.
    pub(super) fn inverse(&self, i: usize) -> A {
        if self.s[i] <= self.cutoff() { A::zero() } else { self.s[i].recip() }
    }

    /// `F`: `1/(σ_j² − σ_i²)`, and zero where the two count as equal.
    fn inverse_gaps(&self) -> impl Fn(usize, usize) -> A + '_ {
        let cutoff = self.cutoff();
        move |i, j| {
            let (low, high) = (self.s[i], self.s[j]);
            if num_traits::Float::abs(high - low) <= cutoff {
                return A::zero();
            }
            ((high - low) * (high + low)).recip()
        }
    }

    /// `A⁺ = V Σ⁺ Uᵀ`
    pub(super) fn pseudo_inverse(&self) -> Array2<A> {
        scaled_columns(self.vt.t().to_owned(), |j| self.inverse(j)).dot(&self.u.t())
    }
}

impl<A: Scalar> Decomposition<A> {
    /// The tangents of the factors.
    fn tangent(&self, a_dot: &ArrayRef<A, Ix2>) -> Triple<A> {
        let (u, s, v) = (&self.u, &self.s, self.vt.t());
        let along = a_dot.dot(&v);
        let inside = u.t().dot(&along);
        let s_dot = inside.diag().to_owned();
        let by_columns = scaled(inside.clone(), |_, j| s[j]);
        let by_rows = scaled(inside, |i, _| s[i]);
        let turn_u = scaled(&by_columns + &by_columns.t(), self.inverse_gaps());
        let turn_v = scaled(&by_rows + &by_rows.t(), self.inverse_gaps());
        let u_dot = u.dot(&turn_u) + scaled_columns(outside(u, along), |j| self.inverse(j));
        let across = outside(&v, a_dot.t().dot(u));
        let v_dot = v.dot(&turn_v) + scaled_columns(across, |j| self.inverse(j));
        (u_dot, s_dot, v_dot.reversed_axes())
    }

    /// The decomposition of `a + ε ȧ`, where this is that of `a`.
    pub(super) fn along(&self, a: &ArrayRef<Dual<A>, Ix2>) -> Decomposition<Dual<A>> {
        let (u_dot, s_dot, vt_dot) = self.tangent(&a.mapv(|a| a.dot));
        Decomposition {
            u: joined(self.u.clone(), &u_dot),
            s: joined(self.s.clone(), &s_dot),
            vt: joined(self.vt.clone(), &vt_dot),
        }
    }
}

/// `B − Q Qᵀ B`
fn outside<A: Number>(q: &ArrayRef<A, Ix2>, b: Array2<A>) -> Array2<A> {
    let inside = q.t().dot(&b);
    b - q.dot(&inside)
}

/// The singular value decomposition, as [`svd()`] returns it.
type Triple<A> = (Array2<A>, Array1<A>, Array2<A>);

struct Svd;

impl<A: Scalar> Unary<A> for Svd {
    type In = Ix2;
    type Out = Triple<A>;
    type Record = Decomposition<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Triple<A>, Decomposition<A>) {
        let svd = decomposition(a);
        ((svd.u.clone(), svd.s.clone(), svd.vt.clone()), svd)
    }

    #[track_caller]
    fn value(&self, a: &ArrayRef<A, Ix2>) -> Triple<A> {
        let svd = decomposition(a);
        (svd.u, svd.s, svd.vt)
    }

    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        _: &Triple<A>,
        svd: &Decomposition<A>,
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Triple<A> {
        svd.tangent(a_dot)
    }

    fn vjp(
        &self,
        _: &ArrayRef<A, Ix2>,
        _: &Triple<A>,
        svd: &Decomposition<A>,
        out_bar: &Triple<A>,
    ) -> Array2<A> {
        pullback(svd, out_bar)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        _: &Triple<Dual<A>>,
        svd: &Decomposition<A>,
        out_bar: &Triple<Dual<A>>,
    ) -> Array2<Dual<A>> {
        pullback(&svd.along(a), out_bar)
    }
}

fn pullback<A: Number>(svd: &Decomposition<A>, (u_bar, s_bar, vt_bar): &Triple<A>) -> Array2<A> {
    let (u, s, v, vt) = (&svd.u, &svd.s, svd.vt.t(), &svd.vt);
    let skew = |q: &ArrayRef<A, Ix2>, bar: &ArrayRef<A, Ix2>| {
        let product = q.t().dot(bar);
        scaled(&product - &product.t(), svd.inverse_gaps())
    };
    let mut inside = scaled_columns(skew(u, u_bar), |j| s[j]);
    inside += &scaled_rows(skew(&v, &vt_bar.t()), |i| s[i]);
    inside.diag_mut().zip_mut_with(s_bar, |into, bar| *into += *bar);
    let left = scaled_columns(outside(u, u_bar.clone()), |j| svd.inverse(j));
    let right = scaled_columns(outside(&v, vt_bar.t().to_owned()), |j| svd.inverse(j));
    (u.dot(&inside) + left).dot(vt) + u.dot(&right.t())
}

unary! {
    /// The thin singular value decomposition `(U, σ, Vᵀ)` of an m × n matrix, `A = U diag(σ) Vᵀ`: `U` of shape m × k
    /// and `Vᵀ` of shape k × n have orthonormal columns and rows, `σ` descends, `k = min(m, n)`.
    ///
    /// The element of the largest absolute value of each column of `U` is positive. With `P = Uᵀ Ȧ V` and
    /// `F_ij = 1/(σ_j² − σ_i²)`, zero for equal singular values: `σ̇ = diag P`,
    /// `U̇ = U (F ∘ (P Σ + Σ Pᵀ)) + (I − U Uᵀ) Ȧ V Σ⁻¹`, `V̇ = V (F ∘ (Σ P + Pᵀ Σ)) + (I − V Vᵀ) Ȧᵀ U Σ⁻¹`,
    /// `Ā = (U (Σ̄ + (F ∘ (Uᵀ Ū − Ūᵀ U)) Σ + Σ (F ∘ (Vᵀ V̄ − V̄ᵀ V))) + (I − U Uᵀ) Ū Σ⁻¹) Vᵀ + U Σ⁻¹ V̄ᵀ (I − V Vᵀ)`
    /// (Townsend 2016), where `1/σ` of a zero is zero. About 20mn² operations, 10mn² for a derivative.
    ///
    /// # Panics
    /// When the matrix is not finite.
    fn svd[](a: Ix2) -> (Array2<A>, Array1<A>, Array2<A>) = Svd
}

struct SvdValues;

impl<A: Scalar> Unary<A> for SvdValues {
    type In = Ix2;
    type Out = Array1<A>;
    type Record = Decomposition<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Array1<A>, Decomposition<A>) {
        let svd = decomposition(a);
        (svd.s.clone(), svd)
    }

    #[track_caller]
    fn value(&self, a: &ArrayRef<A, Ix2>) -> Array1<A> {
        let Ok(values) = lent(a, |a| a.singular_values()) else {
            panic!("linalg::svd_values: the iteration does not converge");
        };
        Array1::from(values)
    }

    fn jvp(
        &self,
        _: &ArrayRef<A, Ix2>,
        _: &Array1<A>,
        svd: &Decomposition<A>,
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Array1<A> {
        let rows = svd.u.t().dot(a_dot);
        rows.rows().into_iter().zip(svd.vt.rows()).map(|(row, v)| row.dot(&v)).collect()
    }

    fn vjp(
        &self,
        _: &ArrayRef<A, Ix2>,
        _: &Array1<A>,
        svd: &Decomposition<A>,
        s_bar: &Array1<A>,
    ) -> Array2<A> {
        scaled_columns(svd.u.clone(), |j| s_bar[j]).dot(&svd.vt)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        _: &Array1<Dual<A>>,
        svd: &Decomposition<A>,
        s_bar: &Array1<Dual<A>>,
    ) -> Array2<Dual<A>> {
        let svd = svd.along(a);
        scaled_columns(svd.u, |j| s_bar[j]).dot(&svd.vt)
    }
}

unary! {
    /// The singular values `σ` in descending order: `σ̇ = diag(Uᵀ Ȧ V)`, `Ā = U diag(σ̄) Vᵀ` (Giles 2008, section 3.2).
    ///
    /// Of equal singular values each takes the slope that belongs to its own computed vectors, and a zero singular
    /// value that of its sign's convention; functions that are symmetric in them have the right derivative.
    /// About 8mn² operations, 20mn² with a derivative.
    ///
    /// # Panics
    /// When the matrix is not finite.
    fn svd_values[](a: Ix2) -> Array1<A> = SvdValues
}
