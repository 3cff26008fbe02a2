use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &[f64]) -> f64 {
    let doubled: std::collections::VecDeque<f64> = xs.iter().map(|x| 2.0 * x).collect();
    doubled[0]
}

fn main() {}
