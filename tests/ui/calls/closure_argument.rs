use ad_runtime::differentiate;

fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(x)
}

#[differentiate]
fn f(x: f64) -> f64 {
    apply(|y| x * y, 2.0) + x
}

fn main() {}
