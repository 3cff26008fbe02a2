//! The trait impls around the bodies that structs and enums write differently.

use super::model::Model;
use proc_macro2::TokenStream;
use quote::quote;

/// The bodies of the trait methods.
pub struct Bodies {
    /// `Differentiable::zero_tangent` of the user's type.
    pub zero: TokenStream,
    /// `Differentiable::placeholder` of the user's type.
    pub placeholder: TokenStream,
    /// The same of the tangent type.
    pub tangent_zero: TokenStream,
    /// The same of the tangent type.
    pub tangent_placeholder: TokenStream,
    /// `Tangent::accumulate`.
    pub accumulate: TokenStream,
    /// `Tangent::inner_product`.
    pub inner_product: TokenStream,
    /// `Tangent::map_components`.
    pub map_components: TokenStream,
    /// `Clone::clone`.
    pub clone: TokenStream,
    /// `Debug::fmt`.
    pub debug: TokenStream,
    /// `PartialEq::eq`.
    pub eq: TokenStream,
}

/// The attributes of a generated type or inherent impl.
///
/// Few lints need to be named: a lint does not look at what comes from a macro of another crate, which
/// all names of generated items do. An `allow` would collide with the user's `forbid`.
pub fn item_attributes() -> TokenStream {
    quote! {
        #[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
    }
}

/// The attributes of a generated trait impl.
pub fn impl_attributes() -> TokenStream {
    quote! {
        #[automatically_derived]
        #[allow(deprecated, clippy::all, clippy::pedantic)]
    }
}

/// The impls that every derived type has.
pub fn emit(model: &Model, bodies: &Bodies) -> TokenStream {
    let (ident, tangent) = (&model.ident, &model.tangent);
    let (generics, arguments, clause) = model.generics.split_for_impl();
    let (tangent_generics, tangent_arguments, tangent_clause) =
        model.tangent_generics.split_for_impl();
    let attributes = impl_attributes();
    let own =
        differentiable(&quote!(#tangent #tangent_arguments), &bodies.zero, &bodies.placeholder);
    let again = differentiable(&quote!(Self), &bodies.tangent_zero, &bodies.tangent_placeholder);
    let vector_space = vector_space(bodies);
    let Bodies { clone, debug, eq, .. } = bodies;
    quote! {
        #attributes
        impl #generics ::ad_runtime::Differentiable for #ident #arguments #clause { #own }

        #attributes
        impl #tangent_generics ::ad_runtime::Differentiable for #tangent #tangent_arguments #tangent_clause { #again }

        #attributes
        impl #tangent_generics ::ad_runtime::Tangent for #tangent #tangent_arguments #tangent_clause { #vector_space }

        #attributes
        impl #tangent_generics ::core::clone::Clone for #tangent #tangent_arguments #tangent_clause {
            #[inline]
            fn clone(&self) -> Self {
                #clone
            }
        }

        #attributes
        impl #tangent_generics ::core::fmt::Debug for #tangent #tangent_arguments #tangent_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #debug
            }
        }

        #attributes
        impl #tangent_generics ::core::cmp::PartialEq for #tangent #tangent_arguments #tangent_clause {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                #eq
            }
        }
    }
}

fn differentiable(
    tangent: &TokenStream,
    zero: &TokenStream,
    placeholder: &TokenStream,
) -> TokenStream {
    quote! {
        type Tangent = #tangent;
        #[inline]
        fn zero_tangent(&self) -> Self::Tangent {
            #zero
        }
        #[inline]
        fn placeholder(&self) -> Self::Tangent {
            #placeholder
        }
    }
}

fn vector_space(bodies: &Bodies) -> TokenStream {
    let Bodies { accumulate, inner_product, map_components, .. } = bodies;
    quote! {
        ::ad_runtime::borrow_as_self!();
        #[inline]
        #[track_caller]
        fn accumulate(into: &mut Self, contribution: Self) {
            #accumulate
        }
        #[track_caller]
        fn inner_product(&self, other: &Self) -> f64 {
            #inner_product
        }
        fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
            #map_components
        }
    }
}
