//! Equations and integrals whose functions are closures, and trees of expressions.

use ad::{check, values};
use ad_runtime::{Differentiable, Differentiated, differentiate};

#[differentiate]
fn newton(f: impl Differentiated<f64, Output = f64>, slope: f64, start: f64) -> f64 {
    let mut x = start;
    for _ in 0..30 {
        let step = f.call(x) / slope;
        x -= step;
        if step.abs() < 1e-13 {
            break;
        }
    }
    x
}
#[differentiate]
fn kepler(mean: f64, ecc: f64) -> f64 {
    let e = newton(|e: f64| e - ecc * e.sin() - mean, 1.0, mean);
    ((1.0 + ecc).sqrt() * (e / 2.0).sin()).atan2((1.0 - ecc).sqrt() * (e / 2.0).cos()) * 2.0
}
#[test]
fn orbit() {
    check!(kepler(0.7, 0.2));
}

#[differentiate]
fn adaptive(a: f64, b: f64, #[constant] tol: f64, depth: u32, p: f64) -> f64 {
    let f = |x: f64| (p * x).sin() / (1.0 + x * x);
    let simpson = |a: f64, b: f64| (b - a) / 6.0 * (f(a) + 4.0 * f(0.5 * (a + b)) + f(b));
    let m = 0.5 * (a + b);
    let (whole, halves) = (simpson(a, b), simpson(a, m) + simpson(m, b));
    if depth == 0 || (whole - halves).abs() < 15.0 * tol {
        return halves + (halves - whole) / 15.0;
    }
    adaptive(a, m, 0.5 * tol, depth - 1, p) + adaptive(m, b, 0.5 * tol, depth - 1, p)
}
#[test]
fn quadrature() {
    check!(adaptive(0.1, 2.0, const 1e-6, const 6, 1.7));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub enum Expr {
    Const(f64),
    Var(#[constant] usize),
    Add(Box<Expr>, Box<Expr>),
    Mul(Box<Expr>, Box<Expr>),
    Sin(Box<Expr>),
}
#[differentiate]
fn eval(e: &Expr, vars: &[f64]) -> f64 {
    match e {
        Expr::Const(c) => *c,
        Expr::Var(i) => vars[*i],
        Expr::Add(a, b) => eval(a, vars) + eval(b, vars),
        Expr::Mul(a, b) => {
            let (x, y) = (eval(a, vars), eval(b, vars));
            x * y
        }
        Expr::Sin(a) => eval(a, vars).sin(),
    }
}
#[differentiate]
fn tree_value(c: f64, vars: &[f64]) -> f64 {
    let e = Expr::Add(
        Box::new(Expr::Mul(Box::new(Expr::Const(c)), Box::new(Expr::Var(0)))),
        Box::new(Expr::Sin(Box::new(Expr::Var(1)))),
    );
    eval(&e, vars) * c
}
#[test]
fn trees() {
    check!(tree_value(1.3, &values(2)));
}
