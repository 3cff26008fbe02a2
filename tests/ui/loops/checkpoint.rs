use ad_runtime::differentiate;

#[differentiate]
fn f(x: f64) -> f64 {
    let mut y = x;
    #[checkpoint]
    for _ in 0..10 {
        y = y * y;
    }
    y
}

fn main() {}
