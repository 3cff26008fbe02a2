//! Mutation of arrays, slices and scalars, and functions that change their arguments in place.

use std::mem;

use ad::{check, check_in_place, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 6];

#[differentiate]
fn heat_equation(u0: &[f64], diffusivity: f64, steps: usize) -> f64 {
    let n = u0.len();
    let mut u = u0.to_vec();
    let mut next = vec![0.0; n];
    for _ in 0..steps {
        for i in 0..n {
            let left = if i > 0 { u[i - 1] } else { 0.0 };
            let right = if i + 1 < n { u[i + 1] } else { 0.0 };
            next[i] = u[i] + diffusivity * (left - 2.0 * u[i] + right);
        }
        mem::swap(&mut u, &mut next);
    }
    let mut energy = 0.0;
    for value in &u {
        energy += value * value;
    }
    energy
}

#[differentiate]
fn heat_equation_fixed_initial(#[constant] u0: &[f64], diffusivity: f64, steps: usize) -> f64 {
    heat_equation(u0, diffusivity, steps)
}

#[test]
fn check_heat_equation() {
    for steps in [0, 1, 2, 5] {
        check!(heat_equation(&values(5), 0.2, const steps));
        check!(heat_equation_fixed_initial(const &values(5), 0.2, const steps));
    }
    check!(heat_equation(&values(0), 0.2, const 2));
}

#[differentiate]
fn gauss_seidel(a: [[f64; 3]; 3], b: [f64; 3], sweeps: usize) -> [f64; 3] {
    let mut x = [0.0; 3];
    for _ in 0..sweeps {
        for i in 0..3 {
            let mut residual = b[i];
            for j in 0..3 {
                if j != i {
                    residual -= a[i][j] * x[j];
                }
            }
            x[i] = residual / a[i][i];
        }
    }
    x
}

#[test]
fn check_gauss_seidel() {
    let a = [[4.0, 1.0, -0.5], [0.3, 3.0, 0.8], [-0.7, 0.2, 5.0]];
    for sweeps in [0, 1, 2, 8] {
        check_vector!(gauss_seidel(a, [1.0, 0.5, -0.4], const sweeps));
    }
}

#[differentiate]
fn prefix_products(x: &[f64]) -> Vec<f64> {
    let mut p = x.to_vec();
    for i in 1..p.len() {
        p[i] *= p[i - 1];
    }
    p
}

#[test]
fn check_prefix_products() {
    for n in SIZES {
        check_vector!(prefix_products(&values(n)));
    }
}

#[differentiate]
fn swap_elements(x: &[f64], steps: usize) -> f64 {
    let mut a = [x[0], x[1], x[2]];
    for k in 0..steps {
        a.swap(0, 1 + k % 2);
        a[1] = a[1] * a[0] - 0.1 * a[2];
        a.reverse();
    }
    a[0] + 2.0 * a[1] - a[2]
}

#[test]
fn check_swap_elements() {
    for steps in [0, 1, 2, 5] {
        check!(swap_elements(&values(3), const steps));
    }
}

#[differentiate]
fn fill_and_copy(x: &[f64], level: f64) -> f64 {
    let mut buffer = vec![1.0; 2 * x.len()];
    buffer.fill(level * level);
    buffer[..x.len()].copy_from_slice(x);
    let mut s = 0.0;
    for i in 0..buffer.len() {
        s += buffer[i].sin() * (i + 1) as f64;
    }
    buffer[x.len()..].fill(0.5);
    for b in &buffer {
        s += b;
    }
    s
}

#[test]
fn check_fill_and_copy() {
    for n in SIZES {
        check!(fill_and_copy(&values(n), 0.6));
    }
}

#[differentiate]
fn split_and_mix(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let half = y.len() / 2;
    let (low, high) = y.split_at_mut(half);
    for i in 0..half {
        let sum = low[i] + w * high[i];
        high[i] = low[i] - w * high[i];
        low[i] = sum;
    }
    let mut s = 0.0;
    for (i, v) in y.iter().enumerate() {
        s += v * v * (1 + i) as f64;
    }
    s
}

#[test]
fn check_split_and_mix() {
    for n in SIZES {
        check!(split_and_mix(&values(n), 0.7));
    }
}

#[differentiate]
fn normalise(x: &mut [f64]) {
    let mut sum = 0.0;
    for v in x.iter() {
        sum += v * v;
    }
    let norm = (1.0 + sum).sqrt();
    for v in x.iter_mut() {
        *v /= norm;
    }
}

#[differentiate]
fn alignment(x: &[f64], y: &[f64]) -> f64 {
    let mut u = x.to_vec();
    let mut v = y.to_vec();
    normalise(&mut u);
    normalise(&mut v);
    let mut s = 0.0;
    for i in 0..u.len() {
        s += u[i] * v[i];
    }
    s
}

#[test]
fn check_normalise() {
    for n in SIZES {
        check_in_place!(normalise(&mut signed(n, 4)));
        check!(alignment(&signed(n, 4), &values(n)));
    }
}

#[differentiate]
fn axpy(y: &mut [f64], a: f64, x: &[f64]) {
    for i in 0..y.len() {
        y[i] += a * x[i];
    }
}

#[differentiate]
fn axpy_constant_scale(y: &mut [f64], #[constant] a: f64, x: &[f64]) {
    for i in 0..y.len() {
        y[i] += a * x[i];
    }
}

#[test]
fn check_axpy() {
    for n in SIZES {
        check_in_place!(axpy(&mut values(n), 0.6, &signed(n, 2)));
        check_in_place!(axpy_constant_scale(&mut values(n), const 0.6, &signed(n, 2)));
    }
}

#[differentiate]
fn leapfrog(position: &mut [f64; 2], velocity: &mut [f64; 2], dt: f64) {
    for i in 0..2 {
        velocity[i] -= 0.5 * dt * position[i].sin();
    }
    for i in 0..2 {
        position[i] += dt * velocity[i];
        velocity[i] -= 0.5 * dt * position[i].sin();
    }
}

#[differentiate]
fn pendulum_energy(x0: [f64; 2], v0: [f64; 2], dt: f64, steps: usize) -> f64 {
    let (mut x, mut v) = (x0, v0);
    for _ in 0..steps {
        leapfrog(&mut x, &mut v, dt);
    }
    0.5 * (v[0] * v[0] + v[1] * v[1]) - x[0].cos() - x[1].cos() * x[0]
}

#[test]
fn check_leapfrog() {
    check_in_place!(leapfrog(&mut [0.4, -0.9], &mut [0.1, 0.7], 0.2));
    for steps in [0, 1, 2, 6] {
        check!(pendulum_energy([0.4, -0.9], [0.1, 0.7], 0.2, const steps));
    }
}

#[differentiate]
fn square_in_place(x: &mut f64, scale: f64) {
    *x *= *x;
    *x += scale;
    *x = scale * *x;
}

#[differentiate]
fn iterate_square(x: f64, scale: f64, n: usize) -> f64 {
    let mut z = x;
    for _ in 0..n {
        square_in_place(&mut z, scale);
    }
    z
}

#[test]
fn check_square_in_place() {
    check_in_place!(square_in_place(&mut 0.7, 0.4));
    for n in [0, 1, 2, 4] {
        check!(iterate_square(0.7, 0.4, const n));
    }
}

/// A radix-2 butterfly transform of real and imaginary parts, in place.
#[differentiate]
fn butterflies(re: &mut [f64], im: &mut [f64]) {
    let n = re.len();
    let mut half = 1;
    while half < n {
        let mut start = 0;
        while start < n {
            for k in start..start + half {
                let angle = -std::f64::consts::PI * (k - start) as f64 / half as f64;
                let (sin, cos) = angle.sin_cos();
                let t_re = cos * re[k + half] - sin * im[k + half];
                let t_im = sin * re[k + half] + cos * im[k + half];
                re[k + half] = re[k] - t_re;
                im[k + half] = im[k] - t_im;
                re[k] += t_re;
                im[k] += t_im;
            }
            start += 2 * half;
        }
        half *= 2;
    }
}

#[differentiate]
fn power_spectrum(signal: &[f64]) -> Vec<f64> {
    let mut re = signal.to_vec();
    let mut im = vec![0.0; signal.len()];
    butterflies(&mut re, &mut im);
    let mut power = Vec::new();
    for k in 0..re.len() {
        power.push(re[k] * re[k] + im[k] * im[k]);
    }
    power
}

#[test]
fn check_butterflies() {
    for n in [0, 1, 2, 8] {
        check_in_place!(butterflies(&mut values(n), &mut signed(n, 6)));
        check_vector!(power_spectrum(&values(n)));
    }
}

#[differentiate]
fn histogram_by_bin(x: &[f64], weight: &[f64]) -> f64 {
    let mut bins = [0.0; 3];
    for (v, w) in x.iter().zip(weight) {
        let bin = if *v < 0.8 {
            0
        } else if *v < 1.2 {
            1
        } else {
            2
        };
        bins[bin] += w * v;
    }
    bins[0] * bins[1] + bins[1] * bins[2] + bins[2].exp()
}

#[test]
fn check_histogram_by_bin() {
    for n in SIZES {
        check!(histogram_by_bin(&values(n), &signed(n, 8)));
    }
}

#[differentiate]
fn shadowed_and_overwritten(x: &[f64]) -> f64 {
    let mut y = [0.0; 4];
    for i in 0..x.len() {
        y[i % 4] = x[i];
        let y_old = y[(i + 1) % 4];
        y[i % 4] = y[i % 4] * y_old + x[i] * x[i];
    }
    let y = y[0] + y[1] * y[2];
    y.tanh()
}

#[test]
fn check_shadowed_and_overwritten() {
    for n in SIZES {
        check!(shadowed_and_overwritten(&values(n)));
    }
}
