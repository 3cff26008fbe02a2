//! Sparse matrices, in the forms that solvers take.

use super::Pattern;

/// A sparse matrix in compressed column form.
///
/// `sprs` takes it as `CsMat::new_csc((m.rows(), m.columns()), m.column_starts().to_vec(), m.row_indices().to_vec(),
/// m.values().to_vec())`; `faer` by the same three slices, or by triplets:
/// `m.triplets().map(|(row, col, val)| Triplet { row, col, val })`.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseMatrix {
    rows: usize,
    starts: Vec<usize>,
    indices: Vec<usize>,
    values: Vec<f64>,
}

impl SparseMatrix {
    /// The matrix whose entries are those of the pattern.
    pub(super) fn with_entries(
        pattern: &Pattern,
        entry: impl Fn(usize, usize) -> f64,
    ) -> SparseMatrix {
        let by_columns = pattern.transposed();
        let mut matrix = SparseMatrix {
            rows: pattern.rows(),
            starts: vec![0],
            indices: Vec::with_capacity(pattern.len()),
            values: Vec::with_capacity(pattern.len()),
        };
        for column in 0..pattern.columns() {
            for &row in by_columns.row(column) {
                matrix.indices.push(row);
                matrix.values.push(entry(row, column));
            }
            matrix.starts.push(matrix.indices.len());
        }
        matrix
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.starts.len() - 1
    }

    /// Where each column starts in [`row_indices`](Self::row_indices), and where the last one ends.
    pub fn column_starts(&self) -> &[usize] {
        &self.starts
    }

    /// The rows of the entries, column by column and ascending in each.
    pub fn row_indices(&self) -> &[usize] {
        &self.indices
    }

    /// The entries, in the order of [`row_indices`](Self::row_indices).
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// `(row, column, value)` of each entry, column by column.
    pub fn triplets(&self) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        (0..self.columns()).flat_map(move |column| {
            (self.starts[column]..self.starts[column + 1])
                .map(move |at| (self.indices[at], column, self.values[at]))
        })
    }

    /// An entry; zero where the pattern has none.
    ///
    /// # Panics
    /// When it is outside of the matrix.
    #[track_caller]
    pub fn get(&self, row: usize, column: usize) -> f64 {
        assert!(row < self.rows, "row {row} of a matrix of {} rows", self.rows);
        let range = self.starts[column]..self.starts[column + 1];
        match self.indices[range.clone()].binary_search(&row) {
            Ok(at) => self.values[range.start + at],
            Err(_) => 0.0,
        }
    }

    /// The transpose.
    pub fn transposed(&self) -> SparseMatrix {
        let entries = self.triplets().map(|(row, column, _)| (column, row));
        let pattern = Pattern::new(self.columns(), self.rows, entries);
        SparseMatrix::with_entries(&pattern, |row, column| self.get(column, row))
    }

    /// The product with a vector.
    ///
    /// # Panics
    /// When the vector has another length than the matrix has columns.
    #[track_caller]
    pub fn dot(&self, x: &[f64]) -> Vec<f64> {
        assert_eq!(x.len(), self.columns(), "a matrix of {} columns", self.columns());
        let mut product = vec![0.0; self.rows];
        for (row, column, value) in self.triplets() {
            product[row] += value * x[column];
        }
        product
    }

    /// The same matrix with its zeros.
    #[cfg(feature = "ndarray")]
    pub fn to_dense(&self) -> ndarray::Array2<f64> {
        let mut dense = ndarray::Array2::zeros((self.rows, self.columns()));
        for (row, column, value) in self.triplets() {
            dense[[row, column]] = value;
        }
        dense
    }
}
