//! Least squares, `|y − Φ θ|²` for Φ of shape 2n × n.

use crate::table::{Table, matrix, vector};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2};
use std::hint::black_box;

#[differentiate]
fn least_squares(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let e = y - phi.dot(theta);
    e.dot(&e)
}

/// `θ̄ = −2 Φᵀ e`, as `eᵀ Φ`, which walks the rows of Φ.
fn by_hand(theta: &Array1<f64>, phi: &Array2<f64>, y: &Array1<f64>) -> (f64, Array1<f64>) {
    let mut e = phi.dot(theta);
    e -= y;
    let value = e.dot(&e);
    e *= 2.0;
    let mut theta_bar = Array1::zeros(theta.len());
    for (row, &e) in phi.rows().into_iter().zip(&e) {
        theta_bar.scaled_add(e, &row);
    }
    (value, theta_bar)
}

pub fn row(table: &mut Table, n: usize) {
    let (theta, phi, y) = (vector(n, 12.0), matrix(2 * n, n, 13.0), vector(2 * n, 14.0));
    table.returned(
        format!("least squares {n}"),
        || least_squares(black_box(&theta), &phi, &y),
        || least_squares::value_and_grad(black_box(&theta), &phi, &y),
        || by_hand(black_box(&theta), &phi, &y),
    );
}
