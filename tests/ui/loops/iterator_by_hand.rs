use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &[f64]) -> f64 {
    let mut rest = xs.iter();
    let first = rest.nth_back(0).unwrap();
    rest.map(|x| x * first).sum()
}

fn main() {}
