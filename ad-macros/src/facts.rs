//! What is known of each name before lowering: its type, if the syntax shows it, and whether it may
//! carry a derivative.
//!
//! Both are computed on the syntax tree. Types are guessed forwards, then
//! from how values are used (`expected`), and may stay `Unknown`. Activity
//! is a fixed point over the whole body, independent of the order of statements: a variable is active
//! if any value that is ever written to it may be. That `acc` in `let mut acc = 1.0; acc *= x[i]`
//! starts constant does not make it inactive.

pub mod assumptions;
mod changes;
mod expected;
pub mod failures;
pub mod hidden_writes;
pub mod rounding;
#[cfg(test)]
mod tests;
mod types;
mod walk;

use crate::ir::Ty;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{HashMap, HashSet};
use syn::visit::{self, Visit};
use syn::{Expr, Pat};

pub use changes::{asks, is_known_method, leaves_unchanged, mutates, reads_only};
pub use types::{arithmetic, is_array_name, is_compound, macro_args, of_syn_type, scalar_method};

/// The facts of one function.
#[derive(Default)]
pub struct Facts {
    types: HashMap<String, Ty>,
    active: HashSet<String>,
    bound: HashSet<String>,
    /// Names that are bound to the error of a `Result` that may be active, or to parts of one.
    failures: HashSet<String>,
    /// Names declared `mut` or assigned to.
    mutable: HashSet<String>,
    /// Names that hold closures, with the closure.
    pub closures: HashMap<String, syn::ExprClosure>,
    /// Names that hold iterators, with the chain that makes them: a chain runs where it is consumed.
    pub iterators: HashMap<String, Expr>,
    /// Names that hold a range `a..b`.
    pub ranges: HashSet<String>,
    /// Type parameters bounded by `Real`.
    pub reals: HashSet<String>,
    /// Calls whose value is a real scalar by what is done with it, as they are written.
    scalar_calls: HashMap<String, Ty>,
    changed: bool,
}

impl Facts {
    /// Analyses `body`, which ends with a value of type `output`, given what is known of the parameters.
    pub fn of(
        params: Vec<(String, Ty, bool, bool)>,
        reals: HashSet<String>,
        ranges: HashSet<String>,
        body: &syn::Block,
        output: &Ty,
    ) -> Facts {
        let mut facts = Facts { reals, ranges, ..Facts::default() };
        for (name, ty, active, mutable) in params {
            facts.bound.insert(name.clone());
            if active {
                facts.active.insert(name.clone());
            }
            if mutable {
                facts.mutable.insert(name.clone());
            }
            facts.types.insert(name, ty);
        }
        loop {
            facts.changed = false;
            facts.visit_block(body);
            if !facts.changed && !expected::infer(&mut facts, body, output) {
                return facts;
            }
        }
    }

    pub fn ty(&self, name: &str) -> Ty {
        self.types.get(name).cloned().unwrap_or(Ty::Unknown)
    }

    pub fn set_ty(&mut self, name: &str, ty: Ty) {
        self.types.insert(name.to_owned(), ty);
    }

    pub fn is_active(&self, name: &str) -> bool {
        self.active.contains(name) && !self.types.get(name).is_some_and(Ty::is_discrete)
    }

    /// Whether `e` is the error of a `Result` that may be active, a part of one, or what a function makes of one.
    fn is_failure(&self, e: &Expr) -> bool {
        let any = |es: &syn::punctuated::Punctuated<Expr, syn::Token![,]>| {
            es.iter().any(|e| self.is_failure(e))
        };
        if self.active(e) {
            // The errors in it are asserted to be constant.
            return false;
        }
        match e {
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => {
                root_of(e).is_some_and(|root| self.failures.contains(&root.to_string()))
            }
            Expr::Unary(u) => matches!(u.op, syn::UnOp::Deref(_)) && self.is_failure(&u.expr),
            Expr::Paren(e) => self.is_failure(&e.expr),
            Expr::Group(e) => self.is_failure(&e.expr),
            Expr::Reference(e) => self.is_failure(&e.expr),
            Expr::Tuple(e) => any(&e.elems),
            Expr::Array(e) => any(&e.elems),
            Expr::Struct(e) => e.fields.iter().any(|f| self.is_failure(&f.expr)),
            Expr::MethodCall(e) => {
                !types::inactive_method(e) && (self.is_failure(&e.receiver) || any(&e.args))
            }
            // In an error again, it makes an active `Result`.
            Expr::Call(e) => !is_stop_gradient(&e.func) && !is_error(&e.func) && any(&e.args),
            Expr::If(e) => {
                self.failing_tail(&e.then_branch)
                    || e.else_branch.as_ref().is_some_and(|(_, e)| self.is_failure(e))
            }
            Expr::Match(e) => e.arms.iter().any(|arm| self.is_failure(&arm.body)),
            Expr::Block(e) => self.failing_tail(&e.block),
            _ => false,
        }
    }

    fn failing_tail(&self, block: &syn::Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(e, None)) if self.is_failure(e))
    }

    /// Takes the names of `pat` for errors, or parts of some.
    fn fail(&mut self, pat: &Pat) {
        for name in pattern_names(pat) {
            self.changed |= self.failures.insert(name.to_string());
        }
    }

    pub fn is_bound(&self, name: &str) -> bool {
        self.bound.contains(name)
    }

    pub fn is_mutable(&self, name: &str) -> bool {
        self.mutable.contains(name)
    }

    fn activate(&mut self, name: &str) {
        if self.bound.contains(name) && self.active.insert(name.to_owned()) {
            self.changed = true;
        }
    }

    /// Whether the value of `expr` may carry a derivative.
    pub fn active(&self, expr: &Expr) -> bool {
        if matches!(self.infer(expr), ty if ty.is_discrete()) {
            return false;
        }
        match expr {
            Expr::Path(path) => {
                path.path.get_ident().is_some_and(|ident| self.is_active(&ident.to_string()))
            }
            Expr::Lit(_) | Expr::Range(_) | Expr::Let(_) => false,
            Expr::Paren(e) => self.active(&e.expr),
            Expr::Group(e) => self.active(&e.expr),
            Expr::Unary(e) => self.active(&e.expr),
            Expr::Binary(e) => self.active(&e.left) || self.active(&e.right),
            Expr::Cast(e) => self.active(&e.expr),
            Expr::Field(e) => self.active(&e.base),
            Expr::Index(e) => self.active(&e.expr),
            Expr::Reference(e) => self.active(&e.expr),
            Expr::Tuple(e) => e.elems.iter().any(|e| self.active(e)),
            Expr::Array(e) => e.elems.iter().any(|e| self.active(e)),
            Expr::Repeat(e) => self.active(&e.expr),
            Expr::Struct(e) => {
                e.fields.iter().any(|f| self.active(&f.expr))
                    || e.rest.as_ref().is_some_and(|e| self.active(e))
            }
            Expr::MethodCall(e) => {
                !types::inactive_method(e)
                    && (self.active(&e.receiver) || e.args.iter().any(|e| self.active(e)))
            }
            Expr::Call(e) => {
                // The error of a `Result` carries no derivative, but what is computed of the `Result` lacks it then.
                let lost = is_error(&e.func) && e.args.iter().any(|e| self.is_failure(e));
                !is_stop_gradient(&e.func)
                    && (lost
                        || e.args.iter().any(|e| self.active(e))
                        || self.active_callee(&e.func))
            }
            // What an unknown macro makes of active values is active, which lowering refuses.
            Expr::Macro(e) => {
                e.mac.path.segments.last().is_some_and(|s| !is_inactive_macro(&s.ident))
                    && self.mentions_active(&e.mac.tokens)
            }
            Expr::If(e) => {
                self.active_tail(&e.then_branch)
                    || e.else_branch.as_ref().is_some_and(|(_, e)| self.active(e))
            }
            Expr::Match(e) => e.arms.iter().any(|arm| self.active(&arm.body)),
            Expr::Block(e) => self.active_tail(&e.block),
            Expr::Unsafe(e) => self.active_tail(&e.block),
            Expr::Closure(e) => self.mentions_active_expr(&e.body),
            _ => false,
        }
    }

    fn active_callee(&self, func: &Expr) -> bool {
        matches!(func, Expr::Path(p) if p.path.get_ident().is_some_and(|i| self.is_active(&i.to_string())))
    }

    fn active_tail(&self, block: &syn::Block) -> bool {
        matches!(block.stmts.last(), Some(syn::Stmt::Expr(e, None)) if self.active(e))
    }

    /// Whether an active name occurs anywhere in the tokens, outside of `stop_gradient(..)`.
    pub fn mentions_active(&self, tokens: &TokenStream) -> bool {
        let mut stopped = false;
        tokens.clone().into_iter().any(|tree| {
            let stopped = std::mem::replace(
                &mut stopped,
                matches!(&tree, TokenTree::Ident(i) if i == "stop_gradient"),
            );
            match tree {
                TokenTree::Ident(ident) => self.is_active(&ident.to_string()),
                TokenTree::Group(group) => !stopped && self.mentions_active(&group.stream()),
                _ => false,
            }
        })
    }

    pub fn mentions_active_expr(&self, expr: &impl ToTokens) -> bool {
        self.mentions_active(&expr.to_token_stream())
    }

    /// The bound names that occur in the tokens.
    pub fn names_in(&self, tokens: &TokenStream) -> Vec<Ident> {
        let mut found = Vec::new();
        self.collect_names(tokens, &mut found);
        found
    }

    fn collect_names(&self, tokens: &TokenStream, found: &mut Vec<Ident>) {
        for tree in without_members(tokens) {
            match tree {
                TokenTree::Ident(ident)
                    if self.is_bound(&ident.to_string()) && !found.contains(&ident) =>
                {
                    found.push(ident);
                }
                TokenTree::Group(group) => self.collect_names(&group.stream(), found),
                TokenTree::Literal(literal) => {
                    // Captures of a format string.
                    let text = literal.to_string();
                    if text.starts_with('"') {
                        for part in text.split('{').skip(1) {
                            let end = part
                                .find(|c: char| !c.is_alphanumeric() && c != '_')
                                .unwrap_or(part.len());
                            if self.is_bound(&part[..end]) {
                                found.push(Ident::new(&part[..end], literal.span()));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

/// `stop_gradient` by whatever path.
pub fn is_stop_gradient(func: &Expr) -> bool {
    matches!(func, Expr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "stop_gradient"))
}

/// `Err(..)`: the error of a `Result` carries no derivative.
pub fn is_error(func: &Expr) -> bool {
    matches!(func, Expr::Path(p) if p.path.is_ident("Err"))
}

/// Macros whose value has no derivative, whatever their arguments.
pub fn is_inactive_macro(name: &Ident) -> bool {
    let name = name.to_string();
    let known = [
        "format",
        "format_args",
        "matches",
        "s",
        "panic",
        "unreachable",
        "todo",
        "unimplemented",
        "assert",
        "assert_eq",
        "assert_ne",
        "print",
        "println",
        "eprint",
        "eprintln",
        "write",
        "writeln",
        "stringify",
        "line",
        "file",
        "column",
    ];
    known.contains(&name.trim_start_matches("debug_"))
}

/// The variable that a place expression starts from.
pub fn root_of(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(p) => p.path.get_ident(),
        Expr::Field(e) => root_of(&e.base),
        Expr::Index(e) => root_of(&e.expr),
        Expr::Paren(e) => root_of(&e.expr),
        Expr::Group(e) => root_of(&e.expr),
        Expr::Reference(e) => root_of(&e.expr),
        Expr::Unary(e) if matches!(e.op, syn::UnOp::Deref(_)) => root_of(&e.expr),
        Expr::MethodCall(e) => root_of(&e.receiver),
        Expr::Try(e) => root_of(&e.expr),
        _ => None,
    }
}

/// The variables that the format strings in the tokens capture: `x` of `"{x:.3}"`.
pub fn captured_names(tokens: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for tree in tokens.clone() {
        match tree {
            TokenTree::Group(group) => found.extend(captured_names(&group.stream())),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.starts_with('"') {
                    found.extend(text.split('{').skip(1).filter_map(|rest| {
                        let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric())?;
                        (end > 0).then(|| rest[..end].to_owned())
                    }));
                }
            }
            _ => {}
        }
    }
    found
}

/// The names that a pattern binds.
pub fn pattern_names(pat: &Pat) -> Vec<Ident> {
    struct Names(Vec<Ident>);
    impl<'a> Visit<'a> for Names {
        fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
            if (pat.subpat.is_some() || !crate::resolve::is_constant_pattern(&pat.ident))
                && !self.0.contains(&pat.ident)
            {
                self.0.push(pat.ident.clone());
            }
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pat);
    names.0
}

/// Whether a macro never returns.
pub fn is_panic(mac: &syn::Macro) -> bool {
    crate::exits::is_panic(mac)
}

impl Facts {
    /// Adds the facts of an expression that was made during lowering.
    pub fn add(&mut self, e: &Expr) {
        loop {
            self.changed = false;
            self.visit_expr(e);
            if !self.changed {
                return;
            }
        }
    }
}

impl Facts {
    /// Gives a fresh copy of a name the facts of the original.
    pub fn copy_fact(&mut self, from: &str, to: &str) {
        if let Some(ty) = self.types.get(from).cloned() {
            self.types.insert(to.to_owned(), ty);
        }
        for set in [
            &mut self.active,
            &mut self.bound,
            &mut self.mutable,
            &mut self.ranges,
            &mut self.failures,
        ] {
            if set.contains(from) {
                set.insert(to.to_owned());
            }
        }
        if let Some(closure) = self.closures.get(from).cloned() {
            self.closures.insert(to.to_owned(), closure);
        }
    }
}

/// Whether `name` is a primitive type.
pub fn is_primitive(name: &str) -> bool {
    name == "f64" || name == "f32" || types::is_discrete_name(name)
}

/// The tokens but for the names of fields and methods, which are no variables: `sum` in `x.sum()`.
pub fn without_members(tokens: &TokenStream) -> impl Iterator<Item = TokenTree> {
    // How many dots stand before: one selects a member, two are a range or the base of a struct.
    let mut dots = 0;
    tokens.clone().into_iter().filter(move |tree| {
        let member = dots == 1 && matches!(tree, TokenTree::Ident(_));
        dots = match tree {
            TokenTree::Punct(punct) if punct.as_char() == '.' => dots + 1,
            _ => 0,
        };
        !member
    })
}
