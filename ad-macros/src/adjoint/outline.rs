//! What the reverse sweep needs of an array: often its shape alone, and sometimes for the last time.
//!
//! ```text
//! // Forward sweep:              // With the outline:
//! let e = y - t.clone();         let t_shape = outline(&t);
//!                                let e = y - t;
//! // Reverse sweep:
//! sub(&y, &t, e_bar, .., t_bar); sub(&y, &t_shape, e_bar, .., t_bar);
//! ```

use super::{Adjoint, checkpoint, defined, plan};
use crate::ir::{Expr, Place, Role, Stmt, Ty, Var};
use std::collections::{HashMap, HashSet};

/// How often the reverse sweep reads the shape of a variable, and whether it reads more.
#[derive(Default)]
struct Uses {
    shapes: HashSet<Var>,
    elements: HashSet<Var>,
}

impl Adjoint {
    /// Records the shapes of arrays of which the reverse sweep needs no more.
    pub(super) fn record_outlines(&mut self, forward: &mut Vec<Stmt>, reverse: &mut [Stmt]) {
        let mut uses = Uses::default();
        reverse.iter_mut().for_each(|stmt| each_expr(stmt, &mut |e| uses.visit(e)));
        // What places read, and what is restored.
        uses.elements.extend(places_of(self, reverse));
        let mut outlines = HashMap::new();
        for &var in uses.shapes.difference(&uses.elements) {
            let info = &self.program[var];
            let plain = matches!(info.role, Role::Local | Role::Temp) && !info.mutable;
            if plain && matches!(info.ty, Ty::NdArray { owned: true, .. }) {
                outlines.insert(var, Var(0));
            }
        }
        let mut vars: Vec<Var> = outlines.keys().copied().collect();
        vars.sort();
        for var in vars {
            let name = format!("{}_shape", self.program[var].name);
            let shape = self.variable(&name, Ty::Unknown, Role::Temp, false);
            self.program[shape].active = false;
            if let Some(level) = self.levels.get(&var).copied() {
                self.levels.insert(shape, level);
                self.program.depths.insert(shape, level);
            }
            outlines.insert(var, shape);
        }
        insert(forward, &outlines);
        reverse.iter_mut().for_each(|stmt| each_expr(stmt, &mut |e| replace(e, &outlines)));
    }

    /// `x.dot(&x)` as the last use of a vector: its memory becomes the cotangent's.
    pub(super) fn take_over_squares(&mut self, reverse: &mut Vec<Stmt>, result: Option<&Expr>) {
        let mut at = 0;
        while at + 1 < reverse.len() {
            if let Some((bar, x, out_bar)) = self.square(&reverse[at], &reverse[at + 1])
                && !plan::reads_of(&self.program, &unfinished(&reverse[at + 2..], bar)).contains(&x)
                && !plan::reads_of(&self.program, &[Stmt::Do(out_bar.clone())]).contains(&x)
                && !result.is_some_and(|e| {
                    plan::reads_of(&self.program, &[Stmt::Do(e.clone())]).contains(&x)
                })
            {
                let rest = unfinished(&reverse[at + 2..], bar);
                reverse.truncate(at);
                reverse.push(Stmt::Let {
                    var: bar,
                    ty: None,
                    value: Expr::runtime("dot_square_taken", vec![Expr::var(x), out_bar]),
                });
                reverse.extend(rest);
            }
            at += 1;
        }
    }

    fn square(&self, start: &Stmt, call: &Stmt) -> Option<(Var, Var, Expr)> {
        let Stmt::Let { var: bar, value: Expr::Runtime { function: "pending", .. }, .. } = start
        else {
            return None;
        };
        let Stmt::Do(Expr::Method { recv, name, args, .. }) = call else { return None };
        let [out_bar, Expr::Ref { mutable: true, expr: slot }] = &args[..] else { return None };
        let (x, slot) = (recv.as_place()?, slot.as_place()?);
        let info = &self.program[x.root];
        let owned = matches!(info.ty, Ty::NdArray { dims: Some(1), owned: true, .. });
        let plain = matches!(info.role, Role::Local | Role::Temp) && !info.mutable;
        let fits =
            name == "__dot_square_adjoint" && x.is_var() && slot.is_var() && slot.root == *bar;
        (fits && owned && plain).then(|| (*bar, x.root, out_bar.clone()))
    }
}

/// The statements, with `finish(bar, ..)` as `bar`, which is a sum already.
fn unfinished(stmts: &[Stmt], bar: Var) -> Vec<Stmt> {
    let mut stmts = stmts.to_vec();
    for stmt in &mut stmts {
        each_expr(stmt, &mut |e| finished(e, bar));
    }
    stmts
}

fn finished(e: &mut Expr, bar: Var) {
    if let Expr::Runtime { function: "finish", args } = e
        && args[0].as_place().is_some_and(|p| p.is_var() && p.root == bar)
    {
        *e = Expr::var(bar);
        return;
    }
    e.children_mut().into_iter().for_each(|c| finished(c, bar));
}

/// The arguments of a runtime function of which it reads the shape alone.
fn shape_arguments(function: &str) -> std::ops::Range<usize> {
    match function {
        "add_outline_adjoint" | "sub_outline_adjoint" => 0..2,
        "finish" => 1..2,
        "zero" => 0..1,
        _ => 0..0,
    }
}

/// The variable behind borrows.
fn borrowed(e: &Expr) -> Option<Var> {
    match e {
        Expr::Ref { mutable: false, expr } => match &**expr {
            Expr::Place(place) if place.is_var() => Some(place.root),
            inner => borrowed(inner),
        },
        _ => None,
    }
}

impl Uses {
    fn visit(&mut self, e: &mut Expr) {
        let shapes = match e {
            Expr::Runtime { function, .. } => shape_arguments(function),
            _ => 0..0,
        };
        if matches!(e, Expr::Place(_) | Expr::Verbatim { .. } | Expr::Repeat { .. }) {
            e.for_each_read(&mut |var| {
                self.elements.insert(var);
            });
        }
        for (i, child) in e.children_mut().into_iter().enumerate() {
            match borrowed(child) {
                Some(var) if shapes.contains(&i) => {
                    self.shapes.insert(var);
                }
                _ => self.visit(child),
            }
        }
    }
}

/// The variables whose places statements assign to, and those that aliases in them stand for.
fn places_of(adjoint: &Adjoint, stmts: &[Stmt]) -> HashSet<Var> {
    let mut found = HashSet::new();
    for stmt in stmts {
        match stmt {
            Stmt::Assign { place, .. } | Stmt::Update { place, .. } => {
                found.insert(adjoint.program.base(place));
                place.for_each_read(&mut |var| {
                    found.insert(var);
                });
            }
            Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => {
                found.extend(places_of(adjoint, body))
            }
            Stmt::ReverseIf { then, els, .. } => {
                found.extend(places_of(adjoint, then));
                found.extend(places_of(adjoint, els));
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter().for_each(|arm| found.extend(places_of(adjoint, &arm.body)))
            }
            // A step of a checkpointed loop runs forward once more, and needs the elements for that.
            Stmt::ReverseCheckpointed { forward, .. } => {
                checkpoint::all_defined(forward, &mut found);
                plan::every_read(&adjoint.program, std::slice::from_ref(stmt), &mut found);
            }
            _ => {}
        }
    }
    // An alias reads what it stands for.
    for i in 0..adjoint.program.vars.len() {
        if matches!(adjoint.program.vars[i].role, Role::Alias { .. } | Role::Binding { .. }) {
            found.insert(adjoint.program.base(&Place::var(Var(i))));
        }
    }
    found
}

fn replace(e: &mut Expr, outlines: &HashMap<Var, Var>) {
    let shapes = match e {
        Expr::Runtime { function, .. } => shape_arguments(function),
        _ => 0..0,
    };
    for (i, child) in e.children_mut().into_iter().enumerate() {
        match borrowed(child).and_then(|var| outlines.get(&var)) {
            Some(shape) if shapes.contains(&i) => *child = Expr::borrow(Expr::var(*shape)),
            _ => replace(child, outlines),
        }
    }
}

/// Inserts the outlines after the definitions of their arrays.
fn insert(stmts: &mut Vec<Stmt>, outlines: &HashMap<Var, Var>) {
    let mut done = Vec::new();
    for mut stmt in std::mem::take(stmts) {
        match &mut stmt {
            Stmt::If { then, els, .. } => {
                insert(&mut then.stmts, outlines);
                insert(&mut els.stmts, outlines);
            }
            Stmt::Match { arms, .. } => {
                arms.iter_mut().for_each(|arm| insert(&mut arm.body.stmts, outlines))
            }
            Stmt::Loop { body, .. } => insert(&mut body.stmts, outlines),
            _ => {}
        }
        let made: Vec<(Var, Var)> =
            defined(&stmt).into_iter().filter_map(|v| outlines.get(&v).map(|s| (v, *s))).collect();
        done.push(stmt);
        for (var, shape) in made {
            let value = Expr::runtime("outline", vec![Expr::borrow(Expr::var(var))]);
            done.push(Stmt::Let { var: shape, ty: None, value });
        }
    }
    *stmts = done;
}

/// Calls `f` on every expression of a statement of the reverse sweep.
fn each_expr(stmt: &mut Stmt, f: &mut dyn FnMut(&mut Expr)) {
    match stmt {
        Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => f(value),
        Stmt::Assign { value, .. } | Stmt::Update { value, .. } => f(value),
        Stmt::WhenActive { body, .. } => body.iter_mut().for_each(|s| each_expr(s, f)),
        Stmt::ReverseLoop { body, kind, .. } => {
            if let crate::ir::LoopKind::Range { lo, hi, step, .. } = kind {
                f(lo);
                f(hi);
                step.iter_mut().for_each(&mut *f);
            }
            body.iter_mut().for_each(|s| each_expr(s, f));
        }
        Stmt::ReverseCheckpointed { body, .. } => body.iter_mut().for_each(|s| each_expr(s, f)),
        Stmt::ReverseIf { cond, then, els, .. } => {
            f(cond);
            then.iter_mut().chain(els).for_each(|s| each_expr(s, f));
        }
        Stmt::ReverseMatch { scrutinee, arms, .. } => {
            f(scrutinee);
            arms.iter_mut().flat_map(|arm| &mut arm.body).for_each(|s| each_expr(s, f));
        }
        _ => {}
    }
}
