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

mod checkpoint;
mod containers;
mod containers_adjoint;
#[cfg(feature = "ndarray")]
pub mod jacobian;
mod places;
mod real;
pub mod rules;
mod scalar_rt;
pub mod slot;
mod tangent;

pub use ad_macros::{Differentiable, differentiate};
#[doc(hidden)]
pub use containers::variant_mismatch;
pub use real::{Real, ScalarOperand};
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
