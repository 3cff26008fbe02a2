//! What each iteration of a reversed loop adds to one and the same element is added up in a variable.
//!
//! ```text
//! // Through memory:                         // In a register:
//! for i in (0..n).rev() {                    let mut x_bar_sum = 0.0;
//!     w_bar[i] += s_bar * x[j];              for i in (0..n).rev() {
//!     x_bar[j] += s_bar * w[i];                  w_bar[i] += s_bar * x[j];
//! }                                              x_bar_sum += s_bar * w[i];
//!                                            }
//!                                            if x_bar_sum != 0.0 { x_bar[j] += x_bar_sum; }
//! ```
//!
//! The element need not exist where the loop makes no iteration: a sum of zero is not added.

use super::all_defined;
use super::merge::{is_contribution, same_place};
use super::touches::{self, Touch};
use crate::ir::{BinOp, Expr, LoopKind, Place, Program, Proj, Role, Stmt, Ty, Var, VarInfo};
use crate::rules::float_of;
use quote::{format_ident, quote};
use std::collections::HashSet;

/// Adds up in variables in all loops of a reverse sweep, innermost first.
pub fn in_registers(program: &mut Program, stmts: &mut Vec<Stmt>) {
    let mut out = Vec::with_capacity(stmts.len());
    for mut stmt in std::mem::take(stmts) {
        match &mut stmt {
            Stmt::ReverseIf { then, els, .. } => {
                in_registers(program, then);
                in_registers(program, els);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter_mut().for_each(|arm| in_registers(program, &mut arm.body));
            }
            Stmt::ReverseCheckpointed { body, .. } => in_registers(program, body),
            Stmt::ReverseLoop { body, .. } | Stmt::Fused { reverse: body, .. } => {
                in_registers(program, body);
                let sums = sums_of(program, &mut stmt);
                out.extend(sums.iter().map(Sum::start));
                out.push(stmt);
                out.extend(sums.into_iter().map(|sum| sum.end(program)));
                continue;
            }
            _ => {}
        }
        out.push(stmt);
    }
    *stmts = out;
}

/// The same in the reverse halves of fused statements.
pub fn in_fused(program: &mut Program, forward: &mut [Stmt]) {
    for stmt in forward {
        match stmt {
            Stmt::Fused { forward, reverse, .. } => {
                in_fused(program, forward);
                in_registers(program, reverse);
            }
            Stmt::FusedIf { then, els, .. } => {
                for arm in [then, els] {
                    in_fused(program, &mut arm.forward);
                    in_registers(program, &mut arm.reverse);
                }
            }
            _ => {}
        }
    }
}

/// A sum over the iterations of a loop.
struct Sum {
    var: Var,
    float: Option<String>,
    place: Place,
    /// The parameter without which there is nothing to add to.
    param: Option<Var>,
}

impl Sum {
    fn start(&self) -> Stmt {
        Stmt::Let { var: self.var, ty: None, value: Expr::Number(0.0, self.float.clone()) }
    }

    fn end(self, program: &mut Program) -> Stmt {
        let sum = || Box::new(Expr::var(self.var));
        let zero = Box::new(Expr::Number(0.0, self.float.clone()));
        let cond = Expr::Compare(quote!(!=), sum(), zero);
        let update = Stmt::Update { place: self.place, op: BinOp::Add, value: *sum() };
        let then = match self.param {
            Some(param) => Stmt::WhenActive { param, body: vec![update] },
            None => update,
        };
        Stmt::ReverseIf { id: program.fresh_id(), cond, then: vec![then], els: Vec::new() }
    }
}

/// Replaces the updates of elements that stay the same by those of variables, which are returned.
fn sums_of(program: &mut Program, stmt: &mut Stmt) -> Vec<Sum> {
    let mut inside = HashSet::new();
    all_defined(std::slice::from_ref(stmt), &mut inside);
    match stmt {
        Stmt::ReverseLoop { id, .. } => {
            let recorded = program.records.get(id).into_iter().flat_map(|record| &record.vars);
            inside.extend(recorded.flatten());
        }
        Stmt::Fused { forward, .. } => all_defined(forward, &mut inside),
        _ => {}
    }
    let body = match stmt {
        Stmt::ReverseLoop { kind, body, .. } | Stmt::Fused { kind, reverse: body, .. } => {
            all_defined(body, &mut inside);
            match kind {
                LoopKind::Range { var, .. } => inside.insert(*var),
                _ => return Vec::new(),
            };
            body
        }
        _ => return Vec::new(),
    };
    let mut found: Vec<Sum> = Vec::new();
    for (place, param) in candidates(program, body) {
        let known = found.iter().any(|sum| same_place(&sum.place, &place));
        if known || !stays(program, &place, &inside) || !is_only_added_to(program, body, &place) {
            continue;
        }
        let float = float_of(&program.ty_of_place(&place));
        let var = variable(program, &place, float.clone());
        replace(body, &place, var);
        found.push(Sum { var, float, place, param });
    }
    found
}

/// The places that the statements of a body add to, not those of nested blocks.
fn candidates(program: &Program, body: &[Stmt]) -> Vec<(Place, Option<Var>)> {
    let of = |stmt: &Stmt, param: Option<Var>| match stmt {
        Stmt::Update { place, op, .. }
            if is_contribution(program, place, *op) && !place.is_var() =>
        {
            Some((place.clone(), param))
        }
        _ => None,
    };
    let each = body.iter().flat_map(|stmt| match stmt {
        Stmt::WhenActive { param, body } => {
            body.iter().filter_map(|stmt| of(stmt, Some(*param))).collect::<Vec<_>>()
        }
        stmt => of(stmt, None).into_iter().collect(),
    });
    each.collect()
}

/// Whether a place is the same in all iterations of a loop that defines `inside`.
fn stays(program: &Program, place: &Place, inside: &HashSet<Var>) -> bool {
    let fixed = |e: &Expr| {
        let mut fixed = matches!(e, Expr::Place(_) | Expr::Verbatim { .. });
        e.for_each_read(&mut |var| {
            let plain = matches!(program[var].role, Role::Param | Role::Local | Role::Temp);
            fixed &= plain && !program[var].mutable && !inside.contains(&var);
        });
        fixed
    };
    !inside.contains(&place.root)
        && place.proj.iter().all(|proj| match proj {
            Proj::Field(_) | Proj::Deref => true,
            Proj::Index(e) => fixed(e),
            _ => false,
        })
}

/// Whether nothing but such updates touches the variable of a place.
fn is_only_added_to(program: &Program, body: &[Stmt], place: &Place) -> bool {
    let root = program.base(place);
    let mut touched = 0;
    touches::each(body, &mut |touch| {
        touched += match touch {
            Touch::Read(other) | Touch::Write(other) => usize::from(program.base(other) == root),
            Touch::Tokens(var, _) => usize::from(program.base(&Place::var(var)) == root),
        };
    });
    let updates = body.iter().flat_map(|stmt| match stmt {
        Stmt::WhenActive { body, .. } => body.iter().collect::<Vec<_>>(),
        stmt => vec![stmt],
    });
    let same = |stmt: &&Stmt| match stmt {
        Stmt::Update { place: other, op: BinOp::Add | BinOp::Sub, .. } => same_place(other, place),
        _ => false,
    };
    // Each update reads the place and writes it.
    touched == 2 * updates.filter(same).count()
}

fn variable(program: &mut Program, place: &Place, float: Option<String>) -> Var {
    let base = format!("{}_sum", program[place.root].name);
    let taken = |name: &str| program.vars.iter().any(|v| v.name == name);
    let name = (1..)
        .map(|i| if i == 1 { base.clone() } else { format!("{base}_{i}") })
        .find(|name| !taken(name))
        .expect("there is always another number");
    let name = format_ident!("{}", name);
    let (ty, role) = (Ty::Float(float), Role::Local);
    program.vars.push(VarInfo { name, ty, active: false, mutable: true, role });
    Var(program.vars.len() - 1)
}

fn replace(body: &mut [Stmt], place: &Place, var: Var) {
    for stmt in body {
        match stmt {
            Stmt::WhenActive { body, .. } => replace(body, place, var),
            Stmt::Update { place: target, .. } if same_place(target, place) => {
                *target = Place::var(var);
            }
            _ => {}
        }
    }
}
