//! `#[checkpoint(n)]`: the gradients of the loop without it, from few snapshots.

use ad::{check, check_in_place, check_vector, values};
use ad_runtime::differentiate;
use std::cell::Cell;

const TRIPS: [usize; 7] = [0, 1, 2, 3, 4, 7, 40];

/// The explicit Euler method with several carried variables, an inner loop and a branch.
#[differentiate]
fn pendulum(mut angle: f64, mut speed: f64, length: f64, n: usize) -> f64 {
    let step = 0.05;
    let mut work = 0.0;
    #[checkpoint(4)]
    for i in 0..n {
        let mut torque = -9.81 / length * angle.sin();
        for k in 0..i % 3 {
            torque += 0.1 * speed * (k + 1) as f64;
        }
        if torque > 0.5 {
            work += torque * torque;
        } else {
            work -= torque;
        }
        speed += step * torque;
        angle += step * speed;
    }
    angle * speed + work
}

#[test]
fn check_pendulum() {
    for n in TRIPS {
        check!(pendulum(0.5, 0.2, 1.3, const n));
    }
}

/// The number of snapshots is the user's expression; fewer never change the gradient.
#[differentiate]
fn diffuse(u0: &[f64], rate: f64, n: usize, snapshots: usize) -> Vec<f64> {
    let mut u = u0.to_vec();
    let mut next = u.clone();
    #[checkpoint(snapshots + 1)]
    for _ in 0..n {
        for i in 1..u.len() - 1 {
            next[i] = u[i] + rate * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i];
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

#[test]
fn check_diffuse() {
    for n in TRIPS {
        for snapshots in [0, 1, 2, 5, 100] {
            check_vector!(diffuse(&values(5), 0.1, const n, const snapshots));
        }
    }
}

#[differentiate]
fn until_small(mut x: f64, a: f64) -> f64 {
    let mut k = 0;
    #[checkpoint(3)]
    while x.abs() > 1e-2 {
        x = a * x.sin() * 0.9;
        k += 1;
    }
    x * 100.0 + k as f64
}

#[differentiate]
fn until_break(mut x: f64, a: f64) -> f64 {
    let mut sum = 0.0;
    #[checkpoint(2)]
    loop {
        x = a * x + 0.01;
        sum += x * x;
        if x < 0.1 {
            break;
        }
        sum += 0.5 * x;
    }
    sum
}

#[differentiate]
fn first_small(mut x: f64, a: f64) -> f64 {
    let found = #[checkpoint(3)]
    loop {
        x = a * x + 0.01;
        if x < 0.1 {
            break x * x;
        }
    };
    found * x
}

#[differentiate]
fn sum_until(xs: &[f64], limit: f64) -> f64 {
    let mut s = 0.0;
    let mut p = 1.0;
    #[checkpoint(2)]
    for (i, x) in xs.iter().enumerate() {
        if s > limit {
            break;
        }
        if i % 3 == 1 {
            continue;
        }
        p *= x;
        s += p * x * (i + 1) as f64;
    }
    s * p
}

#[test]
fn check_unknown_trip_counts() {
    for x in [0.001, 0.5, 1.2] {
        check!(until_small(x, 1.05));
        check!(until_break(x, 0.8));
        check!(first_small(x, 0.8));
    }
    for n in TRIPS {
        check!(sum_until(&values(n), 3.3));
    }
}

/// Both levels are checkpointed, and the outer state is a local of the loop around.
#[differentiate]
fn nested(x: f64, a: f64, n: usize) -> f64 {
    let mut total = 0.0;
    let mut y = x;
    #[checkpoint(2)]
    for i in 0..n {
        let mut z = y * a;
        #[checkpoint(3)]
        for _ in 0..i + 2 {
            z = (z + a).sin();
        }
        y = z * 0.9 + 0.1 * y;
        total += y * z;
    }
    total
}

#[differentiate]
fn inner(x: &[f64], a: f64) -> f64 {
    let mut total = 0.0;
    for (row, v) in x.iter().enumerate() {
        let mut z = [*v, a];
        if row != 1 {
            #[checkpoint(2)]
            for k in (0..5).rev().step_by(2) {
                z[0] = z[0] * z[1] + 0.1 * k as f64;
                z[1] = z[1].cos();
            }
        }
        total += z[0] * z[1];
    }
    total
}

#[differentiate]
fn in_place(u: &mut [f64], c: f64, n: usize) {
    #[checkpoint(3)]
    for _ in 0..n {
        for i in 1..u.len() {
            u[i] = u[i] * c + u[i - 1].sin();
        }
        u[0] *= c;
    }
}

/// What stands before the loop is read in reverse again, so its state must be back.
#[differentiate]
fn before_and_after(x: f64, n: usize) -> f64 {
    let mut y = x * x;
    let z = y * y.sin();
    y += z;
    #[checkpoint(2)]
    for _ in 0..n {
        y = y.cos() * x;
    }
    let w = y * z;
    y = w * y;
    y * z
}

/// A loop that nothing active enters keeps no snapshots.
#[differentiate]
fn inactive_loop(x: f64, n: usize) -> f64 {
    let mut k = 1;
    #[checkpoint(2)]
    for i in 0..n {
        k = k * 3 % 7 + i;
    }
    x * x * k as f64
}

#[test]
fn check_structures() {
    for n in TRIPS {
        check!(nested(0.7, 0.9, const n));
        check!(inner(&values(n), 0.7));
        check_in_place!(in_place(&mut values(3), 0.9, const n));
        check!(before_and_after(0.8, const n));
        check!(inactive_loop(0.8, const n));
    }
}

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

fn counted_sine_vjp(x: f64) -> (f64, impl Fn(f64) -> f64) {
    STEPS.with(|steps| steps.set(steps.get() + 1));
    (x.sin(), move |bar| bar * x.cos())
}

/// A step that counts how often it is computed.
#[differentiate(vjp = counted_sine_vjp)]
fn counted_sine(x: f64) -> f64 {
    STEPS.with(|steps| steps.set(steps.get() + 1));
    x.sin()
}

#[differentiate(reverse)]
fn counted_known(mut x: f64, n: usize, snapshots: usize) -> f64 {
    #[checkpoint(snapshots)]
    for _ in 0..n {
        x = counted_sine(x);
    }
    x
}

#[differentiate(reverse)]
fn counted_unknown(mut x: f64, n: usize, snapshots: usize) -> f64 {
    let mut k = 0;
    #[checkpoint(snapshots)]
    while k < n {
        x = counted_sine(x);
        k += 1;
    }
    x
}

/// β(c, r) = (c + r)! / (c! r!).
fn beta(c: usize, r: usize) -> usize {
    (1..=r).fold(1, |product, i| product * (c + i) / i)
}

fn steps_of(gradient: impl FnOnce() -> f64) -> (f64, usize) {
    STEPS.set(0);
    let gradient = gradient();
    (gradient, STEPS.get())
}

/// The forward sweep and the recorded steps take n steps each. In between, r n − β(c + 1, r − 1) advances
/// are enough for β(c, r − 1) < n ≤ β(c, r), and c snapshots save at least as many as the first descent.
#[test]
fn steps_run_as_often_as_the_theory_says() {
    for n in [1, 2, 10, 57, 300] {
        let mut expected = 0.4_f64;
        let mut slope = 1.0;
        for _ in 0..n {
            slope *= expected.cos();
            expected = expected.sin();
        }
        for c in [1, 2, 3, 10, 400] {
            let r = (0..).find(|&r| n <= beta(c, r)).unwrap();
            let advances = if r == 0 { 0 } else { r * n - beta(c + 1, r - 1) };
            let (gradient, steps) = steps_of(|| counted_known::grad(0.4, n, c));
            assert!((gradient - slope).abs() <= 1e-14 * slope);
            assert!(
                steps >= 2 * n && steps <= 2 * n + advances,
                "{n} steps, {c} snapshots: {steps}"
            );
            if c >= n {
                assert_eq!(steps, 2 * n, "nothing is advanced where every state is kept");
            }
            if c == 1 {
                assert_eq!(steps, 2 * n + n * (n - 1) / 2, "one snapshot, that of the start");
            }
            let (gradient, steps) = steps_of(|| counted_unknown::grad(0.4, n, c));
            assert!((gradient - slope).abs() <= 1e-14 * slope);
            assert!(steps >= 2 * n && steps <= 2 * n + r * n, "{n} steps, {c} snapshots: {steps}");
        }
    }
}
