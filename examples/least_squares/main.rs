//! Least squares on real data, with the gradient written by `#[differentiate]`.
//!
//! ```text
//! cargo run --release --example least_squares
//! ```
//!
//! The loss is that of example 5.11 of *Mathematics for Machine Learning* (Deisenroth, Faisal and Ong):
//! L(θ) = ‖e‖² with e = y − Φθ. The program
//!
//! 1. reads the diabetes study ([`data`]),
//! 2. compares `loss::grad` with the book's two derivations of the gradient ([`book`]),
//! 3. fits θ by L-BFGS ([`fit`]) and checks it against the normal equations ([`normal`]),
//! 4. times the gradient against the loss and against a gradient written by hand ([`timing`]),
//! 5. draws the convergence and the predictions ([`picture`]).

mod book;
mod data;
mod fit;
mod normal;
mod picture;
mod timing;

use std::error::Error;

use ad_runtime::differentiate;
use ndarray::{Array1, Array2};

/// The sum of the squared errors e = y − Φθ, differentiated with respect to θ alone.
#[differentiate]
fn loss(theta: &Array1<f64>, #[constant] phi: &Array2<f64>, #[constant] y: &Array1<f64>) -> f64 {
    let e = y - phi.dot(theta);
    e.dot(&e)
}

fn main() -> Result<(), Box<dyn Error>> {
    heading("1  The data");
    let study = data::Study::load()?;
    let phi = study.design_matrix();
    let y = &study.progression;
    println!("The diabetes study of Efron, Hastie, Johnstone and Tibshirani (2004).");
    println!("  patients          N = {}", phi.nrows());
    println!(
        "  parameters        D = {} (the intercept and {} standardised columns)",
        phi.ncols(),
        phi.ncols() - 1
    );
    println!(
        "  progression       {:.1} on average, from {} to {}",
        y.mean().unwrap_or(0.0),
        min(y),
        max(y)
    );

    heading("2  The gradient against the book");
    book::check(&phi, y).report()?;

    heading("3  The fit");
    let fit = fit::lbfgs(&phi, y)?;
    let exact = normal::solve(&phi, y)?;
    fit.report(&study, &phi, &exact)?;

    heading("4  The time of a gradient");
    timing::report(&[442, 1_000, 10_000, 100_000]);

    heading("5  The picture");
    let path = picture::draw(&fit, loss(&exact, &phi, y), &phi, y)?;
    println!("  {}", path.display());
    Ok(())
}

/// Prints the title of a section, underlined.
fn heading(title: &str) {
    println!("\n{title}\n{}", "─".repeat(title.chars().count()));
}

/// The smallest entry.
fn min(v: &Array1<f64>) -> f64 {
    v.fold(f64::INFINITY, |a, &b| a.min(b))
}

/// The largest entry; NaN where there is a NaN, so that no check passes by it.
fn max(v: &Array1<f64>) -> f64 {
    v.fold(f64::NEG_INFINITY, |a, &b| if a.is_nan() || a >= b { a } else { b })
}

/// The largest absolute difference between two vectors of one length.
fn largest_difference(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    max(&(a - b).mapv(f64::abs))
}

/// The Euclidean norm.
fn norm(v: &Array1<f64>) -> f64 {
    v.dot(v).sqrt()
}
