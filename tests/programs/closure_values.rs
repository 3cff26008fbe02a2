//! Closures as differentiable parameters: what they capture has a cotangent.

use ad::{check, values};
use ad_runtime::{Differentiable, Differentiated, differentiate};

/// ∫ f over [a, b], by the midpoint rule.
#[differentiate]
fn integrate(f: impl Differentiated<f64, Output = f64>, a: f64, b: f64) -> f64 {
    let h = (b - a) / 8.0;
    (0..8).map(|i| h * f.call(a + (i as f64 + 0.5) * h)).sum()
}

#[differentiate]
fn newton<F: Differentiated<f64, Output = f64>>(f: &F, start: f64, steps: usize) -> f64 {
    let mut x = start;
    for _ in 0..steps {
        let slope = (f.call(x + 1e-3) - f.call(x - 1e-3)) / 2e-3;
        x -= f.call(x) / slope;
    }
    x
}

#[differentiate]
fn rk4<F>(f: F, state: [f64; 2], dt: f64, steps: usize) -> [f64; 2]
where
    F: Differentiated<([f64; 2], f64), Output = [f64; 2]>,
{
    let mut s = state;
    for k in 0..steps {
        let t = k as f64 * dt;
        let k1 = f.call((s, t));
        let mid = [s[0] + 0.5 * dt * k1[0], s[1] + 0.5 * dt * k1[1]];
        let k2 = f.call((mid, t + 0.5 * dt));
        for i in 0..2 {
            s[i] += dt * k2[i];
        }
    }
    s
}

#[derive(Clone, Debug, Differentiable)]
pub struct Well {
    pub depth: f64,
    pub width: f64,
}

/// Scalars, captured where the closure stands.
#[differentiate]
fn decayed_area(rate: f64, scale: f64, end: f64) -> f64 {
    integrate(|t: f64| scale * (-rate * t).exp(), 0.0, end) + rate
}

/// A closure with a name, which is passed twice and called once.
#[differentiate]
fn named(k: f64, b: f64) -> f64 {
    let f = |x: f64| (k * x).sin() + x * x;
    integrate(&f, 0.0, b) * newton(&f, 0.4 * k, 3) + f(b)
}

/// A slice, a `Vec` of this function, a struct and an integer.
#[differentiate]
fn containers(coefficients: &[f64], depth: f64, width: f64, b: f64, order: usize) -> f64 {
    let well = Well { depth, width: width * b };
    let scaled: Vec<f64> = coefficients.iter().map(|c| c * b).collect();
    let potential = |x: f64| {
        let mut sum = 0.0;
        for (i, c) in coefficients.iter().enumerate().take(order) {
            sum += c * x.powi(i as i32) + scaled[i] * x;
        }
        if x > 0.5 * b { sum * well.depth } else { sum - well.width * x }
    };
    integrate(potential, 0.0, b)
}

/// Parts of structs and aliases.
#[differentiate]
fn parts(depths: &[f64], width: f64, b: f64) -> f64 {
    let wells: Vec<Well> = depths.iter().map(|&depth| Well { depth, width }).collect();
    let mut total = 0.0;
    for well in &wells {
        let depth = well.depth;
        total += integrate(|x: f64| depth * (-x * x / well.width).exp(), -1.0, b) * depth;
    }
    total
}

/// Closures that call closures.
#[differentiate]
fn nested_calls(a: f64, b: f64) -> f64 {
    let inner = |x: f64| a * x + b;
    let outer = |x: f64| inner(x) * inner(x + 1.0) / b;
    integrate(outer, 0.0, b)
}

/// An integral in an integral: a closure whose body passes one.
#[differentiate]
fn double_integral(a: f64, b: f64) -> f64 {
    integrate(|x: f64| integrate(|y: f64| a * x * y + (x * y).cos(), 0.0, x * a), 0.0, b)
}

/// The argument is a tuple, and the closure is made in a loop with what the loop changes.
#[differentiate]
fn driven(stiffness: f64, damping: f64, steps: usize) -> f64 {
    let mut state = [1.0, 0.0];
    for k in 0..steps {
        let force = stiffness * (1.0 + 0.1 * state[0]);
        state = rk4(
            |(s, t): ([f64; 2], f64)| [s[1], -force * s[0] - damping * s[1] + t.cos()],
            state,
            0.1,
            k + 1,
        );
    }
    state[0] * state[1]
}

#[derive(Clone, Debug, Differentiable)]
pub struct Solver {
    pub tolerance: f64,
}

#[differentiate]
impl Solver {
    fn solve(&self, f: impl Differentiated<f64, Output = f64>, x: f64) -> f64 {
        x - f.call(x) * self.tolerance
    }
}

/// A method that takes a function.
#[differentiate]
fn by_method(tolerance: f64, k: f64, x: f64) -> f64 {
    let solver = Solver { tolerance };
    solver.solve(|x: f64| k * x.tanh() - 1.0, x) + solver.solve(move |x: f64| x / k, k * x)
}

#[test]
fn check_values() {
    check!(decayed_area(0.8, 1.3, 2.0));
    check!(named(1.1, 0.7));
    check!(nested_calls(0.7, 1.4));
    check!(double_integral(0.7, 1.4));
    for n in [0, 1, 2, 4] {
        check!(containers(&values(3), 1.2, 0.3, 0.8, const n));
        check!(driven(2.0, 0.3, const n));
        check!(parts(&values(n), 0.3, 0.4));
    }
    check!(by_method(0.1, 1.3, 0.6));
}
