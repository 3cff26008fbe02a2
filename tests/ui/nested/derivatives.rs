use ad_runtime::differentiate;

#[differentiate(order = 2)]
fn inner(x: f64) -> f64 {
    x.powi(3)
}

#[differentiate]
fn pullback(x: f64) -> f64 {
    let (value, pullback) = inner::vjp(x);
    value * pullback(1.0)
}

#[differentiate]
fn curvature(x: f64) -> f64 {
    inner::hvp(x, 1.0)
}

#[differentiate]
fn matrix(x: f64) -> f64 {
    inner::jacobian_matrix(x)[[0, 0]]
}

#[differentiate(order = 2)]
fn of_order_three(x: f64) -> f64 {
    inner::grad(x)
}

fn main() {}
