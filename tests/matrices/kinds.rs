//! The kinds of arrays: views, `CowArray`, `ArcArray`, `ArrayRef`.

use super::{cube, matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{
    ArcArray1, ArcArray2, Array1, Array2, Array3, ArrayRef, ArrayRef1, ArrayRef2, ArrayView1,
    ArrayView2, ArrayView3, ArrayViewMut1, Ix1,
};

#[differentiate(order = 2)]
fn of_views(x: ArrayView1<f64>, m: ArrayView2<f64>, t: ArrayView3<f64>) -> f64 {
    let y = m.dot(&x);
    let z = &t * &m;
    y.dot(&y) + z.sum() * x[0] + m[[0, 1]] * t[[0, 1, 1]]
}

#[test]
fn check_of_views() {
    check_second!(of_views(view vector(3, 1), view matrix(2, 3, 1), view cube(2, 2, 3, 1)));
}

#[differentiate(order = 2)]
fn of_references(x: &ArrayRef1<f64>, m: &ArrayRef2<f64>, y: &ArrayRef<f64, Ix1>) -> f64 {
    let z = m.dot(x) * y;
    z.dot(y) + x.iter().map(|v| v * v).sum::<f64>() + m.row(0).sum()
}

#[differentiate(order = 2)]
fn to_references(x: &Array1<f64>, m: &Array2<f64>, y: &Array1<f64>) -> f64 {
    of_references(x, m, y)
}

#[test]
fn check_to_references() {
    check_second!(to_references(&vector(3, 1), &matrix(2, 3, 1), &vector(2, 3)));
}

#[differentiate(order = 2)]
fn scale(mut x: ArrayViewMut1<f64>, s: f64) {
    x *= s;
    x[0] += s * s;
    x.mapv_inplace(|v| v * v);
}

#[differentiate(order = 2)]
fn scaled_parts(m: &Array2<f64>, s: f64) -> f64 {
    let mut y = m.clone();
    scale(y.row_mut(0), s);
    scale(y.column_mut(1), s);
    y.sum()
}

#[test]
fn check_scaled_parts() {
    check_second!(scaled_parts(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn of_shared(x: &ArcArray1<f64>, m: &ArcArray2<f64>) -> f64 {
    let y = m.dot(x);
    let z = x * 2.0 + x;
    y.dot(&y) + z.sum() + x.mapv(|v| v.sin()).sum()
}

#[differentiate(order = 2)]
fn to_shared(x: &Array1<f64>, m: &Array2<f64>) -> f64 {
    let shared = x.to_shared();
    let y = m.dot(&shared);
    let mut z = shared.clone();
    z[0] = y[0];
    z *= 2.0;
    of_shared(&m.row(0).to_shared(), &m.to_shared()) + z.sum() * shared.sum()
}

#[test]
fn check_to_shared() {
    check_second!(to_shared(&vector(3, 1), &matrix(2, 3, 1)));
}

#[test]
fn check_of_shared() {
    let (x, m) = (vector(3, 1).into_shared(), matrix(2, 3, 1).into_shared());
    let (_, (x_bar, m_bar)) = of_shared::value_and_grad(&x, &m);
    let h = 1e-6;
    let mut above = x.clone();
    above[1] += h;
    let mut below = x.clone();
    below[1] -= h;
    let slope = (of_shared(&above, &m) - of_shared(&below, &m)) / (2.0 * h);
    assert!((x_bar[1] - slope).abs() < 1e-6);
    let mut above = m.clone();
    above[[1, 2]] += h;
    let mut below = m.clone();
    below[[1, 2]] -= h;
    let slope = (of_shared(&x, &above) - of_shared(&x, &below)) / (2.0 * h);
    assert!((m_bar[[1, 2]] - slope).abs() < 1e-6);
}

#[differentiate(order = 2)]
fn owned(x: Array1<f64>, m: Array2<f64>) -> Array2<f64> {
    let y = m.dot(&x);
    let mut z = m;
    z.row_mut(0).assign(&x);
    z.column_mut(0).fill(y[0]);
    z
}

#[test]
fn check_owned() {
    check_vector!(owned(vector(3, 1), matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn copies(m: &Array2<f64>, t: &Array3<f64>) -> f64 {
    let a = m.to_owned();
    let b = m.view().to_owned();
    let c = m.row(1).into_owned();
    let d = t.index_axis(ndarray::Axis(0), 1).to_owned();
    (a * b).sum() + c.dot(&c) + (&d * &d).sum()
}

#[test]
fn check_copies() {
    check_second!(copies(&matrix(2, 3, 1), &cube(2, 2, 2, 1)));
}
