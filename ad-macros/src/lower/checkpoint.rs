//! `#[checkpoint(n)]` on loops.

use super::Lower;
use crate::adjoint;
use crate::ir::{Checkpoint, Id, Role, Stmt};
use std::ops::Range;
use syn::{Attribute, Expr as SynExpr};

impl Lower<'_> {
    /// Notes that the loop `id`, lowered just now, is checkpointed.
    pub(super) fn checkpoint(&mut self, attrs: &[Attribute], id: Id) {
        let Some(attr) = attrs.iter().find(|attr| attr.path().is_ident("checkpoint")) else {
            return;
        };
        // A number that is missing is reported where the attribute is taken off.
        let Ok(limit) = attr.parse_args::<SynExpr>() else { return };
        if is_zero(&limit) {
            self.errors.at(&limit, "a checkpointed loop keeps at least one snapshot, that of its start: write `#[checkpoint(1)]` or more");
        }
        self.refuse_changes(&limit);
        let limit = self.verbatim(&limit);
        let body = self.open.last().and_then(|stmts| {
            stmts.iter().rev().find_map(|stmt| match stmt {
                Stmt::Loop { id: found, body, .. } if *found == id => Some(&body.stmts),
                _ => None,
            })
        });
        let state = body.map(|body| adjoint::state_of(&self.program, body)).unwrap_or_default();
        let mut own = std::collections::HashSet::new();
        adjoint::all_defined(body.map_or(&[], |b| &b[..]), &mut own);
        for var in state.into_iter().filter(|var| !own.contains(var)) {
            let info = &self.program[var];
            if matches!(info.role, Role::Deferred) {
                self.errors.at(
                    attr,
                    format!("`{0}` has no value before this loop, so its snapshot cannot be taken: write `let mut {0} = ..` with a first value", info.name),
                );
            }
        }
        self.program.checkpoints.insert(id, Checkpoint { limit, saved: Vec::new() });
    }

    /// Notes that the loop of a chain is checkpointed, if the chain is one loop. Its identities start at
    /// `before`; `users` are those of the user's body, for each time that it was lowered.
    pub(super) fn checkpoint_chain(
        &mut self,
        attrs: &[Attribute],
        before: usize,
        users: &[Range<usize>],
    ) {
        let mut loops = Vec::new();
        loops_of(self.open.last().map_or(&[], |stmts| &stmts[..]), &mut loops);
        loops.retain(|id| id.0 >= before && !users.iter().any(|user| user.contains(&id.0)));
        match loops[..] {
            [id] if users.len() == 1 => self.checkpoint(attrs, id),
            _ => self.refuse_checkpoint(attrs, "this iterator becomes several loops, which cannot be checkpointed as one: write nested loops, and the attribute on one of them"),
        }
    }

    pub(super) fn refuse_checkpoint(&self, attrs: &[Attribute], message: &str) {
        if let Some(attr) = attrs.iter().find(|attr| attr.path().is_ident("checkpoint")) {
            self.errors.at(attr, message);
        }
    }
}

fn is_zero(limit: &SynExpr) -> bool {
    matches!(limit, SynExpr::Lit(syn::ExprLit { lit: syn::Lit::Int(n), .. }) if n.base10_digits() == "0")
}

/// The loops in statements, nested ones included.
fn loops_of(stmts: &[Stmt], found: &mut Vec<Id>) {
    for stmt in stmts {
        match stmt {
            Stmt::Loop { id, body, .. } => {
                found.push(*id);
                loops_of(&body.stmts, found);
            }
            Stmt::If { then, els, .. } => {
                loops_of(&then.stmts, found);
                loops_of(&els.stmts, found);
            }
            Stmt::Match { arms, .. } => {
                arms.iter().for_each(|arm| loops_of(&arm.body.stmts, found))
            }
            _ => {}
        }
    }
}
