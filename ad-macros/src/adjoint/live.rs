//! What of the reverse sweep's restoring is dropped, because nobody reads it.
//!
//! An element that is put back matters to who reads elements, but not to who asks how many there are.

use super::plan::{read_indices, reads_of_stmt, reads_scrutinee, saved_of};
use super::touches::{self, Touch};
use super::{checkpoint, defined};
use crate::ir::{Expr, Place, Program, Role, Stmt, Var};
use std::collections::HashSet;

/// What is read after a statement of the reverse sweep.
#[derive(Clone, Default, PartialEq)]
struct Live {
    /// The variables that are read in whatever way.
    values: HashSet<Var>,
    /// Those whose elements or parts may be read.
    elements: HashSet<Var>,
}

impl Live {
    fn extend(&mut self, other: Live) {
        self.values.extend(other.values);
        self.elements.extend(other.elements);
    }

    fn insert(&mut self, var: Var) {
        self.values.insert(var);
        self.elements.insert(var);
    }

    fn remove(&mut self, var: Var) {
        self.values.remove(&var);
        self.elements.remove(&var);
    }

    /// Adds what an expression reads.
    fn read(&mut self, program: &Program, e: &Expr) {
        super::plan::read(program, e, &mut self.values);
        touches::expr(e, &mut |touch| self.touch(program, touch));
    }

    /// Adds what a statement reads, its nested blocks included.
    fn read_by(&mut self, program: &Program, stmt: &Stmt) {
        reads_of_stmt(program, stmt, &mut self.values);
        touches::each(std::slice::from_ref(stmt), &mut |touch| self.touch(program, touch));
    }

    fn touch(&mut self, program: &Program, touch: Touch<'_>) {
        match touch {
            Touch::Read(place) | Touch::Write(place) => {
                self.elements.insert(program.base(place));
            }
            Touch::Tokens(var, tokens) => {
                let name = program[var].name.to_string();
                if !touches::only_counts(tokens, &name) {
                    self.elements.insert(program.base(&Place::var(var)));
                }
            }
        }
    }
}

/// Drops the restoring of what nobody reads after a sweep.
pub fn drop_dead_restores(program: &Program, stmts: &mut Vec<Stmt>) {
    dropped(program, stmts, Live::default(), 0);
}

/// Drops what is dead, given what is read after the statements. Returns what is read from their start on.
fn dropped(program: &Program, stmts: &mut Vec<Stmt>, mut live: Live, depth: usize) -> Live {
    let mut kept = Vec::new();
    for mut stmt in std::mem::take(stmts).into_iter().rev() {
        if !live_through(program, &mut stmt, &mut live, depth) {
            continue;
        }
        kept.push(stmt);
    }
    kept.reverse();
    *stmts = kept;
    live
}

/// Passes one statement from its end to its start. `false` drops it.
fn live_through(program: &Program, stmt: &mut Stmt, live: &mut Live, depth: usize) -> bool {
    match stmt {
        Stmt::Assign { place, value } if saved_of(program, value).is_some() => {
            let root = program.base(place);
            let whole = place.is_var() && root == place.root;
            let readers = if whole { &live.values } else { &live.elements };
            if !readers.contains(&root) {
                return false;
            }
            if whole {
                live.remove(root);
            }
            let mut indices = HashSet::new();
            read_indices(program, place, &mut indices);
            indices.into_iter().chain(saved_of(program, value)).for_each(|var| live.insert(var));
            true
        }
        Stmt::Do(Expr::Runtime { function: "drop_last", args }) => {
            undo_is_live(program, args, live)
        }
        Stmt::Do(Expr::Runtime { function: "unpop" | "remove_at" | "insert_at", args })
            if undoes(program, &args[..1]) =>
        {
            undo_is_live(program, args, live)
        }
        Stmt::Do(Expr::Runtime { function: "swap", args }) if undoes(program, args) => {
            undo_is_live(program, args, live)
        }
        Stmt::Do(Expr::Method { recv, name, .. })
            if super::rearranges(name) && undoes(program, std::slice::from_ref(&**recv)) =>
        {
            undo_is_live(program, std::slice::from_ref(&**recv), live)
        }
        Stmt::ReverseIf { then, els, cond, .. } => {
            let a = dropped(program, then, live.clone(), depth + 1);
            let b = dropped(program, els, live.clone(), depth + 1);
            if then.is_empty() && els.is_empty() {
                return false;
            }
            live.extend(a);
            live.extend(b);
            live.read(program, cond);
            true
        }
        Stmt::ReverseMatch { arms, scrutinee, .. } => {
            let mut all = Live::default();
            for arm in arms.iter_mut() {
                all.extend(dropped(program, &mut arm.body, live.clone(), depth + 1));
            }
            if arms.iter().all(|arm| arm.body.is_empty()) {
                return false;
            }
            live.extend(all);
            if reads_scrutinee(program, arms) {
                live.read(program, scrutinee);
            }
            true
        }
        Stmt::ReverseLoop { body, .. } => {
            // What the body reads at its start, an iteration run after it (an earlier one) reads too.
            let mut around = live.clone();
            loop {
                let mut trial = body.clone();
                let mut start = dropped(program, &mut trial, around.clone(), depth + 1);
                // A variable of the body is made anew by each iteration's record.
                let outer = |var: &Var| program.depths.get(var).is_none_or(|d| *d <= depth);
                start.values.retain(outer);
                start.elements.retain(outer);
                let mut grown = around.clone();
                grown.extend(start);
                if grown == around {
                    *body = trial;
                    break;
                }
                around = grown;
            }
            if body.is_empty() {
                return false;
            }
            live.extend(around);
            // The body is read by now, but for the head of the loop.
            let head = match stmt {
                Stmt::ReverseLoop { id, kind, .. } => {
                    Stmt::ReverseLoop { id: *id, kind: kind.clone(), body: Vec::new() }
                }
                _ => unreachable!("it is a reversed loop"),
            };
            let mut found = HashSet::new();
            reads_of_stmt(program, stmt, &mut found);
            live.values.extend(found);
            touches::each(&[head], &mut |touch| live.touch(program, touch));
            true
        }
        Stmt::ReverseCheckpointed { body, restore, .. } => {
            // The snapshots bring the state, so its reversed steps restore nothing for one another.
            dropped(program, body, Live::default(), depth + 1);
            let state = checkpoint::restored(program, restore);
            if body.is_empty() && state.is_disjoint(&live.values) {
                return false;
            }
            state.into_iter().for_each(|var| live.remove(var));
            let mut found = HashSet::new();
            checkpoint::reads(program, stmt, &mut found);
            found.into_iter().for_each(|var| live.insert(var));
            true
        }
        stmt => {
            for var in defined(stmt) {
                live.remove(var);
            }
            live.read_by(program, stmt);
            true
        }
    }
}

/// Whether a statement undoes a change of the primal, rather than of a cotangent.
fn undoes(program: &Program, args: &[Expr]) -> bool {
    args.iter().all(|arg| {
        let place = match arg {
            Expr::Ref { expr, .. } => expr.as_place(),
            arg => arg.as_place(),
        };
        place.is_some_and(|p| !matches!(program[program.base(p)].role, Role::Bar(_)))
    })
}

fn undo_is_live(program: &Program, args: &[Expr], live: &mut Live) -> bool {
    let mut roots = HashSet::new();
    for arg in args {
        let place = match arg {
            Expr::Ref { expr, .. } => expr.as_place(),
            arg => arg.as_place(),
        };
        if let Some(place) = place {
            roots.insert(program.base(place));
        }
    }
    if !roots.iter().any(|root| live.values.contains(root)) {
        return false;
    }
    roots.into_iter().for_each(|root| live.insert(root));
    args.iter().for_each(|arg| live.read(program, arg));
    true
}
