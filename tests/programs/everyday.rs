//! Small things that everyday code is full of: names, path forms, ranges, arrays of a constant length.

use ad::{check, check_in_place, check_vector, values};
use ad_runtime::{Differentiable, Real, differentiate};
use std::ops::Range;

#[differentiate]
fn named_out(out: f64) -> f64 {
    out * out
}

#[differentiate]
fn into_out(out: &mut [f64], out_bar: f64, value: f64) {
    for o in out.iter_mut() {
        *o = *o * out_bar + value;
    }
}

#[differentiate]
fn generic_constant<T: Real>(x: T, #[constant] h: T) -> T {
    (x + h).sin() * h
}

/// The path form gives its literals a type.
#[differentiate]
fn path_forms(u: f64) -> f64 {
    f64::max(0.0, u) + f64::hypot(1., u) + f64::powf(2.0, u) + f64::min(-1.0 / 3.0, u)
        - f64::atan2(1e-3, u)
}

#[differentiate]
fn band_sum(s: &[f64], #[constant] band: Range<usize>) -> f64 {
    let first: f64 = s[band.clone()].iter().sum();
    first * s[band].iter().map(|x| x * x).sum::<f64>()
}

#[differentiate]
fn band_sum_of(s: &[f64], start: usize, end: usize) -> f64 {
    band_sum(s, start..end)
}

#[differentiate]
fn transpose<const R: usize, const C: usize>(a: &[[f64; C]; R]) -> [[f64; R]; C] {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i] * a[j][0]))
}

/// A type without `Default`.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pair {
    pub a: f64,
    pub b: f64,
}

#[differentiate]
fn pairs(x: &[f64], k: f64) -> f64 {
    let pairs: [Pair; 3] = std::array::from_fn(|i| Pair { a: x[i], b: k * x[0] });
    let swapped = pairs.map(|p| Pair { a: p.b * k, b: p.a });
    swapped.iter().map(|p| p.a * p.b).sum::<f64>() + pairs[2].a
}

/// The pushed element is found by the length before the push.
#[differentiate]
fn pushed_from_itself(x: f64, y: f64, n: usize) -> f64 {
    let mut stack = vec![x, y];
    for _ in 0..n {
        stack.push(stack[stack.len() - 2] * stack[stack.len() - 1]);
        let last = stack[stack.len() - 1];
        stack.insert(stack.len() - 1, last * x);
    }
    stack.push(stack[stack.len() - 1]);
    stack.iter().fold(1.0, |a, b| a * b)
}

#[test]
fn check_values() {
    check!(named_out(0.7));
    check_in_place!(into_out(&mut values(3), 0.7, 0.2));
    check!(generic_constant(0.4, const 0.3));
    check!(path_forms(0.4));
    for band in [0..0, 1..3, 2..3] {
        check!(band_sum_of(&values(4), const band.start, const band.end));
    }
    check_vector!(transpose(&[[0.3, 0.4, 0.1], [1.2, 0.5, -0.3]]));
    check!(pairs(&values(3), 0.6));
    for n in [0, 1, 2] {
        check!(pushed_from_itself(0.9, 1.1, const n));
    }
}
