//! What changes a variable changes its tangent likewise.

use super::Tangent;
use super::argument::reads;
use crate::ir::{BinOp, Expr, MutOp, Place, Proj, Role, Stmt, Ty, Var};

impl Tangent {
    /// `place = value` and `place_dot = value_dot`.
    pub(super) fn assign_dot(&mut self, place: &Place, value: Expr) {
        let target = self.mirror(place);
        let constant = !self.program.reads_active(&value);
        if constant && !self.program.ty_of_place(place).is_float() {
            // What the place holds now has the type that a literal such as `None` leaves open.
            self.emit(Stmt::Assign { place: place.clone(), value });
            let zero = self.shape(Expr::borrow(Expr::Place(place.clone())));
            let zero = Expr::runtime("zero", vec![zero]);
            let stmt = self.set_dot(place, target, zero);
            return self.emit_for(place, stmt);
        }
        let dot = self.dot_or_zero(&value);
        let stmt = self.set_dot(place, target, dot);
        self.emit_for(place, stmt);
        self.emit(Stmt::Assign { place: place.clone(), value });
    }

    pub(super) fn update_dot(&mut self, place: &Place, op: BinOp, value: &Expr) {
        if self.program.ty_of_place(place).is_float() {
            if let Some(mut dot) = self.dot(value) {
                let target = self.mirror(place);
                // Lanes are added by a method, which borrows its target first.
                if self.lanes.is_some() && reads(&dot, target.root) {
                    dot = self.read_before(dot);
                }
                self.emit_for(place, Stmt::Update { place: target, op, value: dot });
            }
            return;
        }
        let whole = Expr::Place(place.clone());
        self.require_no_array(&whole);
        self.require_no_array(value);
        let function = match op {
            BinOp::Add => "add_assign_jvp",
            BinOp::Sub => "sub_assign_jvp",
            BinOp::Mul => "mul_assign_jvp",
            BinOp::Div => "div_assign_jvp",
            BinOp::Rem => "rem_assign_jvp",
        };
        let mut arg = self.arg(value);
        let target = self.mirror(place);
        if reads(&arg, target.root) {
            let operand = Expr::borrow(value.clone());
            arg = Expr::borrow(self.read_before(Expr::runtime("tangent", vec![operand, arg])));
        }
        let sure = self.is_surely_active(&arg);
        let target = match self.borrowed_param(place) {
            Some(param) if self.resolve(place).is_var() => {
                let dot = self.dot_var(param);
                self.guarded("when", vec![Expr::var(param), Expr::borrow_mut(Expr::var(dot))])
            }
            _ if sure && place.proj.iter().any(|p| matches!(p, Proj::Field(_))) => {
                let target = Expr::borrow_mut(Expr::Place(target));
                Expr::runtime("active_part", vec![target])
            }
            _ => Expr::borrow_mut(Expr::Place(target)),
        };
        let call = Expr::runtime(
            function,
            vec![
                Expr::borrow(Expr::Place(place.clone())),
                Expr::borrow(value.clone()),
                target,
                arg,
            ],
        );
        if self.resolve(place).is_var() {
            self.emit(Stmt::Do(call))
        } else {
            self.emit_for(place, Stmt::Do(call))
        }
    }

    pub(super) fn mutate(&mut self, op: MutOp, dest: Option<Var>, place: Place, args: Vec<Expr>) {
        if self.is_active(&place) {
            let target = self.mirror(&place);
            let dots: Option<Vec<Expr>> = match op {
                MutOp::Push | MutOp::Fill => Some(vec![self.dot_or_zero(&args[0])]),
                MutOp::CopyFrom | MutOp::Extend => Some(vec![self.dot_or_zero(&args[0])]),
                MutOp::Resize => Some(vec![args[0].clone(), self.dot_or_zero(&args[1])]),
                MutOp::SwapPlaces => match &args[0] {
                    Expr::Place(other) => {
                        let other = self.mirror(other);
                        Some(vec![Expr::Place(other)])
                    }
                    _ => None,
                },
                MutOp::Insert => Some(vec![args[0].clone(), self.dot_or_zero(&args[1])]),
                MutOp::SwapElements
                | MutOp::SwapAxes
                | MutOp::InvertAxis
                | MutOp::Truncate
                | MutOp::Reverse
                | MutOp::RotateLeft
                | MutOp::RotateRight
                | MutOp::Pop
                | MutOp::Remove => Some(args.clone()),
            };
            let dest_dot = dest.filter(|d| self.program[*d].active).map(|d| self.dot_var(d));
            if let Some(dots) = dots {
                self.emit_for(
                    &place,
                    Stmt::Mutate { op, dest: dest_dot, place: target, args: dots },
                );
            }
        }
        self.emit(Stmt::Mutate { op, dest, place, args });
    }

    /// The tangent of a field that may be constant is set by a rule, of which it then is none.
    fn set_dot(&mut self, place: &Place, target: Place, mut dot: Expr) -> Stmt {
        let field = place.proj.iter().any(|p| matches!(p, Proj::Field(syn::Member::Named(_))));
        if field && self.program.ty_of_place(place) == Ty::Unknown {
            if reads(&dot, target.root) {
                dot = self.read_before(dot);
            }
            let sure = self.is_surely_active(&dot);
            let target = Expr::borrow_mut(Expr::Place(target));
            let target = if sure { Expr::runtime("active_part", vec![target]) } else { target };
            return Stmt::Do(Expr::runtime("set", vec![target, dot]));
        }
        // What a parameter borrows is assigned as a whole, by way of its tangent's own kind of borrow.
        let whole = target.is_var() && !self.is_cotangent(place.root);
        if whole && matches!(self.program[self.resolve(place).root].ty, Ty::RefMut(_)) {
            if reads(&dot, target.root) {
                dot = self.read_before(dot);
            }
            let target = Expr::borrow_mut(Expr::Place(target));
            return Stmt::Do(Expr::runtime("assign_tangent", vec![target, dot]));
        }
        Stmt::Assign { place: target, value: dot }
    }

    /// Whether a tangent is made of one of a scalar, so that it may not be dropped.
    fn is_surely_active(&self, dot: &Expr) -> bool {
        match dot {
            Expr::Place(place) => {
                let is_scalar = |of: Var| {
                    let info = &self.program[of];
                    info.ty.is_float() && info.active && !matches!(info.role, Role::Alias { .. })
                };
                place.is_var()
                    && matches!(self.program[place.root].role, Role::Dot(of) if is_scalar(of))
            }
            dot => dot.children().into_iter().any(|child| self.is_surely_active(child)),
        }
    }

    /// Another part of a tangent that is about to be borrowed mutably.
    pub(super) fn read_before(&mut self, value: Expr) -> Expr {
        let var = self.variable("part_dot", Ty::Unknown, Role::Temp, false);
        self.tangents.insert(var);
        self.emit(Stmt::Let { var, ty: None, value });
        Expr::var(var)
    }

    pub(super) fn dots_of_parts(&mut self, parts: &[(Proj, Expr)], all: bool) -> Vec<(Proj, Expr)> {
        let mut dots = Vec::new();
        for (proj, value) in parts {
            match self.dot(value) {
                Some(dot) => {
                    let ty = self.program.ty_of(value);
                    let var = self.variable("part_dot", ty, Role::Temp, false);
                    self.tangents.insert(var);
                    self.emit(Stmt::Let { var, ty: None, value: dot });
                    dots.push((proj.clone(), Expr::var(var)));
                }
                None if all => {
                    let zero = self.zero_of(value);
                    let ty = self.program.ty_of(value);
                    let var = self.variable("part_dot", ty, Role::Temp, false);
                    self.tangents.insert(var);
                    self.emit(Stmt::Let { var, ty: None, value: zero });
                    dots.push((proj.clone(), Expr::var(var)));
                }
                None => {}
            }
        }
        dots
    }

    /// A tangent made of parts, the others zero (or those of `start`).
    pub(super) fn build(
        &mut self,
        var: Var,
        dot: Var,
        start: Option<Expr>,
        parts: Vec<(Proj, Expr)>,
    ) {
        let start = start.unwrap_or_else(|| {
            Expr::runtime("zero", vec![self.shape(Expr::borrow(Expr::var(var)))])
        });
        self.program[dot].mutable = true;
        self.emit(Stmt::Let { var: dot, ty: None, value: start });
        for (proj, value) in parts {
            let target = Expr::borrow_mut(Expr::Place(Place::var(dot).then(proj)));
            self.emit(Stmt::Do(Expr::runtime("set", vec![target, value])));
        }
    }
}
