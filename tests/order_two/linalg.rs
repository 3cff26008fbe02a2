//! Order two of linear algebra, in programs of a vector.

use crate::check;
use ad_runtime::differentiate;
use ad_runtime::linalg::{self, Norm, Triangle};
use ndarray::{Array1, Array2, Axis, array, s};

/// A matrix without symmetry, far from singular.
fn base() -> Array2<f64> {
    array![[2.1, 0.3, -0.4], [0.5, 3.2, 0.9], [0.1, 0.7, 1.6]]
}

/// The sum of the base and of `x yᵀ` for the halves of a vector.
#[differentiate(order = 2)]
fn moved(x: &Array1<f64>) -> Array2<f64> {
    base() + linalg::outer(&x.slice(s![..3]), &x.slice(s![3..]))
}

/// A positive definite matrix.
#[differentiate(order = 2)]
fn definite(x: &Array1<f64>) -> Array2<f64> {
    let a = moved(x);
    a.dot(&a.t())
}

#[differentiate(order = 2)]
fn solved(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    let b = x.slice(s![1..4]).to_owned();
    let y = linalg::solve(&a, &b);
    let z = linalg::solve(&a.t(), &a.dot(&a));
    y.dot(&b) + z.sum() * y[0] + linalg::inv(&a).sum().exp()
}

#[differentiate(order = 2)]
fn determinants(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    let (sign, ln) = linalg::ln_det(&definite(x));
    linalg::det(&a) + ln * ln * sign + linalg::trace(&a.dot(&a))
}

/// The determinant of a singular matrix: `x xᵀ` has rank one.
#[differentiate(order = 2)]
fn singular(x: &Array1<f64>) -> f64 {
    let (u, v) = (x.slice(s![..3]), x.slice(s![3..]));
    let mut a = linalg::outer(&u, &v);
    a[[0, 0]] += (x[0] - 0.4) + (x[1] - 1.3) * x[2];
    a[[1, 1]] += (x[4] - 1.6) * x[0];
    linalg::det(&a) + (x[0] - 0.4) * linalg::det(&a)
}

#[differentiate(order = 2)]
fn factorized(x: &Array1<f64>) -> f64 {
    let l = linalg::cholesky(&definite(x));
    let y = linalg::solve_triangular(&l, &x.slice(s![..3]), Triangle::Lower);
    let z = linalg::solve_triangular(&l.t(), &y, Triangle::Upper);
    z.dot(&y) + (&l * &l * &l).sum() * 0.01 + l.diag().ln().sum()
}

#[differentiate(order = 2)]
fn norms(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    linalg::norm(x, Norm::Two) * linalg::norm(&a, Norm::Frobenius)
        + linalg::norm(&a, Norm::One) * linalg::norm(&a, Norm::Infinity)
        + linalg::norm(&a, Norm::Two) * linalg::norm(&a, Norm::Nuclear)
}

#[differentiate(order = 2)]
fn crossed(x: &Array1<f64>) -> f64 {
    let (u, v) = (x.slice(s![..3]), x.slice(s![3..]));
    let w = linalg::cross(&u, &v);
    w.dot(&w).sqrt() + w[0] * u[1] + linalg::kron(&moved(x), &definite(x)).sum()
}

#[differentiate(order = 2)]
fn orthogonal(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    let (q, r) = linalg::qr(&a);
    let (wide, rest) = linalg::qr(&a.slice(s![..2, ..]));
    q[[0, 1]] * r[[1, 2]] + q.column(2).dot(&r.diag()) + rest[[0, 2]] * wide[[1, 0]]
}

#[differentiate(order = 2)]
fn spectral(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    let (values, vectors) = linalg::eigh(&a);
    let (u, sigma, vt) = linalg::svd(&a.slice(s![.., ..2]));
    let others = linalg::svd_values(&a);
    values[0] * vectors[[1, 2]]
        + values.dot(&vectors.column(1))
        + others.ln().sum() * others[1]
        + u[[0, 1]] * sigma[0] * vt[[1, 0]]
        + u.column(0).dot(&x.slice(s![..3]))
}

#[differentiate(order = 2)]
fn least_squares(x: &Array1<f64>) -> f64 {
    let a = moved(x);
    let tall = a.slice(s![.., ..2]).to_owned();
    let fit = linalg::lstsq(&tall, &x.slice(s![2..5]));
    let wide = linalg::lstsq(&tall.t(), &x.slice(s![..2]));
    fit.dot(&fit) + wide[1] * wide[2] + (linalg::pinv(&tall) * tall.t()).sum_axis(Axis(1)).product()
}

#[differentiate(order = 2)]
fn exponential(x: &Array1<f64>) -> f64 {
    let a = moved(x) * 0.5;
    let e = linalg::expm(&a);
    e[[0, 1]] * e[[2, 0]] + linalg::trace(&e)
}

#[test]
fn systems_and_determinants() {
    check!(solved determinants singular);
}

#[test]
fn norms_and_products() {
    check!(norms crossed);
}

#[test]
fn factorizations() {
    check!(factorized orthogonal spectral);
}

#[test]
fn least_squares_and_the_exponential() {
    check!(least_squares exponential);
}
