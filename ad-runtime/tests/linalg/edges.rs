//! Singular matrices, equal eigenvalues, zeros, and what panics.

use ad_runtime::linalg::{self, Norm, Triangle};
use ndarray::{Array1, Array2, array};

fn close(a: &Array2<f64>, b: &Array2<f64>) {
    assert_eq!(a.shape(), b.shape());
    assert!((a - b).iter().all(|x| x.abs() < 1e-12), "{a} against {b}");
}

#[test]
fn determinant_of_a_singular_matrix_has_the_cofactors_as_gradient() {
    // d = a11 a22 − a12 a21
    close(&linalg::det::grad(&array![[1.0, 2.0], [2.0, 4.0]]), &array![[4.0, -2.0], [-2.0, 1.0]]);
    close(&linalg::det::grad(&array![[0.0, 0.0], [0.0, -3.0]]), &array![[-3.0, 0.0], [0.0, 0.0]]);
    close(&linalg::det::grad(&Array2::zeros((3, 3))), &Array2::zeros((3, 3)));
}

/// The Hessian of a determinant times a direction is the tangent of the cofactors.
#[test]
fn determinant_of_a_singular_matrix_has_a_second_derivative() {
    let second = |a: &Array2<f64>, a_dot: &Array2<f64>| {
        let mut bars = (Array2::zeros(a.dim()), Array2::zeros(a.dim()));
        linalg::det::__adjoint_jvp(a, a_dot, 1.0, 0.0, &mut bars.0, &mut bars.1);
        assert_eq!(bars.0, linalg::det::grad(a));
        bars.1
    };
    let dot = array![[1.0, 2.0], [3.0, 5.0]];
    for a in [array![[1.0, 2.0], [2.0, 4.0]], array![[0.0, 0.0], [0.0, 0.0]]] {
        close(&second(&a, &dot), &array![[5.0, -3.0], [-2.0, 1.0]]);
    }
    // Rank one of three: d = a11 (a22 a33 − a23 a32) − … with products of two elements in each cofactor.
    let mut a = Array2::zeros((3, 3));
    a[[0, 0]] = 2.0;
    let dot = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 10.0]];
    let expected = array![[0.0, 0.0, 0.0], [0.0, 20.0, -16.0], [0.0, -12.0, 10.0]];
    close(&second(&a, &dot), &expected);
}

#[test]
fn logarithm_of_the_determinant_of_a_singular_matrix() {
    let (sign, ln) = linalg::ln_det(&array![[1.0, 2.0], [2.0, 4.0]]);
    assert_eq!((sign, ln), (0.0, f64::NEG_INFINITY));
}

#[test]
fn equal_eigenvalues_of_a_function_that_does_not_mind() {
    // tr(A²) through the eigendecomposition V Λ² Vᵀ has the gradient 2 A at the unit matrix as well.
    let a = Array2::<f64>::eye(3);
    let ((values, v), pullback) = linalg::eigh::vjp(&a);
    let weights = Array2::from_diag(&values.mapv(|x| x * x));
    // f = tr(V Λ² Vᵀ): V̄ = 2 V Λ², λ̄ = 2 λ.
    let bar = pullback((values.mapv(|x| 2.0 * x), v.dot(&weights) * 2.0));
    close(&bar, &(&a * 2.0));
}

#[test]
fn equal_and_zero_singular_values() {
    let a = array![[2.0, 0.0], [0.0, 2.0], [0.0, 0.0]];
    assert!(linalg::norm::grad(&a, Norm::Nuclear).iter().all(|x: &f64| x.is_finite()));
    close(&linalg::norm::grad(&a, Norm::Nuclear), &array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]);
    let zero = Array2::<f64>::zeros((2, 3));
    for kind in [Norm::One, Norm::Two, Norm::Infinity, Norm::Frobenius, Norm::Nuclear] {
        assert_eq!(linalg::norm::value_and_grad(&zero, kind), (0.0, zero.clone()), "{kind:?}");
    }
    let (u, s, vt) = linalg::svd(&zero);
    let bar = linalg::svd::vjp(&zero).1((u, s, vt));
    assert!(bar.iter().all(|x: &f64| x.is_finite()));
}

#[test]
fn rank_deficient_least_squares_has_the_smallest_norm() {
    let a = array![[1.0, 1.0], [1.0, 1.0]];
    let x = linalg::lstsq(&a, &array![2.0, 4.0]);
    assert!((x - array![1.5, 1.5]).iter().all(|x: &f64| x.abs() < 1e-12));
}

#[test]
fn norms_do_not_overflow() {
    assert!((linalg::norm(&array![3e200, 4e200], Norm::Two) / 5e200 - 1.0_f64).abs() < 1e-15);
    assert!(linalg::norm(&array![1.0, f64::NAN], Norm::One).is_nan());
    assert!(linalg::norm(&array![f64::NAN, 1.0], Norm::Infinity).is_nan());
    assert!(linalg::norm(&array![f64::NAN, 1.0], Norm::Two).is_nan());
    assert_eq!(linalg::norm(&array![f64::INFINITY, 1.0], Norm::Two), f64::INFINITY);
}

#[test]
fn exponential_of_rotations_and_of_large_matrices() {
    let turn = linalg::expm(&array![[0.0, -1.0], [1.0, 0.0]]);
    close(&turn, &array![[1.0_f64.cos(), -1.0_f64.sin()], [1.0_f64.sin(), 1.0_f64.cos()]]);
    let large = linalg::expm(&array![[-30.0, 0.0], [0.0, 3.0]]);
    assert!((large[[1, 1]] / 3.0_f64.exp() - 1.0).abs() < 1e-13);
    assert!(((large[[0, 0]] / (-30.0_f64).exp()) - 1.0).abs() < 1e-11);
}

#[test]
fn a_strided_matrix_is_copied() {
    let wide =
        Array2::from_shape_fn((4, 4), |(i, j)| if i == j { 4.0 } else { (i + 2 * j) as f64 * 0.1 });
    let part = wide.slice(ndarray::s![..;2, ..;2]);
    let x = linalg::solve(&part, &array![1.0, 2.0]);
    assert!((part.dot(&x) - array![1.0, 2.0]).iter().all(|x| x.abs() < 1e-14));
}

macro_rules! panics {
    ($($name:ident, $message:literal: $e:expr;)*) => {$(
        #[test]
        #[should_panic(expected = $message)]
        fn $name() {
            let _ = $e;
        }
    )*};
}
panics! {
    inverse_of_a_singular_matrix, "linalg::inv: the matrix is singular": linalg::inv(&array![[1.0, 2.0], [2.0, 4.0]]);
    solving_a_singular_system, "linalg::solve: the matrix is singular":
        linalg::solve(&array![[0.0, 0.0], [0.0, 1.0]], &array![1.0, 1.0]);
    singular_triangle, "linalg::solve_triangular: the matrix is singular":
        linalg::solve_triangular(&array![[1.0, 0.0], [1.0, 0.0]], &array![1.0, 1.0], Triangle::Lower);
    not_positive_definite, "not positive definite": linalg::cholesky(&array![[1.0, 2.0], [2.0, 1.0]]);
    not_square, "has shape [1, 2], which is not square": linalg::det(&array![[1.0, 2.0]]);
    right_hand_side, "a matrix of shape [1, 1] and right-hand sides of shape [2]":
        linalg::solve(&array![[1.0]], &array![1.0, 2.0]);
    slope_of_a_singular_logarithm, "a singular matrix has no derivative":
        linalg::ln_det::jvp(&array![[0.0]], &array![[1.0]]);
    dependent_columns, "full rank": linalg::qr::vjp(&array![[0.0, 1.0], [0.0, 1.0]]).1((
        Array2::zeros((2, 2)), Array2::zeros((2, 2))));
    vectors_of_the_plane, "lengths 2 and 2": linalg::cross(&Array1::<f64>::zeros(2), &Array1::zeros(2));
    exponential_of_nothing, "not finite": linalg::expm(&array![[f64::NAN]]);
    wrong_tangent, "a derivative of shape [2, 2] meets a value of shape [1, 1]":
        linalg::inv::jvp(&array![[1.0]], &Array2::zeros((2, 2)));
}
