//! Iterators over arrays: of elements, of parts, in loops and in chains.

use super::{cube, matrix, positive, vector};
use ad::{check_second, check_vector};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, Array3, ArrayView1, Axis};

#[differentiate(order = 2)]
fn elements(x: &Array2<f64>, w: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for v in x.iter() {
        s += v * v;
    }
    for v in x {
        s += v.sin();
    }
    for (a, b) in x.iter().zip(w.iter()) {
        s += a * b;
    }
    for (k, v) in x.iter().enumerate() {
        s += v * k as f64;
    }
    s + x.iter().sum::<f64>()
        + x.iter().zip(w).map(|(a, b)| a * b * b).sum::<f64>()
        + x.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        + x.iter().cloned().fold(f64::INFINITY, f64::min)
        + w.iter().product::<f64>()
}

#[test]
fn check_elements() {
    check_second!(elements(&matrix(2, 3, 1), &matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn elements_changed(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    for v in y.iter_mut() {
        *v = *v * *v + s;
    }
    for v in &mut y {
        *v *= s;
    }
    y.iter_mut().zip(x.iter()).for_each(|(y, x)| *y += x * s);
    for (v, w) in y.iter_mut().zip(x) {
        *v *= w;
    }
    for ((i, j), v) in y.indexed_iter_mut() {
        *v *= (i + 2 * j) as f64 * s;
    }
    y.iter_mut().enumerate().for_each(|(k, v)| *v += k as f64 * *v * *v);
    y.sum()
}

#[test]
fn check_elements_changed() {
    check_second!(elements_changed(&matrix(2, 3, 1), 0.7));
}

#[differentiate(order = 2)]
fn indexed(x: &Array2<f64>, t: &Array3<f64>, v: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for ((i, j), e) in x.indexed_iter() {
        s += e * (1 + i + 2 * j) as f64 * v[i];
    }
    for ((i, j, k), e) in t.indexed_iter() {
        s += e * e * (i * j + k) as f64;
    }
    for (i, e) in v.indexed_iter() {
        s += e * i as f64;
    }
    s + x.indexed_iter().map(|((i, j), e)| e * e * (i + j) as f64).sum::<f64>()
        + x.indexed_iter().filter(|((i, j), _)| i == j).map(|(_, e)| e.sin()).sum::<f64>()
}

#[test]
fn check_indexed() {
    check_second!(indexed(&matrix(2, 3, 1), &cube(2, 2, 2, 2), &vector(2, 3)));
}

#[differentiate(order = 2)]
fn indexed_whole(x: &Array2<f64>, w: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for (at, e) in x.indexed_iter() {
        s += e * w[at];
    }
    s
}

#[test]
fn check_indexed_whole() {
    check_second!(indexed_whole(&matrix(2, 3, 1), &matrix(2, 3, 2)));
}

#[differentiate(order = 2)]
fn rows_and_columns(x: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for row in x.rows() {
        s += row.dot(w);
    }
    for column in x.columns() {
        s += column.dot(&column);
    }
    for (row, w) in x.rows().into_iter().zip(w.iter()) {
        s += row.sum() * w;
    }
    for (i, row) in x.outer_iter().enumerate() {
        s += row[0] * i as f64;
    }
    s + x.rows().into_iter().map(|r| r.dot(&r)).sum::<f64>()
        + x.columns().into_iter().map(|c| c.product()).fold(0.0, |a, b| a + b * b)
        + x.outer_iter().zip(x.outer_iter().skip(1)).map(|(a, b)| a.dot(&b)).sum::<f64>()
        + x.axis_iter(Axis(1)).enumerate().map(|(k, c)| c.sum() * k as f64).sum::<f64>()
        + x.axis_iter(Axis(0)).rev().map(|r| r.exp().sum()).sum::<f64>()
}

#[test]
fn check_rows_and_columns() {
    check_second!(rows_and_columns(&matrix(2, 3, 1), &vector(3, 2)));
}

#[differentiate(order = 2)]
fn parts_changed(x: &Array2<f64>, w: &Array1<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    for mut row in y.rows_mut() {
        row *= w;
    }
    for mut column in y.columns_mut() {
        column += s;
    }
    for (mut row, v) in y.outer_iter_mut().zip(x.outer_iter()) {
        row += &v;
    }
    for (i, mut row) in y.axis_iter_mut(Axis(0)).enumerate() {
        row.mapv_inplace(|v| v * (1.0 + i as f64) * s);
    }
    for (mut row, v) in y.rows_mut().into_iter().zip(w.iter()) {
        row[0] += v * v;
        row *= s;
    }
    y.outer_iter_mut().for_each(|mut row| row *= s);
    y.axis_iter_mut(Axis(1)).zip(w).for_each(|(mut c, v)| c += *v);
    (&y * &y).sum()
}

#[test]
fn check_parts_changed() {
    check_second!(parts_changed(&matrix(2, 3, 1), &vector(3, 2), 0.7));
}

#[differentiate(order = 2)]
fn parts_of_a_cube(t: &Array3<f64>, w: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for m in t.outer_iter() {
        s += m.dot(w).sum();
    }
    for m in t.axis_iter(Axis(2)) {
        s += (&m * &m).sum();
    }
    for lane in t.rows() {
        s += lane.sum() * lane[0];
    }
    for lane in t.lanes(Axis(1)) {
        s += lane.dot(&lane);
    }
    s + t.outer_iter().map(|m| m.t().dot(&m).sum()).sum::<f64>()
}

#[test]
fn check_parts_of_a_cube() {
    check_second!(parts_of_a_cube(&cube(2, 2, 3, 1), &matrix(3, 2, 2)));
}

#[differentiate(order = 2)]
fn axis_chunks(x: &Array2<f64>, v: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for block in x.axis_chunks_iter(Axis(0), 2) {
        s += block.sum() * block.sum();
    }
    for (k, block) in v.axis_chunks_iter(Axis(0), 3).enumerate() {
        s += block.dot(&block) * k as f64;
    }
    s + x.axis_chunks_iter(Axis(1), 2).map(|b| b.dot(&b.t()).sum()).sum::<f64>()
}

#[test]
fn check_axis_chunks() {
    check_second!(axis_chunks(&matrix(3, 3, 1), &vector(7, 2)));
}

#[differentiate(order = 2)]
fn axis_chunks_changed(x: &Array2<f64>, s: f64) -> f64 {
    let mut y = x.clone();
    for mut block in y.axis_chunks_iter_mut(Axis(0), 2) {
        let total = block.sum();
        block *= total * s;
    }
    (&y * &y).sum()
}

#[test]
fn check_axis_chunks_changed() {
    check_second!(axis_chunks_changed(&matrix(3, 2, 1), 0.7));
}

#[differentiate(order = 2)]
fn exact_chunks(x: &Array2<f64>, v: &Array1<f64>) -> f64 {
    let mut s = 0.0;
    for block in x.exact_chunks((2, 2)) {
        s += block.sum() * block[[0, 1]];
    }
    for block in v.exact_chunks(2) {
        s += block.dot(&block);
    }
    s + x.exact_chunks((1, 2)).into_iter().map(|b| b.product()).sum::<f64>()
}

#[test]
fn check_exact_chunks() {
    check_second!(exact_chunks(&matrix(3, 5, 1), &vector(5, 2)));
}

#[differentiate(order = 2)]
fn windows(x: &Array2<f64>, v: &Array1<f64>, kernel: &Array2<f64>) -> f64 {
    let mut s = 0.0;
    for w in x.windows((2, 2)) {
        s += (&w * kernel).sum().tanh();
    }
    for w in v.windows(2) {
        s += w[0] * w[1];
    }
    s + v.windows(3).into_iter().map(|w| w.dot(&w)).sum::<f64>()
        + x.windows((1, 2)).into_iter().map(|w| w.product()).sum::<f64>()
}

#[test]
fn check_windows() {
    check_second!(windows(&matrix(3, 4, 1), &vector(5, 2), &matrix(2, 2, 3)));
}

#[differentiate(order = 2)]
fn norm_of(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[differentiate(order = 2)]
fn sum_of(x: &[f64]) -> f64 {
    x.iter().sum()
}

#[differentiate(order = 2)]
fn rows_to_functions(x: &Array2<f64>, w: &Array1<f64>) -> f64 {
    x.rows().into_iter().map(|row| score(row, w)).sum::<f64>()
        + x.outer_iter().map(|row| score(row, w)).fold(0.0, |a, b| a + b * b)
}

#[differentiate(order = 2)]
fn score(row: ArrayView1<f64>, w: &Array1<f64>) -> f64 {
    row.dot(w).tanh()
}

#[test]
fn check_rows_to_functions() {
    check_second!(rows_to_functions(&matrix(2, 3, 1), &positive(3)));
}

#[differentiate(order = 2)]
fn extremes(x: &Array1<f64>) -> f64 {
    let max = x.iter().fold(f64::MIN, |m, &v| if v > m { v } else { m });
    let min = x.iter().copied().reduce(f64::min).unwrap();
    let argmax =
        x.iter().enumerate().max_by(|a, b| a.1.partial_cmp(b.1).unwrap()).map(|(i, _)| i).unwrap();
    max * min + x[argmax]
}

#[test]
fn check_extremes() {
    check_second!(extremes(&vector(4, 1)));
}

/// What is written starts as a constant: only the bodies of the loops make it active.
#[differentiate(order = 2)]
fn constant_starts(x: &Array2<f64>, t: &Array3<f64>, s: f64) -> f64 {
    let mut a = Array2::<f64>::zeros(x.raw_dim());
    for ((i, j), v) in a.indexed_iter_mut() {
        *v = x[[i, j]] * s;
    }
    let mut b = Array2::<f64>::zeros(x.raw_dim());
    for (mut lane, row) in b.lanes_mut(Axis(1)).into_iter().zip(x.rows()) {
        lane.assign(&row);
    }
    let mut c = Array2::<f64>::ones(x.raw_dim());
    for mut block in c.axis_chunks_iter_mut(Axis(0), 2) {
        block *= s;
    }
    let mut d = Array2::<f64>::ones(x.raw_dim());
    for mut block in d.exact_chunks_mut((1, 2)) {
        block[[0, 1]] = s * s;
    }
    let mut e = Array3::<f64>::ones(t.raw_dim());
    for mut row in e.rows_mut() {
        row += s;
    }
    let mut f = Array2::<f64>::ones(x.raw_dim());
    f.accumulate_axis_inplace(Axis(1), |&before, now| *now += before * s);
    let g = Array2::<f64>::ones((2, 2)).fold_axis(Axis(0), 1.0, |acc, &v| acc * s + v);
    let h = Array3::<f64>::ones((2, 2, 2)).map_axis(Axis(1), |lane| lane.sum() * s);
    (a * b * c * d * f).sum() + (e * t).sum() * g.sum() * h.sum()
}

#[test]
fn check_constant_starts() {
    check_second!(constant_starts(&matrix(2, 3, 1), &cube(2, 2, 2, 2), 0.7));
}

#[differentiate(order = 2)]
fn parts_of_a_cube_changed(t: &Array3<f64>, s: f64) -> Array3<f64> {
    let mut u = t.clone();
    for mut m in u.outer_iter_mut() {
        m *= s;
    }
    for mut lane in u.rows_mut() {
        lane += s;
    }
    for mut lane in u.lanes_mut(Axis(1)) {
        let total = lane.sum();
        lane *= total;
    }
    u
}

#[test]
fn check_parts_of_a_cube_changed() {
    check_vector!(parts_of_a_cube_changed(&cube(2, 2, 3, 1), 0.7));
}
