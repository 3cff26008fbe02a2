//! Jacobians and products with Hessians, against what is written by hand and against gradients.
//!
//! `cargo bench --bench jacobians` measures, and prints a table of the fastest samples at the end.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

#[path = "../../examples/gradbench/problems/ba.rs"]
#[allow(dead_code, reason = "the benchmark takes one observation of it")]
mod ba;
mod functions;
#[path = "../gradbench/written/ba.rs"]
mod written;

mod problems {
    pub(crate) use crate::ba;
}

use ad_runtime::ndarray::{Array1, Array2};
use criterion::Criterion;
use functions::{
    NETWORK_INPUTS, chain, layer, layer_by_hand, network, pendulum, regression, rosenbrock,
};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// What is measured against what, and the ratio that is aimed at.
struct Row {
    name: &'static str,
    measured: Duration,
    reference: Duration,
    aim: f64,
}

struct Table {
    criterion: Criterion,
    rows: Vec<Row>,
}

impl Table {
    fn row(
        &mut self,
        name: &'static str,
        aim: f64,
        mut reference: impl FnMut(),
        mut measured: impl FnMut(),
    ) {
        let mut group = self.criterion.benchmark_group(name);
        let mut measure = |what: &str, run: &mut dyn FnMut()| {
            let fastest = Cell::new(Duration::MAX);
            group.bench_function(what, |b| {
                b.iter_custom(|iterations| {
                    let start = Instant::now();
                    (0..iterations).for_each(|_| run());
                    let elapsed = start.elapsed();
                    fastest.set(fastest.get().min(elapsed.div_f64(iterations as f64)));
                    elapsed
                });
            });
            fastest.get()
        };
        let reference = measure("reference", &mut reference);
        let measured = measure("generated", &mut measured);
        group.finish();
        if ![reference, measured].contains(&Duration::MAX) {
            self.rows.push(Row { name, measured, reference, aim });
        }
    }

    fn print(&self) {
        println!("| what | reference | generated | ratio | aim |");
        println!("| --- | ---: | ---: | ---: | ---: |");
        for Row { name, measured, reference, aim } in &self.rows {
            let us = |d: &Duration| d.as_secs_f64() * 1e6;
            println!(
                "| {name} | {:.3} µs | {:.3} µs | {:.2} | {aim} |",
                us(reference),
                us(measured),
                us(measured) / us(reference)
            );
        }
    }
}

/// Numbers between -1 and 1 without a pattern, the same in each run.
fn numbers(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| (seed + 12.9898 * i as f64).sin()).collect()
}

/// Products of Hessians and directions, against gradients.
fn products(table: &mut Table) {
    let (x, dot) = (numbers(1000, 1.0), numbers(1000, 2.0));
    table.row(
        "hvp / grad, Rosenbrock, 1000 variables",
        3.0,
        || drop(black_box(rosenbrock::grad(black_box(&x)))),
        || drop(black_box(rosenbrock::hvp(black_box(&x), &dot))),
    );
    let (rows, labels) = (numbers(200 * 16, 3.0), numbers(200, 4.0));
    let (w, w_dot) = (numbers(16, 5.0), numbers(16, 6.0));
    table.row(
        "hvp / grad, logistic regression, 200 × 16",
        3.0,
        || drop(black_box(regression::grad(black_box(&w), &rows, &labels))),
        || drop(black_box(regression::hvp(black_box(&w), &rows, &labels, &w_dot))),
    );
    let matrix = |rows: usize, columns: usize, seed: f64| {
        Array2::from_shape_vec((rows, columns), numbers(rows * columns, seed))
            .expect("as many numbers as elements")
    };
    let (a, b) = (matrix(32, NETWORK_INPUTS, 7.0), matrix(8, 32, 8.0));
    let (a_dot, b_dot) = (matrix(32, NETWORK_INPUTS, 9.0), matrix(8, 32, 10.0));
    let input = Array1::from(numbers(NETWORK_INPUTS, 11.0));
    table.row(
        "hvp / grad, network 16-32-8",
        3.0,
        || drop(black_box(network::grad(black_box(&a), &b, &input))),
        || drop(black_box(network::hvp(black_box(&a), &b, &input, &a_dot, &b_dot))),
    );
    let observed = numbers(200, 12.0);
    table.row(
        "hvp / grad, ODE loss, 200 steps",
        3.0,
        || {
            black_box(pendulum::grad(black_box(0.5), 2.0, 0.1, &observed, 0.01));
        },
        || {
            black_box(pendulum::hvp(black_box(0.5), 2.0, 0.1, &observed, 0.01, 1.0, 0.5, -0.3));
        },
    );
    let x = numbers(64, 13.0);
    table.row(
        "hessian / grad, chain of 64 variables",
        16.0,
        || drop(black_box(chain::grad(black_box(&x)))),
        || drop(black_box(chain::hessian(black_box(&x)))),
    );
}

/// Jacobians, against ones written by hand.
fn jacobians(table: &mut Table) {
    let (x, weights, bias) = (numbers(16, 14.0), numbers(64 * 16, 15.0), numbers(64, 16.0));
    let mut by_hand = Array2::zeros((64, 16));
    let mut generated = Array2::zeros((64, 16));
    layer_by_hand(&x, &weights, &bias, &mut by_hand);
    layer::jacobian_into(&x, &weights, &bias, &mut generated);
    assert!((&by_hand - &generated).iter().all(|d| d.abs() < 1e-12), "the Jacobians differ");
    table.row(
        "Jacobian / by hand, layer 16 → 64",
        1.2,
        || layer_by_hand(black_box(&x), &weights, &bias, black_box(&mut by_hand)),
        || layer::jacobian_into(black_box(&x), &weights, &bias, black_box(&mut generated)),
    );
    let (camera, point) =
        ([0.1, -0.2, 0.3, 0.5, 0.1, -4.0, 500.0, 320.0, 240.0, 0.01, -0.002], [0.3, -0.4, 1.0]);
    let feature = [330.0, 250.0];
    let (mut by_camera, mut by_point, mut by_weight) =
        (Array2::zeros((2, 11)), Array2::zeros((2, 3)), Array1::zeros(2));
    table.row(
        "Jacobian / by hand, bundle adjustment 2 × 15",
        1.3,
        || {
            black_box(written::block(black_box(&camera), &point, 0.9, &feature));
        },
        || {
            ba::reprojection::jacobian_into(
                black_box(&camera),
                &point,
                0.9,
                &feature,
                &mut by_camera,
                &mut by_point,
                &mut by_weight,
            );
            black_box((&by_camera, &by_point, &by_weight));
        },
    );
}

fn main() {
    let criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
        .without_plots()
        .configure_from_args();
    let mut table = Table { criterion, rows: Vec::new() };
    products(&mut table);
    jacobians(&mut table);
    table.criterion.final_summary();
    table.print();
}
