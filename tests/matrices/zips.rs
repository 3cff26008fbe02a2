//! `Zip` and `azip!` with one to six producers.

use super::{cube, matrix, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayView2, Axis, Zip, azip};

#[differentiate(order = 2)]
fn one_producer(x: &Array1<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    Zip::from(&mut y).for_each(|y| *y = *y * *y * s);
    let z = Zip::from(x).map_collect(|v| v * s);
    y.dot(&z)
}

#[test]
fn check_one_producer() {
    check_second!(one_producer(&vector(3, 1), 0.7));
}

#[differentiate(order = 2)]
fn for_each(a: &Array2<f64>, b: &Array2<f64>, c: ArrayView2<f64>, s: f64) -> f64 {
    let mut out = Array2::<f64>::zeros(a.raw_dim());
    Zip::from(&mut out).and(a).and(b).and(&c).for_each(|o, &a, &b, &c| *o = a * b * s + c);
    Zip::from(out.view_mut()).and(a.view()).for_each(|o, a| *o += a * a);
    (&out * &out).sum()
}

#[test]
fn check_for_each() {
    check_second!(for_each(&matrix(2, 3, 1), &matrix(2, 3, 2), view matrix(2, 3, 3), 0.7));
}

#[differentiate(order = 2)]
fn six(a: &Array1<f64>, b: &Array1<f64>, c: &Array1<f64>, d: &Array1<f64>) -> f64 {
    let mut x = Array1::<f64>::zeros(a.len());
    let mut y = Array1::<f64>::zeros(a.len());
    Zip::from(&mut x).and(&mut y).and(a).and(b).and(c).and(d).for_each(|x, y, &a, &b, &c, &d| {
        *x = a * b + c;
        *y = *x * d;
    });
    x.dot(&y)
}

#[test]
fn check_six() {
    check_second!(six(&vector(3, 1), &vector(3, 2), &vector(3, 3), &vector(3, 4)));
}

#[differentiate(order = 2)]
fn collected(a: &Array3<f64>, b: &Array3<f64>, s: f64) -> Array3<f64> {
    Zip::from(a).and(b).map_collect(|&a, &b| if a > b { a * b } else { (a - b) * s })
}

#[test]
fn check_collected() {
    check_vector!(collected(&cube(2, 2, 2, 1), &cube(2, 2, 2, 2), 0.7));
}

#[differentiate(order = 2)]
fn indexed(a: &Array2<f64>, x: &Array1<f64>, s: f64) -> f64 {
    let mut b = a.clone();
    Zip::indexed(&mut b).for_each(|(i, j), b| *b *= (i + 2 * j) as f64 * x[i]);
    Zip::indexed(&mut b).and(a).for_each(|(i, _), b, a| *b += a * i as f64 * s);
    let c = Zip::indexed(a).map_collect(|(i, j), a| a * x[j] * i as f64);
    let d = Zip::indexed(x).fold(0.0, |acc, i, x| acc + x * x * i as f64);
    (b * c).sum() * d
}

#[test]
fn check_indexed() {
    check_second!(indexed(&matrix(2, 2, 1), &vector(2, 2), 0.7));
}

#[differentiate(order = 2)]
fn folded(a: &Array2<f64>, b: &Array2<f64>, s: f64) -> f64 {
    Zip::from(a).and(b).fold(s, |acc, a, b| acc + a * b * s)
        + Zip::from(a).fold(0.0, |acc, v| acc + v * v)
}

#[test]
fn check_folded() {
    check_second!(folded(&matrix(2, 3, 1), &matrix(2, 3, 2), 0.7));
}

#[differentiate(order = 2)]
fn rows(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut out = Array1::<f64>::zeros(a.nrows());
    Zip::from(a.rows()).and(&mut out).for_each(|row, o| *o = row.dot(w));
    let norms = Zip::from(a.rows()).map_collect(|row| row.dot(&row).sqrt());
    let mut b = a.clone();
    Zip::from(b.rows_mut()).and(&out).for_each(|mut row, &o| row *= o);
    Zip::from(b.columns_mut()).and(a.columns()).for_each(|mut b, a| b += &a);
    Zip::from(b.axis_iter_mut(Axis(0))).and(a.axis_iter(Axis(0))).for_each(|mut b, a| b[0] *= a[1]);
    out.dot(&norms) + (&b * &b).sum()
}

#[test]
fn check_rows() {
    check_second!(rows(&matrix(2, 3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn broadcast(a: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut out = a.clone();
    Zip::from(&mut out).and_broadcast(w).for_each(|o, w| *o *= w);
    (&out * &out).sum()
}

#[test]
fn check_broadcast() {
    check_second!(broadcast(&matrix(2, 3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn by_azip(a: &Array2<f64>, b: &Array2<f64>, s: f64) -> f64 {
    let mut c = Array2::<f64>::zeros(a.dim());
    azip!((c in &mut c, &a in a, &b in b) *c = a * b * s);
    azip!((c in &mut c, a in a) {
        *c += a * a;
        *c *= s;
    });
    azip!((index (i, j), c in &mut c, &b in b) *c += b * (i + j) as f64);
    (&c * &c).sum()
}

#[test]
fn check_by_azip() {
    check_second!(by_azip(&matrix(2, 3, 1), &matrix(2, 3, 2), 0.7));
}

#[differentiate(order = 2)]
fn apply_assign(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let mut out = Array1::<f64>::zeros(a.len());
    Zip::from(a).and(b).map_assign_into(&mut out, |&a, &b| a * b + a);
    out.dot(a)
}

#[test]
fn check_apply_assign() {
    check_second!(apply_assign(&vector(3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn all_and_any(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let ordered = Zip::from(a).and(b).all(|a, b| a < b);
    let some = Zip::from(a).any(|a| *a > 0.0);
    if ordered && some { a.sum() } else { a.dot(b) }
}

#[test]
fn check_all_and_any() {
    check_second!(all_and_any(&vector(3, 1), &vector(3, 2)));
}

/// What is written starts as a constant: only the closures make it active.
#[differentiate(order = 2)]
fn constant_starts(a: &Array2<f64>, x: &Array1<f64>, s: f64) -> f64 {
    let mut b = Array2::<f64>::zeros(a.raw_dim());
    Zip::indexed(&mut b).for_each(|(i, j), b| *b = a[[i, j]] * x[i]);
    let mut c = Array2::<f64>::zeros(a.raw_dim());
    azip!((index (i, _), c in &mut c, &a in a) *c = a * (1 + i) as f64 * s);
    let mut d = Array2::<f64>::ones(a.raw_dim());
    d.zip_mut_with(x, |d, x| *d += x * x);
    let mut e = Array2::<f64>::ones(a.raw_dim());
    Zip::from(&mut e).and_broadcast(x).for_each(|e, x| *e = x * s);
    let mut f = Array1::<f64>::zeros(x.len());
    Zip::from(a.rows()).map_assign_into(&mut f, |row| row.sum() * s);
    (b * c * d * e).sum() * f.sum()
}

#[test]
fn check_constant_starts() {
    check_second!(constant_starts(&matrix(2, 2, 1), &vector(2, 2), 0.7));
}
