//! Reductions of whole arrays and along an axis.

use crate::checker::Random;
use ad_runtime::rt::methods::*;
use ad_runtime::slot::Inactive;
use ndarray::{Array, Array1, Array2, Axis, Ix1, Ix2, Ix3, array, s};

macro_rules! reduction {
    ($x0:expr; $name:ident $jvp:ident $adjoint:ident $second:ident ($($arg:expr),*) ($($inactive:expr),*)) => {
        check1!(
            format!("{} of {:?}", stringify!($name), $x0.shape()), x = $x0;
            value x.$name($($arg),*);
            jvp(x_dot) {
                let (z, z_dot) = x.view().$jvp($($arg,)* x_dot $(, $inactive)*);
                assert_eq!(z, x.$name($($arg),*));
                z_dot
            };
            adjoint(z_bar, x_bar) x.$adjoint($($arg,)* z_bar, x_bar $(, $inactive)*);
            second(z_bar_dot, x_bar_dot) x.$second(
                $($arg,)* x_dot $(, $inactive)*, z_bar, z_bar_dot, x_bar $(, $inactive)*, x_bar_dot $(, $inactive)*
            );
        );
    };
}

macro_rules! reductions {
    ($x0:expr) => {
        reduction!($x0; sum __sum_jvp __sum_adjoint __sum_adjoint_jvp () ());
        reduction!($x0; mean __mean_jvp __mean_adjoint __mean_adjoint_jvp () ());
        reduction!($x0; product __product_jvp __product_adjoint __product_adjoint_jvp () ());
        if $x0.len() > 1 {
            reduction!($x0; var __var_jvp __var_adjoint __var_adjoint_jvp (1.0) (Inactive));
            reduction!($x0; std __std_jvp __std_adjoint __std_adjoint_jvp (0.5) (Inactive));
        }
    };
}

macro_rules! axis_reductions {
    ($x0:expr, $axis:expr) => {
        reduction!($x0; sum_axis __sum_axis_jvp __sum_axis_adjoint __sum_axis_adjoint_jvp ($axis) (Inactive));
        reduction!($x0; mean_axis __mean_axis_jvp __mean_axis_adjoint __mean_axis_adjoint_jvp ($axis) (Inactive));
        reduction!($x0; product_axis __product_axis_jvp __product_axis_adjoint __product_axis_adjoint_jvp ($axis) (Inactive));
        if $x0.len_of($axis) > 1 {
            reduction!($x0; var_axis __var_axis_jvp __var_axis_adjoint __var_axis_adjoint_jvp ($axis, 0.0) (Inactive, Inactive));
            reduction!($x0; std_axis __std_axis_jvp __std_axis_adjoint __std_axis_adjoint_jvp ($axis, 1.0) (Inactive, Inactive));
        }
    };
}

#[test]
fn to_one_number() {
    let mut random = Random::new();
    for n in [0, 1, 2, 13] {
        reductions!(random.array::<f64, Ix1>(n));
    }
    reductions!(random.array::<f32, Ix1>(6));
    reductions!(random.array::<f64, Ix2>((3, 4)).reversed_axes());
    reductions!(random.array::<f64, Ix2>((6, 4)).slice_move(s![..;2, 1..]));
    reductions!(random.array::<f64, Ix3>((2, 3, 2)).into_dyn());
}

#[test]
fn along_an_axis() {
    let mut random = Random::new();
    for axis in [Axis(0), Axis(1)] {
        for shape in [(0, 3), (1, 1), (3, 4), (2, 0)] {
            axis_reductions!(random.array::<f64, Ix2>(shape), axis);
        }
        axis_reductions!(random.array::<f64, Ix2>((4, 3)).reversed_axes(), axis);
        axis_reductions!(random.array::<f32, Ix2>((4, 3)), axis);
        axis_reductions!(random.array::<f64, Ix3>((2, 3, 4)), axis);
        axis_reductions!(random.array::<f64, Ix3>((2, 3, 4)).into_dyn(), axis);
    }
    axis_reductions!(random.array::<f64, Ix1>(5), Axis(0));
}

#[test]
fn products_with_zeros() {
    let gradient = |x: Array1<f64>| {
        let mut x_bar = Array1::zeros(x.len());
        x.__product_adjoint(1.0, &mut x_bar);
        x_bar
    };
    assert_eq!(gradient(array![2.0, 0.0, 3.0]), array![0.0, 6.0, 0.0]);
    assert_eq!(gradient(array![0.0, 0.0, 3.0]), array![0.0, 0.0, 0.0]);
    assert_eq!(gradient(array![1e-200, 1e-200, 1e200]), array![1.0, 1.0, 0.0]);
}

#[test]
fn the_spread_of_equal_numbers_has_slope_zero() {
    let x: Array2<f64> = Array::from_elem((3, 2), 0.5);
    let mut x_bar = Array2::zeros((3, 2));
    x.__std_adjoint(0.0, 1.0, &mut x_bar, Inactive);
    x.__std_axis_adjoint(Axis(0), 0.0, Array1::ones(2), &mut x_bar, Inactive, Inactive);
    assert_eq!(x_bar, Array2::<f64>::zeros((3, 2)));
    assert_eq!(x.__std_jvp(0.0, &x, Inactive), (0.0, 0.0));
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    Array2::<f64>::zeros((3, 2)).__sum_axis_adjoint(Axis(0), Array1::ones(3), Inactive, Inactive);
}

#[test]
#[should_panic(expected = "a tangent of variant `Some` is added to one of variant `None`")]
fn the_mean_of_nothing_has_no_cotangent() {
    Array1::<f64>::zeros(0).__mean_adjoint(Some(1.0), Inactive);
}
