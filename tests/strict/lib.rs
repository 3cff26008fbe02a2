//! Generated code in a crate that denies what a crate may deny, in either edition: it causes no warning.
//! `cargo clippy --workspace` checks it.
#![deny(warnings, missing_docs, clippy::pedantic, rust_2018_idioms, unused)]
#![forbid(unsafe_code)]

use ad_runtime::differentiate;
use ad_runtime::Differentiable;
use ad_runtime::Differentiated;
use ndarray::{Array1, Array2};
use std::ops::{Add, Index, IndexMut};

/// The loss.
#[must_use]
#[differentiate]
pub fn loss(theta: &Array1<f64>, #[constant] phi: &Array2<f64>, scale: f64) -> f64 {
    let e = phi.dot(theta) * scale;
    e.dot(&e)
}

/// A sum.
#[must_use]
#[differentiate(order = 2)]
pub fn sum(x: &[f64], start: f64) -> f64 {
    let mut s = start;
    for x in x {
        if *x > 0.0 {
            s += x * s.sin();
        }
    }
    s
}

/// A matrix.
#[derive(Clone, Debug, Differentiable)]
pub struct Matrix {
    #[constant]
    cols: usize,
    /// The elements.
    pub data: Vec<f64>,
}

#[differentiate]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(j < self.cols);
        &self.data[i * self.cols + j]
    }
}

#[differentiate]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.cols + j]
    }
}

/// Elements by two offsets.
#[derive(Clone, Debug, Differentiable)]
pub struct Offsets(pub Vec<f64>);

#[differentiate]
#[rustfmt::skip]
impl Index<(usize, usize)> for Offsets {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 { &self.0[i + j] }
}

#[differentiate]
impl Matrix {
    /// A square matrix of zeros.
    #[must_use]
    pub fn zeros(n: usize) -> Self {
        Self { cols: n, data: vec![0.0; n * n] }
    }

    /// Its trace.
    #[must_use]
    pub fn trace(&self) -> f64 {
        (0..self.cols).map(|i| self[(i, i)]).sum()
    }

    /// Changes it.
    pub fn shift(&mut self, by: f64) {
        for i in 0..self.cols {
            self[(i, 0)] += by;
        }
    }
}

/// A pair.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pair(pub f64, pub f64);

#[differentiate]
impl Add for Pair {
    type Output = Pair;
    fn add(self, other: Pair) -> Pair {
        Pair(self.0 + other.0, self.1 + other.1)
    }
}

#[differentiate]
impl Differentiated<f64> for Pair {
    type Output = f64;
    fn call(&self, x: f64) -> f64 {
        self.0 * x + self.1
    }
}

/// A kernel.
#[differentiate]
pub trait Kernel {
    /// Its value.
    fn eval(#[constant] &self, x: f64) -> f64;
    /// Twice its value.
    fn twice(#[constant] &self, x: f64) -> f64 {
        2.0 * self.eval(x)
    }
    /// Another.
    fn energy(&self, x: f64) -> f64;
}

/// The value of a kernel.
#[must_use]
#[differentiate]
pub fn value(#[constant] kernel: &dyn Kernel, x: f64) -> f64 {
    kernel.eval(x)
}

/// An enum.
#[derive(Clone, Debug, Differentiable)]
pub enum Shape {
    /// A circle.
    Circle(f64),
    /// A rectangle.
    Rect {
        /// Width.
        w: f64,
        /// Height.
        h: f64,
    },
    /// Nothing.
    Empty,
}

/// Its area, through a function.
#[must_use]
#[differentiate]
pub fn area(shape: &Shape, f: &impl Differentiated<f64, Output = f64>) -> f64 {
    let a = match shape {
        Shape::Circle(r) => r * r,
        Shape::Rect { w, h } => w * h,
        Shape::Empty => 0.0,
    };
    f.call(a)
}
