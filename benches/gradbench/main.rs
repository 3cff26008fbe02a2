//! The problems of GradBench: the function, its generated gradient, and one written by hand.
//!
//! `cargo bench --bench gradbench` measures, `cargo bench --bench report` makes a table and a picture of what
//! was measured. A word after `--` selects problems: `cargo bench --bench gradbench -- lstm`.
//!
//! All gradients include what `grad` includes: the cotangents are allocated in the measured time.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]
#![allow(clippy::needless_range_loop, reason = "numerical programs go by index")]
#![allow(clippy::too_many_arguments, reason = "a gradient takes arguments and cotangents")]

#[allow(dead_code, reason = "the benches run a part of the problems' functions")]
#[path = "../../examples/gradbench/problems/mod.rs"]
mod problems;
mod written;

use criterion::Criterion;
use problems::{ba, det, gmm, kmeans, llsq, lse, lstm, ode};
use std::hint::black_box;
use std::time::Duration;
use written::small;

/// Numbers between 0 and 1 without a pattern, the same in each run.
fn numbers(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| 0.5 + 0.5 * (seed + 12.9898 * i as f64).sin()).collect()
}

/// Measures a function and its gradients, which must agree.
fn problem<G>(
    criterion: &mut Criterion,
    name: &str,
    size: &str,
    primal: impl Fn() -> f64,
    generated: impl Fn() -> G,
    written: impl Fn() -> G,
    numbers: impl Fn(&G) -> Vec<f64>,
) {
    let (g, w) = (numbers(&generated()), numbers(&written()));
    let scale = w.iter().fold(1.0, |m, x| f64::max(m, x.abs()));
    assert_eq!(g.len(), w.len(), "the gradients of {name} {size}");
    for (i, (g, w)) in g.iter().zip(&w).enumerate() {
        assert!((g - w).abs() <= 1e-9 * scale, "{name} {size}, {i}: {g}, and {w} by hand");
    }
    let mut group = criterion.benchmark_group(format!("{name}-{size}"));
    group.bench_function("primal", |b| b.iter(&primal));
    group.bench_function("generated", |b| b.iter(&generated));
    group.bench_function("written", |b| b.iter(&written));
    group.finish();
}

fn det_rows(criterion: &mut Criterion) {
    for n in [5, 7, 9] {
        let a = numbers(n * n, 1.0);
        problem(
            criterion,
            "det",
            &n.to_string(),
            || det::determinant(black_box(&a), n),
            || det::determinant::grad(black_box(&a), n),
            || {
                let mut a_bar = vec![0.0; a.len()];
                small::determinant(black_box(&a), n, 1.0, &mut a_bar);
                a_bar
            },
            Vec::clone,
        );
    }
}

fn lse_rows(criterion: &mut Criterion) {
    for n in [2500, 40_000, 640_000] {
        let x = numbers(n, 2.0);
        problem(
            criterion,
            "lse",
            &n.to_string(),
            || lse::log_sum_exp(black_box(&x)),
            || lse::log_sum_exp::grad(black_box(&x)),
            || {
                let mut x_bar = vec![0.0; x.len()];
                small::log_sum_exp(black_box(&x), 1.0, &mut x_bar);
                x_bar
            },
            Vec::clone,
        );
    }
}

fn llsq_rows(criterion: &mut Criterion) {
    for n in [128, 1024, 8192] {
        let x = numbers(128, 3.0);
        problem(
            criterion,
            "llsq",
            &n.to_string(),
            || llsq::objective(black_box(&x), n),
            || llsq::objective::grad(black_box(&x), n),
            || {
                let mut x_bar = vec![0.0; x.len()];
                small::least_squares(black_box(&x), n, 1.0, &mut x_bar);
                x_bar
            },
            Vec::clone,
        );
    }
}

fn ode_rows(criterion: &mut Criterion) {
    for (n, steps) in [(1000, 10), (1000, 100), (10_000, 100)] {
        let x = numbers(n, 4.0);
        problem(
            criterion,
            "ode",
            &format!("n{n}_s{steps}"),
            || ode::last(black_box(&x), steps),
            || ode::last::grad(black_box(&x), steps),
            || {
                let mut x_bar = vec![0.0; x.len()];
                small::last(black_box(&x), steps, 1.0, &mut x_bar);
                x_bar
            },
            Vec::clone,
        );
    }
}

fn kmeans_rows(criterion: &mut Criterion) {
    for (k, n, d) in [(10, 1000, 8), (100, 1000, 16), (1000, 1000, 16)] {
        let (points, centroids) = (numbers(n * d, 5.0), numbers(k * d, 6.0));
        problem(
            criterion,
            "kmeans",
            &format!("k{k}_n{n}_d{d}"),
            || kmeans::cost(black_box(&points), &centroids, d),
            || kmeans::cost::grad(black_box(&points), &centroids, d),
            || {
                let mut bar = vec![0.0; centroids.len()];
                small::clusters(black_box(&points), &centroids, d, 1.0, &mut bar);
                bar
            },
            Vec::clone,
        );
    }
}

fn gmm_rows(criterion: &mut Criterion) {
    for (d, k) in [(2, 5), (10, 10), (20, 25), (64, 10)] {
        let setting = gmm::Setting { d, k, m: 0, gamma: 1.0 };
        let (alpha, mu, q) = (numbers(k, 7.0), numbers(k * d, 8.0), numbers(k * d, 9.0));
        let (l, x) = (numbers(k * d * (d - 1) / 2, 10.0), numbers(1000 * d, 11.0));
        problem(
            criterion,
            "gmm",
            &format!("d{d}_k{k}"),
            || gmm::log_posterior(&alpha, &mu, &q, &l, black_box(&x), &setting),
            || gmm::log_posterior::grad(&alpha, &mu, &q, &l, black_box(&x), &setting),
            || {
                let zeros = |x: &[f64]| vec![0.0; x.len()];
                let mut bars = (zeros(&alpha), zeros(&mu), zeros(&q), zeros(&l));
                let x = black_box(&x);
                written::gmm::log_posterior(&alpha, &mu, &q, &l, x, &setting, 1.0, &mut bars);
                bars
            },
            |(alpha, mu, q, l)| [&alpha[..], mu, q, l].concat(),
        );
    }
}

fn lstm_rows(criterion: &mut Criterion) {
    for (layers, characters) in [(2, 1024), (4, 4096)] {
        let b = 7;
        let (main, extra) = (numbers(8 * b * layers, 12.0), numbers(3 * b, 13.0));
        let state = numbers(2 * b * layers, 14.0);
        let sequence: Vec<f64> = numbers(characters * b, 15.0).iter().map(|x| x.round()).collect();
        problem(
            criterion,
            "lstm",
            &format!("l{layers}_c{characters}"),
            || lstm::loss(&main, &extra, &state, black_box(&sequence), b),
            || lstm::loss::grad(&main, &extra, &state, black_box(&sequence), b),
            || {
                let mut bars = (vec![0.0; main.len()], vec![0.0; extra.len()]);
                let sequence = black_box(&sequence);
                written::lstm::loss(&main, &extra, &state, sequence, b, 1.0, &mut bars);
                bars
            },
            |(main, extra)| [&main[..], extra].concat(),
        );
    }
}

fn ba_rows(criterion: &mut Criterion) {
    for (n, m, p) in [(10, 100, 1000), (49, 7776, 31_843)] {
        let scene = ba::Scene {
            cameras: (0..n)
                .map(|i| std::array::from_fn(|j| 0.1 + (i + 3 * j) as f64 / 100.0))
                .collect(),
            points: (0..m).map(|i| std::array::from_fn(|j| 1.0 + (i * j) as f64 * 1e-4)).collect(),
            weights: numbers(p, 16.0),
            features: vec![[0.3, -0.2]; p],
            observations: (0..p).map(|i| (i % n, i % m)).collect(),
        };
        problem(
            criterion,
            "ba",
            &format!("p{p}"),
            || ba::errors(black_box(&scene)).0[0][0],
            || ba::jacobian(black_box(&scene)),
            || ba::jacobian_by(black_box(&scene), written::ba::block),
            |jacobian| jacobian.values.clone(),
        );
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .without_plots()
        .configure_from_args();
    det_rows(&mut criterion);
    lse_rows(&mut criterion);
    llsq_rows(&mut criterion);
    ode_rows(&mut criterion);
    kmeans_rows(&mut criterion);
    gmm_rows(&mut criterion);
    lstm_rows(&mut criterion);
    ba_rows(&mut criterion);
    criterion.final_summary();
}
