//! Products of tangents in several directions and numbers: the numbers are multiplied first.
//!
//! ```text
//! // Input:                       // Output:
//! -(x_dot * a) * b / c            x_dot * (-a * b / c)
//! x_dot * a + x_dot * b           x_dot * (a + b)
//! ```
//!
//! An operation on a tangent is one for each direction, one on numbers is one for all.

use super::Tangent;
use crate::adjoint::same;
use crate::ir::{BinOp, Expr, Stmt, UnOp};

impl Tangent {
    /// Gathers the numbers by which tangents are multiplied.
    pub(super) fn gather_factors(&self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Let { value, .. } | Stmt::Assign { value, .. } | Stmt::Update { value, .. } => {
                let whole = std::mem::replace(value, Expr::Tuple(Vec::new()));
                *value = self.gathered(whole);
            }
            Stmt::WhenActive { body, .. } => {
                body.iter_mut().for_each(|stmt| self.gather_factors(stmt));
            }
            _ => {}
        }
    }

    fn gathered(&self, mut e: Expr) -> Expr {
        if !self.is_lanes(&e) {
            return e;
        }
        for child in e.children_mut() {
            let whole = std::mem::replace(child, Expr::Tuple(Vec::new()));
            *child = self.gathered(whole);
        }
        match e {
            Expr::Binary(BinOp::Mul, a, b) => match (self.is_lanes(&a), self.is_lanes(&b)) {
                (true, false) => times(*a, *b),
                (false, true) => times(*b, *a),
                _ => Expr::Binary(BinOp::Mul, a, b),
            },
            Expr::Binary(BinOp::Div, a, b) => match *a {
                Expr::Binary(BinOp::Mul, dot, by) => {
                    Expr::mul(*dot, Expr::Binary(BinOp::Div, by, b))
                }
                a => Expr::Binary(BinOp::Div, Box::new(a), b),
            },
            Expr::Unary(UnOp::Neg, a) => match *a {
                Expr::Binary(BinOp::Mul, dot, by) => Expr::mul(*dot, Expr::neg(*by)),
                a => Expr::neg(a),
            },
            Expr::Binary(op @ (BinOp::Add | BinOp::Sub), a, b) => match (*a, *b) {
                (Expr::Binary(BinOp::Mul, x, by), Expr::Binary(BinOp::Mul, y, with))
                    if same_tangent(&x, &y) =>
                {
                    Expr::mul(*x, Expr::Binary(op, by, with))
                }
                (a, b) => Expr::binary(op, a, b),
            },
            e => e,
        }
    }

    /// Whether an expression is a tangent of a number in several directions, and not one of its factors.
    fn is_lanes(&self, e: &Expr) -> bool {
        let mut found = false;
        e.for_each_read(&mut |var| found |= self.tangents.contains(&var));
        found
    }
}

/// Whether two expressions read the same tangent.
fn same_tangent(a: &Expr, b: &Expr) -> bool {
    match (a, b) {
        (
            Expr::Runtime { function: f @ ("read_active" | "read_given"), args: a },
            Expr::Runtime { function: g, args: b },
        ) => f == g && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => same(a, b),
    }
}

/// A tangent, multiplied by a number.
fn times(dot: Expr, by: Expr) -> Expr {
    match dot {
        Expr::Binary(BinOp::Mul, dot, first) => Expr::mul(*dot, Expr::mul(*first, by)),
        Expr::Binary(BinOp::Div, dot, below) => {
            Expr::mul(*dot, Expr::Binary(BinOp::Div, Box::new(by), below))
        }
        Expr::Unary(UnOp::Neg, dot) => times(*dot, Expr::neg(by)),
        Expr::Binary(op @ (BinOp::Add | BinOp::Sub), a, b)
            if [&a, &b].iter().all(|e| matches!(***e, Expr::Binary(BinOp::Mul, ..))) =>
        {
            Expr::binary(op, times(*a, by.clone()), times(*b, by))
        }
        dot => Expr::mul(dot, by),
    }
}
