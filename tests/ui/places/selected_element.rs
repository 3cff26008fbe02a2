use ad_runtime::differentiate;

#[differentiate]
fn stored(x: &mut [f64], k: f64) {
    let greatest = x.iter_mut().max_by(|a, b| a.total_cmp(b));
    if let Some(v) = greatest {
        *v *= k;
    }
}

fn main() {}
