//! Generated gradients against the function alone and against gradients written by hand.
//!
//! `cargo bench --bench gradients` measures, and prints a table of the fastest samples at the end.
//! Both gradients are computed as `adjoint` computes them: the value, and the cotangents added to
//! buffers of the caller.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

mod arrays;
mod slices;
mod time;

use criterion::Criterion;
use ndarray::{Array, Array1, Array2, Dimension};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The numbers of a gradient in order, to compare two of them.
pub trait Numbers: Clone {
    fn numbers(&self) -> Vec<f64>;
}

impl Numbers for f64 {
    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl Numbers for Vec<f64> {
    fn numbers(&self) -> Vec<f64> {
        self.clone()
    }
}

impl<D: Dimension> Numbers for Array<f64, D> {
    fn numbers(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

macro_rules! tuples {
    ($(($($part:ident)*))*) => {$(
        impl<$($part: Numbers),*> Numbers for ($($part,)*) {
            #[allow(non_snake_case)]
            fn numbers(&self) -> Vec<f64> {
                let ($($part,)*) = self;
                [$($part.numbers()),*].concat()
            }
        }
    )*};
}
tuples! { (A B) (A B C) (A B C D) }

struct Row {
    name: &'static str,
    primal: Duration,
    generated: Duration,
    written: Duration,
}

/// The benchmarks, and the table that they fill.
pub struct Table {
    criterion: Criterion,
    rows: Vec<Row>,
}

impl Table {
    /// Measures a function, its generated gradient and one written by hand, which must agree.
    /// Gradients are added to a buffer that starts as `zero`.
    pub fn row<G: Numbers>(
        &mut self,
        name: &'static str,
        zero: G,
        primal: impl Fn() -> f64,
        generated: impl Fn(&mut G) -> f64,
        written: impl Fn(&mut G) -> f64,
    ) {
        let (mut g, mut w) = (zero.clone(), zero.clone());
        let values = [primal(), generated(&mut g), written(&mut w)];
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
        assert!(
            values.iter().all(|v| near(*v, values[0])),
            "the values of {name} differ: {values:?}"
        );
        for (g, w) in g.numbers().into_iter().zip(w.numbers()) {
            assert!(near(g, w), "the gradients of {name} differ: {g}, and {w} by hand");
        }
        let (mut g, mut w) = (zero.clone(), zero);
        let mut group = self.criterion.benchmark_group(name);
        let mut measure = |what: &str, run: &mut dyn FnMut()| {
            let fastest = Cell::new(Duration::MAX);
            group.bench_function(what, |b| {
                b.iter_custom(|iterations| {
                    let start = Instant::now();
                    (0..iterations).for_each(|_| run());
                    let elapsed = start.elapsed();
                    let each = elapsed.div_f64(iterations as f64);
                    fastest.set(fastest.get().min(each));
                    elapsed
                });
            });
            fastest.get()
        };
        let row = Row {
            name,
            primal: measure("primal", &mut || {
                black_box(primal());
            }),
            generated: measure("generated", &mut || {
                black_box(generated(black_box(&mut g)));
            }),
            written: measure("written", &mut || {
                black_box(written(black_box(&mut w)));
            }),
        };
        group.finish();
        self.rows.push(row);
    }

    /// The rows that were measured, as a table in Markdown.
    fn print(&self) {
        println!(
            "| program | function | generated gradient | by hand | generated / function | generated / by hand |"
        );
        println!("| --- | ---: | ---: | ---: | ---: | ---: |");
        for Row { name, primal, generated, written } in &self.rows {
            // A benchmark that the command line leaves out was not measured.
            if [primal, generated, written].contains(&&Duration::MAX) {
                continue;
            }
            let us = |d: &Duration| d.as_secs_f64() * 1e6;
            let ratio = |other: &Duration| us(generated) / us(other);
            println!(
                "| {name} | {:.3} µs | {:.3} µs | {:.3} µs | {:.2} | {:.2} |",
                us(primal),
                us(generated),
                us(written),
                ratio(primal),
                ratio(written)
            );
        }
    }
}

/// Numbers between -1 and 1 without a pattern, the same in each run.
pub fn numbers(n: usize, seed: f64) -> Vec<f64> {
    (0..n).map(|i| (seed + 12.9898 * i as f64).sin()).collect()
}

pub fn vector(n: usize, seed: f64) -> Array1<f64> {
    numbers(n, seed).into()
}

pub fn matrix(rows: usize, columns: usize, seed: f64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), numbers(rows * columns, seed))
        .expect("as many numbers as elements")
}

fn main() {
    let criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    let mut table = Table { criterion, rows: Vec::new() };
    slices::rosenbrock_rows(&mut table);
    slices::weighted_rows(&mut table);
    slices::regression_rows(&mut table);
    time::pendulum_rows(&mut table);
    slices::mixture_rows(&mut table);
    arrays::least_squares_rows(&mut table);
    arrays::network_rows(&mut table);
    table.criterion.final_summary();
    table.print();
}
