#[derive(ad_runtime::Differentiable)]
struct Layer(usize, f64);

fn main() {}
