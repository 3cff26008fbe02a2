//! Functions as differentiable parameters: namespaces, structs that hold what a closure would capture, generics.

use ad::{check, values};
use ad_runtime::{Differentiable, Differentiated, Real, differentiate};

/// ∫ f over [a, b], by the midpoint rule.
#[differentiate]
fn integrate(f: impl Differentiated<f64, Output = f64>, a: f64, b: f64) -> f64 {
    let h = (b - a) / 8.0;
    let mut sum = 0.0;
    for i in 0..8 {
        sum += h * f.call(a + (i as f64 + 0.5) * h);
    }
    sum
}

/// A root of f by Newton's method with differences.
#[differentiate]
fn root<F: Differentiated<f64, Output = f64>>(f: &F, start: f64) -> f64 {
    let mut x = start;
    for _ in 0..4 {
        let slope = (f.call(x + 1e-3) - f.call(x - 1e-3)) / 2e-3;
        x -= f.call(x) / slope;
    }
    x
}

/// A step of Euler's method: the function has a vector for an argument, and a time.
#[differentiate]
fn euler<F>(f: F, state: [f64; 2], dt: f64, steps: usize) -> f64
where
    F: Differentiated<([f64; 2], f64), Output = [f64; 2]>,
{
    let mut s = state;
    for k in 0..steps {
        let slope = f.call((s, k as f64 * dt));
        s[0] += dt * slope[0];
        s[1] += dt * slope[1];
    }
    s[0] * s[1]
}

#[differentiate]
fn cube(x: f64) -> f64 {
    x * x * x - 2.0
}

#[differentiate]
fn identity<T: Real>(x: T) -> T {
    x.sin()
}

#[differentiate]
fn pendulum(s: [f64; 2], t: f64) -> [f64; 2] {
    [s[1], -s[0].sin() + 0.1 * t.cos()]
}

/// What `|x| slope * x + offset` would capture.
#[derive(Clone, Debug, Differentiable)]
pub struct Line {
    pub slope: f64,
    pub offset: f64,
}

#[differentiate]
impl Differentiated<f64> for Line {
    type Output = f64;
    fn call(&self, x: f64) -> Self::Output {
        self.slope * x + self.offset
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Damped {
    pub rate: f64,
    #[constant]
    pub power: i32,
}

#[differentiate]
impl Differentiated<([f64; 2], f64)> for Damped {
    type Output = [f64; 2];
    fn call(&self, (s, t): ([f64; 2], f64)) -> [f64; 2] {
        [s[1] * self.rate, -s[0] * t.powi(self.power)]
    }
}

#[differentiate]
fn areas(slope: f64, offset: f64, b: f64) -> f64 {
    let line = Line { slope, offset: offset * slope };
    let area = integrate(line.clone(), 0.0, b);
    let same = integrate(cube {}, area, b);
    same * root(&line, 0.3) + root(&cube {}, b) + integrate(identity {}, b, offset)
}

#[differentiate]
fn trajectories(s: [f64; 2], rate: f64) -> f64 {
    euler(pendulum {}, s, 0.1, 3) + euler(Damped { rate, power: 2 }, s, rate, 3)
}

#[differentiate]
fn norm_of(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The argument is a slice, of any lifetime.
#[differentiate]
fn along(f: impl for<'a> Differentiated<&'a [f64], Output = f64>, x: &[f64], t: f64) -> f64 {
    let moved: Vec<f64> = x.iter().map(|x| x * t).collect();
    f.call(&moved) * f.call(x)
}

#[differentiate]
fn through_a_slice(x: &[f64], t: f64) -> f64 {
    along(norm_of {}, x, t)
}

#[test]
fn check_values() {
    check!(areas(1.2, 0.4, 0.9));
    check!(trajectories([0.7, 0.2], 0.6));
    check!(through_a_slice(&values(3), 0.4));
}

#[test]
fn gradients_of_what_is_passed() {
    let (line_bar, _, _) = integrate::grad(Line { slope: 3.0, offset: 1.0 }, 0.0, 2.0);
    assert!((line_bar.slope - 2.0).abs() < 1e-12 && (line_bar.offset - 2.0).abs() < 1e-12);
    let (value, pullback) = integrate::vjp(cube {}, 0.0, 2.0);
    let ((), a_bar, b_bar) = pullback(1.0);
    assert_eq!(((), a_bar, b_bar), integrate::grad(cube {}, 0.0, 2.0));
    assert_eq!(value, integrate(cube, 0.0, 2.0));
    assert_eq!(value, integrate(|x: f64| x * x * x - 2.0, 0.0, 2.0));
    let (_, value_dot) = integrate::jvp(cube {}, 0.0, 2.0, (), 0.0, 1.0);
    assert!((value_dot - b_bar).abs() < 1e-12);
}
