//! Patterns: what they bind, as projections of the value that is matched.

use super::Lower;
use crate::ir::{Expr, Place, Proj, Role, Stmt, Ty, Var};
use proc_macro2::Ident;
use quote::quote;
use syn::{Expr as SynExpr, Pat};

impl Lower<'_> {
    /// The names that `pat` binds, each with the part of the value it stands for. In a refutable
    /// position a path names a variant; in a `let`, a struct.
    pub(super) fn bindings(&self, pat: &Pat, refutable: bool) -> Vec<(Ident, Vec<Proj>)> {
        let mut found = Vec::new();
        self.collect(pat, &mut Vec::new(), refutable, &mut found);
        found
    }

    fn collect(
        &self,
        pat: &Pat,
        path: &mut Vec<Proj>,
        refutable: bool,
        found: &mut Vec<(Ident, Vec<Proj>)>,
    ) {
        match pat {
            Pat::Ident(p) => {
                if p.subpat.is_none() && crate::resolve::is_constant_pattern(&p.ident) {
                    return;
                }
                found.push((p.ident.clone(), path.clone()));
                if let Some((_, sub)) = &p.subpat {
                    self.collect(sub, path, refutable, found);
                }
            }
            Pat::Type(p) => self.collect(&p.pat, path, refutable, found),
            Pat::Paren(p) => self.collect(&p.pat, path, refutable, found),
            Pat::Guard(p) => self.collect(&p.pat, path, refutable, found),
            Pat::Reference(p) => self.collect(&p.pat, path, refutable, found),
            Pat::Tuple(p) => {
                if p.elems.iter().any(|e| matches!(e, Pat::Rest(_))) {
                    self.errors.at(
                        pat,
                        "`..` in a tuple pattern cannot be differentiated: write `_` for each part",
                    );
                    return;
                }
                for (i, sub) in p.elems.iter().enumerate() {
                    self.inside(Proj::Field(i.into()), sub, path, refutable, found);
                }
            }
            Pat::TupleStruct(p) => {
                let name = p.path.segments.last().expect("a path has segments").ident.clone();
                for (i, sub) in p.elems.iter().enumerate() {
                    if matches!(sub, Pat::Rest(_)) {
                        break;
                    }
                    let proj = if refutable {
                        Proj::Variant(name.clone(), i.into())
                    } else {
                        Proj::Field(i.into())
                    };
                    self.inside(proj, sub, path, refutable, found);
                }
            }
            Pat::Struct(p) => {
                let name = p.path.segments.last().expect("a path has segments").ident.clone();
                for field in &p.fields {
                    let proj = if refutable {
                        Proj::Variant(name.clone(), field.member.clone())
                    } else {
                        Proj::Field(field.member.clone())
                    };
                    self.inside(proj, &field.pat, path, refutable, found);
                }
            }
            Pat::Slice(p) => {
                let rest = p.elems.iter().position(is_rest);
                for (i, sub) in p.elems.iter().enumerate() {
                    let from_end = p.elems.len() - 1 - i;
                    let tokens = match rest {
                        Some(at) if i == at => {
                            let Pat::Ident(named) = sub else { continue };
                            let end = (from_end > 0).then(|| from_the_end(from_end - 1));
                            let range = Expr::Verbatim {
                                tokens: quote!(#i..#end),
                                reads: vec![],
                                ty: Ty::Discrete,
                            };
                            let mut whole = path.clone();
                            whole.push(Proj::Index(range));
                            found.push((named.ident.clone(), whole));
                            continue;
                        }
                        Some(at) if i > at => from_the_end(from_end),
                        _ => {
                            let i = syn::Index::from(i);
                            quote!(#i)
                        }
                    };
                    let index = Expr::Verbatim { tokens, reads: vec![], ty: Ty::Discrete };
                    self.inside(Proj::Index(index), sub, path, refutable, found);
                }
            }
            Pat::Or(p) => {
                let cases: Vec<_> = p
                    .cases
                    .iter()
                    .map(|case| {
                        let mut found = Vec::new();
                        self.collect(case, &mut path.clone(), refutable, &mut found);
                        found
                    })
                    .collect();
                let active = |found: &[(Ident, Vec<Proj>)]| {
                    found.iter().any(|(name, _)| self.facts.is_active(&name.to_string()))
                };
                if cases.iter().any(|c| active(c)) {
                    self.errors.at(pat, "an or-pattern that binds active values cannot be differentiated: write an arm for each alternative");
                }
                found.extend(cases.into_iter().next().unwrap_or_default());
            }
            _ => {}
        }
    }

    /// Writes indices that count from the end by the length of what is indexed.
    fn counted_from_the_end(&self, place: &Place, path: Vec<Proj>) -> Vec<Proj> {
        let mut whole = place.clone();
        let mut done = Vec::new();
        for mut proj in path {
            if let Proj::Index(Expr::Verbatim { tokens, reads, .. }) = &mut proj
                && crate::generate::mentions(tokens, FROM_THE_END)
            {
                let base = crate::emit::place_tokens(&self.program, &whole);
                let length = quote!(#base.len());
                *tokens = replace_tokens(tokens.clone(), &length);
                *reads = self.reads_in(tokens);
            }
            whole.proj.push(proj.clone());
            done.push(proj);
        }
        done
    }

    fn inside(
        &self,
        proj: Proj,
        sub: &Pat,
        path: &mut Vec<Proj>,
        refutable: bool,
        found: &mut Vec<(Ident, Vec<Proj>)>,
    ) {
        path.push(proj);
        self.collect(sub, path, refutable, found);
        path.pop();
    }

    /// Declares what `pat` binds as other names for parts of `place`.
    pub(super) fn bind_parts(
        &mut self,
        pat: &Pat,
        place: &Place,
        refutable: bool,
        copied: bool,
        borrowed: Option<bool>,
    ) -> Vec<(Var, Vec<Proj>)> {
        let is_name = |name: &Ident| {
            let borrows = borrowed.is_some() && !under_reference(pat, name);
            !refutable && (bound_by_reference(pat, name) || borrows)
        };
        // A `let` with names for parts runs once; what it copies beside them is a variable of its own.
        let copied = copied || crate::facts::pattern_names(pat).iter().any(is_name);
        // What is bound behind a `&mut` is one.
        let behind =
            borrowed == Some(true) || matches!(self.program.ty_of_place(place), Ty::RefMut(_));
        self.bindings(pat, refutable)
            .into_iter()
            .map(|(name, proj)| {
                let key = name.to_string();
                let proj = self.counted_from_the_end(place, proj);
                let mut whole = place.clone();
                whole.proj.extend(proj.iter().cloned());
                if self.facts.ty(&key) == Ty::Unknown {
                    let ty = match self.program.ty_of_place(&whole) {
                        Ty::Unknown if behind && !under_reference(pat, &name) => {
                            Ty::RefMut(Box::new(Ty::Unknown))
                        }
                        ty => ty,
                    };
                    self.facts.set_ty(&key, ty);
                }
                let role = if is_name(&name) {
                    Role::Alias { place: self.program.resolve(&whole), by_ref: true }
                } else if !bound_by_reference(pat, &name)
                    && (copied || self.is_declared_mutable(pat, &name))
                {
                    Role::Local
                } else {
                    Role::Binding { place: self.program.resolve(&whole) }
                };
                let var = self.local(&name, role);
                (var, proj)
            })
            .collect()
    }

    fn is_declared_mutable(&self, pat: &Pat, name: &Ident) -> bool {
        struct Finder<'a>(&'a Ident, bool);
        impl<'a> syn::visit::Visit<'a> for Finder<'_> {
            fn visit_pat_ident(&mut self, p: &'a syn::PatIdent) {
                self.1 |= p.ident == *self.0 && p.mutability.is_some() && p.by_ref.is_none();
                syn::visit::visit_pat_ident(self, p);
            }
        }
        let mut finder = Finder(name, false);
        syn::visit::Visit::visit_pat(&mut finder, pat);
        finder.1
    }

    /// `let pat = init` with a pattern that takes the value apart.
    pub(super) fn destructure(&mut self, pat: &Pat, ty: Option<syn::Type>, init: &SynExpr) {
        if !self.facts.active(init) {
            for name in crate::facts::pattern_names(pat) {
                self.local(&name, Role::Local);
            }
            let vars = crate::facts::pattern_names(pat)
                .iter()
                .filter_map(|n| self.lookup(n))
                .map(|v| (v, vec![]))
                .collect();
            let value = self.verbatim_value(init);
            self.push(Stmt::Destructure { pat: pat.clone(), value, vars });
            return;
        }
        let (value, borrowed) = match init {
            SynExpr::Reference(r) if self.is_place(&r.expr) => {
                (Expr::Place(self.frozen(&r.expr)), Some(r.mutability.is_some()))
            }
            // What a pattern takes apart behind a `&mut`, it borrows.
            init if self.is_place(init)
                && matches!(self.facts.infer(init), Ty::RefMut(_))
                && !matches!(pat, Pat::Reference(_)) =>
            {
                (Expr::Place(self.frozen(init).then(Proj::Deref)), Some(true))
            }
            init => match &ty {
                Some(ty) => (self.value_as(init, ty), None),
                None => (self.value(init), None),
            },
        };
        self.destructure_value(pat, value, borrowed, self.facts.infer(init));
    }

    /// Takes apart a value. `borrowed` tells of a borrow of the place, and whether it is mutable.
    pub(super) fn destructure_value(
        &mut self,
        pat: &Pat,
        value: Expr,
        borrowed: Option<bool>,
        ty: Ty,
    ) {
        // A mutable place may change while a copied part lives: then the parts are variables of their own.
        let place = match value {
            Expr::Place(place) => place,
            value => {
                let active = self.program.reads_active(&value);
                let ty = match self.program.ty_of(&value) {
                    Ty::Unknown => ty,
                    known => known,
                };
                match self.name("parts", value, ty, active) {
                    Expr::Place(place) => place,
                    _ => unreachable!("a name is a place"),
                }
            }
        };
        let copied = borrowed.is_none()
            && (self.program[self.program.base(&place)].mutable
                || !matches!(self.program.ty_of_place(&place), Ty::Ref(_) | Ty::RefMut(_)));
        let vars = self.bind_parts(pat, &place, false, copied, borrowed);
        let value = match borrowed {
            Some(mutable) => Expr::Ref { mutable, expr: Box::new(Expr::Place(place)) },
            None => Expr::Place(place),
        };
        self.push(Stmt::Destructure { pat: pat.clone(), value, vars });
    }

    pub(super) fn is_split(&self, call: &syn::ExprMethodCall) -> bool {
        let slices = matches!(call.args.first(), Some(syn::Expr::Tuple(_)));
        (call.method == "split_at"
            || call.method == "split_at_mut"
            || call.method == "multi_slice_mut" && slices)
            && self.is_place(&call.receiver)
    }

    /// `let (a, b) = x.multi_slice_mut((s![..], s![..]))`: names for parts of `x`.
    fn bind_slices(&mut self, pats: &syn::PatTuple, call: &syn::ExprMethodCall) {
        let base = self.frozen(&call.receiver);
        let Some(syn::Expr::Tuple(slices)) = call.args.first() else { return };
        let whole = self.verbatim(&call.args[0]);
        let slices: Vec<Expr> = slices.elems.iter().map(|s| self.index(s)).collect();
        let mut vars = Vec::new();
        for (pat, slice) in pats.elems.iter().zip(&slices) {
            let Pat::Ident(p) = pat else {
                if !matches!(pat, Pat::Wild(_)) {
                    self.errors.at(pat, "bind the parts of `multi_slice_mut` to names first");
                }
                continue;
            };
            let part = Proj::View {
                method: quote::format_ident!("slice_mut"),
                mirror: quote::format_ident!("slice_mut"),
                args: vec![slice.clone()],
            };
            let place = self.program.resolve(&base.clone().then(part));
            let ty = self.program.ty_of_place(&place);
            self.facts.set_ty(&p.ident.to_string(), ty);
            vars.push((self.local(&p.ident, Role::Alias { place, by_ref: false }), vec![]));
        }
        let value = Expr::Method {
            recv: Box::new(Expr::Place(base)),
            name: call.method.clone(),
            turbofish: None,
            args: vec![whole],
        };
        self.push(Stmt::Destructure { pat: Pat::Tuple(pats.clone()), value, vars });
    }

    /// `let (a, b) = x.split_at(k)`: two names for parts of `x`.
    pub(super) fn bind_split(&mut self, pats: &syn::PatTuple, call: &syn::ExprMethodCall) {
        if call.method == "multi_slice_mut" {
            return self.bind_slices(pats, call);
        }
        let base = self.frozen(&call.receiver);
        let array = matches!(self.facts.infer(&call.receiver).deref(), Ty::NdArray { .. });
        let mut args = call.args.iter();
        let axis = if array { args.next().map(|axis| self.fixed(axis)) } else { None };
        let Some(at) = args.next() else { return };
        let at = self.verbatim_value(at);
        let at = self.name("k", at, Ty::Discrete, false);
        let at = self.ident_of(&at);
        let parts = [quote!(..#at), quote!(#at..)];
        for (pat, range) in pats.elems.iter().zip(parts) {
            let Pat::Ident(p) = pat else {
                if !matches!(pat, Pat::Wild(_)) {
                    self.errors.at(pat, "bind the parts of `split_at` to names first");
                }
                continue;
            };
            let proj = match &axis {
                Some(axis) => {
                    let range = quote!(::ad_runtime::ndarray::Slice::from(#range));
                    let args = [axis.clone(), range]
                        .map(|tokens| self.verbatim_tokens(tokens, Ty::Discrete));
                    Proj::View {
                        method: quote::format_ident!("slice_axis"),
                        mirror: quote::format_ident!("slice_axis_mut"),
                        args: args.to_vec(),
                    }
                }
                None => Proj::Index(self.verbatim_tokens(range, Ty::Discrete)),
            };
            let place = self.program.resolve(&base.clone().then(proj));
            let ty = match self.program.ty_of_place(&place) {
                ty if array => ty,
                ty if call.method == "split_at_mut" => Ty::RefMut(Box::new(ty)),
                ty => Ty::Ref(Box::new(ty)),
            };
            self.facts.set_ty(&p.ident.to_string(), ty);
            self.local(&p.ident, Role::Alias { place, by_ref: !array });
        }
        let method = &call.method;
        let (receiver, vars) = (
            Expr::Place(base),
            pats.elems
                .iter()
                .filter_map(|pat| match pat {
                    Pat::Ident(p) => self.lookup(&p.ident),
                    _ => None,
                })
                .map(|v| (v, vec![]))
                .collect(),
        );
        let ident = quote::format_ident!("{}", at);
        let axis = axis.map(|axis| self.verbatim_tokens(axis, Ty::Discrete));
        let args =
            axis.into_iter().chain([self.verbatim_tokens(quote!(#ident), Ty::Discrete)]).collect();
        let value =
            Expr::Method { recv: Box::new(receiver), name: method.clone(), turbofish: None, args };
        self.push(Stmt::Destructure { pat: Pat::Tuple(pats.clone()), value, vars });
    }
}

/// Stands for the length of what is indexed.
const FROM_THE_END: &str = "__length";

/// The index of the element that `n` others follow.
fn from_the_end(n: usize) -> proc_macro2::TokenStream {
    let length = quote::format_ident!("{}", FROM_THE_END);
    let n = proc_macro2::Literal::usize_unsuffixed(n + 1);
    quote!(#length - #n)
}

fn replace_tokens(
    tokens: proc_macro2::TokenStream,
    length: &proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            proc_macro2::TokenTree::Ident(i) if i == FROM_THE_END => length.clone(),
            tree => tree.into(),
        })
        .collect()
}

/// Whether a pattern binds `name` by `ref`.
fn bound_by_reference(pat: &Pat, name: &Ident) -> bool {
    struct Finder<'a>(&'a Ident, bool);
    impl<'a> syn::visit::Visit<'a> for Finder<'_> {
        fn visit_pat_ident(&mut self, p: &'a syn::PatIdent) {
            self.1 |= p.by_ref.is_some() && p.ident == *self.0;
            syn::visit::visit_pat_ident(self, p);
        }
    }
    let mut finder = Finder(name, false);
    syn::visit::Visit::visit_pat(&mut finder, pat);
    finder.1
}

/// Whether a pattern binds `name` behind a `&`, which makes it a copy.
fn under_reference(pat: &Pat, name: &Ident) -> bool {
    struct Finder<'a>(&'a Ident, bool);
    impl<'a> syn::visit::Visit<'a> for Finder<'_> {
        fn visit_pat_reference(&mut self, p: &'a syn::PatReference) {
            self.1 |= crate::facts::pattern_names(&p.pat).contains(self.0);
        }
    }
    let mut finder = Finder(name, false);
    syn::visit::Visit::visit_pat(&mut finder, pat);
    finder.1
}

fn is_rest(pat: &Pat) -> bool {
    match pat {
        Pat::Rest(_) => true,
        Pat::Ident(p) => matches!(p.subpat.as_ref().map(|(_, s)| &**s), Some(Pat::Rest(_))),
        _ => false,
    }
}
