use ad_runtime::differentiate;

fn log(x: f64) {
    println!("{x}");
}

#[differentiate]
fn f(x: f64) -> f64 {
    log(x);
    x * x
}

fn main() {}
