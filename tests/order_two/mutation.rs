//! Order two with mutation, branches, records, structs and calls in one loop; and at the edges of scalar rules.

use crate::check_hvp;
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, Differentiable)]
struct Pair {
    u: f64,
    v: Vec<f64>,
}

fn pair((a, b): (f64, f64)) -> Vec<f64> {
    vec![a, b]
}

#[differentiate(order = 2)]
fn add_square(a: f64, b: &mut f64) -> f64 {
    *b += a * a;
    a * *b
}

#[differentiate(order = 2)]
fn mixed(x: &[f64], n: usize) -> f64 {
    let mut v = x.to_vec();
    let mut s = 0.5;
    let mut acc = x[1];
    for i in 0..n {
        let x_active = v[0] > 0.2;
        if x_active {
            v[0] *= s;
        } else {
            v[1] = v[1] * v[0] + s.sin();
        }
        s = 0.3 * s * x[i % x.len()] + 0.1 * v.iter().map(|a| a * a).sum::<f64>();
        s += add_square(v[0], &mut acc);
        v.swap(0, 1);
        if i == 3 {
            break;
        }
    }
    (s * acc).tanh() + s.sqrt() * 0.1 + s.max(acc)
}

#[differentiate(order = 2)]
fn of_a_struct(u: f64, w: f64, n: usize) -> f64 {
    let mut p = Pair { u, v: vec![w, u * w] };
    for i in 0..n {
        p.u = p.u * p.v[0].exp() * 0.3;
        p.v[i % 2] += p.u.powi(3) - w.powf(1.5);
        let q = Pair { u: p.v[1], v: p.v.clone() };
        if n > 1 {
            let l = q.v[1];
            p.v[0] -= l * q.u * 0.1;
        }
    }
    p.u * p.v[0] + p.v[1]
}

#[differentiate(order = 2)]
fn checkpointed(u: f64, w: f64, n: usize) -> f64 {
    let mut s = u;
    #[checkpoint(2)]
    for _ in 0..n {
        s = (s * w).sin() + s;
    }
    s
}

#[differentiate(order = 2)]
fn edges(x: f64, y: f64) -> f64 {
    x.powf(y)
        + (x * y).sqrt()
        + x.abs() * y.max(x)
        + x.hypot(y)
        + x.atan2(y)
        + y.log(x + 2.0)
        + (x / y) % 0.7
        + x.clamp(-1.0, 2.0) * y.mul_add(x, 1.0)
}

#[test]
fn mutation_in_a_loop() {
    let (x, v) = ([0.43, 0.71, 0.37], [0.3, -0.5, 0.8]);
    for n in [0, 1, 2, 5] {
        check_hvp("mixed", &x, &v, |x| mixed::grad(x, n), |x, v| mixed::hvp(x, n, v));
        let (hessian, product) = (mixed::hessian(&x, n), mixed::hvp(&x, n, &v));
        for i in 0..3 {
            let row: f64 = (0..3).map(|j| hessian[[i, j]] * v[j]).sum();
            assert!((row - product[i]).abs() < 1e-10 * (1.0 + row.abs()), "{n} [{i}]");
            for j in 0..3 {
                let (a, b) = (hessian[[i, j]], hessian[[j, i]]);
                assert!((a - b).abs() < 1e-10 * (1.0 + a.abs()), "{n} [{i}, {j}]: {a} and {b}");
            }
        }
    }
}

#[test]
fn structs_and_snapshots_in_a_loop() {
    let (x, v) = ([0.4, 0.6], [0.3, -0.7]);
    for n in [0, 1, 2, 5] {
        check_hvp(
            "of_a_struct",
            &x,
            &v,
            |x| pair(of_a_struct::grad(x[0], x[1], n)),
            |x, v| pair(of_a_struct::hvp(x[0], x[1], n, v[0], v[1])),
        );
        check_hvp(
            "checkpointed",
            &x,
            &v,
            |x| pair(checkpointed::grad(x[0], x[1], n)),
            |x, v| pair(checkpointed::hvp(x[0], x[1], n, v[0], v[1])),
        );
    }
}

#[test]
fn scalar_rules_of_two_operands() {
    for x in [[0.4, 0.7], [1.3, 0.2]] {
        check_hvp(
            "edges",
            &x,
            &[0.3, -0.7],
            |x| pair(edges::grad(x[0], x[1])),
            |x, v| pair(edges::hvp(x[0], x[1], v[0], v[1])),
        );
    }
}
