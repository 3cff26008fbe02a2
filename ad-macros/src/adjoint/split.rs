//! Calls whose callee keeps what its reverse sweep needs, so that it does not run again.
//!
//! ```text
//! // The callee runs again (joint):          // It goes on where it stood (split):
//! let y = f(x);                              let (y, f_back) = f::__split(x);
//! // reverse:                                // reverse:
//! f::__adjoint(x, y_bar, &mut x_bar);        f::__back(f_back, x, y_bar, &mut x_bar);
//! ```
//!
//! The caller cannot see what its callee would keep, so it always calls the halves. Whether these are two sweeps, or
//! the function and its adjoint, is settled where the callee is compiled (`generate/split.rs`). The constant
//! `f::__SPLIT` tells: the second half of a split callee does not look at what `&mut` arguments hold.

use super::fuse::is_adjoint_of;
use super::halves;
use super::pullback::{is_rule_of_runtime, last_ident, sibling};
use crate::ir::{CallKind, Expr, Program, Proj, Role, Stmt, Ty, Var, VarInfo};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::HashSet;
use syn::parse::Parser;

/// Splits the calls of two halves of a block, nested blocks included. Whether there were any: then what is recorded
/// is to be decided anew.
pub fn calls(program: &mut Program, forward: &mut [Stmt], reverse: &mut [Stmt]) -> bool {
    let mut found = false;
    for at in 0..forward.len() {
        if let Some(call) = Call::of(forward, reverse, at) {
            call.split(program, forward, reverse, at);
            found = true;
        }
        let inner = &mut |forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>| {
            calls(program, forward, reverse)
        };
        found |= halves::inside(&mut forward[at], reverse, inner);
    }
    for stmt in reverse {
        if let Stmt::ReverseCheckpointed { forward, body, .. } = stmt {
            found |= calls(program, forward, body);
        }
    }
    found
}

/// A call that can be split.
struct Call {
    var: Var,
    ty: Option<syn::Type>,
    path: TokenStream,
    args: Vec<Expr>,
    /// Where the call of its adjoint stands.
    reverse_at: usize,
}

impl Call {
    fn of(forward: &[Stmt], reverse: &[Stmt], at: usize) -> Option<Call> {
        let Stmt::Let { var, ty, value: Expr::Call { path, args, kind } } = &forward[at] else {
            return None;
        };
        let adjoint = sibling(path, kind, "adjoint");
        let closures = args.iter().any(|arg| arg.as_closure().is_some());
        if *kind != CallKind::Function || closures || is_rule_of_runtime(&adjoint) {
            return None;
        }
        let holds = |stmt: &Stmt| match stmt {
            Stmt::WhenActive { body, .. } => {
                body.iter().any(|stmt| is_adjoint_of(stmt, &adjoint, args))
            }
            stmt => is_adjoint_of(stmt, &adjoint, args),
        };
        // The halves of a call are one each: what is called twice with the same arguments stays as it is.
        let mut adjoints = reverse.iter().enumerate().filter(|(_, stmt)| holds(stmt));
        let (Some((reverse_at, _)), None) = (adjoints.next(), adjoints.next()) else { return None };
        let same = |stmt: &&Stmt| match stmt {
            Stmt::Let { value: Expr::Call { path: other, args: given, .. }, .. } => {
                other.to_string() == path.to_string() && format!("{given:?}") == format!("{args:?}")
            }
            _ => false,
        };
        let once = forward.iter().filter(same).count() == 1;
        once.then(|| Call {
            var: *var,
            ty: ty.clone(),
            path: path.clone(),
            args: args.clone(),
            reverse_at,
        })
    }

    fn split(self, program: &mut Program, forward: &mut [Stmt], reverse: &mut [Stmt], at: usize) {
        let back = self.back(program);
        self.call_back(back, &mut reverse[self.reverse_at]);
        let path = hidden(&self.path);
        let kept = unless_split(program, &path, &mut forward[..at]);
        for stmt in &mut reverse[..self.reverse_at] {
            put_back_unless_split(program, &path, &kept, stmt);
        }
        let (name, back_name) = (&program[self.var].name, &program[back].name);
        let mutability = program[self.var].mutable.then(|| quote!(mut));
        let pat = syn::Pat::parse_single
            .parse2(quote!((#mutability #name, #back_name)))
            .expect("two names in parentheses are a pattern");
        let pat = match self.ty {
            None => pat,
            Some(ty) => syn::Pat::Type(syn::PatType {
                attrs: Vec::new(),
                pat: Box::new(pat),
                colon_token: Default::default(),
                ty: Box::new(syn::parse_quote!((#ty, _))),
            }),
        };
        let path = sibling(&self.path, &CallKind::Function, "split");
        let value = Expr::Call { path, args: self.args, kind: CallKind::Function };
        let part = |i: usize| vec![Proj::Field(i.into())];
        let vars = vec![(self.var, part(0)), (back, part(1))];
        forward[at] = Stmt::Destructure { pat, value, vars };
    }

    /// The variable that holds what the callee keeps.
    fn back(&self, program: &mut Program) -> Var {
        let base = format!("{}_back", last_ident(&self.path));
        let taken = |name: &str| program.vars.iter().any(|v| v.name == name);
        let name = (1..)
            .map(|i| if i == 1 { base.clone() } else { format!("{base}_{i}") })
            .find(|name| !taken(name))
            .expect("there is always another number");
        let name = format_ident!("{}", name);
        let (ty, role) = (Ty::Unknown, Role::Local);
        program.vars.push(VarInfo { name, ty, active: false, mutable: false, role });
        let back = Var(program.vars.len() - 1);
        if let Some(depth) = program.depths.get(&self.var).copied() {
            program.depths.insert(back, depth);
        }
        back
    }

    /// Makes the call of the adjoint in `stmt` the second half.
    fn call_back(&self, back: Var, stmt: &mut Stmt) {
        let adjoint = sibling(&self.path, &CallKind::Function, "adjoint");
        match stmt {
            Stmt::WhenActive { body, .. } => {
                body.iter_mut().for_each(|stmt| self.call_back(back, stmt));
            }
            Stmt::Do(Expr::Call { path, args, .. }) if path.to_string() == adjoint.to_string() => {
                *path = sibling(&self.path, &CallKind::Function, "back");
                args.insert(0, Expr::var(back));
            }
            _ => {}
        }
    }
}

/// The namespace of a function, without generic arguments.
fn hidden(path: &TokenStream) -> TokenStream {
    let mut parsed: syn::ExprPath = syn::parse2(path.clone()).expect("a function has a path");
    if let Some(last) = parsed.path.segments.last_mut() {
        last.arguments = syn::PathArguments::None;
    }
    quote!(#parsed)
}

/// What is kept right before a call for the callee's sake is kept only where the callee is not split. Returns all that
/// is kept there.
fn unless_split(program: &Program, path: &TokenStream, before: &mut [Stmt]) -> HashSet<Var> {
    let mut kept = HashSet::new();
    for stmt in before.iter_mut().rev() {
        match stmt {
            Stmt::Let { var, value, .. } if matches!(program[*var].role, Role::Saved) => {
                kept.insert(*var);
                if let Expr::Runtime { function: "keep_if", args } = value
                    && let Expr::Verbatim { tokens, .. } = &mut args[0]
                {
                    *tokens = quote!(#tokens && !#path::__SPLIT);
                }
            }
            _ => break,
        }
    }
    kept
}

/// What was there before a call is put back for the callee only where that is not split.
fn put_back_unless_split(
    program: &Program,
    path: &TokenStream,
    kept: &HashSet<Var>,
    stmt: &mut Stmt,
) {
    let Stmt::Assign { place, value: Expr::Runtime { function: "clone", args } } = stmt else {
        return;
    };
    let [Expr::Ref { mutable: false, expr }] = &args[..] else { return };
    let Some(old) = expr.as_place().filter(|old| old.is_var() && kept.contains(&old.root)) else {
        return;
    };
    if program.is_array_view(place) {
        return;
    }
    let asked = Expr::lit(quote!(!#path::__SPLIT));
    let target = Expr::borrow_mut(Expr::Place(place.clone()));
    let args = vec![asked, target, Expr::borrow(Expr::Place(old.clone()))];
    *stmt = Stmt::Do(Expr::runtime("put_back_where", args));
}
