//! Writes through shared references: to a `Cell`, a `RefCell`, an atomic, a lock.
//!
//! The reverse sweep reads constants again and takes it that they are as they were. What changes them
//! behind a shared reference is not seen as a change of any variable, so it is refused.

use super::{Facts, root_of};
use crate::errors::Errors;
use crate::ir::Ty;
use syn::Expr;
use syn::visit::{self, Visit};

/// Reports every call in `body` that changes something behind a shared reference.
pub fn check(facts: &Facts, body: &syn::Block, errors: &Errors) {
    HiddenWrites { facts, errors }.visit_block(body);
}

struct HiddenWrites<'a> {
    facts: &'a Facts,
    errors: &'a Errors,
}

impl HiddenWrites<'_> {
    /// Whether the receiver may be changed as an ordinary place: then the change is one of a variable.
    fn is_changeable(&self, receiver: &Expr) -> bool {
        let Some(root) = root_of(receiver) else { return true };
        let name = root.to_string();
        self.facts.is_mutable(&name)
            || matches!(self.facts.ty(&name), Ty::RefMut(_))
            || *self.facts.infer(receiver).deref() != Ty::Unknown
    }

    fn is_hidden_write(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        match (name.as_str(), call.args.len()) {
            ("borrow_mut", 0) | ("store", 2) => true,
            _ if name.starts_with("fetch_") || name.starts_with("compare_exchange") => true,
            ("lock" | "write", 0) => !is_standard_stream(&call.receiver),
            ("set" | "replace" | "replace_with" | "update", 1) => {
                !self.is_changeable(&call.receiver)
            }
            ("swap", 2) => {
                call.args.last().is_some_and(|order| {
                    matches!(order, Expr::Path(p) if p.path.segments.iter().any(|s| s.ident == "Ordering"))
                })
            }
            _ => false,
        }
    }
}

impl<'a> Visit<'a> for HiddenWrites<'_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        let stored = call.args.iter().any(|arg| self.facts.active(arg));
        if !stored && self.is_hidden_write(call) {
            self.errors.at(
                &call.method,
                format!("`{}` changes something behind a shared reference, which the reverse sweep does not see and may read again: take it as a `&mut` parameter, or do this outside of the differentiated function", call.method),
            );
        }
        visit::visit_expr_method_call(self, call);
    }
}

/// `stdout()`, `stderr()`, `stdin()`: nothing is read from them again.
fn is_standard_stream(receiver: &Expr) -> bool {
    match receiver {
        Expr::Call(call) => {
            match &*call.func {
                Expr::Path(p) => p.path.segments.last().is_some_and(|s| {
                    ["stdout", "stderr", "stdin"].iter().any(|name| s.ident == name)
                }),
                _ => false,
            }
        }
        _ => false,
    }
}
