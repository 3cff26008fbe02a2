//! Inactive code that runs for its effect, and what it changes.

use super::Lower;
use crate::facts::{is_compound, leaves_unchanged, mutates, root_of};
use crate::ir::{Stmt, Ty, Var};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr as SynExpr;
use syn::visit::{self, Visit};
use syn::visit_mut::VisitMut;

/// The roots of the places that code assigns, borrows mutably or calls a mutating method on; and those on
/// which it calls a method that may take `&mut self` for all that is known, if they are mutable.
#[derive(Default)]
struct Changed(Vec<String>, Vec<String>);

impl Changed {
    fn root(&mut self, e: &SynExpr) {
        match e {
            SynExpr::Tuple(t) => t.elems.iter().for_each(|e| self.root(e)),
            e => self.0.extend(root_of(e).map(ToString::to_string)),
        }
    }
}

impl<'a> Visit<'a> for Changed {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_expr_assign(&mut self, e: &'a syn::ExprAssign) {
        self.root(&e.left);
        visit::visit_expr_assign(self, e);
    }

    fn visit_expr_binary(&mut self, e: &'a syn::ExprBinary) {
        if is_compound(&e.op) {
            self.root(&e.left);
        }
        visit::visit_expr_binary(self, e);
    }

    fn visit_expr_reference(&mut self, e: &'a syn::ExprReference) {
        if e.mutability.is_some() {
            self.root(&e.expr);
        }
        visit::visit_expr_reference(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'a syn::ExprMethodCall) {
        if mutates(&e.method) {
            self.root(&e.receiver);
        } else if !leaves_unchanged(e) {
            self.1.extend(root_of(&e.receiver).map(ToString::to_string));
        }
        visit::visit_expr_method_call(self, e);
    }

    fn visit_expr_call(&mut self, e: &'a syn::ExprCall) {
        // A name that is a mutable reference is borrowed again where it is passed on.
        for arg in e.args.iter().filter(|arg| matches!(arg, SynExpr::Path(_))) {
            self.1.extend(root_of(arg).map(ToString::to_string));
        }
        visit::visit_expr_call(self, e);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        for arg in crate::facts::macro_args(mac) {
            let mut inner = Changed::default();
            inner.visit_expr(&arg);
            self.0.append(&mut inner.0);
            self.1.append(&mut inner.1);
        }
    }
}

/// The names that patterns bind.
#[derive(Default)]
struct Declared(Vec<String>);

impl<'a> Visit<'a> for Declared {
    fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
        self.0.push(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }
}

/// Whether `body` may change the variable `root`.
pub(super) fn changes(body: &SynExpr, root: &str) -> bool {
    let mut changed = Changed::default();
    changed.visit_expr(body);
    changed.0.iter().any(|name| name == root)
}

impl Lower<'_> {
    /// A statement without active values. What it declares and changes is noted.
    pub(super) fn effect(&mut self, tokens: TokenStream, stmt: &syn::Stmt) {
        // A loop that is not differentiated needs no snapshots.
        let tokens = match tokens.to_string().contains("checkpoint") {
            true => {
                let mut stmt = stmt.clone();
                crate::function::StripCheckpoints(self.errors).visit_stmt_mut(&mut stmt);
                stmt.to_token_stream()
            }
            false => tokens,
        };
        let mut changed = Changed::default();
        changed.visit_stmt(stmt);
        let writes = self.vars_of(changed);
        self.refuse_active_writes(&writes, &tokens);
        let (tokens, reads) = match stmt {
            syn::Stmt::Expr(..) | syn::Stmt::Macro(_) => self.with_closures(tokens),
            _ => {
                let reads = self.reads_in(&tokens);
                (tokens, reads)
            }
        };
        self.push(Stmt::Effect { tokens, reads, writes });
    }

    /// Whether a closure may change what it captures, so that a call more or less makes a difference.
    pub(super) fn changes_outside(&self, closure: &syn::ExprClosure) -> bool {
        let mut changed = Changed::default();
        changed.visit_expr(&closure.body);
        let mut own = Declared::default();
        own.visit_expr_closure(closure);
        let captured = |name: &String| self.facts.is_bound(name) && !own.0.contains(name);
        let may_change =
            |name: &String| self.facts.is_mutable(name) && !self.facts.ty(name).is_float();
        changed.0.iter().any(captured)
            || changed.1.iter().any(|name| captured(name) && may_change(name))
    }

    /// Whether code changes an active variable.
    pub(super) fn changes_active(&self, e: &SynExpr) -> bool {
        let mut changed = Changed::default();
        changed.visit_expr(e);
        changed.0.iter().any(|name| self.facts.is_active(name))
    }

    /// A condition that is evaluated again and again may not change anything.
    pub(super) fn refuse_changes(&self, cond: &SynExpr) {
        let mut changed = Changed::default();
        changed.visit_expr(cond);
        let found = changed.0.iter().find(|name| self.facts.is_bound(name)).cloned();
        if let Some(name) = found.or_else(|| self.changed_by_a_call(cond)) {
            self.errors.at(
                cond,
                format!("this condition changes `{name}` while it is tested, which cannot be differentiated: write `loop {{ let go = ..; if !go {{ break; }} .. }}`, or test before the `match`"),
            );
        }
    }

    /// Active variables that inactive code changes have lost their derivative: an error.
    fn refuse_active_writes(&self, writes: &[Var], tokens: &impl quote::ToTokens) {
        for &var in writes {
            if self.program[var].active && !self.program[var].ty.is_discrete() {
                let name = self.program[var].name.clone();
                self.errors.at(
                    &tokens.to_token_stream().into_iter().next(),
                    format!("the active variable `{name}` is changed here in a way that has no derivative: assign to it, or pass `stop_gradient(..)`"),
                );
            }
        }
    }

    fn vars_of(&self, changed: Changed) -> Vec<Var> {
        let var = |name: &String| self.lookup(&quote::format_ident!("{}", name));
        let base = |var| self.program.base(&crate::ir::Place::var(var));
        // What happens to active variables is known by their rules.
        let may_change = |var: &Var| {
            let info = &self.program[*var];
            let mutable = info.mutable || matches!(info.ty, Ty::RefMut(_));
            mutable && !info.active && info.ty != Ty::Discrete && !info.ty.is_float()
        };
        let mut vars: Vec<Var> = changed.0.iter().filter_map(var).map(base).collect();
        vars.extend(changed.1.iter().filter_map(var).map(base).filter(may_change));
        vars.sort();
        vars.dedup();
        vars
    }

    /// Notes what an inactive expression changes while it is evaluated.
    pub(super) fn note_writes(&mut self, e: &SynExpr) {
        let mut changed = Changed::default();
        changed.visit_expr(e);
        let writes = self.vars_of(changed);
        self.refuse_active_writes(&writes, e);
        if !writes.is_empty() {
            self.push(Stmt::Effect { tokens: TokenStream::new(), reads: Vec::new(), writes });
        }
    }
}
