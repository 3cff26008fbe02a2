//! The derivative rules, one trait per kind of operation.
//!
//! # The protocol of a rule
//!
//! A rule has two halves. The *tangent* half computes the derivative of the result in the direction
//! of the operands' tangents; the *adjoint* half adds the cotangents of the operands to their slots,
//! given the cotangent of the result.
//!
//! - **Operators** (`a * b`, `-a`, `a += b`): implement [`BinaryRule`], [`NegRule`] or
//!   [`AssignRule`] for exactly those operand types that implement the operator.
//! - **Methods** (`a.dot(&b)`): an extension trait, in scope where code is generated, gives the
//!   siblings `__dot_jvp` and `__dot_adjoint`. Their arguments are the method's own, then for
//!   `__dot_jvp` one [`TangentArg`](crate::slot::TangentArg) per operand (receiver first), for
//!   `__dot_adjoint` the cotangent of the result (by value) and one [`Slot`](crate::slot::Slot) per
//!   operand. `__dot_jvp` returns the value and its tangent.
//!   Arguments that cannot be active (a `usize`, an `Axis`) have no slot of their own type: they
//!   take [`ConstantSlot`](crate::slot::ConstantSlot).
//! - **Functions** have the same two siblings in their namespace, `f::__jvp` and `f::__adjoint`.
//!
//! Order two adds a third half, the tangent of the adjoint half (`__dot_adjoint_jvp`, [`SecondBinaryRule`] and so
//! on): its arguments are the method's own, then the tangents of the operands, the cotangent of the result and its
//! tangent, the slots, and the slots of their tangents. `ad_macros::second_order` makes it from the adjoint half: a linear
//! rule is run twice, that of a product by the product rule, and any other over dual numbers.
//!
//! Because an inherent method wins over a trait's, the derivatives of a user's own `norm` win over
//! a rule of the same name here.

mod assign;
mod binary;
mod containers;
mod index;
#[cfg(feature = "ndarray")]
pub mod ndarray;
mod scalars;
mod second;

pub use assign::AssignRule;
pub use binary::{Add, BinaryRule, Div, Mul, NegRule, Rem, Sub};
pub use containers::{CloneMethods, SliceMethods};
pub use index::{TangentIndex, TangentIndexMut};
pub use scalars::{ScalarMethods, SinCosMethods};
pub use second::{SecondAssignRule, SecondBinaryRule, SecondNegRule};
