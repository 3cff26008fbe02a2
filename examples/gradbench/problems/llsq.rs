//! How far a polynomial is from the sign function at n points between -1 and 1.

use ad_runtime::differentiate;

/// -1, 0 or 1.
fn sign(t: f64) -> f64 {
    if t == 0.0 { 0.0 } else { t.signum() }
}

/// Half the sum of the squared residuals of the polynomial with the coefficients `x`.
#[differentiate]
pub fn objective(x: &[f64], n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let t = -1.0 + i as f64 * 2.0 / (n as f64 - 1.0);
        let mut residual: f64 = sign(t);
        let mut power = 1.0;
        for c in x {
            residual -= c * power;
            power *= t;
        }
        sum += residual * residual;
    }
    0.5 * sum
}
