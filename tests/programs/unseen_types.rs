//! What is iterated has a type that the macro does not see: results of calls, by value and by reference.

use ad::{check, signed};
use ad_runtime::differentiate;

#[differentiate]
fn sines(x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| v.sin()).collect()
}

#[differentiate]
fn pairs(x: &[f64]) -> Vec<(f64, f64)> {
    x.windows(2).map(|w| (w[0], w[1] * w[0])).collect()
}

#[differentiate]
fn powers(x: f64) -> [f64; 3] {
    [x, x * x, x.sin()]
}

#[differentiate]
fn by_value(x: &[f64]) -> f64 {
    let v = sines(x);
    let mut s = 0.0;
    for a in v {
        s += a * a;
    }
    s
}

#[differentiate]
fn by_reference(x: &[f64]) -> f64 {
    let v = sines(x);
    let mut s = 0.0;
    for a in &v {
        s += a * a;
    }
    s
}

#[differentiate]
fn zipped_iter(x: &[f64]) -> f64 {
    let v = sines(x);
    let mut s = 0.0;
    for (a, b) in v.iter().zip(x) {
        s += a * b;
    }
    s
}

#[differentiate]
fn zip_of_a_reference(x: &[f64]) -> f64 {
    let v = sines(x);
    let mut s = 0.0;
    for (a, b) in x.iter().zip(&v) {
        s += a * b;
    }
    s
}

#[differentiate]
fn zip_of_a_value(x: &[f64]) -> f64 {
    let v = sines(x);
    let mut s = 0.0;
    for (a, b) in x.iter().zip(v) {
        s += a * b;
    }
    s
}

#[differentiate]
fn into_iter(x: &[f64]) -> f64 {
    let v = sines(x);
    v.into_iter().map(|a| a * a).sum()
}

#[differentiate]
fn zip_of_a_call(x: &[f64]) -> f64 {
    sines(x).iter().zip(sines(x)).map(|(a, b)| a * b).sum()
}

#[differentiate]
fn pairs_of_a_call(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (a, b) in pairs(x) {
        s += a * b.exp();
    }
    s
}

#[differentiate]
fn arrays_of_calls(x: f64, y: &[f64]) -> f64 {
    let mut s = 1.0;
    for a in powers(x) {
        s *= a + 1.0;
    }
    for (i, a) in powers(s).into_iter().enumerate() {
        s += a * i as f64;
    }
    y.iter().zip(powers(x)).map(|(a, b)| a * b).sum::<f64>() * s
}

#[differentiate]
fn through_a_reference(x: &[f64]) -> f64 {
    let v = sines(x);
    let r = &v;
    let mut s = 0.0;
    for &a in r {
        s += a * a;
    }
    for a in r {
        s += a;
    }
    s
}

#[test]
fn check_unseen_types() {
    for n in [0, 1, 2, 5] {
        let x = signed(n, 1);
        check!(by_value(&x));
        check!(by_reference(&x));
        check!(zipped_iter(&x));
        check!(zip_of_a_reference(&x));
        check!(zip_of_a_value(&x));
        check!(into_iter(&x));
        check!(zip_of_a_call(&x));
        check!(pairs_of_a_call(&x));
        check!(arrays_of_calls(0.7, &x));
        check!(through_a_reference(&x));
    }
}

/// A reference to the greatest of some weights.
fn heaviest(weights: &[f64]) -> &f64 {
    weights.iter().max_by(|a, b| a.total_cmp(b)).unwrap_or(&1.0)
}

/// What helpers return is known by its use alone: as a number, or as a reference to one.
#[differentiate]
fn weighted_by_helpers(x: &[f64], scale: f64) -> f64 {
    let top = heaviest(&[0.3, 0.9, 0.5]);
    let mut total = 0.0;
    for (i, v) in x.iter().enumerate() {
        let share = fraction(i, x.len());
        let mut bend = share * v;
        bend += damped(*v, scale);
        total += 0.5 * bend;
        total -= top * v * v;
    }
    let last = damped(total, scale);
    total + top + last
}

fn fraction(i: usize, n: usize) -> f64 {
    (i as f64 + 1.0) / n as f64
}

#[differentiate]
fn damped(x: f64, rate: f64) -> f64 {
    x * (-rate * x * x).exp()
}

#[test]
fn check_weighted_by_helpers() {
    for n in [0, 1, 2, 6] {
        check!(weighted_by_helpers(&signed(n, 1), 0.4));
    }
}
