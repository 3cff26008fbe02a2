use ad_runtime::differentiate;

#[differentiate]
fn f(mut x: f64) -> f64 {
    #[checkpoint(0)]
    for _ in 0..3 {
        x = x.sin();
    }
    x
}

fn main() {}
