//! Types from what is done with a value: in `total += t`, where `total` is a real scalar, `t` is one as well.
//!
//! Only variables are typed that are bound by `let` to what is surely no reference, and calls of functions, and only
//! where the language leaves no choice: the operand of a scalar whose result is a scalar, what is assigned to a scalar, the
//! argument of a scalar's method, what a function that returns a scalar ends with.

use super::{Facts, types};
use crate::ir::Ty;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt};

/// Types what it can in a body that ends with a value of type `output`. Whether that was anything.
pub fn infer(facts: &mut Facts, body: &Block, output: &Ty) -> bool {
    let mut expected = Expected { facts, values: HashSet::new(), found: false };
    expected.visit_block(body);
    expected.block(body, output);
    expected.found
}

struct Expected<'f> {
    facts: &'f mut Facts,
    /// The variables that hold values rather than references.
    values: HashSet<String>,
    found: bool,
}

impl Expected<'_> {
    fn block(&mut self, block: &Block, ty: &Ty) {
        if let Some(Stmt::Expr(tail, None)) = block.stmts.last() {
            self.expect(tail, ty);
        }
    }

    /// `expr` has the type `ty`.
    fn expect(&mut self, expr: &Expr, ty: &Ty) {
        if !matches!(ty, Ty::Float(_)) {
            return;
        }
        match expr {
            Expr::Path(path) => {
                let Some(name) = path.path.get_ident().map(ToString::to_string) else { return };
                if self.values.contains(&name) && self.facts.ty(&name) == Ty::Unknown {
                    self.facts.set_ty(&name, ty.clone());
                    self.found = true;
                }
            }
            Expr::Call(call) if self.facts.infer(expr) == Ty::Unknown && has_one_type(call) => {
                self.facts.scalar_calls.insert(types::call_key(call), ty.clone());
                self.found = true;
            }
            Expr::Paren(e) => self.expect(&e.expr, ty),
            Expr::Group(e) => self.expect(&e.expr, ty),
            Expr::Unary(e) if matches!(e.op, syn::UnOp::Neg(_)) => self.expect(&e.expr, ty),
            // Products of vectors may be numbers, sums of what is no number are not.
            Expr::Binary(e) if matches!(e.op, syn::BinOp::Add(_) | syn::BinOp::Sub(_)) => {
                self.expect(&e.left, ty);
                self.expect(&e.right, ty);
            }
            Expr::Binary(e) if types::is_arithmetic(&e.op) => {
                if self.facts.infer(&e.left).is_float() {
                    self.expect(&e.right, ty);
                }
                if self.facts.infer(&e.right).is_float() {
                    self.expect(&e.left, ty);
                }
            }
            Expr::If(e) => {
                self.block(&e.then_branch, ty);
                if let Some((_, otherwise)) = &e.else_branch {
                    self.expect(otherwise, ty);
                }
            }
            Expr::Match(e) => e.arms.iter().for_each(|arm| self.expect(&arm.body, ty)),
            Expr::Block(e) => self.block(&e.block, ty),
            _ => {}
        }
    }
}

/// Whether every call of a function that is written in this way returns the same type: a function of the
/// user's, rather than one that makes what is asked for.
fn has_one_type(call: &syn::ExprCall) -> bool {
    let Expr::Path(path) = &*call.func else { return false };
    let last = path.path.segments.last().map_or(String::new(), |s| s.ident.to_string());
    let function = last.starts_with(|c: char| c.is_lowercase() || c == '_');
    let generic = ["default", "from", "into", "try_from", "zero", "one", "new", "take", "replace"];
    function && !generic.contains(&last.as_str())
}

/// Whether an expression surely is a value of its own, if it is a number at all.
fn is_value(init: &Expr) -> bool {
    match init {
        Expr::Call(_) | Expr::Binary(_) | Expr::Index(_) => true,
        // The methods of the library that give references are of collections and options.
        Expr::MethodCall(e) => {
            let borrows = [
                "first",
                "last",
                "get",
                "unwrap",
                "expect",
                "next",
                "unwrap_or",
                "borrow",
                "as_ref",
                "deref",
            ];
            matches!(&*e.receiver, Expr::Path(_)) && !borrows.iter().any(|name| e.method == name)
        }
        Expr::Unary(e) => matches!(e.op, syn::UnOp::Neg(_)),
        Expr::Paren(e) => is_value(&e.expr),
        _ => false,
    }
}

impl<'a> Visit<'a> for Expected<'_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_local(&mut self, local: &'a syn::Local) {
        visit::visit_local(self, local);
        let Some(init) = &local.init else { return };
        let pat = match &local.pat {
            Pat::Type(typed) => &*typed.pat,
            pat => pat,
        };
        let Pat::Ident(syn::PatIdent { by_ref: None, subpat: None, ident, .. }) = pat else {
            return;
        };
        let name = ident.to_string();
        if is_value(&init.expr) {
            self.values.insert(name.clone());
        }
        let ty = self.facts.ty(&name);
        self.expect(&init.expr, &ty);
    }

    fn visit_expr_assign(&mut self, e: &'a syn::ExprAssign) {
        visit::visit_expr_assign(self, e);
        let ty = self.facts.infer(&e.left);
        self.expect(&e.right, &ty);
    }

    fn visit_expr_binary(&mut self, e: &'a syn::ExprBinary) {
        visit::visit_expr_binary(self, e);
        if types::is_compound(&e.op) {
            let ty = self.facts.infer(&e.left);
            self.expect(&e.right, &ty);
        }
    }

    fn visit_expr_method_call(&mut self, e: &'a syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, e);
        let takes_scalars = ["max", "min", "powf", "atan2", "hypot", "copysign", "mul_add"];
        if takes_scalars.iter().any(|name| e.method == name) {
            let ty = self.facts.infer(&e.receiver);
            e.args.iter().for_each(|arg| self.expect(arg, &ty));
        }
    }
}
