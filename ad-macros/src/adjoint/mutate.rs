//! Definitions and changes of places. An overwritten value is saved before and restored first.

use super::control::place_of;
use super::{Adjoint, overwritten};
use crate::ir::{BinOp, CallKind, Expr, MutOp, Place, Proj, Role, Stmt, Ty, Var};
use proc_macro2::TokenStream;
use syn::Pat;

impl Adjoint {
    /// Saves what `place` holds: the forward statement, and the restoring one.
    pub(super) fn save(&mut self, place: &Place) -> Option<(Stmt, Stmt)> {
        let root = self.program.base(place);
        if matches!(self.program[root].role, Role::Deferred | Role::Returned(_)) {
            return None;
        }
        let mut place = place.clone();
        if matches!(self.program.ty_of_place(&place), Ty::RefMut(_)) {
            place = place.then(Proj::Deref);
        }
        let place = &place;
        let ty = self.program.ty_of_place(place);
        let name = format!("{}_old", self.place_name(place));
        let var = self.variable(&name, ty.clone(), Role::Saved, false);
        self.program[var].active = false;
        self.levels.insert(var, self.level());
        let value = if ty.is_float() && !ty.is_float_ref() {
            Expr::Place(place.clone())
        } else if self.program.is_array_view(place) {
            Expr::runtime("keep_array", vec![Expr::borrow(Expr::Place(place.clone()))])
        } else {
            Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place.clone()))])
        };
        let restore = Stmt::Assign { place: self.program.resolve(place), value: Expr::var(var) };
        Some((Stmt::Let { var, ty: None, value }, restore))
    }

    /// The places that a call may change: what it borrows mutably, and a receiver that is mutable. Each with its
    /// position among the arguments.
    fn changed_by(&self, value: &Expr, dropped: bool) -> Vec<(Place, Option<usize>)> {
        let (recv, args) = match value {
            Expr::Call { args, kind, .. } if *kind != CallKind::Constructor => (None, args),
            Expr::Method { recv, args, name, .. } if !self.program.ty_of(recv).is_float() => {
                (Some((&**recv, name)), args)
            }
            _ => return Vec::new(),
        };
        let mut changed = Vec::new();
        if let Some((Expr::Place(place), name)) = recv
            && self.may_change(place)
            && (dropped || !self.program.is_shared_call(place, name))
        {
            changed.push((place.clone(), None));
        }
        for (position, arg) in args.iter().enumerate() {
            let place = match arg {
                Expr::Ref { mutable: true, expr } => expr.as_place().cloned(),
                Expr::Place(place) if place.is_mutable_view() => Some(place.clone()),
                Expr::Place(place) if matches!(self.program.ty_of_place(place), Ty::RefMut(_)) => {
                    Some(place.clone().then(Proj::Deref))
                }
                _ => None,
            };
            changed.extend(place.map(|place| (place, Some(position))));
        }
        changed
    }

    fn may_change(&self, place: &Place) -> bool {
        let base = &self.program[self.program.base(place)];
        let ty = self.program.ty_of_place(place);
        let known =
            matches!(ty.deref(), Ty::NdArray { .. } | Ty::Float(_) | Ty::Discrete | Ty::Option(_));
        // What a shared reference names is as it was, whatever its owner may change.
        let shared = matches!(self.program[place.root].ty, Ty::Ref(_));
        (base.mutable || matches!(base.ty, Ty::RefMut(_))) && !known && !shared
    }

    pub(super) fn definition(&mut self, var: Var, ty: Option<syn::Type>, value: Expr) -> Vec<Stmt> {
        let mut forward = Vec::new();
        let changed = self.changed_by(&value, self.program.dropped.contains(&var));
        let mut restores = Vec::new();
        for (place, position) in &changed {
            if let Some((save, restore)) = self.save(place) {
                if let (Stmt::Let { var, .. }, Expr::Call { path, kind, .. }, Some(position)) =
                    (&save, &value, *position)
                    && let Some(constant) = overwritten::constant(path, kind, position)
                {
                    self.of_calls.insert(*var, constant);
                }
                forward.push(save);
                restores.push(restore);
            }
        }
        let is_alias = matches!(self.program[var].role, Role::Alias { .. });
        let has_active_change = changed.iter().any(|(p, _)| self.is_active_place(p));
        let bar = if is_alias {
            None
        } else if self.program[var].active {
            self.finish(var)
        } else {
            None
        };
        let bar = match bar {
            None if has_active_change => {
                Some(Expr::runtime("zero", vec![Expr::borrow(Expr::var(var))]))
            }
            bar => bar,
        };
        if !restores.is_empty()
            && let Some(bar) = bar.clone()
        {
            // The callee's adjoint runs from the state before the call, and leaves the state after it. The cotangents
            // that it takes have the shapes of the state after it.
            let bar = self.bound(bar, "call_bar");
            for (place, _) in &changed {
                let root = self.resolve(place).root;
                if self.is_active_place(place) && !self.program[root].ty.is_float() {
                    self.start(root);
                }
            }
            for restore in &restores {
                if let Stmt::Assign { place, value } = restore {
                    let copy = Expr::runtime("clone", vec![Expr::borrow(value.clone())]);
                    self.emit(Stmt::Assign { place: place.clone(), value: copy });
                }
            }
            self.pullback(&value, bar, Some(var));
            restores.into_iter().for_each(|r| self.emit(r));
        } else {
            restores.into_iter().for_each(|r| self.emit(r));
            if let Some(bar) = &bar
                && let Some(by_slopes) = self.by_slopes(var, ty.clone(), &value, bar)
            {
                forward.extend(by_slopes);
                return forward;
            }
            if let Some(bar) = bar {
                self.pullback(&value, bar, Some(var));
            }
        }
        forward.push(Stmt::Let { var, ty, value });
        forward
    }

    pub(super) fn destructure(
        &mut self,
        pat: Pat,
        value: Expr,
        vars: Vec<(Var, Vec<Proj>)>,
    ) -> Vec<Stmt> {
        if let Some(place) = place_of(&value) {
            let whole = self.resolve(&place);
            let constructs = whole.is_var()
                && matches!(self.program[whole.root].role, Role::Temp)
                && !self.is_started(whole.root)
                && is_plain_tuple(&pat)
                && vars.iter().all(|(v, p)| {
                    p.len() == 1 && !matches!(self.program[*v].role, Role::Binding { .. })
                })
                && vars.len() == tuple_len(&pat);
            if constructs
                && self.program[whole.root].active
                && vars.iter().any(|(v, _)| self.is_started(*v))
            {
                // The parts make the whole: no zero of its shape is needed.
                let parts = vars
                    .iter()
                    .map(|(v, _)| match self.finish(*v) {
                        Some(bar) => bar,
                        None => Expr::runtime("zero", vec![Expr::borrow(Expr::var(*v))]),
                    })
                    .collect();
                self.accumulate(&Place::var(whole.root), Expr::Tuple(parts));
            } else {
                for (var, proj) in &vars {
                    self.copied(*var, &place, proj);
                }
            }
        }
        vec![Stmt::Destructure { pat, value, vars }]
    }

    fn reads_root(&self, value: &Expr, root: Var) -> bool {
        let mut found = false;
        value.for_each_read(&mut |var| {
            found |= self.program.base(&Place::var(var)) == root || var == root
        });
        found
    }

    pub(super) fn assign(&mut self, place: Place, value: Expr) -> Vec<Stmt> {
        let mut forward = Vec::new();
        let root = self.program.base(&place);
        if let Some((save, restore)) = self.save(&place) {
            forward.push(save);
            self.emit(restore);
        }
        let kept = self.reads_root(&value, root);
        if let Some(bar) = self.take(&place, kept) {
            self.pullback(&value, bar, None);
        }
        forward.push(Stmt::Assign { place, value });
        forward
    }

    pub(super) fn update(&mut self, place: Place, op: BinOp, value: Expr) -> Vec<Stmt> {
        let mut forward = Vec::new();
        let root = self.program.base(&place);
        let saved = self.save(&place);
        if let Some((save, restore)) = saved {
            forward.push(save);
            self.emit(restore);
        }
        let resolved_root = self.resolve(&place).root;
        if self.is_active_place(&place) && self.is_started(resolved_root) {
            if self.program.ty_of_place(&place).is_float() {
                if self.program.reads_active(&value) {
                    let mirrored = self.mirror(&place);
                    let mut bar = Expr::Place(mirrored);
                    if let Some(param) = self.guard_of(&place) {
                        bar = Expr::runtime("read_active", vec![Expr::var(param), bar]);
                    }
                    if self.reads_root(&value, root)
                        || value.size() > 1 && !matches!(&bar, Expr::Place(p) if p.is_var())
                    {
                        let name = format!("{}_bar", self.place_name(&place));
                        bar = self.bound(bar, &name);
                    }
                    if op == BinOp::Sub {
                        bar = Expr::neg(bar);
                    }
                    self.pullback(&value, bar, None);
                }
            } else {
                self.update_by_rule(&place, op, &value);
            }
        }
        forward.push(Stmt::Update { place, op, value });
        forward
    }

    fn update_by_rule(&mut self, place: &Place, op: BinOp, value: &Expr) {
        let function = match op {
            BinOp::Add => "add_assign_adjoint",
            BinOp::Sub => "sub_assign_adjoint",
            BinOp::Mul => "mul_assign_adjoint",
            BinOp::Div => "div_assign_adjoint",
            BinOp::Rem => "rem_assign_adjoint",
        };
        let target = self.slot_mut(&Expr::Place(place.clone()));
        let same = self.slot_root(value).is_some_and(|root| root == self.resolve(place).root);
        let guarded =
            self.is_guarded_part(&Expr::Place(place.clone())) || self.is_guarded_part(value);
        let slot = if self.program.reads_active(value) {
            self.slot(value)
        } else {
            Expr::runtime("Inactive", vec![])
        };
        let args = |slot: Expr| {
            vec![
                Expr::borrow(Expr::Place(place.clone())),
                Expr::borrow(value.clone()),
                target.clone(),
                slot,
            ]
        };
        // A compound value has no slot to add to.
        let compound = self.program.reads_active(value) && self.slot_root(value).is_none();
        if !same && !guarded && !compound {
            return self.emit(Stmt::Do(Expr::runtime(function, args(slot))));
        }
        // What has no slot of its own is added by way of a cotangent of its own.
        let scratch =
            self.bound(Expr::runtime("zero", vec![Expr::borrow(value.clone())]), "part_bar");
        if let Expr::Place(p) = &scratch {
            self.program[p.root].mutable = true;
        }
        let call = Stmt::Do(Expr::runtime(function, args(Expr::borrow_mut(scratch.clone()))));
        if self.is_guarded_part(&Expr::Place(place.clone())) {
            self.emit_for(place, call);
        } else {
            self.emit(call);
        }
        self.pullback(value, scratch, None);
    }

    pub(super) fn effect(
        &mut self,
        tokens: TokenStream,
        reads: Vec<Var>,
        writes: Vec<Var>,
    ) -> Vec<Stmt> {
        let mut forward = Vec::new();
        let declares = super::declares(&tokens);
        if !declares {
            for var in &writes {
                if let Some((save, restore)) = self.save(&Place::var(*var)) {
                    forward.push(save);
                    self.emit(restore);
                }
            }
        }
        forward.push(Stmt::Effect {
            tokens,
            reads,
            writes: if declares { writes } else { Vec::new() },
        });
        forward
    }

    pub(super) fn mutate(
        &mut self,
        op: MutOp,
        dest: Option<Var>,
        place: Place,
        args: Vec<Expr>,
    ) -> Vec<Stmt> {
        let mut forward = Vec::new();
        let resolved = self.resolve(&place);
        let reshapes = matches!(op, MutOp::Push | MutOp::Extend | MutOp::Truncate | MutOp::Resize)
            && self.is_reshaped_inside(&place);
        let active = self.is_active_place(&place) && (reshapes || self.is_started(resolved.root));
        match op {
            MutOp::Push => {
                self.emit(Stmt::Do(Expr::runtime(
                    "drop_last",
                    vec![Expr::borrow_mut(Expr::Place(resolved))],
                )));
                if active {
                    let mirrored = self.mirror(&place);
                    let popped =
                        Expr::runtime("pop", vec![Expr::borrow_mut(Expr::Place(mirrored))]);
                    let bar = self.bound(popped, "item_bar");
                    self.pullback(&args[0], bar, None);
                }
            }
            MutOp::Pop => {
                let dest = dest.expect("what is popped has a name");
                let bar = match self.finish(dest) {
                    Some(bar) => bar,
                    None => Expr::runtime("zero", vec![Expr::borrow(Expr::var(dest))]),
                };
                if self.is_active_place(&place) {
                    let bar = self.bound(bar, "popped_bar");
                    let mirrored = self.mirror(&place);
                    self.emit(Stmt::Do(Expr::runtime(
                        "unpop",
                        vec![Expr::borrow_mut(Expr::Place(mirrored)), bar],
                    )));
                }
                let popped = Expr::runtime("clone", vec![Expr::borrow(Expr::var(dest))]);
                self.emit(Stmt::Do(Expr::runtime(
                    "unpop",
                    vec![Expr::borrow_mut(Expr::Place(resolved)), popped],
                )));
            }
            MutOp::Insert | MutOp::Remove => self.shifted(op, dest, &place, &args),
            MutOp::SwapElements
            | MutOp::SwapAxes
            | MutOp::InvertAxis
            | MutOp::Reverse
            | MutOp::RotateLeft
            | MutOp::RotateRight => {
                // A permutation is undone, on the values and on their cotangents.
                let inverse = match op {
                    MutOp::SwapElements => "swap",
                    MutOp::SwapAxes => "swap_axes",
                    MutOp::InvertAxis => "invert_axis",
                    MutOp::Reverse => "reverse",
                    MutOp::RotateLeft => "rotate_right",
                    _ => "rotate_left",
                };
                let undo = |place: Place| {
                    Stmt::Do(Expr::Method {
                        recv: Box::new(Expr::Place(place)),
                        name: quote::format_ident!("{}", inverse),
                        turbofish: None,
                        args: args.clone(),
                    })
                };
                self.emit(undo(resolved));
                if active {
                    let mirrored = self.mirror(&place);
                    self.emit_for(&place, undo(mirrored));
                }
            }
            MutOp::SwapPlaces => self.swap_places(&place, &args[0]),
            _ => {
                if let Some((save, restore)) = self.save(&place) {
                    forward.push(save);
                    self.emit(restore);
                }
                if active {
                    self.overwrite(op, &place, &args);
                }
            }
        }
        forward.push(Stmt::Mutate { op, dest, place, args });
        forward
    }

    /// `v.insert(i, x)` and `v.remove(i)`, which undo each other.
    fn shifted(&mut self, op: MutOp, dest: Option<Var>, place: &Place, args: &[Expr]) {
        let (resolved, index) = (self.resolve(place), args[0].clone());
        let started = self.is_started(resolved.root) || self.is_reshaped_inside(place);
        let active = self.is_active_place(place) && started;
        let call = |function, place: Place, more: Option<Expr>| {
            let place = Expr::borrow_mut(Expr::Place(place));
            Expr::runtime(function, [place, index.clone()].into_iter().chain(more).collect())
        };
        if op == MutOp::Insert {
            self.emit(Stmt::Do(call("remove_at", resolved, None)));
            if active {
                let mirrored = self.mirror(place);
                let bar = self.bound(call("remove_at", mirrored, None), "item_bar");
                self.pullback(&args[1], bar, None);
            }
            return;
        }
        let dest = dest.expect("what is removed has a name");
        let bar = match self.finish(dest) {
            Some(bar) => bar,
            None => Expr::runtime("zero", vec![Expr::borrow(Expr::var(dest))]),
        };
        if self.is_active_place(place) {
            let bar = self.bound(bar, "removed_bar");
            let mirrored = self.mirror(place);
            self.emit(Stmt::Do(call("insert_at", mirrored, Some(bar))));
        }
        let removed = Expr::runtime("clone", vec![Expr::borrow(Expr::var(dest))]);
        self.emit(Stmt::Do(call("insert_at", resolved, Some(removed))));
    }

    fn swap_places(&mut self, a: &Place, b: &Expr) {
        let Expr::Place(b) = b else { unreachable!("a swap is of places") };
        let swap = |a: Expr, b: Expr| Stmt::Do(Expr::runtime("swap", vec![a, b]));
        let (ra, rb) = (self.resolve(a), self.resolve(b));
        self.emit(swap(Expr::borrow_mut(Expr::Place(ra)), Expr::borrow_mut(Expr::Place(rb))));
        if self.is_active_place(a) || self.is_active_place(b) {
            for place in [a, b] {
                let root = self.resolve(place).root;
                self.program[root].active = true;
                self.start(root);
            }
            let (sa, sb) = (self.mirror(a), self.mirror(b));
            let reborrow = |adjoint: &Self, place: &Place, mirrored: Place| {
                if adjoint.resolve(place).is_var() && adjoint.guard_of(place).is_some() {
                    Expr::Place(mirrored)
                } else {
                    Expr::borrow_mut(Expr::Place(mirrored))
                }
            };
            let (ea, eb) = (reborrow(self, a, sa), reborrow(self, b, sb));
            self.emit(swap(ea, eb));
        }
    }

    /// The adjoint of overwriting all of a container.
    fn overwrite(&mut self, op: MutOp, place: &Place, args: &[Expr]) {
        let function = match op {
            MutOp::Fill => "fill_adjoint",
            MutOp::CopyFrom => "copy_adjoint",
            MutOp::Extend => "extend_adjoint",
            MutOp::Truncate => "truncate_adjoint",
            MutOp::Resize => "resize_adjoint",
            _ => unreachable!("it has a rule of its own"),
        };
        let target = self.slot_or_part(place);
        let old = Expr::borrow(Expr::Place(place.clone()));
        let source = match op {
            MutOp::Truncate => None,
            MutOp::Resize => Some(&args[1]),
            _ => Some(&args[0]),
        };
        let call = match source {
            None => Expr::runtime(function, vec![old, target]),
            Some(source) => {
                Expr::runtime(function, vec![old, Expr::borrow(source.clone()), target])
            }
        };
        match source {
            Some(source) if self.program.reads_active(source) => {
                let bar = self.bound(call, "source_bar");
                self.pullback(source, bar, None);
            }
            _ => self.emit_for(place, Stmt::Do(call)),
        }
    }

    fn slot_or_part(&mut self, place: &Place) -> Expr {
        let mirrored = self.mirror(place);
        if super::bars::is_whole(&self.resolve(place)) && self.guard_of(place).is_some() {
            let param = self.resolve(place).root;
            return Expr::runtime(
                "part_mut",
                vec![Expr::var(param), Expr::borrow_mut(Expr::Place(mirrored))],
            );
        }
        Expr::borrow_mut(Expr::Place(mirrored))
    }
}

fn is_plain_tuple(pat: &Pat) -> bool {
    matches!(pat, Pat::Tuple(_))
}

fn tuple_len(pat: &Pat) -> usize {
    match pat {
        Pat::Tuple(t) => t.elems.len(),
        _ => usize::MAX,
    }
}
