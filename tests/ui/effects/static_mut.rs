use ad_runtime::differentiate;

static mut LAST: f64 = 0.0;

#[differentiate]
fn f(x: f64) -> f64 {
    unsafe {
        LAST = x;
    }
    x * x
}

fn main() {}
