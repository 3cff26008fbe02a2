//! The halves of a function's adjoint, as its callers in other functions take them.
//!
//! ```text
//! // Two sweeps, where a closure can hold what the second needs:
//! fn __split(x: &[f64]) -> (R, impl FnOnce(&[f64], R::Tangent, SlotObject<Vec<f64>>));
//! // The function and its adjoint, where not:
//! fn __split(x: &[f64]) -> (R, ());
//!
//! fn __back(back: .., x: &[f64], out_bar: R::Tangent, x_slot: impl SlotMut<Vec<f64>>);
//! ```
//!
//! The closure borrows nothing: a caller keeps it while it changes the arguments, which it passes again. So a
//! function is split only if all that its reverse sweep reads surely owns its data. Functions called in the first half are
//! not split in turn, so that no closure holds another: of functions that call each other, that type would be infinite.

use super::public::arguments;
use super::{Generics, Naming, allows, generics, inputs, mentions, plain_inputs, slot, slots};
use crate::adjoint::{self, Reversed};
use crate::emit::sweeps::{self, Halves, param_var};
use crate::function::{Function, Param};
use crate::ir::{Program, Role, Ty, Var};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericParam, Type};

/// Both halves of a function whose adjoint is `fused` when it is called alone.
pub fn of_program(
    f: &Function,
    naming: &Naming,
    mut program: Program,
    fused: &Reversed,
) -> TokenStream {
    if !is_called_in_halves(naming) {
        return TokenStream::new();
    }
    let out_bar = adjoint::seed(&mut program, f.output_ty());
    let out_name = program[out_bar].name.clone();
    let split = (has_plain_signature(f) && is_worth_keeping(f, fused))
        .then(|| adjoint::reverse_apart(program, out_bar))
        .filter(|reversed| owns_what_it_keeps(f, reversed, out_bar))
        .and_then(|reversed| sweeps::halves(&f.params, &reversed));
    match split {
        Some(halves) => split_halves(f, &out_name, halves),
        None => joint(f, naming),
    }
}

/// The function, and its adjoint.
pub fn joint(f: &Function, naming: &Naming) -> TokenStream {
    if !is_called_in_halves(naming) {
        return TokenStream::new();
    }
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (plain_inputs(f), f.output_tokens(), f.output_tangent());
    let (args, slots) = (arguments(f, false), slots(f));
    let names = f.params.iter().map(slot);
    let (primal, adjoint, allows) =
        (naming.primal(), naming.call(&naming.hidden("adjoint")), allows());
    quote! {
        #[doc(hidden)]
        pub const __SPLIT: bool = false;
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn __split #params (#(#inputs),*) -> (#output, ()) #clause {
            (#primal(#(#args),*), ())
        }
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn __back #params (_: (), #(#inputs,)* __out_bar: #tangent, #(#slots),*) #clause {
            let _ = #adjoint(#(#args,)* __out_bar, #(#names),*);
        }
    }
}

fn split_halves(f: &Function, out_bar: &proc_macro2::Ident, halves: Halves) -> TokenStream {
    let Generics { params, clause } = generics(f);
    let (inputs, plain, output, tangent) =
        (inputs(f), plain_inputs(f), f.output_tokens(), f.output_tangent());
    let Halves { forward, out, reverse } = halves;
    let types: Vec<_> = f.params.iter().map(|p| elided(&p.written)).collect();
    let objects: Vec<_> = f
        .active()
        .map(|p| {
            let tangent = p.tangent();
            quote!(::ad_runtime::rt::SlotObject<'_, #tangent>)
        })
        .collect();
    // What the function changes of its own, the first half hands on.
    let again = f.params.iter().zip(&types).map(|(p, ty)| {
        let name = &p.name;
        if p.mutable { quote!(_: #ty) } else { quote!(#name: #ty) }
    });
    let closure_slots = f.active().zip(&objects).map(|(p, ty)| {
        let slot = slot(p);
        quote!(mut #slot: #ty)
    });
    let consts = f.generics.params.iter().filter_map(|p| match p {
        GenericParam::Const(c) => Some(&c.ident),
        _ => None,
    });
    let back = quote! {
        impl ::core::ops::FnOnce(#(#types,)* #tangent, #(#objects),*) + use<#(#consts),*>
    };
    let (args, slots) = (f.params.iter().map(|p| &p.name), slots(f));
    let given: Vec<_> = f
        .active()
        .map(|p| {
            let slot = slot(p);
            quote!(::ad_runtime::rt::object(&mut #slot))
        })
        .collect();
    let allows = allows();
    quote! {
        #[doc(hidden)]
        pub const __SPLIT: bool = true;
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn __split #params (#(#inputs),*) -> (#output, #back) #clause {
            use ::ad_runtime::rt::methods::*;
            #forward
            let back = move |#(#again,)* #out_bar: #tangent, #(#closure_slots),*| { #reverse };
            (#out, back)
        }
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn __back #params (
            __back: impl ::core::ops::FnOnce(#(#types,)* #tangent, #(#objects),*),
            #(#plain,)*
            __out_bar: #tangent,
            #(#slots),*
        ) #clause {
            __back(#(#args,)* __out_bar, #(#given),*)
        }
    }
}

/// Whether other functions call the function by halves: those of functions that have a namespace.
fn is_called_in_halves(naming: &Naming) -> bool {
    !naming.siblings && !naming.in_trait && !naming.on_objects
}

/// Whether the types of the signature can be those of a closure's parameters, whose lifetimes are anyone's.
fn has_plain_signature(f: &Function) -> bool {
    let generic = f.generics.params.iter().any(|p| matches!(p, GenericParam::Type(_)));
    let text = |ty: &Type| ty.to_token_stream().to_string();
    let plain = |p: &Param| {
        let text = text(&p.written);
        let of_some_lifetime = p.active && p.tangent().to_string().contains('\'');
        !of_some_lifetime && !["impl ", "dyn ", "str", "for <"].iter().any(|w| text.contains(w))
    };
    let borrows = f.output.as_ref().is_some_and(|ty| {
        let text = text(ty);
        text.contains(['&', '\'']) || text.contains("View") || text.contains("impl ")
    });
    let numbers = |ty: &Ty| matches!(ty, Ty::Float(_));
    let all_numbers = f.active().all(|p| numbers(&p.ty)) && numbers(&f.output_ty());
    !generic && !borrows && !all_numbers && f.params.iter().all(plain)
}

/// Whether running the function again takes more than a little arithmetic. What is fused runs once more at the cost
/// of its value alone, and would be recorded instead.
fn is_worth_keeping(f: &Function, fused: &Reversed) -> bool {
    f.active().next().is_some()
        && fused.program.checkpoints.is_empty()
        && adjoint::is_costly(&fused.program, &fused.forward)
}

/// Whether all that the second half takes from the first owns its data.
fn owns_what_it_keeps(f: &Function, reversed: &Reversed, out_bar: Var) -> bool {
    // It counts as an owned array everywhere else.
    if mentions(&f.body.to_token_stream(), "CowArray") {
        return false;
    }
    let program = &reversed.program;
    let given =
        |var: Var| f.params.iter().any(|p| !p.mutable && param_var(program, p) == Some(var));
    let free = adjoint::reads_of(program, &reversed.reverse);
    let recorded = program.records.values().flat_map(|record| record.vars.iter().flatten());
    free.iter().chain(recorded).all(|&var| {
        let info = &program[var];
        match info.role {
            Role::Alias { .. } | Role::Binding { .. } | Role::Bar(_) => true,
            Role::Param => given(var) || is_owned(&info.ty),
            Role::Saved => !matches!(info.ty, Ty::Ref(_) | Ty::RefMut(_)),
            _ => var == out_bar || program.dropped.contains(&var) || is_owned(&info.ty),
        }
    })
}

fn is_owned(ty: &Ty) -> bool {
    match ty {
        Ty::Float(_) | Ty::Discrete => true,
        Ty::Vec(inner) | Ty::Array(inner) | Ty::Option(inner) => is_owned(inner),
        Ty::Tuple(parts) => parts.iter().all(is_owned),
        Ty::NdArray { owned, .. } => *owned,
        Ty::Unknown | Ty::Ref(_) | Ty::RefMut(_) | Ty::Slice(_) | Ty::Object => false,
    }
}

/// The type with any lifetime in place of a named one.
fn elided(ty: &Type) -> Type {
    struct Elide;
    impl syn::visit_mut::VisitMut for Elide {
        fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
            if lifetime.ident != "static" {
                *lifetime = syn::Lifetime::new("'_", lifetime.span());
            }
        }
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut Elide, &mut ty);
    ty
}
