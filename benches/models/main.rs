//! Four models in matrices: generated gradients against the models alone and against gradients written by hand.
//!
//! `cargo bench --bench models` measures value and gradient at sizes from 10 to 1000 and prints a table; both
//! sides allocate what they return. `benches/models/jax_models.py` measures the same models in JAX.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod gaussian_process;
mod least_squares;
mod network;
mod ridge;
#[path = "../gradients/table.rs"]
mod table;

use criterion::Criterion;
use std::time::Duration;
use table::Table;

/// The sizes of the models: the numbers of parameters, units or points.
const SIZES: [usize; 5] = [10, 30, 100, 300, 1000];

fn main() {
    let criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    let mut table = Table::new(criterion);
    for n in SIZES {
        least_squares::row(&mut table, n);
    }
    for n in SIZES {
        network::row(&mut table, n);
    }
    for n in SIZES {
        ridge::row(&mut table, n);
    }
    for n in SIZES {
        gaussian_process::row(&mut table, n);
    }
    table.finish();
}
