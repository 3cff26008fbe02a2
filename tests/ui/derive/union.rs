#[derive(Clone, Copy, ad_runtime::Differentiable)]
union Number {
    float: f64,
    bits: u64,
}

fn main() {}
