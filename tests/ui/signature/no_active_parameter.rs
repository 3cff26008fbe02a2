use ad_runtime::differentiate;

#[differentiate]
fn f(n: usize, #[constant] x: f64) -> f64 {
    n as f64 * x
}

fn main() {}
