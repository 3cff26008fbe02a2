//! A mixture of normal distributions: the centred points and their products with Q are kept, and the
//! triangular loops of both sweeps are one each.

use crate::problems::gmm::{Setting, prior_constant};
use std::f64::consts::PI;

/// The cotangents of α, μ, q and l.
pub type Bars = (Vec<f64>, Vec<f64>, Vec<f64>, Vec<f64>);

fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    max + x.iter().map(|x| (x - max).exp()).sum::<f64>().ln()
}

pub fn log_posterior(
    alpha: &[f64],
    mu: &[f64],
    q: &[f64],
    l: &[f64],
    x: &[f64],
    setting: &Setting,
    out_bar: f64,
    (alpha_bar, mu_bar, q_bar, l_bar): &mut Bars,
) -> f64 {
    let (d, k) = (setting.d, setting.k);
    let below = d * (d - 1) / 2;
    let n = x.len() / d;

    let mut diagonals = Vec::with_capacity(k * d);
    for q in q {
        diagonals.push(q.exp());
    }
    let mut log_determinants = vec![0.0; k];
    for j in 0..k {
        log_determinants[j] = q[j * d..(j + 1) * d].iter().sum();
    }

    let mut diagonals_bar = vec![0.0; k * d];
    let mut determinants_bar = vec![0.0; k];
    let mut centred = vec![0.0; k * d];
    let mut product = vec![0.0; k * d];
    let mut centred_bar = vec![0.0; d];
    let mut terms = vec![0.0; k];
    let mut likelihood = 0.0;
    for x in x.chunks_exact(d) {
        for j in 0..k {
            let part = j * d..(j + 1) * d;
            let (mean, diagonal) = (&mu[part.clone()], &diagonals[part.clone()]);
            let (centred, product) = (&mut centred[part.clone()], &mut product[part]);
            for i in 0..d {
                centred[i] = x[i] - mean[i];
                product[i] = diagonal[i] * centred[i];
            }
            let mut rest = &l[j * below..(j + 1) * below];
            for i in 0..d {
                let (column, after) = rest.split_at(d - i - 1);
                rest = after;
                let c = centred[i];
                for (p, l) in product[i + 1..].iter_mut().zip(column) {
                    *p += l * c;
                }
            }
            let square: f64 = product.iter().map(|p| p * p).sum();
            terms[j] = alpha[j] + log_determinants[j] - 0.5 * square;
        }
        let lse = log_sum_exp(&terms);
        likelihood += lse;
        for j in 0..k {
            let weight = out_bar * (terms[j] - lse).exp();
            alpha_bar[j] += weight;
            determinants_bar[j] += weight;
            let part = j * d..(j + 1) * d;
            let (centred, product) = (&centred[part.clone()], &product[part.clone()]);
            let diagonal = &diagonals[part.clone()];
            let diagonal_bar = &mut diagonals_bar[part.clone()];
            for i in 0..d {
                centred_bar[i] = -weight * product[i] * diagonal[i];
                diagonal_bar[i] -= weight * product[i] * centred[i];
            }
            let mut rest = &l[j * below..(j + 1) * below];
            let mut rest_bar = &mut l_bar[j * below..(j + 1) * below];
            for i in 0..d {
                let (column, after) = rest.split_at(d - i - 1);
                let (column_bar, after_bar) = rest_bar.split_at_mut(d - i - 1);
                (rest, rest_bar) = (after, after_bar);
                let c = weight * centred[i];
                let mut sum = 0.0;
                for ((l, l_bar), p) in column.iter().zip(column_bar).zip(&product[i + 1..]) {
                    *l_bar -= c * p;
                    sum += l * p;
                }
                centred_bar[i] -= weight * sum;
            }
            for (mu_bar, c) in mu_bar[part].iter_mut().zip(&centred_bar) {
                *mu_bar -= c;
            }
        }
    }

    let lse = log_sum_exp(alpha);
    likelihood -= n as f64 * (0.5 * d as f64 * (2.0 * PI).ln() + lse);
    for j in 0..k {
        alpha_bar[j] -= out_bar * n as f64 * (alpha[j] - lse).exp();
    }

    let mut prior = k as f64 * prior_constant(setting);
    let gamma2 = setting.gamma * setting.gamma;
    for j in 0..k {
        let mut frobenius = 0.0;
        for i in j * d..(j + 1) * d {
            frobenius += diagonals[i] * diagonals[i];
            diagonals_bar[i] -= out_bar * gamma2 * diagonals[i];
        }
        for i in j * below..(j + 1) * below {
            frobenius += l[i] * l[i];
            l_bar[i] -= out_bar * gamma2 * l[i];
        }
        prior += setting.m as f64 * log_determinants[j] - 0.5 * gamma2 * frobenius;
        determinants_bar[j] += out_bar * setting.m as f64;
        for i in j * d..(j + 1) * d {
            q_bar[i] += determinants_bar[j] + diagonals_bar[i] * diagonals[i];
        }
    }
    likelihood + prior
}
