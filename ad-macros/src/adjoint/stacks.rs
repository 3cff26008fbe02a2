//! Spans that are kept in loops stand one behind another in one list, rather than each in a list of its own.
//!
//! ```text
//! // One list a span:                        // One list:
//! for t in 0..steps {                        let mut x_olds = Vec::new();
//!     let x_old = keep(&x[..n]);             for t in 0..steps {
//!     ..                                         push_span(&mut x_olds, &x[..n]);
//!     record.push((x_old, ..));                  ..
//! }                                          }
//! // reverse:                                // reverse:
//! put_back(&mut x[..n], x_old);              pop_span(&mut x_olds, &mut x[..n]);
//! ```
//!
//! Each span is put back once, in the reverse of the order in which they were kept, so it is the last of its list.

use super::merge::same_place;
use super::touches::{self, Touch};
use crate::ir::{Expr, Place, Program, Proj, Role, Stmt, Ty, Var, VarInfo};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// Makes lists of such spans. Whether there were any: then what is recorded is to be decided anew.
pub fn of_spans(program: &mut Program, forward: &mut Vec<Stmt>, reverse: &mut [Stmt]) -> bool {
    // The steps of a checkpointed loop run forward more often than in reverse.
    if !program.checkpoints.is_empty() {
        return false;
    }
    let mut kept = BTreeMap::new();
    kept_in_loops(program, forward, false, &mut kept);
    let mut found = false;
    for (saved, place) in kept {
        let mut end = End { saved, place, consumed: 0, known: 0 };
        end.look(reverse);
        fused_reverses(forward, &mut |half| end.look(half));
        let mut reads = 0;
        let mut count = |touch: Touch<'_>| {
            reads += usize::from(matches!(touch, Touch::Read(place) if place.root == saved));
        };
        touches::each(reverse, &mut count);
        touches::each(forward, &mut count);
        if end.consumed != 1 || end.known != reads {
            continue;
        }
        let list = list_of(program, saved, end.place.root);
        push(forward, saved, list);
        pop(reverse, saved, list);
        fused_reverses(forward, &mut |half| pop(half, saved, list));
        let empty = Expr::lit(quote!(::std::vec::Vec::new()));
        forward.insert(0, Stmt::Let { var: list, ty: None, value: empty });
        found = true;
    }
    found
}

/// The spans of numbers that statements keep in loops, each with the variable that it is kept in.
fn kept_in_loops(
    program: &Program,
    stmts: &[Stmt],
    inside: bool,
    found: &mut BTreeMap<Var, Place>,
) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { var, value, .. } if inside => {
                let span = matches!(&program[*var].ty, Ty::Slice(t) if t.is_float());
                if matches!(program[*var].role, Role::Saved)
                    && let Some(place) = copied(value)
                    && matches!(place.proj.last(), Some(Proj::Index(_)))
                    && span
                {
                    found.insert(*var, place.clone());
                }
            }
            Stmt::Loop { body, .. } => kept_in_loops(program, &body.stmts, true, found),
            Stmt::Fused { forward, .. } => kept_in_loops(program, forward, true, found),
            Stmt::FusedIf { then, els, .. } => {
                kept_in_loops(program, &then.forward, inside, found);
                kept_in_loops(program, &els.forward, inside, found);
            }
            Stmt::If { then, els, .. } => {
                kept_in_loops(program, &then.stmts, inside, found);
                kept_in_loops(program, &els.stmts, inside, found);
            }
            Stmt::Match { arms, .. } => {
                arms.iter().for_each(|arm| kept_in_loops(program, &arm.body.stmts, inside, found));
            }
            _ => {}
        }
    }
}

/// The place that a value is a copy of.
fn copied(value: &Expr) -> Option<&Place> {
    match value {
        Expr::Runtime { function: "clone", args } => match &args[..] {
            [Expr::Ref { mutable: false, expr }] => expr.as_place(),
            _ => None,
        },
        _ => None,
    }
}

/// Calls `f` with the reverse halves of fused statements.
fn fused_reverses(forward: &mut [Stmt], f: &mut dyn FnMut(&mut [Stmt])) {
    for stmt in forward {
        match stmt {
            Stmt::Fused { forward, reverse, .. } => {
                fused_reverses(forward, f);
                f(reverse);
            }
            Stmt::FusedIf { then, els, .. } => {
                for arm in [then, els] {
                    fused_reverses(&mut arm.forward, f);
                    f(&mut arm.reverse);
                }
            }
            _ => {}
        }
    }
}

/// What becomes of a kept span in the reverse sweep.
struct End {
    saved: Var,
    place: Place,
    /// How many statements put it back for good, and how many read it in a known way.
    consumed: usize,
    known: usize,
}

impl End {
    fn look(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            match stmt {
                Stmt::ReverseLoop { body, .. } => self.look(body),
                Stmt::ReverseIf { then, els, .. } => {
                    self.look(then);
                    self.look(els);
                }
                Stmt::ReverseMatch { arms, .. } => {
                    arms.iter().for_each(|arm| self.look(&arm.body));
                }
                stmt => match put_back(stmt, self.saved) {
                    Some((place, for_good)) if same_place(place, &self.place) => {
                        self.consumed += usize::from(for_good);
                        self.known += 1;
                    }
                    _ => {}
                },
            }
        }
    }
}

/// The place to which a statement puts back what `saved` holds, and whether it does so for good.
fn put_back(stmt: &Stmt, saved: Var) -> Option<(&Place, bool)> {
    let is_saved = |place: &Place| place.is_var() && place.root == saved;
    match stmt {
        Stmt::Assign { place, value: Expr::Place(value) } if is_saved(value) => Some((place, true)),
        Stmt::Assign { place, value } if copied(value).is_some_and(is_saved) => {
            Some((place, false))
        }
        Stmt::Do(Expr::Runtime { function: "put_back_where", args }) => match &args[..] {
            [_, Expr::Ref { expr: place, .. }, Expr::Ref { expr: value, .. }]
                if value.as_place().is_some_and(is_saved) =>
            {
                Some((place.as_place()?, false))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The list that holds what was in `saved`, of the variable `of`.
fn list_of(program: &mut Program, saved: Var, of: Var) -> Var {
    let info = &program[saved];
    let base = format!("{}_olds", program[of].name);
    let taken = |name: &str| program.vars.iter().any(|v| v.name == name);
    let name = (1..)
        .map(|i| if i == 1 { base.clone() } else { format!("{base}_{i}") })
        .find(|name| !taken(name))
        .expect("there is always another number");
    let (name, ty) = (format_ident!("{}", name), Ty::Vec(Box::new(info.ty.element())));
    let list = Var(program.vars.len());
    program.vars.push(VarInfo { name, ty, active: false, mutable: true, role: Role::Local });
    program.depths.insert(list, 0);
    list
}

fn push(stmts: &mut [Stmt], saved: Var, list: Var) {
    for stmt in stmts {
        match stmt {
            Stmt::Let { var, value: Expr::Runtime { args, .. }, .. } if *var == saved => {
                let span = args.remove(0);
                let list = Expr::borrow_mut(Expr::var(list));
                *stmt = Stmt::Do(Expr::runtime("push_span", vec![list, span]));
            }
            Stmt::Loop { body, .. } => push(&mut body.stmts, saved, list),
            Stmt::Fused { forward, .. } => push(forward, saved, list),
            Stmt::FusedIf { then, els, .. } => {
                push(&mut then.forward, saved, list);
                push(&mut els.forward, saved, list);
            }
            Stmt::If { then, els, .. } => {
                push(&mut then.stmts, saved, list);
                push(&mut els.stmts, saved, list);
            }
            Stmt::Match { arms, .. } => {
                arms.iter_mut().for_each(|arm| push(&mut arm.body.stmts, saved, list));
            }
            _ => {}
        }
    }
}

fn pop(stmts: &mut [Stmt], saved: Var, list: Var) {
    for stmt in stmts {
        match stmt {
            Stmt::ReverseLoop { body, .. } => pop(body, saved, list),
            Stmt::ReverseIf { then, els, .. } => {
                pop(then, saved, list);
                pop(els, saved, list);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter_mut().for_each(|arm| pop(&mut arm.body, saved, list));
            }
            stmt => {
                let Some((place, for_good)) = put_back(stmt, saved) else { continue };
                let place = Expr::borrow_mut(Expr::Place(place.clone()));
                let call = if for_good {
                    Expr::runtime("pop_span", vec![Expr::borrow_mut(Expr::var(list)), place])
                } else {
                    let asked = match stmt {
                        Stmt::Do(Expr::Runtime { args, .. }) => args[0].clone(),
                        _ => Expr::lit(quote!(true)),
                    };
                    Expr::runtime("last_span", vec![asked, Expr::borrow(Expr::var(list)), place])
                };
                *stmt = Stmt::Do(call);
            }
        }
    }
}
