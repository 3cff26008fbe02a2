//! Derivatives of derivatives, by which a differentiated function may call `inner::grad(..)`.
//!
//! `inner::grad`, `inner::value_and_grad` and `inner::jvp` are functions like any other, so they have hidden
//! siblings like any other: `inner::__grad_adjoint`, `inner::__grad_jvp` and so on. All of them are wrappers of
//! `__adjoint_jvp`, which at x, along ẋ, for the cotangent ȳ of the result and its tangent ȳ˙, gives
//!
//! ```text
//! x̄ = Jᵀ ȳ,    x̄˙ = Jᵀ ȳ˙ + (J˙)ᵀ ȳ,    where J˙ is the derivative of the Jacobian J along ẋ.
//! ```
//!
//! For a gradient, J˙ is (H ẋ)ᵀ with the Hessian H, which is symmetric: the adjoint of x ↦ ∇f(x) at a cotangent w is
//! H w, and so is its tangent along w. A perturbation is an argument of its own each time, so that none can be
//! taken for another.

use super::public::{
    arguments, elide, gradient_type, gradient_value, one, tangent_argument, tangent_type, zeros,
};
use super::second::{bar_dot, slot_arguments};
use super::{
    Generics, Naming, allows, arg, generics, jvp_arg, plain_inputs, slot, visibility, with_sized,
};
use crate::function::{Function, Param};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The siblings of `grad`, `value_and_grad` and `jvp`.
pub fn all(f: &Function, naming: &Naming) -> TokenStream {
    if f.has_mut_params() || naming.inherits_jacobians {
        return TokenStream::new();
    }
    let mut out = TokenStream::new();
    if f.is_scalar() {
        out.extend(grad_adjoint(f, naming));
        out.extend(grad_jvp(f, naming));
        out.extend(value_and_grad_adjoint(f, naming));
        out.extend(value_and_grad_jvp(f, naming));
    }
    // These call the function's own siblings more than once.
    if !super::object::is_owned(f) {
        out.extend(jvp_adjoint(f, naming));
        out.extend(jvp_jvp(f, naming));
    }
    out
}

/// A hidden function of the parameters of `f` and more, where `result` may borrow from the former.
fn hidden(
    f: &Function,
    naming: &Naming,
    name: &str,
    more: &[TokenStream],
    result: TokenStream,
    body: TokenStream,
) -> TokenStream {
    let name = naming.hidden(name);
    let Generics { params, clause } = generics(f);
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let (params, inputs, _) = elide(f, params, plain_inputs(f), TokenStream::new());
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #(#more),*) -> #result #clause { #body }
    }
}

/// The result's type, with a lifetime of its own where it borrows.
fn output(f: &Function) -> TokenStream {
    let Generics { params, .. } = generics(f);
    elide(f, params, plain_inputs(f), f.output_tokens()).2
}

fn slots(f: &Function) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let (slot, tangent) = (slot(p), p.tangent());
            if p.active {
                quote!(#slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
            } else {
                quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
            }
        })
        .collect()
}

fn zero_dots(f: &Function) -> TokenStream {
    f.active()
        .map(|p| {
            let (bar_dot, name) = (bar_dot(p), &p.name);
            quote!(let mut #bar_dot = ::ad_runtime::rt::zero(&#name);)
        })
        .collect()
}

/// Adds what has been found to the caller's cotangents.
fn give(f: &Function, slot: fn(&Param) -> Ident, found: fn(&Param) -> Ident) -> TokenStream {
    f.active()
        .map(|p| {
            let (slot, found) = (slot(p), found(p));
            quote!(::ad_runtime::rt::add(#slot, #found);)
        })
        .collect()
}

/// One part of a gradient for each active parameter, as the tangents of a call.
fn directions(f: &Function, of: &TokenStream) -> Vec<TokenStream> {
    let alone = f.active().count() == 1;
    let mut number = 0;
    f.params
        .iter()
        .map(|p| {
            if !p.active {
                return quote!(::ad_runtime::rt::Inactive);
            }
            let index = syn::Index::from(number);
            number += 1;
            if alone { quote!(&#of) } else { quote!(&#of.#index) }
        })
        .collect()
}

fn tuple_of(f: &Function, name: fn(&Param) -> Ident) -> TokenStream {
    let parts: Vec<_> = f.active().map(name).collect();
    match &parts[..] {
        [one] => one.to_token_stream(),
        several => quote!((#(#several),*)),
    }
}

/// A call of `__adjoint_jvp`, with `again` where the arguments are used once more.
fn adjoint_jvp(
    f: &Function,
    naming: &Naming,
    again: bool,
    along: &[TokenStream],
    bar: TokenStream,
    bar_dot: TokenStream,
) -> TokenStream {
    let call = naming.call(&naming.hidden("adjoint_jvp"));
    let (args, slots) = (arguments(f, again), slot_arguments(f));
    quote!(#call(#(#args,)* #(#along,)* #bar, #bar_dot, #(#slots),*))
}

fn zero() -> TokenStream {
    quote!(::ad_runtime::num_traits::Zero::zero())
}

/// The adjoint of x ↦ ∇f(x): H w for the cotangent w.
fn grad_adjoint(f: &Function, naming: &Naming) -> TokenStream {
    let (gradient, value) = (gradient_type(f), gradient_value(f));
    let more: Vec<_> = std::iter::once(quote!(__out_bar: #gradient)).chain(slots(f)).collect();
    let along = directions(f, &quote!(__out_bar));
    let call = adjoint_jvp(f, naming, false, &along, one(f), zero());
    let (zeros, zero_dots, give) = (zeros(f), zero_dots(f), give(f, slot, bar_dot));
    let body = quote!(#zeros #zero_dots #call; #give #value);
    hidden(f, naming, "grad_adjoint", &more, gradient, body)
}

/// The tangent of x ↦ ∇f(x): H ẋ.
fn grad_jvp(f: &Function, naming: &Naming) -> TokenStream {
    let gradient = gradient_type(f);
    let (value, value_dot) = (gradient_value(f), tuple_of(f, bar_dot));
    let more: Vec<_> = f.params.iter().map(jvp_arg).collect();
    let along: Vec<_> = f
        .params
        .iter()
        .map(|p| {
            let arg = arg(p);
            if p.active { quote!(#arg) } else { quote!(::ad_runtime::rt::Inactive) }
        })
        .collect();
    let call = adjoint_jvp(f, naming, false, &along, one(f), zero());
    let (zeros, zero_dots) = (zeros(f), zero_dots(f));
    let body = quote!(#zeros #zero_dots #call; (#value, #value_dot));
    hidden(f, naming, "grad_jvp", &more, quote!((#gradient, #gradient)), body)
}

/// The adjoint of x ↦ (f(x), ∇f(x)): ȳ ∇f + H w for the cotangents (ȳ, w).
fn value_and_grad_adjoint(f: &Function, naming: &Naming) -> TokenStream {
    let (gradient, value) = (gradient_type(f), gradient_value(f));
    let (output, tangent) = (output(f), f.output_tangent());
    let more: Vec<_> =
        std::iter::once(quote!(__out_bar: (#tangent, #gradient))).chain(slots(f)).collect();
    let along = directions(f, &quote!(__grad_bar));
    let call = adjoint_jvp(f, naming, false, &along, one(f), quote!(__value_bar));
    let (zeros, zero_dots, give) = (zeros(f), zero_dots(f), give(f, slot, bar_dot));
    let body = quote! {
        let (__value_bar, __grad_bar) = __out_bar;
        #zeros
        #zero_dots
        let __out = #call;
        #give
        (__out, #value)
    };
    hidden(f, naming, "value_and_grad_adjoint", &more, quote!((#output, #gradient)), body)
}

/// The tangents of parameters, owned.
fn owned(f: &Function, to: fn(&Param) -> Ident, from: fn(&Param) -> TokenStream) -> TokenStream {
    f.active()
        .map(|p| {
            let (to, from, name) = (to(p), from(p), &p.name);
            quote!(let #to = ::ad_runtime::rt::tangent(&#name, #from);)
        })
        .collect()
}

/// Owned tangents as the tangents of a call.
fn given(f: &Function, name: fn(&Param) -> Ident) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let name = name(p);
            if p.active { quote!(&#name) } else { quote!(::ad_runtime::rt::Inactive) }
        })
        .collect()
}

/// Σ ⟨a, b⟩ over the active parameters, as an `f64`.
fn inner(f: &Function, a: fn(&Param) -> Ident, b: fn(&Param) -> Ident) -> TokenStream {
    let terms = f.active().map(|p| {
        let (a, b) = (a(p), b(p));
        quote!(::ad_runtime::rt::inner(&#a, &#b))
    });
    quote!(#(#terms)+*)
}

fn along(p: &Param) -> Ident {
    format_ident!("__{}_along", p.name)
}

fn direction(p: &Param) -> Ident {
    format_ident!("__{}_direction", p.name)
}

fn direction_along(p: &Param) -> Ident {
    format_ident!("__{}_direction_along", p.name)
}

fn dot_slot(p: &Param) -> Ident {
    format_ident!("{}_dot_slot", p.name)
}

fn dot_arg(p: &Param) -> Ident {
    format_ident!("{}_dot_arg", p.name)
}

/// The tangent of x ↦ (f(x), ∇f(x)) along ẋ: (⟨∇f, ẋ⟩, H ẋ).
fn value_and_grad_jvp(f: &Function, naming: &Naming) -> TokenStream {
    let (gradient, output, tangent) = (gradient_type(f), output(f), f.output_tangent());
    let (value, value_dot) = (gradient_value(f), tuple_of(f, bar_dot));
    let more: Vec<_> = f.params.iter().map(jvp_arg).collect();
    let owned = owned(f, along, |p| arg(p).to_token_stream());
    let call = adjoint_jvp(f, naming, false, &given(f, along), one(f), zero());
    let (zeros, zero_dots, slope) = (zeros(f), zero_dots(f), inner(f, Param::bar, along));
    let body = quote! {
        #owned
        #zeros
        #zero_dots
        let __out = #call;
        let mut __out_dot = ::ad_runtime::rt::zero(&__out);
        ::ad_runtime::rt::add_to_component(&mut __out_dot, 0, #slope);
        ((__out, #value), (__out_dot, #value_dot))
    };
    let result = quote!(((#output, #gradient), (#tangent, #gradient)));
    hidden(f, naming, "value_and_grad_jvp", &more, result, body)
}

/// The tangents among the parameters of `jvp`.
fn dots(f: &Function) -> Vec<TokenStream> {
    f.active()
        .map(|p| {
            let (dot, ty) = (p.dot(), tangent_type(p));
            quote!(#dot: #ty)
        })
        .collect()
}

/// The adjoint of (x, v) ↦ (f(x), J v): Jᵀ ȳ + (J˙)ᵀ u for x, where J˙ is along v, and Jᵀ u for v, for the
/// cotangents (ȳ, u).
fn jvp_adjoint(f: &Function, naming: &Naming) -> TokenStream {
    let (output, tangent) = (output(f), f.output_tangent());
    let mut more = dots(f);
    more.push(quote!(__out_bar: (#tangent, #tangent)));
    more.extend(slots(f));
    more.extend(f.active().map(|p| {
        let (slot, tangent) = (dot_slot(p), p.tangent());
        quote!(#slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
    }));
    let (call_jvp, args) = (naming.call(&naming.hidden("jvp")), arguments(f, true));
    let owned = owned(f, direction, tangent_argument);
    let along = given(f, direction);
    let call = adjoint_jvp(f, naming, false, &along, quote!(__dot_bar), quote!(__value_bar));
    let (zeros, zero_dots) = (zeros(f), zero_dots(f));
    let (give_x, give_v) = (give(f, slot, bar_dot), give(f, dot_slot, Param::bar));
    let body = quote! {
        let (__value_bar, __dot_bar) = __out_bar;
        #owned
        #zeros
        #zero_dots
        let __both = #call_jvp(#(#args,)* #(#along),*);
        #call;
        #give_x
        #give_v
        __both
    };
    let result = if f.output.is_some() { quote!((#output, #tangent)) } else { quote!(((), ())) };
    hidden(f, naming, "jvp_adjoint", &more, result, body)
}

/// The tangent of (x, v) ↦ (f(x), J v) along (x', v'): (J x', J v' + J˙ v), where J˙ is along x'.
///
/// Rows of J and J˙ are cotangents, so each component of the result takes one sweep: one for a scalar.
fn jvp_jvp(f: &Function, naming: &Naming) -> TokenStream {
    let (output, tangent) = (output(f), f.output_tangent());
    let mut more = dots(f);
    more.extend(f.params.iter().map(jvp_arg));
    more.extend(f.active().map(|p| {
        let (arg, tangent) = (dot_arg(p), p.tangent());
        quote!(#arg: impl ::ad_runtime::rt::TangentArg<#tangent>)
    }));
    let (call_jvp, args) = (naming.call(&naming.hidden("jvp")), arguments(f, true));
    let directions = [
        owned(f, direction, tangent_argument),
        owned(f, along, |p| arg(p).to_token_stream()),
        owned(f, direction_along, |p| dot_arg(p).to_token_stream()),
    ];
    let of_jvp = given(f, direction);
    let (unit, none) = (quote!(__unit), quote!(::ad_runtime::rt::zero(&__value_dot)));
    let call = adjoint_jvp(f, naming, true, &given(f, along), unit, none);
    let (zeros, zero_dots) = (zeros(f), zero_dots(f));
    let slope = inner(f, Param::bar, along);
    let (first, second) = (inner(f, Param::bar, direction_along), inner(f, bar_dot, direction));
    let body = quote! {
        #(#directions)*
        let __both = #call_jvp(#(#args,)* #(#of_jvp),*);
        let mut __value_dot = ::ad_runtime::rt::zero(&__both.1);
        let mut __dot_dot = ::ad_runtime::rt::zero(&__both.1);
        for __k in 0..::ad_runtime::rt::components(&__both.1) {
            let mut __unit = ::ad_runtime::rt::zero(&__both.1);
            ::ad_runtime::rt::add_to_component(&mut __unit, __k, 1.0);
            #zeros
            #zero_dots
            #call;
            ::ad_runtime::rt::add_to_component(&mut __value_dot, __k, #slope);
            ::ad_runtime::rt::add_to_component(&mut __dot_dot, __k, #first + #second);
        }
        (__both, (__value_dot, __dot_dot))
    };
    let value = if f.output.is_some() { output } else { quote!(()) };
    let result = quote!(((#value, #tangent), (#tangent, #tangent)));
    hidden(f, naming, "jvp_jvp", &more, result, body)
}
