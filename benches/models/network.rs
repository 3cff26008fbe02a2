//! Two layers with softmax and cross-entropy: n inputs, n hidden units, ten classes, a batch of n.

use crate::table::{Table, matrix, vector};
use ad_runtime::differentiate;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, Axis};
use std::hint::black_box;

const CLASSES: usize = 10;

#[differentiate]
fn network(
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    b2: &Array1<f64>,
    #[constant] x: &Array2<f64>,
    #[constant] labels: &Array2<f64>,
) -> f64 {
    let hidden = (x.dot(w1) + b1).mapv(f64::tanh);
    let logits = hidden.dot(w2) + b2;
    let max = logits.map_axis(Axis(1), |row| row.fold(f64::NEG_INFINITY, |m, &v| m.max(v)));
    let shifted = logits - max.insert_axis(Axis(1));
    let normalizers = shifted.mapv(f64::exp).sum_axis(Axis(1)).mapv(f64::ln);
    (normalizers.sum() - (shifted * labels).sum()) / x.nrows() as f64
}

type Layers = (Array2<f64>, Array1<f64>, Array2<f64>, Array1<f64>);

/// The cotangent of the logits is `(softmax − labels) / n`; it takes the place of the logits.
fn by_hand((w1, b1, w2, b2): &Layers, x: &Array2<f64>, labels: &Array2<f64>) -> (f64, Layers) {
    let scale = 1.0 / x.nrows() as f64;
    let mut hidden = x.dot(w1);
    hidden += b1;
    hidden.mapv_inplace(f64::tanh);
    let mut logits = hidden.dot(w2);
    logits += b2;
    let mut loss = 0.0;
    for (mut row, label) in logits.rows_mut().into_iter().zip(labels.rows()) {
        let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        row -= max;
        loss -= row.dot(&label);
        row.mapv_inplace(f64::exp);
        let sum = row.sum();
        loss += sum.ln();
        row.zip_mut_with(&label, |p, label| *p = scale * (*p / sum - label));
    }
    let logits_bar = logits;
    let w2_bar = hidden.t().dot(&logits_bar);
    let b2_bar = logits_bar.sum_axis(Axis(0));
    let mut hidden_bar = logits_bar.dot(&w2.t());
    hidden_bar.zip_mut_with(&hidden, |bar, h| *bar *= 1.0 - h * h);
    let mut w1_bar = Array2::zeros(w1.raw_dim());
    general_mat_mul(1.0, &x.t(), &hidden_bar, 0.0, &mut w1_bar);
    let b1_bar = hidden_bar.sum_axis(Axis(0));
    (scale * loss, (w1_bar, b1_bar, w2_bar, b2_bar))
}

pub fn row(table: &mut Table, n: usize) {
    let small = 1.0 / (n as f64).sqrt();
    let layers = (
        matrix(n, n, 15.0) * small,
        vector(n, 16.0),
        matrix(n, CLASSES, 17.0) * small,
        vector(CLASSES, 18.0),
    );
    let x = matrix(n, n, 19.0);
    let labels = Array2::from_shape_fn((n, CLASSES), |(i, j)| f64::from(i % CLASSES == j));
    let (w1, b1, w2, b2) = &layers;
    table.returned(
        format!("two-layer network {n}"),
        || network(black_box(w1), b1, w2, b2, &x, &labels),
        || network::value_and_grad(black_box(w1), b1, w2, b2, &x, &labels),
        || by_hand(black_box(&layers), &x, &labels),
    );
}
