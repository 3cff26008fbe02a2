use ad_runtime::differentiate;

#[differentiate]
fn f(#[constant] last: &mut f64, x: f64) -> f64 {
    *last = x;
    x * *last
}

fn main() {}
