//! The whole compiler, a phase a line. The only file that knows all phases.

use crate::errors::Errors;
use crate::facts::Facts;
use crate::function::{Function, Options, Param};
use crate::generate::{self, Naming};
use crate::ir::Program;
use crate::lower::Lower;
use crate::{exits, facts, resolve, sugar, validate};
use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

/// Expands `#[differentiate(attr)] item`.
pub fn differentiate(attr: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::default();
    let options = Options::parse(attr, &errors);
    match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => free_function(function, options, &errors),
        Err(_) => crate::items::expand(item, options, &errors),
    }
}

fn free_function(item: ItemFn, options: Options, errors: &Errors) -> TokenStream {
    let f = Function::parse(item, options, errors);
    let naming = Naming::of(&f, false);
    let derivatives = derivatives(&f, &naming, errors, true);
    let item = &f.item;
    let found = errors.to_compile_errors();
    if naming.siblings {
        return quote!(#item #derivatives #found);
    }
    let (vis, name) = (&item.vis, &item.sig.ident);
    let value = if errors.any() { TokenStream::new() } else { generate::value::of_namespace(&f) };
    let doc = format!("The derivatives of the function [`{name}`](fn@{name}).");
    quote! {
        #item
        #[doc = #doc]
        #[allow(non_camel_case_types, clippy::all, clippy::pedantic)]
        #vis struct #name {}
        #[allow(clippy::all, clippy::pedantic)]
        impl #name { #derivatives }
        #value
        #found
    }
}

/// The derivative functions, or nothing where there are errors.
pub fn derivatives(f: &Function, naming: &Naming, errors: &Errors, alone: bool) -> TokenStream {
    if f.active().next().is_none() {
        if alone {
            errors.at(
                &f.item.sig.ident,
                "no parameter is active, so there is nothing to differentiate with respect to: drop `#[differentiate]`, or `#[constant]` from a parameter",
            );
        }
        return TokenStream::new();
    }
    let program = if f.options.vjp.is_some() || f.options.jvp.is_some() {
        Program::default()
    } else {
        compile(f, errors)
    };
    if f.item.sig.asyncness.is_some() || matches!(f.item.sig.safety, syn::Safety::Unsafe(_)) {
        // Stubs would call the function, which takes more than a call here.
        return TokenStream::new();
    }
    if errors.any() {
        return crate::generate::stubs(f, naming);
    }
    if cfg!(debug_assertions) {
        let defects = validate::lowered(&program);
        // A name that is used before its `let`: rustc says so of the function itself.
        if defects.iter().any(|defect| defect.ends_with(validate::UNDEFINED)) {
            errors.at(&f.item.sig.ident, defects.join("; "));
            return crate::generate::stubs(f, naming);
        }
        validate::require("in lowering", &defects);
    }
    generate::all(f, naming, program)
}

/// From the user's function to the intermediate representation.
pub fn compile(f: &Function, errors: &Errors) -> Program {
    let mut item = ItemFn { block: Box::new(f.body.clone()), ..f.item.clone() };
    sugar::expand(&mut item.block, &item.sig.output);
    item.sig.inputs = f.inputs.clone();
    resolve::unique_names(&mut item, f.params.iter().flat_map(Param::derived_names));
    exits::remove(&mut item.block, &item.sig.output, errors);
    let output = f.output_ty();
    let facts = |block: &syn::Block| {
        let params = f
            .params
            .iter()
            .map(|p| (p.name.to_string(), p.ty.clone(), p.active, p.mutable))
            .collect();
        let ranges = f.params.iter().filter(|p| p.is_range()).map(|p| p.name.to_string());
        Facts::of(params, f.reals.clone(), ranges.collect(), block, &output)
    };
    let mut known = facts(&item.block);
    facts::rounding::check(&known, &item.block, errors);
    facts::failures::check(&known, &item.block, errors);
    facts::hidden_writes::check(&known, &item.block, errors);
    if facts::assumptions::assert(&known, &mut item.block) {
        // The facts hold copies of closures and chains, which the assertions belong in as well.
        known = facts(&item.block);
    }
    let mut lower = Lower::new(errors, known);
    lower.default_float = default_float(f);
    lower.order = f.options.order;
    for p in &f.params {
        lower.param(&p.name, p.active);
    }
    lower.function(&item.block)
}

/// Expands a function of a module that carries the attribute.
pub fn differentiate_parsed(item: ItemFn, options: Options, errors: &Errors) -> TokenStream {
    free_function(item, options, errors)
}

/// The scalar type of the function: `f32` where only that occurs in its signature.
fn default_float(f: &Function) -> syn::Type {
    let signature = quote::ToTokens::to_token_stream(&f.item.sig);
    let has = |name: &str| generate::mentions(&signature, name);
    if has("f32") && !has("f64") { syn::parse_quote!(f32) } else { syn::parse_quote!(f64) }
}
