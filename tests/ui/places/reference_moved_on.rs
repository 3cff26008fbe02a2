use ad_runtime::differentiate;

#[differentiate]
fn f(xs: &mut [f64]) {
    let (a, b) = xs.split_at_mut(1);
    let mut target = &mut a[0];
    *target *= 2.0;
    target = &mut b[0];
    *target *= 3.0;
}

fn main() {}
