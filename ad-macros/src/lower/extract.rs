//! Calls that change active variables, inside of code that carries no derivative itself.
//!
//! ```text
//! // Input:                                // Output:
//! if account.pay(x) { .. }                 let called = account.pay(x); if called { .. }
//! w[n + relax(&mut grid) as usize]         let called = relax(&mut grid); w[n + called as usize]
//! ready && account.pay(x)                  if ready { account.pay(x) } else { false }
//! ```
//!
//! A condition, an index or a count is written down as the user wrote it. A call in it that may change an active
//! variable has a derivative all the same, so it becomes a statement before.

use super::Lower;
use crate::facts::root_of;
use crate::ir::{Expr, Stmt, Ty};
use quote::{ToTokens, quote};
use syn::Expr as SynExpr;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};

impl Lower<'_> {
    /// An inactive expression whose calls that change active variables are statements before it.
    pub(super) fn extracted(&mut self, e: &SynExpr) -> Option<SynExpr> {
        let mut calls = Calls { lower: self, questions: true, found: false };
        calls.visit_expr(e);
        if !calls.found {
            return None;
        }
        let mut rewritten = e.clone();
        Extract { lower: self }.visit_expr_mut(&mut rewritten);
        Some(rewritten)
    }

    /// The arguments of `assert!`, `println!` and the like, extracted.
    pub(super) fn extracted_macro(&mut self, mac: &syn::Macro) -> Option<syn::Macro> {
        let args = crate::facts::macro_args(mac);
        if !args.iter().any(|arg| self.changes_by_calls(arg)) {
            return None;
        }
        let debug =
            mac.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with("debug_"));
        if debug || args.iter().skip(1).any(|arg| self.changes_by_calls(arg)) && args.len() > 2 {
            self.errors.at(
                &mac.path,
                "an argument of this macro changes an active variable: bind it with `let` before, and use that here",
            );
            return None;
        }
        let args: Vec<SynExpr> =
            args.into_iter().map(|arg| self.extracted(&arg).unwrap_or(arg)).collect();
        let mut mac = mac.clone();
        mac.tokens = quote!(#(#args),*);
        Some(mac)
    }

    /// Whether code calls something that may change an active variable, and may have a derivative.
    pub(super) fn changes_by_calls(&self, e: &SynExpr) -> bool {
        let mut calls = Calls { lower: self, questions: false, found: false };
        calls.visit_expr(e);
        calls.found
    }

    /// The active variable that a call in `e` may change.
    pub(super) fn changed_by_a_call(&self, e: &SynExpr) -> Option<String> {
        struct Names<'l, 'e>(&'l Lower<'e>, Option<String>);
        impl<'a> Visit<'a> for Names<'_, '_> {
            fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}
            fn visit_expr(&mut self, e: &'a SynExpr) {
                if self.0.changes_by_call(e) {
                    let place = match e {
                        SynExpr::MethodCall(call) => Some(&*call.receiver),
                        SynExpr::Call(call) => {
                            call.args.iter().find(|arg| self.0.may_be_changed(arg))
                        }
                        _ => None,
                    };
                    self.1 = place.and_then(root_of).map(ToString::to_string);
                }
                visit::visit_expr(self, e);
            }
        }
        let mut names = Names(self, None);
        names.visit_expr(e);
        names.1
    }

    fn changes_by_call(&self, e: &SynExpr) -> bool {
        match e {
            SynExpr::MethodCall(call) => {
                self.may_be_changed(&call.receiver) && may_change_its_receiver(call)
            }
            SynExpr::Call(call) => call.args.iter().any(|arg| match arg {
                SynExpr::Reference(r) => r.mutability.is_some() && self.may_be_changed(&r.expr),
                SynExpr::Path(_) => {
                    matches!(self.facts.infer(arg), Ty::RefMut(_)) && self.may_be_changed(arg)
                }
                _ => false,
            }),
            _ => false,
        }
    }

    /// Whether `e` asks something of what a method of another name might change.
    fn asks_what_may_change(&self, e: &SynExpr) -> bool {
        match e {
            SynExpr::MethodCall(call) => {
                self.may_be_changed(&call.receiver)
                    && crate::facts::asks(&call.method)
                    && !crate::facts::leaves_unchanged(call)
                    && *self.facts.infer(&call.receiver).deref() == Ty::Unknown
            }
            _ => false,
        }
    }

    /// Whether `e` is an active place that may be changed.
    fn may_be_changed(&self, e: &SynExpr) -> bool {
        let Some(root) = root_of(e).map(ToString::to_string) else { return false };
        let ty = self.facts.infer(e);
        let scalar = ty.is_float() || ty.deref().is_discrete();
        let mutable = self.facts.is_mutable(&root) || matches!(self.facts.ty(&root), Ty::RefMut(_));
        self.is_place(e) && mutable && self.facts.is_active(&root) && !scalar
    }
}

/// Whether a method may change its receiver, as far as its name tells. What is called like a question is taken
/// to be one, which its call through a shared reference makes sure of.
fn may_change_its_receiver(call: &syn::ExprMethodCall) -> bool {
    !crate::facts::leaves_unchanged(call) && !crate::facts::asks(&call.method)
}

struct Calls<'l, 'e> {
    lower: &'l Lower<'e>,
    /// Whether calls count as well that are taken for questions by their name.
    questions: bool,
    found: bool,
}

impl<'a> Visit<'a> for Calls<'_, '_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}
    fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}

    fn visit_expr(&mut self, e: &'a SynExpr) {
        self.found |=
            self.lower.changes_by_call(e) || self.questions && self.lower.asks_what_may_change(e);
        if !self.found {
            visit::visit_expr(self, e);
        }
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        let args = crate::facts::macro_args(mac);
        self.found |= args.iter().any(|arg| self.lower.changes_by_calls(arg));
    }
}

struct Extract<'l, 'e> {
    lower: &'l mut Lower<'e>,
}

impl Extract<'_, '_> {
    /// The value that `e` has now, under a name.
    fn before(&mut self, e: &mut SynExpr) {
        if matches!(e, SynExpr::Lit(_)) {
            return;
        }
        let value = self.lower.verbatim_value(e);
        let ty = self.lower.facts.infer(e);
        let name = self.lower.name("before", value, ty, false);
        *e = named(self.lower, &name);
    }

    /// `left && right` or `left || right`, where `right` changes something: only if it is evaluated.
    fn short_circuit(&mut self, b: &syn::ExprBinary) -> SynExpr {
        let lower = &mut *self.lower;
        let left = lower.verbatim_value(&b.left);
        let cond = lower.name("taken", left, Ty::Discrete, false);
        let id = lower.fresh_id();
        let dest = lower.temp("holds", Ty::Discrete, false, false);
        let right = lower.nested(|lower| Some(lower.verbatim_value(&b.right)));
        let known = |value: bool| crate::ir::Block {
            stmts: Vec::new(),
            result: Some(Expr::Verbatim {
                tokens: value.to_token_stream(),
                reads: Vec::new(),
                ty: Ty::Discrete,
            }),
        };
        let (then, els) = match b.op {
            syn::BinOp::And(_) => (right, known(false)),
            _ => (known(true), right),
        };
        lower.push(Stmt::If { id, dest: Some(dest), cond, then, els });
        named(lower, &Expr::var(dest))
    }
}

impl VisitMut for Extract<'_, '_> {
    fn visit_expr_closure_mut(&mut self, _: &mut syn::ExprClosure) {}

    fn visit_expr_mut(&mut self, e: &mut SynExpr) {
        if self.lower.changes_by_call(e) {
            let value = match e {
                SynExpr::MethodCall(call) => self.lower.method(call),
                SynExpr::Call(call) => self.lower.call(call),
                _ => unreachable!("only calls change something"),
            };
            let ty = self.lower.program.ty_of(&value);
            let name = self.lower.name("called", value, ty, true);
            *e = named(self.lower, &name);
            return;
        }
        if self.lower.asks_what_may_change(e)
            && let SynExpr::MethodCall(call) = &mut *e
        {
            let receiver = &call.receiver;
            *call.receiver = syn::parse_quote!((&#receiver));
        }
        match e {
            SynExpr::Binary(b) if self.lower.changes_by_calls(&b.right) => {
                if matches!(b.op, syn::BinOp::And(_) | syn::BinOp::Or(_)) {
                    *e = self.short_circuit(b);
                } else {
                    self.before(&mut b.left);
                    self.visit_expr_mut(&mut b.right);
                }
            }
            SynExpr::If(_) | SynExpr::Match(_) | SynExpr::Block(_)
                if self.lower.changes_by_calls(e) =>
            {
                let value = self.lower.control_value(e);
                let ty = self.lower.program.ty_of(&value);
                let active = self.lower.program.reads_active(&value);
                let name = self.lower.name("chosen", value, ty, active);
                *e = named(self.lower, &name);
            }
            SynExpr::Macro(m) => {
                if let Some(mac) = self.lower.extracted_macro(&m.mac) {
                    m.mac = mac;
                }
            }
            e => visit_mut::visit_expr_mut(self, e),
        }
    }
}

fn named(lower: &Lower<'_>, name: &Expr) -> SynExpr {
    let ident = lower.ident_of(name);
    syn::parse_quote!(#ident)
}
