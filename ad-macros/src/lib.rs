//! The proc macros of `ad-runtime`: `#[differentiate]` and `#[derive(Differentiable)]`.

mod adjoint;
mod derive;
mod einsum;
mod emit;
mod errors;
mod exits;
#[cfg(test)]
mod expand_file;
mod explain;
mod facts;
mod function;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod fuzz_tokens;
mod generate;
#[cfg(test)]
mod growth;
mod index;
mod ir;
mod items;
mod lower;
mod operators;
mod pipeline;
mod resolve;
mod rules;
mod scalar_methods;
mod second_order;
#[cfg(test)]
mod snapshots;
mod sugar;
mod tangent;
mod validate;

use proc_macro::TokenStream;

/// Rewrites a function into its derivatives: `grad`, `value_and_grad`, `vjp`, `adjoint`, `jvp`.
///
/// See the documentation of `ad-runtime`, which re-exports this macro.
#[proc_macro_attribute]
pub fn differentiate(attr: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::differentiate(attr.into(), item.into()).into()
}

/// Derives `Differentiable` for a struct or an enum, with its tangent type.
///
/// See the documentation of `ad-runtime`, which re-exports this macro.
#[proc_macro_derive(Differentiable, attributes(constant))]
pub fn derive_differentiable(item: TokenStream) -> TokenStream {
    derive::expand(item.into()).into()
}

/// Sums of products of arrays by subscripts, as numpy's `einsum`.
///
/// See the documentation of `ad-runtime`, which re-exports this macro.
#[proc_macro]
pub fn einsum(input: TokenStream) -> TokenStream {
    einsum::expand(input.into()).into()
}

/// The derivative rules of scalar methods as an extension trait; for `ad-runtime` alone.
#[doc(hidden)]
#[proc_macro]
pub fn scalar_methods(_: TokenStream) -> TokenStream {
    scalar_methods::expand().into()
}

/// Adds order two to a trait or an `impl` block of derivative rules; for `ad-runtime` alone.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn second_order(attr: TokenStream, item: TokenStream) -> TokenStream {
    second_order::expand(attr.into(), item.into()).into()
}
