//! What a call overwrites is kept only where the callee, or somebody before it, looks at the old value.
//!
//! ```text
//! // Always kept:                            // Kept if the callee reads it:
//! let k_old = keep(&k);                      let k_old = keep_if(slope::__READS[2], &k);
//! slope(x, &y, &mut k);                      slope(x, &y, &mut k);
//! // reverse:                                // reverse:
//! put_back(&mut k, keep(&k_old));            put_back_if(&mut k, k_old);
//! slope::__adjoint(x, &y, &mut k, ..);       slope::__adjoint(x, &y, &mut k, ..);
//! put_back(&mut k, k_old);
//! ```
//!
//! The adjoint of the callee runs it again, from the state before the call. Whether that state matters is told by
//! the callee, for each of its parameters: a constant that its own macro makes ([`reads`]).

use super::Reversed;
use super::merge::same_place;
use super::plan::saved_of;
use super::pullback::sibling;
use super::touches::{self, Touch};
use crate::ir::{CallKind, Expr, Place, Program, Proj, Stmt, Ty, Var};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::{HashMap, HashSet};

/// The kept values of what calls overwrite, each with the constant of the callee that asks for it.
pub type OfCalls = HashMap<Var, TokenStream>;

/// The constant of a callee that tells whether it reads the old value of what is its argument `position`.
pub fn constant(path: &TokenStream, kind: &CallKind, position: usize) -> Option<TokenStream> {
    let adjoint = sibling(path, kind, "adjoint");
    if *kind != CallKind::Function || super::pullback::is_rule_of_runtime(&adjoint) {
        return None;
    }
    let mut path: syn::ExprPath = syn::parse2(path.clone()).ok()?;
    path.path.segments.last_mut()?.arguments = syn::PathArguments::None;
    let index = syn::Index::from(position);
    Some(quote!(#path::__READS[#index]))
}

/// Keeps what calls overwrite only if the callee asks for it, where nobody else does.
pub fn keep_if_read(
    program: &Program,
    of_calls: &OfCalls,
    forward: &mut [Stmt],
    reverse: &mut Vec<Stmt>,
) {
    let mut wanted = HashSet::new();
    wanted_otherwise(reverse, &mut wanted);
    let conditional: OfCalls = of_calls
        .iter()
        .filter(|(var, _)| !wanted.contains(var))
        .map(|(var, constant)| (*var, constant.clone()))
        .collect();
    if conditional.is_empty() {
        return;
    }
    let mut found = HashSet::new();
    put_back(program, &conditional, reverse, &mut found);
    keep(&conditional, &found, forward);
}

/// The kept values that are put back for somebody else than the callee.
fn wanted_otherwise(stmts: &[Stmt], found: &mut HashSet<Var>) {
    for stmt in stmts {
        if let Stmt::Assign { value: Expr::Place(place), .. } = stmt {
            found.insert(place.root);
        }
        blocks(stmt).into_iter().for_each(|block| wanted_otherwise(block, found));
    }
}

fn blocks(stmt: &Stmt) -> Vec<&Vec<Stmt>> {
    match stmt {
        Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => vec![body],
        Stmt::ReverseIf { then, els, .. } => vec![then, els],
        Stmt::ReverseMatch { arms, .. } => arms.iter().map(|arm| &arm.body).collect(),
        _ => Vec::new(),
    }
}

/// Whether the number of elements is all there is to a value besides them.
fn is_counted(program: &Program, place: &Place) -> bool {
    matches!(program.ty_of_place(place).deref(), Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_))
}

fn put_back(
    program: &Program,
    conditional: &OfCalls,
    stmts: &mut Vec<Stmt>,
    found: &mut HashSet<Var>,
) {
    for stmt in stmts {
        if let Stmt::Assign { place, value: Expr::Runtime { function: "clone", args } } = stmt
            && let Some(kept) = kept_in(&args[0])
            && conditional.contains_key(&kept)
            && is_counted(program, place)
        {
            found.insert(kept);
            let target = Expr::borrow_mut(Expr::Place(place.clone()));
            *stmt = Stmt::Do(Expr::runtime("put_back_if", vec![target, Expr::var(kept)]));
            continue;
        }
        match stmt {
            Stmt::ReverseLoop { body, .. } => put_back(program, conditional, body, found),
            Stmt::ReverseIf { then, els, .. } => {
                put_back(program, conditional, then, found);
                put_back(program, conditional, els, found);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter_mut()
                    .for_each(|arm| put_back(program, conditional, &mut arm.body, found));
            }
            _ => {}
        }
    }
}

fn kept_in(e: &Expr) -> Option<Var> {
    match e {
        Expr::Ref { mutable: false, expr } => expr.as_place().map(|place| place.root),
        _ => None,
    }
}

fn keep(conditional: &OfCalls, found: &HashSet<Var>, stmts: &mut [Stmt]) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { var, value, .. } if found.contains(var) => {
                let Expr::Runtime { args, .. } = value else { continue };
                let asked = Expr::lit(conditional[var].clone());
                *value = Expr::runtime("keep_if", vec![asked, args[0].clone()]);
            }
            Stmt::Loop { body, .. } => keep(conditional, found, &mut body.stmts),
            Stmt::If { then, els, .. } => {
                keep(conditional, found, &mut then.stmts);
                keep(conditional, found, &mut els.stmts);
            }
            Stmt::Match { arms, .. } => {
                arms.iter_mut().for_each(|arm| keep(conditional, found, &mut arm.body.stmts));
            }
            _ => {}
        }
    }
}

/// Whether the sweeps of a function look at what its parameter `var` held before the call: at the elements, for how
/// many there are stays as it is.
pub fn reads(reversed: &Reversed, var: Var) -> bool {
    let Some(mut looks) = Looks::at(&reversed.program, var) else { return false };
    looks.all(&reversed.forward);
    looks.all(&reversed.reverse);
    reversed.result.iter().for_each(|e| looks.expr(e));
    looks.found
}

/// Whether the reverse sweep looks at what its parameter `var` held after the call: at elements that it has not put
/// back before.
pub fn reads_in_reverse(reversed: &Reversed, var: Var) -> bool {
    let Some(mut looks) = Looks::at(&reversed.program, var) else { return false };
    looks.in_order(&reversed.reverse, &mut Vec::new());
    looks.found
}

/// A search for reads of a parameter.
struct Looks<'a> {
    program: &'a Program,
    var: Var,
    name: String,
    found: bool,
}

impl<'a> Looks<'a> {
    /// `None` for what is no `&mut` reference. What is not a slice or an array is looked at by whoever has it.
    fn at(program: &'a Program, var: Var) -> Option<Looks<'a>> {
        let Ty::RefMut(inner) = &program[var].ty else { return None };
        let found = !matches!(**inner, Ty::Slice(_) | Ty::Array(_));
        Some(Looks { program, var, name: program[var].name.to_string(), found })
    }

    fn touch(&mut self, touch: Touch<'_>, restored: &[Place]) {
        let (program, var) = (self.program, self.var);
        self.found |= match touch {
            Touch::Read(place) => {
                program.base(place) == var && {
                    let place = program.resolve(place);
                    !restored.iter().any(|other| same_place(other, &place))
                }
            }
            Touch::Write(place) => place.is_var() && place.root == var,
            Touch::Tokens(read, tokens) => {
                let base = program.base(&Place::var(read));
                base == var && (read != var || !touches::only_counts(tokens, &self.name))
            }
        };
    }

    fn all(&mut self, stmts: &[Stmt]) {
        touches::each(stmts, &mut |touch| self.touch(touch, &[]));
    }

    fn expr(&mut self, e: &Expr) {
        touches::expr(e, &mut |touch| self.touch(touch, &[]));
    }

    /// Goes through a reverse sweep. `restored` are the elements that it has put back where it stands.
    fn in_order(&mut self, stmts: &[Stmt], restored: &mut Vec<Place>) {
        for stmt in stmts {
            match stmt {
                Stmt::Assign { place, value } if saved_of(self.program, value).is_some() => {
                    let place = self.program.resolve(place);
                    if place.root == self.var && !place.is_var() && self.is_fixed(&place) {
                        restored.push(place);
                    } else {
                        self.all(std::slice::from_ref(stmt));
                    }
                }
                Stmt::WhenActive { body, .. } => self.in_order(body, &mut restored.clone()),
                Stmt::ReverseLoop { id, kind, body } => {
                    let head = Stmt::ReverseLoop { id: *id, kind: kind.clone(), body: Vec::new() };
                    self.all(&[head]);
                    self.in_order(body, &mut restored.clone());
                }
                Stmt::ReverseIf { cond, then, els, .. } => {
                    self.expr(cond);
                    self.in_order(then, &mut restored.clone());
                    self.in_order(els, &mut restored.clone());
                }
                Stmt::ReverseMatch { scrutinee, arms, .. } => {
                    self.expr(scrutinee);
                    arms.iter().for_each(|arm| self.in_order(&arm.body, &mut restored.clone()));
                }
                stmt => {
                    let stmt = std::slice::from_ref(stmt);
                    touches::each(stmt, &mut |touch| self.touch(touch, restored));
                }
            }
        }
    }

    /// Whether a place is the same one until the block ends that names it: its indices do not change.
    fn is_fixed(&self, place: &Place) -> bool {
        place.proj.iter().all(|proj| match proj {
            Proj::Index(e) | Proj::Element(e) => {
                let mut fixed = true;
                e.for_each_read(&mut |var| fixed &= !self.program[var].mutable);
                fixed
            }
            proj => matches!(proj, Proj::Deref | Proj::Field(_)),
        })
    }
}
