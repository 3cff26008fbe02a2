//! A `while` whose condition may change something, as a loop that tests in its body.
//!
//! ```text
//! // Input:                      // Output:
//! while clock.running() { .. }   loop { let go = clock.running(); if !go { break; } .. }
//! ```
//!
//! There a change is noted and undone like any other; the reverse sweep counts a loop and never tests again.

use crate::facts::leaves_unchanged;
use quote::format_ident;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, parse_quote};

/// Rewrites the loops whose condition calls a method that may change its receiver, or borrows mutably.
pub fn rewrite(block: &mut Block) {
    Conditions.visit_block_mut(block);
}

struct Conditions;

impl VisitMut for Conditions {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        let Expr::While(l) = &*e else { return };
        if matches!(&*l.cond, Expr::Let(_)) || !may_change(&l.cond) {
            return;
        }
        let (attrs, label, cond, stmts) = (&l.attrs, &l.label, &l.cond, &l.body.stmts);
        let go = format_ident!("go");
        *e =
            parse_quote!(#(#attrs)* #label loop { let #go = #cond; if !#go { break; } #(#stmts)* });
    }
}

fn may_change(cond: &Expr) -> bool {
    struct Calls(bool);
    impl<'a> Visit<'a> for Calls {
        fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}
        fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
            self.0 |= !leaves_unchanged(call);
            visit::visit_expr_method_call(self, call);
        }
        fn visit_expr_reference(&mut self, e: &'a syn::ExprReference) {
            self.0 |= e.mutability.is_some();
            visit::visit_expr_reference(self, e);
        }
    }
    let mut calls = Calls(false);
    calls.visit_expr(cond);
    calls.0
}
