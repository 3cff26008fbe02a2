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

use super::{Tangent, plus};
use crate::adjoint::{self, again_of};
use crate::ir::{
    BinOp, Block, CallKind, Expr, Place, Program, Proj, ReverseArm, Role, Stmt, Ty, UnOp, Var,
};
use quote::format_ident;
use std::collections::HashMap;

/// The adjoint program with its tangent.
pub struct PushedAdjoint {
    pub program: Program,
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
pub fn push_adjoint(mut program: Program, out_bar: Var) -> PushedAdjoint {
    // Snapshots belong to order one: here a checkpointed loop records each iteration.
    program.checkpoints.clear();
    let reversed = adjoint::reverse_plainly(program, out_bar);
    let mut program = reversed.program;
    let (mut forward, reverse) = (reversed.forward, reversed.reverse);
    activate_saved(&mut program, &forward);
    let names = program.vars.iter().map(|v| v.name.to_string()).collect();
    let added = out_bar.0..program.vars.len();
    let mut tangent = Tangent {
        program,
        dots: HashMap::new(),
        open: Vec::new(),
        names,
        after: Vec::new(),
        sweep: Sweep { added, ..Sweep::default() },
    };
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
    let (mut program, unsupported) = (tangent.program, tangent.sweep.unsupported);
    adjoint::record(&mut program, &mut forward, &mut reverse);
    PushedAdjoint {
        program,
        forward,
        result: reversed.result,
        reverse,
        scalars,
        out_bar_dot,
        unsupported,
    }
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

/// Functions of the runtime that are linear in the cotangents they take, and read shapes of the rest.
const LINEAR: &[&str] = &[
    "zero",
    "pending",
    "finish",
    "clone",
    "total",
    "take",
    "take_active",
    "replace",
    "read_active",
    "read_part",
    "take_part",
    "wrapped",
    "unshaped",
    "listed",
    "returned_nothing",
    "take_returned",
    "unboxed",
    "pop",
    "remove_at",
    "cast_adjoint",
    "fill_adjoint",
    "copy_adjoint",
    "extend_adjoint",
    "truncate_adjoint",
    "resize_adjoint",
    "when",
    "part_where",
    "part_mut",
    "Inactive",
];

/// The tangents of the rules of the runtime, with the number of their operands and whether they take the
/// cotangent of a result.
fn rule(function: &str) -> Option<(&'static str, usize, bool)> {
    Some(match function {
        "add_adjoint" | "add_outline_adjoint" => ("add_adjoint_jvp", 2, true),
        "sub_adjoint" | "sub_outline_adjoint" => ("sub_adjoint_jvp", 2, true),
        "mul_adjoint" => ("mul_adjoint_jvp", 2, true),
        "div_adjoint" => ("div_adjoint_jvp", 2, true),
        "rem_adjoint" => ("rem_adjoint_jvp", 2, true),
        "neg_adjoint" => ("neg_adjoint_jvp", 1, true),
        "add_assign_adjoint" => ("add_assign_adjoint_jvp", 2, false),
        "sub_assign_adjoint" => ("sub_assign_adjoint_jvp", 2, false),
        "mul_assign_adjoint" => ("mul_assign_adjoint_jvp", 2, false),
        "div_assign_adjoint" => ("div_assign_adjoint_jvp", 2, false),
        _ => return None,
    })
}

impl Tangent {
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
            "read_active" => "read_given",
            "tangent_active" => "tangent_given",
            function => unreachable!("`{function}` does not depend on a parameter"),
        };
        Expr::runtime(function, args)
    }

    fn reversed(&mut self, stmts: Vec<Stmt>) -> Vec<Stmt> {
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
                if let Some(tangent) = self.dot(&value) {
                    let target = self.mirror(&place);
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

    /// The tangent of a value that is kept.
    pub(super) fn kept_dot(&mut self, value: &Expr) -> Expr {
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

    /// The tangent of a cotangent, which is never left out: zero where the value is constant.
    fn cotangent_dot(&mut self, value: &Expr) -> Expr {
        match value {
            Expr::Runtime { function, .. } if LINEAR.contains(function) => self.linear(value),
            value => self.dot_or_zero(value),
        }
    }

    /// What is linear in cotangents, of their tangents.
    pub(super) fn linear(&mut self, e: &Expr) -> Expr {
        match e {
            Expr::Place(place) if self.is_cotangent(place.root) => Expr::Place(self.mirror(place)),
            Expr::Ref { mutable, expr } => {
                Expr::Ref { mutable: *mutable, expr: Box::new(self.linear(expr)) }
            }
            Expr::Runtime { function, args } if LINEAR.contains(function) => {
                let args = args.iter().map(|a| self.linear(a)).collect();
                Expr::Runtime { function, args }
            }
            e if self.reads_cotangent(e) => self.dot_or_zero(e),
            e => e.clone(),
        }
    }

    fn reads_cotangent(&self, e: &Expr) -> bool {
        let mut found = false;
        e.for_each_read(&mut |var| found |= self.is_cotangent(var));
        found
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
            Expr::Method { recv, name, .. }
                if ["swap", "reverse", "rotate_left", "rotate_right"].iter().any(|n| name == n) =>
            {
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

    /// The tangent of a rule, which adds to cotangents and to their tangents together.
    fn joint_adjoint(&mut self, call: &Expr) -> Option<Expr> {
        match call {
            Expr::Runtime { function, args } => {
                let (function, count, has_bar) = rule(function)?;
                let operands = &args[..count];
                let dots: Vec<Expr> = operands.iter().map(|o| self.arg(o)).collect();
                let rest = self.with_tangents(&args[count..], has_bar);
                let args = operands.iter().cloned().chain(dots).chain(rest).collect();
                Some(Expr::runtime(function, args))
            }
            Expr::Method { recv, name, turbofish, args }
                if name.to_string().starts_with("__") && name.to_string().ends_with("_adjoint") =>
            {
                let count = (args.len() - 2) / 2;
                let operands = &args[..count];
                let recv_dot = self.receiver_arg(recv);
                let dots = std::iter::once(recv_dot).chain(self.args_in_place(operands)).collect();
                let all: Vec<Expr> =
                    std::iter::once((**recv).clone()).chain(operands.iter().cloned()).collect();
                let dots = self.apart(&all, dots);
                let rest = self.with_tangents(&args[count..], true);
                let args = operands.iter().cloned().chain(dots).chain(rest).collect();
                let name = format_ident!("{}_jvp", name, span = name.span());
                Some(Expr::Method { recv: recv.clone(), name, turbofish: turbofish.clone(), args })
            }
            Expr::Call { path, args, .. }
                if adjoint::last_ident(path).to_string().ends_with("adjoint") =>
            {
                let count = (args.len() - 1) / 2;
                let operands = &args[..count];
                let plain: Vec<Expr> = operands.iter().map(again_of).collect();
                let dots = self.args_in_place(&plain);
                let rest = self.with_tangents(&args[count..], true);
                let args = operands.iter().cloned().chain(dots).chain(rest).collect();
                let path = adjoint::with_suffix(path, "jvp");
                Some(Expr::Call { path, args, kind: CallKind::Function })
            }
            _ => None,
        }
    }

    /// The cotangent of the result (where there is one) and the slots, each with its tangent.
    fn with_tangents(&mut self, rest: &[Expr], has_bar: bool) -> Vec<Expr> {
        let (bar, slots) = rest.split_at(usize::from(has_bar));
        let mut all: Vec<Expr> = bar.to_vec();
        all.extend(bar.iter().map(|b| self.cotangent_dot(b)).collect::<Vec<_>>());
        all.extend(slots.iter().cloned());
        all.extend(slots.iter().map(|s| self.linear(s)).collect::<Vec<_>>());
        all
    }

    /// The tangents of forms that only rules and the adjoint make.
    pub(super) fn dot_of_rule(&mut self, value: &Expr) -> Option<Option<Expr>> {
        Some(match value {
            Expr::Place(place) if self.is_cotangent(place.root) => {
                Some(Expr::Place(self.mirror(place)))
            }
            Expr::Compare(..) => None,
            Expr::Select { cond, then, els } => {
                let (a, b) = (self.dot(then), self.dot(els));
                if a.is_none() && b.is_none() {
                    return Some(None);
                }
                let zero = || Expr::Number(0.0, crate::rules::float_of(&self.program.ty_of(value)));
                Some(Expr::Select {
                    cond: cond.clone(),
                    then: Box::new(a.unwrap_or_else(zero)),
                    els: Box::new(b.unwrap_or_else(zero)),
                })
            }
            Expr::ZeroGuard { scalar, value } => self.dot_of_guarded(scalar, value),
            Expr::Runtime { function, args } => match *function {
                "slope_powi" => self.slope_dot("slope_powi_dot", args, 1),
                "slope_powf" => self.slope_dot("slope_powf_dot", args, 2),
                "slope_powf_exponent" => self.slope_dot("slope_powf_exponent_dot", args, 3),
                "log_base" => {
                    self.dot(&args[1]).map(|d| Expr::binary(BinOp::Div, d, self.val(&args[1])))
                }
                "pick_max" | "pick_min" => None,
                "zero" if self.sweep.reverse => Some(value.clone()),
                function if LINEAR.contains(&function) && self.reads_cotangent(value) => {
                    Some(self.linear(value))
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    fn slope_dot(&mut self, function: &'static str, args: &[Expr], active: usize) -> Option<Expr> {
        let dots: Vec<Option<Expr>> = args[..active].iter().map(|a| self.dot(a)).collect();
        if dots.iter().all(Option::is_none) {
            return None;
        }
        let float = crate::rules::float_of(&self.program.ty_of(&args[0]));
        let dots = dots.into_iter().map(|d| d.unwrap_or(Expr::Number(0.0, float.clone())));
        Some(Expr::runtime(function, args.iter().cloned().chain(dots).collect()))
    }

    /// `if bar == 0 { 0 } else { value }`, where `value` is linear in `bar`: each term of the tangent
    /// is zero where its own factor is.
    fn dot_of_guarded(&mut self, bar: &Expr, value: &Expr) -> Option<Expr> {
        let bar_dot = self.dot(bar);
        let first = bar_dot.map(|dot| Expr::ZeroGuard {
            scalar: Box::new(dot.clone()),
            value: Box::new(replaced(value, bar, &dot)),
        });
        let Some(frozen) = root(bar) else {
            return plus(first, self.dot(value));
        };
        let active = std::mem::replace(&mut self.program[frozen].active, false);
        let operand = self.only_operand(value);
        let second = self.dot(value);
        let dot = operand.and_then(|place| self.dot(&Expr::Place(place)));
        self.program[frozen].active = active;
        let second = second.map(|term| {
            let term = match dot {
                Some(dot) => Expr::ZeroGuard { scalar: Box::new(dot), value: Box::new(term) },
                None => term,
            };
            Expr::ZeroGuard { scalar: Box::new(bar.clone()), value: Box::new(term) }
        });
        plus(first, second)
    }

    /// The active place that an expression reads, where it is one.
    fn only_operand(&self, e: &Expr) -> Option<Place> {
        fn places<'a>(e: &'a Expr, found: &mut Vec<&'a Place>) {
            match e {
                Expr::Place(place) => found.push(place),
                e => e.children().into_iter().for_each(|c| places(c, found)),
            }
        }
        let mut found = Vec::new();
        places(e, &mut found);
        let mut active: Vec<&Place> = found.into_iter().filter(|p| self.is_active(p)).collect();
        active.dedup_by(|a, b| a.is_var() && b.is_var() && a.root == b.root);
        match active[..] {
            [place] if self.program.ty_of_place(place).is_float() => Some(place.clone()),
            _ => None,
        }
    }
}

fn root(e: &Expr) -> Option<Var> {
    match e {
        Expr::Place(place) if place.is_var() => Some(place.root),
        Expr::Unary(UnOp::Neg, a) => root(a),
        _ => None,
    }
}

/// `e` with `by` in place of the variable (or its negative) `what`.
fn replaced(e: &Expr, what: &Expr, by: &Expr) -> Expr {
    if let (Some(a), Some(b)) = (root(e), root(what))
        && a == b
    {
        let negative = |e: &Expr| matches!(e, Expr::Unary(..));
        return if negative(e) == negative(what) { by.clone() } else { Expr::neg(by.clone()) };
    }
    let mut changed = e.clone();
    for child in changed.children_mut() {
        *child = replaced(child, what, by);
    }
    changed
}

fn saved(program: &Program, value: &Expr) -> Option<Var> {
    match value {
        Expr::Place(place) if matches!(program[place.root].role, Role::Saved) => Some(place.root),
        Expr::Ref { expr, .. } => saved(program, expr),
        Expr::Runtime { function: "clone", args } => saved(program, &args[0]),
        _ => None,
    }
}
