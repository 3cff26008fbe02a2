//! The error of a `Result` carries no derivative: its tangent is `()`.
//!
//! So an active number in `Err(..)` would lose its derivative where the error is read again. A value of an error
//! type of the user's may hold one, to be shown; what is computed of it is asserted to be constant.

use super::{Facts, is_error, is_stop_gradient};
use crate::errors::Errors;
use syn::Expr;
use syn::visit::{self, Visit};

/// Reports every active number in an `Err(..)` of `body`.
pub fn check(facts: &Facts, body: &syn::Block, errors: &Errors) {
    Failures { facts, errors }.visit_block(body);
}

struct Failures<'a> {
    facts: &'a Facts,
    errors: &'a Errors,
}

impl Failures<'_> {
    /// Whether `e` is an active value other than one of an error type, which a constructor makes.
    fn carries(&self, e: &Expr) -> bool {
        match e {
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return false };
                let mut names = path.path.segments.iter().rev().map(|s| s.ident.to_string());
                let upper = |s: String| s.starts_with(char::is_uppercase);
                let number = self.facts.infer(e).deref().is_float();
                let made = names.next().is_some_and(upper) || names.next().is_some_and(upper);
                (number || !made) && self.facts.active(e)
            }
            Expr::Struct(_) | Expr::Macro(_) => false,
            Expr::MethodCall(call) if call.method == "into" => self.carries(&call.receiver),
            e => self.facts.active(e),
        }
    }
}

impl<'a> Visit<'a> for Failures<'_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if is_stop_gradient(&call.func) {
            return;
        }
        if is_error(&call.func)
            && let Some(error) = call.args.first()
            && self.carries(error)
        {
            self.errors.at(
                error,
                "the error of a `Result` carries no derivative, so that of this active value would be lost: \
                 return it in `Ok`, in an enum with `#[derive(Differentiable)]`, or as `stop_gradient(..)`",
            );
        }
        visit::visit_expr_call(self, call);
    }
}
