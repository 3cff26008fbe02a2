//! The logarithm of the posterior probability of a mixture of normal distributions, with a Wishart
//! prior on the precision matrices.

use super::lse::log_sum_exp;
use ad_runtime::differentiate;
use std::f64::consts::{LN_2, PI};

/// The sizes of the problem and what is known of the prior.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// The dimension of the space.
    pub d: usize,
    /// The number of components.
    pub k: usize,
    /// Degrees of freedom of the prior beyond `d + 1`.
    pub m: usize,
    /// The prior's precision.
    pub gamma: f64,
}

/// ln Γ(n / 2) for n ≥ 1, by the recurrence from Γ(1/2) = √π or Γ(1) = 1.
fn ln_gamma_of_half(n: usize) -> f64 {
    let start = if n % 2 == 1 { 0.5 * PI.ln() } else { 0.0 };
    let first = if n % 2 == 1 { 1 } else { 2 };
    (first..n).step_by(2).map(|i| (0.5 * i as f64).ln()).sum::<f64>() + start
}

/// The logarithm of the prior's constant factor for one component.
pub fn prior_constant(setting: &Setting) -> f64 {
    let d = setting.d as f64;
    let n = setting.d + setting.m + 1;
    let gammas: f64 = (0..setting.d).map(|j| ln_gamma_of_half(n - j)).sum();
    n as f64 * d * (setting.gamma.ln() - 0.5 * LN_2) - 0.25 * d * (d - 1.0) * PI.ln() - gammas
}

/// |Q (x - μ)|² of a lower triangular Q with the given diagonal and, by columns, what is below it.
#[differentiate]
fn mahalanobis(diagonal: &[f64], lower: &[f64], #[constant] x: &[f64], mean: &[f64]) -> f64 {
    let d = x.len();
    let centred: Vec<f64> = x.iter().zip(mean).map(|(x, mean)| x - mean).collect();
    let mut product: Vec<f64> = diagonal.iter().zip(&centred).map(|(q, c)| q * c).collect();
    let mut start = 0;
    for j in 0..d {
        let column = &lower[start..start + d - j - 1];
        for (i, l) in column.iter().enumerate() {
            product[j + 1 + i] += l * centred[j];
        }
        start += d - j - 1;
    }
    product.iter().map(|p| p * p).sum()
}

/// The logarithm of the posterior. Component k has weight exp(αₖ) / Σ exp(α), mean μₖ, and the precision
/// matrix QᵀQ of a lower triangular Q with the diagonal exp(qₖ) and, by columns, lₖ below it.
#[differentiate]
pub fn log_posterior(
    alpha: &[f64],
    mu: &[f64],
    q: &[f64],
    l: &[f64],
    #[constant] x: &[f64],
    #[constant] setting: &Setting,
) -> f64 {
    let (d, k) = (setting.d, setting.k);
    let below = d * (d - 1) / 2;
    let n = x.len() / d;

    let diagonals: Vec<f64> = q.iter().map(|q| q.exp()).collect();
    let log_determinants: Vec<f64> = q.chunks_exact(d).map(|q| q.iter().sum()).collect();

    let mut likelihood = 0.0;
    for x in x.chunks_exact(d) {
        let terms: Vec<f64> = (0..k)
            .map(|j| {
                let (ends, below) = (j * d..(j + 1) * d, j * below..(j + 1) * below);
                let distance = mahalanobis(&diagonals[ends.clone()], &l[below], x, &mu[ends]);
                alpha[j] + log_determinants[j] - 0.5 * distance
            })
            .collect();
        likelihood += log_sum_exp(&terms);
    }
    likelihood -= n as f64 * (0.5 * d as f64 * (2.0 * PI).ln() + log_sum_exp(alpha));

    let mut prior = k as f64 * prior_constant(setting);
    let half_gamma2 = 0.5 * setting.gamma * setting.gamma;
    for j in 0..k {
        let mut frobenius = 0.0;
        for e in &diagonals[j * d..(j + 1) * d] {
            frobenius += e * e;
        }
        for e in &l[j * below..(j + 1) * below] {
            frobenius += e * e;
        }
        prior += setting.m as f64 * log_determinants[j] - half_gamma2 * frobenius;
    }
    likelihood + prior
}
