//! Rows, columns, slices and other views of matrices, read and written.

use ad::{check_in_place, check_second, check_vector, signed, values};
use ad_runtime::differentiate;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut1, Axis, s, stack};

fn positive(n: usize) -> Array1<f64> {
    Array1::from(values(n))
}

fn matrix(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    Array2::from_shape_vec((rows, columns), signed(rows * columns, seed)).unwrap()
}

const SHAPES: [(usize, usize); 4] = [(0, 2), (1, 1), (2, 3), (4, 2)];

#[differentiate(order = 2)]
fn pairwise_rows(x: &Array2<f64>, scale: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.nrows() {
        for j in 0..i {
            let d = &x.row(i) - &x.row(j);
            s += (-scale * d.dot(&d)).exp();
        }
    }
    s
}

#[differentiate(order = 2)]
fn pairwise_rows_in_scale(#[constant] x: &Array2<f64>, scale: f64) -> f64 {
    pairwise_rows(x, scale)
}

#[test]
fn check_pairwise_rows() {
    for (m, n) in SHAPES {
        check_second!(pairwise_rows(&matrix(m, n, 1), 0.7));
        check_second!(pairwise_rows_in_scale(const &matrix(m, n, 1), 0.7));
    }
}

#[differentiate(order = 2)]
fn column_norms(x: &Array2<f64>) -> Array1<f64> {
    let mut norms = Array1::zeros(x.ncols());
    for (j, column) in x.columns().into_iter().enumerate() {
        norms[j] = (0.1 + column.dot(&column)).sqrt();
    }
    norms
}

#[test]
fn check_column_norms() {
    for (m, n) in SHAPES {
        check_vector!(column_norms(&matrix(m, n, 2)));
    }
}

#[differentiate(order = 2)]
fn normalised_rows(x: &Array2<f64>) -> Array2<f64> {
    let mut y = x.clone();
    for mut row in y.rows_mut() {
        let norm = (1.0 + row.dot(&row)).sqrt();
        row /= norm;
    }
    y
}

#[test]
fn check_normalised_rows() {
    for (m, n) in SHAPES {
        check_vector!(normalised_rows(&matrix(m, n, 3)));
    }
}

#[differentiate(order = 2)]
fn block_assembly(a: &Array2<f64>, b: f64) -> f64 {
    let (m, n) = a.dim();
    let mut big = Array2::zeros((m + 1, n + 1));
    big.slice_mut(s![..m, ..n]).assign(a);
    big.slice_mut(s![m, ..n]).assign(&a.sum_axis(Axis(0)));
    big.column_mut(n).fill(b);
    big[[m, n]] = b * b;
    let product = big.t().dot(&big);
    product.slice(s![.., 0..1]).sum() + product.diag().sum()
}

#[test]
fn check_block_assembly() {
    for (m, n) in SHAPES {
        check_second!(block_assembly(&matrix(m, n, 4), 0.6));
    }
}

#[differentiate(order = 2)]
fn discrete_laplacian(u: ArrayView2<f64>) -> f64 {
    let centre = u.slice(s![1..-1, 1..-1]);
    let up = u.slice(s![..-2, 1..-1]);
    let down = u.slice(s![2.., 1..-1]);
    let left = u.slice(s![1..-1, ..-2]);
    let right = u.slice(s![1..-1, 2..]);
    let laplacian = &up + &down + left + right - 4.0 * &centre;
    laplacian.iter().map(|l| l * l).sum()
}

#[test]
fn check_discrete_laplacian() {
    for (m, n) in [(2, 2), (3, 3), (4, 5)] {
        check_second!(discrete_laplacian(view matrix(m, n, 5)));
    }
}

#[differentiate(order = 2)]
fn scale_row(mut row: ArrayViewMut1<f64>, factor: f64) {
    row *= factor;
    for v in row.iter_mut() {
        *v += factor * *v * *v;
    }
}

#[differentiate(order = 2)]
fn scaled_rows(x: &Array2<f64>, factor: f64) -> f64 {
    let mut y = x.to_owned();
    for i in 0..y.nrows() {
        scale_row(y.row_mut(i), factor * (i + 1) as f64);
    }
    y.sum()
}

#[test]
fn check_scaled_rows() {
    for (m, n) in SHAPES {
        check_second!(scaled_rows(&matrix(m, n, 6), 0.4));
    }
}

#[differentiate(order = 2)]
fn back_substitution(r: &Array2<f64>, b: &Array1<f64>) -> Array1<f64> {
    let n = b.len();
    let mut x = Array1::<f64>::zeros(n);
    for i in (0..n).rev() {
        let known = r.slice(s![i, i + 1..]).dot(&x.slice(s![i + 1..]));
        x[i] = (b[i] - known) / r[[i, i]];
    }
    x
}

#[test]
fn check_back_substitution() {
    for n in [0, 1, 2, 4] {
        let r = matrix(n, n, 7) + 3.0 * Array2::<f64>::eye(n);
        check_vector!(back_substitution(&r, &positive(n)));
    }
}

#[differentiate(order = 2)]
fn eliminate(a: &mut Array2<f64>) {
    let n = a.nrows();
    for k in 0..n {
        for i in k + 1..n {
            let factor = a[[i, k]] / a[[k, k]];
            for j in k..n {
                a[[i, j]] -= factor * a[[k, j]];
            }
        }
    }
}

#[differentiate(order = 2)]
fn row_elimination_determinant(a: &Array2<f64>) -> f64 {
    let mut u = a.clone();
    for k in 0..u.nrows() {
        let (pivot_rows, mut rest) = u.view_mut().split_at(Axis(0), k + 1);
        let pivot = pivot_rows.row(k);
        for mut row in rest.rows_mut() {
            let factor = row[k] / pivot[k];
            row.scaled_add(-factor, &pivot);
        }
    }
    u.diag().product()
}

#[test]
fn check_eliminate() {
    for n in [0, 1, 2, 4] {
        let a = matrix(n, n, 8) + 3.0 * Array2::<f64>::eye(n);
        check_in_place!(eliminate(&mut a));
        check_second!(row_elimination_determinant(&a));
    }
}

#[differentiate(order = 2)]
fn stacked(x: &Array1<f64>, y: &Array1<f64>) -> Array2<f64> {
    let rows = stack![Axis(0), *x, *y];
    let columns = stack(Axis(1), &[y.view(), x.view()]).unwrap();
    rows.dot(&columns)
}

#[test]
fn check_stacked() {
    for n in [0, 1, 2, 4] {
        check_vector!(stacked(&positive(n), &Array1::from(signed(n, 9))));
    }
}

#[differentiate(order = 2)]
fn transposes(a: &Array2<f64>) -> f64 {
    let t = a.t();
    let mut total = 0.0;
    for (row, column) in t.rows().into_iter().zip(a.columns()) {
        total += row.dot(&column) * row.sum();
    }
    let flat = a.t().iter().enumerate().map(|(i, v)| v * (i as f64).sin()).sum::<f64>();
    total + flat + a.clone().reversed_axes()[[0, 0]]
}

#[test]
fn check_transposes() {
    for (m, n) in [(1, 1), (2, 3), (4, 2)] {
        check_second!(transposes(&matrix(m, n, 10)));
    }
}

#[differentiate(order = 2)]
fn mapped_rows(x: &Array2<f64>, w: &Array1<f64>) -> f64 {
    let scores = x.map_axis(Axis(1), |row| row.iter().zip(w).map(|(x, w)| x * w).sum::<f64>());
    let maxima = x.rows().into_iter().map(|row| row.fold(-5.0, |m: f64, v| m.max(*v))).sum::<f64>();
    x.axis_iter(Axis(0)).zip(&scores).map(|(row, s)| row.sum() * s).sum::<f64>() + maxima
}

#[test]
fn check_mapped_rows() {
    for (m, n) in SHAPES {
        check_second!(mapped_rows(&matrix(m, n, 11), &positive(n)));
    }
}

#[differentiate(order = 2)]
fn selected(x: &Array2<f64>, order: &[usize]) -> f64 {
    let picked = x.select(Axis(0), order);
    let first = picked.row(0).to_owned();
    let last = picked.index_axis(Axis(0), order.len() - 1);
    first.dot(&last) + picked.sum()
}

#[test]
fn check_selected() {
    check_second!(selected(&matrix(3, 2, 12), const &[2, 0, 2]));
    check_second!(selected(&matrix(3, 2, 12), const &[1]));
}
