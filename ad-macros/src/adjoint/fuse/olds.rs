//! Old values that are read where they are kept, rather than put back first.
//!
//! ```text
//! // Restored:                     // Read where it is kept:
//! let sign_old = sign;             let sign_old = sign;
//! sign = -sign;                    sign = -sign;
//! // reverse:                      // reverse:
//! sign = sign_old;
//! x_bar += t_bar * sign;           x_bar += t_bar * sign_old;
//! ```
//!
//! Where the reverse half runs right after the forward half, the variable must stay as the forward half left it.

use crate::adjoint::plan;
use crate::ir::{Expr, Place, Program, Proj, Role, Stmt, Var};
use quote::quote;
use std::collections::HashSet;

/// Both halves of a block, without what puts back scalars that are defined outside of it. `None` where it
/// cannot be told what the reverse half reads.
pub fn read_where_kept(
    program: &Program,
    forward: &[Stmt],
    reverse: &[Stmt],
    inside: &HashSet<Var>,
) -> Option<(Vec<Stmt>, Vec<Stmt>)> {
    let mut olds = Olds { program, inside, read: HashSet::new() };
    let mut reverse = reverse.to_vec();
    olds.part(&mut reverse)?;
    let mut forward = forward.to_vec();
    keep_early(program, &mut forward, &olds.read);
    Some((forward, reverse))
}

struct Olds<'a> {
    program: &'a Program,
    inside: &'a HashSet<Var>,
    /// The kept values that are read where they are.
    read: HashSet<Var>,
}

impl Olds<'_> {
    /// Returns the variables that would be put back in the end.
    fn part(&mut self, stmts: &mut Vec<Stmt>) -> Option<HashSet<Var>> {
        let mut restored = HashSet::new();
        let mut at = 0;
        while at < stmts.len() {
            if let Some((var, kept)) = self.restore(&stmts[at]) {
                stmts.remove(at);
                self.read.insert(kept);
                restored.insert(var);
                let next = |stmt: &Stmt| self.restore(stmt).is_some_and(|(v, _)| v == var);
                let end = stmts[at..].iter().position(next).map_or(stmts.len(), |n| at + n);
                let renaming = Renaming { program: self.program, from: var, to: kept };
                stmts[at..end].iter_mut().try_for_each(|stmt| renaming.stmt(stmt))?;
                continue;
            }
            let inner = match &mut stmts[at] {
                Stmt::ReverseIf { then, els, .. } => {
                    let mut inner = self.part(then)?;
                    inner.extend(self.part(els)?);
                    inner
                }
                Stmt::ReverseMatch { arms, .. } => {
                    let mut inner = HashSet::new();
                    for arm in arms {
                        inner.extend(self.part(&mut arm.body)?);
                    }
                    inner
                }
                Stmt::ReverseLoop { body, .. } => {
                    let mut trial = body.clone();
                    self.part(&mut trial)?.is_empty().then(HashSet::new)?
                }
                _ => HashSet::new(),
            };
            if !inner.is_empty() {
                // Which value it has after the branch depends on the branch.
                let after = plan::reads_of(self.program, &stmts[at + 1..]);
                let put_back = |var: &Var| {
                    let is = |stmt| self.restore(stmt).is_some_and(|(v, _)| v == *var);
                    stmts[at + 1..].iter().any(is)
                };
                if inner.iter().any(|var| after.contains(var) || put_back(var)) {
                    return None;
                }
                restored.extend(inner);
            }
            at += 1;
        }
        Some(restored)
    }

    /// The scalar that a statement puts back, and the variable in which its value is kept.
    fn restore(&self, stmt: &Stmt) -> Option<(Var, Var)> {
        let Stmt::Assign { place, value: Expr::Place(kept) } = stmt else { return None };
        let (var, info) = (place.root, &self.program[place.root]);
        let scalar = matches!(info.ty, crate::ir::Ty::Float(_)) || info.ty.is_discrete();
        let saved = kept.is_var() && matches!(self.program[kept.root].role, Role::Saved);
        let fits = place.is_var() && scalar && saved && !self.inside.contains(&var);
        (fits && !self.has_other_names(var)).then_some((var, kept.root))
    }

    fn has_other_names(&self, var: Var) -> bool {
        self.program.vars.iter().any(|info| match &info.role {
            Role::Alias { place, .. } | Role::Binding { place } => self.program.base(place) == var,
            _ => false,
        })
    }
}

/// Keeps values as early as they are what they are, so that what has to be known early can read them.
fn keep_early(program: &Program, stmts: &mut Vec<Stmt>, kept: &HashSet<Var>) {
    for at in 0..stmts.len() {
        match &mut stmts[at] {
            Stmt::If { then, els, .. } => {
                keep_early(program, &mut then.stmts, kept);
                keep_early(program, &mut els.stmts, kept);
            }
            Stmt::Match { arms, .. } => {
                arms.iter_mut().for_each(|arm| keep_early(program, &mut arm.body.stmts, kept));
            }
            Stmt::Let { var, value, .. } if kept.contains(var) => {
                let mut of = HashSet::new();
                plan::read(program, value, &mut of);
                let writes = |stmt: &Stmt| {
                    let mut written = Vec::new();
                    plan::written_roots(program, std::slice::from_ref(stmt), &mut written);
                    written.iter().any(|var| of.contains(var))
                };
                let to = stmts[..at].iter().rposition(writes).map_or(0, |last| last + 1);
                let save = stmts.remove(at);
                stmts.insert(to, save);
            }
            _ => {}
        }
    }
}

/// Reads one variable instead of another.
pub struct Renaming<'a> {
    pub program: &'a Program,
    pub from: Var,
    pub to: Var,
}

impl Renaming<'_> {
    /// `None` where the variable is changed or cannot be renamed.
    fn stmt(&self, stmt: &mut Stmt) -> Option<()> {
        match stmt {
            Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => {
                self.expr(value)
            }
            Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
                if place.root == self.from {
                    return None;
                }
                self.place(place)?;
                self.expr(value)
            }
            Stmt::WhenActive { body, .. } => self.stmts(body),
            Stmt::ReverseIf { cond, then, els, .. } => {
                self.expr(cond)?;
                self.stmts(then)?;
                self.stmts(els)
            }
            Stmt::ReverseMatch { scrutinee, arms, .. } => {
                self.expr(scrutinee)?;
                arms.iter_mut().try_for_each(|arm| self.stmts(&mut arm.body))
            }
            Stmt::ReverseLoop { kind, body, .. } => {
                if let crate::ir::LoopKind::Range { lo, hi, step, .. } = kind {
                    [lo, hi].into_iter().chain(step).try_for_each(|e| self.expr(e))?;
                }
                self.stmts(body)
            }
            _ => {
                let mut found = HashSet::new();
                plan::every_read(self.program, std::slice::from_ref(stmt), &mut found);
                (!found.contains(&self.from)).then_some(())
            }
        }
    }

    /// Renames a variable in plain statements that may change it as well.
    pub fn forward(&self, stmts: &mut [Stmt]) -> Option<()> {
        stmts.iter_mut().try_for_each(|stmt| match stmt {
            Stmt::Let { value, .. } => self.expr(value),
            Stmt::Assign { place, value } | Stmt::Update { place, value, .. } => {
                self.place(place)?;
                self.expr(value)
            }
            _ => None,
        })
    }

    pub fn stmts(&self, stmts: &mut [Stmt]) -> Option<()> {
        stmts.iter_mut().try_for_each(|stmt| self.stmt(stmt))
    }

    fn place(&self, place: &mut Place) -> Option<()> {
        if place.root == self.from {
            place.root = self.to;
        }
        place.proj.iter_mut().try_for_each(|proj| match proj {
            Proj::Index(e) | Proj::Element(e) => self.expr(e),
            Proj::Part { value, index } => {
                self.place(value)?;
                self.expr(index)
            }
            Proj::View { args, .. } => args.iter_mut().try_for_each(|e| self.expr(e)),
            Proj::Field(_) | Proj::Deref | Proj::Variant(..) => Some(()),
        })
    }

    fn expr(&self, e: &mut Expr) -> Option<()> {
        let mut found = HashSet::new();
        plan::read(self.program, e, &mut found);
        if !found.contains(&self.from) {
            return Some(());
        }
        match e {
            Expr::Place(place) => self.place(place),
            Expr::Ref { mutable: true, expr }
                if expr.as_place().is_some_and(|p| p.root == self.from) =>
            {
                None
            }
            Expr::Verbatim { tokens, reads, .. } => {
                *tokens = self.tokens(tokens)?;
                let read = reads.iter_mut().filter(|var| **var == self.from);
                read.for_each(|var| *var = self.to);
                Some(())
            }
            Expr::Repeat { value, count, reads, .. } => {
                if reads.contains(&self.from) {
                    *count = self.tokens(count)?;
                    let read = reads.iter_mut().filter(|var| **var == self.from);
                    read.for_each(|var| *var = self.to);
                }
                self.expr(value)
            }
            Expr::Closure(_) => None,
            e => e.children_mut().into_iter().try_for_each(|child| self.expr(child)),
        }
    }

    fn tokens(&self, tokens: &proc_macro2::TokenStream) -> Option<proc_macro2::TokenStream> {
        let mut block: syn::Block = syn::parse2(quote!({ #tokens })).ok()?;
        let (from, to) = (&self.program[self.from].name, &self.program[self.to].name);
        crate::resolve::rename(&mut block, from, to);
        let stmts = &block.stmts;
        Some(quote!(#(#stmts)*))
    }
}
