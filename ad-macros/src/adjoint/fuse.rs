//! Statements whose reverse half may run right after their forward half, and that leave no record then.
//!
//! A loop whose iterations only add to what is outside of it runs each iteration forward and, at once, in reverse:
//!
//! ```text
//! // Two sweeps:                             // Fused:
//! for i in 0..n {                            let sum_bar = out_bar * 0.5;
//!     let t = (x[i] - y[i]).exp();           for i in 0..n {
//!     sum += t;                                  let t = (x[i] - y[i]).exp();
//!     record.push(t);                            sum += t;
//! }                                              x_bar[i] += sum_bar * t;
//! let out = 0.5 * sum;                       }
//! let sum_bar = out_bar * 0.5;               let out = 0.5 * sum;
//! for (i, t) in (0..n).zip(record).rev() {
//!     x_bar[i] += sum_bar * t;
//! }
//! ```
//!
//! That is legal where no iteration reads an active value that another one wrote, and where the cotangents that the
//! reversed body reads can be known before the loop: what they are computed from (the *seeds*) depends neither on the
//! loop nor on what follows it. Contributions to a cotangent commute, so their order does not matter.
//!
//! An arm of a branch is fused likewise, where that lets something inside be fused. A call whose cotangent is known
//! before it becomes the call of its adjoint, which returns the value as well: the callee runs once rather than twice.

mod branches;
mod calls;
mod later;
mod olds;
#[cfg(test)]
mod tests;

use super::uses::Uses;
use super::{all_defined, checkpoint, defined, plan};
use crate::ir::{BinOp, Expr, Id, LoopKind, Place, Program, Role, Stmt, Var};
pub use calls::is_adjoint_of;
use later::Later;
pub use olds::{Renaming, read_where_kept};
use std::collections::{BTreeSet, HashSet};

/// Fuses the two halves of statements that stand in the same block, and those inside of fused ones.
pub fn statements(program: &mut Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>) {
    let mut at = 0;
    while at < forward.len() {
        match &forward[at] {
            Stmt::Loop { .. } => looping(program, forward, reverse, at),
            Stmt::If { .. } => branches::branch(program, forward, reverse, at),
            Stmt::Let { value: Expr::Call { .. }, .. } => {
                calls::call(program, forward, reverse, at)
            }
            _ => {}
        }
        at += 1;
    }
}

/// Fuses the loop at `at`, where that is legal.
fn looping(program: &mut Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>, at: usize) {
    let Some((fusion, mut body)) = fusion_of_loop(program, forward, reverse, at) else { return };
    let seeds = fusion.take(reverse);
    let (Stmt::Loop { id, kind, .. }, Some(mut back)) = (forward[at].clone(), body.pop()) else {
        unreachable!("it is the forward half of a loop, and both halves of its body were made")
    };
    let mut ahead = body.pop().expect("both halves of its body were made");
    forget_record(program, id, 1);
    drop_alive(program, &ahead, &mut back);
    statements(program, &mut ahead, &mut back);
    forward[at] = Stmt::Fused { id, kind, seeds, forward: ahead, reverse: back };
}

/// How the loop at `at` may be fused, and both halves of its body.
fn fusion_of_loop(
    program: &Program,
    forward: &[Stmt],
    reverse: &[Stmt],
    at: usize,
) -> Option<(Fusion, Vec<Vec<Stmt>>)> {
    let Stmt::Loop { id, kind, body } = &forward[at] else { return None };
    let walks = matches!(kind, LoopKind::Range { .. } | LoopKind::Items { .. });
    if !walks || body.result.is_some() || program.checkpoints.contains_key(id) {
        return None;
    }
    let half = |stmt: &Stmt| matches!(stmt, Stmt::ReverseLoop { id: other, .. } if other == id);
    let reverse_at = reverse.iter().position(half)?;
    let Stmt::ReverseLoop { body: back, .. } = &reverse[reverse_at] else { return None };
    let mut inside = HashSet::new();
    all_defined(&forward[at..=at], &mut inside);
    let written = written_outside(program, &body.stmts, &inside)?;
    let (ahead, back) = read_where_kept(program, &body.stmts, back, &inside)?;
    let uses = Uses::of(program, &back)?.outside(&inside);
    let carried = uses
        .read
        .iter()
        .any(|var| written.contains(var) && program[*var].active || uses.added.contains(var));
    if carried {
        return None;
    }
    Some((Fusion::of(program, forward, reverse, (at, reverse_at), &uses)?, vec![ahead, back]))
}

/// What is to be done to fuse a statement.
struct Fusion {
    /// Where its reverse half stands.
    reverse: usize,
    /// The statements of the reverse sweep that have to run before it.
    seeds: BTreeSet<usize>,
}

impl Fusion {
    /// `uses` are of the reverse half of the statement, which may run right after the forward half.
    fn of(
        program: &Program,
        forward: &[Stmt],
        reverse: &[Stmt],
        (at, reverse_at): (usize, usize),
        uses: &Uses,
    ) -> Option<Fusion> {
        let later = Later::of(program, &forward[at..], &reverse[..reverse_at])?;
        let defined_after: HashSet<Var> = forward[at + 1..].iter().flat_map(defined).collect();
        if !uses.changed.is_empty() || uses.read.iter().any(|var| defined_after.contains(var)) {
            return None;
        }
        Some(Fusion { reverse: reverse_at, seeds: later.seeds(uses)? })
    }

    /// Takes the reverse half and the seeds out of the reverse sweep. Returns the seeds.
    fn take(self, reverse: &mut Vec<Stmt>) -> Vec<Stmt> {
        reverse.remove(self.reverse);
        let mut seeds = Vec::new();
        let mut position = 0;
        reverse.retain(|stmt| {
            let is_seed = self.seeds.contains(&position);
            position += 1;
            if is_seed {
                seeds.push(stmt.clone());
            }
            !is_seed
        });
        seeds
    }
}

/// A statement of `blocks` blocks that leaves no record any more.
pub fn forget_record(program: &mut Program, id: Id, blocks: usize) {
    program.recording.remove(&id);
    program.held.values_mut().for_each(|held| held.retain(|other| *other != id));
    program.records.remove(&id);
    (0..blocks).for_each(|block| {
        program.inner_records.remove(&(id, block));
    });
}

/// Drops what the reverse half computes again though the forward half has just done so.
fn drop_alive(program: &Program, ahead: &[Stmt], back: &mut Vec<Stmt>) {
    let alive: HashSet<Var> = ahead.iter().flat_map(defined).collect();
    back.retain(|stmt| !matches!(stmt, Stmt::Let { var, .. } if alive.contains(var) && is_plain(program, *var)));
}

fn is_plain(program: &Program, var: Var) -> bool {
    let info = &program[var];
    let role = matches!(info.role, Role::Local | Role::Temp);
    role && (matches!(info.ty, crate::ir::Ty::Float(_)) || info.ty.is_discrete())
}

/// What a body writes that is defined outside of it. `None` where an iteration may read what another one
/// wrote and that carries a derivative.
fn written_outside(
    program: &Program,
    body: &[Stmt],
    inside: &HashSet<Var>,
) -> Option<HashSet<Var>> {
    let mut written = Vec::new();
    plan::written_roots(program, body, &mut written);
    let outside: HashSet<Var> = written.into_iter().filter(|var| !inside.contains(var)).collect();
    let independent =
        outside.iter().all(|var| !program[*var].active || is_accumulator(program, body, *var));
    independent.then_some(outside)
}

/// Whether a body only adds scalars to a variable of outside, and reads it nowhere.
fn is_accumulator(program: &Program, body: &[Stmt], var: Var) -> bool {
    let reads_var = |e: &Expr| {
        let mut found = HashSet::new();
        plan::read(program, e, &mut found);
        found.contains(&var)
    };
    let mut mentions = 0;
    checkpoint::each_read(body, &mut |e| mentions += usize::from(reads_var(e)));
    let mut additions = 0;
    each_update(body, &mut |place, op, value| {
        let sum = matches!(op, BinOp::Add | BinOp::Sub) && program.base(place) == var;
        let by_itself = reads_var(value) || indices_read(program, place, var);
        let scalar = matches!(program.ty_of_place(place), crate::ir::Ty::Float(_));
        additions += usize::from(sum && scalar && !by_itself);
    });
    matches!(program[var].role, Role::Local | Role::Temp) && mentions == additions
}

fn indices_read(program: &Program, place: &Place, var: Var) -> bool {
    let mut found = HashSet::new();
    plan::read_indices(program, place, &mut found);
    found.contains(&var)
}

fn each_update(stmts: &[Stmt], f: &mut dyn FnMut(&Place, BinOp, &Expr)) {
    for stmt in stmts {
        match stmt {
            Stmt::Update { place, op, value } => f(place, *op, value),
            Stmt::If { then, els, .. } => {
                each_update(&then.stmts, f);
                each_update(&els.stmts, f);
            }
            Stmt::Match { arms, .. } => arms.iter().for_each(|arm| each_update(&arm.body.stmts, f)),
            Stmt::Loop { body, .. } => each_update(&body.stmts, f),
            _ => {}
        }
    }
}
