//! The gradient of the loss as *Mathematics for Machine Learning* derives it in example 5.11, twice:
//! by the chain rule through e, and in closed form.
//!
//! The book counts derivatives as rows: ∂L/∂e is 1 × N, ∂e/∂θ is N × D and their product 1 × D. The
//! arrays here have those very shapes. `loss::grad` returns the same D numbers, shaped like θ.

use std::error::Error;

use ndarray::{Array1, Array2, Axis};

use crate::{largest_difference, loss, max};

/// How far from the book a gradient may be, relative to its largest entry: rounding and no more.
const TOLERANCE: f64 = 1e-12;

/// The three gradients at one point.
pub struct Comparison {
    /// What `loss::grad` returns.
    grad: Array1<f64>,
    /// ∂L/∂e, 1 × N.
    loss_by_error: Array2<f64>,
    /// ∂e/∂θ, N × D.
    error_by_theta: Array2<f64>,
    /// ∂L/∂e · ∂e/∂θ, 1 × D.
    chain_rule: Array2<f64>,
    /// −2(yᵀ − θᵀΦᵀ)Φ, 1 × D.
    closed_form: Array2<f64>,
}

/// Computes the gradient in all three ways at a point away from zero and from the optimum.
pub fn check(phi: &Array2<f64>, y: &Array1<f64>) -> Comparison {
    let theta = Array1::from_shape_fn(phi.ncols(), |j| 20.0 * (j as f64 + 1.0).cos());

    let e = y - phi.dot(&theta);
    let loss_by_error = (2.0 * e).insert_axis(Axis(0));
    let error_by_theta = -phi;
    let chain_rule = loss_by_error.dot(&error_by_theta);

    let y_row = y.view().insert_axis(Axis(0));
    let theta_row = theta.view().insert_axis(Axis(0));
    let closed_form = -2.0 * (&y_row - &theta_row.dot(&phi.t())).dot(phi);

    let grad = loss::grad(&theta, phi, y);
    Comparison { grad, loss_by_error, error_by_theta, chain_rule, closed_form }
}

impl Comparison {
    /// Prints the shapes and the largest differences; an error where one is more than rounding.
    pub fn report(&self) -> Result<(), Box<dyn Error>> {
        println!("L(θ) = ‖e‖² with e = y − Φθ, at a point away from the optimum.");
        println!("  ∂L/∂e           = 2eᵀ                 {}", shape(&self.loss_by_error));
        println!("  ∂e/∂θ           = −Φ                  {}", shape(&self.error_by_theta));
        println!("  ∂L/∂e · ∂e/∂θ   = −2eᵀΦ               {}", shape(&self.chain_rule));
        println!("  closed form     = −2(yᵀ − θᵀΦᵀ)Φ      {}", shape(&self.closed_form));
        println!("  loss::grad                            {:>3}, shaped like θ", self.grad.len());
        println!();

        let scale = max(&self.grad.mapv(f64::abs));
        println!("Largest entry of the gradient {scale:.3e}; largest differences from loss::grad:");
        println!("                           absolute   relative to that entry");
        for (name, row) in [("chain rule", &self.chain_rule), ("closed form", &self.closed_form)] {
            let difference = largest_difference(&self.grad, &row.row(0).to_owned());
            println!("  {name:<20} {difference:>14.1e} {:>14.1e}", difference / scale);
            if difference.is_nan() || difference > TOLERANCE * scale {
                return Err(format!(
                    "loss::grad differs from the book's {name} by {difference:.1e}"
                )
                .into());
            }
        }
        Ok(())
    }
}

/// The shape of a matrix as text.
fn shape(matrix: &Array2<f64>) -> String {
    format!("{:>3} × {}", matrix.nrows(), matrix.ncols())
}
