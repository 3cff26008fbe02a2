//! The tangent transform on what the adjoint transform makes: forward over reverse.
//!
//! ```text
//! // Input:                  // Output:
//! x_bar += t_bar * y;        x_bar_dot += t_bar_dot * y + t_bar * y_dot;
//!                            x_bar += t_bar * y;
//! ```
//!
//! The forward sweep is a program as the user could have written it, so the tangent transform takes it
//! as it is; what it saves has a tangent, which is saved and restored beside it. In the reverse sweep
//! cotangents have tangents of their own. What the runtime does to cotangents is linear in them, so it
//! is done to their tangents once more; only the rules of operations take the tangents of their
//! operands as well (`.._adjoint_jvp`).

mod calls;
mod reverse;
mod slopes;

use super::Tangent;
use crate::adjoint;
use crate::ir::{Block, Expr, Program, Role, Stmt, Var};
use std::collections::HashSet;

/// The adjoint program with its tangent.
pub struct PushedAdjoint {
    pub program: Program,
    /// The variables that hold tangents.
    pub tangents: HashSet<Var>,
    pub forward: Vec<Stmt>,
    pub result: Option<Expr>,
    pub reverse: Vec<Stmt>,
    /// The cotangents of parameters that are local variables: the parameter, its cotangent, the tangent of that.
    pub scalars: Vec<(Var, Var, Var)>,
    /// The tangent of the cotangent of the result.
    pub out_bar_dot: Var,
    /// What has no second order.
    pub unsupported: Vec<String>,
}

/// What the transform knows of the reverse sweep.
#[derive(Default)]
pub(super) struct Sweep {
    /// Whether the statements at hand are those of the reverse sweep.
    reverse: bool,
    /// The variables that the adjoint transform added to those of the primal program.
    added: std::ops::Range<usize>,
    unsupported: Vec<String>,
}

/// Differentiates the adjoint of `program` in the direction of the parameters' tangents and of the
/// tangent of `out_bar`, the cotangent of its result.
pub fn push_adjoint(program: Program, out_bar: Var) -> PushedAdjoint {
    push(program, out_bar, None).1
}

/// The same, in several directions where `lanes` is given, and what was found out of them.
pub(super) fn push(
    mut program: Program,
    out_bar: Var,
    lanes: Option<super::lanes::Width>,
) -> (Tangent, PushedAdjoint) {
    // Snapshots belong to order one: here a checkpointed loop records each iteration.
    program.checkpoints.clear();
    let reversed = adjoint::reverse_plainly(program, out_bar);
    let mut program = reversed.program;
    let (mut forward, reverse) = (reversed.forward, reversed.reverse);
    activate_saved(&mut program, &forward);
    let added = out_bar.0..program.vars.len();
    let mut tangent = Tangent::of(program);
    tangent.sweep.added = added;
    tangent.lanes = lanes;
    let out_bar_dot = tangent.dot_var(out_bar);
    tangent.parameters();
    tangent.open.push(Vec::new());
    for stmt in std::mem::take(&mut forward) {
        tangent.statement(stmt);
    }
    let mut forward = tangent.open.pop().expect("it was opened");
    tangent.sweep.reverse = true;
    let mut reverse = tangent.reversed(reverse);
    let scalars = reversed
        .scalars
        .into_iter()
        .map(|(param, bar)| {
            let dot = tangent.dot_var(bar);
            (param, bar, dot)
        })
        .collect();
    let mut program = std::mem::take(&mut tangent.program);
    let unsupported = std::mem::take(&mut tangent.sweep.unsupported);
    adjoint::record(&mut program, &mut forward, &mut reverse);
    let pushed = PushedAdjoint {
        program,
        tangents: std::mem::take(&mut tangent.tangents),
        forward,
        result: reversed.result,
        reverse,
        scalars,
        out_bar_dot,
        unsupported,
    };
    (tangent, pushed)
}

/// What is saved of an active place has a tangent.
fn activate_saved(program: &mut Program, stmts: &[Stmt]) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { var, value, .. } if matches!(program[*var].role, Role::Saved) => {
                let zero = matches!(value, Expr::Runtime { function: "zero", .. });
                program[*var].active = !zero && program.reads_active(value);
            }
            Stmt::If { then, els, .. } => {
                activate_saved(program, &then.stmts);
                activate_saved(program, &els.stmts);
            }
            Stmt::Match { arms, .. } => {
                arms.iter().for_each(|arm| activate_saved(program, &arm.body.stmts));
            }
            Stmt::Loop { body: Block { stmts, .. }, .. } => activate_saved(program, stmts),
            _ => {}
        }
    }
}

impl Tangent {
    /// Whether it is an adjoint that is differentiated.
    pub(super) fn is_second(&self) -> bool {
        !self.sweep.added.is_empty()
    }

    /// Whether a variable holds a cotangent.
    pub(super) fn is_cotangent(&self, var: Var) -> bool {
        let info = &self.program[var];
        self.sweep.added.contains(&var.0)
            && info.active
            && matches!(info.role, Role::Bar(_) | Role::Temp)
    }

    /// Whether arithmetic is that of scalars: the reverse sweep has no other.
    pub(super) fn is_scalar(&self, value: &Expr) -> bool {
        self.sweep.reverse || self.program.ty_of(value).is_float()
    }

    /// The variable whose flag tells whether a parameter has a tangent in this call. A call may ask for
    /// one of two cotangents where both operands have tangents, so at order two the flags differ.
    pub(super) fn guard(&mut self, param: Var) -> Var {
        if self.sweep.added.is_empty() { param } else { self.dot_var(param) }
    }

    /// A function of the runtime that depends on whether a parameter has a tangent in this call.
    pub(super) fn guarded(&self, function: &'static str, args: Vec<Expr>) -> Expr {
        let function = match function {
            _ if self.sweep.added.is_empty() => function,
            "when" => "when_given",
            "dot_where" => "dot_where_given",
            "read_active" => "read_given",
            "tangent_active" => "tangent_given",
            function => unreachable!("`{function}` does not depend on a parameter"),
        };
        Expr::runtime(function, args)
    }
}
