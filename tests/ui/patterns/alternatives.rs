use ad_runtime::differentiate;

#[derive(Clone, ad_runtime::Differentiable)]
enum Shape {
    Circle(f64),
    Square(f64),
}

#[differentiate]
fn f(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(size) | Shape::Square(size) => size * size,
    }
}

fn main() {}
