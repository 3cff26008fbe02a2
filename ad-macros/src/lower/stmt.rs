//! Statements.

use super::Lower;
use crate::ir::{BinOp, Expr, Place, Role, Stmt, Ty};
use quote::ToTokens;
use syn::{Expr as SynExpr, Pat};

impl Lower<'_> {
    /// Lowers statements; the value of the last is the result.
    pub(super) fn statements(&mut self, stmts: &[syn::Stmt]) -> Option<Expr> {
        let (last, init) = stmts.split_last()?;
        for stmt in init {
            self.statement(stmt);
        }
        match last {
            syn::Stmt::Expr(e, None) if !is_unit_statement(e) => {
                let value = self.operand(e);
                Some(value)
            }
            stmt => {
                self.statement(stmt);
                None
            }
        }
    }

    fn statement(&mut self, stmt: &syn::Stmt) {
        match stmt {
            syn::Stmt::Local(local) => self.local_statement(local),
            syn::Stmt::Expr(e, _) => self.expr_statement(e),
            syn::Stmt::Item(item) => {
                let tokens = item.to_token_stream();
                self.push(Stmt::Effect { tokens, reads: Vec::new(), writes: Vec::new() });
            }
            syn::Stmt::Macro(mac) => self.macro_statement(&mac.mac, &mac.to_token_stream()),
        }
    }

    fn macro_statement(&mut self, mac: &syn::Macro, tokens: &proc_macro2::TokenStream) {
        let name = mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        let known = [
            "assert",
            "assert_eq",
            "assert_ne",
            "panic",
            "unreachable",
            "todo",
            "unimplemented",
            "println",
            "eprintln",
            "print",
            "eprint",
            "dbg",
            "write",
            "writeln",
        ];
        if !known.contains(&name.trim_start_matches("debug_"))
            && self.facts.mentions_active(&mac.tokens)
        {
            self.errors.at(
                &mac.path,
                format!("the macro `{name}!` is not known, so its effect on active values cannot be differentiated: write it out, or pass `stop_gradient(..)` of the values"),
            );
        }
        let extracted = self.extracted_macro(mac);
        let (tokens, mac) = match &extracted {
            Some(mac) => (quote::quote!(#mac;), mac),
            None => (tokens.clone(), mac),
        };
        self.effect(
            tokens,
            &syn::Stmt::Macro(syn::StmtMacro {
                attrs: Vec::new(),
                mac: mac.clone(),
                semi_token: Some(Default::default()),
            }),
        );
    }

    fn local_statement(&mut self, local: &syn::Local) {
        let (pat, ty) = match &local.pat {
            Pat::Type(p) => (&*p.pat, Some((*p.ty).clone())),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            return self.deferred(pat, ty);
        };
        self.bind_let(pat, ty, &init.expr);
    }

    /// `let x;`, assigned later.
    fn deferred(&mut self, pat: &Pat, ty: Option<syn::Type>) {
        if let Pat::Tuple(parts) = pat
            && ty.is_none()
        {
            parts.elems.iter().for_each(|part| self.deferred(part, None));
            return;
        }
        if matches!(pat, Pat::Wild(_)) {
            return;
        }
        let Pat::Ident(p) = pat else {
            self.errors.at(pat, "a pattern without a value cannot be differentiated: declare each variable with `let`");
            return;
        };
        if p.mutability.is_some() && self.facts.is_active(&p.ident.to_string()) {
            let start: Option<SynExpr> = match self.facts.ty(&p.ident.to_string()) {
                Ty::Float(None) => Some(syn::parse_quote!(0.0)),
                Ty::Float(Some(name)) => {
                    let name = quote::format_ident!("{}", name);
                    Some(syn::parse_quote!(<#name as ::core::default::Default>::default()))
                }
                Ty::Vec(_) => Some(syn::parse_quote!(::std::vec::Vec::new())),
                _ => None,
            };
            if let Some(start) = start {
                // Nobody reads it, but whoever overwrites it may keep it.
                return self.bind_name(p, ty, &start);
            }
            self.errors.at(
                &p.ident,
                format!("a `mut` variable that is declared without a value cannot be differentiated: write `let mut {} = ..` with a first value", p.ident),
            );
        }
        let var = self.local(&p.ident, Role::Deferred);
        let name = &p.ident;
        let mutability = p.mutability;
        let ty = ty.map(|ty| quote::quote!(: #ty));
        self.push(Stmt::Effect {
            tokens: quote::quote!(let #mutability #name #ty;),
            reads: vec![],
            writes: vec![var],
        });
    }

    /// `let pat = init`.
    pub(super) fn bind_let(&mut self, pat: &Pat, ty: Option<syn::Type>, init: &SynExpr) {
        match pat {
            Pat::Paren(p) => self.bind_let(&p.pat, ty, init),
            Pat::Ident(p) if p.subpat.is_none() && p.by_ref.is_none() => {
                self.bind_name(p, ty, init)
            }
            Pat::Ident(p) if p.by_ref.is_some() => {
                let mutability = p.mutability;
                let plain: Pat = {
                    let name = &p.ident;
                    syn::parse_quote!(#name)
                };
                let reference: SynExpr = syn::parse_quote!(& #mutability #init);
                self.bind_let(&plain, ty, &reference);
            }
            Pat::Wild(_) => {
                if self.facts.active(init) {
                    let value = self.operand(init);
                    let _ = value;
                } else {
                    let tokens = quote::quote!(let _ = #init;);
                    self.effect(tokens, &syn::Stmt::Expr(init.clone(), Some(Default::default())));
                }
            }
            Pat::Tuple(pats) => match init {
                SynExpr::Tuple(values)
                    if values.elems.len() == pats.elems.len()
                        && !pats.elems.iter().any(|p| matches!(p, Pat::Rest(_))) =>
                {
                    let types = match ty {
                        Some(syn::Type::Tuple(types)) => types.elems.into_iter().collect(),
                        _ => Vec::new(),
                    };
                    let mut types = types.into_iter();
                    for (pat, value) in pats.elems.iter().zip(&values.elems) {
                        let ty = types.next().filter(|ty| !matches!(ty, syn::Type::Infer(_)));
                        self.bind_let(pat, ty, value);
                    }
                }
                SynExpr::MethodCall(call) if self.is_split(call) => self.bind_split(pats, call),
                init => self.destructure(pat, ty, init),
            },
            pat => self.destructure(pat, ty, init),
        }
    }

    fn bind_name(&mut self, p: &syn::PatIdent, ty: Option<syn::Type>, init: &SynExpr) {
        if self.facts.iterators.contains_key(&p.ident.to_string())
            && self.facts.mentions_active_expr(init)
        {
            return;
        }
        if let SynExpr::Closure(closure) = init
            && self.facts.is_active(&p.ident.to_string())
        {
            self.capture(closure);
            self.facts.closures.insert(p.ident.to_string(), closure.clone());
            return;
        }
        let view = matches!(init, SynExpr::MethodCall(c) if c.method.to_string().ends_with("_mut") && self.is_view(c) || self.changed_slice(c).is_some());
        if (view
            || !self.facts.is_mutable(&p.ident.to_string())
            || matches!(init, SynExpr::Reference(r) if r.mutability.is_some()))
            && let Some((place, by_ref)) = self.alias_of(init)
        {
            let value = if by_ref {
                let mutable = matches!(init, SynExpr::Reference(r) if r.mutability.is_some())
                    || ends_mut(init);
                if matches!(init, SynExpr::Reference(_)) {
                    Expr::Ref { mutable, expr: Box::new(Expr::Place(place.clone())) }
                } else {
                    self.verbatim(init)
                }
            } else {
                Expr::Place(place.clone())
            };
            let chained =
                place.is_var() && matches!(self.program[place.root].role, Role::Alias { .. });
            let place = if chained { place } else { self.program.resolve(&place) };
            let ty_known = self.facts.infer(init);
            self.facts.set_ty(&p.ident.to_string(), ty_known);
            let var = self.local(&p.ident, Role::Alias { place, by_ref });
            self.push(Stmt::Let { var, ty, value });
            return;
        }
        let value = match &ty {
            Some(ty) => self.value_as(init, ty),
            None => self.value(init),
        };
        if self.facts.ty(&p.ident.to_string()) == Ty::Unknown {
            let inferred = self.program.ty_of(&value);
            self.facts.set_ty(&p.ident.to_string(), inferred);
        }
        let role = match &ty {
            Some(ty) if crate::exits::is_returned(&p.ident) => self.returned(ty),
            _ => Role::Local,
        };
        let var = self.local(&p.ident, role);
        if !self.program.reads_active(&value) && !self.program[var].mutable {
            self.program[var].active = false;
        }
        self.push(Stmt::Let { var, ty, value });
    }

    /// The role of the `Option<R>` that an early return sets.
    fn returned(&self, ty: &syn::Type) -> Role {
        let result = match ty {
            syn::Type::Path(p) => {
                p.path.segments.last().and_then(crate::derive::constant::type_argument)
            }
            _ => None,
        };
        match result {
            Some(result) if !crate::facts::of_syn_type(result, &self.facts.reals).is_copy() => {
                Role::Returned(Box::new(result.clone()))
            }
            _ => Role::Local,
        }
    }

    /// A `move` closure keeps the values that its captures have now.
    fn capture(&mut self, closure: &syn::ExprClosure) {
        if closure.capture.is_none() {
            return;
        }
        for name in self.facts.names_in(&closure.body.to_token_stream()) {
            let Some(var) = self.lookup(&name) else { continue };
            if self.program[var].mutable && !matches!(self.program[var].role, Role::Alias { .. }) {
                self.errors.at(
                    &closure.capture,
                    format!("this closure copies the mutable variable `{name}`: bind it before, `let {name}_now = {name};`, and use that inside, or drop `move`"),
                );
            }
        }
    }

    pub(super) fn expr_statement(&mut self, e: &SynExpr) {
        match e {
            SynExpr::Paren(e) => self.expr_statement(&e.expr),
            SynExpr::Assign(a) => self.assign(&a.left, &a.right),
            SynExpr::Binary(b) if crate::facts::is_compound(&b.op) => self.compound(e, b),
            SynExpr::If(_)
            | SynExpr::Match(_)
            | SynExpr::Block(_)
            | SynExpr::ForLoop(_)
            | SynExpr::While(_)
            | SynExpr::Loop(_) => {
                if self.touches_active(e) {
                    self.control_statement(e);
                } else {
                    self.inactive_statement(e);
                }
            }
            SynExpr::Unsafe(u) => {
                if self.touches_active(e) {
                    self.errors.at(&u.unsafe_token, "an `unsafe` block cannot touch active values: move it to a function of its own with `#[differentiate(vjp = .., jvp = ..)]`");
                } else {
                    self.inactive_statement(e);
                }
            }
            SynExpr::Macro(m) => self.macro_statement(&m.mac, &quote::quote!(#e;)),
            SynExpr::Await(a) => self.errors.at(&a.await_token, "`await` cannot be differentiated"),
            SynExpr::MethodCall(call) if self.touches_active(e) => self.method_statement(call),
            SynExpr::Call(call) if self.touches_active(e) => {
                if !self.call_statement(call) {
                    // A closure of this body is inlined, with what it changes.
                    let inlined = crate::facts::root_of(&call.func)
                        .is_some_and(|name| self.facts.closures.contains_key(&name.to_string()));
                    if self.facts.active(e) && !inlined {
                        self.check_effect(&call.func, call.args.iter());
                    }
                    let value = if inlined { self.call(call) } else { self.value(e) };
                    if !matches!(value, Expr::Place(_)) && !inlined {
                        let ty = self.program.ty_of(&value);
                        let active = self.program.reads_active(&value);
                        if let Expr::Place(unit) = self.name("unit", value, ty, active) {
                            self.program.dropped.insert(unit.root);
                        }
                    }
                }
            }
            e if self.facts.active(e) => {
                self.operand(e);
            }
            e => self.inactive_statement(e),
        }
    }

    fn inactive_statement(&mut self, e: &SynExpr) {
        let extracted = self.extracted(e);
        let e = extracted.as_ref().unwrap_or(e);
        self.effect(quote::quote!(#e;), &syn::Stmt::Expr(e.clone(), Some(Default::default())));
    }

    /// Whether an active name occurs, as a value, in the statement.
    pub(super) fn touches_active(&self, e: &SynExpr) -> bool {
        self.facts.mentions_active_expr(e)
    }

    fn assign(&mut self, left: &SynExpr, right: &SynExpr) {
        match left {
            SynExpr::Paren(p) => self.assign(&p.expr, right),
            SynExpr::Infer(_) => {
                self.operand(right);
            }
            SynExpr::Tuple(targets) => {
                let values: Vec<Expr> = match right {
                    SynExpr::Tuple(values) => {
                        values.elems.iter().map(|v| self.named_operand("new", v)).collect()
                    }
                    right => {
                        let whole = self.named_operand("new", right);
                        let Expr::Place(place) = whole else { return };
                        (0..targets.elems.len())
                            .map(|i| {
                                Expr::Place(place.clone().then(crate::ir::Proj::Field(i.into())))
                            })
                            .collect()
                    }
                };
                for (target, value) in targets.elems.iter().zip(values) {
                    if matches!(target, SynExpr::Infer(_)) {
                        continue;
                    }
                    let place = self.place(target);
                    let value = self.counted(&place, value);
                    self.check_stored(target, &place, &value);
                    self.push(Stmt::Assign { place, value });
                }
            }
            left => {
                let value = if self.facts.active(right) {
                    self.assigned(right)
                } else {
                    self.verbatim_value(right)
                };
                let place = self.place(left);
                let value = self.counted(&place, value);
                self.check_rebinding(left, &place);
                self.check_stored(left, &place, &value);
                self.push(Stmt::Assign { place, value });
            }
        }
    }

    /// The value of an assignment, with calls and costly operations named.
    fn assigned(&mut self, right: &SynExpr) -> Expr {
        self.operand(right)
    }

    /// Assigning a new reference to a variable changes what it aliases.
    fn check_rebinding(&mut self, left: &SynExpr, place: &Place) {
        if place.is_var()
            && self.program[place.root].active
            && matches!(self.program[place.root].ty, Ty::RefMut(_))
        {
            self.errors.at(left, "a `&mut` variable that is pointed at another place cannot be differentiated: use an index, or a `&mut` binding per place");
        }
    }

    /// What is stored in a place for integers is one, which rustc checks: the integer part of a pair
    /// that a call returned beside an active part.
    fn counted(&mut self, place: &Place, value: Expr) -> Expr {
        let integers = self.program.ty_of_place(place).is_discrete();
        if !integers
            || self.program.ty_of(&value) != Ty::Unknown
            || !self.program.reads_active(&value)
        {
            return value;
        }
        let Expr::Place(part) = &value else { return value };
        let tokens = crate::emit::place_tokens(&self.program, part);
        self.verbatim_tokens(quote::quote!(::ad_runtime::rt::constant(#tokens)), Ty::Discrete)
    }

    /// A place without derivative does not take an active value: what is read there later would be
    /// taken for constant.
    pub(super) fn check_stored(&mut self, target: &SynExpr, place: &Place, value: &Expr) {
        if !self.is_active(place)
            && !self.program.ty_of(value).is_discrete()
            && self.program.reads_active(value)
        {
            self.errors.at(target, "an active value is stored in a place that is constant: drop `#[constant]`, or store `stop_gradient(..)` of the value");
        }
    }

    fn compound(&mut self, whole: &SynExpr, b: &syn::ExprBinary) {
        let op = match b.op {
            syn::BinOp::AddAssign(_) => BinOp::Add,
            syn::BinOp::SubAssign(_) => BinOp::Sub,
            syn::BinOp::MulAssign(_) => BinOp::Mul,
            syn::BinOp::DivAssign(_) => BinOp::Div,
            syn::BinOp::RemAssign(_) => BinOp::Rem,
            _ => return self.inactive_statement(whole),
        };
        let value = if self.facts.active(&b.right) {
            self.operand(&b.right)
        } else {
            self.verbatim_value(&b.right)
        };
        let place = self.place(&b.left);
        let ty = self.program.ty_of_place(&place);
        let active = self.is_active(&place);
        let value = self.counted(&place, value);
        self.check_stored(&b.left, &place, &value);
        if ty.is_float() && active && !matches!(op, BinOp::Add | BinOp::Sub) {
            let product = Expr::binary(op, Expr::Place(place.clone()), value);
            let product = self.name("new", product, Ty::Float(crate::rules::float_of(&ty)), true);
            self.push(Stmt::Assign { place, value: product });
            return;
        }
        let value = if ty.is_float() { value } else { self.rule_operand(value) };
        self.push(Stmt::Update { place, op, value });
    }
}

fn ends_mut(init: &SynExpr) -> bool {
    matches!(init, SynExpr::MethodCall(c) if c.method.to_string().ends_with("_mut"))
}

/// Whether an expression in tail position is a statement without a value.
pub(super) fn is_unit_statement(e: &SynExpr) -> bool {
    match e {
        SynExpr::ForLoop(_) | SynExpr::While(_) | SynExpr::Assign(_) => true,
        SynExpr::Binary(b) => crate::facts::is_compound(&b.op),
        SynExpr::If(e) => e.else_branch.is_none() || block_is_unit(&e.then_branch),
        SynExpr::Block(e) => block_is_unit(&e.block),
        SynExpr::Match(e) => e.arms.iter().all(|arm| is_unit_statement(&arm.body)),
        SynExpr::Loop(_) => true,
        SynExpr::Macro(m) => m.mac.path.segments.last().is_some_and(|s| {
            ["println", "eprintln", "print", "eprint", "assert", "assert_eq", "debug_assert"]
                .iter()
                .any(|n| s.ident == n)
        }),
        SynExpr::MethodCall(c) => [
            "push",
            "swap",
            "fill",
            "copy_from_slice",
            "clone_from_slice",
            "reverse",
            "extend",
            "extend_from_slice",
            "truncate",
            "clear",
            "resize",
            "insert",
            "append",
            "retain",
            "copy_within",
            "rotate_left",
            "rotate_right",
            "for_each",
            "assign",
        ]
        .iter()
        .any(|n| c.method == n),
        SynExpr::Tuple(t) => t.elems.is_empty(),
        _ => false,
    }
}

fn block_is_unit(block: &syn::Block) -> bool {
    match block.stmts.last() {
        Some(syn::Stmt::Expr(e, None)) => is_unit_statement(e),
        Some(_) => true,
        None => true,
    }
}
