//! The problems: functions as a numerics user writes them, and their derivatives by `#[differentiate]`.
//!
//! The program, its tests and the benches share this folder.

#![allow(missing_docs, reason = "the derivatives document themselves")]
#![allow(clippy::needless_range_loop, reason = "numerical programs go by index")]

pub mod ba;
pub mod descent;
pub mod det;
pub mod gmm;
pub mod hello;
pub mod ht;
pub mod kmeans;
pub mod llsq;
pub mod lse;
pub mod lstm;
pub mod ode;
pub mod particle;
pub mod saddle;
