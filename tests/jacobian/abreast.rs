//! Sweeps over several directions: what has tangents of several directions, and what goes one after the other.

use ad_runtime::differentiate;
use ad_runtime::ndarray::{Array1, Array2, Array3, ShapeBuilder, array, s};

/// Checks both ways against each other, and whether sweeps have several directions.
macro_rules! check {
    ($f:ident($($arg:expr),*), $abreast:expr) => {{
        assert_eq!($f::__lanes(16), $abreast, "{}", stringify!($f));
        let (forward, reverse) = ($f::jacobian_forward($($arg),*), $f::jacobian_reverse($($arg),*));
        assert_eq!(forward.shape(), reverse.shape());
        for (a, b) in forward.iter().zip(&reverse) {
            assert!((a - b).abs() <= 1e-12 * (1.0 + a.abs()), "{forward} and {reverse}");
        }
        forward
    }};
}

#[differentiate]
fn functions(x: &[f64]) -> Vec<f64> {
    let mut out = Vec::new();
    for i in 0..x.len() {
        let mut sum = 0.0;
        for k in 0..=i {
            let t = x[k].sin() * x[i].exp() - x[k].powi(3) / (2.0 + x[i].abs());
            sum += t.tanh() + (x[k] * x[k] + 1.0).ln() + x[i].max(x[k]) - -x[k];
        }
        out.push(sum.sqrt());
    }
    out
}

#[test]
fn any_number_of_directions() {
    for n in 0..20 {
        let x: Vec<f64> = (0..n).map(|i| 0.1 + 0.3 * f64::from(i)).collect();
        check!(functions(&x), true);
    }
}

#[differentiate]
fn helper(x: f64, #[constant] by: f64) -> f64 {
    let (sin, cos) = x.sin_cos();
    by * sin * cos
}

#[differentiate]
fn swapped(x: (f64, f64)) -> (f64, f64) {
    (x.1 * 2.0, x.0)
}

#[differentiate]
fn normalize(x: &mut [f64]) {
    let mut norm = 0.0;
    for v in x.iter() {
        norm += v * v;
    }
    for v in x.iter_mut() {
        *v /= norm.sqrt();
    }
}

#[differentiate]
fn calls(x: [f64; 5]) -> [f64; 5] {
    let mut y = x;
    normalize(&mut y);
    let c = helper(y[2], 3.0);
    y.swap(3, 4);
    [y[0] * c, y[3], c, helper(1.0, 2.0), y[4] * y[4]]
}

#[differentiate]
fn parts(x: [f64; 2]) -> [f64; 2] {
    let (a, b) = swapped((x[0], x[1]));
    [a * b, b]
}

#[test]
fn called_functions_have_several_directions_too() {
    check!(calls([1.0, 2.0, 3.0, 4.0, 5.0]), true);
    check!(parts([1.0, 2.0]), false);
}

#[differentiate]
fn branches(x: &[f64; 3], #[constant] n: usize) -> Vec<f64> {
    let mut state = vec![0.0; n];
    let mut best: Option<f64> = None;
    for i in 0..n {
        let v = if i % 2 == 0 { x[i % 3] * x[0] } else { 1.5 };
        state[i] = match best {
            Some(b) if b > v => b - v,
            Some(b) => b * v,
            None => v,
        };
        if i == 1 {
            continue;
        }
        best = Some(v);
        if i > 5 {
            break;
        }
    }
    state.reverse();
    state.extend_from_slice(&x[..]);
    state
}

#[test]
fn control_flow() {
    for n in 0..9 {
        check!(branches(&[0.5, -2.0, 1.5], n), true);
    }
}

#[differentiate]
fn iterators(x: &[f64], y: &[f64]) -> Vec<f64> {
    let total: f64 = x.iter().zip(y).map(|(a, b)| a * b).sum();
    x.iter().zip(y.iter()).map(|(a, b)| a / total + b.cos()).collect()
}

#[test]
fn iterator_chains() {
    assert!(iterators::__lanes(16));
    let (x, y) = ([1.0, 2.0, 3.0], [0.5, -1.0, 2.0]);
    let (forward, reverse) =
        (iterators::jacobian_forward(&x, &y), iterators::jacobian_reverse(&x, &y));
    for (a, b) in forward.0.iter().chain(&forward.1).zip(reverse.0.iter().chain(&reverse.1)) {
        assert!((a - b).abs() < 1e-14);
    }
}

/// An infinite slope of one direction leaves the zeros of the others alone.
#[differentiate]
fn kinks(x: [f64; 3]) -> [f64; 3] {
    [x[0].sqrt(), x[1].sqrt() + x[0], x[2].powf(0.5) * x[1]]
}

#[test]
fn zeros_stay_zero() {
    let jacobian = kinks::jacobian_forward([0.0, 4.0, 0.0]);
    assert_eq!(
        jacobian,
        array![[f64::INFINITY, 0.0, 0.0], [1.0, 0.25, 0.0], [0.0, 0.0, f64::INFINITY]]
    );
}

#[differentiate]
fn single(x: [f32; 3], y: f64) -> [f32; 3] {
    let scale = y as f32;
    [x[0] * scale, x[1] / x[2], (f64::from(x[2]) * y) as f32]
}

#[test]
fn other_floats() {
    let (by_x, by_y) = single::jacobian_forward([1.0, 2.0, 3.0], 4.0);
    assert_eq!(by_x, array![[4.0, 0.0, 0.0], [0.0, 1.0 / 3.0, -2.0 / 9.0], [0.0, 0.0, 4.0]]);
    assert_eq!(by_y, array![1.0_f32, 0.0, 3.0]);
}

#[differentiate]
fn elements(m: &Array2<f64>) -> Array1<f64> {
    let mut out = Array1::zeros(m.ncols());
    for i in 0..m.nrows() {
        for k in 0..m.ncols() {
            out[k] += m[[i, k]] * m[[i, 0]];
        }
    }
    out
}

#[test]
fn elements_of_arrays() {
    let m = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    check!(elements(&m), true);
}

#[test]
fn into_any_layout() {
    let m = Array2::from_shape_fn((3, 5), |(i, k)| 1.0 + (i * 5 + k) as f64);
    let expected = elements::jacobian_reverse(&m);
    let mut by_columns = Array3::from_elem((5, 3, 5).f(), f64::NAN);
    elements::jacobian_into(&m, &mut by_columns);
    let mut wide = Array3::from_elem((10, 3, 5), f64::NAN);
    elements::jacobian_into(&m, &mut wide.slice_mut(s![..;2, ..;-1, ..]));
    for (a, b) in by_columns.iter().zip(&expected) {
        assert!((a - b).abs() < 1e-12);
    }
    for (a, b) in wide.slice(s![..;2, ..;-1, ..]).iter().zip(&expected) {
        assert!((a - b).abs() < 1e-12);
    }
}

#[differentiate]
fn product(m: &Array2<f64>, x: &Array1<f64>) -> Array1<f64> {
    m.dot(x)
}

#[differentiate]
fn calls_product(x: &Array1<f64>, #[constant] m: &Array2<f64>) -> Array1<f64> {
    product(m, x)
}

#[test]
fn rules_of_matrices_go_one_direction_after_the_other() {
    let m = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    assert_eq!(check!(calls_product(&array![1.0, 2.0, 3.0], &m), false), m);
}

/// They call each other, so neither can tell; a function that calls itself can.
#[differentiate]
fn even(x: [f64; 2], #[constant] n: usize) -> [f64; 2] {
    if n == 0 { x } else { odd([x[1], x[0] * x[1]], n - 1) }
}

#[differentiate]
fn odd(x: [f64; 2], #[constant] n: usize) -> [f64; 2] {
    even([x[0].sin(), x[1]], n - 1)
}

#[differentiate]
fn itself(x: [f64; 2], #[constant] n: usize) -> [f64; 2] {
    if n == 0 { x } else { itself([x[1], x[0] * x[1]], n - 1) }
}

#[test]
fn recursion() {
    check!(even([0.5, 0.7], 4), false);
    check!(itself([0.5, 0.7], 4), true);
}

struct Lens {
    focal: f64,
}

#[differentiate]
impl Lens {
    fn project(#[constant] &self, p: [f64; 3]) -> [f64; 2] {
        [self.focal * p[0] / p[2], self.focal * p[1] / p[2]]
    }
}

#[test]
fn methods() {
    assert!(Lens::__project_lanes(16));
    let (lens, p) = (Lens { focal: 2.0 }, [1.0, 2.0, 4.0]);
    assert_eq!(lens.project_jacobian_forward(p), lens.project_jacobian_reverse(p));
}

#[test]
fn batches_of_directions_and_of_cotangents() {
    let x = [0.5, 1.5, -0.5];
    let (value, columns) = functions::jvp_batch(
        &x,
        &(0..11).map(|k| vec![f64::from(k), 1.0, 0.5]).collect::<Vec<_>>(),
    );
    assert_eq!((value, columns.len()), (functions(&x), 11));
    for (k, column) in (0..11).zip(columns) {
        let expected = functions::jvp(&x, &[f64::from(k), 1.0, 0.5]).1;
        assert!(column.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
    }
    let m = array![[1.0, 2.0], [3.0, 4.0]];
    let v = array![5.0, 6.0];
    let directions = [(array![[1.0, 0.0], [0.0, 1.0]], array![1.0, 0.0]), (m.clone(), v.clone())];
    let (value, images) = product::jvp_batch(&m, &v, &directions);
    assert_eq!(value, product(&m, &v));
    assert_eq!(images, [array![6.0, 9.0], 2.0 * &value]);
    let (_, bars) = product::vjp_batch(&m, &v, &[array![1.0, 0.0], array![0.0, 0.0]]);
    assert_eq!(bars[0], (array![[5.0, 6.0], [0.0, 0.0]], array![1.0, 2.0]));
    assert_eq!(bars[1].1, array![0.0, 0.0]);
    let lens = Lens { focal: 2.0 };
    let (_, images) = lens.project_jvp_batch([1.0, 2.0, 4.0], &[[1.0, 0.0, 0.0]]);
    assert_eq!(images, [[0.5, 0.0]]);
}
