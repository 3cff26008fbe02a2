//! The gradient of a fixed point and of an optimum with respect to their parameters, twice: by the implicit
//! function theorem, as a custom rule, and through the iterations.
//!
//! - **A fixed point** x = g(x, a) moves with a as dx/da = (∂g/∂a) / (1 − ∂g/∂x). Here g(x, a) is
//!   the mean anomaly plus the eccentricity times sin x: Kepler's equation.
//! - **An optimum** x of f(x, a) has ∇ₓf(x, a) = 0. So H dx + ∂(∇ₓf)/∂a da = 0 with the Hessian H in x, and for a
//!   cotangent x̄ that is ā = −wᵀ ∂(∇ₓf)/∂a where H w = x̄. The products with H and the mixed derivatives are
//!   those of a function that calls `f::grad`.
//!
//! `cargo run --example implicit`

use ad_runtime::differentiate;

/// Kepler's equation as a fixed point: the eccentric anomaly is x = mean + eccentricity · sin x.
#[differentiate]
fn kepler(x: f64, mean: f64, eccentricity: f64) -> f64 {
    mean + eccentricity * x.sin()
}

/// The eccentric anomaly, differentiated through the iterations.
#[differentiate]
fn anomaly_by_iterations(mean: f64, eccentricity: f64) -> f64 {
    let mut x = mean;
    for _ in 0..200 {
        x = kepler(x, mean, eccentricity);
    }
    x
}

/// The eccentric anomaly, with derivatives that know nothing of how it was found.
#[differentiate(vjp = anomaly_vjp, jvp = anomaly_jvp)]
fn anomaly(mean: f64, eccentricity: f64) -> f64 {
    anomaly_by_iterations(mean, eccentricity)
}

fn anomaly_vjp(mean: f64, eccentricity: f64) -> (f64, impl Fn(f64) -> (f64, f64)) {
    let x = anomaly(mean, eccentricity);
    let (of_x, of_mean, of_eccentricity) = kepler::grad(x, mean, eccentricity);
    (x, move |x_bar| {
        let w = x_bar / (1.0 - of_x);
        (w * of_mean, w * of_eccentricity)
    })
}

fn anomaly_jvp(mean: f64, eccentricity: f64, mean_dot: f64, eccentricity_dot: f64) -> (f64, f64) {
    let x = anomaly(mean, eccentricity);
    let (of_x, of_mean, of_eccentricity) = kepler::grad(x, mean, eccentricity);
    (x, (of_mean * mean_dot + of_eccentricity * eccentricity_dot) / (1.0 - of_x))
}

/// How far a chain of springs between walls, hung with weights, is from rest: its energy.
#[differentiate(order = 2)]
fn energy(x: &[f64], weights: &[f64], stiffness: f64) -> f64 {
    let n = x.len();
    let mut energy = 0.0;
    for i in 0..=n {
        let left = if i > 0 { x[i - 1] } else { 0.0 };
        let right = if i < n { x[i] } else { 0.0 };
        let stretch = right - left;
        energy += 0.5 * stiffness * stretch * stretch + 0.1 * stretch.powi(4);
    }
    for i in 0..n {
        energy -= weights[i] * x[i];
    }
    energy
}

/// The slope of the energy, which vanishes at rest.
#[differentiate]
fn slope(x: &[f64], weights: &[f64], stiffness: f64) -> Vec<f64> {
    energy::grad(x, weights, stiffness).0
}

/// Where the chain rests, differentiated through gradient descent: reverse mode over the gradient of each step.
#[differentiate]
fn rest_by_iterations(weights: &[f64], stiffness: f64) -> Vec<f64> {
    let mut x = vec![0.0; weights.len()];
    for _ in 0..400 {
        let slope = slope(&x, weights, stiffness);
        for i in 0..x.len() {
            x[i] -= 0.2 / stiffness * slope[i];
        }
    }
    x
}

/// Where the chain rests, with derivatives by the implicit function theorem.
#[differentiate(vjp = rest_vjp, jvp = rest_jvp)]
fn rest(weights: &[f64], stiffness: f64) -> Vec<f64> {
    rest_by_iterations(weights, stiffness)
}

/// The cotangents of the weights and of the stiffness.
type Cotangents = (Vec<f64>, f64);

fn rest_vjp(weights: &[f64], stiffness: f64) -> (Vec<f64>, impl Fn(Vec<f64>) -> Cotangents) {
    let x = rest(weights, stiffness);
    let (at, weights) = (x.clone(), weights.to_vec());
    let pullback = move |x_bar: Vec<f64>| {
        let w = solve_hessian(&at, &weights, stiffness, &x_bar);
        let (_, pullback) = slope::vjp(&at, &weights, stiffness);
        let (_, weights_bar, stiffness_bar) = pullback(w.iter().map(|w| -w).collect());
        (weights_bar, stiffness_bar)
    };
    (x, pullback)
}

fn rest_jvp(
    weights: &[f64],
    stiffness: f64,
    weights_dot: &[f64],
    stiffness_dot: f64,
) -> (Vec<f64>, Vec<f64>) {
    let x = rest(weights, stiffness);
    let still = vec![0.0; x.len()];
    let (_, moved) = slope::jvp(&x, weights, stiffness, &still, weights_dot, stiffness_dot);
    let x_dot = solve_hessian(&x, weights, stiffness, &moved);
    (x, x_dot.iter().map(|x| -x).collect())
}

/// Solves H w = b with the Hessian of the energy in `x` by conjugate gradients: no Hessian is formed.
fn solve_hessian(x: &[f64], weights: &[f64], stiffness: f64, b: &[f64]) -> Vec<f64> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let still = vec![0.0; weights.len()];
    let (mut w, mut residual, mut direction) = (vec![0.0; b.len()], b.to_vec(), b.to_vec());
    let mut square = dot(&residual, &residual);
    for _ in 0..2 * b.len() {
        if square.sqrt() < 1e-14 {
            break;
        }
        let (product, _, _) = energy::hvp(x, weights, stiffness, &direction, &still, 0.0);
        let step = square / dot(&direction, &product);
        for i in 0..w.len() {
            w[i] += step * direction[i];
            residual[i] -= step * product[i];
        }
        let next = dot(&residual, &residual);
        for i in 0..w.len() {
            direction[i] = residual[i] + next / square * direction[i];
        }
        square = next;
    }
    w
}

/// How uneven the chain hangs.
#[differentiate]
fn unevenness(weights: &[f64], stiffness: f64) -> f64 {
    let x = rest(weights, stiffness);
    x.iter().map(|x| (x - 0.5) * (x - 0.5)).sum()
}

#[differentiate]
fn unevenness_by_iterations(weights: &[f64], stiffness: f64) -> f64 {
    let x = rest_by_iterations(weights, stiffness);
    x.iter().map(|x| (x - 0.5) * (x - 0.5)).sum()
}

fn difference(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

fn main() {
    let (mean, eccentricity) = (1.2, 0.6);
    let implicit = anomaly::grad(mean, eccentricity);
    let unrolled = anomaly_by_iterations::grad(mean, eccentricity);
    println!("Kepler's equation, the gradient by (mean anomaly, eccentricity):");
    println!("  implicit function theorem  {implicit:?}");
    println!("  through the iterations     {unrolled:?}");
    let off = (implicit.0 - unrolled.0).abs().max((implicit.1 - unrolled.1).abs());
    assert!(off < 1e-10, "the two gradients differ by {off}");

    let (weights, stiffness) = ([0.3, 0.8, 0.1, 0.5], 1.5);
    let (implicit, by_stiffness) = unevenness::grad(&weights, stiffness);
    let (unrolled, unrolled_by_stiffness) = unevenness_by_iterations::grad(&weights, stiffness);
    println!("A chain of springs at rest, the gradient by (weights, stiffness):");
    println!("  implicit function theorem  {implicit:?}, {by_stiffness}");
    println!("  through gradient descent   {unrolled:?}, {unrolled_by_stiffness}");
    let off = difference(&implicit, &unrolled).max((by_stiffness - unrolled_by_stiffness).abs());
    assert!(off < 1e-10, "the two gradients differ by {off}");

    let (weights_dot, stiffness_dot) = ([1.0, -0.5, 0.2, 0.0], 0.3);
    let (_, forward) = unevenness::jvp(&weights, stiffness, &weights_dot, stiffness_dot);
    let reverse = implicit.iter().zip(weights_dot).map(|(g, v)| g * v).sum::<f64>()
        + by_stiffness * stiffness_dot;
    println!("Along one direction: {forward} in forward mode, {reverse} by the gradient.");
    assert!((forward - reverse).abs() < 1e-10, "{forward} and {reverse}");
}
