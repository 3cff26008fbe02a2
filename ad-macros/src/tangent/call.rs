//! Calls, which give a value and its tangent together.

use super::{Tangent, push_forward};
use crate::ir::{CallKind, Expr, Swept, Ty};
use quote::format_ident;
use std::rc::Rc;

impl Tangent {
    /// A call that gives the value and its tangent together.
    pub(super) fn joint(&mut self, value: &Expr) -> Option<Expr> {
        if self.lanes.is_some() {
            return self.joint_abreast(value);
        }
        match value {
            Expr::Call { path, args, kind }
                if *kind != CallKind::Constructor && self.program.reads_active(value) =>
            {
                let path = crate::adjoint::sibling(path, kind, "jvp");
                let args = &pushed_closures(args);
                let dots = self.args_in_place(args);
                let dots = self.apart(args, dots);
                let args = args.iter().cloned().chain(dots).collect();
                Some(Expr::Call { path, args, kind: CallKind::Function })
            }
            Expr::Method { recv, name, args, .. } => {
                let scalar = self.program.ty_of(recv).is_float()
                    && crate::rules::scalar(&name.to_string()).is_some();
                if scalar || !self.program.reads_active(value) {
                    return None;
                }
                let object = *self.program.ty_of(recv).deref() == Ty::Object;
                let suffix = if object { "jvp_dyn" } else { "jvp" };
                let jvp = format_ident!("__{}_{}", name, suffix, span = name.span());
                let recv_dot = self.receiver_arg(recv);
                let args = &pushed_closures(args);
                let dots: Vec<Expr> = std::iter::once(recv_dot)
                    .chain(args.iter().map(|a| self.arg(a)).collect::<Vec<_>>())
                    .collect();
                let operands: Vec<Expr> =
                    std::iter::once((**recv).clone()).chain(args.iter().cloned()).collect();
                let dots = self.apart(&operands, dots);
                let dots = if object { crate::adjoint::as_objects(dots) } else { dots };
                let args = args.iter().cloned().chain(dots).collect();
                Some(Expr::Method { recv: recv.clone(), name: jvp, turbofish: None, args })
            }
            _ => None,
        }
    }
}

/// The arguments, where closures have their tangent.
fn pushed_closures(args: &[Expr]) -> Vec<Expr> {
    let mut args = args.to_vec();
    for closure in args.iter_mut().filter_map(Expr::as_closure_mut) {
        let pushed = push_forward((*closure.program).clone());
        if cfg!(debug_assertions) {
            let defects = crate::validate::pushed(&pushed);
            crate::validate::require("in the tangent of a closure", &defects);
        }
        closure.swept = Swept::Forward(Rc::new(pushed));
    }
    args
}
