//! Loops with `#[checkpoint(n)]`: snapshots of the state instead of records of every iteration.
//!
//! ```text
//! // Forward sweep:                      // Reverse sweep:
//! for i in 0..n {                        while let Some(back) = snapshots.back() {
//!     snapshots.visit(|| state);             state = back.state;
//!     body                                   for i in .. { snapshots.visit(|| state); body }
//! }                                          body, as a forward sweep; body, as a reverse sweep
//!                                        }
//!                                        state = snapshots.start();
//! ```
//!
//! The state is what the body changes and the loop carries: every variable that is defined outside of the
//! loop and written in it. What one step needs of itself is alive in that step, so the loop records nothing.

use super::{Adjoint, defined, plan};
use crate::ir::{Block, Expr, Id, LoopKind, Program, Stmt, Var};
use std::collections::HashSet;

impl Adjoint {
    /// Reverses a loop whose state is kept in snapshots. The cotangents of the state are started.
    pub(super) fn checkpointed(&mut self, id: Id, kind: LoopKind, body: Block) -> Vec<Stmt> {
        let mut state = Vec::new();
        for root in state_of(&self.program, &body.stmts) {
            if self.levels.get(&root).is_some_and(|level| *level < self.open.len()) {
                state.extend(self.save(&crate::ir::Place::var(root)));
            }
        }
        let mut saved = Vec::new();
        let mut restore = Vec::new();
        for (save, put_back) in state {
            let Stmt::Let { var, value, .. } = save else { unreachable!("it is a definition") };
            saved.push((var, value));
            restore.push(put_back);
        }
        let checkpoint = self.program.checkpoints.get_mut(&id).expect("the caller looked it up");
        checkpoint.saved = saved;
        let primal = body.clone();
        self.alive = true;
        let (forward, reverse) = self.block(body, |_, _| {});
        self.emit(Stmt::ReverseCheckpointed {
            id,
            kind: kind.clone(),
            restore,
            advance: primal.stmts.clone(),
            forward: forward.stmts,
            body: reverse,
        });
        vec![Stmt::Loop { id, kind, body: primal }]
    }
}

/// The variables that the body of a loop writes, each once.
pub fn state_of(program: &Program, body: &[Stmt]) -> Vec<Var> {
    let mut written = Vec::new();
    plan::written_roots(program, body, &mut written);
    let mut seen = HashSet::new();
    written.retain(|root| seen.insert(*root));
    written
}

/// The variables that statements of a forward sweep define, in nested blocks too.
pub fn all_defined(stmts: &[Stmt], found: &mut HashSet<Var>) {
    for stmt in stmts {
        found.extend(defined(stmt));
        match stmt {
            Stmt::If { then, els, .. } => {
                all_defined(&then.stmts, found);
                all_defined(&els.stmts, found);
            }
            Stmt::Match { arms, .. } => {
                for arm in arms {
                    found.extend(arm.bindings.iter().map(|(var, _)| *var));
                    all_defined(&arm.body.stmts, found);
                }
            }
            Stmt::Loop { kind, body, .. } => {
                match kind {
                    LoopKind::Range { var, .. } => {
                        found.insert(*var);
                    }
                    LoopKind::Items { vars, .. } => found.extend(vars),
                    LoopKind::While { .. } | LoopKind::Forever => {}
                }
                all_defined(&body.stmts, found);
            }
            _ => {}
        }
    }
}

/// Calls `f` with every expression and place that statements of a forward sweep read, as an expression.
pub fn each_read(stmts: &[Stmt], f: &mut dyn FnMut(&Expr)) {
    let block = |block: &Block, f: &mut dyn FnMut(&Expr)| {
        each_read(&block.stmts, f);
        block.result.iter().for_each(f);
    };
    for stmt in stmts {
        match stmt {
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } => f(value),
            Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
                f(value);
                f(&Expr::Place(place.clone()));
            }
            Stmt::Mutate { place, args, .. } => {
                args.iter().for_each(&mut *f);
                f(&Expr::Place(place.clone()));
            }
            Stmt::If { cond, then, els, .. } => {
                f(cond);
                block(then, f);
                block(els, f);
            }
            Stmt::Match { scrutinee, arms, .. } => {
                f(scrutinee);
                for arm in arms {
                    arm.guard.iter().for_each(&mut *f);
                    block(&arm.body, f);
                }
            }
            Stmt::Loop { kind, body, .. } => {
                match kind {
                    LoopKind::Range { lo, hi, step, .. } => {
                        f(lo);
                        f(hi);
                        step.iter().for_each(&mut *f);
                    }
                    LoopKind::Items { iter, .. } => f(iter),
                    LoopKind::While { cond } => f(cond),
                    LoopKind::Forever => {}
                }
                block(body, f);
            }
            Stmt::Effect { reads, writes, .. } => {
                reads.iter().chain(writes).for_each(|var| f(&Expr::var(*var)));
            }
            _ => {}
        }
    }
}

/// What statements of a forward sweep read, what they define themselves included.
pub fn primal_reads(program: &Program, stmts: &[Stmt], found: &mut HashSet<Var>) {
    each_read(stmts, &mut |e| plan::read(program, e, found));
}

/// What the reverse half of a checkpointed loop reads from outside of it.
pub fn reads(program: &Program, stmt: &Stmt, found: &mut HashSet<Var>) {
    let Stmt::ReverseCheckpointed { id, kind, restore, advance, forward, body } = stmt else {
        unreachable!("the caller matched it")
    };
    let mut inside = plan::reads_of(program, body);
    primal_reads(program, advance, &mut inside);
    primal_reads(program, forward, &mut inside);
    let mut own: HashSet<Var> = saved(program, *id).collect();
    all_defined(forward, &mut own);
    if let LoopKind::Range { var, lo, hi, step, .. } = kind {
        own.insert(*var);
        for e in [lo, hi].into_iter().chain(step) {
            plan::read(program, e, &mut inside);
        }
    }
    inside.extend(plan::reads_of(program, restore));
    found.extend(inside.difference(&own));
}

/// The variables that the snapshots of a loop are taken apart into.
fn saved(program: &Program, id: Id) -> impl Iterator<Item = Var> + '_ {
    program.checkpoints.get(&id).into_iter().flat_map(|c| c.saved.iter().map(|(var, _)| *var))
}

/// The state that a checkpointed loop puts back.
pub fn restored(program: &Program, restore: &[Stmt]) -> HashSet<Var> {
    let roots = restore.iter().filter_map(|stmt| match stmt {
        Stmt::Assign { place, .. } => Some(program.base(place)),
        _ => None,
    });
    roots.collect()
}

/// Calls `f` with the forward sweeps of the steps of checkpointed loops, which stand in the reverse sweep.
pub fn each_forward(stmts: &mut [Stmt], f: &mut dyn FnMut(&mut Vec<Stmt>)) {
    for stmt in stmts {
        match stmt {
            Stmt::ReverseCheckpointed { forward, body, .. } => {
                f(forward);
                each_forward(body, f);
            }
            Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => each_forward(body, f),
            Stmt::ReverseIf { then, els, .. } => {
                each_forward(then, f);
                each_forward(els, f);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter_mut().for_each(|arm| each_forward(&mut arm.body, f))
            }
            _ => {}
        }
    }
}
