//! Order two of matrix code: every kind of rule, in programs of a vector, against differences of the gradient.

use crate::check;
use ad_runtime::{differentiate, einsum, linalg};
use ndarray::linalg::{general_mat_mul, general_mat_vec_mul};
use ndarray::{Array, Array1, Array2, Axis, Zip, array, s};

fn matrix() -> Array2<f64> {
    array![[1.2, 0.3, -0.4], [0.5, -0.8, 0.9]]
}

fn square() -> Array2<f64> {
    array![[1.2, 0.3, -0.4], [0.5, -0.8, 0.9], [0.1, 0.7, -0.3]]
}

#[differentiate(order = 2)]
fn arithmetic(x: &Array1<f64>) -> f64 {
    let y = x * x + 2.0 * x - 1.0;
    let z = &y / (x + 1.5) - x / 3.0;
    let w = -(1.0 / &z) * x.sum() + x[0] * &y;
    (w * 0.1 + (&y % 0.7) + 3.0 / x).sum()
}

#[differentiate(order = 2)]
fn broadcasting(x: &Array1<f64>) -> f64 {
    let rows = x.slice(s![..3]);
    let columns = x.slice(s![3..5]).insert_axis(Axis(1));
    let m = &columns * &rows + matrix() * rows;
    let n = &m / &columns - rows;
    (&n * &m).sum() + (n / rows).sum()
}

#[differentiate(order = 2)]
fn compound(x: &Array1<f64>) -> f64 {
    let mut y = x.clone();
    y += x;
    y *= x;
    y -= &(x * 0.5);
    y /= x[1];
    y *= x[2];
    y += x[3];
    let mut m = matrix();
    m *= &x.slice(s![..3]);
    m /= &x.slice(s![3..]);
    m -= x.sum();
    y.scaled_add(x[4], x);
    (y.dot(&y) + (&m * &m).sum()) * 0.1
}

#[differentiate(order = 2)]
fn products(x: &Array1<f64>) -> f64 {
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let u = x.slice(s![..3]).to_owned();
    let w = x.slice(s![4..]).to_owned();
    let au = a.dot(&u);
    let wa = w.dot(&a);
    let aat = a.dot(&a.t());
    let cube = aat.dot(&aat);
    au.dot(&w) + wa.dot(&u) + cube.sum() + x.dot(x) * aat[[0, 1]] + au.dot(&au)
}

#[differentiate(order = 2)]
fn reductions(x: &Array1<f64>) -> f64 {
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let columns = a.sum_axis(Axis(0)) * a.mean_axis(Axis(0)).unwrap();
    let spread = a.var_axis(Axis(1), 1.0) + a.std_axis(Axis(1), 0.0);
    columns.sum()
        + x.mean().unwrap().powi(3)
        + x.var(0.0) * x.std(1.0)
        + x.product()
        + spread.product()
        + a.product_axis(Axis(1)).sum()
}

#[differentiate(order = 2)]
fn elementwise(x: &Array1<f64>) -> f64 {
    let y = x.exp() + x.ln() * x.sqrt() - x.sin() / x.cos() + x.tanh() + x.tan();
    let z = x.cbrt() + x.ln_1p() + x.exp_m1() + x.exp2() + x.log2() + x.log10() + x.recip();
    let w = x.sinh() * x.cosh() + x.atan() + x.asinh() + (x * 0.5).asin() + (x * 0.5).acos();
    let h = (x + 1.1).acosh() + (x * 0.5).atanh() + x.abs() + x.fract() + x.floor();
    (y * 0.1 + z * w + h).sum()
}

#[differentiate(order = 2)]
fn powers(x: &Array1<f64>) -> f64 {
    let p = x.powi(3) + x.powf(x[1]) + x.pow2() * x.powf(1.7);
    let q = x.hypot(x[2]) + x.log(x[4] + 1.0) + x.clamp(0.5, x[1]) * x.abs_sub(x[5]);
    (p * q).sum()
}

#[differentiate(order = 2)]
fn closures(x: &Array1<f64>) -> f64 {
    let scale = x[0];
    let y = x.mapv(|e| (e * scale).sin());
    let z = x.map(|e| e * e + 1.0);
    let mut w = &y * &z;
    w.mapv_inplace(|e| e / (1.0 + e * e));
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let norms = a.map_axis(Axis(1), |row| row.dot(&row).sqrt());
    let total = w.fold(0.0, |sum, e| sum + e * e);
    let mut zipped = Array1::<f64>::zeros(6);
    Zip::from(&mut zipped).and(&y).and(&z).for_each(|t, &y, &z| *t = y * z * z);
    let collected = Zip::from(x).and(&zipped).map_collect(|a, b| a * b);
    zipped.zip_mut_with(x, |t, e| *t *= e.exp());
    total + norms.sum() + collected.sum() + zipped.sum()
}

#[differentiate(order = 2)]
fn rearranged(x: &Array1<f64>) -> f64 {
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let picked = x.select(Axis(0), &[0, 3, 3, 5]);
    let stacked = ndarray::stack(Axis(0), &[a.row(0), a.row(1), x.slice(s![1..4])]).unwrap();
    let joined = ndarray::concatenate(Axis(0), &[x.view(), picked.view()]).unwrap();
    let flat = a.t().to_owned().into_shape_clone(6).unwrap();
    let turned = a.clone().reversed_axes();
    let diagonal = Array2::from_diag(&picked);
    let wide = x.broadcast((2, 6)).unwrap().to_owned();
    (&stacked * &stacked).sum() * joined.dot(&joined)
        + flat.dot(x) * turned[[2, 1]]
        + diagonal.dot(&diagonal).sum()
        + (&wide * &wide).sum() * wide.diag().product()
        + a.column(1).dot(&a.column(2))
}

#[differentiate(order = 2)]
fn iterated(x: &Array1<f64>) -> f64 {
    let mut a: Array2<f64> = x.to_shape((3, 2)).unwrap().to_owned();
    let mut total = 0.0;
    for row in a.rows() {
        total += row[0] * row[1] * row[1];
    }
    for (i, column) in a.axis_iter(Axis(1)).enumerate() {
        total += column.dot(&column) * (i as f64 + 1.0) * x[i];
    }
    for mut row in a.outer_iter_mut() {
        let norm = row.dot(&row).sqrt();
        row /= norm;
        row[0] *= row[1];
    }
    a.row_mut(0).assign(&x.slice(s![2..4]));
    a[[2, 1]] = x[0] * x[1];
    a.column_mut(1).mapv_inplace(|e| e * e);
    let smallest = a.iter().fold(f64::INFINITY, |m, e| m.min(*e));
    total + a.iter().map(|e| e.powi(3)).sum::<f64>() + smallest * x.iter().sum::<f64>()
}

#[differentiate(order = 2)]
fn general_products(x: &Array1<f64>) -> f64 {
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let mut c = Array::zeros((2, 2));
    general_mat_mul(x[0], &a, &a.t(), 0.0, &mut c);
    general_mat_mul(1.0, &a, &square().dot(&a.t()), x[1], &mut c);
    let mut y = x.slice(s![..2]).to_owned();
    general_mat_vec_mul(x[2], &c, &x.slice(s![2..4]), x[3], &mut y);
    y.dot(&y) + linalg::kron(&c, &a).sum() + c[[0, 1]]
}

#[differentiate(order = 2)]
fn contractions(x: &Array1<f64>) -> f64 {
    let a: Array2<f64> = x.to_shape((2, 3)).unwrap().to_owned();
    let b = square();
    let quadratic = einsum!("ni,ij,nj->n", a, b, a);
    let outer = einsum!("i,j->ij", x, x);
    einsum!("n,n->", quadratic, quadratic)
        + einsum!("ii", outer) * einsum!("ij,ij->", outer, outer).sqrt()
}

#[test]
fn operators_and_products() {
    check!(arithmetic broadcasting compound products general_products contractions);
}

#[test]
fn functions_and_reductions() {
    check!(elementwise powers reductions closures);
}

#[test]
fn views_and_loops() {
    check!(rearranged iterated);
}
