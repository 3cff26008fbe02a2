//! The rules of `ad_runtime::linalg`, each forward against reverse and against differences, for `f32` and `f64`.

#[macro_use]
#[path = "../ndarray_rules/checker.rs"]
mod checker;

mod edges;
mod rules;

use ad_runtime::linalg::Scalar;
use checker::Random;
use ndarray::{Array2, Ix2};

/// A well-conditioned square matrix that is not symmetric.
fn square<A: Scalar>(n: usize) -> Array2<A> {
    let random: Array2<A> = Random::new().array::<A, Ix2>((n, n));
    random + Array2::<A>::from_diag_elem(n, A::from_usize(n).unwrap())
}

/// A matrix of any shape with distinct singular values.
fn matrix<A: Scalar>(m: usize, n: usize) -> Array2<A> {
    let mut random = Random::new().array::<A, Ix2>((m, n));
    for (i, diagonal) in random.diag_mut().iter_mut().enumerate() {
        *diagonal += A::from_usize(2 * i + 1).unwrap();
    }
    random
}
