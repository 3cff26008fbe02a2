//! The tangents of the forms that only rules and the adjoint make: slopes with conventions at kinks.

use super::calls::LINEAR;
use crate::ir::{BinOp, Expr, Place, UnOp, Var};
use crate::tangent::Tangent;
use crate::tangent::value::plus;

impl Tangent {
    /// The tangents of forms that only rules and the adjoint make.
    pub(in crate::tangent) fn dot_of_rule(&mut self, value: &Expr) -> Option<Option<Expr>> {
        Some(match value {
            Expr::Place(place) if self.is_cotangent(place.root) => {
                Some(Expr::Place(self.mirror(place)))
            }
            Expr::Compare(..) => None,
            Expr::Select { cond, then, els } => {
                let (a, b) = (self.dot(then), self.dot(els));
                if a.is_none() && b.is_none() {
                    return Some(None);
                }
                let zero = || self.zero_number(&self.program.ty_of(value));
                Some(Expr::Select {
                    cond: cond.clone(),
                    then: Box::new(a.unwrap_or_else(zero)),
                    els: Box::new(b.unwrap_or_else(zero)),
                })
            }
            Expr::ZeroGuard { scalar, value } => self.dot_of_guarded(scalar, value),
            Expr::Runtime { function, args } => match *function {
                "slope_powi" => self.slope_dot("slope_powi_dot", args, 1),
                "slope_powf" => self.slope_dot("slope_powf_dot", args, 2),
                "slope_powf_exponent" => self.slope_dot("slope_powf_exponent_dot", args, 3),
                "log_base" => {
                    self.dot(&args[1]).map(|d| Expr::binary(BinOp::Div, d, self.val(&args[1])))
                }
                "pick_max" | "pick_min" => None,
                "zero" if self.sweep.reverse => Some(self.linear(value)),
                function if LINEAR.contains(&function) && self.reads_cotangent(value) => {
                    Some(self.linear(value))
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    fn slope_dot(&mut self, function: &'static str, args: &[Expr], active: usize) -> Option<Expr> {
        let dots: Vec<Option<Expr>> = args[..active].iter().map(|a| self.dot(a)).collect();
        if dots.iter().all(Option::is_none) {
            return None;
        }
        let float = crate::rules::float_of(&self.program.ty_of(&args[0]));
        if self.lanes.is_some() {
            return self.slope_abreast(function, args, dots);
        }
        let dots = dots.into_iter().map(|d| d.unwrap_or(Expr::Number(0.0, float.clone())));
        Some(Expr::runtime(function, args.iter().cloned().chain(dots).collect()))
    }

    /// The tangents of a slope in several directions: they are linear in those of its operands.
    fn slope_abreast(
        &mut self,
        function: &'static str,
        args: &[Expr],
        dots: Vec<Option<Expr>>,
    ) -> Option<Expr> {
        let float = crate::rules::float_of(&self.program.ty_of(&args[0]));
        let count = dots.len();
        dots.into_iter().enumerate().filter_map(|(i, dot)| Some((i, dot?))).fold(
            None,
            |sum, (i, dot)| {
                let unit = (0..count).map(|k| Expr::Number(f64::from(k == i), float.clone()));
                let partial = Expr::runtime(function, args.iter().cloned().chain(unit).collect());
                let term = Expr::mul(dot.clone(), partial);
                let term = Expr::ZeroGuard { scalar: Box::new(dot), value: Box::new(term) };
                plus(sum, Some(term))
            },
        )
    }

    /// `if bar == 0 { 0 } else { value }`, where `value` is linear in `bar`: each term of the tangent
    /// is zero where its own factor is.
    fn dot_of_guarded(&mut self, bar: &Expr, value: &Expr) -> Option<Expr> {
        let bar_dot = self.dot(bar);
        let first = bar_dot.map(|dot| Expr::ZeroGuard {
            scalar: Box::new(dot.clone()),
            value: Box::new(replaced(value, bar, &dot)),
        });
        let Some(frozen) = root(bar) else {
            return plus(first, self.dot(value));
        };
        let active = std::mem::replace(&mut self.program[frozen].active, false);
        let operand = self.only_operand(value);
        let second = self.dot(value);
        let dot = operand.and_then(|place| self.dot(&Expr::Place(place)));
        self.program[frozen].active = active;
        let second = second.map(|term| {
            let term = match dot {
                Some(dot) => Expr::ZeroGuard { scalar: Box::new(dot), value: Box::new(term) },
                None => term,
            };
            Expr::ZeroGuard { scalar: Box::new(bar.clone()), value: Box::new(term) }
        });
        plus(first, second)
    }

    /// The active place that an expression reads, where it is one.
    fn only_operand(&self, e: &Expr) -> Option<Place> {
        fn places<'a>(e: &'a Expr, found: &mut Vec<&'a Place>) {
            match e {
                Expr::Place(place) => found.push(place),
                e => e.children().into_iter().for_each(|c| places(c, found)),
            }
        }
        let mut found = Vec::new();
        places(e, &mut found);
        let mut active: Vec<&Place> = found.into_iter().filter(|p| self.is_active(p)).collect();
        active.dedup_by(|a, b| a.is_var() && b.is_var() && a.root == b.root);
        match active[..] {
            [place] if self.program.ty_of_place(place).is_float() => Some(place.clone()),
            _ => None,
        }
    }
}

fn root(e: &Expr) -> Option<Var> {
    match e {
        Expr::Place(place) if place.is_var() => Some(place.root),
        Expr::Unary(UnOp::Neg, a) => root(a),
        _ => None,
    }
}

/// `e` with `by` in place of the variable (or its negative) `what`.
fn replaced(e: &Expr, what: &Expr, by: &Expr) -> Expr {
    if let (Some(a), Some(b)) = (root(e), root(what))
        && a == b
    {
        let negative = |e: &Expr| matches!(e, Expr::Unary(..));
        return if negative(e) == negative(what) { by.clone() } else { Expr::neg(by.clone()) };
    }
    let mut changed = e.clone();
    for child in changed.children_mut() {
        *child = replaced(child, what, by);
    }
    changed
}
