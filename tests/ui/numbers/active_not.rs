use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Turn(f64);

impl std::ops::Not for Turn {
    type Output = Turn;
    fn not(self) -> Turn {
        Turn(-self.0)
    }
}

#[differentiate]
fn f(x: f64) -> f64 {
    let turn = Turn(x);
    let back = !turn;
    back.0 * x
}

fn main() {}
