//! What people write with `ndarray`, a function or more per operation: each in reverse, in forward, one
//! against the other and against finite differences, with the Hessian against differences of the gradient.

mod arithmetic;
mod closures;
mod constructors;
mod conversions;
mod dimensions;
mod generics;
mod iterators;
mod kinds;
mod layers;
mod models;
mod mutation;
mod products;
mod reductions;
mod references;
mod shapes;
mod zips;

use ad::signed;
use ndarray::{Array1, Array2, Array3};

/// A vector of numbers in `[-1, 1)`.
fn vector(n: usize, seed: u64) -> Array1<f64> {
    Array1::from(signed(n, seed))
}

/// A matrix of numbers in `[-1, 1)`.
fn matrix(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), signed(rows * columns, seed)).unwrap()
}

/// An array of three axes of numbers in `[-1, 1)`.
fn cube(a: usize, b: usize, c: usize, seed: u64) -> Array3<f64> {
    Array3::from_shape_vec((a, b, c), signed(a * b * c, seed)).unwrap()
}

/// A vector of numbers in `[0.5, 1.5)`.
fn positive(n: usize) -> Array1<f64> {
    Array1::from(ad::values(n))
}
