//! Jacobians of every combination of shapes, by both ways and into arrays of any layout.

mod abreast;
mod sparse;

use ad_runtime::ndarray::{
    Array, Array1, Array2, Array3, Array4, ArrayBase, ArrayD, ArrayView1, ArrayView2, Data,
    Dimension, Ix1, Ix2, Ix3, IxDyn, ShapeBuilder, array,
};
use ad_runtime::{Real, differentiate};

#[differentiate]
fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn scalar_by_scalar() {
    let jacobian = square::jacobian(3.0);
    assert_eq!(jacobian.ndim(), 0);
    assert_eq!(jacobian[()], 6.0);
    assert_eq!(square::jacobian_matrix(3.0), array![[6.0]]);
}

#[differentiate]
fn powers(x: f64) -> Vec<f64> {
    vec![x, x * x, x * x * x]
}

#[test]
fn vector_by_scalar() {
    let expected: Array1<f64> = array![1.0, 4.0, 12.0];
    assert_eq!(powers::jacobian(2.0), expected);
    assert_eq!(powers::jacobian_forward(2.0), expected);
    assert_eq!(powers::jacobian_reverse(2.0), expected);
    assert_eq!(powers::jacobian_matrix(2.0), array![[1.0], [4.0], [12.0]]);
}

#[differentiate]
fn polar(p: [f64; 2]) -> [f64; 2] {
    [p[0] * p[1].cos(), p[0] * p[1].sin()]
}

#[test]
fn vector_by_vector() {
    let (sin, cos) = 0.5_f64.sin_cos();
    let expected: Array2<f64> = array![[cos, -2.0 * sin], [sin, 2.0 * cos]];
    assert_eq!(polar::jacobian([2.0, 0.5]), expected);
    assert_eq!(polar::jacobian_forward([2.0, 0.5]), expected);
    assert_eq!(polar::jacobian_reverse([2.0, 0.5]), expected);
    assert_eq!(polar::jacobian_matrix([2.0, 0.5]), expected);
}

#[differentiate]
fn affine(a: &Array2<f64>, x: &[f64], b: f64, #[constant] scale: f64) -> Vec<f64> {
    let mut out = Vec::new();
    for i in 0..a.nrows() {
        let mut sum = b;
        for k in 0..x.len() {
            sum += a[[i, k]] * x[k];
        }
        out.push(scale * sum);
    }
    out
}

#[test]
fn several_parameters() {
    let (a, x) = (array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [7.0, 8.0, 9.0]);
    let (a_jacobian, x_jacobian, b_jacobian): (Array3<f64>, Array2<f64>, Array1<f64>) =
        affine::jacobian(&a, &x, 1.0, 2.0);
    assert_eq!(
        a_jacobian,
        Array3::from_shape_fn((2, 2, 3), |(i, j, k)| if i == j { 2.0 * x[k] } else { 0.0 })
    );
    assert_eq!(x_jacobian, 2.0 * &a);
    assert_eq!(b_jacobian, array![2.0, 2.0]);
    assert_eq!(
        affine::jacobian_forward(&a, &x, 1.0, 2.0),
        affine::jacobian_reverse(&a, &x, 1.0, 2.0)
    );
    let (flat, _, _) = affine::jacobian_matrix(&a, &x, 1.0, 2.0);
    assert_eq!(flat, a_jacobian.into_shape_with_order((2, 6)).unwrap());
}

#[test]
fn into_any_layout() {
    let (a, x) = (array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [7.0, 8.0, 9.0]);
    let expected = affine::jacobian(&a, &x, 1.0, 2.0);
    let mut by_a = Array3::from_elem((2, 2, 3).f(), f64::NAN);
    let mut wide = Array2::from_elem((6, 2), f64::NAN);
    let mut by_b = Array1::from_elem(2, f64::NAN);
    // Every other column of an array, transposed and reversed.
    let mut by_x = wide.slice_mut(ad_runtime::ndarray::s![..;-2, ..]).reversed_axes();
    affine::jacobian_into(&a, &x, 1.0, 2.0, &mut by_a, &mut by_x, &mut by_b);
    assert_eq!((by_a, by_x.to_owned(), by_b), expected);
    assert!(wide.row(0).iter().all(|x| x.is_nan()), "what is not in the view is left alone");
}

#[test]
fn into_infers_the_element() {
    let mut jacobian = Array::zeros((2, 2));
    polar::jacobian_into([2.0, 0.5], &mut jacobian);
    assert_eq!(jacobian, polar::jacobian([2.0, 0.5]));
}

#[test]
#[should_panic(
    expected = "with respect to `x` has shape [3, 2], but the Jacobian has shape [2, 3]"
)]
fn wrong_shape() {
    let (a, x) = (Array2::zeros((2, 3)), [0.0; 3]);
    affine::jacobian_into(
        &a,
        &x,
        1.0,
        2.0,
        &mut Array3::zeros((2, 2, 3)),
        &mut Array2::zeros((3, 2)),
        &mut Array1::zeros(2),
    );
}

#[differentiate]
fn gram(r: &Array2<f64>) -> Array2<f64> {
    r.t().dot(r)
}

#[test]
fn matrix_by_matrix() {
    let r = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let jacobian: Array4<f64> = gram::jacobian(&r);
    assert_eq!(jacobian.shape(), [3, 3, 2, 3]);
    assert_eq!(gram::jacobian_forward(&r), gram::jacobian_reverse(&r));
    let transposed =
        Array2::from_shape_vec((2, 3).f(), vec![1.0, 4.0, 2.0, 5.0, 3.0, 6.0]).unwrap();
    assert_eq!(gram::jacobian(&transposed), jacobian);
    assert_eq!(gram::jacobian_matrix(&r).shape(), [9, 6]);
}

#[differentiate]
fn rotate(m: [[f64; 3]; 2]) -> [[f64; 2]; 3] {
    [[m[0][0], -m[1][0]], [m[0][1], -m[1][1]], [m[0][2], m[1][2] * m[0][0]]]
}

#[test]
fn nested_arrays_are_matrices() {
    let m = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let jacobian: Array4<f64> = rotate::jacobian(m);
    assert_eq!(jacobian.shape(), [3, 2, 2, 3]);
    assert_eq!(jacobian[[2, 1, 1, 2]], 1.0);
    assert_eq!(jacobian[[2, 1, 0, 0]], 6.0);
    assert_eq!(jacobian[[1, 1, 1, 1]], -1.0);
    assert_eq!(rotate::jacobian_reverse(m), jacobian);
}

#[differentiate]
fn outer(x: &Array3<f64>, y: &Array3<f64>) -> Array4<f64> {
    let mut out = Array4::zeros((1, 2, 1, 2));
    for i in 0..2 {
        for j in 0..2 {
            out[[0, i, 0, j]] = x[[0, i, 0]] * y[[j, 0, 0]];
        }
    }
    out
}

#[test]
fn beyond_six_axes_the_dimension_is_dynamic() {
    let (x, y) = (array![[[2.0], [3.0]]], array![[[5.0]], [[7.0]]]);
    let (by_x, by_y): (ArrayD<f64>, ArrayD<f64>) = outer::jacobian(&x, &y);
    assert_eq!(by_x.shape(), [1, 2, 1, 2, 1, 2, 1]);
    assert_eq!(by_y.shape(), [1, 2, 1, 2, 2, 1, 1]);
    assert_eq!(by_x[[0, 1, 0, 1, 0, 1, 0]], 7.0);
    assert_eq!(by_y[[0, 1, 0, 1, 1, 0, 0]], 3.0);
    assert_eq!((by_x, by_y), outer::jacobian_forward(&x, &y));
}

#[differentiate]
fn total<D: Dimension + 'static>(x: &Array<f64, D>) -> f64 {
    x.sum()
}

#[differentiate]
fn double<D: Dimension + 'static>(x: &Array<f64, D>) -> Array<f64, D> {
    2.0 * x
}

#[test]
fn any_dimension() {
    let x = Array3::<f64>::zeros((1, 2, 3));
    assert_eq!(total::jacobian(&x), Array3::<f64>::ones((1, 2, 3)));
    let jacobian: Array<f64, IxDyn> = double::jacobian(&x.clone().into_dyn());
    assert_eq!(jacobian.shape(), [1, 2, 3, 1, 2, 3]);
    let jacobian: Array<f64, Ix2> = double::jacobian(&Array::<f64, Ix1>::zeros(2));
    assert_eq!(jacobian, array![[2.0, 0.0], [0.0, 2.0]]);
    assert_eq!(total::jacobian(&Array::<f64, Ix3>::zeros((0, 2, 2))).shape(), [0, 2, 2]);
}

#[differentiate]
fn views<'a>(x: ArrayView1<'a, f64>, m: ArrayView2<'a, f64>) -> Array1<f64> {
    m.dot(&x)
}

#[test]
fn views_count_as_arrays() {
    let (x, m) = (array![1.0, 2.0], array![[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]);
    let (by_x, by_m) = views::jacobian(x.view(), m.view());
    assert_eq!(by_x, m);
    assert_eq!(by_m.shape(), [3, 3, 2]);
    assert_eq!(by_m[[2, 2, 1]], 2.0);
    assert_eq!(
        views::jacobian_forward(x.view(), m.view()),
        views::jacobian_reverse(x.view(), m.view())
    );
}

#[differentiate]
fn any_storage<S: Data<Elem = f64>>(x: &ArrayBase<S, Ix1>) -> f64 {
    x.sum()
}

#[test]
fn storage_is_generic() {
    assert_eq!(any_storage::jacobian(&array![1.0, 2.0].view()), array![1.0, 1.0]);
}

#[differentiate]
fn scaled<T: Real>(x: &[T], y: T) -> Vec<T> {
    x.iter().map(|&x| x * y).collect()
}

#[test]
fn any_scalar() {
    let (by_x, by_y) = scaled::jacobian(&[1.0_f32, 2.0], 3.0);
    assert_eq!(by_x, array![[3.0_f32, 0.0], [0.0, 3.0]]);
    assert_eq!(by_y, array![1.0_f32, 2.0]);
    assert_eq!(scaled::jacobian(&[1.0_f64, 2.0], 3.0).1, array![1.0, 2.0]);
}

#[differentiate]
fn through(x: &[f64], #[constant] f: impl Fn(f64) -> f64 + Clone, g: fn(f64) -> f64) -> [f64; 1] {
    [x[0] * f(2.0) * g(3.0)]
}

#[test]
fn functions_are_arguments() {
    let seven = 7.0;
    assert_eq!(
        through::jacobian(&[1.0, 2.0], |x| x * seven, f64::sqrt),
        array![[14.0 * 3.0_f64.sqrt(), 0.0]]
    );
}

#[differentiate]
fn owned(x: Vec<f64>, m: Array2<f64>) -> Vec<f64> {
    vec![m[[0, 0]] * x[0] + m[[0, 1]] * x[1]]
}

#[test]
fn by_value() {
    let (x, m) = (vec![1.0, 2.0], array![[3.0, 4.0]]);
    let (by_x, by_m) = owned::jacobian(x.clone(), m.clone());
    assert_eq!(by_x, array![[3.0, 4.0]]);
    assert_eq!(by_m, array![[[1.0, 2.0]]]);
    assert_eq!(owned::jacobian_forward(x.clone(), m.clone()), owned::jacobian_reverse(x, m));
}

#[test]
fn empty_shapes() {
    assert_eq!(scaled::jacobian::<f64>(&[], 3.0).0.shape(), [0, 0]);
    assert_eq!(scaled::jacobian_reverse::<f64>(&[], 3.0).1.shape(), [0]);
    assert_eq!(scaled::jacobian_matrix::<f64>(&[], 3.0).1.shape(), [0, 1]);
}

struct Camera {
    focal: f64,
}

#[differentiate]
impl Camera {
    fn project(#[constant] &self, point: [f64; 3]) -> [f64; 2] {
        [self.focal * point[0] / point[2], self.focal * point[1] / point[2]]
    }

    fn offset(#[constant] shift: f64, x: f64) -> [f64; 2] {
        [x + shift, x * x]
    }
}

#[differentiate]
trait Model {
    fn eval(#[constant] &self, x: f64) -> f64;
}

#[differentiate]
impl Model for Camera {
    fn eval(#[constant] &self, x: f64) -> f64 {
        self.focal * x * x
    }
}

#[test]
fn methods() {
    let camera = Camera { focal: 2.0 };
    let expected = array![[0.5, 0.0, -0.125], [0.0, 0.5, -0.25]];
    assert_eq!(camera.project_jacobian([1.0, 2.0, 4.0]), expected);
    assert_eq!(camera.project_jacobian_forward([1.0, 2.0, 4.0]), expected);
    let mut jacobian = Array2::zeros((2, 3));
    camera.project_jacobian_into([1.0, 2.0, 4.0], &mut jacobian);
    assert_eq!(jacobian, expected);
    assert_eq!(Camera::offset_jacobian(1.0, 3.0), array![1.0, 6.0]);
    assert_eq!(camera.eval_jacobian(3.0)[()], 12.0);
    let model: &dyn Model = &camera;
    assert_eq!(model.eval(1.0), 2.0);
}

#[differentiate(forward)]
fn forward_only(x: [f64; 3]) -> f64 {
    x[0] * x[1] * x[2]
}

#[differentiate(reverse)]
fn reverse_only(x: f64) -> [f64; 3] {
    [x, x * x, x.sin()]
}

#[test]
fn the_only_mode_is_taken() {
    assert_eq!(forward_only::jacobian([2.0, 3.0, 5.0]), array![15.0, 10.0, 6.0]);
    assert_eq!(forward_only::jacobian_forward([2.0, 3.0, 5.0]), array![15.0, 10.0, 6.0]);
    assert_eq!(reverse_only::jacobian(2.0), array![1.0, 4.0, 2.0_f64.cos()]);
    assert_eq!(reverse_only::jacobian_reverse(2.0), array![1.0, 4.0, 2.0_f64.cos()]);
}

#[differentiate]
fn odd_names(x: f64, mode: f64, x_rows: f64, direction: f64) -> f64 {
    x * mode * x_rows * direction
}

#[test]
fn names_do_not_collide() {
    let (x, mode, x_rows, direction) = odd_names::jacobian(2.0, 3.0, 5.0, 7.0);
    assert_eq!([x[()], mode[()], x_rows[()], direction[()]], [105.0, 70.0, 42.0, 30.0]);
}

#[differentiate]
fn added(x: &[f64], m: &Array2<f64>) -> Array1<f64> {
    let mut out = Array1::zeros(m.nrows());
    for i in 0..m.nrows() {
        for k in 0..x.len() {
            out[i] += m[[i, k]] * x[k];
        }
    }
    out
}

/// The element type of `out` is not in the syntax, and what is added to it is a product.
#[test]
fn products_added_to_elements() {
    let m = array![[3.0, 4.0], [5.0, 6.0]];
    assert_eq!(added::jacobian_forward(&[1.0, 2.0], &m), added::jacobian_reverse(&[1.0, 2.0], &m));
    assert_eq!(added::jacobian_reverse(&[1.0, 2.0], &m).0, m);
}

#[differentiate]
fn changed(x: Vec<f64>, mut m: Array2<f64>) -> f64 {
    m[[0, 0]] = x[0];
    m[[0, 0]] * x[0] + m[[0, 1]] * x[1]
}

/// What a parameter held by value held before it was changed has a cotangent too.
#[test]
fn changed_parameter() {
    let (x, m) = (vec![1.0, 2.0], array![[3.0, 4.0]]);
    let expected = (array![2.0, 4.0], array![[0.0, 2.0]]);
    assert_eq!(changed::jacobian_reverse(x.clone(), m.clone()), expected);
    assert_eq!(changed::jacobian_forward(x, m), expected);
}
