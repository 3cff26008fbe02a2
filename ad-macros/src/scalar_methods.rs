//! The rules of scalar methods for receivers whose type the macro does not see: an extension trait
//! of the runtime, made from the table that also serves known scalars.

use crate::emit::Emitter;
use crate::ir::{Block, Expr, Program, Role, Stmt, Ty, Var, VarInfo};
use crate::rules::{Operands, table};
use crate::tangent::push_adjoint;
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

/// The body of `__m_adjoint_jvp`: the tangent of the adjoint of `x.m(..)`.
fn second_order(name: &str, active: &[bool]) -> TokenStream {
    let mut program = Program::default();
    let mut variable = |name: proc_macro2::Ident, active: bool, role: Role| {
        let ty = if active { Ty::Float(None) } else { Ty::Discrete };
        program.vars.push(VarInfo { name, ty, active, mutable: false, role });
        Var(program.vars.len() - 1)
    };
    let operands: Vec<Var> = active
        .iter()
        .enumerate()
        .map(|(i, active)| {
            let name = if i == 0 { format_ident!("x") } else { format_ident!("a{}", i - 1) };
            variable(name, *active, Role::Param)
        })
        .collect();
    let y = variable(format_ident!("y"), true, Role::Local);
    let out_bar = variable(format_ident!("out_bar"), true, Role::Temp);
    let value = Expr::Method {
        recv: Box::new(Expr::var(operands[0])),
        name: format_ident!("{}", name),
        turbofish: None,
        args: operands[1..].iter().map(|v| Expr::var(*v)).collect(),
    };
    program.body =
        Block { stmts: vec![Stmt::Let { var: y, ty: None, value }], result: Some(Expr::var(y)) };
    let pushed = push_adjoint(program, out_bar);
    let program = &pushed.program;
    let forward = Emitter::forward(program, HashSet::new()).stmts(&pushed.forward);
    let reverse = Emitter::reverse(program, &pushed.reverse).stmts(&pushed.reverse);
    let tangents = operands.iter().enumerate().filter(|(i, _)| active[*i]).map(|(i, v)| {
        let (name, dot, given) =
            (&program[*v].name, format_ident!("{}_dot", program[*v].name), format_ident!("d{}", i));
        quote!(let #dot = crate::rt::tangent(&#name, #given);)
    });
    let adds = pushed.scalars.iter().map(|(param, bar, dot)| {
        let i = operands.iter().position(|v| v == param).expect("a cotangent is of an operand");
        let (slot, slot_dot) = (format_ident!("s{}", i), format_ident!("sd{}", i));
        let (bar, dot) = (&program[*bar].name, &program[*dot].name);
        quote!(crate::rt::add(#slot, #bar); crate::rt::add(#slot_dot, #dot);)
    });
    quote!(let x = self; #(#tangents)* #forward #reverse #(#adds)*)
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
        let second = format_ident!("__{}_adjoint_jvp", rule.name);
        let dots: Vec<_> = (0..active.len()).map(|i| format_ident!("d{}", i)).collect();
        let slot_dots: Vec<_> = (0..active.len()).map(|i| format_ident!("sd{}", i)).collect();
        let typed = |names: &[proc_macro2::Ident], of: TokenStream| -> Vec<TokenStream> {
            names.iter().zip(&active).map(|(n, active)| if *active {
                quote!(#n: impl crate::rt::#of<Self>)
            } else {
                quote!(#n: impl crate::rt::ConstantSlot)
            }).collect()
        };
        let (second_dots, second_slots, second_slot_dots) =
            (typed(&dots, quote!(TangentArg)), typed(&slots, quote!(Slot)), typed(&slot_dots, quote!(Slot)));
        let second_inputs = quote! {
            self, #(#names: #tys,)* #(#second_dots,)* out_bar: Self, out_bar_dot: Self, #(#second_slots,)* #(#second_slot_dots),*
        };
        let second_body = second_order(rule.name, &active);
        let declared = quote! {
            #[doc(hidden)]
            #[allow(clippy::too_many_arguments)]
            fn #second(#second_inputs);
            #[doc(hidden)]
            fn #jvp(self, #(#names: #tys,)* #(#dot_params),*) -> (Self, Self);
            #[doc(hidden)]
            fn #adjoint(self, #(#names: #tys,)* out_bar: Self, #(#slot_params),*);
        };
        let declared = strip_mut(declared);
        let defined = quote! {
            #[inline(always)]
            fn #second(#second_inputs) { #second_body }
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
