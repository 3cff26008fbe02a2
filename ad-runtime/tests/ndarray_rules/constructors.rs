//! Constructors and free functions that make arrays.

use crate::checker::Random;
use ad_runtime::rt;
use ad_runtime::rt::methods::*;
use ad_runtime::rules::ndarray::functions;
use ad_runtime::slot::Inactive;
use ndarray::linalg::kron;
use ndarray::{ArcArray1, Array, Array1, Array2, Axis, Ix1, Ix2, ShapeBuilder, array};

#[test]
fn from_vectors() {
    let mut random = Random::new();
    for n in [0, 1, 4] {
        let v0 = random.array::<f64, Ix1>(n).to_vec();
        check1!(
            "from_vec", v = v0.clone();
            value Array1::from_vec(v.clone());
            jvp(v_dot) Array1::__from_vec_jvp(v.clone(), v_dot).1;
            adjoint(z_bar, v_bar) Array1::__from_vec_adjoint(v, z_bar, v_bar);
            second(z_bar_dot, v_bar_dot) Array1::__from_vec_adjoint_jvp(v, v_dot, z_bar, z_bar_dot, v_bar, v_bar_dot);
        );
        check1!(
            "from_vec, shared", v = v0.clone();
            value ArcArray1::from_vec(v.clone()).into_owned();
            jvp(v_dot) ArcArray1::__from_vec_jvp(v.clone(), v_dot).1;
            adjoint(z_bar, v_bar) ArcArray1::__from_vec_adjoint(v, z_bar, v_bar);
            second(z_bar_dot, v_bar_dot) ArcArray1::__from_vec_adjoint_jvp(v, v_dot, z_bar, z_bar_dot, v_bar, v_bar_dot);
        );
        check1!(
            "arr1", v = v0.clone();
            value ndarray::arr1(v);
            jvp(v_dot) functions::arr1::__jvp(v, v_dot).1;
            adjoint(z_bar, v_bar) functions::arr1::__adjoint(v, z_bar, v_bar);
            second(z_bar_dot, v_bar_dot) functions::arr1::__adjoint_jvp(v, v_dot, z_bar, z_bar_dot, v_bar, v_bar_dot);
        );
    }
    let v0 = random.array::<f64, Ix1>(6).to_vec();
    check1!(
        "from_shape_vec", v = v0.clone();
        value Array::from_shape_vec((2, 3), v.clone()).unwrap();
        jvp(v_dot) Array2::__from_shape_vec_jvp((2, 3), v.clone(), Inactive, v_dot).1.unwrap();
        adjoint(z_bar, v_bar) Array2::__from_shape_vec_adjoint((2, 3), v, Ok(z_bar), Inactive, v_bar);
    );
    check1!(
        "from_shape_vec, columns", v = v0.clone();
        value Array::from_shape_vec((2, 3).f(), v.clone()).unwrap();
        jvp(v_dot) Array2::__from_shape_vec_jvp((2, 3).f(), v.clone(), Inactive, v_dot).1.unwrap();
        adjoint(z_bar, v_bar) Array::__from_shape_vec_adjoint((2, 3).f(), v, Ok(z_bar), Inactive, v_bar);
    );
    let (value, dot) = Array2::<f64>::__from_shape_vec_jvp((2, 2), v0.clone(), Inactive, &v0);
    assert!(value.is_err() && dot.is_err());
}

#[test]
fn from_rows() {
    let rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    let (z, z_dot) = functions::arr2::__jvp(&rows, &rows);
    assert_eq!((z, z_dot), (ndarray::arr2(&rows), ndarray::arr2(&rows)));
    let mut bars = vec![[0.0; 2]; 3];
    functions::arr2::__adjoint(&rows, ndarray::arr2(&rows), &mut bars[..]);
    assert_eq!(bars, rows);
    let mut bars = [[1.0; 2]; 3];
    functions::arr2::__adjoint(&rows, ndarray::arr2(&rows), &mut bars);
    assert_eq!(bars, [[2.0, 3.0], [4.0, 5.0], [6.0, 7.0]]);
}

#[test]
fn from_elements() {
    let mut random = Random::new();
    check1!(
        "from_elem", x = 0.7;
        value Array2::from_elem((2, 3), *x);
        jvp(x_dot) Array2::__from_elem_jvp((2, 3), *x, Inactive, x_dot).1;
        adjoint(z_bar, x_bar) Array2::__from_elem_adjoint((2, 3), *x, z_bar, Inactive, x_bar);
    );
    check1!(
        "from_diag_elem", x = 0.7;
        value Array2::from_diag_elem(3, *x);
        jvp(x_dot) Array2::__from_diag_elem_jvp(3, *x, Inactive, x_dot).1;
        adjoint(z_bar, x_bar) Array2::__from_diag_elem_adjoint(3, *x, z_bar, Inactive, x_bar);
    );
    for n in [0, 1, 2, 5] {
        check2!(
            "linspace", a = 0.7, b = -1.2;
            value Array1::linspace(*a, *b, n);
            jvp(a_dot, b_dot) Array1::__linspace_jvp(*a, *b, n, a_dot, b_dot, Inactive).1;
            adjoint(z_bar, a_bar, b_bar) Array1::__linspace_adjoint(*a, *b, n, z_bar, a_bar, b_bar, Inactive);
        );
        check1!(
            "from_diag", x = random.array::<f64, Ix1>(n);
            value Array2::from_diag(x);
            jvp(x_dot) Array2::__from_diag_jvp(x, x_dot).1;
            adjoint(z_bar, x_bar) Array2::__from_diag_adjoint(x, z_bar, x_bar);
        );
    }
}

#[test]
fn from_indices() {
    for columns in [false, true] {
        check1!(
            "from_shape_fn", x = 0.7;
            value Array2::from_shape_fn((2, 3).set_f(columns), |(i, j)| x * (3 * i + j) as f64);
            jvp(x_dot) {
                let x_dot: f64 = rt::tangent(x, x_dot);
                let f = |(i, j)| (x * (3 * i + j) as f64, x_dot * (3 * i + j) as f64);
                Array2::__from_shape_fn_jvp((2, 3).set_f(columns), f, Inactive).1
            };
            adjoint(z_bar, x_bar) {
                let mut sum = 0.0;
                Array2::__from_shape_fn_adjoint((2, 3), |(i, j), bar| sum += bar * (3 * i + j) as f64, z_bar, Inactive);
                rt::add(x_bar, sum);
            };
        );
    }
}

#[test]
fn stacks() {
    let mut random = Random::new();
    for axis in [Axis(0), Axis(1)] {
        check1!(
            "stack", x = (0..3).map(|_| random.array::<f64, Ix1>(4)).collect::<Vec<_>>();
            value ndarray::stack(axis, &[x[0].view(), x[1].view(), x[2].view()]).unwrap();
            jvp(x_dot) functions::stack::__jvp(axis, &[x[0].view(), x[1].view(), x[2].view()], Inactive, x_dot).1.unwrap();
            adjoint(z_bar, x_bar)
                functions::stack::__adjoint(axis, &[x[0].view(), x[1].view(), x[2].view()], Ok(z_bar), Inactive, x_bar);
        );
        let shapes =
            if axis == Axis(0) { [(1, 3), (0, 3), (4, 3)] } else { [(3, 1), (3, 0), (3, 4)] };
        check1!(
            "concatenate", x = shapes.map(|shape| random.array::<f64, Ix2>(shape)).to_vec();
            value ndarray::concatenate(axis, &[x[0].view(), x[1].view(), x[2].view()]).unwrap();
            jvp(x_dot) {
                let views = [x[0].view(), x[1].view(), x[2].view()];
                functions::concatenate::__jvp(axis, &views, Inactive, x_dot).1.unwrap()
            };
            adjoint(z_bar, x_bar) {
                let views = [x[0].view(), x[1].view(), x[2].view()];
                functions::concatenate::__adjoint(axis, &views, Ok(z_bar), Inactive, x_bar);
            };
            second(z_bar_dot, x_bar_dot) {
                let views = [x[0].view(), x[1].view(), x[2].view()];
                functions::concatenate::__adjoint_jvp(
                    axis, &views, Inactive, x_dot, Ok(z_bar), Ok(z_bar_dot), Inactive, x_bar, Inactive, x_bar_dot,
                );
            };
        );
    }
}

#[test]
fn kronecker_products() {
    let mut random = Random::new();
    for (a_shape, b_shape) in
        [((2, 3), (3, 2)), ((1, 1), (2, 2)), ((2, 2), (1, 1)), ((0, 2), (2, 2))]
    {
        check2!(
            "kron", a = random.array::<f64, Ix2>(a_shape), b = random.array::<f64, Ix2>(b_shape);
            value kron(a, b);
            jvp(a_dot, b_dot) functions::kron::__jvp(a, b, a_dot, b_dot).1;
            adjoint(z_bar, a_bar, b_bar) functions::kron::__adjoint(a, b, z_bar, a_bar, b_bar);
            second(z_bar_dot, a_bar_dot, b_bar_dot) functions::kron::__adjoint_jvp(
                a, b, a_dot, b_dot, z_bar, z_bar_dot, a_bar, b_bar, a_bar_dot, b_bar_dot,
            );
        );
    }
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    let mut v_bar = vec![0.0; 2];
    Array1::__from_vec_adjoint(&[1.0, 2.0], array![1.0, 2.0, 3.0], &mut v_bar);
}
