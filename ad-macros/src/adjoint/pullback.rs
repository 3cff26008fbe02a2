//! The pullback of each operation: a rule of calculus is applied in exactly this place.

use super::Adjoint;
use crate::ir::{BinOp, CallKind, Expr, Place, Proj, Stmt, Ty, UnOp, Var};
use crate::rules::Operands;
use quote::{format_ident, quote};
use syn::Member;

/// Builds the call of a rule from its operands, the cotangent of the result and the slots.
type Building<'a> = dyn FnMut(&[Expr], Expr, Vec<Expr>) -> Expr + 'a;

impl Adjoint {
    /// The pullback of `value`, whose result has the cotangent `bar` and, where it has one, the name `result`.
    pub(super) fn pullback(&mut self, value: &Expr, bar: Expr, result: Option<Var>) {
        if !self.program.reads_active(value) {
            return;
        }
        match value {
            Expr::Place(place) => self.accumulate(place, bar),
            Expr::Ref { expr, .. } => self.pullback(expr, bar, None),
            Expr::Unary(UnOp::Neg, a) if self.program.ty_of(a).is_float() => {
                self.pullback(a, Expr::neg(bar), None)
            }
            Expr::Unary(UnOp::Neg, a) => {
                let slot = self.slot(a);
                self.emit(Stmt::Do(Expr::runtime(
                    "neg_adjoint",
                    vec![Expr::borrow((**a).clone()), bar, slot],
                )));
            }
            Expr::Binary(op, a, b) => self.binary(*op, a, b, bar, self.program.ty_of(value)),
            Expr::Method { recv, name, args, .. } => {
                let float = self.program.ty_of(recv).is_float();
                if float && crate::rules::scalar(&name.to_string()).is_some() {
                    self.scalar(recv, &name.to_string(), args, bar, result, value);
                } else {
                    self.method(recv, name, args, bar);
                }
            }
            Expr::Call { path, args, kind } => match kind {
                CallKind::Constructor => self.constructor(path, args, bar),
                _ => self.call(path, args, kind, bar),
            },
            Expr::Tuple(parts) => {
                let bar = self.place_of(bar, "tuple_bar");
                for (i, part) in parts.iter().enumerate() {
                    self.part(part, bar.clone().then(Proj::Field(i.into())));
                }
            }
            Expr::Array(parts) | Expr::VecOf(parts) => {
                let bar = self.place_of(bar, "array_bar");
                for (i, part) in parts.iter().enumerate() {
                    let index = syn::Index::from(i);
                    self.part(part, bar.clone().then(Proj::Index(Expr::lit(quote!(#index)))));
                }
            }
            Expr::Repeat { value, .. } => {
                let total = Expr::runtime("total", vec![Expr::borrow((**value).clone()), bar]);
                self.pullback(value, total, None);
            }
            Expr::Struct { path, fields, base } => {
                self.literal(variant_of(path).as_ref(), fields, base.as_deref(), bar)
            }
            Expr::Cast(inner, _) => {
                let inner_bar =
                    Expr::runtime("cast_adjoint", vec![Expr::borrow((**inner).clone()), bar]);
                let inner_bar = self.typed_bar(inner, inner_bar);
                self.pullback(inner, inner_bar, None);
            }
            Expr::Runtime { function: "clone" | "yielded", args } => {
                self.pullback(&args[0], bar, None)
            }
            Expr::Runtime { function: "unwrap", args } => {
                let whole = Expr::runtime("wrapped", vec![bar]);
                self.pullback(&args[0], whole, None);
            }
            Expr::Runtime { function: "shaped", args } => {
                let elements = Expr::runtime("unshaped", vec![bar]);
                self.pullback(&args[0], elements, None);
            }
            Expr::Runtime { function: "arrayed", args } => {
                let elements = Expr::runtime("listed", vec![bar]);
                self.pullback(&args[0], elements, None);
            }
            Expr::Runtime { function: "boxed", args } => {
                let inner = Expr::runtime("unboxed", vec![bar]);
                self.pullback(&args[0], inner, None);
            }
            other => unreachable!("not a value of a primal program: {other:?}"),
        }
    }

    fn typed_bar(&mut self, of: &Expr, bar: Expr) -> Expr {
        if matches!(of, Expr::Place(_)) { bar } else { self.simple(bar) }
    }

    /// The value of an operand, evaluated again; a scalar behind a reference is read.
    pub(super) fn val(&self, operand: &Expr) -> Expr {
        match operand {
            Expr::Place(place) if self.program.ty_of_place(place).is_float_ref() => {
                Expr::Place(place.clone().then(Proj::Deref))
            }
            operand => operand.clone(),
        }
    }

    /// A cotangent that can be read several times.
    pub(super) fn simple(&mut self, bar: Expr) -> Expr {
        match &bar {
            Expr::Place(place) if place.is_var() => bar,
            Expr::Number(..) => bar,
            Expr::Unary(UnOp::Neg, inner) if matches!(&**inner, Expr::Place(p) if p.is_var()) => {
                bar
            }
            _ => self.bound(bar, "t_bar"),
        }
    }

    fn place_of(&mut self, bar: Expr, name: &str) -> Place {
        match bar {
            Expr::Place(place) if place.is_var() => place,
            bar => match self.bound(bar, name) {
                Expr::Place(place) => place,
                _ => unreachable!("a name is a place"),
            },
        }
    }

    /// A part of a tuple, array or struct, whose cotangent is the same part.
    fn part(&mut self, part: &Expr, bar: Place) {
        if !self.program.reads_active(part) {
            return;
        }
        let value = if self.program.ty_of(part).is_float() {
            Expr::Place(bar)
        } else {
            Expr::runtime("clone", vec![Expr::borrow(Expr::Place(bar))])
        };
        self.pullback(part, value, None);
    }

    fn binary(&mut self, op: BinOp, a: &Expr, b: &Expr, bar: Expr, ty: Ty) {
        if !ty.is_float() {
            let array = |e: &Expr| matches!(self.program.ty_of(e).deref(), Ty::NdArray { .. });
            let arrays = array(a) && array(b);
            let function = match op {
                BinOp::Add if arrays => "add_outline_adjoint",
                BinOp::Sub if arrays => "sub_outline_adjoint",
                BinOp::Add => "add_adjoint",
                BinOp::Sub => "sub_adjoint",
                BinOp::Mul => "mul_adjoint",
                BinOp::Div => "div_adjoint",
                BinOp::Rem => "rem_adjoint",
            };
            return self.rule(&[a.clone(), b.clone()], bar, &mut |operands, bar, slots| {
                let mut args: Vec<Expr> =
                    operands.iter().map(|o| Expr::borrow(o.clone())).collect();
                args.push(bar);
                args.extend(slots);
                Expr::runtime(function, args)
            });
        }
        let both = self.program.reads_active(a) && self.program.reads_active(b);
        let compound =
            |e: &Expr| !matches!(e, Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..));
        let bar = if both || compound(a) || compound(b) { self.simple(bar) } else { bar };
        let (va, vb) = (self.val(a), self.val(b));
        match op {
            BinOp::Add => {
                self.pullback(a, bar.clone(), None);
                self.pullback(b, bar, None);
            }
            BinOp::Sub => {
                self.pullback(a, bar.clone(), None);
                self.pullback(b, Expr::neg(bar), None);
            }
            BinOp::Mul => {
                self.pullback(a, Expr::mul(bar.clone(), vb), None);
                self.pullback(b, Expr::mul(bar, va), None);
            }
            BinOp::Div => {
                self.pullback(a, Expr::binary(BinOp::Div, bar.clone(), vb.clone()), None);
                if self.program.reads_active(b) {
                    let square = Expr::mul(vb.clone(), vb);
                    let slope = Expr::binary(BinOp::Div, Expr::mul(bar, va), square);
                    self.pullback(b, Expr::neg(slope), None);
                }
            }
            BinOp::Rem => {
                self.pullback(a, bar.clone(), None);
                if self.program.reads_active(b) {
                    let quotient = Expr::binary(BinOp::Div, va, vb);
                    let whole = Expr::Method {
                        recv: Box::new(quotient),
                        name: format_ident!("trunc"),
                        turbofish: None,
                        args: vec![],
                    };
                    self.pullback(b, Expr::neg(Expr::mul(bar, whole)), None);
                }
            }
        }
    }

    fn scalar(
        &mut self,
        recv: &Expr,
        name: &str,
        args: &[Expr],
        bar: Expr,
        result: Option<Var>,
        value: &Expr,
    ) {
        let rule = crate::rules::scalar(name).expect("the caller looked it up");
        let operands: Vec<Expr> = std::iter::once(recv).chain(args).cloned().collect();
        let active = operands.iter().filter(|o| self.program.reads_active(o)).count();
        let bar = if active > 1 || rule.infinite { self.simple(bar) } else { bar };
        let values: Vec<Expr> = operands.iter().map(|o| self.val(o)).collect();
        let value_of_result = match result {
            Some(var) => Expr::var(var),
            None => {
                let mut recomputed = value.clone();
                if let Expr::Method { recv, args, .. } = &mut recomputed {
                    **recv = values[0].clone();
                    args.clone_from_slice(&values[1..]);
                }
                recomputed
            }
        };
        let context = Operands {
            args: &values,
            result: value_of_result,
            float: crate::rules::float_of(&self.program.ty_of(recv)),
        };
        for (i, operand) in operands.iter().enumerate() {
            if !self.program.reads_active(operand) {
                continue;
            }
            let Some(partial) = rule.partial(i, &context) else { continue };
            let contribution = match partial {
                Expr::Unary(UnOp::Neg, inner) => Expr::neg(Expr::mul(bar.clone(), *inner)),
                Expr::Binary(BinOp::Div, one, by) if matches!(*one, Expr::Number(n, _) if n == 1.0) => {
                    Expr::Binary(BinOp::Div, Box::new(bar.clone()), by)
                }
                partial => Expr::mul(bar.clone(), partial),
            };
            let contribution = if rule.infinite {
                Expr::ZeroGuard { scalar: Box::new(bar.clone()), value: Box::new(contribution) }
            } else {
                contribution
            };
            self.pullback(operand, contribution, None);
        }
    }

    /// Applies a rule of the runtime to operands. Slots that would borrow one cotangent twice, or
    /// that exist only where a parameter is active, go in calls of their own.
    pub(super) fn rule(&mut self, operands: &[Expr], bar: Expr, build: &mut Building) {
        let roots: Vec<Option<Var>> = operands.iter().map(|o| self.slot_root(o)).collect();
        let active: Vec<usize> = (0..operands.len()).filter(|&i| roots[i].is_some()).collect();
        let repeated = active
            .iter()
            .enumerate()
            .any(|(n, &i)| active[..n].iter().any(|&j| roots[i] == roots[j]));
        let guarded = active.iter().any(|&i| self.is_guarded_part(&operands[i]));
        let joint = |o: &Expr| self.is_changed_in_place(o) || o.as_closure().is_some();
        if (repeated || guarded) && operands.iter().any(joint) {
            return self.rule_in_place(operands, bar, build);
        }
        let inactive = || Expr::runtime("Inactive", vec![]);
        if !repeated && !guarded {
            let slots = operands.iter().map(|o| self.slot_mut_for(o)).collect();
            let call = build(operands, bar, slots);
            self.emit(Stmt::Do(call));
            return;
        }
        let bar = match bar {
            bar @ Expr::Place(_) if active.len() == 1 => bar,
            bar => self.simple_owned(bar),
        };
        let last = active.last().copied();
        for &i in &active {
            let slots = (0..operands.len())
                .map(|j| if i == j { self.slot_mut_for(&operands[j]) } else { inactive() })
                .collect();
            let value = if Some(i) == last {
                bar.clone()
            } else {
                Expr::runtime("clone", vec![Expr::borrow(bar.clone())])
            };
            let call = Stmt::Do(build(operands, value, slots));
            match &operands[i] {
                operand if self.is_guarded_part(operand) => {
                    let param = roots[i].expect("it is active");
                    self.emit(Stmt::WhenActive { param, body: vec![call] });
                }
                _ => self.emit(call),
            }
        }
    }

    fn is_changed_in_place(&self, operand: &Expr) -> bool {
        match operand {
            Expr::Ref { mutable: true, expr } => self.program.reads_active(expr),
            Expr::Place(place) => {
                matches!(self.program.ty_of_place(place), Ty::RefMut(_))
                    && self.is_active_place(place)
            }
            _ => false,
        }
    }

    /// A call that changes arguments in place turns all cotangents over at once, so it cannot be
    /// split. Parts of a cotangent that is borrowed already, or that exists only where a parameter
    /// is active, go by way of variables of their own.
    fn rule_in_place(&mut self, operands: &[Expr], bar: Expr, build: &mut Building) {
        let roots: Vec<Option<Var>> = operands.iter().map(|o| self.slot_root(o)).collect();
        let mut slots = Vec::new();
        let mut back = Vec::new();
        for (i, operand) in operands.iter().enumerate() {
            let repeated = roots[i].is_some()
                && roots.iter().enumerate().any(|(j, r)| i != j && *r == roots[i]);
            if roots[i].is_none() || !(repeated || self.is_guarded_part(operand)) {
                slots.push(self.slot_mut_for(operand));
                continue;
            }
            let place = match operand {
                Expr::Ref { expr, .. } => {
                    expr.as_place().expect("an active borrow is of a place").clone()
                }
                Expr::Place(place) => place.clone(),
                _ => unreachable!("a slot belongs to a place"),
            };
            let primal = Expr::borrow(Expr::Place(place.clone()));
            let value = if self.is_changed_in_place(operand) {
                let slot = self.slot(operand);
                match self.guard_of(&place) {
                    Some(param) => {
                        Expr::runtime("take_active", vec![Expr::var(param), primal, slot])
                    }
                    None => Expr::runtime("take", vec![primal, slot]),
                }
            } else {
                Expr::runtime("zero", vec![primal])
            };
            let scratch = self.bound(value, "part_bar");
            slots.push(Expr::borrow_mut(scratch.clone()));
            back.push((operand.clone(), place, scratch));
        }
        let call = build(operands, bar, slots);
        self.emit(Stmt::Do(call));
        for (operand, place, scratch) in back {
            let slot = self.slot(&operand);
            self.emit_for(&place, Stmt::Do(Expr::runtime("add", vec![slot, scratch])));
        }
    }

    fn simple_owned(&mut self, bar: Expr) -> Expr {
        match &bar {
            Expr::Place(place) if place.is_var() => bar,
            _ => self.bound(bar, "t_bar"),
        }
    }

    fn slot_mut_for(&mut self, operand: &Expr) -> Expr {
        self.slot(operand)
    }

    fn method(&mut self, recv: &Expr, name: &syn::Ident, args: &[Expr], bar: Expr) {
        let object = *self.program.ty_of(recv).deref() == Ty::Object;
        let suffix = if object { "adjoint_dyn" } else { "adjoint" };
        let adjoint = format_ident!("__{}_{}", name, suffix, span = name.span());
        let array = matches!(self.program.ty_of(recv).deref(), Ty::NdArray { .. });
        if array && name == "dot" && args.len() == 1 && self.is_same_variable(recv, &args[0]) {
            let slot = self.slot(recv);
            let adjoint = format_ident!("__dot_square_adjoint", span = name.span());
            let call = Expr::Method {
                recv: Box::new(recv.clone()),
                name: adjoint,
                turbofish: None,
                args: vec![bar, slot],
            };
            return self.emit(Stmt::Do(call));
        }
        let operands: Vec<Expr> = std::iter::once(recv).chain(args).cloned().collect();
        // Inherent methods of arrays win over those of any trait, so the rule is the runtime's, which can
        // do with a cotangent that has no shape yet.
        if !(array && is_inherent_of_arrays(name)) {
            self.start_arguments(&operands);
        }
        let operands = self.reversed_closures(&operands);
        self.rule(&operands, bar, &mut |operands, bar, slots| {
            let slots = if object { as_objects(slots) } else { slots };
            let args = operands[1..].iter().cloned().chain([bar]).chain(slots).collect();
            Expr::Method {
                recv: Box::new(operands[0].clone()),
                name: adjoint.clone(),
                turbofish: None,
                args,
            }
        });
        self.pull_back_captures(&operands);
    }

    /// Whether both operands are one variable that has a cotangent, borrowed or not.
    fn is_same_variable(&self, a: &Expr, b: &Expr) -> bool {
        let whole = |e: &Expr| {
            let place = match e {
                Expr::Ref { expr, .. } => expr.as_place()?,
                e => e.as_place()?,
            };
            let resolved = self.resolve(place);
            (resolved.is_var() && self.is_active_place(place)).then_some(resolved.root)
        };
        whole(a).is_some() && whole(a) == whole(b)
    }

    fn call(&mut self, path: &proc_macro2::TokenStream, args: &[Expr], kind: &CallKind, bar: Expr) {
        let path = sibling(path, kind, "adjoint");
        self.start_arguments(args);
        let args = self.reversed_closures(args);
        self.rule(&args, bar, &mut |operands, bar, slots| {
            let args = operands.iter().map(again).chain([bar]).chain(slots).collect();
            Expr::Call { path: path.clone(), args, kind: CallKind::Function }
        });
        self.pull_back_captures(&args);
    }

    /// A user's function adds to parts of cotangents, so these must have their shape.
    fn start_arguments(&mut self, operands: &[Expr]) {
        for operand in operands {
            if let Some(root) = self.slot_root(operand) {
                self.start(root);
            }
        }
    }

    fn constructor(&mut self, path: &proc_macro2::TokenStream, args: &[Expr], bar: Expr) {
        let name = last_ident(path);
        let bar = self.place_of(bar, "variant_bar");
        for (i, arg) in args.iter().enumerate() {
            let member: Member = i.into();
            self.part(arg, bar.clone().then(Proj::Variant(name.clone(), member)));
        }
    }

    fn literal(
        &mut self,
        variant: Option<&syn::Ident>,
        fields: &[(Member, Expr)],
        base: Option<&Expr>,
        bar: Expr,
    ) {
        let part = |member: &Member| match variant {
            Some(name) => Proj::Variant(name.clone(), member.clone()),
            None => Proj::Field(member.clone()),
        };
        let mut bar = self.place_of(bar, "struct_bar");
        if base.is_some() {
            // The base has the fields that are not named.
            let owned = self.variable("rest_bar", Ty::Unknown, crate::ir::Role::Temp, true);
            self.levels.insert(owned, self.level());
            self.emit(Stmt::Let {
                var: owned,
                ty: None,
                value: Expr::runtime("clone", vec![Expr::borrow(Expr::Place(bar.clone()))]),
            });
            bar = Place::var(owned);
        }
        for (member, value) in fields {
            let field = bar.clone().then(part(member));
            if base.is_some() {
                let taken = Expr::runtime(
                    "take_part",
                    vec![Expr::borrow(value.clone()), Expr::borrow_mut(Expr::Place(field))],
                );
                let taken = self.bound(taken, "field_bar");
                self.pullback(value, taken, None);
            } else if self.program.reads_active(value) {
                let read = Expr::runtime(
                    "read_part",
                    vec![Expr::borrow(value.clone()), Expr::borrow(Expr::Place(field))],
                );
                let read = if self.program.ty_of(value).is_float() {
                    Expr::Place(bar.clone().then(part(member)))
                } else {
                    read
                };
                self.pullback(value, read, None);
            }
        }
        if let Some(base) = base {
            self.pullback(base, Expr::Place(bar), None);
        }
    }
}

/// An argument that is passed a second time.
pub fn again(arg: &Expr) -> Expr {
    match arg {
        Expr::Place(_) => Expr::runtime("again", vec![arg.clone()]),
        arg => arg.clone(),
    }
}

/// The argument that is passed a second time.
pub fn again_of(arg: &Expr) -> Expr {
    match arg {
        Expr::Runtime { function: "again", args } => args[0].clone(),
        arg => arg.clone(),
    }
}

/// The path of a sibling, whose name goes on with a suffix.
pub fn with_suffix(path: &proc_macro2::TokenStream, suffix: &str) -> proc_macro2::TokenStream {
    let Ok(mut parsed) = syn::parse2::<syn::ExprPath>(path.clone()) else { return path.clone() };
    if let Some(last) = parsed.path.segments.last_mut() {
        last.ident = format_ident!("{}_{}", last.ident, suffix, span = last.ident.span());
    }
    quote!(#parsed)
}

/// The path of a hidden sibling of a function.
pub fn sibling(
    path: &proc_macro2::TokenStream,
    kind: &CallKind,
    suffix: &str,
) -> proc_macro2::TokenStream {
    let mut parsed: syn::ExprPath = match syn::parse2(path.clone()) {
        Ok(parsed) => parsed,
        Err(_) => return path.clone(),
    };
    if is_of_ndarray(&parsed.path) {
        let name = last_ident(path);
        let method = format_ident!("__{}", suffix);
        return quote!(::ad_runtime::rules::ndarray::functions::#name::#method);
    }
    let last = parsed.path.segments.last_mut().expect("a path has segments");
    match kind {
        CallKind::Associated => {
            last.ident = format_ident!("__{}_{}", last.ident, suffix, span = last.ident.span());
            quote!(#parsed)
        }
        _ => {
            let arguments = std::mem::replace(&mut last.arguments, syn::PathArguments::None);
            let method = format_ident!("__{}", suffix, span = last.ident.span());
            match arguments {
                syn::PathArguments::None => quote!(#parsed::#method),
                arguments => quote!(#parsed::#method #arguments),
            }
        }
    }
}

/// Whether arrays of ndarray have the method themselves, with a rule that takes any slot.
fn is_inherent_of_arrays(name: &syn::Ident) -> bool {
    let known = [
        "dot",
        "sum",
        "mean",
        "sum_axis",
        "mean_axis",
        "exp",
        "ln",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "tanh",
        "abs",
        "powi",
        "powf",
        "pow2",
        "recip",
    ];
    known.iter().any(|known| name == known)
}

/// Whether a path is one that lowering gave to a free function of ndarray.
fn is_of_ndarray(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter();
    let starts = segments.next().is_some_and(|s| s.ident == "ad_runtime")
        && segments.next().is_some_and(|s| s.ident == "ndarray");
    let name = path.segments.last().map(|s| s.ident.to_string());
    starts
        && name.is_some_and(|name| {
            ["stack", "concatenate", "kron", "general_mat_mul", "general_mat_vec_mul"]
                .contains(&name.as_str())
        })
}

/// Whether the path of an adjoint is that of a rule of the runtime, which returns no value.
pub fn is_rule_of_runtime(path: &proc_macro2::TokenStream) -> bool {
    path.to_string().starts_with(":: ad_runtime")
}

/// A path without its last segment.
pub fn without_last(path: &proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    let Ok(mut parsed) = syn::parse2::<syn::ExprPath>(path.clone()) else { return path.clone() };
    parsed.path.segments.pop();
    parsed.path.segments.pop_punct();
    quote!(#parsed)
}

pub fn last_ident(path: &proc_macro2::TokenStream) -> syn::Ident {
    match syn::parse2::<syn::ExprPath>(path.clone()) {
        Ok(syn::ExprPath { path, .. }) => {
            path.segments.last().expect("a path has segments").ident.clone()
        }
        Err(_) => format_ident!("__unknown"),
    }
}

/// The variant that the path of a struct literal names: its last segment, where an enum's name stands before it.
pub fn variant_of(path: &proc_macro2::TokenStream) -> Option<syn::Ident> {
    let path: syn::Path = syn::parse2(path.clone()).ok()?;
    let mut segments = path.segments.iter().rev();
    let (last, owner) = (segments.next()?, segments.next()?);
    owner.ident.to_string().starts_with(|c: char| c.is_uppercase()).then(|| last.ident.clone())
}

/// The slots or tangents of a method of a trait object, whose receiver has none.
pub fn as_objects(slots: Vec<Expr>) -> Vec<Expr> {
    slots.into_iter().skip(1).map(|s| Expr::runtime("object", vec![Expr::borrow_mut(s)])).collect()
}
