//! `dot`.

use crate::checker::Random;
use ad_runtime::rt::methods::*;
use ndarray::{Array, Array1, Array2, Ix1, Ix2, s};

macro_rules! dot {
    ($name:expr, $x0:expr, $y0:expr) => {
        dot!($name, x = $x0, y = $y0; x, y);
        dot!($name, x = $x0, y = $y0; x.view(), &y.view());
        dot!($name, x = $x0, y = $y0; &**x, &**y);
        dot!($name, x = $x0, y = $y0; x, &y.to_shared());
    };
    ($name:expr, $x:ident = $x0:expr, $y:ident = $y0:expr; $a:expr, $b:expr) => {
        check2!(
            format!("dot {:?} {} {}", $name, stringify!($a), stringify!($b)), $x = $x0, $y = $y0;
            value $a.dot($b);
            jvp(x_dot, y_dot) {
                let (z, z_dot) = $a.__dot_jvp($b, x_dot, y_dot);
                assert_eq!(z, $a.dot($b));
                z_dot
            };
            adjoint(z_bar, x_bar, y_bar) $a.__dot_adjoint($b, z_bar, x_bar, y_bar);
            second(z_bar_dot, x_bar_dot, y_bar_dot) $a.__dot_adjoint_jvp(
                $b, x_dot, y_dot, z_bar, z_bar_dot, x_bar, y_bar, x_bar_dot, y_bar_dot,
            );
        );
    };
}

macro_rules! all_dots {
    ($f:ty) => {
        let mut random = Random::new();
        for (m, k, n) in
            [(0, 0, 0), (1, 1, 1), (3, 4, 2), (7, 1, 9), (1, 5, 1), (2, 0, 3), (9, 11, 6)]
        {
            let shapes = (m, k, n);
            dot!(shapes, random.array::<$f, Ix1>(k), random.array::<$f, Ix1>(k));
            dot!(shapes, random.array::<$f, Ix2>((m, k)), random.array::<$f, Ix1>(k));
            dot!(shapes, random.array::<$f, Ix1>(k), random.array::<$f, Ix2>((k, n)));
            dot!(shapes, random.array::<$f, Ix2>((m, k)), random.array::<$f, Ix2>((k, n)));
            // Other memory orders, transposed and strided operands.
            dot!(
                shapes,
                random.array::<$f, Ix2>((k, m)).reversed_axes(),
                random.array::<$f, Ix1>(k)
            );
            dot!(
                shapes,
                random.array::<$f, Ix1>(k),
                random.array::<$f, Ix2>((n, k)).reversed_axes()
            );
            dot!(
                shapes,
                random.array::<$f, Ix2>((k, m)).reversed_axes(),
                random.array::<$f, Ix2>((n, k)).reversed_axes()
            );
        }
    };
}

#[test]
fn all_shapes_of_f64() {
    all_dots!(f64);
}

#[test]
fn all_shapes_of_f32() {
    all_dots!(f32);
}

#[test]
fn twice_the_same_operand() {
    let mut random = Random::new();
    for n in [0, 1, 4] {
        check1!(
            "x · x", x = random.array::<f64, Ix1>(n);
            value x.dot(x);
            jvp(x_dot) x.__dot_jvp(x, x_dot, x_dot).1;
            adjoint(z_bar, x_bar) x.__dot_square_adjoint(z_bar, x_bar);
            second(z_bar_dot, x_bar_dot) x.__dot_square_adjoint_jvp(x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
        );
        check1!(
            "X X", x = random.array::<f64, Ix2>((n, n));
            value x.dot(x);
            jvp(x_dot) x.__dot_jvp(x, x_dot, x_dot).1;
            adjoint(z_bar, x_bar) x.view().__dot_square_adjoint(z_bar, x_bar);
            second(z_bar_dot, x_bar_dot) x.view().__dot_square_adjoint_jvp(x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
        );
    }
}

#[test]
fn parts_of_arrays() {
    let mut random = Random::new();
    let a: Array2<f64> = random.array((5, 6));
    let b: Array2<f64> = random.array((6, 4));
    let mut a_bar = Array2::zeros((5, 6));
    let mut b_bar = Array2::zeros((6, 4));
    a.row(2).__dot_adjoint(&b.column(1), 2.0, &mut a_bar.row_mut(2), &mut b_bar.column_mut(1));
    assert_eq!(a_bar.row(2), &b.column(1) * 2.0);
    assert_eq!(b_bar.column(1), &a.row(2) * 2.0);
    let (x, x_bar) = (a.slice(s![..;2, 1..5]), a_bar.slice_mut(s![..;2, 1..5]));
    let (y, y_bar) = (b.slice(s![1..5, ..;-1]), b_bar.slice_mut(s![1..5, ..;-1]));
    let (mut x_bar, mut y_bar) = (x_bar, y_bar);
    x_bar.fill(0.0);
    y_bar.fill(0.0);
    let z_bar: Array2<f64> = random.array((3, 4));
    x.__dot_adjoint(&y, z_bar.clone(), &mut x_bar, &mut y_bar);
    assert!((&x_bar - &z_bar.dot(&y.t())).iter().all(|e| e.abs() < 1e-14));
    assert!((&y_bar - &x.t().dot(&z_bar)).iter().all(|e| e.abs() < 1e-14));
}

#[test]
#[should_panic(expected = "a derivative of shape [2] meets a value of shape [3]")]
fn a_cotangent_of_another_shape_is_refused() {
    let (a, x): (Array2<f64>, Array1<f64>) = (Array::zeros((3, 2)), Array::zeros(2));
    a.__dot_adjoint(&x, Array::zeros(2), &mut a.clone(), &mut x.clone());
}

#[test]
#[should_panic(expected = "a derivative of shape [4] meets a value of shape [2]")]
fn a_slot_of_another_shape_is_refused() {
    let (a, x): (Array2<f64>, Array1<f64>) = (Array::zeros((3, 2)), Array::zeros(2));
    a.__dot_adjoint(&x, Array::zeros(3), &mut a.clone(), &mut Array::zeros(4));
}
