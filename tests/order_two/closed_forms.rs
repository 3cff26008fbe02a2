//! Hessians of matrix code against those of the textbooks.

use ad_runtime::{Differentiable, Real, differentiate, linalg};
use ndarray::{Array1, Array2, Array4, Axis, array, s};

fn assert_near<D: ndarray::Dimension>(
    name: &str,
    actual: &ndarray::Array<f64, D>,
    expected: &ndarray::Array<f64, D>,
) {
    assert_eq!(actual.shape(), expected.shape(), "{name}: the shape");
    for (a, b) in actual.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-11 * (1.0 + b.abs()), "{name}: {actual} is not {expected}");
    }
}

fn data() -> Array2<f64> {
    array![[1.0, 0.3, -0.4], [0.5, -0.8, 0.9], [0.1, 0.7, 1.3], [-1.1, 0.2, 0.6]]
}

#[differentiate(order = 2)]
fn quadratic(x: &Array1<f64>, #[constant] a: &Array2<f64>, #[constant] b: &Array1<f64>) -> f64 {
    0.5 * x.dot(&a.dot(x)) - b.dot(x)
}

#[differentiate(order = 2)]
fn log_sum_exp(x: &Array1<f64>) -> f64 {
    let largest = x.fold(f64::NEG_INFINITY, |m, e| m.max(*e));
    largest + (x - largest).exp().sum().ln()
}

#[differentiate(order = 2)]
fn logistic(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let z = phi.dot(theta);
    z.mapv(|z| z.exp().ln_1p()).sum() - y.dot(&z)
}

#[differentiate(order = 2)]
fn ridge(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
    #[constant] lambda: f64,
) -> f64 {
    let e = y - phi.dot(theta);
    e.dot(&e) + lambda * theta.dot(theta)
}

/// `ln p(y)` of a Gaussian process with length scale, amplitude and noise `exp θ`, up to a constant.
#[differentiate(order = 2)]
fn log_marginal_likelihood(
    theta: &Array1<f64>,
    #[constant] squares: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let scales = theta.exp();
    let mut k = (squares * (-0.5 / scales[0])).exp() * scales[1];
    for i in 0..y.len() {
        k[[i, i]] += scales[2];
    }
    let l = linalg::cholesky(&k);
    let alpha = linalg::solve_triangular(&l, y, linalg::Triangle::Lower);
    -0.5 * alpha.dot(&alpha) - l.diag().ln().sum()
}

#[differentiate(order = 2)]
fn factorization(u: &Array2<f64>, v: &Array2<f64>, #[constant] target: &Array2<f64>) -> f64 {
    let e = u.dot(v) - target;
    0.5 * (&e * &e).sum()
}

#[differentiate(order = 2)]
fn bilinear(a: &Array2<f64>, x: &Array1<f64>, t: f64) -> f64 {
    x.dot(&a.dot(x)) * t * t
}

/// `½ ‖L⁻¹ x‖² + ln det A` with `A = L Lᵀ`, of any scalar.
#[differentiate(order = 2)]
fn gaussian<T: Real + linalg::Scalar>(x: &Array1<T>, #[constant] a: &Array2<T>) -> T {
    let l = linalg::cholesky(a);
    let z = linalg::solve_triangular(&l, x, linalg::Triangle::Lower);
    let squares = z.mapv(|z| z * z);
    squares.sum() / (T::one() + T::one()) + l.diag().ln().sum()
}

#[derive(Clone, Debug, Differentiable)]
struct Layer {
    weights: Array2<f64>,
    bias: Array1<f64>,
}

/// Two layers: the second one of squares, so that the Hessian is that of a quartic.
#[differentiate(order = 2)]
fn network(layers: &[Layer], #[constant] input: &Array1<f64>) -> f64 {
    let mut h = input.clone();
    for layer in layers {
        let z = layer.weights.dot(&h) + &layer.bias;
        h = &z * &z;
    }
    h.sum()
}

#[test]
fn of_a_generic_scalar() {
    let (a, x) = (array![[2.0_f32, 0.5], [0.5, 1.0]], array![0.3_f32, -0.7]);
    let (hessian, inverse) = (gaussian::hessian(&x, &a), linalg::inv(&a));
    assert!((&hessian - &inverse).iter().all(|e| e.abs() < 1e-5), "{hessian} is not {inverse}");
    let (a, x) = (a.mapv(f64::from), x.mapv(f64::from));
    assert_near("gaussian", &gaussian::hessian(&x, &a), &linalg::inv(&a));
}

/// `f = Σ_i (Σ_j w_ij (u_j x + c_j)² + b_i)²`: the derivative of the gradient along one bias, by hand.
#[test]
fn of_structs() {
    let layer = |weights, bias| Layer { weights, bias };
    let layers = [
        layer(array![[0.3], [-0.8]], array![0.5, 0.1]),
        layer(array![[1.2, -0.4], [0.7, 0.6]], array![-0.3, 0.9]),
    ];
    let input = array![0.7];
    let mut directions: Vec<LayerTangent> =
        layers.iter().map(Differentiable::zero_tangent).collect();
    directions[1].bias[0] = 1.0;
    let product = network::hvp(&layers, &input, &directions);
    let z = layers[0].weights.dot(&input) + &layers[0].bias;
    let h = &z * &z;
    // f_b₀ = 2 r₀ with r₀ = w₀ · h + b₀.
    assert_near("bias", &product[1].bias, &array![2.0, 0.0]);
    let expected = array![[2.0 * h[0], 2.0 * h[1]], [0.0, 0.0]];
    assert_near("weights", &product[1].weights, &expected);
    let inner = 4.0 * &layers[1].weights.row(0) * &z;
    assert_near("inner bias", &product[0].bias, &inner);
    assert_near("inner weights", &product[0].weights, &(&inner * input[0]).insert_axis(Axis(1)));
}

#[test]
fn of_a_vector() {
    let x = array![0.4, -1.3, 0.7];
    let (phi, y) = (data(), array![0.3, 1.0, -0.2, 0.5]);
    let a = array![[2.0, 0.3, -0.4], [0.5, 1.8, 0.9], [0.1, 0.7, 3.0]];

    let hessian = quadratic::hessian(&x, &a, &array![1.0, 2.0, 3.0]);
    assert_near("quadratic", &hessian, &(0.5 * (&a + &a.t())));

    let p = x.exp() / x.exp().sum();
    let expected = Array2::from_diag(&p) - linalg::outer(&p, &p);
    assert_near("log_sum_exp", &log_sum_exp::hessian(&x), &expected);

    let s = phi.dot(&x).mapv(|z| 1.0 / (1.0 + (-z).exp()));
    let weighted = &phi * &s.mapv(|s| s * (1.0 - s)).insert_axis(Axis(1));
    assert_near("logistic", &logistic::hessian(&x, &phi, &y), &phi.t().dot(&weighted));

    let expected = 2.0 * phi.t().dot(&phi) + 2.0 * 0.7 * Array2::eye(3);
    assert_near("ridge", &ridge::hessian(&x, &phi, &y, 0.7), &expected);
}

/// With `K_i = ∂K/∂θ_i`, `a = K⁻¹ y`: `∂²/∂θ_i∂θ_j = aᵀ(½ K_ij − K_i K⁻¹ K_j) a − ½ tr(K⁻¹ K_ij − K⁻¹ K_i K⁻¹ K_j)`.
#[test]
fn of_a_gaussian_process() {
    let at: Array1<f64> = array![0.0, 0.4, 1.1, 1.7];
    let y: Array1<f64> = array![0.3, 1.0, -0.2, 0.5];
    let squares = Array2::from_shape_fn((4, 4), |(i, j)| f64::powi(at[i] - at[j], 2));
    let theta = array![-0.3, 0.4, -1.2];
    let scales = theta.exp();
    let smooth = squares.mapv(|d: f64| scales[1] * (-0.5 * d / scales[0]).exp());
    let noise = Array2::<f64>::eye(4) * scales[2];
    let inverse = linalg::inv(&(&smooth + &noise));
    let a = inverse.dot(&y);
    let by_length = squares.mapv(|d| 0.5 * d / scales[0]);
    let first = [&smooth * &by_length, smooth.clone(), noise.clone()];
    let zero = Array2::zeros((4, 4));
    let second = [
        [&smooth * &(&by_length * &by_length - &by_length), first[0].clone(), zero.clone()],
        [first[0].clone(), smooth.clone(), zero.clone()],
        [zero.clone(), zero.clone(), noise.clone()],
    ];
    let expected = Array2::from_shape_fn((3, 3), |(i, j)| {
        let product = inverse.dot(&first[i]).dot(&inverse).dot(&first[j]);
        let curved: Array2<f64> = 0.5 * &second[i][j] - first[i].dot(&inverse).dot(&first[j]);
        a.dot(&curved.dot(&a)) - 0.5 * (inverse.dot(&second[i][j]) - product).diag().sum()
    });
    let hessian = log_marginal_likelihood::hessian(&theta, &squares, &y);
    assert_near("the likelihood", &hessian, &expected);
}

/// `f = ½ ‖U V − T‖²`: `∂²f/∂U∂U = δ_ik (V Vᵀ)_jl`, and so on.
#[test]
fn of_matrices() {
    let u = data();
    let v = array![[0.2, -0.5], [1.1, 0.4], [0.3, 0.8]];
    let target = array![[0.1, 0.2], [0.3, -0.4], [0.5, 0.6], [0.7, 0.8]];
    let ((uu, uv), (vu, vv)) = factorization::hessian(&u, &v, &target);
    let (gram_v, gram_u, e) = (v.dot(&v.t()), u.t().dot(&u), u.dot(&v) - &target);
    let same = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
    let expected = Array4::from_shape_fn((4, 3, 4, 3), |(i, j, k, l)| same(i, k) * gram_v[[j, l]]);
    assert_near("∂²/∂U∂U", &uu, &expected);
    let expected = Array4::from_shape_fn((3, 2, 3, 2), |(i, j, k, l)| gram_u[[i, k]] * same(j, l));
    assert_near("∂²/∂V∂V", &vv, &expected);
    let expected = Array4::from_shape_fn((4, 3, 3, 2), |(i, j, k, l)| {
        u[[i, k]] * v[[j, l]] + same(j, k) * e[[i, l]]
    });
    assert_near("∂²/∂U∂V", &uv, &expected);
    assert_near(
        "∂²/∂V∂U",
        &vu,
        &expected.permuted_axes([2, 3, 0, 1]).as_standard_layout().into_owned(),
    );
}

#[test]
fn of_parameters_of_different_kinds() {
    let a = array![[2.0, 0.3], [0.5, 1.8]];
    let (x, t) = (array![0.4, -1.3], 0.7);
    let ((aa, ax, at), (xa, xx, xt), (ta, tx, tt)) = bilinear::hessian(&a, &x, t);
    assert_eq!(aa, Array4::<f64>::zeros((2, 2, 2, 2)));
    assert_near("xx", &xx, &((&a + &a.t()) * (t * t)));
    assert_near("xt", &xt, &((&a + &a.t()).dot(&x) * (2.0 * t)));
    assert_near("tx", &tx, &xt);
    assert!((tt[()] - 2.0 * x.dot(&a.dot(&x))).abs() < 1e-12);
    assert_near("at", &at, &(linalg::outer(&x, &x) * (2.0 * t)));
    assert_near("ta", &ta, &at);
    assert_near("ax", &ax.permuted_axes([2, 0, 1]).as_standard_layout().into_owned(), &xa);

    let (da, dx, dt) = (array![[0.1, -0.2], [0.3, 0.4]], array![0.5, -0.6], 0.7);
    let (_, px, pt) = bilinear::hvp(&a, &x, t, &da, &dx, dt);
    let rows = xa.to_shape((2, 4)).unwrap().dot(&da.flatten()) + xx.dot(&dx) + &xt * dt;
    assert_near("hvp in x", &px, &rows);
    assert!((pt - ((&ta * &da).sum() + tx.dot(&dx) + tt[()] * dt)).abs() < 1e-12);
    let of_a_slice = xa.slice(s![0, .., ..]).to_owned();
    assert_near("xa", &of_a_slice, &array![[2.0 * x[0], x[1]], [x[1], 0.0]].mapv(|e| e * t * t));
}
