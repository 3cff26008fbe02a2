use ad_runtime::differentiate;

#[differentiate]
fn scaled(x: f64, #[constant] scale: f64) -> f64 {
    x * scale
}

#[differentiate]
fn f(x: f64) -> f64 {
    scaled(2.0, x)
}

fn main() {}
