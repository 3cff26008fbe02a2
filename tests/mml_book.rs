//! The examples and identities of *Mathematics for Machine Learning* (Deisenroth, Faisal, Ong), chapter
//! 5, one test each, named by its number.
//!
//! Every Jacobian is compared with the book's closed form, with finite differences, and between
//! forward mode, reverse mode and the flattened matrix: the book's two ways to gradients of matrices.

use ad_runtime::differentiate;
use ad_runtime::ndarray::{Array, Array1, Array2, Array3, Array4, ArrayD, Axis, Dimension, array};

/// A value as the list of its elements, row by row.
trait Elements {
    fn elements(&self) -> Vec<f64>;
}

impl Elements for f64 {
    fn elements(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<D: Dimension> Elements for Array<f64, D> {
    fn elements(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

#[track_caller]
fn assert_close(what: &str, actual: &ArrayD<f64>, expected: &ArrayD<f64>, tolerance: f64) {
    assert_eq!(actual.shape(), expected.shape(), "{what}: the shapes differ");
    for (index, &expected) in expected.indexed_iter() {
        let actual = actual[&index];
        let close = (actual - expected).abs() <= tolerance * (1.0 + expected.abs());
        assert!(close, "{what}: {actual} at {index:?}, expected {expected}");
    }
}

/// Checks all Jacobians of `$f` with respect to its first argument, an array, against `$closed`.
macro_rules! check {
    ($f:ident($x:expr $(, $rest:expr)*), $closed:expr) => {{
        let x = $x.clone();
        let closed = $closed.into_dyn();
        assert_close("forward", &$f::jacobian_forward(&x $(, $rest)*).into_dyn(), &closed, 1e-12);
        assert_close("reverse", &$f::jacobian_reverse(&x $(, $rest)*).into_dyn(), &closed, 1e-12);
        assert_close("either", &$f::jacobian(&x $(, $rest)*).into_dyn(), &closed, 1e-12);
        let flat = $f::jacobian_matrix(&x $(, $rest)*);
        let shaped = flat.clone().into_shape_with_order(closed.raw_dim()).unwrap();
        assert_close("flattened and reshaped", &shaped, &closed, 1e-12);
        let h = 1e-6;
        let mut differences = Array2::zeros(flat.dim());
        for k in 0..x.len() {
            let moved = |by: f64| {
                let mut x = x.clone();
                *x.iter_mut().nth(k).unwrap() += by;
                Array1::from($f(&x $(, $rest)*).elements())
            };
            differences.column_mut(k).assign(&((moved(h) - moved(-h)) / (2.0 * h)));
        }
        assert_close("finite differences", &flat.into_dyn(), &differences.into_dyn(), 1e-6);
    }};
}

/// A matrix of numbers in [-1, 1], another for another seed.
fn matrix(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), ad::signed(rows * columns, seed)).unwrap()
}

fn vector(n: usize, seed: u64) -> Array1<f64> {
    Array1::from(ad::signed(n, seed))
}

/// A square matrix far from singular.
fn regular(n: usize, seed: u64) -> Array2<f64> {
    matrix(n, n, seed) + 3.0 * Array2::eye(n)
}

fn outer(a: &Array1<f64>, b: &Array1<f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.len(), b.len()), |(i, j)| a[i] * b[j])
}

// Example 5.11, equations (5.75) to (5.83): least squares.

#[differentiate]
fn error(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> Array1<f64> {
    y - phi.dot(theta)
}

#[differentiate]
fn squared_norm(e: &Array1<f64>) -> f64 {
    e.dot(e)
}

#[differentiate]
fn loss(theta: &Array1<f64>, #[constant] phi: &Array2<f64>, #[constant] y: &Array1<f64>) -> f64 {
    let e = y - phi.dot(theta);
    e.dot(&e)
}

#[test]
fn example_5_11_least_squares() {
    for (n, d) in [(7, 3), (4, 4), (2, 5), (1, 1)] {
        let (phi, y, theta) = (matrix(n, d, 1), vector(n, 2), vector(d, 3));
        let e = error(&theta, &phi, &y);
        check!(squared_norm(e), 2.0 * &e);
        check!(error(theta, &phi, &y), -&phi);
        check!(loss(theta, &phi, &y), -2.0 * (&y - &phi.dot(&theta)).dot(&phi));

        let by_e = squared_norm::jacobian_matrix(&e);
        let by_theta = error::jacobian_matrix(&theta, &phi, &y);
        assert_eq!((by_e.dim(), by_theta.dim()), ((1, n), (n, d)));
        let chain = by_e.dot(&by_theta);
        assert_eq!(chain.dim(), (1, d));
        assert_close(
            "chain rule",
            &loss::jacobian_matrix(&theta, &phi, &y).into_dyn(),
            &chain.into_dyn(),
            1e-12,
        );
    }
}

// Figure 5.7: the gradient of a 4 × 2 matrix with respect to a vector of length 3.

#[differentiate]
fn matrix_of_vector(x: &Array1<f64>, #[constant] b: &Array3<f64>) -> Array2<f64> {
    let mut a = Array2::zeros((b.shape()[0], b.shape()[1]));
    for i in 0..b.shape()[0] {
        for j in 0..b.shape()[1] {
            let mut sum = 0.0;
            for k in 0..x.len() {
                sum += b[[i, j, k]] * x[k] * x[k];
            }
            a[[i, j]] = sum;
        }
    }
    a
}

#[test]
fn figure_5_7_matrix_by_vector() {
    for (m, n, p) in [(4, 2, 3), (2, 2, 2), (1, 3, 5)] {
        let b = Array3::from_shape_vec((m, n, p), ad::signed(m * n * p, 4)).unwrap();
        let x = vector(p, 5);
        let jacobian: Array3<f64> = matrix_of_vector::jacobian(&x, &b);
        assert_eq!(jacobian.shape(), [m, n, p]);
        check!(
            matrix_of_vector(x, &b),
            Array3::from_shape_fn((m, n, p), |(i, j, k)| 2.0 * b[[i, j, k]] * x[k])
        );
        // Collating partial derivatives: slice k is ∂A/∂x_k, an m × n matrix.
        for k in 0..p {
            let mut direction = Array1::zeros(p);
            direction[k] = 1.0;
            let (_, partial) = matrix_of_vector::jvp(&x, &b, &direction);
            assert_eq!(jacobian.index_axis(Axis(2), k), partial);
        }
    }
}

// Example 5.12: the gradient of a vector with respect to a matrix.

#[differentiate]
fn product(a: &Array2<f64>, #[constant] x: &Array1<f64>) -> Array1<f64> {
    a.dot(x)
}

#[test]
fn example_5_12_vector_by_matrix() {
    for (m, n) in [(2, 3), (3, 3), (4, 1)] {
        let (a, x) = (matrix(m, n, 6), vector(n, 7));
        // ∂f_i/∂A has xᵀ in row i, and zeros elsewhere.
        check!(
            product(a, &x),
            Array3::from_shape_fn((m, m, n), |(i, j, k)| if i == j { x[k] } else { 0.0 })
        );
    }
}

// Example 5.13: the gradient of a matrix with respect to a matrix.

#[differentiate]
fn gram(r: &Array2<f64>) -> Array2<f64> {
    r.t().dot(r)
}

#[test]
fn example_5_13_matrix_by_matrix() {
    for (m, n) in [(3, 2), (2, 2), (1, 4)] {
        let r = matrix(m, n, 8);
        let closed = Array4::from_shape_fn((n, n, m, n), |(p, q, i, j)| match (j == p, j == q) {
            (true, true) => 2.0 * r[[i, q]],
            (true, false) => r[[i, q]],
            (false, true) => r[[i, p]],
            (false, false) => 0.0,
        });
        check!(gram(r), closed);
    }
}

// Section 5.5: useful identities. With f(X) = X X, whose derivative is dX X + X dX.

#[differentiate]
fn square(x: &Array2<f64>) -> Array2<f64> {
    x.dot(x)
}

#[differentiate]
fn transposed_square(x: &Array2<f64>) -> Array2<f64> {
    x.dot(x).t().to_owned()
}

#[test]
fn identity_5_99_transpose() {
    for n in [1, 2, 3] {
        let x = matrix(n, n, 9);
        // ∂/∂X f(X)ᵀ = (∂f(X)/∂X)ᵀ: the axes of the result change places.
        check!(transposed_square(x), square::jacobian(&x).permuted_axes([1, 0, 2, 3]));
    }
}

#[differentiate]
fn trace_of_square(x: &Array2<f64>) -> f64 {
    let f = x.dot(x);
    let mut trace = 0.0;
    for i in 0..x.nrows() {
        trace += f[[i, i]];
    }
    trace
}

#[test]
fn identity_5_100_trace() {
    for n in [1, 2, 3] {
        let x = matrix(n, n, 10);
        // ∂/∂X tr(f(X)) = tr(∂f(X)/∂X): the trace over the axes of the result.
        let by_x = square::jacobian(&x);
        let traced =
            Array2::from_shape_fn((n, n), |(k, l)| (0..n).map(|i| by_x[[i, i, k, l]]).sum());
        check!(trace_of_square(x), traced);
        check!(trace_of_square(x), 2.0 * &x.t());
    }
}

/// The determinant by cofactors of the first row.
#[differentiate]
fn det3(x: &Array2<f64>) -> f64 {
    let a = x[[1, 1]] * x[[2, 2]] - x[[1, 2]] * x[[2, 1]];
    let b = x[[1, 0]] * x[[2, 2]] - x[[1, 2]] * x[[2, 0]];
    let c = x[[1, 0]] * x[[2, 1]] - x[[1, 1]] * x[[2, 0]];
    x[[0, 0]] * a - x[[0, 1]] * b + x[[0, 2]] * c
}

#[differentiate]
fn det2(x: &Array2<f64>) -> f64 {
    x[[0, 0]] * x[[1, 1]] - x[[0, 1]] * x[[1, 0]]
}

#[test]
fn identity_5_101_determinant() {
    // ∂/∂X det(X) = det(X) X⁻ᵀ, which is det(f) tr(f⁻¹ ∂f/∂X) for f(X) = X.
    let x = regular(2, 11);
    check!(det2(x), det2(&x) * &inverse(&x).t());
    let x = regular(3, 12);
    check!(det3(x), det3(&x) * &inverse(&x).t());
}

/// The inverse by Gauss–Jordan elimination without pivoting.
#[differentiate]
fn inverse(x: &Array2<f64>) -> Array2<f64> {
    let n = x.nrows();
    let mut left = x.clone();
    let mut right = Array2::eye(n);
    for p in 0..n {
        let pivot = left[[p, p]];
        for j in 0..n {
            left[[p, j]] /= pivot;
            right[[p, j]] /= pivot;
        }
        for i in 0..n {
            if i != p {
                let factor = left[[i, p]];
                for j in 0..n {
                    left[[i, j]] -= factor * left[[p, j]];
                    right[[i, j]] -= factor * right[[p, j]];
                }
            }
        }
    }
    right
}

#[test]
fn identity_5_102_inverse() {
    for n in [1, 2, 3, 4] {
        let x = regular(n, 13);
        let inv = inverse(&x);
        assert_close("inverse", &x.dot(&inv).into_dyn(), &Array2::eye(n).into_dyn(), 1e-12);
        // ∂X⁻¹ = −X⁻¹ ∂X X⁻¹, element by element.
        check!(
            inverse(x),
            Array4::from_shape_fn((n, n, n, n), |(i, j, k, l)| -inv[[i, k]] * inv[[l, j]])
        );
    }
}

#[differentiate]
fn inverse_form(x: &Array2<f64>, #[constant] a: &Array1<f64>, #[constant] b: &Array1<f64>) -> f64 {
    a.dot(&inverse(x).dot(b))
}

#[test]
fn identity_5_103_form_of_the_inverse() {
    for n in [1, 2, 3] {
        let (x, a, b) = (regular(n, 14), vector(n, 15), vector(n, 16));
        let inv_t = inverse(&x).t().to_owned();
        check!(inverse_form(x, &a, &b), -inv_t.dot(&outer(&a, &b)).dot(&inv_t));
    }
}

#[differentiate]
fn x_dot_a(x: &Array1<f64>, #[constant] a: &Array1<f64>) -> f64 {
    x.dot(a)
}

#[differentiate]
fn a_dot_x(x: &Array1<f64>, #[constant] a: &Array1<f64>) -> f64 {
    a.dot(x)
}

#[test]
fn identities_5_104_and_5_105_inner_product() {
    for n in [1, 3, 6] {
        let (x, a) = (vector(n, 17), vector(n, 18));
        check!(x_dot_a(x, &a), a.clone());
        check!(a_dot_x(x, &a), a.clone());
    }
}

#[differentiate]
fn bilinear(x: &Array2<f64>, #[constant] a: &Array1<f64>, #[constant] b: &Array1<f64>) -> f64 {
    a.dot(&x.dot(b))
}

#[test]
fn identity_5_106_bilinear_form() {
    for (m, n) in [(2, 3), (3, 3), (4, 1)] {
        let (x, a, b) = (matrix(m, n, 19), vector(m, 20), vector(n, 21));
        check!(bilinear(x, &a, &b), outer(&a, &b));
    }
}

#[differentiate]
fn quadratic(x: &Array1<f64>, #[constant] b: &Array2<f64>) -> f64 {
    x.dot(&b.dot(x))
}

#[test]
fn identity_5_107_quadratic_form() {
    for n in [1, 2, 5] {
        let (x, b) = (vector(n, 22), matrix(n, n, 23));
        check!(quadratic(x, &b), x.dot(&(&b + &b.t())));
    }
}

#[differentiate]
fn weighted(
    s: &Array1<f64>,
    #[constant] x: &Array1<f64>,
    #[constant] a: &Array2<f64>,
    #[constant] w: &Array2<f64>,
) -> f64 {
    let e = x - a.dot(s);
    e.dot(&w.dot(&e))
}

#[test]
fn identity_5_108_weighted_squares() {
    for (m, n) in [(4, 2), (3, 3), (1, 3)] {
        let (s, x, a) = (vector(n, 24), vector(m, 25), matrix(m, n, 26));
        let w = matrix(m, m, 27);
        let w = &w + &w.t();
        check!(weighted(s, &x, &a, &w), -2.0 * (&x - &a.dot(&s)).dot(&w).dot(&a));
    }
}

// Section 5.6: backpropagation in a deep network, here with three layers.

#[differentiate]
#[allow(clippy::too_many_arguments)]
fn network(
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    b2: &Array1<f64>,
    w3: &Array2<f64>,
    b3: &Array1<f64>,
    #[constant] x: &Array1<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let f1 = (w1.dot(x) + b1).tanh();
    let f2 = (w2.dot(&f1) + b2).tanh();
    let f3 = (w3.dot(&f2) + b3).tanh();
    let e = y - f3;
    e.dot(&e)
}

#[test]
fn section_5_6_backpropagation() {
    for (n0, n1, n2, n3) in [(3, 4, 5, 2), (2, 2, 2, 2), (1, 3, 1, 1)] {
        let (w1, w2, w3) = (matrix(n1, n0, 28), matrix(n2, n1, 29), matrix(n3, n2, 30));
        let (b1, b2, b3) = (vector(n1, 31), vector(n2, 32), vector(n3, 33));
        let (x, y) = (vector(n0, 34), vector(n3, 35));

        // The book's recursion: each layer's row ∂L/∂fᵢ times ∂fᵢ/∂zᵢ = diag(1 − fᵢ²), then by Wᵢ to the layer below.
        let f1 = (w1.dot(&x) + &b1).mapv(f64::tanh);
        let f2 = (w2.dot(&f1) + &b2).mapv(f64::tanh);
        let f3 = (w3.dot(&f2) + &b3).mapv(f64::tanh);
        let slope = |f: &Array1<f64>| f.mapv(|f| 1.0 - f * f);
        let d3 = -2.0 * (&y - &f3) * slope(&f3);
        let d2 = d3.dot(&w3) * slope(&f2);
        let d1 = d2.dot(&w2) * slope(&f1);

        let (gw1, gb1, gw2, gb2, gw3, gb3) = network::grad(&w1, &b1, &w2, &b2, &w3, &b3, &x, &y);
        for (actual, expected) in
            [(gw1, outer(&d1, &x)), (gw2, outer(&d2, &f1)), (gw3, outer(&d3, &f2))]
        {
            assert_close("weights", &actual.into_dyn(), &expected.into_dyn(), 1e-12);
        }
        for (actual, expected) in [(gb1, d1), (gb2, d2), (gb3, d3)] {
            assert_close("biases", &actual.into_dyn(), &expected.into_dyn(), 1e-12);
        }
        let forward = network::jacobian_forward(&w1, &b1, &w2, &b2, &w3, &b3, &x, &y);
        let reverse = network::jacobian_reverse(&w1, &b1, &w2, &b2, &w3, &b3, &x, &y);
        assert_close("first layer", &forward.0.into_dyn(), &reverse.0.into_dyn(), 1e-12);
        assert_close("last layer", &forward.5.into_dyn(), &reverse.5.into_dyn(), 1e-12);
    }
}

/// The check itself notices a wrong closed form.
#[test]
#[should_panic(expected = "forward: ")]
fn a_planted_error_is_found() {
    let (x, a) = (array![1.0, 2.0], array![3.0, 4.0]);
    check!(x_dot_a(x, &a), array![3.0, 4.1]);
}
