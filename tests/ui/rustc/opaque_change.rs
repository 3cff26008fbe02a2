use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut values = vec![x, 2.0 * x];
    values.rotate_left(1);
    values[0]
}

fn main() {}
