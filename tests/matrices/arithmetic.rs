//! Operators in all ownership combinations, with scalars and broadcasting; compound assignment; comparison.

use super::{cube, matrix, positive, vector};
use ad::check_second;
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2};

#[differentiate(order = 2)]
fn ownerships(a: Array1<f64>, b: &Array1<f64>, c: ArrayView1<f64>) -> f64 {
    let p = &a * b;
    let q = a.clone() / b;
    let r = b - a.clone();
    let s = &c + b;
    let t = &c - &c.view() * &p;
    let u = -&a + -a;
    let v = c.to_owned() * c;
    (p * q - r / s + t * u).sum() + v.sum()
}

#[test]
fn check_ownerships() {
    check_second!(ownerships(vector(3, 1), &positive(3), view positive(3)));
}

#[differentiate(order = 2)]
fn with_scalars(a: &Array2<f64>, s: f64) -> f64 {
    let b = a * s + s * a - 2.0 * a / s;
    let c = 1.0 / (b.mapv(|v| v * v) + 1.0);
    let d = s - c;
    (d / s - 0.5).sum()
}

#[test]
fn check_with_scalars() {
    check_second!(with_scalars(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn broadcasting(
    m: &Array2<f64>,
    row: &Array1<f64>,
    column: ArrayView2<f64>,
    t: &Array3<f64>,
) -> f64 {
    let a = m + row;
    let b = &a * &column;
    let c = t - &b;
    let d = row + &c;
    (&c * &d).sum()
}

#[test]
fn check_broadcasting() {
    check_second!(broadcasting(&matrix(2, 3, 1), &vector(3, 2), view matrix(2, 1, 3), &cube(2, 2, 3, 4)));
}

#[differentiate(order = 2)]
fn compound(a: &Array2<f64>, row: &Array1<f64>, s: f64) -> f64 {
    let mut x = a.clone();
    x += row;
    x *= &a.view();
    x -= s;
    x /= 2.0;
    x *= s;
    x += &(a * a);
    x -= &row.view();
    x /= &(a * a + 1.0);
    x.sum()
}

#[test]
fn check_compound() {
    check_second!(compound(&matrix(2, 3, 1), &vector(3, 2), 0.7));
}

#[differentiate(order = 2)]
fn comparing(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let mut total = 0.0;
    if a == b {
        total += a.sum();
    }
    if a != b && a[0] < b[0] {
        total += (a * b).sum();
    } else {
        total -= a.dot(b);
    }
    if a.iter().zip(b.iter()).all(|(a, b)| a.abs() > *b) {
        total *= 2.0;
    }
    total * if a.abs_diff_eq_to(b) { 1.0 } else { 3.0 }
}

trait AbsDiff {
    fn abs_diff_eq_to(&self, other: &Self) -> bool;
}

impl AbsDiff for Array1<f64> {
    fn abs_diff_eq_to(&self, other: &Self) -> bool {
        self.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-3)
    }
}

#[test]
fn check_comparing() {
    check_second!(comparing(&vector(3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn elementwise(x: &Array1<f64>, e: f64) -> f64 {
    let a = x.exp() + x.ln() + x.sqrt() + x.cbrt() + x.recip();
    let b = x.sin() + x.cos() + x.tan() + x.sinh() + x.cosh() + x.tanh();
    let c = x.powi(3) + x.powf(e) + x.abs() + x.clamp(0.6, 1.2) + x.pow2();
    let d = x.exp2() + x.log2() + x.log10() + x.ln_1p() + x.exp_m1() + x.atan() + x.signum();
    let h = x.hypot(e) + x.log(3.0) + x.fract() + x.floor() * x.ceil();
    (a * b + c * d + h).sum()
}

#[test]
fn check_elementwise() {
    check_second!(elementwise(&positive(4), 1.3));
}

#[differentiate(order = 2)]
fn elementwise_of_views(m: &Array2<f64>) -> f64 {
    let column = m.column(1).exp();
    let t = m.t().sin();
    let s = m.row(0).powi(2);
    (t * column.sum()).sum() + s.sum()
}

#[test]
fn check_elementwise_of_views() {
    check_second!(elementwise_of_views(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn single(x: &Array1<f32>, m: &Array2<f32>, s: f32) -> f32 {
    let mut y = m.dot(x) * s + 1.0;
    y += &x.exp().slice(ndarray::s![..2]);
    y.map_inplace(|v| *v *= s);
    let z = y.mapv(|v| v.tanh());
    z.dot(&z) + y.mean().unwrap() + m.sum_axis(ndarray::Axis(0)).sum()
}

#[test]
fn check_single() {
    let (x, m, s) = (vector(3, 1).mapv(|v| v as f32), matrix(2, 3, 2).mapv(|v| v as f32), 0.7f32);
    let (value, (x_bar, m_bar, s_bar)) = single::value_and_grad(&x, &m, s);
    assert_eq!(value, single(&x, &m, s));
    let (x_dot, m_dot, s_dot) = (x.mapv(|v| v * v), m.mapv(|v| 1.0 - v), 0.3f32);
    let (_, dot) = single::jvp(&x, &m, s, &x_dot, &m_dot, s_dot);
    let reverse = x_bar.dot(&x_dot) + (&m_bar * &m_dot).sum() + s_bar * s_dot;
    assert!((dot - reverse).abs() < 1e-4, "{dot} {reverse}");
    let h = 1e-2;
    let at = |h: f32| single(&(&x + &(&x_dot * h)), &(&m + &(&m_dot * h)), s + h * s_dot);
    let difference = (at(h) - at(-h)) / (2.0 * h);
    assert!((dot - difference).abs() < 1e-2, "{dot} {difference}");
    let _ = single::hvp(&x, &m, s, &x_dot, &m_dot, s_dot);
}
