//! Methods of the user's that are called like ones of the standard library whose results are constant, or that
//! take `&self`.

use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

#[differentiate]
impl Vector {
    fn shape(&self) -> f64 {
        self.x * self.y
    }

    fn contains(&self, k: f64) -> f64 {
        self.x * k
    }

    fn dot(&mut self, k: f64) -> f64 {
        self.x *= k;
        self.x
    }
}

#[differentiate]
fn without_arguments(v: Vector) -> f64 {
    v.shape() * v.x
}

#[differentiate]
fn with_an_argument(v: Vector, k: f64) -> f64 {
    v.contains(k) * v.y
}

#[differentiate]
fn that_changes(v: Vector, k: f64) -> f64 {
    let mut q = v;
    q.dot(k) * q.x
}

fn main() {}
