//! Whole programs from finance: closed forms, trees, simulation, curves.

use ad::{check, check_vector, values};
use ad_runtime::{Differentiable, differentiate};

/// The normal distribution function by Hart's rational form of the error function.
#[differentiate]
fn normal_cdf(x: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let tail = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x >= 0.0 { 1.0 - density * tail } else { density * tail }
}

#[test]
fn check_normal_cdf() {
    check!(normal_cdf(0.7));
    check!(normal_cdf(-1.3));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Call,
    Put,
}

#[differentiate]
fn black_scholes(
    #[constant] side: Side,
    spot: f64,
    strike: f64,
    rate: f64,
    volatility: f64,
    expiry: f64,
) -> f64 {
    let sd = volatility * expiry.sqrt();
    let d1 = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * expiry) / sd;
    let d2 = d1 - sd;
    let discounted = strike * (-rate * expiry).exp();
    match side {
        Side::Call => spot * normal_cdf(d1) - discounted * normal_cdf(d2),
        Side::Put => discounted * normal_cdf(-d2) - spot * normal_cdf(-d1),
    }
}

#[differentiate]
fn delta_and_vega(
    spot: f64,
    #[constant] strike: f64,
    #[constant] rate: f64,
    volatility: f64,
    #[constant] expiry: f64,
) -> f64 {
    black_scholes(Side::Call, spot, strike, rate, volatility, expiry)
}

#[test]
fn check_black_scholes() {
    for side in [Side::Call, Side::Put] {
        check!(black_scholes(const side, 1.1, 1.0, 0.05, 0.3, 1.5));
    }
    check!(delta_and_vega(1.1, const 1.0, const 0.05, 0.3, const 1.5));
}

#[differentiate]
fn implied_volatility(price: f64, spot: f64, strike: f64) -> f64 {
    let mut sigma = 0.4;
    let mut step: f64 = 1.0;
    while step.abs() > 1e-12 {
        let sd = sigma;
        let d1 = (spot / strike).ln() / sd + 0.5 * sd;
        let value = spot * normal_cdf(d1) - strike * normal_cdf(d1 - sd);
        let vega = spot * (-0.5 * d1 * d1).exp() / (2.0 * std::f64::consts::PI).sqrt();
        step = (value - price) / vega;
        sigma -= step;
    }
    sigma
}

#[test]
fn check_implied_volatility() {
    check!(implied_volatility(0.2, 1.1, 1.0));
}

/// American put on a recombining tree.
#[differentiate]
fn binomial_put(spot: f64, strike: f64, rate: f64, volatility: f64, steps: usize) -> f64 {
    let dt = 1.0 / steps.max(1) as f64;
    let up = (volatility * dt.sqrt()).exp();
    let down = 1.0 / up;
    let p = ((rate * dt).exp() - down) / (up - down);
    let discount = (-rate * dt).exp();
    let mut values: Vec<f64> = (0..=steps)
        .map(|i| (strike - spot * up.powi(2 * i as i32 - steps as i32)).max(0.0))
        .collect();
    for level in (0..steps).rev() {
        for i in 0..=level {
            let hold = discount * (p * values[i + 1] + (1.0 - p) * values[i]);
            let exercise = strike - spot * up.powi(2 * i as i32 - level as i32);
            values[i] = if exercise > hold { exercise } else { hold };
        }
    }
    values[0]
}

#[test]
fn check_binomial_put() {
    for steps in [0, 1, 2, 9] {
        check!(binomial_put(1.03, 1.0, 0.05, 0.3, const steps));
    }
}

/// Monte Carlo with fixed normal numbers: an arithmetic Asian call.
#[differentiate]
fn asian_call(
    spot: f64,
    strike: f64,
    rate: f64,
    volatility: f64,
    #[constant] normals: &[Vec<f64>],
) -> f64 {
    let mut payoff_sum = 0.0;
    for path in normals {
        let dt = 1.0 / path.len() as f64;
        let (drift, diffusion) = ((rate - 0.5 * volatility.powi(2)) * dt, volatility * dt.sqrt());
        let mut s = spot;
        let mut average = 0.0;
        for z in path {
            s *= (drift + diffusion * z).exp();
            average += s * dt;
        }
        payoff_sum += (average - strike).max(0.0);
    }
    (-rate).exp() * payoff_sum / normals.len().max(1) as f64
}

#[test]
fn check_asian_call() {
    let mut rng = ad::Rng::new(21);
    for paths in [0, 1, 2, 8] {
        let normals: Vec<Vec<f64>> =
            (0..paths).map(|_| (0..4).map(|_| rng.normal()).collect()).collect();
        check!(asian_call(1.1, 0.9, 0.04, 0.25, const &normals));
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Curve {
    times: Vec<f64>,
    rates: Vec<f64>,
}

#[differentiate]
impl Curve {
    fn rate(&self, t: f64) -> f64 {
        let Some(i) = self.times.iter().position(|knot| *knot >= t) else {
            return self.rates[self.rates.len() - 1];
        };
        if i == 0 {
            return self.rates[0];
        }
        let weight = (t - self.times[i - 1]) / (self.times[i] - self.times[i - 1]);
        (1.0 - weight) * self.rates[i - 1] + weight * self.rates[i]
    }

    fn discount(&self, t: f64) -> f64 {
        (-self.rate(t) * t).exp()
    }
}

#[differentiate]
fn swap_value(rates: &[f64], coupon: f64, payments: usize) -> f64 {
    let curve =
        Curve { times: (1..=rates.len()).map(|k| k as f64 * 0.7).collect(), rates: rates.to_vec() };
    let annuity: f64 = (1..=payments).map(|k| 0.5 * curve.discount(0.5 * k as f64)).sum();
    let last = curve.discount(0.5 * payments as f64);
    1.0 - last - coupon * annuity
}

#[test]
fn check_swap_value() {
    for payments in [0, 1, 2, 6] {
        check!(swap_value(&vec![0.02, 0.03, 0.035], 0.03, const payments));
    }
}

/// Heston paths by full truncation.
#[differentiate]
fn heston_path(p: [f64; 4], spot: f64, z: &[(f64, f64)]) -> [f64; 2] {
    let [kappa, theta, xi, rho] = p;
    let (mut x, mut v) = (spot.ln(), theta);
    for &(z1, z2) in z {
        let positive = v.max(0.0);
        let sd = (positive * 0.1).sqrt();
        x += -0.05 * positive + sd * z1;
        v +=
            0.1 * kappa * (theta - positive) + xi * sd * (rho * z1 + (1.0 - rho * rho).sqrt() * z2);
    }
    [x.exp(), v]
}

#[test]
fn check_heston_path() {
    let mut rng = ad::Rng::new(5);
    for n in [0, 1, 2, 6] {
        let z: Vec<(f64, f64)> = (0..n).map(|_| (rng.normal(), rng.normal())).collect();
        check_vector!(heston_path([1.2, 0.2, 0.3, -0.5], 1.1, &z));
    }
}

/// Weights, risk and return of a portfolio after proportional costs.
#[differentiate]
fn portfolio(weights: &[f64], returns: &[f64], covariance: &[Vec<f64>], risk_aversion: f64) -> f64 {
    let total: f64 = weights.iter().sum();
    let w: Vec<f64> = weights.iter().map(|w| w / total).collect();
    let expected: f64 = w.iter().zip(returns).map(|(w, r)| w * r).sum();
    let mut variance = 0.0;
    for (i, row) in covariance.iter().enumerate() {
        for (j, c) in row.iter().enumerate() {
            variance += w[i] * c * w[j];
        }
    }
    let cost: f64 = w.iter().map(|w| 0.01 * (w - 0.1).abs().powf(1.5)).sum();
    expected - 0.5 * risk_aversion * variance - cost
}

#[differentiate]
fn portfolio_of_weights(
    weights: &[f64],
    #[constant] returns: &[f64],
    #[constant] covariance: &[Vec<f64>],
    #[constant] risk_aversion: f64,
) -> f64 {
    portfolio(weights, returns, covariance, risk_aversion)
}

#[test]
fn check_portfolio() {
    for n in [1, 2, 4] {
        let covariance: Vec<Vec<f64>> = (0..n).map(|i| ad::signed(n, i as u64)).collect();
        check!(portfolio(&values(n), &ad::signed(n, 9), &covariance, 1.4));
        check!(portfolio_of_weights(&values(n), const &ad::signed(n, 9), const &covariance, const 1.4));
    }
}

#[differentiate]
fn garch_likelihood(omega: f64, alpha: f64, beta: f64, returns: &[f64]) -> f64 {
    let mut variance = omega / (1.0 - alpha - beta);
    returns.iter().fold(0.0, |likelihood, r| {
        let term = -0.5 * (variance.ln() + r * r / variance);
        variance = omega + alpha * r * r + beta * variance;
        likelihood + term
    })
}

#[test]
fn check_garch_likelihood() {
    for n in [0, 1, 2, 8] {
        check!(garch_likelihood(0.1, 0.15, 0.7, &ad::signed(n, 3)));
    }
}

/// A linear congruential generator.
struct Uniform(u64);
impl Uniform {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}
#[differentiate]
fn heston(
    s0: f64,
    v0: f64,
    kappa: f64,
    theta: f64,
    xi: f64,
    rho: f64,
    paths: usize,
    steps: usize,
) -> f64 {
    let mut rng = Uniform(42);
    let dt = 1.0 / steps as f64;
    let mut sum = 0.0;
    for _ in 0..paths {
        let (mut s, mut v) = (s0, v0);
        for _ in 0..steps {
            let z1 = (rng.next() - 0.5) * 3.4;
            let z2 = rho * z1 + (1.0 - rho * rho).sqrt() * (rng.next() - 0.5) * 3.4;
            let vp = v.max(1e-6);
            s *= ((-0.5 * vp) * dt + (vp * dt).sqrt() * z1).exp();
            v += kappa * (theta - vp) * dt + xi * (vp * dt).sqrt() * z2;
        }
        sum += (s - 1.0).max(0.0);
    }
    sum / paths as f64
}

#[differentiate]
fn american_put(spot: f64, strike: f64, rate: f64, vol: f64, expiry: f64, steps: usize) -> f64 {
    let dt = expiry / steps as f64;
    let u = (vol * dt.sqrt()).exp();
    let d = 1.0 / u;
    let disc = (-rate * dt).exp();
    let p = ((rate * dt).exp() - d) / (u - d);
    let mut v: Vec<f64> = (0..=steps)
        .map(|i| (strike - spot * u.powi(i as i32) * d.powi((steps - i) as i32)).max(0.0))
        .collect();
    for step in (0..steps).rev() {
        for i in 0..=step {
            let hold = disc * (p * v[i + 1] + (1.0 - p) * v[i]);
            let s = spot * u.powi(i as i32) * d.powi((step - i) as i32);
            v[i] = hold.max(strike - s);
        }
        v.truncate(step + 1);
    }
    v[0]
}

#[test]
fn check_heston_and_american_put() {
    check!(heston(1.0, 0.04, 1.5, 0.05, 0.3, -0.6, const 5, const 4));
    check!(american_put(100.0, 105.0, 0.03, 0.25, 1.0, const 6));
}
