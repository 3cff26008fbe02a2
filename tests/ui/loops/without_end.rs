use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    std::iter::repeat(x).sum()
}

fn main() {}
