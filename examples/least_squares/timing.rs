//! What a gradient costs: `loss::grad` against one evaluation of the loss and against a gradient written
//! by hand, on synthetic data of growing length.
//!
//! The three take turns, round after round, and each ratio is the median of the ratios of single rounds:
//! a machine that speeds up, slows down or does something else meanwhile hardly moves it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ndarray::linalg::general_mat_vec_mul;
use ndarray::{Array1, Array2};

use crate::loss;

/// Columns of the synthetic Φ.
const COLUMNS: usize = 10;
/// The least time of one sample: many calls where one is quicker.
const SAMPLE: Duration = Duration::from_micros(200);
/// About how long one row of the table may take.
const BUDGET: Duration = Duration::from_millis(800);
/// The least and the most rounds.
const ROUNDS: (usize, usize) = (41, 401);

/// The gradient as one would write it by hand: 2e in the place of e, then one product.
fn grad_by_hand(theta: &Array1<f64>, phi: &Array2<f64>, y: &Array1<f64>) -> Array1<f64> {
    let e = y - phi.dot(theta);
    let e_bar = 2.0 * e;
    let mut theta_bar = Array1::zeros(theta.raw_dim());
    general_mat_vec_mul(-1.0, &phi.t(), &e_bar, 1.0, &mut theta_bar);
    theta_bar
}

/// Measures for each number of rows and prints the table.
pub fn report(rows: &[usize]) {
    println!("Synthetic Φ with {COLUMNS} columns, medians of many interleaved rounds.");
    if cfg!(debug_assertions) {
        println!(
            "This is a debug build: only `cargo run --release` gives times that mean something."
        );
    }
    println!();
    println!(
        "  {:>9}{:>13}{:>13}{:>13}{:>13}{:>13}{:>9}",
        "", "loss", "loss::grad", "by hand", "loss::grad", "loss::grad", ""
    );
    println!(
        "  {:>9}{:>13}{:>13}{:>13}{:>13}{:>13}{:>9}",
        "rows N", "µs", "µs", "µs", "/ loss", "/ by hand", "rounds"
    );
    for &n in rows {
        let m = Measurement::take(n);
        print!("  {n:>9}{:>13.2}{:>13.2}{:>13.2}", m.loss * 1e6, m.grad * 1e6, m.hand * 1e6);
        println!("{:>13.2}{:>13.3}{:>9}", m.grad_by_loss, m.grad_by_hand, m.rounds);
    }
}

/// Medians over all rounds: seconds per call, and the ratios.
struct Measurement {
    loss: f64,
    grad: f64,
    hand: f64,
    grad_by_loss: f64,
    grad_by_hand: f64,
    rounds: usize,
}

impl Measurement {
    /// Times the three functions on `n` synthetic rows.
    fn take(n: usize) -> Self {
        let (theta, phi, y) = synthetic(n);
        let contenders: [&dyn Fn(); 3] = [
            &|| {
                black_box(loss(black_box(&theta), black_box(&phi), black_box(&y)));
            },
            &|| {
                black_box(loss::grad(black_box(&theta), black_box(&phi), black_box(&y)));
            },
            &|| {
                black_box(grad_by_hand(black_box(&theta), black_box(&phi), black_box(&y)));
            },
        ];

        // Each warms up, and the quickest tells how many calls make a sample.
        let warm: Vec<f64> = contenders
            .iter()
            .map(|f| seconds_per_call(*f, 1).min(seconds_per_call(*f, 3)))
            .collect();
        let quickest = warm.iter().copied().fold(f64::INFINITY, f64::min);
        let calls = (SAMPLE.as_secs_f64() / quickest).ceil().max(1.0) as usize;
        let round = warm.iter().sum::<f64>() * calls as f64;
        let rounds = ((BUDGET.as_secs_f64() / round) as usize).clamp(ROUNDS.0, ROUNDS.1);

        let mut samples: [Vec<f64>; 3] = Default::default();
        for round in 0..rounds {
            for turn in 0..3 {
                let who = (round + turn) % 3;
                samples[who].push(seconds_per_call(contenders[who], calls));
            }
        }
        let [loss, grad, hand] = &samples;
        let ratios = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a / b).collect();
        Measurement {
            grad_by_loss: median(ratios(grad, loss)),
            grad_by_hand: median(ratios(grad, hand)),
            loss: median(loss.clone()),
            grad: median(grad.clone()),
            hand: median(hand.clone()),
            rounds,
        }
    }
}

/// The mean time of one of `calls` calls.
fn seconds_per_call(f: &dyn Fn(), calls: usize) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        f();
    }
    start.elapsed().as_secs_f64() / calls as f64
}

/// The middle value; of an even number of values the upper one.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// θ, Φ and y of pseudo-random numbers, the same ones in every run.
fn synthetic(n: usize) -> (Array1<f64>, Array2<f64>, Array1<f64>) {
    let mut state = 2004_u64;
    let mut uniform = move || {
        // SplitMix64 (Steele, Lea and Flood 2014); its upper 53 bits, scaled to between −1 and 1.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    let theta = Array1::from_shape_simple_fn(COLUMNS, &mut uniform);
    let phi = Array2::from_shape_simple_fn((n, COLUMNS), &mut uniform);
    let y = Array1::from_shape_simple_fn(n, &mut uniform);
    (theta, phi, y)
}
