//! `get` with an index or a range, and what it finds.

use ad::{check, check_in_place, values};
use ad_runtime::differentiate;

#[differentiate]
fn rest(t: &[f64], i: usize) -> f64 {
    if let Some(part) = t.get(i..) { part.iter().map(|v| v * v).sum() } else { t[0] }
}

#[differentiate]
fn pair(t: &[f64], i: usize) -> f64 {
    match t.get(i..i + 2) {
        Some([a, b]) => a * b,
        _ => 0.5 * t[0],
    }
}

#[differentiate]
fn closed(t: &[f64], i: usize) -> f64 {
    t.get(i..=i + 1).map(|w| w[0] * w[1]).unwrap_or(t[0])
}

#[differentiate]
fn named_range(t: &[f64], i: usize) -> f64 {
    let range = i..i + 2;
    let mut s = 0.0;
    for k in 0..2 {
        s += t.get(range.clone()).map_or(t[k], |w| w[0] * w[1]);
    }
    s
}

#[differentiate]
fn or_else_return(t: &[f64], i: usize) -> f64 {
    let Some(first) = t.get(..i) else { return t[0] };
    first.iter().map(|v| v * v).sum()
}

#[differentiate]
fn in_place(t: &mut [f64], i: usize) {
    if let Some(w) = t.get_mut(i..i + 2) {
        w[0] *= w[1];
        for v in w.iter_mut() {
            *v *= *v;
        }
    }
}

#[differentiate]
fn while_there_is_one(t: &[f64]) -> f64 {
    let mut s = 0.0;
    let mut i = 0;
    while let Some(&v) = t.get(i) {
        s = s * v + v;
        i += 1;
    }
    s
}

#[differentiate]
fn while_there_are_two(t: &[f64]) -> f64 {
    let mut s = 1.0;
    let mut i = 0;
    while let Some(w) = t.get(i..i + 2) {
        s *= w[0] + w[1];
        i += 1;
    }
    s
}

/// The index is computed once.
#[differentiate]
fn counted(t: &[f64]) -> f64 {
    let mut n = 0;
    let mut next = || {
        n += 1;
        n
    };
    let a = t.get(next()).copied().unwrap_or(0.3);
    if let Some(b) = t.get(next()) { a * b } else { a }
}

#[test]
fn check_lookups() {
    let t = values(3);
    for i in 0..5 {
        check!(rest(&t, const i));
        check!(pair(&t, const i));
        check!(closed(&t, const i));
        check!(named_range(&t, const i));
        check!(or_else_return(&t, const i));
        check_in_place!(in_place(&mut t, const i));
        check!(while_there_is_one(&values(i)));
        check!(while_there_are_two(&values(i)));
        check!(counted(&values(i)));
    }
}
