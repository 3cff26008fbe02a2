use ad_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    match x {
        [first, middle @ .., last] => first * last + middle[0],
        _ => 0.0,
    }
}

fn main() {}
