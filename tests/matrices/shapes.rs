//! Views of arrays, and what changes their shape.

use super::{cube, matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, Axis, stack};

#[differentiate(order = 2)]
fn transposes(m: &Array2<f64>, t: &Array3<f64>) -> f64 {
    let a = m.t().dot(m);
    let b = m.clone().reversed_axes();
    let c = t.clone().permuted_axes([2, 0, 1]);
    let d = t.view().permuted_axes([1, 0, 2]);
    let e = t.t();
    a.sum() + (&b * &b).sum() + c[[1, 0, 1]] * d[[1, 0, 1]] + (&e * &e).sum() * d.sum()
}

#[test]
fn check_transposes() {
    check_second!(transposes(&matrix(2, 3, 1), &cube(2, 2, 2, 2)));
}

#[differentiate(order = 2)]
fn reshaped(x: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let a = x.to_shape((2, 3)).unwrap();
    let b = x.clone().into_shape_with_order((3, 2)).unwrap();
    let c = m.flatten();
    let d = x.view().into_shape_with_order((3, 2)).unwrap();
    let e = m.to_shape(6).unwrap();
    let f = m.clone().into_flat();
    a.dot(&b).sum() + c.dot(x) + d.sum() * e.dot(x) + f.dot(x)
}

#[test]
fn check_reshaped() {
    check_second!(reshaped(&vector(6, 1), &matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn broadcast(x: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let a = x.broadcast((2, 3)).unwrap();
    let b = m.broadcast((4, 2, 3)).unwrap();
    let c = x.broadcast(m.raw_dim()).unwrap();
    (&a * m).sum() + (&b * &b).sum() + (&c * &c).sum()
}

#[test]
fn check_broadcast() {
    check_second!(broadcast(&vector(3, 1), &matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn rows_and_columns(m: &Array2<f64>) -> f64 {
    let r = m.row(0);
    let c = m.column(1);
    let w = &m.row(1) - &m.row(0);
    r.sum() * c.sum() + w.dot(&w) + m.row(1)[2] * m.column(0)[1]
}

#[test]
fn check_rows_and_columns() {
    check_second!(rows_and_columns(&matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn selected(m: &Array2<f64>, x: &Array1<f64>, order: &[usize]) -> f64 {
    let a = m.select(Axis(1), order);
    let b = x.select(Axis(0), &[2, 0, 2]);
    (&a * &a).sum() + b.dot(&b) * b[1]
}

#[test]
fn check_selected() {
    check_second!(selected(&matrix(2, 3, 2), &vector(3, 1), const &[2, 0, 2, 1]));
}

#[differentiate(order = 2)]
fn joined_loop(m: &Array2<f64>, s: f64) -> Array2<f64> {
    let mut all = Vec::new();
    for row in m.rows() {
        all.push(&row * s);
    }
    let views: Vec<_> = all.iter().map(|r| r.view()).collect();
    stack(Axis(0), &views).unwrap()
}

#[test]
fn check_joined_loop() {
    check_vector!(joined_loop(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn chained(t: &Array3<f64>) -> Array2<f64> {
    let flat = t.to_shape((4, 3)).unwrap().to_owned();
    let centred = &flat - &flat.mean_axis(Axis(0)).unwrap();
    centred.t().dot(&centred) / (flat.nrows() as f64 - 1.0)
}

#[test]
fn check_chained() {
    check_vector!(chained(&cube(2, 2, 3, 1)));
}
