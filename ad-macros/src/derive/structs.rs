//! The tangent of a struct.

use super::impls::{self, Bodies, impl_attributes, item_attributes};
use super::model::{Field, Model, Style, TangentField, Variant, fresh};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

/// The tangent type of a struct and its impls.
pub fn emit(model: &Model) -> TokenStream {
    let fields = &model.variants[0];
    let bodies = bodies(model, fields);
    let constants =
        if fields.has_constant() { constants(model, fields) } else { TokenStream::new() };
    let (definition, impls) = (definition(model, fields), impls::emit(model, &bodies));
    let projections = super::enums::struct_projections(model);
    quote!(#definition #impls #constants #projections)
}

// Input: struct S { x: f64, #[constant] n: f64 }   // Output: struct STangent { x: f64 }
fn definition(model: &Model, fields: &Variant) -> TokenStream {
    let Model { vis, tangent, tangent_generics: generics, .. } = model;
    let clause = &generics.where_clause;
    let (attributes, doc) = (item_attributes(), format!(" The tangent of `{}`.", model.ident));
    let parts = fields.active().map(|(field, tangent)| {
        let (vis, member, ty) = (&field.vis, &tangent.member, &tangent.ty);
        let doc = format!(" The tangent of `{}`.", field.name());
        match fields.style {
            Style::Named => quote!(#[doc = #doc] #vis #member: #ty),
            _ => quote!(#[doc = #doc] #vis #ty),
        }
    });
    let body = match fields.tangent_style() {
        Style::Named => quote!(#clause { #(#parts,)* }),
        Style::Tuple => quote!((#(#parts,)*) #clause;),
        Style::Unit => quote!(#clause;),
    };
    quote!(#[doc = #doc] #attributes #vis struct #tangent #generics #body)
}

fn bodies(model: &Model, fields: &Variant) -> Bodies {
    let own = |method: TokenStream| {
        fields.tangent_of(model.tangent.to_token_stream(), |field, _| {
            let member = &field.member;
            let span = Span::call_site().located_at(field.span);
            quote_spanned!(span=> ::ad_runtime::Differentiable::#method(&self.#member))
        })
    };
    let again = |method: TokenStream| {
        fields.tangent_of(quote!(Self), |_, tangent| {
            let member = &tangent.member;
            quote!(#method(&self.#member))
        })
    };
    let accumulate = fields.active().map(|(_, tangent)| {
        let member = &tangent.member;
        quote!(::ad_runtime::rt::add(&mut into.#member, contribution.#member);)
    });
    let members: Vec<_> = fields.active().map(|(_, tangent)| &tangent.member).collect();
    Bodies {
        zero: own(quote!(zero_tangent)),
        placeholder: own(quote!(placeholder)),
        tangent_zero: again(quote!(::ad_runtime::Differentiable::zero_tangent)),
        tangent_placeholder: again(quote!(::ad_runtime::Differentiable::placeholder)),
        accumulate: quote!(#(#accumulate)*),
        inner_product: quote!(0.0 #(+ ::ad_runtime::Tangent::inner_product(&self.#members, &other.#members))*),
        map_components: quote!(#(::ad_runtime::Tangent::map_components(&mut self.#members, f);)*),
        clone: again(quote!(::core::clone::Clone::clone)),
        debug: debug(model, fields),
        eq: eq(fields),
    }
}

fn debug(model: &Model, fields: &Variant) -> TokenStream {
    let name = model.tangent.to_string();
    let part = |(field, tangent): (&Field, &TangentField)| {
        let (name, member) = (field.name(), &tangent.member);
        match fields.style {
            Style::Named => quote!(.field(#name, &self.#member)),
            _ => quote!(.field(&self.#member)),
        }
    };
    let parts = fields.active().map(part);
    match fields.tangent_style() {
        Style::Named => quote!(f.debug_struct(#name) #(#parts)* .finish()),
        Style::Tuple => quote!(f.debug_tuple(#name) #(#parts)* .finish()),
        Style::Unit => quote!(f.write_str(#name)),
    }
}

fn eq(fields: &Variant) -> TokenStream {
    let parts: Vec<_> = fields.active().map(|(_, tangent)| &tangent.member).collect();
    match parts.is_empty() {
        true => quote!(true),
        false => quote!(#(self.#parts == other.#parts)&&*),
    }
}

/// The hidden struct that has the constant fields, and the dereference to it.
fn constants(model: &Model, fields: &Variant) -> TokenStream {
    let Model { vis, tangent, tangent_generics: generics, .. } = model;
    let name = fresh(format!("__{}ConstantFields", model.ident), model.ident.span());
    let (generics, arguments, clause) = generics.split_for_impl();
    let (item, attributes) = (item_attributes(), impl_attributes());
    let (definition, value) = match fields.style {
        Style::Named => {
            let constant = || fields.fields.iter().filter(|field| field.tangent.is_none());
            let (vis, member) =
                (constant().map(|field| &field.vis), constant().map(|field| &field.member));
            let value = constant().map(|field| &field.member);
            (
                quote!({ #(#vis #member: ::ad_runtime::rt::Inactive,)* }),
                quote!(#name { #(#value: ::ad_runtime::rt::Inactive),* }),
            )
        }
        // The positions are those of the user's struct, so that `p_bar.1` is found where `p.1` is constant.
        _ => {
            let vis = fields.fields.iter().map(|field| &field.vis);
            let value = fields.fields.iter().map(|_| quote!(::ad_runtime::rt::Inactive));
            (quote!((#(#vis ::ad_runtime::rt::Inactive,)*);), quote!(#name(#(#value),*)))
        }
    };
    quote! {
        #[doc(hidden)]
        #item
        #vis struct #name #definition

        #attributes
        impl #generics ::core::ops::Deref for #tangent #arguments #clause {
            type Target = #name;
            #[inline]
            fn deref(&self) -> &Self::Target {
                &#value
            }
        }

        #attributes
        impl #generics ::core::ops::DerefMut for #tangent #arguments #clause {
            #[inline]
            fn deref_mut(&mut self) -> &mut Self::Target {
                // A value of size zero: nothing is allocated.
                ::std::boxed::Box::leak(::std::boxed::Box::new(#value))
            }
        }
    }
}
