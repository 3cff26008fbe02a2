use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for x in xs.split(|x| *x > scale) {
        sum += x[0];
    }
    sum
}

fn main() {}
