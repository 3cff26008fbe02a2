//! Measurements of a function, its generated gradient and one written by hand, and a table of them.

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
    name: String,
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
    /// A table without rows.
    pub fn new(criterion: Criterion) -> Table {
        Table { criterion, rows: Vec::new() }
    }

    /// Ends the measurements, and prints the table.
    pub fn finish(&mut self) {
        self.criterion.final_summary();
        self.print();
    }

    /// Measures a function, its generated value and gradient and one written by hand, which must agree.
    #[allow(dead_code, reason = "each benchmark uses one of the two kinds of rows")]
    pub fn returned<G: Numbers>(
        &mut self,
        name: String,
        primal: impl Fn() -> f64,
        generated: impl Fn() -> (f64, G),
        written: impl Fn() -> (f64, G),
    ) {
        let ((value, g), (by_hand, w)) = (generated(), written());
        agree(&name, &[primal(), value, by_hand], &g, &w);
        self.measure(
            name,
            &mut || {
                black_box(primal());
            },
            &mut || {
                black_box(generated());
            },
            &mut || {
                black_box(written());
            },
        );
    }

    /// Measures a function, its generated gradient and one written by hand, which must agree.
    /// Gradients are added to a buffer that starts as `zero`.
    #[allow(dead_code, reason = "each benchmark uses one of the two kinds of rows")]
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
        agree(name, &values, &g, &w);
        let (mut g, mut w) = (zero.clone(), zero);
        self.measure(
            name.to_owned(),
            &mut || {
                black_box(primal());
            },
            &mut || {
                black_box(generated(black_box(&mut g)));
            },
            &mut || {
                black_box(written(black_box(&mut w)));
            },
        );
    }

    fn measure(
        &mut self,
        name: String,
        primal: &mut dyn FnMut(),
        generated: &mut dyn FnMut(),
        written: &mut dyn FnMut(),
    ) {
        let mut group = self.criterion.benchmark_group(&name);
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
        let (primal, generated, written) = (
            measure("primal", primal),
            measure("generated", generated),
            measure("written", written),
        );
        group.finish();
        self.rows.push(Row { name, primal, generated, written });
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

/// Asserts that values and gradients agree.
fn agree<G: Numbers>(name: &str, values: &[f64], generated: &G, written: &G) {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
    assert!(values.iter().all(|v| near(*v, values[0])), "the values of {name} differ: {values:?}");
    for (g, w) in generated.numbers().into_iter().zip(written.numbers()) {
        assert!(near(g, w), "the gradients of {name} differ: {g}, and {w} by hand");
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
