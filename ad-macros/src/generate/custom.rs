//! Derivatives that the user supplies: `vjp = path`, `jvp = path`.

use super::{
    Generics, Naming, allows, arg, generics, inputs, jvp_arg, slot, visibility, with_sized,
};
use crate::function::{Function, Param};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

/// `__adjoint` by the user's `vjp`.
pub fn adjoint(f: &Function, naming: &Naming, path: &syn::Path) -> TokenStream {
    let name = naming.hidden("adjoint");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (inputs(f), f.output_tokens(), f.output_tangent());
    let slots = f.params.iter().map(|p| {
        let (slot, tangent) = (slot(p), p.tangent());
        if p.active {
            quote!(#slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
        } else {
            quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
        }
    });
    let names = f.params.iter().map(|p| &p.name);
    let active: Vec<&Param> = f.active().collect();
    let adds = active.iter().enumerate().map(|(i, p)| {
        let (slot, i) = (slot(p), syn::Index::from(i));
        if active.len() == 1 {
            quote!(::ad_runtime::rt::add(#slot, __gradient);)
        } else {
            quote!(::ad_runtime::rt::add(#slot, __gradient.#i);)
        }
    });
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* __out_bar: #tangent, #(#slots),*) -> #output #clause {
            let (__out, __pullback) = #path(#(#names),*);
            let __gradient = __pullback(__out_bar);
            #(#adds)*
            __out
        }
    }
}

/// `__jvp` by the user's `jvp`.
pub fn jvp(f: &Function, naming: &Naming, path: &syn::Path) -> TokenStream {
    let name = naming.hidden("jvp");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (inputs(f), f.output_tokens(), f.output_tangent());
    let args = f.params.iter().map(jvp_arg);
    let owned = f.active().map(|p| {
        let (dot, arg, name) = (p.dot(), arg(p), &p.name);
        if p.is_mut_ref() {
            quote!()
        } else {
            quote!(let #dot = ::ad_runtime::rt::tangent(&#name, #arg);)
        }
    });
    let names = f.params.iter().map(|p| &p.name);
    let dots = f.active().map(|p| {
        let dot = p.dot();
        match &p.written {
            Type::Reference(_) => quote!(&#dot),
            Type::Path(t)
                if t.path
                    .segments
                    .last()
                    .is_some_and(|s| s.ident.to_string().starts_with("ArrayView")) =>
            {
                quote!(#dot.view())
            }
            _ => quote!(#dot),
        }
    });
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #(#args),*) -> (#output, #tangent) #clause {
            #(#owned)*
            #path(#(#names,)* #(#dots),*)
        }
    }
}

/// `__adjoint_jvp` by the adjoint of the user's `jvp`, which must be differentiated itself.
///
/// The adjoint of (x, ẋ) ↦ (y, ẏ) takes the cotangents (ȳ˙, ȳ) to (x̄˙, x̄): with J the Jacobian, ẏ = J ẋ
/// gives Jᵀ ȳ for ẋ, and Jᵀ ȳ˙ + (J˙)ᵀ ȳ for x, where J˙ is the derivative of J along ẋ.
pub fn adjoint_jvp(f: &Function, naming: &Naming, path: &syn::Path) -> TokenStream {
    let adjoint =
        crate::adjoint::sibling(&quote!(#path), &crate::ir::CallKind::Function, "adjoint");
    let owned = f.active().map(|p| {
        let (dot, arg, name) = (p.dot(), arg(p), &p.name);
        quote!(let #dot = ::ad_runtime::rt::tangent(&#name, #arg);)
    });
    let names = f.params.iter().map(|p| &p.name);
    let dots = f.active().map(|p| {
        let dot = p.dot();
        if p.is_ref() { quote!(&#dot) } else { quote!(#dot) }
    });
    let slot_dots = f.params.iter().map(|p| {
        let slot_dot = super::second::slot_dot(p);
        if p.active { quote!(#slot_dot) } else { quote!(::ad_runtime::rt::Inactive) }
    });
    let slots = f.active().map(slot);
    let body = quote! {
        #(#owned)*
        #adjoint(#(#names,)* #(#dots,)* (__out_bar_dot, __out_bar), #(#slot_dots,)* #(#slots),*).0
    };
    super::second::with_body(f, naming, body)
}

/// The siblings of a function without active parameters, `Matrix::zeros(rows, cols)`: a caller may not see that its
/// arguments are constant, such as the field `m.rows`.
pub fn inert(f: &Function, naming: &Naming) -> TokenStream {
    let (adjoint, jvp) = (naming.hidden("adjoint"), naming.hidden("jvp"));
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (super::plain_inputs(f), f.output_tokens(), f.output_tangent());
    let slots: Vec<_> = f
        .params
        .iter()
        .map(|p| {
            let slot = slot(p);
            quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
        })
        .collect();
    let names: Vec<_> = f.params.iter().map(|p| &p.name).collect();
    let call = naming.call(&f.item.sig.ident);
    let allows = allows();
    let second = f
        .options
        .has_second()
        .then(|| super::second::with_body(f, naming, quote!(#call(#(#names),*))));
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn #adjoint #params (#(#inputs,)* __out_bar: #tangent, #(#slots),*) -> #output #clause {
            #call(#(#names),*)
        }
        #[doc(hidden)]
        #[inline]
        #allows
        pub fn #jvp #params (#(#inputs,)* #(#slots),*) -> (#output, #tangent) #clause {
            let __out = #call(#(#names),*);
            let __out_dot = ::ad_runtime::rt::zero(&__out);
            (__out, __out_dot)
        }
        #second
    }
}

/// The signature of `__adjoint`, with a body that is never reached or none.
pub fn declared_adjoint(f: &Function, naming: &Naming, stub: bool) -> TokenStream {
    let name = naming.hidden("adjoint");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (super::plain_inputs(f), f.output_tokens(), f.output_tangent());
    let slots = f.params.iter().map(|p| {
        let (slot, tangent) = (slot(p), p.tangent());
        if p.active {
            quote!(#slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
        } else {
            quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
        }
    });
    declared(
        naming,
        quote!(#name #params (#(#inputs,)* __out_bar: #tangent, #(#slots),*) -> #output),
        clause,
        stub,
    )
}

/// The signature of `__jvp`, with a body that is never reached or none.
pub fn declared_jvp(f: &Function, naming: &Naming, stub: bool) -> TokenStream {
    let name = naming.hidden("jvp");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (super::plain_inputs(f), f.output_tokens(), f.output_tangent());
    let args = f.params.iter().map(declared_arg);
    declared(
        naming,
        quote!(#name #params (#(#inputs,)* #(#args),*) -> (#output, #tangent)),
        clause,
        stub,
    )
}

/// The tangent of a parameter in a declaration.
pub fn declared_arg(p: &Param) -> TokenStream {
    let (arg, tangent) = (arg(p), p.tangent());
    match (p.active, p.is_mut_ref()) {
        (false, _) => quote!(#arg: impl ::ad_runtime::rt::ConstantSlot),
        (true, true) => quote!(#arg: impl ::ad_runtime::rt::SlotMut<#tangent>),
        (true, false) => quote!(#arg: impl ::ad_runtime::rt::TangentArg<#tangent>),
    }
}

pub fn declared(
    naming: &Naming,
    signature: TokenStream,
    clause: TokenStream,
    stub: bool,
) -> TokenStream {
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let body = if stub {
        quote!({ ::core::unreachable!("the function was not differentiated") })
    } else {
        quote!(;)
    };
    let allows = allows();
    quote!(#[doc(hidden)] #allows #vis fn #signature #clause #body)
}
