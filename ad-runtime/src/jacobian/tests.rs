//! The machinery by itself, on functions whose derivatives are written by hand.

use super::*;
use ndarray::{Array1, Array3, ShapeBuilder, array};

/// `f(x)[i] = Σ_k (i + 1)(k + 1) x[k]` over the elements of a 2 × 3 matrix; the Jacobian is the table.
fn table() -> Array2<f64> {
    Array2::from_shape_fn((4, 6), |(i, k)| ((i + 1) * (k + 1)) as f64)
}

fn push(x_dot: &Array2<f64>) -> Vec<f64> {
    let flat: Array1<f64> = x_dot.elements().collect();
    table().dot(&flat).to_vec()
}

fn expected() -> Array3<f64> {
    table().into_shape_with_order((4, 2, 3)).unwrap()
}

#[test]
fn columns_in_any_layout() {
    let result = vec![0.0; 4];
    for param in [Array2::zeros((2, 3)), Array2::zeros((2, 3).f())] {
        let mut jacobian = zeros(&result, &param);
        columns(&mut jacobian, &result, &mut param.clone(), push);
        assert_eq!(jacobian, expected());

        let mut jacobian = Array3::from_elem((4, 2, 3).f(), f64::NAN);
        columns(&mut jacobian, &result, &mut param.clone(), push);
        assert_eq!(jacobian, expected());
    }
}

#[test]
fn rows_in_any_layout() {
    for mut jacobian in
        [Array3::from_elem((4, 2, 3), f64::NAN), Array3::from_elem((4, 2, 3).f(), f64::NAN)]
    {
        let mut x_bar = Array2::<f64>::zeros((2, 3).f());
        let mut rows = Rows::of(&mut jacobian);
        for i in 0..4 {
            let out_bar = Array1::from(seed(&vec![0.0; 4], i));
            x_bar += &table().t().dot(&out_bar).into_shape_with_order((2, 3)).unwrap();
            rows.push(&mut x_bar);
        }
        assert_eq!(jacobian, expected());
        assert_eq!(x_bar, Array2::<f64>::zeros((2, 3)));
    }
}

#[test]
fn flat() {
    let (result, param) = (vec![0.0; 4], Array2::<f64>::zeros((2, 3)));
    assert_eq!(flatten::<Vec<f64>, Array2<f64>>(expected(), &result, &param), table());
}

#[test]
fn without_elements() {
    let (result, mut param) = (Vec::<f64>::new(), Array2::<f64>::zeros((0, 3)));
    let mut jacobian = zeros(&result, &param);
    columns(&mut jacobian, &result, &mut param, |_| unreachable!("there is no direction"));
    assert_eq!(jacobian.shape(), [0, 0, 3]);
    assert_eq!(flatten::<Vec<f64>, Array2<f64>>(jacobian, &result, &param).shape(), [0, 0]);
}

#[test]
fn result_without_elements() {
    let (result, mut param) = (Vec::<f64>::new(), [0.0; 3]);
    let mut jacobian = zeros(&result, &param);
    columns(&mut jacobian, &result, &mut param, |_| Vec::new());
    assert_eq!(jacobian.shape(), [0, 3]);
}

#[test]
fn rows_convert_to_the_type_of_the_result() {
    let mut jacobian = array![0.0_f32, 0.0];
    Rows::of(&mut jacobian).push(&mut vec![1.5_f64, 2.5]);
    assert_eq!(jacobian, array![1.5_f32, 2.5]);
}

#[test]
fn elements_are_row_major() {
    let matrix = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    assert_eq!(matrix.elements().collect::<Vec<_>>(), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(matrix.dim().into_pattern(), (3, 2));
    assert_eq!(matrix.to_vec().dim().into_pattern(), (3, 2));
    let mut column_major = Array2::<f64>::zeros((2, 3).f());
    *column_major.element_mut(4) = 1.0;
    assert_eq!(column_major, array![[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
}

#[test]
#[should_panic(expected = "has shape [2, 3], but the Jacobian has shape [3, 2]")]
fn wrong_shape() {
    check(&Array2::<f64>::zeros((2, 3)), &[0.0; 3], &[0.0; 2], "x");
}
