//! Automatic differentiation of ordinary Rust functions by source transformation.
//!
//! `#[differentiate]` rewrites a function, at compile time and on stable Rust, into its adjoint
//! (reverse mode) and tangent (forward mode). This crate re-exports the macros and holds what the
//! generated code calls: the [`Differentiable`] trait and the derivative rules.
//!
//! ```
//! use ad_runtime::differentiate;
//!
//! #[differentiate]
//! fn rosenbrock(x: f64, y: f64) -> f64 {
//!     (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
//! }
//!
//! let (value, (dx, dy)) = rosenbrock::value_and_grad(0.0, 1.0);
//! assert_eq!(value, 101.0);
//! assert_eq!((dx, dy), (-2.0, 200.0));
//! ```

// The rules below are written as users of the crate write theirs: by the crate's own name.
extern crate self as ad_runtime;

mod captured;
mod checkpoint;
mod constant;
mod containers;
mod containers_adjoint;
mod differentiated;
#[doc(hidden)]
pub mod dual;
#[cfg(feature = "ndarray")]
#[doc(hidden)]
pub mod einsum;
#[cfg(feature = "ndarray")]
pub mod jacobian;
#[doc(hidden)]
pub mod lanes;
#[cfg(feature = "linalg")]
pub mod linalg;
mod object;
#[cfg(feature = "ndarray")]
mod parts;
mod places;
mod real;
pub mod rules;
mod scalar_rt;
pub mod slot;
pub mod sparse;
mod tangent;

/// Sums of products of arrays: `einsum!("n,nd->d", a, b)` is the vector `Σ_n a[n] b[n, d]`.
///
/// Each operand has one letter per axis. Equal letters run together: over a diagonal within one operand, over a
/// common axis of several. Letters that the result has not are summed over. Without `->`, the result has the letters
/// that occur once, in alphabetical order, as in numpy. A result without letters is a number.
///
/// Operands are arrays and views of `ndarray` of any dimension, owned or borrowed. They are contracted two at a time:
/// the pair whose product saves the most memory first, where all axes count as equally long. What is a product of
/// matrices, of a matrix and a vector, or of vectors, is computed by ndarray's `dot` or `general_mat_mul`. Inside a
/// `#[differentiate]` body the macro is differentiable in each operand; its derivatives are contractions of the
/// same cost each.
///
/// What is wrong with the subscripts is an error of the compiler. An array of another rank than its subscripts is a
/// type error or, for dynamic dimensions, a panic.
///
/// ```
/// use ad_runtime::{differentiate, einsum};
/// use ndarray::{Array1, Array2, array};
///
/// #[differentiate]
/// fn quadratic(x: &Array1<f64>, a: &Array2<f64>) -> f64 {
///     einsum!("i,ij,j->", x, a, x)
/// }
/// let (x, a) = (array![1.0, 2.0], array![[1.0, 0.0], [1.0, 3.0]]);
/// let (value, (x_bar, a_bar)) = quadratic::value_and_grad(&x, &a);
/// assert_eq!(value, 15.0);
/// assert_eq!(x_bar, array![4.0, 13.0]); // (A + Aᵀ) x
/// assert_eq!(a_bar, array![[1.0, 2.0], [2.0, 4.0]]); // x xᵀ
/// assert_eq!(einsum!("ii", a), 4.0);
/// ```
///
/// # Panics
/// When equal letters stand for axes of different lengths.
#[cfg(feature = "ndarray")]
pub use ad_macros::einsum;
pub use ad_macros::{Differentiable, differentiate};
#[doc(hidden)]
pub use containers::variant_mismatch;
pub use differentiated::Differentiated;
pub use real::{Number, Real, ScalarOperand};
pub use tangent::{Differentiable, Tangent};

#[cfg(feature = "ndarray")]
pub use ndarray;
pub use num_traits;

/// What the generated code calls. Not part of the public contract.
#[doc(hidden)]
pub mod rt;

/// Its items where the `ndarray` feature is on, nothing otherwise: the macros cannot know which.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "ndarray")]
macro_rules! with_ndarray {
    ($($items:tt)*) => { $($items)* };
}

/// Its items where the `ndarray` feature is on, nothing otherwise: the macros cannot know which.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "ndarray"))]
macro_rules! with_ndarray {
    ($($items:tt)*) => {};
}

/// The value of `value`, with derivative zero.
///
/// Inside a `#[differentiate]` body the argument counts as a constant; elsewhere this is the identity.
///
/// ```
/// use ad_runtime::{differentiate, stop_gradient};
///
/// #[differentiate]
/// fn f(x: f64) -> f64 {
///     x * stop_gradient(x)
/// }
/// assert_eq!(f::grad(3.0), 3.0);
/// ```
#[inline(always)]
pub fn stop_gradient<T>(value: T) -> T {
    value
}
