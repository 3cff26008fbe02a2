//! Containers whose length or variant changes in a branch, in a loop or in a call, after they were last read.

// What is assigned and never read again is the point.
#![allow(unused_assignments)]

use ad::{check, check_vector, values};
use ad_runtime::differentiate;

#[differentiate]
fn split_after_return(v: &[f64]) -> f64 {
    let mut v = v.to_vec();
    if v[0] > 100.0 {
        return v[0];
    }
    let tail = Some(v.split_off(1));
    match tail {
        Some(t) => t.iter().sum::<f64>() * v[0],
        None => 0.0,
    }
}
#[differentiate]
fn split_returned(v: &[f64]) -> Option<Vec<f64>> {
    let mut v = v.to_vec();
    if v[0] > 100.0 {
        return None;
    }
    Some(v.split_off(1))
}
#[differentiate]
fn memo_fib(n: usize, x: f64, memo: &mut [Option<f64>]) -> f64 {
    if n < 2 {
        return x + n as f64;
    }
    if let Some(v) = memo[n] {
        return v;
    }
    let v = memo_fib(n - 1, x, memo) * 0.7 + memo_fib(n - 2, x, memo) * x;
    memo[n] = Some(v);
    v
}
#[differentiate]
fn fib(n: usize, x: f64) -> f64 {
    let mut memo = vec![None; n + 1];
    memo_fib(n, x, &mut memo)
}
#[test]
fn panics() {
    check!(split_after_return(&values(4)));
    check_vector!(split_returned(&values(4)));
}
#[test]
fn memo() {
    check!(fib(const 6, 0.9));
}
#[differentiate]
fn shapes(x: &[f64], k: f64, mode: usize) -> f64 {
    let mut v = x.to_vec();
    let mut s = k;
    if s < 100.0 {
        s += v.iter().map(|a| a * a).sum::<f64>();
        match mode {
            0 => v.push(k),
            1 => v.truncate(1),
            2 => v = vec![k],
            3 => v.clear(),
            4 => v.extend([k, k]),
            5 => v.resize(7, k),
            6 => v.insert(1, k),
            7 => {
                v.remove(1);
            }
            8 => {
                v.pop();
            }
            9 => {
                let _ = v.split_off(1);
            }
            10 => {
                v.drain(..1);
            }
            11 => {
                v.retain(|a| *a > 1.0);
            }
            12 => {
                v.extend_from_slice(&[k; 3]);
            }
            13 => {
                std::mem::take(&mut v);
            }
            14 => {
                let w = std::mem::replace(&mut v, vec![k]);
                s += w[0];
            }
            15 => {
                let mut w = vec![k];
                std::mem::swap(&mut v, &mut w);
                s += w[1];
            }
            16 => {
                v.append(&mut vec![k; 2]);
            }
            18 => {
                v = v.iter().skip(1).copied().collect();
            }
            19 => {
                v.swap_remove(0);
            }
            20 => {
                grow(&mut v, k);
            }
            _ => {}
        }
    }
    s
}
#[differentiate]
fn grow(v: &mut Vec<f64>, k: f64) {
    let t = v[0] * k;
    v[0] = t;
}
#[test]
fn shapes_inside() {
    for mode in 0..22 {
        check!(shapes(&values(4), 0.7, const mode));
    }
}
#[differentiate]
fn rows(x: &[f64], k: f64) -> f64 {
    let mut m = vec![x.to_vec(), x.to_vec()];
    let mut s = k;
    for i in 0..3 {
        if i < 2 {
            s += m[i].iter().map(|a| a * a).sum::<f64>();
            m[i] = vec![k];
        }
        if s < 2.0 {
            m[1].push(k);
            s += m[1][1];
            m[1].truncate(1);
        }
    }
    s
}
#[test]
fn row_shapes() {
    check!(rows(&values(4), 0.7));
    check!(rows(&vec![0.1, 0.2], 0.2));
}
