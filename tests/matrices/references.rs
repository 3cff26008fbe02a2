//! Arrays that are changed through references and views, in loops and by other functions.

use super::{cube, matrix, positive, vector};
use ad::{check_in_place, check_second};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayRef2, ArrayViewMut2, s};

#[differentiate(order = 2)]
fn two_slices(x: &Array2<f64>) -> f64 {
    let mut y = x.clone();
    {
        let (mut a, b) = y.multi_slice_mut((s![0, ..], s![1, ..]));
        a += &b;
    }
    (&y * &y).sum()
}

#[test]
fn check_two_slices() {
    check_second!(two_slices(&matrix(2, 3, 1)));
}

#[differentiate(order = 2)]
fn change_view(x: &mut ArrayViewMut2<f64>, s: f64) {
    *x *= s;
    x[[0, 0]] += s;
    for mut r in x.rows_mut() {
        r[0] = r[1] * s;
    }
}

#[differentiate(order = 2)]
fn change_reference(x: &mut ArrayRef2<f64>, s: f64) {
    *x *= s;
    x.row_mut(0).fill(s);
    x.mapv_inplace(|v| v * v);
}

#[differentiate(order = 2)]
fn changed_by_others(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    change_view(&mut y.view_mut(), s);
    change_reference(&mut y, s);
    y.sum()
}

#[test]
fn check_changed_by_others() {
    check_second!(changed_by_others(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn scaled_additions(x: &Array2<f64>, v: &Array1<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    y.row_mut(0).scaled_add(s, v);
    y.slice_mut(s![.., 1..]).scaled_add(2.0, &x.slice(s![.., 1..]));
    y.scaled_add(s, x);
    let mut w = y.view_mut();
    w.scaled_add(s, &x.view());
    for mut r in y.rows_mut() {
        r.scaled_add(s, v);
    }
    (&y * &y).sum()
}

#[test]
fn check_scaled_additions() {
    check_second!(scaled_additions(&matrix(2, 3, 1), &vector(3, 2), 0.7));
}

#[differentiate(order = 2)]
fn nested_rows(x: &Array3<f64>, v: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    for mut m in y.outer_iter_mut() {
        m.row_mut(0).assign(v);
        let t = m.sum();
        m.row_mut(1).mapv_inplace(|a| a * t);
        m.column_mut(0).fill(0.5);
    }
    (&y * &y).sum()
}

#[test]
fn check_nested_rows() {
    check_second!(nested_rows(&cube(2, 2, 3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn changed_in_loop(x: &mut Array2<f64>, w: &Array1<f64>, n: usize) {
    for k in 0..n {
        *x = &*x * 0.5 + w;
        x.row_mut(0).assign(w);
        *x += &(w * k as f64);
        let n = x.sum();
        *x /= n;
        x[[1, 1]] *= 2.0;
    }
}

#[test]
fn check_changed_in_loop() {
    check_in_place!(changed_in_loop(&mut matrix(2, 3, 1), &positive(3), const 3));
}

#[differentiate(order = 2)]
fn changed_whole(x: &mut Array1<f64>, a: &Array2<f64>) {
    for _ in 0..3 {
        *x = a.dot(&*x);
        let y = a.dot(x);
        x.assign(&y);
        x.mapv_inplace(f64::tanh);
    }
}

#[test]
fn check_changed_whole() {
    check_in_place!(changed_whole(&mut vector(2, 1), &matrix(2, 2, 1)));
}
