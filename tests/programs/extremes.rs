//! Extremes of chains: by folds, by comparison, of items that come but once, in loops that change what they search.

use ad::{check, signed};
use ad_runtime::differentiate;

#[differentiate]
fn counted_map(x: &[f64], w: f64) -> f64 {
    let mut count = 0;
    let top = x
        .iter()
        .map(|v| {
            count += 1;
            v * w
        })
        .fold(0.0, f64::max);
    top * count as f64
}

#[differentiate]
fn extreme_in_a_loop(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for i in 0..x.len() {
        let top = y.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let low = y.iter().map(|v| v * w).fold(w, f64::min);
        y[i] = 0.5 * top * w - low;
        s += top + y[i] * y[i];
    }
    s
}

#[differentiate]
fn counted_max_by(x: &[f64], w: f64) -> f64 {
    let mut count = 0;
    let top = x
        .iter()
        .map(|v| {
            count += 1;
            v * w
        })
        .max_by(|a, b| a.total_cmp(b))
        .unwrap_or(0.0);
    top * count as f64
}

#[test]
fn check_extremes() {
    for n in [0, 1, 2, 5] {
        let x = signed(n, 1);
        check!(counted_map(&x, 0.7));
        check!(counted_max_by(&x, 0.7));
        check!(extreme_in_a_loop(&x, 0.7));
    }
}
