//! Calls whose cotangent is known before they are made.
//!
//! ```text
//! // Two sweeps:                             // Fused:
//! let t = f(x, i);                           let t = f::__adjoint(x, i, sum_bar * a, &mut x_bar, Inactive);
//! sum += a * t;                              sum += a * t;
//! a_bar += sum_bar * t;                      a_bar += sum_bar * t;
//! f::__adjoint(x, i, sum_bar * a, ..);
//! ```

use super::Fusion;
use crate::adjoint::plan;
use crate::adjoint::pullback::{again_of, is_rule_of_runtime, sibling};
use crate::adjoint::uses::Uses;
use crate::ir::{CallKind, Expr, Program, Stmt};
use proc_macro2::TokenStream;

/// Fuses the call at `at`, where that is legal.
pub fn call(program: &Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>, at: usize) {
    let Some(fusion) = fusion_of(program, forward, reverse, at) else { return };
    let (Stmt::Let { var, ty, .. }, Stmt::Do(adjoint)) =
        (forward[at].clone(), reverse[fusion.reverse].clone())
    else {
        unreachable!("it is a call, and its adjoint")
    };
    let seeds = fusion.take(reverse);
    forward[at] = Stmt::FusedCall { var, ty, seeds, adjoint };
}

fn fusion_of(program: &Program, forward: &[Stmt], reverse: &[Stmt], at: usize) -> Option<Fusion> {
    let Stmt::Let { value: value @ Expr::Call { path, args, kind }, .. } = &forward[at] else {
        return None;
    };
    // What a call changes has a cotangent that the call turns over.
    let mut written = Vec::new();
    plan::written_by_call(program, value, &mut written);
    let closures = args.iter().any(|arg| arg.as_closure().is_some());
    if *kind == CallKind::Constructor || !written.is_empty() || closures {
        return None;
    }
    let adjoint = sibling(path, kind, "adjoint");
    if is_rule_of_runtime(&adjoint) {
        return None;
    }
    let is_half = |stmt: &Stmt| is_adjoint_of(stmt, &adjoint, args);
    let mut found = reverse.iter().enumerate().filter(|(_, stmt)| is_half(stmt));
    let (Some((reverse_at, half)), None) = (found.next(), found.next()) else { return None };
    let uses = Uses::of(program, std::slice::from_ref(half))?;
    let own = crate::adjoint::defined(&forward[at]);
    if own.iter().any(|var| uses.read.contains(var)) {
        return None;
    }
    Fusion::of(program, forward, reverse, (at, reverse_at), &uses)
}

/// Whether a statement calls the function `adjoint` with the arguments `args` first.
pub fn is_adjoint_of(stmt: &Stmt, adjoint: &TokenStream, args: &[Expr]) -> bool {
    let Stmt::Do(Expr::Call { path, args: given, .. }) = stmt else { return false };
    let same = |(a, b): (&Expr, &Expr)| format!("{:?}", again_of(a)) == format!("{b:?}");
    path.to_string() == adjoint.to_string() && given.iter().zip(args).all(same)
}
