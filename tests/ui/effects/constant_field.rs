use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, Differentiable)]
struct State {
    x: f64,
    #[constant]
    time: f64,
    #[constant]
    step: f64,
}

#[differentiate]
fn constants(x: f64) -> f64 {
    let mut s = State { x, time: 0.0, step: 0.1 };
    s.time += s.step;
    s.time = s.time + s.step;
    s.x * s.time
}

#[differentiate]
fn assigned(x: f64) -> f64 {
    let mut s = State { x, time: 0.0, step: 0.1 };
    s.time = x * x;
    s.x * s.time
}

#[differentiate]
fn added(x: f64) -> f64 {
    let mut s = State { x, time: 0.0, step: 0.1 };
    s.time += x;
    s.x * s.time
}

fn main() {}
