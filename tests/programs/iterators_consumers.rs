//! Iterator consumers: folds, extrema, searches, collections.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 7];

#[differentiate]
fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(-10.0, f64::max);
    max + x.iter().map(|v| (v - max).exp()).sum::<f64>().ln_1p()
}

#[test]
fn check_log_sum_exp() {
    for n in SIZES {
        check!(log_sum_exp(&values(n)));
    }
}

#[differentiate]
fn horner_fold(c: &[f64], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |y, c| y * x + c)
}

#[differentiate]
fn horner_fold_at(c: &[f64], #[constant] x: f64) -> f64 {
    c.iter().rev().fold(0.0, |y, c| y * x + c)
}

#[test]
fn check_horner_fold() {
    for n in SIZES {
        check!(horner_fold(&values(n), 0.8));
        check!(horner_fold_at(&values(n), const 0.8));
    }
}

#[differentiate]
fn mean_and_variance(x: &[f64]) -> (f64, f64) {
    let n = x.len() as f64 + 1.0;
    let (sum, squares) = x.iter().fold((0.0, 0.0), |(s, q), v| (s + v, q + v * v));
    let mean = sum / n;
    (mean, squares / n - mean * mean)
}

#[test]
fn check_mean_and_variance() {
    for n in SIZES {
        check_vector!(mean_and_variance(&values(n)));
    }
}

#[differentiate]
fn geometric_mean(x: &[f64]) -> f64 {
    let product: f64 = x.iter().product();
    product.powf(1.0 / (x.len() + 1) as f64)
}

#[test]
fn check_geometric_mean() {
    for n in SIZES {
        check!(geometric_mean(&values(n)));
    }
}

#[differentiate]
fn product_with_zero(x: &[f64], y: f64) -> f64 {
    x.iter().map(|v| v * y).product::<f64>() + x.iter().product::<f64>()
}

#[test]
fn check_product_with_zero() {
    check!(product_with_zero(&vec![0.4, 0.0, 1.7], 0.6));
    check!(product_with_zero(&vec![0.4, 0.0, 0.0, 1.7], 0.6));
}

#[differentiate]
fn spread(x: &[f64]) -> f64 {
    let max = x.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let min = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap();
    max * max - min / max
}

#[differentiate]
fn farthest_point(x: &[f64], y: &[f64], centre: f64) -> f64 {
    x.iter()
        .zip(y)
        .map(|(x, y)| (x - centre).powi(2) + y * y)
        .max_by(f64::total_cmp)
        .map_or(0.0, f64::sqrt)
}

#[test]
fn check_extrema() {
    for n in [1, 2, 7] {
        check!(spread(&values(n)));
    }
    for n in SIZES {
        check!(farthest_point(&values(n), &signed(n, 4), 0.3));
    }
}

#[differentiate]
fn accumulate(x: &[f64], rate: f64) -> f64 {
    let mut balance = 1.0;
    x.iter().for_each(|deposit| balance = balance * (1.0 + rate) + deposit);
    balance
}

#[test]
fn check_accumulate() {
    for n in SIZES {
        check!(accumulate(&values(n), 0.07));
    }
}

#[differentiate]
fn reduced(x: &[f64]) -> f64 {
    x.iter().copied().reduce(|a, b| a * b + a.sin()).unwrap_or(0.5)
}

#[test]
fn check_reduced() {
    for n in SIZES {
        check!(reduced(&values(n)));
    }
}

#[differentiate]
fn standardised(x: &[f64]) -> Vec<f64> {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let centred: Vec<f64> = x.iter().map(|v| v - mean).collect();
    let deviation = (centred.iter().map(|v| v * v).sum::<f64>() / n + 1e-3).sqrt();
    centred.into_iter().map(|v| v / deviation).collect()
}

#[test]
fn check_standardised() {
    for n in SIZES {
        check_vector!(standardised(&values(n)));
    }
}

#[differentiate]
fn searches(x: &[f64], threshold: f64) -> f64 {
    let large = x.iter().filter(|v| **v > threshold).count();
    let first = x.iter().position(|v| *v > threshold);
    let any = x.iter().any(|v| *v > 1.4);
    let all = x.iter().all(|v| *v > 0.0);
    let base = match first {
        Some(i) => x[i] * large as f64,
        None => threshold,
    };
    if any && all { base * base } else { base + threshold }
}

#[test]
fn check_searches() {
    for n in SIZES {
        check!(searches(&values(n), 1.05));
    }
}

#[differentiate]
fn last_and_nth(x: &[f64]) -> f64 {
    let last = x.iter().last().copied().unwrap_or(1.0);
    let third = x.iter().map(|v| v * v).nth(2).unwrap_or(2.0);
    let after = *x.iter().skip(1).last().unwrap_or(&3.0);
    last * third + after.sin()
}

#[test]
fn check_last_and_nth() {
    for n in SIZES {
        check!(last_and_nth(&values(n)));
    }
}

#[differentiate]
fn unzipped(x: &[f64], angle: f64) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().map(|r| (r * angle.cos(), r * angle.sin())).unzip();
    a.iter().zip(b.iter().rev()).map(|(a, b)| a * b).sum()
}

#[test]
fn check_unzipped() {
    for n in SIZES {
        check!(unzipped(&values(n), 0.6));
    }
}

#[differentiate]
fn array_map(x: [f64; 3], s: f64) -> [f64; 3] {
    let scaled = x.map(|v| v * s);
    let norm = scaled.iter().map(|v| v * v).sum::<f64>().sqrt();
    let mut out = [0.0; 3];
    for (o, v) in out.iter_mut().zip(&scaled) {
        *o = v / norm + s;
    }
    out
}

#[test]
fn check_array_map() {
    check_vector!(array_map([0.3, -0.9, 0.5], 1.4));
}

#[differentiate]
fn nested_collects(x: &[f64], n: usize) -> f64 {
    let vandermonde: Vec<Vec<f64>> =
        x.iter().map(|x| (0..n).map(|k| x.powi(k as i32)).collect()).collect();
    vandermonde.iter().map(|row| row.iter().sum::<f64>()).product()
}

#[test]
fn check_nested_collects() {
    for n in SIZES {
        check!(nested_collects(&values(n), const 3));
        check!(nested_collects(&values(2), const n));
    }
}

#[differentiate]
fn nearest_centre(points: &[f64], centres: &[f64]) -> f64 {
    points
        .iter()
        .map(|p| centres.iter().map(|c| (p - c).powi(2)).fold(f64::INFINITY, f64::min))
        .sum()
}

#[test]
fn check_nearest_centre() {
    for n in SIZES {
        check!(nearest_centre(&values(n), &vec![0.55, 1.0, 1.45]));
    }
}

#[differentiate]
fn arg_max_selects(scores: &[f64], payoff: &[f64]) -> f64 {
    let (best, score) =
        scores.iter().enumerate().max_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap()).unwrap();
    score * payoff[best]
}

#[test]
fn check_arg_max_selects() {
    for n in [1, 2, 7] {
        check!(arg_max_selects(&values(n), &signed(n, 2)));
    }
}

#[differentiate]
fn scaled_extremes(x: &[f64], start: f64, scale: f64) -> f64 {
    let top = x.iter().copied().fold(start, f64::max);
    let low = x.iter().fold(f64::INFINITY, |m, v| m.min(*v));
    let spread = x.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f64::max);
    let nearest = x.iter().map(|v| (v - scale).powi(2)).fold(1e3, |a: f64, b| a.min(b));
    let low = if low.is_finite() { low } else { 0.0 };
    top * scale + low * top + spread + nearest
}

#[test]
fn check_scaled_extremes() {
    for n in SIZES {
        let x: Vec<f64> = (0..n).map(|i| (1.7 * i as f64 + 0.4).sin()).collect();
        check!(scaled_extremes(&x, -3.0, 0.7));
        check!(scaled_extremes(&x, 5.0, 0.7));
    }
}

#[test]
fn an_extreme_passes_over_nans_and_keeps_the_first_of_equals() {
    #[differentiate]
    fn top(x: &[f64], start: f64) -> f64 {
        x.iter().copied().fold(start, f64::max)
    }
    assert_eq!(top::grad(&[1.0, f64::NAN, 2.0, 2.0], 0.0), (vec![0.0, 0.0, 1.0, 0.0], 0.0));
    assert_eq!(top::grad(&[1.0], 1.0), (vec![0.0], 1.0));
    assert_eq!(top::grad(&[3.0], f64::NAN), (vec![1.0], 0.0));
}
