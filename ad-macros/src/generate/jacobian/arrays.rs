//! Which types count as arrays, by their syntax.

use crate::derive::constant::{bounds_of, std_segment, type_argument};
use crate::facts::of_syn_type;
use crate::function::Function;
use crate::ir::Ty;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{GenericArgument, PathArguments, Type, TypeParamBound, TypePath};

/// A type that counts as an array.
pub struct Shape {
    /// Its tangent type, which owns its data and borrows nothing: no lifetime occurs in it.
    pub tangent: TokenStream,
    /// Whether the number of axes is a type parameter, or may be one.
    pub open: bool,
}

/// The shape of a parameter or result of type `ty`; `None` where it does not count as an array.
pub fn shape_of(ty: &Type, f: &Function) -> Option<Shape> {
    let closed = |tangent| Some(Shape { tangent, open: false });
    match ty {
        Type::Reference(r) if r.mutability.is_none() => shape_of(&r.elem, f),
        Type::Paren(ty) => shape_of(&ty.elem, f),
        Type::Group(ty) => shape_of(&ty.elem, f),
        Type::Slice(ty) => {
            let row = row(&ty.elem, f)?;
            closed(quote!(::std::vec::Vec<#row>))
        }
        Type::Array(ty) => {
            let (row, len) = (row(&ty.elem, f)?, &ty.len);
            closed(quote!([#row; #len]))
        }
        Type::Path(path) if is_scalar(ty, f) => closed(path.to_token_stream()),
        Type::Path(path) if path.qself.is_none() => {
            if let Some(segment) = std_segment(&path.path).filter(|s| s.ident == "Vec") {
                let row = row(type_argument(segment)?, f)?;
                return closed(quote!(::std::vec::Vec<#row>));
            }
            ndarray(path, f)
        }
        _ => None,
    }
}

/// `f32`, `f64` or a type parameter bounded by `Real`.
fn is_scalar(ty: &Type, f: &Function) -> bool {
    matches!(of_syn_type(ty, &f.reals), Ty::Float(_))
}

/// What a `Vec`, slice or array may hold: scalars, or rows of a matrix.
fn row(ty: &Type, f: &Function) -> Option<TokenStream> {
    match ty {
        Type::Array(row) if is_scalar(&row.elem, f) => Some(ty.to_token_stream()),
        ty if is_scalar(ty, f) => Some(ty.to_token_stream()),
        _ => None,
    }
}

/// The owned array of the same axes for the array types of `ndarray`, whoever owns their data.
/// A mutable view is none, as it is changed in place.
fn ndarray(path: &TypePath, f: &Function) -> Option<Shape> {
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types: Vec<&Type> = arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect();
    let name = last.ident.to_string();
    if let ("ArrayBase", [storage, dim]) = (name.as_str(), &types[..]) {
        let element = element_of_storage(storage, f)?;
        return Some(Shape {
            tangent: quote!(::ad_runtime::ndarray::Array<#element, #dim>),
            open: !is_known(dim),
        });
    }
    let axes = ["ArrayView", "ArrayRef", "CowArray", "ArcArray", "Array"]
        .iter()
        .find_map(|p| name.strip_prefix(p))?;
    let element = types.first().filter(|ty| is_scalar(ty, f))?;
    match (axes, &types[1..]) {
        ("", [dim]) => Some(Shape {
            tangent: quote!(::ad_runtime::ndarray::Array<#element, #dim>),
            open: !is_known(dim),
        }),
        ("0" | "1" | "2" | "3" | "4" | "5" | "6" | "D", []) => {
            let array = format_ident!("Array{axes}");
            Some(Shape { tangent: quote!(::ad_runtime::ndarray::#array<#element>), open: false })
        }
        _ => None,
    }
}

/// The scalar `T` where `storage` is a type parameter with a bound such as `Data<Elem = T>`.
fn element_of_storage<'a>(storage: &'a Type, f: &'a Function) -> Option<&'a Type> {
    let Type::Path(storage) = storage else { return None };
    let bounds = bounds_of(storage.path.get_ident()?, &f.item.sig.generics);
    bounds
        .filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last(),
            _ => None,
        })
        .find_map(|bound| match &bound.arguments {
            PathArguments::AngleBracketed(arguments) => {
                arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::AssocType(ty)
                        if ty.ident == "Elem" && is_scalar(&ty.ty, f) =>
                    {
                        Some(&ty.ty)
                    }
                    _ => None,
                })
            }
            _ => None,
        })
}

/// `Ix0` to `Ix6` and `IxDyn`.
fn is_known(dim: &Type) -> bool {
    matches!(dim, Type::Path(path) if path.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with("Ix")))
}
