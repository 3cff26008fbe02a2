//! Branches whose arm runs forward and at once in reverse.

use super::{Fusion, drop_alive, forget_record, read_where_kept, statements};
use crate::adjoint::all_defined;
use crate::adjoint::uses::Uses;
use crate::ir::{Block, Expr, FusedArm, Program, Stmt};
use std::collections::HashSet;

/// Fuses the branch at `at`, where that is legal and lets something inside of it be fused.
pub fn branch(program: &mut Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>, at: usize) {
    let Stmt::If { id, dest, cond, then, els } = &forward[at] else { return };
    if !has_candidates(then) && !has_candidates(els) {
        return;
    }
    let id = *id;
    let Some((fusion, arms)) = fusion_of(program, forward, reverse, at) else { return };
    let mut trial = program.clone();
    forget_record(&mut trial, id, 2);
    let [then, els] = arms.map(|mut arm| {
        drop_alive(&trial, &arm.forward, &mut arm.reverse);
        statements(&mut trial, &mut arm.forward, &mut arm.reverse);
        arm
    });
    let is_fused = |arm: &FusedArm| arm.forward.iter().any(is_fused);
    if !is_fused(&then) && !is_fused(&els) {
        return;
    }
    *program = trial;
    let (dest, cond) = (*dest, cond.clone());
    let seeds = fusion.take(reverse);
    forward[at] = Stmt::FusedIf { dest, cond, seeds, then, els };
}

/// Whether a block contains what may be fused.
fn has_candidates(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match stmt {
        Stmt::Loop { .. } | Stmt::Let { value: Expr::Call { .. }, .. } => true,
        Stmt::If { then, els, .. } => has_candidates(then) || has_candidates(els),
        _ => false,
    })
}

fn is_fused(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Fused { .. } | Stmt::FusedIf { .. } | Stmt::FusedCall { .. })
}

fn fusion_of(
    program: &Program,
    forward: &[Stmt],
    reverse: &[Stmt],
    at: usize,
) -> Option<(Fusion, [FusedArm; 2])> {
    let Stmt::If { id, then, els, .. } = &forward[at] else { return None };
    let half = |stmt: &Stmt| matches!(stmt, Stmt::ReverseIf { id: other, .. } if other == id);
    let reverse_at = reverse.iter().position(half)?;
    let Stmt::ReverseIf { then: then_back, els: els_back, .. } = &reverse[reverse_at] else {
        return None;
    };
    let mut inside = HashSet::new();
    all_defined(&then.stmts, &mut inside);
    all_defined(&els.stmts, &mut inside);
    let arm = |block: &Block, back: &[Stmt]| {
        let (ahead, back) = read_where_kept(program, &block.stmts, back, &inside)?;
        Some(FusedArm { forward: ahead, result: block.result.clone(), reverse: back })
    };
    let arms = [arm(then, then_back)?, arm(els, els_back)?];
    let both: Vec<Stmt> = arms.iter().flat_map(|arm| arm.reverse.clone()).collect();
    let uses = Uses::of(program, &both)?.outside(&inside);
    Some((Fusion::of(program, forward, reverse, (at, reverse_at), &uses)?, arms))
}
