use ad_runtime::differentiate;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

#[differentiate]
fn f(x: f64, n: usize) -> f64 {
    let a = square!(x);
    let b = x as usize as f64;
    let g = (|y: f64| y * x, n);
    unsafe {
        println!("{}", x);
    }
    a + b + (g.0)(x)
}

#[differentiate]
fn uses_it(x: f64) -> f64 {
    // The stubs of `f` stand in for its derivatives: no error follows here.
    f(x, 1) + f::grad(1.0, 1)
}

fn main() {}
