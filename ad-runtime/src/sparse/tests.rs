//! Sparse matrices of known functions, and how many sweeps they take.

use super::{Coloring, Pattern, sparse_hessian, sparse_jacobian, sparse_jacobian_reverse};
use std::cell::Cell;

/// The product of a matrix that is given by its entries with a vector, and how often it was asked for.
struct Matrix {
    rows: usize,
    columns: usize,
    entry: fn(usize, usize) -> f64,
    sweeps: Cell<usize>,
}

impl Matrix {
    fn new(rows: usize, columns: usize, entry: fn(usize, usize) -> f64) -> Self {
        Matrix { rows, columns, entry, sweeps: Cell::new(0) }
    }

    /// What is structurally zero adds nothing, as in a derivative.
    fn dot(&self, x: &[f64]) -> Vec<f64> {
        self.sweeps.set(self.sweeps.get() + 1);
        let term = |i: usize, k: usize| match (self.entry)(i, k) {
            0.0 => 0.0,
            entry => entry * x[k],
        };
        (0..self.rows).map(|i| (0..self.columns).map(|k| term(i, k)).sum()).collect()
    }

    fn transposed_dot(&self, y: &[f64]) -> Vec<f64> {
        self.sweeps.set(self.sweeps.get() + 1);
        (0..self.columns).map(|k| (0..self.rows).map(|i| (self.entry)(i, k) * y[i]).sum()).collect()
    }

    fn pattern(&self) -> Pattern {
        let pattern = Pattern::detect(self.columns, |x| self.dot(x));
        self.sweeps.set(0);
        pattern
    }

    /// The sweeps that were for the matrix itself: one more checks the pattern, in debug builds.
    fn sweeps(&self) -> usize {
        self.sweeps.get() - usize::from(cfg!(debug_assertions))
    }

    fn require_equal(&self, sparse: &super::SparseMatrix) {
        for i in 0..self.rows {
            for k in 0..self.columns {
                assert_eq!(sparse.get(i, k), (self.entry)(i, k), "entry ({i}, {k})");
            }
        }
    }
}

fn banded(i: usize, k: usize) -> f64 {
    if i.abs_diff(k) <= 1 { 1.0 + (3 * i + k) as f64 } else { 0.0 }
}

fn arrow(i: usize, k: usize) -> f64 {
    if i == k || i == 0 || k == 0 { 1.0 + (i + k) as f64 } else { 0.0 }
}

/// Two rows for each pair of 4 cameras of 6 parameters and 10 points of 3 coordinates.
fn bundle(i: usize, k: usize) -> f64 {
    let (camera, point) = (i / 2 % 4, i / 2 / 4);
    let seen = if k < 24 { k / 6 == camera } else { (k - 24) / 3 == point };
    if seen { 1.0 + (i * 7 + k) as f64 } else { 0.0 }
}

#[test]
fn a_band_takes_as_many_sweeps_as_it_is_wide() {
    for n in [3, 10, 40] {
        let matrix = Matrix::new(n, n, banded);
        matrix.require_equal(&sparse_jacobian(&matrix.pattern(), |x| matrix.dot(x)));
        assert_eq!(matrix.sweeps(), 3);
    }
}

#[test]
fn a_dense_row_goes_in_reverse() {
    let matrix = Matrix::new(30, 30, |i, k| if i == k || i == 0 { 1.0 + k as f64 } else { 0.0 });
    let pattern = matrix.pattern();
    assert_eq!(Coloring::of_columns(&pattern).count(), 30);
    matrix.require_equal(&sparse_jacobian_reverse(&pattern, |y| matrix.transposed_dot(y)));
    assert_eq!(matrix.sweeps(), 2);
}

#[test]
fn bundle_adjustment() {
    let matrix = Matrix::new(80, 54, bundle);
    matrix.require_equal(&sparse_jacobian(&matrix.pattern(), |x| matrix.dot(x)));
    assert_eq!(matrix.sweeps(), 9); // six of a camera and three of a point
}

#[test]
fn symmetric_matrices_take_fewer_sweeps() {
    for n in [4, 10, 40] {
        let matrix = Matrix::new(n, n, arrow);
        let pattern = matrix.pattern();
        matrix.require_equal(&sparse_hessian(&pattern, |x| matrix.dot(x)));
        assert_eq!(matrix.sweeps(), 2);
        let symmetric = Matrix::new(n, n, |i, k| banded(i.min(k), i.max(k)));
        symmetric.require_equal(&sparse_hessian(&symmetric.pattern(), |x| symmetric.dot(x)));
        assert!(symmetric.sweeps() <= 3, "{}", symmetric.sweeps());
    }
}

/// Whatever the pattern, the recovered entries are those of the matrix.
#[test]
fn any_symmetric_pattern() {
    for n in 1..14 {
        for modulus in 2..9 {
            let entry = |i: usize, k: usize| {
                let (i, k) = (i.min(k), i.max(k));
                if i == k || (i * i + 3 * k) % modulus == 0 {
                    1.0 + (i * n + k) as f64
                } else {
                    0.0
                }
            };
            let entries = (0..n).flat_map(|i| (0..n).map(move |k| (i, k)));
            let pattern = Pattern::new(n, n, entries.filter(|&(i, k)| entry(i, k) != 0.0));
            let dot = |x: &[f64]| -> Vec<f64> {
                (0..n).map(|i| (0..n).map(|k| entry(i, k) * x[k]).sum()).collect()
            };
            let hessian = sparse_hessian(&pattern, dot);
            let jacobian = sparse_jacobian(&pattern, dot);
            for i in 0..n {
                for k in 0..n {
                    assert_eq!(hessian.get(i, k), entry(i, k));
                    assert_eq!(jacobian.get(i, k), entry(i, k));
                }
            }
        }
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "row 4 has an entry that is not in the pattern")]
fn a_missing_entry_is_found() {
    let matrix = Matrix::new(10, 10, banded);
    let full = matrix.pattern();
    let pattern = Pattern::new(10, 10, full.entries().filter(|&entry| entry != (4, 5)));
    let _ = sparse_jacobian(&pattern, |x| matrix.dot(x));
}

#[test]
#[should_panic(expected = "the pattern of a Hessian is symmetric")]
fn a_pattern_that_is_not_symmetric() {
    let _ = Coloring::star(&Pattern::new(2, 2, [(0, 1)]));
}

#[test]
#[should_panic(expected = "outside of a matrix of 2 × 3")]
fn an_entry_outside() {
    let _ = Pattern::new(2, 3, [(2, 0)]);
}

#[test]
fn patterns_and_matrices_of_nothing() {
    let empty = Pattern::detect(0, |x| x.to_vec());
    assert_eq!((empty.rows(), empty.columns(), empty.len()), (0, 0, 0));
    assert_eq!(sparse_jacobian(&empty, |x| x.to_vec()).values().len(), 0);
    let zero = Pattern::new(2, 3, []);
    assert_eq!(sparse_jacobian(&zero, |_| vec![0.0; 2]).dot(&[1.0; 3]), [0.0, 0.0]);
}

#[test]
fn the_forms_of_a_matrix() {
    let matrix = Matrix::new(3, 3, banded);
    let sparse = sparse_jacobian(&matrix.pattern(), |x| matrix.dot(x));
    assert_eq!(sparse.column_starts(), [0, 2, 5, 7]);
    assert_eq!(sparse.row_indices(), [0, 1, 0, 1, 2, 1, 2]);
    assert_eq!(sparse.values(), [1.0, 4.0, 2.0, 5.0, 8.0, 6.0, 9.0]);
    assert_eq!(sparse.triplets().nth(2), Some((0, 1, 2.0)));
    assert_eq!(sparse.transposed().transposed(), sparse);
    let union = matrix.pattern().union(&Pattern::new(3, 3, [(0, 2), (0, 0)]));
    assert_eq!(union.row(0), [0, 1, 2]);
}
