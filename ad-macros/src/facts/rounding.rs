//! Integers that were computed from active values, and their way back.
//!
//! ```text
//! let i = (x * 10.0) as usize;     // `i` is rounded
//! table[i + 1] * x                 // allowed: it selects
//! (i as f64 + 0.5) / 10.0          // an error: a step function of `x`, whose derivative is lost
//! ```
//!
//! An integer may select an element, an arm or a number of iterations. Turned back into a float it is
//! a piecewise constant function of an active value, and the user has to say that this is meant.
//! The same holds for text, `format!("{x:.3}").parse()`.
//!
//! Only values are followed: a counter that a branch on an active value increments is an integer like
//! any other.

use super::{Facts, is_inactive_macro, is_stop_gradient, pattern_names, root_of, types};
use crate::errors::Errors;
use std::collections::HashSet;
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

/// Reports every place of `body` where a rounded integer becomes a float.
pub fn check(facts: &Facts, body: &syn::Block, errors: &Errors) {
    let mut rounded = Rounded { facts, names: HashSet::new(), changed: true };
    while std::mem::take(&mut rounded.changed) {
        rounded.visit_block(body);
    }
    Report { rounded, errors }.visit_block(body);
}

/// Collects the names of rounded integers, and of containers of them.
struct Rounded<'f> {
    facts: &'f Facts,
    names: HashSet<String>,
    changed: bool,
}

impl Rounded<'_> {
    fn add(&mut self, name: String) {
        self.changed |= self.names.insert(name);
    }

    fn add_root(&mut self, place: &Expr) {
        if let Some(root) = root_of(place) {
            self.add(root.to_string());
        }
    }

    fn bind(&mut self, pat: &Pat, init: &Expr) {
        if let (Pat::Tuple(pats), Expr::Tuple(values)) = (pat, init)
            && pats.elems.len() == values.elems.len()
        {
            pats.elems.iter().zip(&values.elems).for_each(|(pat, value)| self.bind(pat, value));
        } else if self.is_rounded(init) {
            self.bind_all(pat);
        }
    }

    /// The integers among what a pattern binds; a float beside them is none.
    fn bind_all(&mut self, pat: &Pat) {
        for name in pattern_names(pat) {
            let name = name.to_string();
            if !self.facts.ty(&name).is_float() {
                self.add(name);
            }
        }
    }

    /// Whether the value is an integer that was computed from active values.
    fn is_rounded(&self, e: &Expr) -> bool {
        match e {
            Expr::Path(p) => {
                p.path.get_ident().is_some_and(|ident| self.names.contains(&ident.to_string()))
            }
            Expr::Cast(c) => {
                is_integer(&c.ty) && (self.facts.active(&c.expr) || self.is_rounded(&c.expr))
            }
            Expr::Paren(e) => self.is_rounded(&e.expr),
            Expr::Group(e) => self.is_rounded(&e.expr),
            Expr::Reference(e) => self.is_rounded(&e.expr),
            Expr::Unary(e) => self.is_rounded(&e.expr),
            Expr::Field(e) => self.is_rounded(&e.base),
            Expr::Index(e) => self.is_rounded(&e.expr),
            Expr::Binary(e) => {
                types::is_arithmetic(&e.op)
                    && (self.is_rounded(&e.left) || self.is_rounded(&e.right))
            }
            Expr::Tuple(e) => e.elems.iter().any(|e| self.is_rounded(e)),
            Expr::Array(e) => e.elems.iter().any(|e| self.is_rounded(e)),
            Expr::Repeat(e) => self.is_rounded(&e.expr),
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => !is_stop_gradient(&call.func) && self.call(call),
            Expr::Block(e) => self.ends_rounded(&e.block),
            Expr::If(e) => {
                self.ends_rounded(&e.then_branch)
                    || e.else_branch.as_ref().is_some_and(|(_, e)| self.is_rounded(e))
            }
            Expr::Match(e) => e.arms.iter().any(|arm| self.is_rounded(&arm.body)),
            Expr::Closure(e) => self.is_rounded(&e.body),
            Expr::Macro(e) => self.is_text(&e.mac),
            _ => false,
        }
    }

    /// Whether a macro makes text of active values.
    fn is_text(&self, mac: &syn::Macro) -> bool {
        mac.path.segments.last().is_some_and(|s| s.ident == "format" || s.ident == "format_args")
            && self.shows_active(mac)
    }

    /// Whether the text that a macro makes shows active values.
    fn shows_active(&self, mac: &syn::Macro) -> bool {
        let mut captured = super::captured_names(&mac.tokens).into_iter();
        captured.any(|name| self.facts.is_active(&name) || self.names.contains(&name))
            || self.facts.mentions_active(&mac.tokens)
            || types::macro_args(mac).iter().any(|arg| self.is_rounded(arg))
    }

    fn ends_rounded(&self, block: &syn::Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(e, None)) if self.is_rounded(e))
    }

    fn method(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        if self.facts.active(&call.receiver) && is_rounding_method(&name) {
            return true;
        }
        if self.facts.infer(&Expr::MethodCall(call.clone())).is_float() || makes_float(&name) {
            return false;
        }
        // What is computed from integers is one; lengths, comparisons and searches are not.
        if super::types::inactive_method(call) && !is_rounding_method(&name) {
            return false;
        }
        let maps = name == "map" || name == "flat_map" || name == "mapv";
        match call.args.first() {
            Some(Expr::Closure(closure)) if maps => self.is_rounded(&closure.body),
            _ => {
                self.is_rounded(&call.receiver) || call.args.iter().any(|arg| self.is_rounded(arg))
            }
        }
    }

    /// `i64::from(k)`, `usize::min(k, 3)`, `Some(k)`. Other functions of integers look things up.
    fn call(&self, call: &syn::ExprCall) -> bool {
        let Expr::Path(path) = &*call.func else { return false };
        let mut segments = path.path.segments.iter().rev().map(|s| s.ident.to_string());
        let (last, owner) =
            (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        let wraps = last == "Some" || last == "Ok";
        (wraps || types::is_discrete_name(&owner))
            && call.args.iter().any(|arg| self.is_rounded(arg))
            || types::is_discrete_name(&owner) && call.args.iter().any(|arg| self.facts.active(arg))
    }
}

/// Methods that make an integer of a float.
fn is_rounding_method(name: &str) -> bool {
    name == "to_bits"
        || name == "to_string"
        || name == "to_int_unchecked"
        || name.strip_prefix("to_").is_some_and(|ty| types::is_discrete_name(ty) && ty != "str")
}

/// Methods that make a float of an integer.
fn makes_float(name: &str) -> bool {
    name == "to_f64" || name == "to_f32"
}

/// Whether the syntax shows text, which `into` makes an error or other text.
fn shows_text(e: &Expr) -> bool {
    match e {
        Expr::Macro(_) => true,
        Expr::MethodCall(call) => call.method == "to_string",
        Expr::Paren(e) => shows_text(&e.expr),
        Expr::Reference(e) => shows_text(&e.expr),
        _ => false,
    }
}

fn is_into(call: &syn::ExprMethodCall) -> bool {
    call.method == "into" && call.args.is_empty()
}

/// `text.parse()`
fn is_parse(call: &syn::ExprMethodCall) -> bool {
    call.method == "parse" && call.args.is_empty()
}

/// `text.parse::<usize>()`
fn parses_integer(call: &syn::ExprMethodCall) -> bool {
    call.turbofish
        .as_ref()
        .and_then(|t| t.args.first())
        .is_some_and(|arg| matches!(arg, syn::GenericArgument::Type(ty) if is_integer(ty)))
}

/// The `parse` whose result is unwrapped.
fn parsed(call: &syn::ExprMethodCall) -> Option<&syn::ExprMethodCall> {
    match &*call.receiver {
        _ if is_parse(call) => Some(call),
        Expr::MethodCall(inner)
            if call.method.to_string().starts_with("unwrap") || call.method == "expect" =>
        {
            parsed(inner)
        }
        Expr::Try(e) => match &*e.expr {
            Expr::MethodCall(inner) => parsed(inner),
            _ => None,
        },
        _ => None,
    }
}

fn is_integer(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(p) if p.path.get_ident().is_some_and(|i| types::is_discrete_name(&i.to_string())))
}

impl<'a> Visit<'a> for Rounded<'_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_local(&mut self, local: &'a syn::Local) {
        visit::visit_local(self, local);
        if let Some(init) = &local.init {
            self.bind(&local.pat, &init.expr);
        }
    }

    fn visit_expr_let(&mut self, e: &'a syn::ExprLet) {
        visit::visit_expr_let(self, e);
        self.bind(&e.pat, &e.expr);
    }

    fn visit_expr_match(&mut self, e: &'a syn::ExprMatch) {
        visit::visit_expr_match(self, e);
        for arm in &e.arms {
            self.bind(&arm.pat, &e.expr);
        }
    }

    fn visit_expr_for_loop(&mut self, e: &'a syn::ExprForLoop) {
        visit::visit_expr_for_loop(self, e);
        if self.is_rounded(&e.expr) {
            self.bind_all(&e.pat);
        }
    }

    fn visit_expr_assign(&mut self, e: &'a syn::ExprAssign) {
        visit::visit_expr_assign(self, e);
        if self.is_rounded(&e.right) && !self.facts.infer(&e.left).is_float() {
            self.add_root(&e.left);
        }
    }

    fn visit_expr_binary(&mut self, e: &'a syn::ExprBinary) {
        visit::visit_expr_binary(self, e);
        if types::is_compound(&e.op) && self.is_rounded(&e.right) {
            self.add_root(&e.left);
        }
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        let mut name = mac.path.segments.iter().rev().map(|s| s.ident.to_string());
        if matches!(name.next().as_deref(), Some("write" | "writeln"))
            && self.shows_active(mac)
            && let Some(target) = types::macro_args(mac).first()
        {
            self.add_root(target);
        }
    }

    fn visit_expr_method_call(&mut self, e: &'a syn::ExprMethodCall) {
        visit::visit_expr_method_call(self, e);
        let from_receiver = self.is_rounded(&e.receiver);
        for arg in &e.args {
            match arg {
                Expr::Closure(closure) if from_receiver => {
                    closure.inputs.iter().for_each(|pat| self.bind_all(pat))
                }
                arg if super::mutates(&e.method) && self.is_rounded(arg) => {
                    self.add_root(&e.receiver)
                }
                _ => {}
            }
        }
    }
}

/// Finds where rounded integers become floats.
struct Report<'f> {
    rounded: Rounded<'f>,
    errors: &'f Errors,
}

impl Report<'_> {
    fn error(&self, e: &impl quote::ToTokens) {
        self.errors.at(
            e,
            "an integer that was computed from active values becomes a float here, and its derivative is lost: \
             write `stop_gradient(..)` around it if it shall count as constant",
        );
    }
}

impl<'a> Visit<'a> for Report<'_> {
    fn visit_item(&mut self, _: &'a syn::Item) {}

    fn visit_expr_cast(&mut self, e: &'a syn::ExprCast) {
        if super::of_syn_type(&e.ty, &self.rounded.facts.reals).is_float()
            && self.rounded.is_rounded(&e.expr)
        {
            return self.error(e);
        }
        visit::visit_expr_cast(self, e);
    }

    fn visit_expr_call(&mut self, e: &'a syn::ExprCall) {
        if is_stop_gradient(&e.func) {
            return;
        }
        if let Expr::Path(path) = &*e.func {
            let mut segments = path.path.segments.iter().rev().map(|s| s.ident.to_string());
            let (last, owner) =
                (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
            let float =
                owner == "f64" || owner == "f32" || self.rounded.facts.reals.contains(&owner);
            if float
                && last.starts_with("from")
                && e.args.iter().any(|arg| self.rounded.is_rounded(arg))
            {
                return self.error(e);
            }
        }
        visit::visit_expr_call(self, e);
    }

    fn visit_expr_method_call(&mut self, e: &'a syn::ExprMethodCall) {
        if is_parse(e) && !parses_integer(e) && self.rounded.is_rounded(&e.receiver) {
            self.errors.at(
                &e.method,
                "text that was made of active values becomes a number here, and its derivative is lost: \
                 compute with the values, or write `stop_gradient(..)` around them if they shall count as constant",
            );
            return;
        }
        // An `into` whose target is not said may be one.
        let becomes_float =
            makes_float(&e.method.to_string()) || is_into(e) && !shows_text(&e.receiver);
        if becomes_float && self.rounded.is_rounded(&e.receiver) {
            return self.error(e);
        }
        visit::visit_expr_method_call(self, e);
    }

    fn visit_local(&mut self, local: &'a syn::Local) {
        if let (syn::Pat::Type(p), Some(init)) = (&local.pat, &local.init)
            && let Expr::MethodCall(call) = &*init.expr
            && is_integer(&p.ty)
            && (is_into(call) || parsed(call).is_some())
        {
            let call = parsed(call).unwrap_or(call);
            return self.visit_expr(&call.receiver);
        }
        visit::visit_local(self, local);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        // What is only printed or asserted needs no derivative.
        if mac.path.segments.last().is_some_and(|s| is_inactive_macro(&s.ident)) {
            return;
        }
        for arg in types::macro_args(mac) {
            let inner = Report {
                rounded: Rounded {
                    facts: self.rounded.facts,
                    names: self.rounded.names.clone(),
                    changed: false,
                },
                errors: self.errors,
            };
            { inner }.visit_expr(&arg);
        }
    }
}
