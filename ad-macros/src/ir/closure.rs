//! Closures that are passed to a function, which is differentiated through them.

use super::{Expr, Program, Var};
use crate::adjoint::Reversed;
use crate::function::Param;
use crate::tangent::Pushed;
use proc_macro2::Ident;
use std::rc::Rc;

/// A closure that captures active values, as an argument. Its body is a program of its own: what it captures are
/// parameters of that, before the argument.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The closure as the user wrote it, for the primal.
    pub plain: Expr,
    /// The active variables that it captures.
    pub captures: Vec<Expr>,
    /// The parameters of its program: all that it captures, and then its argument.
    pub params: Vec<Param>,
    pub program: Rc<Program>,
    /// Its derivatives, where a transform has added them.
    pub swept: Swept,
    /// The variable that takes the cotangents of what it captures, a tuple.
    pub bar: Option<Var>,
}

/// What the argument of a call carries.
#[derive(Clone, Debug)]
pub enum Swept {
    Primal,
    /// With the name of the result's cotangent.
    Reverse(Rc<Reversed>, Ident),
    Forward(Rc<Pushed>),
}

impl Closure {
    /// The values that it captures, as the parts of a tuple.
    pub fn captured(&self) -> Expr {
        Expr::Tuple(self.captures.clone())
    }

    /// Zero cotangents of what it captures.
    pub fn zeros(&self) -> Expr {
        let zero = |e: &Expr| Expr::runtime("zero", vec![Expr::borrow(e.clone())]);
        Expr::Tuple(self.captures.iter().map(zero).collect())
    }

    /// The parameter that is not captured.
    pub fn argument(&self) -> &Param {
        self.params.last().expect("a closure that is a value has an argument")
    }
}

impl Expr {
    /// The closure that this is, or a reference to.
    pub fn as_closure(&self) -> Option<&Closure> {
        match self {
            Expr::Closure(closure) => Some(closure),
            Expr::Ref { mutable: false, expr } => expr.as_closure(),
            _ => None,
        }
    }

    pub fn as_closure_mut(&mut self) -> Option<&mut Closure> {
        match self {
            Expr::Closure(closure) => Some(closure),
            Expr::Ref { mutable: false, expr } => expr.as_closure_mut(),
            _ => None,
        }
    }
}
