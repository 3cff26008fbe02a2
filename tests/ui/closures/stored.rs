use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let pair = (|y: f64| y * x, 1.0);
    (pair.0)(2.0)
}

fn main() {}
