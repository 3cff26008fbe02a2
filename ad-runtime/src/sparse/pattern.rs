//! Which entries of a matrix may differ from zero.

/// The entries of a matrix that may differ from zero, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    columns: usize,
    /// Where each row starts in `indices`, and where the last one ends.
    starts: Vec<usize>,
    /// The columns of the entries of each row, in ascending order.
    indices: Vec<usize>,
}

impl Pattern {
    /// The pattern with these entries, `(row, column)` in any order; one may be named again.
    ///
    /// ```
    /// use ad_runtime::sparse::Pattern;
    ///
    /// let pattern = Pattern::new(2, 3, [(1, 2), (0, 0), (1, 0)]);
    /// assert_eq!(pattern.row(1), [0, 2]);
    /// ```
    ///
    /// # Panics
    /// When an entry is outside of the matrix.
    #[track_caller]
    pub fn new(
        rows: usize,
        columns: usize,
        entries: impl IntoIterator<Item = (usize, usize)>,
    ) -> Self {
        let mut lists = vec![Vec::new(); rows];
        for (row, column) in entries {
            assert!(
                row < rows && column < columns,
                "the entry ({row}, {column}) is outside of a matrix of {rows} × {columns}"
            );
            lists[row].push(column);
        }
        Pattern::of_rows(columns, lists)
    }

    fn of_rows(columns: usize, lists: Vec<Vec<usize>>) -> Self {
        let (mut starts, mut indices) = (vec![0], Vec::new());
        for mut list in lists {
            list.sort_unstable();
            list.dedup();
            indices.extend(list);
            starts.push(indices.len());
        }
        Pattern { columns, starts, indices }
    }

    /// The pattern of the Jacobian of which `jvp` is the product with a direction of length `columns`, or of the Hessian
    /// of which it is that: `|dot| f::jvp(&x, dot).1`, `|dot| f::hvp(&x, dot)`.
    ///
    /// One sweep for each column, in a direction that is NaN there and zero elsewhere. Derivatives are sums of products
    /// with the direction, and NaN times whatever value is NaN: the entries of the image that are NaN are those that the
    /// column enters, even if the derivative is zero at this point. Values are computed as ever, hence the limits: of
    /// the branches of the function, those taken at this point count. What has slope zero, `floor` and the like or the
    /// smaller operand of `max`, may count or may not. Detect at a point of each kind and [unite](Pattern::union) the
    /// patterns where branches differ. Debug builds notice an entry that was missed ([`sparse_jacobian`](super::sparse_jacobian)).
    ///
    /// # Panics
    /// When the images differ in length.
    #[track_caller]
    pub fn detect<R: IntoIterator<Item = f64>>(
        columns: usize,
        mut jvp: impl FnMut(&[f64]) -> R,
    ) -> Self {
        let mut direction = vec![0.0; columns];
        let mut lists: Option<Vec<Vec<usize>>> = None;
        for column in 0..columns {
            direction[column] = f64::NAN;
            let image: Vec<f64> = jvp(&direction).into_iter().collect();
            direction[column] = 0.0;
            let lists = lists.get_or_insert_with(|| vec![Vec::new(); image.len()]);
            assert_eq!(lists.len(), image.len(), "the images differ in length");
            for (list, value) in lists.iter_mut().zip(image) {
                if value.is_nan() {
                    list.push(column);
                }
            }
        }
        Pattern::of_rows(columns, lists.unwrap_or_default())
    }

    /// The entries of both.
    ///
    /// # Panics
    /// When the shapes differ.
    #[track_caller]
    pub fn union(&self, other: &Pattern) -> Pattern {
        assert_eq!(
            (self.rows(), self.columns),
            (other.rows(), other.columns),
            "the patterns differ in shape"
        );
        Pattern::new(self.rows(), self.columns, self.entries().chain(other.entries()))
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// The columns of the entries of row `row`, in ascending order.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn row(&self, row: usize) -> &[usize] {
        &self.indices[self.starts[row]..self.starts[row + 1]]
    }

    /// All entries, `(row, column)`, row by row.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.rows()).flat_map(|row| self.row(row).iter().map(move |&column| (row, column)))
    }

    /// Whether an entry may differ from zero.
    pub fn contains(&self, row: usize, column: usize) -> bool {
        row < self.rows() && self.row(row).binary_search(&column).is_ok()
    }

    /// The pattern of the transpose.
    pub fn transposed(&self) -> Pattern {
        Pattern::new(self.columns, self.rows(), self.entries().map(|(row, column)| (column, row)))
    }

    /// Whether the matrix is square and has each entry beside its mirror image.
    pub fn is_symmetric(&self) -> bool {
        self.rows() == self.columns && self.entries().all(|(i, k)| self.contains(k, i))
    }
}
