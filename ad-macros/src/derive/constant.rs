//! Which types are constant by themselves: nothing of them can carry a derivative.
//!
//! Decided by the name alone, as a macro sees no types: `String` is taken for the one of `std`.
//! A type that is not recognised here counts as active.

use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, Generics, Path, PathArguments, PathSegment, Token, Type, TypeParamBound,
    WherePredicate,
};

/// Types without parameters that are constant; the tangent of each is `()`.
const PLAIN: [&str; 16] = [
    "bool", "char", "str", "String", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
    "u32", "u64", "u128", "usize",
];

/// Whether a type is constant by itself: a primitive integer, `bool`, `char`, `str`, `String`,
/// `PhantomData`, a function type, or a reference, slice, array, `Vec`, `Option` or tuple of such
/// alone. Where `generics` are in scope, a parameter `F: Fn(..)` is a function type.
pub fn is_constant_type_in(ty: &Type, generics: &Generics) -> bool {
    constant(ty, &|param| is_function_param(param, generics))
}

/// Whether `ty` is one of the constant types without parameters, whose tangent is `()`.
pub fn is_plain_constant(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none()
        && std_segment(&path.path).is_some_and(|last| PLAIN.iter().any(|name| last.ident == name)))
}

/// The last segment of a path of one segment, or of one into `std`, `core` or `alloc`.
pub fn std_segment(path: &Path) -> Option<&PathSegment> {
    let first = &path.segments.first()?.ident;
    let known = path.segments.len() == 1 || first == "std" || first == "core" || first == "alloc";
    path.segments.last().filter(|_| known)
}

/// The first type argument of `segment`: `T` of `Vec<T>`.
pub fn type_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The bounds that `generics` put on the type parameter `param`, inline and in the where-clause.
pub fn bounds_of<'a>(
    param: &'a Ident,
    generics: &'a Generics,
) -> impl Iterator<Item = &'a TypeParamBound> {
    let inline = generics.type_params().filter(move |p| p.ident == *param).flat_map(|p| &p.bounds);
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let apart = predicates.filter_map(move |predicate| match predicate {
        WherePredicate::Type(predicate) => match &predicate.bounded_ty {
            Type::Path(ty) if ty.path.is_ident(param) => Some(&predicate.bounds),
            _ => None,
        },
        _ => None,
    });
    inline.chain(apart.flatten())
}

fn constant(ty: &Type, is_function: &dyn Fn(&Ident) -> bool) -> bool {
    match ty {
        Type::FnPtr(_) => true,
        Type::TraitObject(object) => any_function(&object.bounds),
        Type::ImplTrait(object) => any_function(&object.bounds),
        Type::Group(group) => constant(&group.elem, is_function),
        Type::Paren(paren) => constant(&paren.elem, is_function),
        Type::Reference(reference) => constant(&reference.elem, is_function),
        Type::Slice(slice) => constant(&slice.elem, is_function),
        Type::Array(array) => constant(&array.elem, is_function),
        Type::Tuple(tuple) => tuple.elems.iter().all(|elem| constant(elem, is_function)),
        Type::Path(path) if path.qself.is_none() => {
            constant_path(&path.path, is_function) || is_plain_constant(ty)
        }
        _ => false,
    }
}

fn constant_path(path: &Path, is_function: &dyn Fn(&Ident) -> bool) -> bool {
    if path.get_ident().is_some_and(is_function) {
        return true;
    }
    let Some(last) = std_segment(path) else {
        return false;
    };
    if last.ident == "Vec" || last.ident == "Option" {
        return type_argument(last).is_some_and(|elem| constant(elem, is_function));
    }
    last.ident == "PhantomData"
}

/// Whether a type parameter is one of functions, `F: Fn(..)`.
pub fn is_function_param(param: &Ident, generics: &Generics) -> bool {
    bounds_of(param, generics).any(is_function_bound)
}

fn any_function(bounds: &Punctuated<TypeParamBound, Token![+]>) -> bool {
    bounds.iter().any(is_function_bound)
}

fn is_function_bound(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else {
        return false;
    };
    bound
        .path
        .segments
        .last()
        .is_some_and(|last| ["Fn", "FnMut", "FnOnce"].iter().any(|name| last.ident == name))
}
