//! Elements that an iterator of mutable references selects, changed in place.

use ad::{check, check_in_place};
use ad_runtime::differentiate;

#[differentiate]
fn extremes(x: &[f64], k: f64) -> f64 {
    let mut x = x.to_vec();
    if let Some(v) = x.iter_mut().max_by(|a, b| a.total_cmp(b)) {
        *v *= k;
    }
    if let Some(v) = x.iter_mut().min_by(|a, b| a.partial_cmp(b).unwrap()) {
        *v *= k * k;
    }
    x.iter().sum::<f64>() * k
}

#[differentiate]
fn ends(x: &mut [f64], k: f64) {
    if let Some(v) = x.iter_mut().last() {
        *v *= k;
    }
    if let Some(v) = x.iter_mut().next() {
        *v *= k * k;
    }
    match x.iter_mut().rev().next() {
        Some(v) => *v += k,
        None => return,
    }
    let Some(v) = x.iter_mut().nth(1) else { return };
    *v *= *v;
}

#[differentiate]
fn unwrapped(x: &mut [f64], k: f64) {
    *x.iter_mut().max_by(|a, b| a.total_cmp(b)).unwrap() *= k;
    let least = x.iter_mut().filter(|v| **v > 0.8).min_by(|a, b| a.total_cmp(b)).unwrap();
    *least += k * *least;
}

#[differentiate]
fn counted(x: &mut [f64], k: f64) {
    if let Some((i, v)) = x.iter_mut().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) {
        *v *= k * (i + 1) as f64;
    }
    if let Some(v) = x.iter_mut().skip(1).find(|v| **v > 1.5) {
        *v = v.sin();
    }
}

/// Clips the greatest until nothing is above the limit.
#[differentiate]
fn repeated(x: &mut [f64], k: f64) {
    while let Some(v) = x.iter_mut().find(|v| **v > 1.0) {
        *v *= 0.6 * k;
    }
}

#[test]
fn a_selected_element_is_a_place() {
    check!(extremes(&vec![1.0, 3.0, 2.0], 2.0));
    check_in_place!(ends(&mut vec![1.0, 3.0, 2.0], 2.0));
    check_in_place!(unwrapped(&mut vec![1.1, 3.0, 2.0, 0.7], 2.1));
    check_in_place!(counted(&mut vec![1.1, 3.0, 2.0, 0.7], 2.1));
    check_in_place!(repeated(&mut vec![1.1, 3.0, 2.2, 0.7], 0.9));
}
