//! Splines, kernels behind a trait, iterated maps, integrals by a stack.

use ad::check;
use ad_runtime::differentiate;

#[differentiate]
fn cubic_spline(xs: &[f64], ys: &[f64], t: f64) -> f64 {
    let n = xs.len();
    let h: Vec<f64> = xs.windows(2).map(|w| w[1] - w[0]).collect();
    let mut a = vec![0.0; n];
    let mut b = vec![1.0; n];
    let mut c = vec![0.0; n];
    let mut d = vec![0.0; n];
    for i in 1..n - 1 {
        a[i] = h[i - 1];
        b[i] = 2.0 * (h[i - 1] + h[i]);
        c[i] = h[i];
        d[i] = 6.0 * ((ys[i + 1] - ys[i]) / h[i] - (ys[i] - ys[i - 1]) / h[i - 1]);
    }
    for i in 1..n {
        let w = a[i] / b[i - 1];
        b[i] -= w * c[i - 1];
        d[i] -= w * d[i - 1];
    }
    let mut m = vec![0.0; n];
    m[n - 1] = d[n - 1] / b[n - 1];
    for i in (0..n - 1).rev() {
        m[i] = (d[i] - c[i] * m[i + 1]) / b[i];
    }
    let k = match xs.iter().position(|&x| x > t) {
        Some(0) => 0,
        Some(i) => i - 1,
        None => n - 2,
    };
    let (left, right) = (t - xs[k], xs[k + 1] - t);
    (m[k] * right.powi(3) + m[k + 1] * left.powi(3)) / (6.0 * h[k])
        + (ys[k] / h[k] - m[k] * h[k] / 6.0) * right
        + (ys[k + 1] / h[k] - m[k + 1] * h[k] / 6.0) * left
}
#[test]
fn spline() {
    check!(cubic_spline(&vec![0.0, 1.0, 2.5, 3.0], &vec![0.0, 0.8, 0.3, -0.2], 1.7));
}

#[differentiate]
trait Kernel {
    fn eval(#[constant] &self, r: f64) -> f64;
}
struct Rbf {
    scale: f64,
}
struct Linear {
    slope: f64,
}
#[differentiate]
impl Kernel for Rbf {
    fn eval(#[constant] &self, r: f64) -> f64 {
        (-r * r / self.scale).exp()
    }
}
#[differentiate]
impl Kernel for Linear {
    fn eval(#[constant] &self, r: f64) -> f64 {
        self.slope * r
    }
}
#[differentiate]
fn mixed(#[constant] kernels: &[Box<dyn Kernel>], weights: &[f64], r: f64) -> f64 {
    kernels.iter().zip(weights).map(|(k, w)| w * k.eval(r)).sum::<f64>() + kernels[0].eval(2.0 * r)
}
#[test]
fn kernels() {
    let ks: Vec<Box<dyn Kernel>> =
        vec![Box::new(Rbf { scale: 0.8 }), Box::new(Linear { slope: 0.3 })];
    check!(mixed(const &ks, &vec![0.4, 0.7], 0.9));
}

#[differentiate]
fn lyapunov<const STEPS: usize>(r: f64, x0: f64) -> f64 {
    #[differentiate]
    fn map(r: f64, x: f64) -> f64 {
        r * x * (1.0 - x)
    }
    const EPS: f64 = 1e-12;
    let x = x0;
    let mut orbit = [0.0; STEPS];
    let mut x = x;
    for slot in orbit.iter_mut() {
        x = map(r, x);
        *slot = x;
    }
    let sum = orbit.iter().map(|x| (r * (1.0 - 2.0 * x)).abs().max(EPS).ln()).sum::<f64>();
    sum / STEPS as f64
}
#[differentiate]
fn exponent(r: f64, x: f64) -> f64 {
    lyapunov::<5>(r, x)
}
#[test]
fn chaos() {
    check!(exponent(3.7, 0.31));
}

#[differentiate]
fn stack_quadrature(a: f64, b: f64, k: f64) -> f64 {
    let f = |x: f64| (k * x).exp() / (1.0 + x);
    let mut stack = vec![(a, b)];
    let mut total = 0.0;
    let mut evaluations = 0;
    while let Some((lo, hi)) = stack.pop() {
        evaluations += 1;
        let mid = 0.5 * (lo + hi);
        let coarse = (hi - lo) * f(mid);
        let fine = 0.5 * (hi - lo) * (f(0.5 * (lo + mid)) + f(0.5 * (mid + hi)));
        let done = 'check: {
            if evaluations > 40 {
                break 'check true;
            }
            (coarse - fine).abs() < 1e-3
        };
        if done {
            total += fine + (fine - coarse) / 3.0;
        } else {
            stack.push((lo, mid));
            stack.push((mid, hi));
        }
    }
    total
}
#[test]
fn stacks() {
    check!(stack_quadrature(0.0, 2.0, 0.8));
}
