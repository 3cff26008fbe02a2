use ad_runtime::differentiate;

#[differentiate]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(2.0) * x
}

#[differentiate]
fn g(x: f64) -> f64 {
    apply(|y| x * y, 2.0) + x
}

#[differentiate(order = 2)]
fn h(x: f64) -> f64 {
    apply(|y: f64| x * y, 2.0) + x
}

#[differentiate]
fn i(x: f64) -> f64 {
    apply(|y: f64, z: f64| x * y, 2.0) + x
}

fn main() {}
