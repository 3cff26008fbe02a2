//! What the runtime does to cotangents: linear in them, or a rule that also takes the tangents of operands.

use crate::adjoint::{self, again_of};
use crate::ir::{CallKind, Expr};
use crate::tangent::Tangent;
use quote::{format_ident, quote};

/// Functions of the runtime that are linear in the cotangents they take, and read shapes of the rest.
pub(super) const LINEAR: &[&str] = &[
    "zero",
    "pending",
    "finish",
    "clone",
    "total",
    "take",
    "take_active",
    "replace",
    "replace_active",
    "read_active",
    "read_part",
    "take_part",
    "wrapped",
    "unshaped",
    "listed",
    "returned_nothing",
    "take_returned",
    "unboxed",
    "pop",
    "remove_at",
    "cast_adjoint",
    "fill_adjoint",
    "copy_adjoint",
    "extend_adjoint",
    "truncate_adjoint",
    "resize_adjoint",
    "when",
    "part_where",
    "part_mut",
    "Inactive",
];

/// The tangents of the rules of the runtime, with the number of their operands and whether they take the
/// cotangent of a result.
fn rule(function: &str) -> Option<(&'static str, usize, bool)> {
    Some(match function {
        "add_adjoint" | "add_outline_adjoint" => ("add_adjoint_jvp", 2, true),
        "sub_adjoint" | "sub_outline_adjoint" => ("sub_adjoint_jvp", 2, true),
        "mul_adjoint" => ("mul_adjoint_jvp", 2, true),
        "div_adjoint" => ("div_adjoint_jvp", 2, true),
        "rem_adjoint" => ("rem_adjoint_jvp", 2, true),
        "neg_adjoint" => ("neg_adjoint_jvp", 1, true),
        "add_assign_adjoint" => ("add_assign_adjoint_jvp", 2, false),
        "sub_assign_adjoint" => ("sub_assign_adjoint_jvp", 2, false),
        "mul_assign_adjoint" => ("mul_assign_adjoint_jvp", 2, false),
        "div_assign_adjoint" => ("div_assign_adjoint_jvp", 2, false),
        _ => return None,
    })
}

impl Tangent {
    /// The tangent of a cotangent, which is never left out: zero where the value is constant.
    pub(super) fn cotangent_dot(&mut self, value: &Expr) -> Expr {
        match value {
            Expr::Runtime { function, .. } if LINEAR.contains(function) => self.linear(value),
            value => self.dot_or_zero(value),
        }
    }

    /// What is linear in cotangents, of their tangents.
    pub(super) fn linear(&mut self, e: &Expr) -> Expr {
        match e {
            Expr::Place(place) if self.is_cotangent(place.root) => Expr::Place(self.mirror(place)),
            Expr::Ref { mutable, expr } => {
                Expr::Ref { mutable: *mutable, expr: Box::new(self.linear(expr)) }
            }
            Expr::Runtime { function, args } if LINEAR.contains(function) => {
                let mut args: Vec<Expr> = args.iter().map(|a| self.linear(a)).collect();
                self.linear_abreast(function, &mut args);
                Expr::Runtime { function, args }
            }
            e if self.reads_cotangent(e) => self.dot_or_zero(e),
            e => e.clone(),
        }
    }

    pub(super) fn reads_cotangent(&self, e: &Expr) -> bool {
        let mut found = false;
        e.for_each_read(&mut |var| found |= self.is_cotangent(var));
        found
    }

    /// The tangent of a rule, which adds to cotangents and to their tangents together.
    pub(super) fn joint_adjoint(&mut self, call: &Expr) -> Option<Expr> {
        match call {
            Expr::Runtime { function, args } => {
                let (function, count, has_bar) = rule(function)?;
                self.no_lanes();
                let operands = &args[..count];
                let dots: Vec<Expr> = operands.iter().map(|o| self.arg(o)).collect();
                let rest = self.with_tangents(&args[count..], has_bar);
                let args = operands.iter().cloned().chain(dots).chain(rest).collect();
                Some(Expr::runtime(function, args))
            }
            Expr::Method { recv, name, turbofish, args }
                if name.to_string().starts_with("__") && name.to_string().ends_with("_adjoint") =>
            {
                self.no_lanes();
                let count = (args.len() - 2) / 2;
                let operands = &args[..count];
                let recv_dot = self.receiver_arg(recv);
                let dots = std::iter::once(recv_dot).chain(self.args_in_place(operands)).collect();
                let all: Vec<Expr> =
                    std::iter::once((**recv).clone()).chain(operands.iter().cloned()).collect();
                let dots = self.apart(&all, dots);
                let rest = self.with_tangents(&args[count..], true);
                let args = operands.iter().cloned().chain(dots).chain(rest).collect();
                let name = format_ident!("{}_jvp", name, span = name.span());
                Some(Expr::Method { recv: recv.clone(), name, turbofish: turbofish.clone(), args })
            }
            Expr::Call { path, args, .. }
                if adjoint::last_ident(path).to_string().ends_with("adjoint") =>
            {
                let count = (args.len() - 1) / 2;
                let operands = &args[..count];
                let plain: Vec<Expr> = operands.iter().map(again_of).collect();
                let dots = self.args_in_place(&plain);
                let rest = self.with_tangents(&args[count..], true);
                let abreast = self.adjoint_abreast(path, args);
                let width =
                    abreast.is_some().then(|| Expr::lit(quote!(::ad_runtime::rt::Width::<__L>)));
                let args = operands.iter().cloned().chain(width).chain(dots).chain(rest).collect();
                let path = abreast.unwrap_or_else(|| adjoint::with_suffix(path, "jvp"));
                Some(Expr::Call { path, args, kind: CallKind::Function })
            }
            _ => None,
        }
    }

    /// The cotangent of the result (where there is one) and the slots, each with its tangent.
    fn with_tangents(&mut self, rest: &[Expr], has_bar: bool) -> Vec<Expr> {
        let (bar, slots) = rest.split_at(usize::from(has_bar));
        let mut all: Vec<Expr> = bar.to_vec();
        all.extend(bar.iter().map(|b| self.cotangent_dot(b)).collect::<Vec<_>>());
        all.extend(slots.iter().cloned());
        all.extend(slots.iter().map(|s| self.linear(s)).collect::<Vec<_>>());
        all
    }
}
