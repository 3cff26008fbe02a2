//! The harness accepts right derivatives and catches each kind of wrong one.

use super::*;

const X: [f64; 3] = [0.7, -1.2, 0.4];

fn value(x: &[f64]) -> f64 {
    x[0] * x[1].sin() + x[2].exp()
}

fn gradient(x: &[f64]) -> Vec<f64> {
    vec![x[1].sin(), x[0] * x[1].cos(), x[2].exp()]
}

fn value_and_grad(x: &[f64]) -> (f64, Vec<f64>) {
    (value(x), gradient(x))
}

fn jvp(x: &[f64], v: &[f64]) -> (f64, f64) {
    (value(x), dot(&gradient(x), v))
}

#[test]
fn right_derivatives_pass() {
    check("right", &X, value, value_and_grad, jvp);
    check("constant", &[], |_| 3.0, |_| (3.0, vec![]), |_, _| (3.0, 0.0));
}

#[test]
#[should_panic(expected = "wrong_gradient: forward and reverse mode disagree")]
fn a_wrong_gradient_is_caught() {
    let wrong = |x: &[f64]| (value(x), vec![gradient(x)[0], x[0] * x[1].sin(), gradient(x)[2]]);
    check("wrong_gradient", &X, value, wrong, jvp);
}

#[test]
#[should_panic(expected = "slightly_wrong_gradient: forward and reverse mode disagree")]
fn a_slightly_wrong_gradient_is_caught() {
    let wrong = |x: &[f64]| (value(x), gradient(x).iter().map(|g| g * (1.0 + 1e-8)).collect());
    check("slightly_wrong_gradient", &X, value, wrong, jvp);
}

#[test]
#[should_panic(expected = "wrong_jvp: forward and reverse mode disagree")]
fn a_wrong_jvp_is_caught() {
    check("wrong_jvp", &X, value, value_and_grad, |x, v| (value(x), 2.0 * jvp(x, v).1));
}

#[test]
#[should_panic(expected = "both_wrong: jvp gives")]
fn modes_wrong_alike_are_caught() {
    let half = |x: &[f64]| (value(x), gradient(x).iter().map(|g| 0.5 * g).collect());
    check("both_wrong", &X, value, half, |x, v| (value(x), 0.5 * jvp(x, v).1));
}

#[test]
#[should_panic(expected = "both_zero: jvp gives 0e0")]
fn silent_zeros_are_caught() {
    check("both_zero", &X, value, |x| (value(x), vec![0.0; 3]), |x, _| (value(x), 0.0));
}

#[test]
#[should_panic(expected = "wrong_value: the value of reverse mode")]
fn a_wrong_value_of_reverse_mode_is_caught() {
    check("wrong_value", &X, value, |x| (value(x) + 1e-6, gradient(x)), jvp);
}

#[test]
#[should_panic(expected = "wrong_value: the value of forward mode")]
fn a_wrong_value_of_forward_mode_is_caught() {
    check("wrong_value", &X, value, value_and_grad, |x, v| (1.01 * value(x), jvp(x, v).1));
}

#[test]
#[should_panic(expected = "short: the gradient has 2 coordinates, expected 3")]
fn a_gradient_of_wrong_length_is_caught() {
    check("short", &X, value, |x| (value(x), gradient(x)[..2].to_vec()), jvp);
}

#[test]
#[should_panic(expected = "nan: the gradient is not finite")]
fn a_nan_is_caught() {
    check("nan", &X, value, |x| (value(x), vec![f64::NAN; 3]), jvp);
}

fn polar(x: &[f64]) -> Vec<f64> {
    vec![x[0] * x[1].cos(), x[0] * x[1].sin()]
}

fn polar_vjp(x: &[f64], w: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (sin, cos) = x[1].sin_cos();
    (polar(x), vec![w[0] * cos + w[1] * sin, x[0] * (w[1] * cos - w[0] * sin)])
}

fn polar_jvp(x: &[f64], v: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (sin, cos) = x[1].sin_cos();
    (polar(x), vec![v[0] * cos - x[0] * sin * v[1], v[0] * sin + x[0] * cos * v[1]])
}

#[test]
fn right_vector_derivatives_pass() {
    check_vector("polar", &[1.5, 0.3], polar, polar_vjp, polar_jvp);
}

#[test]
#[should_panic(expected = "polar: forward and reverse mode disagree")]
fn a_wrong_pullback_is_caught() {
    let wrong = |x: &[f64], w: &[f64]| polar_vjp(x, &[w[0], -w[1]]);
    check_vector("polar", &[1.5, 0.3], polar, wrong, polar_jvp);
}

#[test]
#[should_panic(expected = "polar: forward and reverse mode disagree")]
fn a_wrong_pushforward_is_caught() {
    let wrong = |x: &[f64], v: &[f64]| polar_jvp(x, &[v[0], 0.0]);
    check_vector("polar", &[1.5, 0.3], polar, polar_vjp, wrong);
}

/// What the attribute generates, by hand: `scaled_sum(w, x, n) = w (Σ x)ⁿ`.
fn scaled_sum(w: f64, x: &[f64], n: i32) -> f64 {
    w * x.iter().sum::<f64>().powi(n)
}

#[allow(non_camel_case_types)]
struct scaled_sum {}

impl scaled_sum {
    fn value_and_grad(w: f64, x: &[f64], n: i32) -> (f64, (f64, Vec<f64>)) {
        let (value, pullback) = Self::vjp(w, x, n);
        (value, pullback(1.0))
    }
    fn grad(w: f64, x: &[f64], n: i32) -> (f64, Vec<f64>) {
        Self::value_and_grad(w, x, n).1
    }
    fn vjp(w: f64, x: &[f64], n: i32) -> (f64, impl Fn(f64) -> (f64, Vec<f64>)) {
        let s: f64 = x.iter().sum();
        let slope = w * f64::from(n) * s.powi(n - 1);
        (scaled_sum(w, x, n), move |y_bar| (y_bar * s.powi(n), vec![y_bar * slope; x.len()]))
    }
    fn jvp(w: f64, x: &[f64], n: i32, w_dot: f64, x_dot: &[f64]) -> (f64, f64) {
        let (value, (w_bar, x_bar)) = Self::value_and_grad(w, x, n);
        (value, w_bar * w_dot + dot(&x_bar, x_dot))
    }
    fn adjoint(w: f64, x: &[f64], n: i32, y_bar: f64, w_bar: &mut f64, x_bar: &mut [f64]) -> f64 {
        let (value, pullback) = Self::vjp(w, x, n);
        let (dw, dx) = pullback(y_bar);
        *w_bar += dw;
        x_bar.iter_mut().zip(dx).for_each(|(x_bar, dx)| *x_bar += dx);
        value
    }
}

#[test]
fn the_macro_goes_through_the_contract() {
    check!(scaled_sum(1.3, &values(4), const 3));
    check!(self::scaled_sum(1.3, &values(1), const 2));
    check!(scaled_sum { of, of_grad, of_value_and_grad, of_vjp, of_jvp, of_adjoint }(&1.3));
}

impl scaled_sum {
    fn of(x: &f64) -> f64 {
        2.0 * x
    }
    fn of_grad(_: &f64) -> f64 {
        2.0
    }
    fn of_value_and_grad(x: &f64) -> (f64, f64) {
        (2.0 * x, 2.0)
    }
    fn of_vjp(x: &f64) -> (f64, impl Fn(f64) -> f64) {
        (2.0 * x, |y_bar| 2.0 * y_bar)
    }
    fn of_jvp(x: &f64, x_dot: &f64) -> (f64, f64) {
        (2.0 * x, 2.0 * x_dot)
    }
    fn of_adjoint(x: &f64, y_bar: f64, x_bar: &mut f64) -> f64 {
        *x_bar += 2.0 * y_bar;
        2.0 * x
    }
}

/// An `adjoint` that overwrites the cotangent instead of adding into it.
fn double(x: f64) -> f64 {
    2.0 * x
}

#[allow(non_camel_case_types)]
struct double {}

impl double {
    fn grad(_: f64) -> f64 {
        2.0
    }
    fn value_and_grad(x: f64) -> (f64, f64) {
        (2.0 * x, 2.0)
    }
    fn vjp(x: f64) -> (f64, impl Fn(f64) -> f64) {
        (2.0 * x, |y_bar| 2.0 * y_bar)
    }
    fn jvp(x: f64, x_dot: f64) -> (f64, f64) {
        (2.0 * x, 2.0 * x_dot)
    }
    fn adjoint(x: f64, y_bar: f64, x_bar: &mut f64) -> f64 {
        *x_bar = 2.0 * y_bar;
        2.0 * x
    }
}

#[test]
#[should_panic(expected = "double: the cotangent that adjoint adds into")]
fn an_adjoint_that_overwrites_is_caught() {
    check!(double(0.4));
}

/// x ← a x in place, by hand.
fn scale(x: &mut [f64], a: f64) {
    x.iter_mut().for_each(|x| *x *= a);
}

#[allow(non_camel_case_types)]
struct scale {}

impl scale {
    fn jvp(x: &mut [f64], a: f64, x_dot: &mut [f64], a_dot: f64) {
        for (x, x_dot) in x.iter_mut().zip(x_dot) {
            *x_dot = a * *x_dot + a_dot * *x;
            *x *= a;
        }
    }
    fn adjoint(x: &mut [f64], a: f64, x_bar: &mut [f64], a_bar: &mut f64) {
        for (x, x_bar) in x.iter_mut().zip(x_bar) {
            *a_bar += *x_bar * *x;
            *x_bar *= a;
            *x *= a;
        }
    }
}

#[test]
fn in_place_functions_are_checked() {
    check_in_place!(scale(&mut values(3), 0.8));
    check_in_place!(scale(&mut values(0), 0.8));
}

/// (x, a) ↦ a x, by hand.
fn scaled(x: &[f64], a: f64) -> Vec<f64> {
    x.iter().map(|x| a * x).collect()
}

#[allow(non_camel_case_types)]
struct scaled {}

impl scaled {
    #[allow(clippy::type_complexity)]
    fn vjp(x: &[f64], a: f64) -> (Vec<f64>, impl Fn(Vec<f64>) -> (Vec<f64>, f64)) {
        (scaled(x, a), move |y_bar: Vec<f64>| (scaled(&y_bar, a), dot(&y_bar, x)))
    }
    fn jvp(x: &[f64], a: f64, x_dot: &[f64], a_dot: f64) -> (Vec<f64>, Vec<f64>) {
        let y_dot = x.iter().zip(x_dot).map(|(x, x_dot)| a * x_dot + a_dot * x).collect();
        (scaled(x, a), y_dot)
    }
    fn adjoint(x: &[f64], a: f64, y_bar: Vec<f64>, x_bar: &mut [f64], a_bar: &mut f64) -> Vec<f64> {
        x_bar.iter_mut().zip(&y_bar).for_each(|(x_bar, y_bar)| *x_bar += a * y_bar);
        *a_bar += dot(&y_bar, x);
        scaled(x, a)
    }
}

#[test]
fn vector_valued_functions_are_checked() {
    check_vector!(scaled(&values(3), 0.8));
    check_vector!(scaled(&values(0), 0.8));
}
