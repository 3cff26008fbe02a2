//! Matrices and vectors of `ndarray`.

use crate::{Table, matrix, vector};
use ad_runtime::differentiate;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2, Axis};
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

fn least_squares_by_hand(
    theta: &Array1<f64>,
    phi: &Array2<f64>,
    y: &Array1<f64>,
    out_bar: f64,
    theta_bar: &mut Array1<f64>,
) -> f64 {
    let mut e = y - phi.dot(theta);
    let out = e.dot(&e);
    e *= 2.0 * out_bar;
    general_mat_vec_mul(-1.0, &phi.t(), &e, 1.0, theta_bar);
    out
}

pub fn least_squares_rows(table: &mut Table) {
    let (n, d) = (500, 50);
    let (theta, phi, y) = (vector(d, 12.0), matrix(n, d, 13.0), vector(n, 14.0));
    table.row(
        "least squares, 500 × 50",
        Array1::zeros(d),
        || least_squares(black_box(&theta), &phi, &y),
        |g| least_squares::adjoint(black_box(&theta), &phi, &y, 1.0, g),
        |g| least_squares_by_hand(black_box(&theta), &phi, &y, 1.0, g),
    );
}

/// The squared error of two layers on a batch, a row of `x` per sample.
#[differentiate]
fn network(
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    b2: &Array1<f64>,
    #[constant] x: &Array2<f64>,
    #[constant] y: &Array2<f64>,
) -> f64 {
    let hidden = (x.dot(w1) + b1).mapv(f64::tanh);
    let e = hidden.dot(w2) + b2 - y;
    (&e * &e).sum()
}

type Layers = (Array2<f64>, Array1<f64>, Array2<f64>, Array1<f64>);

fn network_by_hand(
    (w1, b1, w2, b2): &Layers,
    x: &Array2<f64>,
    y: &Array2<f64>,
    out_bar: f64,
    bars: &mut Layers,
) -> f64 {
    let mut hidden = x.dot(w1) + b1;
    hidden.mapv_inplace(f64::tanh);
    let mut e = hidden.dot(w2) + b2 - y;
    let out = e.iter().map(|e| e * e).sum();
    e *= 2.0 * out_bar;
    general_mat_mul(1.0, &hidden.t(), &e, 1.0, &mut bars.2);
    bars.3 += &e.sum_axis(Axis(0));
    let mut hidden_bar = e.dot(&w2.t());
    hidden_bar.zip_mut_with(&hidden, |bar, h| *bar *= 1.0 - h * h);
    general_mat_mul(1.0, &x.t(), &hidden_bar, 1.0, &mut bars.0);
    bars.1 += &hidden_bar.sum_axis(Axis(0));
    out
}

pub fn network_rows(table: &mut Table) {
    let (n, inputs, hidden, outputs) = (64, 32, 64, 10);
    let layers = (
        matrix(inputs, hidden, 15.0),
        vector(hidden, 16.0),
        matrix(hidden, outputs, 17.0),
        vector(outputs, 18.0),
    );
    let (x, y) = (matrix(n, inputs, 19.0), matrix(n, outputs, 20.0));
    let (w1, b1, w2, b2) = &layers;
    table.row(
        "network 32-64-10, batch of 64",
        (&layers.0 * 0.0, &layers.1 * 0.0, &layers.2 * 0.0, &layers.3 * 0.0),
        || network(black_box(w1), b1, w2, b2, &x, &y),
        |(p, q, r, s)| network::adjoint(black_box(w1), b1, w2, b2, &x, &y, 1.0, p, q, r, s),
        |bars| network_by_hand(black_box(&layers), &x, &y, 1.0, bars),
    );
}
