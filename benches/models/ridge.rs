//! Ridge regression with ten outputs, `|Y − X W|² + λ |W|²` for X of shape 2n × n, in W and λ.

use crate::table::{Table, matrix};
use ad_runtime::differentiate;
use ndarray::Array2;
use ndarray::linalg::general_mat_mul;
use std::hint::black_box;

const OUTPUTS: usize = 10;

#[differentiate]
fn ridge(
    w: &Array2<f64>,
    lambda: f64,
    #[constant] x: &Array2<f64>,
    #[constant] y: &Array2<f64>,
) -> f64 {
    let e = y - x.dot(w);
    (&e * &e).sum() + lambda * (w * w).sum()
}

/// `W̄ = 2 Xᵀ (X W − Y) + 2 λ W` and `λ̄ = |W|²`.
fn by_hand(
    w: &Array2<f64>,
    lambda: f64,
    x: &Array2<f64>,
    y: &Array2<f64>,
) -> (f64, (Array2<f64>, f64)) {
    let mut e = x.dot(w);
    e -= y;
    let square = |a: &Array2<f64>| a.iter().map(|a| a * a).sum::<f64>();
    let (misfit, size) = (square(&e), square(w));
    let mut w_bar = w * (2.0 * lambda);
    general_mat_mul(2.0, &x.t(), &e, 1.0, &mut w_bar);
    (misfit + lambda * size, (w_bar, size))
}

pub fn row(table: &mut Table, n: usize) {
    let w = matrix(n, OUTPUTS, 21.0);
    let (x, y) = (matrix(2 * n, n, 22.0), matrix(2 * n, OUTPUTS, 23.0));
    table.returned(
        format!("ridge regression {n}"),
        || ridge(black_box(&w), 0.1, &x, &y),
        || ridge::value_and_grad(black_box(&w), 0.1, &x, &y),
        || by_hand(black_box(&w), 0.1, &x, &y),
    );
}
