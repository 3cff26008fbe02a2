use ad_runtime::differentiate;

#[differentiate]
fn lost(x: f64) -> f64 {
    let i = (x * 100.0) as i32;
    let y: f64 = i.into();
    y * x
}

#[differentiate]
fn wider(x: f64, table: &[f64]) -> f64 {
    let i = (x * 100.0) as u8;
    let k: usize = i.into();
    table[k] * x
}

fn main() {}
