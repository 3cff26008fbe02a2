//! What `#[differentiate(explain)]` tells: of each variable, whether it carries a derivative and
//! whether the reverse sweep finds its value recorded, computes it again or needs neither.
//!
//! The decisions are read off the finished sweeps, so the text cannot say other than what the code does.

use crate::adjoint::{self, Reversed};
use crate::function::Function;
use crate::generate::{Naming, visibility};
use crate::ir::{Block, Expr, Id, LoopKind, Place, Program, Role, Stmt, Var};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::{HashMap, HashSet};

/// The constant with the explanation of a function.
pub fn constant(f: &Function, naming: &Naming, text: &str) -> TokenStream {
    let name = if naming.siblings {
        format_ident!("{}_EXPLAIN", naming.function.to_string().to_uppercase())
    } else {
        format_ident!("EXPLAIN")
    };
    let (vis, _) = visibility(naming);
    let doc = format!(
        "What the derivatives of `{}` record and compute again, and why.",
        f.item.sig.ident
    );
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #vis const #name: &'static str = #text;
    }
}

/// The explanation of a function whose derivatives the user gave.
pub fn opaque(f: &Function) -> String {
    f.params
        .iter()
        .map(|p| line(&p.name.to_string(), given(p.active), "neither: the body is opaque"))
        .collect()
}

/// The explanation of a function that has no reverse mode.
pub fn forward(program: &Program) -> String {
    let mut vars: Vec<Var> = (0..program.vars.len())
        .map(Var)
        .filter(|v| matches!(program[*v].role, Role::Param))
        .collect();
    vars.extend(defined_in(&program.body.stmts).into_iter().map(|(var, _)| var));
    let neither = "neither: forward mode keeps nothing";
    vars.into_iter()
        .map(|var| line(&program[var].name.to_string(), activity(program, var), neither))
        .collect()
}

/// The explanation of both sweeps.
pub fn reverse(reversed: &Reversed) -> String {
    let program = &reversed.program;
    let sweeps = Sweeps::of(reversed);
    let params =
        (0..program.vars.len()).map(Var).filter(|v| matches!(program[*v].role, Role::Param));
    let vars = params.map(|var| (var, None)).chain(sweeps.defined.iter().copied());
    vars.map(|(var, block)| {
        line(
            &program[var].name.to_string(),
            activity(program, var),
            &sweeps.decision(program, var, block),
        )
    })
    .collect()
}

fn line(name: &str, activity: &str, decision: &str) -> String {
    format!("{name}: {activity}; {decision}\n")
}

fn given(active: bool) -> &'static str {
    if active { "active (a parameter)" } else { "not active (a constant parameter)" }
}

fn activity(program: &Program, var: Var) -> &'static str {
    let info = &program[var];
    match info.role {
        Role::Param => given(info.active),
        Role::Saved => "not active (an old value, kept to be put back)",
        Role::Alias { .. } if info.active => "active (another name for an active place)",
        _ if info.active => "active (computed from an active value)",
        _ => "not active (no active value reaches it)",
    }
}

/// What is defined and read where.
struct Sweeps {
    /// The variables of the forward sweep, each with the nesting statement whose block defines it.
    defined: Vec<(Var, Option<Id>)>,
    recorded: HashSet<Var>,
    again: HashSet<Var>,
    read: HashSet<Var>,
    /// The variables that fused statements define.
    fused: HashSet<Var>,
    /// What an old value is the old value of.
    olds: HashMap<Var, Var>,
    walked: HashSet<Var>,
}

impl Sweeps {
    fn of(reversed: &Reversed) -> Sweeps {
        let program = &reversed.program;
        let mut read = HashSet::new();
        adjoint::every_read(program, &reversed.reverse, &mut read);
        let recording = program.records.iter().filter(|(id, _)| program.recording.contains(id));
        let recorded = recording.flat_map(|(_, r)| r.vars.iter().flatten().copied()).collect();
        let mut sweeps = Sweeps {
            defined: defined_in(&reversed.forward),
            recorded,
            again: HashSet::new(),
            read,
            fused: HashSet::new(),
            olds: HashMap::new(),
            walked: HashSet::new(),
        };
        adjoint::fused_reads(program, &reversed.forward, &mut sweeps.read);
        sweeps.part(program, &reversed.reverse);
        sweeps.fused(program, &reversed.forward);
        sweeps
    }

    /// Reads a part of the reverse sweep.
    fn part(&mut self, program: &Program, stmts: &[Stmt]) {
        self.again(program, stmts);
        self.olds(program, stmts);
    }

    fn fused(&mut self, program: &Program, stmts: &[Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::Fused { kind, forward, reverse, .. } => {
                    self.fused.extend(head(kind));
                    self.fused.extend(forward.iter().flat_map(adjoint::defined));
                    self.part(program, reverse);
                    self.fused(program, forward);
                }
                Stmt::FusedIf { then, els, .. } => {
                    for arm in [then, els] {
                        self.fused.extend(arm.forward.iter().flat_map(adjoint::defined));
                        self.part(program, &arm.reverse);
                        self.fused(program, &arm.forward);
                    }
                }
                _ => {}
            }
        }
    }

    /// Collects what the reverse sweep defines again, and the variables of the loops that it walks again.
    fn again(&mut self, program: &Program, stmts: &[Stmt]) {
        for stmt in stmts {
            let primal = |var: &Var| !matches!(program[*var].role, Role::Bar(_));
            self.again.extend(adjoint::defined(stmt).into_iter().filter(primal));
            if let Stmt::ReverseLoop { id, kind: LoopKind::Range { var, .. }, .. } = stmt
                && !program.counted.contains(id)
            {
                self.walked.insert(*var);
            }
            nested(stmt).into_iter().for_each(|body| self.again(program, body));
        }
    }

    fn olds(&mut self, program: &Program, stmts: &[Stmt]) {
        for stmt in stmts {
            if let Stmt::Assign { place, value: Expr::Place(Place { root, .. }) } = stmt
                && matches!(program[*root].role, Role::Saved)
            {
                self.olds.insert(*root, program.base(place));
            }
            nested(stmt).into_iter().for_each(|body| self.olds(program, body));
        }
    }

    fn decision(&self, program: &Program, var: Var, block: Option<Id>) -> String {
        let info = &program[var];
        let name = |var: &Var| program[*var].name.to_string();
        if let Some(of) = self.olds.get(&var) {
            let what = format!("the reverse sweep puts it back into `{}`", name(of));
            return match block {
                Some(_) if self.recorded.contains(&var) => format!("recorded: {what}, each time"),
                _ => format!("neither: {what}, and it is still alive"),
            };
        }
        let snapshots = &program.checkpoints;
        if block.is_some_and(|id| snapshots.contains_key(&id)) {
            return "recomputed: its step of the checkpointed loop is run again".to_owned();
        }
        let mut saved = snapshots.values().flat_map(|c| &c.saved);
        if saved.any(|(_, value)| reads(value, var)) {
            return "recorded: a checkpointed loop carries it, and keeps it in snapshots"
                .to_owned();
        }
        if self.recorded.contains(&var) {
            return match (info.active, info.mutable) {
                (_, true) => "recorded: it changes, and the reverse sweep reads what it was last".to_owned(),
                (true, _) => "recorded: the reverse sweep reads it, and to compute it again costs more or its operands have changed".to_owned(),
                (false, _) => "recorded: the reverse sweep reads it, and it cannot be computed again".to_owned(),
            };
        }
        match &info.role {
            Role::Alias { place, .. } => {
                format!("neither: it stands for a part of `{}`", name(&program.base(place)))
            }
            Role::Binding { place } => {
                format!(
                    "neither: its pattern is matched again with `{}`",
                    name(&program.base(place))
                )
            }
            _ if self.fused.contains(&var) && self.read.contains(&var) => {
                "neither: it is reversed at once".to_owned()
            }
            _ if self.walked.contains(&var) => {
                "neither: the reverse sweep walks the range again".to_owned()
            }
            _ if block.is_some() && self.again.contains(&var) => {
                "recomputed: that is cheap, and its operands are as they were".to_owned()
            }
            _ if !self.read.contains(&var) => {
                "neither: the reverse sweep does not read it".to_owned()
            }
            _ => "neither: it is still alive in the reverse sweep".to_owned(),
        }
    }
}

fn reads(value: &Expr, var: Var) -> bool {
    let mut found = false;
    value.for_each_read(&mut |read| found |= read == var);
    found
}

/// The variables that statements define, in order, with the nesting statement around each.
fn defined_in(stmts: &[Stmt]) -> Vec<(Var, Option<Id>)> {
    let mut found = Vec::new();
    collect(stmts, None, &mut found);
    found
}

fn collect(stmts: &[Stmt], around: Option<Id>, found: &mut Vec<(Var, Option<Id>)>) {
    for stmt in stmts {
        let mut inside = |id: &Id, vars: &[Var], block: &Block| {
            found.extend(vars.iter().map(|var| (*var, Some(*id))));
            collect(&block.stmts, Some(*id), found);
        };
        match stmt {
            Stmt::If { id, then, els, .. } => {
                inside(id, &[], then);
                inside(id, &[], els);
            }
            Stmt::Match { id, arms, .. } => {
                for arm in arms {
                    let bound: Vec<Var> = arm.bindings.iter().map(|(var, _)| *var).collect();
                    inside(id, &bound, &arm.body);
                }
            }
            Stmt::Loop { id, kind, body } => inside(id, &head(kind), body),
            Stmt::Fused { kind, forward, .. } => {
                found.extend(head(kind).into_iter().map(|var| (var, around)));
                collect(forward, around, found);
            }
            Stmt::FusedIf { then, els, .. } => {
                collect(&then.forward, around, found);
                collect(&els.forward, around, found);
            }
            _ => {}
        }
        found.extend(adjoint::defined(stmt).into_iter().map(|var| (var, around)));
    }
}

/// What the head of a loop defines.
fn head(kind: &LoopKind) -> Vec<Var> {
    match kind {
        LoopKind::Range { var, .. } => vec![*var],
        LoopKind::Items { vars, .. } => vars.clone(),
        LoopKind::While { .. } | LoopKind::Forever => Vec::new(),
    }
}

/// The blocks of a statement of the reverse sweep.
fn nested(stmt: &Stmt) -> Vec<&[Stmt]> {
    match stmt {
        Stmt::WhenActive { body, .. }
        | Stmt::ReverseLoop { body, .. }
        | Stmt::ReverseCheckpointed { body, .. } => vec![body],
        Stmt::ReverseIf { then, els, .. } => vec![then, els],
        Stmt::ReverseMatch { arms, .. } => arms.iter().map(|arm| &arm.body[..]).collect(),
        _ => Vec::new(),
    }
}
