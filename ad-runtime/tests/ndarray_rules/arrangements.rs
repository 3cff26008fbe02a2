//! Views, parts and other arrangements of arrays.

use crate::checker::Random;
use ad_runtime::rt::methods::*;
use ad_runtime::slot::Inactive;
use ndarray::{Array, Array1, Array2, Axis, Ix2, Ix3, Order, Slice, array, s};

/// A linear method: value, tangent and adjoint by the same arguments.
macro_rules! linear {
    ($x0:expr; $name:ident $jvp:ident $adjoint:ident $second:ident ($($arg:expr),*) ($($inactive:expr),*) $(; $own:ident)? $(as $to:expr)?) => {
        check1!(
            format!("{} of {:?}", stringify!($name), $x0.shape()), x = $x0;
            value linear!(@ owned x$(.$own())?.$name($($arg),*) $(, $to)?);
            jvp(x_dot) {
                let (z, z_dot) = x$(.$own())?.$jvp($($arg,)* x_dot $(, $inactive)*);
                assert_eq!(z, x$(.$own())?.$name($($arg),*));
                z_dot
            };
            adjoint(z_bar, x_bar) x.$adjoint($($arg,)* z_bar, x_bar $(, $inactive)*);
            second(z_bar_dot, x_bar_dot) x.$second(
                $($arg,)* x_dot $(, $inactive)*, z_bar, z_bar_dot, x_bar $(, $inactive)*, x_bar_dot $(, $inactive)*
            );
        );
    };
    (@ owned $value:expr) => { $value.to_owned() };
    (@ owned $value:expr, $to:expr) => { $to($value) };
}

fn matrices(random: &mut Random) -> Vec<Array2<f64>> {
    vec![
        random.array((1, 1)),
        random.array((3, 4)),
        random.array((4, 3)).reversed_axes(),
        random.array((6, 5)).slice_move(s![..;-2, 1..]),
    ]
}

#[test]
fn parts() {
    let mut random = Random::new();
    for x in matrices(&mut random) {
        let (i, j) = (x.nrows() - 1, x.ncols() / 2);
        linear!(x.clone(); row __row_jvp __row_adjoint __row_adjoint_jvp (i) (Inactive));
        linear!(x.clone(); column __column_jvp __column_adjoint __column_adjoint_jvp (j) (Inactive));
        linear!(x.clone(); diag __diag_jvp __diag_adjoint __diag_adjoint_jvp () ());
        linear!(x.clone(); slice __slice_jvp __slice_adjoint __slice_adjoint_jvp (s![..;2, ..-1]) (Inactive));
        linear!(x.clone(); slice __slice_jvp __slice_adjoint __slice_adjoint_jvp (s![i, ..;-1]) (Inactive));
        linear!(x.clone(); slice_axis __slice_axis_jvp __slice_axis_adjoint __slice_axis_adjoint_jvp (Axis(1), Slice::from(..j)) (Inactive, Inactive));
        linear!(x.clone(); index_axis __index_axis_jvp __index_axis_adjoint __index_axis_adjoint_jvp (Axis(0), i) (Inactive, Inactive));
        linear!(x.clone(); select __select_jvp __select_adjoint __select_adjoint_jvp (Axis(0), &[i, 0, i]) (Inactive, Inactive));
        linear!(x.clone(); select __select_jvp __select_adjoint __select_adjoint_jvp (Axis(1), &[]) (Inactive, Inactive));
    }
    linear!(random.array::<f32, Ix2>((3, 4)); row __row_jvp __row_adjoint __row_adjoint_jvp (1) (Inactive));
    linear!(random.array::<f64, Ix3>((2, 3, 2)); index_axis __index_axis_jvp __index_axis_adjoint __index_axis_adjoint_jvp (Axis(1), 2) (Inactive, Inactive));
    linear!(random.array::<f64, Ix3>((2, 3, 2)).into_dyn(); index_axis __index_axis_jvp __index_axis_adjoint __index_axis_adjoint_jvp (Axis(1), 2) (Inactive, Inactive));
}

#[test]
fn whole_arrays() {
    let mut random = Random::new();
    let mut arrays = matrices(&mut random);
    arrays.push(random.array((0, 3)));
    for x in arrays {
        let n = x.len();
        linear!(x.clone(); t __t_jvp __t_adjoint __t_adjoint_jvp () ());
        linear!(x.clone(); view __view_jvp __view_adjoint __view_adjoint_jvp () ());
        linear!(x.clone(); to_owned __to_owned_jvp __to_owned_adjoint __to_owned_adjoint_jvp () ());
        linear!(x.clone(); as_standard_layout __as_standard_layout_jvp __as_standard_layout_adjoint __as_standard_layout_adjoint_jvp () () as ndarray::CowArray::into_owned);
        linear!(x.clone(); flatten __flatten_jvp __flatten_adjoint __flatten_adjoint_jvp () () as ndarray::CowArray::into_owned);
        linear!(x.clone(); reversed_axes __reversed_axes_jvp __reversed_axes_adjoint __reversed_axes_adjoint_jvp () (); clone);
        linear!(x.clone(); permuted_axes __permuted_axes_jvp __permuted_axes_adjoint __permuted_axes_adjoint_jvp ([1, 0]) (Inactive); clone);
        linear!(x.clone(); insert_axis __insert_axis_jvp __insert_axis_adjoint __insert_axis_adjoint_jvp (Axis(1)) (Inactive); view);
        linear!(x.clone(); into_dyn __into_dyn_jvp __into_dyn_adjoint __into_dyn_adjoint_jvp () (); clone);
        linear!(x.clone(); into_owned __into_owned_jvp __into_owned_adjoint __into_owned_adjoint_jvp () (); view);
        linear!(x.clone(); to_shared __to_shared_jvp __to_shared_adjoint __to_shared_adjoint_jvp () ());
        linear!(x.clone(); into_flat __into_flat_jvp __into_flat_adjoint __into_flat_adjoint_jvp () (); clone);
        linear!(x.index_axis(Axis(1), 0).to_owned(); to_vec __to_vec_jvp __to_vec_adjoint __to_vec_adjoint_jvp () ());
        for order in [Order::RowMajor, Order::ColumnMajor] {
            check1!(
                "to_shape", x = x.clone();
                value x.to_shape(((1, n), order)).unwrap().into_owned();
                jvp(x_dot) {
                    let (z, z_dot) = x.__to_shape_jvp(((1, n), order), x_dot, Inactive);
                    assert_eq!(z, x.to_shape(((1, n), order)));
                    z_dot.unwrap()
                };
                adjoint(z_bar, x_bar) x.__to_shape_adjoint(((1, n), order), Ok(z_bar), x_bar, Inactive);
            );
            check1!(
                "into_shape_clone", x = x.clone();
                value x.clone().into_shape_clone((n, order)).unwrap();
                jvp(x_dot) x.clone().__into_shape_clone_jvp((n, order), x_dot, Inactive).1.unwrap();
                adjoint(z_bar, x_bar) x.__into_shape_clone_adjoint((n, order), Ok(z_bar), x_bar, Inactive);
            );
        }
    }
    linear!(
        random.array::<f64, Ix3>((2, 3, 4));
        permuted_axes __permuted_axes_jvp __permuted_axes_adjoint __permuted_axes_adjoint_jvp ([2, 0, 1]) (Inactive); clone
    );
    linear!(random.array::<f64, Ix3>((2, 1, 4)); remove_axis __remove_axis_jvp __remove_axis_adjoint __remove_axis_adjoint_jvp (Axis(1)) (Inactive); view);
}

#[test]
fn empty_parts() {
    let mut random = Random::new();
    let x: Array2<f64> = random.array((3, 4));
    linear!(x.clone(); slice_axis __slice_axis_jvp __slice_axis_adjoint __slice_axis_adjoint_jvp (Axis(1), Slice::from(2..2)) (Inactive, Inactive) as no_columns);
    let mut part = x.clone().slice_move(s![.., 2..2]);
    assert_eq!(ad_runtime::rt::zero(&part), Array2::<f64>::zeros((3, 0)));
    assert_eq!(ad_runtime::rt::tangent(&part, &part.clone()), Array2::<f64>::zeros((3, 0)));
    assert_eq!(ad_runtime::rt::take(&part.clone(), &mut part), Array2::<f64>::zeros((3, 0)));
}

fn no_columns(part: ndarray::ArrayView2<f64>) -> Array2<f64> {
    assert_eq!(part.shape(), [3, 0]);
    Array2::zeros((3, 0))
}

#[test]
fn new_shapes() {
    let mut random = Random::new();
    check1!(
        "into_shape_with_order", x = random.array::<f64, Ix2>((3, 4));
        value x.clone().into_shape_with_order((2, 6)).unwrap();
        jvp(x_dot) x.view().__into_shape_with_order_jvp((2, 6), x_dot, Inactive).1.unwrap();
        adjoint(z_bar, x_bar) x.__into_shape_with_order_adjoint((2, 6), Ok(z_bar), x_bar, Inactive);
    );
    let x: Array2<f64> = random.array((3, 4));
    let (value, dot) = x.clone().__into_shape_with_order_jvp(7, &x, Inactive);
    assert!(value.is_err() && dot.is_err());
    x.__into_shape_with_order_adjoint(7, Err(()), Inactive, Inactive);
    for shape in [(3, 4), (1, 4), (3, 1), (1, 1)] {
        check1!(
            "broadcast", x = random.array::<f64, Ix2>(shape);
            value x.broadcast((2, 3, 4)).unwrap().to_owned();
            jvp(x_dot) x.__broadcast_jvp((2, 3, 4), x_dot, Inactive).1.unwrap();
            adjoint(z_bar, x_bar) x.__broadcast_adjoint((2, 3, 4), Some(z_bar), x_bar, Inactive);
        );
    }
    assert_eq!(x.__broadcast_jvp(5, &x, Inactive), (None, None));
}

#[test]
fn a_transposed_cotangent_is_not_copied() {
    let x: Array2<f64> = Array::zeros((2, 3));
    let bar: Array2<f64> = Array::ones((3, 2));
    let address = bar.as_ptr();
    let mut x_bar = ad_runtime::slot::Pending::new();
    x.__t_adjoint(bar, &mut x_bar);
    assert_eq!(x_bar.finish(&x).as_ptr(), address);
}

#[test]
fn parts_of_parts() {
    let x: Array2<f64> = array![[1.0, 2.0], [3.0, 4.0]];
    let mut x_bar: Array2<f64> = Array::zeros((2, 2));
    x.row(0).__slice_adjoint(s![1..], array![5.0], &mut x_bar.row_mut(0), Inactive);
    assert_eq!(x_bar, array![[0.0, 5.0], [0.0, 0.0]]);
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    Array2::<f64>::zeros((3, 2)).__row_adjoint(
        0,
        Array1::ones(3),
        &mut Array2::zeros((3, 2)),
        Inactive,
    );
}

#[test]
#[should_panic(expected = "a derivative of shape [5] meets a value of shape [3, 2]")]
fn a_cotangent_of_another_length_is_refused() {
    Array2::<f64>::zeros((3, 2)).__flatten_adjoint(Array1::ones(5), &mut Array2::zeros((3, 2)));
}

#[test]
fn vectors_in_place_of_arrays() {
    let x: Array1<f64> = Array1::zeros(3);
    let mut x_bar: Array1<f64> = Array1::ones(3);
    x.__to_vec_adjoint(vec![1.0, 2.0, 3.0], &mut x_bar);
    assert_eq!(x_bar, array![2.0, 3.0, 4.0]);
}
