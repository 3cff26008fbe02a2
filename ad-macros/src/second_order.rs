//! Order two of the rules of the runtime, made from those of order one: for each `__m_adjoint` of a trait
//! or an `impl` block, an `__m_adjoint_jvp`. For `ad-runtime` alone.
//!
//! - `linear`: the rule pulls back the cotangent and its tangent alike; the tangents of the operands do not matter.
//! - `product`: the operation is linear in each operand, and so is the rule in the other operands and in the
//!   cotangent: the product rule, whose terms are the rule once more. (`x.dot(&x)` counts as one operand, in which
//!   the rule is linear.)
//! - `dual`: the rule, which holds for any scalar, is run over dual numbers.
//! - without an argument, on a trait: the methods are declared, and its `impl` says what they are.
//!
//! In `dual` rules the scalar is called `A`, and what is an array is `ArrayRef`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::{
    FnArg, GenericParam, Generics, Item, Signature, Token, Type, TypeParamBound, Visibility,
};

/// How a rule is differentiated.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Declared,
    Linear,
    Product,
    Dual,
}

/// The argument of the attribute: one word, or `dual, linear(__sum_adjoint, ..)`.
struct Kinds {
    default: Kind,
    linear: Vec<Ident>,
}

impl syn::parse::Parse for Kinds {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        if input.is_empty() {
            return Ok(Kinds { default: Kind::Declared, linear: Vec::new() });
        }
        let word: Ident = input.parse()?;
        let default = match word.to_string().as_str() {
            "linear" => Kind::Linear,
            "product" => Kind::Product,
            _ => Kind::Dual,
        };
        let mut linear = Vec::new();
        if input.parse::<Option<Token![,]>>()?.is_some() {
            input.parse::<Ident>()?;
            let names;
            syn::parenthesized!(names in input);
            linear.extend(Punctuated::<Ident, Token![,]>::parse_terminated(&names)?);
        }
        Ok(Kinds { default, linear })
    }
}

impl Kinds {
    fn of(&self, name: &Ident) -> Kind {
        if self.linear.contains(name) { Kind::Linear } else { self.default }
    }
}

/// Adds the rules of order two to a trait or an `impl` block.
pub fn expand(attr: TokenStream, item: TokenStream) -> TokenStream {
    let (kinds, mut item) = match (syn::parse2::<Kinds>(attr), syn::parse2::<Item>(item)) {
        (Ok(kinds), Ok(item)) => (kinds, item),
        (Err(error), _) | (_, Err(error)) => return error.to_compile_error(),
    };
    let second = |sig: &Signature, vis: &Visibility| {
        let rule = Rule::of(sig)?;
        Some(rule.second(vis, kinds.of(&sig.ident)))
    };
    match &mut item {
        Item::Trait(item) => {
            let added: Vec<TokenStream> = item
                .items
                .iter()
                .filter_map(|item| match item {
                    syn::TraitItem::Fn(f) => second(&f.sig, &Visibility::Inherited),
                    _ => None,
                })
                .collect();
            item.items.extend(added.into_iter().map(syn::TraitItem::Verbatim));
        }
        Item::Impl(item) => {
            let added: Vec<TokenStream> = item
                .items
                .iter()
                .filter_map(|item| match item {
                    syn::ImplItem::Fn(f) => second(&f.sig, &f.vis),
                    _ => None,
                })
                .collect();
            item.items.extend(added.into_iter().map(syn::ImplItem::Verbatim));
        }
        _ => return quote!(::core::compile_error!("a trait or an `impl` block is expected");),
    }
    item.to_token_stream()
}

/// What a slot takes: nothing, a cotangent to add to, or one to change in place.
enum Slot {
    Constant(TokenStream),
    Add(TokenStream),
    Change(TokenStream),
}

impl Slot {
    /// The type of the cotangent.
    fn of(&self) -> &TokenStream {
        match self {
            Slot::Constant(of) | Slot::Add(of) | Slot::Change(of) => of,
        }
    }
}

/// An `__m_adjoint`, taken apart.
struct Rule<'a> {
    name: &'a Ident,
    generics: Generics,
    /// Whether the first operand is the receiver.
    receiver: bool,
    /// The types of the other operands.
    args: Vec<&'a Type>,
    /// The type of the cotangent of the result, where the rule takes one.
    bar: Option<&'a Type>,
    /// One per operand.
    slots: Vec<Slot>,
}

impl<'a> Rule<'a> {
    fn of(sig: &'a Signature) -> Option<Self> {
        // What takes a closure is pulled back by a closure of its own.
        let closures = sig.generics.to_token_stream().to_string().contains("FnMut");
        if !sig.ident.to_string().ends_with("_adjoint") || closures {
            return None;
        }
        let receiver = sig.receiver().is_some();
        let types: Vec<&Type> = sig
            .inputs
            .iter()
            .filter_map(|input| match input {
                FnArg::Typed(t) => Some(&*t.ty),
                FnArg::Receiver(_) => None,
            })
            .collect();
        let operands = (types.len() + usize::from(receiver)) / 2;
        let (args, rest) = types.split_at(operands - usize::from(receiver));
        let (bar, slots) = rest.split_at(rest.len() - operands);
        let mut generics = sig.generics.clone();
        let slots = slots.iter().map(|ty| slot_of(ty, &mut generics)).collect();
        Some(Rule {
            name: &sig.ident,
            generics,
            receiver,
            args: args.to_vec(),
            bar: bar.first().copied(),
            slots,
        })
    }

    /// The rule of order two.
    fn second(mut self, vis: &Visibility, kind: Kind) -> TokenStream {
        let name = format_ident!("{}_jvp", self.name);
        if kind == Kind::Linear {
            let taken: Vec<Ident> = self.args.iter().filter_map(|ty| ident_of(ty)).collect();
            for param in self.generics.type_params_mut() {
                if taken.contains(&param.ident) {
                    param.bounds.push(syn::parse_quote!(Clone));
                }
            }
        }
        let receiver = self.receiver.then(|| quote!(&self,));
        let args = self.args.iter().enumerate().map(|(i, ty)| {
            let name = arg(i);
            quote!(#name: #ty)
        });
        let bars = self.bar.map(|ty| quote!(__bar: #ty, __bar_dot: #ty,));
        let dots = self.slots.iter().enumerate().map(|(i, slot)| {
            let name = format_ident!("__d{}", i);
            match slot {
                Slot::Constant(bound) => quote!(#name: impl #bound),
                Slot::Add(of) | Slot::Change(of) => {
                    quote!(#name: impl crate::slot::TangentArg<#of>)
                }
            }
        });
        let slots = ["__s", "__t"].into_iter().flat_map(|prefix| {
            self.slots.iter().enumerate().map(move |(i, slot)| {
                let name = format_ident!("{}{}", prefix, i);
                match slot {
                    Slot::Constant(bound) => quote!(#name: impl #bound),
                    Slot::Add(of) => quote!(#name: impl crate::slot::Slot<#of>),
                    Slot::Change(of) => quote!(#name: impl crate::slot::SlotMut<#of>),
                }
            })
        });
        let body = match kind {
            Kind::Declared => quote!(;),
            Kind::Linear => self.twice(),
            Kind::Product => self.product_rule(),
            Kind::Dual => self.over_duals(),
        };
        let (params, _, clause) = self.generics.split_for_impl();
        let inline = (kind != Kind::Declared).then(|| quote!(#[inline] #[track_caller]));
        quote! {
            /// The tangent of the adjoint: adds the cotangents and their tangents.
            #[doc(hidden)]
            #inline
            #[allow(clippy::too_many_arguments, clippy::type_complexity, clippy::clone_on_copy, clippy::let_unit_value, unused_mut, unused_variables)]
            #vis fn #name #params (#receiver #(#args,)* #(#dots,)* #bars #(#slots),*) #clause #body
        }
    }

    /// Linear: the adjoint of the cotangent, and that of its tangent.
    fn twice(&self) -> TokenStream {
        let name = self.name;
        let receiver = self.receiver.then(|| quote!(self,));
        let args: Vec<Ident> = (0..self.args.len()).map(arg).collect();
        let slots = |prefix: &str| -> Vec<Ident> {
            (0..self.slots.len()).map(|i| format_ident!("{}{}", prefix, i)).collect()
        };
        let (first, second) = (slots("__s"), slots("__t"));
        let (bar, bar_dot) =
            (self.bar.map(|_| quote!(__bar,)), self.bar.map(|_| quote!(__bar_dot,)));
        quote! {{
            Self::#name(#receiver #(::core::clone::Clone::clone(&#args),)* #bar #(#first),*);
            Self::#name(#receiver #(#args,)* #bar_dot #(#second),*);
        }}
    }

    /// Linear in each operand: the adjoint with the tangent in place of each of them, and of the cotangent.
    fn product_rule(&self) -> TokenStream {
        let skipped = usize::from(self.receiver);
        let active = |i: &usize| !matches!(self.slots[*i], Slot::Constant(_));
        let count = self.slots.len();
        let square = (0..count).filter(active).count() == 1;
        let terms = (0..count).filter(active).map(|i| {
            let dot = format_ident!("__d{}", i);
            let args = (0..self.args.len()).map(|k| {
                let name = arg(k);
                if k + skipped == i { quote!(&__dot) } else { quote!(#name) }
            });
            let slots = (0..count).map(|k| {
                let slot = format_ident!("__t{}", k);
                if active(&k) && (k != i || square) {
                    quote!(crate::dual::slots::Again(&mut #slot))
                } else {
                    quote!(crate::slot::Inactive)
                }
            });
            let callee = self.callee(if i < skipped { quote!(__dot) } else { quote!(self) });
            quote! {
                if let ::core::option::Option::Some(__dot) = #dot.get() {
                    #callee(#(#args,)* ::core::clone::Clone::clone(&__bar), #(#slots),*);
                }
            }
        });
        let tangents: Vec<Ident> = (0..count).map(|i| format_ident!("__t{}", i)).collect();
        let twice = self.twice();
        quote!({
            #(let mut #tangents = #tangents;)*
            #(#terms)*
            #twice
        })
    }

    /// The rule as a method of `receiver`, or as a function.
    fn callee(&self, receiver: TokenStream) -> TokenStream {
        let name = self.name;
        if self.receiver { quote!(#receiver.#name) } else { quote!(Self::#name) }
    }

    /// The adjoint of dual numbers.
    fn over_duals(&self) -> TokenStream {
        let dual = quote!(crate::dual::slots);
        let skipped = usize::from(self.receiver);
        let (mut before, mut after) = (TokenStream::new(), TokenStream::new());
        if self.receiver {
            let of = self.slots[0].of();
            before.extend(quote!(let __x = <#of as #dual::Join>::join(self.view(), __d0.get());));
        }
        let mut operands = Vec::new();
        for (i, ty) in self.args.iter().enumerate() {
            let (name, dot) = (arg(i), format_ident!("__d{}", i + skipped));
            let scalar = ident_of(ty).is_some_and(|ident| ident == "A");
            let slot = &self.slots[i + skipped];
            let of = slot.of();
            operands.push(match slot {
                Slot::Constant(_) if scalar => quote!(crate::dual::Dual::constant(#name)),
                Slot::Constant(_) => quote!(#name),
                _ if scalar => {
                    quote!(<#of as #dual::Join>::join(crate::Tangent::tangent_ref(&#name), #dot.get()))
                }
                _ => quote!(&<#of as #dual::Join>::join(#name.view(), #dot.get())),
            });
        }
        let bar = self.bar.map(|ty| match ty {
            Type::Tuple(t) if t.elems.is_empty() => quote!((),),
            _ => quote! {
                <#ty as #dual::Join>::join(crate::Tangent::tangent_ref(&__bar), ::core::option::Option::Some(crate::Tangent::tangent_ref(&__bar_dot))),
            },
        });
        let mut slots = Vec::new();
        for (i, slot) in self.slots.iter().enumerate() {
            let (s, t) = (format_ident!("__s{}", i), format_ident!("__t{}", i));
            slots.push(match slot {
                Slot::Constant(_) => quote!(crate::slot::Inactive),
                Slot::Add(_) => quote!(#dual::Both(#s, #t)),
                Slot::Change(of) => {
                    let both = format_ident!("__both{}", i);
                    let operand = i
                        .checked_sub(skipped)
                        .map_or_else(|| quote!(self), |i| arg(i).to_token_stream());
                    before.extend(quote! {
                        let (mut #s, mut #t) = (#s, #t);
                        let mut #both = #dual::join_slots::<#of>(#operand, &mut #s, &mut #t);
                    });
                    after.extend(quote!(#dual::split_slots::<#of>(#both, #s, #t);));
                    quote!(#both.as_mut())
                }
            });
        }
        let callee = self.callee(quote!(__x));
        quote!({
            #before
            #callee(#(#operands,)* #bar #(#slots),*);
            #after
        })
    }
}

fn arg(i: usize) -> Ident {
    format_ident!("__a{}", i)
}

fn ident_of(ty: &Type) -> Option<Ident> {
    match ty {
        Type::Path(p) => p.path.get_ident().cloned(),
        Type::Group(g) => ident_of(&g.elem),
        _ => None,
    }
}

/// What a slot takes. Its type parameter, if it has one of its own, is removed: each slot has a type of its own.
fn slot_of(ty: &Type, generics: &mut Generics) -> Slot {
    let bounds = match ty {
        Type::ImplTrait(t) => t.bounds.clone(),
        Type::Group(g) => return slot_of(&g.elem, generics),
        ty => {
            let ident = ident_of(ty).expect("a slot is generic");
            let bounds =
                generics.type_params().find(|p| p.ident == ident).map(|p| p.bounds.clone());
            generics.params = std::mem::take(&mut generics.params)
                .into_iter()
                .filter(|p| !matches!(p, GenericParam::Type(p) if p.ident == ident))
                .collect();
            bounds.expect("the parameter of a slot is one of the rule")
        }
    };
    let bound = bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(t) => t.path.segments.last(),
        _ => None,
    });
    let bound = bound.expect("a slot has a bound");
    let of = match &bound.arguments {
        syn::PathArguments::AngleBracketed(args) => args.args.to_token_stream(),
        _ => TokenStream::new(),
    };
    match bound.ident.to_string().as_str() {
        "Slot" => Slot::Add(of),
        "SlotMut" => Slot::Change(of),
        _ => Slot::Constant(bounds.to_token_stream()),
    }
}
