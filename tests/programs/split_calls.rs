//! Calls of functions whose reverse sweep goes on from what their forward sweep kept.

use ad::{check, check_in_place, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};
use std::cell::Cell;

const SIZES: [usize; 4] = [0, 1, 2, 5];

#[differentiate]
fn dense(weights: &[f64], x: &[f64]) -> Vec<f64> {
    weights
        .chunks_exact(x.len().max(1))
        .map(|row| row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>().tanh())
        .collect()
}

/// Layers of one width, each by a call: what a layer takes is overwritten by what it gives.
#[differentiate]
fn network(weights: &[f64], x: &[f64], layers: usize) -> f64 {
    let n = x.len();
    let mut h = x.to_vec();
    for l in 0..layers {
        h = dense(&weights[l * n * n..(l + 1) * n * n], &h);
    }
    let deeper: Vec<f64> = dense(&weights[..n * n], &h);
    h.iter().zip(&deeper).map(|(a, b)| a * b * b).sum()
}

#[test]
fn check_network() {
    for n in SIZES {
        for layers in [1, 2, 3] {
            check!(network(&values(layers * n * n), &values(n), const layers));
        }
    }
}

/// Changes its argument, and reads what it changes.
#[differentiate]
fn relax(x: &mut [f64], rate: f64) {
    for i in 1..x.len() {
        x[i] += rate * (x[i - 1] - x[i]).sin();
    }
}

/// Two calls with the same arguments, and what they changed is read in between.
#[differentiate]
fn twice(x: &mut [f64], rate: f64) {
    relax(x, rate);
    for v in x.iter_mut() {
        *v *= *v + 1.1;
    }
    relax(x, rate);
    relax(x, rate * rate);
}

#[test]
fn check_twice() {
    for n in SIZES {
        check_in_place!(twice(&mut values(n), 0.3));
    }
}

#[differentiate]
fn relaxed(x: &[f64], rate: f64, sweeps: usize) -> f64 {
    let mut y = x.to_vec();
    let mut total = 0.0;
    for k in 0..sweeps {
        if k % 2 == 0 {
            relax(&mut y, rate);
        } else {
            let half = y.len() / 2;
            relax(&mut y[half..], 0.5 * rate);
        }
        total += y.iter().map(|v| v * v).sum::<f64>();
        if total > 9.0 {
            return total * rate;
        }
    }
    total
}

#[test]
fn check_relaxed() {
    for n in SIZES {
        for sweeps in [0, 1, 2, 5] {
            check!(relaxed(&values(n), 0.3, const sweeps));
        }
    }
}

/// The parameter changes, so that the second half has to take it from the first.
#[differentiate]
fn powers(mut x: f64, mut rest: Vec<f64>, n: usize) -> Vec<f64> {
    let mut out = Vec::with_capacity(n);
    for i in 0..n {
        x = (x * 1.3).sin();
        if i < rest.len() {
            rest[i] *= x;
            out.push(rest[i] * rest[i]);
        } else {
            out.push(x);
        }
    }
    out
}

#[differentiate]
fn of_powers(x: f64, y: &[f64], n: usize) -> f64 {
    let a: Vec<f64> = powers(x * x, y.to_vec(), n);
    let b = powers(x, a.clone(), n);
    a.iter().chain(&b).map(|v| v * v).sum()
}

#[test]
fn check_of_powers() {
    for n in SIZES {
        check!(of_powers(0.7, &values(2), const n));
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Gates {
    gate: Vec<f64>,
    bias: [f64; 2],
}
point!(Gates, GatesTangent { gate, bias });

#[differentiate]
fn step<const N: usize>(cell: &Gates, state: &mut [f64; N], x: f64) -> [f64; 2] {
    let mut seen = [0.0; 2];
    for (i, s) in state.iter_mut().enumerate() {
        let gate = (cell.gate[i] * x + cell.bias[i % 2]).exp();
        *s = *s * gate / (1.0 + gate) + x;
        seen[i % 2] += *s;
    }
    seen
}

#[differentiate]
fn unrolled(cell: &Gates, xs: &[f64]) -> f64 {
    let mut state = [0.1, 0.2, 0.3];
    let mut loss = 0.0;
    for x in xs {
        let seen = step(cell, &mut state, *x);
        loss += seen[0] * seen[1];
        if loss < -50.0 {
            break;
        }
    }
    loss + state[0] * state[2]
}

#[test]
fn check_unrolled() {
    for n in SIZES {
        let cell = Gates { gate: values(3), bias: [0.2, -0.3] };
        check!(unrolled(&cell, &values(n)));
    }
}

/// Functions that call each other: no half of one holds a half of the other.
#[differentiate]
fn even(x: &[f64], depth: usize) -> Vec<f64> {
    let own: Vec<f64> = x.iter().map(|v| v.sin() * v).collect();
    if depth == 0 {
        return own;
    }
    let deeper: Vec<f64> = odd(&own, depth - 1);
    deeper.iter().zip(x).map(|(d, x)| d * x).collect()
}

#[differentiate]
fn odd(x: &[f64], depth: usize) -> Vec<f64> {
    let own: Vec<f64> = x.iter().map(|v| v.cos() + 0.5 * v).collect();
    if depth == 0 { own } else { even(&own, depth - 1) }
}

#[test]
fn check_even() {
    for depth in [0, 1, 2, 5] {
        check_vector!(even(&values(3), const depth));
    }
}

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    CALLS.with(|calls| calls.set(calls.get() + 1));
}

#[differentiate]
fn counted(x: &[f64], y: &mut [f64]) {
    count();
    for i in 0..x.len() {
        y[i] = (x[i] + y[i]).tanh();
    }
}

#[differentiate]
fn counts(x: &[f64], steps: usize) -> f64 {
    let mut y = vec![0.5; x.len()];
    for _ in 0..steps {
        counted(x, &mut y);
    }
    y.iter().map(|v| v * v).sum()
}

#[test]
fn a_split_callee_runs_once() {
    CALLS.with(|calls| calls.set(0));
    counts::grad(&values(3), 7);
    assert_eq!(CALLS.with(Cell::get), 7);
    check!(counts(&values(3), const 3));
}

/// Steps that are run again between snapshots are split as any.
#[differentiate]
fn in_a_checkpointed_loop(x: &[f64], steps: usize) -> f64 {
    let mut y = x.to_vec();
    #[checkpoint(2)]
    for _ in 0..steps {
        counted(x, &mut y);
    }
    y.iter().sum()
}

#[test]
fn check_in_a_checkpointed_loop() {
    for steps in [0, 1, 2, 7] {
        check!(in_a_checkpointed_loop(&values(3), const steps));
    }
}
