//! What a name alone says about an operand whose type is not known, made an assertion that rustc checks.
//!
//! ```text
//! // Input:                   // Output:
//! if !p.flag { .. }           if !::ad_runtime::rt::constant(p.flag) { .. }
//! for i in 0..s.v.len() {}    for i in 0..::ad_runtime::rt::constant(s.v.len()) {}
//! ```
//!
//! `cache.get(i)` with a `mut cache` that is constant is `(&cache).get(i)`: if it changes the cache, which the
//! reverse sweep would not see, it does not compile.
//!
//! What is computed of the `e` in `Err(e)` of an active `Result` is constant as well, or does not compile.
//!
//! `!`, `len`, `contains` and the like give what carries no derivative for all types of the standard library. For
//! a type of the user's that has them with an active result, the assertion does not compile: the derivative
//! would silently be lost.

use super::{Facts, types};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, UnOp};

/// Wraps, in `body`, each operand that is taken for constant by a name. Returns whether there are any.
pub fn assert(facts: &Facts, body: &mut syn::Block) -> bool {
    let mut assumptions = Assumptions { facts, found: false };
    assumptions.visit_block_mut(body);
    if let Some(value) = tail(body) {
        assumptions.constant(value);
    }
    assumptions.found
}

/// Whether a call is an assertion of this module.
pub fn is_assertion(func: &Expr) -> bool {
    let Expr::Path(path) = func else { return false };
    let mut names = path.path.segments.iter().rev().map(|s| s.ident.to_string());
    names.next().as_deref() == Some("constant") && names.next().as_deref() == Some("rt")
}

struct Assumptions<'f> {
    facts: &'f Facts,
    found: bool,
}

impl Assumptions<'_> {
    /// Whether `e` is of a type that the syntax does not show, and may carry a derivative.
    fn is_open(&self, e: &Expr) -> bool {
        let unknown = *self.facts.infer(e).deref() == crate::ir::Ty::Unknown;
        unknown && self.facts.active(e) && !crate::lower::is_iterator(e)
    }

    /// Whether a call is taken for constant by the name of the method alone, though something active goes in.
    fn is_named(&self, call: &syn::ExprMethodCall) -> bool {
        let ty = self.facts.infer(&call.receiver);
        types::inactive_method(call)
            && !types::has_inactive_method(&ty, &call.method.to_string())
            && !crate::lower::is_iterator(&call.receiver)
            && (self.facts.active(&call.receiver)
                || call.args.iter().any(|arg| self.facts.active(arg)))
    }

    /// Whether `e` is a constant that may be changed, of a type that the syntax does not show.
    fn may_change(&self, e: &Expr) -> bool {
        let Some(root) = super::root_of(e).map(ToString::to_string) else { return false };
        let place = matches!(e, Expr::Path(_) | Expr::Field(_) | Expr::Index(_));
        let unknown = *self.facts.infer(e).deref() == crate::ir::Ty::Unknown;
        place && unknown && self.facts.is_mutable(&root) && !self.facts.is_active(&root)
    }

    /// Asserts that what is computed of an error, and what becomes a part of an active value, is constant.
    fn failures(&mut self, e: &mut Expr) {
        let active = self.facts.active(e);
        let operands: Vec<&mut Expr> = match e {
            Expr::Binary(b) if types::is_arithmetic(&b.op) || types::is_compound(&b.op) => {
                vec![&mut b.left, &mut b.right]
            }
            Expr::Unary(u) if matches!(u.op, UnOp::Neg(_)) => vec![&mut u.expr],
            // What a function makes of the error is an integer, whatever the error is.
            Expr::Cast(c) => {
                if self.facts.is_failure(&c.expr) {
                    *c.expr = self.asserted(&c.expr);
                }
                return;
            }
            Expr::MethodCall(call) if crate::rules::scalar(&call.method.to_string()).is_some() => {
                vec![&mut call.receiver]
            }
            // Of one error `map_err` makes another.
            Expr::MethodCall(call) if call.method != "map_err" => {
                let used = |arg: &&mut Expr| active || matches!(arg, Expr::Closure(_));
                call.args.iter_mut().filter(used).collect()
            }
            Expr::Call(call) if active && !super::is_error(&call.func) => {
                call.args.iter_mut().collect()
            }
            Expr::Tuple(t) if active => t.elems.iter_mut().collect(),
            Expr::Array(a) if active => a.elems.iter_mut().collect(),
            Expr::Struct(s) if active => s.fields.iter_mut().map(|f| &mut f.expr).collect(),
            Expr::Assign(a) if self.facts.active(&a.left) => vec![&mut a.right],
            Expr::Match(m) if active => m.arms.iter_mut().map(|arm| &mut *arm.body).collect(),
            Expr::If(i) if active => {
                let els = i.else_branch.as_mut().map(|(_, els)| &mut **els);
                tail(&mut i.then_branch).into_iter().chain(els).collect()
            }
            _ => return,
        };
        for operand in operands {
            match operand {
                Expr::Closure(closure) => self.constant(&mut closure.body),
                e => self.constant(e),
            }
        }
    }

    /// Asserts that the errors of which `e` is made are constant.
    fn constant(&mut self, e: &mut Expr) {
        if !self.facts.is_failure(e) {
            return;
        }
        match e {
            Expr::Paren(inner) => self.constant(&mut inner.expr),
            Expr::Block(block) => {
                if let Some(e) = tail(&mut block.block) {
                    self.constant(e);
                }
            }
            Expr::If(i) => {
                let els = i.else_branch.as_mut().map(|(_, els)| &mut **els);
                let tails = tail(&mut i.then_branch).into_iter().chain(els);
                tails.for_each(|e| self.constant(e));
            }
            Expr::Match(m) => m.arms.iter_mut().for_each(|arm| self.constant(&mut arm.body)),
            // A function of what is constant makes a constant of it.
            Expr::Call(call) => call.args.iter_mut().for_each(|arg| self.constant(arg)),
            Expr::MethodCall(call) => {
                call.args.iter_mut().for_each(|arg| self.constant(arg));
                if self.facts.is_failure(&call.receiver) {
                    let receiver = &call.receiver;
                    let borrowed = quote_spanned!(receiver.span()=> &#receiver);
                    let borrowed = syn::parse2(borrowed).expect("a borrow of an expression is one");
                    *call.receiver = self.asserted(&borrowed);
                }
            }
            e => *e = self.asserted(e),
        }
    }

    fn asserted(&mut self, e: &Expr) -> Expr {
        self.found = true;
        let span = e.span().resolved_at(Span::call_site());
        let tokens: TokenStream = quote_spanned!(span=> ::ad_runtime::rt::constant(#e));
        syn::parse2(tokens).expect("a call of an expression is one")
    }
}

/// The value of a block.
fn tail(block: &mut syn::Block) -> Option<&mut Expr> {
    match block.stmts.last_mut() {
        Some(syn::Stmt::Expr(e, None)) => Some(e),
        _ => None,
    }
}

impl VisitMut for Assumptions<'_> {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        // A reference to a bool cannot be asserted by value, so what is negated is looked at bare.
        if let Expr::Unary(u) = e
            && matches!(u.op, UnOp::Not(_))
            && self.is_open(&u.expr)
        {
            visit_mut::visit_expr_mut(self, &mut u.expr);
            *u.expr = self.asserted(&u.expr);
            return;
        }
        let named = match &*e {
            Expr::MethodCall(call) => self.is_named(call),
            _ => false,
        };
        visit_mut::visit_expr_mut(self, e);
        self.failures(e);
        if let Expr::MethodCall(call) = e
            && super::changes::is_taken_for_shared(call)
            && self.may_change(&call.receiver)
        {
            let receiver = &call.receiver;
            let tokens = quote_spanned!(receiver.span()=> (&#receiver));
            *call.receiver = syn::parse2(tokens).expect("a borrow of an expression is one");
            self.found = true;
        }
        if named {
            *e = self.asserted(e);
        }
    }
}
