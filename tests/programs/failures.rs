//! Errors that say what was wrong: the values that they show carry no derivative.

use ad::check;
use ad_runtime::differentiate;

#[derive(Debug, Clone, PartialEq)]
enum Failure {
    Negative(f64),
    TooLarge { at: f64 },
    Other(String),
}

#[differentiate]
fn root(x: f64) -> Result<f64, Failure> {
    if x < 0.0 {
        return Err(Failure::Negative(x));
    }
    if x > 100.0 { Err(Failure::TooLarge { at: x }) } else { Ok(x.sqrt()) }
}

#[differentiate]
fn product(x: f64, y: f64) -> Result<f64, Failure> {
    let a = root(x)?;
    let b = root(y).map_err(|e| Failure::Other(format!("{e:?} at {y}")))?;
    Ok(a * b)
}

#[differentiate]
fn handled(x: f64, y: f64) -> f64 {
    match product(x, y) {
        Ok(v) => v,
        Err(Failure::Negative(v)) => {
            println!("negative: {v}");
            x
        }
        Err(e) => {
            println!("{e:?}");
            y * x
        }
    }
}

#[differentiate]
fn iterations(x: f64) -> Result<f64, usize> {
    if x > 5.0 { Err(3) } else { Ok(x * x) }
}

#[differentiate]
fn an_error_that_counts(x: f64) -> f64 {
    match iterations(x) {
        Ok(v) => v,
        Err(n) => x * n as f64 + (n + 1) as f64,
    }
}

#[differentiate]
fn text_of_values(x: f64) -> f64 {
    let text = format!("{x:.3}");
    let label = x.to_string();
    let n = text.len() + label.len();
    if n > 100 {
        println!("{text}");
    }
    let k: usize = text.len().to_string().parse().unwrap();
    x * k as f64
}

#[test]
fn errors_and_text_are_constant() {
    check!(handled(1.0, 2.0));
    check!(handled(-1.0, 2.0));
    check!(handled(1.0, -2.0));
    check!(an_error_that_counts(1.0));
    check!(an_error_that_counts(6.0));
    check!(text_of_values(2.0));
}
