//! Reductions, over all elements and along an axis.

use super::{cube, matrix, positive};
use ad::check_second;
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis};

#[differentiate(order = 2)]
fn of_all(x: &Array1<f64>, m: &Array2<f64>, t: &Array3<f64>) -> f64 {
    x.sum() * m.sum()
        + t.sum()
        + x.mean().unwrap() * t.mean().unwrap_or(0.0)
        + x.product() * m.product()
        + x.var(1.0)
        + m.std(0.0)
        + x.var(0.0) * t.std(1.0)
        + m.mean().expect("it has elements")
}

#[test]
fn check_of_all() {
    check_second!(of_all(&positive(3), &matrix(2, 3, 1), &cube(2, 2, 2, 2)));
}

#[differentiate(order = 2)]
fn along_an_axis(m: &Array2<f64>, t: &Array3<f64>) -> f64 {
    let a = m.sum_axis(Axis(0)) * m.mean_axis(Axis(0)).unwrap();
    let b = m.var_axis(Axis(1), 0.0) + m.std_axis(Axis(1), 1.0) + m.product_axis(Axis(1));
    let c = t.sum_axis(Axis(1)).sum_axis(Axis(0));
    let d = t.mean_axis(Axis(2)).unwrap();
    let e = t.var_axis(Axis(0), 0.0);
    a.sum() + b.dot(&b) + c.dot(&c) + (&d * &d).sum() + e.product()
}

#[test]
fn check_along_an_axis() {
    check_second!(along_an_axis(&matrix(2, 3, 1), &cube(2, 2, 3, 2)));
}

#[differentiate(order = 2)]
fn of_views(m: ArrayView2<f64>) -> f64 {
    m.row(0).sum() * m.column(1).mean().unwrap()
        + m.t().sum_axis(Axis(0)).product()
        + m.slice(ndarray::s![.., 1..]).var_axis(Axis(0), 0.0).sum()
        + m.index_axis(Axis(1), 0).std(0.0)
}

#[test]
fn check_of_views() {
    check_second!(of_views(view matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn log_sum_exp(m: &Array2<f64>) -> f64 {
    let max = m.map_axis(Axis(1), |r| r.fold(f64::NEG_INFINITY, |a, &b| a.max(b)));
    let shifted = m - &max.view().insert_axis(Axis(1));
    let lse = shifted.mapv(f64::exp).sum_axis(Axis(1)).mapv(f64::ln) + &max;
    lse.sum()
}

#[test]
fn check_log_sum_exp() {
    check_second!(log_sum_exp(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn standardised(m: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mean = m.mean_axis(Axis(0)).unwrap();
    let std = m.std_axis(Axis(0), 0.0);
    let z = (m - &mean) / &(std + 1e-3);
    z.mapv(|v| v.powi(3)).dot(w).sum()
}

#[test]
fn check_standardised() {
    check_second!(standardised(&matrix(4, 2, 1), &positive(2)));
}
