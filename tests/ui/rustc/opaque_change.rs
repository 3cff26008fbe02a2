use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut values = vec![x, 2.0 * x];
    values.select_nth_unstable_by(0, f64::total_cmp);
    values[0]
}

fn main() {}
