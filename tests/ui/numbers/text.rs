use ad_runtime::differentiate;

#[differentiate]
fn rounded(x: f64) -> f64 {
    let y: f64 = format!("{x:.2}").parse().unwrap();
    y * x
}

#[differentiate]
fn through_a_string(x: f64) -> f64 {
    let text = x.to_string();
    text.trim().parse::<f64>().unwrap_or(0.0)
}

fn main() {}
