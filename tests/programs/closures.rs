//! Closures bound to `let`: capture by reference, by value and by `&mut`; constant function parameters.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

#[differentiate]
fn runge_kutta(y0: f64, rate: f64, forcing: f64, steps: usize) -> f64 {
    let h = 0.1;
    let f = |t: f64, y: f64| -rate * y + forcing * t.cos();
    let mut y = y0;
    for i in 0..steps {
        let t = i as f64 * h;
        let k1 = f(t, y);
        let k2 = f(t + 0.5 * h, y + 0.5 * h * k1);
        let k3 = f(t + 0.5 * h, y + 0.5 * h * k2);
        let k4 = f(t + h, y + h * k3);
        y += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
    }
    y
}

#[differentiate]
fn runge_kutta_fixed_rate(y0: f64, #[constant] rate: f64, forcing: f64, steps: usize) -> f64 {
    runge_kutta(y0, rate, forcing, steps)
}

#[test]
fn check_runge_kutta() {
    for steps in [0, 1, 2, 10] {
        check!(runge_kutta(0.9, 1.3, 0.4, const steps));
        check!(runge_kutta_fixed_rate(0.9, const 1.3, 0.4, const steps));
    }
}

#[differentiate]
fn lotka_volterra(state: [f64; 2], p: &[f64; 4], steps: usize) -> [f64; 2] {
    let h = 0.05;
    let derivative =
        |s: [f64; 2]| [p[0] * s[0] - p[1] * s[0] * s[1], p[2] * s[0] * s[1] - p[3] * s[1]];
    let advance = |s: [f64; 2], k: [f64; 2], h: f64| [s[0] + h * k[0], s[1] + h * k[1]];
    let mut s = state;
    for _ in 0..steps {
        let k1 = derivative(s);
        let k2 = derivative(advance(s, k1, 0.5 * h));
        let k3 = derivative(advance(s, k2, 0.5 * h));
        let k4 = derivative(advance(s, k3, h));
        for i in 0..2 {
            s[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    s
}

#[test]
fn check_lotka_volterra() {
    for steps in [0, 1, 2, 6] {
        check_vector!(lotka_volterra([1.0, 0.6], &[1.1, 0.4, 0.3, 0.7], const steps));
    }
}

#[differentiate]
fn captured_by_value(x: f64, y: f64) -> f64 {
    let slope = x * y;
    let line = move |t: f64| slope * t + y;
    line(x) * line(2.0) + line(line(0.5))
}

#[test]
fn check_captured_by_value() {
    check!(captured_by_value(0.7, -0.4));
}

#[differentiate]
fn captured_by_mut(x: &[f64], decay: f64) -> f64 {
    let mut total = 0.0;
    let mut weight = 1.0;
    let mut add = |v: f64| {
        total += weight * v * v;
        weight *= decay;
    };
    for v in x {
        add(*v);
    }
    add(2.0);
    total * weight
}

#[test]
fn check_captured_by_mut() {
    for n in [0, 1, 2, 5] {
        check!(captured_by_mut(&values(n), 0.8));
    }
}

#[differentiate]
fn closure_with_branches(x: f64, low: f64, high: f64) -> f64 {
    let limit = |v: f64| {
        if v < low {
            return low * v;
        }
        if v > high { high + 0.1 * v } else { v * v }
    };
    limit(x) + limit(x - 1.0) * limit(x + 1.0)
}

#[test]
fn check_closure_with_branches() {
    check!(closure_with_branches(0.6, 0.1, 1.2));
    check!(closure_with_branches(1.9, 0.1, 1.2));
}

#[differentiate]
fn closures_call_closures(x: f64, a: f64) -> f64 {
    let square = |v: f64| v * v;
    let bump = |v: f64| (-square(v - a)).exp();
    let difference = |v: f64, h: f64| (bump(v + h) - bump(v - h)) / (2.0 * h);
    square(difference(x, 0.1)) + bump(x)
}

#[test]
fn check_closures_call_closures() {
    check!(closures_call_closures(0.4, 0.9));
}

#[differentiate]
fn closure_on_slices(x: &[f64], w: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| {
        let mut s = 0.0;
        for (a, b) in a.iter().zip(b) {
            s += a * b;
        }
        s
    };
    dot(x, w) * dot(x, x) - dot(w, w)
}

#[test]
fn check_closure_on_slices() {
    for n in [0, 1, 2, 4] {
        check!(closure_on_slices(&values(n), &ad::signed(n, 2)));
    }
}

/// The weight is a constant function: it is called with inactive arguments alone.
#[differentiate]
fn weighted_quadrature(c: &[f64], weight: impl Fn(f64) -> f64, n: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..n {
        let t = (i as f64 + 0.5) / n as f64;
        let mut p = 0.0;
        for k in (0..c.len()).rev() {
            p = p * t + c[k];
        }
        sum += weight(t) * p * p / n as f64;
    }
    sum
}

#[differentiate]
fn weighted_by_pointer(x: f64, weight: fn(f64) -> f64, grid: &dyn Fn(usize) -> f64) -> f64 {
    let mut sum = 0.0;
    for i in 0..4 {
        sum += weight(grid(i)) * x.powi(i as i32);
    }
    sum
}

#[test]
fn check_constant_function_parameters() {
    for n in [0, 1, 2, 5] {
        check!(weighted_quadrature(&values(3), const |t: f64| t.exp(), const n));
        check!(weighted_quadrature(&values(0), const f64::sqrt, const n));
    }
    check!(weighted_by_pointer(0.8, const f64::cos, const &|i: usize| i as f64 * 0.3));
}

#[differentiate]
fn closure_captures_loop_state(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        let scale = 1.0 + 0.1 * i as f64;
        let update = |v: f64| scale * (v * y).sin();
        let next = update(x) + update(y);
        y = next;
    }
    y
}

#[test]
fn check_closure_captures_loop_state() {
    for n in [0, 1, 2, 5] {
        check!(closure_captures_loop_state(0.7, const n));
    }
}

#[differentiate]
fn closure_returns_tuple(a: f64, b: f64, c: f64) -> f64 {
    let roots = |shift: f64| {
        let discriminant = (b * b - 4.0 * a * (c - shift)).sqrt();
        ((-b + discriminant) / (2.0 * a), (-b - discriminant) / (2.0 * a))
    };
    let (high, low) = roots(0.0);
    let (higher, _) = roots(0.5);
    high * low + higher
}

#[test]
fn check_closure_returns_tuple() {
    check!(closure_returns_tuple(1.2, 3.0, 0.7));
}

#[differentiate]
fn root_by_bisection(a: f64, b: f64, k: f64) -> f64 {
    let f = |x: f64| x * x * x + a * x - b;
    let (mut lo, mut hi) = (0.0, 4.0);
    for _ in 0..6 {
        let mid = 0.5 * (lo + hi);
        if f(mid) > 0.0 {
            hi = mid;
        } else {
            lo = mid;
        }
    }
    let mut x = 0.5 * (lo + hi) * k;
    while f(x).abs() > 1e-12 {
        x -= f(x) / (3.0 * x * x + a);
    }
    assert!(f(x).abs() < 1e-6, "{}", f(x));
    x
}

#[differentiate]
fn closures_in_conditions(a: &[f64], n: usize) -> f64 {
    let f = |i: usize, s: f64| a[i % a.len()] * s;
    let g = |s: f64| {
        let t = f(1, s);
        t + f(0, t).sin()
    };
    let mut s = 0.7;
    for i in 0..n {
        if i < a.len() && f(i, s) > -0.2 {
            s += g(s);
        } else if g(s) < 0.3 {
            s *= f(i, 0.4);
        }
        match g(s) {
            t if t > 1.0 => s /= t,
            _ => s += 0.1,
        }
        let big = f(i, s) > 2.0;
        if big {
            s = s.sqrt();
        }
    }
    s
}

#[test]
fn check_closures_in_conditions() {
    check!(root_by_bisection(0.7, 1.3, 1.01));
    for n in [0, 1, 2, 5] {
        check!(closures_in_conditions(&signed(3, 2), const n));
    }
}
