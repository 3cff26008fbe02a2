//! Constructors with active contents.

use super::{matrix, positive, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{Array, Array1, Array2, Array3, arr1, arr2, arr3, array};

#[differentiate(order = 2)]
fn constant_starts(x: &Array1<f64>, s: f64) -> f64 {
    let n = x.len();
    let mut a = Array1::<f64>::zeros(n);
    a += x;
    let b = Array1::<f64>::ones(n) * s;
    let c = Array1::from_elem(n, s * s);
    let d: Array2<f64> = Array2::eye(n);
    let e = Array2::from_diag(x);
    let f = Array2::from_diag_elem(n, s);
    let g = Array::<f64, _>::zeros(n) + x;
    let h: Array1<f64> = Array::from_elem(n, s);
    (a * b * c * g * h).sum() + (d + e).dot(&f).sum()
}

#[test]
fn check_constant_starts() {
    check_second!(constant_starts(&vector(3, 1), 0.7));
}

#[differentiate(order = 2)]
fn from_iterators(x: &Array1<f64>, s: f64) -> f64 {
    let a = Array1::from_iter(x.iter().map(|v| v * s));
    let b: Array1<f64> = x.iter().map(|v| v.sin()).collect();
    let c = x.iter().zip(&b).map(|(x, b)| x * b).collect::<Array1<f64>>();
    let d = Array::from_iter((0..x.len()).map(|i| x[i] * i as f64));
    a.dot(&b) + c.dot(&d)
}

#[test]
fn check_from_iterators() {
    check_second!(from_iterators(&vector(3, 1), 0.7));
}

#[differentiate(order = 2)]
fn from_functions(x: &Array1<f64>, s: f64) -> f64 {
    let n = x.len();
    let a = Array2::from_shape_fn((n, n), |(i, j)| x[i] * x[j] * s);
    let b = Array1::from_shape_fn(n, |i| x[i].exp());
    let c = Array3::from_shape_fn((2, n, 2), |(i, j, k)| x[j] * (i + k) as f64 + s);
    let d = Array::from_shape_fn((n, 2), |(i, j)| if i > j { x[i] } else { s });
    a.dot(&b).sum() + c.sum() * d.sum()
}

#[test]
fn check_from_functions() {
    check_second!(from_functions(&vector(3, 1), 0.7));
}

#[differentiate(order = 2)]
fn kernel(x: &Array2<f64>, length: f64) -> Array2<f64> {
    let n = x.nrows();
    Array2::from_shape_fn((n, n), |(i, j)| {
        let d = &x.row(i) - &x.row(j);
        (-d.dot(&d) / (2.0 * length * length)).exp()
    })
}

#[test]
fn check_kernel() {
    check_vector!(kernel(&matrix(3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn literals(x: f64, y: f64) -> f64 {
    let a = array![x, y, x * y];
    let b = array![[x, 1.0, y], [0.0, x * x, 2.0]];
    let c = array![[[x], [y]], [[1.0], [x + y]]];
    let d = arr1(&[x, y]);
    let e = arr2(&[[x, y], [1.0, x]]);
    let f = arr3(&[[[x, y]], [[y, 1.0]]]);
    b.dot(&a).sum() + c.sum() * d.dot(&e.dot(&d)) + f.sum()
}

#[test]
fn check_literals() {
    check_second!(literals(0.7, -0.4));
}

#[differentiate(order = 2)]
fn rotation(angle: f64, v: &Array1<f64>) -> Array1<f64> {
    let r = array![[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]];
    r.dot(v)
}

#[test]
fn check_rotation() {
    check_vector!(rotation(0.7, &vector(2, 1)));
}

#[differentiate(order = 2)]
fn progressions(a: f64, b: f64, x: &Array1<f64>) -> f64 {
    let l = Array1::linspace(a, b, x.len());
    let r = Array::linspace(0.0, b, x.len());
    let k = Array1::range(0.0, x.len() as f64, 1.0);
    (l * x).sum() + (r * k * x).sum()
}

#[test]
fn check_progressions() {
    check_second!(progressions(0.3, 1.4, &positive(4)));
}

#[differentiate(order = 2)]
fn like(x: &Array2<f64>) -> f64 {
    let mut y = Array2::zeros(x.raw_dim());
    y.assign(x);
    let mut z = Array2::<f64>::zeros(x.dim());
    z.fill(x[[0, 0]]);
    let mut w = Array::zeros(x.raw_dim());
    for (i, row) in x.outer_iter().enumerate() {
        w.row_mut(i).assign(&row);
    }
    (y * z * w).sum()
}

#[test]
fn check_like() {
    check_second!(like(&matrix(2, 3, 1)));
}
