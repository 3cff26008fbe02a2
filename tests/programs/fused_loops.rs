//! Loops that may run forward and in reverse an iteration at a time, with changes around them.

use ad::{check, signed, values};
use ad_runtime::differentiate;
use ndarray::Array1;

#[differentiate]
fn scale(v: &mut [f64], by: f64) {
    for e in v.iter_mut() {
        *e *= by;
    }
}

/// In place by a call, after a loop that only adds.
#[differentiate]
fn then_scaled(x: &[f64], by: f64) -> f64 {
    let mut m = x.to_vec();
    let mut s = 0.0;
    for i in 0..m.len() {
        s += m[i] * (i as f64 + 1.0);
    }
    scale(&mut m, by);
    for v in &m {
        s += v;
    }
    s
}

#[differentiate]
fn bump(m: &mut f64, by: f64) {
    *m *= by;
}

/// The cotangent of a scalar that a call scales after the loop.
#[differentiate]
fn then_bumped(x: &[f64], by: f64) -> f64 {
    let mut m = by * by;
    let mut s = 0.0;
    for (i, v) in x.iter().enumerate() {
        s += m * i as f64 + v;
    }
    bump(&mut m, by);
    s + 3.0 * m
}

#[differentiate]
fn then_scaled_by_rule(x: &[f64], by: f64) -> f64 {
    let mut m = Array1::from_vec(x.to_vec());
    let mut s = 0.0;
    for i in 0..m.len() {
        s += m[i] * (i as f64 + 1.0);
    }
    m *= by;
    s + m.sum()
}

#[differentiate]
fn then_added_by_rule(x: &[f64], y: &[f64]) -> f64 {
    let mut m = Array1::from_vec(x.to_vec());
    let t = Array1::from_vec(y.to_vec());
    let mut s = 0.0;
    for i in 0..m.len() {
        s += m[i] * (i as f64 + 1.0);
    }
    m += &t;
    s + m.sum()
}

#[differentiate]
fn then_overwritten(x: &[f64], by: f64) -> f64 {
    let mut m = x.to_vec();
    let mut s = 0.0;
    for i in 0..m.len() {
        s += m[i] * (i as f64 + 1.0);
    }
    m.fill(by);
    m.push(by * by);
    m.swap(0, 1);
    m.reverse();
    s + m.iter().sum::<f64>() + 2.0 * m[0]
}

#[differentiate]
fn sum_and_square(x: &[f64]) -> f64 {
    let e = Array1::from_vec(x.to_vec()) * 2.0;
    let mut s = 0.0;
    for i in 0..e.len() {
        s += e[i] * 3.0;
    }
    s + e.dot(&e)
}

#[derive(Clone, Debug, ad_runtime::Differentiable)]
struct Body {
    q: Vec<f64>,
    m: f64,
}

#[differentiate]
fn struct_after(x: &[f64], m: f64) -> f64 {
    let mut b = Body { q: x.to_vec(), m };
    let mut s = 0.0;
    for v in &b.q {
        s += 2.0 * v;
    }
    for i in 0..x.len() {
        s += b.m * 3.0 + i as f64;
    }
    b.m *= x.iter().sum::<f64>();
    for q in b.q.iter_mut() {
        *q *= m;
    }
    b.q = b.q.iter().map(|v| v * v).collect();
    s * 0.5 + b.m + b.q.iter().sum::<f64>()
}

/// Two fused loops with a change of the sum, nested loops with records, shared lists under branches.
#[differentiate]
fn nested(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let mut p = 1.0;
        for j in 0..i {
            p = (p * x[j]).sin();
            if p > 0.3 {
                for k in 0..y.len() {
                    p *= y[k].cos();
                }
            } else {
                let mut k = 0;
                while k < 2 {
                    p += y.first().copied().unwrap_or(1.0) * p;
                    k += 1;
                }
            }
        }
        s += p;
    }
    s *= 2.0;
    for i in 0..y.len() {
        let mut g = vec![0.0; 3];
        for j in 0..3 {
            g[j] += y[i] * (j as f64);
        }
        for j in 1..3 {
            g[j] *= g[j - 1] + y[i];
        }
        s += g.iter().map(|v| v.exp()).sum::<f64>();
    }
    s
}

/// Accumulates in an array, which is read linearly.
#[differentiate]
fn histogram(x: &[f64], w: f64) -> f64 {
    let mut bins = vec![0.0; 3];
    let mut count = 0usize;
    for (i, v) in x.iter().enumerate() {
        bins[i % 3] += v * v * w;
        count += 1;
    }
    let mut total = 0.0;
    for (b, v) in bins.iter().enumerate() {
        total += v * (b as f64 + 1.0);
    }
    total / (count as f64 + 1.0)
}

#[differentiate]
fn reused_loop(x: &[f64], w: f64) -> f64 {
    let mut w = w;
    let mut s = 0.0;
    for v in x {
        s += v * w;
    }
    w = w * s;
    let mut t = 0.0;
    for v in x {
        t += v * w;
    }
    let u = t;
    t *= w;
    for v in x {
        t += v;
    }
    s + t + u
}

#[differentiate]
fn param_in_place(x: &mut [f64], w: f64) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s += v * 3.0;
    }
    for v in x.iter_mut() {
        *v *= w;
    }
    s
}
#[differentiate]
fn around_in_place(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let s = param_in_place(&mut y, w);
    let t = param_in_place(&mut y, s);
    s + t + y.iter().map(|v| v * v).sum::<f64>()
}

#[test]
fn check_fused_loops() {
    for n in [0, 1, 2, 5] {
        let (x, y) = (signed(n, 1), values(n));
        check!(then_scaled(&x, 0.7));
        check!(then_bumped(&x, 0.7));
        check!(then_scaled_by_rule(&x, 0.7));
        check!(then_added_by_rule(&x, &y));
        if n > 1 {
            check!(then_overwritten(&x, 0.7));
        }
        check!(sum_and_square(&x));
        check!(struct_after(&x, 0.7));
        check!(nested(&x, &y));
        check!(histogram(&x, 0.7));
        check!(reused_loop(&x, 0.7));
        check!(around_in_place(&x, 0.7));
    }
}
