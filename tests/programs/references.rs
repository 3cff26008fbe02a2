//! References as aliases of places: locals, reborrows, `ref` patterns, chosen places.

use ad::{check, check_in_place, check_vector, signed, values};
use ad_runtime::differentiate;

#[differentiate]
fn mutable_local(x: f64, y: f64) -> f64 {
    let mut total = x * y;
    let alias = &mut total;
    *alias += y.sin();
    *alias *= *alias;
    let again = &mut *alias;
    *again -= x;
    total * total
}

#[test]
fn check_mutable_local() {
    check!(mutable_local(0.6, 1.3));
}

#[differentiate]
fn element_alias(x: &[f64], scale: f64) -> f64 {
    let mut y = x.to_vec();
    for i in 1..y.len() {
        let previous = y[i - 1];
        let current = &mut y[i];
        *current = *current * previous + scale;
        if *current > 1.5 {
            *current = current.sqrt();
        }
    }
    y.iter().sum()
}

#[test]
fn check_element_alias() {
    for n in [0, 1, 2, 6] {
        check!(element_alias(&values(n), 0.4));
    }
}

#[differentiate]
fn chosen_slice(a: &[f64], b: &[f64], threshold: f64) -> f64 {
    let longer = if a.len() > b.len() { a } else { b };
    let picked = if longer[0] > threshold { &longer[1..] } else { longer };
    picked.iter().map(|v| v * threshold).sum::<f64>() + a[0]
}

#[test]
fn check_chosen_slice() {
    check!(chosen_slice(&values(3), &signed(2, 3), 0.2));
    check!(chosen_slice(&values(1), &values(4), 1.6));
}

#[differentiate]
fn ref_patterns(pair: (f64, [f64; 2]), y: f64) -> f64 {
    let (ref first, ref second) = pair;
    let mut state = (y, first * second[0]);
    {
        let (ref mut a, ref mut b) = state;
        *a *= *b;
        *b += second[1];
    }
    let &[p, q] = second;
    state.0 * state.1 + p * q
}

#[test]
fn check_ref_patterns() {
    check!(ref_patterns((0.4, [1.2, -0.7]), 0.9));
}

#[differentiate]
fn shared_references(x: f64, y: f64) -> f64 {
    let z = x * y;
    let r = &z;
    let rr = &r;
    let pair = (r, &x);
    **rr * *pair.0 + pair.1 * y
}

#[test]
fn check_shared_references() {
    check!(shared_references(0.7, 1.4));
}

#[differentiate]
fn row_aliases(m: &[Vec<f64>], s: f64) -> f64 {
    let mut m = m.to_vec();
    let rows = m.len();
    for k in 1..rows {
        let (done, rest) = m.split_at_mut(k);
        let above = &done[k - 1];
        let row = &mut rest[0];
        for (v, a) in row.iter_mut().zip(above) {
            *v = s * *v + a * a;
        }
    }
    m.last().map_or(0.0, |row| row.iter().sum())
}

#[test]
fn check_row_aliases() {
    for n in [0, 1, 2, 4] {
        let m: Vec<Vec<f64>> = (0..n).map(|i| signed(3, i as u64)).collect();
        check!(row_aliases(&m, 0.6));
    }
}

#[differentiate]
fn relax_cell(cell: &mut f64, left: &f64, right: &f64, rate: f64) {
    *cell += rate * (left + right - 2.0 * *cell);
}

#[differentiate]
fn relax(u: &[f64], rate: f64, sweeps: usize) -> Vec<f64> {
    let mut u = u.to_vec();
    for _ in 0..sweeps {
        for i in 1..u.len().saturating_sub(1) {
            let (left, right) = (u[i - 1], u[i + 1]);
            relax_cell(&mut u[i], &left, &right, rate);
        }
    }
    u
}

#[test]
fn check_relax() {
    check_in_place!(relax_cell(&mut 0.4, &1.2, &0.8, 0.3));
    for n in [0, 1, 2, 5] {
        check_vector!(relax(&values(n), 0.3, const 2));
    }
    for sweeps in [0, 1, 4] {
        check_vector!(relax(&values(4), 0.3, const sweeps));
    }
}
