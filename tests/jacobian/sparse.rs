//! Sparse derivatives of differentiated functions: the dense ones, by fewer sweeps.

use ad_runtime::differentiate;
use ad_runtime::ndarray::Array1;
use ad_runtime::sparse::{
    Coloring, Pattern, SparseMatrix, sparse_hessian, sparse_jacobian, sparse_jacobian_reverse,
};
use std::cell::Cell;

/// Burgers' equation on a ring of cells.
#[differentiate]
fn burgers(u: &Array1<f64>, #[constant] viscosity: f64) -> Array1<f64> {
    let n = u.len();
    let mut rate = Array1::zeros(n);
    for i in 0..n {
        let (left, right) = (u[(i + n - 1) % n], u[(i + 1) % n]);
        rate[i] = viscosity * (left - 2.0 * u[i] + right) - u[i] * (right - left) / 2.0;
    }
    rate
}

fn require_equal(sparse: &SparseMatrix, dense: &ad_runtime::ndarray::Array2<f64>) {
    let difference = &sparse.to_dense() - dense;
    assert!(difference.iter().all(|d| d.abs() < 1e-12), "{difference}");
}

#[test]
fn a_ring() {
    let u = Array1::from_shape_fn(24, |i| (i as f64).sin());
    let sweeps = Cell::new(0);
    let push = |dot: &[f64]| {
        sweeps.set(sweeps.get() + 1);
        burgers::jvp(&u, 0.1, &Array1::from(dot.to_vec())).1
    };
    let pattern = Pattern::detect(24, push);
    assert_eq!(pattern.len(), 3 * 24);
    sweeps.set(0);
    require_equal(&sparse_jacobian(&pattern, push), &burgers::jacobian(&u, 0.1));
    assert_eq!(sweeps.get(), 3 + usize::from(cfg!(debug_assertions)));
    let pull = |bar: &[f64]| burgers::vjp(&u, 0.1).1(Array1::from(bar.to_vec()));
    require_equal(&sparse_jacobian_reverse(&pattern, pull), &burgers::jacobian(&u, 0.1));
}

/// Cameras of two parameters and points of three, each pair seen once.
#[differentiate]
fn reprojection(cameras: &[f64], points: &[f64]) -> Vec<f64> {
    let mut out = Vec::new();
    for c in 0..cameras.len() / 2 {
        for p in 0..points.len() / 3 {
            let scale = cameras[2 * c] / (points[3 * p + 2] + cameras[2 * c + 1]);
            out.push(scale * points[3 * p]);
            out.push(scale * points[3 * p + 1]);
        }
    }
    out
}

#[test]
fn bundle_adjustment() {
    let cameras: Vec<f64> = (0..10).map(|i| 1.0 + 0.1 * f64::from(i)).collect();
    let points: Vec<f64> = (0..36).map(|i| 2.0 + (f64::from(i)).cos()).collect();
    let push = |dot: &[f64]| {
        let (cameras_dot, points_dot) = dot.split_at(cameras.len());
        reprojection::jvp(&cameras, &points, cameras_dot, points_dot).1
    };
    let pattern = Pattern::detect(46, push);
    // In each row two of a camera, and two of a point: its depth and one other coordinate.
    assert_eq!(pattern.len(), 4 * pattern.rows());
    assert!(Coloring::of_columns(&pattern).count() <= 5);
    let sparse = sparse_jacobian(&pattern, push);
    let (by_cameras, by_points) = reprojection::jacobian(&cameras, &points);
    let dense =
        ad_runtime::ndarray::concatenate![ad_runtime::ndarray::Axis(1), by_cameras, by_points];
    require_equal(&sparse, &dense);
}

/// A chain of springs, all of which hang on the first mass as well.
#[differentiate(order = 2)]
fn springs(x: &[f64]) -> f64 {
    let mut energy = 0.0;
    for i in 1..x.len() {
        energy += (x[i] - x[i - 1]).powi(4) + (x[i] - x[0]).sin();
    }
    energy
}

#[test]
fn hessian_of_an_arrow() {
    let x: Vec<f64> = (0..30).map(|i| (0.7 * f64::from(i)).sin()).collect();
    let sweeps = Cell::new(0);
    let push = |dot: &[f64]| {
        sweeps.set(sweeps.get() + 1);
        springs::hvp(&x, dot)
    };
    let pattern = Pattern::detect(30, push);
    assert!(pattern.is_symmetric());
    sweeps.set(0);
    require_equal(&sparse_hessian(&pattern, push), &springs::hessian(&x));
    // The head of the arrow, and a band of three.
    assert!(sweeps.get() <= 5 + usize::from(cfg!(debug_assertions)), "{}", sweeps.get());
}

/// A slope of zero at this point is an entry all the same; a branch that is not taken is none.
#[differentiate]
fn at_a_point(x: &[f64]) -> Vec<f64> {
    vec![x[0] * x[0], if x[1] > 0.0 { x[1] * x[2] } else { x[0] }]
}

#[test]
fn what_is_detected() {
    let at = |x: [f64; 3]| Pattern::detect(3, |dot| at_a_point::jvp(&x, dot).1);
    let (above, below) = (at([0.0, 1.0, 0.0]), at([0.0, -1.0, 0.0]));
    assert_eq!((above.row(0), above.row(1)), (&[0][..], &[1, 2][..]));
    assert_eq!(below.row(1), [0]);
    assert_eq!(above.union(&below).row(1), [0, 1, 2]);
}
