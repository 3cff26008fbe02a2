//! Early returns of what is no scalar: results with errors of any type, vectors, structs.

use ad::{check, values};
use ad_runtime::{Differentiable, differentiate};

/// An error as most people write them: neither `Copy` nor `Clone`.
#[derive(Debug)]
pub enum Failure {
    Singular(usize),
    Diverged,
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Root {
    pub at: f64,
    pub slopes: Vec<f64>,
}

#[differentiate]
fn newton(a: f64, start: f64, steps: usize) -> Result<f64, Failure> {
    let mut x = start;
    for k in 0..steps {
        let slope = 3.0 * x * x + a;
        if slope == 0.0 {
            return Err(Failure::Singular(k));
        }
        let next = x - (x * x * x + a * x - 1.0) / slope;
        if (next - x).abs() < 1e-4 {
            return Ok(next);
        }
        x = next;
    }
    Err(Failure::Diverged)
}

#[differentiate]
fn root_or(a: f64, start: f64, steps: usize) -> f64 {
    match newton(a, start, steps) {
        Ok(root) => root * a,
        Err(Failure::Singular(k)) => a * k as f64,
        Err(Failure::Diverged) => start * a,
    }
}

#[differentiate]
fn positive_root(a: f64, start: f64, steps: usize) -> Result<f64, String> {
    let root = newton(a, start, steps).map_err(|e| format!("{e:?}"))?;
    if let Some(scaled) = (root > 0.2).then_some(root * a)
        && a > 0.1
    {
        return Ok(scaled * scaled);
    }
    Ok(root)
}

#[differentiate]
fn positive_root_or(a: f64, start: f64, steps: usize) -> f64 {
    positive_root(a, start, steps).unwrap_or(start * a)
}

/// The prefix whose sum passes a bound, scaled.
#[differentiate]
fn prefix(x: &[f64], scale: f64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut out = Vec::new();
    for &v in x {
        sum += v;
        out.push(v * scale * sum);
        if sum > 2.0 {
            return out;
        }
    }
    vec![sum * scale]
}

#[differentiate]
fn prefix_norm(x: &[f64], scale: f64) -> f64 {
    prefix(x, scale).iter().map(|v| v * v).sum()
}

#[differentiate]
fn first_root(x: &[f64], a: f64) -> Option<Root> {
    for (i, &v) in x.iter().enumerate() {
        for &w in &x[i..] {
            if v * w > 1.0 {
                return Some(Root { at: v * a, slopes: vec![w, v * w] });
            }
        }
    }
    None
}

#[differentiate]
fn first_root_sum(x: &[f64], a: f64) -> f64 {
    let Some(root) = first_root(x, a) else { return a * a };
    root.at * root.slopes.iter().sum::<f64>()
}

/// Returns from two loops and from between them.
#[differentiate]
fn several(x: &[f64], k: f64) -> Vec<f64> {
    for &v in x {
        if v > 1.4 {
            return vec![v * k];
        }
    }
    if k > 0.9 {
        return x.iter().map(|v| v * k).collect();
    }
    let mut t = k;
    while t < 10.0 {
        t *= 1.0 + x.first().copied().unwrap_or(2.0);
        if t > 3.0 {
            return vec![t, k];
        }
    }
    vec![]
}

#[differentiate]
fn several_sum(x: &[f64], k: f64) -> f64 {
    several(x, k).iter().map(|v| v.sin()).sum()
}

#[test]
fn check_values() {
    for n in [0, 1, 2, 8] {
        check!(root_or(1.2, 0.4, const n));
        check!(positive_root_or(1.2, 0.4, const n));
        check!(prefix_norm(&values(n), 0.7));
        check!(first_root_sum(&values(n), 0.7));
        check!(several_sum(&values(n), 0.7));
        check!(several_sum(&values(n), 0.95));
    }
}
