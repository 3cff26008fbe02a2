//! Sparse Jacobians and Hessians: as many sweeps as there are colours, not as there are columns.
//!
//! Columns of a Jacobian that share no row can be computed by one sweep, in the direction of their sum: each entry of
//! the image belongs to one of them. A colouring of the columns says which go together; of a banded Jacobian of band
//! width *b* there are *b* colours, whatever its size. For symmetric Hessians, of which each entry occurs twice, fewer
//! colours are enough: those of a *star* colouring (Coleman and Moré 1984; Gebremedhin, Manne and Pothen 2005).
//!
//! ```
//! use ad_runtime::differentiate;
//! use ad_runtime::sparse::{Pattern, sparse_jacobian};
//!
//! #[differentiate]
//! fn differences(x: &[f64]) -> Vec<f64> {
//!     (0..x.len() - 1).map(|i| (x[i + 1] - x[i]).powi(2)).collect()
//! }
//!
//! let x = [1.0, 2.0, 4.0, 7.0];
//! let pattern = Pattern::detect(4, |dot| differences::jvp(&x, dot).1);
//! let jacobian = sparse_jacobian(&pattern, |dot| differences::jvp(&x, dot).1);
//! assert_eq!(jacobian.get(1, 2), 4.0);
//! assert_eq!(jacobian.triplets().count(), 6); // by two sweeps: x[0] and x[2] are in no common row
//! ```
//!
//! The functions take derivatives as closures, so that whatever parameters a function has, one of them may be the
//! one that varies: `|dot| f::jvp(&x, &c, dot).1`, `|bar| f::vjp(&x, &c).1(bar.to_vec())`, `|dot| f::hvp(&x, &c, dot)`.

mod coloring;
mod matrix;
mod pattern;

pub use coloring::Coloring;
pub use matrix::SparseMatrix;
pub use pattern::Pattern;

/// The Jacobian with the given pattern, by a sweep in forward mode for each colour of its columns.
///
/// `jvp` maps a direction of the parameter to the derivative of the result: `|dot| f::jvp(&x, dot).1`.
///
/// # Panics
/// When the image of a direction has another length than the pattern has rows. In builds with debug assertions also when
/// the Jacobian has an entry that the pattern has not: one more sweep, in a random direction, would show another image.
#[track_caller]
pub fn sparse_jacobian<R: IntoIterator<Item = f64>>(
    pattern: &Pattern,
    jvp: impl FnMut(&[f64]) -> R,
) -> SparseMatrix {
    colored_jacobian(pattern, &Coloring::of_columns(pattern), jvp)
}

/// [`sparse_jacobian`] with a colouring that was made before, of the same pattern: [`Coloring::of_columns`].
///
/// # Panics
/// As [`sparse_jacobian`], and when the colouring is of another pattern.
#[track_caller]
pub fn colored_jacobian<R: IntoIterator<Item = f64>>(
    pattern: &Pattern,
    coloring: &Coloring,
    mut jvp: impl FnMut(&[f64]) -> R,
) -> SparseMatrix {
    assert_eq!(coloring.len(), pattern.columns(), "the colouring is of another pattern");
    let images = images(pattern.rows(), coloring, &mut jvp);
    let matrix =
        SparseMatrix::with_entries(pattern, |row, column| images[coloring.color(column)][row]);
    if cfg!(debug_assertions) {
        require_complete(&matrix, &mut jvp);
    }
    matrix
}

/// The Jacobian with the given pattern, by a sweep in reverse mode for each colour of its rows: better than
/// [`sparse_jacobian`] where a row is dense and no column is.
///
/// `vjp` maps a cotangent of the result to that of the parameter: `|bar| f::vjp(&x).1(bar.to_vec())`.
///
/// # Panics
/// As [`sparse_jacobian`], of the transpose.
#[track_caller]
pub fn sparse_jacobian_reverse<R: IntoIterator<Item = f64>>(
    pattern: &Pattern,
    vjp: impl FnMut(&[f64]) -> R,
) -> SparseMatrix {
    sparse_jacobian(&pattern.transposed(), vjp).transposed()
}

/// The Hessian with the given symmetric pattern, by a product with a vector for each colour of a star colouring.
///
/// `hvp` maps a direction to the derivative of the gradient: `|dot| f::hvp(&x, dot)`.
///
/// # Panics
/// As [`sparse_jacobian`], and when the pattern is not symmetric.
#[track_caller]
pub fn sparse_hessian<R: IntoIterator<Item = f64>>(
    pattern: &Pattern,
    hvp: impl FnMut(&[f64]) -> R,
) -> SparseMatrix {
    colored_hessian(pattern, &Coloring::star(pattern), hvp)
}

/// [`sparse_hessian`] with a colouring that was made before, of the same pattern: [`Coloring::star`].
///
/// # Panics
/// As [`sparse_hessian`], and when the colouring is of another pattern.
#[track_caller]
pub fn colored_hessian<R: IntoIterator<Item = f64>>(
    pattern: &Pattern,
    coloring: &Coloring,
    mut hvp: impl FnMut(&[f64]) -> R,
) -> SparseMatrix {
    assert_eq!(coloring.len(), pattern.columns(), "the colouring is of another pattern");
    let images = images(pattern.rows(), coloring, &mut hvp);
    // Of the two places of an entry, that one tells it in whose row no other entry has the colour of the column.
    let alone = |row: usize, column: usize| {
        let color = coloring.color(column);
        pattern.row(row).iter().all(|&k| k == column || coloring.color(k) != color)
    };
    let matrix = SparseMatrix::with_entries(pattern, |row, column| {
        if alone(row, column) {
            images[coloring.color(column)][row]
        } else {
            images[coloring.color(row)][column]
        }
    });
    if cfg!(debug_assertions) {
        require_complete(&matrix, &mut hvp);
    }
    matrix
}

/// The image of the sum of the unit vectors of each colour.
#[track_caller]
fn images<R: IntoIterator<Item = f64>>(
    rows: usize,
    coloring: &Coloring,
    push: &mut impl FnMut(&[f64]) -> R,
) -> Vec<Vec<f64>> {
    let mut direction = vec![0.0; coloring.len()];
    let mut images = Vec::with_capacity(coloring.count());
    for color in 0..coloring.count() {
        for (column, into) in direction.iter_mut().enumerate() {
            *into = f64::from(u8::from(coloring.color(column) == color));
        }
        let image: Vec<f64> = push(&direction).into_iter().collect();
        assert_eq!(image.len(), rows, "the pattern has another number of rows than the image");
        images.push(image);
    }
    images
}

/// Compares the images of a direction: where an entry is missing from the pattern, they differ.
#[track_caller]
fn require_complete<R: IntoIterator<Item = f64>>(
    matrix: &SparseMatrix,
    push: &mut impl FnMut(&[f64]) -> R,
) {
    // Numbers between 1/2 and 1 that look random: the fractions of multiples of the golden ratio.
    let direction: Vec<f64> = (1..=matrix.columns())
        .map(|k| 0.5 + 0.5 * (k as f64 * 0.618_033_988_749_895).fract())
        .collect();
    let (mut product, mut size) = (vec![0.0; matrix.rows()], vec![0.0; matrix.rows()]);
    for (row, column, value) in matrix.triplets() {
        product[row] += value * direction[column];
        size[row] += (value * direction[column]).abs();
    }
    for (row, image) in push(&direction).into_iter().enumerate() {
        let difference = (image - product[row]).abs();
        let bound = 1e-9 * (size[row] + image.abs());
        assert!(
            difference.is_nan() || difference <= bound || difference < f64::MIN_POSITIVE,
            "row {row} has an entry that is not in the pattern: in one direction the derivative is {image}, but that of the entries is {}",
            product[row]
        );
    }
}

#[cfg(test)]
mod tests;
