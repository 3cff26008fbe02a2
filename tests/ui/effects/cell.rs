use ad_runtime::differentiate;

use std::cell::Cell;

#[differentiate]
fn f(#[constant] last: &Cell<f64>, x: f64) -> f64 {
    last.set(x);
    x * last.get()
}

fn main() {}
