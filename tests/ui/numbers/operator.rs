use ad_runtime::differentiate;

use std::ops::BitAnd;

#[derive(Clone, Copy, ad_runtime::Differentiable)]
struct Value(f64);

impl BitAnd for Value {
    type Output = Value;
    fn bitand(self, other: Value) -> Value {
        Value(self.0 * other.0)
    }
}

#[differentiate]
fn f(x: Value, y: Value) -> Value {
    x & y
}

fn main() {}
