//! Lists of scalars that a loop fills, an element an iteration: their cotangents are read by the loop's index.
//!
//! ```text
//! let mut items = Vec::new();                // Popped:                        // By index:
//! for k in 0..n {                            for k in (0..n).rev() {           for k in (0..n).rev() {
//!     items.push(x[k] * y);                      let bar = pop(&mut items_bar);    let bar = items_bar[k];
//! }                                              x_bar[k] += bar * y;              x_bar[k] += bar * y;
//!                                            }                                 }
//! ```
//!
//! The list starts empty and nothing else changes it, so that iteration `k` makes element `k`.

use super::{halves, plan};
use crate::ir::{Expr, LoopKind, MutOp, Place, Program, Proj, Role, Stmt, Ty, Var};
use proc_macro2::TokenStream;

/// Reads such cotangents by index in the reverse half of a block, nested blocks included.
pub fn by_index(program: &Program, forward: &mut [Stmt], reverse: &mut [Stmt]) -> bool {
    let mut found = false;
    for at in 0..forward.len() {
        if let Some((list, index)) = filled(program, forward, at) {
            found |= read_by_index(program, list, index, &forward[at], reverse);
        }
        let inner = &mut |forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>| {
            by_index(program, forward, reverse)
        };
        found |= halves::inside(&mut forward[at], reverse, inner);
    }
    found
}

/// The list that the loop at `at` fills from its start, and the loop's index.
fn filled(program: &Program, forward: &[Stmt], at: usize) -> Option<(Var, Var)> {
    let Stmt::Loop { kind: LoopKind::Range { var, lo, step: None, .. }, body, .. } = &forward[at]
    else {
        return None;
    };
    let from_zero = matches!(lo, Expr::Verbatim { tokens, .. } if tokens.to_string() == "0");
    if !from_zero || body.result.is_some() {
        return None;
    }
    let list = body.stmts.iter().find_map(|stmt| match stmt {
        Stmt::Mutate { op: MutOp::Push, place, .. } if place.is_var() => {
            let resolved = program.resolve(place);
            let scalars = matches!(program[resolved.root].ty.element(), Ty::Float(_));
            (resolved.is_var() && scalars).then_some(resolved.root)
        }
        _ => None,
    })?;
    let starts_empty = |stmt: &Stmt| match stmt {
        Stmt::Let { var, value: Expr::Verbatim { tokens, .. }, .. } => {
            *var == list && is_empty(tokens)
        }
        _ => false,
    };
    let mut written = Vec::new();
    plan::written_roots(program, forward, &mut written);
    let once = written.iter().filter(|root| **root == list).count() == 1;
    (once && forward[..at].iter().any(starts_empty)).then_some((list, *var))
}

/// Whether the tokens make a list without elements.
fn is_empty(tokens: &TokenStream) -> bool {
    match syn::parse2(tokens.clone()) {
        Ok(syn::Expr::Call(call)) => match &*call.func {
            syn::Expr::Path(path) => {
                let mut names = path.path.segments.iter().rev().map(|s| s.ident.to_string());
                let function = names.next();
                let makes = ["new", "with_capacity"].iter().any(|n| function.as_deref() == Some(n));
                makes && names.next().as_deref() == Some("Vec")
            }
            _ => false,
        },
        Ok(syn::Expr::Macro(made)) => made.mac.path.is_ident("vec") && made.mac.tokens.is_empty(),
        _ => false,
    }
}

fn read_by_index(
    program: &Program,
    list: Var,
    index: Var,
    forward: &Stmt,
    reverse: &mut [Stmt],
) -> bool {
    let Stmt::Loop { id, .. } = forward else { return false };
    let half = reverse.iter_mut().find_map(|stmt| match stmt {
        Stmt::ReverseLoop { id: other, body, .. } if other == id => Some(body),
        _ => None,
    });
    let popped = |value: &Expr| {
        let Expr::Runtime { function: "pop", args } = value else { return None };
        let [Expr::Ref { mutable: true, expr }] = &args[..] else { return None };
        let bar = expr.as_place().filter(|bar| bar.is_var())?.root;
        matches!(program[bar].role, Role::Bar(of) if of == list).then_some(bar)
    };
    for stmt in half.into_iter().flatten() {
        if let Stmt::Let { value, .. } = stmt
            && let Some(bar) = popped(value)
        {
            *value = Expr::Place(Place::var(bar).then(Proj::Index(Expr::var(index))));
            return true;
        }
    }
    false
}
