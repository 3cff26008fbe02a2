//! The two halves of nesting statements, found by their number.

use crate::ir::Stmt;

/// Calls `f` with the forward and the reverse half of each block inside of `stmt`, whose reverse half stands in
/// `reverse` unless both are one fused statement. Whether any call returned `true`.
pub fn inside(
    stmt: &mut Stmt,
    reverse: &mut [Stmt],
    f: &mut dyn FnMut(&mut Vec<Stmt>, &mut Vec<Stmt>) -> bool,
) -> bool {
    match stmt {
        Stmt::Fused { forward, reverse, .. } => f(forward, reverse),
        Stmt::FusedIf { then, els, .. } => {
            let found = f(&mut then.forward, &mut then.reverse);
            f(&mut els.forward, &mut els.reverse) || found
        }
        Stmt::Loop { id, body, .. } => {
            let half = reverse.iter_mut().find_map(|stmt| match stmt {
                Stmt::ReverseLoop { id: other, body, .. } if other == id => Some(body),
                _ => None,
            });
            half.is_some_and(|half| f(&mut body.stmts, half))
        }
        Stmt::If { id, then, els, .. } => {
            let half = reverse.iter_mut().find_map(|stmt| match stmt {
                Stmt::ReverseIf { id: other, then, els, .. } if other == id => Some((then, els)),
                _ => None,
            });
            half.is_some_and(|(then_half, els_half)| {
                let found = f(&mut then.stmts, then_half);
                f(&mut els.stmts, els_half) || found
            })
        }
        Stmt::Match { id, arms, .. } => {
            let half = reverse.iter_mut().find_map(|stmt| match stmt {
                Stmt::ReverseMatch { id: other, arms, .. } if other == id => Some(arms),
                _ => None,
            });
            half.is_some_and(|halves| {
                let pairs = arms.iter_mut().zip(halves);
                pairs.fold(false, |found, (arm, half)| {
                    f(&mut arm.body.stmts, &mut half.body) || found
                })
            })
        }
        _ => false,
    }
}
