//! The cotangents of variables: which exist so far, and how they are added to.
//!
//! A cotangent is a symbolic zero until something is added: then `let x_bar = ..` defines it, so that
//! no zero is ever made for a variable that is used once.

use super::Adjoint;
use crate::ir::{BinOp, Expr, Place, Program, Proj, Role, Stmt, Ty, Var};
use std::collections::HashMap;

/// What is known of a cotangent at one point of the reverse sweep.
#[derive(Clone, Copy, PartialEq, Debug)]
enum State {
    /// A variable with the sum so far.
    Full,
    /// A sum that knows no shape yet.
    Pending,
}

#[derive(Default)]
pub struct Bars {
    vars: HashMap<Var, Var>,
    states: HashMap<Var, State>,
}

impl Bars {
    /// The cotangents of scalar and of owned, changed parameters, which are local to the adjoint and added to
    /// the slot at its end.
    pub fn scalar_params(&self, program: &Program) -> Vec<(Var, Var)> {
        let mut params: Vec<_> = self
            .states
            .keys()
            .filter(|var| is_scalar_param(program, **var) || is_owned_param(program, **var))
            .map(|var| (*var, self.vars[var]))
            .collect();
        params.sort();
        params
    }
}

/// Whether a place is all of its variable, perhaps behind a reference.
pub fn is_whole(place: &Place) -> bool {
    place.proj.iter().all(|p| matches!(p, Proj::Deref))
}

/// Whether a place is seen through a view that a method makes.
fn is_viewed(place: &Place) -> bool {
    place.proj.iter().any(|p| matches!(p, Proj::View { .. }))
}

/// Whether a parameter's cotangent is a local scalar, rather than the caller's.
pub fn is_scalar_param(program: &Program, var: Var) -> bool {
    matches!(program[var].role, Role::Param)
        && program[var].ty.is_float()
        && !matches!(program[var].ty, Ty::RefMut(_))
}

/// Whether a parameter's cotangent is (or borrows) the caller's.
pub fn is_borrowed_param(program: &Program, var: Var) -> bool {
    matches!(program[var].role, Role::Param)
        && !is_scalar_param(program, var)
        && !is_owned_param(program, var)
}

/// Whether a variable is the cotangent of a parameter that the caller keeps.
pub fn is_given_bar(program: &Program, var: Var) -> bool {
    matches!(program[var].role, Role::Bar(of) if is_borrowed_param(program, of))
}

/// Whether a place names a value as it is stored, and no view of one.
fn is_owned_part(place: &Place) -> bool {
    match place.proj.iter().rev().find(|proj| !matches!(proj, Proj::Deref)) {
        Some(Proj::View { .. }) => false,
        Some(Proj::Index(Expr::Verbatim { tokens, .. })) => !crate::ir::is_range(tokens),
        _ => true,
    }
}

/// Whether a parameter is an owned value whose cotangent is a local variable.
pub fn is_owned_param(program: &Program, var: Var) -> bool {
    matches!(program[var].role, Role::Param)
        && program[var].mutable
        && !matches!(program[var].ty, Ty::RefMut(_) | Ty::Ref(_))
        && !program[var].ty.is_float()
        && !matches!(program[var].ty, Ty::NdArray { owned: false, .. })
}

impl Adjoint {
    /// The variable that holds the cotangent of `var`.
    pub(super) fn bar_var(&mut self, var: Var) -> Var {
        if let Some(bar) = self.bars.vars.get(&var) {
            return *bar;
        }
        let base = format!("{}_bar", self.program[var].name);
        let ty = match self.program[var].ty.deref() {
            Ty::Float(t) => Ty::Float(t.clone()),
            ty => ty.clone(),
        };
        let bar = self.variable(&base, ty, Role::Bar(var), true);
        self.bars.vars.insert(var, bar);
        bar
    }

    fn state(&self, var: Var) -> Option<State> {
        if is_borrowed_param(&self.program, var) {
            return Some(State::Full);
        }
        self.bars.states.get(&var).copied()
    }

    pub(super) fn is_started(&self, var: Var) -> bool {
        self.state(var).is_some()
    }

    pub(super) fn level_of(&self, var: Var) -> usize {
        self.levels.get(&var).copied().unwrap_or_else(|| self.level())
    }

    /// Zero, of the shape of `var`.
    fn zero_of(&self, var: Var) -> Expr {
        if let Some(zero) = self.zeros.get(&var) {
            return Expr::runtime("clone", vec![Expr::borrow(Expr::var(*zero))]);
        }
        match &self.program[var].ty {
            _ if matches!(self.program[var].role, Role::Returned(_)) => {
                Expr::runtime("returned_nothing", vec![])
            }
            ty if ty.is_float() => Expr::Number(0.0, crate::rules::float_of(ty)),
            _ => Expr::runtime("zero", vec![Expr::borrow(Expr::var(var))]),
        }
    }

    /// Makes sure that the cotangent of `var` is a variable that can be added to in place.
    pub(super) fn start(&mut self, var: Var) -> Var {
        let bar = self.bar_var(var);
        let value = match self.state(var) {
            Some(State::Full) => return bar,
            Some(State::Pending) => {
                Expr::runtime("finish", vec![Expr::var(bar), Expr::borrow(Expr::var(var))])
            }
            None => self.zero_of(var),
        };
        let level = self.level_of(var).min(self.level());
        let ty = self.returned_tangent(var);
        self.open[level].push(Stmt::Let { var: bar, ty, value });
        self.bars.states.insert(var, State::Full);
        bar
    }

    /// The type of the cotangent of what an early return sets, which is `None` until it is known.
    fn returned_tangent(&self, var: Var) -> Option<syn::Type> {
        let Role::Returned(result) = &self.program[var].role else { return None };
        let tangent = quote::quote!(<#result as ::ad_runtime::Differentiable>::Tangent);
        Some(syn::parse_quote!(::core::option::Option<#tangent>))
    }

    /// A cotangent that the rules of the runtime can add to; it needs no shape.
    fn start_pending(&mut self, var: Var) -> Var {
        let bar = self.bar_var(var);
        if self.state(var).is_none() {
            if self.level_of(var) != self.level() || self.program[var].ty.is_float() {
                return self.start(var);
            }
            self.emit(Stmt::Let { var: bar, ty: None, value: Expr::runtime("pending", vec![]) });
            self.bars.states.insert(var, State::Pending);
        } else if self.level_of(var) != self.level() {
            return self.start(var);
        }
        bar
    }

    /// Ends the cotangent of `var` at its definition: its value, or `None` for zero.
    pub(super) fn finish(&mut self, var: Var) -> Option<Expr> {
        let bar = self.bar_var(var);
        let value = match self.state(var)? {
            State::Full => Expr::var(bar),
            State::Pending => {
                Expr::runtime("finish", vec![Expr::var(bar), Expr::borrow(Expr::var(var))])
            }
        };
        self.bars.states.remove(&var);
        Some(value)
    }

    /// The cotangent of a place: the same place of the cotangent.
    pub(super) fn mirror(&mut self, place: &Place) -> Place {
        let place = self.resolve(place);
        let bar = self.start(place.root);
        self.mirror_in(&place, bar)
    }

    fn mirror_in(&self, place: &Place, bar: Var) -> Place {
        let scalar_ref = matches!(&self.program[place.root].ty, Ty::RefMut(t) if t.is_float());
        let mut proj = Vec::new();
        for (at, p) in place.proj.iter().enumerate() {
            match p {
                Proj::Deref if scalar_ref && is_borrowed_param(&self.program, place.root) => {
                    proj.push(Proj::Deref)
                }
                Proj::Deref => {}
                _ => proj.push(self.program.mirrored(place, at)),
            }
        }
        if place.proj.is_empty() && scalar_ref && is_borrowed_param(&self.program, place.root) {
            proj.push(Proj::Deref);
        }
        Place { root: bar, proj }
    }

    /// The place with aliases and bindings replaced by what they stand for.
    pub(super) fn resolve(&self, place: &Place) -> Place {
        let place = self.program.resolve(place);
        match &self.program[place.root].role {
            Role::Binding { place: target } => {
                let mut proj = &place.proj[..];
                if let Some((Proj::Deref, rest)) = proj.split_first() {
                    proj = rest;
                }
                let mut resolved = self.resolve(target);
                resolved.proj.extend(proj.iter().cloned());
                resolved
            }
            _ => place,
        }
    }

    pub(super) fn is_active_place(&self, place: &Place) -> bool {
        self.program.is_active(place) && self.program[self.resolve(place).root].active
    }

    /// The parameter whose activity in this call decides whether the place has a cotangent.
    pub(super) fn guard_of(&self, place: &Place) -> Option<Var> {
        let root = self.resolve(place).root;
        is_borrowed_param(&self.program, root).then_some(root)
    }

    /// Emits a statement about the cotangent of `place`.
    pub(super) fn emit_for(&mut self, place: &Place, stmt: Stmt) {
        match self.guard_of(place) {
            Some(param) => self.emit(Stmt::WhenActive { param, body: vec![stmt] }),
            None => self.emit(stmt),
        }
    }

    /// `place_bar += value`.
    pub(super) fn accumulate(&mut self, place: &Place, value: Expr) {
        if !self.is_active_place(place) {
            return;
        }
        let resolved = self.resolve(place);
        let root = resolved.root;
        if matches!(self.program[root].role, Role::Returned(_)) {
            // It is read once, whole.
            let place = Place::var(self.start(root));
            return self.emit(Stmt::Assign { place, value: Expr::runtime("wrapped", vec![value]) });
        }
        if resolved.is_var() && self.state(root).is_none() && self.level_of(root) == self.level() {
            let bar = self.bar_var(root);
            self.emit(Stmt::Let { var: bar, ty: None, value });
            self.bars.states.insert(root, State::Full);
            return;
        }
        let ty = self.program.ty_of_place(&resolved);
        if ty.is_float() || self.program.ty_of_place(place).is_float() {
            let target = self.mirror(place);
            let (op, value) = match value {
                Expr::Unary(crate::ir::UnOp::Neg, inner) => (BinOp::Sub, *inner),
                value => (BinOp::Add, value),
            };
            self.emit_for(place, Stmt::Update { place: target, op, value });
            return;
        }
        let slot = self.slot(&Expr::Place(place.clone()));
        self.emit_for(place, Stmt::Do(Expr::runtime("add", vec![slot, value])));
    }

    /// The slot of an operand: where a rule adds the operand's cotangent.
    pub(super) fn slot(&mut self, operand: &Expr) -> Expr {
        match operand {
            Expr::Ref { expr, .. } => self.slot(expr),
            Expr::Place(place) if self.is_active_place(place) => {
                let resolved = self.resolve(place);
                if resolved.is_var() && !is_borrowed_param(&self.program, resolved.root) {
                    let bar = self.start_pending(resolved.root);
                    return Expr::borrow_mut(Expr::var(bar));
                }
                let mirrored = self.mirror(place);
                if is_whole(&resolved) && is_borrowed_param(&self.program, resolved.root) {
                    return Expr::runtime(
                        "when",
                        vec![Expr::var(resolved.root), Expr::borrow_mut(Expr::var(mirrored.root))],
                    );
                }
                let guard = self.guard_of(place);
                let part = Expr::borrow_mut(Expr::Place(mirrored));
                match guard {
                    // A view borrows from itself, so its slot cannot leave a closure.
                    Some(param) if !is_viewed(&resolved) => {
                        Expr::runtime("part_where", vec![Expr::var(param), part])
                    }
                    _ => part,
                }
            }
            Expr::Place(_) => Expr::runtime("Inactive", vec![]),
            Expr::Closure(closure) => {
                let bar = closure.bar.expect("the closure was reversed");
                Expr::borrow_mut(Expr::var(bar))
            }
            operand => {
                // Lowering names what is computed; a slot of none would be a gradient of zero.
                assert!(
                    !self.program.reads_active(operand),
                    "an active operand of a rule is not a place: {operand:?}"
                );
                Expr::runtime("Inactive", vec![])
            }
        }
    }

    /// The slot of an argument that a user's function adds to.
    pub(super) fn slot_mut(&mut self, operand: &Expr) -> Expr {
        if let Expr::Ref { expr, .. } = operand {
            return self.slot_mut(expr);
        }
        if let Expr::Place(place) = operand
            && self.is_active_place(place)
        {
            let root = self.resolve(place).root;
            self.start(root);
        }
        self.slot(operand)
    }

    /// Whether the slot of an operand is a part of a parameter's cotangent, which exists only where
    /// that parameter is active.
    pub(super) fn is_guarded_part(&self, operand: &Expr) -> bool {
        match operand {
            Expr::Ref { expr, .. } => self.is_guarded_part(expr),
            Expr::Place(place) => {
                self.is_active_place(place)
                    && self.guard_of(place).is_some()
                    && is_viewed(&self.resolve(place))
            }
            _ => false,
        }
    }

    /// The variable whose cotangent the slot of an operand is a part of.
    pub(super) fn slot_root(&self, operand: &Expr) -> Option<Var> {
        match operand {
            Expr::Ref { expr, .. } => self.slot_root(expr),
            Expr::Place(place) if self.is_active_place(place) => Some(self.resolve(place).root),
            _ => None,
        }
    }

    /// Reads the cotangent of a place that is overwritten, and leaves zero. `None` is zero.
    pub(super) fn take(&mut self, place: &Place, kept: bool) -> Option<Expr> {
        let resolved = self.resolve(place);
        let root = resolved.root;
        if !self.is_active_place(place) {
            return None;
        }
        if matches!(self.program[root].role, Role::Returned(_)) {
            let bar = self.bars.vars.get(&root).copied().filter(|_| self.is_started(root))?;
            let taken = Expr::runtime("take_returned", vec![Expr::borrow_mut(Expr::var(bar))]);
            return Some(self.bound(taken, "returned_bar"));
        }
        if resolved.is_var()
            && !is_borrowed_param(&self.program, root)
            && self.level_of(root) == self.level()
        {
            let value = self.finish(root)?;
            if !kept {
                return Some(value);
            }
            return Some(self.bound(value, &format!("{}_bar", self.program[root].name)));
        }
        let unused = !self.is_started(root);
        if unused && !self.is_reshaped_inside(place) {
            return None;
        }
        let taken = self.take_started(place, &resolved);
        if unused { None } else { taken }
    }

    /// Whether a cotangent that is made outside of this block, of the shape that its variable has after the block,
    /// needs another shape where `place` was not yet changed.
    pub(super) fn is_reshaped_inside(&self, place: &Place) -> bool {
        let root = self.resolve(place).root;
        let scalar = self.program.ty_of_place(place).is_float();
        let unset = matches!(self.program[root].role, Role::Deferred | Role::Returned(_));
        !scalar
            && !unset
            && self.is_active_place(place)
            && !is_borrowed_param(&self.program, root)
            && self.level_of(root) < self.level()
    }

    /// Reads a cotangent that exists and has the value's shape, and leaves zero.
    fn take_started(&mut self, place: &Place, resolved: &Place) -> Option<Expr> {
        let mirrored = self.mirror(place);
        let name = format!("{}_bar", self.place_name(place));
        let ty = self.program.ty_of_place(place);
        let guard = self.guard_of(place);
        if ty.is_float() {
            let zero = Expr::Number(0.0, crate::rules::float_of(&ty));
            let value = match guard {
                Some(param) => Expr::runtime(
                    "read_active",
                    vec![Expr::var(param), Expr::Place(mirrored.clone())],
                ),
                None => Expr::Place(mirrored.clone()),
            };
            let value = self.bound(value, &name);
            self.emit_for(place, Stmt::Assign { place: mirrored, value: zero });
            return Some(value);
        }
        let primal = Expr::borrow(Expr::Place(place.clone()));
        let part = !is_whole(resolved);
        // The value before may have another shape than the one after.
        let taken = match guard {
            Some(param) => {
                let function = match part {
                    true if is_owned_part(resolved) => "replace_active",
                    true => "take_active",
                    false => "take",
                };
                let slot = self.slot_mut(&Expr::Place(place.clone()));
                let args = match part {
                    true => vec![Expr::var(param), primal, slot],
                    false => vec![primal, slot],
                };
                Expr::runtime(function, args)
            }
            None if is_owned_part(resolved) => {
                let target = self.mirror(place);
                Expr::runtime("replace", vec![primal, Expr::borrow_mut(Expr::Place(target))])
            }
            None => {
                let slot = self.slot_mut(&Expr::Place(place.clone()));
                Expr::runtime("take", vec![primal, slot])
            }
        };
        Some(self.bound(taken, &name))
    }

    pub(super) fn place_name(&self, place: &Place) -> String {
        let mut name = self.program[place.root].name.to_string();
        for proj in &place.proj {
            if let Proj::Field(syn::Member::Named(field)) = proj {
                name = field.to_string();
            }
        }
        name
    }

    /// Gives a cotangent a name, unless it is one.
    pub(super) fn bound(&mut self, value: Expr, name: &str) -> Expr {
        let ty = self.program.ty_of(&value);
        let var = self.variable(name, ty, Role::Temp, false);
        self.levels.insert(var, self.level());
        self.emit(Stmt::Let { var, ty: None, value });
        Expr::var(var)
    }
}
