use ad_runtime::differentiate;
use std::collections::BTreeMap;

#[differentiate]
fn f(mut x: f64, #[constant] weights: &BTreeMap<u32, f64>) -> f64 {
    #[checkpoint(3)]
    for (_, w) in weights {
        x = (w * x).sin();
    }
    x
}

fn main() {}
