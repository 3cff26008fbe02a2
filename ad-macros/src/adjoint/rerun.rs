//! Loops whose reverse half runs the iterations forward again rather than reading a record of them.
//!
//! ```text
//! // Recorded:                               // Run again:
//! let mut power = 1.0;                       let mut power = 1.0;
//! for c in x {                               for c in x {
//!     residual -= c * power;                     residual -= c * power;
//!     record.push(power);                        power *= t;
//!     power *= t;                            }
//! }                                          // reverse:
//! // reverse:                                let mut power_again = 1.0;
//! for (i, power) in .. record.rev() {        for i in 0..x.len() {
//!     x_bar[i] -= residual_bar * power;          let power_old = power_again;
//! }                                              power_again *= t;
//!                                                x_bar[i] -= residual_bar * power_old;
//!                                            }
//! ```
//!
//! That is legal where the reversed body only adds to cotangents, so that its iterations may run in any order, and
//! pays where what would be recorded follows cheaply from scalars that carry no derivative.

use super::fuse::{Renaming, forget_record, read_where_kept};
use super::uses::Uses;
use super::{all_defined, defined, halves, plan};
use crate::ir::{Expr, LoopKind, Place, Program, Role, Stmt, Ty, Var, VarInfo};
use quote::format_ident;
use std::collections::HashSet;

/// Changes such loops in two halves of a block, nested blocks included. Whether there were any: then what is
/// recorded is to be decided anew.
pub fn loops(program: &mut Program, forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>) -> bool {
    let mut found = false;
    let mut at = 0;
    while at < forward.len() {
        if let Some(again) = Again::of(program, forward, reverse, at) {
            at = again.apply(program, forward, reverse, at);
            found = true;
        }
        let inner = &mut |forward: &mut Vec<Stmt>, reverse: &mut Vec<Stmt>| {
            loops(program, forward, reverse)
        };
        found |= halves::inside(&mut forward[at], reverse, inner);
        at += 1;
    }
    found
}

/// A loop that is to run again.
struct Again {
    reverse_at: usize,
    kind: LoopKind,
    /// The part of the body that is to run again, and what it carries from one iteration to the next.
    slice: Vec<Stmt>,
    carried: Vec<Var>,
    /// The reversed body, and the body without what was kept for it.
    reversed: Vec<Stmt>,
    body: Vec<Stmt>,
}

impl Again {
    fn of(program: &Program, forward: &[Stmt], reverse: &[Stmt], at: usize) -> Option<Again> {
        let Stmt::Loop { id, kind: kind @ LoopKind::Range { var, .. }, body } = &forward[at] else {
            return None;
        };
        let checkpointed = program.checkpoints.contains_key(id);
        if body.result.is_some() || checkpointed || program.counted.contains(id) {
            return None;
        }
        let half = |stmt: &Stmt| matches!(stmt, Stmt::ReverseLoop { id: other, .. } if other == id);
        let reverse_at = reverse.iter().position(half)?;
        let Stmt::ReverseLoop { body: reversed, .. } = &reverse[reverse_at] else { return None };
        let mut inside = HashSet::new();
        all_defined(&forward[at..=at], &mut inside);
        let (ahead, reversed) = read_where_kept(program, &body.stmts, reversed, &inside)?;
        let mut written = Vec::new();
        plan::written_roots(program, &body.stmts, &mut written);
        let uses = Uses::of(program, &reversed)?;
        let outside = uses.clone().outside(&inside);
        let depends = |var: &Var| outside.added.contains(var);
        if !outside.changed.is_empty() || outside.read.iter().any(depends) {
            return None;
        }
        // What the reversed body reads of the forward half.
        let own: HashSet<Var> = reversed.iter().flat_map(defined).collect();
        let changes = |var: &Var| written.contains(var) || inside.contains(var);
        let mut wanted: HashSet<Var> = plan::reads_of(program, &reversed);
        wanted.retain(|v| changes(v) && v != var && !own.contains(v));
        if wanted.is_empty() {
            return None;
        }
        let slice = slice(program, &ahead, wanted.clone())?;
        let mut carried = Vec::new();
        plan::written_roots(program, &slice, &mut carried);
        carried.retain(|var| !inside.contains(var));
        carried.sort();
        carried.dedup();
        let given = given(program, &slice);
        let local: HashSet<Var> = slice.iter().flat_map(defined).collect();
        let holds = |read: &Var| {
            read == var
                || local.contains(read)
                || carried.contains(read)
                || !written.contains(read) && still_holds(program, &forward[..at], *read)
        };
        let is_made = |var: &Var| local.contains(var) || carried.contains(var);
        if !wanted.iter().all(is_made)
            || !given.iter().all(holds)
            || carried.iter().any(|var| !is_constant_scalar(program, *var))
        {
            return None;
        }
        let kept = |stmt: &Stmt| {
            matches!(stmt, Stmt::Let { var, .. }
                if matches!(program[*var].role, Role::Saved) && local.contains(var))
        };
        let body = ahead.into_iter().filter(|stmt| !kept(stmt)).collect();
        Some(Again { reverse_at, kind: kind.clone(), slice, carried, reversed, body })
    }

    /// Returns where the loop stands then.
    fn apply(
        mut self,
        program: &mut Program,
        forward: &mut Vec<Stmt>,
        reverse: &mut Vec<Stmt>,
        at: usize,
    ) -> usize {
        let Stmt::Loop { id, body, .. } = &mut forward[at] else {
            unreachable!("it is the forward half of a loop")
        };
        forget_record(program, *id, 1);
        body.stmts = std::mem::take(&mut self.body);
        let (mut starts, mut seeds, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        for var in std::mem::take(&mut self.carried) {
            let again = copy_of(program, var, "again", Role::Local);
            program[again].mutable = true;
            let start = match initial(program, &forward[..at], var) {
                Some(value) => value,
                None => {
                    let start = copy_of(program, var, "start", Role::Saved);
                    starts.push(Stmt::Let { var: start, ty: None, value: Expr::var(var) });
                    Expr::var(start)
                }
            };
            let local = forward[..at].iter().flat_map(defined).any(|v| v == var);
            let read_later =
                plan::reads_of(program, &reverse[self.reverse_at + 1..]).contains(&var);
            if !local || read_later {
                ends.push(Stmt::Assign { place: Place::var(var), value: start.clone() });
            }
            seeds.push(Stmt::Let { var: again, ty: None, value: start });
            let renaming = Renaming { program, from: var, to: again };
            renaming.forward(&mut self.slice).expect("a slice consists of plain statements");
            renaming.stmts(&mut self.reversed).expect("it was renamed before");
        }
        let id = program.fresh_id();
        let again =
            Stmt::Fused { id, kind: self.kind, seeds, forward: self.slice, reverse: self.reversed };
        reverse.splice(self.reverse_at..=self.reverse_at, std::iter::once(again).chain(ends));
        let at_now = at + starts.len();
        forward.splice(at..at, starts);
        at_now
    }
}

/// The statements of a body that compute `wanted`. `None` where that takes more than a few cheap operations on
/// scalars.
fn slice(program: &Program, body: &[Stmt], mut wanted: HashSet<Var>) -> Option<Vec<Stmt>> {
    // What is carried is wanted by the next iteration, wherever it is read in this one.
    loop {
        let mut found = Vec::new();
        let mut cost = 0;
        for stmt in body.iter().rev() {
            let mut makes: Vec<Var> = defined(stmt);
            plan::written_roots(program, std::slice::from_ref(stmt), &mut makes);
            if !makes.iter().any(|var| wanted.contains(var)) {
                continue;
            }
            let value = match stmt {
                Stmt::Let { var, value, .. }
                    if !matches!(program[*var].role, Role::Alias { .. }) =>
                {
                    value
                }
                Stmt::Assign { place, value } | Stmt::Update { place, value, .. }
                    if place.is_var() =>
                {
                    value
                }
                _ => return None,
            };
            cost += value.size();
            if !plan::cheap(program, kept_value(value)) || cost > plan::CHEAP {
                return None;
            }
            found.push(stmt.clone());
        }
        let mut more = wanted.clone();
        for stmt in &found {
            if let Stmt::Let { value, .. }
            | Stmt::Assign { value, .. }
            | Stmt::Update { value, .. } = stmt
            {
                plan::read(program, value, &mut more);
            }
        }
        if more.len() == wanted.len() {
            found.reverse();
            return Some(found);
        }
        wanted = more;
    }
}

/// What a statement that keeps a value reads, which is an integer or the like where it is cloned.
fn kept_value(value: &Expr) -> &Expr {
    match value {
        Expr::Runtime { function: "clone", args } => match &args[..] {
            [Expr::Ref { mutable: false, expr }] => expr,
            _ => value,
        },
        value => value,
    }
}

/// What statements of a slice read.
fn given(program: &Program, slice: &[Stmt]) -> HashSet<Var> {
    let mut found = HashSet::new();
    super::checkpoint::primal_reads(program, slice, &mut found);
    found
}

/// Whether a variable has the value in the reverse sweep that it had at the loop, even where nothing there asked
/// for that before.
fn still_holds(program: &Program, before: &[Stmt], var: Var) -> bool {
    let info = &program[var];
    let unchanged = !info.mutable && !matches!(info.ty, Ty::RefMut(_));
    let given = matches!(info.role, Role::Param) || program.depths.get(&var) == Some(&0);
    unchanged && (given || before.iter().flat_map(defined).any(|v| v == var))
}

fn is_constant_scalar(program: &Program, var: Var) -> bool {
    let info = &program[var];
    let scalar = matches!(info.ty, Ty::Float(_)) || info.ty == Ty::Discrete;
    scalar && !info.active && matches!(info.role, Role::Local | Role::Temp)
}

/// The value that a variable surely has after `before`, where that is a literal.
fn initial(program: &Program, before: &[Stmt], var: Var) -> Option<Expr> {
    let defines = |stmt: &Stmt| defined(stmt).contains(&var);
    let at = before.iter().position(defines)?;
    let mut written = Vec::new();
    plan::written_roots(program, &before[at + 1..], &mut written);
    match &before[at] {
        Stmt::Let { value: value @ Expr::Verbatim { tokens, reads, .. }, ty: None, .. }
            if reads.is_empty()
                && !written.contains(&var)
                && syn::parse2::<syn::Lit>(tokens.clone()).is_ok() =>
        {
            Some(value.clone())
        }
        _ => None,
    }
}

/// A variable of the type of another.
fn copy_of(program: &mut Program, var: Var, what: &str, role: Role) -> Var {
    let info = &program[var];
    let base = format!("{}_{what}", info.name);
    let taken = |name: &str| program.vars.iter().any(|v| v.name == name);
    let name = (1..)
        .map(|i| if i == 1 { base.clone() } else { format!("{base}_{i}") })
        .find(|name| !taken(name))
        .expect("there is always another number");
    let (name, ty) = (format_ident!("{}", name), info.ty.clone());
    program.vars.push(VarInfo { name, ty, active: false, mutable: false, role });
    let copy = Var(program.vars.len() - 1);
    if let Some(depth) = program.depths.get(&var).copied() {
        program.depths.insert(copy, depth);
    }
    copy
}
