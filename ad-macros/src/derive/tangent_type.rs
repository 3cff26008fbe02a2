//! The tangent type of a field, as readable as the macro can write it.
//!
//! Containers of the standard library are taken apart: the tangent of `Option<&'a [Point]>` is
//! `Option<Vec<<Point as Differentiable>::Tangent>>`. What is left is a *leaf*, of which only the trait
//! knows the tangent.

use super::constant::{bounds_of, is_plain_constant, std_segment, type_argument};
use super::params::mentions;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Generics, Lifetime, Type, TypeParamBound, TypePath};

/// Writes tangent types and remembers what they ask of the type parameters.
pub struct TangentTypes<'a> {
    generics: &'a Generics,
    /// The deriving type with its own parameters, for types that contain themselves.
    own: String,
    /// Its tangent type.
    own_tangent: TokenStream,
    /// The leaves whose tangent is known only by a bound.
    pub bounded: Vec<TokenStream>,
}

impl<'a> TangentTypes<'a> {
    /// For the fields of the type `own`, whose tangent type is `own_tangent`.
    pub fn new(generics: &'a Generics, own: &Type, own_tangent: TokenStream) -> Self {
        let own = own.to_token_stream().to_string();
        TangentTypes { generics, own, own_tangent, bounded: Vec::new() }
    }

    /// The tangent type of `ty`.
    pub fn of(&mut self, ty: &Type) -> TokenStream {
        match ty {
            Type::Reference(reference) => self.of(&reference.elem),
            Type::Group(group) => self.of(&group.elem),
            Type::Paren(paren) => self.of(&paren.elem),
            Type::Slice(slice) => {
                let elem = self.of(&slice.elem);
                quote!(::std::vec::Vec<#elem>)
            }
            Type::Array(array) => {
                let (elem, len) = (self.of(&array.elem), &array.len);
                quote!([#elem; #len])
            }
            Type::Tuple(tuple) => {
                let elems = tuple.elems.iter().map(|elem| self.of(elem));
                quote!((#(#elems,)*))
            }
            _ if is_plain_constant(ty) => quote!(()),
            Type::Path(path) if path.qself.is_none() => self.of_path(ty, path),
            _ => self.leaf(ty),
        }
    }

    fn of_path(&mut self, ty: &Type, path: &TypePath) -> TokenStream {
        if ty.to_token_stream().to_string() == self.own {
            return self.own_tangent.clone();
        }
        let Some(last) = std_segment(&path.path) else {
            return self.leaf(ty);
        };
        if last.ident == "f64"
            || last.ident == "f32"
            || path.path.get_ident().is_some_and(|p| self.is_real(p))
        {
            return ty.to_token_stream();
        }
        let container = ["Vec", "Option", "Box"].iter().any(|name| last.ident == name);
        match type_argument(last) {
            Some(elem) if container => {
                let elem = self.of(elem);
                let mut container = path.path.clone();
                let last = container.segments.last_mut().expect("a path has a segment");
                last.arguments = syn::PathArguments::None;
                quote!(#container<#elem>)
            }
            _ => self.leaf(ty),
        }
    }

    /// `<ty as Differentiable>::Tangent`, with an error about `ty` at the user's own token.
    fn leaf(&mut self, ty: &Type) -> TokenStream {
        let mut ty = ty.clone();
        let opaque = self
            .generics
            .type_params()
            .any(|p| mentions(&ty.to_token_stream(), &p.ident) && !self.is_real(&p.ident));
        if opaque {
            let leaf = ty.to_token_stream();
            if !self.bounded.iter().any(|known| known.to_string() == leaf.to_string()) {
                self.bounded.push(leaf);
            }
        } else {
            // A tangent borrows nothing, so that its type need not have the lifetime of what it is a tangent of.
            Unborrow(self.generics).visit_type_mut(&mut ty);
        }
        let span = Span::call_site().located_at(ty.span());
        quote_spanned!(span=> <#ty as ::ad_runtime::Differentiable>::Tangent)
    }

    /// Whether `param` is a type parameter with the bound `Real`: it is its own tangent.
    fn is_real(&self, param: &Ident) -> bool {
        bounds_of(param, self.generics).any(|bound| {
            let TypeParamBound::Trait(bound) = bound else {
                return false;
            };
            let path: Vec<_> =
                bound.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            matches!(
                path.iter().map(String::as_str).collect::<Vec<_>>()[..],
                ["Real"] | ["ad_runtime", "Real"]
            )
        })
    }
}

/// Replaces the lifetime parameters by `'static`.
struct Unborrow<'a>(&'a Generics);

impl VisitMut for Unborrow<'_> {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.0.lifetimes().any(|param| param.lifetime == *lifetime) {
            *lifetime = Lifetime::new("'static", lifetime.span());
        }
    }
}
