use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    (0..).map(|i| x * i as f64).fold(0.0, |sum, term| sum + term)
}

fn main() {}
