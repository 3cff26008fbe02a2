//! The rules of scalar methods for receivers whose type the macro does not see: an extension trait
//! of the runtime, made from the table that also serves known scalars.

use crate::emit::Emitter;
use crate::ir::{Expr, Program};
use crate::rules::{Operands, table};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::HashSet;

/// The argument types of a scalar method, receiver left out.
fn arguments(name: &str) -> &'static [&'static str] {
    match name {
        "powi" => &["i32"],
        "powf" | "log" | "max" | "min" | "hypot" | "atan2" | "rem_euclid" | "div_euclid"
        | "copysign" => &["Self"],
        "clamp" | "mul_add" => &["Self", "Self"],
        _ => &[],
    }
}

/// The trait and its implementation for `f32` and `f64`.
pub fn expand() -> TokenStream {
    let program = Program::default();
    let emitter = Emitter::forward(&program, HashSet::new());
    let methods: Vec<_> = table().iter().map(|rule| {
        let types = arguments(rule.name);
        let name = format_ident!("{}", rule.name);
        let (jvp, adjoint) = (format_ident!("__{}_jvp", rule.name), format_ident!("__{}_adjoint", rule.name));
        let names: Vec<_> = (0..types.len()).map(|i| format_ident!("a{}", i)).collect();
        let tys: Vec<TokenStream> = types.iter().map(|t| t.parse().expect("a type")).collect();
        let operands: Vec<Expr> = std::iter::once(Expr::lit(quote!(x))).chain(names.iter().map(|n| Expr::lit(quote!(#n)))).collect();
        let context = Operands { args: &operands, result: Expr::lit(quote!(y)), float: None };
        let active: Vec<bool> = std::iter::once(true).chain(types.iter().map(|t| *t == "Self")).collect();
        let partials: Vec<TokenStream> = (0..active.len())
            .map(|i| rule.partial(i, &context).map_or_else(|| quote!(0.0), |p| emitter.expr(&p)))
            .collect();
        let slots: Vec<_> = (0..active.len()).map(|i| format_ident!("s{}", i)).collect();
        let slot_params = slots.iter().zip(&active).map(|(s, active)| if *active {
            quote!(mut #s: impl crate::rt::Slot<Self>)
        } else {
            quote!(#s: impl crate::rt::ConstantSlot)
        });
        let dot_params = slots.iter().zip(&active).map(|(s, active)| if *active {
            quote!(#s: impl crate::rt::TangentArg<Self>)
        } else {
            quote!(#s: impl crate::rt::ConstantSlot)
        });
        let (slot_params, dot_params): (Vec<_>, Vec<_>) = (slot_params.collect(), dot_params.collect());
        let infinite = rule.infinite;
        let guard = |given: TokenStream, partial: &TokenStream| if infinite {
            quote!(if #given == 0.0 { 0.0 } else { #given * (#partial) })
        } else {
            quote!(#given * (#partial))
        };
        let adds: Vec<_> = slots.iter().zip(&active).zip(&partials).filter(|((_, a), _)| **a).map(|((s, _), p)| {
            let value = guard(quote!(out_bar), p);
            quote!(#s.add(|| #value);)
        }).collect();
        let sums: Vec<_> = slots.iter().zip(&active).zip(&partials).filter(|((_, a), _)| **a).map(|((s, _), p)| {
            let value = guard(quote!(d), p);
            quote!(if let ::core::option::Option::Some(d) = #s.get() { let d = *d; dot += #value; })
        }).collect();
        let declared = quote! {
            #[doc(hidden)]
            fn #jvp(self, #(#names: #tys,)* #(#dot_params),*) -> (Self, Self);
            #[doc(hidden)]
            fn #adjoint(self, #(#names: #tys,)* out_bar: Self, #(#slot_params),*);
        };
        let declared = strip_mut(declared);
        let defined = quote! {
            #[inline(always)]
            fn #jvp(self, #(#names: #tys,)* #(#dot_params),*) -> (Self, Self) {
                let x = self;
                let y = x.#name(#(#names),*);
                let mut dot = 0.0;
                #(#sums)*
                (y, dot)
            }
            #[inline(always)]
            fn #adjoint(self, #(#names: #tys,)* out_bar: Self, #(#slot_params),*) {
                let x = self;
                let y = x.#name(#(#names),*);
                #(#adds)*
            }
        };
        (declared, defined)
    }).collect();
    let (declared, defined): (Vec<_>, Vec<_>) = methods.into_iter().unzip();
    let allows = crate::generate::allows();
    quote! {
        /// The derivatives of the methods of real scalars.
        pub trait ScalarMethods: crate::Tangent + Copy {
            #(#declared)*
        }
        #allows
        impl ScalarMethods for f32 { #(#defined)* }
        #allows
        impl ScalarMethods for f64 { #(#defined)* }
    }
}

/// A declaration takes no `mut` on its parameters.
fn strip_mut(tokens: TokenStream) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .filter(|t| !matches!(t, TokenTree::Ident(i) if i == "mut"))
        .map(|t| match t {
            TokenTree::Group(g) => {
                TokenTree::Group(Group::new(g.delimiter(), strip_mut(g.stream())))
            }
            t => t,
        })
        .collect()
}
