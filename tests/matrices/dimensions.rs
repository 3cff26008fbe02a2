//! Arrays of a number of axes known at run time, and arrays whose dimension is named by `Ix`.

use super::{cube, vector};
use ad::check_second;
use ad_runtime::differentiate;
use ndarray::{Array, Array1, ArrayViewD, Axis, Ix1, Ix2, IxDyn};

#[differentiate(order = 2)]
fn dynamic_view(x: ArrayViewD<f64>) -> f64 {
    let y = x.index_axis(Axis(0), 1);
    let z = x.map(|v| v * v);
    y.sum() * z.sum() + x.fold(0.0, |s, v| s + v * v)
}

#[test]
fn check_dynamic_view() {
    check_second!(dynamic_view(view cube(2, 3, 2, 1).into_dyn()));
}

#[differentiate(order = 2)]
fn reshaped_dynamic(x: &Array1<f64>) -> f64 {
    let y = x.clone().into_shape_with_order(IxDyn(&[2, 3])).unwrap();
    let z = y.sum_axis(Axis(1));
    let w = x.to_shape((3, 2)).unwrap();
    let d = x.clone().into_dyn();
    (&z * &z).sum() + w.dot(&w.t()).sum() + d.sum()
}

#[test]
fn check_reshaped_dynamic() {
    check_second!(reshaped_dynamic(&vector(6, 1)));
}

#[differentiate(order = 2)]
fn by_ix(x: &Array<f64, Ix1>, m: &Array<f64, Ix2>) -> f64 {
    let y = m.dot(x);
    y.dot(&y)
}
