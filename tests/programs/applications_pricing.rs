//! Options by a binomial tree, by Monte Carlo, and the volatility that a price implies.

use ad::check;
use ad_runtime::differentiate;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Style {
    European,
    American,
}
#[differentiate]
fn binomial_put(
    spot: f64,
    strike: f64,
    rate: f64,
    sigma: f64,
    #[constant] expiry: f64,
    steps: usize,
    #[constant] style: Style,
) -> f64 {
    let dt = expiry / steps as f64;
    let up = (sigma * dt.sqrt()).exp();
    let down = up.recip();
    let disc = (-rate * dt).exp();
    let p = ((rate * dt).exp() - down) / (up - down);
    let mut values: Vec<f64> = (0..=steps)
        .map(|i| (strike - spot * up.powi(2 * i as i32 - steps as i32)).max(0.0))
        .collect();
    for level in (0..steps).rev() {
        for i in 0..=level {
            let cont = disc * (p * values[i + 1] + (1.0 - p) * values[i]);
            values[i] = match style {
                Style::European => cont,
                Style::American => {
                    let exercise = strike - spot * up.powi(2 * i as i32 - level as i32);
                    cont.max(exercise)
                }
            };
        }
        values.truncate(level + 1);
    }
    values[0]
}
#[test]
fn tree() {
    check!(binomial_put(100.3, 101.0, 0.05, 0.2, const 1.0, const 12, const Style::American));
    check!(binomial_put(100.3, 101.0, 0.05, 0.2, const 1.0, const 7, const Style::European));
}

struct Lcg(u64);
impl Lcg {
    fn next_f64(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        let (u, v) = (self.next_f64(), self.next_f64());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }
}
#[differentiate]
fn asian_call(
    spot: f64,
    vol: f64,
    rate: f64,
    #[constant] strike: f64,
    paths: usize,
    seed: u64,
) -> f64 {
    const STEPS: usize = 8;
    let mut rng = Lcg(seed);
    let dt = 1.0 / STEPS as f64;
    let drift = (rate - 0.5 * vol * vol) * dt;
    let diffusion = vol * dt.sqrt();
    let mut payoff_sum = 0.0;
    for _ in 0..paths {
        let mut s = spot;
        let mut avg = 0.0;
        for _ in 0..STEPS {
            let z = rng.normal();
            s *= (drift + diffusion * z).exp();
            avg += s;
        }
        avg /= STEPS as f64;
        if avg > strike {
            payoff_sum += avg - strike;
        }
    }
    (-rate).exp() * payoff_sum / paths as f64
}
#[test]
fn mc() {
    check!(asian_call(100.0, 0.3, 0.02, const 99.0, const 20, const 42));
}

#[differentiate]
fn implied_vol(price: f64, spot: f64, #[constant] strike: f64) -> f64 {
    let mut sigma = 0.3;
    let mut iterations = 0;
    loop {
        let d1 = ((spot / strike).ln() + 0.5 * sigma * sigma) / sigma;
        let d2 = d1 - sigma;
        let cdf = |x: f64| 1.0 / (1.0 + (-1.702 * x).exp());
        let value = spot * cdf(d1) - strike * cdf(d2);
        let vega = spot * (-0.5 * d1 * d1).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let step = (value - price) / vega;
        sigma -= step;
        iterations += 1;
        if step.abs() < 1e-14 || iterations >= 60 {
            break sigma;
        }
    }
}
#[test]
fn vol() {
    check!(implied_vol(12.0, 100.0, const 100.0));
}
