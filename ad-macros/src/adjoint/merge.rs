//! Contributions to one cotangent are added up before they are added to it.
//!
//! ```text
//! // Input:                                 // Output:
//! if x_active { x_bar[i] -= a; }            if x_active {
//! if x_active { x_bar[j] += b; }                x_bar[i] -= a - 2.0 * c;
//! if x_active { x_bar[i] += c; }                x_bar[j] += b;
//! if x_active { x_bar[i] += c; }            }
//! ```
//!
//! A cotangent in memory is then read and written once. Where the next iteration goes on with the
//! same element, each further addition would lengthen the chain of dependent operations.

use crate::ir::{BinOp, Expr, Place, Program, Proj, Role, Stmt, Var};
use crate::rules::float_of;
use std::collections::HashSet;

/// Merges contributions in a reverse sweep, nested blocks included.
pub fn contributions(program: &Program, stmts: &mut Vec<Stmt>) {
    for stmt in stmts.iter_mut() {
        match stmt {
            Stmt::ReverseLoop { body, .. } | Stmt::ReverseCheckpointed { body, .. } => {
                contributions(program, body)
            }
            Stmt::ReverseIf { then, els, .. } => {
                contributions(program, then);
                contributions(program, els);
            }
            Stmt::ReverseMatch { arms, .. } => {
                arms.iter_mut().for_each(|arm| contributions(program, &mut arm.body));
            }
            _ => {}
        }
    }
    join_guards(stmts);
    for stmt in stmts.iter_mut() {
        if let Stmt::WhenActive { body, .. } = stmt {
            merge_runs(program, body);
        }
    }
    merge_runs(program, stmts);
}

/// Joins neighbours that wait for the same parameter and only update.
fn join_guards(stmts: &mut Vec<Stmt>) {
    let updates = |body: &[Stmt]| body.iter().all(|stmt| matches!(stmt, Stmt::Update { .. }));
    let mut joined: Vec<Stmt> = Vec::new();
    for stmt in stmts.drain(..) {
        match (joined.last_mut(), stmt) {
            (
                Some(Stmt::WhenActive { param: a, body }),
                Stmt::WhenActive { param: b, body: more },
            ) if *a == b && updates(body) && updates(&more) => {
                body.extend(more);
            }
            (_, stmt) => joined.push(stmt),
        }
    }
    *stmts = joined;
}

/// Merges the updates of each sequence of updates that commute.
fn merge_runs(program: &Program, stmts: &mut Vec<Stmt>) {
    let mut merged: Vec<Stmt> = Vec::new();
    let mut run: Vec<(Place, BinOp, Expr)> = Vec::new();
    for stmt in stmts.drain(..) {
        match stmt {
            Stmt::Update { place, op, value } if is_contribution(program, &place, op) => {
                if !commutes(&run, &place, &value) {
                    flush(&mut run, &mut merged);
                }
                add(program, &mut run, place, op, value);
            }
            stmt => {
                flush(&mut run, &mut merged);
                merged.push(stmt);
            }
        }
    }
    flush(&mut run, &mut merged);
    *stmts = merged;
}

fn flush(run: &mut Vec<(Place, BinOp, Expr)>, into: &mut Vec<Stmt>) {
    into.extend(run.drain(..).map(|(place, op, value)| Stmt::Update { place, op, value }));
}

/// Whether an update adds to a cotangent that is a number.
pub fn is_contribution(program: &Program, place: &Place, op: BinOp) -> bool {
    matches!(op, BinOp::Add | BinOp::Sub)
        && matches!(program[place.root].role, Role::Bar(_))
        && program.ty_of_place(place).is_float()
}

/// Whether a further update may move to any position in `run`: nobody reads what another one changes.
fn commutes(run: &[(Place, BinOp, Expr)], place: &Place, value: &Expr) -> bool {
    let reads = |place: &Place, value: &Expr| {
        let mut found: HashSet<Var> = HashSet::new();
        value.for_each_read(&mut |var| {
            found.insert(var);
        });
        for proj in &place.proj {
            match proj {
                Proj::Index(e) | Proj::Element(e) | Proj::Part { index: e, .. } => {
                    e.for_each_read(&mut |var| {
                        found.insert(var);
                    })
                }
                _ => {}
            }
        }
        found
    };
    let own = reads(place, value);
    !own.contains(&place.root)
        && run.iter().all(|(p, _, v)| !own.contains(&p.root) && !reads(p, v).contains(&place.root))
}

fn add(
    program: &Program,
    run: &mut Vec<(Place, BinOp, Expr)>,
    place: Place,
    op: BinOp,
    value: Expr,
) {
    let Some((_, first_op, sum)) = run.iter_mut().find(|(p, ..)| same_place(p, &place)) else {
        run.push((place, op, value));
        return;
    };
    if *first_op == op && same(sum, &value) {
        *sum = Expr::mul(Expr::Number(2.0, float_of(&program.ty_of_place(&place))), value);
    } else if place.is_var() {
        // A local variable lives in a register: nothing is gained, and short statements read better.
        run.push((place, op, value));
    } else {
        let op = if *first_op == op { BinOp::Add } else { BinOp::Sub };
        let (a, b) = (std::mem::replace(sum, Expr::Number(0.0, None)), value);
        *sum = Expr::binary(op, a, b);
    }
}

/// Whether two places are certainly the same.
pub fn same_place(a: &Place, b: &Place) -> bool {
    let same_proj = |(a, b): (&Proj, &Proj)| match (a, b) {
        (Proj::Field(a), Proj::Field(b)) => a == b,
        (Proj::Index(a), Proj::Index(b)) | (Proj::Element(a), Proj::Element(b)) => same(a, b),
        (Proj::Part { value: a, index: i }, Proj::Part { value: b, index: j }) => {
            same_place(a, b) && same(i, j)
        }
        (Proj::Deref, Proj::Deref) => true,
        _ => false,
    };
    a.root == b.root && a.proj.len() == b.proj.len() && a.proj.iter().zip(&b.proj).all(same_proj)
}

/// Whether two expressions certainly have the same value, where nothing changes in between.
pub fn same(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (Expr::Place(a), Expr::Place(b)) => same_place(a, b),
        (Expr::Number(a, _), Expr::Number(b, _)) => a == b,
        (Expr::Unary(f, a), Expr::Unary(g, b)) => f == g && same(a, b),
        (Expr::Binary(f, a, x), Expr::Binary(g, b, y)) => f == g && same(a, b) && same(x, y),
        // Arithmetic of literals and indices; a call could count how often it runs.
        (Expr::Verbatim { tokens: a, .. }, Expr::Verbatim { tokens: b, .. }) => {
            crate::lower::is_repeatable(a) && a.to_string() == b.to_string()
        }
        _ => false,
    }
}
