use ad_runtime::differentiate;

#[derive(Clone, Debug)]
enum Failure {
    TooLarge { by: f64 },
}

fn penalty(failure: &Failure) -> f64 {
    let Failure::TooLarge { by } = failure;
    by * by
}

fn settled(outcome: Result<f64, Failure>) -> f64 {
    outcome.unwrap_or_else(|failure| penalty(&failure))
}

#[differentiate]
fn limited(x: f64) -> Result<f64, Failure> {
    if x > 1.0 { Err(Failure::TooLarge { by: x - 1.0 }) } else { Ok(x) }
}

#[differentiate]
fn made(x: f64) -> f64 {
    settled(Err(Failure::TooLarge { by: x * x }))
}

#[differentiate]
fn bound(x: f64) -> f64 {
    let outcome = Err(Failure::TooLarge { by: x * x });
    x + settled(outcome)
}

#[differentiate]
fn passed_on(x: f64) -> f64 {
    match limited(x) {
        Ok(y) => y,
        Err(failure) => settled(Err(failure)),
    }
}

#[differentiate]
fn counted(x: f64) -> f64 {
    match limited(x) {
        Ok(y) => y,
        Err(failure) => penalty(&failure),
    }
}

#[differentiate]
fn counted_later(x: f64) -> f64 {
    let cost = match limited(x) {
        Ok(_) => 0.0,
        Err(failure) => penalty(&failure),
    };
    x + cost
}

fn main() {}
