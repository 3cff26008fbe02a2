//! Methods that move the elements of a `Vec` or slice about, and slices taken apart from their ends.

use ad::{check_second, values};
use ad_runtime::differentiate;

#[differentiate(order = 2)]
fn inserted(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    y.insert(1, w * y[0]);
    y[0] *= 2.0;
    y.insert(0, w);
    y.insert(y.len() / 2, w * w);
    y.iter().enumerate().map(|(i, v)| v.powi(i as i32 + 1)).sum()
}

#[differentiate(order = 2)]
fn removed(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let a = y.remove(1);
    y[0] *= a * w;
    y.remove(0);
    let b = y.swap_remove(0);
    b * y.iter().sum::<f64>() + a
}

#[differentiate(order = 2)]
fn rotated(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    y.rotate_left(1);
    y[0] *= w;
    y.rotate_right(2);
    y[1] += w;
    y.iter().enumerate().map(|(i, v)| v * v * i as f64).sum()
}

/// Repeatedly merges the first two elements, as Huffman's algorithm does.
#[differentiate(order = 2)]
fn merged(x: &[f64], w: f64) -> f64 {
    let mut heap = x.to_vec();
    let mut cost = w;
    while heap.len() > 1 {
        let a = heap.remove(0);
        let b = heap.swap_remove(0);
        cost += a * b * cost;
        heap.push(a + w * b);
    }
    cost
}

#[test]
fn check_moved_elements() {
    for n in 1..5 {
        check_second!(inserted(&values(n), 0.3));
        check_second!(merged(&values(n), 0.3));
    }
    for n in 3..6 {
        check_second!(removed(&values(n), 0.3));
        check_second!(rotated(&values(n), 0.3));
    }
}

#[differentiate(order = 2)]
fn drained(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let first: Vec<f64> = y.drain(..2).collect();
    y[0] *= w;
    let mut s = 0.0;
    for v in y.drain(1..) {
        s += v * v * w;
    }
    let rest = y.split_off(0);
    first.iter().map(|v| v * w).sum::<f64>() * (s + 1.0) * rest[0] + y.len() as f64
}

#[differentiate(order = 2)]
fn joined(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w];
    y.extend_from_slice(&x[1..]);
    let mut z = vec![w * w];
    y.append(&mut z);
    z.push(w);
    y.copy_within(0..2, 1);
    y.retain(|v| *v < 1.2);
    let all = [x, &[w, w * w]].concat();
    let nested = vec![all.clone(), vec![w]].concat();
    y.iter().product::<f64>() * z.iter().sum::<f64>() + nested.iter().sum::<f64>() * all[0]
}

#[test]
fn check_taken_and_joined() {
    for n in 3..6 {
        check_second!(drained(&values(n), 0.3));
        check_second!(joined(&values(n), 0.3));
    }
}

/// Horner's rule on a slice that shrinks.
#[differentiate(order = 2)]
fn horner(coefficients: &[f64], x: f64) -> f64 {
    let mut rest = coefficients;
    let mut s = 0.0;
    while let Some((last, init)) = rest.split_last() {
        s = s * x + last;
        rest = init;
    }
    s
}

#[differentiate(order = 2)]
fn pairwise(x: &[f64], w: f64) -> f64 {
    let mut rest = &x[..];
    let mut s = w;
    while let Some((head, tail)) = rest.split_first() {
        s = s * w + head * tail.iter().sum::<f64>();
        rest = tail;
        if rest.len() == 1 {
            s *= rest[0];
        }
    }
    s
}

#[differentiate(order = 2)]
fn without_the_last(x: &[f64], w: f64) -> f64 {
    let Some((first, others)) = x.split_first() else { return w * w };
    if let Some((last, inner)) = others.split_last() {
        first * last * inner.iter().sum::<f64>() * w
    } else {
        first * w
    }
}

#[test]
fn check_slices_from_their_ends() {
    for n in 0..5 {
        check_second!(horner(&values(n), 0.7));
        check_second!(pairwise(&values(n), 0.7));
        check_second!(without_the_last(&values(n), 0.7));
    }
}

#[differentiate(order = 2)]
fn last_element(x: &[f64], w: f64) -> f64 {
    let mut history = x.to_vec();
    for i in 0..3 {
        if let Some(last) = history.last_mut() {
            *last *= w + i as f64;
        }
        history.push(w * i as f64 + 0.5);
    }
    if let Some(first) = history.first_mut() {
        *first += w;
    }
    history.iter().product()
}

#[differentiate(order = 2)]
fn scale(x: &mut [f64], w: f64) {
    for v in x.iter_mut() {
        *v *= w;
    }
}

#[differentiate(order = 2)]
fn half_scaled(x: &[f64], w: f64) -> f64 {
    let mut y = x.to_vec();
    let (left, _) = y.split_at_mut(2);
    scale(left, w);
    y.iter().product()
}

#[test]
fn check_changed_in_place() {
    for n in 0..4 {
        check_second!(last_element(&values(n), 0.6));
        check_second!(half_scaled(&values(n + 2), 0.6));
    }
}
