use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut scale = x;
    let scaled = move |y: f64| scale * y;
    scale += 1.0;
    scaled(x) + scale
}

fn main() {}
