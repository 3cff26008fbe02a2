//! Every rule of `rules::ndarray`, against finite differences and forward against reverse.
#![allow(missing_docs)]

#[macro_use]
mod checker;
mod arrangements;
mod changes;
mod constructors;
mod elementwise;
mod generics;
mod maps;
mod operators;
mod products;
mod reductions;
