use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Vec2 {
    x: f64,
    y: f64,
}

#[differentiate]
impl Vec2 {
    fn len(&self) -> f64 {
        self.x.hypot(self.y)
    }
}

#[differentiate]
fn f(v: &Vec2) -> f64 {
    v.len() * v.x
}

fn main() {}
