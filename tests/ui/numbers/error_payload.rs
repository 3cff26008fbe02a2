use ad_runtime::differentiate;

#[derive(Clone, Debug, PartialEq)]
enum Failure {
    Negative(f64),
}

#[differentiate]
fn checked(x: f64) -> Result<f64, Failure> {
    if x < 0.0 { Err(Failure::Negative(x)) } else { Ok(x.sqrt()) }
}

#[differentiate]
fn recovered(x: f64) -> f64 {
    match checked(x) {
        Ok(v) => v,
        Err(Failure::Negative(v)) => v * 2.0,
    }
}

fn main() {}
