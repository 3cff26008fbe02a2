use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &[f64]) -> f64 {
    let first = 'found: {
        for x in xs {
            if *x > 0.0 {
                break 'found *x;
            }
        }
        0.0
    };
    first * first
}

fn main() {}
