use ad_runtime::differentiate;

#[differentiate]
fn inner(x: f64) -> f64 {
    x.powi(3)
}

#[differentiate]
fn outer(x: f64) -> f64 {
    x * inner::grad(x)
}

fn main() {}
