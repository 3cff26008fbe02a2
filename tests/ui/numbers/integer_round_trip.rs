use ad_runtime::differentiate;

#[differentiate]
fn cast(x: f64) -> f64 {
    x * (x as i64 as f64)
}

#[differentiate]
fn named(x: f64, scale: f64) -> f64 {
    let steps = (x / scale).round() as i32;
    scale * f64::from(steps)
}

#[differentiate]
fn in_a_chain(xs: &[f64]) -> f64 {
    xs.iter().map(|x| *x as usize).map(|k| k as f64).sum()
}

fn main() {}
