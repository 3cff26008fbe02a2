//! Slices and arrays as input: indices, sub-slices, patterns, nested arrays.

use ad::{check, check_vector, signed, values};
use ad_runtime::{differentiate, stop_gradient};

const SIZES: [usize; 4] = [0, 1, 2, 6];

#[differentiate]
fn sum_of_squares(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * x[i];
    }
    s
}

#[test]
fn check_sum_of_squares() {
    for n in SIZES {
        check!(sum_of_squares(&values(n)));
    }
}

#[differentiate]
fn weighted_residual(w: &[f64], x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        s += w[i] * (x[i] - y[i]).powi(2);
    }
    s
}

#[differentiate]
fn weighted_residual_of_data(#[constant] w: &[f64], x: &[f64], #[constant] y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..w.len() {
        s += w[i] * (x[i] - y[i]).powi(2);
    }
    s
}

#[test]
fn check_weighted_residual() {
    for n in SIZES {
        check!(weighted_residual(&values(n), &signed(n, 1), &signed(n, 2)));
        check!(weighted_residual_of_data(const &values(n), &signed(n, 1), const &signed(n, 2)));
    }
}

#[differentiate]
fn chained_rosenbrock(x: &[f64]) -> f64 {
    let mut f = 0.0;
    for i in 1..x.len() {
        f += 100.0 * (x[i] - x[i - 1].powi(2)).powi(2) + (1.0 - x[i - 1]).powi(2);
    }
    f
}

#[test]
fn check_chained_rosenbrock() {
    for n in SIZES {
        check!(chained_rosenbrock(&values(n)));
    }
}

#[differentiate]
fn matrix_vector(a: &[f64], x: &[f64], rows: usize) -> Vec<f64> {
    let cols = x.len();
    let mut y = vec![0.0; rows];
    for i in 0..rows {
        for j in 0..cols {
            y[i] += a[i * cols + j] * x[j];
        }
    }
    y
}

#[test]
fn check_matrix_vector() {
    for (rows, cols) in [(0, 2), (1, 1), (2, 3), (3, 0)] {
        check_vector!(matrix_vector(&signed(rows * cols, 3), &values(cols), const rows));
    }
}

#[differentiate]
fn determinant3(m: &[[f64; 3]; 3]) -> f64 {
    m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
}

#[test]
fn check_determinant3() {
    check!(determinant3(&[[2.0, 0.3, -0.5], [0.1, 1.5, 0.7], [-0.4, 0.6, 1.1]]));
}

#[differentiate]
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[differentiate]
fn triple_product(a: [f64; 3], b: [f64; 3], c: [f64; 3]) -> f64 {
    let [x, y, z] = cross(a, b);
    x * c[0] + y * c[1] + z * c[2]
}

#[test]
fn check_cross() {
    check_vector!(cross([0.2, -0.5, 1.1], [0.9, 0.4, -0.3]));
    check!(triple_product([0.2, -0.5, 1.1], [0.9, 0.4, -0.3], [0.3, 0.3, 1.0]));
}

#[differentiate]
fn halves(x: &[f64]) -> f64 {
    let (front, back) = x.split_at(x.len() / 2);
    let mut s = 1.0;
    for v in front {
        s *= v;
    }
    for v in back.iter() {
        s += v * v;
    }
    let middle = &x[x.len() / 3..2 * x.len() / 3];
    for i in 0..middle.len() {
        s -= 0.5 * middle[i];
    }
    s
}

#[test]
fn check_halves() {
    for n in SIZES {
        check!(halves(&values(n)));
    }
}

#[differentiate]
fn ends(x: &[f64]) -> f64 {
    match (x.first(), x.last()) {
        (Some(a), Some(b)) => a * b + x[1..].len() as f64 * a,
        _ => 0.0,
    }
}

#[test]
fn check_ends() {
    for n in SIZES {
        check!(ends(&values(n)));
    }
}

#[differentiate]
fn slice_patterns(x: &[f64]) -> f64 {
    match x {
        [] => 0.0,
        [only] => only.sin(),
        [first, last] => first / last,
        [first, middle @ .., last] => {
            let mut s = first * last;
            for m in middle {
                s += m.cos();
            }
            s
        }
    }
}

#[test]
fn check_slice_patterns() {
    for n in SIZES {
        check!(slice_patterns(&values(n)));
    }
}

#[differentiate]
fn recursive_sum_of_logs(x: &[f64]) -> f64 {
    if let [head, tail @ ..] = x { head.ln() + 0.5 * recursive_sum_of_logs(tail) } else { 0.0 }
}

#[test]
fn check_recursive_sum_of_logs() {
    for n in SIZES {
        check!(recursive_sum_of_logs(&values(n)));
    }
}

/// Values picked by an index table; entries may repeat.
#[differentiate]
fn gather(x: &[f64], index: &[usize]) -> f64 {
    let mut product = 1.0;
    for &i in index {
        product *= 1.0 + x[i];
    }
    product
}

#[test]
fn check_gather() {
    check!(gather(&values(4), const &[2, 0, 2, 3, 2]));
    check!(gather(&values(4), const &[]));
}

#[differentiate]
fn linear_interpolation(knots: &[f64], heights: &[f64], x: f64) -> f64 {
    let mut i = 0;
    while i + 2 < knots.len() && x > knots[i + 1] {
        i += 1;
    }
    let t = (x - knots[i]) / (knots[i + 1] - knots[i]);
    (1.0 - t) * heights[i] + t * heights[i + 1]
}

#[differentiate]
fn linear_interpolation_at(#[constant] knots: &[f64], heights: &[f64], #[constant] x: f64) -> f64 {
    linear_interpolation(knots, heights, x)
}

#[test]
fn check_linear_interpolation() {
    let knots = vec![0.0, 0.9, 2.1, 3.0];
    for x in [0.3, 1.5, 2.7] {
        check!(linear_interpolation(&knots, &values(4), x));
        check!(linear_interpolation_at(const &knots, &values(4), const x));
    }
}

#[differentiate]
fn table_lookup(table: &[f64; 5], x: f64) -> f64 {
    let i = (x.floor() as usize).min(3);
    let t = x - stop_gradient(i as f64);
    table[i] + t * (table[i + 1] - table[i])
}

#[test]
fn check_table_lookup() {
    check!(table_lookup(&[0.3, 0.9, 0.2, 0.6, 1.4], 2.3));
    check!(table_lookup(&[0.3, 0.9, 0.2, 0.6, 1.4], 0.3));
}

#[differentiate]
fn de_casteljau(control: [[f64; 2]; 4], t: f64) -> [f64; 2] {
    let mut points = control;
    for level in 1..4 {
        for i in 0..4 - level {
            for d in 0..2 {
                points[i][d] = (1.0 - t) * points[i][d] + t * points[i + 1][d];
            }
        }
    }
    points[0]
}

#[test]
fn check_de_casteljau() {
    check_vector!(de_casteljau([[0.0, 0.1], [0.4, 1.2], [0.9, -0.3], [1.3, 0.5]], 0.35));
}

/// Ranges that variables hold, used more than once.
#[differentiate]
fn blocks_by_ranges(x: &[f64], w: &[f64]) -> f64 {
    let size = 2;
    let mut total = 0.0;
    for b in 0..x.len() / size {
        let block = b * size..(b + 1) * size;
        let (first, rest) = (block.start..block.start + 1, block.start + 1..block.end);
        let scale: f64 = w[block.clone()].iter().map(|w| w.sin()).sum();
        total += scale * x[first].iter().sum::<f64>();
        for v in &x[rest] {
            total += v * v * scale;
        }
        total += x[block].iter().zip(w).map(|(x, w)| x * w).sum::<f64>();
    }
    total
}

#[test]
fn check_blocks_by_ranges() {
    for n in [0, 2, 3, 7] {
        check!(blocks_by_ranges(&values(n), &values(n)));
    }
}
