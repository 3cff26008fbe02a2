//! `einsum!` and the Kronecker product in differentiated functions.

use ad::{check_second, check_vector, signed, values};
use ad_runtime::{differentiate, einsum, linalg};
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2};

fn vector(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}

fn matrix(m: usize, n: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((m, n), signed(m * n, seed)).unwrap()
}

fn tensor(l: usize, m: usize, n: usize, seed: u64) -> Array3<f64> {
    Array3::from_shape_vec((l, m, n), signed(l * m * n, seed)).unwrap()
}

const SHAPES: [(usize, usize); 4] = [(0, 2), (1, 1), (2, 3), (4, 2)];

#[differentiate(order = 2)]
fn chain_rule(dl_de: &Array1<f64>, de_dtheta: &Array2<f64>) -> Array1<f64> {
    einsum!("n,nd->d", dl_de, de_dtheta)
}

#[differentiate(order = 2)]
fn bilinear_form(x: &Array1<f64>, a: &Array2<f64>, y: &Array1<f64>) -> f64 {
    einsum!("i,ij,j->", x, a, y)
}

#[differentiate(order = 2)]
fn products(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let c = einsum!("ij,jk", a, b);
    let transposed = einsum!("ij,jk->ki", a, b);
    (&c * &transposed.t()).mapv(f64::sin).sum() + einsum!("ij,ji->", a, b)
}

#[differentiate(order = 2)]
fn of_views(x: ArrayView1<f64>, a: ArrayView2<f64>) -> f64 {
    let y = einsum!("ij,j->i", a, x);
    einsum!("i,i", y, y).sqrt() + einsum!("ij,j->", &a, &x)
}

#[test]
fn check_products() {
    for (m, n) in SHAPES {
        check_vector!(chain_rule(&vector(m), &matrix(m, n, 1)));
        check_second!(bilinear_form(&vector(m), &matrix(m, n, 2), &vector(n)));
        check_second!(products(&matrix(m, n, 3), &matrix(n, m, 4)));
    }
    for (m, n) in [(1, 1), (2, 3)] {
        check_second!(of_views(view vector(n), view matrix(m, n, 5)));
    }
}

#[differentiate(order = 2)]
fn diagonals(a: &Array2<f64>, c: &Array3<f64>) -> f64 {
    let d = einsum!("ii->i", a);
    let e = einsum!("iji->j", c);
    einsum!("ii", a) * d.mapv(|x| x * x).sum() + e.mapv(f64::cos).sum() + einsum!("ij->", a).exp()
}

#[differentiate(order = 2)]
fn quadratic_twice(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
    einsum!("i,ij,j->", x, a, x)
}

#[differentiate(order = 2)]
fn gram(#[constant] x: &Array2<f64>, w: &Array1<f64>) -> Array2<f64> {
    einsum!("n,ni,nj->ij", w, x, x)
}

#[test]
fn check_repeated() {
    for n in [0, 1, 3] {
        check_second!(diagonals(&matrix(n, n, 6), &tensor(n, 2, n, 7)));
        check_second!(quadratic_twice(&vector(n), &matrix(n, n, 8)));
    }
    for (m, n) in SHAPES {
        check_vector!(gram(const &matrix(m, n, 9), &vector(m)));
    }
}

#[differentiate(order = 2)]
fn attention(q: &Array3<f64>, k: &Array3<f64>, v: &Array3<f64>) -> Array3<f64> {
    let scores = einsum!("bqd,bkd->bqk", q, k);
    let weights = scores.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    einsum!("bqk,bkd->bqd", weights, v)
}

#[differentiate(order = 2)]
fn tucker(core: &Array3<f64>, a: &Array2<f64>, b: &Array2<f64>, c: &Array2<f64>) -> f64 {
    let t = einsum!("pqr,ip,jq,kr->ijk", core, a, b, c);
    einsum!("ijk,ijk->", t, t)
}

#[differentiate(order = 2)]
fn in_a_loop(x: &Array1<f64>, a: &Array2<f64>, n: usize) -> f64 {
    let mut y = x.clone();
    for _ in 0..n {
        y = einsum!("ij,j->i", a, y).mapv(f64::tanh);
    }
    y.sum()
}

#[test]
fn check_tensors() {
    check_vector!(attention(&tensor(2, 3, 2, 10), &tensor(2, 4, 2, 11), &tensor(2, 4, 2, 12)));
    check_second!(tucker(
        &tensor(2, 1, 2, 13),
        &matrix(3, 2, 14),
        &matrix(2, 1, 15),
        &matrix(2, 2, 16)
    ));
    for n in [0, 1, 2, 4] {
        check_second!(in_a_loop(&vector(3), &matrix(3, 3, 17), const n));
    }
}

#[differentiate(order = 2)]
fn kronecker(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let k = linalg::kron(a, b);
    k.mapv(|x| x * x).sum() + ndarray::linalg::kron(b, a).sum()
}

#[test]
fn check_kronecker() {
    for (m, n) in [(1, 1), (2, 3)] {
        check_second!(kronecker(&matrix(m, n, 18), &matrix(2, 2, 19)));
    }
}
