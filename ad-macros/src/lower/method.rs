//! Method calls.

use super::Lower;
use crate::ir::{Expr, MutOp, Place, Proj, Stmt, Ty};
use quote::{ToTokens, format_ident};
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// The value of a method call on, or with, active values.
    pub(super) fn method(&mut self, call: &syn::ExprMethodCall) -> Expr {
        let dropped = std::mem::take(&mut self.dropping);
        let name = call.method.to_string();
        if self.is_view(call) && self.is_place(&call.receiver) {
            let whole = SynExpr::MethodCall(call.clone());
            return Expr::Place(self.place(&whole));
        }
        if let Some(view) = self.view_of_value(call) {
            return view;
        }
        if let Some(value) = self.consumer(call, None) {
            return value;
        }
        let recv_ty = self.facts.infer(&call.receiver);
        if recv_ty.is_float()
            && let Some(value) = self.scalar_method(call, &name)
        {
            return value;
        }
        if name == "pop"
            && call.args.is_empty()
            && self.is_place(&call.receiver)
            && !matches!(recv_ty.deref(), Ty::NdArray { .. })
        {
            let place = self.place(&call.receiver);
            self.refuse_borrowed_growth(&place, &call.method);
            let ty = Ty::Option(Box::new(self.program.ty_of_place(&place).element()));
            let dest = self.temp("popped", ty, true, false);
            self.push(Stmt::Mutate { op: MutOp::Pop, dest: Some(dest), place, args: vec![] });
            return Expr::var(dest);
        }
        if matches!(name.as_str(), "take" | "replace")
            && matches!(recv_ty.deref(), Ty::Option(_))
            && self.is_place(&call.receiver)
        {
            return self.option_taken(call);
        }
        if name == "to_owned" && matches!(recv_ty.deref(), Ty::Slice(_)) {
            let method = format_ident!("to_vec", span = call.method.span());
            return self.method(&syn::ExprMethodCall { method, ..call.clone() });
        }
        if let Some(value) = self.rearranged(call) {
            return value;
        }
        if let Some(value) = self.fallible_method(call, &name, &recv_ty) {
            return value;
        }
        if let Some(value) = self.option_method(call, &name, &recv_ty) {
            return value;
        }
        if let Some(value) = self.container_method(call, &name, &recv_ty) {
            return value;
        }
        if name == "map"
            && let Some(f) = call.args.first()
            && self.is_array_like(&call.receiver, &recv_ty)
        {
            return self.array_map(&call.receiver, f);
        }
        if ["iter", "iter_mut", "into_iter", "next", "peekable", "peek"].contains(&name.as_str()) {
            self.errors.at(
                &call.method,
                "an iterator over active values that is stored or advanced by hand cannot be differentiated: use a `for` loop, or a chain that ends in a consumer",
            );
            return self.verbatim(&SynExpr::MethodCall(call.clone()));
        }
        if let Some(value) = self.array_method(call, &name, &recv_ty) {
            return value;
        }
        if takes_closures(&name) && call.args.iter().any(|a| matches!(a, SynExpr::Closure(_))) {
            self.errors.at(
                &call.method,
                format!("`{name}` with a closure has no derivative here: write it as a loop, or as a chain that starts from `.iter()` of a slice, `Vec` or array"),
            );
            return self.verbatim(&SynExpr::MethodCall(call.clone()));
        }
        let recv = self.receiver(&call.receiver);
        let args: Vec<Expr> = call
            .args
            .iter()
            .map(|a| {
                let arg = self.argument(a);
                self.before_change(&recv, dropped || !crate::facts::reads_only(&call.method), arg)
            })
            .collect();
        if name == "into_dimensionality" && args.is_empty() {
            // The derivatives name the dimension by an argument, as they have more type parameters.
            let dim =
                call.turbofish.as_ref().map_or(quote::quote!(_), |t| t.args.to_token_stream());
            let dim = self
                .verbatim_tokens(quote::quote!(::core::marker::PhantomData::<#dim>), Ty::Discrete);
            let name = format_ident!("__into_dim", span = call.method.span());
            return Expr::Method { recv: Box::new(recv), name, turbofish: None, args: vec![dim] };
        }
        let turbofish = call.turbofish.as_ref().map(ToTokens::to_token_stream);
        Expr::Method { recv: Box::new(recv), name: call.method.clone(), turbofish, args }
    }

    /// A view of an array without a name, which lives as long as the view by getting one: `(x + y).view()`.
    fn view_of_value(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        let owned = matches!(self.facts.infer(&call.receiver), Ty::NdArray { owned: true, .. });
        if !owned || !self.is_view(call) || self.is_place(&call.receiver) {
            return None;
        }
        let name = match self.named_operand("t", &call.receiver) {
            Expr::Place(place) if place.is_var() => self.program[place.root].name.clone(),
            _ => return None,
        };
        let (ty, active) = (self.facts.infer(&call.receiver), self.facts.active(&call.receiver));
        self.facts.bind(&syn::parse_quote!(#name), &ty, active);
        let mut named = call.clone();
        *named.receiver = syn::parse_quote!(#name);
        Some(Expr::Place(self.place(&SynExpr::MethodCall(named))))
    }

    /// The argument in `s.turn(s.angle)`, where `turn` may change `s`: a copy that has a name, so that its
    /// cotangent is not a part of the one that the call changes in place.
    fn before_change(&mut self, recv: &Expr, changes: bool, arg: Expr) -> Expr {
        let (Expr::Place(changed), Expr::Place(part)) = (recv, &arg) else { return arg };
        let root = self.program.base(changed);
        let info = &self.program[root];
        let may_change = info.mutable || matches!(info.ty, Ty::RefMut(_));
        let overlaps = self.program.base(part) == root;
        if !may_change || !overlaps || !changes {
            return arg;
        }
        let (ty, active) = (self.program.ty_of_place(part), self.is_active(part));
        self.name("t", arg, ty, active)
    }

    /// A receiver stays a place; anything else gets a name.
    fn receiver(&mut self, e: &SynExpr) -> Expr {
        let value = self.operand(e);
        match value {
            Expr::Place(_) | Expr::Verbatim { .. } => value,
            value => {
                let ty = match self.program.ty_of(&value) {
                    Ty::Unknown => self.facts.infer(e),
                    ty => ty,
                };
                let active = self.program.reads_active(&value);
                self.name("t", value, ty, active)
            }
        }
    }

    /// An argument of a call: a place, a borrow of a place, or a name.
    pub(super) fn argument(&mut self, e: &SynExpr) -> Expr {
        if let Some((closure, by_ref)) = self.active_closure(e) {
            return self.closure_argument(&closure, by_ref);
        }
        if !self.facts.active(e) {
            return if self.is_repeatable(e) || matches!(e, SynExpr::Closure(_)) {
                self.verbatim(e)
            } else if let SynExpr::Reference(r) = e {
                if r.mutability.is_some() || self.is_repeatable(&r.expr) {
                    return if self.is_place(&r.expr) {
                        let place = self.place(&r.expr);
                        Expr::Ref {
                            mutable: r.mutability.is_some(),
                            expr: Box::new(Expr::Place(place)),
                        }
                    } else {
                        self.verbatim(e)
                    };
                }
                let inner = self.verbatim_value(&r.expr);
                let ty = self.facts.infer(&r.expr);
                let name = self.name("given", inner, ty, false);
                Expr::borrow(name)
            } else {
                let value = self.verbatim_value(e);
                let ty = self.facts.infer(e);
                self.name("given", value, ty, false)
            };
        }
        match self.operand(e) {
            tree @ (Expr::Unary(..) | Expr::Binary(..) | Expr::Method { .. } | Expr::Cast(..)) => {
                let (ty, active) = (self.program.ty_of(&tree), self.program.reads_active(&tree));
                self.name("given", tree, ty, active)
            }
            value => value,
        }
    }

    fn scalar_method(&mut self, call: &syn::ExprMethodCall, name: &str) -> Option<Expr> {
        if name == "clone" || name == "to_owned" {
            let recv = self.operand(&call.receiver);
            return Some(deref_scalar(recv, &self.program));
        }
        if name == "sin_cos" {
            let recv = self.atom_scalar(&call.receiver);
            let one = |method: &str| Expr::Method {
                recv: Box::new(recv.clone()),
                name: format_ident!("{}", method),
                turbofish: None,
                args: vec![],
            };
            let ty = self.facts.infer(&call.receiver).deref().clone();
            let active = self.program.reads_active(&recv);
            let (sin, cos) = (one("sin"), one("cos"));
            let sin = self.name("sin", sin, ty.clone(), active);
            let cos = self.name("cos", cos, ty, active);
            return Some(Expr::Tuple(vec![sin, cos]));
        }
        crate::rules::scalar(name)?;
        let recv = self.atom_scalar(&call.receiver);
        let mark = self.mark();
        let args = call
            .args
            .iter()
            .map(|a| if self.facts.active(a) { self.atom_scalar(a) } else { self.index(a) })
            .collect();
        let recv = self.settled(recv, mark);
        Some(Expr::Method {
            recv: Box::new(recv),
            name: call.method.clone(),
            turbofish: None,
            args,
        })
    }

    /// An operand of a scalar function: a name or a small tree.
    fn atom_scalar(&mut self, e: &SynExpr) -> Expr {
        let value = self.operand(e);
        if value.size() <= 3 {
            return value;
        }
        let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
        self.name("t", value, ty, active)
    }

    /// The cotangent of a `&mut Vec` parameter is a slice of the caller's, which cannot grow.
    pub(super) fn refuse_borrowed_growth(&self, place: &Place, method: &syn::Ident) {
        let info = &self.program[self.program.base(place)];
        let parameter =
            matches!(info.role, crate::ir::Role::Param) && matches!(info.ty, Ty::RefMut(_));
        if parameter && self.is_active(place) && place.proj.iter().all(|p| matches!(p, Proj::Deref))
        {
            self.errors.at(
                method,
                "a `&mut Vec` parameter that grows or shrinks cannot be differentiated: take the `Vec` by value and return it",
            );
        }
    }

    /// The cotangent of a `&mut` array is a view of the caller's, whose axes stay as they are.
    fn refuse_borrowed_axes(&self, place: &Place, method: &syn::Ident) {
        let info = &self.program[self.program.base(place)];
        let parameter =
            matches!(info.role, crate::ir::Role::Param) && matches!(info.ty, Ty::RefMut(_));
        if parameter && self.is_active(place) {
            self.errors.at(
                method,
                format!("`{method}` on a `&mut` parameter cannot be differentiated: take the array by value and return it, or change the axes of a view of it"),
            );
        }
    }

    /// `option.take()` and `option.replace(x)`: the old value, and an assignment.
    fn option_taken(&mut self, call: &syn::ExprMethodCall) -> Expr {
        let place = self.place(&call.receiver);
        let (ty, active) = (self.program.ty_of_place(&place), self.is_active(&place));
        let new = match call.args.first() {
            Some(new) => {
                let new = self.named_operand("new", new);
                let path = quote::quote!(::core::option::Option::Some);
                let some =
                    Expr::Call { path, args: vec![new], kind: crate::ir::CallKind::Constructor };
                self.name("new", some, ty.clone(), active)
            }
            None => Expr::lit(quote::quote!(::core::option::Option::None)),
        };
        let old = Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place.clone()))]);
        let old = self.name("old", old, ty, active);
        self.push(Stmt::Assign { place, value: new });
        old
    }

    /// Methods of `Option` (and `Result`) as matches.
    fn option_method(&mut self, call: &syn::ExprMethodCall, name: &str, ty: &Ty) -> Option<Expr> {
        // What is behind a reference is copied out of it.
        let behind = matches!(ty, Ty::Ref(inner) | Ty::RefMut(inner) if inner.is_copy());
        let receiver = &match (&*call.receiver, behind) {
            (SynExpr::Path(path), true) => syn::parse_quote!((*#path)),
            (receiver, _) => Box::new(receiver.clone()),
        };
        let first = call.args.first();
        let rewritten: SynExpr = match (name, first) {
            ("unwrap", None) | ("expect", Some(_)) if !matches!(ty.deref(), Ty::NdArray { .. }) => {
                return Some(self.unwrap(call));
            }
            ("unwrap_or", Some(default)) => {
                syn::parse_quote!(match #receiver { Some(__v) => __v, None => #default })
            }
            ("map", Some(f)) if self.is_optional(receiver, ty) => {
                let (pat, body) = applied(f)?;
                syn::parse_quote!(match #receiver { Some(#pat) => Some(#body), None => None })
            }
            ("and_then", Some(f)) => {
                let (pat, body) = applied(f)?;
                syn::parse_quote!(match #receiver { Some(#pat) => #body, None => None })
            }
            ("map_or", Some(default)) => {
                let (pat, body) = applied(call.args.iter().nth(1)?)?;
                syn::parse_quote!(match #receiver { Some(#pat) => #body, None => #default })
            }
            ("map_or_else", Some(SynExpr::Closure(default))) => {
                let (pat, body) = applied(call.args.iter().nth(1)?)?;
                let default = &default.body;
                syn::parse_quote!(match #receiver { Some(#pat) => #body, None => #default })
            }
            ("unwrap_or_else", Some(SynExpr::Closure(default))) if default.inputs.is_empty() => {
                let default = &default.body;
                syn::parse_quote!(match #receiver { Some(__v) => __v, None => #default })
            }
            ("unwrap_or_default", None) => {
                syn::parse_quote!(match #receiver { Some(__v) => __v, None => ::core::default::Default::default() })
            }
            ("or", Some(other)) => {
                syn::parse_quote!(match #receiver { Some(__v) => Some(__v), None => #other })
            }
            ("or_else", Some(SynExpr::Closure(other))) => {
                let other = &other.body;
                syn::parse_quote!(match #receiver { Some(__v) => Some(__v), None => #other })
            }
            ("filter", Some(SynExpr::Closure(c))) if self.is_optional(receiver, ty) => {
                let (pat, body) = (&c.inputs[0], &c.body);
                syn::parse_quote!(match #receiver {
                    Some(__v) => if { let #pat = &__v; #body } { Some(__v) } else { None },
                    None => None
                })
            }
            ("ok_or", Some(error)) => {
                syn::parse_quote!(match #receiver { Some(__v) => Ok(__v), None => Err(#error) })
            }
            ("ok_or_else", Some(SynExpr::Closure(error))) if error.inputs.is_empty() => {
                let error = &error.body;
                syn::parse_quote!(match #receiver { Some(__v) => Ok(__v), None => Err(#error) })
            }
            ("zip", Some(other)) if matches!(ty.deref(), Ty::Option(_)) => {
                syn::parse_quote!(match #receiver {
                    Some(__v) => match #other { Some(__e) => Some((__v, __e)), None => None },
                    None => None
                })
            }
            ("flatten", None) if matches!(ty.deref(), Ty::Option(_)) => {
                syn::parse_quote!(match #receiver { Some(__v) => __v, None => None })
            }
            ("ok", None) => {
                syn::parse_quote!(match #receiver { Ok(__v) => Some(__v), Err(_) => None })
            }
            ("then", Some(SynExpr::Closure(c))) if ty.is_discrete() => {
                let body = &c.body;
                syn::parse_quote!(if #receiver { Some(#body) } else { None })
            }
            ("then_some", Some(value)) if ty.is_discrete() => {
                syn::parse_quote!({ let __v = #value; if #receiver { Some(__v) } else { None } })
            }
            ("copied", None) if self.is_optional(receiver, ty) => {
                syn::parse_quote!(match #receiver { Some(__v) => Some(*__v), None => None })
            }
            ("cloned", None) if self.is_optional(receiver, ty) => {
                syn::parse_quote!(match #receiver { Some(__v) => Some(__v.clone()), None => None })
            }
            _ => return None,
        };
        Some(self.fresh_match(rewritten))
    }

    /// Whether `map` on the receiver is that of `Option`: by its type, or where the type is not
    /// known, because it is the value of a call rather than a place.
    fn is_optional(&self, receiver: &SynExpr, ty: &Ty) -> bool {
        match ty.deref() {
            Ty::Option(_) => true,
            Ty::Unknown => {
                matches!(receiver, SynExpr::Call(_))
                    || matches!(receiver, SynExpr::MethodCall(c) if !super::chain::is_chain_like(receiver) && c.method != "into_iter")
            }
            _ => false,
        }
    }

    /// Lowers a match that binds `__v` and `__e`, under names of their own.
    pub(super) fn fresh_match(&mut self, e: SynExpr) -> Expr {
        let (name, error) = (self.fresh_name("inner"), self.fresh_name("error"));
        let tokens = replace_ident(e.to_token_stream(), "__v", &name);
        let tokens = replace_ident(tokens, "__e", &error);
        let e: SynExpr = syn::parse2(tokens).expect("renaming keeps the syntax");
        self.analyse(&e);
        self.value(&e)
    }

    /// Collects the facts of code that was made here.
    pub(super) fn analyse(&mut self, e: &SynExpr) {
        let mut facts = std::mem::take(&mut self.facts);
        facts.add(e);
        self.facts = facts;
    }

    fn unwrap(&mut self, call: &syn::ExprMethodCall) -> Expr {
        // The unwrapped element of a container is a place.
        if let SynExpr::MethodCall(inner) = &*call.receiver
            && let Some(place) = self.element_place(inner)
        {
            let mutable = inner.method.to_string().ends_with("_mut");
            return Expr::Ref { mutable, expr: Box::new(Expr::Place(place)) };
        }
        let whole = self.operand(&call.receiver);
        let whole = match whole {
            // What an array method returned is taken out of its `Option` or `Result`, once.
            Expr::Place(place)
                if place.is_var()
                    && matches!(self.program[place.root].role, crate::ir::Role::Temp)
                    && !self.program[place.root].mutable
                    && !matches!(&self.program[place.root].ty, Ty::Option(_)) =>
            {
                // Under a name, so that a pattern that takes it apart finds its parts.
                let value = Expr::runtime("unwrap", vec![Expr::Place(place)]);
                let (ty, active) = (
                    self.facts.infer(&SynExpr::MethodCall(call.clone())),
                    self.program.reads_active(&value),
                );
                return self.name("inner", value, ty, active);
            }
            Expr::Place(place) => place,
            value => {
                let (ty, active) =
                    (self.facts.infer(&call.receiver), self.program.reads_active(&value));
                match self.name("t", value, ty, active) {
                    Expr::Place(place) => place,
                    _ => unreachable!("a name is a place"),
                }
            }
        };
        let ty = self.facts.infer(&SynExpr::MethodCall(call.clone()));
        let variant = if matches!(self.facts.infer(&call.receiver).deref(), Ty::Option(_)) {
            "Some"
        } else {
            "unwrap"
        };
        let place = whole.then(Proj::Variant(format_ident!("{}", variant), 0.into()));
        if ty.is_float() {
            return Expr::Place(place);
        }
        Expr::Place(place)
    }

    /// `x.first()`, `x.last()`, `x.get(i)` of a container, as the place of the element.
    pub(super) fn element_place(&mut self, call: &syn::ExprMethodCall) -> Option<Place> {
        if !self.is_place(&call.receiver) {
            return None;
        }
        let name = call.method.to_string();
        let base = &call.receiver;
        let index: SynExpr = match name.as_str() {
            "first" | "first_mut" => syn::parse_quote!(0),
            "last" | "last_mut" => syn::parse_quote!(#base.len() - 1),
            "get" | "get_mut" => call.args.first()?.clone(),
            _ => return None,
        };
        let place = self.place(base);
        let index = self.index(&index);
        Some(place.then(Proj::Index(index)))
    }

    /// `x.get(index)` with an index that can be evaluated again.
    pub(super) fn evaluated_once(&mut self, call: &syn::ExprMethodCall) -> syn::ExprMethodCall {
        let mut call = call.clone();
        let Some(index) = call.args.first_mut() else { return call };
        if let Some(range) = self.named_range(index) {
            *index = range;
        }
        match index {
            SynExpr::Range(range) => {
                let ends = [range.start.as_deref_mut(), range.end.as_deref_mut()];
                ends.into_iter().flatten().for_each(|end| self.name_index(end));
            }
            index => self.name_index(index),
        }
        call
    }

    fn name_index(&mut self, index: &mut SynExpr) {
        if !self.is_repeatable(index) {
            let name = self.settled_index(index);
            let Expr::Verbatim { tokens, .. } = name else { return };
            *index = syn::parse_quote!(#tokens);
        }
    }

    fn container_method(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        ty: &Ty,
    ) -> Option<Expr> {
        match name {
            // A method of this name of a type that is not seen may be one of the user's.
            "first" | "last" | "get" if *ty.deref() != Ty::Unknown && may_be_slice(ty) => {
                if !self.is_place(&call.receiver) {
                    return None;
                }
                let call = &self.evaluated_once(call);
                let is_some = exists(call, ty)?;
                let is_some = self.verbatim(&is_some);
                let cond = self.name("taken", is_some, Ty::Discrete, false);
                let place = self.element_place(call)?;
                let id = self.fresh_id();
                let ty = self.facts.infer(&SynExpr::MethodCall(call.clone()));
                let dest = self.temp("element", ty, true, false);
                let some = Expr::Call {
                    path: quote::quote!(::core::option::Option::Some),
                    args: vec![Expr::borrow(Expr::Place(place))],
                    kind: crate::ir::CallKind::Constructor,
                };
                let then = crate::ir::Block { stmts: vec![], result: Some(some) };
                let els = crate::ir::Block {
                    stmts: vec![],
                    result: Some(Expr::lit(quote::quote!(::core::option::Option::None))),
                };
                self.push(Stmt::If { id, dest: Some(dest), cond, then, els });
                Some(Expr::var(dest))
            }
            _ => None,
        }
    }

    /// A method call as a statement.
    pub(super) fn method_statement(&mut self, call: &syn::ExprMethodCall) {
        let whole = SynExpr::MethodCall(call.clone());
        if call.method == "for_each"
            && let Some(SynExpr::Closure(closure)) = call.args.first()
            && let Some(chain) = self.chain(&call.receiver)
        {
            let closure = closure.clone();
            self.drive(chain, &mut |lower, item| {
                lower.bind_item(&closure.inputs[0], item);
                lower.body_statement(&closure.body);
                None
            });
            return;
        }
        if call.method == "extend"
            && self.is_place(&call.receiver)
            && let Some(items) = call.args.first()
            && !matches!(items, SynExpr::Reference(_))
            && let Some(chain) = self.chain(items)
        {
            let place = self.frozen(&call.receiver);
            return self.push_all(&place, chain);
        }
        if self.sorting(call) || self.array_statement(call) {
            return;
        }
        if self.rearranged_statement(call) {
            return;
        }
        if let Some(op) = self.mutation(call) {
            let place = self.place(&call.receiver);
            if matches!(
                op,
                MutOp::Push | MutOp::Insert | MutOp::Extend | MutOp::Truncate | MutOp::Resize
            ) {
                self.refuse_borrowed_growth(&place, &call.method);
            }
            if matches!(op, MutOp::SwapAxes | MutOp::InvertAxis) {
                self.refuse_borrowed_axes(&place, &call.method);
            }
            let args = self.mutation_arguments(op, call);
            args.iter().for_each(|value| self.check_stored(&call.receiver, &place, value));
            self.push(Stmt::Mutate { op, dest: None, place, args });
            return;
        }
        let selects = super::sort::selects(&call.method) && !self.facts.active(&call.receiver);
        let operates = self.facts.active(&whole)
            || call.args.iter().any(|a| self.facts.active(a))
            || self.may_change_user_type(&call.receiver);
        if operates && !selects {
            self.check_effect(&call.method, std::iter::once(&*call.receiver).chain(&call.args));
            self.dropping = true;
            let value = self.method(call);
            if !matches!(value, Expr::Place(_))
                && let Expr::Place(unit) = self.name("unit", value, Ty::Unknown, true)
            {
                self.program.dropped.insert(unit.root);
            }
        } else {
            self.effect(
                quote::quote!(#whole;),
                &syn::Stmt::Expr(whole.clone(), Some(Default::default())),
            );
        }
    }

    /// Whether a method may change its receiver, whatever its name: an active variable of a type that is not seen.
    fn may_change_user_type(&self, receiver: &SynExpr) -> bool {
        let root = crate::facts::root_of(receiver).map(ToString::to_string);
        *self.facts.infer(receiver).deref() == Ty::Unknown
            && self.facts.active(receiver)
            && self.is_place(receiver)
            && root.is_some_and(|root| {
                self.facts.is_mutable(&root) || matches!(self.facts.ty(&root), Ty::RefMut(_))
            })
    }

    /// A call whose value is dropped changes something, or does nothing. What it changes has to be
    /// among its operands, and active: anything else keeps an active value as if it were constant.
    pub(super) fn check_effect<'e>(
        &self,
        name: &impl ToTokens,
        mut operands: impl Iterator<Item = &'e SynExpr>,
    ) {
        let changes = |e: &SynExpr| {
            let borrowed = matches!(e, SynExpr::Reference(r) if r.mutability.is_some());
            let root = crate::facts::root_of(e).map(ToString::to_string);
            let mutable = root.is_some_and(|root| {
                self.facts.is_mutable(&root) || matches!(self.facts.ty(&root), Ty::RefMut(_))
            });
            let reference = matches!(self.facts.infer(e), Ty::RefMut(_) | Ty::Unknown);
            self.facts.active(e) && (borrowed || mutable || reference)
        };
        if !operands.any(changes) {
            self.errors.at(
                name,
                "this call keeps an active value in something that is constant: pass `stop_gradient(..)` of the value, or what is changed as an active `&mut` argument",
            );
        }
    }

    fn mutation_arguments(&mut self, op: MutOp, call: &syn::ExprMethodCall) -> Vec<Expr> {
        if op == MutOp::Insert {
            let index = self.settled_index(&call.args[0]);
            return vec![index, self.mutation_argument(op, &call.args[1])];
        }
        let args = call.args.iter();
        if call.method.to_string().ends_with("_from_slice") {
            return args.map(|a| self.mutation_argument(op, &self.sliced(a))).collect();
        }
        args.map(|a| self.mutation_argument(op, a)).collect()
    }

    /// An array, which coerces to a slice, as that.
    fn sliced(&self, e: &SynExpr) -> SynExpr {
        let place = match e {
            SynExpr::Reference(r) => &r.expr,
            e => e,
        };
        let named = matches!(place, SynExpr::Path(_) | SynExpr::Field(_) | SynExpr::Index(_));
        let array = matches!(self.facts.infer(place).deref(), Ty::Array(_) | Ty::Unknown);
        if named && array { syn::parse_quote!(&#place[..]) } else { e.clone() }
    }

    fn mutation_argument(&mut self, op: MutOp, e: &SynExpr) -> Expr {
        match op {
            MutOp::RotateLeft | MutOp::RotateRight => self.settled_index(e),
            MutOp::SwapElements | MutOp::SwapAxes | MutOp::InvertAxis | MutOp::Truncate => {
                self.index(e)
            }
            MutOp::CopyFrom | MutOp::Extend => match self.argument(e) {
                Expr::Ref { expr, .. } => *expr,
                value => value,
            },
            _ => self.argument(e),
        }
    }

    /// The rule by which a method changes its receiver, if that is a place and the rule is known.
    fn mutation(&self, call: &syn::ExprMethodCall) -> Option<MutOp> {
        if !self.is_place(&call.receiver) {
            return None;
        }
        let ty = self.facts.infer(&call.receiver);
        let array = matches!(ty.deref(), Ty::NdArray { .. });
        let known = matches!(ty.deref(), Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_) | Ty::Unknown);
        Some(match (call.method.to_string().as_str(), call.args.len()) {
            ("push", 1) if known => MutOp::Push,
            ("swap", 2) if known || array => MutOp::SwapElements,
            ("swap_axes", 2) if array => MutOp::SwapAxes,
            ("invert_axis", 1) if array => MutOp::InvertAxis,
            ("fill", 1) => MutOp::Fill,
            ("copy_from_slice" | "clone_from_slice", 1) if known => MutOp::CopyFrom,
            ("assign", 1) if array || *ty.deref() == Ty::Unknown => MutOp::CopyFrom,
            ("reverse", 0) if known => MutOp::Reverse,
            ("extend_from_slice", 1) if known => MutOp::Extend,
            ("extend", 1) if known && !matches!(call.args[0], SynExpr::MethodCall(_)) => {
                MutOp::Extend
            }
            ("truncate", 1) if known => MutOp::Truncate,
            ("clear", 0) if known => MutOp::Truncate,
            ("resize", 2) if known => MutOp::Resize,
            ("insert", 2) if known => MutOp::Insert,
            ("rotate_left", 1) if known => MutOp::RotateLeft,
            ("rotate_right", 1) if known => MutOp::RotateRight,
            _ => return None,
        })
    }

    /// The body of a closure whose value is dropped.
    pub(super) fn body_statement(&mut self, body: &SynExpr) {
        match body {
            SynExpr::Block(b) => {
                self.statements(&b.block.stmts);
            }
            e => self.expr_statement(e),
        }
    }
}

fn deref_scalar(e: Expr, program: &crate::ir::Program) -> Expr {
    match e {
        Expr::Place(place) if program.ty_of_place(&place).is_float_ref() => {
            Expr::Place(place.then(Proj::Deref))
        }
        e => e,
    }
}

/// Replaces an identifier, where it is not a field or a later part of a path.
pub(super) fn replace_ident(
    tokens: proc_macro2::TokenStream,
    from: &str,
    to: &proc_macro2::Ident,
) -> proc_macro2::TokenStream {
    use proc_macro2::{Group, TokenTree};
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let punct =
        |i: usize, c: char| matches!(trees.get(i), Some(TokenTree::Punct(p)) if p.as_char() == c);
    (0..trees.len())
        .map(|i| match &trees[i] {
            TokenTree::Ident(ident) if ident == from => {
                let before = |k: usize, c: char| i >= k && punct(i - k, c);
                let field = before(1, '.') && !before(2, '.');
                let path = before(1, ':') && before(2, ':');
                if field || path { trees[i].clone() } else { TokenTree::Ident(to.clone()) }
            }
            TokenTree::Group(g) => {
                let mut group = Group::new(g.delimiter(), replace_ident(g.stream(), from, to));
                group.set_span(g.span());
                TokenTree::Group(group)
            }
            tree => tree.clone(),
        })
        .collect()
}

/// Whether a type is that of a slice, or one that is not seen and has to be one where an element is looked up.
pub(super) fn may_be_slice(ty: &Ty) -> bool {
    matches!(ty.deref(), Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_) | Ty::Unknown)
}

/// Whether the element or the part is there that `first`, `last` or `get` looks up in a value of type `ty`.
pub(super) fn exists(call: &syn::ExprMethodCall, ty: &Ty) -> Option<SynExpr> {
    let base = &call.receiver;
    if call.args.len() > 1 {
        return None;
    }
    // A method of the same name of a type of the user's is another: it does not compile.
    let length: SynExpr = match ty.deref() {
        Ty::Unknown => syn::parse_quote!(::ad_runtime::rt::looked_up(&#base).len()),
        _ => syn::parse_quote!(#base.len()),
    };
    let name = call.method.to_string();
    let name = name.strip_suffix("_mut").unwrap_or(&name);
    Some(match (name, call.args.first()) {
        ("first" | "last", None) if *ty.deref() == Ty::Unknown => syn::parse_quote!(#length > 0),
        ("first" | "last", None) => syn::parse_quote!(!#base.is_empty()),
        ("get", Some(SynExpr::Range(range))) => {
            let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
            match (&range.start, &range.end) {
                (None, None) => syn::parse_quote!(true),
                (Some(start), None) => syn::parse_quote!((#start) <= #length),
                (None, Some(end)) if closed => syn::parse_quote!((#end) < #length),
                (None, Some(end)) => syn::parse_quote!((#end) <= #length),
                (Some(start), Some(end)) if closed => {
                    syn::parse_quote!((#start) <= (#end) + 1 && (#end) < #length)
                }
                (Some(start), Some(end)) => {
                    syn::parse_quote!((#start) <= (#end) && (#end) <= #length)
                }
            }
        }
        ("get", Some(index)) => syn::parse_quote!((#index) < #length),
        _ => return None,
    })
}

/// The parameter and the body of a closure, or of a path applied to a name.
pub(super) fn applied(f: &SynExpr) -> Option<(syn::Pat, SynExpr)> {
    match f {
        SynExpr::Closure(c) => Some((c.inputs.first()?.clone(), (*c.body).clone())),
        SynExpr::Path(p) => Some((syn::parse_quote!(__v), syn::parse_quote!(#p(__v)))),
        _ => None,
    }
}

/// Whether a method of the standard library or of ndarray takes closures, so that a call is hardly one of the user's.
fn takes_closures(name: &str) -> bool {
    let by_ending = ["_by", "_by_key", "_with", "_while", "_or_else", "_map", "_axis", "_inplace"];
    let known = [
        "map",
        "for_each",
        "fold",
        "filter",
        "and_then",
        "then",
        "inspect",
        "scan",
        "any",
        "all",
        "position",
        "retain",
        "reduce",
        "mapv",
        "mapv_into",
        "map_or",
        "partition",
        "or_else",
        "find",
        "is_some_and",
        "is_none_or",
        "update",
        "entry",
        "with",
    ];
    known.contains(&name) || by_ending.iter().any(|ending| name.ends_with(ending))
}
