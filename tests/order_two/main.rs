//! Order two: `hvp` against finite differences of `grad`, `hessian` against `hvp` and closed forms.

mod abreast;
mod closed_forms;
mod linalg;
mod matrices;
mod mutation;
mod nested;
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

/// Checks functions of a vector of six numbers: `hvp` against differences of `grad`, the symmetry of `hessian`, and one against the other.
macro_rules! check {
    ($($f:ident)*) => {$(
        let x: ndarray::Array1<f64> = ndarray::array![0.4, 1.3, 0.7, 0.9, 1.6, 0.55];
        let v: ndarray::Array1<f64> = ndarray::array![0.3, -0.5, 0.8, 0.2, -0.7, 0.45];
        let of = |x: &[f64]| ndarray::Array1::from_vec(x.to_vec());
        $crate::check_hvp(
            stringify!($f),
            x.as_slice().unwrap(),
            v.as_slice().unwrap(),
            |x| $f::grad(&of(x)).to_vec(),
            |x, v| $f::hvp(&of(x), &of(v)).to_vec(),
        );
        let (hessian, product) = ($f::hessian(&x), $f::hvp(&x, &v));
        for (i, (row, product)) in hessian.rows().into_iter().zip(&product).enumerate() {
            let expected = row.dot(&v);
            assert!((expected - product).abs() < 1e-9 * (1.0 + expected.abs()), "{}", stringify!($f));
            for (j, h) in row.iter().enumerate() {
                let mirrored = hessian[[j, i]];
                assert!((h - mirrored).abs() < 1e-9 * (1.0 + h.abs()), "{} [{i}, {j}]", stringify!($f));
            }
        }
    )*};
}
use check;
