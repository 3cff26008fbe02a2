#[derive(ad_runtime::Differentiable)]
enum Shape {
    #[constant]
    Circle(f64),
    Square {
        #[constant(always)]
        side: f64,
    },
}

fn main() {}
