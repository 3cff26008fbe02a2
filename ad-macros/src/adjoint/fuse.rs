//! Loops whose iterations only add to what is outside of them: each iteration runs forward and, at once, in
//! reverse, and leaves no record.
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
//! That is legal where no iteration reads what another one wrote, and where the cotangents that the reversed
//! body reads can be known before the loop: what they are computed from (the *seeds*) depends neither on the
//! loop nor on what follows it. Contributions to a cotangent commute, so their order does not matter.

#[cfg(test)]
mod tests;

use super::uses::Uses;
use super::{all_defined, checkpoint, defined, plan};
use crate::ir::{BinOp, Expr, LoopKind, Place, Program, Role, Stmt, Var};
use std::collections::{BTreeSet, HashSet};

/// Fuses the two halves of loops that stand in the same block, and those inside of fused ones.
pub fn loops(program: &mut Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>) {
    for at in 0..forward.len() {
        let Some(fusion) = Fusion::of(program, forward, reverse, at) else { continue };
        fusion.apply(program, forward, reverse);
        if let Stmt::Fused { forward, reverse, .. } = &mut forward[at] {
            loops(program, forward, reverse);
        }
    }
}

/// A loop that may be fused.
struct Fusion {
    /// Where its halves stand.
    forward: usize,
    reverse: usize,
    /// The statements of the reverse sweep that have to run before the loop.
    seeds: BTreeSet<usize>,
}

impl Fusion {
    fn of(program: &Program, forward: &[Stmt], reverse: &[Stmt], at: usize) -> Option<Fusion> {
        let Stmt::Loop { id, kind, body } = &forward[at] else { return None };
        let walks = matches!(kind, LoopKind::Range { .. } | LoopKind::Items { .. });
        if !walks || body.result.is_some() || program.checkpoints.contains_key(id) {
            return None;
        }
        let half = |stmt: &Stmt| matches!(stmt, Stmt::ReverseLoop { id: other, .. } if other == id);
        let reverse_at = reverse.iter().position(half)?;
        let Stmt::ReverseLoop { body: reverse_body, .. } = &reverse[reverse_at] else {
            return None;
        };
        let mut inside = HashSet::new();
        all_defined(&forward[at..=at], &mut inside);
        let written = written_outside(program, &body.stmts, &inside)?;
        let uses = Uses::of(program, reverse_body)?.outside(&inside);
        let carried = uses.read.iter().any(|var| written.contains(var) || uses.added.contains(var));
        if carried || !uses.changed.is_empty() {
            return None;
        }
        let later = Later::of(program, &forward[at..], &reverse[..reverse_at]);
        let defined_after: HashSet<Var> = forward[at + 1..].iter().flat_map(defined).collect();
        if uses.read.iter().any(|var| defined_after.contains(var)) {
            return None;
        }
        let seeds = later?.seeds(&uses)?;
        Some(Fusion { forward: at, reverse: reverse_at, seeds })
    }

    fn apply(self, program: &mut Program, forward: &mut [Stmt], reverse: &mut Vec<Stmt>) {
        let Stmt::ReverseLoop { id, body: mut reverse_body, .. } = reverse.remove(self.reverse)
        else {
            unreachable!("it is the reverse half of a loop")
        };
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
        let placeholder = Stmt::Fused {
            id,
            kind: LoopKind::Forever,
            seeds: Vec::new(),
            forward: Vec::new(),
            reverse: Vec::new(),
        };
        let Stmt::Loop { kind, body, .. } =
            std::mem::replace(&mut forward[self.forward], placeholder)
        else {
            unreachable!("it is the forward half of a loop")
        };
        // What was computed again is still there.
        let alive: HashSet<Var> = body.stmts.iter().flat_map(defined).collect();
        reverse_body.retain(|stmt| !matches!(stmt, Stmt::Let { var, .. } if alive.contains(var) && is_plain(program, *var)));
        program.recording.remove(&id);
        program.held.values_mut().for_each(|held| held.retain(|other| *other != id));
        program.records.remove(&id);
        program.inner_records.remove(&(id, 0));
        forward[self.forward] =
            Stmt::Fused { id, kind, seeds, forward: body.stmts, reverse: reverse_body };
    }
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

/// The reverse sweep of what follows a loop, of which some statements are to run before the loop.
struct Later<'a> {
    program: &'a Program,
    stmts: &'a [Stmt],
    uses: Vec<Uses>,
    /// What the loop and the rest of the forward sweep define and write.
    unknown: HashSet<Var>,
    seeds: BTreeSet<usize>,
    /// The cotangents that have to have their final value before the loop, and those that have to exist.
    values: HashSet<Var>,
    targets: HashSet<Var>,
}

impl<'a> Later<'a> {
    fn of(program: &'a Program, forward: &[Stmt], stmts: &'a [Stmt]) -> Option<Later<'a>> {
        let mut unknown: HashSet<Var> = forward.iter().flat_map(defined).collect();
        let mut written = Vec::new();
        for stmt in forward {
            match stmt {
                Stmt::Fused { seeds, forward, .. } => {
                    unknown.extend(seeds.iter().flat_map(defined));
                    plan::written_roots(program, forward, &mut written);
                }
                stmt => plan::written_roots(program, std::slice::from_ref(stmt), &mut written),
            }
        }
        unknown.extend(written);
        let uses = stmts
            .iter()
            .map(|stmt| Uses::of(program, std::slice::from_ref(stmt)))
            .collect::<Option<_>>()?;
        let (seeds, values, targets) = Default::default();
        Some(Later { program, stmts, uses, unknown, seeds, values, targets })
    }

    /// The statements to run before the loop whose reversed body uses `uses`.
    fn seeds(mut self, uses: &Uses) -> Option<BTreeSet<usize>> {
        for var in &uses.read {
            self.need_value(*var)?;
        }
        for var in &uses.added {
            self.need_target(*var)?;
        }
        let stays = |at: &usize| !self.seeds.contains(at);
        for (at, own) in self.uses.iter().enumerate().filter(|(at, _)| stays(at)) {
            let looks = |var: &Var| own.read.contains(var) || own.changed.contains(var);
            if self.targets.iter().any(looks) {
                return None;
            }
            // What is read here must not have been changed by a seed that came after.
            let overtakes = |seed: &usize| {
                *seed > at && {
                    let mut vars = self.uses[*seed].changed.iter().chain(&self.uses[*seed].added);
                    vars.any(looks) || defined(&self.stmts[*seed]).iter().any(looks)
                }
            };
            if self.seeds.iter().any(overtakes) {
                return None;
            }
        }
        Some(self.seeds)
    }

    fn need_value(&mut self, var: Var) -> Option<()> {
        if !self.values.insert(var) {
            return Some(());
        }
        let is_bar = matches!(self.program[var].role, Role::Bar(_));
        let mut is_made = false;
        for at in 0..self.stmts.len() {
            let makes = defined(&self.stmts[at]).contains(&var);
            if makes || is_bar && self.uses[at].changes(var) {
                is_made |= makes;
                self.seed(at)?;
            }
        }
        let is_given = is_bar && crate::adjoint::is_given_bar(self.program, var);
        (is_made || !self.unknown.contains(&var) && !is_given).then_some(())
    }

    /// What the loop adds to `var` comes before what the later statements do with it. They only add as well,
    /// unless the primal variable is written after the loop: to reverse that is to read and scale its cotangent.
    fn need_target(&mut self, var: Var) -> Option<()> {
        let is_written = match self.program[var].role {
            Role::Bar(of) => self.unknown.contains(&self.program.base(&Place::var(of))),
            _ => true,
        };
        if is_written || self.unknown.contains(&var) {
            return None;
        }
        if self.targets.insert(var)
            && let Some(at) = self.stmts.iter().position(|stmt| defined(stmt).contains(&var))
        {
            self.seed(at)?;
        }
        Some(())
    }

    fn seed(&mut self, at: usize) -> Option<()> {
        if !self.seeds.insert(at) {
            return Some(());
        }
        if !matches!(
            self.stmts[at],
            Stmt::Let { .. }
                | Stmt::Update { .. }
                | Stmt::Assign { .. }
                | Stmt::Do(_)
                | Stmt::WhenActive { .. }
        ) {
            return None;
        }
        if let Stmt::Let { value: Expr::Runtime { function: "pending", .. }, .. } = &self.stmts[at]
        {
            // A sum that takes its shape from what is added first has no elements before.
            return None;
        }
        let uses = self.uses[at].clone();
        let is_bar = |var: &Var| matches!(self.program[*var].role, Role::Bar(_));
        if !uses.changed.iter().all(is_bar) {
            return None;
        }
        for var in uses.read.iter().chain(&uses.changed) {
            self.need_value(*var)?;
        }
        uses.added.iter().try_for_each(|var| {
            if self.values.contains(var) { Some(()) } else { self.need_target(*var) }
        })
    }
}
