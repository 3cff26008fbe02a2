//! Writes to arrays: elements, parts, `assign`, `fill`, `scaled_add`, `swap`.

use super::{matrix, vector};
use ad::{check_in_place, check_second};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Axis, s};

#[differentiate(order = 2)]
fn elements(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    y[[0, 0]] = s * s;
    y[(1, 2)] *= y[[0, 1]];
    y[[1, 0]] += x[(0, 0)];
    y.swap([0, 0], [1, 1]);
    (&y * x).sum() * y[[0, 0]]
}

#[test]
fn check_elements() {
    check_second!(elements(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn in_place(x: &mut Array2<f64>, v: &mut Array1<f64>) {
    for i in 0..x.nrows() {
        let norm = x.row(i).dot(&x.row(i)).sqrt();
        x.row_mut(i).mapv_inplace(|e| e / norm);
        v[i] += norm;
    }
    *x *= 2.0;
    x.column_mut(0).fill(0.5);
}

#[test]
fn check_in_place() {
    check_in_place!(in_place(&mut matrix(2, 3, 1), &mut vector(2, 2)));
}

#[differentiate(order = 2)]
fn recurrence(a: &Array2<f64>, x0: &Array1<f64>, n: usize) -> f64 {
    let mut x = x0.clone();
    let mut path = Array2::<f64>::zeros((n, x0.len()));
    for k in 0..n {
        x = a.dot(&x).mapv(f64::tanh);
        path.row_mut(k).assign(&x);
    }
    path.mean_axis(Axis(0)).unwrap().dot(&x)
}

#[test]
fn check_recurrence() {
    for n in [1, 3] {
        check_second!(recurrence(&matrix(2, 2, 1), &vector(2, 2), const n));
    }
}

#[differentiate(order = 2)]
fn cumulative(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    for i in 1..y.len() {
        y[i] = y[i - 1] * 0.9 + x[i];
    }
    y.slice(s![1..;2]).sum() * y.slice(s![..;-1]).dot(x)
}

#[test]
fn check_cumulative() {
    check_second!(cumulative(&vector(4, 1)));
}
