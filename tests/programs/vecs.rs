//! `Vec` and `Box` built, grown and taken apart.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 6];

#[differentiate]
fn push_all(x: &[f64], y: f64) -> Vec<f64> {
    let mut out = Vec::new();
    out.push(y);
    for v in x {
        let last = out[out.len() - 1];
        out.push(v * last + y);
    }
    out
}

#[test]
fn check_push_all() {
    for n in SIZES {
        check_vector!(push_all(&values(n), 0.6));
    }
}

#[differentiate]
fn monotone_stack(x: &[f64]) -> f64 {
    let mut stack: Vec<f64> = Vec::with_capacity(x.len());
    let mut area = 0.0;
    for &v in x {
        while stack.last().is_some_and(|top| *top > v) {
            let top = stack.pop().unwrap();
            area += top * v;
        }
        stack.push(v);
    }
    area + stack.iter().sum::<f64>()
}

#[test]
fn check_monotone_stack() {
    for n in SIZES {
        check!(monotone_stack(&values(n)));
    }
}

#[differentiate]
fn extended(x: &[f64], y: &[f64], pad: f64) -> f64 {
    let mut all = vec![pad; 2];
    all.extend(x.iter().map(|v| v * v));
    all.extend_from_slice(y);
    all.resize(all.len() + 2, pad * pad);
    all.iter().enumerate().map(|(i, v)| v * (i as f64 + 1.0).sqrt()).sum()
}

#[test]
fn check_extended() {
    for n in SIZES {
        check!(extended(&values(n), &signed(2, 3), 0.4));
    }
}

#[differentiate]
fn clone_then_change(x: &Vec<f64>) -> f64 {
    let mut y = x.clone();
    for i in 0..y.len() {
        y[i] = y[i].exp() - x[i];
    }
    let z = y.clone();
    y.reverse();
    y.iter().zip(&z).map(|(a, b)| a * b).sum()
}

#[test]
fn check_clone_then_change() {
    for n in SIZES {
        check!(clone_then_change(&values(n)));
    }
}

/// Pascal-like triangle in a vector of vectors.
#[differentiate]
fn triangle(a: f64, b: f64, rows: usize) -> f64 {
    let mut table: Vec<Vec<f64>> = vec![vec![1.0]];
    for n in 1..=rows {
        let mut row = vec![0.0; n + 1];
        for k in 0..=n {
            if k > 0 {
                row[k] += b * table[n - 1][k - 1];
            }
            if k < n {
                row[k] += a * table[n - 1][k];
            }
        }
        table.push(row);
    }
    table[rows].iter().enumerate().map(|(k, v)| v * (k as f64).cos()).sum()
}

#[test]
fn check_triangle() {
    for rows in [0, 1, 2, 5] {
        check!(triangle(0.7, 0.4, const rows));
    }
}

/// Soft dynamic time warping with a smooth minimum.
#[differentiate]
fn soft_dtw(a: &[f64], b: &[f64], gamma: f64) -> f64 {
    let (n, m) = (a.len(), b.len());
    let mut cost: Vec<Vec<f64>> = vec![vec![20.0; m + 1]; n + 1];
    cost[0][0] = 0.0;
    for i in 1..=n {
        for j in 1..=m {
            let (r0, r1, r2) = (cost[i - 1][j - 1], cost[i - 1][j], cost[i][j - 1]);
            let least = r0.min(r1).min(r2);
            let sum = [r0, r1, r2].iter().map(|r| (-(r - least) / gamma).exp()).sum::<f64>();
            cost[i][j] = (a[i - 1] - b[j - 1]).powi(2) + least - gamma * sum.ln();
        }
    }
    cost[n][m]
}

#[differentiate]
fn soft_dtw_to_template(a: &[f64], #[constant] b: &[f64], #[constant] gamma: f64) -> f64 {
    soft_dtw(a, b, gamma)
}

#[test]
fn check_soft_dtw() {
    for n in [0, 1, 2, 5] {
        check!(soft_dtw(&values(n), &signed(4, 3), 0.5));
        check!(soft_dtw_to_template(&values(n), const &signed(4, 3), const 0.5));
    }
}

#[differentiate]
fn vec_of_tuples(x: &[f64], y: &[f64]) -> f64 {
    let points: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    let mut length = 0.0;
    for pair in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        length += ((x1 - x0).powi(2) + (y1 - y0).powi(2) + 0.01).sqrt();
    }
    length
}

#[differentiate]
fn shoelace(polygon: &[(f64, f64)]) -> f64 {
    let n = polygon.len();
    let mut area = 0.0;
    for i in 0..n {
        let (x0, y0) = polygon[i];
        let (x1, y1) = polygon[(i + 1) % n];
        area += x0 * y1 - x1 * y0;
    }
    0.5 * area
}

#[test]
fn check_vec_of_tuples() {
    for n in SIZES {
        check!(vec_of_tuples(&values(n), &signed(n, 3)));
        check!(shoelace(&values(n).into_iter().zip(signed(n, 3)).collect::<Vec<_>>()));
    }
}

#[differentiate]
fn reassigned(x: &[f64], rounds: usize) -> f64 {
    let mut current = x.to_vec();
    for round in 0..rounds {
        current = current.iter().map(|v| (v + round as f64).sin()).collect();
        if current.len() > 2 {
            current = current[1..].to_vec();
        }
    }
    current.iter().sum()
}

#[test]
fn check_reassigned() {
    for rounds in [0, 1, 2, 5] {
        check!(reassigned(&values(5), const rounds));
    }
    check!(reassigned(&values(0), const 2));
}

#[differentiate]
fn haar_transform(signal: Vec<f64>) -> Vec<f64> {
    let mut data = signal;
    let mut n = data.len();
    while n > 1 {
        let half = n / 2;
        let old = data[..n].to_vec();
        for i in 0..half {
            data[i] = (old[2 * i] + old[2 * i + 1]) / 2f64.sqrt();
            data[half + i] = (old[2 * i] - old[2 * i + 1]) * 0.5;
        }
        n = half;
    }
    data
}

#[test]
fn check_haar_transform() {
    for n in [0, 1, 2, 8] {
        check_vector!(haar_transform(values(n)));
    }
}
