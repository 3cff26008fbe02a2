//! `Option` and `Result`: `?`, `if let`, `let … else`, combinators, as parameters and results.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

#[differentiate]
fn safe_log(x: f64) -> Option<f64> {
    if x > 0.0 { Some(x.ln()) } else { None }
}

#[differentiate]
fn entropy_term(p: f64, q: f64) -> Option<f64> {
    let a = safe_log(p)?;
    let b = safe_log(q)?;
    Some(p * (a - b))
}

#[differentiate]
fn divergence(p: &[f64], q: &[f64]) -> f64 {
    let mut total = 0.0;
    for (p, q) in p.iter().zip(q) {
        if let Some(term) = entropy_term(*p, *q) {
            total += term;
        } else {
            total += p * q;
        }
    }
    total
}

#[test]
fn check_divergence() {
    check_vector!(safe_log(0.6));
    check_vector!(safe_log(-0.6));
    check_vector!(entropy_term(0.6, 0.9));
    check_vector!(entropy_term(0.6, -0.9));
    for n in [0, 1, 2, 6] {
        check!(divergence(&values(n), &signed(n, 2)));
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SolveError {
    Singular,
}

#[differentiate]
fn pivot(a: f64, b: f64) -> Result<f64, SolveError> {
    if a.abs() < 1e-10 {
        return Err(SolveError::Singular);
    }
    Ok(b / a)
}

#[differentiate]
fn optional_prior(x: f64, prior: Option<f64>) -> f64 {
    match prior {
        Some(mean) => (x - mean).powi(2) + x,
        None => x * x,
    }
}

#[differentiate]
fn optional_weights(x: &[f64], weights: &Option<Vec<f64>>) -> f64 {
    if let Some(w) = weights {
        x.iter().zip(w).map(|(x, w)| w * x * x).sum()
    } else {
        x.iter().map(|x| x * x).sum()
    }
}

#[differentiate]
fn optional_constant(x: f64, #[constant] limit: Option<f64>) -> f64 {
    let limited = if let Some(limit) = limit { x.min(limit) } else { x };
    limited * x
}

#[test]
fn check_optional_parameters() {
    check!(optional_prior(0.7, Some(0.2)));
    check!(optional_prior(0.7, None::<f64>));
    check!(optional_weights(&values(3), &Some(signed(3, 4))));
    check!(optional_weights(&values(3), &None::<Vec<f64>>));
    check!(optional_constant(0.7, const Some(0.3)));
    check!(optional_constant(0.7, const None));
}

#[differentiate]
fn let_else(x: &[f64], scale: f64) -> f64 {
    let Some(first) = x.first() else {
        return scale;
    };
    let (Some(second), true) = (x.get(1), scale > 0.0) else {
        return first * scale;
    };
    let [.., last] = x else { unreachable!() };
    first * second + last * scale
}

#[test]
fn check_let_else() {
    for n in [0, 1, 2, 5] {
        check!(let_else(&values(n), 0.6));
        check!(let_else(&values(n), -0.6));
    }
}

#[differentiate]
fn combinators(x: f64, y: f64) -> f64 {
    let root = Some(x).filter(|v| *v > 0.0).map(|v| v.sqrt() * y);
    let shifted = root.unwrap_or(y * y) + root.map_or(0.0, |r| r.sin());
    let product = safe_log(x).and_then(|l| safe_log(y).map(|m| l * m));
    let fallback = product.or(Some(x)).unwrap_or_else(|| x * y);
    shifted * fallback + safe_log(y).unwrap_or_default()
}

#[test]
fn check_combinators() {
    for (x, y) in [(0.7, 1.4), (-0.7, 1.4), (0.7, -1.4), (-0.7, -1.4)] {
        check!(combinators(x, y));
    }
}

#[differentiate]
fn running_best(x: &[f64], bonus: f64) -> f64 {
    let mut best: Option<f64> = None;
    for v in x {
        let score = v * bonus + v * v;
        best = match best {
            Some(b) if b >= score => Some(b),
            _ => Some(score),
        };
    }
    best.unwrap_or(bonus)
}

#[test]
fn check_running_best() {
    for n in [0, 1, 2, 6] {
        check!(running_best(&values(n), 0.4));
    }
}

#[differentiate]
fn sum_of_options(x: &[Option<f64>]) -> f64 {
    let present: f64 = x.iter().flatten().map(|v| v * v).sum();
    let missing = x.iter().filter(|v| v.is_none()).count();
    present * (1.0 + missing as f64)
}

#[test]
fn check_sum_of_options() {
    check!(sum_of_options(&Vec::<Option<f64>>::new()));
    check!(sum_of_options(&vec![Some(0.4), None, Some(-0.9), Some(1.3), None]));
}

#[differentiate]
fn all_or_nothing(x: &[f64]) -> Option<Vec<f64>> {
    let mut logs = Vec::with_capacity(x.len());
    for v in x {
        logs.push(safe_log(*v)? * v);
    }
    Some(logs)
}

#[differentiate]
fn option_pair(x: f64, y: f64) -> f64 {
    let swapped = if x > y { Some((y, x)) } else { None };
    let (low, high) = swapped.unwrap_or((x, y));
    if let Some((a, _)) = swapped
        && a > 0.0
    {
        return a * high;
    }
    low - high * high
}

#[test]
fn check_option_pair() {
    check!(option_pair(0.3, 0.8));
    check!(option_pair(0.8, 0.3));
    check!(option_pair(0.8, -0.3));
}

/// The root of k·eˣ + x = price, by Newton's method.
#[differentiate]
fn implied_rate(price: f64, k: f64) -> Result<f64, String> {
    if price <= 0.0 {
        return Err(format!("no rate has the price {price}"));
    }
    let mut x = 1.0_f64;
    let mut rounds = 0;
    loop {
        let step = (x.exp() * k + x - price) / (x.exp() * k + 1.0);
        x -= step;
        rounds += 1;
        if step.abs() < 1e-14 || rounds > 50 {
            break;
        }
    }
    Ok(x)
}

#[differentiate]
fn product_of_rates(first: f64, second: f64, k: f64) -> Result<f64, String> {
    let a = implied_rate(first, k)?;
    let b = implied_rate(second, k)?;
    Ok(a * b)
}

#[differentiate]
fn product_or_bound(first: f64, second: f64, k: f64) -> f64 {
    match product_of_rates(first, second, k) {
        Ok(product) => product,
        Err(_) => first * k,
    }
}

#[test]
fn check_product_or_bound() {
    check!(product_or_bound(2.5, 3.0, 1.1));
    check!(product_or_bound(-2.5, 3.0, 1.1));
    check!(product_or_bound(2.5, -3.0, 1.1));
}
