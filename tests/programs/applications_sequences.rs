//! A Kalman filter, the forward algorithm of a hidden Markov model, and time warping.

use ad::{check, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Kalman {
    pub x: [f64; 2],
    pub p: [[f64; 2]; 2],
    pub q: f64,
    pub r: f64,
}
point!(Kalman, KalmanTangent { x, p, q, r });
#[differentiate]
impl Kalman {
    fn predict(&mut self, #[constant] dt: f64) {
        let [pos, vel] = self.x;
        self.x = [pos + dt * vel, vel];
        let p = self.p;
        let f = [[1.0, dt], [0.0, 1.0]];
        let mut fp = [[0.0; 2]; 2];
        for i in 0..2 {
            for j in 0..2 {
                for k in 0..2 {
                    fp[i][j] += f[i][k] * p[k][j];
                }
            }
        }
        for i in 0..2 {
            for j in 0..2 {
                self.p[i][j] = fp[i].iter().zip(&f[j]).map(|(a, b)| a * b).sum::<f64>();
                if i == j {
                    self.p[i][j] += self.q;
                }
            }
        }
    }
    fn update(&mut self, #[constant] z: f64) -> f64 {
        let s = self.p[0][0] + self.r;
        let innovation = z - self.x[0];
        let gain = [self.p[0][0] / s, self.p[1][0] / s];
        for (x, g) in self.x.iter_mut().zip(gain) {
            *x += g * innovation;
        }
        let top = self.p[0];
        for (row, g) in self.p.iter_mut().zip(gain.iter()) {
            for (e, t) in row.iter_mut().zip(&top) {
                *e -= g * t;
            }
        }
        -0.5 * (innovation * innovation / s + s.ln())
    }
}
#[differentiate]
fn log_likelihood(filter: Kalman, #[constant] zs: &[Option<f64>]) -> f64 {
    let mut filter = filter;
    let mut ll = 0.0;
    for z in zs {
        filter.predict(0.1);
        if let Some(z) = z {
            ll += filter.update(*z);
        }
    }
    ll
}
#[test]
fn kalman() {
    let k = Kalman { x: [0.1, 0.5], p: [[1.0, 0.1], [0.1, 0.8]], q: 0.05, r: 0.3 };
    check!(log_likelihood(k, const &[Some(0.2), None, Some(0.4), Some(0.1)]));
}

#[differentiate]
fn log_sum_exp(xs: &[f64]) -> f64 {
    let m = xs.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    if m.is_infinite() {
        return m;
    }
    m + xs.iter().map(|x| (x - m).exp()).sum::<f64>().ln()
}
#[differentiate]
fn hmm(log_pi: &[f64], log_a: &[Vec<f64>], log_b: &[Vec<f64>], #[constant] obs: &[usize]) -> f64 {
    let n = log_pi.len();
    let Some((&first, rest)) = obs.split_first() else { return 0.0 };
    let mut alpha: Vec<f64> = (0..n).map(|s| log_pi[s] + log_b[s][first]).collect();
    let mut next = vec![0.0; n];
    for &o in rest {
        for (j, slot) in next.iter_mut().enumerate() {
            let terms: Vec<f64> = alpha.iter().zip(log_a).map(|(a, row)| a + row[j]).collect();
            *slot = log_sum_exp(&terms) + log_b[j][o];
        }
        std::mem::swap(&mut alpha, &mut next);
    }
    log_sum_exp(&alpha)
}
#[test]
fn hmm_forward() {
    let a = vec![values(3), vec![0.2, -0.4, 0.1], vec![0.5, 0.6, 0.2]];
    let b = vec![values(2), vec![-0.2, 0.4], vec![0.5, 0.6]];
    check!(hmm(&values(3), &a, &b, const &[0, 1, 1, 0]));
    check!(hmm(&values(3), &a, &b, const &[]));
}

#[differentiate]
fn soft_dtw(a: &[f64], b: &[f64], gamma: f64) -> f64 {
    let (n, m) = (a.len(), b.len());
    let mut table = vec![vec![f64::INFINITY; m + 1]; n + 1];
    table[0][0] = 0.0;
    for i in 1..=n {
        for j in 1..=m {
            let cost = (a[i - 1] - b[j - 1]).powi(2);
            let candidates = [table[i - 1][j], table[i][j - 1], table[i - 1][j - 1]];
            let lowest = candidates.iter().copied().fold(f64::INFINITY, f64::min);
            let soft = lowest
                - gamma
                    * candidates
                        .iter()
                        .filter(|c| c.is_finite())
                        .map(|c| (-(c - lowest) / gamma).exp())
                        .sum::<f64>()
                        .ln();
            table[i][j] = cost + soft;
        }
    }
    table[n][m]
}
#[test]
fn dtw() {
    check!(soft_dtw(&values(4), &vec![0.3, 0.9, 1.1], 0.4));
}
