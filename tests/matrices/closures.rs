//! Methods that take closures, on arrays of any number of axes; the closures capture active variables.

use super::{cube, matrix, positive, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, Axis};

#[differentiate(order = 2)]
fn map_of_a_cube(x: &Array3<f64>, s: f64) -> f64 {
    let y = x.map(|v| v * s + v.sin());
    let z = x.mapv(|v| (v * s).exp());
    (y * z).sum()
}

#[test]
fn check_map_of_a_cube() {
    check_second!(map_of_a_cube(&cube(2, 3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn map_of_a_view(x: ArrayView2<f64>, s: f64) -> f64 {
    let y = x.map(|v| v * s);
    let z = x.t().mapv(|v| v.exp() * s);
    (y.t().to_owned() * z).sum()
}

#[test]
fn check_map_of_a_view() {
    check_second!(map_of_a_view(view matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn mapv_into(x: Array2<f64>, s: f64) -> f64 {
    let y = x.mapv_into(|v| v * v * s);
    y.sum()
}

#[test]
fn check_mapv_into() {
    check_second!(mapv_into(matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn in_place_of_a_cube(x: &Array3<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    y.mapv_inplace(|v| v * s + 1.0);
    y.map_inplace(|v| *v = *v * *v * s);
    y.sum()
}

#[test]
fn check_in_place_of_a_cube() {
    check_second!(in_place_of_a_cube(&cube(2, 3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn in_place_of_a_part(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    y.row_mut(0).mapv_inplace(|v| v * v * s);
    y.column_mut(1).map_inplace(|v| *v *= s);
    y.slice_mut(ndarray::s![1.., ..2]).mapv_inplace(|v| v.sin() * s);
    (&y * &y).sum()
}

#[test]
fn check_in_place_of_a_part() {
    check_second!(in_place_of_a_part(&matrix(3, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn zip_mut_with_of_a_matrix(x: &Array2<f64>, y: &Array2<f64>, s: f64) -> f64 {
    let mut z = x.clone();
    z.zip_mut_with(y, |a, b| *a = *a * b + s);
    z.zip_mut_with(&y.view(), |a, &b| *a += b * b * s);
    (&z * &z).sum()
}

#[test]
fn check_zip_mut_with_of_a_matrix() {
    check_second!(zip_mut_with_of_a_matrix(&matrix(2, 3, 1), &matrix(2, 3, 2), 0.7));
}

#[differentiate(order = 2)]
fn zip_mut_with_broadcast(x: &Array2<f64>, y: &Array1<f64>, s: f64) -> f64 {
    let mut z = x.clone();
    z.zip_mut_with(y, |a, b| *a = *a * b + s);
    (&z * &z).sum()
}

#[test]
fn check_zip_mut_with_broadcast() {
    check_second!(zip_mut_with_broadcast(&matrix(2, 3, 1), &vector(3, 2), 0.7));
}

#[differentiate(order = 2)]
fn fold_of_a_cube(x: &Array3<f64>, s: f64) -> f64 {
    x.fold(0.0, |acc, v| acc + v * v * s) + x.fold(f64::NEG_INFINITY, |m, &v| m.max(v))
}

#[test]
fn check_fold_of_a_cube() {
    check_second!(fold_of_a_cube(&cube(2, 3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn fold_axis(x: &Array2<f64>, s: f64) -> f64 {
    let a = x.fold_axis(Axis(0), 0.0, |acc, v| acc + v * v * s);
    let b = x.fold_axis(Axis(1), s, |acc, &v| acc * v + 1.0);
    a.sum() * b.sum()
}

#[test]
fn check_fold_axis() {
    check_second!(fold_axis(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn fold_axis_of_a_cube(x: &Array3<f64>) -> Array2<f64> {
    x.fold_axis(Axis(1), 1.0, |acc, &v| acc * v + v)
}

#[test]
fn check_fold_axis_of_a_cube() {
    check_vector!(fold_axis_of_a_cube(&cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn map_axis_of_a_cube(x: &Array3<f64>, s: f64) -> f64 {
    let a = x.map_axis(Axis(1), |lane| lane.dot(&lane) * s);
    let b = x.map_axis(Axis(2), |lane| lane.sum());
    a.sum() + (&b * &b).sum()
}

#[test]
fn check_map_axis_of_a_cube() {
    check_second!(map_axis_of_a_cube(&cube(2, 3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn map_axis_of_a_vector(x: &Array1<f64>, s: f64) -> f64 {
    let a = x.map_axis(Axis(0), |lane| lane.dot(&lane) * s);
    a.sum()
}

#[test]
fn check_map_axis_of_a_vector() {
    check_second!(map_axis_of_a_vector(&vector(3, 1), 0.7));
}

#[differentiate(order = 2)]
fn map_axis_by_a_function(x: &Array2<f64>) -> Array1<f64> {
    x.map_axis(Axis(1), |row| spread(row))
}

#[differentiate(order = 2)]
fn spread(row: ArrayView1<f64>) -> f64 {
    row.var(0.0) + row.sum()
}

#[test]
fn check_map_axis_by_a_function() {
    check_vector!(map_axis_by_a_function(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn accumulate_of_a_vector(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    y.accumulate_axis_inplace(Axis(0), |&prev, curr| *curr += prev);
    y.dot(&y)
}

#[test]
fn check_accumulate_of_a_vector() {
    check_second!(accumulate_of_a_vector(&vector(4, 1)));
}

#[differentiate(order = 2)]
fn accumulate_of_a_matrix(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    y.accumulate_axis_inplace(Axis(0), |prev, curr| *curr = *curr * s + prev * *curr);
    y.accumulate_axis_inplace(Axis(1), |&prev, curr| *curr += prev);
    (&y * &y).sum()
}

#[test]
fn check_accumulate_of_a_matrix() {
    check_second!(accumulate_of_a_matrix(&matrix(3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn accumulate_of_a_cube(x: &Array3<f64>) -> Array3<f64> {
    let mut y = x.clone();
    y.accumulate_axis_inplace(Axis(1), |&prev, curr| *curr *= prev);
    y
}

#[test]
fn check_accumulate_of_a_cube() {
    check_vector!(accumulate_of_a_cube(&cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn softmax_rows(x: &Array2<f64>) -> Array2<f64> {
    let mut y = x.clone();
    for mut row in y.rows_mut() {
        let max = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        row.mapv_inplace(|v| (v - max).exp());
        let sum = row.sum();
        row /= sum;
    }
    y
}

#[test]
fn check_softmax_rows() {
    check_vector!(softmax_rows(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn map_to_flags(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let positive = x.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
    let above = x.map(|&v| v > 0.2);
    let kept = above.iter().filter(|k| **k).count();
    (positive * y).sum() + y.sum() * kept as f64
}

#[test]
fn check_map_to_flags() {
    check_second!(map_to_flags(&vector(4, 1), &positive(4)));
}
