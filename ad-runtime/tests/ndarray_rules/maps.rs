//! Maps with closures.

use crate::checker::Random;
use ad_runtime::rt::methods::*;
use ad_runtime::slot::Inactive;
use ndarray::{Array1, Array2, Ix1, Ix2, array, s};

#[test]
fn mapv() {
    let mut random = Random::new();
    macro_rules! mapv {
        ($x0:expr) => {
            check2!(
                "mapv", x = $x0, w = 1.3;
                value x.mapv(|x| x * x * *w);
                jvp(x_dot, w_dot) {
                    let w_dot: f64 = ad_runtime::rt::tangent(w, w_dot);
                    let (z, z_dot) = x.__mapv_jvp(|x, x_dot| (x * x * *w, 2.0 * x * x_dot * *w + x * x * w_dot), x_dot);
                    assert_eq!(z, x.mapv(|x| x * x * *w));
                    assert_eq!((z.strides(), z_dot.strides()), (x.mapv(|x| x).strides(), z.strides()));
                    z_dot
                };
                adjoint(z_bar, x_bar, w_bar) {
                    let mut captured = 0.0;
                    x.__mapv_adjoint(|x, bar| { captured += bar * x * x; bar * 2.0 * x * *w }, z_bar, x_bar);
                    ad_runtime::rt::add(w_bar, captured);
                };
            );
            check1!(
                "map", x = $x0;
                value x.map(|x| x.sin());
                jvp(x_dot) x.__map_jvp(|x, x_dot| (x.sin(), x.cos() * x_dot), x_dot).1;
                adjoint(z_bar, x_bar) x.view().__map_adjoint(|x, bar: f64| x.cos() * bar, z_bar, x_bar);
            );
        };
    }
    mapv!(random.array::<f64, Ix1>(0));
    mapv!(random.array::<f64, Ix1>(7));
    mapv!(random.array::<f64, Ix2>((3, 4)));
    mapv!(random.array::<f64, Ix2>((3, 4)).reversed_axes());
}

#[test]
fn strided_mapv() {
    let mut random = Random::new();
    check1!(
        "map", x = random.array::<f64, Ix2>((6, 4)).slice_move(s![..;2, 1..]);
        value x.map(|x| x.sin());
        jvp(x_dot) x.__map_jvp(|x, x_dot| (x.sin(), x.cos() * x_dot), x_dot).1;
        adjoint(z_bar, x_bar) x.__mapv_into_any_adjoint(|x, bar: f64| x.cos() * bar, z_bar, x_bar);
    );
}

#[test]
fn in_place() {
    let mut random = Random::new();
    for n in [0, 1, 5] {
        check1!(
            "mapv_inplace", x = random.array::<f64, Ix1>(n);
            value { let mut x = x.clone(); x.mapv_inplace(f64::sin); x };
            jvp(x_dot) {
                let (mut x, mut dot) = (x.clone(), ad_runtime::rt::tangent(x, x_dot));
                x.__mapv_inplace_jvp(|x, dot| (x.sin(), x.cos() * dot), &mut dot);
                dot
            };
            adjoint(z_bar, x_bar) {
                let mut bar = z_bar;
                x.__mapv_inplace_adjoint(|x, bar| x.cos() * bar, &mut bar);
                ad_runtime::rt::add(x_bar, bar);
            };
        );
        check1!(
            "map_inplace", x = random.array::<f64, Ix1>(n);
            value { let mut x = x.clone(); x.map_inplace(|x| *x = x.sin()); x };
            jvp(x_dot) {
                let (mut x, mut dot) = (x.clone(), ad_runtime::rt::tangent(x, x_dot));
                x.__map_inplace_jvp(|x, dot| (*x, *dot) = (x.sin(), x.cos() * *dot), &mut dot);
                dot
            };
            adjoint(z_bar, x_bar) {
                let mut bar = z_bar;
                x.__map_inplace_adjoint(|x, bar| *bar *= x.cos(), &mut bar.view_mut());
                ad_runtime::rt::add(x_bar, bar);
            };
        );
    }
}

#[test]
fn elements_need_only_be_differentiable() {
    let index = array![2_usize, 0];
    let table = array![1.0, 2.0, 3.0];
    let mut table_bar: Array1<f64> = Array1::zeros(3);
    let bars = array![1.0, 10.0];
    index.__mapv_adjoint(|i, bar: f64| table_bar[i] += bar, bars, Inactive);
    assert_eq!(table_bar, array![10.0, 0.0, 1.0]);
    let (z, z_dot) = index.__mapv_jvp(|i, ()| (table[i], 0.0), Inactive);
    assert_eq!((z, z_dot), (array![3.0, 1.0], array![0.0, 0.0]));
}

#[test]
#[should_panic(expected = "a derivative of shape [2, 1] meets a value of shape [2, 2]")]
fn a_cotangent_of_another_shape_is_refused() {
    let x: Array2<f64> = Array2::zeros((2, 2));
    x.__mapv_adjoint(|_, bar: f64| bar, Array2::zeros((2, 1)), Inactive);
}
