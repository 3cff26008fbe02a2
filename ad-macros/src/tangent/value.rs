//! The tangents of values: what is read, arithmetic, and functions of scalars.

use super::Tangent;
use crate::ir::{BinOp, Expr, Place, Proj, Role, Stmt, Ty, UnOp, Var};
use crate::rules::Operands;
use quote::format_ident;
use std::collections::HashSet;

impl Tangent {
    /// The tangent of a value, owned; `None` is zero.
    pub(super) fn dot(&mut self, value: &Expr) -> Option<Expr> {
        if !self.program.reads_active(value) {
            return None;
        }
        if let Some(dot) = self.dot_of_rule(value) {
            return dot;
        }
        match value {
            Expr::Place(place) => Some(self.read(place)),
            Expr::Ref { expr, .. } => self.dot(expr),
            Expr::Unary(UnOp::Neg, a) if self.is_scalar(a) => self.dot(a).map(Expr::neg),
            Expr::Unary(UnOp::Neg, a) => {
                self.require_no_array(a);
                let arg = self.arg(a);
                Some(Expr::runtime("neg_jvp", vec![Expr::borrow((**a).clone()), arg]))
            }
            Expr::Binary(op, a, b) if self.is_scalar(value) => self.dot_of_binary(*op, a, b),
            Expr::Binary(op, a, b) => {
                self.require_no_array(a);
                self.require_no_array(b);
                let function = match op {
                    BinOp::Add => "add_jvp",
                    BinOp::Sub => "sub_jvp",
                    BinOp::Mul => "mul_jvp",
                    BinOp::Div => "div_jvp",
                    BinOp::Rem => "rem_jvp",
                };
                let args = vec![
                    Expr::borrow((**a).clone()),
                    Expr::borrow((**b).clone()),
                    self.arg(a),
                    self.arg(b),
                ];
                Some(Expr::runtime(function, args))
            }
            Expr::Cast(a, ty) => {
                let dot = self.dot(a)?;
                if crate::facts::of_syn_type(ty, &HashSet::new()).is_float()
                    && self.program.ty_of(a).is_float()
                {
                    return Some(self.cast_dot(dot, ty));
                }
                Some(Expr::runtime(
                    "cast_jvp",
                    vec![Expr::borrow((**a).clone()), Expr::borrow(value.clone()), dot],
                ))
            }
            Expr::Method { recv, name, args, .. } => {
                self.dot_of_scalar(value, recv, &name.to_string(), args, None)
            }
            Expr::Tuple(parts) => {
                Some(Expr::Tuple(parts.iter().map(|p| self.dot_or_zero(p)).collect()))
            }
            Expr::Array(parts) => {
                Some(Expr::Array(parts.iter().map(|p| self.dot_or_zero(p)).collect()))
            }
            Expr::VecOf(parts) => {
                Some(Expr::VecOf(parts.iter().map(|p| self.dot_or_zero(p)).collect()))
            }
            Expr::Repeat { value, count, reads, vec } => {
                let value = Box::new(self.dot(value)?);
                Some(Expr::Repeat { value, count: count.clone(), reads: reads.clone(), vec: *vec })
            }
            Expr::Runtime { function: "clone" | "yielded", args } => self.dot(&args[0]),
            Expr::Runtime { function: "unwrap", args } => match &args[0] {
                Expr::Place(place) => {
                    Some(Expr::runtime("unwrap", vec![Expr::Place(self.mirror(place))]))
                }
                _ => unreachable!("a temporary is unwrapped"),
            },
            Expr::Runtime { function: function @ ("shaped" | "arrayed"), args } => {
                let elements = self.dot(&args[0])?;
                Some(Expr::runtime(function, vec![elements, args[1].clone()]))
            }
            Expr::Runtime { function: "boxed", args } => {
                let inner = self.dot(&args[0])?;
                Some(Expr::runtime("boxed", vec![inner]))
            }
            other => unreachable!("it is defined under a name: {other:?}"),
        }
    }

    /// The tangent of a block's result, which is computed before the result is moved.
    pub(super) fn result_dot(&mut self, result: &Expr) -> Expr {
        if let Expr::Place(place) = result
            && self.is_active(place)
            && self.resolve(place).is_var()
            && self.borrowed_param(place).is_none()
        {
            return Expr::Place(self.mirror(place));
        }
        let dot = self.dot_or_zero(result);
        if self.program.ty_of(&dot).is_float() || self.is_zero(&dot) {
            return dot;
        }
        let var = self.variable("result_dot", self.program.ty_of(result), Role::Temp, false);
        self.tangents.insert(var);
        self.emit(Stmt::Let { var, ty: None, value: dot });
        Expr::var(var)
    }

    pub(super) fn dot_or_zero(&mut self, value: &Expr) -> Expr {
        match self.dot(value) {
            Some(dot) => dot,
            None => self.zero_of(value),
        }
    }

    pub(super) fn zero_of(&self, value: &Expr) -> Expr {
        let ty = self.program.ty_of(value);
        if ty.is_float() {
            return self.zero_number(&ty);
        }
        Expr::runtime("zero", vec![self.shape(Expr::borrow(value.clone()))])
    }

    /// Reads the tangent of a place.
    pub(super) fn read(&mut self, place: &Place) -> Expr {
        let mirrored = Expr::Place(self.mirror(place));
        let whole = crate::adjoint::is_whole(&self.resolve(place));
        let float = self.program.ty_of_place(place).is_float()
            || self.program.ty_of_place(&self.resolve(place)).is_float();
        match self.borrowed_param(place) {
            Some(param) if float => self.guarded("read_active", vec![Expr::var(param), mirrored]),
            Some(param) => {
                let arg = if whole {
                    // What is borrowed mutably is shown as a tangent that could be changed.
                    let shown = match self.program[param].ty {
                        Ty::RefMut(_) => Expr::borrow_mut(mirrored),
                        _ => Expr::borrow(mirrored),
                    };
                    self.guarded("when", vec![Expr::var(param), shown])
                } else {
                    return self.guarded(
                        "tangent_active",
                        vec![
                            Expr::var(param),
                            Expr::borrow(Expr::Place(place.clone())),
                            Expr::borrow(mirrored),
                        ],
                    );
                };
                Expr::runtime("tangent", vec![Expr::borrow(Expr::Place(place.clone())), arg])
            }
            None if float => mirrored,
            None => Expr::runtime(
                "tangent",
                vec![Expr::borrow(Expr::Place(place.clone())), Expr::borrow(mirrored)],
            ),
        }
    }

    pub(super) fn val(&self, operand: &Expr) -> Expr {
        match operand {
            Expr::Place(place) if self.program.ty_of_place(place).is_float_ref() => {
                Expr::Place(place.clone().then(Proj::Deref))
            }
            operand => operand.clone(),
        }
    }

    fn dot_of_binary(&mut self, op: BinOp, a: &Expr, b: &Expr) -> Option<Expr> {
        let (a_dot, b_dot) = (self.dot(a), self.dot(b));
        let (va, vb) = (self.val(a), self.val(b));
        let scaled = |dot: Option<Expr>, by: Expr| dot.map(|d| Expr::mul(d, by));
        match op {
            BinOp::Add => plus(a_dot, b_dot),
            BinOp::Sub => minus(a_dot, b_dot),
            BinOp::Mul => plus(scaled(a_dot, vb), scaled(b_dot, va)),
            BinOp::Div => {
                let a_part = a_dot.map(|d| Expr::binary(BinOp::Div, d, vb.clone()));
                let b_part = b_dot
                    .map(|d| Expr::binary(BinOp::Div, Expr::mul(d, va), Expr::mul(vb.clone(), vb)));
                minus(a_part, b_part)
            }
            BinOp::Rem => {
                let quotient = Expr::binary(BinOp::Div, va, vb);
                let whole = Expr::Method {
                    recv: Box::new(quotient),
                    name: format_ident!("trunc"),
                    turbofish: None,
                    args: vec![],
                };
                minus(a_dot, scaled(b_dot, whole))
            }
        }
    }

    pub(super) fn dot_of_scalar(
        &mut self,
        value: &Expr,
        recv: &Expr,
        name: &str,
        args: &[Expr],
        result: Option<Var>,
    ) -> Option<Expr> {
        let rule = crate::rules::scalar(name).expect("other methods are defined under a name");
        let operands: Vec<Expr> = std::iter::once(recv).chain(args).cloned().collect();
        let values: Vec<Expr> = operands.iter().map(|o| self.val(o)).collect();
        let result = result.map_or_else(|| value.clone(), Expr::var);
        let context = Operands {
            args: &values,
            result,
            float: crate::rules::float_of(&self.program.ty_of(recv)),
        };
        let mut sum = None;
        for (i, operand) in operands.iter().enumerate() {
            let Some(partial) = rule.partial(i, &context) else { continue };
            let Some(dot) = self.dot(operand) else { continue };
            let term = match partial {
                Expr::Binary(BinOp::Div, one, by) if matches!(*one, Expr::Number(n, _) if n == 1.0) => {
                    Expr::Binary(BinOp::Div, Box::new(dot.clone()), by)
                }
                Expr::Unary(UnOp::Neg, inner) => Expr::neg(Expr::mul(dot.clone(), *inner)),
                partial => Expr::mul(dot.clone(), partial),
            };
            let term = if rule.infinite {
                Expr::ZeroGuard { scalar: Box::new(dot), value: Box::new(term) }
            } else {
                term
            };
            sum = plus(sum, Some(term));
        }
        sum
    }
}

pub(super) fn plus(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(Expr::Unary(UnOp::Neg, b))) => {
            Some(Expr::Binary(BinOp::Sub, Box::new(a), b))
        }
        (Some(a), Some(b)) => Some(Expr::binary(BinOp::Add, a, b)),
        (a, b) => a.or(b),
    }
}

fn minus(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
    match (a, b) {
        (Some(a), Some(b)) => Some(Expr::binary(BinOp::Sub, a, b)),
        (Some(a), None) => Some(a),
        (None, b) => b.map(Expr::neg),
    }
}
