use ad_runtime::differentiate;

#[differentiate]
fn f(rows: &[Vec<f64>]) -> f64 {
    let mut product = 1.0;
    #[checkpoint(3)]
    for x in rows.iter().flatten() {
        product *= x;
    }
    product
}

fn main() {}
