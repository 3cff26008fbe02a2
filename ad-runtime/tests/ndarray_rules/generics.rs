//! The rules in code that is generic over the scalar, the number of axes and the ownership.

use ad_runtime::rt::methods::*;
use ad_runtime::slot::{Inactive, Pending};
use ad_runtime::{Real, rt};
use ndarray::{Array, Array1, Array2, ArrayBase, ArrayRef, Data, Dimension, Ix1, array};

/// The gradient of `Σ s x sin(y)` in `x` and `s`.
fn weighted<T: Real, D: Dimension + 'static>(
    x: &Array<T, D>,
    y: &Array<T, D>,
    s: T,
) -> (Array<T, D>, T) {
    let sine = y.sin();
    let scaled = x * s;
    let product = &scaled * &sine;
    let (mut x_bar, mut s_bar) = (rt::zero(x), T::zero());
    let (mut product_bar, mut scaled_bar) = (Pending::new(), Pending::new());
    product.__sum_adjoint(T::one(), &mut product_bar);
    rt::mul_adjoint(&&scaled, &&sine, product_bar.finish(&product), &mut scaled_bar, Inactive);
    rt::mul_adjoint(&x, &s, scaled_bar.finish(&scaled), &mut x_bar, &mut s_bar);
    (x_bar, s_bar)
}

/// The gradient of `|A x|²` in `x`.
fn squared<T: Real, S: Data<Elem = T>>(
    a: &ArrayRef<T, ndarray::Ix2>,
    x: &ArrayBase<S, Ix1>,
) -> Array1<T> {
    let y = a.dot(x);
    let (mut x_bar, mut y_bar) = (rt::zero(x), Pending::new());
    y.__dot_square_adjoint(T::one(), &mut y_bar);
    a.__dot_adjoint(x, y_bar.finish(&y), Inactive, &mut x_bar);
    x_bar
}

#[test]
fn generic_callers() {
    let (x, y): (Array2<f64>, Array2<f64>) = (array![[1.0, 2.0]], array![[0.5, 0.25]]);
    let (x_bar, s_bar) = weighted(&x, &y, 3.0);
    assert_eq!(x_bar, y.sin() * 3.0);
    assert!((s_bar - (&x * &y.sin()).sum()).abs() < 1e-15);
    let a: Array2<f32> = array![[1.0, 2.0], [3.0, 4.0]];
    let x: Array1<f32> = array![1.0, -1.0];
    assert_eq!(squared(&a, &x.view()), a.t().dot(&a.dot(&x)) * 2.0);
}

#[test]
fn arrays_of_other_elements_have_tangents_too() {
    let indices = array![1_usize, 2];
    assert_eq!(rt::zero(&indices), array![(), ()]);
    let pairs = array![[1.0, 2.0], [3.0, 4.0]].map(|&x| (x, 2.0 * x));
    let mut bar = rt::zero(&pairs);
    rt::add(&mut bar, pairs.clone());
    rt::add(&mut bar.row_mut(0), pairs.row(0).to_owned());
    assert_eq!(bar[[0, 1]], (4.0, 8.0));
    assert_eq!(rt::take(&pairs, &mut bar)[[1, 1]], (4.0, 8.0));
    assert_eq!(bar, rt::zero(&pairs));
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn accumulating_another_shape_is_refused() {
    let mut bar: Array1<f64> = Array1::zeros(2);
    rt::add(&mut bar, Array1::zeros(3));
}
