//! What a differentiated function looks like from outside: options, parameters and their types.

use crate::derive::constant::is_constant_type_in;
use crate::errors::Errors;
use crate::facts;
use crate::ir::Ty;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;
use syn::{FnArg, ItemFn, Pat, ReturnType, Type};

/// The options of the attribute.
#[derive(Default, Clone)]
pub struct Options {
    pub forward_only: bool,
    pub reverse_only: bool,
    pub order: usize,
    pub vjp: Option<syn::Path>,
    pub jvp: Option<syn::Path>,
    pub associated: bool,
    /// The option itself, for messages.
    pub explain: Option<syn::Path>,
}

impl Options {
    pub fn parse(tokens: TokenStream, errors: &Errors) -> Options {
        let mut options = Options { order: 1, ..Options::default() };
        let parser = syn::meta::parser(|meta| {
            let name = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            match name.as_str() {
                "forward" => options.forward_only = true,
                "reverse" => options.reverse_only = true,
                "associated" => options.associated = true,
                "explain" => options.explain = Some(meta.path.clone()),
                "vjp" => options.vjp = Some(meta.value()?.parse()?),
                "jvp" => options.jvp = Some(meta.value()?.parse()?),
                "order" => {
                    let order: syn::LitInt = meta.value()?.parse()?;
                    options.order = order.base10_parse()?;
                    if !(1..=2).contains(&options.order) {
                        return Err(syn::Error::new(order.span(), "the order is 1 or 2"));
                    }
                }
                _ => {
                    return Err(meta.error(
                        "unknown option: write `forward`, `reverse`, `order = 2`, `vjp = path`, `jvp = path`, `associated` or `explain`",
                    ));
                }
            }
            Ok(())
        });
        if let Err(error) = syn::parse::Parser::parse2(parser, tokens) {
            errors.push(error);
        }
        options.check_order(errors);
        options
    }

    /// Order two is forward over reverse, of a body that the macro sees.
    fn check_order(&self, errors: &Errors) {
        if self.order < 2 {
            return;
        }
        if let (Some(path), None) | (None, Some(path)) = (&self.vjp, &self.jvp) {
            errors.at(path, "`order = 2` needs both `vjp = ..` and `jvp = ..`, the latter a differentiated function: give both, or drop the order");
        }
        if self.forward_only || self.reverse_only {
            errors.push(syn::Error::new(
                proc_macro2::Span::call_site(),
                "`order = 2` goes forward over reverse, so it needs both modes: drop `forward` and `reverse`",
            ));
        }
    }

    /// A trait has no constant of its methods' own: it would no longer be usable as `dyn`.
    pub fn refuse_explain(&mut self, errors: &Errors) {
        if let Some(option) = self.explain.take() {
            errors.at(&option, "`explain` is for functions and inherent methods: move the body to one, and call it from the trait's method");
        }
    }

    pub fn has_reverse(&self) -> bool {
        !self.forward_only && (self.vjp.is_some() || self.jvp.is_none())
    }

    /// Whether derivatives of order two are generated, for which both modes are needed.
    pub fn has_second(&self) -> bool {
        self.order == 2 && self.has_reverse() && self.has_forward()
    }

    pub fn has_forward(&self) -> bool {
        !self.reverse_only && (self.jvp.is_some() || self.vjp.is_none())
    }
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: Ident,
    /// The type as written; for a receiver, `Self` or a reference to it.
    pub written: Type,
    pub ty: Ty,
    pub active: bool,
    pub mutable: bool,
    pub receiver: bool,
}

impl Param {
    pub fn is_mut_ref(&self) -> bool {
        matches!(&self.written, Type::Reference(r) if r.mutability.is_some()) || self.is_mut_view()
    }

    /// Whether the parameter is an `ArrayViewMut` or a `&mut` reference to one, whose elements alone can be kept.
    pub fn is_changed_view(&self) -> bool {
        self.is_mut_view()
            || matches!(&self.written, Type::Reference(r) if r.mutability.is_some() && is_mut_view(&r.elem))
    }

    /// Whether the parameter is an `ArrayViewMut`, which is changed in place as a `&mut` reference is.
    pub fn is_mut_view(&self) -> bool {
        is_mut_view(&self.written)
    }

    pub fn is_ref(&self) -> bool {
        matches!(&self.written, Type::Reference(_))
    }

    /// Whether the parameter is a `Range`, whose ends are read where it stands as an index.
    pub fn is_range(&self) -> bool {
        matches!(&self.written, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Range"))
    }

    /// The tangent type, owned.
    pub fn tangent(&self) -> TokenStream {
        tangent_of(&self.written)
    }

    pub fn bar(&self) -> Ident {
        format_ident!("{}_bar", self.name)
    }

    pub fn dot(&self) -> Ident {
        format_ident!("{}_dot", self.name)
    }

    /// The names that generated code makes of the parameter's. Nothing of the user's may have them there.
    pub fn derived_names(&self) -> impl Iterator<Item = String> {
        const SUFFIXES: [&str; 13] = [
            "bar",
            "dot",
            "slot",
            "arg",
            "scratch",
            "active",
            "final",
            "slot_dot",
            "bar_dot",
            "dot_active",
            "dot_final",
            "bar_scratch",
            "dot_scratch",
        ];
        SUFFIXES.iter().map(|suffix| format!("{}_{suffix}", self.name))
    }
}

fn is_mut_view(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with("ArrayViewMut")))
}

/// The name of the slot for a parameter's cotangent.
pub fn slot(p: &Param) -> Ident {
    format_ident!("{}_slot", p.name)
}

/// The name of the argument for a parameter's tangent.
pub fn arg(p: &Param) -> Ident {
    format_ident!("{}_arg", p.name)
}

/// The name of what stands in for a cotangent or tangent that nobody gave.
pub fn scratch(p: &Param) -> Ident {
    format_ident!("{}_scratch", p.name)
}

/// A function to differentiate.
pub struct Function {
    /// The function as the user gets it back.
    pub item: ItemFn,
    /// Its parameters as the derivatives name them.
    pub inputs: syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
    /// Its generics as the derivatives have them, where the types of active parameters are differentiable.
    pub generics: syn::Generics,
    /// Its body with the attributes of its loops, and with these names.
    pub body: syn::Block,
    pub options: Options,
    pub params: Vec<Param>,
    pub reals: HashSet<String>,
    /// Patterns of parameters that are taken apart in the body.
    pub output: Option<Type>,
}

impl Function {
    /// Reads a function; `#[constant]` is taken off its parameters.
    pub fn parse(item: ItemFn, options: Options, errors: &Errors) -> Function {
        Function::parse_in(item, options, &syn::Generics::default(), errors)
    }

    /// Reads a function of an `impl` block or trait with `outer` generics.
    pub fn parse_in(
        mut item: ItemFn,
        options: Options,
        outer: &syn::Generics,
        errors: &Errors,
    ) -> Function {
        let mut reals = real_parameters(&item.sig.generics);
        reals.extend(real_parameters(outer));
        if let Some(token) = &item.sig.asyncness {
            errors.at(token, "an `async` function cannot be differentiated: differentiate the computation in a function of its own");
        }
        if let Some(token) = &item.sig.constness {
            errors.at(token, "a `const fn` cannot be differentiated: drop `const`");
        }
        if let syn::Safety::Unsafe(token) = &item.sig.safety {
            errors.at(token, "an `unsafe fn` cannot be differentiated: wrap it with `#[differentiate(vjp = .., jvp = ..)]`");
        }
        let mut params = Vec::new();
        let mut prologue: Vec<syn::Stmt> = Vec::new();
        for (i, input) in item.sig.inputs.iter_mut().enumerate() {
            match input {
                FnArg::Receiver(receiver) => {
                    let constant = take_constant(&mut receiver.attrs, errors);
                    let written = receiver_type(receiver);
                    params.push(Param {
                        name: format_ident!("self"),
                        ty: match &written {
                            Type::Reference(r) if r.mutability.is_some() => {
                                Ty::RefMut(Box::new(Ty::Unknown))
                            }
                            Type::Reference(_) => Ty::Ref(Box::new(Ty::Unknown)),
                            _ => Ty::Unknown,
                        },
                        written,
                        active: !constant,
                        mutable: receiver.mutability.is_some(),
                        receiver: true,
                    });
                }
                FnArg::Typed(typed) => {
                    let marked = take_constant(&mut typed.attrs, errors);
                    name_pattern(typed, i, &mut prologue);
                    let (name, mutable) = match &*typed.pat {
                        Pat::Ident(p) => (p.ident.clone(), p.mutability.is_some()),
                        _ => (format_ident!("__arg_{}", i), false),
                    };
                    let constant = marked || is_constant_type_in(&typed.ty, &item.sig.generics);
                    params.push(Param {
                        name,
                        ty: facts::of_syn_type(&typed.ty, &reals),
                        written: (*typed.ty).clone(),
                        active: !constant,
                        mutable,
                        receiver: false,
                    });
                }
            }
        }
        item.block.stmts.splice(0..0, prologue);
        let (mut inputs, mut body) = (item.sig.inputs.clone(), (*item.block).clone());
        settle_names(&mut params, &mut inputs, &mut body);
        syn::visit_mut::VisitMut::visit_block_mut(&mut StripCheckpoints(errors), &mut item.block);
        let output = match &item.sig.output {
            ReturnType::Type(_, ty) if !is_unit(ty) => Some((**ty).clone()),
            _ => None,
        };
        let generics = named_functions(&item.sig.generics, &mut params, &mut inputs);
        let generics = differentiable(&generics, &params);
        let generics = outliving(generics, &item.sig.generics);
        Function { item, inputs, generics, body, options, params, reals, output }
    }

    /// Demands of the derivatives' callers that the dimensions of `outer` borrow nothing.
    pub fn outlive(&mut self, outer: &syn::Generics) {
        self.generics = outliving(std::mem::take(&mut self.generics), outer);
    }

    pub fn active(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| p.active)
    }

    pub fn has_mut_params(&self) -> bool {
        self.params.iter().any(Param::is_mut_ref)
    }

    /// The tangent type of the result.
    pub fn output_tangent(&self) -> TokenStream {
        self.output.as_ref().map_or_else(|| quote!(()), tangent_of)
    }

    pub fn output_tokens(&self) -> TokenStream {
        self.output.as_ref().map_or_else(|| quote!(()), ToTokens::to_token_stream)
    }

    /// Whether the result is a real scalar.
    pub fn is_scalar(&self) -> bool {
        self.output_ty() != Ty::Unknown
    }

    /// The type of the result, where it is a real scalar.
    pub fn output_ty(&self) -> Ty {
        match self.output.as_ref().map(|ty| facts::of_syn_type(ty, &self.reals)) {
            Some(ty @ Ty::Float(_)) => ty,
            _ => Ty::Unknown,
        }
    }
}

/// `generics` with a name for each active `impl Trait`, and with the derivatives of what is `Differentiated`.
fn named_functions(
    generics: &syn::Generics,
    params: &mut [Param],
    inputs: &mut syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
) -> syn::Generics {
    struct Namer<'a>(&'a Ident, Option<syn::TypeParam>);
    impl syn::visit_mut::VisitMut for Namer<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            let Type::ImplTrait(object) = ty else {
                return syn::visit_mut::visit_type_mut(self, ty);
            };
            let (name, bounds) = (self.0, &object.bounds);
            self.1 = Some(syn::parse_quote!(#name: #bounds));
            *ty = syn::parse_quote!(#name);
        }
    }
    struct Bounds;
    impl syn::visit_mut::VisitMut for Bounds {
        fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
            if let Some(last) = bound.path.segments.last()
                && last.ident == "Differentiated"
            {
                let arguments = &last.arguments;
                bound.path = syn::parse_quote!(::ad_runtime::rt::DifferentiatedSiblings #arguments);
            }
            syn::visit_mut::visit_trait_bound_mut(self, bound);
        }
    }
    let mut result = generics.clone();
    for (i, (param, input)) in params.iter_mut().zip(inputs).enumerate() {
        let FnArg::Typed(typed) = input else { continue };
        let name = format_ident!("__Arg{}", i);
        let mut namer = Namer(&name, None);
        if param.active {
            syn::visit_mut::VisitMut::visit_type_mut(&mut namer, &mut typed.ty);
        }
        if let Some(named) = namer.1 {
            param.written = (*typed.ty).clone();
            result.params.push(syn::GenericParam::Type(named));
        }
    }
    syn::visit_mut::VisitMut::visit_generics_mut(&mut Bounds, &mut result);
    result
}

/// `generics` with `T: Differentiable` for each `T` that an active parameter is made of.
fn differentiable(generics: &syn::Generics, params: &[Param]) -> syn::Generics {
    let mut result = generics.clone();
    for param in generics.type_params() {
        let says = |bound: &syn::TypeParamBound| matches!(bound, syn::TypeParamBound::Trait(t) if t.path.segments.last().is_some_and(|s| s.ident == "Real" || s.ident == "Differentiable"));
        let is = |p: &Param| p.active && is_made_of(&p.written, &param.ident);
        let bounded = crate::derive::constant::bounds_of(&param.ident, generics).any(says);
        if bounded || !params.iter().any(is) {
            continue;
        }
        let ident = &param.ident;
        let predicate = syn::parse_quote!(#ident: ::ad_runtime::Differentiable);
        result.make_where_clause().predicates.push(predicate);
    }
    result
}

/// `generics` with `D: 'static` for each dimension `D` of `of`: the rules of arrays borrow cotangents for any lifetime,
/// and rustc cannot see that a dimension holds no reference.
fn outliving(mut generics: syn::Generics, of: &syn::Generics) -> syn::Generics {
    let says = |bound: &syn::TypeParamBound| matches!(bound, syn::TypeParamBound::Trait(t) if t.path.segments.last().is_some_and(|s| s.ident == "Dimension" || s.ident == "RemoveAxis"));
    for param in of.type_params() {
        if crate::derive::constant::bounds_of(&param.ident, of).any(says) {
            let ident = &param.ident;
            let predicate = syn::parse_quote!(#ident: 'static);
            generics.make_where_clause().predicates.push(predicate);
        }
    }
    generics
}

/// Whether a type is `ident`, or references, slices or arrays of it.
fn is_made_of(ty: &Type, ident: &Ident) -> bool {
    match ty {
        Type::Reference(r) => is_made_of(&r.elem, ident),
        Type::Slice(s) => is_made_of(&s.elem, ident),
        Type::Array(a) => is_made_of(&a.elem, ident),
        Type::Path(p) => p.path.is_ident(ident),
        _ => false,
    }
}

/// Renames the parameters that are called as generated code calls something of another: `x_bar` beside `x`.
fn settle_names(
    params: &mut [Param],
    inputs: &mut syn::punctuated::Punctuated<FnArg, syn::Token![,]>,
    body: &mut syn::Block,
) {
    let mut taken: HashSet<String> = params.iter().map(|p| p.name.to_string()).collect();
    let result = ["out", "out_bar", "out_dot"].map(String::from);
    let derived: HashSet<String> =
        params.iter().flat_map(Param::derived_names).chain(result).collect();
    for (param, input) in params.iter_mut().zip(inputs) {
        // The names of derivatives are made of it, which a raw identifier does not allow.
        let is_raw = param.name.to_string().starts_with("r#");
        if !is_raw && !derived.contains(&param.name.to_string()) {
            continue;
        }
        let (old, mut count) = (param.name.clone(), 1_usize);
        while is_raw && count == 1
            || taken.contains(&param.name.to_string())
            || derived.contains(&param.name.to_string())
        {
            param.name = format_ident!("{}_{}", old, count, span = old.span());
            count += 1;
        }
        taken.insert(param.name.to_string());
        if let FnArg::Typed(typed) = input
            && let Pat::Ident(pat) = &mut *typed.pat
        {
            pat.ident = param.name.clone();
        }
        crate::resolve::rename(body, &old, &param.name);
    }
}

/// A parameter that is a pattern gets a name, and is taken apart in the body.
fn name_pattern(typed: &mut syn::PatType, i: usize, prologue: &mut Vec<syn::Stmt>) {
    if matches!(&*typed.pat, Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none()) {
        return;
    }
    let name = format_ident!("__arg_{}", i);
    let pat = std::mem::replace(&mut *typed.pat, syn::parse_quote!(#name));
    if !matches!(pat, Pat::Wild(_)) {
        prologue.push(syn::parse_quote!(let #pat = #name;));
    }
}

fn receiver_type(receiver: &syn::Receiver) -> Type {
    match &receiver.kind {
        syn::ReceiverKind::Value => syn::parse_quote!(Self),
        syn::ReceiverKind::Reference(_, lifetime, mutability, ..) => {
            syn::parse_quote!(& #lifetime #mutability Self)
        }
        syn::ReceiverKind::Typed(_, ty) => (**ty).clone(),
        _ => syn::parse_quote!(Self),
    }
}

fn take_constant(attrs: &mut Vec<syn::Attribute>, errors: &Errors) -> bool {
    let mut found = false;
    attrs.retain(|attr| {
        let is = attr.path().is_ident("constant");
        if is && !matches!(attr.meta, syn::Meta::Path(_)) {
            errors.at(attr, "`#[constant]` takes no arguments");
        }
        found |= is;
        !is
    });
    found
}

/// Checks the `#[checkpoint(n)]` attributes of loops and takes them off.
pub struct StripCheckpoints<'a>(pub &'a Errors);

impl syn::visit_mut::VisitMut for StripCheckpoints<'_> {
    fn visit_expr_mut(&mut self, e: &mut syn::Expr) {
        let (attrs, body) = match e {
            syn::Expr::ForLoop(e) => (&mut e.attrs, &mut e.body),
            syn::Expr::While(e) => (&mut e.attrs, &mut e.body),
            syn::Expr::Loop(e) => (&mut e.attrs, &mut e.body),
            _ => return syn::visit_mut::visit_expr_mut(self, e),
        };
        let mut limits = Vec::new();
        attrs.retain(|attr| {
            let is = attr.path().is_ident("checkpoint");
            if is {
                match attr.parse_args::<syn::Expr>() {
                    Ok(limit) => limits.push(limit),
                    Err(_) => self
                        .0
                        .at(attr, "write the greatest number of snapshots: `#[checkpoint(100)]`"),
                }
            }
            !is
        });
        // What is named in the attribute alone is used all the same.
        limits.retain(|limit| !matches!(limit, syn::Expr::Lit(_)));
        body.stmts
            .splice(0..0, limits.into_iter().map(|limit| syn::parse_quote!(let _ = || #limit;)));
        syn::visit_mut::visit_expr_mut(self, e);
    }
}

fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(t) if t.elems.is_empty())
}

/// The type parameters bounded by `Real`.
fn real_parameters(generics: &syn::Generics) -> HashSet<String> {
    let is_real = |bounds: &syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>| {
        bounds.iter().any(|b| matches!(b, syn::TypeParamBound::Trait(t) if t.path.segments.last().is_some_and(|s| s.ident == "Real")))
    };
    let mut reals: HashSet<String> = generics
        .type_params()
        .filter(|p| is_real(&p.bounds))
        .map(|p| p.ident.to_string())
        .collect();
    if let Some(clause) = &generics.where_clause {
        for predicate in &clause.predicates {
            if let syn::WherePredicate::Type(p) = predicate
                && is_real(&p.bounds)
                && let Type::Path(path) = &p.bounded_ty
                && let Some(ident) = path.path.get_ident()
            {
                reals.insert(ident.to_string());
            }
        }
    }
    reals
}

pub fn strip(ty: &Type) -> &Type {
    match ty {
        Type::Reference(r) => strip(&r.elem),
        Type::Paren(p) => strip(&p.elem),
        Type::Group(g) => strip(&g.elem),
        ty => ty,
    }
}

/// The owned tangent type of a type, spelled out where that is short.
pub fn tangent_of(ty: &Type) -> TokenStream {
    let ty = strip(ty);
    match ty {
        Type::Path(p) if p.path.is_ident("f64") || p.path.is_ident("f32") => quote!(#ty),
        Type::Slice(s) => {
            let inner = tangent_of(&s.elem);
            quote!(::std::vec::Vec<#inner>)
        }
        Type::Array(a) => {
            let (inner, len) = (tangent_of(&a.elem), &a.len);
            quote!([#inner; #len])
        }
        Type::Tuple(t) => {
            let parts = t.elems.iter().map(tangent_of);
            quote!((#(#parts,)*))
        }
        ty => {
            let ty = without_elided_lifetimes(ty);
            quote!(<#ty as ::ad_runtime::Differentiable>::Tangent)
        }
    }
}

/// A view with its lifetime left out, as a type that may stand in a result: its tangent has no lifetime.
fn without_elided_lifetimes(ty: &Type) -> Type {
    struct Views;
    impl syn::visit_mut::VisitMut for Views {
        fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
            name_view_lifetime(segment, || syn::parse_quote!('static));
            syn::visit_mut::visit_path_segment_mut(self, segment);
        }
    }
    let mut ty = ty.clone();
    syn::visit_mut::VisitMut::visit_type_mut(&mut Views, &mut ty);
    ty
}

/// Gives a view of ndarray whose lifetime is left out one of `name`: `ArrayView1<f64>` hides it.
pub fn name_view_lifetime(segment: &mut syn::PathSegment, name: impl FnOnce() -> syn::Lifetime) {
    if !segment.ident.to_string().starts_with("ArrayView") && segment.ident != "CowArray" {
        return;
    }
    if let syn::PathArguments::AngleBracketed(arguments) = &mut segment.arguments
        && !arguments.args.iter().any(|a| matches!(a, syn::GenericArgument::Lifetime(_)))
    {
        arguments.args.insert(0, syn::GenericArgument::Lifetime(name()));
    }
}
