//! The tangent transform: every statement, with the tangents of what it defines beside it.
//!
//! ```text
//! // Input:                  // Output:
//! let t = x * y;             let t = x * y;
//!                            let t_dot = x_dot * y + x * y_dot;
//! s += t;                    s_dot += t_dot;
//!                            s += t;
//! ```

mod second;

use crate::ir::{
    Arm, BinOp, Block, CallKind, Expr, MutOp, Place, Program, Proj, Role, Stmt, Swept, Ty, UnOp,
    Var, VarInfo,
};
use crate::rules::Operands;
use quote::{format_ident, quote};
pub use second::{PushedAdjoint, push_adjoint};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

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
}

/// Differentiates `program` in the direction of its parameters' tangents.
pub fn push_forward(program: Program) -> Pushed {
    let names = program.vars.iter().map(|v| v.name.to_string()).collect();
    let mut tangent = Tangent {
        program,
        dots: HashMap::new(),
        open: Vec::new(),
        names,
        after: Vec::new(),
        sweep: second::Sweep::default(),
    };
    tangent.parameters();
    let body = std::mem::take(&mut tangent.program.body);
    tangent.open.push(Vec::new());
    for stmt in body.stmts {
        tangent.statement(stmt);
    }
    let result_dot = body.result.as_ref().map(|result| tangent.result_dot(result));
    let stmts = tangent.open.pop().expect("it was opened");
    Pushed { program: tangent.program, stmts, result: body.result, result_dot }
}

impl Tangent {
    /// Names the tangents of the parameters.
    fn parameters(&mut self) {
        for var in (0..self.program.vars.len()).map(Var) {
            let info = &self.program[var];
            if matches!(info.role, Role::Param) && info.active {
                self.dot_var(var);
            }
        }
    }

    fn emit(&mut self, stmt: Stmt) {
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
            return Place { root: self.dot_var(place.root), proj: place.proj.clone() };
        }
        let resolved = self.resolve(place);
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

    /// The tangent of a value, owned; `None` is zero.
    fn dot(&mut self, value: &Expr) -> Option<Expr> {
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
                let arg = self.arg(a);
                Some(Expr::runtime("neg_jvp", vec![Expr::borrow((**a).clone()), arg]))
            }
            Expr::Binary(op, a, b) if self.is_scalar(value) => self.dot_of_binary(*op, a, b),
            Expr::Binary(op, a, b) => {
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
                    return Some(Expr::Cast(Box::new(dot), ty.clone()));
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
    fn result_dot(&mut self, result: &Expr) -> Expr {
        if let Expr::Place(place) = result
            && self.is_active(place)
            && self.resolve(place).is_var()
            && self.borrowed_param(place).is_none()
        {
            return Expr::Place(self.mirror(place));
        }
        let dot = self.dot_or_zero(result);
        if self.program.ty_of(&dot).is_float() || matches!(dot, Expr::Number(..)) {
            return dot;
        }
        let var = self.variable("result_dot", self.program.ty_of(result), Role::Temp, false);
        self.emit(Stmt::Let { var, ty: None, value: dot });
        Expr::var(var)
    }

    fn dot_or_zero(&mut self, value: &Expr) -> Expr {
        match self.dot(value) {
            Some(dot) => dot,
            None => self.zero_of(value),
        }
    }

    fn zero_of(&self, value: &Expr) -> Expr {
        let ty = self.program.ty_of(value);
        if ty.is_float() {
            return Expr::Number(0.0, crate::rules::float_of(&ty));
        }
        Expr::runtime("zero", vec![Expr::borrow(value.clone())])
    }

    /// Reads the tangent of a place.
    fn read(&mut self, place: &Place) -> Expr {
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

    /// The tangent of an operand as a rule takes it.
    fn arg(&mut self, operand: &Expr) -> Expr {
        match operand {
            Expr::Ref { mutable: true, expr } if self.program.reads_active(expr) => match &**expr {
                Expr::Place(place) => {
                    let mirrored = Expr::Place(self.mirror(place));
                    match self.borrowed_param(place) {
                        Some(param) if self.resolve(place).is_var() => {
                            self.guarded("when", vec![Expr::var(param), Expr::borrow_mut(mirrored)])
                        }
                        _ => Expr::borrow_mut(mirrored),
                    }
                }
                _ => Expr::runtime("Inactive", vec![]),
            },
            Expr::Ref { expr, .. } => self.arg(expr),
            Expr::Closure(closure) => {
                let dot = |e: &Expr| {
                    let arg = self.arg(e);
                    Expr::runtime("tangent", vec![Expr::borrow(e.clone()), arg])
                };
                Expr::borrow(Expr::Tuple(closure.captures.iter().map(dot).collect()))
            }
            Expr::Place(place) if place.is_mutable_view() && self.is_active(place) => {
                let mirrored = self.mirror(place);
                Expr::borrow_mut(Expr::Place(mirrored))
            }
            Expr::Place(place)
                if self.is_active(place)
                    && matches!(self.program.ty_of_place(place), Ty::RefMut(_)) =>
            {
                let root = self.resolve(place);
                let mirrored = Expr::Place(self.mirror(place));
                match self.borrowed_param(place) {
                    Some(param) if root.is_var() => {
                        let dot = self.dot_var(root.root);
                        self.guarded(
                            "when",
                            vec![Expr::var(param), Expr::borrow_mut(Expr::var(dot))],
                        )
                    }
                    _ => Expr::borrow_mut(mirrored),
                }
            }
            Expr::Place(place) if self.is_active(place) => {
                let mirrored = Expr::Place(self.mirror(place));
                match self.borrowed_param(place) {
                    Some(param) if self.resolve(place).is_var() => {
                        let dot = self.dot_var(self.resolve(place).root);
                        self.guarded("when", vec![Expr::var(param), Expr::borrow(Expr::var(dot))])
                    }
                    Some(_) => {
                        let owned = self.read(place);
                        Expr::borrow(owned)
                    }
                    None => Expr::borrow(mirrored),
                }
            }
            operand if self.program.reads_active(operand) => match self.dot(operand) {
                Some(dot) => Expr::borrow(dot),
                None => Expr::runtime("Inactive", vec![]),
            },
            _ => Expr::runtime("Inactive", vec![]),
        }
    }

    fn val(&self, operand: &Expr) -> Expr {
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

    fn dot_of_scalar(
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

    fn statement(&mut self, stmt: Stmt) {
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

    fn emit_for(&mut self, place: &Place, stmt: Stmt) {
        match self.borrowed_param(place) {
            Some(param) => {
                let param = self.guard(param);
                self.emit(Stmt::WhenActive { param, body: vec![stmt] })
            }
            None => self.emit(stmt),
        }
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
                let variant = crate::adjoint::variant_of(path);
                let part = |member: &syn::Member| match &variant {
                    Some(name) => Proj::Variant(name.clone(), member.clone()),
                    None => Proj::Field(member.clone()),
                };
                let fields: Vec<_> = fields.iter().map(|(m, e)| (part(m), e.clone())).collect();
                let start = base.as_ref().map(|b| self.dot_or_zero(b));
                let dots = self.dots_of_parts(&fields, start.is_some());
                self.emit(Stmt::Let { var, ty, value });
                self.build(var, dot, start, dots);
            }
            Expr::Call { path, args, kind: CallKind::Constructor } => {
                let name = crate::adjoint::last_ident(path);
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

    /// A call that gives the value and its tangent together.
    fn joint(&mut self, value: &Expr) -> Option<Expr> {
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

    /// The tangents of operands, with those read before that are parts of one which the call may change.
    fn apart(&mut self, operands: &[Expr], dots: Vec<Expr>) -> Vec<Expr> {
        let changed: Vec<Var> = dots.iter().filter_map(borrowed_mutably).collect();
        let mut apart = Vec::new();
        for (operand, dot) in operands.iter().zip(dots) {
            let overlaps = changed.iter().any(|root| reads(&dot, *root));
            if !overlaps || borrowed_mutably(&dot).is_some() {
                apart.push(dot);
                continue;
            }
            let operand = match operand {
                Expr::Ref { .. } => operand.clone(),
                operand => Expr::borrow(operand.clone()),
            };
            let part = self.read_before(Expr::runtime("tangent", vec![operand, dot]));
            apart.push(Expr::borrow(part));
        }
        apart
    }

    /// The tangents of the arguments of a call. Where several that are changed in place are parts of
    /// one variable, they go by way of variables of their own.
    fn args_in_place(&mut self, args: &[Expr]) -> Vec<Expr> {
        let root = |tangent: &Self, arg: &Expr| match arg {
            Expr::Ref { mutable: true, expr } => expr
                .as_place()
                .filter(|p| tangent.is_active(p))
                .map(|p| (tangent.resolve(p).root, p.clone())),
            _ => None,
        };
        let roots: Vec<_> = args.iter().map(|a| root(self, a)).collect();
        let repeated = |i: usize| {
            roots[i].as_ref().is_some_and(|(r, _)| {
                roots
                    .iter()
                    .enumerate()
                    .any(|(j, o)| i != j && o.as_ref().is_some_and(|(o, _)| o == r))
            })
        };
        let mut dots = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            if !repeated(i) {
                dots.push(self.arg(arg));
                continue;
            }
            let (_, place) = roots[i].clone().expect("it is repeated");
            let ty = self.program.ty_of_place(&place);
            let scratch = self.variable("part_dot", ty, Role::Temp, true);
            let value = self.read(&place);
            self.emit(Stmt::Let { var: scratch, ty: None, value });
            self.after.push((place, scratch));
            dots.push(Expr::borrow_mut(Expr::var(scratch)));
        }
        dots
    }

    /// Puts the tangents of parts back that a call changed by way of variables of their own.
    fn put_back_parts(&mut self) {
        for (place, scratch) in std::mem::take(&mut self.after) {
            let target = self.mirror(&place);
            self.emit_for(&place, Stmt::Assign { place: target, value: Expr::var(scratch) });
        }
    }

    /// The tangent of a receiver, which the method may change where the receiver is mutable.
    fn receiver_arg(&mut self, recv: &Expr) -> Expr {
        let Expr::Place(place) = recv else { return self.arg(recv) };
        let base = &self.program[self.program.base(place)];
        let shared = matches!(self.program[place.root].ty, Ty::Ref(_));
        let mutable = (base.mutable || matches!(base.ty, Ty::RefMut(_))) && !shared;
        let known = matches!(
            self.program.ty_of_place(place).deref(),
            Ty::NdArray { .. } | Ty::Float(_) | Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_)
        );
        if known && self.is_active(place) {
            return self.shared_arg(place);
        }
        if mutable && !known && self.is_active(place) {
            return self.arg(&Expr::borrow_mut(recv.clone()));
        }
        self.arg(recv)
    }

    /// The tangent of a place that is only read, also where it is behind a mutable reference.
    fn shared_arg(&mut self, place: &Place) -> Expr {
        if !matches!(self.program.ty_of_place(place), Ty::RefMut(_)) {
            return self.arg(&Expr::Place(place.clone()));
        }
        let root = self.resolve(place);
        let mirrored = self.mirror(place);
        match self.borrowed_param(place) {
            Some(_) if root.is_var() => self.arg(&Expr::Place(place.clone())),
            Some(_) => Expr::borrow(self.read(place)),
            None => Expr::borrow(Expr::Place(mirrored)),
        }
    }

    fn dots_of_parts(&mut self, parts: &[(Proj, Expr)], all: bool) -> Vec<(Proj, Expr)> {
        let mut dots = Vec::new();
        for (proj, value) in parts {
            match self.dot(value) {
                Some(dot) => {
                    let ty = self.program.ty_of(value);
                    let var = self.variable("part_dot", ty, Role::Temp, false);
                    self.emit(Stmt::Let { var, ty: None, value: dot });
                    dots.push((proj.clone(), Expr::var(var)));
                }
                None if all => {
                    let zero = self.zero_of(value);
                    let ty = self.program.ty_of(value);
                    let var = self.variable("part_dot", ty, Role::Temp, false);
                    self.emit(Stmt::Let { var, ty: None, value: zero });
                    dots.push((proj.clone(), Expr::var(var)));
                }
                None => {}
            }
        }
        dots
    }

    /// A tangent made of parts, the others zero (or those of `start`).
    fn build(&mut self, var: Var, dot: Var, start: Option<Expr>, parts: Vec<(Proj, Expr)>) {
        let start =
            start.unwrap_or_else(|| Expr::runtime("zero", vec![Expr::borrow(Expr::var(var))]));
        self.program[dot].mutable = true;
        self.emit(Stmt::Let { var: dot, ty: None, value: start });
        for (proj, value) in parts {
            let target = Expr::borrow_mut(Expr::Place(Place::var(dot).then(proj)));
            self.emit(Stmt::Do(Expr::runtime("set", vec![target, value])));
        }
    }

    /// `place = value` and `place_dot = value_dot`.
    fn assign_dot(&mut self, place: &Place, value: Expr) {
        let target = self.mirror(place);
        let constant = !self.program.reads_active(&value);
        if constant && !self.program.ty_of_place(place).is_float() {
            // What the place holds now has the type that a literal such as `None` leaves open.
            self.emit(Stmt::Assign { place: place.clone(), value });
            let zero = Expr::runtime("zero", vec![Expr::borrow(Expr::Place(place.clone()))]);
            let stmt = self.set_dot(place, target, zero);
            return self.emit_for(place, stmt);
        }
        let dot = self.dot_or_zero(&value);
        let stmt = self.set_dot(place, target, dot);
        self.emit_for(place, stmt);
        self.emit(Stmt::Assign { place: place.clone(), value });
    }

    /// Another part of a tangent that is about to be borrowed mutably.
    fn read_before(&mut self, value: Expr) -> Expr {
        let var = self.variable("part_dot", Ty::Unknown, Role::Temp, false);
        self.emit(Stmt::Let { var, ty: None, value });
        Expr::var(var)
    }

    /// The tangent of a field that may be constant is set by a rule, of which it then is none.
    fn set_dot(&mut self, place: &Place, target: Place, mut dot: Expr) -> Stmt {
        let field = place.proj.iter().any(|p| matches!(p, Proj::Field(syn::Member::Named(_))));
        if field && self.program.ty_of_place(place) == Ty::Unknown {
            if reads(&dot, target.root) {
                dot = self.read_before(dot);
            }
            let sure = self.is_surely_active(&dot);
            let target = Expr::borrow_mut(Expr::Place(target));
            let target = if sure { Expr::runtime("active_part", vec![target]) } else { target };
            return Stmt::Do(Expr::runtime("set", vec![target, dot]));
        }
        Stmt::Assign { place: target, value: dot }
    }

    /// Whether a tangent is made of one of a scalar, so that it may not be dropped.
    fn is_surely_active(&self, dot: &Expr) -> bool {
        match dot {
            Expr::Place(place) => {
                let is_scalar = |of: Var| {
                    let info = &self.program[of];
                    info.ty.is_float() && info.active && !matches!(info.role, Role::Alias { .. })
                };
                place.is_var()
                    && matches!(self.program[place.root].role, Role::Dot(of) if is_scalar(of))
            }
            dot => dot.children().into_iter().any(|child| self.is_surely_active(child)),
        }
    }

    fn update_dot(&mut self, place: &Place, op: BinOp, value: &Expr) {
        if self.program.ty_of_place(place).is_float() {
            if let Some(dot) = self.dot(value) {
                let target = self.mirror(place);
                self.emit_for(place, Stmt::Update { place: target, op, value: dot });
            }
            return;
        }
        let function = match op {
            BinOp::Add => "add_assign_jvp",
            BinOp::Sub => "sub_assign_jvp",
            BinOp::Mul => "mul_assign_jvp",
            BinOp::Div => "div_assign_jvp",
            BinOp::Rem => "rem_assign_jvp",
        };
        let mut arg = self.arg(value);
        let target = self.mirror(place);
        if reads(&arg, target.root) {
            let operand = Expr::borrow(value.clone());
            arg = Expr::borrow(self.read_before(Expr::runtime("tangent", vec![operand, arg])));
        }
        let sure = self.is_surely_active(&arg);
        let target = match self.borrowed_param(place) {
            Some(param) if self.resolve(place).is_var() => {
                let dot = self.dot_var(param);
                self.guarded("when", vec![Expr::var(param), Expr::borrow_mut(Expr::var(dot))])
            }
            _ if sure && place.proj.iter().any(|p| matches!(p, Proj::Field(_))) => {
                let target = Expr::borrow_mut(Expr::Place(target));
                Expr::runtime("active_part", vec![target])
            }
            _ => Expr::borrow_mut(Expr::Place(target)),
        };
        let call = Expr::runtime(
            function,
            vec![
                Expr::borrow(Expr::Place(place.clone())),
                Expr::borrow(value.clone()),
                target,
                arg,
            ],
        );
        if self.resolve(place).is_var() {
            self.emit(Stmt::Do(call))
        } else {
            self.emit_for(place, Stmt::Do(call))
        }
    }

    fn mutate(&mut self, op: MutOp, dest: Option<Var>, place: Place, args: Vec<Expr>) {
        if self.is_active(&place) {
            let target = self.mirror(&place);
            let dots: Option<Vec<Expr>> = match op {
                MutOp::Push | MutOp::Fill => Some(vec![self.dot_or_zero(&args[0])]),
                MutOp::CopyFrom | MutOp::Extend => Some(vec![self.dot_or_zero(&args[0])]),
                MutOp::Resize => Some(vec![args[0].clone(), self.dot_or_zero(&args[1])]),
                MutOp::SwapPlaces => match &args[0] {
                    Expr::Place(other) => {
                        let other = self.mirror(other);
                        Some(vec![Expr::Place(other)])
                    }
                    _ => None,
                },
                MutOp::Insert => Some(vec![args[0].clone(), self.dot_or_zero(&args[1])]),
                MutOp::SwapElements
                | MutOp::Truncate
                | MutOp::Reverse
                | MutOp::RotateLeft
                | MutOp::RotateRight
                | MutOp::Pop
                | MutOp::Remove => Some(args.clone()),
            };
            let dest_dot = dest.filter(|d| self.program[*d].active).map(|d| self.dot_var(d));
            if let Some(dots) = dots {
                self.emit_for(
                    &place,
                    Stmt::Mutate { op, dest: dest_dot, place: target, args: dots },
                );
            }
        }
        self.emit(Stmt::Mutate { op, dest, place, args });
    }
}

fn plus(a: Option<Expr>, b: Option<Expr>) -> Option<Expr> {
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

fn place_of(value: &Expr) -> Option<Place> {
    match value {
        Expr::Place(place) => Some(place.clone()),
        Expr::Ref { expr, .. } => place_of(expr),
        _ => None,
    }
}

/// The variable of which an argument borrows a part mutably.
fn borrowed_mutably(arg: &Expr) -> Option<Var> {
    match arg {
        Expr::Ref { mutable: true, expr } => expr.as_place().map(|place| place.root),
        Expr::Runtime { args, .. } => args.iter().find_map(borrowed_mutably),
        _ => None,
    }
}

/// Whether a value is read from a variable.
fn reads(value: &Expr, var: Var) -> bool {
    let mut found = false;
    value.for_each_read(&mut |read| found |= read == var);
    found
}
