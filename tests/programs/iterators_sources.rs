//! Iterator sources: slices, vectors, arrays, ranges, windows, chunks; by reference, by value, mutable.

use ad::{check, check_in_place, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 7];

#[differentiate]
fn mean_square(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>() / (x.len() + 1) as f64
}

#[test]
fn check_mean_square() {
    for n in SIZES {
        check!(mean_square(&values(n)));
    }
}

#[differentiate]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[differentiate]
fn dot_with_data(a: &[f64], #[constant] b: &[f64]) -> f64 {
    a.iter().zip(b.iter()).map(|(x, y)| x * y).sum()
}

#[differentiate]
fn self_correlation(x: &[f64]) -> f64 {
    dot(x, x) + x.iter().zip(x.iter().skip(1)).map(|(a, b)| a * b).sum::<f64>()
}

#[test]
fn check_dot() {
    for n in SIZES {
        check!(dot(&values(n), &signed(n, 3)));
        check!(dot_with_data(&values(n), const &signed(n, 3)));
        check!(self_correlation(&values(n)));
    }
}

#[differentiate]
fn consume_vec(x: Vec<f64>, scale: f64) -> f64 {
    let mut s = 0.0;
    for v in x {
        s += (scale * v).sin();
    }
    s
}

#[test]
fn check_consume_vec() {
    for n in SIZES {
        check!(consume_vec(values(n), 0.7));
    }
}

#[differentiate]
fn array_by_value(x: [f64; 4], y: [f64; 4]) -> f64 {
    let mut s = 1.0;
    for (i, v) in x.into_iter().enumerate() {
        s += v * y[i];
    }
    s * y.iter().sum::<f64>() + [x[0], y[1], 2.0].iter().product::<f64>()
}

#[test]
fn check_array_by_value() {
    check!(array_by_value([0.4, -0.8, 1.2, 0.1], [0.9, 0.5, -0.3, 0.7]));
}

#[differentiate]
fn total_variation(x: &[f64], eps: f64) -> f64 {
    x.windows(2).map(|w| ((w[1] - w[0]).powi(2) + eps).sqrt()).sum()
}

#[test]
fn check_total_variation() {
    for n in SIZES {
        check!(total_variation(&values(n), 0.1));
    }
}

#[differentiate]
fn convolve(signal: &[f64], kernel: &[f64]) -> Vec<f64> {
    signal
        .windows(kernel.len())
        .map(|w| w.iter().zip(kernel.iter().rev()).map(|(s, k)| s * k).sum())
        .collect()
}

#[differentiate]
fn convolve_with_fixed_kernel(signal: &[f64], #[constant] kernel: &[f64]) -> Vec<f64> {
    signal.windows(kernel.len()).map(|w| w.iter().zip(kernel).map(|(s, k)| s * k).sum()).collect()
}

#[test]
fn check_convolve() {
    for n in SIZES {
        check_vector!(convolve(&values(n), &signed(3, 4)));
        check_vector!(convolve_with_fixed_kernel(&values(n), const &signed(2, 4)));
    }
}

#[differentiate]
fn block_norms(x: &[f64]) -> f64 {
    x.chunks(3).map(|block| (0.1 + block.iter().map(|v| v * v).sum::<f64>()).sqrt()).sum()
}

#[differentiate]
fn rows_times_vector(a: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, row) in a.chunks_exact(x.len()).enumerate() {
        let y: f64 = row.iter().zip(x).map(|(a, x)| a * x).sum();
        s += y.powi(2) * (i + 1) as f64;
    }
    s
}

#[test]
fn check_block_norms() {
    for n in SIZES {
        check!(block_norms(&values(n)));
        check!(rows_times_vector(&signed(2 * n, 5), &values(2)));
    }
}

#[differentiate]
fn fourier_series(c: &[f64], x: f64) -> f64 {
    (0..c.len()).map(|k| c[k] * (k as f64 * x).cos()).sum()
}

#[test]
fn check_fourier_series() {
    for n in SIZES {
        check!(fourier_series(&values(n), 0.6));
    }
}

#[differentiate]
fn softmax_in_place(x: &mut [f64]) {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    x.iter_mut().for_each(|v| *v = (*v - max).exp());
    let sum: f64 = x.iter().sum();
    for v in x.iter_mut() {
        *v /= sum;
    }
}

#[differentiate]
fn cross_entropy(logits: &[f64], label: usize) -> f64 {
    let mut p = logits.to_vec();
    softmax_in_place(&mut p);
    -p[label].ln()
}

#[test]
fn check_cross_entropy() {
    for n in SIZES {
        check_in_place!(softmax_in_place(&mut values(n)));
    }
    for n in [1, 2, 5] {
        check!(cross_entropy(&values(n), const n / 2));
    }
}

#[differentiate]
fn momentum_update(parameters: &mut [f64], velocity: &mut [f64], gradient: &[f64], rate: f64) {
    for ((p, v), g) in parameters.iter_mut().zip(velocity.iter_mut()).zip(gradient) {
        *v = 0.9 * *v - rate * g;
        *p += *v;
    }
}

#[test]
fn check_momentum_update() {
    for n in SIZES {
        check_in_place!(momentum_update(&mut values(n), &mut signed(n, 1), &signed(n, 2), 0.3));
    }
}

#[differentiate]
fn midpoint_rule(a: f64, b: f64, n: u32) -> f64 {
    let h = (b - a) / f64::from(n);
    h * (0..n).map(|i| a + (f64::from(i) + 0.5) * h).map(|x| (1.0 + x * x).recip()).sum::<f64>()
}

#[test]
fn check_midpoint_rule() {
    for n in [1, 2, 9] {
        check!(midpoint_rule(-0.3, 1.4, const n));
    }
}

#[differentiate]
fn bare_ranges(x: f64) -> f64 {
    let up: f64 = (1..=4).map(|k| x.powi(k) / f64::from(k)).sum();
    let down: f64 = (0..5).rev().map(|k| (x + f64::from(k)).ln()).sum();
    let strided: f64 = (0..10).step_by(3).map(|k| (x * f64::from(k)).cos()).product();
    up * down + strided
}

#[test]
fn check_bare_ranges() {
    check!(bare_ranges(0.7));
}

#[differentiate]
fn nested_vectors(rows: &[Vec<f64>], scale: f64) -> f64 {
    rows.iter().map(|row| row.iter().map(|v| v * scale).sum::<f64>().powi(2)).sum::<f64>() + scale
}

#[test]
fn check_nested_vectors() {
    check!(nested_vectors(&vec![], 0.8));
    check!(nested_vectors(&vec![vec![], values(1), values(4)], 0.8));
}
