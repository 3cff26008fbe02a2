//! Whole programs from statistics and machine learning.

use ad::{check, check_in_place, check_vector, point, signed, values};
use ad_runtime::{Differentiable, Real, differentiate};

fn samples(n: usize, dimension: usize) -> Vec<Vec<f64>> {
    (0..n).map(|i| signed(dimension, 40 + i as u64)).collect()
}

/// Gaussian mixture with diagonal covariances.
#[differentiate]
fn mixture_likelihood(
    logits: &[f64],
    means: &[Vec<f64>],
    log_sigma: &[Vec<f64>],
    #[constant] x: &[Vec<f64>],
) -> f64 {
    let log_sum_exp = |v: &[f64]| {
        let max = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        max + v.iter().map(|v| (v - max).exp()).sum::<f64>().ln()
    };
    let normaliser = log_sum_exp(logits);
    let mut likelihood = 0.0;
    for x in x {
        let terms: Vec<f64> = logits
            .iter()
            .enumerate()
            .map(|(k, logit)| {
                let quadratic: f64 = x
                    .iter()
                    .zip(&means[k])
                    .zip(&log_sigma[k])
                    .map(|((x, m), l)| 0.5 * ((x - m) / l.exp()).powi(2) + l)
                    .sum();
                logit - quadratic
            })
            .collect();
        likelihood += log_sum_exp(&terms) - normaliser;
    }
    likelihood
}

#[test]
fn check_mixture_likelihood() {
    for n in [0, 1, 2, 4] {
        for k in [1, 2, 3] {
            check!(mixture_likelihood(&values(k), &samples(k, 2), &samples(k, 2), const &samples(n, 2)));
        }
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Dense<T: Real> {
    pub weights: Vec<Vec<T>>,
    pub bias: Vec<T>,
}

#[differentiate]
impl<T: Real> Dense<T> {
    fn forward(&self, x: &[T]) -> Vec<T> {
        self.weights
            .iter()
            .zip(&self.bias)
            .map(|(row, &b)| row.iter().zip(x).fold(b, |s, (&w, &x)| s + w * x))
            .collect()
    }
}

#[differentiate]
fn multilayer(w: &[Vec<f64>], b: &[f64], input: &[f64], depth: usize) -> f64 {
    let layer = Dense { weights: w.to_vec(), bias: b.to_vec() };
    let mut activation = input.to_vec();
    for _ in 0..depth {
        activation = layer.forward(&activation).into_iter().map(f64::tanh).collect();
    }
    activation.iter().map(|a| a * a).sum()
}

#[differentiate]
fn multilayer_of_data(w: &[Vec<f64>], b: &[f64], #[constant] input: &[f64], depth: usize) -> f64 {
    multilayer(w, b, input, depth)
}

#[test]
fn check_multilayer() {
    for depth in [0, 1, 2, 4] {
        check!(multilayer(&samples(3, 3), &values(3), &signed(3, 1), const depth));
        check!(multilayer_of_data(&samples(3, 3), &values(3), const &signed(3, 1), const depth));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Cell {
    pub input: [f64; 4],
    pub recurrent: [f64; 4],
    pub bias: [f64; 4],
}
point!(Cell, CellTangent { input, recurrent, bias });

#[differentiate]
fn sigmoid<T: Real>(x: T) -> T {
    T::one() / (T::one() + (-x).exp())
}

/// A scalar long short-term memory cell over a sequence.
#[differentiate]
fn lstm(cell: &Cell, sequence: &[f64]) -> f64 {
    let (mut hidden, mut memory) = (0.0, 0.0);
    for &x in sequence {
        let gate = |k: usize| cell.input[k] * x + cell.recurrent[k] * hidden + cell.bias[k];
        let (input, forget, output) = (sigmoid(gate(0)), sigmoid(gate(1)), sigmoid(gate(2)));
        memory = forget * memory + input * gate(3).tanh();
        hidden = output * memory.tanh();
    }
    hidden
}

#[differentiate]
fn lstm_on_data(cell: &Cell, #[constant] sequence: &[f64]) -> f64 {
    lstm(cell, sequence) - 0.3
}

#[test]
fn check_lstm() {
    let cell = Cell {
        input: [0.4, -0.3, 0.6, 0.9],
        recurrent: [0.2, 0.5, -0.4, 0.7],
        bias: [0.1, 0.8, -0.2, 0.0],
    };
    for n in [0, 1, 2, 6] {
        check!(lstm(&cell, &values(n)));
        check!(lstm_on_data(&cell, const &values(n)));
    }
}

/// Scaled dot-product attention of one query.
#[differentiate]
fn attention(query: &[f64], keys: &[Vec<f64>], items: &[Vec<f64>]) -> Vec<f64> {
    let scale = (query.len() as f64).sqrt();
    let scores: Vec<f64> = keys
        .iter()
        .map(|key| query.iter().zip(key).map(|(q, k)| q * k).sum::<f64>() / scale)
        .collect();
    let top = scores.iter().copied().fold(f64::MIN, f64::max);
    let weights: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
    let total: f64 = weights.iter().sum();
    let mut out = vec![0.0; query.len()];
    for (item, w) in items.iter().zip(&weights) {
        for (o, v) in out.iter_mut().zip(item) {
            *o += w / total * v;
        }
    }
    out
}

#[test]
fn check_attention() {
    for n in [0, 1, 2, 4] {
        check_vector!(attention(&values(3), &samples(n, 3), &samples(n, 3)));
    }
}

#[differentiate]
fn layer_norm(x: &mut [f64], gain: &[f64], shift: f64) {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
    let inverse = 1.0 / (variance + 1e-2).sqrt();
    for (v, g) in x.iter_mut().zip(gain) {
        *v = (*v - mean) * inverse * g + shift;
    }
}

#[test]
fn check_layer_norm() {
    for n in [0, 1, 2, 5] {
        check_in_place!(layer_norm(&mut values(n), &signed(n, 5), 0.3));
    }
}

/// Meta-learning: the loss after some steps of gradient descent on the training data.
#[differentiate]
fn loss_after_descent(
    start: [f64; 2],
    rate: f64,
    #[constant] data: &[(f64, f64)],
    steps: usize,
) -> f64 {
    let [mut slope, mut offset] = start;
    for _ in 0..steps {
        let (mut g_slope, mut g_offset) = (0.0, 0.0);
        for (x, y) in data {
            let residual = slope * x + offset - y;
            g_slope += residual * x;
            g_offset += residual;
        }
        slope -= rate * g_slope;
        offset -= rate * g_offset;
    }
    data.iter().map(|(x, y)| (slope * x + offset - y).powi(2)).sum()
}

#[test]
fn check_loss_after_descent() {
    let data: Vec<(f64, f64)> = values(4).into_iter().zip(signed(4, 6)).collect();
    for steps in [0, 1, 2, 6] {
        check!(loss_after_descent([0.3, -0.2], 0.1, const &data, const steps));
        check!(loss_after_descent([0.3, -0.2], 0.1, const &data[..0], const steps));
    }
}

/// Forward algorithm of a hidden Markov model in log space.
#[differentiate]
fn hidden_markov(
    start: &[f64],
    transition: &[Vec<f64>],
    emission: &[Vec<f64>],
    observed: &[usize],
) -> f64 {
    let states = start.len();
    let mut alpha = start.to_vec();
    for (t, &symbol) in observed.iter().enumerate() {
        if t > 0 {
            let mut next = vec![0.0; states];
            for (j, next) in next.iter_mut().enumerate() {
                let terms = alpha.iter().zip(transition).map(|(a, row)| a + row[j]);
                *next = terms.map(f64::exp).sum::<f64>().ln();
            }
            alpha = next;
        }
        for (a, row) in alpha.iter_mut().zip(emission) {
            *a += row[symbol];
        }
    }
    alpha.iter().map(|a| a.exp()).sum::<f64>().ln()
}

#[test]
fn check_hidden_markov() {
    for length in [0, 1, 2, 5] {
        let observed = [0, 2, 1, 1, 0];
        check!(hidden_markov(&signed(2, 1), &samples(2, 2), &samples(2, 3), const &observed[..length]));
    }
}

/// Backward-looking baseline, elastic net and a smooth count of active weights.
#[differentiate]
fn elastic_net(w: &[f64], lambda: f64, ratio: f64) -> f64 {
    let (l1, l2) = w.iter().fold((0.0, 0.0), |(l1, l2), w| (l1 + w.abs(), l2 + w * w));
    let active = w.iter().filter(|w| w.abs() > 0.2).count();
    let penalty = lambda * (ratio * l1 + 0.5 * (1.0 - ratio) * l2);
    if active == 0 { penalty } else { penalty / active as f64 }
}

#[test]
fn check_elastic_net() {
    for n in [0, 1, 2, 7] {
        check!(elastic_net(&signed(n, 15), 0.7, 0.4));
    }
}
