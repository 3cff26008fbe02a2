//! Diffusion, bodies that attract each other, and a step size that adapts.

use ad::{check, check_in_place, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[differentiate]
fn thomas(lower: &[f64], diag: &[f64], upper: &[f64], rhs: &mut [f64]) {
    let n = diag.len();
    let mut c = vec![0.0; n];
    let mut beta = diag[0];
    rhs[0] /= beta;
    for i in 1..n {
        c[i] = upper[i - 1] / beta;
        beta = diag[i] - lower[i - 1] * c[i];
        rhs[i] = (rhs[i] - lower[i - 1] * rhs[i - 1]) / beta;
    }
    for i in (0..n - 1).rev() {
        let t = c[i + 1] * rhs[i + 1];
        rhs[i] -= t;
    }
}
#[differentiate]
fn diffuse(initial: &[f64], kappa: f64, steps: usize) -> Vec<f64> {
    let n = initial.len();
    let r = 0.5 * kappa;
    let (lower, upper) = (vec![-r; n - 1], vec![-r; n - 1]);
    let diag = vec![1.0 + 2.0 * r; n];
    let mut u = initial.to_vec();
    for _ in 0..steps {
        let mut rhs: Vec<f64> = (0..n)
            .map(|i| {
                let left = if i > 0 { u[i - 1] } else { 0.0 };
                let right = if i + 1 < n { u[i + 1] } else { 0.0 };
                r * left + (1.0 - 2.0 * r) * u[i] + r * right
            })
            .collect();
        thomas(&lower, &diag, &upper, &mut rhs);
        u = rhs;
    }
    u
}
#[test]
fn pde() {
    check_in_place!(thomas_first(
        &mut values(4),
        &values(3),
        &vec![3.0, 4.0, 5.0, 3.5],
        &values(3)
    ));
    check_vector!(diffuse(&values(5), 0.7, const 3));
}
#[differentiate]
fn thomas_first(rhs: &mut [f64], lower: &[f64], diag: &[f64], upper: &[f64]) {
    thomas(lower, diag, upper, rhs);
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Body {
    pub pos: [f64; 3],
    pub vel: [f64; 3],
    pub mass: f64,
}
point!(Body, BodyTangent { pos, vel, mass });
#[differentiate]
fn accelerate(bodies: &mut [Body], dt: f64) {
    let n = bodies.len();
    for i in 0..n {
        let (left, right) = bodies.split_at_mut(i + 1);
        let a = &mut left[i];
        for b in right.iter_mut() {
            let mut d = [0.0; 3];
            for k in 0..3 {
                d[k] = b.pos[k] - a.pos[k];
            }
            let r2 = d.iter().map(|x| x * x).sum::<f64>() + 0.01;
            let inv = 1.0 / (r2 * r2.sqrt());
            for k in 0..3 {
                a.vel[k] += d[k] * b.mass * inv * dt;
                b.vel[k] -= d[k] * a.mass * inv * dt;
            }
        }
    }
}
#[differentiate]
fn simulate(bodies: &mut Vec<Body>, #[constant] dt: f64, steps: usize) {
    for _ in 0..steps {
        accelerate(bodies, dt);
        for body in bodies.iter_mut() {
            for (x, v) in body.pos.iter_mut().zip(&body.vel) {
                *x += v * dt;
            }
        }
    }
}
#[differentiate]
fn energy(bodies: &[Body]) -> f64 {
    let kinetic: f64 =
        bodies.iter().map(|b| 0.5 * b.mass * b.vel.iter().map(|v| v.powi(2)).sum::<f64>()).sum();
    let potential: f64 = bodies
        .iter()
        .enumerate()
        .flat_map(|(i, a)| bodies[i + 1..].iter().map(move |b| (a, b)))
        .map(|(a, b)| {
            let r2: f64 = a.pos.iter().zip(b.pos.iter()).map(|(p, q)| (p - q) * (p - q)).sum();
            -a.mass * b.mass / (r2 + 0.01).sqrt()
        })
        .sum();
    kinetic + potential
}
#[differentiate]
fn final_energy(start: &[Body], #[constant] dt: f64) -> f64 {
    let mut bodies = start.to_vec();
    simulate(&mut bodies, dt, 3);
    energy(&bodies)
}
#[test]
fn nbody() {
    let b: Vec<Body> = (0..3)
        .map(|i| {
            let x = i as f64;
            Body { pos: [x, 0.3 * x * x, -0.2 * x], vel: [0.1, 0.2 * x, 0.0], mass: 1.0 + 0.1 * x }
        })
        .collect();
    check!(final_energy(&b, const 0.05));
}

#[differentiate]
fn lotka(y: &[f64], p: &[f64]) -> Vec<f64> {
    let (prey, pred) = (y[0], y[1]);
    vec![p[0] * prey - p[1] * prey * pred, p[2] * prey * pred - p[3] * pred]
}
#[differentiate]
fn rk_adaptive(y0: &[f64], p: &[f64], #[constant] t_end: f64, #[constant] tol: f64) -> Vec<f64> {
    let mut t = 0.0;
    let mut h = 0.1_f64;
    let mut y = y0.to_vec();
    let mut trajectory = vec![y.clone()];
    while t < t_end {
        h = h.min(t_end - t);
        let k1 = lotka(&y, p);
        let y1: Vec<f64> = y.iter().zip(&k1).map(|(y, k)| y + 0.5 * h * k).collect();
        let k2 = lotka(&y1, p);
        let y2: Vec<f64> = y.iter().zip(&k2).map(|(y, k)| y + 0.75 * h * k).collect();
        let k3 = lotka(&y2, p);
        let next: Vec<f64> = (0..y.len())
            .map(|i| y[i] + h * (2.0 * k1[i] + 3.0 * k2[i] + 4.0 * k3[i]) / 9.0)
            .collect();
        let k4 = lotka(&next, p);
        let err = (0..y.len())
            .map(|i| (h * (-5.0 / 72.0 * k1[i] + k2[i] / 12.0 + k3[i] / 9.0 - k4[i] / 8.0)).abs())
            .fold(0.0_f64, f64::max);
        if ad_runtime::stop_gradient(err) > tol {
            h *= 0.5;
            continue;
        }
        t += h;
        y = next;
        trajectory.push(y.clone());
        h *= 1.2;
    }
    trajectory.last().unwrap().clone()
}
#[test]
fn rk() {
    check_vector!(rk_adaptive(&vec![1.0, 0.5], &vec![1.1, 0.4, 0.1, 0.4], const 1.0, const 1e-4));
}
