//! The tangents of operands, as rules and calls take them.

use super::Tangent;
use crate::ir::{Expr, Place, Proj, Role, Stmt, Ty, Var};

impl Tangent {
    /// The tangent of an operand as a rule takes it.
    pub(super) fn arg(&mut self, operand: &Expr) -> Expr {
        match operand {
            Expr::Ref { mutable: true, expr } if self.program.reads_active(expr) => match &**expr {
                Expr::Place(place) => {
                    let mirrored = Expr::Place(self.mirror(place));
                    match self.borrowed_param(place) {
                        Some(param) if self.resolve(place).is_var() => {
                            self.guarded("when", vec![Expr::var(param), Expr::borrow_mut(mirrored)])
                        }
                        _ => Expr::borrow_mut(mirrored),
                    }
                }
                _ => Expr::runtime("Inactive", vec![]),
            },
            Expr::Ref { expr, .. } => self.arg(expr),
            Expr::Closure(closure) => {
                let dot = |e: &Expr| {
                    let arg = self.arg(e);
                    Expr::runtime("tangent", vec![Expr::borrow(e.clone()), arg])
                };
                Expr::borrow(Expr::Tuple(closure.captures.iter().map(dot).collect()))
            }
            Expr::Place(place) if place.is_mutable_view() && self.is_active(place) => {
                let mirrored = self.mirror(place);
                Expr::borrow_mut(Expr::Place(mirrored))
            }
            Expr::Place(place)
                if self.is_active(place)
                    && matches!(self.program.ty_of_place(place), Ty::RefMut(_)) =>
            {
                let root = self.resolve(place);
                let mirrored = Expr::Place(self.mirror(place));
                match self.borrowed_param(place) {
                    Some(param) if root.is_var() => {
                        let dot = self.dot_var(root.root);
                        self.guarded(
                            "when",
                            vec![Expr::var(param), Expr::borrow_mut(Expr::var(dot))],
                        )
                    }
                    _ => Expr::borrow_mut(mirrored),
                }
            }
            Expr::Place(place) if self.is_active(place) => {
                let mirrored = Expr::Place(self.mirror(place));
                match self.borrowed_param(place) {
                    Some(param) if self.resolve(place).is_var() => {
                        let dot = self.dot_var(self.resolve(place).root);
                        self.guarded("when", vec![Expr::var(param), Expr::borrow(Expr::var(dot))])
                    }
                    // The field of a type that is not seen may be constant, and of any type then.
                    Some(param) if self.is_unseen_field(place) => {
                        self.guarded("dot_where", vec![Expr::var(param), Expr::borrow(mirrored)])
                    }
                    Some(_) => {
                        let owned = self.read(place);
                        Expr::borrow(owned)
                    }
                    None => Expr::borrow(mirrored),
                }
            }
            operand if self.program.reads_active(operand) => match self.dot(operand) {
                Some(dot) => Expr::borrow(dot),
                None => Expr::runtime("Inactive", vec![]),
            },
            _ => Expr::runtime("Inactive", vec![]),
        }
    }

    fn is_unseen_field(&self, place: &Place) -> bool {
        let fields = |p: &Proj| matches!(p, Proj::Field(_) | Proj::Deref);
        let resolved = self.resolve(place);
        *self.program.ty_of_place(place).deref() == Ty::Unknown
            && matches!(resolved.proj.last(), Some(Proj::Field(_)))
            && resolved.proj.iter().all(fields)
    }

    /// The tangent of a receiver, which the method may change where the receiver is mutable.
    pub(super) fn receiver_arg(&mut self, recv: &Expr) -> Expr {
        let Expr::Place(place) = recv else { return self.arg(recv) };
        let base = &self.program[self.program.base(place)];
        let shared = matches!(self.program[place.root].ty, Ty::Ref(_));
        let mutable = (base.mutable || matches!(base.ty, Ty::RefMut(_))) && !shared;
        let known = matches!(
            self.program.ty_of_place(place).deref(),
            Ty::NdArray { .. } | Ty::Float(_) | Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_)
        );
        if known && self.is_active(place) {
            return self.shared_arg(place);
        }
        if mutable && !known && self.is_active(place) {
            return self.arg(&Expr::borrow_mut(recv.clone()));
        }
        self.arg(recv)
    }

    /// The tangent of a place that is only read, also where it is behind a mutable reference.
    fn shared_arg(&mut self, place: &Place) -> Expr {
        if !matches!(self.program.ty_of_place(place), Ty::RefMut(_)) {
            return self.arg(&Expr::Place(place.clone()));
        }
        let root = self.resolve(place);
        let mirrored = self.mirror(place);
        match self.borrowed_param(place) {
            Some(_) if root.is_var() => self.arg(&Expr::Place(place.clone())),
            Some(_) => Expr::borrow(self.read(place)),
            None => Expr::borrow(Expr::Place(mirrored)),
        }
    }

    /// The tangents of the arguments of a call. Where several that are changed in place are parts of
    /// one variable, they go by way of variables of their own.
    pub(super) fn args_in_place(&mut self, args: &[Expr]) -> Vec<Expr> {
        let root = |tangent: &Self, arg: &Expr| match arg {
            Expr::Ref { mutable: true, expr } => expr
                .as_place()
                .filter(|p| tangent.is_active(p))
                .map(|p| (tangent.resolve(p).root, p.clone())),
            _ => None,
        };
        let roots: Vec<_> = args.iter().map(|a| root(self, a)).collect();
        let repeated = |i: usize| {
            roots[i].as_ref().is_some_and(|(r, _)| {
                roots
                    .iter()
                    .enumerate()
                    .any(|(j, o)| i != j && o.as_ref().is_some_and(|(o, _)| o == r))
            })
        };
        let mut dots = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            if !repeated(i) {
                dots.push(self.arg(arg));
                continue;
            }
            let (_, place) = roots[i].clone().expect("it is repeated");
            let ty = self.program.ty_of_place(&place);
            let scratch = self.variable("part_dot", ty, Role::Temp, true);
            self.tangents.insert(scratch);
            let value = self.read(&place);
            self.emit(Stmt::Let { var: scratch, ty: None, value });
            self.after.push((place, scratch));
            dots.push(Expr::borrow_mut(Expr::var(scratch)));
        }
        dots
    }

    /// Puts the tangents of parts back that a call changed by way of variables of their own.
    pub(super) fn put_back_parts(&mut self) {
        for (place, scratch) in std::mem::take(&mut self.after) {
            let target = self.mirror(&place);
            self.emit_for(&place, Stmt::Assign { place: target, value: Expr::var(scratch) });
        }
    }

    /// The tangents of operands, with those read before that are parts of one which the call may change.
    pub(super) fn apart(&mut self, operands: &[Expr], dots: Vec<Expr>) -> Vec<Expr> {
        let changed: Vec<Var> = dots.iter().filter_map(borrowed_mutably).collect();
        let mut apart = Vec::new();
        for (operand, dot) in operands.iter().zip(dots) {
            let overlaps = changed.iter().any(|root| reads(&dot, *root));
            if !overlaps || borrowed_mutably(&dot).is_some() {
                apart.push(dot);
                continue;
            }
            let operand = match operand {
                Expr::Ref { .. } => operand.clone(),
                operand => Expr::borrow(operand.clone()),
            };
            let part = self.read_before(Expr::runtime("tangent", vec![operand, dot]));
            apart.push(Expr::borrow(part));
        }
        apart
    }
}

/// The variable of which an argument borrows a part mutably.
fn borrowed_mutably(arg: &Expr) -> Option<Var> {
    match arg {
        Expr::Ref { mutable: true, expr } => expr.as_place().map(|place| place.root),
        Expr::Runtime { args, .. } => args.iter().find_map(borrowed_mutably),
        _ => None,
    }
}

/// Whether a value is read from a variable.
pub(super) fn reads(value: &Expr, var: Var) -> bool {
    let mut found = false;
    value.for_each_read(&mut |read| found |= read == var);
    found
}
