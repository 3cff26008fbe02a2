use ad_runtime::{Differentiable, differentiate};
use std::ops::Index;

#[derive(Clone, Differentiable)]
struct Ring {
    data: Vec<f64>,
    #[constant]
    start: usize,
}

#[differentiate]
impl Index<usize> for Ring {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.data[(self.start + i) % 8]
    }
}

#[derive(Clone, Differentiable)]
struct Shifted(Vec<f64>);

#[differentiate]
impl Index<usize> for Shifted {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        self.0.iter().nth(i).unwrap()
    }
}

fn main() {}
