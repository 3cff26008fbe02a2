//! Closures as arguments: the callee adds to a tuple of the cotangents of what they capture.

use super::Adjoint;
use crate::ir::{Expr, Swept};
use std::rc::Rc;

impl Adjoint {
    /// The operands, where closures have their adjoint and a variable for the cotangents of what they capture.
    pub(super) fn reversed_closures(&mut self, operands: &[Expr]) -> Vec<Expr> {
        let mut operands = operands.to_vec();
        for operand in &mut operands {
            let Some(closure) = operand.as_closure_mut() else { continue };
            let Expr::Place(bar) = self.bound(closure.zeros(), "captures_bar") else {
                unreachable!("a name is a place")
            };
            closure.bar = Some(bar.root);
            let mut program = (*closure.program).clone();
            let ty = program.body.result.as_ref().map(|e| program.ty_of(e));
            let out_bar = super::seed(&mut program, ty.unwrap_or(crate::ir::Ty::Unknown));
            let name = program[out_bar].name.clone();
            let reversed = super::reverse(program, out_bar);
            if cfg!(debug_assertions) {
                let defects = crate::validate::reversed(&reversed, &[out_bar]);
                crate::validate::require("in the adjoint of a closure", &defects);
            }
            closure.swept = Swept::Reverse(Rc::new(reversed), name);
        }
        operands
    }

    /// Adds the cotangents that a call has left for what its closures capture.
    pub(super) fn pull_back_captures(&mut self, operands: &[Expr]) {
        for closure in operands.iter().filter_map(Expr::as_closure) {
            let bar = closure.bar.expect("the closure was reversed");
            self.pullback(&closure.captured(), Expr::var(bar), None);
        }
    }
}
