//! Random programs, and the check that every derivative of them is right.

pub mod generator;
pub mod harness;
