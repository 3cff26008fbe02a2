//! Statements and blocks, and what they define.

use super::Tangent;
use crate::ir::{Arm, Block, CallKind, Expr, Place, Proj, Role, Stmt, Ty, Var};
use quote::quote;

impl Tangent {
    pub(super) fn statement(&mut self, stmt: Stmt) {
        match stmt {
            Stmt::Let { var, ty, value } => self.definition(var, ty, value),
            Stmt::Destructure { pat, value, vars } => {
                let place = place_of(&value);
                let parts = vars.clone();
                self.emit(Stmt::Destructure { pat, value, vars });
                if let Some(place) = place {
                    self.parts(&place, &parts);
                }
            }
            Stmt::Assign { place, value } => {
                if self.is_active(&place) {
                    self.assign_dot(&place, value);
                    return;
                }
                self.emit(Stmt::Assign { place, value });
            }
            Stmt::Update { place, op, value } => {
                if self.is_active(&place) {
                    self.update_dot(&place, op, &value);
                }
                self.emit(Stmt::Update { place, op, value });
            }
            Stmt::Mutate { op, dest, place, args } => self.mutate(op, dest, place, args),
            Stmt::If { id, dest, cond, then, els } => {
                let pair = self.pair(dest);
                let then = self.block(then, dest);
                let els = self.block(els, dest);
                self.emit(Stmt::If { id, dest: pair.or(dest), cond, then, els });
                self.unpair(dest, pair);
            }
            Stmt::Match { id, dest, scrutinee, arms } => {
                let pair = self.pair(dest);
                let place = place_of(&scrutinee);
                let arms = arms
                    .into_iter()
                    .map(|arm| {
                        self.open.push(Vec::new());
                        if let Some(place) = &place {
                            self.parts(place, &arm.bindings);
                        }
                        let body = self.block_inside(arm.body, dest);
                        Arm { body, ..arm }
                    })
                    .collect();
                self.emit(Stmt::Match { id, dest: pair.or(dest), scrutinee, arms });
                self.unpair(dest, pair);
            }
            Stmt::Loop { id, kind, body } => {
                let body = self.block(body, None);
                self.emit(Stmt::Loop { id, kind, body });
            }
            Stmt::Effect { tokens, reads, writes } => {
                if crate::adjoint::declares(&tokens) {
                    for var in &writes {
                        if self.program[*var].active {
                            let dot = self.dot_var(*var);
                            let name = self.program[dot].name.clone();
                            self.emit(Stmt::Effect {
                                tokens: quote!(let mut #name;),
                                reads: vec![],
                                writes: vec![dot],
                            });
                        }
                    }
                }
                self.emit(Stmt::Effect { tokens, reads, writes });
            }
            stmt => self.emit(stmt),
        }
    }

    /// The tangents of parts that a pattern copies.
    fn parts(&mut self, place: &Place, vars: &[(Var, Vec<Proj>)]) {
        for (var, proj) in vars {
            if matches!(self.program[*var].role, Role::Binding { .. }) || !self.program[*var].active
            {
                continue;
            }
            let mut part = place.clone();
            part.proj.extend(proj.iter().cloned());
            if !self.is_active(&part) {
                continue;
            }
            let float = self.program[*var].ty.is_float();
            let mirrored = Expr::Place(self.mirror(&part));
            // The part may have moved into the variable: that has its shape.
            let value = match self.borrowed_param(&part) {
                Some(param) if float => {
                    self.guarded("read_active", vec![Expr::var(param), mirrored])
                }
                Some(param) => {
                    let primal = Expr::borrow(Expr::var(*var));
                    // The tangent of all of a parameter is a reference already.
                    let dot = match mirrored {
                        Expr::Place(whole) if whole.is_var() => {
                            Expr::Place(whole.then(Proj::Deref))
                        }
                        part => part,
                    };
                    let dot = Expr::borrow(dot);
                    self.guarded("tangent_active", vec![Expr::var(param), primal, dot])
                }
                None if float => mirrored,
                None => Expr::runtime("clone", vec![Expr::borrow(mirrored)]),
            };
            let dot = self.dot_var(*var);
            self.emit(Stmt::Let { var: dot, ty: None, value });
        }
    }

    fn block(&mut self, block: Block, dest: Option<Var>) -> Block {
        self.open.push(Vec::new());
        self.block_inside(block, dest)
    }

    fn block_inside(&mut self, block: Block, dest: Option<Var>) -> Block {
        for stmt in block.stmts {
            self.statement(stmt);
        }
        let paired = dest.is_some_and(|d| self.program[d].active);
        let result = match block.result {
            Some(Expr::Verbatim { tokens, .. }) if crate::lower::never_returns(&tokens) => {
                Some(Expr::lit(tokens))
            }
            Some(result) if paired => {
                let result = self.named_result(result);
                let dot = self.result_dot(&result);
                Some(Expr::Tuple(vec![result, dot]))
            }
            result => result,
        };
        Block { stmts: self.open.pop().expect("it was opened"), result }
    }

    fn pair(&mut self, dest: Option<Var>) -> Option<Var> {
        let dest = dest?;
        let name = format!("{}_pair", self.program[dest].name);
        self.program[dest].active.then(|| self.variable(&name, Ty::Unknown, Role::Temp, false))
    }

    fn unpair(&mut self, dest: Option<Var>, pair: Option<Var>) {
        let (Some(dest), Some(pair)) = (dest, pair) else { return };
        let dot = self.dot_var(dest);
        let (a, b) = (self.program[dest].name.clone(), self.program[dot].name.clone());
        let pat = syn::parse_quote!((#a, #b));
        self.emit(Stmt::Destructure {
            pat,
            value: Expr::var(pair),
            vars: vec![(dest, vec![]), (dot, vec![])],
        });
    }

    /// A result that is read twice: for its value and for the shape of its tangent.
    fn named_result(&mut self, result: Expr) -> Expr {
        let atom = matches!(result, Expr::Place(_) | Expr::Number(..))
            || self.program.ty_of(&result).is_float();
        if atom {
            return result;
        }
        let (ty, active) = (self.program.ty_of(&result), self.program.reads_active(&result));
        let var = self.variable("result", ty, Role::Temp, false);
        self.program[var].active = active;
        self.definition(var, None, result);
        Expr::var(var)
    }

    fn definition(&mut self, var: Var, ty: Option<syn::Type>, value: Expr) {
        let active =
            self.program[var].active && !matches!(self.program[var].role, Role::Alias { .. });
        if !active {
            return self.emit(Stmt::Let { var, ty, value });
        }
        let dot = self.dot_var(var);
        if matches!(self.program[var].role, Role::Saved) {
            let tangent = self.kept_dot(&value);
            self.emit(Stmt::Let { var: dot, ty: None, value: tangent });
            return self.emit(Stmt::Let { var, ty, value });
        }
        if let Some(call) = self.joint(&value) {
            let (a, b) = (self.program[var].name.clone(), self.program[dot].name.clone());
            let mutability = self.program[var].mutable.then(|| quote!(mut));
            let pat = syn::parse_quote!((#mutability #a, #mutability #b));
            self.emit(Stmt::Destructure {
                pat,
                value: call,
                vars: vec![(var, vec![]), (dot, vec![])],
            });
            return self.put_back_parts();
        }
        match &value {
            Expr::Struct { path, fields, base } => {
                self.no_lanes();
                let variant = crate::adjoint::variant_of(path);
                let part = |member: &syn::Member| match &variant {
                    Some(name) => Proj::Variant(name.clone(), member.clone()),
                    None => Proj::Field(member.clone()),
                };
                let fields: Vec<_> = fields.iter().map(|(m, e)| (part(m), e.clone())).collect();
                // The literal moves the base, so its tangent comes before.
                let start = base.as_ref().map(|base| {
                    let start = self.dot_or_zero(base);
                    let rest = self.variable("rest_dot", Ty::Unknown, Role::Temp, false);
                    self.emit(Stmt::Let { var: rest, ty: None, value: start });
                    Expr::var(rest)
                });
                let dots = self.dots_of_parts(&fields, start.is_some());
                self.emit(Stmt::Let { var, ty, value });
                self.build(var, dot, start, dots);
            }
            Expr::Call { path, args, kind: CallKind::Constructor } => {
                let name = crate::adjoint::last_ident(path);
                self.require_lanes_of_variant(&name);
                let parts: Vec<_> = args
                    .iter()
                    .enumerate()
                    .map(|(i, e)| (Proj::Variant(name.clone(), i.into()), e.clone()))
                    .collect();
                let dots = self.dots_of_parts(&parts, false);
                self.emit(Stmt::Let { var, ty, value });
                self.build(var, dot, None, dots);
            }
            Expr::Method { recv, name, args, .. } => {
                self.emit(Stmt::Let { var, ty, value: value.clone() });
                let tangent = self.dot_of_scalar(&value, recv, &name.to_string(), args, Some(var));
                let tangent = tangent.unwrap_or_else(|| self.zero_of(&Expr::var(var)));
                self.emit(Stmt::Let { var: dot, ty: None, value: tangent });
            }
            value => match self.dot(value) {
                Some(tangent) => {
                    self.emit(Stmt::Let { var: dot, ty: None, value: tangent });
                    self.emit(Stmt::Let { var, ty, value: value.clone() });
                }
                None => {
                    self.emit(Stmt::Let { var, ty, value: value.clone() });
                    let zero = self.zero_of(&Expr::var(var));
                    self.emit(Stmt::Let { var: dot, ty: None, value: zero });
                }
            },
        }
    }
}

fn place_of(value: &Expr) -> Option<Place> {
    match value {
        Expr::Place(place) => Some(place.clone()),
        Expr::Ref { expr, .. } => place_of(expr),
        _ => None,
    }
}
