//! Branches, matches and loops: the reverse half nests the reverse sweeps of the nested blocks.

use super::Adjoint;
use crate::ir::{Arm, Block, Expr, Id, LoopKind, Place, ReverseArm, Role, Stmt, Var};

impl Adjoint {
    /// The cotangent of what a nesting statement defines, as a variable.
    fn chosen_bar(&mut self, dest: Option<Var>) -> Option<Expr> {
        let dest = dest?;
        if !self.program[dest].active {
            return None;
        }
        match self.finish(dest)? {
            bar @ Expr::Place(_) => Some(bar),
            bar => {
                let name = format!("{}_bar", self.program[dest].name);
                Some(self.bound(bar, &name))
            }
        }
    }

    fn nested(&mut self, block: Block, bar: &Option<Expr>) -> (Block, Vec<Stmt>) {
        self.block(block, |adjoint, result| {
            if let (Some(result), Some(bar)) = (result, bar) {
                adjoint.pullback(result, bar.clone(), None);
            }
        })
    }

    pub(super) fn branch(
        &mut self,
        id: Id,
        dest: Option<Var>,
        cond: Expr,
        then: Block,
        els: Block,
    ) -> Vec<Stmt> {
        let bar = self.chosen_bar(dest);
        let (then, then_reverse) = self.nested(then, &bar);
        let (els, els_reverse) = self.nested(els, &bar);
        self.emit(Stmt::ReverseIf { id, cond: cond.clone(), then: then_reverse, els: els_reverse });
        vec![Stmt::If { id, dest, cond, then, els }]
    }

    /// A match may move out of its scrutinee: the zero of its shape is made where the variable is defined.
    fn want_zero(&mut self, place: &Place) {
        let root = place.root;
        let temp = matches!(self.program[root].role, Role::Temp) && place.is_var();
        let moves = temp || self.program.is_taken_apart(place);
        let wanted = self.program[root].active && !self.program[root].ty.is_copy();
        if !moves || !wanted || !self.owns_zero.contains(&root) || self.zeros.contains_key(&root) {
            return;
        }
        let name = format!("{}_zero", self.program[root].name);
        let var = self.variable(&name, crate::ir::Ty::Unknown, Role::Saved, false);
        self.program[var].active = false;
        self.levels.insert(var, self.level_of(root));
        self.zeros.insert(root, var);
    }

    /// The zeros that are wanted of what a statement has just defined.
    pub(super) fn zeros_of(&self, vars: &[Var]) -> Vec<Stmt> {
        let zero = |var: &Var| {
            let value = Expr::runtime("zero", vec![Expr::borrow(Expr::var(*var))]);
            self.zeros.get(var).map(|zero| Stmt::Let { var: *zero, ty: None, value })
        };
        vars.iter().filter_map(zero).collect()
    }

    pub(super) fn matching(
        &mut self,
        id: Id,
        dest: Option<Var>,
        scrutinee: Expr,
        arms: Vec<Arm>,
    ) -> Vec<Stmt> {
        let bar = self.chosen_bar(dest);
        let place = place_of(&scrutinee);
        if let Expr::Place(place) = &scrutinee {
            self.want_zero(place);
        }
        let mut forward = Vec::new();
        let mut reverse = Vec::new();
        for arm in arms {
            let level = self.open.len();
            for (var, _) in &arm.bindings {
                self.levels.insert(*var, level);
            }
            let bindings = arm.bindings.clone();
            // The copies that the pattern made pass their cotangents on to the parts they came from.
            self.open.push(Vec::new());
            let (body, mut body_reverse) = {
                let block = arm.body;
                self.open.pop();
                self.nested(block, &bar)
            };
            if let Some(place) = &place {
                self.open.push(body_reverse);
                for (var, proj) in &bindings {
                    self.copied(*var, place, proj);
                }
                body_reverse = self.open.pop().expect("it was pushed");
            }
            reverse.push(ReverseArm { pat: arm.pat.clone(), body: body_reverse });
            forward.push(Arm { pat: arm.pat, guard: arm.guard, bindings, body });
        }
        self.emit(Stmt::ReverseMatch { id, scrutinee: scrutinee.clone(), arms: reverse });
        vec![Stmt::Match { id, dest, scrutinee, arms: forward }]
    }

    /// The cotangent of a copied part is added to that of the part.
    pub(super) fn copied(&mut self, var: Var, place: &Place, proj: &[crate::ir::Proj]) {
        if matches!(self.program[var].role, Role::Binding { .. }) {
            return;
        }
        let Some(bar) = self.finish(var) else { return };
        let mut part = place.clone();
        part.proj.extend(proj.iter().cloned());
        if !self.is_active_place(&part) {
            return;
        }
        let target = self.resolve(&part);
        if matches!(self.program[target.root].role, Role::Returned(_)) {
            return self.accumulate(&part, bar);
        }
        let ty = self.program.ty_of(&Expr::var(var));
        if ty.is_float() && !self.program.ty_of_place(&target).is_float() {
            // The type of the part is not known where it stands.
            let mirrored = self.mirror(&part);
            let value = Expr::runtime("add", vec![Expr::borrow_mut(Expr::Place(mirrored)), bar]);
            self.emit_for(&part, Stmt::Do(value));
            return;
        }
        self.accumulate(&part, bar);
    }

    pub(super) fn looping(&mut self, id: Id, kind: LoopKind, body: Block) -> Vec<Stmt> {
        // What an iteration adds to the cotangent of a variable, an earlier one may read.
        let mut written = Vec::new();
        super::plan::written_roots(&self.program, &body.stmts, &mut written);
        for root in written {
            let defined_outside =
                self.levels.get(&root).is_some_and(|level| *level < self.open.len());
            if defined_outside && self.program[root].active && !self.is_discrete(root) {
                self.start(root);
            }
        }
        if let LoopKind::Range { var, .. } = &kind {
            self.levels.insert(*var, self.open.len());
        }
        if let LoopKind::Items { vars, .. } = &kind {
            for var in vars {
                self.levels.insert(*var, self.open.len());
            }
        }
        if self.program.checkpoints.contains_key(&id) {
            return self.checkpointed(id, kind, body);
        }
        let (mut body, mut reverse) = self.nested(body, &None);
        let spans = self.spans(&kind, &mut body, &mut reverse);
        spans.before_reverse.into_iter().for_each(|stmt| self.emit(stmt));
        self.emit(Stmt::ReverseLoop { id, kind: kind.clone(), body: reverse });
        spans.after_reverse.into_iter().for_each(|stmt| self.emit(stmt));
        let mut forward = spans.keep;
        forward.push(Stmt::Loop { id, kind, body });
        forward
    }

    fn is_discrete(&self, var: Var) -> bool {
        self.program[var].ty.is_discrete()
    }
}

pub(super) fn place_of(scrutinee: &Expr) -> Option<Place> {
    match scrutinee {
        Expr::Place(place) => Some(place.clone()),
        Expr::Ref { expr, .. } => place_of(expr),
        _ => None,
    }
}
