use ad_runtime::differentiate;

#[differentiate]
fn f(#[constant] log: &mut Vec<f64>, x: f64) -> f64 {
    log.push(x);
    x * x
}

fn main() {}
