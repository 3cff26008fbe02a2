//! Norms and the trace.

use super::dense::{Columns, Scalar, require_square, scaled_columns};
use super::rule::{Unary, gradient, unary};
use super::singular_values::{Decomposition, decomposition};
use crate::Number;
use crate::dual::Dual;
use ndarray::{Array, Array2, ArrayRef, Axis, Dimension, Ix2};
use num_traits::Float;
use std::marker::PhantomData;

struct Trace;

impl<A: Scalar> Unary<A> for Trace {
    type In = Ix2;
    type Out = A;
    type Record = ();

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, Ix2>) -> (A, ()) {
        require_square("trace", a);
        (a.diag().sum(), ())
    }

    fn jvp(&self, _: &ArrayRef<A, Ix2>, _: &A, _: &(), a_dot: &ArrayRef<A, Ix2>) -> A {
        a_dot.diag().sum()
    }

    fn vjp(&self, a: &ArrayRef<A, Ix2>, _: &A, _: &(), out_bar: &A) -> Array2<A> {
        Array2::from_diag_elem(a.nrows(), *out_bar)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Ix2>,
        _: &Dual<A>,
        _: &(),
        out_bar: &Dual<A>,
    ) -> Array2<Dual<A>> {
        Array2::from_diag_elem(a.nrows(), *out_bar)
    }
}

unary! {
    /// The trace `Σ a_ii` of a square matrix: `tr Ȧ`, `ā I` (Giles 2008, section 2.2.4).
    ///
    /// # Panics
    /// When the matrix is not square.
    fn trace[](a: Ix2) -> A = Trace
}
gradient!(trace[](a: Ix2));

/// Which norm [`norm()`] computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Norm {
    /// `Σ |x_i|` of a vector; the largest such sum over the columns of a matrix.
    One,
    /// `√Σ x_i²` of a vector; the largest singular value of a matrix.
    Two,
    /// `max |x_i|` of a vector; the largest sum `Σ_j |a_ij|` over the rows of a matrix.
    Infinity,
    /// `√Σ x²` over all elements of a vector or a matrix.
    Frobenius,
    /// The sum of the singular values. (A vector counts as a matrix of one column: its Euclidean norm.)
    Nuclear,
}

/// What the derivative of a norm needs.
enum Record<A> {
    /// The row or column whose sum of absolute values is the largest, along this axis.
    Line(usize, usize),
    /// The singular values and vectors.
    Spectrum(Decomposition<A>),
    /// The value alone.
    Value,
}

struct NormRule<D>(Norm, PhantomData<D>);

impl<D> NormRule<D> {
    /// The axis whose lines are summed up, if the norm is the largest such sum: in `view`, where a vector has one column.
    fn lines(&self) -> Option<usize> {
        match self.0 {
            Norm::One => Some(1),
            Norm::Infinity => Some(0),
            _ => None,
        }
    }
}

/// `√Σ x²` without overflow.
fn euclidean<A: Scalar, D: Dimension>(a: &ArrayRef<A, D>) -> A {
    let scale = a.iter().fold(A::zero(), |m, x| Float::max(m, Float::abs(*x)));
    if scale == A::zero() || !scale.is_finite() {
        return a.iter().map(|x| *x * *x).sum::<A>().sqrt();
    }
    let sum = a.iter().map(|x| (*x / scale) * (*x / scale)).sum::<A>();
    scale * sum.sqrt()
}

/// The slope of `|x|`, zero at zero.
fn slope<A: Number>(x: A) -> A {
    if x.is_zero() { A::zero() } else { x.signum() }
}

impl<A: Scalar, D: Columns> Unary<A> for NormRule<D> {
    type In = D;
    type Out = A;
    type Record = Record<A>;

    #[track_caller]
    fn primal(&self, a: &ArrayRef<A, D>) -> (A, Record<A>) {
        let view = D::view(a);
        if let Some(axis) = self.lines() {
            let sums =
                view.axis_iter(Axis(axis)).map(|line| line.iter().map(|x| Float::abs(*x)).sum());
            let none = (A::zero(), 0);
            let (sum, line) = sums.enumerate().fold(none, |(best, at), (i, sum): (usize, A)| {
                if sum > best || sum.is_nan() { (sum, i) } else { (best, at) }
            });
            return (sum, Record::Line(axis, line));
        }
        if self.0 == Norm::Frobenius || a.ndim() == 1 {
            return (euclidean(a), Record::Value);
        }
        let svd = decomposition(&view);
        let value = match self.0 {
            Norm::Nuclear => svd.s.sum(),
            _ => svd.s.first().copied().unwrap_or(A::zero()),
        };
        (value, Record::Spectrum(svd))
    }

    fn jvp(&self, a: &ArrayRef<A, D>, out: &A, record: &Record<A>, a_dot: &ArrayRef<A, D>) -> A {
        let gradient = self.vjp(a, out, record, &A::one());
        gradient.iter().zip(a_dot.iter()).map(|(g, dot)| *g * *dot).sum()
    }

    fn vjp(&self, a: &ArrayRef<A, D>, out: &A, record: &Record<A>, out_bar: &A) -> Array<A, D> {
        self.pullback(a, out, record, out_bar)
    }

    fn second(
        &self,
        a: &ArrayRef<Dual<A>, D>,
        out: &Dual<A>,
        record: &Record<A>,
        out_bar: &Dual<A>,
    ) -> Array<Dual<A>, D> {
        let record = match record {
            Record::Line(axis, line) => Record::Line(*axis, *line),
            Record::Value => Record::Value,
            Record::Spectrum(svd) => Record::Spectrum(svd.along(&D::view(a))),
        };
        self.pullback(a, out, &record, out_bar)
    }
}

impl<D: Columns> NormRule<D> {
    /// The cotangent, for scalars and for dual numbers.
    fn pullback<A: Number>(
        &self,
        a: &ArrayRef<A, D>,
        out: &A,
        record: &Record<A>,
        out_bar: &A,
    ) -> Array<A, D> {
        let view = D::view(a);
        match record {
            Record::Line(axis, line) => {
                let mut bar = Array2::zeros(view.raw_dim());
                if !view.is_empty() {
                    let mut into = bar.index_axis_mut(Axis(*axis), *line);
                    into.zip_mut_with(&view.index_axis(Axis(*axis), *line), |into, x| {
                        *into = *out_bar * slope(*x);
                    });
                }
                D::of_matrix(bar)
            }
            Record::Value if out.is_zero() => Array::zeros(a.raw_dim()),
            Record::Value => a.mapv(|x| *out_bar * (x / *out)),
            Record::Spectrum(svd) => {
                let largest = svd.cutoff();
                let weight = |i: usize| {
                    let counts = svd.s[i] > largest && (self.0 == Norm::Nuclear || i == 0);
                    if counts { *out_bar } else { A::zero() }
                };
                D::of_matrix(scaled_columns(svd.u.clone(), weight).dot(&svd.vt))
            }
        }
    }
}

unary! {
    /// A norm of a vector or a matrix; `kind` says which.
    ///
    /// Gradients: `sign(x)` on the column ([`Norm::One`]) or row ([`Norm::Infinity`]) with the largest sum, the first
    /// of equals; `x/‖x‖` of the Euclidean and the Frobenius norm; `u₁ v₁ᵀ` of the spectral norm ([`Norm::Two`] of a
    /// matrix); `U Vᵀ` over the singular values that are not zero for the nuclear norm (Giles 2008, section 3.2). At
    /// kinks the slope of an absolute value is zero, and norms have gradient zero at zero. The spectral and the nuclear
    /// norm cost a singular value decomposition, 20mn²; the others and the derivatives are linear in the size, but
    /// `U Vᵀ` with 2mn².
    ///
    /// # Panics
    /// The spectral and the nuclear norm, when the matrix is not finite.
    fn norm[D: Columns](a: D, kind: Norm) -> A = NormRule(kind, PhantomData::<D>)
}
gradient!(norm[D: Columns](a: D, kind: Norm));
