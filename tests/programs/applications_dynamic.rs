//! Edit distance, decoding of sequences, statistics of series.

use ad::{check, check_vector, values};
use ad_runtime::differentiate;

#[differentiate]
fn soft_min(a: f64, b: f64, c: f64, t: f64) -> f64 {
    let m = a.min(b).min(c);
    m - t * [a, b, c].map(|v| (-(v - m) / t).exp()).iter().sum::<f64>().ln()
}
#[differentiate]
fn edit_distance(costs: &[f64; 3], #[constant] a: &str, #[constant] b: &str, t: f64) -> f64 {
    let [insert, delete, substitute] = *costs;
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut prev: Vec<f64> = (0..=b.len()).map(|j| j as f64 * insert).collect();
    let mut curr = vec![0.0; b.len() + 1];
    for (i, ca) in a.iter().enumerate() {
        curr[0] = (i + 1) as f64 * delete;
        for (j, cb) in b.iter().enumerate() {
            let sub = prev[j] + if ca == cb { 0.0 } else { substitute };
            curr[j + 1] = soft_min(prev[j + 1] + delete, curr[j] + insert, sub, t);
        }
        std::mem::swap(&mut prev, &mut curr);
    }
    prev[b.len()]
}
#[test]
fn edit() {
    check!(edit_distance(&[1.0, 0.8, 1.3], const "kitten", const "sitting", 0.3));
}

#[differentiate]
fn viterbi_score(
    emissions: &[Vec<f64>],
    transitions: &[Vec<f64>],
    #[constant] gold: &[usize],
) -> f64 {
    let k = transitions.len();
    let mut score = emissions[0].clone();
    let mut back: Vec<Vec<usize>> = Vec::new();
    for e in &emissions[1..] {
        let mut next = Vec::with_capacity(k);
        let mut pointers = vec![0; k];
        for j in 0..k {
            let (best, value) = score
                .iter()
                .enumerate()
                .map(|(i, s)| (i, s + transitions[i][j]))
                .max_by(|a, b| a.1.partial_cmp(&b.1).unwrap())
                .unwrap();
            pointers[j] = best;
            next.push(value + e[j]);
        }
        back.push(pointers);
        score = next;
    }
    let best = score.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut path_score = 0.0;
    for (t, &y) in gold.iter().enumerate() {
        path_score += emissions[t][y];
        if t > 0 {
            path_score += transitions[gold[t - 1]][y];
        }
    }
    (1.0 + best - path_score).max(0.0)
}
#[test]
fn crf() {
    check!(viterbi_score(&vec![vec![0.1, 0.5], vec![0.7, 0.2], vec![0.3, 0.9]], &vec![vec![0.2, -0.1], vec![0.05, 0.4]], const &[0, 1, 1]));
}

#[differentiate]
fn returns_stats(prices: &[f64]) -> (f64, f64, f64) {
    let returns: Vec<f64> = prices.windows(2).map(|w| (w[1] / w[0]).ln()).collect();
    let n = returns.len() as f64;
    let mean = returns.iter().sum::<f64>() / n;
    let var = returns.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let drawdown = prices
        .iter()
        .scan(f64::MIN, |peak, &p| {
            *peak = peak.max(p);
            Some((*peak - p) / *peak)
        })
        .fold(0.0, |worst: f64, d| worst.max(d));
    (mean, var.sqrt(), drawdown)
}
#[differentiate]
fn ewma(xs: &[f64], alpha: f64) -> Vec<f64> {
    let mut state = None;
    xs.iter()
        .map(|&x| {
            let s = match state {
                None => x,
                Some(prev) => alpha * x + (1.0 - alpha) * prev,
            };
            state = Some(s);
            s
        })
        .collect()
}
#[test]
fn stats() {
    check_vector!(returns_stats(&vec![1.0, 1.2, 1.1, 1.5, 1.3]));
    check_vector!(ewma(&values(4), 0.3));
}
