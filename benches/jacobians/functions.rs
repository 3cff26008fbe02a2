//! The functions that are measured.

use ad_runtime::differentiate;
use ad_runtime::ndarray::{Array1, Array2};

#[differentiate(order = 2)]
pub fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        let valley = x[i + 1] - x[i] * x[i];
        let slope = 1.0 - x[i];
        sum += 100.0 * valley * valley + slope * slope;
    }
    sum
}

#[differentiate(order = 2)]
pub fn regression(w: &[f64], #[constant] rows: &[f64], #[constant] labels: &[f64]) -> f64 {
    let mut loss = 0.0;
    for i in 0..labels.len() {
        let mut score = 0.0;
        for k in 0..w.len() {
            score += w[k] * rows[i * w.len() + k];
        }
        loss += (1.0 + (-labels[i] * score).exp()).ln();
    }
    loss
}

pub const NETWORK_INPUTS: usize = 16;

#[differentiate(order = 2)]
pub fn network(a: &Array2<f64>, b: &Array2<f64>, #[constant] input: &Array1<f64>) -> f64 {
    let hidden = a.dot(input).mapv(f64::tanh);
    let output = b.dot(&hidden).mapv(f64::tanh);
    output.dot(&output)
}

#[differentiate(order = 2)]
fn acceleration(angle: f64, speed: f64, stiffness: f64, damping: f64) -> f64 {
    -stiffness * angle.sin() - damping * speed
}

/// How far a damped pendulum is from observations, solved by the midpoint rule.
#[differentiate(order = 2)]
pub fn pendulum(
    start: f64,
    stiffness: f64,
    damping: f64,
    #[constant] observed: &[f64],
    #[constant] h: f64,
) -> f64 {
    let (mut angle, mut speed) = (start, 0.0);
    let mut loss = 0.0;
    for target in observed {
        let half = speed + 0.5 * h * acceleration(angle, speed, stiffness, damping);
        let force = acceleration(angle + 0.5 * h * speed, half, stiffness, damping);
        angle += h * half;
        speed += h * force;
        loss += (angle - target) * (angle - target);
    }
    loss
}

#[differentiate(order = 2)]
pub fn chain(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += (x[i] * x[i - 1]).sin() + (1.0 + x[i] * x[i]).ln();
    }
    sum
}

/// A layer of a network: tanh(W x + b), with W by rows.
#[differentiate]
pub fn layer(x: &[f64], #[constant] weights: &[f64], #[constant] bias: &[f64]) -> Vec<f64> {
    let mut out = Vec::with_capacity(bias.len());
    for i in 0..bias.len() {
        let mut sum = bias[i];
        for k in 0..x.len() {
            sum += weights[i * x.len() + k] * x[k];
        }
        out.push(sum.tanh());
    }
    out
}

pub fn layer_by_hand(x: &[f64], weights: &[f64], bias: &[f64], jacobian: &mut Array2<f64>) {
    let elements = jacobian.as_slice_mut().expect("it is in the usual layout");
    for ((bias, weights), row) in
        bias.iter().zip(weights.chunks_exact(x.len())).zip(elements.chunks_exact_mut(x.len()))
    {
        let sum: f64 = bias + weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
        let y = sum.tanh();
        for (into, w) in row.iter_mut().zip(weights) {
            *into = (1.0 - y * y) * w;
        }
    }
}
