//! Sums over slices.

use crate::{Table, numbers};
use ad_runtime::differentiate;
use std::hint::black_box;

#[differentiate]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
    }
    sum
}

fn rosenbrock_by_hand(x: &[f64], out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let x_bar = &mut x_bar[..x.len()];
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
        let valley_bar = 200.0 * valley * out_bar;
        x_bar[i + 1] += valley_bar;
        x_bar[i] -= 2.0 * x[i] * valley_bar + 2.0 * slope * out_bar;
    }
    sum
}

pub fn rosenbrock_rows(table: &mut Table) {
    let x = numbers(1000, 1.0);
    table.row(
        "Rosenbrock, 1000 variables",
        vec![0.0; x.len()],
        || rosenbrock(black_box(&x)),
        |g| rosenbrock::adjoint(black_box(&x), 1.0, g),
        |g| rosenbrock_by_hand(black_box(&x), 1.0, g),
    );
}

#[differentiate]
fn weighted(w: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (w, x) in w.iter().zip(x) {
        s += w * x * x;
    }
    s
}

fn weighted_by_hand(
    w: &[f64],
    x: &[f64],
    out_bar: f64,
    w_bar: &mut [f64],
    x_bar: &mut [f64],
) -> f64 {
    let mut s = 0.0;
    for (((w, x), w_bar), x_bar) in w.iter().zip(x).zip(w_bar).zip(x_bar) {
        s += w * x * x;
        *w_bar += out_bar * (x * x);
        *x_bar += out_bar * (2.0 * w * x);
    }
    s
}

pub fn weighted_rows(table: &mut Table) {
    let (w, x) = (numbers(1000, 2.0), numbers(1000, 3.0));
    table.row(
        "weighted sum of squares, 1000 terms",
        (vec![0.0; 1000], vec![0.0; 1000]),
        || weighted(black_box(&w), black_box(&x)),
        |(w_bar, x_bar)| weighted::adjoint(black_box(&w), black_box(&x), 1.0, w_bar, x_bar),
        |(w_bar, x_bar)| weighted_by_hand(black_box(&w), black_box(&x), 1.0, w_bar, x_bar),
    );
}

/// The negative log-likelihood of labels 0 and 1; a row of `data` is an observation.
#[differentiate]
fn regression(weights: &[f64], #[constant] data: &[f64], #[constant] labels: &[f64]) -> f64 {
    let mut loss = 0.0;
    for (row, label) in data.chunks(weights.len()).zip(labels) {
        let score: f64 = row.iter().zip(weights).map(|(x, w)| x * w).sum();
        loss += score.exp().ln_1p() - label * score;
    }
    loss
}

fn regression_by_hand(
    weights: &[f64],
    data: &[f64],
    labels: &[f64],
    out_bar: f64,
    weights_bar: &mut [f64],
) -> f64 {
    let mut loss = 0.0;
    for (row, label) in data.chunks(weights.len()).zip(labels) {
        let score: f64 = row.iter().zip(weights).map(|(x, w)| x * w).sum();
        let odds = score.exp();
        loss += odds.ln_1p() - label * score;
        let score_bar = out_bar * (odds / (1.0 + odds) - label);
        for (bar, x) in weights_bar.iter_mut().zip(row) {
            *bar += score_bar * x;
        }
    }
    loss
}

pub fn regression_rows(table: &mut Table) {
    let (n, d) = (200, 16);
    let weights = numbers(d, 4.0);
    let data = numbers(n * d, 5.0);
    let labels: Vec<f64> = numbers(n, 6.0).iter().map(|v| f64::from(*v > 0.0)).collect();
    table.row(
        "logistic regression, 200 × 16",
        vec![0.0; d],
        || regression(black_box(&weights), &data, &labels),
        |g| regression::adjoint(black_box(&weights), &data, &labels, 1.0, g),
        |g| regression_by_hand(black_box(&weights), &data, &labels, 1.0, g),
    );
}

#[differentiate]
fn log_sum_exp(v: &[f64]) -> f64 {
    let top = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + v.iter().map(|v| (v - top).exp()).sum::<f64>().ln()
}

/// The log-likelihood of a mixture of normal distributions with diagonal covariances.
#[differentiate]
fn mixture(
    logits: &[f64],
    means: &[f64],
    log_sigma: &[f64],
    #[constant] data: &[f64],
    d: usize,
) -> f64 {
    let inverse: Vec<f64> = log_sigma.iter().map(|s| (-s).exp()).collect();
    let mut likelihood = 0.0;
    for x in data.chunks(d) {
        let mut terms = vec![0.0; logits.len()];
        for k in 0..logits.len() {
            let mut term = logits[k];
            for j in 0..d {
                let z = (x[j] - means[k * d + j]) * inverse[k * d + j];
                term -= log_sigma[k * d + j] + 0.5 * z * z;
            }
            terms[k] = term;
        }
        likelihood += log_sum_exp(&terms) - log_sum_exp(logits);
    }
    likelihood
}

/// Turns `v` into the gradient of its log-sum-exp, which is returned.
fn soft_max(v: &mut [f64]) -> f64 {
    let top = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for v in v.iter_mut() {
        *v = (*v - top).exp();
        sum += *v;
    }
    v.iter_mut().for_each(|v| *v /= sum);
    top + sum.ln()
}

type Mixture = (Vec<f64>, Vec<f64>, Vec<f64>);

fn mixture_by_hand(
    (logits, means, log_sigma): &Mixture,
    data: &[f64],
    d: usize,
    out_bar: f64,
    bars: &mut Mixture,
) -> f64 {
    let (logits_bar, means_bar, log_sigma_bar) = bars;
    let inverse: Vec<f64> = log_sigma.iter().map(|s| (-s).exp()).collect();
    let mut likelihood = 0.0;
    let (mut terms, mut shares) = (vec![0.0; logits.len()], logits.clone());
    for x in data.chunks(d) {
        for k in 0..logits.len() {
            terms[k] = logits[k];
            for j in 0..d {
                let z = (x[j] - means[k * d + j]) * inverse[k * d + j];
                terms[k] -= log_sigma[k * d + j] + 0.5 * z * z;
            }
        }
        shares.copy_from_slice(logits);
        likelihood += soft_max(&mut terms) - soft_max(&mut shares);
        for k in 0..logits.len() {
            let bar = out_bar * terms[k];
            logits_bar[k] += bar - out_bar * shares[k];
            for (j, x) in x.iter().enumerate() {
                let at = k * d + j;
                let z = (x - means[at]) * inverse[at];
                means_bar[at] += bar * z * inverse[at];
                log_sigma_bar[at] += bar * (z * z - 1.0);
            }
        }
    }
    likelihood
}

pub fn mixture_rows(table: &mut Table) {
    let (n, k, d) = (50, 5, 4);
    let model = (numbers(k, 7.0), numbers(k * d, 8.0), numbers(k * d, 9.0));
    let data = numbers(n * d, 10.0);
    let (logits, means, log_sigma) = &model;
    table.row(
        "Gaussian mixture, 50 points, 5 × 4",
        (vec![0.0; k], vec![0.0; k * d], vec![0.0; k * d]),
        || mixture(black_box(logits), means, log_sigma, &data, d),
        |(a, b, c)| mixture::adjoint(black_box(logits), means, log_sigma, &data, d, 1.0, a, b, c),
        |bars| mixture_by_hand(black_box(&model), &data, d, 1.0, bars),
    );
}
