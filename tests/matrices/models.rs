//! Models as people write them with `ndarray`.

use super::{cube, matrix, positive, vector};
use ad::check_second;
use ad_runtime::differentiate;
use ad_runtime::linalg::{Triangle, cholesky, inv, ln_det, solve, solve_triangular};
use ndarray::{Array1, Array2, Array3, Axis, s};

/// How badly a projection onto a direction explains centred data.
#[differentiate(order = 2)]
fn principal_component(w: &Array1<f64>, x: &Array2<f64>) -> f64 {
    let mean = x.mean_axis(Axis(0)).unwrap();
    let centred = x - &mean;
    let direction = w / w.dot(w).sqrt();
    let scores = centred.dot(&direction);
    let mut loss = 0.0;
    for (row, score) in centred.outer_iter().zip(scores.iter()) {
        let residual = &row - &(&direction * *score);
        loss += residual.dot(&residual);
    }
    loss / x.nrows() as f64
}

#[test]
fn check_principal_component() {
    check_second!(principal_component(&vector(3, 1), &matrix(4, 3, 2)));
}

/// The negative log likelihood of a linear Gaussian model with two states and one observation.
#[differentiate(order = 2)]
fn kalman(a: &Array2<f64>, q: &Array2<f64>, r: f64, #[constant] observed: &[f64]) -> f64 {
    let mut mean = Array1::from_vec(vec![0.3, -0.1]);
    let mut cov = Array2::eye(2) * 0.5;
    let h = Array1::from_vec(vec![1.0, 0.5]);
    let mut loss = 0.0;
    for y in observed {
        mean = a.dot(&mean);
        cov = a.dot(&cov).dot(&a.t()) + q.dot(&q.t());
        let innovation = y - h.dot(&mean);
        let ph = cov.dot(&h);
        let s = h.dot(&ph) + r * r;
        let gain = &ph / s;
        mean = mean + &gain * innovation;
        let outer = gain.clone().insert_axis(Axis(1)).dot(&ph.insert_axis(Axis(0)));
        cov = cov - outer;
        loss += 0.5 * (s.ln() + innovation * innovation / s);
    }
    loss
}

#[test]
fn check_kalman() {
    check_second!(kalman(&matrix(2, 2, 3), &matrix(2, 2, 4), 0.8, const &[0.2, -0.4, 0.9]));
}

#[differentiate(order = 2)]
fn softmax_regression(
    w: &Array2<f64>,
    b: &Array1<f64>,
    x: &Array2<f64>,
    #[constant] labels: &[usize],
) -> f64 {
    let logits = x.dot(w) + b;
    let mut loss = 0.0;
    for (row, &label) in logits.rows().into_iter().zip(labels) {
        let max = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        let normalizer = row.iter().map(|v| (v - max).exp()).sum::<f64>();
        loss -= row[label] - max - normalizer.ln();
    }
    loss / labels.len() as f64 + 0.01 * w.iter().map(|w| w * w).sum::<f64>()
}

#[test]
fn check_softmax_regression() {
    check_second!(softmax_regression(&matrix(3, 4, 5), &vector(4, 6), &matrix(3, 3, 7), const &[1, 3, 0]));
}

/// A convolution by shifted slices, a nonlinearity and pooling.
#[differentiate(order = 2)]
fn convolution(image: &Array2<f64>, kernel: &Array2<f64>, bias: f64) -> f64 {
    let (h, w) = (image.nrows() - kernel.nrows() + 1, image.ncols() - kernel.ncols() + 1);
    let mut out = Array2::<f64>::zeros((h, w));
    for i in 0..kernel.nrows() {
        for j in 0..kernel.ncols() {
            out += &(&image.slice(s![i..i + h, j..j + w]) * kernel[[i, j]]);
        }
    }
    let active = out.mapv(|v| (v + bias).tanh());
    let pooled = active.sum_axis(Axis(0)) / h as f64;
    pooled.dot(&pooled) + active[[0, 0]]
}

#[test]
fn check_convolution() {
    check_second!(convolution(&matrix(4, 5, 8), &matrix(2, 3, 9), 0.2));
}

#[differentiate(order = 2)]
fn batch_norm(x: &Array2<f64>, gamma: &Array1<f64>, beta: &Array1<f64>) -> f64 {
    let mean = x.mean_axis(Axis(0)).unwrap();
    let var = x.var_axis(Axis(0), 0.0);
    let scale = gamma / &var.mapv(|v| (v + 1e-2).sqrt());
    let y = (x - &mean) * &scale + beta;
    y.mapv(|v| v.max(0.1 * v)).mapv(|v| v * v * v).sum()
}

#[test]
fn check_batch_norm() {
    check_second!(batch_norm(&matrix(4, 3, 10), &positive(3), &vector(3, 11)));
}

/// One head of scaled dot-product attention.
#[differentiate(order = 2)]
fn attention(q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>) -> f64 {
    let mut scores = q.dot(&k.t()) / (q.ncols() as f64).sqrt();
    for mut row in scores.rows_mut() {
        let max = row.iter().cloned().fold(f64::MIN, f64::max);
        row.mapv_inplace(|s| (s - max).exp());
        let sum = row.sum();
        row /= sum;
    }
    let out = scores.dot(v);
    (&out * &out).sum()
}

#[test]
fn check_attention() {
    check_second!(attention(&matrix(3, 2, 12), &matrix(4, 2, 13), &matrix(4, 3, 14)));
}

#[differentiate(order = 2)]
fn gaussian_process(scale: f64, noise: f64, x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let n = x.len();
    let mut k = Array2::<f64>::zeros((n, n));
    for i in 0..n {
        for j in 0..n {
            let d = x[i] - x[j];
            k[[i, j]] = (-d * d / (2.0 * scale * scale)).exp();
        }
        k[[i, i]] += noise * noise;
    }
    let l = cholesky(&k);
    let z = solve_triangular(&l, y, Triangle::Lower);
    0.5 * z.dot(&z) + l.diag().iter().map(|d| d.ln()).sum::<f64>()
}

#[test]
fn check_gaussian_process() {
    check_second!(gaussian_process(0.7, 0.6, &vector(3, 15), &vector(3, 16)));
}

/// The validation loss of ridge regression, as a function of its penalty.
#[differentiate(order = 2)]
fn tuned_ridge(lambda: f64, x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let (train, test) = x.view().split_at(Axis(0), 4);
    let gram = train.t().dot(&train) + Array2::<f64>::eye(x.ncols()) * lambda.exp();
    let theta = solve(&gram, &train.t().dot(&y.slice(s![..4])));
    let e = test.dot(&theta) - y.slice(s![4..]);
    e.dot(&e)
}

#[test]
fn check_tuned_ridge() {
    check_second!(tuned_ridge(-0.5, &matrix(6, 2, 17), &vector(6, 18)));
}

/// The factors of a matrix of which some entries are known.
#[differentiate(order = 2)]
fn factorization(
    u: &Array2<f64>,
    v: &Array2<f64>,
    #[constant] known: &[(usize, usize, f64)],
) -> f64 {
    let mut loss = 0.0;
    for &(i, j, value) in known {
        let e = value - u.row(i).dot(&v.row(j));
        loss += e * e;
    }
    loss + 0.1 * ((u * u).sum() + (v * v).sum())
}

#[test]
fn check_factorization() {
    check_second!(factorization(&matrix(3, 2, 19), &matrix(2, 2, 20), const &[(0, 1, 0.4), (2, 0, -1.0), (2, 1, 0.3)]));
}

/// The evidence lower bound of an autoencoder, for one draw of noise.
#[differentiate(order = 2)]
fn evidence(
    w: &Array2<f64>,
    decoder: &Array2<f64>,
    x: &Array2<f64>,
    #[constant] noise: &Array2<f64>,
) -> f64 {
    let hidden = x.dot(w);
    let latent = hidden.ncols() / 2;
    let mean = hidden.slice(s![.., ..latent]);
    let log_var = hidden.slice(s![.., latent..]);
    let z = &mean + &(log_var.mapv(|v| (0.5 * v).exp()) * noise);
    let rebuilt = z.dot(decoder).mapv(|v| 1.0 / (1.0 + (-v).exp()));
    let misfit = (&rebuilt - x).mapv(|e| e * e).sum();
    let divergence = -0.5 * (&log_var + 1.0 - &mean.mapv(|m| m * m) - log_var.mapv(f64::exp)).sum();
    -(misfit + divergence)
}

#[test]
fn check_evidence() {
    check_second!(evidence(&matrix(3, 4, 21), &matrix(2, 3, 22), &matrix(2, 3, 23), const &matrix(2, 2, 24)));
}

/// What is left after a step of Newton's method, with a damped Hessian.
#[differentiate(order = 2)]
fn newton_step(theta: &Array1<f64>, a: &Array2<f64>) -> f64 {
    let h = a.t().dot(a) + Array2::from_diag(&theta.mapv(|t| 1.0 + t * t));
    let g = h.dot(theta) + theta.mapv(|t| t.powi(3));
    let next = theta - &inv(&h).dot(&g);
    let (_, ln) = ln_det(&h);
    next.dot(&next) + ln
}

#[test]
fn check_newton_step() {
    check_second!(newton_step(&vector(3, 25), &matrix(3, 3, 26)));
}

/// Moving averages over windows, and the largest of each lane.
#[differentiate(order = 2)]
fn signals(x: &Array2<f64>, taps: &Array1<f64>) -> f64 {
    let mut total = 0.0;
    for row in x.axis_iter(Axis(0)) {
        for window in row.windows(taps.len()) {
            let value = window.dot(taps);
            total += value * value;
        }
    }
    let peaks = x.map_axis(Axis(1), |lane| lane.fold(f64::NEG_INFINITY, |m, &v| m.max(v)));
    let energy = x.fold_axis(Axis(0), 0.0, |acc, v| acc + v * v);
    total + peaks.sum() + energy.mapv(f64::sqrt).sum()
}

#[test]
fn check_signals() {
    check_second!(signals(&matrix(3, 5, 27), &vector(3, 28)));
}

/// Steps of a recurrent network over a batch of sequences.
#[differentiate(order = 2)]
fn recurrent(x: &Array3<f64>, w: &Array2<f64>, u: &Array2<f64>) -> f64 {
    let mut state = Array2::<f64>::zeros((x.shape()[0], w.ncols()));
    for t in 0..x.shape()[1] {
        let input = x.index_axis(Axis(1), t);
        state = (input.dot(w) + state.dot(u)).mapv_into(f64::tanh);
    }
    state.mapv(|s| s * s).sum()
}

#[test]
fn check_recurrent() {
    check_second!(recurrent(&cube(2, 3, 2, 29), &matrix(2, 3, 30), &matrix(3, 3, 31)));
}
