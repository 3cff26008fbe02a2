//! Siblings that are callable on `dyn Trait`: those of methods that take `#[constant] &self`.
//!
//! ```text
//! fn __eval_adjoint_dyn(&self, x: f64, out_bar: f64, x_slot: SlotObject<'_, f64>) -> f64;
//! fn __eval_jvp_dyn(&self, x: f64, x_arg: TangentObject<'_, f64>) -> (f64, f64);
//! ```
//!
//! The receiver has no slot. A trait declares them, and they make `eval_adjoint` and `eval_jvp`; an `impl` forwards them
//! to its generic siblings. The body of a method with a default is compiled once more, with `self` as an object.

use super::{Naming, allows, arg, plain_inputs, public, slot};
use crate::function::{Function, Param};
use crate::ir::{Program, Ty};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

/// Whether the method has siblings for objects.
pub fn is_object_safe(f: &Function) -> bool {
    let generic = f.item.sig.generics.type_params().next().is_some()
        || f.item.sig.generics.const_params().next().is_some()
        || f.params.iter().any(|p| matches!(p.written, Type::ImplTrait(_)));
    let receiver = f.params.iter().find(|p| p.receiver);
    !generic && receiver.is_some_and(|p| p.is_ref() && !p.is_mut_ref() && !p.active)
}

/// Whether the function takes a trait object by value, which cannot be passed on more than once.
pub fn is_owned(f: &Function) -> bool {
    f.params.iter().any(|p| p.ty == Ty::Object)
}

/// The method with `self` as an object: what is called on it is called as on any object.
pub fn with_object(mut f: Function) -> Function {
    for p in f.params.iter_mut().filter(|p| p.receiver) {
        p.ty = Ty::Ref(Box::new(Ty::Object));
    }
    f
}

/// The type of a slot.
pub fn slot_type(p: &Param) -> TokenStream {
    let tangent = p.tangent();
    if p.active {
        quote!(::ad_runtime::rt::SlotObject<'_, #tangent>)
    } else {
        quote!(::ad_runtime::rt::ConstantObject)
    }
}

/// The type of a tangent.
pub fn arg_type(p: &Param) -> TokenStream {
    let tangent = p.tangent();
    match (p.active, p.is_mut_ref()) {
        (false, _) => quote!(::ad_runtime::rt::ConstantObject),
        (true, true) => quote!(::ad_runtime::rt::SlotObject<'_, #tangent>),
        (true, false) => quote!(::ad_runtime::rt::TangentObject<'_, #tangent>),
    }
}

fn signatures(f: &Function, naming: &Naming) -> (TokenStream, TokenStream) {
    let (inputs, output, tangent) = (plain_inputs(f), f.output_tokens(), f.output_tangent());
    let (adjoint, jvp) = (naming.hidden("adjoint_dyn"), naming.hidden("jvp_dyn"));
    let slots = others(f).map(|p| {
        let (slot, ty) = (slot(p), slot_type(p));
        quote!(#slot: #ty)
    });
    let args = others(f).map(|p| {
        let (arg, ty) = (arg(p), arg_type(p));
        quote!(#arg: #ty)
    });
    let (generics, _, clause) = f.generics.split_for_impl();
    (
        quote!(fn #adjoint #generics (#(#inputs,)* __out_bar: #tangent, #(#slots),*) -> #output #clause),
        quote!(fn #jvp #generics (#(#inputs,)* #(#args),*) -> (#output, #tangent) #clause),
    )
}

fn others(f: &Function) -> impl Iterator<Item = &Param> {
    f.params.iter().filter(|p| !p.receiver)
}

/// The declarations in a trait of a method without a body.
pub fn declarations(f: &Function, naming: &Naming) -> TokenStream {
    let (adjoint, jvp) = signatures(f, naming);
    let reverse = f.options.has_reverse().then(|| quote!(#[doc(hidden)] #adjoint;));
    let forward = f.options.has_forward().then(|| quote!(#[doc(hidden)] #jvp;));
    quote!(#reverse #forward)
}

/// The siblings of a method with a default body, whose program on objects is `program`.
pub fn defaults(f: &Function, naming: &Naming, program: Program) -> TokenStream {
    let naming = Naming { on_objects: true, ..naming.clone() };
    let mut out = TokenStream::new();
    if f.options.has_reverse() {
        out.extend(super::adjoint(f, &naming, program.clone()).0);
    }
    if f.options.has_forward() {
        out.extend(super::jvp(f, &naming, program));
    }
    out
}

/// The definitions in an `impl`, by the generic siblings.
pub fn definitions(f: &Function, naming: &Naming) -> TokenStream {
    let (adjoint, jvp) = signatures(f, naming);
    let (by_adjoint, by_jvp) = (naming.hidden("adjoint"), naming.hidden("jvp"));
    let names: Vec<_> = f.params.iter().map(|p| &p.name).collect();
    let receiver = quote!(::ad_runtime::rt::Inactive);
    let slots = others(f).map(slot);
    let args = others(f).map(arg);
    let allows = allows();
    let reverse = f.options.has_reverse().then(|| {
        quote!(#[doc(hidden)] #[inline] #allows #adjoint { Self::#by_adjoint(#(#names,)* __out_bar, #receiver, #(#slots),*) })
    });
    let forward = f.options.has_forward().then(|| {
        quote!(#[doc(hidden)] #[inline] #allows #jvp { Self::#by_jvp(#(#names,)* #receiver, #(#args),*) })
    });
    quote!(#reverse #forward)
}

/// The arguments of the hidden sibling by which `eval_adjoint` is made.
pub fn bars(f: &Function) -> Vec<TokenStream> {
    others(f)
        .map(|p| {
            let bar = p.bar();
            if p.active {
                quote!(::ad_runtime::rt::object(&mut { #bar }))
            } else {
                quote!(::ad_runtime::rt::object(&mut ::ad_runtime::rt::Inactive))
            }
        })
        .collect()
}

/// The arguments of the hidden sibling by which `eval_jvp` is made.
pub fn dots(f: &Function) -> Vec<TokenStream> {
    others(f)
        .map(|p| {
            let dot = public::tangent_argument(p);
            quote!(::ad_runtime::rt::object(&mut { #dot }))
        })
        .collect()
}
