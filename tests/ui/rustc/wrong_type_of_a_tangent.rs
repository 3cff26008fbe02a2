use ad_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    x[0] * x[1]
}

fn caller() {
    f::jvp(&[1.0, 2.0], 1.0);
}

fn main() {}
