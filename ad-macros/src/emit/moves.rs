//! Values that the forward sweep would move out of a variable time and again.
//!
//! `for v in x { if *v > 1.0 { return out; } }` moves `out` once, as the loop ends there. Without exits the compiler
//! of Rust does not see that, so `out` is cloned.
//!
//! `let v = s.v; S { k, v, ..s }` moves the parts of `s` one by one. The tangent looks at `s` as a whole between
//! them, so `s.v` is cloned.

use crate::adjoint::defined;
use crate::ir::{Block, Expr, LoopKind, Program, Stmt, Var};
use std::collections::HashSet;

/// The variables from outside of a loop that it uses by value, and those that are moved part by part.
pub fn moved_repeatedly(program: &Program, stmts: &[Stmt]) -> HashSet<Var> {
    let mut moves = Moves {
        program,
        inside: Vec::new(),
        found: HashSet::new(),
        parts: HashSet::new(),
        rests: HashSet::new(),
    };
    moves.stmts(stmts);
    moves.found.extend(moves.parts.intersection(&moves.rests));
    moves.found
}

struct Moves<'a> {
    program: &'a Program,
    /// What each loop that is open defines.
    inside: Vec<HashSet<Var>>,
    found: HashSet<Var>,
    /// What a part is moved out of.
    parts: HashSet<Var>,
    /// What the rest of a struct is taken from.
    rests: HashSet<Var>,
}

impl Moves<'_> {
    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            if let Some(inside) = self.inside.last_mut() {
                inside.extend(defined(stmt));
            }
            self.stmt(stmt);
        }
    }

    fn block(&mut self, block: &Block) {
        self.stmts(&block.stmts);
        block.result.iter().for_each(|e| self.value(e));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => {
                self.value(value);
            }
            Stmt::Assign { value, .. } | Stmt::Update { value, .. } => self.value(value),
            Stmt::Mutate { args, .. } => args.iter().for_each(|e| self.value(e)),
            Stmt::If { then, els, .. } => {
                self.block(then);
                self.block(els);
            }
            Stmt::Match { arms, .. } => {
                for arm in arms {
                    if let Some(inside) = self.inside.last_mut() {
                        inside.extend(arm.bindings.iter().map(|(var, _)| *var));
                    }
                    self.block(&arm.body);
                }
            }
            Stmt::Loop { kind, body, .. } => self.looping(kind, |moves| moves.block(body)),
            Stmt::Fused { kind, forward, .. } => self.looping(kind, |moves| moves.stmts(forward)),
            Stmt::FusedIf { then, els, .. } => {
                for arm in [then, els] {
                    self.stmts(&arm.forward);
                    arm.result.iter().for_each(|e| self.value(e));
                }
            }
            _ => {}
        }
    }

    fn looping(&mut self, kind: &LoopKind, body: impl FnOnce(&mut Self)) {
        let own = match kind {
            LoopKind::Range { var, .. } => HashSet::from([*var]),
            LoopKind::Items { vars, .. } => vars.iter().copied().collect(),
            LoopKind::While { .. } | LoopKind::Forever => HashSet::new(),
        };
        self.inside.push(own);
        body(self);
        let own = self.inside.pop().expect("it was pushed");
        if let Some(outer) = self.inside.last_mut() {
            outer.extend(own);
        }
    }

    fn value(&mut self, e: &Expr) {
        match e {
            Expr::Place(place) => {
                let root = place.root;
                let copied = super::copies(&self.program.ty_of_place(place));
                if let Some(inside) = self.inside.last()
                    && !inside.contains(&root)
                    && !copied
                {
                    self.found.insert(self.program.base(place));
                }
                if !place.is_var() && !copied {
                    self.parts.insert(self.program.base(place));
                }
            }
            Expr::Struct { fields, base: Some(base), .. } => {
                fields.iter().for_each(|(_, e)| self.value(e));
                self.value(base);
                self.rests.extend(base.as_place().map(|place| self.program.base(place)));
            }
            Expr::Ref { .. } => {}
            Expr::Method { recv, args, .. } => {
                if !matches!(&**recv, Expr::Place(_)) {
                    self.value(recv);
                }
                args.iter().for_each(|arg| self.value(arg));
            }
            e => e.children().into_iter().for_each(|child| self.value(child)),
        }
    }
}
