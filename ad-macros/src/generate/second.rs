//! Order two: `__adjoint_jvp`, the tangent of `__adjoint`, and `hvp` as a thin wrapper of it.

use super::public::{arguments, gradient_type, names, one, tangent_argument, tangent_type, zeros};
use super::{
    Generics, Naming, allows, arg, fresh, generics, inputs, jvp_arg, mentions, param_var,
    plain_inputs, scratch, slot, visibility, with_sized,
};
use crate::adjoint;
use crate::emit::sweeps::restores;
use crate::emit::{Emitter, active_flag};
use crate::function::{Function, Param};
use crate::ir::{Program, Role, Var, VarInfo};
use crate::tangent::{PushedAdjoint, push_adjoint};
use crate::validate;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;

/// The functions of order two.
pub fn all(f: &Function, naming: &Naming, program: Program) -> TokenStream {
    let (siblings, abreast) = super::lanes::second(f, naming, &program);
    let mut out = match &f.options.jvp {
        Some(path) => super::custom::adjoint_jvp(f, naming, path),
        None => adjoint_jvp(f, naming, program),
    };
    out.extend(siblings);
    out.extend(public(f, naming, abreast));
    out
}

/// The wrappers: `hvp` and `hessian`, where there is a gradient, and what calls in other bodies take.
/// `abreast`: the adjoint has tangents of several directions.
pub fn public(f: &Function, naming: &Naming, abreast: bool) -> TokenStream {
    let mut out = super::nested::all(f, naming);
    if !f.is_scalar() || f.has_mut_params() {
        return out;
    }
    out.extend(hvp(f, naming));
    out.extend(super::jacobian::hessian(f, naming, abreast));
    out
}

/// The slot of the tangent of a parameter's cotangent.
pub fn slot_dot(p: &Param) -> Ident {
    format_ident!("{}_slot_dot", p.name)
}

pub fn bar_dot(p: &Param) -> Ident {
    format_ident!("{}_bar_dot", p.name)
}

fn slots(f: &Function, name: fn(&Param) -> Ident, mutable: bool) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let (slot, tangent) = (name(p), p.tangent());
            match (p.active, mutable) {
                (true, true) => quote!(mut #slot: impl ::ad_runtime::rt::SlotMut<#tangent>),
                (true, false) => quote!(#slot: impl ::ad_runtime::rt::SlotMut<#tangent>),
                (false, _) => quote!(#slot: impl ::ad_runtime::rt::ConstantSlot),
            }
        })
        .collect()
}

fn adjoint_jvp(f: &Function, naming: &Naming, mut program: Program) -> TokenStream {
    let out_bar = Var(program.vars.len());
    let ty = f.output_ty();
    let taken: HashSet<String> = program.vars.iter().map(|v| v.name.to_string()).collect();
    let out_name = fresh(&taken, "out_bar");
    program.vars.push(VarInfo {
        name: out_name.clone(),
        ty,
        active: true,
        mutable: false,
        role: Role::Temp,
    });
    let pushed = push_adjoint(program, out_bar);
    if let Some(what) = pushed.unsupported.first() {
        let message = format!(
            "`order = 2` does not know the second derivative of `{what}` yet: drop the option, or differentiate a function without it"
        );
        let at = &f.item.sig.ident;
        return quote::quote_spanned!(at.span()=> ::core::compile_error!(#message););
    }
    if cfg!(debug_assertions) {
        validate::require(
            "in the tangent of the adjoint",
            &validate::pushed_adjoint(&pushed, &[out_bar, pushed.out_bar_dot]),
        );
    }
    let body = body(f, &pushed, &taken, false);
    let out_dot_name = &pushed.program[pushed.out_bar_dot].name;
    let name = naming.hidden("adjoint_jvp");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (inputs(f), f.output_tokens(), f.output_tangent());
    let args = f.params.iter().map(jvp_arg);
    let (slots, slot_dots) = (slots(f, slot, true), slots(f, slot_dot, true));
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (
            #(#inputs,)* #(#args,)* #out_name: #tangent, #out_dot_name: #tangent, #(#slots,)* #(#slot_dots),*
        ) -> #output #clause {
            use ::ad_runtime::rt::methods::*;
            #body
        }
    }
}

/// The signature of `__adjoint_jvp`, with a body that is never reached or none.
pub fn declared(f: &Function, naming: &Naming, stub: bool) -> TokenStream {
    let clause = generics(f).clause;
    super::custom::declared(naming, signature(f, naming), clause, stub)
}

fn signature(f: &Function, naming: &Naming) -> TokenStream {
    let name = naming.hidden("adjoint_jvp");
    let params = generics(f).params;
    let (inputs, output, tangent) = (plain_inputs(f), f.output_tokens(), f.output_tangent());
    let args = f.params.iter().map(super::custom::declared_arg);
    let (slots, slot_dots) = (slots(f, slot, false), slots(f, slot_dot, false));
    quote!(#name #params (
        #(#inputs,)* #(#args,)* __out_bar: #tangent, __out_bar_dot: #tangent, #(#slots,)* #(#slot_dots),*
    ) -> #output)
}

/// `__adjoint_jvp` with another body, which names the cotangent of the result `__out_bar`.
pub fn with_body(f: &Function, naming: &Naming, body: TokenStream) -> TokenStream {
    let (vis, sized) = visibility(naming);
    let (clause, signature) = (with_sized(generics(f).clause, sized), signature(f, naming));
    let allows = allows();
    quote!(#[doc(hidden)] #[inline] #allows #vis fn #signature #clause { #body })
}

/// The sweeps, between the slots of the parameters and what becomes of them.
pub fn body(
    f: &Function,
    pushed: &PushedAdjoint,
    taken: &HashSet<String>,
    lanes: bool,
) -> TokenStream {
    let program = &pushed.program;
    let mut kept = HashSet::new();
    adjoint::every_read(program, &pushed.reverse, &mut kept);
    kept.extend(crate::emit::moves::moved_repeatedly(program, &pushed.forward));
    kept.extend(f.active().filter_map(|p| param_var(program, p)));
    let mut forward = Emitter::forward(program, kept);
    let mut reverse = Emitter::reverse(program, &pushed.reverse);
    for emitter in [&mut forward, &mut reverse] {
        emitter.lanes = lanes;
        emitter.wide = lanes.then(|| pushed.tangents.clone());
    }
    let (forward_tokens, reverse_tokens) =
        (forward.stmts(&pushed.forward), reverse.stmts(&pushed.reverse));
    let result = pushed.result.as_ref().map_or_else(|| quote!(()), |e| forward.expr(e));
    let both = quote!(#forward_tokens #reverse_tokens #result);
    let mut prologue = TokenStream::new();
    let mut epilogue = TokenStream::new();
    let mut after_forward = TokenStream::new();
    for p in f.active() {
        let Some(var) = param_var(program, p) else { continue };
        let shape = forward.shape_of(&{
            let name = &p.name;
            quote!(&#name)
        });
        prologue.extend(prologue_of(p, program, var, &both, &shape));
        if let Some((_, bar, dot)) = pushed.scalars.iter().find(|(v, ..)| *v == var) {
            let (slot, slot_dot) = (slot(p), slot_dot(p));
            let (bar, dot) = (&program[*bar].name, &program[*dot].name);
            epilogue.extend(quote! {
                ::ad_runtime::rt::add(#slot, #bar);
                ::ad_runtime::rt::add(#slot_dot, #dot);
            });
        }
    }
    // A place that the reverse sweep restores holds its final value again in the end, and so does its tangent.
    for p in f.params.iter().filter(|p| p.is_mut_ref()) {
        let Some(var) = param_var(program, p) else { continue };
        if !restores(program, &pushed.reverse, var) {
            continue;
        }
        let (name, last) = (&p.name, format_ident!("{}_final", p.name));
        let view = p.is_changed_view();
        let place = if view && p.is_ref() { quote!(*#name) } else { quote!(#name) };
        after_forward.extend(keep(&last, &place, view));
        epilogue.extend(put_back(&place, &last, view));
        if p.active {
            let (dot, dot_last) = (p.dot(), format_ident!("{}_dot_final", p.name));
            after_forward.extend(keep(&dot_last, &quote!(#dot), view));
            epilogue.extend(put_back(&quote!(#dot), &dot_last, view));
        }
    }
    if lanes {
        return quote!(#prologue #forward_tokens #after_forward #reverse_tokens #epilogue);
    }
    let out = fresh(taken, "out");
    let (bind, give) = if f.output.is_some() {
        (quote!(let #out = #result;), quote!(#out))
    } else {
        (quote!(), quote!())
    };
    quote!(#prologue #forward_tokens #bind #after_forward #reverse_tokens #epilogue #give)
}

fn keep(last: &Ident, name: &TokenStream, view: bool) -> TokenStream {
    if view {
        quote!(let #last = ::ad_runtime::rt::keep_array(&#name);)
    } else {
        quote!(let #last = ::ad_runtime::rt::keep(&*#name);)
    }
}

fn put_back(name: &TokenStream, last: &Ident, view: bool) -> TokenStream {
    if view {
        quote!(::ad_runtime::rt::put_back_array(&mut #name, #last);)
    } else {
        quote!(::ad_runtime::rt::put_back(&mut *#name, #last);)
    }
}

/// The tangent, the cotangent and its tangent of a parameter, as the sweeps name them.
///
/// `shape` gives tangents their shape.
fn prologue_of(
    p: &Param,
    program: &Program,
    var: Var,
    both: &TokenStream,
    shape: &TokenStream,
) -> TokenStream {
    let rt = quote!(::ad_runtime::rt);
    let (name, arg, slot, slot_dot) = (&p.name, arg(p), slot(p), slot_dot(p));
    let (dot, bar, bar_dot) = (p.dot(), p.bar(), bar_dot(p));
    if !adjoint::is_borrowed_param(program, var) {
        return quote!(let mut #dot = #rt::tangent(#shape, #arg););
    }
    let used = |name: &Ident| mentions(both, &name.to_string());
    let flag = active_flag(name);
    if ![&dot, &bar, &bar_dot, &flag, &active_flag(&dot)].into_iter().any(used) && !p.is_mut_ref() {
        return TokenStream::new();
    }
    let (of_bar, of_bar_dot, of_dot) = (
        scratch(p),
        format_ident!("{}_bar_scratch", p.name),
        format_ident!("{}_dot_scratch", p.name),
    );
    let dot_flag = active_flag(&dot);
    let tangent = if p.is_mut_ref() {
        quote! {
            let #dot_flag = #rt::is_active(&#arg, #shape);
            let mut #dot = #rt::bar(&mut #arg, &mut #of_dot, #shape);
        }
    } else {
        quote!(let #dot_flag = #rt::is_active_arg(&#arg, #shape); let #dot = #rt::dot(&#arg, &mut #of_dot, #shape);)
    };
    quote! {
        let #flag = #rt::is_active(&#slot, &#name);
        let (mut #of_dot, mut #of_bar, mut #of_bar_dot) =
            (::core::option::Option::None, ::core::option::Option::None, ::core::option::Option::None);
        #tangent
        let mut #bar = #rt::bar(&mut #slot, &mut #of_bar, &#name);
        let mut #bar_dot = #rt::bar(&mut #slot_dot, &mut #of_bar_dot, #shape);
    }
}

/// The slots of a call: the cotangents, and then their tangents.
pub fn slot_arguments(f: &Function) -> Vec<TokenStream> {
    let of = |name: fn(&Param) -> Ident| {
        f.params.iter().map(move |p| {
            let name = name(p);
            if p.active { quote!(&mut #name) } else { quote!(::ad_runtime::rt::Inactive) }
        })
    };
    of(Param::bar).chain(of(bar_dot)).collect()
}

fn hvp(f: &Function, naming: &Naming) -> TokenStream {
    let Generics { params, clause } = generics(f);
    let (name, hidden) = (naming.public("hvp"), naming.call(&naming.hidden("adjoint_jvp")));
    let (inputs, gradient) = (plain_inputs(f), gradient_type(f));
    let dots = f.active().map(|p| {
        let (dot, ty) = (p.dot(), tangent_type(p));
        quote!(#dot: #ty)
    });
    let (zeros, args, slots, one) = (zeros(f), arguments(f, false), slot_arguments(f), one(f));
    let given = f.params.iter().map(tangent_argument);
    let zero_dots = f.active().map(|p| {
        let (bar_dot, name) = (bar_dot(p), &p.name);
        quote!(let mut #bar_dot = ::ad_runtime::rt::zero(&#name);)
    });
    let values: Vec<_> = f.active().map(bar_dot).collect();
    let value = match &values[..] {
        [one] => one.to_token_stream(),
        several => quote!((#(#several),*)),
    };
    let doc = format!(
        "The derivative of the gradient of `{}` in the direction of the tangents `.._dot` of {}: the product of the Hessian and the direction. No Hessian is formed.",
        naming.function,
        names(f)
    );
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    quote! {
        #[doc = #doc]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #(#dots),*) -> #gradient #clause {
            #zeros
            #(#zero_dots)*
            #hidden(#(#args,)* #(#given,)* #one, ::ad_runtime::num_traits::Zero::zero(), #(#slots),*);
            #value
        }
    }
}
