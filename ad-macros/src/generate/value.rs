//! Functions as values: what the namespace `f {}` and a user's `impl Differentiated` need to be passed to a
//! differentiable parameter.

use super::allows;
use crate::function::Function;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Type;

/// The implementations for the namespace of a function. None where a value could not stand for it: an active argument
/// would be lost in a constant parameter that takes one, and a changed argument has no place in a call by value.
pub fn of_namespace(f: &Function) -> TokenStream {
    let lost = |p: &crate::function::Param| {
        !p.active && !crate::derive::constant::is_plain_constant(&p.written)
    };
    let unsuited = f.has_mut_params()
        || f.params.iter().any(lost)
        || f.output.is_none()
        || f.params.is_empty()
        || f.params.len() > 12
        || !f.options.has_reverse()
        || !f.options.has_forward()
        || f.params.iter().any(|p| matches!(p.written, Type::ImplTrait(_)));
    let Some(signature) = (!unsuited).then(|| owned_signature(f)).flatten() else {
        return TokenStream::new();
    };
    implementations(f, &signature)
}

/// The generics with all lifetimes named, and the types of the parameters.
struct Signature {
    generics: syn::Generics,
    types: Vec<Type>,
}

/// `None` where the types of the parameters do not decide on the implementation, or the result borrows.
fn owned_signature(f: &Function) -> Option<Signature> {
    let mut generics = f.generics.clone();
    let mut types = Vec::new();
    let mut lifetimes = Lifetimes(Vec::new());
    for p in &f.params {
        let mut ty = p.written.clone();
        syn::visit_mut::VisitMut::visit_type_mut(&mut lifetimes, &mut ty);
        types.push(ty);
    }
    let output = quote::ToTokens::to_token_stream(f.output.as_ref()?);
    let has = |tokens: &TokenStream, name: &str| super::mentions(tokens, name);
    let inputs = quote!(#(#types),*);
    let decided = |name: &str| has(&inputs, name);
    let params = generics.params.iter().all(|p| match p {
        syn::GenericParam::Type(t) => decided(&t.ident.to_string()),
        syn::GenericParam::Const(c) => decided(&c.ident.to_string()),
        syn::GenericParam::Lifetime(_) => false,
    });
    let views = |tokens: &TokenStream| {
        let text = tokens.to_string();
        text.contains("ArrayView") || text.contains("CowArray")
    };
    let borrows = output.to_string().contains(['&', '\'']) || views(&output);
    if !params || borrows || views(&inputs) {
        return None;
    }
    for lifetime in &lifetimes.0 {
        generics.params.insert(0, syn::parse_quote!(#lifetime));
    }
    Some(Signature { generics, types })
}

/// Names each lifetime that is left out.
struct Lifetimes(Vec<syn::Lifetime>);

impl syn::visit_mut::VisitMut for Lifetimes {
    fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
        if r.lifetime.is_none() {
            let name = format!("'__ad{}", self.0.len());
            let lifetime = syn::Lifetime::new(&name, proc_macro2::Span::call_site());
            self.0.push(lifetime.clone());
            r.lifetime = Some(lifetime);
        }
        self.visit_type_mut(&mut r.elem);
    }
}

fn implementations(f: &Function, signature: &Signature) -> TokenStream {
    let name = &f.item.sig.ident;
    let Signature { generics, types } = signature;
    let (generics, _, clause) = generics.split_for_impl();
    let names: Vec<_> = f.params.iter().map(|p| &p.name).collect();
    let (argument, ty) = match (&names[..], &types[..]) {
        ([one], [ty]) => (quote!(#one), quote!(#ty)),
        _ => (quote!((#(#names),*)), quote!((#(#types),*))),
    };
    let (output, tangent) = (f.output_tokens(), f.output_tangent());
    let inactive = quote!(::ad_runtime::rt::Inactive);
    let parts = |mutable: bool| -> Vec<TokenStream> {
        let part = |(i, p): (usize, &crate::function::Param)| {
            let i = syn::Index::from(i);
            match (p.active, mutable) {
                (false, _) => inactive.clone(),
                (true, true) => quote!(&mut __bar.#i),
                (true, false) => quote!(&__dot.#i),
            }
        };
        f.params.iter().enumerate().map(part).collect()
    };
    let none: Vec<_> = f.params.iter().map(|_| &inactive).collect();
    let (reverse, forward) = if names.len() == 1 {
        (
            quote!(Self::__adjoint(#(#names,)* __out_bar, __slot)),
            quote!(Self::__jvp(#(#names,)* __arg)),
        )
    } else {
        let (bars, dots) = (parts(true), parts(false));
        (
            quote!(match ::ad_runtime::rt::SlotMut::get(&mut __slot) {
                ::core::option::Option::Some(__bar) => Self::__adjoint(#(#names,)* __out_bar, #(#bars),*),
                ::core::option::Option::None => Self::__adjoint(#(#names,)* __out_bar, #(#none),*),
            }),
            quote!(match ::ad_runtime::rt::TangentArg::get(&__arg) {
                ::core::option::Option::Some(__dot) => Self::__jvp(#(#names,)* #(#dots),*),
                ::core::option::Option::None => Self::__jvp(#(#names,)* #(#none),*),
            }),
        )
    };
    let allows = allows();
    let rt = quote!(::ad_runtime::rt);
    let arg_tangent = quote!(<#ty as ::ad_runtime::Differentiable>::Tangent);
    quote! {
        #[automatically_derived]
        #allows
        impl ::core::clone::Clone for #name {
            #[inline]
            fn clone(&self) -> Self { Self {} }
        }
        #[automatically_derived]
        #allows
        impl ::ad_runtime::Differentiable for #name {
            type Tangent = ();
            #[inline]
            fn zero_tangent(&self) {}
        }
        #[automatically_derived]
        #allows
        impl #generics ::ad_runtime::Differentiated<#ty> for #name #clause {
            type Output = #output;
            #[inline]
            fn call(&self, #argument: #ty) -> #output { #name(#(#names),*) }
        }
        #[automatically_derived]
        #allows
        impl #generics #rt::DifferentiatedSiblings<#ty> for #name #clause {
            #[inline]
            fn __call_adjoint(
                &self, #argument: #ty, __out_bar: #tangent, _: impl #rt::SlotMut<()>, mut __slot: impl #rt::SlotMut<#arg_tangent>,
            ) -> #output { #reverse }
            #[inline]
            fn __call_jvp(
                &self, #argument: #ty, _: impl #rt::TangentArg<()>, __arg: impl #rt::TangentArg<#arg_tangent>,
            ) -> (#output, #tangent) { #forward }
        }
    }
}

/// The siblings of a user's `impl Differentiated<In> for S`; `hidden` are the derivatives of its method.
pub fn of_type(block: &syn::ItemImpl, hidden: &TokenStream) -> TokenStream {
    let Some((path, _)) = &block.trait_ else { return TokenStream::new() };
    let arguments = path.segments.last().map(|s| &s.arguments);
    let self_ty = &block.self_ty;
    let (generics, _, clause) = block.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        #[allow(clippy::all, clippy::pedantic)]
        impl #generics ::ad_runtime::rt::DifferentiatedSiblings #arguments for #self_ty #clause { #hidden }
    }
}
