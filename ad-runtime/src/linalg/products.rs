//! Products of vectors.

use super::dense::Scalar;
use super::rule::{Binary, Operands, Pair, binary};
use crate::Number;
use crate::dual::Dual;
use ndarray::{Array1, Array2, ArrayRef, ArrayView1, Axis, Ix1};

struct Outer;

/// `x yᵀ`
fn outer_product<A: Number>(x: &ArrayRef<A, Ix1>, y: &ArrayRef<A, Ix1>) -> Array2<A> {
    let column = x.view().insert_axis(Axis(1));
    &column * &y.view()
}

impl<A: Scalar> Binary<A> for Outer {
    type Left = Ix1;
    type Right = Ix1;
    type Out = Array2<A>;
    type Record = ();

    fn primal(&self, x: &ArrayRef<A, Ix1>, y: &ArrayRef<A, Ix1>) -> (Array2<A>, ()) {
        (outer_product(x, y), ())
    }

    fn jvp(
        &self,
        (x, y): Operands<'_, A, Ix1, Ix1>,
        out: &Array2<A>,
        _: &(),
        x_dot: Option<ArrayView1<'_, A>>,
        y_dot: Option<ArrayView1<'_, A>>,
    ) -> Array2<A> {
        let mut dot = match x_dot {
            Some(x_dot) => outer_product(&x_dot, y),
            None => Array2::zeros(out.raw_dim()),
        };
        if let Some(y_dot) = y_dot {
            dot += &outer_product(x, &y_dot);
        }
        dot
    }

    fn vjp(
        &self,
        (x, y): Operands<'_, A, Ix1, Ix1>,
        _: &Array2<A>,
        _: &(),
        out_bar: &Array2<A>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix1, Ix1> {
        (wanted.0.then(|| out_bar.dot(y)), wanted.1.then(|| out_bar.t().dot(x)))
    }

    fn second(
        &self,
        (x, y): Operands<'_, Dual<A>, Ix1, Ix1>,
        _: &Array2<Dual<A>>,
        _: &(),
        out_bar: &Array2<Dual<A>>,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Ix1, Ix1> {
        (wanted.0.then(|| out_bar.dot(y)), wanted.1.then(|| out_bar.t().dot(x)))
    }
}

binary! {
    /// The outer product `C = x yᵀ` of shape m × n of vectors of lengths m and n: `ẋ yᵀ + x ẏᵀ`, `x̄ = C̄ y`,
    /// `ȳ = C̄ᵀ x`. mn operations, 4mn for a derivative.
    fn outer[](x: Ix1, y: Ix1) -> Array2<A> = Outer
}

struct Cross;

fn cross_product<A: Number>(x: &ArrayRef<A, Ix1>, y: &ArrayRef<A, Ix1>) -> Array1<A> {
    let element = |i: usize| {
        let (j, k) = ((i + 1) % 3, (i + 2) % 3);
        x[j] * y[k] - x[k] * y[j]
    };
    Array1::from_shape_fn(3, element)
}

impl<A: Scalar> Binary<A> for Cross {
    type Left = Ix1;
    type Right = Ix1;
    type Out = Array1<A>;
    type Record = ();

    #[track_caller]
    fn primal(&self, x: &ArrayRef<A, Ix1>, y: &ArrayRef<A, Ix1>) -> (Array1<A>, ()) {
        assert!(
            x.len() == 3 && y.len() == 3,
            "linalg::cross: vectors of lengths {} and {}, which must be 3",
            x.len(),
            y.len()
        );
        (cross_product(x, y), ())
    }

    fn jvp(
        &self,
        (x, y): Operands<'_, A, Ix1, Ix1>,
        _: &Array1<A>,
        _: &(),
        x_dot: Option<ArrayView1<'_, A>>,
        y_dot: Option<ArrayView1<'_, A>>,
    ) -> Array1<A> {
        let mut dot = match x_dot {
            Some(x_dot) => cross_product(&x_dot, y),
            None => Array1::zeros(3),
        };
        if let Some(y_dot) = y_dot {
            dot += &cross_product(x, &y_dot);
        }
        dot
    }

    fn vjp(
        &self,
        (x, y): Operands<'_, A, Ix1, Ix1>,
        _: &Array1<A>,
        _: &(),
        out_bar: &Array1<A>,
        wanted: (bool, bool),
    ) -> Pair<A, Ix1, Ix1> {
        (wanted.0.then(|| cross_product(y, out_bar)), wanted.1.then(|| cross_product(out_bar, x)))
    }

    fn second(
        &self,
        (x, y): Operands<'_, Dual<A>, Ix1, Ix1>,
        _: &Array1<Dual<A>>,
        _: &(),
        out_bar: &Array1<Dual<A>>,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Ix1, Ix1> {
        (wanted.0.then(|| cross_product(y, out_bar)), wanted.1.then(|| cross_product(out_bar, x)))
    }
}

binary! {
    /// The cross product `z = x × y` of two vectors of length 3: `ẋ × y + x × ẏ`, `x̄ = y × z̄`, `ȳ = z̄ × x`.
    ///
    /// # Panics
    /// When a vector has another length.
    fn cross[](x: Ix1, y: Ix1) -> Array1<A> = Cross
}
