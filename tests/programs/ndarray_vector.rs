//! Vectors of `ndarray`: arithmetic, elementwise maps, reductions, indexing, building.

use ad::{check_in_place, check_second, check_vector, signed, values};
use ad_runtime::differentiate;
use ndarray::{Array, Array1, ArrayView1, Axis, Zip, array, concatenate};

const SIZES: [usize; 4] = [0, 1, 2, 5];

fn positive(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}

fn vector(n: usize, seed: u64) -> Array1<f64> {
    Array1::from(signed(n, seed))
}

#[differentiate(order = 2)]
fn squared_distance(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let d = x - y;
    d.dot(&d)
}

#[differentiate(order = 2)]
fn squared_distance_to(x: &Array1<f64>, #[constant] y: &Array1<f64>) -> f64 {
    (x - y).mapv(|d| d * d).sum()
}

#[test]
fn check_squared_distance() {
    for n in SIZES {
        check_second!(squared_distance(&positive(n), &vector(n, 1)));
        check_second!(squared_distance_to(&positive(n), const &vector(n, 1)));
    }
}

#[differentiate(order = 2)]
fn arithmetic(x: &Array1<f64>, y: &Array1<f64>, a: f64) -> f64 {
    let p = x * y + a * x - y / a;
    let q = 2.0 * &p - &(x / (1.0 + y * y)) + 1.0;
    let r = -&q * x + &p * &q;
    r.sum() * q.sum()
}

#[test]
fn check_arithmetic() {
    for n in SIZES {
        check_second!(arithmetic(&positive(n), &vector(n, 2), 1.4));
    }
}

#[differentiate(order = 2)]
fn softmax(x: &Array1<f64>) -> Array1<f64> {
    let max = x.fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    let e = x.mapv(|v| (v - max).exp());
    let sum = e.sum();
    e / sum
}

#[differentiate(order = 2)]
fn cross_entropy(logits: &Array1<f64>, #[constant] target: &Array1<f64>) -> f64 {
    let p = softmax(logits);
    -(target * &p.ln()).sum()
}

#[test]
fn check_softmax() {
    for n in SIZES {
        check_vector!(softmax(&positive(n)));
        check_second!(cross_entropy(&vector(n, 3), const &positive(n)));
    }
}

#[differentiate(order = 2)]
fn elementwise(x: &Array1<f64>) -> Array1<f64> {
    x.sin() * x.exp() + x.sqrt() - x.tanh() / x.powi(2) + x.abs() + x.powf(1.5) - x.cos()
        + x.map(|v| v.ln())
}

#[test]
fn check_elementwise() {
    for n in SIZES {
        check_vector!(elementwise(&positive(n)));
    }
}

#[differentiate(order = 2)]
fn statistics(x: &Array1<f64>) -> f64 {
    let mean = x.mean().unwrap();
    let centred = x - mean;
    let variance = centred.pow2().sum() / (x.len() as f64);
    variance.sqrt() / mean + x.var(1.0) + x.std(0.0) + x.product()
}

#[test]
fn check_statistics() {
    for n in [2, 5] {
        check_second!(statistics(&positive(n)));
    }
}

#[differentiate(order = 2)]
fn indexed_recurrence(x: &Array1<f64>, rate: f64) -> Array1<f64> {
    let mut y = Array1::zeros(x.len());
    for i in 0..x.len() {
        let previous = if i > 0 { y[i - 1] } else { 1.0 };
        y[i] = rate * x[i] * previous + x[i];
        if i > 1 {
            y[i] += y[i - 2] * x[[i - 1]];
        }
    }
    y
}

#[test]
fn check_indexed_recurrence() {
    for n in SIZES {
        check_vector!(indexed_recurrence(&positive(n), 0.6));
    }
}

#[differentiate(order = 2)]
fn in_place_arithmetic(x: &Array1<f64>, y: &Array1<f64>, a: f64) -> f64 {
    let mut z = x.clone();
    z += y;
    z *= a;
    z -= &(x * y);
    z /= 2.0;
    z.scaled_add(a, y);
    z.mapv_inplace(|v| v * v);
    z *= &z.clone();
    z.sum()
}

#[test]
fn check_in_place_arithmetic() {
    for n in SIZES {
        check_second!(in_place_arithmetic(&positive(n), &vector(n, 4), 0.8));
    }
}

#[differentiate(order = 2)]
fn gradient_step(x: &mut Array1<f64>, gradient: &Array1<f64>, rate: f64) {
    *x -= &(gradient * rate);
    x.mapv_inplace(|v| v / (1.0 + v * v));
}

#[differentiate(order = 2)]
fn unrolled_descent(start: &Array1<f64>, target: &Array1<f64>, rate: f64, steps: usize) -> f64 {
    let mut x = start.clone();
    for _ in 0..steps {
        let gradient = 2.0 * (&x - target);
        gradient_step(&mut x, &gradient, rate);
    }
    (&x - target).pow2().sum()
}

#[test]
fn check_gradient_step() {
    for n in SIZES {
        check_in_place!(gradient_step(&mut positive(n), &vector(n, 5), 0.2));
        check_second!(unrolled_descent(&positive(3), &vector(3, 5), 0.2, const n));
    }
}

#[differentiate(order = 2)]
fn slices_of_vector(x: &Array1<f64>, s: f64) -> f64 {
    let left = x.slice(ndarray::s![..-1]);
    let right = x.slice(ndarray::s![1..]);
    let differences = &right - &left;
    let even = x.slice(ndarray::s![..;2]);
    s * differences.dot(&differences) + even.sum() * x.slice(ndarray::s![..;-1])[0]
}

#[test]
fn check_slices_of_vector() {
    for n in [1, 2, 5] {
        check_second!(slices_of_vector(&positive(n), 0.7));
    }
}

#[differentiate(order = 2)]
fn view_parameter(x: ArrayView1<f64>, y: ArrayView1<f64>) -> f64 {
    x.iter().zip(y.iter()).map(|(a, b)| a * b.exp()).sum::<f64>() + x.dot(&y)
}

#[differentiate(order = 2)]
fn calls_with_views(x: &Array1<f64>) -> f64 {
    let half = x.len() / 2;
    let (a, b) = x.view().split_at(Axis(0), half);
    view_parameter(x.view(), x.view()) + view_parameter(a, b.slice(ndarray::s![..half]))
}

#[test]
fn check_view_parameter() {
    for n in SIZES {
        check_second!(view_parameter(view positive(n), view vector(n, 6)));
        check_second!(calls_with_views(&positive(n)));
    }
}

#[differentiate(order = 2)]
fn owned_parameter(x: Array1<f64>, scale: f64) -> Array1<f64> {
    let mut x = x * scale;
    x[0] = 1.0;
    x.mapv_into(|v| v.sin())
}

#[test]
fn check_owned_parameter() {
    for n in [1, 2, 5] {
        check_vector!(owned_parameter(positive(n), 0.7));
    }
}

#[differentiate(order = 2)]
fn built_vectors(a: f64, b: f64, n: usize) -> f64 {
    let ramp = Array1::from_shape_fn(n, |i| a * i as f64 + b);
    let level = Array1::from_elem(n, a * b);
    let ones: Array1<f64> = Array1::ones(n);
    let from_iter: Array1<f64> = (0..n).map(|i| (a * i as f64).cos()).collect();
    let from_vec = Array::from_vec(vec![a, b, a * b]);
    let listed = array![a, b * b, 1.0];
    (ramp * &level - ones).dot(&from_iter) + from_vec.dot(&listed)
}

#[test]
fn check_built_vectors() {
    for n in SIZES {
        check_second!(built_vectors(0.7, 1.3, const n));
    }
}

#[differentiate(order = 2)]
fn zipped(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let mut z = Array1::<f64>::zeros(x.len());
    Zip::from(&mut z).and(x).and(y).for_each(|z, &x, &y| *z = x * y.sin());
    let w = Zip::from(&z).and(x).map_collect(|z, x| z / x);
    w.iter().zip(&z).map(|(w, z)| w * z).sum()
}

#[test]
fn check_zipped() {
    for n in SIZES {
        check_second!(zipped(&positive(n), &vector(n, 7)));
    }
}

#[differentiate(order = 2)]
fn joined(x: &Array1<f64>, y: &Array1<f64>) -> Array1<f64> {
    let z = concatenate![Axis(0), *x, *y];
    let w = concatenate(Axis(0), &[y.view(), x.view()]).unwrap();
    z * w
}

#[test]
fn check_joined() {
    for n in SIZES {
        check_vector!(joined(&positive(n), &vector(2, 8)));
    }
}

#[differentiate(order = 2)]
fn loops_over_elements(x: &Array1<f64>, y: &Array1<f64>) -> f64 {
    let mut s = 1.0;
    for v in x {
        s += v * v;
    }
    for (i, v) in y.iter().enumerate() {
        s *= 1.0 + v / (i + 2) as f64;
    }
    let mut z = x.to_vec();
    for (z, (i, y)) in z.iter_mut().zip(y.indexed_iter()) {
        *z *= y * i as f64;
    }
    s + z.iter().sum::<f64>() + x.as_slice().unwrap().iter().product::<f64>()
}

#[test]
fn check_loops_over_elements() {
    for n in SIZES {
        check_second!(loops_over_elements(&positive(n), &vector(n, 9)));
    }
}

#[differentiate(order = 2)]
fn windows_and_cumulative(x: &Array1<f64>) -> f64 {
    let smooth: f64 = x.windows(2).into_iter().map(|w| w[0] * w[1] + w.sum()).sum();
    let mut running = x.clone();
    running.accumulate_axis_inplace(Axis(0), |&previous, current| *current += previous);
    smooth * running.sum()
}

#[test]
fn check_windows_and_cumulative() {
    for n in SIZES {
        check_second!(windows_and_cumulative(&positive(n)));
    }
}
