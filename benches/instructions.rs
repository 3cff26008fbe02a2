//! Instructions of generated gradients against gradients written by hand, with the same conventions at kinks.
//!
//! Time is noisy, instructions are not:
//!
//! ```text
//! cargo bench --bench instructions --no-run
//! valgrind --tool=callgrind --callgrind-out-file=/tmp/callgrind.out target/release/deps/instructions-*
//! callgrind_annotate --inclusive=yes /tmp/callgrind.out | grep -E 'instructions::(generated|written)_'
//! ```

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use ad_runtime::differentiate;
use std::hint::black_box;

#[differentiate]
fn radius(x: f64, y: f64) -> f64 {
    let r = (x * x + y * y).sqrt();
    if r > 1.0 { r.ln() } else { r - 1.0 }
}

fn radius_by_hand(x: f64, y: f64, out_bar: f64, x_bar: &mut f64, y_bar: &mut f64) -> f64 {
    let r = (x * x + y * y).sqrt();
    let above = r > 1.0;
    let out = if above { r.ln() } else { r - 1.0 };
    let r_bar = if above { out_bar / r } else { out_bar };
    let sum_bar = if r_bar == 0.0 { 0.0 } else { r_bar / (2.0 * r) };
    *x_bar += 2.0 * x * sum_bar;
    *y_bar += 2.0 * y * sum_bar;
    out
}

/// The distribution function of the logistic law with the variance of the normal one, a stand-in
/// for it that needs no error function.
#[differentiate]
fn cdf(x: f64) -> f64 {
    1.0 / (1.0 + (-1.702 * x).exp())
}

#[differentiate]
fn call_price(s: f64, k: f64, r: f64, sigma: f64, t: f64) -> f64 {
    let vol = sigma * t.sqrt();
    let d1 = ((s / k).ln() + (r + 0.5 * sigma * sigma) * t) / vol;
    let d2 = d1 - vol;
    s * cdf(d1) - k * (-r * t).exp() * cdf(d2)
}

fn call_price_by_hand([s, k, r, sigma, t]: [f64; 5], out_bar: f64, bars: &mut [f64; 5]) -> f64 {
    let root = t.sqrt();
    let vol = sigma * root;
    let drift = r + 0.5 * sigma * sigma;
    let d1 = ((s / k).ln() + drift * t) / vol;
    let d2 = d1 - vol;
    let n1 = 1.0 / (1.0 + (-1.702 * d1).exp());
    let n2 = 1.0 / (1.0 + (-1.702 * d2).exp());
    let discount = (-r * t).exp();
    let out = s * n1 - k * discount * n2;

    let d2_bar = -out_bar * k * discount * (1.702 * n2 * (1.0 - n2));
    let d1_bar = out_bar * s * (1.702 * n1 * (1.0 - n1)) + d2_bar;
    let top_bar = d1_bar / vol;
    let vol_bar = -d2_bar - d1_bar * d1 / vol;
    let rate = out_bar * k * discount * n2;
    // A zero cotangent stays zero through `ln` and `sqrt`.
    let log_bar = if top_bar == 0.0 { 0.0 } else { top_bar / (s / k) };
    let root_bar = vol_bar * sigma;
    bars[0] += out_bar * n1 + log_bar / k;
    bars[1] += -out_bar * discount * n2 - log_bar * s / (k * k);
    bars[2] += top_bar * t + rate * t;
    bars[3] += vol_bar * root + top_bar * t * sigma;
    bars[4] +=
        top_bar * drift + rate * r + if root_bar == 0.0 { 0.0 } else { root_bar / (2.0 * root) };
    out
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

/// The same by index, as much numerical code is written.
#[differentiate]
fn indexed(w: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += w[i] * x[i] * x[i];
    }
    s
}

#[differentiate]
fn chained(w: &[f64], x: &[f64]) -> f64 {
    w.iter().zip(x).map(|(w, x)| w * x * x).sum()
}

#[differentiate]
fn logistic_map(r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

fn logistic_map_by_hand(
    r: f64,
    mut x: f64,
    n: usize,
    out_bar: f64,
    r_bar: &mut f64,
    x_bar: &mut f64,
) -> f64 {
    let mut record = Vec::with_capacity(n);
    for _ in 0..n {
        record.push(x);
        x = r * x * (1.0 - x);
    }
    let out = x;
    let mut x_carry = out_bar;
    let mut r_sum = 0.0;
    for x in record.into_iter().rev() {
        r_sum += x_carry * x * (1.0 - x);
        x_carry *= r * (1.0 - 2.0 * x);
    }
    *r_bar += r_sum;
    *x_bar += x_carry;
    out
}

#[differentiate]
fn bump(x: &[f64], i: usize) -> f64 {
    (x[i] - x[i + 1]).powi(2)
}

#[differentiate]
fn rough(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        s += bump(x, i);
    }
    s
}

#[inline]
fn bump_by_hand(x: &[f64], i: usize, out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let d = x[i] - x[i + 1];
    let d_bar = 2.0 * d * out_bar;
    x_bar[i] += d_bar;
    x_bar[i + 1] -= d_bar;
    d.powi(2)
}

fn rough_by_hand(x: &[f64], out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        s += bump_by_hand(x, i, out_bar, x_bar);
    }
    s
}

/// Functions that are never inlined, so that the profile knows them by name. Arguments come by
/// reference: the optimizer cannot see their values.
macro_rules! measured {
    ($($name:ident($($arg:ident: $ty:ty),*) $body:block)*) => {$(
        #[inline(never)]
        fn $name($($arg: $ty),*) -> f64 $body
    )*};
}

measured! {
    generated_radius(p: &[f64; 2], g: &mut [f64; 2]) {
        let [a, b] = g;
        radius::adjoint(p[0], p[1], 1.0, a, b)
    }
    written_radius(p: &[f64; 2], g: &mut [f64; 2]) {
        let [a, b] = g;
        radius_by_hand(p[0], p[1], 1.0, a, b)
    }
    generated_call_price(p: &[f64; 5], g: &mut [f64; 5]) {
        let [a, b, c, d, e] = g;
        call_price::adjoint(p[0], p[1], p[2], p[3], p[4], 1.0, a, b, c, d, e)
    }
    written_call_price(p: &[f64; 5], g: &mut [f64; 5]) { call_price_by_hand(*p, 1.0, g) }
    generated_weighted(w: &[f64], x: &[f64], a: &mut [f64], b: &mut [f64]) { weighted::adjoint(w, x, 1.5, a, b) }
    generated_weighted_indexed(w: &[f64], x: &[f64], a: &mut [f64], b: &mut [f64]) { indexed::adjoint(w, x, 1.5, a, b) }
    generated_weighted_chained(w: &[f64], x: &[f64], a: &mut [f64], b: &mut [f64]) { chained::adjoint(w, x, 1.5, a, b) }
    written_weighted(w: &[f64], x: &[f64], a: &mut [f64], b: &mut [f64]) { weighted_by_hand(w, x, 1.5, a, b) }
    generated_logistic_map(p: &[f64; 2], n: usize, g: &mut [f64; 2]) {
        let [a, b] = g;
        logistic_map::adjoint(p[0], p[1], n, 1.0, a, b)
    }
    written_logistic_map(p: &[f64; 2], n: usize, g: &mut [f64; 2]) {
        let [a, b] = g;
        logistic_map_by_hand(p[0], p[1], n, 1.0, a, b)
    }
    generated_rough(x: &[f64], g: &mut [f64]) { rough::adjoint(x, 1.0, g) }
    written_rough(x: &[f64], g: &mut [f64]) { rough_by_hand(x, 1.0, g) }
}

/// Runs both and requires the same value and gradient.
fn compare<const N: usize>(
    generated: impl Fn(&mut [f64; N]) -> f64,
    written: impl Fn(&mut [f64; N]) -> f64,
) {
    let (mut a, mut b) = ([0.0; N], [0.0; N]);
    let (value_a, value_b) = (generated(black_box(&mut a)), written(black_box(&mut b)));
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
    assert!(near(value_a, value_b), "{value_a} and {value_b} by hand");
    assert!(a.iter().zip(&b).all(|(&a, &b)| near(a, b)), "{a:?} and {b:?} by hand");
}

fn main() {
    const N: usize = 1024;
    let p = black_box([1.2, 1.7]);
    compare(|g| generated_radius(&p, g), |g| written_radius(&p, g));
    let p = black_box([100.0, 95.0, 0.03, 0.2, 1.5]);
    compare(|g| generated_call_price(&p, g), |g| written_call_price(&p, g));
    let p = black_box([3.2, 0.4]);
    compare(|g| generated_logistic_map(&p, N, g), |g| written_logistic_map(&p, N, g));

    let w: [f64; N] = std::array::from_fn(|i| 1.0 + i as f64 / N as f64);
    let x: [f64; N] = std::array::from_fn(|i| (i as f64 * 0.37).sin());
    type Gradient = fn(&[f64], &[f64], &mut [f64], &mut [f64]) -> f64;
    let halves = |g: &mut [f64; 2 * N], f: Gradient| {
        let (a, b) = g.split_at_mut(N);
        f(black_box(&w), black_box(&x), a, b)
    };
    for generated in [generated_weighted, generated_weighted_indexed, generated_weighted_chained] {
        compare::<{ 2 * N }>(|g| halves(g, generated), |g| halves(g, written_weighted));
    }
    compare::<N>(|g| generated_rough(black_box(&x), g), |g| written_rough(black_box(&x), g));
}
