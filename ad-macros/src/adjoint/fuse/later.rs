//! What of the reverse sweep has to run before a statement that is fused.

use crate::adjoint::uses::Uses;
use crate::adjoint::{defined, plan};
use crate::ir::{Expr, Place, Program, Role, Stmt, Var};
use std::collections::{BTreeSet, HashSet};

/// The reverse sweep of what follows a statement, of which some statements are to run before that one.
pub struct Later<'a> {
    program: &'a Program,
    stmts: &'a [Stmt],
    uses: Vec<Uses>,
    /// What the statement and the rest of the forward sweep define and write.
    unknown: HashSet<Var>,
    seeds: BTreeSet<usize>,
    /// The cotangents that have to have their final value before the statement, and those that have to exist.
    values: HashSet<Var>,
    targets: HashSet<Var>,
}

impl<'a> Later<'a> {
    pub fn of(program: &'a Program, forward: &[Stmt], stmts: &'a [Stmt]) -> Option<Later<'a>> {
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

    /// The statements to run before the statement whose reverse half uses `uses`.
    pub fn seeds(mut self, uses: &Uses) -> Option<BTreeSet<usize>> {
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

    /// What the statement adds to `var` comes before what the later statements do with it. They only add as well,
    /// unless the primal variable is written after it: to reverse that is to read and scale its cotangent.
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
