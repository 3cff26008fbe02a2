//! The tangent of an enum.

use super::impls::{self, Bodies, item_attributes};
use super::model::{Field, Model, Style, Variant, fresh, used};
use super::params::{borrowing, borrowing_arguments, restrict};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

/// The tangent type of an enum, its impls, and the hidden methods that show one variant.
pub fn emit(model: &Model) -> TokenStream {
    let (definition, impls) = (definition(model), impls::emit(model, &bodies(model)));
    let projections = projections(model);
    quote!(#definition #impls #projections)
}

// Input: enum E { A(f64, usize), B }   // Output: enum ETangent { A(f64), B }
fn definition(model: &Model) -> TokenStream {
    let Model { vis, tangent, tangent_generics: generics, .. } = model;
    let clause = &generics.where_clause;
    let (attributes, doc) = (item_attributes(), format!(" The tangent of `{}`.", model.ident));
    let variants = model.variants.iter().map(|variant| {
        let (ident, doc) =
            (&variant.ident, format!(" The tangent of `{}::{}`.", model.ident, variant.ident));
        let fields = variant.active().map(|(field, tangent)| {
            let (member, ty, doc) =
                (&tangent.member, &tangent.ty, format!(" The tangent of `{}`.", field.name()));
            let name = (variant.style == Style::Named).then(|| quote!(#member:));
            quote!(#[doc = #doc] #name #ty)
        });
        let fields = match variant.tangent_style() {
            Style::Named => quote!({ #(#fields,)* }),
            Style::Tuple => quote!((#(#fields,)*)),
            Style::Unit => TokenStream::new(),
        };
        quote!(#[doc = #doc] #ident #fields)
    });
    quote!(#[doc = #doc] #attributes #vis enum #tangent #generics #clause { #(#variants,)* })
}

fn bodies(model: &Model) -> Bodies {
    let own = |method: TokenStream| {
        let (ident, tangent) = (&model.ident, &model.tangent);
        each(model, |variant| {
            let name = &variant.ident;
            let pattern = variant.value_pattern(quote!(#ident::#name), "value");
            let result = variant.tangent_of(quote!(#tangent::#name), |field, _| {
                let value = field.binding("value");
                let span = Span::call_site().located_at(field.span);
                quote_spanned!(span=> ::ad_runtime::Differentiable::#method(#value))
            });
            quote!(#pattern => #result,)
        })
    };
    let again = |method: TokenStream| {
        each(model, |variant| {
            let name = &variant.ident;
            let pattern = variant.tangent_pattern(quote!(Self::#name), "value");
            let result = variant.tangent_of(quote!(Self::#name), |field, _| {
                let value = field.binding("value");
                quote!(#method(#value))
            });
            quote!(#pattern => #result,)
        })
    };
    Bodies {
        zero: own(quote!(zero_tangent)),
        placeholder: own(quote!(placeholder)),
        tangent_zero: again(quote!(::ad_runtime::Differentiable::zero_tangent)),
        tangent_placeholder: again(quote!(::ad_runtime::Differentiable::placeholder)),
        accumulate: accumulate(model),
        inner_product: inner_product(model),
        map_components: map_components(model),
        clone: again(quote!(::core::clone::Clone::clone)),
        debug: each(model, debug),
        eq: eq(model),
    }
}

/// `match self { .. }` with an arm for each variant; a reference to an enum without variants needs a `*`.
fn each(model: &Model, arm: impl Fn(&Variant) -> TokenStream) -> TokenStream {
    if model.variants.is_empty() {
        return quote!(match *self {});
    }
    let arms = model.variants.iter().map(arm);
    quote!(match self { #(#arms)* })
}

fn debug(variant: &Variant) -> TokenStream {
    let ident = &variant.ident;
    let (pattern, name) =
        (variant.tangent_pattern(quote!(Self::#ident), "value"), ident.unraw().to_string());
    let parts = variant.active().map(|(field, _)| {
        let (name, value) = (field.name(), field.binding("value"));
        if variant.style == Style::Named {
            quote!(.field(#name, #value))
        } else {
            quote!(.field(#value))
        }
    });
    match variant.tangent_style() {
        Style::Named => quote!(#pattern => f.debug_struct(#name) #(#parts)* .finish(),),
        Style::Tuple => quote!(#pattern => f.debug_tuple(#name) #(#parts)* .finish(),),
        Style::Unit => quote!(#pattern => f.write_str(#name),),
    }
}

fn eq(model: &Model) -> TokenStream {
    let arms = model.variants.iter().map(|variant| {
        let (left, right, parts) =
            both(variant, "left", "right", |left, right| quote!(*#left == *#right));
        let equal = if parts.is_empty() { quote!(true) } else { quote!(#(#parts)&&*) };
        quote!((#left, #right) => #equal,)
    });
    match model.variants.len() {
        0 => quote!(match *self {}),
        1 => quote!(match (self, other) { #(#arms)* }),
        _ => quote!(match (self, other) { #(#arms)* _ => false, }),
    }
}

fn accumulate(model: &Model) -> TokenStream {
    let arms = model.variants.iter().map(|variant| {
        let (left, right, parts) = both(
            variant,
            "into",
            "contribution",
            |into, contribution| quote!(::ad_runtime::rt::add(#into, #contribution);),
        );
        quote!((#left, #right) => { #(#parts)* })
    });
    match model.variants.len() {
        0 => quote!(match *into {}),
        1 => quote!(match (into, contribution) { #(#arms)* }),
        _ => quote! {
            match (into, contribution) {
                #(#arms)*
                (into, contribution) =>
                    ::ad_runtime::variant_mismatch(into.__variant_name(), contribution.__variant_name()),
            }
        },
    }
}

fn inner_product(model: &Model) -> TokenStream {
    let arms = model.variants.iter().map(|variant| {
        let (left, right, parts) = both(
            variant,
            "left",
            "right",
            |left, right| quote!(::ad_runtime::Tangent::inner_product(#left, #right)),
        );
        quote!((#left, #right) => 0.0 #(+ #parts)*,)
    });
    match model.variants.len() {
        0 => quote!(match *self {}),
        1 => quote!(match (self, other) { #(#arms)* }),
        _ => quote! {
            match (self, other) {
                #(#arms)*
                (left, right) =>
                    ::ad_runtime::variant_mismatch(left.__variant_name(), right.__variant_name()),
            }
        },
    }
}

fn map_components(model: &Model) -> TokenStream {
    each(model, |variant| {
        let ident = &variant.ident;
        let pattern = variant.tangent_pattern(quote!(Self::#ident), "value");
        let parts = variant.active().map(|(field, _)| {
            let value = field.binding("value");
            quote!(::ad_runtime::Tangent::map_components(#value, f);)
        });
        quote!(#pattern => { #(#parts)* })
    })
}

/// The patterns of two tangents of the same variant, and `part` of each pair of fields.
fn both(
    variant: &Variant,
    left: &str,
    right: &str,
    part: impl Fn(&syn::Ident, &syn::Ident) -> TokenStream,
) -> (TokenStream, TokenStream, Vec<TokenStream>) {
    let ident = &variant.ident;
    let pattern = |prefix| variant.tangent_pattern(quote!(Self::#ident), prefix);
    let parts =
        variant.active().map(|(field, _)| part(&field.binding(left), &field.binding(right)));
    (pattern(left), pattern(right), parts.collect())
}

/// How a projection borrows the tangent.
#[derive(Clone, Copy, PartialEq)]
enum Borrow {
    Shared,
    Mutable,
}

/// The hidden methods that show the fields of one variant: `t.__Circle_mut()`.
fn projections(model: &Model) -> TokenStream {
    let Model { tangent, tangent_generics: generics, .. } = model;
    let (generics, arguments, clause) = generics.split_for_impl();
    let with_fields = || model.variants.iter().filter(|variant| !variant.fields.is_empty());
    let named = with_fields().filter(|variant| variant.style == Style::Named).map(|variant| {
        let (shared, mutable) =
            (borrowed(model, variant, Borrow::Shared), borrowed(model, variant, Borrow::Mutable));
        quote!(#shared #mutable)
    });
    let methods = with_fields().map(|variant| {
        let ident = &variant.ident;
        let shared = projection(model, variant, quote!(Self::#ident), ident, Borrow::Shared);
        let mutable = projection(model, variant, quote!(Self::#ident), ident, Borrow::Mutable);
        quote!(#shared #mutable)
    });
    let names = each(model, |variant| {
        let (ident, name) = (&variant.ident, variant.ident.unraw().to_string());
        quote!(Self::#ident { .. } => #name,)
    });
    let (vis, attributes) = (&model.vis, item_attributes());
    quote! {
        #(#named)*

        #[automatically_derived]
        #attributes
        impl #generics #tangent #arguments #clause {
            #[doc(hidden)]
            #vis fn __variant_name(&self) -> &'static str {
                #names
            }
            #(#methods)*
        }
    }
}

/// The same for a struct, which a pattern or a constructor names like a variant: `t.__Point_mut()`.
pub fn struct_projections(model: &Model) -> TokenStream {
    let Model { tangent, tangent_generics: generics, vis: _, .. } = model;
    let variant = &model.variants[0];
    if variant.fields.is_empty() {
        return TokenStream::new();
    }
    let (generics, arguments, clause) = generics.split_for_impl();
    let named = (variant.style == Style::Named).then(|| {
        let (shared, mutable) =
            (borrowed(model, variant, Borrow::Shared), borrowed(model, variant, Borrow::Mutable));
        quote!(#shared #mutable)
    });
    let names = [model.ident.clone(), syn::Ident::new("Self_", model.ident.span())];
    let methods = names.iter().map(|name| {
        let shared = projection(model, variant, quote!(Self), name, Borrow::Shared);
        let mutable = projection(model, variant, quote!(Self), name, Borrow::Mutable);
        quote!(#shared #mutable)
    });
    let attributes = item_attributes();
    quote! {
        #named

        #[automatically_derived]
        #attributes
        impl #generics #tangent #arguments #clause { #(#methods)* }
    }
}

/// The name of the struct that borrows the fields of a named variant: `__ShapeCircleMut`.
fn borrowed_name(model: &Model, variant: &Variant, borrow: Borrow) -> syn::Ident {
    let suffix = if borrow == Borrow::Mutable { "Mut" } else { "Ref" };
    fresh(
        format!("__{}{}{suffix}", model.ident.unraw(), variant.ident.unraw()),
        variant.ident.span(),
    )
}

/// The type of a borrowed field.
fn borrowed_type(field: &Field, reference: &TokenStream) -> TokenStream {
    let ty = field
        .tangent
        .as_ref()
        .map_or_else(|| quote!(::ad_runtime::rt::Inactive), |tangent| tangent.ty.clone());
    quote!(#reference #ty)
}

/// The struct that borrows the fields of a named variant.
fn borrowed(model: &Model, variant: &Variant, borrow: Borrow) -> TokenStream {
    let (vis, name, attributes) =
        (&model.vis, borrowed_name(model, variant, borrow), item_attributes());
    let generics = borrowing(&variant_generics(model, variant));
    let clause = &generics.where_clause;
    let reference = if borrow == Borrow::Mutable { quote!(&'__bar mut) } else { quote!(&'__bar) };
    let fields = variant.fields.iter().map(|field| {
        let (member, ty) = (&field.member, borrowed_type(field, &reference));
        quote!(pub #member: #ty)
    });
    quote!(#[doc(hidden)] #attributes #vis struct #name #generics #clause { #(#fields,)* })
}

/// The parameters that the tangent of one variant uses.
fn variant_generics(model: &Model, variant: &Variant) -> syn::Generics {
    restrict(&model.tangent_generics, &used(std::iter::once(variant)), &[])
}

// Input: variant Circle { r: f64, #[constant] n: f64 } of Shape
// Output: fn __Circle_mut(&mut self) -> __ShapeCircleMut<'_> { r: &mut f64, n: &mut Inactive }
fn projection(
    model: &Model,
    variant: &Variant,
    path: TokenStream,
    name: &syn::Ident,
    borrow: Borrow,
) -> TokenStream {
    let (ident, vis) = (name, &model.vis);
    let mutable = borrow == Borrow::Mutable;
    let suffix = if mutable { "_mut" } else { "" };
    let method = fresh(format!("__{}{suffix}", ident.unraw()), ident.span());
    let (receiver, reference) =
        if mutable { (quote!(&mut self), quote!(&mut)) } else { (quote!(&self), quote!(&)) };
    let parts = variant.fields.iter().map(|field| match field.tangent {
        Some(_) => field.binding("bar").to_token_stream(),
        // A value of size zero: nothing is allocated.
        None if mutable => {
            quote!(::std::boxed::Box::leak(::std::boxed::Box::new(::ad_runtime::rt::Inactive)))
        }
        None => quote!(&::ad_runtime::rt::Inactive),
    });
    let (result, value) = if variant.style == Style::Named {
        let (name, generics) =
            (borrowed_name(model, variant, borrow), variant_generics(model, variant));
        let (arguments, members) =
            (borrowing_arguments(&generics), variant.fields.iter().map(|field| &field.member));
        (quote!(#name #arguments), quote!(#name { #(#members: #parts),* }))
    } else {
        let types = variant.fields.iter().map(|field| borrowed_type(field, &reference));
        (quote!((#(#types,)*)), quote!((#(#parts,)*)))
    };
    let pattern = variant.tangent_pattern(path, "bar");
    let name = ident.unraw().to_string();
    let other = (model.variants.len() > 1)
        .then(|| quote!(other => ::ad_runtime::variant_mismatch(other.__variant_name(), #name),));
    quote! {
        #[doc(hidden)]
        #[inline]
        #[track_caller]
        #vis fn #method(#receiver) -> #result {
            match self {
                #pattern => #value,
                #other
            }
        }
    }
}
