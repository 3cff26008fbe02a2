//! The Taylor polynomial of second order, section 5.8 of *Mathematics for Machine Learning*, from `grad` and
//! `hessian`: of the book's example 5.15, and of the loss of a logistic regression, whose minimum Newton's method
//! finds as that of one polynomial after another.
//!
//! ```text
//! cargo run --example taylor
//! ```

use ad_runtime::{differentiate, linalg};
use ndarray::{Array1, Array2, array};

/// `T₂(x) = f(x₀) + ∇f(x₀) δ + ½ δᵀ H(x₀) δ` with `δ = x − x₀`.
struct Taylor {
    at: Array1<f64>,
    value: f64,
    gradient: Array1<f64>,
    hessian: Array2<f64>,
}

impl Taylor {
    fn evaluate(&self, x: &Array1<f64>) -> f64 {
        let delta = x - &self.at;
        self.value + self.gradient.dot(&delta) + 0.5 * delta.dot(&self.hessian.dot(&delta))
    }

    /// Where the polynomial of a convex function is the smallest.
    fn minimum(&self) -> Array1<f64> {
        &self.at - &linalg::solve(&self.hessian, &self.gradient)
    }
}

/// Example 5.15: `f(x, y) = x² + 2xy + y³`.
#[differentiate(order = 2)]
fn cubic(x: &Array1<f64>) -> f64 {
    x[0].powi(2) + 2.0 * x[0] * x[1] + x[1].powi(3)
}

/// `Σ ln(1 + exp(φᵢᵀ θ)) − yᵀ Φ θ + ½ ‖θ‖²`
#[differentiate(order = 2)]
fn logistic(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let z = phi.dot(theta);
    z.exp().ln_1p().sum() - y.dot(&z) + 0.5 * theta.dot(theta)
}

/// At `(1, 2)` the book has `∇f = [6, 14]` and `H = [[2, 2], [2, 12]]`. The polynomial lacks `(y − 2)³` alone.
fn example_of_the_book() {
    let at = array![1.0, 2.0];
    let (value, gradient) = cubic::value_and_grad(&at);
    let taylor = Taylor { value, gradient, hessian: cubic::hessian(&at), at };
    println!("f(1, 2) = {}, ∇f = {}, H = {}", taylor.value, taylor.gradient, taylor.hessian);
    assert_eq!(taylor.value, 13.0);
    assert_eq!(taylor.gradient, array![6.0, 14.0]);
    assert_eq!(taylor.hessian, array![[2.0, 2.0], [2.0, 12.0]]);
    for x in [array![1.5, 2.0], array![0.0, 3.0], array![-2.0, 1.5]] {
        let remainder = cubic(&x) - taylor.evaluate(&x);
        println!("f{x} − T₂{x} = {remainder}");
        assert!((remainder - f64::powi(x[1] - 2.0, 3)).abs() < 1e-12);
    }
}

fn logistic_regression() {
    let phi = array![[1.0, 0.5], [1.0, -1.2], [1.0, 2.0], [1.0, -0.3], [1.0, 0.8]];
    let y = array![1.0, 0.0, 1.0, 1.0, 0.0];
    let at = |theta: &Array1<f64>| {
        let (value, gradient) = logistic::value_and_grad(theta, &phi, &y);
        Taylor { at: theta.clone(), value, gradient, hessian: logistic::hessian(theta, &phi, &y) }
    };
    // The remainder is of third order: a tenth of the distance, a thousandth of the error.
    let taylor = at(&array![0.3, -0.4]);
    let direction = array![0.8, 0.6];
    let remainder = |distance: f64| {
        let theta = &taylor.at + distance * &direction;
        (logistic(&theta, &phi, &y) - taylor.evaluate(&theta)).abs()
    };
    println!("distance  |f − T₂|");
    for distance in [1.0, 0.1, 0.01] {
        println!("{distance:8}  {:.3e}", remainder(distance));
    }
    let ratio = remainder(0.1) / remainder(0.01);
    assert!((ratio / 1000.0 - 1.0).abs() < 0.2, "{ratio}");

    let mut theta = Array1::zeros(2);
    println!("Newton's method: ‖∇f‖");
    for _ in 0..6 {
        let taylor = at(&theta);
        println!("  {:.3e}", taylor.gradient.dot(&taylor.gradient).sqrt());
        theta = taylor.minimum();
    }
    let gradient = logistic::grad(&theta, &phi, &y);
    assert!(gradient.dot(&gradient).sqrt() < 1e-14);
}

fn main() {
    example_of_the_book();
    logistic_regression();
}
