//! `einsum!` against sums written out, on every kind of contraction.

use ad_runtime::einsum;
use ndarray::{Array, Array1, Array2, Array3, Array4, Dimension, IntoDimension, s};

fn filled<D: Dimension>(shape: impl IntoDimension<Dim = D>) -> Array<f64, D> {
    let mut next = 0.3_f64;
    Array::from_shape_simple_fn(shape.into_dimension(), || {
        next = (next * 3.7) % 1.9;
        next - 0.8
    })
}

fn close<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) {
    assert_eq!(a.shape(), b.shape());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a} against {b}");
}

#[test]
fn one_operand() {
    let (a, c) = (filled((3, 3)), filled((3, 2, 3)));
    let trace: f64 = einsum!("ii", a);
    assert!((trace - a.diag().sum()).abs() < 1e-12);
    let sum: f64 = einsum!("ij->", a);
    assert!((sum - a.sum()).abs() < 1e-12);
    close(&einsum!("ii->i", a), &a.diag().to_owned());
    close(&einsum!("ij->ji", a), &a.t().to_owned());
    close(&einsum!("ba", a), &a.t().to_owned());
    close(&einsum!("ij->j", &a), &a.sum_axis(ndarray::Axis(0)));
    let expected = Array2::from_shape_fn((2, 3), |(j, i)| c[[i, j, i]]);
    close(&einsum!("iji->ji", c), &expected);
    close(&einsum!("iji->j", c.view()), &expected.sum_axis(ndarray::Axis(1)));
    let cube = filled((2, 2, 2));
    assert_eq!(einsum!("iii", cube), cube[[0, 0, 0]] + cube[[1, 1, 1]]);
}

#[test]
fn matrix_products() {
    for (l, k, r) in [(0, 2, 3), (2, 0, 3), (1, 1, 1), (2, 3, 4)] {
        let (a, b, x) = (filled((l, k)), filled((k, r)), filled(k));
        close(&einsum!("ij,jk->ik", a, b), &a.dot(&b));
        close(&einsum!("ij,jk", a, b), &a.dot(&b));
        close(&einsum!("ij,jk->ki", a, b), &a.dot(&b).t().to_owned());
        close(&einsum!("ji,kj->ik", a.t(), b.t()), &a.dot(&b));
        close(&einsum!("ij,j->i", a, x), &a.dot(&x));
        close(&einsum!("j,jk->k", x, &b), &x.dot(&b));
        assert_eq!(einsum!("i,i->", x, x), x.dot(&x));
    }
    let a: Array2<f64> = filled((6, 4));
    let strided = a.slice(s![..;2, ..;-1]);
    close(&einsum!("ij,kj->ik", strided, strided), &strided.dot(&strided.t()));
}

#[test]
fn products_without_sums() {
    let (x, y, a): (Array1<f64>, Array1<f64>, Array2<f64>) = (filled(2), filled(3), filled((2, 3)));
    let outer = Array2::from_shape_fn((2, 3), |(i, j)| x[i] * y[j]);
    close(&einsum!("i,j->ij", x, y), &outer);
    close(&einsum!("i,j->ji", x, y), &outer.t().to_owned());
    close(&einsum!("i,i->i", x, x), &(&x * &x));
    close(&einsum!("ij,j->ij", a, y), &(&a * &y));
    close(&einsum!("ij,ij->ji", a, a), &(&a * &a).t().to_owned());
}

#[test]
fn batches() {
    let (a, b): (Array3<f64>, Array3<f64>) = (filled((2, 3, 4)), filled((2, 4, 5)));
    let expected = Array3::from_shape_fn((2, 3, 5), |(n, i, k)| {
        (0..4).map(|j| a[[n, i, j]] * b[[n, j, k]]).sum()
    });
    close(&einsum!("nij,njk->nik", a, b), &expected);
    let rows = Array2::from_shape_fn((2, 3), |(n, i)| (0..4).map(|j| a[[n, i, j]].powi(2)).sum());
    close(&einsum!("nij,nij->ni", a, a), &rows);
    close(&einsum!("nij,nij->in", a, a), &rows.t().to_owned());
    let attention: Array4<f64> = filled((2, 3, 2, 4));
    let scores = einsum!("bqhd,bkhd->bhqk", attention, attention);
    let expected = Array4::from_shape_fn((2, 2, 3, 3), |(b, h, q, k)| {
        (0..4).map(|d| attention[[b, q, h, d]] * attention[[b, k, h, d]]).sum()
    });
    close(&scores, &expected);
}

#[test]
fn tensors() {
    let (c, a): (Array3<f64>, Array2<f64>) = (filled((2, 3, 4)), filled((4, 3)));
    let both = Array1::from_shape_fn(2, |i| {
        (0..3)
            .flat_map(|j| (0..4).map(move |k| (j, k)))
            .map(|(j, k)| c[[i, j, k]] * a[[k, j]])
            .sum()
    });
    close(&einsum!("ijk,kj->i", c, a), &both);
    let sum: Array1<f64> = c.sum_axis(ndarray::Axis(2)).sum_axis(ndarray::Axis(1)) * a.sum();
    close(&einsum!("ijk,lm->i", c, a), &sum);
}

#[test]
fn many_operands() {
    let (a, b, c): (Array2<f64>, Array2<f64>, Array2<f64>) =
        (filled((2, 3)), filled((3, 4)), filled((4, 5)));
    let (x, y) = (filled(2), filled(5));
    close(&einsum!("ij,jk,kl->il", a, b, c), &a.dot(&b).dot(&c));
    close(&einsum!("ij,jk,kl,l->i", a, b, c, y), &a.dot(&b).dot(&c).dot(&y));
    let form: f64 = einsum!("i,ij,jk,kl,l", x, a, b, c, y);
    assert!((form - x.dot(&a).dot(&b).dot(&c).dot(&y)).abs() < 1e-12);
    let cubes: f64 = einsum!("i,i,i->", y, y, y);
    assert!((cubes - y.mapv(|v| v * v * v).sum()).abs() < 1e-12);
    let cp = einsum!("ir,jr,kr->ijk", a, b.t(), c.slice(s![.., ..3]));
    let expected = Array3::from_shape_fn((2, 4, 4), |(i, j, k)| {
        (0..3).map(|r| a[[i, r]] * b[[r, j]] * c[[k, r]]).sum()
    });
    close(&cp, &expected);
}

#[test]
fn single_precision() {
    let a = filled((2, 3)).mapv(|x| x as f32);
    let product: Array2<f32> = einsum!("ij,kj->ik", a, a);
    assert_eq!(product, a.dot(&a.t()));
}

#[test]
#[should_panic(expected = "a common axis of the lengths 3 and 2")]
fn lengths_that_differ() {
    let _ = einsum!("ij,jk->ik", filled((2, 3)), filled((2, 2)));
}

#[test]
#[should_panic(expected = "no diagonal")]
fn diagonal_of_a_matrix_that_is_not_square() {
    let _: f64 = einsum!("ii", filled((2, 3)));
}
