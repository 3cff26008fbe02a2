//! Calls whose derivative is computed together with their value, and loops that run again.

use ad::{check, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 6];

/// The gradient of a determinant by the minors that its value takes.
#[differentiate]
fn minor(a: &[f64], n: usize, row: usize, columns: u32) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..n {
        if columns & (1 << j) != 0 {
            sum += sign * a[row * n + j] * minor(a, n, row + 1, columns & !(1 << j));
            sign = -sign;
        }
    }
    sum
}

#[test]
fn check_minor() {
    for n in [0, 1, 2, 4] {
        check!(minor(&values(n * n), const n, const 0, const ((1 << n) - 1)));
    }
}

#[differentiate]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiate]
fn tempered(x: f64, #[constant] t: f64, scale: f64) -> f64 {
    scale * (x / t).tanh()
}

#[differentiate]
fn gated(w: &[f64], x: f64) -> f64 {
    let mut h = x;
    let mut c = 0.0;
    for w in w {
        let gate = sigmoid(w * h + 0.1);
        let new = tempered(h - w, 1.7, x);
        c = gate * c + (1.0 - gate) * new;
        h = sigmoid(c) * c;
    }
    h * c
}

#[test]
fn check_gated() {
    for n in SIZES {
        check!(gated(&values(n), 0.4));
    }
}

/// An infinite slope that nobody asks for.
#[differentiate]
fn root(x: f64) -> f64 {
    x.sqrt()
}

#[differentiate]
fn unused_root(x: f64, y: f64) -> f64 {
    let r: f64 = root(x);
    if y > 0.0 { y * y } else { r + y }
}

#[test]
fn a_slope_that_is_not_asked_for_is_no_nan() {
    assert_eq!(unused_root::grad(0.0, 2.0), (0.0, 4.0));
}

/// Branches, calls and loops that can all be reversed where they stand.
#[differentiate]
fn penalty(x: &[f64], k: f64, strict: bool) -> f64 {
    let cost = if strict {
        let mut s = 0.0;
        for v in x {
            if *v > 0.0 {
                s += k * sigmoid(v * k);
            } else {
                s -= v * v;
            }
        }
        s
    } else {
        let mut s = 0.0;
        for (i, v) in x.iter().enumerate() {
            s += (v - k).powi(2) * i as f64;
        }
        s
    };
    2.0 * cost + k
}

#[test]
fn check_penalty() {
    for n in SIZES {
        for strict in [false, true] {
            check!(penalty(&values(n), 0.8, const strict));
        }
    }
}

/// Powers of a constant are made again, rather than kept.
#[differentiate]
fn polynomials(c: &[f64], points: usize) -> f64 {
    let mut s = 0.0;
    for p in 0..points {
        let t = 0.3 * p as f64 - 0.5;
        let (mut value, mut power) = (0.0, 1.0);
        for c in c {
            value += c * power;
            power *= t;
        }
        s += (value - 0.2).powi(4);
    }
    s.sqrt()
}

#[test]
fn check_polynomials() {
    for n in SIZES {
        for points in [1, 2, 5] {
            check!(polynomials(&values(n), const points));
        }
    }
}

/// A running index and an alternating sign, read before and after they change, and after the loop.
#[differentiate]
fn packed(l: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let (mut at, mut sign) = (0, 1.0);
    let mut total = 0.0;
    for i in 0..n {
        let mut row = x[i] * x[i];
        for j in 0..i {
            row += sign * l[at] * x[j];
            at += 1;
            sign = -sign;
        }
        total += row * row * sign;
    }
    total.sin() * at as f64
}

#[test]
fn check_packed() {
    for n in [1, 2, 5] {
        check!(packed(&values(n * (n - 1) / 2), &values(n)));
    }
}
