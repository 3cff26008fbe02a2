//! Functions of arrays of any dimension, of any storage and of any real scalar.

use super::{cube, matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::{Real, differentiate};
use ndarray::{
    Array, Array1, Array2, ArrayBase, ArrayRef, ArrayView, Axis, Data, Dimension, Ix1, RemoveAxis,
    Zip,
};

#[differentiate(order = 2)]
fn sum_of_squares<D: Dimension>(x: &Array<f64, D>) -> f64 {
    (x * x).sum()
}

#[test]
fn check_sum_of_squares() {
    check_second!(sum_of_squares(&matrix(2, 3, 1)));
    check_second!(sum_of_squares(&cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn norm_of_view<D: Dimension>(x: ArrayView<f64, D>) -> f64 {
    x.mapv(|v| v * v).sum().sqrt()
}

#[test]
fn check_norm_of_view() {
    check_second!(norm_of_view(view cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn huber<D>(x: &Array<f64, D>, y: &Array<f64, D>, delta: f64) -> f64
where
    D: Dimension,
{
    let r = x - y;
    r.fold(0.0, |acc, &v| {
        acc + if v.abs() < delta { 0.5 * v * v } else { delta * (v.abs() - 0.5 * delta) }
    })
}

#[test]
fn check_huber() {
    check_second!(huber(&matrix(2, 3, 1), &matrix(2, 3, 2), 0.3));
}

#[differentiate(order = 2)]
fn normalise<D: Dimension>(x: &Array<f64, D>) -> Array<f64, D> {
    let n = x.iter().map(|v| v * v).sum::<f64>().sqrt();
    x / n
}

#[test]
fn check_normalise() {
    check_vector!(normalise(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn relu<D: Dimension>(x: Array<f64, D>) -> Array<f64, D> {
    x.mapv_into(|v| v.max(0.0))
}

#[test]
fn check_relu() {
    check_vector!(relu(matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn last_axis<D: Dimension + RemoveAxis>(x: &Array<f64, D>) -> Array<f64, D::Smaller> {
    x.sum_axis(Axis(0))
}

#[test]
fn check_last_axis() {
    check_vector!(last_axis(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn generic_data<S: Data<Elem = f64>>(x: &ArrayBase<S, Ix1>) -> f64 {
    x.dot(x)
}

#[test]
fn check_generic_data() {
    check_second!(generic_data(&vector(3, 1)));
}

#[differentiate(order = 2)]
fn generic_data_d<S, D>(x: &ArrayBase<S, D>) -> f64
where
    S: Data<Elem = f64>,
    D: Dimension,
{
    x.iter().map(|v| v.sin()).sum::<f64>()
}

#[test]
fn check_generic_data_d() {
    check_second!(generic_data_d(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn generic_ref<D: Dimension>(x: &ArrayRef<f64, D>) -> f64 {
    x.map(|v| v.exp()).sum()
}

#[differentiate(order = 2)]
fn calls_generic_ref(x: &Array2<f64>) -> f64 {
    generic_ref(x)
}

#[test]
fn check_calls_generic_ref() {
    check_second!(calls_generic_ref(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn generic_zip<D: Dimension>(x: &Array<f64, D>, y: &Array<f64, D>) -> Array<f64, D> {
    Zip::from(x).and(y).map_collect(|&a, &b| a * b + a.sin())
}

#[test]
fn check_generic_zip() {
    check_vector!(generic_zip(&matrix(2, 3, 1), &matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn sigmoid<T: Real>(x: &Array1<T>) -> T {
    x.mapv(|v| T::one() / (T::one() + (-v).exp())).sum()
}

#[test]
fn check_sigmoid() {
    check_second!(sigmoid(&vector(3, 1)));
}

#[differentiate(order = 2)]
fn squared_error<T: Real>(x: &Array2<T>, w: &Array1<T>) -> T {
    let e = x.dot(w);
    let half = T::from_f64(0.5).unwrap();
    e.dot(&e) * half
}

#[test]
fn check_squared_error() {
    check_second!(squared_error(&matrix(2, 3, 1), &vector(3, 1)));
}

#[differentiate(order = 2)]
fn normalised_rows<T: Real>(x: &Array2<T>, s: T) -> Array2<T> {
    let e = x.mapv(|v| (v * s).tanh());
    let m = e.map(|v| v.powi(2));
    &m / &m.sum_axis(Axis(1)).insert_axis(Axis(1))
}

#[test]
fn check_normalised_rows() {
    check_vector!(normalised_rows(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn in_place_of_any_scalar<T: Real>(x: &Array1<T>, s: T) -> T {
    let mut y = x.clone();
    y.mapv_inplace(|v| v * v + s);
    y.map_inplace(|v| *v *= s);
    y.iter().fold(T::zero(), |a, &b| a + b)
}

#[test]
fn check_in_place_of_any_scalar() {
    check_second!(in_place_of_any_scalar(&vector(3, 1), 0.7));
}
