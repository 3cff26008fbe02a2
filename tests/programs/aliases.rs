//! Other names for places: chosen at run time, bound by patterns, advanced by hand.

use ad::{check_second, point, values};
use ad_runtime::{Differentiable, differentiate};

#[differentiate(order = 2)]
fn chosen_variable(x: f64, y: f64, #[constant] first: bool) -> f64 {
    let mut a = x;
    let mut b = y;
    let r = if first { &mut a } else { &mut b };
    *r *= 3.0 * y;
    *r += 1.0;
    a * b
}

#[differentiate(order = 2)]
fn chosen_element(x: &[f64], y: f64, n: usize) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![y; 3];
    for i in 0..n {
        let r = match i % 3 {
            0 => &mut a[i],
            1 => &mut b[i],
            _ => &mut b[0],
        };
        let before = *r;
        *r *= y * before;
        a[0] += before;
    }
    a.iter().product::<f64>() * b.iter().sum::<f64>()
}

#[test]
fn check_chosen() {
    check_second!(chosen_variable(0.3, 0.4, const true));
    check_second!(chosen_variable(0.3, 0.4, const false));
    for n in 0..4 {
        check_second!(chosen_element(&values(3), 0.4, const n));
    }
}

#[differentiate(order = 2)]
fn payload_by_reference(x: f64, y: f64, #[constant] some: bool, n: usize) -> f64 {
    let mut o = if some { Some((x, y)) } else { None };
    for _ in 0..n {
        match o {
            Some((ref mut a, ref b)) => *a *= *b + y,
            None => {}
        }
    }
    o.map_or(y, |(a, b)| a * b)
}

#[differentiate(order = 2)]
fn emptied(x: f64, n: usize) -> f64 {
    let mut last = Some(x);
    let mut s = 0.0;
    for i in 0..n {
        if let Some(v) = last {
            s += v * v;
        }
        if i == 1 {
            last = None;
        } else {
            last = Some(x * s);
        }
    }
    s
}

#[test]
fn check_options() {
    for n in 0..4 {
        check_second!(payload_by_reference(0.7, 0.8, const true, const n));
        check_second!(payload_by_reference(0.7, 0.8, const false, const n));
        check_second!(emptied(0.7, const n));
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Neuron {
    weight: f64,
    bias: f64,
    #[constant]
    rate: f64,
}
point!(Neuron, NeuronTangent { weight, bias } constant { rate });

#[differentiate(order = 2)]
fn trained(start: &Neuron, x: f64, n: usize) -> f64 {
    let mut neuron = start.clone();
    for _ in 0..n {
        let rate = neuron.rate;
        let Neuron { weight, bias, .. } = &mut neuron;
        let error = *weight * x + *bias;
        *weight -= rate * error * x;
        *bias -= rate * error * error;
        neuron.rate = 0.5 * rate;
    }
    neuron.weight * neuron.bias * neuron.rate
}

#[differentiate(order = 2)]
fn parts_of_a_pair(x: f64, y: f64, n: usize) -> f64 {
    let mut pair = (x, y);
    let mut s = 0.0;
    for _ in 0..n {
        let (ref first, second) = pair;
        let w = first * second;
        pair.0 = w.sin();
        pair = (pair.0, pair.1 * w);
        s += w;
    }
    s + pair.0
}

#[differentiate(order = 2)]
fn declared_together(x: f64, y: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        let (a, b);
        if i % 2 == 0 {
            (a, b) = (x * y, y.sin());
        } else {
            a = y;
            b = x * s;
        }
        s += a * b;
    }
    s
}

#[test]
fn check_patterns() {
    for n in 0..4 {
        let start = Neuron { weight: 0.7, bias: 0.8, rate: 0.1 };
        check_second!(trained(&start, 0.3, const n));
        check_second!(parts_of_a_pair(0.7, 0.8, const n));
        check_second!(declared_together(0.7, 0.8, const n));
    }
}

#[differentiate(order = 2)]
fn differences(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    let mut it = x.iter().peekable();
    while let Some(v) = it.next() {
        if let Some(next) = it.peek() {
            s += v * **next * w;
        } else {
            s += v * v;
        }
    }
    s
}

#[differentiate(order = 2)]
fn first_and_rest(x: &[f64], w: f64) -> f64 {
    let mut it = x.iter().copied();
    let Some(first) = it.next() else { return w * w };
    it.fold(first * w, |acc, v| acc * v + first)
}

#[test]
fn check_advanced_by_hand() {
    for n in 0..4 {
        check_second!(differences(&values(n), 0.4));
        check_second!(first_and_rest(&values(n), 0.4));
    }
}

#[differentiate(order = 2)]
fn last_of_a_growing_vec(x: f64, n: usize) -> f64 {
    let mut k = vec![1.0, 2.0];
    for _ in 0..n {
        let l = k.len();
        k[l - 1] *= x;
        k.push(x);
    }
    k.iter().sum()
}

#[differentiate(order = 2)]
fn counted_beside(x: f64, n: usize) -> f64 {
    let mut add = 0;
    let mut s = 0.0;
    let mut accumulate = |v: f64| s += v * v;
    for i in 0..n {
        let (y, k) = (x * i as f64, i + 1);
        if k % 2 == 0 {
            accumulate(y);
        } else {
            accumulate(x);
        }
        add += k;
    }
    s * x + x * add as f64
}

#[test]
fn check_indices() {
    for n in 0..4 {
        check_second!(last_of_a_growing_vec(0.7, const n));
        check_second!(counted_beside(0.7, const n));
    }
}
