//! `#[differentiate]` on `impl` blocks, modules, traits and methods.

use crate::errors::Errors;
use crate::function::{Function, Options};
use crate::generate::{Naming, object};
use crate::pipeline::derivatives;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{ImplItem, Item, ItemFn, TraitItem};

/// Expands the attribute on something that is not a free function.
pub fn expand(item: TokenStream, options: Options, errors: &Errors) -> TokenStream {
    let parsed = match syn::parse2::<Item>(item.clone()) {
        Ok(parsed) => parsed,
        Err(_) => return trait_method(item, options, errors),
    };
    let expanded = match parsed {
        Item::Impl(block) => implementation(block, options, errors),
        Item::Mod(module) => self::module(module, options, errors),
        Item::Trait(item) => definition(item, options, errors),
        // A method without a body is an item that only the compiler refuses.
        Item::Verbatim(_) if syn::parse2::<syn::TraitItemFn>(item.clone()).is_ok() => {
            return trait_method(item, options, errors);
        }
        other => {
            errors.at(&other, "`#[differentiate]` stands on a function, a method, an `impl` block, an inline `mod` or a `trait`");
            other.to_token_stream()
        }
    };
    let found = errors.to_compile_errors();
    quote!(#expanded #found)
}

/// A method declared in a trait, with or without a body.
fn trait_method(item: TokenStream, options: Options, errors: &Errors) -> TokenStream {
    match syn::parse2::<syn::TraitItemFn>(item.clone()) {
        Ok(method) => {
            let (method, siblings) = declared(method, options, &syn::Generics::default(), errors);
            let found = errors.to_compile_errors();
            quote!(#method #siblings #found)
        }
        Err(error) => {
            let error = error.to_compile_error();
            quote!(#item #error)
        }
    }
}

/// A method of a trait: its declaration and those of its siblings.
fn declared(
    method: syn::TraitItemFn,
    mut options: Options,
    outer: &syn::Generics,
    errors: &Errors,
) -> (syn::TraitItemFn, TokenStream) {
    options.associated = true;
    options.refuse_explain(errors);
    let has_body = method.default.is_some();
    let body =
        method.default.clone().unwrap_or_else(|| syn::parse_quote!({ ::core::unreachable!() }));
    let item = ItemFn {
        attrs: method.attrs.clone(),
        vis: syn::Visibility::Inherited,
        modifiers: Default::default(),
        sig: method.sig.clone(),
        block: Box::new(body),
    };
    let read = || Function::parse_in(item.clone(), options.clone(), outer, &Errors::default());
    let mut f = Function::parse_in(item.clone(), options.clone(), outer, errors);
    let cleaned = syn::TraitItemFn { sig: f.item.sig.clone(), ..method };
    if f.active().next().is_none() {
        return (cleaned, TokenStream::new());
    }
    if f.params.iter().any(|p| p.receiver && p.active) {
        // The trait need not say so: it would no longer be usable as `dyn`.
        let clause = f.generics.make_where_clause();
        clause.predicates.push(syn::parse_quote!(Self: ::ad_runtime::Differentiable));
    }
    let naming = Naming::of(&f, true);
    if has_body {
        let mut siblings = derivatives(&f, &naming, errors, false);
        if object::is_object_safe(&f) && f.options.vjp.is_none() && f.options.jvp.is_none() {
            let f = object::with_object(read());
            let program = crate::pipeline::compile(&f, &Errors::default());
            siblings.extend(object::defaults(&f, &naming, program));
        }
        return (cleaned, siblings);
    }
    (cleaned, crate::generate::declarations(&f, &naming))
}

fn definition(mut item: syn::ItemTrait, mut options: Options, errors: &Errors) -> TokenStream {
    options.refuse_explain(errors);
    let mut items: Vec<TraitItem> = Vec::new();
    let mut siblings = TokenStream::new();
    for inner in std::mem::take(&mut item.items) {
        match inner {
            TraitItem::Fn(method) if !has_attribute(&method.attrs) => {
                let (method, generated) = declared(method, options.clone(), &item.generics, errors);
                items.push(TraitItem::Fn(method));
                siblings.extend(generated);
            }
            other => items.push(other),
        }
    }
    items.push(TraitItem::Verbatim(siblings));
    item.items = items;
    item.to_token_stream()
}

fn has_attribute(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| a.path().segments.last().is_some_and(|s| s.ident == "differentiate"))
}

fn implementation(mut block: syn::ItemImpl, mut options: Options, errors: &Errors) -> TokenStream {
    let trait_name = block.trait_.as_ref().map(|(path, _)| crate::operators::trait_name(path));
    if trait_name.is_some() {
        options.refuse_explain(errors);
    }
    if let Some(name) = &trait_name
        && crate::operators::is_operator(name)
    {
        return crate::operators::expand(block, options, errors);
    }
    if let Some(name) = &trait_name
        && (name == "Index" || name == "IndexMut")
    {
        return crate::index::expand(block, errors);
    }
    let in_trait = trait_name.is_some();
    let is_function = trait_name.as_deref() == Some("Differentiated");
    let output = crate::operators::block_output(&block.items);
    let mut siblings = TokenStream::new();
    let generics = block.generics.clone();
    let self_ty = block.self_ty.to_token_stream().to_string();
    let is_differentiable = has_active_receiver(&block);
    for inner in &mut block.items {
        let ImplItem::Fn(method) = inner else { continue };
        if has_attribute(&method.attrs) {
            continue;
        }
        let mut options = options.clone();
        options.associated = true;
        let mut item = ItemFn {
            attrs: method.attrs.clone(),
            vis: method.vis.clone(),
            modifiers: Default::default(),
            sig: method.sig.clone(),
            block: Box::new(method.block.clone()),
        };
        if is_function {
            crate::operators::replace_self(&mut item.sig, &mut item.block, output.as_ref());
        }
        let mut f = Function::parse_in(item, options, &generics, errors);
        if !in_trait {
            f.outlive(&generics);
        }
        method.sig = f.item.sig.clone();
        method.block = (*f.item.block).clone();
        let naming = Naming { inherits_jacobians: in_trait, ..Naming::of(&f, in_trait) };
        siblings.extend(derivatives(&f, &naming, errors, false));
        let makes_self = f.output.as_ref().is_some_and(|ty| {
            let ty = ty.to_token_stream().to_string();
            ty == "Self" || ty == self_ty
        });
        if makes_self && is_differentiable && !in_trait && f.active().next().is_none() {
            siblings.extend(crate::generate::custom::inert(&f, &naming));
        }
    }
    if is_function {
        let hidden = crate::operators::only_hidden(siblings);
        let siblings = crate::generate::value::of_type(&block, &hidden);
        return quote!(#block #siblings);
    }
    block.items.push(ImplItem::Verbatim(siblings));
    block.to_token_stream()
}

/// Whether a method of the block is differentiated in `self`, so that the type surely is differentiable.
fn has_active_receiver(block: &syn::ItemImpl) -> bool {
    block.items.iter().any(|item| {
        let ImplItem::Fn(f) = item else { return false };
        f.sig.receiver().is_some_and(|r| !r.attrs.iter().any(|a| a.path().is_ident("constant")))
    })
}

fn module(mut module: syn::ItemMod, options: Options, errors: &Errors) -> TokenStream {
    let Some((brace, items)) = module.content.take() else {
        errors.at(&module, "`#[differentiate]` stands on an inline module: `mod name { .. }`");
        return module.to_token_stream();
    };
    let mut expanded = Vec::new();
    for item in items {
        let tokens = match item {
            Item::Fn(function) if !has_attribute(&function.attrs) => {
                let probe = Function::parse(function.clone(), options.clone(), &Errors::default());
                if probe.active().next().is_none() {
                    function.to_token_stream()
                } else {
                    crate::pipeline::differentiate_parsed(function, options.clone(), errors)
                }
            }
            Item::Impl(block) => implementation(block, options.clone(), errors),
            Item::Trait(item) => definition(item, options.clone(), errors),
            Item::Mod(inner) if inner.content.is_some() => {
                self::module(inner, options.clone(), errors)
            }
            other => other.to_token_stream(),
        };
        expanded.push(Item::Verbatim(tokens));
    }
    module.content = Some((brace, expanded));
    module.to_token_stream()
}
