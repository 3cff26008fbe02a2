//! `for` loops over ranges: accumulation, loop-carried state, nesting, steps and directions.

use ad::{check, check_vector, values};
use ad_runtime::differentiate;

const TRIPS: [usize; 4] = [0, 1, 2, 7];

#[differentiate]
fn logistic_map(r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

#[differentiate]
fn logistic_map_fixed_rate(#[constant] r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

#[test]
fn check_logistic_map() {
    for n in TRIPS {
        check!(logistic_map(2.9, 0.3, const n));
        check!(logistic_map_fixed_rate(const 2.9, 0.3, const n));
    }
}

#[differentiate]
fn power_by_product(x: f64, n: usize) -> f64 {
    let mut product = 1.0;
    for _ in 0..n {
        product *= x;
    }
    product
}

#[test]
fn check_power_by_product() {
    for n in TRIPS {
        check!(power_by_product(1.3, const n));
    }
}

#[differentiate]
fn repeated_squaring(x: f64, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = y * y;
        y -= 0.3 * x;
    }
    y
}

#[test]
fn check_repeated_squaring() {
    for n in [0, 1, 2, 4] {
        check!(repeated_squaring(0.9, const n));
    }
}

#[differentiate]
fn exponential_series(x: f64, terms: usize) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..=terms {
        term *= x / k as f64;
        sum += term;
    }
    sum
}

#[test]
fn check_exponential_series() {
    for n in TRIPS {
        check!(exponential_series(0.7, const n));
    }
}

#[differentiate]
fn continued_fraction(x: f64, depth: usize) -> f64 {
    let mut tail = x;
    for k in (1..=depth).rev() {
        tail = k as f64 + x / tail;
    }
    1.0 / tail
}

#[test]
fn check_continued_fraction() {
    for n in TRIPS {
        check!(continued_fraction(1.2, const n));
    }
}

#[differentiate]
fn horner(c: &[f64], x: f64) -> f64 {
    let mut y = 0.0;
    for i in (0..c.len()).rev() {
        y = y * x + c[i];
    }
    y
}

#[differentiate]
fn horner_fixed_point(c: &[f64], #[constant] x: f64) -> f64 {
    let mut y = 0.0;
    for i in (0..c.len()).rev() {
        y = y * x + c[i];
    }
    y
}

#[differentiate]
fn horner_fixed_coefficients(#[constant] c: &[f64], x: f64) -> f64 {
    let mut y = 0.0;
    for i in (0..c.len()).rev() {
        y = y * x + c[i];
    }
    y
}

#[test]
fn check_horner() {
    for n in TRIPS {
        check!(horner(&values(n), 0.8));
        check!(horner_fixed_point(&values(n), const 0.8));
        check!(horner_fixed_coefficients(const &values(n), 0.8));
    }
}

#[differentiate]
fn simpson(a: f64, b: f64, half_panels: usize) -> f64 {
    let n = 2 * half_panels;
    let h = (b - a) / n as f64;
    let mut sum = a.sin() + b.sin();
    for i in (1..n).step_by(2) {
        sum += 4.0 * (a + i as f64 * h).sin();
    }
    for i in (2..n).step_by(2) {
        sum += 2.0 * (a + i as f64 * h).sin();
    }
    sum * h / 3.0
}

#[test]
fn check_simpson() {
    for n in [1, 2, 5] {
        check!(simpson(0.2, 1.9, const n));
    }
}

#[differentiate]
fn explicit_euler(mut x: f64, mut v: f64, stiffness: f64, damping: f64, steps: usize) -> f64 {
    let dt = 0.05;
    for _ in 0..steps {
        let a = -stiffness * x.powi(3) - damping * v;
        x += dt * v;
        v += dt * a;
    }
    0.5 * v * v + 0.25 * stiffness * x.powi(4)
}

#[test]
fn check_explicit_euler() {
    for n in TRIPS {
        check!(explicit_euler(1.0, 0.2, 1.7, 0.3, const n));
    }
}

#[differentiate]
fn fibonacci_like(mut a: f64, mut b: f64, n: usize) -> f64 {
    for _ in 0..n {
        (a, b) = (b, a * b + 0.5);
    }
    a - b
}

#[test]
fn check_fibonacci_like() {
    for n in [0, 1, 2, 5] {
        check!(fibonacci_like(0.4, 0.8, const n));
    }
}

#[differentiate]
fn lennard_jones(x: &[f64], epsilon: f64, sigma: f64) -> f64 {
    let mut energy = 0.0;
    for i in 0..x.len() {
        for j in i + 1..x.len() {
            let r = x[j] - x[i] + (j - i) as f64;
            let s6 = (sigma / r).powi(6);
            energy += 4.0 * epsilon * (s6 * s6 - s6);
        }
    }
    energy
}

#[test]
fn check_lennard_jones() {
    for n in [0, 1, 2, 4] {
        let x: Vec<f64> = values(n).iter().map(|v| 0.2 * v).collect();
        check!(lennard_jones(&x, 1.2, 0.9));
    }
}

/// The divisor changes inside the loop and is used before and after the change.
#[differentiate]
fn changing_divisor(x: f64, n: usize) -> f64 {
    let mut divisor = 1.0 + x;
    let mut y = x;
    for i in 0..n {
        y /= divisor;
        divisor += y * i as f64;
        y += 1.0 / divisor;
    }
    y
}

#[test]
fn check_changing_divisor() {
    for n in TRIPS {
        check!(changing_divisor(0.9, const n));
    }
}

#[differentiate]
fn branch_in_loop(x: &[f64], threshold: f64) -> f64 {
    let mut clipped = 0.0;
    let mut run = 1.0;
    for i in 0..x.len() {
        if x[i] > threshold {
            clipped += x[i] - threshold;
            run = 1.0;
        } else if i % 2 == 0 {
            run *= x[i];
            clipped += run;
        } else {
            run += x[i] * clipped;
        }
    }
    clipped * run
}

#[test]
fn check_branch_in_loop() {
    for n in TRIPS {
        check!(branch_in_loop(&values(n), 1.1));
    }
}

#[differentiate]
fn binomial_sum(x: f64, y: f64, n: i32) -> f64 {
    let mut total = 0.0;
    let mut coefficient = 1.0;
    for k in 0..=n {
        total += coefficient * x.powi(k) * y.powi(n - k);
        coefficient *= f64::from(n - k) / f64::from(k + 1);
    }
    total
}

#[test]
fn check_binomial_sum() {
    for n in [0, 1, 2, 6] {
        check!(binomial_sum(0.7, 0.4, const n));
    }
}

/// A triangular triple loop with bounds of the outer variables.
#[differentiate]
fn three_body_terms(x: &[f64], strength: f64) -> f64 {
    let n = x.len();
    let mut energy = 0.0;
    for i in 0..n {
        let mut row = 0.0;
        for j in 0..i {
            for k in (0..j).rev() {
                row += (x[i] * x[j] * x[k] * strength).sin();
            }
            row *= 1.0 + 0.1 * x[j];
        }
        energy += row * row;
    }
    energy
}

#[test]
fn check_three_body_terms() {
    for n in [0, 1, 2, 5] {
        check!(three_body_terms(&values(n), 0.6));
    }
}

/// A long recurrence with at most three snapshots.
#[differentiate]
fn checkpointed_recurrence(mut x: f64, a: f64, n: usize) -> f64 {
    #[checkpoint(3)]
    for i in 0..n {
        x = (a * x + 0.1 * i as f64).sin();
    }
    x
}

#[test]
fn check_checkpointed_recurrence() {
    for n in [0, 1, 2, 3, 4, 25] {
        check!(checkpointed_recurrence(0.4, 1.1, const n));
    }
}

#[differentiate]
fn trajectory(x0: f64, rate: f64, n: usize) -> Vec<f64> {
    let mut states = Vec::with_capacity(n + 1);
    let mut x = x0;
    states.push(x);
    for _ in 0..n {
        x += 0.1 * rate * x * (1.0 - x);
        states.push(x);
    }
    states
}

#[test]
fn check_trajectory() {
    for n in TRIPS {
        check_vector!(trajectory(0.3, 1.4, const n));
    }
}
