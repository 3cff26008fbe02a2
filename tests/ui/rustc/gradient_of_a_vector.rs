use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> Vec<f64> {
    vec![x, x * x]
}

fn caller() -> f64 {
    f::grad(1.0)
}

fn main() {}
