//! Closures that capture active values, as arguments of functions: each is a program of its own.

use super::Lower;
use crate::errors::Errors;
use crate::facts::{self, Facts};
use crate::function::Param;
use crate::ir::{Closure, Expr, Place, Program, Role, Swept, Ty, Var};
use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use std::rc::Rc;
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// The closure that an argument is, or a reference to, by its name or as it stands, where it captures active values.
    pub(super) fn active_closure(&self, e: &SynExpr) -> Option<(syn::ExprClosure, bool)> {
        match e {
            SynExpr::Paren(e) => self.active_closure(&e.expr),
            SynExpr::Reference(r) if r.mutability.is_none() => {
                self.active_closure(&r.expr).map(|(closure, _)| (closure, true))
            }
            SynExpr::Path(p) => {
                let name = p.path.get_ident()?.to_string();
                self.facts.closures.get(&name).map(|closure| (closure.clone(), false))
            }
            SynExpr::Closure(c) if self.facts.mentions_active_expr(&c.body) => {
                Some((c.clone(), false))
            }
            _ => None,
        }
    }

    /// A closure as an argument, which the callee is differentiated through.
    pub(super) fn closure_argument(&mut self, closure: &syn::ExprClosure, by_ref: bool) -> Expr {
        let closure = self.self_contained(closure);
        let whole = SynExpr::Closure(closure.clone());
        if let Some(message) = self.refused_closure(&closure) {
            self.errors.at(&closure.inputs, message);
            return self.verbatim(&whole);
        }
        let mut params = Vec::new();
        let mut captures = Vec::new();
        for name in self.facts.names_in(&closure.body.to_token_stream()) {
            let Some(var) = self.lookup(&name) else { continue };
            let active = self.program.is_active(&Place::var(var));
            params.push(captured_param(name, self.captured_ty(var), active));
            if active {
                captures.push(Expr::var(var));
            }
        }
        let (argument, block) = argument_of(&closure, &self.facts.reals);
        params.push(argument);
        let program = self.program_of(&params, block);
        let closure = Closure {
            plain: self.verbatim(&whole),
            captures,
            params,
            program: Rc::new(program),
            swept: Swept::Primal,
            bar: None,
        };
        let closure = Expr::Closure(Box::new(closure));
        if by_ref { Expr::borrow(closure) } else { closure }
    }

    fn refused_closure(&self, closure: &syn::ExprClosure) -> Option<&'static str> {
        if self.order > 1 {
            return Some(
                "a closure that uses active values has no derivative of order two: make it a struct with `#[differentiate] impl Differentiated<..>` and pass that",
            );
        }
        if closure.inputs.len() != 1 {
            return Some(
                "a closure that uses active values is differentiated as a parameter `impl Differentiated<..>`, which has one argument: take a tuple, `|(x, y): (f64, f64)|`, or pass what it uses as arguments",
            );
        }
        None
    }

    /// The closure without `move`, with the closures that it calls inside of it.
    fn self_contained(&mut self, closure: &syn::ExprClosure) -> syn::ExprClosure {
        let mut closure = self.freshened(closure);
        closure.capture = None;
        let mut inner: Vec<Ident> = Vec::new();
        let mut open = vec![closure.clone()];
        while let Some(next) = open.pop() {
            for name in self.facts.names_in(&next.to_token_stream()) {
                if let Some(called) = self.facts.closures.get(&name.to_string())
                    && !inner.contains(&name)
                {
                    inner.push(name);
                    open.push(called.clone());
                }
            }
        }
        for name in inner {
            let called = &self.facts.closures[&name.to_string()];
            let body = &closure.body;
            closure.body = syn::parse_quote!({ let #name = #called; #body });
        }
        closure
    }

    /// The type of what is captured, as the closure's program sees it: a scalar, or a reference.
    fn captured_ty(&self, var: Var) -> Ty {
        let info = &self.program[var];
        match &info.ty {
            Ty::RefMut(inner) => Ty::Ref(inner.clone()),
            ty @ (Ty::Float(_) | Ty::Ref(_) | Ty::Discrete) => ty.clone(),
            ty if !self.program.is_active(&Place::var(var)) => ty.clone(),
            _ if matches!(info.role, Role::Alias { by_ref: true, .. }) => {
                Ty::Ref(Box::new(Ty::Unknown))
            }
            ty => Ty::Ref(Box::new(ty.clone())),
        }
    }

    fn program_of(&self, params: &[Param], mut block: syn::Block) -> Program {
        let of = |block: &syn::Block| {
            let params =
                params.iter().map(|p| (p.name.to_string(), p.ty.clone(), p.active, p.mutable));
            let (reals, ranges) = (self.facts.reals.clone(), self.facts.ranges.clone());
            Facts::of(params.collect(), reals, ranges, block, &Ty::Unknown)
        };
        let errors: &Errors = self.errors;
        let mut known = of(&block);
        facts::rounding::check(&known, &block, errors);
        facts::hidden_writes::check(&known, &block, errors);
        if facts::assumptions::assert(&known, &mut block) {
            known = of(&block);
        }
        let mut lower = Lower::new(errors, known);
        lower.default_float = self.default_float.clone();
        for p in params {
            lower.param(&p.name, p.active);
        }
        lower.function(&block)
    }
}

fn captured_param(name: Ident, ty: Ty, active: bool) -> Param {
    let written = syn::parse_quote!(_);
    Param { name, written, ty, active, mutable: false, receiver: false }
}

/// The parameter, and the body with its pattern taken apart.
fn argument_of(
    closure: &syn::ExprClosure,
    reals: &std::collections::HashSet<String>,
) -> (Param, syn::Block) {
    let body = &closure.body;
    let mut block: syn::Block = match &**body {
        SynExpr::Block(b) if b.label.is_none() && b.attrs.is_empty() => b.block.clone(),
        body => syn::parse_quote!({ #body }),
    };
    let (pat, written) = match &closure.inputs[0] {
        syn::Pat::Type(typed) => ((*typed.pat).clone(), (*typed.ty).clone()),
        pat => (pat.clone(), syn::parse_quote!(_)),
    };
    let (name, mutable) = match &pat {
        syn::Pat::Ident(p) if p.by_ref.is_none() && p.subpat.is_none() => {
            (p.ident.clone(), p.mutability.is_some())
        }
        pat => {
            let name = format_ident!("__argument");
            block.stmts.insert(0, syn::parse_quote!(let #pat = #name;));
            (name, false)
        }
    };
    let active = !crate::derive::constant::is_plain_constant(&written);
    let ty = facts::of_syn_type(&written, reals);
    (Param { name, written, ty, active, mutable, receiver: false }, block)
}
