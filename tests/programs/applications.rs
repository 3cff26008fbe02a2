//! Whole programs: integrators, inverse problems, signals, chemistry.

use ad::{check, check_in_place, check_vector, signed, values};
use ad_runtime::{differentiate, stop_gradient};

/// Robertson-like kinetics by implicit Euler with Newton iterations.
#[differentiate]
fn implicit_euler(y0: [f64; 2], rates: &[f64; 3], dt: f64, steps: usize) -> [f64; 2] {
    let [k1, k2, k3] = *rates;
    let mut y = y0;
    for _ in 0..steps {
        let old = y;
        for _ in 0..8 {
            let f = [
                y[0] - old[0] - dt * (-k1 * y[0] + k2 * y[1] * y[1]),
                y[1] - old[1] - dt * (k1 * y[0] - k2 * y[1] * y[1] - k3 * y[1]),
            ];
            let j = [
                [1.0 + dt * k1, -2.0 * dt * k2 * y[1]],
                [-dt * k1, 1.0 + dt * (2.0 * k2 * y[1] + k3)],
            ];
            let determinant = j[0][0] * j[1][1] - j[0][1] * j[1][0];
            let step = [
                (f[0] * j[1][1] - f[1] * j[0][1]) / determinant,
                (f[1] * j[0][0] - f[0] * j[1][0]) / determinant,
            ];
            y[0] -= step[0];
            y[1] -= step[1];
            if step[0].abs() + step[1].abs() < 1e-14 {
                break;
            }
        }
    }
    y
}

#[differentiate]
fn implicit_euler_rates(
    #[constant] y0: [f64; 2],
    rates: &[f64; 3],
    #[constant] dt: f64,
    steps: usize,
) -> [f64; 2] {
    implicit_euler(y0, rates, dt, steps)
}

#[test]
fn check_implicit_euler() {
    for steps in [0, 1, 2, 4] {
        check_vector!(implicit_euler([1.0, 0.2], &[0.8, 1.4, 0.3], 0.3, const steps));
        check_vector!(implicit_euler_rates(const [1.0, 0.2], &[0.8, 1.4, 0.3], const 0.3, const steps));
    }
}

/// Upwind advection with a limiter on a periodic grid.
#[differentiate]
fn advection(u0: &[f64], speed: f64, steps: usize) -> f64 {
    let n = u0.len();
    let mut u = u0.to_vec();
    let limiter = |r: f64| if r > 0.0 { 2.0 * r / (1.0 + r) } else { 0.0 };
    for _ in 0..steps {
        let flux: Vec<f64> = (0..n)
            .map(|i| {
                let (before, here, after) = (u[(i + n - 1) % n], u[i], u[(i + 1) % n]);
                let r = (here - before) / (after - here);
                speed * (here + 0.5 * limiter(r) * (1.0 - speed) * (after - here))
            })
            .collect();
        for i in 0..n {
            u[i] -= 0.3 * (flux[i] - flux[(i + n - 1) % n]);
        }
    }
    u.iter().enumerate().map(|(i, v)| v * v * (i + 1) as f64).sum()
}

#[test]
fn check_advection() {
    for steps in [0, 1, 2, 3] {
        check!(advection(&values(6), 0.6, const steps));
    }
}

#[differentiate]
fn burgers_residual(u: &[f64], nu: f64, h: f64) -> Vec<f64> {
    u.windows(3)
        .map(|w| {
            let [left, centre, right] = [w[0], w[1], w[2]];
            centre * (right - left) / (2.0 * h) - nu * (right - 2.0 * centre + left) / (h * h)
        })
        .collect()
}

#[test]
fn check_burgers_residual() {
    for n in [0, 2, 3, 6] {
        check_vector!(burgers_residual(&values(n), 0.1, 0.5));
    }
}

/// A recursive filter whose output is compared with a target.
#[differentiate]
fn biquad_loss(signal: &[f64], b: &[f64; 3], a: &[f64; 2], #[constant] target: &[f64]) -> f64 {
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    let mut loss = 0.0;
    for (&x, t) in signal.iter().zip(target) {
        let y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
        (x2, x1) = (x1, x);
        (y2, y1) = (y1, y);
        loss += (y - t).powi(2);
    }
    loss
}

#[test]
fn check_biquad_loss() {
    for n in [0, 1, 2, 8] {
        check!(biquad_loss(&values(n), &[0.4, 0.2, 0.1], &[-0.6, 0.25], const &signed(n, 2)));
    }
}

/// Recursive fast transform: returns interleaved real and imaginary parts.
#[differentiate]
fn fast_fourier(x: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = x.len();
    if n <= 1 {
        return x.to_vec();
    }
    let even: Vec<(f64, f64)> = x.iter().step_by(2).copied().collect();
    let odd: Vec<(f64, f64)> = x.iter().skip(1).step_by(2).copied().collect();
    let (even, odd) = (fast_fourier(&even), fast_fourier(&odd));
    let mut out = vec![(0.0, 0.0); n];
    for k in 0..n / 2 {
        let angle = -2.0 * std::f64::consts::PI * k as f64 / n as f64;
        let (sin, cos) = angle.sin_cos();
        let t = (cos * odd[k].0 - sin * odd[k].1, cos * odd[k].1 + sin * odd[k].0);
        out[k] = (even[k].0 + t.0, even[k].1 + t.1);
        out[k + n / 2] = (even[k].0 - t.0, even[k].1 - t.1);
    }
    out
}

#[differentiate]
fn spectral_peak(signal: &[f64]) -> f64 {
    let spectrum = fast_fourier(&signal.iter().map(|v| (*v, 0.0)).collect::<Vec<_>>());
    spectrum.iter().skip(1).map(|(re, im)| re * re + im * im).fold(0.1, f64::max).ln()
}

#[test]
fn check_fast_fourier() {
    for n in [0, 1, 2, 8] {
        let x: Vec<(f64, f64)> = values(n).into_iter().zip(signed(n, 3)).collect();
        check_vector!(fast_fourier(&x));
        check!(spectral_peak(&values(n)));
    }
}

/// Natural cubic spline through equidistant knots, evaluated at a point.
#[differentiate]
fn cubic_spline(heights: &[f64], x: f64) -> f64 {
    let n = heights.len();
    let mut second = vec![0.0; n];
    let mut c = vec![0.0; n];
    for i in 1..n - 1 {
        let pivot = 4.0 - c[i - 1];
        c[i] = 1.0 / pivot;
        let rhs = 6.0 * (heights[i + 1] - 2.0 * heights[i] + heights[i - 1]);
        second[i] = (rhs - second[i - 1]) / pivot;
    }
    for i in (1..n - 1).rev() {
        second[i] -= c[i] * second[i + 1];
    }
    let i = (x.floor().max(0.0) as usize).min(n - 2);
    let b = x - stop_gradient(i as f64);
    let a = 1.0 - b;
    a * heights[i]
        + b * heights[i + 1]
        + ((a.powi(3) - a) * second[i] + (b.powi(3) - b) * second[i + 1]) / 6.0
}

#[test]
fn check_cubic_spline() {
    for n in [2, 3, 6] {
        for x in [0.3, n as f64 - 1.6] {
            check!(cubic_spline(&values(n), x));
        }
    }
}

/// Reverse-time update of a wave field; three time levels are rotated by swaps.
#[differentiate]
fn wave_equation(speed: &[f64], source: f64, steps: usize) -> f64 {
    let n = speed.len();
    let (mut past, mut now, mut next) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    let mut recorded = 0.0;
    for step in 0..steps {
        now[n / 2] += source * (0.5 * step as f64).cos();
        for i in 1..n - 1 {
            let laplacian = now[i + 1] - 2.0 * now[i] + now[i - 1];
            next[i] = 2.0 * now[i] - past[i] + 0.2 * speed[i].powi(2) * laplacian;
        }
        std::mem::swap(&mut past, &mut now);
        std::mem::swap(&mut now, &mut next);
        recorded += now[1] * now[1] + now[n - 2];
    }
    recorded
}

#[differentiate]
fn wave_equation_speed(speed: &[f64], #[constant] source: f64, steps: usize) -> f64 {
    wave_equation(speed, source, steps)
}

#[test]
fn check_wave_equation() {
    for steps in [0, 1, 2, 6] {
        check!(wave_equation(&values(5), 0.8, const steps));
        check!(wave_equation_speed(&values(5), const 0.8, const steps));
    }
}

#[differentiate]
fn sir_epidemic(beta: f64, gamma: f64, infected: f64, days: usize) -> (f64, f64, f64) {
    let mut state = (1.0 - infected, infected, 0.0);
    for _ in 0..days {
        let (s, i, r) = state;
        let new_infections = beta * s * i;
        let recoveries = gamma * i;
        state = (s - new_infections, i + new_infections - recoveries, r + recoveries);
    }
    state
}

#[test]
fn check_sir_epidemic() {
    for days in [0, 1, 2, 12] {
        check_vector!(sir_epidemic(0.6, 0.2, 0.05, const days));
    }
}

/// Fixed-point iteration of a self-consistent field with damping; the last residual is only a diagnostic.
#[differentiate]
fn self_consistent_field(coupling: f64, field: f64) -> f64 {
    let mut m = 0.5;
    let mut residual = 1.0;
    let mut iterations = 0;
    while residual > 1e-13 && iterations < 500 {
        let updated = (coupling * m + field).tanh();
        residual = stop_gradient((updated - m).abs());
        m = 0.3 * m + 0.7 * updated;
        iterations += 1;
    }
    m
}

#[test]
fn check_self_consistent_field() {
    check!(self_consistent_field(0.8, 0.3));
}

/// Gaussian blur of an image stored by rows, in place, horizontally.
#[differentiate]
fn blur_rows(image: &mut [f64], width: f64, columns: usize) {
    let kernel: Vec<f64> = (-1..=1).map(|k| (-f64::from(k * k) / width).exp()).collect();
    let sum: f64 = kernel.iter().sum();
    for row in image.chunks_exact_mut(columns) {
        let old = row.to_vec();
        for j in 0..columns {
            let left = old[j.saturating_sub(1)];
            let right = old[(j + 1).min(columns - 1)];
            row[j] = (kernel[0] * left + kernel[1] * old[j] + kernel[2] * right) / sum;
        }
    }
}

#[test]
fn check_blur_rows() {
    for rows in [0, 1, 2] {
        check_in_place!(blur_rows(&mut values(4 * rows), 0.9, const 4));
    }
}
