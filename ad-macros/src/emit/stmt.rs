//! Statements, and the records that pass from the forward to the reverse half of a nesting statement.

use super::{Emitter, active_flag};
use crate::ir::{
    Arm, BinOp, Block, Expr, FusedArm, Id, LoopKind, MutOp, Place, ReverseArm, Role, Stmt, Ty, Var,
};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::HashSet;

impl Emitter<'_> {
    pub fn stmts(&self, stmts: &[Stmt]) -> TokenStream {
        stmts.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&self, stmt: &Stmt) -> TokenStream {
        match stmt {
            Stmt::Let { var, ty, value } => {
                let name = self.name(*var);
                let value = match value {
                    Expr::Method { recv, name, turbofish, args }
                        if self.program.dropped.contains(var) =>
                    {
                        self.method(recv, name, turbofish.as_ref(), args, true)
                    }
                    value => self.expr(value),
                };
                let mutability = self.mutability(*var);
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                quote!(let #mutability #name #ty = #value;)
            }
            Stmt::Destructure { pat, value, .. } => {
                let value = self.expr(value);
                quote!(let #pat = #value;)
            }
            Stmt::Assign { place, value } => self.assign(place, value),
            Stmt::Update { place, op, value } => {
                let (place, value) = (self.target(place), self.expr(value));
                match op {
                    BinOp::Add => quote!(#place += #value;),
                    BinOp::Sub => quote!(#place -= #value;),
                    BinOp::Mul => quote!(#place *= #value;),
                    BinOp::Div => quote!(#place /= #value;),
                    BinOp::Rem => quote!(#place %= #value;),
                }
            }
            Stmt::Mutate { op, dest, place, args } => self.mutate(*op, *dest, place, args),
            Stmt::If { id, dest, cond, then, els } => self.branch(*id, *dest, cond, then, els),
            Stmt::Match { id, dest, scrutinee, arms } => self.matching(*id, *dest, scrutinee, arms),
            Stmt::Loop { id, kind, body } => self.looping(*id, kind, body),
            Stmt::Effect { tokens, .. } => tokens.clone(),
            Stmt::Do(call) => {
                let call = self.expr(call);
                quote!(#call;)
            }
            Stmt::WhenActive { param, body } => {
                let (flag, body) = (active_flag(self.name(*param)), self.stmts(body));
                quote!(if #flag { #body })
            }
            Stmt::ReverseIf { id, cond, then, els } => self.reverse_branch(*id, cond, then, els),
            Stmt::ReverseMatch { id, scrutinee, arms } => self.reverse_match(*id, scrutinee, arms),
            Stmt::ReverseLoop { id, kind, body } => self.reverse_loop(*id, kind, body),
            Stmt::ReverseCheckpointed { .. } => self.reverse_checkpointed(stmt),
            Stmt::Fused { id, kind, seeds, forward, reverse } => {
                let (held, body) = (self.held(*id), self.fused(kind, seeds, forward, reverse));
                quote!(#held #body)
            }
            Stmt::FusedIf { dest, cond, seeds, then, els } => {
                self.fused_branch(*dest, cond, seeds, [then, els])
            }
            Stmt::FusedCall { var, ty, seeds, adjoint } => {
                let back = self.reversed();
                let (seeds, value) = (back.stmts(seeds), back.expr(adjoint));
                let (name, mutability) = (self.name(*var), self.mutability(*var));
                let ty = ty.as_ref().map(|ty| quote!(: #ty));
                quote!(#seeds let #mutability #name #ty = #value;)
            }
        }
    }

    fn target(&self, place: &Place) -> TokenStream {
        let tokens = self.place(place, true);
        let is_reference = place.is_var()
            && matches!(self.program[place.root].role, Role::Alias { by_ref: true, .. })
            && !self.reverse
            && !self.is_outer_alias(place.root);
        if is_reference { quote!(*#tokens) } else { tokens }
    }

    fn assign(&self, place: &Place, value: &Expr) -> TokenStream {
        let restores = matches!(value, Expr::Place(p) if matches!(self.program[p.root].role, Role::Saved))
            || matches!(value, Expr::Runtime { function: "clone", .. });
        let plain = self.program.ty_of_place(place).is_float()
            || self.program[place.root].ty == Ty::Discrete;
        if restores
            && self.reverse
            && (!plain || matches!(self.program.ty_of_place(place), Ty::RefMut(_)))
        {
            let view = self.program.is_array_view(place);
            let (place, value) = (self.place(place, true), self.expr(value));
            if view {
                return quote!(::ad_runtime::rt::put_back_array(&mut #place, #value););
            }
            return quote!(::ad_runtime::rt::put_back(&mut #place, #value););
        }
        let (place, value) = (self.target(place), self.expr(value));
        quote!(#place = #value;)
    }

    fn mutability(&self, var: Var) -> Option<TokenStream> {
        let info = &self.program[var];
        let mutable = if self.reverse || matches!(info.role, Role::Bar(_)) {
            self.changed.contains(&var)
        } else {
            info.mutable && !matches!(info.role, Role::Alias { by_ref: true, .. })
        };
        mutable.then(|| quote!(mut))
    }

    fn mutate(&self, op: MutOp, dest: Option<Var>, place: &Place, args: &[Expr]) -> TokenStream {
        let target = self.place(place, true);
        let arg = |i: usize| self.expr(&args[i]);
        let call = match op {
            MutOp::Push => {
                let x = arg(0);
                quote!(#target.push(#x))
            }
            MutOp::Pop => quote!(#target.pop()),
            MutOp::Insert => {
                let (i, x) = (arg(0), arg(1));
                quote!(#target.insert(#i, #x))
            }
            MutOp::Remove => {
                let i = arg(0);
                quote!(#target.remove(#i))
            }
            MutOp::RotateLeft => {
                let k = arg(0);
                quote!(#target.rotate_left(#k))
            }
            MutOp::RotateRight => {
                let k = arg(0);
                quote!(#target.rotate_right(#k))
            }
            MutOp::SwapElements => {
                let (i, j) = (arg(0), arg(1));
                quote!(#target.swap(#i, #j))
            }
            MutOp::SwapAxes => {
                let (i, j) = (arg(0), arg(1));
                quote!(#target.swap_axes(#i, #j))
            }
            MutOp::InvertAxis => {
                let axis = arg(0);
                quote!(#target.invert_axis(#axis))
            }
            MutOp::SwapPlaces => {
                let a = self.mutable_reference(place);
                let b = match &args[0] {
                    Expr::Place(b) => self.mutable_reference(b),
                    _ => unreachable!("a swap is of places"),
                };
                quote!(::core::mem::swap(#a, #b))
            }
            MutOp::Fill => {
                let x = arg(0);
                quote!(#target.fill(#x))
            }
            MutOp::CopyFrom => {
                let x = self.shared_reference(&args[0]);
                let array = matches!(self.program.ty_of_place(place).deref(), Ty::NdArray { .. });
                if array {
                    quote!(#target.assign(#x))
                } else {
                    quote!(#target.clone_from_slice(#x))
                }
            }
            MutOp::Reverse => quote!(#target.reverse()),
            MutOp::Extend => {
                let x = self.shared_reference(&args[0]);
                quote!(#target.extend_from_slice(#x))
            }
            MutOp::Truncate if args.is_empty() => quote!(#target.clear()),
            MutOp::Truncate => {
                let n = arg(0);
                quote!(#target.truncate(#n))
            }
            MutOp::Resize => {
                let (n, x) = (arg(0), arg(1));
                quote!(#target.resize(#n, #x))
            }
        };
        match dest {
            Some(dest) => {
                let dest = self.name(dest);
                quote!(let #dest = #call;)
            }
            None => quote!(#call;),
        }
    }

    fn mutable_reference(&self, place: &Place) -> TokenStream {
        let tokens = self.place(place, true);
        if matches!(self.program.ty_of_place(place), Ty::RefMut(_)) {
            tokens
        } else {
            quote!(&mut #tokens)
        }
    }

    fn shared_reference(&self, e: &Expr) -> TokenStream {
        match e {
            Expr::Place(place) => {
                let tokens = self.place(place, false);
                quote!(&#tokens)
            }
            e => {
                let tokens = self.expr(e);
                quote!(&#tokens)
            }
        }
    }

    // Records.

    pub(super) fn recording(&self, id: Id) -> Option<Id> {
        (self.records && self.program.recording.contains(&id)).then_some(id)
    }

    fn recorded(&self, id: Id, block: usize) -> Vec<Var> {
        self.program.records.get(&id).map(|r| r.vars[block].clone()).unwrap_or_default()
    }

    /// The record that a block leaves: the values its reverse half reads.
    fn record(&self, id: Id, block: usize) -> TokenStream {
        let vars = self.recorded(id, block);
        let names = vars.iter().map(|v| self.name(*v));
        let inner = self.inner_of(id, block).into_iter().map(|id| self.record_name(id));
        quote!((#(#names,)* #(#inner,)*))
    }

    /// The pattern that takes a record apart. Variables of the primal may be restored, hence `mut`.
    fn record_pattern(&self, id: Id, block: usize) -> TokenStream {
        let vars = self.recorded(id, block);
        let names = vars.iter().map(|v| {
            let name = self.name(*v);
            let mutability = self.changed.contains(v).then(|| quote!(mut));
            quote!(#mutability #name)
        });
        let inner = self.inner_of(id, block).into_iter().map(|id| {
            let (name, mutability) = (self.record_name(id), self.is_held(id).then(|| quote!(mut)));
            quote!(#mutability #name)
        });
        quote!((#(#names,)* #(#inner,)*))
    }

    fn inner_of(&self, id: Id, block: usize) -> Vec<Id> {
        self.program.inner_records.get(&(id, block)).cloned().unwrap_or_default()
    }

    fn nested(&self, block: &Block) -> TokenStream {
        self.stmts(&block.stmts)
    }

    fn result(&self, block: &Block) -> TokenStream {
        block.result.as_ref().map_or_else(|| quote!(()), |e| self.expr(e))
    }

    fn branch(
        &self,
        id: Id,
        dest: Option<Var>,
        cond: &Expr,
        then: &Block,
        els: &Block,
    ) -> TokenStream {
        let cond = self.expr(cond);
        let record = self.recording(id);
        let arms: Vec<TokenStream> = [then, els]
            .into_iter()
            .enumerate()
            .map(|(i, block)| {
                let stmts = self.nested(block);
                let value = self.arm_value(id, i, 2, block, dest.is_some(), record.is_some());
                quote!({ #stmts #value })
            })
            .collect();
        let (then_tokens, els_tokens) = (&arms[0], &arms[1]);
        let els_tokens = if els.stmts.is_empty() && dest.is_none() && record.is_none() {
            quote!()
        } else {
            quote!(else #els_tokens)
        };
        self.bind(dest, record, quote!(if #cond #then_tokens #els_tokens))
    }

    fn arm_value(
        &self,
        id: Id,
        i: usize,
        count: usize,
        block: &Block,
        has_value: bool,
        has_record: bool,
    ) -> TokenStream {
        let record = || either(i, count, self.record(id, i));
        if let Some(Expr::Verbatim { tokens, .. }) = &block.result
            && crate::lower::never_returns(tokens)
        {
            return tokens.clone();
        }
        match (has_value, has_record) {
            (true, true) => {
                let (value, record) = (self.result(block), record());
                quote!((#value, #record))
            }
            (true, false) => self.result(block),
            (false, true) => record(),
            (false, false) => quote!(),
        }
    }

    fn bind(&self, dest: Option<Var>, record: Option<Id>, value: TokenStream) -> TokenStream {
        let record = record.map(|id| self.record_name(id));
        let dest = dest.map(|d| {
            let name = self.name(d);
            let mutability = self.mutability(d);
            quote!(#mutability #name)
        });
        match (dest, record) {
            (Some(dest), Some(record)) => quote!(let (#dest, #record) = #value;),
            (Some(dest), None) => quote!(let #dest = #value;),
            (None, Some(record)) => quote!(let #record = #value;),
            (None, None) => value,
        }
    }

    fn matching(&self, id: Id, dest: Option<Var>, scrutinee: &Expr, arms: &[Arm]) -> TokenStream {
        let record = self.recording(id);
        let count = arms.len();
        let printed = arms.iter().enumerate().map(|(i, arm)| {
            let pat = &arm.pat;
            let guard = arm.guard.as_ref().map(|g| {
                let g = self.expr(g);
                quote!(if #g)
            });
            let stmts = self.nested(&arm.body);
            let value = self.arm_value(id, i, count, &arm.body, dest.is_some(), record.is_some());
            quote!(#pat #guard => { #stmts #value })
        });
        let scrutinee = match scrutinee {
            Expr::Place(place) => self.place(place, false),
            scrutinee => self.expr(scrutinee),
        };
        let value = quote!(match #scrutinee { #(#printed)* });
        self.bind(dest, record, value)
    }

    pub(super) fn looping(&self, id: Id, kind: &LoopKind, body: &Block) -> TokenStream {
        if let Some(checkpoint) = self.program.checkpoints.get(&id)
            && self.records
        {
            return self.checkpointed(id, checkpoint, kind, body);
        }
        let record = self.recording(id).map(|id| self.record_name(id));
        let stmts = self.nested(body);
        let push = record.as_ref().map(|name| {
            let record = self.record(id, 0);
            quote!(#name.push(#record);)
        });
        let stop = body.result.as_ref().map(|stop| {
            let stop = self.expr(stop);
            quote!(if #stop { break; })
        });
        let inside = quote!({ #stmts #push #stop });
        let declared = record.as_ref().filter(|_| !self.is_held(id)).map(|name| {
            match (kind, body.result.is_some()) {
                (LoopKind::Range { lo, hi, rev: _, step: None, .. }, false) => {
                    let (lo, hi) = (self.expr(lo), self.expr(hi));
                    quote!(let mut #name = ::ad_runtime::rt::record(#lo, #hi);)
                }
                _ => quote!(let mut #name = ::std::vec::Vec::new();),
            }
        });
        let head = self.head(kind, |var| self.is_read(var, body, id));
        let held = self.held(id);
        // A loop that stops early may not reach what its range says.
        let walk = match &body.result {
            None => self.with_slices(kind, &[&body.stmts], quote!(#head #inside)),
            Some(_) => quote!(#head #inside),
        };
        quote!(#held #declared #walk)
    }

    fn is_held(&self, id: Id) -> bool {
        self.program.held.values().flatten().any(|held| *held == id)
    }

    /// The records that the loops inside of an outermost one add to.
    fn held(&self, id: Id) -> TokenStream {
        let held = self.program.held.get(&id).filter(|_| self.records).into_iter().flatten();
        held.map(|id| {
            let name = self.record_name(*id);
            quote!(let mut #name = ::std::vec::Vec::new();)
        })
        .collect()
    }

    fn head(&self, kind: &LoopKind, is_read: impl Fn(Var) -> bool) -> TokenStream {
        match kind {
            LoopKind::Range { var, .. } => {
                let (name, range) = (self.name(*var), self.range(kind, false));
                let name = if is_read(*var) { quote!(#name) } else { quote!(_) };
                quote!(for #name in #range)
            }
            LoopKind::Items { pat, iter, .. } => {
                let iter = self.expr(iter);
                quote!(for #pat in #iter)
            }
            LoopKind::While { cond } => {
                let cond = self.expr(cond);
                quote!(while #cond)
            }
            LoopKind::Forever => quote!(loop),
        }
    }

    fn fused(
        &self,
        kind: &LoopKind,
        seeds: &[Stmt],
        forward_part: &[Stmt],
        reverse_part: &[Stmt],
    ) -> TokenStream {
        let back = self.reversed();
        let (seeds, forward, reverse) =
            (back.stmts(seeds), self.stmts(forward_part), back.stmts(reverse_part));
        let body = quote!(#forward #reverse);
        let head = self.head(kind, |var| mentions(&body, &self.name(var).to_string()));
        let walk = self.with_slices(kind, &[forward_part, reverse_part], quote!(#head { #body }));
        quote!(#seeds #walk)
    }

    fn fused_branch(
        &self,
        dest: Option<Var>,
        cond: &Expr,
        seeds: &[Stmt],
        arms: [&FusedArm; 2],
    ) -> TokenStream {
        let back = self.reversed();
        let [then, els] = arms.map(|arm| {
            let (forward, reverse) = (self.stmts(&arm.forward), back.stmts(&arm.reverse));
            match (&arm.result, dest) {
                (Some(Expr::Verbatim { tokens, .. }), _) if crate::lower::never_returns(tokens) => {
                    quote!(#forward #tokens)
                }
                // The reverse half comes after the value.
                (Some(result), Some(dest)) if !reverse.is_empty() => {
                    let (result, name) = (self.expr(result), self.name(dest));
                    quote!(#forward let #name = #result; #reverse #name)
                }
                (Some(result), Some(_)) => {
                    let result = self.expr(result);
                    quote!(#forward #result)
                }
                _ => quote!(#forward #reverse),
            }
        });
        let (seeds, cond) = (back.stmts(seeds), self.expr(cond));
        let otherwise = (!els.is_empty() || dest.is_some()).then(|| quote!(else { #els }));
        let value = self.bind(dest, None, quote!(if #cond { #then } #otherwise));
        quote!(#seeds #value)
    }

    pub(super) fn is_read(&self, var: Var, body: &Block, id: Id) -> bool {
        let mut found = self.recorded(id, 0).contains(&var);
        let name = self.name(var).to_string();
        let tokens = self.stmts(&body.stmts);
        found |= mentions(&tokens, &name)
            || body.result.as_ref().is_some_and(|e| mentions(&self.expr(e), &name));
        found
    }

    pub(super) fn range(&self, kind: &LoopKind, reversed: bool) -> TokenStream {
        let LoopKind::Range { lo, hi, inclusive, rev, step, .. } = kind else {
            unreachable!("it is a range")
        };
        let (lo, hi) = (self.expr(lo), self.expr(hi));
        let range = if *inclusive { quote!(#lo..=#hi) } else { quote!(#lo..#hi) };
        let stepped = step.as_ref().map(|s| {
            let s = self.expr(s);
            quote!(.step_by(#s))
        });
        match (stepped, *rev, reversed) {
            (None, false, false) | (None, true, true) => range,
            (None, ..) => quote!((#range).rev()),
            // `.rev()` after `step_by` in the user's chain.
            (Some(step), true, false) => quote!((#range).rev() #step),
            (Some(step), true, true) => quote!((#range).rev() #step .rev()),
            (Some(step), false, false) => quote!((#range) #step),
            (Some(step), false, true) => quote!((#range) #step .rev()),
        }
    }

    fn reverse_branch(&self, id: Id, cond: &Expr, then: &[Stmt], els: &[Stmt]) -> TokenStream {
        let (then_tokens, els_tokens) = (self.stmts(then), self.stmts(els));
        let recorded =
            (0..2).any(|i| !self.recorded(id, i).is_empty() || !self.inner_of(id, i).is_empty());
        if !recorded {
            let cond = self.expr(cond);
            return match (then.is_empty(), els.is_empty()) {
                (false, true) => quote!(if #cond { #then_tokens }),
                (true, false) => quote!(if !#cond { #els_tokens }),
                _ => quote!(if #cond { #then_tokens } else { #els_tokens }),
            };
        }
        let name = self.record_name(id);
        let (left, right) =
            (either(0, 2, self.record_pattern(id, 0)), either(1, 2, self.record_pattern(id, 1)));
        quote!(match #name { #left => { #then_tokens } #right => { #els_tokens } })
    }

    fn reverse_match(&self, id: Id, scrutinee: &Expr, arms: &[ReverseArm]) -> TokenStream {
        let name = self.record_name(id);
        let count = arms.len();
        let printed = arms.iter().enumerate().map(|(i, arm)| {
            let pattern = either(i, count, self.record_pattern(id, i));
            let body = self.stmts(&arm.body);
            let rebind = self.rebinds(&arm.pat, &body).then(|| {
                let pat = &arm.pat;
                let scrutinee = match scrutinee {
                    Expr::Place(place) => self.place(place, false),
                    scrutinee => self.expr(scrutinee),
                };
                quote!(#[allow(irrefutable_let_patterns, unused_variables)] let #pat = #scrutinee else { ::core::unreachable!() };)
            });
            quote!(#pattern => { #rebind #body })
        });
        quote!(match #name { #(#printed)* })
    }

    /// Whether a reverse arm reads what its pattern binds without copying.
    fn rebinds(&self, pat: &syn::Pat, body: &TokenStream) -> bool {
        crate::facts::pattern_names(pat).iter().any(|name| {
            mentions(body, &name.to_string())
                && self
                    .program
                    .vars
                    .iter()
                    .any(|v| v.name == *name && matches!(v.role, Role::Binding { .. }))
        })
    }

    fn reverse_loop(&self, id: Id, kind: &LoopKind, body: &[Stmt]) -> TokenStream {
        let body_tokens = self.stmts(body);
        let counted = self.program.counted.contains(&id);
        let recorded = !self.recorded(id, 0).is_empty() || !self.inner_of(id, 0).is_empty();
        let record = self.record_name(id);
        let pattern = self.record_pattern(id, 0);
        match kind {
            LoopKind::Range { var, .. } if !counted => {
                let (name, range) = (self.name(*var), self.range(kind, true));
                let record = if self.is_held(id) {
                    let steps = self.range(kind, false);
                    quote!(::ad_runtime::rt::last(&mut #record, #steps))
                } else {
                    quote!(#record.into_iter().rev())
                };
                let reads_var = mentions(&body_tokens, &name.to_string())
                    && !self.recorded(id, 0).contains(var);
                let walk = match (reads_var, recorded) {
                    (true, true) => {
                        quote!(for (#name, #pattern) in ::core::iter::Iterator::zip(#range, #record) { #body_tokens })
                    }
                    (false, true) => {
                        quote!(for #pattern in #record { #body_tokens })
                    }
                    (true, false) => quote!(for #name in #range { #body_tokens }),
                    (false, false) => quote!(for _ in #range { #body_tokens }),
                };
                self.with_slices(kind, &[body], walk)
            }
            _ => quote!(for #pattern in #record.into_iter().rev() { #body_tokens }),
        }
    }

    /// Finds the variables that statements change, which are declared `mut`.
    pub fn find_changed(&mut self, stmts: &[Stmt]) {
        let mut changed = HashSet::new();
        collect_changed(self.program, stmts, &mut changed);
        self.changed.extend(changed);
    }
}

fn collect_changed(program: &crate::ir::Program, stmts: &[Stmt], changed: &mut HashSet<Var>) {
    for stmt in stmts {
        match stmt {
            Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
                changed.insert(program.resolve(place).root);
                changed_by_expr(program, value, changed);
            }
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => {
                changed_by_expr(program, value, changed)
            }
            Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => {
                collect_changed(program, body, changed)
            }
            Stmt::ReverseCheckpointed { restore, body, .. } => {
                collect_changed(program, restore, changed);
                collect_changed(program, body, changed);
            }
            Stmt::Fused { seeds, forward, reverse, .. } => {
                for part in [seeds, forward, reverse] {
                    collect_changed(program, part, changed);
                }
            }
            Stmt::FusedIf { seeds, then, els, .. } => {
                let parts = [&then.forward, &then.reverse, &els.forward, &els.reverse];
                for part in [seeds].into_iter().chain(parts) {
                    collect_changed(program, part, changed);
                }
            }
            Stmt::FusedCall { seeds, adjoint, .. } => {
                collect_changed(program, seeds, changed);
                changed_by_expr(program, adjoint, changed);
            }
            Stmt::ReverseIf { then, els, .. } => {
                collect_changed(program, then, changed);
                collect_changed(program, els, changed);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter().for_each(|arm| collect_changed(program, &arm.body, changed))
            }
            _ => {}
        }
    }
}

fn changed_by_expr(program: &crate::ir::Program, e: &Expr, changed: &mut HashSet<Var>) {
    match e {
        Expr::Ref { mutable: true, expr } => {
            if let Expr::Place(place) = &**expr {
                changed.insert(program.resolve(place).root);
            }
        }
        Expr::Method { recv, name, .. } if crate::adjoint::rearranges(name) => {
            if let Expr::Place(place) = &**recv {
                changed.insert(program.resolve(place).root);
            }
        }
        Expr::Place(place)
            if place.proj.iter().any(|p| {
                matches!(
                    p,
                    crate::ir::Proj::Variant(..)
                        | crate::ir::Proj::View { .. }
                        | crate::ir::Proj::Element(_)
                )
            }) =>
        {
            changed.insert(program.resolve(place).root);
        }
        _ => {}
    }
    for child in e.children() {
        changed_by_expr(program, child, changed);
    }
}

/// Alternative `i` of `count`, as nested `Either`s.
fn either(i: usize, count: usize, inner: TokenStream) -> TokenStream {
    if count == 1 {
        return inner;
    }
    if i == 0 {
        return quote!(::ad_runtime::rt::Either::Left(#inner));
    }
    let rest = either(i - 1, count - 1, inner);
    quote!(::ad_runtime::rt::Either::Right(#rest))
}

fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Ident(i) => i == name,
        proc_macro2::TokenTree::Group(g) => mentions(&g.stream(), name),
        _ => false,
    })
}
