//! A curve of discounts, splines, and the residuals of a fit.

use ad::{check, check_vector};
use ad_runtime::differentiate;

#[derive(Debug, Clone, PartialEq)]
pub enum CurveError {
    Empty,
    NegativeDiscount { tenor: usize },
    NotConverged(f64),
}
#[differentiate]
fn solve_discount(rate: f64, annuity: f64) -> Result<f64, CurveError> {
    let mut df = 0.9;
    for _ in 0..50 {
        let f = rate * (annuity + df) + df - 1.0;
        let slope = rate + 1.0;
        let next = df - f / slope;
        if (next - df).abs() < 1e-15 {
            return Ok(next);
        }
        df = next;
    }
    Err(CurveError::NotConverged(df))
}
#[differentiate]
fn bootstrap(rates: &[f64]) -> Result<Vec<f64>, CurveError> {
    if rates.is_empty() {
        return Err(CurveError::Empty);
    }
    let mut discounts = Vec::with_capacity(rates.len());
    let mut annuity = 0.0;
    for (tenor, &rate) in rates.iter().enumerate() {
        let df = solve_discount(rate, annuity)?;
        if df <= 0.0 {
            return Err(CurveError::NegativeDiscount { tenor });
        }
        annuity += df;
        discounts.push(df);
    }
    Ok(discounts)
}
#[differentiate]
fn bond_price(rates: &[f64], coupon: f64) -> f64 {
    let discounts = match bootstrap(rates) {
        Ok(d) => d,
        Err(CurveError::Empty) => return coupon,
        Err(e) => {
            eprintln!("{e:?}");
            return f64::NAN;
        }
    };
    let Some(last) = discounts.last() else { return 0.0 };
    coupon * discounts.iter().sum::<f64>() + last
}
#[differentiate]
fn forward_rate(rates: &[f64], #[constant] i: usize) -> Option<f64> {
    let d = bootstrap(rates).ok()?;
    let (a, b) = (d.get(i)?, d.get(i + 1)?);
    Some((a / b).ln())
}
#[test]
fn bonds() {
    check!(bond_price(&vec![0.02, 0.025, 0.03], 0.05));
    check!(bond_price(&Vec::<f64>::new(), 0.05));
    check_vector!(forward_rate(&vec![0.02, 0.025, 0.03], const 1));
    check_vector!(forward_rate(&vec![0.02, 0.025, 0.03], const 2));
}

#[differentiate]
fn basis(i: usize, degree: usize, knots: &[f64], t: f64) -> f64 {
    if degree == 0 {
        return if knots[i] <= t && t < knots[i + 1] { 1.0 } else { 0.0 };
    }
    let mut value = 0.0;
    let left = knots[i + degree] - knots[i];
    if left > 0.0 {
        value += (t - knots[i]) / left * basis(i, degree - 1, knots, t);
    }
    let right = knots[i + degree + 1] - knots[i + 1];
    if right > 0.0 {
        value += (knots[i + degree + 1] - t) / right * basis(i + 1, degree - 1, knots, t);
    }
    value
}
#[differentiate]
fn de_boor(control: &[(f64, f64)], knots: &[f64], #[constant] p: usize, t: f64) -> (f64, f64) {
    let k = knots.windows(2).position(|w| w[0] <= t && t < w[1]).unwrap_or(knots.len() - p - 2);
    let mut d: Vec<(f64, f64)> = (0..=p).map(|j| control[j + k - p]).collect();
    for r in 1..=p {
        for j in (r..=p).rev() {
            let i = j + k - p;
            let alpha = (t - knots[i]) / (knots[i + p + 1 - r] - knots[i]);
            d[j].0 = (1.0 - alpha) * d[j - 1].0 + alpha * d[j].0;
            d[j].1 = (1.0 - alpha) * d[j - 1].1 + alpha * d[j].1;
        }
    }
    d[p]
}
#[test]
fn splines() {
    let knots = vec![0.0, 0.1, 0.2, 1.0, 2.1, 3.0, 3.5, 3.7];
    check!(basis(const 1, const 3, &knots, 1.3));
    check_vector!(de_boor(&vec![(0.0, 1.0), (1.0, 2.0), (2.0, 0.5), (3.0, 1.0)], &knots, const 3, 1.3));
}

#[differentiate]
fn residuals(params: &[f64], #[constant] xs: &[f64], #[constant] ys: &[f64]) -> Vec<f64> {
    let &[amp, decay, freq, ref offsets @ ..] = params else { panic!("three parameters") };
    let model = |x: f64| amp * (-decay * x).exp() * (freq * x).cos();
    let data = xs.iter().zip(ys).map(|(&x, &y)| model(x) - y);
    let smooth = offsets.windows(2).map(|w| 0.1 * (w[1] - w[0]));
    data.chain(smooth).collect()
}
#[test]
fn lm() {
    check_vector!(residuals(&vec![1.0, 0.3, 2.0, 0.1, 0.4, 0.2], const &[0.0, 0.5, 1.0], const &[1.0, 0.4, -0.2]));
}
