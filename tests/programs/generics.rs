//! Generic scalars, const generics, generic structs, lifetimes and `where` clauses.

use ad::{check, check_vector, signed, values};
use ad_runtime::{Differentiable, Real, differentiate};

#[differentiate]
fn square_root_distance<T: Real>(x: T, y: T) -> T {
    let half = T::from_f64(0.5).unwrap();
    (x * x + half * y * y + T::one()).sqrt()
}

#[test]
fn check_square_root_distance() {
    check!(square_root_distance(0.7, -1.2));
}

#[differentiate]
fn norm<T: Real>(x: &[T]) -> T {
    let mut s = T::epsilon();
    for &v in x {
        s += v * v;
    }
    s.sqrt()
}

#[differentiate]
fn cosine_similarity<T>(x: &[T], y: &[T]) -> T
where
    T: Real,
{
    let dot: T = x.iter().zip(y).map(|(&a, &b)| a * b).sum();
    dot / (norm(x) * norm::<T>(y))
}

#[differentiate]
fn cosine_similarity_to<T: Real>(x: &[T], #[constant] y: &[T]) -> T {
    cosine_similarity(x, y)
}

#[test]
fn check_cosine_similarity() {
    for n in [1, 2, 5] {
        check!(norm(&values(n)));
        check!(cosine_similarity(&values(n), &signed(n, 3)));
        check!(cosine_similarity_to(&values(n), const &signed(n, 3)));
    }
}

#[test]
fn check_single_precision_agrees() {
    let (x, y) = (values(4), signed(4, 3));
    let narrow = |v: &[f64]| v.iter().map(|v| *v as f32).collect::<Vec<f32>>();
    let (wide, _) = cosine_similarity::grad(&x, &y);
    let (single, _) = cosine_similarity::grad(&narrow(&x), &narrow(&y));
    for (w, s) in wide.iter().zip(&single) {
        assert!((w - f64::from(*s)).abs() < 1e-5, "cosine_similarity in f32: {s}, in f64: {w}");
    }
}

#[differentiate]
fn spectral_phase<T: Real>(amplitude: T, phase: T, n: usize) -> T {
    let mut sum = T::zero();
    let mut decay = T::one();
    for k in 0..n {
        let angle = T::PI() * T::from_usize(k).unwrap() / (T::one() + T::one()) + phase;
        sum += amplitude * decay * angle.sin();
        decay *= amplitude;
    }
    sum
}

#[test]
fn check_spectral_phase() {
    for n in [0, 1, 2, 6] {
        check!(spectral_phase(0.7, 0.4, const n));
    }
}

#[differentiate]
fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    let mut s = 0.0;
    for i in 0..N {
        s += a[i] * b[i];
    }
    s
}

#[differentiate]
fn quadratic_form<T: Real, const N: usize>(a: &[[T; N]; N], x: [T; N]) -> T {
    let mut total = T::zero();
    for (row, &xi) in a.iter().zip(&x) {
        let y = row.iter().zip(&x).fold(T::zero(), |s, (&a, &x)| s + a * x);
        total += xi * y;
    }
    total
}

#[differentiate]
fn outer_product<const M: usize, const N: usize>(a: [f64; M], b: [f64; N]) -> [[f64; N]; M] {
    let mut out = [[0.0; N]; M];
    for i in 0..M {
        for j in 0..N {
            out[i][j] = a[i] * b[j];
        }
    }
    out
}

#[test]
fn check_const_generics() {
    check!(dot(&[0.4, 0.7, -0.3], &[1.2, -0.5, 0.9]));
    check!(dot(&[0.4], &[1.2]));
    check!(quadratic_form(&[[0.4, 0.7], [-0.3, 0.1]], [1.2, -0.5]));
    check_vector!(outer_product([0.4, 0.7, -0.3], [1.2, -0.5]));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Matrix<const R: usize, const C: usize> {
    pub rows: [[f64; C]; R],
}

#[differentiate]
impl<const R: usize, const C: usize> Matrix<R, C> {
    fn times<const K: usize>(&self, other: &Matrix<C, K>) -> Matrix<R, K> {
        let mut rows = [[0.0; K]; R];
        for i in 0..R {
            for j in 0..K {
                for k in 0..C {
                    rows[i][j] += self.rows[i][k] * other.rows[k][j];
                }
            }
        }
        Matrix { rows }
    }
}

#[differentiate]
fn camera(pose: [[f64; 4]; 3], point: [f64; 3], focal: f64) -> [f64; 2] {
    let extrinsic = Matrix { rows: pose };
    let homogeneous = Matrix { rows: [[point[0]], [point[1]], [point[2]], [1.0]] };
    let p = extrinsic.times(&homogeneous).rows;
    [focal * p[0][0] / p[2][0], focal * p[1][0] / p[2][0]]
}

#[test]
fn check_camera() {
    let pose = [[0.9, 0.1, -0.2, 0.3], [-0.1, 1.1, 0.2, -0.4], [0.2, -0.1, 0.8, 2.0]];
    check_vector!(camera(pose, [0.3, -0.6, 1.4], 1.7));
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Complex<T: Real> {
    pub re: T,
    pub im: T,
}

#[differentiate]
impl<T: Real> Complex<T> {
    fn times(self, other: Self) -> Self {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    fn modulus(&self) -> T {
        self.re.hypot(self.im)
    }
}

#[differentiate]
fn transmission<T: Real>(frequency: T, resistance: T, capacity: T) -> T {
    let impedance = Complex { re: resistance, im: -(frequency * capacity).recip() };
    let square = impedance.times(impedance);
    square.modulus() / (T::one() + impedance.modulus())
}

#[test]
fn check_transmission() {
    check!(transmission(1.7, 0.4, 0.8));
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Grid<'a, T: Real> {
    values: &'a [T],
    spacing: T,
}

#[differentiate]
fn longest<'a>(a: &'a [f64], b: &'a [f64]) -> f64 {
    let longer: &'a [f64] = if a.len() >= b.len() { a } else { b };
    longer.iter().map(|v| v * v).sum()
}

#[differentiate]
fn grid_energy<T: Real>(values: &[T], spacing: T) -> T {
    let grid = Grid { values, spacing };
    let mut energy = T::zero();
    for w in grid.values.windows(2) {
        energy += ((w[1] - w[0]) / grid.spacing).powi(2);
    }
    energy * grid.spacing
}

#[test]
fn check_lifetimes() {
    for n in [0, 1, 2, 5] {
        check!(longest(&values(n), &signed(2, 4)));
        check!(grid_energy(&values(n), 0.3));
    }
}

#[differentiate]
fn smooth_maximum<T: Real>(x: &[T], sharpness: T) -> T {
    let (numerator, denominator) = x.iter().fold((T::zero(), T::one()), |(n, d), &v| {
        let weight = (sharpness * v).exp();
        (n + v * weight, d + weight)
    });
    numerator / denominator
}

#[test]
fn check_smooth_maximum() {
    for n in [0, 1, 2, 5] {
        check!(smooth_maximum(&values(n), 1.7));
    }
}

/// B-spline basis by the Cox–de Boor recursion; knots and index are fixed.
#[differentiate]
fn basis<T: Real>(#[constant] knots: &[T], i: usize, degree: usize, t: T) -> T {
    if degree == 0 {
        return if knots[i] <= t && t < knots[i + 1] { T::one() } else { T::zero() };
    }
    let mut value = T::zero();
    let left = knots[i + degree] - knots[i];
    if left > T::zero() {
        value += (t - knots[i]) / left * basis(knots, i, degree - 1, t);
    }
    let right = knots[i + degree + 1] - knots[i + 1];
    if right > T::zero() {
        value += (knots[i + degree + 1] - t) / right * basis(knots, i + 1, degree - 1, t);
    }
    value
}

#[differentiate]
fn spline(control: &[f64], t: f64) -> f64 {
    const KNOTS: [f64; 9] = [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 1.0];
    control.iter().enumerate().map(|(i, c)| c * basis(&KNOTS, i, 3, t)).sum()
}

#[test]
fn check_spline() {
    for degree in 0..4 {
        check!(basis(const &[0.0, 0.3, 0.7, 1.0, 1.6, 2.0], const 0, const degree, 0.2));
    }
    for t in [0.2, 0.8] {
        check!(spline(&values(5), t));
    }
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Neuron<T: Real> {
    w: Vec<T>,
    b: T,
    #[constant]
    id: usize,
}

#[differentiate]
impl<T: Real> Neuron<T> {
    fn predict(&self, x: &[T]) -> T {
        let mut s = self.b;
        for i in 0..self.w.len().min(x.len()) {
            s += self.w[i] * x[i];
        }
        s.tanh()
    }
    fn scale(&mut self, k: T) {
        for w in &mut self.w {
            *w *= k;
        }
        self.b = self.b * k;
    }
    fn consume(mut self, k: T) -> Self {
        self.scale(k);
        self.b += k;
        self
    }
    #[differentiate(associated)]
    fn from_b(b: T) -> Neuron<T> {
        Neuron { w: vec![b; 2], b, id: 3 }
    }
}

#[test]
fn check_generic_methods() {
    let neuron = Neuron { w: vec![0.1, 0.2], b: 0.3, id: 7 };
    let (bar, x_bar) = neuron.predict_grad(&[1.0, 2.0]);
    let slope = 1.0 - 0.8_f64.tanh().powi(2);
    assert!((bar.b - slope).abs() < 1e-12 && (bar.w[1] - 2.0 * slope).abs() < 1e-12);
    assert!((x_bar[0] - 0.1 * slope).abs() < 1e-12);
    let dot = NeuronTangent { w: vec![1.0, 0.0], b: 0.0 };
    let (out, out_dot) = neuron.clone().consume_jvp(2.0, dot, 1.0);
    assert_eq!(out.w, vec![0.2, 0.4]);
    assert!((out_dot.w[0] - 2.1).abs() < 1e-12 && (out_dot.b - 1.3).abs() < 1e-12);
    let (mut scaled, mut bar, mut k_bar) =
        (neuron, NeuronTangent { w: vec![1.0, 1.0], b: 1.0 }, 0.0);
    scaled.scale_adjoint(2.0, &mut bar, &mut k_bar);
    assert_eq!(bar.w, vec![2.0, 2.0]);
    assert!((k_bar - 0.6).abs() < 1e-12);
    let (made, pullback) = Neuron::<f64>::from_b_vjp(2.0);
    assert_eq!(made.id, 3);
    assert_eq!(pullback(NeuronTangent { w: vec![1.0, 2.0], b: 3.0 }), 6.0);
}
