//! Places: a variable followed by projections. The cotangent of a place is the same place of the cotangent.

use super::Lower;
use crate::ir::{Expr, Place, Proj, Ty};
use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// The place that `e` names; a value that is not a place gets a name first.
    pub(super) fn place(&mut self, e: &SynExpr) -> Place {
        match e {
            SynExpr::Paren(e) => self.place(&e.expr),
            SynExpr::Group(e) => self.place(&e.expr),
            SynExpr::Path(p) => match p.path.get_ident().and_then(|i| self.lookup(i)) {
                Some(var) => Place::var(var),
                None => self.named_place(e),
            },
            SynExpr::Field(f) => self.place(&f.base).then(Proj::Field(f.member.clone())),
            SynExpr::Index(i) => {
                let base = self.place(&i.expr);
                let index = self.index(&i.index);
                base.then(Proj::Index(index))
            }
            SynExpr::Unary(u) if matches!(u.op, syn::UnOp::Deref(_)) => {
                match self.unwrapped_element(&u.expr) {
                    Some(place) => place,
                    None => self.place(&u.expr).then(Proj::Deref),
                }
            }
            SynExpr::MethodCall(call) if self.changed_slice(call).is_some() => {
                let array = self.changed_slice(call).expect("it was checked").clone();
                self.place(&array).then(Proj::View {
                    method: format_ident!("__as_slice_mut"),
                    mirror: format_ident!("__as_slice_mut"),
                    args: Vec::new(),
                })
            }
            SynExpr::MethodCall(call) if self.is_view(call) && self.is_place(&call.receiver) => {
                let name = call.method.to_string();
                let mirror = Self::view_mirror(&name).expect("it is a view");
                let base = self.place(&call.receiver);
                if name == "view"
                    && !base.is_mutable_view()
                    && matches!(base.proj.last(), Some(Proj::View { .. }))
                {
                    // A view of a view, which would not outlive the statement.
                    return base;
                }
                let args = call.args.iter().map(|a| self.index(a)).collect();
                base.then(Proj::View {
                    method: call.method.clone(),
                    mirror: format_ident!("{}", mirror),
                    args,
                })
            }
            _ => self.named_place(e),
        }
    }

    /// The array of `x.as_slice_mut().unwrap()`.
    pub(super) fn changed_slice<'e>(&self, call: &'e syn::ExprMethodCall) -> Option<&'e SynExpr> {
        let SynExpr::MethodCall(inner) = &*call.receiver else { return None };
        let unwraps = call.method == "unwrap" || call.method == "expect";
        let array = matches!(self.facts.infer(&inner.receiver).deref(), Ty::NdArray { .. });
        (unwraps && inner.method == "as_slice_mut" && array && self.is_place(&inner.receiver))
            .then_some(&*inner.receiver)
    }

    /// The element that `x.last().unwrap()` refers to.
    fn unwrapped_element(&mut self, e: &SynExpr) -> Option<Place> {
        match e {
            SynExpr::Paren(e) => self.unwrapped_element(&e.expr),
            SynExpr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
                let SynExpr::MethodCall(inner) = &*call.receiver else { return None };
                self.element_place(inner)
            }
            _ => None,
        }
    }

    fn named_place(&mut self, e: &SynExpr) -> Place {
        let value = if self.facts.active(e) { self.value(e) } else { self.verbatim_value(e) };
        match value {
            Expr::Place(place) => return place,
            Expr::Ref { expr, .. } if matches!(*expr, Expr::Place(_)) => match *expr {
                Expr::Place(place) => return place,
                _ => unreachable!("it is a place"),
            },
            _ => {}
        }
        let ty = match self.program.ty_of(&value) {
            Ty::Unknown => self.facts.infer(e),
            ty => ty,
        };
        let active = self.program.reads_active(&value);
        match self.name("t", value, ty, active) {
            Expr::Place(place) => place,
            _ => unreachable!("a name is a place"),
        }
    }

    /// An index: inactive, and cheap and safe to evaluate again; anything else gets a name.
    pub(super) fn index(&mut self, e: &SynExpr) -> Expr {
        if let Some(range) = self.named_range(e) {
            return self.verbatim(&range);
        }
        if self.is_repeatable(e) {
            return self.verbatim(e);
        }
        let value = self.verbatim_value(e);
        let ty = index_type(self.facts.infer(e));
        self.name("k", value, ty, false)
    }

    /// The ends of a range that a variable holds: the range itself is moved by its use.
    pub(super) fn named_range(&self, e: &SynExpr) -> Option<SynExpr> {
        let name = match e {
            SynExpr::Path(p) => p.path.get_ident()?,
            SynExpr::MethodCall(call) if call.method == "clone" => {
                return self.named_range(&call.receiver);
            }
            _ => return None,
        };
        self.facts
            .ranges
            .contains(&name.to_string())
            .then(|| syn::parse_quote!(#name.start..#name.end))
    }

    pub(super) fn is_repeatable(&self, e: &SynExpr) -> bool {
        is_repeatable(e)
    }

    /// The method that views the cotangent where `method` views the value.
    pub(super) fn view_mirror(method: &str) -> Option<&'static str> {
        Some(match method {
            "row" | "row_mut" => "row_mut",
            "column" | "column_mut" => "column_mut",
            "t" => "__t_mut",
            "slice" | "slice_mut" => "slice_mut",
            "view" | "view_mut" => "view_mut",
            "index_axis" | "index_axis_mut" => "index_axis_mut",
            "diag" | "diag_mut" => "diag_mut",
            "as_slice" | "as_mut_slice" => "__as_slice_mut",
            "as_ref" | "as_mut" => "as_mut",
            "borrow" | "deref" => "__same_mut",
            _ => return None,
        })
    }

    /// Whether a method call views its receiver. `as_ref`, `slice` and the like of unknown types
    /// count as views only where the receiver's type allows it. What a parameter of a type that is not seen
    /// shows by `row` and the like may be a value of the user's making, so it goes by a rule.
    pub(super) fn is_view(&self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        if Self::view_mirror(&name).is_none() {
            return false;
        }
        let ty = self.facts.infer(&call.receiver);
        match ty.deref() {
            Ty::NdArray { .. } => name != "as_ref" && name != "as_mut" && name != "as_slice",
            Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_) => {
                name == "as_slice" || name == "as_mut_slice"
            }
            Ty::Unknown if !name.ends_with("_mut") && self.is_parameter(&call.receiver) => false,
            Ty::Unknown => matches!(
                name.as_str(),
                "row"
                    | "row_mut"
                    | "column"
                    | "column_mut"
                    | "t"
                    | "slice"
                    | "slice_mut"
                    | "view"
                    | "view_mut"
                    | "index_axis"
                    | "index_axis_mut"
            ),
            _ => false,
        }
    }

    fn is_parameter(&self, e: &SynExpr) -> bool {
        match e {
            SynExpr::Path(p) => {
                let var = p.path.get_ident().and_then(|name| self.lookup(name));
                var.is_some_and(|var| matches!(self.program[var].role, crate::ir::Role::Param))
            }
            SynExpr::Paren(e) => self.is_parameter(&e.expr),
            SynExpr::Unary(e) => self.is_parameter(&e.expr),
            SynExpr::Reference(e) => self.is_parameter(&e.expr),
            _ => false,
        }
    }

    /// What an initializer makes the variable another name for, and whether it is a reference.
    pub(super) fn alias_of(&mut self, init: &SynExpr) -> Option<(Place, bool)> {
        if !self.facts.active(init) {
            return None;
        }
        match init {
            SynExpr::Paren(e) => self.alias_of(&e.expr),
            SynExpr::Reference(r) if self.is_place(&r.expr) => Some((self.frozen(&r.expr), true)),
            SynExpr::MethodCall(call) if self.is_view(call) && self.is_place(&call.receiver) => {
                let place = self.frozen(init);
                let by_ref =
                    matches!(call.method.to_string().as_str(), "as_slice" | "as_mut_slice");
                Some((place, by_ref))
            }
            SynExpr::MethodCall(call) if self.changed_slice(call).is_some() => {
                Some((self.frozen(init), true))
            }
            SynExpr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
                let place = self.unwrapped_element(init)?;
                Some((self.freeze(place), true))
            }
            // A copy of a reference.
            SynExpr::Path(p) => {
                let var = self.lookup(p.path.get_ident()?)?;
                match &self.program[var].role {
                    crate::ir::Role::Alias { place, by_ref: true } => Some((place.clone(), true)),
                    _ => match self.program[var].ty {
                        Ty::Ref(ref t) if !t.is_float() && !self.program[var].mutable => {
                            Some((Place::var(var), false))
                        }
                        _ => None,
                    },
                }
            }
            _ => None,
        }
    }

    /// A place whose indices keep the values that they have now.
    pub(super) fn frozen(&mut self, e: &SynExpr) -> Place {
        let place = self.place(e);
        self.freeze(place)
    }

    pub(super) fn freeze(&mut self, mut place: Place) -> Place {
        for proj in &mut place.proj {
            let indices: Vec<&mut Expr> = match proj {
                Proj::Index(e) | Proj::Element(e) => vec![e],
                Proj::View { args, .. } => args.iter_mut().collect(),
                _ => continue,
            };
            for index in indices {
                let mut moves = false;
                index.for_each_read(&mut |var| moves |= self.program[var].mutable);
                if !moves {
                    continue;
                }
                *index = self.freeze_index(index.clone());
            }
        }
        place
    }

    fn freeze_index(&mut self, index: Expr) -> Expr {
        if let Expr::Verbatim { tokens, .. } = &index
            && let Ok(SynExpr::Range(range)) = syn::parse2::<SynExpr>(tokens.clone())
        {
            let mut bound = |e: Option<Box<SynExpr>>| {
                e.map(|e| {
                    let value = self.verbatim(&e);
                    let name = self.name("k", value, Ty::Discrete, false);
                    self.ident_of(&name)
                })
            };
            let (start, end, limits) = (bound(range.start), bound(range.end), range.limits);
            return self.verbatim_tokens(quote::quote!(#start #limits #end), Ty::Discrete);
        }
        let ty = index_type(match &index {
            Expr::Verbatim { tokens, .. } => {
                syn::parse2(tokens.clone()).map_or(Ty::Unknown, |e| self.facts.infer(&e))
            }
            index => self.program.ty_of(index),
        });
        let name = self.name("k", index, ty.clone(), false);
        let ident = self.ident_of(&name);
        Expr::Verbatim {
            tokens: ident.to_token_stream(),
            reads: self.lookup(&ident).into_iter().collect(),
            ty,
        }
    }

    pub(super) fn ident_of(&self, name: &Expr) -> Ident {
        match name {
            Expr::Place(place) => self.program[place.root].name.clone(),
            _ => unreachable!("a name is a variable"),
        }
    }
}

/// The type of a variable that holds an index: a tuple, or else something without parts.
fn index_type(ty: Ty) -> Ty {
    match ty {
        Ty::Tuple(parts) => Ty::Tuple(vec![Ty::Discrete; parts.len()]),
        Ty::Array(_) => Ty::Array(Box::new(Ty::Discrete)),
        _ => Ty::Discrete,
    }
}

/// Whether evaluating `e` again in the same state is cheap and gives the same.
pub(super) fn is_repeatable(e: &SynExpr) -> bool {
    match e {
        SynExpr::Lit(_) | SynExpr::Path(_) => true,
        SynExpr::Paren(e) => is_repeatable(&e.expr),
        SynExpr::Cast(e) => is_repeatable(&e.expr),
        SynExpr::Unary(e) => is_repeatable(&e.expr),
        SynExpr::Binary(e) => {
            !crate::facts::is_compound(&e.op) && is_repeatable(&e.left) && is_repeatable(&e.right)
        }
        SynExpr::Field(e) => is_repeatable(&e.base),
        SynExpr::Index(e) => is_repeatable(&e.expr) && is_repeatable(&e.index),
        SynExpr::Array(e) => e.elems.iter().all(is_repeatable),
        SynExpr::Tuple(e) => e.elems.iter().all(is_repeatable),
        SynExpr::Range(e) => {
            e.start.as_ref().is_none_or(|e| is_repeatable(e))
                && e.end.as_ref().is_none_or(|e| is_repeatable(e))
        }
        SynExpr::Reference(e) => e.mutability.is_none() && is_repeatable(&e.expr),
        SynExpr::MethodCall(e) => {
            let known = [
                "len",
                "min",
                "max",
                "nrows",
                "ncols",
                "abs_diff",
                "saturating_sub",
                "len_of",
                "pow",
                "rem_euclid",
                "abs",
                "wrapping_add",
                "wrapping_sub",
                "is_empty",
            ];
            let pure = |name: &str| {
                name == "unwrap"
                    || name == "clone"
                    || crate::rules::scalar(name).is_some_and(|r| !r.costly)
            };
            (known.iter().any(|k| e.method == k) || pure(&e.method.to_string()))
                && is_repeatable(&e.receiver)
                && e.args.iter().all(is_repeatable)
        }
        SynExpr::Call(e) => {
            let constant = match &*e.func {
                SynExpr::Path(p) => {
                    let segments: Vec<String> =
                        p.path.segments.iter().map(|s| s.ident.to_string()).collect();
                    match &segments[..] {
                        [axis] => axis == "Axis",
                        [.., module, function] if module == "rt" => {
                            ["constant", "offset", "distance"].contains(&function.as_str())
                        }
                        // Numbers of a primitive type, or of a real type parameter: `T::one()`.
                        [owner, _] => crate::facts::is_primitive(owner) || owner.len() == 1,
                        _ => false,
                    }
                }
                _ => false,
            };
            constant && e.args.iter().all(is_repeatable)
        }
        SynExpr::Macro(m) => m.mac.path.is_ident("s"),
        _ => false,
    }
}
