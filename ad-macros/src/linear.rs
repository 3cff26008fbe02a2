//! Order two of linear rules: for each `__m_adjoint` of a trait, a `__m_adjoint_jvp` that pulls back the
//! cotangent and its tangent alike. The tangents of the operands do not matter. For `ad-runtime` alone.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashMap;
use syn::{FnArg, GenericParam, Pat, TraitItem, TraitItemFn, Type};

/// Adds the methods to the trait.
pub fn expand(item: TokenStream) -> TokenStream {
    let mut item: syn::ItemTrait = match syn::parse2(item) {
        Ok(item) => item,
        Err(error) => return error.to_compile_error(),
    };
    let added: Vec<TraitItem> = item
        .items
        .iter()
        .filter_map(|item| match item {
            TraitItem::Fn(f) if f.sig.ident.to_string().ends_with("_adjoint") => {
                Some(TraitItem::Verbatim(second(f)))
            }
            _ => None,
        })
        .collect();
    item.items.extend(added);
    item.to_token_stream()
}

fn second(f: &TraitItemFn) -> TokenStream {
    let adjoint = &f.sig.ident;
    let name = format_ident!("{}_jvp", adjoint);
    let inputs: Vec<(Ident, Type)> = f
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(t) => {
                let name = match &*t.pat {
                    Pat::Ident(p) => p.ident.clone(),
                    _ => format_ident!("__unnamed"),
                };
                Some((name, (*t.ty).clone()))
            }
            FnArg::Receiver(_) => None,
        })
        .enumerate()
        .map(|(i, (name, ty))| (format_ident!("__{}_{}", name, i), ty))
        .collect();
    let count = (inputs.len() - 2) / 2;
    let (args, rest) = inputs.split_at(count);
    let ((bar, bar_ty), slots) = rest.split_first().expect("a cotangent follows the arguments");
    let mut generics = f.sig.generics.clone();
    // The slots of the tangents have types of their own.
    let mut renamed: HashMap<String, Ident> = HashMap::new();
    for (_, ty) in slots {
        if let Some(ident) = ident_of(ty) {
            renamed.insert(ident.to_string(), format_ident!("{}Dot", ident));
        }
    }
    let copies: Vec<GenericParam> = generics
        .type_params()
        .filter_map(|p| {
            let name = renamed.get(&p.ident.to_string())?;
            Some(GenericParam::Type(syn::TypeParam { ident: name.clone(), ..p.clone() }))
        })
        .collect();
    generics.params.extend(copies);
    let dots: Vec<Ident> = (0..=count).map(|i| format_ident!("__D{}", i)).collect();
    for dot in &dots {
        generics.params.push(syn::parse_quote!(#dot));
    }
    let clones: Vec<Ident> = args
        .iter()
        .filter_map(|(_, ty)| ident_of(ty))
        .filter(|i| f.sig.generics.type_params().any(|p| p.ident == *i))
        .collect();
    for ident in &clones {
        generics.make_where_clause().predicates.push(syn::parse_quote!(#ident: Clone));
    }
    let (params, _, clause) = generics.split_for_impl();
    let arg_params = args.iter().map(|(n, t)| quote!(#n: #t));
    let slot_params = slots.iter().map(|(n, t)| quote!(#n: #t));
    let slot_dots = slots.iter().map(|(n, t)| {
        let n = format_ident!("{}_dot", n);
        match ident_of(t).and_then(|i| renamed.get(&i.to_string())) {
            Some(copy) => quote!(#n: #copy),
            None => quote!(#n: #t),
        }
    });
    let arg_names: Vec<&Ident> = args.iter().map(|(n, _)| n).collect();
    let slot_names = slots.iter().map(|(n, _)| n);
    let slot_dot_names = slots.iter().map(|(n, _)| format_ident!("{}_dot", n));
    let bar_dot = format_ident!("{}_dot", bar);
    quote! {
        /// The adjoint and its tangent: linear, hence the adjoint twice.
        #[doc(hidden)]
        #[inline]
        #[track_caller]
        #[allow(clippy::too_many_arguments, clippy::type_complexity, clippy::clone_on_copy)]
        fn #name #params (
            &self, #(#arg_params,)* #(_: #dots,)* #bar: #bar_ty, #bar_dot: #bar_ty, #(#slot_params,)* #(#slot_dots),*
        ) #clause {
            self.#adjoint(#(::core::clone::Clone::clone(&#arg_names),)* #bar, #(#slot_names),*);
            self.#adjoint(#(#arg_names,)* #bar_dot, #(#slot_dot_names),*);
        }
    }
}

fn ident_of(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(p) => p.path.get_ident().cloned(),
        Type::Group(g) => ident_of(&g.elem),
        _ => None,
    }
}
