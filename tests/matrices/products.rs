//! Products: `dot` for all pairs, `kron`, `general_mat_mul`, outer products.

use super::{matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, s};

#[differentiate(order = 2)]
fn dots(a: &Array2<f64>, b: ArrayView2<f64>, x: &Array1<f64>, y: ArrayView1<f64>) -> f64 {
    let ab = a.dot(&b);
    let ax = a.dot(x);
    let ya = y.dot(a);
    let xx = x.dot(&x.view());
    let slices = a.slice(s![.., 1..]).dot(&b.slice(s![1.., ..]));
    let rows = a.row(0).dot(&b.column(0));
    ab.sum() * xx + ax.dot(&y) + ya.dot(x) + slices.sum() + rows
}

#[test]
fn check_dots() {
    check_second!(dots(&matrix(2, 3, 1), view matrix(3, 2, 2), &vector(3, 3), view vector(2, 4)));
}

#[differentiate(order = 2)]
fn outer(x: &Array1<f64>, y: &Array1<f64>) -> Array2<f64> {
    let a = x.view().insert_axis(Axis(1));
    let b = y.view().insert_axis(Axis(0));
    let c = a.dot(&b);
    let d = &a * &b;
    let e = x.to_shape((x.len(), 1)).unwrap().dot(&y.to_shape((1, y.len())).unwrap());
    c * d + e
}

#[test]
fn check_outer() {
    check_vector!(outer(&vector(3, 1), &vector(2, 2)));
}

#[differentiate(order = 2)]
fn kronecker(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    ndarray::linalg::kron(a, b)
}

#[test]
fn check_kronecker() {
    check_vector!(kronecker(&matrix(2, 3, 1), &matrix(2, 2, 2)));
}

#[differentiate(order = 2)]
fn kronecker_by_path(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let k = ndarray::linalg::kron(a, &b.t());
    (&k * &k).sum()
}

#[test]
fn check_kronecker_by_path() {
    check_second!(kronecker_by_path(&matrix(2, 3, 1), &matrix(2, 2, 2)));
}

#[differentiate(order = 2)]
fn general(a: &Array2<f64>, b: &Array2<f64>, x: &Array1<f64>, s: f64) -> f64 {
    let mut c = Array2::<f64>::ones((a.nrows(), b.ncols()));
    general_mat_mul(s, a, b, 0.5, &mut c);
    general_mat_mul(1.0, &a.view(), b, s, &mut c);
    let mut y = Array1::zeros(a.nrows());
    general_mat_vec_mul(s, a, x, 1.0, &mut y);
    general_mat_vec_mul(1.0, &c.t(), &y.clone(), 0.0, &mut y);
    (&c * &c).sum() + y.dot(&y)
}

#[test]
fn check_general() {
    check_second!(general(&matrix(2, 3, 1), &matrix(3, 2, 2), &vector(3, 3), 0.7));
}

#[differentiate(order = 2)]
fn quadratic(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
    let sym = a + &a.t();
    x.dot(&sym.dot(x)) + x.dot(a).dot(x) + a.diag().sum() + a.t().dot(a).diag().product()
}

#[test]
fn check_quadratic() {
    check_second!(quadratic(&vector(3, 1), &matrix(3, 3, 2)));
}

#[differentiate(order = 2)]
fn power(a: &Array2<f64>, n: usize) -> Array2<f64> {
    let mut p = Array2::eye(a.nrows());
    for _ in 0..n {
        p = p.dot(a);
    }
    p
}

#[test]
fn check_power() {
    for n in [0, 1, 3] {
        check_vector!(power(&matrix(2, 2, 1), const n));
    }
}
