//! Gradients written by hand: safe, by index, with what a good programmer would keep from the forward
//! sweep. Each returns the value and adds to the cotangents, as `adjoint` does.

pub mod ba;
pub mod gmm;
pub mod lstm;
pub mod small;
