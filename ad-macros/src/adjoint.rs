//! The adjoint transform: from a program to its forward sweep, which keeps what will be needed, and
//! its reverse sweep, which adds up cotangents.
//!
//! ```text
//! // Input:                  // Forward sweep:          // Reverse sweep:
//! let t = x * y;             let t = x * y;             let t_bar = s_bar * z;
//! s += t * z;                s += t * z;                z_bar += s_bar * t;
//!                                                       x_bar += t_bar * y;  y_bar += t_bar * x;
//! ```
//!
//! The invariant of the reverse sweep: where a statement is reversed, every variable holds the value
//! that it had just before that statement ran. Overwritten values are saved in the forward sweep and
//! restored first, so any expression may be evaluated again. What nobody reads is not restored, and
//! what is not restored is not saved (`plan`).

mod bars;
mod checkpoint;
mod closure;
mod control;
mod fuse;
mod halves;
mod live;
mod merge;
mod mutate;
mod outline;
mod overwritten;
mod plan;
mod pullback;
mod pushes;
mod rerun;
mod slopes;
mod spans;
mod split;
mod stacks;
mod sums;
#[cfg(test)]
pub mod tests;
pub mod touches;
mod uses;

use crate::ir::{Block, Expr, Program, Role, Stmt, Ty, Var, VarInfo};
use bars::Bars;
pub use bars::{is_borrowed_param, is_given_bar, is_whole};
pub use checkpoint::{all_defined, state_of};
pub use merge::same;
pub use overwritten::{reads as reads_old_value, reads_in_reverse};
pub use plan::{every_read, fused_reads, is_costly, reads_of, reads_scrutinee, written_roots};
use proc_macro2::Ident;
pub use pullback::{
    again_of, as_objects, last_ident, sibling, variant_of, with_suffix, without_last,
};
use quote::format_ident;
use std::collections::{HashMap, HashSet};

/// A program and its reversal.
#[derive(Clone, Debug)]
pub struct Reversed {
    pub program: Program,
    pub forward: Vec<Stmt>,
    /// The value that the function returns.
    pub result: Option<Expr>,
    pub reverse: Vec<Stmt>,
    /// The cotangents of parameters that are local variables, with their parameter.
    pub scalars: Vec<(Var, Var)>,
}

/// The state of the transform.
struct Adjoint {
    program: Program,
    bars: Bars,
    /// The nesting depth at which a variable is defined.
    levels: HashMap<Var, usize>,
    /// The reverse sweeps of the blocks that are open, outermost first.
    open: Vec<Vec<Stmt>>,
    names: HashSet<String>,
    /// Zeros made in the forward sweep, for variables that a match may move out of.
    zeros: HashMap<Var, Var>,
    /// The variables that statements define, rather than patterns: their zero can be made right after.
    owns_zero: HashSet<Var>,
    /// Whether the next block's variables are alive in its reverse sweep.
    alive: bool,
    /// Whether the sweeps are to be transformed further, and keep to what the transform takes.
    plain: bool,
    /// What is kept of what calls overwrite.
    of_calls: overwritten::OfCalls,
}

/// Adds the cotangent of the result, of type `ty`, to a program that is to be reversed.
pub fn seed(program: &mut Program, ty: Ty) -> Var {
    let taken = |name: &str| program.vars.iter().any(|v| v.name == name);
    let name = (1..)
        .map(|i| if i == 1 { "out_bar".to_owned() } else { format!("out_bar_{i}") })
        .find(|name| !taken(name))
        .expect("there is always another number");
    let out_bar = Var(program.vars.len());
    let name = format_ident!("{}", name);
    program.vars.push(VarInfo { name, ty, active: true, mutable: false, role: Role::Temp });
    out_bar
}

/// Whether a method of this name moves elements and is undone by one of the list.
pub fn rearranges(name: &proc_macro2::Ident) -> bool {
    let known = ["swap", "swap_axes", "invert_axis", "reverse", "rotate_left", "rotate_right"];
    known.iter().any(|n| name == n)
}

/// Reverses `program`. `out_bar` is the cotangent of its result.
pub fn reverse(program: Program, out_bar: Var) -> Reversed {
    reverse_with(program, out_bar, true)
}

/// As [`reverse`], but so that the forward sweep stands alone: it neither needs a cotangent nor leaves anything of
/// another function's for the reverse sweep.
pub fn reverse_apart(program: Program, out_bar: Var) -> Reversed {
    reverse_with(program, out_bar, false)
}

fn reverse_with(program: Program, out_bar: Var, joined: bool) -> Reversed {
    let (mut adjoint, result, mut forward, mut reverse) = sweeps(program, out_bar, false);
    overwritten::keep_if_read(&adjoint.program, &adjoint.of_calls, &mut forward, &mut reverse);
    adjoint.record_outlines(&mut forward, &mut reverse);
    plan::records(&mut adjoint.program, &mut forward, &mut reverse);
    pushes::by_index(&adjoint.program, &mut forward, &mut reverse);
    merge::contributions(&adjoint.program, &mut reverse);
    if joined {
        fuse::statements(&mut adjoint.program, &mut forward, &mut reverse);
        if split::calls(&mut adjoint.program, &mut forward, &mut reverse) {
            plan::records_anew(&mut adjoint.program, &mut forward, &mut reverse);
        }
    }
    if rerun::loops(&mut adjoint.program, &mut forward, &mut reverse) {
        plan::records_anew(&mut adjoint.program, &mut forward, &mut reverse);
    }
    if stacks::of_spans(&mut adjoint.program, &mut forward, &mut reverse) {
        plan::records_anew(&mut adjoint.program, &mut forward, &mut reverse);
    }
    sums::in_fused(&mut adjoint.program, &mut forward);
    sums::in_registers(&mut adjoint.program, &mut reverse);
    adjoint.take_over_squares(&mut reverse, result.as_ref());
    adjoint.finished(forward, result, reverse)
}

/// As [`reverse`], but without records, and with all arrays alive: what the tangent transform takes.
pub fn reverse_plainly(program: Program, out_bar: Var) -> Reversed {
    let (adjoint, result, forward, mut reverse) = sweeps(program, out_bar, true);
    merge::contributions(&adjoint.program, &mut reverse);
    adjoint.finished(forward, result, reverse)
}

/// Decides what is recorded, where [`reverse_plainly`] did not.
pub fn record(program: &mut Program, forward: &mut Vec<Stmt>, reverse: &mut [Stmt]) {
    plan::records(program, forward, reverse);
}

fn sweeps(
    program: Program,
    out_bar: Var,
    plain: bool,
) -> (Adjoint, Option<Expr>, Vec<Stmt>, Vec<Stmt>) {
    let names = program.vars.iter().map(|v| v.name.to_string()).collect();
    let mut adjoint = Adjoint {
        program,
        bars: Bars::default(),
        levels: HashMap::new(),
        open: Vec::new(),
        names,
        zeros: HashMap::new(),
        owns_zero: HashSet::new(),
        alive: false,
        plain,
        of_calls: HashMap::new(),
    };
    for i in 0..adjoint.program.vars.len() {
        if matches!(adjoint.program.vars[i].role, Role::Param) {
            adjoint.levels.insert(Var(i), 0);
            // The signature names the cotangents of the parameters before anything else.
            if adjoint.program.vars[i].active {
                adjoint.bar_var(Var(i));
            }
        }
    }
    let body = std::mem::take(&mut adjoint.program.body);
    let result = body.result.clone();
    let (forward, mut reverse) = adjoint.block(body, |adjoint, result| {
        if let Some(result) = result {
            adjoint.pullback(result, Expr::var(out_bar), None);
        }
    });
    let result = forward.result.or(result);
    adjoint.program.depths = adjoint.levels.clone();
    live::drop_dead_restores(&adjoint.program, &mut reverse);
    (adjoint, result, forward.stmts, reverse)
}

impl Adjoint {
    fn finished(self, forward: Vec<Stmt>, result: Option<Expr>, reverse: Vec<Stmt>) -> Reversed {
        let scalars = self.bars.scalar_params(&self.program);
        Reversed { program: self.program, forward, result, reverse, scalars }
    }

    fn level(&self) -> usize {
        self.open.len() - 1
    }

    fn emit(&mut self, stmt: Stmt) {
        self.open.last_mut().expect("a block is open").push(stmt);
    }

    fn fresh(&mut self, base: &str) -> Ident {
        let mut name = base.to_owned();
        let mut count = 1;
        while !self.names.insert(name.clone()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        format_ident!("{}", name, span = proc_macro2::Span::call_site())
    }

    fn variable(&mut self, base: &str, ty: Ty, role: Role, mutable: bool) -> Var {
        let name = self.fresh(base);
        let var = Var(self.program.vars.len());
        self.program.vars.push(VarInfo { name, ty, active: true, mutable, role });
        var
    }

    /// Reverses a block. `seed` pulls back its result.
    fn block(
        &mut self,
        block: Block,
        seed: impl FnOnce(&mut Self, Option<&Expr>),
    ) -> (Block, Vec<Stmt>) {
        self.open.push(Vec::new());
        let level = self.level();
        let alive = std::mem::take(&mut self.alive) || level == 0;
        for stmt in &block.stmts {
            for var in defined(stmt) {
                self.levels.insert(var, level);
                self.owns_zero.insert(var);
            }
        }
        seed(self, block.result.as_ref());
        let mut segments = vec![std::mem::take(self.open.last_mut().expect("open"))];
        let mut forward: Vec<Vec<Stmt>> = Vec::new();
        for stmt in block.stmts.into_iter().rev() {
            let vars = defined(&stmt);
            let mut swept = self.statement(stmt);
            swept.extend(self.zeros_of(&vars));
            forward.push(swept);
            segments.push(std::mem::take(self.open.last_mut().expect("open")));
        }
        self.open.pop();
        forward.reverse();
        // Segment 0 is the result's; segment k that of the k-th statement from the end.
        let mut reversed = Vec::new();
        if !alive {
            plan::recompute(&self.program, &forward, &mut segments);
        }
        for segment in segments {
            reversed.extend(segment);
        }
        (Block { stmts: forward.into_iter().flatten().collect(), result: block.result }, reversed)
    }

    /// Reverses a statement: emits its reverse sweep, and returns its forward sweep.
    fn statement(&mut self, stmt: Stmt) -> Vec<Stmt> {
        match stmt {
            Stmt::Let { var, ty, value } => self.definition(var, ty, value),
            Stmt::Destructure { pat, value, vars } => self.destructure(pat, value, vars),
            Stmt::Assign { place, value } => self.assign(place, value),
            Stmt::Update { place, op, value } => self.update(place, op, value),
            Stmt::Mutate { op, dest, place, args } => self.mutate(op, dest, place, args),
            Stmt::If { id, dest, cond, then, els } => self.branch(id, dest, cond, then, els),
            Stmt::Match { id, dest, scrutinee, arms } => self.matching(id, dest, scrutinee, arms),
            Stmt::Loop { id, kind, body } => self.looping(id, kind, body),
            Stmt::Effect { tokens, reads, writes } => self.effect(tokens, reads, writes),
            stmt => unreachable!("not a statement of a primal program: {stmt:?}"),
        }
    }
}

/// Whether inactive code is a declaration without a value, `let x;`.
pub fn declares(tokens: &proc_macro2::TokenStream) -> bool {
    matches!(tokens.clone().into_iter().next(), Some(proc_macro2::TokenTree::Ident(i)) if i == "let")
}

/// The variables that a statement defines in its own block.
pub fn defined(stmt: &Stmt) -> Vec<Var> {
    match stmt {
        Stmt::Let { var, .. } => vec![*var],
        Stmt::Destructure { vars, .. } => vars.iter().map(|(v, _)| *v).collect(),
        Stmt::If { dest, .. }
        | Stmt::Match { dest, .. }
        | Stmt::Mutate { dest, .. }
        | Stmt::FusedIf { dest, .. } => dest.iter().copied().collect(),
        Stmt::FusedCall { var, .. } => vec![*var],
        Stmt::Effect { tokens, writes, .. } if declares(tokens) => writes.clone(),
        _ => Vec::new(),
    }
}
