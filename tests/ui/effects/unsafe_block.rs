use ad_runtime::differentiate;

#[differentiate]
fn f(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    unsafe {
        sum += x.get_unchecked(0);
    }
    sum
}

fn main() {}
