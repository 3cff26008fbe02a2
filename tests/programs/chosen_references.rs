//! Several mutable references that are chosen at once.

use ad::{check, check_in_place, values};
use ad_runtime::differentiate;
#[differentiate]
fn chosen(x: f64, y: f64) -> f64 {
    let mut a = x;
    let mut b = y;
    let (p, q) = if x > y { (&mut a, &mut b) } else { (&mut b, &mut a) };
    *p = *p * *p;
    *q += 3.0;
    a * 2.0 + b
}
#[differentiate]
fn chosen_slice(v: &mut [f64], k: f64) {
    let (l, r) = v.split_at_mut(1);
    let (p, q) = match k > 0.0 {
        true => (&mut l[0], &mut r[0]),
        _ => (&mut r[0], &mut l[0]),
    };
    *p = *p * *p * k;
    *q += 3.0 * *p;
}
#[test]
fn both_are_changed() {
    check!(chosen(1.0, 2.0));
    check!(chosen(3.0, 2.0));
    check_in_place!(chosen_slice(&mut values(3), 0.3));
    check_in_place!(chosen_slice(&mut values(3), -0.3));
}
