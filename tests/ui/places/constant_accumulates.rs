use ad_runtime::differentiate;

#[differentiate]
fn f(#[constant] total: &mut f64, x: f64) {
    *total += x;
}

fn main() {}
