//! The walk over the body that collects facts, repeated until nothing changes.

use super::{Facts, is_stop_gradient, pattern_names, root_of, types};
use crate::ir::Ty;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

impl Facts {
    /// Binds the names of `pat` to parts of a value of type `ty`.
    pub fn bind(&mut self, pat: &Pat, ty: &Ty, active: bool) {
        match pat {
            Pat::Ident(p) => {
                if p.subpat.is_none() && crate::resolve::is_constant_pattern(&p.ident) {
                    return;
                }
                let name = p.ident.to_string();
                if p.mutability.is_some() && p.by_ref.is_none() {
                    self.mutable.insert(name.clone());
                }
                let ty = match (p.by_ref.is_some(), p.mutability.is_some()) {
                    (true, true) => Ty::RefMut(Box::new(ty.clone())),
                    (true, false) => Ty::Ref(Box::new(ty.clone())),
                    _ => ty.clone(),
                };
                if ty != Ty::Unknown || !self.types.contains_key(&name) {
                    self.types.insert(name.clone(), ty);
                }
                self.bound.insert(name.clone());
                if active {
                    self.activate(&name);
                }
                if let Some((_, sub)) = &p.subpat {
                    self.bind(sub, &Ty::Unknown, active);
                }
            }
            Pat::Type(p) => {
                let ty = match of_annotation(&p.ty, self) {
                    Ty::Unknown => ty.clone(),
                    annotated => annotated,
                };
                self.bind(&p.pat, &ty, active);
            }
            Pat::Tuple(p) => {
                for (i, sub) in p.elems.iter().enumerate() {
                    self.bind(
                        sub,
                        &part(ty, |ty| match ty {
                            Ty::Tuple(ts) if ts.len() == p.elems.len() => ts.get(i).cloned(),
                            _ => None,
                        }),
                        active,
                    );
                }
            }
            Pat::TupleStruct(p) => {
                let fails = p.path.segments.last().is_some_and(|s| s.ident == "Err");
                if active && fails {
                    p.elems.iter().for_each(|error| self.fail(error));
                }
                let active = active && !fails;
                for sub in &p.elems {
                    let is_some = p.path.segments.last().is_some_and(|s| s.ident == "Some");
                    let ty = part(ty, |ty| match ty {
                        Ty::Option(t) if is_some => Some((**t).clone()),
                        _ => None,
                    });
                    self.bind(sub, &ty, active);
                }
            }
            Pat::Reference(p) => {
                let inner = match ty {
                    Ty::Ref(t) | Ty::RefMut(t) => (**t).clone(),
                    _ => Ty::Unknown,
                };
                self.bind(&p.pat, &inner, active);
            }
            Pat::Slice(p) => {
                let rest_at = p.elems.iter().any(|e| matches!(e, Pat::Rest(_)));
                let element = part(ty, |ty| Some(Ty::element(ty)));
                let _ = rest_at;
                for sub in &p.elems {
                    let ty = if matches!(sub, Pat::Ident(i) if i.subpat.is_some()) {
                        Ty::Unknown
                    } else {
                        element.clone()
                    };
                    self.bind(sub, &ty, active);
                }
            }
            Pat::Paren(p) => self.bind(&p.pat, ty, active),
            Pat::Guard(p) => self.bind(&p.pat, ty, active),
            Pat::Or(p) => p.cases.iter().for_each(|case| self.bind(case, ty, active)),
            Pat::Struct(p) => p.fields.iter().for_each(|f| self.bind(&f.pat, &Ty::Unknown, active)),
            _ => {}
        }
    }

    fn activate_root(&mut self, expr: &Expr) {
        if let Some(root) = root_of(expr) {
            let name = root.to_string();
            self.activate(&name);
        }
    }

    /// A closure whose parameters have the given types.
    pub fn bind_closure(&mut self, closure: &syn::ExprClosure, params: &[Ty], active: bool) {
        for (i, input) in closure.inputs.iter().enumerate() {
            self.bind(input, params.get(i).unwrap_or(&Ty::Unknown), active);
        }
    }

    fn let_bound(&mut self, pat: &Pat, init: &Expr) {
        if let (Pat::Tuple(pats), Expr::Tuple(values)) = (pat, init)
            && pats.elems.len() == values.elems.len()
        {
            for (pat, value) in pats.elems.iter().zip(&values.elems) {
                self.let_bound(pat, value);
            }
            return;
        }
        let (ty, active) = (self.infer(init), self.active(init));
        if let (Pat::Ident(p), Expr::Range(range)) = (pat, init)
            && matches!(range.limits, syn::RangeLimits::HalfOpen(_))
            && p.mutability.is_none()
            && range.start.is_some()
            && range.end.is_some()
        {
            self.ranges.insert(p.ident.to_string());
        }
        self.bind(pat, &ty, active);
        if self.is_failure(init) {
            self.fail(pat);
        }
        // Through an alias, what becomes active makes its origin active.
        if borrows_mutably(init) {
            for name in pattern_names(pat) {
                if self.active.contains(&name.to_string()) {
                    self.activate_root(init);
                }
            }
        }
    }
}

/// A part of a type; through a reference the part is a reference.
fn part(ty: &Ty, f: impl Fn(&Ty) -> Option<Ty>) -> Ty {
    match ty {
        Ty::Ref(inner) => f(inner).map_or(Ty::Unknown, |t| Ty::Ref(Box::new(t))),
        Ty::RefMut(inner) => f(inner).map_or(Ty::Unknown, |t| Ty::RefMut(Box::new(t))),
        ty => f(ty).unwrap_or(Ty::Unknown),
    }
}

fn of_annotation(ty: &syn::Type, facts: &Facts) -> Ty {
    types::of_syn_type(ty, &facts.reals)
}

/// Whether the value may be a mutable borrow of the place it starts from.
fn borrows_mutably(expr: &Expr) -> bool {
    match expr {
        Expr::Reference(e) => e.mutability.is_some(),
        Expr::MethodCall(e) => {
            let name = e.method.to_string();
            name.ends_with("_mut")
                || name == "unwrap" && borrows_mutably(&e.receiver)
                || [
                    "into_iter",
                    "zip",
                    "enumerate",
                    "rev",
                    "skip",
                    "take",
                    "chain",
                    "step_by",
                    "map",
                    "filter",
                    "expect",
                ]
                .contains(&name.as_str())
                    && (borrows_mutably(&e.receiver) || e.args.iter().any(borrows_mutably))
        }
        Expr::Paren(e) => borrows_mutably(&e.expr),
        _ => false,
    }
}

impl<'a> Visit<'a> for Facts {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_local(&mut self, local: &'a syn::Local) {
        match &local.init {
            Some(init) => {
                if let (Pat::Ident(p), Expr::Closure(closure)) = (&local.pat, &*init.expr) {
                    self.closures.insert(p.ident.to_string(), closure.clone());
                    let active = self.mentions_active_expr(&closure.body);
                    self.bind(&local.pat, &Ty::Unknown, active);
                }
                if let Pat::Ident(p) = &local.pat
                    && p.mutability.is_none()
                    && crate::lower::is_iterator(&init.expr)
                {
                    self.iterators.insert(p.ident.to_string(), (*init.expr).clone());
                }
                self.visit_expr(&init.expr);
                self.let_bound(&local.pat, &init.expr);
            }
            None => self.bind(&local.pat, &Ty::Unknown, false),
        }
    }

    fn visit_stmt(&mut self, stmt: &'a syn::Stmt) {
        // A call that is a statement runs for what it changes, whatever the method is called.
        if let syn::Stmt::Expr(Expr::MethodCall(call), Some(_)) = stmt
            && super::reads_only(&call.method)
            && let Some(root) = root_of(&call.receiver).map(ToString::to_string)
            && self.mutable.contains(&root)
            && *self.infer(&call.receiver).deref() == Ty::Unknown
            && call.args.iter().any(|arg| self.active(arg))
        {
            self.activate(&root);
        }
        visit::visit_stmt(self, stmt);
    }

    fn visit_expr_let(&mut self, e: &'a syn::ExprLet) {
        self.visit_expr(&e.expr);
        self.let_bound(&e.pat, &e.expr);
    }

    fn visit_expr_match(&mut self, e: &'a syn::ExprMatch) {
        self.visit_expr(&e.expr);
        for arm in &e.arms {
            self.let_bound(&arm.pat, &e.expr);
            self.visit_pat(&arm.pat);
            self.visit_expr(&arm.body);
        }
    }

    fn visit_expr_for_loop(&mut self, e: &'a syn::ExprForLoop) {
        self.visit_expr(&e.expr);
        let (ty, active) = (self.item(&e.expr), self.active(&e.expr));
        self.bind(&e.pat, &ty, active);
        if borrows_mutably(&e.expr) || matches!(ty, Ty::RefMut(_)) {
            for name in pattern_names(&e.pat) {
                if self.active.contains(&name.to_string()) {
                    for root in mutable_roots(&e.expr) {
                        self.activate(&root);
                    }
                }
            }
        }
        self.visit_block(&e.body);
    }

    fn visit_expr_assign(&mut self, e: &'a syn::ExprAssign) {
        visit::visit_expr_assign(self, e);
        if let Some(root) = root_of(&e.left) {
            self.mutable.insert(root.to_string());
        }
        if let Expr::Tuple(targets) = &*e.left {
            targets.elems.iter().filter_map(root_of).for_each(|root| {
                self.mutable.insert(root.to_string());
            });
            let active = self.active(&e.right);
            if active {
                targets.elems.iter().for_each(|t| self.activate_root(t));
            }
        }
        if self.active(&e.right) {
            self.activate_root(&e.left);
        }
        if let Some(root) = root_of(&e.left)
            && self.is_failure(&e.right)
        {
            self.changed |= self.failures.insert(root.to_string());
        }
        if let (Some(name), ty) = (ident_of(&e.left), self.infer(&e.right))
            && self.ty(&name) == Ty::Unknown
        {
            self.types.insert(name, ty);
        }
    }

    fn visit_expr_binary(&mut self, e: &'a syn::ExprBinary) {
        visit::visit_expr_binary(self, e);
        if types::is_compound(&e.op) {
            if let Some(root) = root_of(&e.left) {
                self.mutable.insert(root.to_string());
            }
            if self.active(&e.right) {
                self.activate_root(&e.left);
            }
        }
    }

    fn visit_expr_call(&mut self, e: &'a syn::ExprCall) {
        visit::visit_expr_call(self, e);
        if is_stop_gradient(&e.func) {
            return;
        }
        // A call of a local closure binds its parameters.
        if let Some(closure) = ident_of(&e.func).and_then(|name| self.closures.get(&name).cloned())
        {
            for (input, arg) in closure.inputs.iter().zip(&e.args) {
                self.let_bound(input, arg);
            }
            self.visit_expr(&closure.body);
        }
        let active = e.args.iter().any(|arg| self.active(arg));
        for arg in &e.args {
            if let Expr::Reference(r) = arg
                && r.mutability.is_some()
                && let Some(root) = root_of(&r.expr)
            {
                let name = root.to_string();
                self.mutable.insert(name.clone());
                if active {
                    self.activate(&name);
                }
            }
            // A mutable reference that is passed on.
            if active && matches!(self.infer(arg), Ty::RefMut(_)) {
                self.activate_root(arg);
            }
        }
    }

    fn visit_expr_method_call(&mut self, e: &'a syn::ExprMethodCall) {
        self.visit_expr(&e.receiver);
        let item = self.item(&e.receiver);
        let active_receiver = self.active(&e.receiver);
        for (i, arg) in e.args.iter().enumerate() {
            if let Expr::Closure(closure) = arg {
                // The error of a `Result` carries no derivative.
                let takes_error = match e.method.to_string().as_str() {
                    "map_err" | "unwrap_or_else" | "or_else" => true,
                    "map_or_else" => i == 0,
                    _ => false,
                };
                let params = types::closure_params(&e.method, &item, e, self);
                let active = active_receiver
                    || e.args.iter().any(|a| !matches!(a, Expr::Closure(_)) && self.active(a))
                    || ["fold", "scan", "try_fold", "reduce"].iter().any(|m| e.method == m)
                        && self.mentions_active_expr(&closure.body);
                if active && takes_error {
                    closure.inputs.iter().for_each(|error| self.fail(error));
                }
                self.bind_closure(closure, &params, active && !takes_error);
                self.visit_expr(&closure.body);
            } else {
                self.visit_expr(arg);
            }
        }
        // What a `Zip` borrows mutably is written by its closure.
        if e.method == "for_each"
            && (active_receiver || e.args.iter().any(|a| self.mentions_active_expr(a)))
        {
            for root in zip_targets(&e.receiver) {
                self.activate(&root);
            }
        }
        // What is borrowed mutably may be changed to a value that is computed from any other.
        let active = active_receiver || e.args.iter().any(|arg| self.active(arg));
        for arg in &e.args {
            if let Expr::Reference(r) = arg
                && r.mutability.is_some()
                && let Some(root) = root_of(&r.expr).map(ToString::to_string)
            {
                if active {
                    self.activate(&root);
                }
                self.mutable.insert(root);
            } else if active && matches!(self.infer(arg), Ty::RefMut(_)) {
                self.activate_root(arg);
            }
        }
        let Some(root) = root_of(&e.receiver) else { return };
        let name = root.to_string();
        if !super::mutates(&e.method) && !self.mutable.contains(&name) {
            return;
        }
        if e.args.iter().any(|arg| self.active(arg)) && !super::reads_only(&e.method) {
            self.activate(&name);
        }
        if super::mutates(&e.method) {
            self.mutable.insert(name.clone());
            if e.method == "push"
                && let (Ty::Vec(element), Some(arg)) = (self.ty(&name), e.args.first())
                && *element == Ty::Unknown
            {
                let ty = self.infer(arg);
                self.types.insert(name, Ty::Vec(Box::new(ty)));
            }
        }
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        for expr in super::types::macro_args(mac) {
            // The arguments were parsed here, so their lifetime is this call's.
            let mut inner = std::mem::take(self);
            inner.visit_expr(&expr);
            *self = inner;
        }
    }
}

fn ident_of(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Path(p) => p.path.get_ident().map(ToString::to_string),
        Expr::Paren(e) => ident_of(&e.expr),
        _ => None,
    }
}

/// The roots of what `Zip::from(..).and(..)` borrows mutably.
fn zip_targets(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::MethodCall(e) if e.method == "and" || e.method == "and_broadcast" => {
            let mut roots = zip_targets(&e.receiver);
            roots.extend(e.args.iter().flat_map(mutable_roots));
            roots
        }
        Expr::Call(e) => {
            e.args.iter().filter(|a| borrows_mutably(a)).flat_map(mutable_roots).collect()
        }
        _ => Vec::new(),
    }
}

/// The roots of everything that an iterator expression borrows mutably.
fn mutable_roots(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::MethodCall(e) => {
            let mut roots = mutable_roots(&e.receiver);
            if e.method.to_string().ends_with("_mut") {
                roots.extend(root_of(&e.receiver).map(ToString::to_string));
            }
            roots.extend(e.args.iter().flat_map(mutable_roots));
            roots
        }
        Expr::Reference(e) if e.mutability.is_some() => {
            root_of(&e.expr).map(ToString::to_string).into_iter().collect()
        }
        Expr::Path(_) => root_of(expr).map(ToString::to_string).into_iter().collect(),
        Expr::Paren(e) => mutable_roots(&e.expr),
        _ => Vec::new(),
    }
}
