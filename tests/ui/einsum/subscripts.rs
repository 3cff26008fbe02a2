//! Subscripts that do not fit are errors at the string.
use ad_runtime::{differentiate, einsum};
use ndarray::{Array1, Array2};

#[differentiate]
fn quadratic(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
    einsum!("i,ij,j->", x, a)
}

fn main() {
    let a = Array2::<f64>::zeros((2, 2));
    let _ = einsum!("ij->ik", a);
    let _ = einsum!("i..j", a);
}
