//! The tangent transform: every statement, with the tangents of what it defines beside it.
//!
//! ```text
//! // Input:                  // Output:
//! let t = x * y;             let t = x * y;
//!                            let t_dot = x_dot * y + x * y_dot;
//! s += t;                    s_dot += t_dot;
//!                            s += t;
//! ```

mod argument;
mod call;
mod change;
mod factors;
mod lanes;
mod second;
mod statement;
mod value;

use crate::ir::{Expr, Place, Program, Proj, Role, Stmt, Ty, Var, VarInfo};
pub use lanes::{push_abreast, push_adjoint_abreast};
use quote::format_ident;
pub use second::{PushedAdjoint, push_adjoint};
use std::collections::{HashMap, HashSet};

/// A program with its tangent.
#[derive(Clone, Debug)]
pub struct Pushed {
    pub program: Program,
    pub stmts: Vec<Stmt>,
    pub result: Option<Expr>,
    pub result_dot: Option<Expr>,
}

struct Tangent {
    program: Program,
    dots: HashMap<Var, Var>,
    open: Vec<Vec<Stmt>>,
    names: HashSet<String>,
    /// Parts whose tangents a call changes by way of variables of their own.
    after: Vec<(Place, Var)>,
    sweep: second::Sweep,
    /// What is known where the tangents are in several directions.
    lanes: Option<lanes::Width>,
    /// The variables that hold tangents.
    tangents: HashSet<Var>,
}

/// Differentiates `program` in the direction of its parameters' tangents.
pub fn push_forward(program: Program) -> Pushed {
    let mut tangent = Tangent::of(program);
    tangent.body()
}

impl Tangent {
    fn of(program: Program) -> Tangent {
        let names = program.vars.iter().map(|v| v.name.to_string()).collect();
        Tangent {
            program,
            dots: HashMap::new(),
            open: Vec::new(),
            names,
            after: Vec::new(),
            sweep: second::Sweep::default(),
            lanes: None,
            tangents: HashSet::new(),
        }
    }

    /// The tangent of the whole program.
    fn body(&mut self) -> Pushed {
        self.parameters();
        let body = std::mem::take(&mut self.program.body);
        self.open.push(Vec::new());
        for stmt in body.stmts {
            self.statement(stmt);
        }
        let result_dot = body.result.as_ref().map(|result| self.result_dot(result));
        let stmts = self.open.pop().expect("it was opened");
        Pushed {
            program: std::mem::take(&mut self.program),
            stmts,
            result: body.result,
            result_dot,
        }
    }

    /// Names the tangents of the parameters.
    fn parameters(&mut self) {
        for var in (0..self.program.vars.len()).map(Var) {
            let info = &self.program[var];
            if matches!(info.role, Role::Param) && info.active {
                self.dot_var(var);
            }
        }
    }

    fn emit(&mut self, mut stmt: Stmt) {
        if self.lanes.is_some() {
            self.gather_factors(&mut stmt);
        }
        self.open.last_mut().expect("a block is open").push(stmt);
    }

    fn variable(&mut self, base: &str, ty: Ty, role: Role, mutable: bool) -> Var {
        let mut name = base.to_owned();
        let mut count = 1;
        while !self.names.insert(name.clone()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        let var = Var(self.program.vars.len());
        let name = format_ident!("{}", name, span = proc_macro2::Span::call_site());
        self.program.vars.push(VarInfo { name, ty, active: true, mutable, role });
        var
    }

    /// The tangent of a variable.
    fn dot_var(&mut self, var: Var) -> Var {
        if let Some(dot) = self.dots.get(&var) {
            return *dot;
        }
        let info = &self.program[var];
        let (base, mutable) = (format!("{}_dot", info.name), info.mutable);
        let ty = match info.ty.deref() {
            Ty::Float(t) => Ty::Float(t.clone()),
            ty => ty.clone(),
        };
        // The tangent of what is kept is kept, and that of a cotangent is used as the cotangent is.
        let role = match &info.role {
            Role::Saved => Role::Saved,
            Role::Bar(of) => Role::Bar(*of),
            Role::Temp if self.is_cotangent(var) => Role::Temp,
            _ => Role::Dot(var),
        };
        let dot = self.variable(&base, ty, role, mutable);
        self.dots.insert(var, dot);
        self.tangents.insert(dot);
        dot
    }

    fn resolve(&self, place: &Place) -> Place {
        let place = self.program.resolve(place);
        match &self.program[place.root].role {
            Role::Binding { place: target } => {
                let mut proj = &place.proj[..];
                if let Some((Proj::Deref, rest)) = proj.split_first() {
                    proj = rest;
                }
                let mut resolved = self.resolve(target);
                resolved.proj.extend(proj.iter().cloned());
                resolved
            }
            _ => place,
        }
    }

    fn is_active(&self, place: &Place) -> bool {
        self.program.is_active(place) && self.program[self.resolve(place).root].active
    }

    fn borrowed_param(&self, place: &Place) -> Option<Var> {
        let root = self.resolve(place).root;
        let info = &self.program[root];
        let scalar = info.ty.is_float() && !matches!(info.ty, Ty::RefMut(_));
        let owned = info.mutable
            && !matches!(info.ty, Ty::Ref(_) | Ty::RefMut(_) | Ty::NdArray { owned: false, .. });
        (matches!(info.role, Role::Param) && !scalar && !owned).then_some(root)
    }

    /// The tangent of a place: the same place of the tangent.
    fn mirror(&mut self, place: &Place) -> Place {
        if self.is_cotangent(place.root) {
            if place.proj.iter().any(|proj| !matches!(proj, Proj::Index(_) | Proj::Element(_))) {
                self.no_lanes();
            }
            return Place { root: self.dot_var(place.root), proj: place.proj.clone() };
        }
        let resolved = self.resolve(place);
        self.require_lanes_of(&resolved);
        let root = resolved.root;
        let dot = self.dot_var(root);
        let borrowed_scalar = matches!(&self.program[root].ty, Ty::RefMut(t) if t.is_float())
            && self.borrowed_param(place).is_some();
        let mut proj: Vec<Proj> = (0..resolved.proj.len())
            .filter(|at| borrowed_scalar || !matches!(resolved.proj[*at], Proj::Deref))
            .map(|at| self.program.mirrored(&resolved, at))
            .collect();
        if borrowed_scalar && proj.is_empty() {
            proj.push(Proj::Deref);
        }
        Place { root: dot, proj }
    }

    fn emit_for(&mut self, place: &Place, stmt: Stmt) {
        match self.borrowed_param(place) {
            Some(param) => {
                let param = self.guard(param);
                self.emit(Stmt::WhenActive { param, body: vec![stmt] })
            }
            None => self.emit(stmt),
        }
    }
}
