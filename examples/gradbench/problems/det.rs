//! The determinant of a square matrix by expansion by minors.

use ad_runtime::differentiate;

/// The determinant of the minor of the rows from `row` on and of the columns whose bits are set in
/// `columns`, expanded along its first row; `a` is n × n, by rows.
#[differentiate]
fn minor(a: &[f64], n: usize, row: usize, columns: u32) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..n {
        if columns & (1 << j) != 0 {
            sum += sign * a[row * n + j] * minor(a, n, row + 1, columns & !(1 << j));
            sign = -sign;
        }
    }
    sum
}

#[differentiate]
pub fn determinant(a: &[f64], n: usize) -> f64 {
    minor(a, n, 0, (1 << n) - 1)
}
