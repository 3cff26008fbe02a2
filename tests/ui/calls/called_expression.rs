use ad_runtime::differentiate;

#[differentiate]
fn f(functions: &[fn(f64) -> f64], x: f64) -> f64 {
    functions[0](x)
}

fn main() {}
