//! Iterators that stop at the first `None` or `Err`.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

fn with_a_negative() -> Vec<f64> {
    vec![0.2, -0.1, 0.3]
}

#[differentiate]
fn product_of_positives(x: &[f64], w: f64) -> f64 {
    let product = x.iter().try_fold(w, |acc, v| if *v > 0.0 { Some(acc * v) } else { None });
    product.unwrap_or(w * w)
}

#[differentiate]
fn roots(x: &[f64], w: f64) -> f64 {
    let roots: Option<Vec<f64>> =
        x.iter().map(|v| if *v > 0.0 { Some(v.sqrt() * w) } else { None }).collect();
    match roots {
        Some(roots) => roots.iter().product(),
        None => w * w,
    }
}

#[differentiate]
fn sum_of_logarithms(x: &[f64], w: f64) -> Option<f64> {
    let s = x.iter().try_fold(w, |acc, &v| if v > 0.0 { Some(acc + v.ln() * w) } else { None })?;
    Some(s * w)
}

#[differentiate]
fn or_zero(x: &[f64], w: f64) -> f64 {
    sum_of_logarithms(x, w).unwrap_or(w)
}

#[test]
fn check_stopped() {
    for n in 0..4 {
        check!(product_of_positives(&values(n), 0.3));
        check!(roots(&values(n), 0.3));
        check!(or_zero(&values(n), 0.3));
    }
    check!(product_of_positives(&with_a_negative(), 0.3));
    check!(roots(&with_a_negative(), 0.3));
    check!(or_zero(&with_a_negative(), 0.3));
}

#[differentiate]
fn scaled_or_error(x: &[f64], k: f64) -> Result<Vec<f64>, String> {
    x.iter().map(|v| if *v > -2.0 { Ok(v * k) } else { Err("no".to_string()) }).collect()
}

#[test]
fn check_scaled_or_error() {
    for n in [0, 1, 2, 5] {
        check_vector!(scaled_or_error(&signed(n, 2), 0.4));
    }
}

#[differentiate]
fn logarithm(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.ln()) }
}

/// A `?` in the closure leaves the closure, hence the fold.
#[differentiate]
fn folded_with_tries(x: &[f64]) -> Option<f64> {
    x.iter().try_fold(0.0, |acc, &v| Some(acc * v + logarithm(v)?))
}

#[differentiate]
fn folded_inside(x: &[f64]) -> Option<f64> {
    let sum = x.iter().try_fold(1.0, |acc, &v| {
        let l = logarithm(v)?;
        Some(acc + l * l)
    })?;
    Some(sum * x[0])
}

#[differentiate]
fn both_folds(x: &[f64]) -> f64 {
    folded_with_tries(x).unwrap_or(x[0]) + folded_inside(x).unwrap_or(x[1])
}

#[test]
fn folds_whose_closures_try() {
    check!(both_folds(&vec![1.5, 2.0, 3.0]));
    check!(both_folds(&vec![1.5, 2.0, -3.0]));
}
