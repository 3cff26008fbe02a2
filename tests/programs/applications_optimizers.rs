//! An optimizer with momenta, conjugate gradients on a sparse matrix, a likelihood of volatility, the gamma function.

use ad::{check, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Adam {
    pub lr: f64,
    pub m: Vec<f64>,
    pub v: Vec<f64>,
    #[constant]
    pub t: usize,
}
#[differentiate]
impl Adam {
    #[differentiate(associated)]
    fn new(lr: f64, n: usize) -> Self {
        Self { lr, m: vec![0.0; n], v: vec![0.0; n], t: 0 }
    }
    fn step(&mut self, params: &mut [f64], grads: &[f64]) {
        self.t += 1;
        let (b1, b2) = (0.9_f64, 0.999_f64);
        let bias1 = 1.0 - b1.powi(self.t as i32);
        let bias2 = 1.0 - b2.powi(self.t as i32);
        for (((p, g), m), v) in params.iter_mut().zip(grads).zip(self.m.iter_mut()).zip(&mut self.v)
        {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
            *p -= self.lr * (*m / bias1) / ((*v / bias2).sqrt() + 1e-8);
        }
    }
}
#[differentiate]
fn tune(lr: f64, x0: &[f64], target: &[f64]) -> f64 {
    let mut opt = Adam::new(lr, x0.len());
    let mut x = x0.to_vec();
    let mut losses = vec![];
    for _ in 0..3 {
        let g: Vec<f64> = x.iter().zip(target).map(|(x, t)| 2.0 * (x - t)).collect();
        losses.push(x.iter().zip(target).map(|(x, t)| (x - t).powi(2)).sum::<f64>());
        opt.step(&mut x, &g);
    }
    losses.iter().rev().take(2).sum::<f64>() + x.iter().map(|v| v.abs()).sum::<f64>()
}
#[test]
fn adam() {
    check!(tune(0.1, &vec![1.0, -0.5], &vec![0.2, 0.4]));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Csr {
    #[constant]
    pub rows: Vec<usize>,
    #[constant]
    pub cols: Vec<usize>,
    pub vals: Vec<f64>,
}
point!(Csr, CsrTangent { vals } constant { rows, cols });
#[differentiate]
impl Csr {
    fn mul(&self, x: &[f64]) -> Vec<f64> {
        self.rows
            .windows(2)
            .map(|w| (w[0]..w[1]).map(|k| self.vals[k] * x[self.cols[k]]).sum())
            .collect()
    }
}
#[differentiate]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
#[differentiate]
fn cg(a: &Csr, b: &[f64], #[constant] tol: f64) -> Result<Vec<f64>, String> {
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let mut p = r.clone();
    let mut rs = dot(&r, &r);
    for _ in 0..4 * b.len() {
        if rs.sqrt() < tol {
            return Ok(x);
        }
        let ap = a.mul(&p);
        let denom = dot(&p, &ap);
        if denom <= 0.0 {
            return Err("not positive definite".to_string());
        }
        let alpha = rs / denom;
        for i in 0..x.len() {
            x[i] += alpha * p[i];
            r[i] -= alpha * ap[i];
        }
        let next = dot(&r, &r);
        let beta = next / rs;
        p.iter_mut().zip(&r).for_each(|(p, r)| *p = r + beta * *p);
        rs = next;
    }
    Err(format!("no convergence, residual {rs}"))
}
#[differentiate]
fn energy(a: &Csr, b: &[f64]) -> f64 {
    match cg(a, b, 0.2) {
        Ok(x) => dot(&x, b),
        Err(message) => {
            eprintln!("{message}");
            f64::NAN
        }
    }
}
#[test]
fn sparse() {
    let a = Csr {
        rows: vec![0, 2, 5, 7],
        cols: vec![0, 1, 0, 1, 2, 1, 2],
        vals: vec![4.0, 1.0, 1.0, 3.0, 0.5, 0.5, 2.0],
    };
    check!(energy(&a, &vec![1.0, 2.0, 0.5]));
}

#[differentiate]
fn garch(params: (f64, f64, f64), returns: &[f64]) -> f64 {
    let (omega, alpha, beta) = params;
    if alpha + beta >= 1.0 {
        return f64::INFINITY;
    }
    let start = omega / (1.0 - alpha - beta);
    let (ll, _, _) = returns.iter().fold((0.0, start, 0.0_f64), |(ll, var, prev), &r| {
        let var = omega + alpha * prev * prev + beta * var;
        (ll + 0.5 * (var.ln() + r * r / var), var, r)
    });
    ll
}
#[test]
fn volatility() {
    check!(garch((0.1, 0.2, 0.6), &vec![0.3, -0.5, 0.2, 0.8]));
}

const LANCZOS: [f64; 9] = [
    0.99999999999980993,
    676.5203681218851,
    -1259.1392167224028,
    771.32342877765313,
    -176.61502916214059,
    12.507343278686905,
    -0.13857109526572012,
    9.9843695780195716e-6,
    1.5056327351493116e-7,
];
#[differentiate]
fn ln_gamma(x: f64) -> f64 {
    if x < 0.5 {
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let mut a = LANCZOS[0];
    let t = x + 7.5;
    for (i, &c) in LANCZOS.iter().enumerate().skip(1) {
        a += c / (x + i as f64);
    }
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + a.ln()
}
#[differentiate]
fn beta_binomial(alpha: f64, beta: f64, #[constant] counts: &[(u32, u32)]) -> f64 {
    let ln_beta = |a: f64, b: f64| ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let prior = ln_beta(alpha, beta);
    counts
        .iter()
        .map(|&(k, n)| ln_beta(f64::from(k) + alpha, f64::from(n - k) + beta) - prior)
        .sum()
}
#[test]
fn bayes() {
    check!(beta_binomial(1.5, 2.5, const &[(3, 10), (7, 12)]));
    check!(ln_gamma(0.3));
}
