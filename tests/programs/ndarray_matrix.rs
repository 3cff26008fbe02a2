//! Matrices of `ndarray`: products, reductions along axes, broadcasting, building.

use ad::{check, check_in_place, check_second, check_vector, signed, values};
use ad_runtime::{Differentiable, differentiate};
use ndarray::{Array1, Array2, Array3, Axis, array};

fn positive(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}

fn matrix(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), signed(rows * columns, seed)).unwrap()
}

const SHAPES: [(usize, usize); 4] = [(0, 2), (1, 1), (2, 3), (4, 2)];

#[differentiate(order = 2)]
fn least_squares(theta: &Array1<f64>, phi: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let e = y - &phi.dot(theta);
    e.dot(&e)
}

#[differentiate(order = 2)]
fn least_squares_loss(
    theta: &Array1<f64>,
    #[constant] phi: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let e = y - &phi.dot(theta);
    e.dot(&e)
}

#[test]
fn check_least_squares() {
    for (m, n) in SHAPES {
        check_second!(least_squares(&positive(n), &matrix(m, n, 1), &positive(m)));
        check_second!(least_squares_loss(&positive(n), const &matrix(m, n, 1), const &positive(m)));
    }
}

#[differentiate(order = 2)]
fn product(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    a.dot(b) + b.t().dot(&a.t()).t()
}

#[differentiate(order = 2)]
fn bilinear(a: &Array2<f64>, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    x.dot(&a.dot(y)) + x.dot(a).dot(y) + a.t().dot(x).sum()
}

#[test]
fn check_products() {
    for (m, n) in SHAPES {
        check_vector!(product(&matrix(m, n, 2), &matrix(n, m, 3)));
        check_second!(bilinear(&matrix(m, n, 2), &positive(m), &positive(n)));
    }
}

#[differentiate(order = 2)]
fn trace_of_power(a: &Array2<f64>, n: usize) -> f64 {
    let mut p = Array2::eye(a.nrows());
    for _ in 0..n {
        p = p.dot(a);
    }
    p.diag().sum()
}

#[test]
fn check_trace_of_power() {
    for n in [0, 1, 2, 4] {
        check_second!(trace_of_power(&matrix(3, 3, 4), const n));
    }
}

#[differentiate(order = 2)]
fn axis_reductions(a: &Array2<f64>) -> f64 {
    let row_sums = a.sum_axis(Axis(1));
    let column_means = a.mean_axis(Axis(0)).unwrap();
    row_sums.dot(&row_sums) + column_means.mapv(f64::exp).sum() + a.sum() * a.mean().unwrap()
}

#[test]
fn check_axis_reductions() {
    for (m, n) in [(1, 1), (2, 3), (4, 2)] {
        check_second!(axis_reductions(&matrix(m, n, 5)));
    }
}

#[differentiate(order = 2)]
fn dense_layer(w: &Array2<f64>, b: &Array1<f64>, x: &Array2<f64>) -> Array2<f64> {
    (x.dot(&w.t()) + b).mapv(|z| z.tanh())
}

#[differentiate(order = 2)]
fn dense_layer_of_data(w: &Array2<f64>, b: &Array1<f64>, #[constant] x: &Array2<f64>) -> f64 {
    dense_layer(w, b, x).pow2().sum()
}

#[test]
fn check_dense_layer() {
    for batch in [0, 1, 2, 4] {
        check_vector!(dense_layer(&matrix(2, 3, 6), &positive(2), &matrix(batch, 3, 7)));
        check_second!(dense_layer_of_data(&matrix(2, 3, 6), &positive(2), const &matrix(batch, 3, 7)));
    }
}

#[differentiate(order = 2)]
fn broadcasting(a: &Array2<f64>, column: &Array1<f64>, row: &Array1<f64>) -> f64 {
    let column = column.view().insert_axis(Axis(1));
    let scaled = a * &column + row;
    let outer = &column * row;
    let mut shifted = scaled.clone();
    shifted -= row;
    shifted += &outer;
    (&scaled * &shifted).sum() + outer.broadcast((2, a.nrows(), a.ncols())).unwrap().sum()
}

#[test]
fn check_broadcasting() {
    for (m, n) in SHAPES {
        check_second!(broadcasting(&matrix(m, n, 8), &positive(m), &positive(n)));
    }
}

#[differentiate(order = 2)]
fn indexed_entries(a: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for i in 0..a.nrows() {
        for j in 0..a.ncols() {
            s += a[[i, j]] * a[(a.nrows() - 1 - i, j)] * (i + j) as f64;
        }
    }
    s
}

#[test]
fn check_indexed_entries() {
    for (m, n) in SHAPES {
        check_second!(indexed_entries(&matrix(m, n, 9)));
    }
}

#[differentiate(order = 2)]
fn cholesky(a: &Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    let mut l = Array2::<f64>::zeros((n, n));
    for j in 0..n {
        let mut d = a[[j, j]];
        for k in 0..j {
            d -= l[[j, k]].powi(2);
        }
        l[[j, j]] = d.sqrt();
        for i in j + 1..n {
            let mut s = a[[i, j]];
            for k in 0..j {
                s -= l[[i, k]] * l[[j, k]];
            }
            l[[i, j]] = s / l[[j, j]];
        }
    }
    l
}

#[differentiate(order = 2)]
fn log_determinant_of_gram(x: &Array2<f64>, ridge: f64) -> f64 {
    let gram = x.dot(&x.t()) + ridge * Array2::<f64>::eye(x.nrows());
    2.0 * cholesky(&gram).diag().mapv(f64::ln).sum()
}

#[test]
fn check_cholesky() {
    for (m, n) in SHAPES {
        check_second!(log_determinant_of_gram(&matrix(m, n, 10), 0.8));
    }
    check_vector!(cholesky(&array![[2.0, 0.3, 0.1], [0.3, 1.5, -0.4], [0.1, -0.4, 1.1]]));
}

#[differentiate(order = 2)]
fn heat_step(u: &mut Array2<f64>, diffusivity: f64) {
    let old = u.clone();
    for i in 1..u.nrows() - 1 {
        for j in 1..u.ncols() - 1 {
            let laplacian = old[[i - 1, j]] + old[[i + 1, j]] + old[[i, j - 1]] + old[[i, j + 1]]
                - 4.0 * old[[i, j]];
            u[[i, j]] += diffusivity * laplacian;
        }
    }
}

#[differentiate(order = 2)]
fn heat_energy(u: &Array2<f64>, diffusivity: f64, steps: usize) -> f64 {
    let mut u = u.to_owned();
    for _ in 0..steps {
        heat_step(&mut u, diffusivity);
    }
    u.pow2().sum()
}

#[test]
fn check_heat_step() {
    check_in_place!(heat_step(&mut matrix(4, 4, 11), 0.2));
    for steps in [0, 1, 2, 4] {
        check_second!(heat_energy(&matrix(4, 4, 11), 0.2, const steps));
    }
}

#[differentiate(order = 2)]
fn built_matrices(a: f64, b: f64, n: usize) -> f64 {
    let hilbert = Array2::from_shape_fn((n, n), |(i, j)| a / (b + (i + j) as f64));
    let listed = array![[a, b], [b * a, 1.0]];
    let diagonal = Array2::from_diag(&array![a, b * b]);
    let reshaped = Array1::from(vec![a, b, a - b, a * b]).into_shape_with_order((2, 2)).unwrap();
    hilbert.sum() + listed.dot(&diagonal).dot(&reshaped).diag().sum()
}

#[test]
fn check_built_matrices() {
    for n in [0, 1, 2, 3] {
        check_second!(built_matrices(0.7, 1.4, const n));
    }
}

#[differentiate(order = 2)]
fn three_dimensional(t: &Array3<f64>, w: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for (plane, w) in t.outer_iter().zip(w) {
        s += w * plane.sum_axis(Axis(0)).pow2().sum();
    }
    let lane = t.index_axis(Axis(2), 0);
    s + lane.sum() * t.sum_axis(Axis(0)).mean().unwrap()
}

#[test]
fn check_three_dimensional() {
    for planes in [1, 2, 3] {
        let t = Array3::from_shape_vec((planes, 2, 2), signed(4 * planes, 12)).unwrap();
        check_second!(three_dimensional(&t, &positive(planes)));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Perceptron {
    pub w1: Array2<f64>,
    pub b1: Array1<f64>,
    pub w2: Array1<f64>,
    #[constant]
    pub slope: f64,
}
ad::point!(Perceptron, PerceptronTangent { w1, b1, w2 } constant { slope });

#[differentiate(order = 2)]
impl Perceptron {
    pub fn forward(&self, #[constant] x: &Array1<f64>) -> f64 {
        let z = self.w1.dot(x) + &self.b1;
        let a = z.mapv(|z| if z > 0.0 { z } else { self.slope * z });
        self.w2.dot(&a)
    }

    pub fn loss(&self, #[constant] x: &Array2<f64>, #[constant] y: &Array1<f64>) -> f64 {
        let mut total = 0.0;
        for (row, target) in x.rows().into_iter().zip(y) {
            total += (self.forward(&row.to_owned()) - target).powi(2);
        }
        total
    }
}

#[test]
fn check_perceptron() {
    let net = Perceptron { w1: matrix(3, 2, 13), b1: positive(3), w2: positive(3), slope: 0.1 };
    for n in [0, 1, 2, 4] {
        check!(Perceptron { loss, loss_grad, loss_value_and_grad, loss_vjp, loss_jvp, loss_adjoint }
            (&net, const &matrix(n, 2, 14), const &positive(n)));
    }
}

#[differentiate(order = 2)]
fn closure_over_matrix(a: &Array2<f64>, y0: &Array1<f64>, steps: usize) -> Array1<f64> {
    let f = |y: &Array1<f64>| a.dot(y) - y.pow2();
    let h = 0.1;
    let mut y = y0.clone();
    for _ in 0..steps {
        let k1 = f(&y);
        let k2 = f(&(&y + &(0.5 * h * &k1)));
        y = y + h * k2;
    }
    y
}

#[test]
fn check_closure_over_matrix() {
    for steps in [0, 1, 2, 5] {
        check_vector!(closure_over_matrix(&matrix(2, 2, 15), &positive(2), const steps));
    }
}
