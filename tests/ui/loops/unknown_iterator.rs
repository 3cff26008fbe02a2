use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &[f64], scale: f64) -> f64 {
    let mut sum = 0.0;
    for x in scaled(xs, scale) {
        sum += x;
    }
    sum
}

fn scaled(xs: &[f64], scale: f64) -> impl Iterator<Item = f64> {
    xs.iter().map(move |x| x * scale)
}

fn main() {}
