//! Operands are evaluated once each, in the order of the source, whatever they change.

use ad::check;
use ad_runtime::differentiate;

#[differentiate]
fn operand_before_change(x: f64) -> f64 {
    let mut a = x;
    a + {
        a = 2.0 * x;
        a
    }
}

#[differentiate]
fn scaled(a: &mut f64, w: f64) -> f64 {
    *a *= w;
    *a
}

#[differentiate]
fn operand_before_call(x: f64) -> f64 {
    let mut a = x;
    a * scaled(&mut a, 3.0)
}

#[differentiate]
fn tuple_in_turn(x: f64, y: f64) -> f64 {
    let mut a = x;
    let (before, after) = (a, scaled(&mut a, y));
    before * before + after * a
}

fn tick(k: &mut f64) -> f64 {
    *k += 1.0;
    *k
}

#[differentiate]
fn effect_once(x: f64) -> f64 {
    let mut k = 1.0;
    x * tick(&mut k) + x * x * k
}

#[differentiate]
fn effects_in_a_loop(x: f64, n: usize) -> f64 {
    let mut k = 0.0;
    let mut s = 1.0;
    for _ in 0..n {
        s = s * x * tick(&mut k);
    }
    s
}

#[test]
fn check_evaluation_order() {
    check!(operand_before_change(0.8));
    check!(operand_before_call(0.8));
    check!(tuple_in_turn(0.8, 1.3));
    check!(effect_once(0.8));
    for n in [0, 1, 2, 5] {
        check!(effects_in_a_loop(0.8, const n));
    }
}
