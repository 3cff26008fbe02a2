//! Methods and functions that change an array in place.

use crate::checker::Random;
use ad_runtime::rt;
use ad_runtime::rt::methods::*;
use ad_runtime::rules::ndarray::functions;
use ad_runtime::slot::Inactive;
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array1, Array2, Ix1, Ix2, array};

#[test]
fn methods() {
    let mut random = Random::new();
    for shape in [(3, 4), (1, 4), (3, 1), (1, 1)] {
        let y0: Array2<f64> = random.array(shape);
        check2!(
            "assign", x = random.array::<f64, Ix2>((3, 4)), y = y0.clone();
            value { let mut x = x.clone(); x.assign(y); x };
            jvp(x_dot, y_dot) {
                let (mut x, mut dot) = (x.clone(), rt::tangent(x, x_dot));
                x.__assign_jvp(y, &mut dot, y_dot);
                dot
            };
            adjoint(z_bar, x_bar, y_bar) {
                let mut bar = z_bar;
                x.__assign_adjoint(y, &mut bar, y_bar);
                rt::add(x_bar, bar);
            };
        );
        check2!(
            "scaled_add", x = random.array::<f64, Ix2>((3, 4)), y = (0.7, y0.clone());
            value { let mut x = x.clone(); x.scaled_add(y.0, &y.1); x };
            jvp(x_dot, y_dot) {
                let (mut x, mut dot) = (x.clone(), rt::tangent(x, x_dot));
                let y_dot: (f64, Array2<f64>) = rt::tangent(y, y_dot);
                x.__scaled_add_jvp(y.0, &y.1, &mut dot, &y_dot.0, &y_dot.1);
                dot
            };
            adjoint(z_bar, x_bar, y_bar) {
                let (mut bar, mut bars) = (z_bar, rt::zero(y));
                x.__scaled_add_adjoint(y.0, &y.1, &mut bar, &mut bars.0, &mut bars.1);
                rt::add(x_bar, bar);
                rt::add(y_bar, bars);
            };
        );
        check2!(
            "zip_mut_with", x = random.array::<f64, Ix2>((3, 4)), y = y0;
            value { let mut x = x.clone(); x.zip_mut_with(y, |x, y| *x = x.sin() * y * y); x };
            jvp(x_dot, y_dot) {
                let (mut x, mut dot) = (x.clone(), rt::tangent(x, x_dot));
                x.__zip_mut_with_jvp(y, |x, dx, y, dy| {
                    *dx = x.cos() * *dx * y * y + x.sin() * 2.0 * y * dy;
                    *x = x.sin() * y * y;
                }, &mut dot, y_dot);
                dot
            };
            adjoint(z_bar, x_bar, y_bar) {
                let mut bar = z_bar;
                x.__zip_mut_with_adjoint(y, |x, bar, y| {
                    let y_bar = *bar * x.sin() * 2.0 * y;
                    *bar *= x.cos() * y * y;
                    y_bar
                }, &mut bar, y_bar);
                rt::add(x_bar, bar);
            };
        );
    }
    check2!(
        "fill", x = random.array::<f64, Ix1>(3), y = 0.7;
        value { let mut x = x.clone(); x.fill(*y); x };
        jvp(x_dot, y_dot) {
            let (mut x, mut dot) = (x.clone(), rt::tangent(x, x_dot));
            x.__fill_jvp(*y, &mut dot, y_dot);
            dot
        };
        adjoint(z_bar, x_bar, y_bar) {
            let mut bar = z_bar;
            x.__fill_adjoint(*y, &mut bar, y_bar);
            rt::add(x_bar, bar);
        };
    );
}

#[test]
fn values_change_without_tangents_too() {
    let mut x: Array1<f64> = array![1.0, 2.0];
    let y = array![10.0, 20.0];
    x.__zip_mut_with_jvp(&y, |x, _, y, _| *x += y, Inactive, Inactive);
    assert_eq!(x, array![11.0, 22.0]);
    x.__scaled_add_jvp(1.0, &y, Inactive, Inactive, Inactive);
    assert_eq!(x, array![21.0, 42.0]);
    x.__mapv_inplace_jvp(|x, _| (x + 1.0, 0.0), Inactive);
    assert_eq!(x, array![22.0, 43.0]);
    x.__assign_jvp(&y, Inactive, &y);
    assert_eq!(x, y);
    x.__fill_jvp(3.0, Inactive, Inactive);
    assert_eq!(x, array![3.0, 3.0]);
}

#[test]
fn general_products() {
    let mut random = Random::new();
    for (m, k, n) in [(3, 4, 2), (1, 1, 1), (0, 2, 1), (5, 1, 9)] {
        let pair: (Array2<f64>, Array2<f64>) = (random.array((m, k)), random.array((k, n)));
        check2!(
            "general_mat_mul", c = random.array::<f64, Ix2>((m, n)), y = (pair.clone(), (0.7, 1.3));
            value { let mut c = c.clone(); general_mat_mul(y.1.0, &y.0.0, &y.0.1, y.1.1, &mut c); c };
            jvp(c_dot, y_dot) {
                let (mut c, mut dot) = (c.clone(), rt::tangent(c, c_dot));
                let ((a, b), (alpha, beta)) = rt::tangent(y, y_dot);
                functions::general_mat_mul::__jvp(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, &mut c, &alpha, &a, &b, &beta, &mut dot,
                );
                dot
            };
            adjoint(z_bar, c_bar, y_bar) {
                let (mut bar, mut bars) = (z_bar, rt::zero(y));
                let ((a, b), (alpha, beta)) = &mut bars;
                functions::general_mat_mul::__adjoint(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, c, (), &mut *alpha, &mut *a, &mut *b, &mut *beta, &mut bar,
                );
                rt::add(c_bar, bar);
                rt::add(y_bar, bars);
            };
            second(z_bar_dot, c_bar_dot, y_bar_dot) {
                let (mut bar, mut dot) = (z_bar, z_bar_dot);
                let (mut bars, mut dots) = (rt::zero(y), rt::zero(y));
                let (c_dot, y_dot) = (rt::tangent(c, c_dot), rt::tangent(y, y_dot));
                let (((a, b), (alpha, beta)), ((a1, b1), (alpha1, beta1))) = (&mut bars, &mut dots);
                functions::general_mat_mul::__adjoint_jvp(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, c,
                    &y_dot.1.0, &y_dot.0.0, &y_dot.0.1, &y_dot.1.1, &c_dot, (), (),
                    &mut *alpha, &mut *a, &mut *b, &mut *beta, &mut bar,
                    &mut *alpha1, &mut *a1, &mut *b1, &mut *beta1, &mut dot,
                );
                rt::add(c_bar, bar);
                rt::add(y_bar, bars);
                rt::add(c_bar_dot, dot);
                rt::add(y_bar_dot, dots);
            };
        );
        let pair: (Array2<f64>, Array1<f64>) = (random.array((m, k)), random.array(k));
        check2!(
            "general_mat_vec_mul", c = random.array::<f64, Ix1>(m), y = (pair.clone(), (0.7, 1.3));
            value { let mut c = c.clone(); general_mat_vec_mul(y.1.0, &y.0.0, &y.0.1, y.1.1, &mut c); c };
            jvp(c_dot, y_dot) {
                let (mut c, mut dot) = (c.clone(), rt::tangent(c, c_dot));
                let ((a, x), (alpha, beta)) = rt::tangent(y, y_dot);
                functions::general_mat_vec_mul::__jvp(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, &mut c, &alpha, &a, &x, &beta, &mut dot,
                );
                dot
            };
            adjoint(z_bar, c_bar, y_bar) {
                let (mut bar, mut bars) = (z_bar, rt::zero(y));
                let ((a, x), (alpha, beta)) = &mut bars;
                functions::general_mat_vec_mul::__adjoint(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, c, (), &mut *alpha, &mut *a, &mut *x, &mut *beta, &mut bar,
                );
                rt::add(c_bar, bar);
                rt::add(y_bar, bars);
            };
            second(z_bar_dot, c_bar_dot, y_bar_dot) {
                let (mut bar, mut dot) = (z_bar, z_bar_dot);
                let (mut bars, mut dots) = (rt::zero(y), rt::zero(y));
                let (c_dot, y_dot) = (rt::tangent(c, c_dot), rt::tangent(y, y_dot));
                let (((a, x), (alpha, beta)), ((a1, x1), (alpha1, beta1))) = (&mut bars, &mut dots);
                functions::general_mat_vec_mul::__adjoint_jvp(
                    y.1.0, &y.0.0, &y.0.1, y.1.1, c,
                    &y_dot.1.0, &y_dot.0.0, &y_dot.0.1, &y_dot.1.1, &c_dot, (), (),
                    &mut *alpha, &mut *a, &mut *x, &mut *beta, &mut bar,
                    &mut *alpha1, &mut *a1, &mut *x1, &mut *beta1, &mut dot,
                );
                rt::add(c_bar, bar);
                rt::add(y_bar, bars);
                rt::add(c_bar_dot, dot);
                rt::add(y_bar_dot, dots);
            };
        );
    }
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    let x: Array1<f64> = Array1::zeros(2);
    x.__assign_adjoint(&x, &mut Array1::zeros(3), Inactive);
}
