//! Gradients of vectors and matrices as chapter 5 of *Mathematics for Machine Learning* derives them
//! by hand, with the shape of every factor. Each is compared with the book's closed form.
//!
//! ```text
//! cargo run --example mml_book
//! ```

use ad_runtime::differentiate;
use ndarray::{Array, Array1, Array2, Array3, Array4, Axis, Dimension, array};

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

/// A(x) = x₁² B₁ + x₂² B₂ + x₃² B₃ for constant matrices B₁, B₂, B₃ of shape 4 × 2.
#[differentiate]
fn combination(
    x: &Array1<f64>,
    #[constant] b1: &Array2<f64>,
    #[constant] b2: &Array2<f64>,
    #[constant] b3: &Array2<f64>,
) -> Array2<f64> {
    x[0] * x[0] * b1 + x[1] * x[1] * b2 + x[2] * x[2] * b3
}

#[differentiate]
fn product(a: &Array2<f64>, #[constant] x: &Array1<f64>) -> Array1<f64> {
    a.dot(x)
}

#[differentiate]
fn gram(r: &Array2<f64>) -> Array2<f64> {
    r.t().dot(r)
}

#[differentiate]
fn bilinear(x: &Array2<f64>, #[constant] a: &Array1<f64>, #[constant] b: &Array1<f64>) -> f64 {
    a.dot(&x.dot(b))
}

#[differentiate]
fn quadratic(x: &Array1<f64>, #[constant] b: &Array2<f64>) -> f64 {
    x.dot(&b.dot(x))
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

#[differentiate]
fn network(
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    b2: &Array1<f64>,
    #[constant] x: &Array1<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let f1 = (w1.dot(x) + b1).tanh();
    let e = y - (w2.dot(&f1) + b2).tanh();
    e.dot(&e)
}

fn main() {
    least_squares();
    matrix_by_vector();
    vector_by_matrix();
    matrix_by_matrix();
    identities();
    backpropagation();
}

fn least_squares() {
    heading("Example 5.11: least squares, L(θ) = ‖e‖² with e = y − Φθ, N = 5, D = 3");
    let (phi, y, theta) = (matrix(5, 3), vector(5), vector(3));
    let e = error(&theta, &phi, &y);
    let by_e = squared_norm::jacobian_matrix(&e);
    let by_theta = error::jacobian_matrix(&theta, &phi, &y);
    let gradient = loss::jacobian_matrix(&theta, &phi, &y);
    row("∂L/∂e = 2eᵀ", &by_e, &(2.0 * &e.insert_axis(Axis(0))));
    row("∂e/∂θ = −Φ", &by_theta, &-&phi);
    row("∂L/∂θ = ∂L/∂e · ∂e/∂θ", &gradient, &by_e.dot(&by_theta));
    let closed = -2.0 * (&y - &phi.dot(&theta)).dot(&phi);
    row("∂L/∂θ = −2(yᵀ − θᵀΦᵀ)Φ", &gradient, &closed.insert_axis(Axis(0)));
}

fn matrix_by_vector() {
    heading("Figure 5.7: A(x) of shape 4 × 2 with respect to x of length 3, in two ways");
    let (x, b) = (vector(3), [matrix(4, 2), 2.0 * matrix(4, 2), matrix(2, 4).reversed_axes()]);
    let jacobian: Array3<f64> = combination::jacobian(&x, &b[0], &b[1], &b[2]);

    // Collate: the partial derivative along each axis of x is a matrix; three of them make the tensor.
    let mut collated = Array3::zeros((4, 2, 3));
    for k in 0..3 {
        let mut direction = Array1::zeros(3);
        direction[k] = 1.0;
        let (_, partial) = combination::jvp(&x, &b[0], &b[1], &b[2], &direction);
        collated.index_axis_mut(Axis(2), k).assign(&partial);
        if k == 0 {
            row("∂A/∂x₁ = 2x₁ B₁", &partial, &(2.0 * x[0] * &b[0]));
        }
    }
    row("dA/dx, collated", &jacobian, &collated);

    // Flatten A to a vector of length 8, differentiate to an 8 × 3 matrix, and reshape.
    let flat = combination::jacobian_matrix(&x, &b[0], &b[1], &b[2]);
    let closed = Array2::from_shape_fn((8, 3), |(i, k)| 2.0 * x[k] * b[k][[i / 2, i % 2]]);
    row("dÃ/dx, A flattened", &flat, &closed);
    row(
        "dA/dx, reshaped",
        &jacobian,
        &flat.into_shape_with_order((4, 2, 3)).expect("8 · 3 elements"),
    );
}

fn vector_by_matrix() {
    heading("Example 5.12: f = Ax with respect to A, M = 2, N = 3");
    let (a, x) = (matrix(2, 3), vector(3));
    let jacobian = product::jacobian(&a, &x);
    let closed = Array3::from_shape_fn((2, 2, 3), |(i, j, k)| if i == j { x[k] } else { 0.0 });
    row("df/dA", &jacobian, &closed);
    row(
        "∂f₁/∂A = xᵀ in row 1",
        &jacobian.index_axis(Axis(0), 0).to_owned(),
        &closed.index_axis(Axis(0), 0).to_owned(),
    );
}

fn matrix_by_matrix() {
    heading("Example 5.13: K = RᵀR with respect to R, M = 3, N = 2");
    let r = matrix(3, 2);
    let jacobian: Array4<f64> = gram::jacobian(&r);
    let closed = Array4::from_shape_fn((2, 2, 3, 2), |(p, q, i, j)| match (j == p, j == q) {
        (true, true) => 2.0 * r[[i, q]],
        (true, false) => r[[i, q]],
        (false, true) => r[[i, p]],
        (false, false) => 0.0,
    });
    row("dK/dR", &jacobian, &closed);
    row("forward and reverse", &gram::jacobian_forward(&r), &gram::jacobian_reverse(&r));
}

fn identities() {
    heading("Section 5.5: identities");
    let (x, a, b) = (matrix(3, 4), vector(3), vector(4));
    row("∂aᵀXb/∂X = abᵀ", &bilinear::jacobian(&x, &a, &b), &outer(&a, &b));
    let (x, b) = (vector(3), matrix(3, 3));
    row("∂xᵀBx/∂x = xᵀ(B + Bᵀ)", &quadratic::jacobian(&x, &b), &x.dot(&(&b + &b.t())));
    let (s, x, a, w) = (vector(2), vector(4), matrix(4, 2), matrix(4, 4));
    let w = &w + &w.t();
    let closed = -2.0 * (&x - &a.dot(&s)).dot(&w).dot(&a);
    row("∂/∂s (x − As)ᵀW(x − As)", &weighted::jacobian(&s, &x, &a, &w), &closed);
}

fn backpropagation() {
    heading("Section 5.6: a network of two layers, fᵢ = tanh(Wᵢ fᵢ₋₁ + bᵢ), L = ‖y − f₂‖²");
    let (w1, b1, w2, b2) = (matrix(4, 3), vector(4), matrix(2, 4), vector(2));
    let (x, y) = (vector(3), array![0.5, -0.25]);
    let f1 = (w1.dot(&x) + &b1).mapv(f64::tanh);
    let f2 = (w2.dot(&f1) + &b2).mapv(f64::tanh);
    let d2 = -2.0 * (&y - &f2) * f2.mapv(|f| 1.0 - f * f);
    let d1 = d2.dot(&w2) * f1.mapv(|f| 1.0 - f * f);
    let (by_w1, by_b1, by_w2, by_b2) = network::grad(&w1, &b1, &w2, &b2, &x, &y);
    row("∂L/∂b₂ = δ₂", &by_b2, &d2);
    row("∂L/∂W₂ = δ₂ f₁ᵀ", &by_w2, &outer(&d2, &f1));
    row("∂L/∂b₁ = δ₁ = δ₂W₂ ∘ f₁′", &by_b1, &d1);
    row("∂L/∂W₁ = δ₁ xᵀ", &by_w1, &outer(&d1, &x));
}

fn heading(text: &str) {
    println!("\n{text}");
}

/// Prints the shape of a derivative and how far it is from the closed form; more than rounding ends the program.
fn row<D: Dimension>(name: &str, derivative: &Array<f64, D>, closed: &Array<f64, D>) {
    let shape: Vec<String> = derivative.shape().iter().map(usize::to_string).collect();
    let shape = shape.join(" × ");
    assert_eq!(derivative.shape(), closed.shape(), "{name}");
    let difference =
        derivative.iter().zip(closed).fold(0.0, |largest: f64, (a, b)| largest.max((a - b).abs()));
    println!("  {name:<28} {shape:<14} largest difference {difference:.1e}");
    assert!(difference < 1e-12, "{name} differs from the closed form");
}

fn matrix(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(i, j)| (1.0 + (i * columns + j) as f64).sin())
}

fn vector(n: usize) -> Array1<f64> {
    Array1::from_shape_fn(n, |i| (1.0 + i as f64).cos())
}

fn outer(a: &Array1<f64>, b: &Array1<f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.len(), b.len()), |(i, j)| a[i] * b[j])
}
