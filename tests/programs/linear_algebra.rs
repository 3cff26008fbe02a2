//! Dense linear algebra on `Vec<Vec<f64>>` and arrays.

use ad::{check_in_place, check_second, check_vector, signed, values};
use ad_runtime::differentiate;

/// A well-conditioned matrix; its first pivot is small, so that pivoting swaps rows.
fn matrix(n: usize) -> Vec<Vec<f64>> {
    let mut a: Vec<Vec<f64>> = (0..n).map(|i| signed(n, 30 + i as u64)).collect();
    for i in 0..n {
        a[i][(i + 1) % n] += 3.0;
    }
    a
}

fn positive_definite(n: usize) -> Vec<Vec<f64>> {
    let a = matrix(n);
    let entry = |i: usize, j: usize| {
        (0..n).map(|k| 0.2 * a[i][k] * a[j][k]).sum::<f64>() + f64::from(i == j)
    };
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

#[differentiate(order = 2)]
fn solve(a: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut a = a.to_vec();
    let mut x = b.to_vec();
    for k in 0..n {
        let mut pivot = k;
        for i in k + 1..n {
            if a[i][k].abs() > a[pivot][k].abs() {
                pivot = i;
            }
        }
        a.swap(k, pivot);
        x.swap(k, pivot);
        for i in k + 1..n {
            let factor = a[i][k] / a[k][k];
            for j in k..n {
                a[i][j] -= factor * a[k][j];
            }
            x[i] -= factor * x[k];
        }
    }
    for k in (0..n).rev() {
        for j in k + 1..n {
            x[k] -= a[k][j] * x[j];
        }
        x[k] /= a[k][k];
    }
    x
}

#[differentiate(order = 2)]
fn solve_for_right_side(#[constant] a: &[Vec<f64>], b: &[f64]) -> f64 {
    solve(a, b).iter().map(|x| x * x).sum()
}

#[test]
fn check_solve() {
    for n in [0, 1, 2, 4] {
        check_vector!(solve(&matrix(n), &values(n)));
        check_second!(solve_for_right_side(const &matrix(n), &values(n)));
    }
}

#[differentiate(order = 2)]
fn lu_determinant(matrix: &[Vec<f64>]) -> f64 {
    let mut u = matrix.to_vec();
    let n = u.len();
    let mut determinant = 1.0;
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| u[i][k].abs().total_cmp(&u[j][k].abs())).unwrap();
        if pivot != k {
            u.swap(pivot, k);
            determinant = -determinant;
        }
        determinant *= u[k][k];
        let (upper, lower) = u.split_at_mut(k + 1);
        let pivot_row = &upper[k];
        for row in lower.iter_mut() {
            let factor = row[k] / pivot_row[k];
            for (a, p) in row[k..].iter_mut().zip(&pivot_row[k..]) {
                *a -= factor * p;
            }
        }
    }
    determinant
}

#[test]
fn check_lu_determinant() {
    for n in [0, 1, 2, 4] {
        check_second!(lu_determinant(&matrix(n)));
    }
}

#[differentiate(order = 2)]
fn cholesky(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let mut sum = a[i][j];
            for k in 0..j {
                sum -= l[i][k] * l[j][k];
            }
            if i == j {
                l[i][i] = sum.sqrt();
            } else {
                l[i][j] = sum / l[j][j];
            }
        }
    }
    l
}

/// Negative log density of a normal vector.
#[differentiate(order = 2)]
fn gaussian_density(covariance: &[Vec<f64>], x: &[f64]) -> f64 {
    let l = cholesky(covariance);
    let mut z = x.to_vec();
    let mut log_determinant = 0.0;
    for i in 0..z.len() {
        for k in 0..i {
            z[i] -= l[i][k] * z[k];
        }
        z[i] /= l[i][i];
        log_determinant += l[i][i].ln();
    }
    log_determinant + 0.5 * z.iter().map(|z| z * z).sum::<f64>()
}

#[differentiate(order = 2)]
fn gaussian_density_of_covariance(covariance: &[Vec<f64>], #[constant] x: &[f64]) -> f64 {
    gaussian_density(covariance, x)
}

#[test]
fn check_cholesky() {
    for n in [0, 1, 2, 4] {
        check_vector!(cholesky(&positive_definite(n)));
        check_second!(gaussian_density(&positive_definite(n), &values(n)));
        check_second!(gaussian_density_of_covariance(&positive_definite(n), const &values(n)));
    }
}

#[differentiate(order = 2)]
fn thomas(lower: &[f64], diagonal: &[f64], upper: &[f64], rhs: &[f64]) -> Vec<f64> {
    let n = diagonal.len();
    let mut c = vec![0.0; n];
    let mut x = rhs.to_vec();
    for i in 0..n {
        if i == 0 {
            c[0] = upper[0] / diagonal[0];
            x[0] /= diagonal[0];
        } else {
            let pivot = diagonal[i] - lower[i] * c[i - 1];
            c[i] = upper[i] / pivot;
            x[i] = (x[i] - lower[i] * x[i - 1]) / pivot;
        }
    }
    for i in (0..n.saturating_sub(1)).rev() {
        x[i] -= c[i] * x[i + 1];
    }
    x
}

#[test]
fn check_thomas() {
    for n in [0, 1, 2, 6] {
        let diagonal: Vec<f64> = values(n).iter().map(|d| d + 2.0).collect();
        check_vector!(thomas(&signed(n, 1), &diagonal, &signed(n, 2), &signed(n, 3)));
    }
}

#[differentiate(order = 2)]
fn matrix_product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    a.iter()
        .map(|row| {
            (0..b[0].len()).map(|j| row.iter().zip(b).map(|(a, b)| a * b[j]).sum()).collect()
        })
        .collect()
}

#[differentiate(order = 2)]
fn matrix_power_trace(a: &[Vec<f64>], n: usize) -> f64 {
    let mut power = a.to_vec();
    for _ in 0..n {
        power = matrix_product(&power, a);
    }
    (0..a.len()).map(|i| power[i][i]).sum()
}

#[test]
fn check_matrix_product() {
    check_vector!(matrix_product(&matrix(3), &matrix(3)));
    for n in [0, 1, 2, 3] {
        check_second!(matrix_power_trace(&matrix(2), const n));
    }
}

#[differentiate(order = 2)]
fn conjugate_gradient(a: &[Vec<f64>], b: &[f64], iterations: usize) -> f64 {
    let apply = |v: &[f64]| -> Vec<f64> {
        a.iter().map(|row| row.iter().zip(v).map(|(a, v)| a * v).sum()).collect()
    };
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let mut p = r.clone();
    let mut rr: f64 = r.iter().map(|r| r * r).sum();
    for _ in 0..iterations {
        let ap = apply(&p);
        let alpha = rr / p.iter().zip(&ap).map(|(p, ap)| p * ap).sum::<f64>();
        for i in 0..x.len() {
            x[i] += alpha * p[i];
            r[i] -= alpha * ap[i];
        }
        let rr_next: f64 = r.iter().map(|r| r * r).sum();
        let beta = rr_next / rr;
        for (p, r) in p.iter_mut().zip(&r) {
            *p = r + beta * *p;
        }
        rr = rr_next;
    }
    x.iter().map(|x| x * x).sum()
}

#[test]
fn check_conjugate_gradient() {
    for iterations in [0, 1, 2, 3] {
        check_second!(conjugate_gradient(&positive_definite(4), &values(4), const iterations));
    }
}

#[differentiate(order = 2)]
fn power_iteration(a: &[[f64; 3]; 3], steps: usize) -> f64 {
    let mut v = [1.0, 0.5, 0.25];
    let mut eigenvalue = 0.0;
    for _ in 0..steps {
        let mut w = [0.0; 3];
        for (w, row) in w.iter_mut().zip(a) {
            *w = row.iter().zip(&v).map(|(a, v)| a * v).sum();
        }
        eigenvalue = w.iter().map(|w| w * w).sum::<f64>().sqrt();
        v = w.map(|w| w / eigenvalue);
    }
    eigenvalue
}

#[test]
fn check_power_iteration() {
    for steps in [0, 1, 2, 6] {
        check_second!(power_iteration(&[[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 0.5]], const steps));
    }
}

#[differentiate(order = 2)]
fn gram_schmidt(rows: &mut [[f64; 3]; 3]) {
    for i in 0..3 {
        for j in 0..i {
            let overlap: f64 = rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum();
            for k in 0..3 {
                rows[i][k] -= overlap * rows[j][k];
            }
        }
        let norm = rows[i].iter().map(|v| v * v).sum::<f64>().sqrt();
        rows[i].iter_mut().for_each(|v| *v /= norm);
    }
}

#[test]
fn check_gram_schmidt() {
    check_in_place!(gram_schmidt(&mut [[1.0, 0.2, -0.3], [0.1, 0.9, 0.4], [0.3, -0.5, 1.2]]));
}

#[differentiate(order = 2)]
fn checked_log_density(a: &[Vec<f64>], b: &[f64]) -> Option<f64> {
    let n = a.len();
    let mut l = vec![vec![0.0; n]; n];
    for i in 0..n {
        for j in 0..=i {
            let s: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            if i == j {
                let d = a[i][i] - s;
                if d <= 0.0 {
                    return None;
                }
                l[i][j] = d.sqrt();
            } else {
                l[i][j] = (a[i][j] - s) / l[j][j];
            }
        }
    }
    let mut z = b.to_vec();
    for i in 0..n {
        for k in 0..i {
            z[i] -= l[i][k] * z[k];
        }
        z[i] /= l[i][i];
    }
    let quad = z.iter().map(|v| v.powi(2)).sum::<f64>();
    let logdet = 2.0 * l.iter().enumerate().map(|(i, r)| r[i].ln()).sum::<f64>();
    Some(-0.5 * (quad + logdet + n as f64 * (2.0 * std::f64::consts::PI).ln()))
}
#[differentiate(order = 2)]
fn gaussian_log_density(a: &[Vec<f64>], b: &[f64]) -> f64 {
    checked_log_density(a, b).unwrap_or(f64::NEG_INFINITY)
}

#[differentiate(order = 2)]
fn determinant_by_pivoting(mut m: Vec<Vec<f64>>) -> f64 {
    let n = m.len();
    let mut d = 1.0;
    for c in 0..n {
        let p = (c..n).max_by(|&i, &j| m[i][c].abs().partial_cmp(&m[j][c].abs()).unwrap()).unwrap();
        if p != c {
            m.swap(p, c);
            d = -d;
        }
        let pivot = m[c][c];
        if pivot == 0.0 {
            return 0.0;
        }
        d *= pivot;
        let (top, bottom) = m.split_at_mut(c + 1);
        for row in bottom.iter_mut() {
            let f = row[c] / pivot;
            for (v, t) in row.iter_mut().zip(top[c].iter()).skip(c) {
                *v -= f * t;
            }
        }
    }
    d
}

#[test]
fn check_log_density_and_determinant() {
    let a = vec![vec![2.0, 0.3, 0.1], vec![0.3, 1.5, -0.2], vec![0.1, -0.2, 1.2]];
    check_second!(gaussian_log_density(&a, &vec![0.3, 0.4, 0.5]));
    check_second!(determinant_by_pivoting(vec![
        vec![0.1, 0.3, 0.7],
        vec![0.9, 0.5, -0.2],
        vec![0.4, 0.2, 0.2]
    ]));
}
