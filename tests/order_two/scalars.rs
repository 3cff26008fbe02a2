//! Scalars, branches, loops and slices.

use crate::check_hvp;
use ad_runtime::differentiate;
use ad_runtime::ndarray::{Array2, arr2};

#[differentiate(order = 2)]
fn straight(x: f64, y: f64) -> f64 {
    let t = x * y + x.sin();
    t * t / (1.0 + y * y) - (x - y).exp() * x.sqrt() + y.powi(3) * x.powf(2.5)
}

#[test]
fn straight_line() {
    let grad = |p: &[f64]| {
        let (a, b) = straight::grad(p[0], p[1]);
        vec![a, b]
    };
    let hvp = |p: &[f64], v: &[f64]| {
        let (a, b) = straight::hvp(p[0], p[1], v[0], v[1]);
        vec![a, b]
    };
    check_hvp("straight", &[0.7, -0.4], &[1.0, 0.5], grad, hvp);
    let ((xx, xy), (yx, yy)) = straight::hessian(0.7, -0.4);
    let (a, b) = straight::hvp(0.7, -0.4, 1.0, 0.0);
    assert_eq!((xx[()], yx[()]), (a, b));
    assert!((xy[()] - yx[()]).abs() < 1e-14);
    assert!(yy[()].is_finite());
}

#[differentiate(order = 2)]
fn branch(x: f64, y: f64) -> f64 {
    let r = (x * x + y * y).sqrt();
    if r > 1.0 { r.ln() * x } else { r - y.powi(4) }
}

#[test]
fn branches() {
    let grad = |p: &[f64]| {
        let (a, b) = branch::grad(p[0], p[1]);
        vec![a, b]
    };
    let hvp = |p: &[f64], v: &[f64]| {
        let (a, b) = branch::hvp(p[0], p[1], v[0], v[1]);
        vec![a, b]
    };
    check_hvp("branch", &[0.7, -0.4], &[1.0, 0.5], grad, hvp);
    check_hvp("branch", &[1.7, -0.4], &[1.0, 0.5], grad, hvp);
}

#[differentiate(order = 2)]
fn logistic_map(r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

#[differentiate(order = 2)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        let a = 1.0 - x[i];
        let b = x[i + 1] - x[i] * x[i];
        s += a * a + 100.0 * b * b;
    }
    s
}

#[differentiate(order = 2)]
fn in_place(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    for k in 0..n {
        for i in 0..v.len() - 1 {
            v[i] = v[i] * v[i + 1] + (k as f64) * v[i].sin();
        }
    }
    let mut s = 1.0;
    for v in &v {
        s *= 1.0 + v * v;
    }
    s
}

#[differentiate(order = 2)]
fn newton(a: f64) -> f64 {
    let mut y = 1.0;
    while (y * y - a).abs() > 1e-12 {
        y = 0.5 * (y + a / y);
    }
    y
}

#[test]
fn loops() {
    for n in [0, 1, 2, 6] {
        let grad = |p: &[f64]| {
            let (a, b) = logistic_map::grad(p[0], p[1], n);
            vec![a, b]
        };
        let hvp = |p: &[f64], v: &[f64]| {
            let (a, b) = logistic_map::hvp(p[0], p[1], n, v[0], v[1]);
            vec![a, b]
        };
        check_hvp("logistic_map", &[2.9, 0.3], &[0.4, 1.0], grad, hvp);
        check_hvp(
            "in_place",
            &[0.4, -0.3, 0.8, 1.1],
            &[1.0, 0.5, -0.3, 0.2],
            |x| in_place::grad(x, n),
            |x, v| in_place::hvp(x, n, v),
        );
    }
    let second = newton::hvp(2.0, 1.0);
    assert!((second + 0.25 / 2f64.powf(1.5)).abs() < 1e-12, "{second}");
}

fn closed(x: &[f64]) -> Array2<f64> {
    let n = x.len();
    let mut h = Array2::zeros((n, n));
    for i in 0..n - 1 {
        h[[i, i]] += 2.0 - 400.0 * (x[i + 1] - 3.0 * x[i] * x[i]);
        h[[i + 1, i + 1]] += 200.0;
        h[[i, i + 1]] -= 400.0 * x[i];
        h[[i + 1, i]] -= 400.0 * x[i];
    }
    h
}

#[test]
fn rosenbrock_has_the_hessian_of_the_textbook() {
    let x = [0.3, -1.2, 0.7, 1.9];
    let h = rosenbrock::hessian(&x);
    assert!((&h - &closed(&x)).iter().all(|d| d.abs() < 1e-10), "{h}");
    assert_eq!(rosenbrock::hessian(&[1.0, 1.0]), arr2(&[[802.0, -400.0], [-400.0, 200.0]]));
}
