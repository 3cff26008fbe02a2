//! Order two: `hvp` against finite differences of `grad`, `hessian` against `hvp` and closed forms.

mod matrices;
mod mutation;
mod scalars;

/// Checks that `hvp` is the derivative of `grad` along `v`, by central differences.
pub fn check_hvp(
    name: &str,
    x: &[f64],
    v: &[f64],
    grad: impl Fn(&[f64]) -> Vec<f64>,
    hvp: impl Fn(&[f64], &[f64]) -> Vec<f64>,
) {
    let h = 1e-5;
    let moved = |by: f64| -> Vec<f64> { x.iter().zip(v).map(|(x, v)| x + by * v).collect() };
    let (ahead, behind) = (grad(&moved(h)), grad(&moved(-h)));
    let product = hvp(x, v);
    assert_eq!(product.len(), x.len(), "{name}: the length of `hvp`");
    for i in 0..x.len() {
        let difference = (ahead[i] - behind[i]) / (2.0 * h);
        let error = (product[i] - difference).abs() / (1.0 + difference.abs());
        assert!(
            error < 1e-6,
            "{name}: `hvp` has {} in coordinate {i}, differences of `grad` {difference}",
            product[i]
        );
    }
}
