//! Linear algebra inside differentiated functions: `ad_runtime::linalg`.

use ad::{check_second, check_vector, signed, values};
use ad_runtime::linalg::{self, Norm, Triangle};
use ad_runtime::{differentiate, einsum};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, array};

fn vector(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}

fn matrix(m: usize, n: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((m, n), signed(m * n, seed)).unwrap()
}

/// A well-conditioned matrix.
fn regular(n: usize, seed: u64) -> Array2<f64> {
    matrix(n, n, seed) + 3.0 * Array2::<f64>::eye(n)
}

const SIZES: [usize; 4] = [0, 1, 2, 4];

#[differentiate(order = 2)]
fn quadratic_energy(k: &Array2<f64>, f: &Array1<f64>) -> f64 {
    let u = linalg::solve(k, f);
    0.5 * f.dot(&u)
}

#[differentiate(order = 2)]
fn through_the_inverse(a: &Array2<f64>, b: &Array1<f64>, c: &Array1<f64>) -> f64 {
    a.dot(b).dot(&linalg::inv(&a.t().dot(a)).dot(c))
}

#[differentiate(order = 2)]
fn shared(a: ArrayView2<f64>, b: ArrayView1<f64>) -> f64 {
    let x = linalg::solve(&a, &b);
    let y = linalg::solve(&a.t(), &x);
    linalg::norm(&(&x + &y), Norm::Two) + linalg::trace(&a)
}

#[test]
fn check_systems() {
    for n in SIZES {
        check_second!(quadratic_energy(&regular(n, 1), &vector(n)));
        check_second!(through_the_inverse(&regular(n, 2), &vector(n), &vector(n)));
    }
    for n in [1, 2, 4] {
        check_second!(shared(view regular(n, 3), view vector(n)));
    }
}

/// The log marginal likelihood of a Gaussian process with a squared-exponential kernel.
#[differentiate(order = 2)]
fn log_marginal_likelihood(
    lengthscale: f64,
    variance: f64,
    noise: f64,
    #[constant] x: &Array1<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let n = x.len();
    let mut k = Array2::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            let d = (x[i] - x[j]) / lengthscale;
            k[[i, j]] = variance * (-0.5 * d * d).exp();
        }
        k[[i, i]] += noise * noise;
    }
    let l = linalg::cholesky(&k);
    let alpha = linalg::solve_triangular(&l, y, Triangle::Lower);
    let ln_det = l.diag().mapv(f64::ln).sum();
    let scale = n as f64 * (2.0 * std::f64::consts::PI).ln();
    -0.5 * alpha.dot(&alpha) - ln_det - 0.5 * scale
}

#[test]
fn check_gaussian_process() {
    for n in SIZES {
        let (x, y) = (Array1::linspace(0.0, 2.0, n), vector(n));
        check_second!(log_marginal_likelihood(0.7, 1.3, 0.4, const &x, const &y));
    }
}

#[differentiate(order = 2)]
fn gaussian_density(x: &Array1<f64>, mean: &Array1<f64>, covariance: &Array2<f64>) -> f64 {
    let d = x - mean;
    let (_, ln_det) = linalg::ln_det(covariance);
    -0.5 * (d.dot(&linalg::solve(covariance, &d)) + ln_det)
}

#[differentiate(order = 2)]
fn ridge(x: &Array2<f64>, y: &Array1<f64>, lambda: f64) -> Array1<f64> {
    let gram = x.t().dot(x) + lambda * Array2::<f64>::eye(x.ncols());
    linalg::solve(&gram, &x.t().dot(y))
}

#[differentiate(order = 2)]
fn residual(x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let theta = linalg::lstsq(x, y);
    let e = y - x.dot(&theta);
    e.dot(&e) + theta.sum()
}

#[test]
fn check_regression() {
    for n in SIZES {
        check_second!(gaussian_density(&vector(n), &Array1::from(signed(n, 4)), &regular(n, 5)));
    }
    for (m, n) in [(2, 0), (1, 1), (4, 2)] {
        check_vector!(ridge(&matrix(m, n, 6), &vector(m), 0.3));
        check_second!(residual(&matrix(m, n, 6), &vector(m)));
    }
}

#[differentiate(order = 2)]
fn spectrum(a: &Array2<f64>) -> f64 {
    let (values, vectors) = linalg::eigh(a);
    let first = vectors.column(0);
    values.mapv(f64::exp).sum() + first.dot(&a.dot(&first.to_owned())).sin()
}

#[differentiate(order = 2)]
fn eigenvalues_alone(a: &Array2<f64>) -> f64 {
    linalg::eigh(&(a + &a.t())).0.iter().map(|v| v * v * v).sum()
}

#[differentiate(order = 2)]
fn low_rank(a: &Array2<f64>, k: usize) -> Array2<f64> {
    let (u, s, vt) = linalg::svd(a);
    let mut out = Array2::zeros((a.nrows(), a.ncols()));
    for i in 0..k {
        let part = linalg::outer(&u.column(i), &vt.row(i));
        out += &(part * s[i]);
    }
    out
}

#[differentiate(order = 2)]
fn condition(a: &Array2<f64>) -> f64 {
    let s = linalg::svd_values(a);
    s[0] / s[s.len() - 1] + linalg::norm(a, Norm::Nuclear) + linalg::norm(a, Norm::Frobenius)
}

#[test]
fn check_spectra() {
    for n in [1, 2, 4] {
        check_second!(spectrum(&regular(n, 7)));
        check_second!(eigenvalues_alone(&regular(n, 7)));
        check_second!(condition(&regular(n, 8)));
    }
    for (m, n) in [(1, 1), (3, 2), (2, 4)] {
        for k in 0..=m.min(n) {
            check_vector!(low_rank(&matrix(m, n, 9), const k));
        }
    }
}

#[differentiate(order = 2)]
fn linear_flow(a: &Array2<f64>, x0: &Array1<f64>, #[constant] times: &[f64]) -> f64 {
    let mut loss = 0.0;
    for &t in times {
        let x = linalg::expm(&(a * t)).dot(x0);
        loss += x.dot(&x);
    }
    loss
}

#[differentiate(order = 2)]
fn orthogonalised(a: &Array2<f64>) -> f64 {
    let (q, r) = linalg::qr(a);
    q.sum_axis(Axis(0)).mapv(f64::cos).sum() + r.diag().mapv(f64::ln).sum()
}

#[differentiate(order = 2)]
fn determinants(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let d = linalg::det(&a.dot(b));
    (d * d + 1.0).ln() + linalg::ln_det(a).1
}

#[test]
fn check_functions_of_matrices() {
    for n in [1, 2, 3] {
        check_second!(linear_flow(&matrix(n, n, 10), &vector(n), const &[0.0, 0.4, 1.0]));
        check_second!(orthogonalised(&regular(n, 11)));
        check_second!(determinants(&regular(n, 12), &matrix(n, n, 13)));
    }
}

/// The position after rotations about axes that change.
#[differentiate(order = 2)]
fn rotations(axis: &Array1<f64>, start: &Array1<f64>, steps: usize) -> Array1<f64> {
    let mut x = start.clone();
    for _ in 0..steps {
        let v = linalg::cross(axis, &x);
        x = x + v * 0.1;
    }
    x
}

#[differentiate(order = 2)]
fn implicit_euler(a: &Array2<f64>, x0: &Array1<f64>, h: f64, steps: usize) -> Array1<f64> {
    let system = Array2::<f64>::eye(x0.len()) - a * h;
    let mut x = x0.to_owned();
    for _ in 0..steps {
        x = linalg::solve(&system, &x);
    }
    x
}

#[test]
fn check_steps() {
    for steps in [0, 1, 2, 5] {
        check_vector!(rotations(&array![0.1, 0.5, -0.3], &array![1.0, 0.2, 0.4], const steps));
        check_vector!(implicit_euler(&matrix(3, 3, 14), &vector(3), 0.1, const steps));
    }
}

#[differentiate(order = 2)]
fn constrained_least_squares(a: &Array2<f64>, b: &Array1<f64>, c: &Array1<f64>) -> f64 {
    let p = linalg::pinv(a);
    let x = p.dot(b);
    let projector = Array2::<f64>::eye(c.len()) - p.dot(a);
    (x + projector.dot(c)).mapv(|v| v.tanh()).sum()
}

#[test]
fn check_pseudo_inverses() {
    for (m, n) in [(1, 1), (2, 3), (3, 2)] {
        check_second!(constrained_least_squares(&matrix(m, n, 15), &vector(m), &vector(n)));
    }
}

#[differentiate(order = 2)]
fn solved_again(a: &Array2<f64>, b: &Array1<f64>, n: usize) -> f64 {
    let mut a = a.clone();
    let mut x = b.clone();
    let mut s = 0.0;
    for i in 0..n {
        a[[0, 0]] += 0.1 * x[0];
        for k in 0..a.nrows() {
            a[[k, k]] += 2.0;
        }
        x = linalg::solve(&a, &x);
        s += linalg::ln_det(&a).1 * x[i % 2];
        x *= 1.5;
        if i == 1 {
            continue;
        }
        s += linalg::det(&a) * 0.01;
    }
    s + x.sum()
}

#[differentiate(order = 2)]
fn spectra_of_updates(a: &Array2<f64>, n: usize) -> f64 {
    let mut g = a.dot(&a.t());
    let mut s = 1.0;
    for _ in 0..n {
        let (w, v) = linalg::eigh(&g);
        s += w[0] * v[[0, 1]] * s;
        g[[0, 1]] *= 0.9;
        g[[1, 0]] *= 0.9;
        let l = linalg::cholesky(&(&g + &(Array2::<f64>::eye(2) * 2.0)));
        s *= l[[1, 0]] + 1.0;
        g = l.dot(&l.t()) * 0.7;
    }
    s + g.sum()
}

#[differentiate(order = 2)]
fn contracted_again(a: &Array2<f64>, x: &Array1<f64>, n: usize) -> f64 {
    let mut x = x.clone();
    let mut a = a.clone();
    let mut s = 0.0;
    for i in 0..n {
        let y = einsum!("ij,j->i", a, x);
        let t = einsum!("ii", a);
        x = y * 0.5 + &x;
        a[[0, 1]] = x[0] * t;
        s += t + einsum!("i,ij,j", x, a, x);
        if i % 2 == 0 {
            x[1] *= s * 0.1;
        }
    }
    s + x.sum()
}

#[test]
fn check_matrices_that_change_in_loops() {
    let square = |seed| Array2::from_shape_vec((2, 2), signed(4, seed)).unwrap();
    for n in [0, 1, 2, 4] {
        let b = Array1::from(signed(2, 3));
        check_second!(solved_again(&square(1), &b, const n));
        check_second!(spectra_of_updates(&square(5), const n));
        check_second!(contracted_again(&square(1), &b, const n));
    }
}
