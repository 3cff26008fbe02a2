//! Sorting: order statistics, ranks, sorting in place.

use ad::{check, check_in_place, check_vector, signed};
use ad_runtime::differentiate;

#[differentiate]
fn sines(x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| v.sin()).collect()
}

#[differentiate]
fn sorted_products(x: &[f64]) -> f64 {
    let mut v = sines(x);
    for (a, b) in v.iter_mut().zip(x) {
        *a *= b;
    }
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    if v.is_empty() { 0.0 } else { v[0] * v[v.len() / 2] }
}

#[differentiate]
fn mean_of_the_largest(x: &[f64], q: f64) -> f64 {
    let mut v = x.to_vec();
    v.sort_unstable_by(|a, b| b.total_cmp(a));
    let k = (v.len() + 1) / 2;
    v.iter().take(k).map(|a| a * a * q).sum::<f64>()
}

#[differentiate]
fn sorted_again(mut x: Vec<f64>) -> Vec<f64> {
    for _ in 0..2 {
        x.sort_by(f64::total_cmp);
        for i in 1..x.len() {
            x[i] = x[i] * x[i - 1] - 0.1;
        }
    }
    x
}

#[differentiate]
fn sort_in_place(x: &mut [f64]) {
    x.sort_by(|a, b| a.abs().partial_cmp(&b.abs()).unwrap());
}

#[differentiate]
fn sorted_pairs(x: &[f64]) -> f64 {
    let mut p: Vec<(f64, f64)> = x.iter().map(|a| (a.sin(), *a)).collect();
    p.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap());
    p.iter().enumerate().map(|(i, (a, b))| i as f64 * a * b).sum()
}

#[differentiate]
fn rank_weighted(x: &[f64]) -> f64 {
    let mut idx: Vec<usize> = (0..x.len()).collect();
    idx.sort_by(|&i, &j| x[i].partial_cmp(&x[j]).unwrap());
    idx.iter().enumerate().map(|(r, &i)| r as f64 * x[i] * x[i]).sum()
}

#[differentiate]
fn folded_from_the_back(x: &[f64]) -> f64 {
    x.iter().rfold(0.3, |acc, c| acc * 0.5 + c * acc)
}

#[test]
fn check_sorting() {
    for n in [0, 1, 2, 5] {
        let x = signed(n, 1);
        check!(sorted_products(&x));
        check!(mean_of_the_largest(&x, 0.7));
        check_vector!(sorted_again(x.clone()));
        check_in_place!(sort_in_place(&mut x.clone()));
        check!(sorted_pairs(&x));
        check!(rank_weighted(&x));
        check!(folded_from_the_back(&x));
    }
}
