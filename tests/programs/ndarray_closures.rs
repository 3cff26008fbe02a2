//! Closures that capture active variables, functions of `ndarray::linalg`, views that are written.

use ad::{check_second, signed, values};
use ad_runtime::differentiate;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2, Zip, arr1, array};

#[differentiate(order = 2)]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
#[differentiate(order = 2)]
fn paths(a: &Array1<f64>, scale: f64) -> f64 {
    let b = a.mapv(|x| (x * scale).tanh());
    let c = a.mapv(sigmoid) + &a.mapv(f64::sin);
    let mut d = b.clone();
    d.map_inplace(|x| *x = *x * scale);
    d.zip_mut_with(&c, |x, &y| *x += y * scale);
    let w = array![scale, 2.0];
    let captured = a.mapv(|x| x * w[0] + w[1]);
    (&d * &captured).sum() + b.dot(&c)
}
#[differentiate(order = 2)]
fn products(a: &Array2<f64>, x: &Array1<f64>, alpha: f64) -> f64 {
    let mut y = Array1::<f64>::ones(a.nrows());
    general_mat_vec_mul(alpha, a, x, 0.5, &mut y);
    let mut c = Array2::<f64>::zeros((a.nrows(), a.nrows()));
    general_mat_mul(alpha, a, &a.t(), 1.0, &mut c);
    y.dot(&y) + c.sum()
}
#[differentiate(order = 2)]
fn indexed(a: &Array2<f64>, s: f64) -> f64 {
    let mut t = 0.0;
    for ((i, j), v) in a.indexed_iter() {
        t += v * s * (i + 2 * j) as f64;
    }
    let f = Array1::from_iter(a.iter().map(|v| v * s));
    let l = Array1::linspace(0.0, s, 3);
    t + f.sum() + l.sum() + Zip::from(a).and(a).fold(0.0, |acc, &x, &y| acc + x * y)
}
#[differentiate(order = 2)]
fn inactive_and_captured(#[constant] a: &Array1<f64>, s: f64) -> f64 {
    let b = a.mapv(|x| x * s);
    let v = arr1(&[s, s * s, 1.0]);
    b.sum() + v.sum() + a.map(|x| (x * s).sin()).sum()
}
#[differentiate(order = 2)]
fn view_mut_local(a: &Array2<f64>, s: f64) -> f64 {
    let mut m = a.clone();
    for i in 0..m.nrows() {
        let mut row = m.row_mut(i);
        row *= s;
        row[0] = s * s;
    }
    for mut column in m.columns_mut() {
        column += s;
    }
    (&m * &m).sum()
}
#[differentiate(order = 2)]
fn squared(x: &Array1<f64>, s: f64) -> f64 {
    let e = x * s;
    let q = e.dot(&e);
    q * e.sum() + (&e - x).dot(&e)
}
#[differentiate(order = 2)]
fn loop_sums(x: &Array1<f64>, n: usize) -> f64 {
    let mut total = 0.0;
    for k in 0..n {
        let e = x - x * (k as f64) + x.mapv(|v| v * v);
        total += e.dot(&e);
    }
    total
}
fn positive(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}
fn matrix(r: usize, c: usize) -> Array2<f64> {
    Array2::from_shape_vec((r, c), signed(r * c, 3)).unwrap()
}
#[test]
fn check_paths() {
    for n in [1, 2, 4] {
        check_second!(paths(&positive(n), 0.7));
    }
}
#[test]
fn check_products() {
    check_second!(products(&matrix(2, 3), &positive(3), 0.7));
}
#[test]
fn check_indexed() {
    check_second!(indexed(&matrix(2, 3), 0.7));
}
#[test]
fn check_inactive_and_captured() {
    check_second!(inactive_and_captured(const &positive(3), 0.7));
}
#[test]
fn check_view_mut_local() {
    check_second!(view_mut_local(&matrix(2, 3), 0.7));
}
#[test]
fn check_squared() {
    check_second!(squared(&positive(3), 0.7));
}
#[test]
fn check_loop_sums() {
    for n in [0, 1, 3] {
        check_second!(loop_sums(&positive(3), const n));
    }
}
