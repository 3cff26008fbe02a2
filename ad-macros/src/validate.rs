//! Checks the invariants of the intermediate representation after every pass, in debug builds.
//!
//! - A variable is read only where it is defined: by an earlier statement of the block or of one
//!   around it, by the pattern or the loop that the block belongs to, by the record that the forward
//!   half of a nesting statement leaves to its reverse half, or as a parameter.
//! - A block defines a variable once. Cotangents alone are defined anew, when a sum without a shape
//!   gets one.
//! - Expressions have the legal forms of `ir`: the operands of an operation on values that are not
//!   known to be scalars are variables, places and inactive expressions.
//! - An inactive expression states every variable that it reads. The plan decides by that what is
//!   recorded.
//! - A variable that is not active does not take an active value: its derivative would be lost.
//!
//! A defect is the compiler's, never the user's: it panics, and rustc reports the message at the
//! attribute.

#[cfg(test)]
mod tests;

use crate::adjoint::{Reversed, declares, reads_scrutinee};
use crate::ir::{Block, Expr, Id, LoopKind, Place, Program, Proj, Role, Stmt, Var};
use crate::tangent::{Pushed, PushedAdjoint};
use proc_macro2::TokenStream;
use std::collections::{HashMap, HashSet};
use syn::visit::{self, Visit};

/// Panics where a pass left a defect.
pub fn require(pass: &str, defects: &[String]) {
    assert!(
        defects.is_empty(),
        "the compiler of `#[differentiate]` broke its own invariants {pass}; please report this:\n{}",
        defects.join("\n")
    );
}

/// How the defect ends that a program has which rustc refuses as well.
pub const UNDEFINED: &str = "is read where it is not defined";

/// The defects of what lowering leaves.
pub fn lowered(program: &Program) -> Vec<String> {
    let mut check = Check::new(program, false);
    check.block(&program.body, &[]);
    check.defects
}

/// The defects of the two sweeps. `given` are the variables that their function defines before them.
pub fn reversed(reversed: &Reversed, given: &[Var]) -> Vec<String> {
    let mut check = Check::new(&reversed.program, true);
    given.iter().for_each(|var| check.define(*var));
    check.collect_bindings(&reversed.forward);
    check.stmts(&reversed.forward);
    if let Some(result) = &reversed.result {
        check.expr(result);
    }
    check.reverse = true;
    check.stmts(&reversed.reverse);
    check.defects
}

/// The defects of the tangent of the two sweeps. `given` are the variables that their function defines before them.
pub fn pushed_adjoint(pushed: &PushedAdjoint, given: &[Var]) -> Vec<String> {
    let mut check = Check::new(&pushed.program, true);
    given.iter().for_each(|var| check.define(*var));
    check.collect_bindings(&pushed.forward);
    check.stmts(&pushed.forward);
    if let Some(result) = &pushed.result {
        check.expr(result);
    }
    check.reverse = true;
    check.stmts(&pushed.reverse);
    check.defects
}

/// The defects of a tangent program.
pub fn pushed(pushed: &Pushed) -> Vec<String> {
    let mut check = Check::new(&pushed.program, true);
    check.stmts(&pushed.stmts);
    pushed.result.iter().chain(&pushed.result_dot).for_each(|e| check.expr(e));
    check.defects
}

struct Check<'a> {
    program: &'a Program,
    names: HashMap<String, Var>,
    /// The variables in scope, those of inner blocks last.
    scope: Vec<Var>,
    visible: HashMap<Var, usize>,
    /// Where the innermost block starts in `scope`.
    start: usize,
    /// What the arms of a match bind, for its reverse half.
    bindings: HashMap<Id, Vec<Vec<Var>>>,
    /// Whether a transform ran, so that cotangents and tangents of parameters are there.
    transformed: bool,
    /// Whether aliases are named by what they stand for.
    reverse: bool,
    defects: Vec<String>,
}

impl<'a> Check<'a> {
    fn new(program: &'a Program, transformed: bool) -> Self {
        let names =
            program.vars.iter().enumerate().map(|(i, v)| (v.name.to_string(), Var(i))).collect();
        let mut check = Check {
            program,
            names,
            scope: Vec::new(),
            visible: HashMap::new(),
            start: 0,
            bindings: HashMap::new(),
            transformed,
            reverse: false,
            defects: Vec::new(),
        };
        for i in 0..program.vars.len() {
            if check.is_given(Var(i)) {
                check.define(Var(i));
            }
        }
        check.start = check.scope.len();
        check
    }

    /// Whether the function defines the variable before the body: a parameter, or its derivative.
    fn is_given(&self, var: Var) -> bool {
        let is_param = |var: Var| matches!(self.program[var].role, Role::Param);
        match self.program[var].role {
            Role::Param => true,
            Role::Bar(of) => {
                let borrowed = crate::adjoint::is_borrowed_param(self.program, of);
                self.transformed && is_param(of) && borrowed
            }
            Role::Dot(of) => self.transformed && is_param(of),
            _ => false,
        }
    }

    fn defect(&mut self, message: String) {
        if !self.defects.contains(&message) {
            self.defects.push(message);
        }
    }

    fn name(&self, var: Var) -> String {
        self.program[var].name.to_string()
    }

    // Scopes.

    fn define(&mut self, var: Var) {
        if self.scope[self.start..].contains(&var)
            && !matches!(self.program[var].role, Role::Bar(_))
        {
            let name = self.name(var);
            self.defect(format!("`{name}` is defined twice in a block"));
        }
        self.scope.push(var);
        *self.visible.entry(var).or_insert(0) += 1;
    }

    fn nested(&mut self, given: &[Var], f: impl FnOnce(&mut Self)) {
        let (start, length) = (self.start, self.scope.len());
        self.start = length;
        given.iter().for_each(|var| self.define(*var));
        f(self);
        for var in self.scope.drain(length..) {
            *self.visible.get_mut(&var).expect("it was defined") -= 1;
        }
        self.start = start;
    }

    fn read(&mut self, var: Var) {
        if self.visible.get(&var).copied().unwrap_or(0) == 0 {
            let name = self.name(var);
            self.defect(format!("`{name}` {UNDEFINED}"));
        }
    }

    // Statements.

    fn block(&mut self, block: &Block, given: &[Var]) {
        self.nested(given, |check| {
            check.stmts(&block.stmts);
            if let Some(result) = &block.result {
                check.expr(result);
            }
        });
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Let { var, value, .. } => {
                self.expr(value);
                self.keeps_activity(*var, value);
                self.define(*var);
            }
            Stmt::Destructure { value, vars, .. } => {
                self.expr(value);
                vars.iter().for_each(|(var, _)| self.define(*var));
            }
            Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
                self.expr(value);
                self.place(place);
                if place.is_var() {
                    self.keeps_activity(place.root, value);
                }
            }
            Stmt::Mutate { dest, place, args, .. } => {
                args.iter().for_each(|arg| self.operand(arg));
                self.place(place);
                dest.iter().for_each(|dest| self.define(*dest));
            }
            Stmt::If { dest, cond, then, els, .. } => {
                self.expr(cond);
                for block in [then, els] {
                    self.has_value(*dest, block);
                    self.block(block, &[]);
                }
                dest.iter().for_each(|dest| self.define(*dest));
            }
            Stmt::Match { dest, scrutinee, arms, .. } => {
                self.expr(scrutinee);
                for arm in arms {
                    let bound: Vec<Var> = arm.bindings.iter().map(|(var, _)| *var).collect();
                    self.has_value(*dest, &arm.body);
                    self.nested(&bound, |check| {
                        arm.guard.iter().for_each(|guard| check.expr(guard));
                        check.block(&arm.body, &[]);
                    });
                }
                dest.iter().for_each(|dest| self.define(*dest));
            }
            Stmt::Loop { kind, body, .. } => {
                let given = self.head(kind);
                self.block(body, &given);
            }
            Stmt::Effect { tokens, reads, writes } => {
                reads.iter().for_each(|var| self.read(*var));
                if declares(tokens) {
                    self.declared(tokens, writes).into_iter().for_each(|var| self.define(var));
                } else {
                    writes.iter().for_each(|var| self.read(*var));
                }
            }
            Stmt::Do(call) => self
                .transformed_only("a call for its effect on cotangents", |check| check.expr(call)),
            Stmt::WhenActive { param, body } => {
                self.transformed_only("a guard of activity", |check| {
                    let of_param = match check.program[*param].role {
                        Role::Param => true,
                        Role::Dot(of) => matches!(check.program[of].role, Role::Param),
                        _ => false,
                    };
                    if !of_param {
                        let name = check.name(*param);
                        check.defect(format!("`{name}` is no parameter, so it has no flag"));
                    }
                    check.nested(&[], |check| check.stmts(body));
                })
            }
            Stmt::ReverseIf { id, cond, then, els } => {
                self.reverse_only("a reversed `if`", |check| {
                    if !check.program.recording.contains(id) {
                        check.expr(cond);
                    }
                    for (i, body) in [then, els].into_iter().enumerate() {
                        let given = check.recorded(*id, i);
                        check.nested(&given, |check| check.stmts(body));
                    }
                })
            }
            Stmt::ReverseMatch { id, scrutinee, arms } => {
                self.reverse_only("a reversed `match`", |check| {
                    if reads_scrutinee(check.program, arms) {
                        check.expr(scrutinee);
                    }
                    for (i, arm) in arms.iter().enumerate() {
                        let mut given = check.recorded(*id, i);
                        let bound = check
                            .bindings
                            .get(id)
                            .and_then(|arms| arms.get(i))
                            .cloned()
                            .unwrap_or_default();
                        given.extend(bound.into_iter().filter(|var| {
                            matches!(check.program[*var].role, Role::Binding { .. })
                        }));
                        check.nested(&given, |check| check.stmts(&arm.body));
                    }
                })
            }
            Stmt::ReverseLoop { id, kind, body } => self.reverse_only("a reversed loop", |check| {
                let mut given = check.recorded(*id, 0);
                if let LoopKind::Range { var, .. } = kind
                    && !check.program.counted.contains(id)
                {
                    check.head(kind);
                    if !given.contains(var) {
                        given.push(*var);
                    }
                }
                check.nested(&given, |check| check.stmts(body));
            }),
            Stmt::Fused { kind, seeds, forward, reverse, .. } => {
                self.transformed_only("a fused loop", |check| {
                    check.reversed_part(seeds);
                    let given = check.head(kind);
                    check.nested(&given, |check| {
                        check.stmts(forward);
                        check.nested(&[], |check| check.reversed_part(reverse));
                    });
                })
            }
            Stmt::FusedIf { dest, cond, seeds, then, els } => {
                self.transformed_only("a fused branch", |check| {
                    check.reversed_part(seeds);
                    check.expr(cond);
                    for arm in [then, els] {
                        check.nested(&[], |check| {
                            check.stmts(&arm.forward);
                            arm.result.iter().for_each(|e| check.expr(e));
                            check.nested(&[], |check| check.reversed_part(&arm.reverse));
                        });
                    }
                    dest.iter().for_each(|var| check.define(*var));
                })
            }
            Stmt::FusedCall { var, seeds, adjoint, .. } => {
                self.transformed_only("a fused call", |check| {
                    check.reversed_part(seeds);
                    let reverse = std::mem::replace(&mut check.reverse, true);
                    check.expr(adjoint);
                    check.reverse = reverse;
                    check.define(*var);
                })
            }
            Stmt::ReverseCheckpointed { id, kind, restore, advance, forward, body } => self
                .reverse_only("a reversed loop", |check| {
                    let given = check.head(kind);
                    let checkpoint = check.program.checkpoints.get(id);
                    let saved: Vec<Var> = checkpoint
                        .iter()
                        .flat_map(|c| c.saved.iter().map(|(var, _)| *var))
                        .collect();
                    check.nested(&saved, |check| check.stmts(restore));
                    check.nested(&given, |check| check.stmts(advance));
                    check.nested(&given, |check| {
                        check.stmts(forward);
                        check.nested(&[], |check| check.stmts(body));
                    });
                }),
        }
    }

    fn reversed_part(&mut self, stmts: &[Stmt]) {
        let reverse = std::mem::replace(&mut self.reverse, true);
        self.stmts(stmts);
        self.reverse = reverse;
    }

    /// Checks the head of a loop, and returns the variables that it defines in the body.
    fn head(&mut self, kind: &LoopKind) -> Vec<Var> {
        match kind {
            LoopKind::Range { var, lo, hi, step, .. } => {
                [lo, hi].into_iter().chain(step).for_each(|e| self.expr(e));
                vec![*var]
            }
            LoopKind::Items { vars, iter, .. } => {
                self.expr(iter);
                vars.clone()
            }
            LoopKind::While { cond } => {
                self.expr(cond);
                Vec::new()
            }
            LoopKind::Forever => Vec::new(),
        }
    }

    fn recorded(&self, id: Id, block: usize) -> Vec<Var> {
        self.program.records.get(&id).and_then(|r| r.vars.get(block)).cloned().unwrap_or_default()
    }

    fn collect_bindings(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::Match { id, arms, .. } => {
                    let bound = arms
                        .iter()
                        .map(|arm| arm.bindings.iter().map(|(var, _)| *var).collect())
                        .collect();
                    self.bindings.insert(*id, bound);
                    arms.iter().for_each(|arm| self.collect_bindings(&arm.body.stmts));
                }
                Stmt::If { then, els, .. } => {
                    self.collect_bindings(&then.stmts);
                    self.collect_bindings(&els.stmts);
                }
                Stmt::Loop { body, .. } => self.collect_bindings(&body.stmts),
                Stmt::Fused { forward, .. } => self.collect_bindings(forward),
                Stmt::FusedIf { then, els, .. } => {
                    self.collect_bindings(&then.forward);
                    self.collect_bindings(&els.forward);
                }
                _ => {}
            }
        }
    }

    /// The variables that `let x;` declares: those noted, and that of the name.
    fn declared(&self, tokens: &TokenStream, noted: &[Var]) -> HashSet<Var> {
        let idents = tokens.clone().into_iter().skip(1).filter_map(|tree| match tree {
            proc_macro2::TokenTree::Ident(ident) if ident != "mut" => Some(ident.to_string()),
            _ => None,
        });
        let named = idents.take(1).filter_map(|name| self.names.get(&name).copied());
        named.chain(noted.iter().copied()).collect()
    }

    fn reverse_only(&mut self, what: &str, f: impl FnOnce(&mut Self)) {
        if !self.reverse {
            self.defect(format!("{what} stands in a program that is not a reverse sweep"));
        }
        f(self);
    }

    fn transformed_only(&mut self, what: &str, f: impl FnOnce(&mut Self)) {
        if !self.transformed {
            self.defect(format!("{what} stands in a primal program"));
        }
        f(self);
    }

    /// A block gives the value that its statement defines, unless it never ends.
    fn has_value(&mut self, dest: Option<Var>, block: &Block) {
        let Some(dest) = dest else { return };
        let ends = block.stmts.last().is_some_and(|stmt| match stmt {
            Stmt::Effect { tokens, .. } => crate::lower::never_returns(tokens) || diverges(tokens),
            _ => false,
        });
        if block.result.is_none() && !ends && !self.program[dest].ty.is_discrete() {
            let name = self.name(dest);
            self.defect(format!("a branch gives no value to `{name}`"));
        }
    }

    /// A variable without derivative does not take a value that has one.
    fn keeps_activity(&mut self, var: Var, value: &Expr) {
        let info = &self.program[var];
        let lost =
            !info.active && !info.ty.is_discrete() && !self.program.ty_of(value).is_discrete();
        if lost && !self.transformed && self.program.reads_active(value) {
            let name = self.name(var);
            self.defect(format!("`{name}` is not active, but takes an active value"));
        }
    }

    // Expressions.

    fn place(&mut self, place: &Place) {
        let place = if self.reverse { self.program.resolve(place) } else { place.clone() };
        self.read(place.root);
        for proj in &place.proj {
            match proj {
                Proj::Index(index) | Proj::Element(index) => {
                    if self.program.reads_active(index) {
                        let name = self.name(place.root);
                        self.defect(format!("the index of `{name}` is active"));
                    }
                    self.expr(index);
                }
                Proj::Part { value, index } => {
                    self.place(value);
                    self.expr(index);
                }
                Proj::View { args, .. } => args.iter().for_each(|arg| self.expr(arg)),
                Proj::Field(_) | Proj::Deref | Proj::Variant(..) => {}
            }
        }
    }

    fn expr(&mut self, e: &Expr) {
        match e {
            Expr::Place(place) => self.place(place),
            Expr::Verbatim { tokens, reads, .. } => self.verbatim(tokens, reads),
            Expr::Number(..) => {}
            Expr::Repeat { value, reads, .. } => {
                reads.iter().for_each(|var| self.read(*var));
                self.operand(value);
            }
            Expr::Ref { expr, .. } | Expr::Cast(expr, _) => self.expr(expr),
            // The runtime's functions take what the transforms give them.
            Expr::Runtime { args, .. } => args.iter().for_each(|arg| self.expr(arg)),
            Expr::Compare(..) | Expr::Select { .. } | Expr::ZeroGuard { .. } | Expr::Closure(_) => {
                e.children().into_iter().for_each(|child| self.expr(child));
            }
            Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::VecOf(_)
            | Expr::Struct { .. }
            | Expr::Call { .. }
            | Expr::Unary(..)
            | Expr::Binary(..)
            | Expr::Method { .. } => {
                e.children().into_iter().for_each(|child| self.operand(child));
            }
        }
    }

    /// An operand is a name, a place, an inactive expression or a tree of scalars. What a transform
    /// makes may nest calls of the runtime, which evaluate their arguments once.
    fn operand(&mut self, e: &Expr) {
        let legal = match e {
            Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..) | Expr::Closure(_) => true,
            Expr::Ref { expr, .. } => return self.operand(expr),
            e => {
                self.transformed
                    || self.program.ty_of(e).is_float()
                    || self.program.ty_of(e).is_discrete()
            }
        };
        if !legal {
            self.defect(format!(
                "an operand is an operation on values of unknown type: {}",
                shown(e)
            ));
        }
        self.expr(e);
    }

    fn verbatim(&mut self, tokens: &TokenStream, reads: &[Var]) {
        reads.iter().for_each(|var| {
            let place = Place::var(*var);
            self.place(&place);
        });
        let Ok(parsed) = syn::parse2::<syn::Expr>(tokens.clone()) else { return };
        let mut mentioned = Mentioned::default();
        mentioned.visit_expr(&parsed);
        for name in mentioned.names.difference(&mentioned.bound) {
            if let Some(var) = self.names.get(name)
                && !reads.contains(var)
            {
                self.defect(format!("`{tokens}` reads `{name}`, but does not say so"));
            }
        }
    }
}

/// The names that an expression reads, and those that it binds itself.
#[derive(Default)]
struct Mentioned {
    names: HashSet<String>,
    bound: HashSet<String>,
}

impl<'a> Visit<'a> for Mentioned {
    fn visit_expr_path(&mut self, path: &'a syn::ExprPath) {
        if let Some(ident) = path.path.get_ident() {
            self.names.insert(ident.to_string());
        }
    }

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        // Functions and variables do not share names here.
        if !matches!(&*call.func, syn::Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        call.args.iter().for_each(|arg| self.visit_expr(arg));
    }

    fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
        self.bound.insert(pat.ident.to_string());
        visit::visit_pat_ident(self, pat);
    }
}

fn diverges(tokens: &TokenStream) -> bool {
    syn::parse2::<syn::Stmt>(tokens.clone()).is_ok_and(|stmt| match stmt {
        syn::Stmt::Macro(m) => crate::facts::is_panic(&m.mac),
        syn::Stmt::Expr(syn::Expr::Macro(m), _) => crate::facts::is_panic(&m.mac),
        _ => false,
    })
}

fn shown(e: &Expr) -> String {
    let mut text = format!("{e:?}");
    text.truncate(text.char_indices().nth(200).map_or(text.len(), |(i, _)| i));
    text
}
