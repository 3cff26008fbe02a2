use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64, #[constant(true)] y: f64) -> f64 {
    x * y
}

fn main() {}
