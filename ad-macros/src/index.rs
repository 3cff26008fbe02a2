//! `#[differentiate]` on `impl Index`: the elements of the user's type have tangents.
//!
//! What `index` refers to is a part of `self`. The same part of the tangent is the element's tangent:
//!
//! ```text
//! fn index(&self, (i, j): (usize, usize)) -> &f64 { &self.data[i * self.cols + j] }
//! // gives
//! fn __part(&self, primal: &Matrix, (i, j): (usize, usize)) -> &f64 { &self.data[i * primal.cols + j] }
//! ```
//!
//! Generated code finds elements so where the index is a tuple or an array. A plain number is an index of the tangent
//! itself, so that `Vec`s and user's types look alike; then the place must not depend on the value.

use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{Expr, ImplItem, ImplItemFn, Type};

/// The `impl`, and beside it those of the tangent type.
pub fn expand(mut block: syn::ItemImpl, errors: &Errors) -> TokenStream {
    let (path, _) = block.trait_.clone().expect("`Index` is a trait");
    let mutable = path.segments.last().is_some_and(|s| s.ident == "IndexMut");
    let output = block.items.iter().find_map(|item| match item {
        ImplItem::Type(t) if t.ident == "Output" => Some(t.ty.clone()),
        _ => None,
    });
    let mut method = None;
    for item in &mut block.items {
        if let ImplItem::Fn(f) = item {
            strip_constant(f);
            method = Some(f.clone());
        }
    }
    let Some(method) = method else { return block.to_token_stream() };
    let (Some(tangent), Some(syn::FnArg::Typed(index))) =
        (tangent_type(&block.self_ty), method.sig.inputs.iter().nth(1))
    else {
        errors.at(&block.self_ty, "the elements of this type have no tangents: implement `Index` for a type with `#[derive(Differentiable)]`");
        return block.to_token_stream();
    };
    let compound = matches!(&*index.ty, Type::Tuple(_) | Type::Array(_));
    let element = Element { block: &block, method: &method, index, tangent };
    let by_value = element.body(false, true, errors);
    let unused = Errors::default();
    let alone = match &by_value {
        Some(_) => element.body(false, false, if compound { &unused } else { errors }),
        None => None,
    };
    if mutable {
        // The cotangent has the place that `index` names; here the body is only checked to name one.
        return block.to_token_stream();
    }
    let output = output.map_or_else(|| quote!(()), |ty| part_type(&ty));
    let mut generated = TokenStream::new();
    if let (true, Some(shared)) = (compound, by_value) {
        let changed = element.body(true, true, errors);
        generated.extend(element.parts(&output, &shared, &changed));
    }
    if let Some(shared) = alone {
        let changed = element.body(true, false, errors);
        generated.extend(element.indices(&output, &shared, &changed));
    }
    quote!(#block #generated)
}

/// What is known of the method.
struct Element<'a> {
    block: &'a syn::ItemImpl,
    method: &'a ImplItemFn,
    index: &'a syn::PatType,
    tangent: Type,
}

impl Element<'_> {
    /// The body that refers to the part of the tangent `self`. With `by_value`, what else it reads of `self` is read of the
    /// value; otherwise it may read nothing else. `None` where it does.
    fn body(&self, mutable: bool, by_value: bool, errors: &Errors) -> Option<TokenStream> {
        let mut body = self.method.block.clone();
        crate::derive::params::NameSelf(&self.block.self_ty).visit_block_mut(&mut body);
        let mut places = Places { mutable, by_value, found: Errors::default(), locals: Vec::new() };
        places.block(&mut body);
        if places.found.any() {
            errors.extend(places.found);
            return None;
        }
        Some(body.to_token_stream())
    }

    /// The parts that the value decides on.
    fn parts(
        &self,
        output: &TokenStream,
        shared: &TokenStream,
        changed: &Option<TokenStream>,
    ) -> TokenStream {
        let (self_ty, tangent, pat, ty) =
            (&self.block.self_ty, &self.tangent, &self.index.pat, &self.index.ty);
        let mut generics = self.block.generics.clone();
        generics.params.push(
            syn::parse_quote!(__P: ?::core::marker::Sized + ::core::borrow::Borrow<#self_ty>),
        );
        let (generics, _, clause) = generics.split_for_impl();
        let (rules, allows) = (quote!(::ad_runtime::rules), crate::generate::allows());
        quote! {
            #[automatically_derived]
            #allows
            impl #generics #rules::TangentIndex<__P, #ty> for #tangent #clause {
                type Part = #output;
                #[inline]
                fn __part(&self, __primal: &__P, #pat: #ty) -> &Self::Part {
                    use ::ad_runtime::rt::methods::*;
                    let __primal: &#self_ty = ::core::borrow::Borrow::borrow(__primal);
                    #shared
                }
            }
            #[automatically_derived]
            #allows
            impl #generics #rules::TangentIndexMut<__P, #ty> for #tangent #clause {
                #[inline]
                fn __part_mut(&mut self, __primal: &__P, #pat: #ty) -> &mut Self::Part {
                    use ::ad_runtime::rt::methods::*;
                    let __primal: &#self_ty = ::core::borrow::Borrow::borrow(__primal);
                    #changed
                }
            }
        }
    }

    /// The tangent's own elements.
    fn indices(
        &self,
        output: &TokenStream,
        shared: &TokenStream,
        changed: &Option<TokenStream>,
    ) -> TokenStream {
        let (tangent, pat, ty) = (&self.tangent, &self.index.pat, &self.index.ty);
        let (generics, _, clause) = self.block.generics.split_for_impl();
        let allows = crate::generate::allows();
        quote! {
            #[automatically_derived]
            #allows
            impl #generics ::core::ops::Index<#ty> for #tangent #clause {
                type Output = #output;
                #[inline]
                fn index(&self, #pat: #ty) -> &Self::Output #shared
            }
            #[automatically_derived]
            #allows
            impl #generics ::core::ops::IndexMut<#ty> for #tangent #clause {
                #[inline]
                fn index_mut(&mut self, #pat: #ty) -> &mut Self::Output #changed
            }
        }
    }
}

/// Takes `#[constant]` off the parameters, which says nothing here.
fn strip_constant(f: &mut ImplItemFn) {
    for input in &mut f.sig.inputs {
        match input {
            syn::FnArg::Receiver(r) => r.attrs.retain(|a| !a.path().is_ident("constant")),
            syn::FnArg::Typed(t) => t.attrs.retain(|a| !a.path().is_ident("constant")),
        }
    }
}

/// `STangent<..>` for `S<..>`, as the derive names it.
fn tangent_type(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let mut path = path.clone();
    let last = path.path.segments.last_mut()?;
    last.ident = format_ident!("{}Tangent", last.ident);
    Some(Type::Path(path))
}

/// The tangent of an element, which is borrowed: a slice of a slice.
fn part_type(ty: &Type) -> TokenStream {
    match ty {
        Type::Slice(slice) => {
            let part = part_type(&slice.elem);
            quote!([#part])
        }
        ty => quote!(<#ty as ::ad_runtime::Differentiable>::Tangent),
    }
}

/// Rewrites a body that refers to a part of `self` to refer to that part of the tangent.
struct Places {
    mutable: bool,
    by_value: bool,
    found: Errors,
    /// The locals that refer to parts of `self`.
    locals: Vec<Ident>,
}

impl Places {
    fn block(&mut self, block: &mut syn::Block) {
        // The value's own `index` has checked what there is to check.
        block.stmts.retain(|stmt| !is_assertion(stmt));
        let count = block.stmts.len();
        for (i, stmt) in block.stmts.iter_mut().enumerate() {
            match stmt {
                syn::Stmt::Expr(e, None) if i + 1 == count => self.reference(e),
                syn::Stmt::Local(local) => self.local(local),
                syn::Stmt::Expr(Expr::If(e), _) => {
                    self.value(&mut e.cond);
                    self.block(&mut e.then_branch);
                }
                syn::Stmt::Expr(e, _) => match e {
                    Expr::Return(_) => self.reference(e),
                    e => self.found.at(&*e, "only `let`, `if` and assertions may stand before the place that `index` refers to"),
                },
                syn::Stmt::Macro(m) if !is_panic(&m.mac) => {
                    self.found.at(&m.mac, "a macro may not stand in the body of a differentiable `index`, but for assertions and panics");
                }
                _ => {}
            }
        }
    }

    fn local(&mut self, local: &mut syn::Local) {
        let Some(init) = &mut local.init else { return };
        if is_place_of_self(&init.expr, &self.locals)
            && let syn::Pat::Ident(name) = &local.pat
            && (matches!(&*init.expr, Expr::Reference(_)) || returns_reference(&init.expr))
        {
            self.locals.push(name.ident.clone());
            return self.reference(&mut init.expr);
        }
        self.value(&mut init.expr);
    }

    /// An expression whose value is a reference to a part.
    fn reference(&mut self, e: &mut Expr) {
        match e {
            Expr::Reference(r) => {
                r.mutability = self.mutable.then(Default::default);
                self.place(&mut r.expr);
            }
            Expr::Paren(p) => self.reference(&mut p.expr),
            Expr::Block(b) => self.block(&mut b.block),
            Expr::Return(r) => {
                if let Some(e) = &mut r.expr {
                    self.reference(e);
                }
            }
            Expr::If(e) => {
                self.value(&mut e.cond);
                self.block(&mut e.then_branch);
                if let Some((_, e)) = &mut e.else_branch {
                    self.reference(e);
                }
            }
            Expr::Match(m) => {
                self.value(&mut m.expr);
                for arm in &mut m.arms {
                    if let syn::Pat::Guard(pat) = &mut arm.pat {
                        self.value(&mut pat.guard);
                    }
                    self.reference(&mut arm.body);
                }
            }
            Expr::Macro(m) if is_panic(&m.mac) => {}
            Expr::MethodCall(_) => self.place(e),
            Expr::Path(p) if p.path.get_ident().is_some_and(|i| self.locals.contains(i)) => {}
            e => self.found.at(
                &*e,
                "write the part of `self` that this refers to as a place: `&self.data[i]`",
            ),
        }
    }

    /// A place that is a part of `self`.
    fn place(&mut self, e: &mut Expr) {
        match e {
            Expr::Paren(p) => self.place(&mut p.expr),
            Expr::Field(f) => self.place(&mut f.base),
            Expr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => self.place(&mut u.expr),
            Expr::Index(i) => {
                let base = i.expr.clone();
                self.place(&mut i.expr);
                self.value(&mut i.index);
                if self.by_value && matches!(&*i.index, Expr::Tuple(_) | Expr::Array(_)) {
                    let mut value = *base;
                    self.value(&mut value);
                    let (part, index) = (&i.expr, &i.index);
                    let method = if self.mutable { quote!(__part_mut) } else { quote!(__part) };
                    *e = syn::parse_quote!((*#part.#method(&#value, #index)));
                }
            }
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let changed = match name.trim_end_matches("_mut") {
                    "get" | "first" | "last" | "index" if self.mutable => {
                        format!("{}_mut", name.trim_end_matches("_mut"))
                    }
                    "get" | "first" | "last" | "index" => name.trim_end_matches("_mut").to_owned(),
                    "unwrap" | "expect" => name,
                    _ => {
                        return self.found.at(&call.method, "this method is not known to refer to a part of `self`: write the place, `&self.data[i]`");
                    }
                };
                call.method = Ident::new(&changed, call.method.span());
                self.place(&mut call.receiver);
                for arg in &mut call.args {
                    self.value(arg);
                }
            }
            Expr::Path(p) => {
                let known = p.path.is_ident("self")
                    || p.path.get_ident().is_some_and(|i| self.locals.contains(i));
                if !known {
                    self.found.at(&*p, "this is no part of `self`: a differentiable `index` refers to a part of `self`");
                }
            }
            e => self.found.at(
                &*e,
                "write the part of `self` that this refers to as a place: `&self.data[i]`",
            ),
        }
    }

    /// A value that decides which part is meant.
    fn value(&mut self, e: &mut Expr) {
        let tokens = e.to_token_stream();
        if let Some(name) =
            self.locals.iter().find(|name| crate::generate::mentions(&tokens, &name.to_string()))
        {
            return self.found.at(
                &*e,
                format!("`{name}` refers to a part of the tangent: write the index without it"),
            );
        }
        if !crate::generate::mentions(&tokens, "self") {
            return;
        }
        if self.by_value {
            let renamed = with_primal(tokens);
            if let Ok(value) = syn::parse2(renamed) {
                *e = value;
            }
            return;
        }
        self.found.at(&*e, "which element this is depends on the value of `self`, which a tangent has not: index by a tuple or an array, `m[(i, j)]`, `m[[i]]`");
    }
}

fn with_primal(tokens: TokenStream) -> TokenStream {
    use proc_macro2::TokenTree;
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Ident(i) if i == "self" => {
                TokenTree::Ident(Ident::new("__primal", i.span()))
            }
            TokenTree::Group(g) => {
                let mut group = proc_macro2::Group::new(g.delimiter(), with_primal(g.stream()));
                group.set_span(g.span());
                TokenTree::Group(group)
            }
            tree => tree,
        })
        .collect()
}

/// Whether an expression is a place, or a reference to one, that starts at `self` or a reference into it.
fn is_place_of_self(e: &Expr, locals: &[Ident]) -> bool {
    match e {
        Expr::Reference(r) => is_place_of_self(&r.expr, locals),
        Expr::Paren(p) => is_place_of_self(&p.expr, locals),
        Expr::Field(f) => is_place_of_self(&f.base, locals),
        Expr::Index(i) => is_place_of_self(&i.expr, locals),
        Expr::MethodCall(c) => is_place_of_self(&c.receiver, locals),
        Expr::Path(p) => {
            p.path.is_ident("self") || p.path.get_ident().is_some_and(|i| locals.contains(i))
        }
        _ => false,
    }
}

/// Whether an expression ends with a method that gives a reference.
fn returns_reference(e: &Expr) -> bool {
    matches!(e, Expr::MethodCall(c) if c.method == "unwrap" || c.method == "expect")
}

fn is_panic(mac: &syn::Macro) -> bool {
    mac.path.segments.last().is_some_and(|s| {
        ["panic", "unreachable", "todo", "unimplemented"].iter().any(|name| s.ident == name)
    })
}

fn is_assertion(stmt: &syn::Stmt) -> bool {
    let mac = match stmt {
        syn::Stmt::Macro(m) => &m.mac,
        syn::Stmt::Expr(Expr::Macro(m), _) => &m.mac,
        _ => return false,
    };
    mac.path.segments.last().is_some_and(|s| {
        let name = s.ident.to_string();
        name.trim_start_matches("debug_").starts_with("assert")
    })
}
