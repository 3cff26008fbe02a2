//! The rules of `ndarray`: arrays of any dimension and ownership, of `f32` and `f64`.
//!
//! Every rule has its work done on [`ArrayRef`](ndarray::ArrayRef), to which owned arrays, views, `CowArray` and
//! `ArcArray` dereference; so there is one rule per operation, not one per pair of ownerships.
//!
//! Notation in this module: `ẋ` is the tangent of `x`, `x̄` its cotangent; the sources are Giles, *Collected matrix
//! derivative results for forward and reverse mode algorithmic differentiation* (2008) and
//! Deisenroth, Faisal and Ong, *Mathematics for Machine Learning* (2020), chapter 5.

mod arrangements;
mod assign;
mod axes;
mod constructors;
mod differentiable;
mod elementwise;
mod extension;
pub mod functions;
mod gemv;
mod inplace;
mod maps;
mod moves;
mod operators;
mod outline;
mod powers;
mod products;
mod reductions;
mod second;
mod shapes;
mod slots;
mod views;

pub use arrangements::{
    ArrangementMethods, IntoMethods, IntoOwnedMethods, RemoveAxisMethods, SelectMethods,
    VectorMethods,
};
pub use axes::AxisMethods;
pub use constructors::{ArrayConstructors, DiagonalConstructors, VectorConstructors};
pub use elementwise::ElementwiseMethods;
pub use inplace::InPlaceMethods;
pub use maps::{MapMethods, MapvMethods};
pub use moves::{
    ArrayLike, AsSliceMethods, FromArray, IndexMoveMethods, IntoArray, IntoArrayAdjoint,
    IntoDimensionality, IntoScalarMethods, MoveMethods,
};
pub use operators::Elementwise;
pub use outline::{
    Outline, Outlined, add_outline_adjoint, dot_square_taken, outline, sub_outline_adjoint,
};
pub use powers::{PowerMethods, ScalarArgumentMethods};
pub use products::{DotRule, DotSquareRule};
pub use reductions::ReductionMethods;
pub use views::{MatrixPartMethods, PartMethods, SubviewMethods};
