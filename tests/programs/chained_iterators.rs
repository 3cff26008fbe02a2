//! `chain` and `flat_map`, and what stops in the middle of them.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;
use std::iter;

#[differentiate]
fn left_early(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for v in x.iter().chain(y) {
        if *v > 0.7 {
            break;
        }
        s += v * v;
    }
    s
}

#[differentiate]
fn taken_while(x: &[f64], y: &[f64]) -> f64 {
    x.iter().chain(y).take_while(|v| **v < 0.8).map(|v| v * v).sum()
}

#[differentiate]
fn first_ones(x: &[f64], y: &[f64], n: usize) -> f64 {
    x.iter().chain(y).take(n).map(|v| v * v).sum()
}

#[differentiate]
fn first_products(x: &[f64], y: &[f64], n: usize) -> f64 {
    x.iter().flat_map(|v| y.iter().map(move |w| v * w)).take(n).sum()
}

#[differentiate]
fn products_while(x: &[f64], y: &[f64]) -> f64 {
    x.iter().flat_map(|v| y.iter().map(move |w| v * w)).take_while(|z| *z < 0.4).sum()
}

#[differentiate]
fn products_left_early(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for z in x.iter().flat_map(|v| y.iter().map(move |w| v * w)) {
        if z > 0.4 {
            break;
        }
        s += z * z;
    }
    s
}

/// The first part ends before the second begins.
#[differentiate]
fn part_with_an_end(x: &[f64], y: &[f64]) -> f64 {
    x.iter().take_while(|v| **v > 0.5).chain(y.iter()).map(|v| v * v).sum()
}

#[differentiate]
fn three_parts(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 1.0;
    let parts = x.iter().filter(|v| **v > 0.5).chain(y.iter().skip_while(|v| **v > 0.7)).chain(x);
    for v in parts {
        s = s * 0.5 + v * v;
        if s > 2.0 {
            break;
        }
    }
    s
}

#[differentiate]
fn stages_everywhere(x: &[f64], y: &[f64], n: usize) -> f64 {
    x.iter()
        .map(|v| v * v)
        .take_while(|v| *v > 0.25)
        .chain(y.iter().map(|v| v * 2.0).filter(|v| *v > 0.6))
        .take(n)
        .fold(1.0, |a, b| a * b + b)
}

#[differentiate]
fn framed(x: &[f64], k: f64) -> Vec<f64> {
    iter::once(k).chain(x.iter().map(|v| v * k)).chain([k * k, 1.0]).collect()
}

#[differentiate]
fn repeated(x: &[f64], k: f64, n: usize) -> f64 {
    let a: f64 = iter::repeat(k * k).take(n).zip(x).map(|(a, b)| a * b).sum();
    let b: f64 = iter::repeat_n(k, n).chain(x.iter().map(|v| v * k)).map(|v| v * v).sum();
    a + b + x.iter().zip(iter::repeat(k)).map(|(a, b)| a * b).sum::<f64>()
}

#[test]
fn check_chains() {
    for n in 0..5 {
        for m in 0..4 {
            let (x, y) = (values(n), signed(m, 3));
            check!(left_early(&x, &y));
            check!(taken_while(&x, &y));
            check!(products_while(&x, &y));
            check!(products_left_early(&x, &y));
            check!(part_with_an_end(&x, &y));
            check!(three_parts(&x, &y));
            for k in 0..5 {
                check!(first_ones(&x, &y, const k));
                check!(first_products(&x, &y, const k));
                check!(stages_everywhere(&x, &y, const k));
            }
        }
        check_vector!(framed(&values(n), 0.7));
        check!(repeated(&values(3), 0.4, const n));
    }
}
