//! The log marginal likelihood of a Gaussian process with n points, in the three parameters of its kernel.

use crate::table::{Table, matrix, vector};
use ad_runtime::differentiate;
use ad_runtime::linalg::{Triangle, cholesky, solve_triangular};
use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{MatRef, Side};
use ndarray::{Array1, Array2};
use std::f64::consts::TAU;
use std::hint::black_box;

/// `ln p(y)` for the kernel `s² exp(−d²/2ℓ²) + σ² I` at squared distances `d²`.
#[differentiate]
fn log_likelihood(
    length: f64,
    signal: f64,
    noise: f64,
    #[constant] squares: &Array2<f64>,
    #[constant] y: &Array1<f64>,
) -> f64 {
    let n = y.len();
    let kernel = squares.mapv(|d| signal * signal * (-0.5 * d / (length * length)).exp());
    let l = cholesky(&(kernel + Array2::<f64>::eye(n) * (noise * noise)));
    let a = solve_triangular(&l, y, Triangle::Lower);
    -0.5 * a.dot(&a) - l.diag().mapv(f64::ln).sum() - 0.5 * n as f64 * TAU.ln()
}

/// `K̄ = ½ (α αᵀ − K⁻¹)` for `α = K⁻¹ y`, with one factorization and the inverse that it gives.
fn by_hand(
    (length, signal, noise): (f64, f64, f64),
    squares: &Array2<f64>,
    y: &Array1<f64>,
) -> (f64, (f64, f64, f64)) {
    let n = y.len();
    let (s2, minus) = (signal * signal, -0.5 / (length * length));
    let kernel = squares.mapv(|d| s2 * (minus * d).exp());
    let mut k = kernel.clone();
    k.diag_mut().mapv_inplace(|v| v + noise * noise);
    let k = k.as_slice().expect("it is in row-major order");
    let factor = MatRef::from_row_major_slice(k, n, n).llt(Side::Lower).expect("it is positive");
    let mut alpha = y.to_vec();
    factor.solve_in_place(faer::MatMut::from_column_major_slice_mut(&mut alpha, n, 1));
    let ln_det: f64 = factor.L().diagonal().column_vector().iter().map(|l| l.ln()).sum();
    let value = -0.5 * y.iter().zip(&alpha).map(|(y, a)| y * a).sum::<f64>()
        - ln_det
        - 0.5 * n as f64 * TAU.ln();
    let inverse = factor.inverse();
    let (mut length_bar, mut signal_bar, mut noise_bar) = (0.0, 0.0, 0.0);
    let rows = kernel.rows().into_iter().zip(squares.rows());
    for (i, (kernel, squares)) in rows.enumerate() {
        // The inverse is symmetric, so its columns are its rows.
        let column = inverse.col(i).try_as_col_major().expect("it is dense").as_slice();
        for (((&k, &d), &inverse), &a) in kernel.iter().zip(squares).zip(column).zip(&alpha) {
            let bar = 0.5 * (alpha[i] * a - inverse) * k;
            signal_bar += bar;
            length_bar += bar * d;
        }
        noise_bar += 0.5 * (alpha[i] * alpha[i] - column[i]);
    }
    let bars = (
        length_bar / (length * length * length),
        2.0 * signal_bar / signal,
        2.0 * noise * noise_bar,
    );
    (value, bars)
}

pub fn row(table: &mut Table, n: usize) {
    let (points, y) = (matrix(n, 3, 24.0), vector(n, 25.0));
    let squares = Array2::from_shape_fn((n, n), |(i, j)| {
        let d = &points.row(i) - &points.row(j);
        d.dot(&d)
    });
    let at = || black_box((0.8, 1.3, 0.3));
    table.returned(
        format!("Gaussian process {n}"),
        || {
            let (length, signal, noise) = at();
            log_likelihood(length, signal, noise, &squares, &y)
        },
        || {
            let (length, signal, noise) = at();
            log_likelihood::value_and_grad(length, signal, noise, &squares, &y)
        },
        || by_hand(at(), &squares, &y),
    );
}
