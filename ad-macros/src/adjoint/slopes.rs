//! Calls of functions of numbers: their slopes are computed together with their value.
//!
//! ```text
//! // The callee runs again:                  // Its slopes are kept:
//! let y = f(a, x);                           let (mut a_slope, mut x_slope) = (0.0, 0.0);
//!                                            let y = f::__adjoint(a, x, 1.0, &mut a_slope, &mut x_slope);
//! // reverse:                                // reverse:
//! f::__adjoint(a, x, y_bar, ..);             a_bar += y_bar * a_slope;
//!                                            x_bar += y_bar * x_slope;
//! ```
//!
//! This is preaccumulation (Griewank and Walther 2008, section 10.2): where the result is one number, the adjoint for
//! the cotangent 1 is the gradient, and the callee runs once rather than twice.

use super::pullback::{again_of, is_rule_of_runtime, sibling};
use super::{Adjoint, plan};
use crate::ir::{CallKind, Expr, Place, Role, Stmt, Ty, Var};

impl Adjoint {
    /// Reverses `let var = value` by the slopes of the function that is called, where they are numbers: emits
    /// the reverse sweep, and returns the forward sweep.
    pub(super) fn by_slopes(
        &mut self,
        var: Var,
        ty: Option<syn::Type>,
        value: &Expr,
        bar: &Expr,
    ) -> Option<Vec<Stmt>> {
        let Expr::Call { path, args, kind } = value else { return None };
        let scalar = |ty: Ty| match ty {
            Ty::Float(float) => Some(float),
            _ => None,
        };
        let float = scalar(self.program[var].ty.clone())?;
        let adjoint = sibling(path, kind, "adjoint");
        if self.plain || *kind == CallKind::Constructor || is_rule_of_runtime(&adjoint) {
            return None;
        }
        let mut written = Vec::new();
        plan::written_by_call(&self.program, value, &mut written);
        let numbers = args.iter().all(|arg| {
            !self.program.reads_active(arg) || scalar(self.program.ty_of(arg)).is_some()
        });
        if !numbers || !written.is_empty() || args.iter().any(|arg| arg.as_closure().is_some()) {
            return None;
        }
        let one = || Expr::Number(1.0, float.clone());
        let zero = || Expr::Number(0.0, float.clone());
        let mut forward = Vec::new();
        let mut slots = Vec::new();
        let mut slopes = Vec::new();
        for arg in args {
            if !self.program.reads_active(arg) {
                slots.push(Expr::runtime("Inactive", vec![]));
                continue;
            }
            let name = match arg {
                Expr::Place(place) => format!("{}_slope", self.place_name(place)),
                _ => "slope".to_owned(),
            };
            let slope = self.variable(&name, Ty::Float(float.clone()), Role::Local, true);
            self.program[slope].active = false;
            self.levels.insert(slope, self.level());
            forward.push(Stmt::Let { var: slope, ty: None, value: zero() });
            slots.push(Expr::borrow_mut(Expr::var(slope)));
            slopes.push((arg, slope));
        }
        let args = args.iter().map(again_of).chain([one()]).chain(slots).collect();
        let value = Expr::Call { path: adjoint, args, kind: CallKind::Function };
        forward.push(Stmt::Let { var, ty, value });
        let bar = self.simple(bar.clone());
        for (arg, slope) in slopes {
            let product = Expr::mul(bar.clone(), Expr::Place(Place::var(slope)));
            let value = Expr::ZeroGuard { scalar: Box::new(bar.clone()), value: Box::new(product) };
            self.pullback(arg, value, None);
        }
        Some(forward)
    }
}
