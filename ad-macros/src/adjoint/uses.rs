//! How statements of the reverse sweep use what is outside of them: what they read, what they only add to, and
//! what they change otherwise.

use super::{defined, plan};
use crate::ir::{BinOp, Expr, LoopKind, Place, Program, Stmt, Var};
use std::collections::HashSet;

#[derive(Clone, Default)]
pub struct Uses {
    pub read: HashSet<Var>,
    /// Changed only by additions.
    pub added: HashSet<Var>,
    pub changed: HashSet<Var>,
    own: HashSet<Var>,
}

impl Uses {
    /// `None` where it cannot be told.
    pub fn of(program: &Program, stmts: &[Stmt]) -> Option<Uses> {
        let mut uses = Uses::default();
        uses.stmts(program, stmts)?;
        let own = std::mem::take(&mut uses.own);
        Some(uses.outside(&own))
    }

    /// Whether a variable is changed in whatever way.
    pub fn changes(&self, var: Var) -> bool {
        self.added.contains(&var) || self.changed.contains(&var)
    }

    /// Without what is used of `inside`.
    pub fn outside(mut self, inside: &HashSet<Var>) -> Uses {
        for vars in [&mut self.read, &mut self.added, &mut self.changed] {
            vars.retain(|var| !inside.contains(var));
        }
        self
    }

    fn stmts(&mut self, program: &Program, stmts: &[Stmt]) -> Option<()> {
        stmts.iter().try_for_each(|stmt| self.stmt(program, stmt))
    }

    fn stmt(&mut self, program: &Program, stmt: &Stmt) -> Option<()> {
        self.own.extend(defined(stmt));
        match stmt {
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => {
                self.expr(program, value, false)
            }
            Stmt::Assign { place, value } => {
                self.expr(program, value, false);
                self.change(program, place, false);
            }
            Stmt::Update { place, op, value } => {
                self.expr(program, value, false);
                let adds = matches!(op, BinOp::Add | BinOp::Sub);
                self.change(program, place, adds);
                if !adds {
                    plan::read(program, &Expr::Place(place.clone()), &mut self.read);
                }
            }
            Stmt::WhenActive { body, .. } => self.stmts(program, body)?,
            Stmt::ReverseIf { cond, then, els, .. } => {
                self.expr(program, cond, false);
                self.stmts(program, then)?;
                self.stmts(program, els)?;
            }
            Stmt::ReverseMatch { scrutinee, arms, .. } => {
                if plan::reads_scrutinee(program, arms) {
                    self.expr(program, scrutinee, false);
                }
                arms.iter().try_for_each(|arm| self.stmts(program, &arm.body))?;
            }
            Stmt::ReverseLoop { kind, body, .. } => {
                if let LoopKind::Range { var, lo, hi, step, .. } = kind {
                    self.own.insert(*var);
                    for e in [lo, hi].into_iter().chain(step) {
                        self.expr(program, e, false);
                    }
                }
                self.stmts(program, body)?;
            }
            _ => return None,
        }
        Some(())
    }

    fn change(&mut self, program: &Program, place: &Place, adds: bool) {
        plan::read_indices(program, place, &mut self.read);
        let root = program.base(place);
        if adds {
            self.added.insert(root)
        } else {
            self.changed.insert(root)
        };
    }

    /// `adds`: a mutable reference in the expression is of a cotangent that a rule adds to.
    fn expr(&mut self, program: &Program, e: &Expr, adds: bool) {
        match e {
            Expr::Ref { mutable: true, expr } if expr.as_place().is_some() => {
                let place = expr.as_place().expect("it is a place");
                self.change(program, place, adds);
                if !adds {
                    plan::read(program, expr, &mut self.read);
                }
            }
            Expr::Place(place) if place.is_mutable_view() => self.change(program, place, adds),
            Expr::Place(_) | Expr::Verbatim { .. } => plan::read(program, e, &mut self.read),
            Expr::Runtime { function: "read_active", .. } => plan::read(program, e, &mut self.read),
            Expr::Runtime { function, args } => {
                // A slot is what its rule makes of it.
                let slot = adds && ["when", "part_where", "part_mut"].contains(function);
                let adds = slot || function.ends_with("_adjoint") || *function == "add";
                args.iter().for_each(|arg| self.expr(program, arg, adds));
            }
            Expr::Call { path, args, .. } => {
                let adds = path.to_string().ends_with("_adjoint");
                args.iter().for_each(|arg| self.expr(program, arg, adds));
            }
            Expr::Method { recv, name, args, .. } => {
                let adds = name.to_string().ends_with("_adjoint");
                if let (Expr::Place(place), false) = (&**recv, program.ty_of(recv).is_float()) {
                    // A method may change its receiver.
                    if !adds && matches!(program[program.base(place)].role, crate::ir::Role::Bar(_))
                    {
                        self.change(program, place, false);
                    }
                }
                self.expr(program, recv, false);
                args.iter().for_each(|arg| self.expr(program, arg, adds));
            }
            Expr::Repeat { reads, value, .. } => {
                reads.iter().for_each(|var| plan::read(program, &Expr::var(*var), &mut self.read));
                self.expr(program, value, adds);
            }
            e => e.children().into_iter().for_each(|child| self.expr(program, child, adds)),
        }
    }
}
