//! `#[derive(Differentiable)]`.
//!
//! For a struct `S` the tangent type `STangent` has the active fields of `S`, each a tangent; for an
//! enum `E`, `ETangent` has the same variants. Differentiated code mirrors places: the cotangent of
//! `p.mass` is `p_bar.mass`. So that this resolves for a constant field too, which `STangent` does not
//! have, `STangent` dereferences to a hidden struct that has it, of type `Inactive`.

pub mod constant;
mod enums;
mod impls;
mod model;
pub mod params;
mod structs;
mod tangent_type;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::{Data, DeriveInput};

/// What the derive generates for `input`: the tangent type and its impls, and the errors if there are any.
pub fn expand(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let (model, errors) = model::read(&input);
    // Stubs stand beside the errors, so that one mistake does not make all uses of the tangent wrong.
    let mut output: TokenStream = errors.into_iter().map(syn::Error::into_compile_error).collect();
    if let Some(model) = model {
        output.extend(match &input.data {
            Data::Enum(_) => enums::emit(&model),
            _ => structs::emit(&model),
        });
    }
    output
}
