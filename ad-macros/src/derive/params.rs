//! The generic parameters of generated items: those of the user's type that the item still uses.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{GenericParam, Generics, Type, WherePredicate, parse_quote};

/// Whether `tokens` mention the name `name`, as a parameter and not as the tail of a path.
pub fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    let mut after_colons = 0;
    for tree in tokens.clone() {
        match &tree {
            TokenTree::Group(group) if mentions(&group.stream(), name) => return true,
            TokenTree::Ident(ident) if ident == name && after_colons < 2 => return true,
            _ => {}
        }
        let colon = matches!(&tree, TokenTree::Punct(punct) if punct.as_char() == ':');
        after_colons = if colon { after_colons + 1 } else { 0 };
    }
    false
}

fn name(param: &GenericParam) -> &Ident {
    match param {
        GenericParam::Lifetime(param) => &param.lifetime.ident,
        GenericParam::Type(param) => &param.ident,
        GenericParam::Const(param) => &param.ident,
    }
}

/// `generics` without the parameters that `used` does not mention, and without the bounds that mention
/// those; plus `T: Differentiable` for each `T` of `bounded` that is left.
// Input: <'a, T: 'a, U> of `Vec<T::Tangent>`   // Output: <T> where T: Differentiable
pub fn restrict(generics: &Generics, used: &TokenStream, bounded: &[TokenStream]) -> Generics {
    let (kept, dropped): (Vec<_>, Vec<_>) =
        generics.params.iter().cloned().partition(|param| mentions(used, name(param)));
    let free = |tokens: &TokenStream| !dropped.iter().any(|param| mentions(tokens, name(param)));
    let mut result = Generics { params: kept.into_iter().collect(), ..Generics::default() };
    for param in &mut result.params {
        prune(param, &free);
    }
    let predicates = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    let mut predicates: Vec<WherePredicate> = predicates
        .filter(|predicate| {
            let tokens = predicate.to_token_stream();
            free(&tokens) && !mentions(&tokens, &Ident::new("Self", proc_macro2::Span::call_site()))
        })
        .cloned()
        .collect();
    predicates.extend(differentiable(bounded.iter().filter(|leaf| free(leaf))));
    if !predicates.is_empty() {
        result.make_where_clause().predicates.extend(predicates);
    }
    result
}

/// `generics` plus `T: Differentiable` for each `T` of `bounded`.
pub fn extend(generics: &Generics, bounded: &[TokenStream]) -> Generics {
    let mut result = generics.clone();
    if !bounded.is_empty() {
        result.make_where_clause().predicates.extend(differentiable(bounded.iter()));
    }
    result
}

fn differentiable<'a>(
    bounded: impl Iterator<Item = &'a TokenStream>,
) -> impl Iterator<Item = WherePredicate> {
    bounded.map(|leaf| parse_quote!(#leaf: ::ad_runtime::Differentiable))
}

/// Removes the bounds and the default of `param` that mention a dropped parameter.
fn prune(param: &mut GenericParam, free: &dyn Fn(&TokenStream) -> bool) {
    match param {
        GenericParam::Lifetime(param) => {
            param.bounds = param
                .bounds
                .iter()
                .filter(|bound| free(&bound.to_token_stream()))
                .cloned()
                .collect();
        }
        GenericParam::Type(param) => {
            param.bounds = param
                .bounds
                .iter()
                .filter(|bound| free(&bound.to_token_stream()))
                .cloned()
                .collect();
            param.default =
                param.default.take().filter(|(_, default)| free(&default.to_token_stream()));
        }
        GenericParam::Const(_) => {}
    }
}

/// The type itself, with its parameters: `S<'a, T, N>`.
pub fn own_type(ident: &Ident, generics: &Generics) -> Type {
    let (_, arguments, _) = generics.split_for_impl();
    parse_quote!(#ident #arguments)
}

/// Replaces `Self`, which means another type in the items generated.
pub struct NameSelf<'a>(pub &'a Type);

impl VisitMut for NameSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident("Self")) {
            *ty = self.0.clone();
        } else {
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
}

/// `generics` with the lifetime `'__bar` in front: the borrow of a cotangent.
pub fn borrowing(generics: &Generics) -> Generics {
    let mut result = generics.clone();
    result.params.insert(0, parse_quote!('__bar));
    result
}

/// The arguments `<'_, T>` that fit [`borrowing`].
pub fn borrowing_arguments(generics: &Generics) -> TokenStream {
    let arguments = generics.params.iter().map(|param| match param {
        GenericParam::Lifetime(param) => param.lifetime.to_token_stream(),
        other => name(other).to_token_stream(),
    });
    quote!(<'_ #(, #arguments)*>)
}
