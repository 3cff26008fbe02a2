//! Chains of which one item is taken, and those that are parted.

use ad::{check, signed, values};
use ad_runtime::differentiate;

#[differentiate]
fn found(x: &[f64], k: f64) -> f64 {
    x.iter().find(|v| **v > 0.6).map_or(k, |v| v * k)
}

#[differentiate]
fn found_value(x: &[f64], k: f64) -> f64 {
    x.iter().map(|v| v * k).find(|v| *v > 0.3).unwrap_or(k * k)
}

#[differentiate]
fn found_and_mapped(x: &[f64], k: f64) -> f64 {
    x.iter().find_map(|v| if *v > 0.6 { Some(v * k) } else { None }).unwrap_or(k * k)
}

#[differentiate]
fn next_of_some(x: &[f64], k: f64) -> f64 {
    match x.iter().filter(|v| **v > 0.5).next() {
        Some(v) => v * k,
        None => k * k,
    }
}

#[differentiate]
fn last_of_some(x: &[f64], k: f64) -> f64 {
    if let Some(v) = x.iter().filter(|v| **v > 0.5).last() { v * k } else { k * k }
}

#[differentiate]
fn second_of_some(x: &[f64], k: f64) -> f64 {
    x.iter().filter(|v| **v > 0.5).nth(1).copied().unwrap_or(k) * k
}

#[differentiate]
fn of_two_parts(x: &[f64], y: &[f64], k: f64) -> f64 {
    let found = x.iter().chain(y).find(|v| **v > 0.9).copied().unwrap_or(k);
    let last = x.iter().chain(y).last().copied().unwrap_or(k);
    found * k + last * k * k + x.iter().chain(y).nth(4).copied().unwrap_or(k)
}

#[test]
fn check_searches() {
    for n in 0..5 {
        let x = values(n);
        check!(found(&x, 0.4));
        check!(found_value(&x, 0.4));
        check!(found_and_mapped(&x, 0.4));
        check!(next_of_some(&x, 0.4));
        check!(last_of_some(&x, 0.4));
        check!(second_of_some(&x, 0.4));
        for m in 0..3 {
            check!(of_two_parts(&x, &signed(m, 3), 0.4));
        }
    }
}

#[differentiate]
fn parted(x: &[f64]) -> f64 {
    let (large, small): (Vec<f64>, Vec<f64>) = x.iter().partition(|v| **v >= 0.6);
    let squares: f64 = large.iter().map(|v| v * v).sum();
    squares * (1.0 + small.len() as f64) + small.iter().sum::<f64>()
}

#[differentiate]
fn parted_copies(x: &[f64]) -> f64 {
    let (large, small): (Vec<_>, Vec<_>) = x.iter().copied().partition(|v| *v >= 0.6);
    large.iter().map(|v| v * v).sum::<f64>() * (1.0 + small.iter().sum::<f64>())
}

#[differentiate]
fn parted_references(x: &[f64]) -> f64 {
    let (large, small): (Vec<&f64>, Vec<&f64>) = x.iter().partition(|&&v| v >= 0.6);
    large.iter().map(|v| **v * **v).sum::<f64>() * (1.0 + small.len() as f64)
}

#[differentiate]
fn parted_values(x: &[f64]) -> f64 {
    let (large, small) = x.iter().map(|v| v * v).partition::<Vec<f64>, _>(|v| *v >= 0.6);
    large.iter().sum::<f64>() * small.iter().sum::<f64>()
}

#[test]
fn check_partitions() {
    for n in 0..6 {
        let x = values(n);
        check!(parted(&x));
        check!(parted_copies(&x));
        check!(parted_references(&x));
        check!(parted_values(&x));
    }
}
