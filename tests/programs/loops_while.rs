//! `while`, `while let` and `loop`: trip counts that depend on data.

use ad::{check, values};
use ad_runtime::differentiate;

#[differentiate]
fn babylonian_root(a: f64) -> f64 {
    let mut x = a;
    while (x * x - a).abs() > 1e-12 {
        x = 0.5 * (x + a / x);
    }
    x
}

#[test]
fn check_babylonian_root() {
    check!(babylonian_root(2.0));
    check!(babylonian_root(9.5));
}

#[differentiate]
fn kepler(mean_anomaly: f64, eccentricity: f64) -> f64 {
    let mut e = mean_anomaly;
    let mut iterations = 0;
    loop {
        let f = e - eccentricity * e.sin() - mean_anomaly;
        let step = f / (1.0 - eccentricity * e.cos());
        e -= step;
        iterations += 1;
        if step.abs() < 1e-13 || iterations >= 50 {
            break;
        }
    }
    e
}

#[differentiate]
fn kepler_fixed_eccentricity(mean_anomaly: f64, #[constant] eccentricity: f64) -> f64 {
    kepler(mean_anomaly, eccentricity)
}

#[test]
fn check_kepler() {
    check!(kepler(0.9, 0.3));
    check!(kepler_fixed_eccentricity(0.9, const 0.3));
}

#[differentiate]
fn halve_until_small(mut x: f64, limit: f64) -> f64 {
    let mut halvings = 0;
    while x > limit {
        x *= 0.5;
        halvings += 1;
    }
    x * f64::from(halvings) + x.sin()
}

#[test]
fn check_halve_until_small() {
    for x in [0.5, 1.5, 3.3, 50.0] {
        check!(halve_until_small(x, 0.9));
    }
}

#[differentiate]
fn loop_gives_value(x: f64, growth: f64) -> f64 {
    let mut size = x;
    let mut years = 0;
    let total = loop {
        if size > 10.0 {
            break size * growth;
        }
        years += 1;
        if years == 100 {
            break 0.0;
        }
        size += size * growth;
    };
    total - x
}

#[test]
fn check_loop_gives_value() {
    check!(loop_gives_value(1.0, 0.37));
    check!(loop_gives_value(12.0, 0.37));
    check!(loop_gives_value(0.01, 0.001));
}

#[differentiate]
fn bisection(a: f64, constant_term: f64) -> f64 {
    let (mut low, mut high) = (0.0, a);
    while high - low > 1e-3 {
        let middle = 0.5 * (low + high);
        if middle * middle * middle < constant_term {
            low = middle;
        } else {
            high = middle;
        }
    }
    // One Newton step makes the result depend on the constant term.
    let x = 0.5 * (low + high);
    x - (x * x * x - constant_term) / (3.0 * x * x)
}

#[test]
fn check_bisection() {
    check!(bisection(3.0, 5.0));
}

/// Adaptive step size: halve on a large error estimate, grow on a small one.
#[differentiate]
fn adaptive_integration(mut y: f64, rate: f64, end: f64) -> f64 {
    let mut t = 0.0;
    let mut h = 0.3;
    while t < end {
        if t + h > end {
            h = end - t;
        }
        let k1 = -rate * y * y;
        let k2 = -rate * (y + h * k1).powi(2);
        let error = 0.5 * h * (k2 - k1);
        if error.abs() > 0.02 && h > 1e-3 {
            h *= 0.5;
            continue;
        }
        y += 0.5 * h * (k1 + k2);
        t += h;
        if error.abs() < 0.002 {
            h *= 1.5;
        }
    }
    y
}

#[test]
fn check_adaptive_integration() {
    check!(adaptive_integration(1.2, 1.4, 1.7));
}

#[differentiate]
fn drain_stack(x: &[f64], decay: f64) -> f64 {
    let mut stack = x.to_vec();
    let mut total = 0.0;
    let mut weight = 1.0;
    while let Some(top) = stack.pop() {
        total += weight * top * top;
        weight *= decay;
    }
    total
}

#[test]
fn check_drain_stack() {
    for n in [0, 1, 2, 5] {
        check!(drain_stack(&values(n), 0.7));
    }
}

#[differentiate]
fn geometric_mean_iteration(mut a: f64, mut g: f64) -> f64 {
    while (a - g).abs() > 1e-12 {
        let next = 0.5 * (a + g);
        g = (a * g).sqrt();
        a = next;
    }
    a
}

#[test]
fn check_geometric_mean_iteration() {
    check!(geometric_mean_iteration(1.0, 3.5));
    check!(geometric_mean_iteration(24.0, 6.0));
}

/// Exponentiation by squaring on the bits of an integer.
#[differentiate]
fn fast_power(base: f64, mut exponent: u32) -> f64 {
    let mut result = 1.0;
    let mut square = base;
    while exponent > 0 {
        if exponent & 1 == 1 {
            result *= square;
        }
        square *= square;
        exponent >>= 1;
    }
    result
}

#[test]
fn check_fast_power() {
    for exponent in [0, 1, 2, 3, 13] {
        check!(fast_power(1.1, const exponent));
    }
}

#[differentiate]
fn pointer_walk(x: &[f64], start: usize) -> f64 {
    let mut i = start;
    let mut sum = 0.0;
    while i < x.len() {
        sum += x[i] * (i + 1) as f64;
        i += if x[i] > 1.0 { 2 } else { 1 };
    }
    sum * sum
}

#[test]
fn check_pointer_walk() {
    for n in [0, 1, 2, 8] {
        check!(pointer_walk(&values(n), const 0));
    }
}
