//! Beliefs under a policy, a cascade of filters, an oscillator and molecules with lists of neighbours.

use ad::{check, point, point_enum, values};
use ad_runtime::{Differentiable, Real, differentiate};

#[differentiate]
fn belief_value(
    belief: &[f64],
    logits: &[Vec<f64>],
    #[constant] transition: &[Vec<Vec<f64>>],
    reward: &[Vec<f64>],
    depth: usize,
) -> f64 {
    if depth == 0 {
        return 0.0;
    }
    let actions = transition.len();
    let mut probs: Vec<f64> = (0..actions)
        .map(|a| belief.iter().zip(&logits[a]).map(|(b, l)| b * l).sum::<f64>().exp())
        .collect();
    let z: f64 = probs.iter().sum();
    probs.iter_mut().for_each(|p| *p /= z);
    let mut value = 0.0;
    for a in 0..actions {
        let now: f64 = belief.iter().zip(&reward[a]).map(|(b, r)| b * r).sum();
        let mut next = vec![0.0; belief.len()];
        for (s, &b) in belief.iter().enumerate() {
            for (t, n) in next.iter_mut().enumerate() {
                *n += b * transition[a][s][t];
            }
        }
        value +=
            probs[a] * (now + 0.9 * belief_value(&next, logits, transition, reward, depth - 1));
    }
    value
}
#[test]
fn pomdp() {
    let t = vec![vec![vec![0.8, 0.2], vec![0.3, 0.7]], vec![vec![0.5, 0.5], vec![0.1, 0.9]]];
    check!(belief_value(&vec![0.4, 0.6], &vec![vec![0.1, 0.5], vec![0.3, -0.2]], const &t, &vec![vec![1.0, 0.2], vec![0.4, 0.8]], const 3));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Biquad {
    pub b: [f64; 3],
    pub a: [f64; 2],
}
point!(Biquad, BiquadTangent { b, a });
#[derive(Clone, Copy, Debug, PartialEq, Default, Differentiable)]
pub struct Memory {
    pub z1: f64,
    pub z2: f64,
}
#[differentiate]
impl Biquad {
    #[differentiate(associated)]
    fn low_pass(f: f64, q: f64) -> Self {
        let w = std::f64::consts::TAU * f;
        let alpha = w.sin() / (2.0 * q);
        let a0 = 1.0 + alpha;
        let c = w.cos();
        Self {
            b: [(1.0 - c) / 2.0 / a0, (1.0 - c) / a0, (1.0 - c) / 2.0 / a0],
            a: [-2.0 * c / a0, (1.0 - alpha) / a0],
        }
    }
    fn process(&self, m: &mut Memory, x: f64) -> f64 {
        let y = self.b[0] * x + m.z1;
        m.z1 = self.b[1] * x - self.a[0] * y + m.z2;
        m.z2 = self.b[2] * x - self.a[1] * y;
        y
    }
}
#[differentiate]
fn cascade(f: f64, q: f64, signal: &[f64]) -> f64 {
    let stages = [Biquad::low_pass(f, q), Biquad::low_pass(0.5 * f, q)];
    let mut memory = [Memory::default(); 2];
    let mut energy = 0.0;
    for &x in signal {
        let mut y = x;
        for (stage, m) in stages.iter().zip(memory.iter_mut()) {
            y = stage.process(m, y);
        }
        energy += y * y;
    }
    energy
}
#[test]
fn iir() {
    check!(cascade(0.1, 0.7, &values(8)));
}

#[differentiate]
fn rk4<T: Real>(y: &[T], k: T, dt: T) -> Vec<T> {
    let f = |y: &[T]| -> Vec<T> { vec![y[1], -k * y[0]] };
    let half = dt / T::from_f64(2.0).unwrap();
    let k1 = f(y);
    let y2: Vec<T> = y.iter().zip(&k1).map(|(&a, &b)| a + half * b).collect();
    let k2 = f(&y2);
    let y3: Vec<T> = y.iter().zip(&k2).map(|(&a, &b)| a + half * b).collect();
    let k3 = f(&y3);
    let y4: Vec<T> = y.iter().zip(&k3).map(|(&a, &b)| a + dt * b).collect();
    let k4 = f(&y4);
    let two = T::one() + T::one();
    (0..y.len())
        .map(|i| {
            y[i] + dt / T::from_f64(6.0).unwrap() * (k1[i] + two * k2[i] + two * k3[i] + k4[i])
        })
        .collect()
}
#[differentiate]
fn oscillate(y0: &[f64], k: f64) -> f64 {
    let mut y = y0.to_vec();
    for _ in 0..5 {
        y = rk4(&y, k, 0.1);
    }
    y[0] * y[0] + y[1]
}
#[test]
fn ode() {
    check!(oscillate(&vec![1.0, 0.3], 2.0));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub enum Potential {
    LennardJones { eps: f64, sigma: f64 },
    Harmonic { k: f64, r0: f64 },
    None,
}
point_enum!(Potential, PotentialTangent { LennardJones { eps: e e_dot, sigma: s s_dot }, Harmonic { k: k k_dot, r0: r r_dot }, None {} });
#[differentiate]
impl Potential {
    fn energy(&self, r: f64) -> f64 {
        match *self {
            Potential::LennardJones { eps, sigma } => {
                let s6 = (sigma / r).powi(6);
                4.0 * eps * (s6 * s6 - s6)
            }
            Potential::Harmonic { k, r0 } => 0.5 * k * (r - r0).powi(2),
            Potential::None => 0.0,
        }
    }
}
#[differentiate]
fn total_energy(
    positions: &[[f64; 3]],
    #[constant] neighbours: &[Vec<usize>],
    potentials: &[Potential],
    #[constant] cutoff: f64,
) -> f64 {
    let mut total = 0.0;
    'atoms: for (i, list) in neighbours.iter().enumerate() {
        for &j in list {
            if j <= i {
                continue;
            }
            if j >= positions.len() {
                continue 'atoms;
            }
            let mut r2 = 0.0;
            for k in 0..3 {
                let mut d = positions[j][k] - positions[i][k];
                d -= 10.0 * ad_runtime::stop_gradient((d / 10.0).round());
                r2 += d * d;
            }
            let r = r2.sqrt();
            if r > cutoff {
                continue;
            }
            total += potentials[(i + j) % potentials.len()].energy(r);
        }
    }
    total
}
#[test]
fn molecules() {
    let x = vec![[0.0, 0.1, 0.2], [1.1, 0.2, 0.1], [0.3, 1.4, 0.2], [0.2, 0.3, 9.2]];
    let n = vec![vec![1, 2, 3], vec![0, 2, 9, 3], vec![3], vec![]];
    let p = vec![
        Potential::LennardJones { eps: 0.3, sigma: 1.0 },
        Potential::Harmonic { k: 2.0, r0: 1.0 },
        Potential::None,
    ];
    check!(total_energy(&x, const &n, &p, const 2.5));
}
