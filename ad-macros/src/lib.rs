//! The proc macros of `ad-runtime`.
use proc_macro::TokenStream;

/// Differentiates a function.
#[proc_macro_attribute]
pub fn differentiate(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Derives `Differentiable`.
#[proc_macro_derive(Differentiable, attributes(constant))]
pub fn derive_differentiable(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
