//! `#[differentiate]` on the `impl` of an operator trait: the operator is differentiable on the type.

use crate::errors::Errors;
use crate::function::{Function, Options};
use crate::generate::Naming;
use crate::pipeline::derivatives;
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{ImplItem, ItemFn, Type};

pub fn trait_name(path: &syn::Path) -> String {
    path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default()
}

pub fn is_operator(name: &str) -> bool {
    matches!(
        name,
        "Add"
            | "Sub"
            | "Mul"
            | "Div"
            | "Rem"
            | "Neg"
            | "AddAssign"
            | "SubAssign"
            | "MulAssign"
            | "DivAssign"
    )
}

/// The operator's `impl`, and beside it the derivative rule by which `a + b` is differentiated.
pub fn expand(mut block: syn::ItemImpl, options: Options, errors: &Errors) -> TokenStream {
    let named = with_named_lifetimes(&block);
    let (path, _) = named.trait_.clone().expect("an operator is a trait");
    let last = path.segments.last().expect("a path has segments").clone();
    let name = last.ident.to_string();
    let Some(method) = block.items.iter_mut().find_map(|item| match item {
        ImplItem::Fn(f) => Some(f),
        _ => None,
    }) else {
        return block.to_token_stream();
    };
    let mut options = options;
    options.associated = true;
    let self_ty = (*named.self_ty).clone();
    let mut sig = method.sig.clone();
    let mut body = method.block.clone();
    let output = block_output(&block.items);
    let Some(method) = block.items.iter_mut().find_map(|item| match item {
        ImplItem::Fn(f) => Some(f),
        _ => None,
    }) else {
        return block.to_token_stream();
    };
    replace_self(&mut sig, &mut body, output.as_ref());
    // The derivatives are functions within those of the rule, which see none of its generics.
    sig.generics = joined(&named.generics, sig.generics);
    let item = ItemFn {
        attrs: Vec::new(),
        vis: syn::Visibility::Inherited,
        modifiers: Default::default(),
        sig,
        block: Box::new(body),
    };
    let f = Function::parse(item, options, errors);
    strip_constant(&mut method.sig);
    let naming = Naming {
        function: format_ident!("op"),
        siblings: true,
        in_trait: false,
        on_objects: false,
        inherits_jacobians: false,
        arguments: TokenStream::new(),
    };
    let hidden = derivatives(&f, &naming, errors, true);
    let hidden = only_hidden(hidden);
    let rhs = match &last.arguments {
        syn::PathArguments::AngleBracketed(args) => {
            args.args.first().map(ToTokens::to_token_stream)
        }
        _ => None,
    }
    .unwrap_or_else(|| self_ty.to_token_stream());
    let (generics, _, clause) = named.generics.split_for_impl();
    let rule = rule(&name, &self_ty, &rhs, output.as_ref(), &f, &generics, clause, &hidden);
    quote!(#block #rule)
}

/// `impl Mul<&M> for &M`, whose head names each lifetime: the rule repeats its types where none may be left out.
fn with_named_lifetimes(block: &syn::ItemImpl) -> syn::ItemImpl {
    use syn::visit_mut::VisitMut;
    struct Namer(Vec<syn::Lifetime>);
    impl Namer {
        fn fresh(&mut self) -> syn::Lifetime {
            let name = format!("'__head{}", self.0.len());
            self.0.push(syn::Lifetime::new(&name, proc_macro2::Span::call_site()));
            self.0.last().expect("it was pushed").clone()
        }
    }
    impl VisitMut for Namer {
        fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
            if reference.lifetime.is_none() {
                reference.lifetime = Some(self.fresh());
            }
            syn::visit_mut::visit_type_reference_mut(self, reference);
        }
        fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
            if lifetime.ident == "_" {
                *lifetime = self.fresh();
            }
        }
    }
    let mut named = block.clone();
    let mut namer = Namer(Vec::new());
    if let Some((path, _)) = &mut named.trait_ {
        namer.visit_path_mut(path);
    }
    namer.visit_type_mut(&mut named.self_ty);
    for (i, lifetime) in namer.0.into_iter().enumerate() {
        named.generics.params.insert(i, syn::parse_quote!(#lifetime));
    }
    named
}

/// The generics of a function that stands alone: those of its block, then its own.
fn joined(outer: &syn::Generics, own: syn::Generics) -> syn::Generics {
    let mut generics = outer.clone();
    generics.params.extend(own.params);
    if let Some(clause) = own.where_clause {
        generics.make_where_clause().predicates.extend(clause.predicates);
    }
    generics
}

pub fn block_output(items: &[ImplItem]) -> Option<Type> {
    items.iter().find_map(|item| match item {
        ImplItem::Type(t) if t.ident == "Output" => Some(t.ty.clone()),
        _ => None,
    })
}

fn strip_constant(sig: &mut syn::Signature) {
    for input in &mut sig.inputs {
        match input {
            syn::FnArg::Receiver(r) => r.attrs.retain(|a| !a.path().is_ident("constant")),
            syn::FnArg::Typed(t) => t.attrs.retain(|a| !a.path().is_ident("constant")),
        }
    }
}

/// Replaces `Self::Output` by the type it stands for.
pub fn replace_self(sig: &mut syn::Signature, body: &mut syn::Block, output: Option<&Type>) {
    struct Replace<'a>(Option<&'a Type>);
    impl syn::visit_mut::VisitMut for Replace<'_> {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let (Type::Path(p), Some(output)) = (&*ty, self.0)
                && p.path.segments.len() == 2
                && p.path.segments[0].ident == "Self"
                && p.path.segments[1].ident == "Output"
            {
                *ty = output.clone();
                return;
            }
            syn::visit_mut::visit_type_mut(self, ty);
        }
    }
    syn::visit_mut::VisitMut::visit_signature_mut(&mut Replace(output), sig);
    syn::visit_mut::VisitMut::visit_block_mut(&mut Replace(output), body);
}

/// The hidden functions alone.
pub fn only_hidden(tokens: TokenStream) -> TokenStream {
    match syn::parse2::<syn::ItemImpl>(quote!(impl X { #tokens })) {
        Ok(block) => block
            .items
            .into_iter()
            .filter(
                |item| matches!(item, ImplItem::Fn(f) if f.sig.ident.to_string().starts_with("__")),
            )
            .map(|item| match item {
                ImplItem::Fn(mut f) => {
                    f.vis = syn::Visibility::Inherited;
                    f.to_token_stream()
                }
                item => item.to_token_stream(),
            })
            .collect(),
        Err(_) => TokenStream::new(),
    }
}

#[allow(clippy::too_many_arguments)]
fn rule(
    name: &str,
    self_ty: &Type,
    rhs: &TokenStream,
    output: Option<&Type>,
    f: &Function,
    generics: &impl ToTokens,
    clause: Option<&syn::WhereClause>,
    hidden: &TokenStream,
) -> TokenStream {
    let reads = |ty: &Type, value: TokenStream| match ty {
        Type::Reference(_) => quote!(*#value),
        _ => quote!(::core::clone::Clone::clone(#value)),
    };
    let rhs_ty: Type = syn::parse2(rhs.clone()).unwrap_or_else(|_| self_ty.clone());
    let this = reads(self_ty, quote!(self));
    let other = reads(&rhs_ty, quote!(rhs));
    let rt = quote!(::ad_runtime::rt);
    let rules = quote!(::ad_runtime::rules);
    let tangent = |ty: &TokenStream| quote!(<#ty as ::ad_runtime::Differentiable>::Tangent);
    let (self_tangent, rhs_tangent) = (tangent(&self_ty.to_token_stream()), tangent(rhs));
    let constant = |i: usize| f.params.get(i).is_some_and(|p| !p.active);
    let slot = |i: usize, name: TokenStream| if constant(i) { quote!(#rt::Inactive) } else { name };
    let body_functions = free_functions(hidden, self_ty);
    let second = second_rule(name, self_ty, rhs, output, f, generics, clause, hidden);
    let first = match name {
        "Neg" => {
            let output =
                output.map_or_else(|| self_ty.to_token_stream(), ToTokens::to_token_stream);
            quote! {
                #[automatically_derived]
                #[allow(clippy::all, clippy::pedantic)]
                impl #generics #rules::NegRule for #self_ty #clause {
                    type Output = #output;
                    fn neg_jvp<__A: #rt::TangentArg<#self_tangent>>(&self, self_dot: __A) -> <#output as ::ad_runtime::Differentiable>::Tangent {
                        #body_functions
                        __op_jvp(#this, self_dot).1
                    }
                    fn neg_adjoint<__A: #rt::Slot<#self_tangent>>(&self, out_bar: <#output as ::ad_runtime::Differentiable>::Tangent, mut self_bar: __A) {
                        #body_functions
                        let mut __self_bar = #rt::zero(self);
                        __op_adjoint(#this, out_bar, &mut __self_bar);
                        self_bar.add(|| __self_bar);
                    }
                }
            }
        }
        "AddAssign" | "SubAssign" | "MulAssign" | "DivAssign" => {
            let op = format_ident!("{}", name.trim_end_matches("Assign"));
            let rhs_slot = slot(1, quote!(&mut __rhs_bar));
            let rhs_arg = slot(1, quote!(rhs_dot));
            quote! {
                #[automatically_derived]
                #[allow(clippy::all, clippy::pedantic)]
                impl #generics #rules::AssignRule<#rules::#op, #rhs> for #self_ty #clause {
                    fn assign_jvp<__A: #rt::SlotMut<#self_tangent>, __B: #rt::TangentArg<#rhs_tangent>>(&self, rhs: &#rhs, self_dot: __A, rhs_dot: __B) {
                        #body_functions
                        let mut __copy = ::core::clone::Clone::clone(self);
                        __op_jvp(&mut __copy, #other, self_dot, #rhs_arg);
                    }
                    fn assign_adjoint<__A: #rt::SlotMut<#self_tangent>, __B: #rt::Slot<#rhs_tangent>>(&self, rhs: &#rhs, self_bar: __A, mut rhs_bar: __B) {
                        #body_functions
                        let mut __copy = ::core::clone::Clone::clone(self);
                        let mut __rhs_bar = #rt::zero(rhs);
                        __op_adjoint(&mut __copy, #other, (), self_bar, #rhs_slot);
                        rhs_bar.add(|| __rhs_bar);
                    }
                }
            }
        }
        _ => {
            let op = format_ident!("{}", name);
            let output =
                output.map_or_else(|| self_ty.to_token_stream(), ToTokens::to_token_stream);
            let (self_slot, rhs_slot) =
                (slot(0, quote!(&mut __self_bar)), slot(1, quote!(&mut __rhs_bar)));
            let (self_arg, rhs_arg) = (slot(0, quote!(self_dot)), slot(1, quote!(rhs_dot)));
            quote! {
                #[automatically_derived]
                #[allow(clippy::all, clippy::pedantic)]
                impl #generics #rules::BinaryRule<#rules::#op, #rhs> for #self_ty #clause {
                    type Output = #output;
                    fn jvp<__A: #rt::TangentArg<#self_tangent>, __B: #rt::TangentArg<#rhs_tangent>>(
                        &self, rhs: &#rhs, self_dot: __A, rhs_dot: __B,
                    ) -> <#output as ::ad_runtime::Differentiable>::Tangent {
                        #body_functions
                        __op_jvp(#this, #other, #self_arg, #rhs_arg).1
                    }
                    fn adjoint<__A: #rt::Slot<#self_tangent>, __B: #rt::Slot<#rhs_tangent>>(
                        &self, rhs: &#rhs, out_bar: <#output as ::ad_runtime::Differentiable>::Tangent, mut self_bar: __A, mut rhs_bar: __B,
                    ) {
                        #body_functions
                        let mut __self_bar = #rt::zero(self);
                        let mut __rhs_bar = #rt::zero(rhs);
                        __op_adjoint(#this, #other, out_bar, #self_slot, #rhs_slot);
                        self_bar.add(|| __self_bar);
                        rhs_bar.add(|| __rhs_bar);
                    }
                }
            }
        }
    };
    quote!(#first #second)
}

/// The rule of order two, where the attribute asks for it.
#[allow(clippy::too_many_arguments)]
fn second_rule(
    name: &str,
    self_ty: &Type,
    rhs: &TokenStream,
    output: Option<&Type>,
    f: &Function,
    generics: &impl ToTokens,
    clause: Option<&syn::WhereClause>,
    hidden: &TokenStream,
) -> TokenStream {
    if !f.options.has_second() {
        return TokenStream::new();
    }
    let rhs_ty: Type = syn::parse2(rhs.clone()).unwrap_or_else(|_| self_ty.clone());
    let reads = |ty: &Type, value: TokenStream| match ty {
        Type::Reference(_) => quote!(*#value),
        _ => quote!(::core::clone::Clone::clone(#value)),
    };
    let (this, other) = (reads(self_ty, quote!(self)), reads(&rhs_ty, quote!(rhs)));
    let (rt, rules) = (quote!(::ad_runtime::rt), quote!(::ad_runtime::rules));
    let tangent = |ty: &TokenStream| quote!(<#ty as ::ad_runtime::Differentiable>::Tangent);
    let (self_tangent, rhs_tangent) = (tangent(&self_ty.to_token_stream()), tangent(rhs));
    let output = output.map_or_else(|| self_ty.to_token_stream(), ToTokens::to_token_stream);
    let out_tangent = tangent(&output);
    let active = |i: usize| f.params.get(i).is_none_or(|p| p.active);
    let given = |i: usize, name: TokenStream| if active(i) { name } else { quote!(#rt::Inactive) };
    let functions = free_functions(hidden, self_ty);
    let (self_dot, rhs_dot) = (given(0, quote!(self_dot)), given(1, quote!(rhs_dot)));
    let (a, a_dot) = (given(0, quote!(&mut __self_bar)), given(0, quote!(&mut __self_bar_dot)));
    let (b, b_dot) = (given(1, quote!(&mut __rhs_bar)), given(1, quote!(&mut __rhs_bar_dot)));
    let zeros_of = |what: TokenStream, bar: TokenStream, dot: TokenStream| quote!(let mut #bar = #rt::zero(#what); let mut #dot = #rt::zero(#what););
    let self_zeros = zeros_of(quote!(self), quote!(__self_bar), quote!(__self_bar_dot));
    let rhs_zeros = zeros_of(quote!(rhs), quote!(__rhs_bar), quote!(__rhs_bar_dot));
    match name {
        "Neg" => quote! {
            #[automatically_derived]
            #[allow(clippy::all, clippy::pedantic)]
            impl #generics #rules::SecondNegRule for #self_ty #clause {
                fn neg_adjoint_jvp<__D: #rt::TangentArg<#self_tangent>, __A: #rt::Slot<#self_tangent>, __AD: #rt::Slot<#self_tangent>>(
                    &self, self_dot: __D, out_bar: #out_tangent, out_bar_dot: #out_tangent, mut self_bar: __A, mut self_bar_dot: __AD,
                ) {
                    #functions
                    #self_zeros
                    __op_adjoint_jvp(#this, #self_dot, out_bar, out_bar_dot, #a, #a_dot);
                    self_bar.add(|| __self_bar);
                    self_bar_dot.add(|| __self_bar_dot);
                }
            }
        },
        "AddAssign" | "SubAssign" | "MulAssign" | "DivAssign" => {
            let op = format_ident!("{}", name.trim_end_matches("Assign"));
            quote! {
                #[automatically_derived]
                #[allow(clippy::all, clippy::pedantic)]
                impl #generics #rules::SecondAssignRule<#rules::#op, #rhs> for #self_ty #clause {
                    fn assign_adjoint_jvp<
                        __DA: #rt::TangentArg<#self_tangent>, __DB: #rt::TangentArg<#rhs_tangent>,
                        __A: #rt::SlotMut<#self_tangent>, __B: #rt::Slot<#rhs_tangent>,
                        __AD: #rt::SlotMut<#self_tangent>, __BD: #rt::Slot<#rhs_tangent>,
                    >(
                        &self, rhs: &#rhs, self_dot: __DA, rhs_dot: __DB,
                        self_bar: __A, mut rhs_bar: __B, self_bar_dot: __AD, mut rhs_bar_dot: __BD,
                    ) {
                        #functions
                        let mut __copy = ::core::clone::Clone::clone(self);
                        // The call changes the tangent too, which is the caller's.
                        let mut __dot = #rt::tangent(self, self_dot);
                        #rhs_zeros
                        __op_adjoint_jvp(&mut __copy, #other, &mut __dot, #rhs_dot, (), (), self_bar, #b, self_bar_dot, #b_dot);
                        rhs_bar.add(|| __rhs_bar);
                        rhs_bar_dot.add(|| __rhs_bar_dot);
                    }
                }
            }
        }
        _ => {
            let op = format_ident!("{}", name);
            quote! {
                #[automatically_derived]
                #[allow(clippy::all, clippy::pedantic)]
                impl #generics #rules::SecondBinaryRule<#rules::#op, #rhs> for #self_ty #clause {
                    fn adjoint_jvp<
                        __DA: #rt::TangentArg<#self_tangent>, __DB: #rt::TangentArg<#rhs_tangent>,
                        __A: #rt::Slot<#self_tangent>, __B: #rt::Slot<#rhs_tangent>,
                        __AD: #rt::Slot<#self_tangent>, __BD: #rt::Slot<#rhs_tangent>,
                    >(
                        &self, rhs: &#rhs, self_dot: __DA, rhs_dot: __DB, out_bar: #out_tangent, out_bar_dot: #out_tangent,
                        mut self_bar: __A, mut rhs_bar: __B, mut self_bar_dot: __AD, mut rhs_bar_dot: __BD,
                    ) {
                        #functions
                        #self_zeros
                        #rhs_zeros
                        __op_adjoint_jvp(#this, #other, #self_dot, #rhs_dot, out_bar, out_bar_dot, #a, #b, #a_dot, #b_dot);
                        self_bar.add(|| __self_bar);
                        rhs_bar.add(|| __rhs_bar);
                        self_bar_dot.add(|| __self_bar_dot);
                        rhs_bar_dot.add(|| __rhs_bar_dot);
                    }
                }
            }
        }
    }
}

/// Turns methods into free functions: `self` becomes `__self`, `Self` the type.
fn free_functions(hidden: &TokenStream, self_ty: &Type) -> TokenStream {
    let renamed = rename(hidden.clone(), self_ty);
    let Ok(block) = syn::parse2::<syn::ItemImpl>(quote!(impl X { #renamed })) else {
        return TokenStream::new();
    };
    block.items.into_iter().map(|i| i.to_token_stream()).collect()
}

fn rename(tokens: TokenStream, self_ty: &Type) -> TokenStream {
    use proc_macro2::{Group, TokenTree};
    // A receiver `self` or `&mut self` at the start of the parameters gets its type.
    let mut out: Vec<TokenTree> = Vec::new();
    let mut after_fn = 0;
    for tree in tokens {
        match tree {
            TokenTree::Ident(i) if i == "fn" => {
                after_fn = 2;
                out.push(TokenTree::Ident(i));
            }
            TokenTree::Ident(i) if i == "self" => {
                out.push(TokenTree::Ident(format_ident!("__self", span = i.span())))
            }
            TokenTree::Ident(i) if i == "Self" => out.extend(quote!(#self_ty)),
            TokenTree::Group(g) => {
                let is_params =
                    after_fn == 2 && g.delimiter() == proc_macro2::Delimiter::Parenthesis;
                let stream =
                    if is_params { typed_receiver(g.stream(), self_ty) } else { g.stream() };
                if is_params {
                    after_fn = 0;
                }
                let mut group = Group::new(g.delimiter(), rename(stream, self_ty));
                group.set_span(g.span());
                out.push(TokenTree::Group(group));
            }
            tree => out.push(tree),
        }
    }
    out.into_iter().collect()
}

fn typed_receiver(params: TokenStream, self_ty: &Type) -> TokenStream {
    let mut trees: Vec<_> = params.into_iter().collect();
    let position = trees
        .iter()
        .take(5)
        .position(|t| matches!(t, proc_macro2::TokenTree::Ident(i) if i == "self"));
    let Some(position) = position else { return trees.into_iter().collect() };
    let head: String = trees[..position].iter().map(ToString::to_string).collect();
    let rest: TokenStream = trees.split_off(position + 1).into_iter().collect();
    let receiver = if head.contains("&mut") || head == "&mut" {
        quote!(self: &mut #self_ty)
    } else if head.contains('&') {
        quote!(self: &#self_ty)
    } else {
        quote!(mut self: #self_ty)
    };
    quote!(#receiver #rest)
}
