//! Generated gradients against the function alone and against gradients written by hand.
//!
//! `cargo bench --bench gradients` measures, and prints a table of the fastest samples at the end.
//! Both gradients are computed as `adjoint` computes them: the value, and the cotangents added to
//! buffers of the caller.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod arrays;
mod slices;
mod table;
mod time;

use criterion::Criterion;
use std::time::Duration;
pub use table::{Table, matrix, numbers, vector};

fn main() {
    let criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    let mut table = Table::new(criterion);
    slices::rosenbrock_rows(&mut table);
    slices::weighted_rows(&mut table);
    slices::regression_rows(&mut table);
    time::pendulum_rows(&mut table);
    slices::mixture_rows(&mut table);
    arrays::least_squares_rows(&mut table);
    arrays::network_rows(&mut table);
    table.finish();
}
