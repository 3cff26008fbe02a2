//! The exponential of a matrix.

use super::dense::{Scalar, joined, lent, lent_mut, require_square};
use super::rule::{Unary, unary};
use crate::dual::Dual;
use faer::linalg::solvers::Solve as _;
use ndarray::{Array2, ArrayRef, Ix2, s};

struct Expm;

/// The coefficients of the numerator of the Padé approximant of degree 13 (Higham 2008, table 10.4).
const PADE: [f64; 14] = [
    64_764_752_532_480_000.0,
    32_382_376_266_240_000.0,
    7_771_770_303_897_600.0,
    1_187_353_796_428_800.0,
    129_060_195_264_000.0,
    10_559_470_521_600.0,
    670_442_572_800.0,
    33_522_128_640.0,
    1_323_241_920.0,
    40_840_800.0,
    960_960.0,
    16_380.0,
    182.0,
    1.0,
];

/// The largest 1-norm for which the approximant has full precision (Higham 2008, table 10.2).
const RADIUS: f64 = 5.371_920_351_148_152;

/// `exp A` by scaling and squaring (Higham 2008, algorithm 10.20).
#[track_caller]
fn exponential<A: Scalar>(a: &ArrayRef<A, Ix2>) -> Array2<A> {
    let n = a.nrows();
    let number = |x: f64| A::from_f64(x).expect("it is representable");
    let norm = a
        .columns()
        .into_iter()
        .map(|column| column.iter().map(|x| num_traits::Float::abs(*x)).sum::<A>())
        .fold(A::zero(), |m, x| if x > m || x.is_nan() { x } else { m });
    assert!(norm.is_finite(), "linalg::expm: the matrix is not finite");
    let squarings = (norm / number(RADIUS)).log2().ceil().to_i32().unwrap_or(0).max(0);
    let a = a.mapv(|x| x * number(0.5).powi(squarings));
    let a2 = a.dot(&a);
    let a4 = a2.dot(&a2);
    let a6 = a4.dot(&a2);
    let eye = Array2::<A>::eye(n);
    let high =
        |k: usize| &a6 * number(PADE[k + 4]) + &a4 * number(PADE[k + 2]) + &a2 * number(PADE[k]);
    let odd = a.dot(&(a6.dot(&high(9)) + high(3) + &eye * number(PADE[1])));
    let even = a6.dot(&high(8)) + high(2) + &eye * number(PADE[0]);
    let lu = lent(&(&even - &odd), |denominator| denominator.partial_piv_lu());
    let mut power = lent_mut(even + odd, |numerator| lu.solve_in_place(numerator));
    for _ in 0..squarings {
        power = power.dot(&power);
    }
    power
}

/// `[[A, E/size], [0, A]]`: the exponential is accurate for directions no larger than `A`.
fn block<A: Scalar>(a: &ArrayRef<A, Ix2>, e: &ArrayRef<A, Ix2>, size: A) -> Array2<A> {
    let n = a.nrows();
    let mut block = Array2::zeros((2 * n, 2 * n));
    block.slice_mut(s![..n, ..n]).assign(a);
    block.slice_mut(s![n.., n..]).assign(a);
    block.slice_mut(s![..n, n..]).assign(&e.mapv(|x| x / size));
    block
}

/// The corner of a matrix of four blocks, times `size`.
fn corner<A: Scalar>(block: &ArrayRef<A, Ix2>, size: A) -> Array2<A> {
    let n = block.nrows() / 2;
    block.slice(s![..n, n..]).mapv(|x| x * size)
}

fn largest<A: Scalar>(e: &ArrayRef<A, Ix2>) -> A {
    e.iter().fold(A::zero(), |m, x| num_traits::Float::max(m, num_traits::Float::abs(*x)))
}

/// The Fréchet derivative of the exponential at `a` in the direction `e`: the corner of
/// `exp [[A, E], [0, A]]` (Higham 2008, equation 3.16).
fn frechet<A: Scalar>(a: &ArrayRef<A, Ix2>, e: &ArrayRef<A, Ix2>) -> Array2<A> {
    // The derivative is linear in the direction.
    let size = largest(e);
    if size == A::zero() {
        return Array2::zeros(a.raw_dim());
    }
    corner(&exponential(&block(a, e, size)), size)
}

/// The Fréchet derivative with its tangent, which is the same corner of the derivative at the block matrix.
fn frechet_dual<A: Scalar>(
    a: &ArrayRef<Dual<A>, Ix2>,
    e: &ArrayRef<Dual<A>, Ix2>,
) -> Array2<Dual<A>> {
    let (a, a_dot) = (a.mapv(|a| a.value), a.mapv(|a| a.dot));
    let (e, e_dot) = (e.mapv(|e| e.value), e.mapv(|e| e.dot));
    let size = largest(&e);
    if size == A::zero() {
        return joined(Array2::zeros(a.raw_dim()), &frechet(&a, &e_dot));
    }
    let at = block(&a, &e, size);
    let dot = frechet(&at, &block(&a_dot, &e_dot, size));
    joined(corner(&exponential(&at), size), &corner(&dot, size))
}

impl<A: Scalar> Unary<A> for Expm {
    type In = Ix2;
    type Out = Array2<A>;
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (Array2<A>, ()) {
        require_square("expm", a);
        (exponential(a), ())
    }

    fn jvp(
        &self,
        a: &ArrayRef<A, Ix2>,
        _: &Array2<A>,
        _: &(),
        a_dot: &ArrayRef<A, Ix2>,
    ) -> Array2<A> {
        frechet(a, a_dot)
    }

    fn vjp(&self, a: &ArrayRef<A, Ix2>, _: &Array2<A>, _: &(), out_bar: &Array2<A>) -> Array2<A> {
        frechet(&a.t(), out_bar)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        _: &Array2<Dual<A>>,
        _: &(),
        out_bar: &Array2<Dual<A>>,
    ) -> Array2<Dual<A>> {
        frechet_dual(&a.t(), out_bar)
    }
}

unary! {
    /// The exponential `Σ Aᵏ/k!` of a square matrix. Its tangent is the Fréchet derivative `L(A, Ȧ)`, the corner of
    /// `exp [[A, Ȧ], [0, A]]`, and its cotangent `Ā = L(Aᵀ, C̄)` (Higham 2008, sections 3.2 and 10.6).
    ///
    /// About 30n³ operations and 2n³ more for each doubling of a norm above 5.4; eight times as many for a derivative.
    ///
    /// # Panics
    /// When the matrix is not square or not finite.
    fn expm[](a: Ix2) -> Array2<A> = Expm
}
