//! What ends an iterator chain: sums, folds, collections.

use super::Lower;
use super::chain::{Chain, Item};
use crate::ir::{BinOp, Expr, Place, Stmt, Ty};
use quote::quote;
use syn::{Expr as SynExpr, GenericArgument, Type};

impl Lower<'_> {
    /// The value of a call that consumes a chain, where `call` is one. `ty` is the type the user states.
    pub(super) fn consumer(
        &mut self,
        call: &syn::ExprMethodCall,
        ty: Option<&Type>,
    ) -> Option<Expr> {
        let name = call.method.to_string();
        let known = [
            "sum",
            "product",
            "fold",
            "try_fold",
            "max_by",
            "min_by",
            "collect",
            "last",
            "nth",
            "reduce",
            "unzip",
            "next",
            "partition",
            "find",
            "find_map",
        ];
        if !known.contains(&name.as_str())
            || !super::chain::is_chain_like(&call.receiver)
                && !self.is_iterator_name(&call.receiver)
        {
            return None;
        }
        let selects = ["max_by", "min_by", "last", "nth", "next", "find", "reduce"];
        if selects.contains(&name.as_str()) && self.yields_mutable(&call.receiver) {
            self.errors.at(
                &call.method,
                "a mutable reference that is chosen at run time cannot be differentiated here: \
                 take it apart where it is made, `if let Some(v) = x.iter_mut().max_by(..) { .. }`, or find its index first",
            );
            return Some(Expr::lit(quote!(::core::option::Option::None)));
        }
        if name == "max_by" || name == "min_by" {
            return self.extremum(call, &name);
        }
        let chain = self.chain(&call.receiver)?;
        match name.as_str() {
            "sum" | "product" => Some(self.sum(call, chain, ty, &name)),
            "fold" => self.fold(call, chain),
            "try_fold" => self.try_fold(call, chain),
            "reduce" => self.reduce(call, chain),
            "collect" => Some(self.collect_into(call, chain, ty)),
            "last" | "nth" | "next" => self.single(call, chain, &name),
            "unzip" => Some(self.unzip(chain)),
            "partition" => self.partition(call, chain, ty),
            "find" | "find_map" => self.found(call, chain, &name),
            _ => None,
        }
    }

    /// Whether the items of a chain are mutable references to active places.
    fn yields_mutable(&self, chain: &SynExpr) -> bool {
        fn borrows(e: &SynExpr) -> bool {
            match e {
                SynExpr::MethodCall(call) => {
                    call.method.to_string().ends_with("_mut")
                        || call.method != "map" && borrows(&call.receiver)
                }
                SynExpr::Reference(r) => r.mutability.is_some(),
                _ => false,
            }
        }
        matches!(self.facts.item(chain), Ty::RefMut(_)) || borrows(chain)
    }

    pub(super) fn turbofish(call: &syn::ExprMethodCall) -> Option<Type> {
        match call.turbofish.as_ref()?.args.first()? {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }
    }

    fn sum(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        ty: Option<&Type>,
        name: &str,
    ) -> Expr {
        let stated = Self::turbofish(call).or_else(|| ty.cloned());
        let ty = match stated.as_ref().map(|t| crate::facts::of_syn_type(t, &self.facts.reals)) {
            Some(ty @ Ty::Float(_)) => ty,
            _ => Ty::Float(self.real.clone()),
        };
        let (start, op) = if name == "sum" { (0.0, BinOp::Add) } else { (1.0, BinOp::Mul) };
        let start = Expr::Number(start, crate::rules::float_of(&ty));
        let place = self.mutable(name, start, ty.clone(), true);
        let total = place.clone();
        self.drive(chain, &mut |lower, item| {
            let value = lower.value_of(item);
            let value = match value {
                Expr::Ref { expr, .. } => *expr,
                value => value,
            };
            match op {
                BinOp::Add => lower.push(Stmt::Update { place: total.clone(), op, value }),
                _ => {
                    let product = Expr::binary(op, Expr::Place(total.clone()), value);
                    let product = lower.name("new", product, ty.clone(), true);
                    lower.push(Stmt::Assign { place: total.clone(), value: product });
                }
            }
            None
        });
        Expr::Place(place)
    }

    /// The function of a fold as a closure.
    fn folding(&self, f: &SynExpr) -> Option<syn::ExprClosure> {
        match f {
            SynExpr::Closure(c) => Some(c.clone()),
            SynExpr::Path(p) => Some(syn::parse_quote!(|__left, __right| #p(__left, __right))),
            _ => None,
        }
    }

    fn fold(&mut self, call: &syn::ExprMethodCall, chain: Chain) -> Option<Expr> {
        let init = call.args.first()?;
        let closure = self.folding(call.args.iter().nth(1)?)?;
        if let Some(extreme) = extreme_of(&closure)
            && self.has_items(&chain)
            && self.facts.infer(init).is_float()
        {
            return self.extreme_fold(call, chain, extreme);
        }
        // A tuple of accumulators is as many variables.
        if let (SynExpr::Tuple(inits), syn::Pat::Tuple(pats)) = (init, &closure.inputs[0])
            && inits.elems.len() == pats.elems.len()
        {
            let places: Vec<Place> =
                inits.elems.iter().map(|init| self.accumulator(init)).collect();
            let targets = places.clone();
            self.drive(chain, &mut |lower, item| {
                let now = targets
                    .iter()
                    .map(|p| Item::Value(Expr::Place(p.clone()), lower.program.ty_of_place(p)))
                    .collect();
                let value = lower.apply(&closure, vec![Item::Tuple(now), item]);
                lower.assign_parts(&targets, value);
                None
            });
            return Some(Expr::Tuple(places.into_iter().map(Expr::Place).collect()));
        }
        let place = self.accumulator(init);
        let target = place.clone();
        self.drive(chain, &mut |lower, item| {
            let ty = lower.program.ty_of_place(&target);
            let value = lower
                .apply(&closure, vec![Item::Value(Expr::Place(target.clone()), ty.clone()), item]);
            let value = lower.fresh_value(value, ty);
            lower.push(Stmt::Assign { place: target.clone(), value });
            None
        });
        Some(Expr::Place(place))
    }

    fn accumulator(&mut self, init: &SynExpr) -> Place {
        let ty = self.facts.infer(init);
        let value =
            if self.facts.active(init) { self.operand(init) } else { self.verbatim_value(init) };
        let active = !ty.is_discrete();
        let literal = matches!(&value, Expr::Verbatim { reads, .. } if reads.is_empty());
        if literal && ty.is_float() {
            return self.mutable_typed("acc", value, ty);
        }
        self.mutable("acc", value, ty, active)
    }

    /// The new value of an accumulator, computed before the accumulator changes.
    fn fresh_value(&mut self, value: Expr, ty: Ty) -> Expr {
        if value.size() == 1 {
            return value;
        }
        let active = self.program.reads_active(&value);
        self.name("new", value, ty, active)
    }

    fn assign_parts(&mut self, targets: &[Place], value: Expr) {
        let parts: Vec<Expr> = match value {
            Expr::Tuple(parts) => parts,
            Expr::Place(place) => {
                (0..targets.len()).map(|i| Expr::Place(Self::field(&place, i))).collect()
            }
            value => {
                let active = self.program.reads_active(&value);
                match self.name("new", value, Ty::Unknown, active) {
                    Expr::Place(place) => {
                        (0..targets.len()).map(|i| Expr::Place(Self::field(&place, i))).collect()
                    }
                    _ => unreachable!("a name is a place"),
                }
            }
        };
        let parts: Vec<Expr> = parts
            .into_iter()
            .zip(targets)
            .map(|(part, target)| {
                let ty = self.program.ty_of_place(target);
                let active = self.program.reads_active(&part);
                self.name("new", part, ty, active)
            })
            .collect();
        for (target, value) in targets.iter().zip(parts) {
            self.push(Stmt::Assign { place: target.clone(), value });
        }
    }

    /// `try_fold` with `Some(..)` or `None`, `Ok(..)` or `Err(..)`.
    fn try_fold(&mut self, call: &syn::ExprMethodCall, _: Chain) -> Option<Expr> {
        self.errors.at(
            &call.method,
            "this `try_fold` cannot be differentiated: put `?` after it, or write it as a `for` loop",
        );
        Some(Expr::lit(quote!(())))
    }

    fn reduce(&mut self, call: &syn::ExprMethodCall, chain: Chain) -> Option<Expr> {
        let closure = self.folding(call.args.first()?)?;
        let none = Expr::Verbatim {
            tokens: quote!(::core::option::Option::None),
            reads: vec![],
            ty: Ty::Unknown,
        };
        let item_ty = self.facts.item(&call.receiver).deref().clone();
        let float = self.scalar_type(&item_ty);
        let place = self.mutable("reduced", none, Ty::Option(Box::new(item_ty.clone())), true);
        if item_ty.is_float()
            && let Some(Stmt::Let { ty, .. }) =
                self.open.last_mut().and_then(|stmts| stmts.last_mut())
        {
            let float = float.clone();
            *ty = Some(syn::parse_quote!(::core::option::Option<#float>));
        }
        let target = place.clone();
        self.drive(chain, &mut |lower, item| {
            let item = lower.value_of(item);
            let item = match item {
                Expr::Ref { expr, .. } => *expr,
                item => item,
            };
            let item = lower.name("item", item, item_ty.clone(), true);
            let now = lower.fresh_name("now");
            let some: syn::Pat = syn::parse_quote!(::core::option::Option::Some(#now));
            lower.facts.bind(&syn::parse_quote!(#now), &item_ty, true);
            let bindings = lower.bind_parts(&some, &target, true, true, None);
            let var = lower.lookup(&now).expect("the pattern binds it");
            let (id, dest) = (lower.fresh_id(), lower.temp("next", item_ty.clone(), true, false));
            let next = lower.nested(|lower| {
                let items = vec![
                    Item::Value(Expr::var(var), item_ty.clone()),
                    Item::Value(item.clone(), item_ty.clone()),
                ];
                Some(lower.apply(&closure, items))
            });
            let first = crate::ir::Block { stmts: vec![], result: Some(item.clone()) };
            let arms = vec![
                crate::ir::Arm { pat: some, guard: None, bindings, body: next },
                crate::ir::Arm {
                    pat: syn::parse_quote!(::core::option::Option::None),
                    guard: None,
                    bindings: vec![],
                    body: first,
                },
            ];
            lower.push(Stmt::Match {
                id,
                dest: Some(dest),
                scrutinee: Expr::Place(target.clone()),
                arms,
            });
            let value = Expr::Call {
                path: quote!(::core::option::Option::Some),
                args: vec![Expr::var(dest)],
                kind: crate::ir::CallKind::Constructor,
            };
            let value = lower.name("some", value, Ty::Option(Box::new(item_ty.clone())), true);
            lower.push(Stmt::Assign { place: target.clone(), value });
            None
        });
        Some(Expr::Place(place))
    }

    /// `fold(start, f64::max)`: which item it is is found without derivative, then that item, or the start, is taken.
    fn extreme_fold(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        extreme: &str,
    ) -> Option<Expr> {
        let (recv, init) = (&call.receiver, call.args.first()?);
        let ty = self.facts.infer(init).deref().clone();
        let place = self.accumulator(init);
        let start = self.tokens_of(&place);
        let finder = quote::format_ident!("position_of_{}", extreme);
        let recv = quote!(::ad_runtime::rt::#finder(#recv, #start));
        let best = self.verbatim_tokens(recv, Ty::Discrete);
        let best = self.name("best", best, Ty::Discrete, false);
        let best = self.ident_of(&best);
        let cond = self.verbatim_tokens(quote!(#best.is_some()), Ty::Discrete);
        let (id, dest) = (self.fresh_id(), self.temp("extreme", ty, true, false));
        let then = self.nested(|lower| {
            let index = lower.verbatim_tokens(quote!(#best.unwrap_or(0)), Ty::Discrete);
            let index = lower.name("k", index, Ty::Discrete, false);
            let index = lower.ident_of(&index);
            let item = lower.nth_item(&chain, &quote!(#index))?;
            Some(match lower.value_of(item) {
                Expr::Ref { expr, .. } => *expr,
                Expr::Place(place) if lower.program.ty_of_place(&place).is_float_ref() => {
                    Expr::Place(place.then(crate::ir::Proj::Deref))
                }
                value => value,
            })
        });
        let els = crate::ir::Block { stmts: vec![], result: Some(Expr::Place(place)) };
        self.push(Stmt::If { id, dest: Some(dest), cond, then, els });
        Some(Expr::var(dest))
    }

    /// `max_by`, `min_by` of items that come but once, one after the other: the better of two is kept. Of equal
    /// ones that is the last for `max_by`, the first for `min_by`.
    fn extremum_in_order(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        name: &str,
    ) -> Option<Expr> {
        let (recv, compare) = (&call.receiver, call.args.first()?);
        let greater = quote!(::ad_runtime::rt::compare(&__left, &__right, #compare) == ::core::cmp::Ordering::Greater);
        let better: SynExpr = if name == "max_by" {
            syn::parse_quote!(#recv.reduce(|__left, __right| if #greater { __left } else { __right }))
        } else {
            syn::parse_quote!(#recv.reduce(|__left, __right| if #greater { __right } else { __left }))
        };
        self.facts.add(&better);
        let SynExpr::MethodCall(reduction) = &better else { return None };
        self.reduce(reduction, chain)
    }

    /// `max_by`, `min_by`: which item it is is found without derivative, then that item is taken.
    fn extremum(&mut self, call: &syn::ExprMethodCall, name: &str) -> Option<Expr> {
        let recv = &call.receiver;
        let compare = call.args.first()?;
        let chain = self.chain(recv)?;
        if !self.has_items(&chain) {
            return self.extremum_in_order(call, chain, name);
        }
        let method = quote::format_ident!("{}", name);
        let tokens = quote! {
            (#recv).enumerate().#method(|__left, __right| ::ad_runtime::rt::compare(&__left.1, &__right.1, #compare)).map(|__found| __found.0)
        };
        let best = self.verbatim_tokens(tokens, Ty::Discrete);
        let best = self.name("best", best, Ty::Discrete, false);
        let best = self.ident_of(&best);
        let exists = self.verbatim_tokens(quote!(#best.is_some()), Ty::Discrete);
        let ty = self.facts.item(recv);
        Some(self.optional_item(chain, quote!(#best.unwrap_or(0)), exists, ty))
    }
}

/// Which extreme a folded function `|a, b| a.max(b)` or `|a, b| f64::max(a, b)` keeps: that of two numbers.
fn extreme_of(closure: &syn::ExprClosure) -> Option<&'static str> {
    let name_of = |pat: &syn::Pat| match pat {
        syn::Pat::Ident(p) if p.subpat.is_none() => Some(p.ident.clone()),
        syn::Pat::Type(t) => match &*t.pat {
            syn::Pat::Ident(p) if p.subpat.is_none() => Some(p.ident.clone()),
            _ => None,
        },
        _ => None,
    };
    let mut inputs = closure.inputs.iter();
    let (left, right) = (inputs.next()?, inputs.next()?);
    let right = match right {
        syn::Pat::Reference(r) => &r.pat,
        right => right,
    };
    let names = [name_of(left)?, name_of(right)?];
    let (function, operands) = match &*closure.body {
        SynExpr::MethodCall(call) => {
            (call.method.to_string(), vec![&*call.receiver, call.args.first()?])
        }
        SynExpr::Call(call) => {
            let SynExpr::Path(path) = &*call.func else { return None };
            let segments: Vec<String> =
                path.path.segments.iter().map(|s| s.ident.to_string()).collect();
            let [owner, function] = &segments[..] else { return None };
            if owner != "f64" && owner != "f32" {
                return None;
            }
            (function.clone(), call.args.iter().collect())
        }
        _ => return None,
    };
    let is = |e: &SynExpr, name: &proc_macro2::Ident| {
        let inner = match e {
            SynExpr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) => &**expr,
            e => e,
        };
        matches!(inner, SynExpr::Path(p) if p.path.is_ident(name))
    };
    let [a, b] = &operands[..] else { return None };
    let fits = is(a, &names[0]) && is(b, &names[1]);
    match function.as_str() {
        "max" if fits => Some("max"),
        "min" if fits => Some("min"),
        _ => None,
    }
}
