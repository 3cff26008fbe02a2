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

fn weight(failure: &Failure) -> usize {
    match failure {
        Failure::Other(text) => text.len(),
        _ => 2,
    }
}

/// The `Result` is made here, and taken apart by a function that knows that its error is constant.
#[differentiate]
fn settled(outcome: Result<f64, Failure>, scale: f64) -> f64 {
    match outcome {
        Ok(v) => v * v,
        Err(failure) => scale * weight(&failure) as f64,
    }
}

#[differentiate]
fn made_here(x: f64, y: f64) -> f64 {
    let outcome = if x > y { Err(Failure::TooLarge { at: x }) } else { Ok(x * y) };
    let second = settled(root(x * y).map_err(|_| Failure::Other("negative".to_string())), y);
    second + settled(outcome, x) + settled(Err(Failure::Negative(x)), y)
}

fn fine(name: &str) -> f64 {
    name.len() as f64
}

#[differentiate]
fn by_name(x: f64) -> Result<f64, String> {
    if x > 2.0 { Err("too large".to_owned()) } else { Ok(x * x) }
}

#[differentiate]
fn a_constant_of_an_error(x: f64) -> f64 {
    let a = match by_name(x) {
        Ok(v) => v,
        Err(name) => fine(&name) * x,
    };
    a + by_name(2.0 * x).unwrap_or_else(|name| fine(&name))
}

#[differentiate]
fn boxed_error(x: f64) -> Result<f64, Box<dyn std::error::Error>> {
    if x > 2.0 {
        return Err(format!("{x} is too large").into());
    }
    let n: usize = "3".parse()?;
    Ok(x * n as f64)
}

#[differentiate]
fn boxed_error_taken(x: f64) -> f64 {
    match boxed_error(x) {
        Ok(y) => y,
        Err(e) => {
            eprintln!("{e}");
            x * x
        }
    }
}

#[test]
fn results_that_are_made_and_taken_apart() {
    check!(made_here(1.0, 2.0));
    check!(made_here(2.0, 1.0));
    check!(made_here(-2.0, 1.0));
    check!(a_constant_of_an_error(0.5));
    check!(a_constant_of_an_error(1.5));
    check!(a_constant_of_an_error(2.5));
    check!(boxed_error_taken(1.0));
    check!(boxed_error_taken(3.0));
}
