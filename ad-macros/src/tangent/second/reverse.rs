//! The statements of the reverse sweep, with the tangents of the cotangents.

use super::calls::LINEAR;
use crate::ir::{BinOp, Expr, Program, Proj, ReverseArm, Role, Stmt, Ty, Var};
use crate::tangent::Tangent;
use crate::tangent::argument::reads;

impl Tangent {
    pub(super) fn reversed(&mut self, stmts: Vec<Stmt>) -> Vec<Stmt> {
        self.open.push(Vec::new());
        for stmt in stmts {
            self.reverse_statement(stmt);
        }
        self.open.pop().expect("it was opened")
    }

    fn reverse_statement(&mut self, stmt: Stmt) {
        match stmt {
            Stmt::Let { var, ty, value } if self.is_cotangent(var) => {
                if let Some(call) = self.joint_adjoint(&value) {
                    // In several directions an adjoint gives no value back.
                    self.no_lanes();
                    return self.emit(Stmt::Let { var, ty, value: call });
                }
                let dot = self.dot_var(var);
                let tangent = self.cotangent_dot(&value);
                self.emit(Stmt::Let { var: dot, ty: None, value: tangent });
                self.emit(Stmt::Let { var, ty, value });
            }
            Stmt::Assign { place, value } if self.is_cotangent(place.root) => {
                let tangent = self.cotangent_dot(&value);
                let target = self.mirror(&place);
                self.emit(Stmt::Assign { place: target, value: tangent });
                self.emit(Stmt::Assign { place, value });
            }
            Stmt::Assign { place, value } => {
                if self.is_active(&place) {
                    let tangent = match saved(&self.program, &value) {
                        Some(_) => self.saved_dot(&value),
                        None => self.dot_or_zero(&value),
                    };
                    let mut target = self.mirror(&place);
                    let behind = |param: Var| matches!(self.program[param].ty, Ty::RefMut(_));
                    if target.is_var() && self.borrowed_param(&place).is_some_and(behind) {
                        target = target.then(Proj::Deref);
                    }
                    self.emit_for(&place, Stmt::Assign { place: target, value: tangent });
                }
                self.emit(Stmt::Assign { place, value });
            }
            Stmt::Update { place, op, value } if self.is_cotangent(place.root) => {
                debug_assert!(matches!(op, BinOp::Add | BinOp::Sub), "cotangents are added up");
                if let Some(mut tangent) = self.dot(&value) {
                    let target = self.mirror(&place);
                    // Lanes are added by a method, which borrows its target first.
                    if self.lanes.is_some() && reads(&tangent, target.root) {
                        tangent = self.read_before(tangent);
                    }
                    self.emit(Stmt::Update { place: target, op, value: tangent });
                }
                self.emit(Stmt::Update { place, op, value });
            }
            Stmt::Do(call) => self.reverse_call(call),
            Stmt::WhenActive { param, body } => {
                let body = self.reversed(body);
                self.emit(Stmt::WhenActive { param, body });
            }
            Stmt::ReverseIf { id, cond, then, els } => {
                let (then, els) = (self.reversed(then), self.reversed(els));
                self.emit(Stmt::ReverseIf { id, cond, then, els });
            }
            Stmt::ReverseMatch { id, scrutinee, arms } => {
                let arms = arms
                    .into_iter()
                    .map(|arm| ReverseArm { body: self.reversed(arm.body), ..arm })
                    .collect();
                self.emit(Stmt::ReverseMatch { id, scrutinee, arms });
            }
            Stmt::ReverseLoop { id, kind, body } => {
                let body = self.reversed(body);
                self.emit(Stmt::ReverseLoop { id, kind, body });
            }
            stmt => self.statement(stmt),
        }
    }

    fn reverse_call(&mut self, call: Expr) {
        if let Some(call) = self.joint_adjoint(&call) {
            self.emit(Stmt::Do(call));
            return self.put_back_parts();
        }
        match &call {
            Expr::Runtime { function: "add", args } => {
                let value = match &args[1] {
                    value @ Expr::Runtime { .. } => Some(self.cotangent_dot(value)),
                    value => self.dot(value),
                };
                if let Some(value) = value {
                    let slot = self.linear(&args[0]);
                    self.emit(Stmt::Do(Expr::runtime("add", vec![slot, value])));
                }
            }
            Expr::Runtime {
                function: "drop_last" | "swap" | "unpop" | "remove_at" | "insert_at",
                args,
            } => self.undo(&call, args),
            Expr::Method { recv, name, .. } if crate::adjoint::rearranges(name) => {
                self.undo(&call, std::slice::from_ref(&**recv));
            }
            Expr::Runtime { function, .. } if LINEAR.contains(function) => {
                let tangent = self.linear(&call);
                self.emit(Stmt::Do(tangent));
            }
            other => self.unsupported(other),
        }
        self.emit(Stmt::Do(call));
    }

    fn unsupported(&mut self, e: &Expr) {
        let name = match e {
            Expr::Runtime { function, .. } => (*function).to_owned(),
            Expr::Method { name, .. } => name.to_string(),
            _ => "an operation".to_owned(),
        };
        self.sweep.unsupported.push(name);
    }

    /// What rearranges storage does so with its tangent.
    fn undo(&mut self, call: &Expr, changed: &[Expr]) {
        self.no_lanes();
        let place = |e: &Expr| match e {
            Expr::Ref { expr, .. } => expr.as_place().cloned(),
            e => e.as_place().cloned(),
        };
        let Some(first) = changed.first().and_then(place) else { return self.unsupported(call) };
        if !self.is_cotangent(first.root) && !self.is_active(&first) {
            return;
        }
        let rearranged = self.rearranged(call);
        if self.is_cotangent(first.root) {
            self.emit(Stmt::Do(rearranged));
        } else {
            self.emit_for(&first, Stmt::Do(rearranged));
        }
    }

    /// The tangent of a value that is kept.
    pub(in crate::tangent) fn kept_dot(&mut self, value: &Expr) -> Expr {
        let place = match value {
            Expr::Runtime { args, .. } => match &args[0] {
                Expr::Ref { expr, .. } => expr.as_place(),
                e => e.as_place(),
            },
            e => e.as_place(),
        };
        match place {
            Some(place) if self.borrowed_param(place).is_none() => self.rearranged(value),
            Some(place) => self.read(place),
            None => self.dot_or_zero(value),
        }
    }

    /// The tangent of the value of a saved variable, moved or cloned as the value is.
    fn saved_dot(&mut self, value: &Expr) -> Expr {
        match value {
            Expr::Place(place) => Expr::var(self.dot_var(place.root)),
            Expr::Runtime { function, args } => {
                let args = args.iter().map(|a| self.saved_dot(a)).collect();
                Expr::Runtime { function, args }
            }
            Expr::Ref { mutable, expr } => {
                Expr::Ref { mutable: *mutable, expr: Box::new(self.saved_dot(expr)) }
            }
            other => other.clone(),
        }
    }

    /// An expression of which every active place is replaced by its tangent.
    fn rearranged(&mut self, e: &Expr) -> Expr {
        match e {
            Expr::Place(place) if self.is_cotangent(place.root) || self.is_active(place) => {
                Expr::Place(self.mirror(place))
            }
            Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..) => e.clone(),
            e => {
                let mut changed = e.clone();
                for child in changed.children_mut() {
                    *child = self.rearranged(child);
                }
                changed
            }
        }
    }
}

fn saved(program: &Program, value: &Expr) -> Option<Var> {
    match value {
        Expr::Place(place) if matches!(program[place.root].role, Role::Saved) => Some(place.root),
        Expr::Ref { expr, .. } => saved(program, expr),
        Expr::Runtime { function: "clone", args } => saved(program, &args[0]),
        _ => None,
    }
}
