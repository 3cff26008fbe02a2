//! Iterator adaptors in the chains that users write.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 7];

#[differentiate]
fn logistic_loss(w: &[f64], x: &[Vec<f64>], y: &[f64], ridge: f64) -> f64 {
    let data: f64 = x
        .iter()
        .zip(y)
        .map(|(x, y)| {
            let z: f64 = w.iter().zip(x).map(|(w, x)| w * x).sum();
            (1.0 + (-y * z).exp()).ln()
        })
        .sum();
    data + ridge * w.iter().map(|w| w * w).sum::<f64>()
}

#[differentiate]
fn logistic_loss_of_weights(
    w: &[f64],
    #[constant] x: &[Vec<f64>],
    #[constant] y: &[f64],
    #[constant] ridge: f64,
) -> f64 {
    logistic_loss(w, x, y, ridge)
}

#[test]
fn check_logistic_loss() {
    for n in SIZES {
        let x: Vec<Vec<f64>> = (0..n).map(|i| signed(3, i as u64)).collect();
        check!(logistic_loss(&values(3), &x, &signed(n, 6), 0.2));
        check!(logistic_loss_of_weights(&values(3), const &x, const &signed(n, 6), const 0.2));
    }
}

#[differentiate]
fn positive_energy(x: &[f64], shift: f64) -> f64 {
    x.iter().map(|v| v + shift).filter(|v| *v > 0.0).map(|v| v.powi(3)).sum()
}

#[test]
fn check_positive_energy() {
    for n in SIZES {
        check!(positive_energy(&signed(n, 7), 0.1));
    }
}

#[differentiate]
fn log_of_positive(x: &[f64]) -> f64 {
    x.iter().filter_map(|&v| if v > 0.0 { Some(v.ln() * v) } else { None }).sum()
}

#[differentiate]
fn log_of_positive_then(x: &[f64]) -> Vec<f64> {
    x.iter().enumerate().filter_map(|(i, v)| (*v > 0.0).then(|| v.sqrt() * i as f64)).collect()
}

#[test]
fn check_log_of_positive() {
    for n in SIZES {
        check!(log_of_positive(&signed(n, 8)));
        check_vector!(log_of_positive_then(&signed(n, 8)));
    }
}

#[differentiate]
fn alternating(x: &[f64], y: &[f64]) -> f64 {
    let evens: f64 = x.iter().step_by(2).sum();
    let odds: f64 = x.iter().skip(1).step_by(2).map(|v| v * v).sum();
    let tail: f64 = x.iter().rev().take(3).zip(y.iter().rev()).map(|(a, b)| a * b).sum();
    evens * odds + tail
}

#[test]
fn check_alternating() {
    for n in SIZES {
        check!(alternating(&values(n), &signed(n, 2)));
    }
}

#[differentiate]
fn chained(x: &[f64], y: &[f64], last: f64) -> f64 {
    x.iter()
        .chain(y)
        .chain(std::iter::once(&last))
        .enumerate()
        .map(|(i, v)| v.sin() * (i + 1) as f64)
        .sum()
}

#[test]
fn check_chained() {
    for n in SIZES {
        check!(chained(&values(n), &signed(2, 3), 0.4));
        check!(chained(&values(1), &signed(n, 3), 0.4));
    }
}

#[differentiate]
fn pairwise_distances(x: &[f64], softening: f64) -> f64 {
    x.iter()
        .enumerate()
        .flat_map(|(i, a)| x[i + 1..].iter().map(move |b| (a - b).powi(2)))
        .map(|d| 1.0 / (d + softening).sqrt())
        .sum()
}

#[test]
fn check_pairwise_distances() {
    for n in SIZES {
        check!(pairwise_distances(&values(n), 0.3));
    }
}

#[differentiate]
fn flattened(rows: &[Vec<f64>], scale: f64) -> f64 {
    let s: f64 = rows.iter().flatten().map(|v| (v * scale).exp()).sum();
    s.ln_1p() + rows.iter().flat_map(|row| row.iter()).product::<f64>()
}

#[test]
fn check_flattened() {
    check!(flattened(&vec![], 0.7));
    check!(flattened(&vec![values(2), vec![], values(3)], 0.7));
}

#[differentiate]
fn prefix_sums(x: &[f64]) -> Vec<f64> {
    x.iter()
        .scan(0.0, |sum, v| {
            *sum += v;
            Some(*sum)
        })
        .collect()
}

#[differentiate]
fn exponential_smoothing(x: &[f64], alpha: f64) -> f64 {
    x.iter()
        .scan(0.0, |level, v| {
            *level = alpha * v + (1.0 - alpha) * *level;
            Some((v - *level).powi(2))
        })
        .sum()
}

#[differentiate]
fn compound_until(x: &[f64], limit: f64) -> f64 {
    x.iter()
        .scan(1.0, |product, v| {
            *product *= 1.0 + v;
            if *product > limit { None } else { Some(*product) }
        })
        .map(|p| p * p)
        .sum()
}

#[test]
fn check_scans() {
    for n in SIZES {
        check_vector!(prefix_sums(&values(n)));
        check!(exponential_smoothing(&values(n), 0.3));
        check!(compound_until(&values(n), 12.0));
    }
}

#[differentiate]
fn until_large(x: &[f64], limit: f64) -> f64 {
    let before: f64 = x.iter().take_while(|v| **v < limit).map(|v| v.exp()).sum();
    let after: f64 = x.iter().skip_while(|v| **v < limit).map(|v| v * limit).sum();
    before * after + before
}

#[test]
fn check_until_large() {
    for n in SIZES {
        check!(until_large(&values(n), 1.1));
    }
}

#[differentiate]
fn copied_and_cloned(x: &[f64]) -> f64 {
    let a: f64 = x.iter().copied().map(f64::sin).sum();
    let b: f64 = x.iter().cloned().map(|v| v.cos()).sum();
    a.atan2(2.0 + b) + x.iter().copied().map(f64::abs).sum::<f64>()
}

#[test]
fn check_copied_and_cloned() {
    for n in SIZES {
        check!(copied_and_cloned(&values(n)));
    }
}

#[differentiate]
fn inspected(x: &[f64]) -> f64 {
    x.iter()
        .inspect(|v| assert!(v.is_finite()))
        .map(|v| v * 2.0)
        .inspect(|v| println!("doubled: {v}"))
        .map(|v| v.tanh())
        .sum()
}

#[test]
fn check_inspected() {
    for n in SIZES {
        check!(inspected(&values(n)));
    }
}

#[differentiate]
fn central_differences(u: &[f64], h: f64) -> Vec<f64> {
    u.iter().zip(u.iter().skip(2)).map(|(left, right)| (right - left) / (2.0 * h)).collect()
}

#[test]
fn check_central_differences() {
    for n in SIZES {
        check_vector!(central_differences(&values(n), 0.2));
    }
}

#[differentiate]
fn triple_zip(a: &[f64], b: &[f64], c: &[f64]) -> f64 {
    let mut s = 0.0;
    for (i, ((a, b), c)) in a.iter().zip(b).zip(c).enumerate().skip(1) {
        s += a * b.powi(i as i32) / (2.0 + c);
    }
    s
}

#[test]
fn check_triple_zip() {
    for n in SIZES {
        check!(triple_zip(&values(n), &signed(n, 1), &signed(n, 2)));
    }
}
