//! `__jvp_lanes`: the function and its tangents in several directions, by one run of the primal.
//!
//! A caller cannot know whether what it calls has them. So every function has both siblings, and `__lanes` says
//! whether the other may be called: whether the function's own operations have tangents of several directions,
//! and those of all that it calls.

use super::{Generics, Naming, allows, arg, inputs, plain_inputs, slot, visibility};
use crate::adjoint;
use crate::emit::sweeps;
use crate::function::{Function, Param};
use crate::ir::Program;
use crate::{tangent, validate};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The number of variables of a small function.
const SMALL: usize = 16;

/// The siblings, and whether the function itself has tangents of several directions.
pub fn all(f: &Function, naming: &Naming, program: &Program) -> (TokenStream, bool) {
    let custom = f.options.vjp.is_some() || f.options.jvp.is_some();
    // A call that has to name generic arguments would have to name the number of directions as well.
    let generic = !f.reals.is_empty() || !naming.arguments.is_empty();
    if naming.in_trait || custom || generic || has_items(f) || !f.options.has_forward() {
        return (refused(f, naming), false);
    }
    // A scalar has one row, for which reverse mode is the faster way: it is worth it for small functions that
    // others call.
    if f.is_scalar() && program.lowered > SMALL {
        return (refused(f, naming), false);
    }
    let Some(abreast) = tangent::push_abreast(program.clone(), &naming.function) else {
        return (refused(f, naming), false);
    };
    if cfg!(debug_assertions) {
        let defects = validate::pushed(&abreast.pushed);
        validate::require("in the tangents of several directions", &defects);
    }
    let body = sweeps::abreast_body(&f.params, &abreast.pushed);
    let callees = abreast.callees.iter();
    let told = told(naming, "lanes", quote!(__fuel > 0 #(&& #callees(__fuel - 1))*));
    let body = quote!(use ::ad_runtime::rt::methods::*; #body);
    let sibling = sibling(f, naming, inputs(f), body);
    (quote!(#told #sibling), true)
}

/// `__adjoint_jvp_lanes` and `__second_lanes`, likewise: the tangents of the adjoint in several directions. The value
/// is not given back, so that what it alone needs is not computed.
pub fn second(f: &Function, naming: &Naming, program: &Program) -> (TokenStream, bool) {
    let custom = f.options.vjp.is_some() || f.options.jvp.is_some();
    // Lengths that are inferred from tangents are not found through tangents of several directions.
    let sized = f.generics.const_params().next().is_some();
    let generic = !f.reals.is_empty() || !naming.arguments.is_empty() || sized;
    let refused = || (refused_second(f, naming), false);
    if naming.siblings || naming.in_trait || custom || generic || has_items(f) || f.has_mut_params()
    {
        return refused();
    }
    let mut program = program.clone();
    let taken = program.vars.iter().map(|v| v.name.to_string()).collect();
    let out_bar = adjoint::seed(&mut program, f.output_ty());
    let Some(abreast) = tangent::push_adjoint_abreast(program, out_bar, &naming.function) else {
        return refused();
    };
    let pushed = &abreast.pushed;
    if cfg!(debug_assertions) {
        let defects = validate::pushed_adjoint(pushed, &[out_bar, pushed.out_bar_dot]);
        validate::require("in the tangents of the adjoint in several directions", &defects);
    }
    let body = super::second::body(f, pushed, &taken, true);
    let names = [out_bar, pushed.out_bar_dot].map(|var| pushed.program[var].name.clone());
    let callees = abreast.callees.iter();
    let told = told(naming, "second_lanes", quote!(__fuel > 0 #(&& #callees(__fuel - 1))*));
    let body = quote!(use ::ad_runtime::rt::methods::*; #body);
    let sibling = second_sibling(f, naming, inputs(f), &names, body);
    (quote!(#told #sibling), true)
}

/// The siblings of order two of a function that goes one direction after the other.
pub fn refused_second(f: &Function, naming: &Naming) -> TokenStream {
    if naming.siblings || naming.in_trait {
        return TokenStream::new();
    }
    let told = told(naming, "second_lanes", quote!(false));
    let body = quote!(::core::unreachable!("the function goes one direction after the other"));
    let names = [format_ident!("__out_bar"), format_ident!("__out_bar_dot")];
    let sibling = second_sibling(f, naming, plain_inputs(f), &names, body);
    quote!(#told #sibling)
}

fn second_sibling(
    f: &Function,
    naming: &Naming,
    inputs: Vec<TokenStream>,
    [out_bar, out_bar_dot]: &[Ident; 2],
    body: TokenStream,
) -> TokenStream {
    let name = naming.hidden("adjoint_jvp_lanes");
    let Generics { params, clause } = generics(f);
    let args = f.params.iter().map(wide_arg);
    let tangent = f.output_tangent();
    let wide_tangent = wide(&tangent);
    let slots = f.params.iter().map(|p| {
        let (slot, tangent) = (slot(p), p.tangent());
        slot_of(p, slot, tangent)
    });
    let slot_dots =
        f.params.iter().map(|p| slot_of(p, super::second::slot_dot(p), wide(&p.tangent())));
    let (vis, _) = visibility(naming);
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (
            #(#inputs,)* _: ::ad_runtime::rt::Width<__L>, #(#args,)*
            #out_bar: #tangent, #out_bar_dot: #wide_tangent, #(#slots,)* #(#slot_dots),*
        ) #clause { #body }
    }
}

fn slot_of(p: &Param, slot: Ident, tangent: TokenStream) -> TokenStream {
    if p.active {
        quote!(mut #slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
    } else {
        quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
    }
}

/// Whether the body has items of its own, which no other generated function can name.
fn has_items(f: &Function) -> bool {
    struct Items(bool);
    impl syn::visit::Visit<'_> for Items {
        fn visit_item(&mut self, _: &syn::Item) {
            self.0 = true;
        }
    }
    let mut items = Items(false);
    syn::visit::Visit::visit_block(&mut items, &f.body);
    items.0
}

/// The siblings of a function that goes one direction after the other. Methods are not asked.
pub fn refused(f: &Function, naming: &Naming) -> TokenStream {
    if naming.siblings || naming.in_trait || !f.options.has_forward() {
        return TokenStream::new();
    }
    let told = told(naming, "lanes", quote!(false));
    let body = quote!(::core::unreachable!("the function goes one direction after the other"));
    let sibling = sibling(f, naming, plain_inputs(f), body);
    quote!(#told #sibling)
}

/// `__lanes` and its like, whose argument bounds how far it asks, as functions may call each other.
fn told(naming: &Naming, name: &str, told: TokenStream) -> TokenStream {
    let name = naming.hidden(name);
    let (vis, _) = visibility(naming);
    let allows = allows();
    quote!(#[doc(hidden)] #[inline] #allows #vis fn #name(__fuel: u8) -> bool { #told })
}

fn sibling(
    f: &Function,
    naming: &Naming,
    inputs: Vec<TokenStream>,
    body: TokenStream,
) -> TokenStream {
    let name = naming.hidden("jvp_lanes");
    let Generics { params, clause } = generics(f);
    let args = f.params.iter().map(wide_arg);
    let output = f.output_tokens();
    let tangent = wide(&f.output_tangent());
    let (vis, _) = visibility(naming);
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (
            #(#inputs,)* _: ::ad_runtime::rt::Width<__L>, #(#args),*
        ) -> (#output, #tangent) #clause { #body }
    }
}

/// The generics of the function, and the number of directions.
fn generics(f: &Function) -> Generics {
    let mut generics = f.generics.clone();
    generics.params.push(syn::parse_quote!(const __L: usize));
    let (params, _, clause) = generics.split_for_impl();
    Generics { params: params.to_token_stream(), clause: clause.to_token_stream() }
}

/// Tangents of the type `tangent` in several directions.
fn wide(tangent: &TokenStream) -> TokenStream {
    quote!(<#tangent as ::ad_runtime::Tangent>::Lanes<__L>)
}

fn wide_arg(p: &Param) -> TokenStream {
    let (arg, tangent) = (arg(p), wide(&p.tangent()));
    match (p.active, p.is_mut_ref()) {
        (false, _) => quote!(#arg: impl ::ad_runtime::rt::ConstantSlot),
        (true, true) => quote!(mut #arg: impl ::ad_runtime::rt::SlotMut<#tangent>),
        (true, false) => quote!(#arg: impl ::ad_runtime::rt::TangentArg<#tangent>),
    }
}
