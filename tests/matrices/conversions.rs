//! Arrays that become ones of another type or another number of axes, and what is joined of them.

use super::{cube, matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ad_runtime::linalg::kron;
use ndarray::{
    Array1, Array2, Array3, ArrayD, ArrayView1, ArrayView2, ArrayViewD, Axis, CowArray, Ix1, Ix2,
    concatenate, s, stack,
};

#[differentiate(order = 2)]
fn known_again(x: &Array2<f64>) -> f64 {
    let y = x.clone().into_dyn();
    let z = y.into_dimensionality::<Ix2>().unwrap();
    (&z * &z).sum()
}

#[test]
fn check_known_again() {
    check_second!(known_again(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn known_view(x: ArrayViewD<f64>) -> f64 {
    let z = x.into_dimensionality::<Ix2>().unwrap();
    z.dot(&z.t()).sum()
}

#[test]
fn check_known_view() {
    check_second!(known_view(view matrix(2, 3, 1).into_dyn()));
}

#[differentiate(order = 2)]
fn known_by_annotation(x: &ArrayD<f64>) -> f64 {
    let z: ArrayView2<f64> = x.view().into_dimensionality().unwrap();
    z.row(0).sum() * z.sum()
}

#[test]
fn check_known_by_annotation() {
    check_second!(known_by_annotation(&matrix(2, 3, 1).into_dyn()));
}

#[differentiate(order = 2)]
fn axes_swapped(x: &Array3<f64>) -> Array3<f64> {
    let mut y = x.clone();
    y.swap_axes(0, 2);
    y *= 2.0;
    &y * &y
}

#[test]
fn check_axes_swapped() {
    check_vector!(axes_swapped(&cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn view_swapped(x: &Array3<f64>) -> f64 {
    let mut y = x.view();
    y.swap_axes(0, 1);
    y.index_axis(Axis(0), 1).sum() * y[[0, 1, 0]]
}

#[test]
fn check_view_swapped() {
    check_second!(view_swapped(&cube(2, 3, 2, 1)));
}

#[differentiate(order = 2)]
fn moved_column(x: Array2<f64>) -> Array1<f64> {
    x.slice_move(s![.., 1])
}

#[test]
fn check_moved_column() {
    check_vector!(moved_column(matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn moved_row(x: ArrayView2<f64>) -> f64 {
    let r: ArrayView1<f64> = x.slice_move(s![0, ..]);
    r.dot(&r)
}

#[test]
fn check_moved_row() {
    check_second!(moved_row(view matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn index_moved(x: Array2<f64>) -> Array1<f64> {
    x.index_axis_move(Axis(0), 1)
}

#[test]
fn check_index_moved() {
    check_vector!(index_moved(matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn moved_diagonal(x: Array2<f64>) -> f64 {
    let d = x.into_diag();
    d.dot(&d)
}

#[test]
fn check_moved_diagonal() {
    check_second!(moved_diagonal(matrix(3, 3, 1)));
}

#[differentiate(order = 2)]
fn quadratic_form(x: &Array2<f64>, v: &Array1<f64>) -> f64 {
    let c = v.view().insert_axis(Axis(1));
    let q = c.t().dot(x).dot(&c);
    q.into_shape_with_order(()).unwrap().into_scalar()
}

#[test]
fn check_quadratic_form() {
    check_second!(quadratic_form(&matrix(3, 3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn without_axes(x: &Array1<f64>) -> f64 {
    let q = x.sum_axis(Axis(0));
    q.into_scalar() * 2.0
}

#[test]
fn check_without_axes() {
    check_second!(without_axes(&vector(3, 2)));
}

#[differentiate(order = 2)]
fn only_element(x: &Array1<f64>) -> f64 {
    let q = x.map_axis(Axis(0), |r| r.sum());
    q[()] * 2.0
}

#[test]
fn check_only_element() {
    check_second!(only_element(&vector(3, 2)));
}

#[differentiate(order = 2)]
fn slice_of_array(x: &Array1<f64>) -> f64 {
    let s = x.as_slice().unwrap();
    s.iter().map(|v| v * v).sum::<f64>() + s[0]
}

#[test]
fn check_slice_of_array() {
    check_second!(slice_of_array(&vector(3, 2)));
}

#[differentiate(order = 2)]
fn slice_arg(x: &Array1<f64>) -> f64 {
    poly(x.as_slice().unwrap(), 2.0)
}

#[test]
fn check_slice_arg() {
    check_second!(slice_arg(&vector(3, 2)));
}

#[differentiate(order = 2)]
fn poly(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |acc, c| acc * x + c)
}

#[differentiate(order = 2)]
fn slice_changed(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    let s = y.as_slice_mut().unwrap();
    for i in 1..s.len() {
        s[i] += s[i - 1];
    }
    y.sum()
}

#[test]
fn check_slice_changed() {
    check_second!(slice_changed(&vector(3, 2)));
}

#[differentiate(order = 2)]
fn of_cow(x: CowArray<f64, Ix1>) -> f64 {
    x.dot(&x)
}

#[differentiate(order = 2)]
fn of_borrowed_cow(x: &CowArray<f64, Ix2>, s: f64) -> f64 {
    (x * s).sum()
}

#[differentiate(order = 2)]
fn of_named_cow<'a>(x: CowArray<'a, f64, Ix2>) -> f64 {
    x.mapv(|v| v * v).sum()
}

#[differentiate(order = 2)]
fn to_cow(x: &Array2<f64>) -> f64 {
    of_named_cow(CowArray::from(x.view())) + of_named_cow(x.into()) + of_named_cow(x.clone().into())
}

#[test]
fn check_to_cow() {
    check_second!(to_cow(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn local_cow(x: &Array2<f64>, copy: bool) -> f64 {
    let c: CowArray<f64, Ix2> = if copy { CowArray::from(x * 2.0) } else { CowArray::from(x) };
    c.sum()
}

#[test]
fn check_local_cow() {
    check_second!(local_cow(&matrix(2, 3, 1), const true));
    check_second!(local_cow(&matrix(2, 3, 1), const false));
}

#[differentiate(order = 2)]
fn joined(x: &Array1<f64>, y: Array1<f64>, m: ArrayView2<f64>) -> f64 {
    let a = stack![Axis(0), *x, y, m.row(0)];
    let b = ndarray::stack(Axis(1), &[x.view(), y.view(), m.row(1)]).unwrap();
    let c = concatenate![Axis(0), a, m];
    let d = concatenate(Axis(1), &[a.view(), b.view(), b.t()]).unwrap();
    let e = stack(Axis(0), &[(x + &y).view(), (x * 2.0).view()]).unwrap();
    (&a * &b).sum() + (&c * &c).sum() + d.sum() * d[[0, 1]] + e.product()
}

#[test]
fn check_joined() {
    check_second!(joined(&vector(3, 1), vector(3, 2), view matrix(3, 3, 3)));
}

#[differentiate(order = 2)]
fn kronecker(a: &Array2<f64>, b: ArrayView2<f64>) -> f64 {
    let k = kron(a, &b);
    (&k * &k).sum()
}

#[test]
fn check_kronecker() {
    check_second!(kronecker(&matrix(2, 3, 1), view matrix(2, 2, 2)));
}
