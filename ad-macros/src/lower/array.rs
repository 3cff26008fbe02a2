//! Arrays made element by element: `x.map(f)` and `std::array::from_fn(f)`, as loops.

use super::Lower;
use super::chain::Item;
use crate::ir::{Expr, LoopKind, Place, Proj, Stmt, Ty};
use quote::{ToTokens, quote};
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// Whether `map` on the receiver is that of `[T; N]`.
    pub(super) fn is_array_like(&self, e: &SynExpr, ty: &Ty) -> bool {
        match ty.deref() {
            Ty::Array(_) => true,
            Ty::Unknown => self.is_place(e) || matches!(e, SynExpr::Array(_)),
            _ => false,
        }
    }

    /// `x.map(f)`
    pub(super) fn array_map(&mut self, receiver: &SynExpr, f: &SynExpr) -> Expr {
        let Some(closure) = self.unary(f) else {
            self.errors.at(f, "map an array by a closure or a path");
            return self.verbatim(receiver);
        };
        let source = match self.named_operand("items", receiver) {
            Expr::Place(place) => place,
            value => {
                let ty = self.facts.infer(receiver);
                let active = self.program.reads_active(&value);
                match self.name("items", value, ty, active) {
                    Expr::Place(place) => place,
                    _ => unreachable!("a name is a place"),
                }
            }
        };
        let element = self.program.ty_of_place(&source).element();
        self.facts.bind(&closure.inputs[0], &element, true);
        self.analyse(&closure.body);
        let out = self.facts.infer(&closure.body);
        let shape = crate::emit::place_tokens(&self.program, &source);
        let empty = self.empty(&out);
        let start = self.verbatim_tokens(
            quote!(::core::clone::Clone::clone(&#shape).map(|_| #empty)),
            Ty::Array(Box::new(out.clone())),
        );
        let taken = source.clone();
        self.filled(start, out, &closure, &mut |lower, k| {
            let index = lower.verbatim_tokens(k.clone(), Ty::Discrete);
            Item::Place(taken.clone().then(Proj::Index(index)), None)
        })
    }

    /// `std::array::from_fn(f)`
    pub(super) fn array_from_fn(&mut self, f: &SynExpr) -> Option<Expr> {
        let closure = self.unary(f)?;
        self.facts.bind(&closure.inputs[0], &Ty::Discrete, false);
        self.analyse(&closure.body);
        let out = self.facts.infer(&closure.body);
        let empty = self.empty(&out);
        let start = self.verbatim_tokens(
            quote!(::core::array::from_fn(|_| #empty)),
            Ty::Array(Box::new(out.clone())),
        );
        Some(self.filled(start, out, &closure, &mut |lower, k| {
            Item::Value(lower.verbatim_tokens(k.clone(), Ty::Discrete), Ty::Discrete)
        }))
    }

    /// The value of an element before it is computed.
    fn empty(&self, element: &Ty) -> proc_macro2::TokenStream {
        match element.deref() {
            Ty::Float(None) => quote!(0.0),
            _ => quote!(::core::default::Default::default()),
        }
    }

    fn unary(&self, f: &SynExpr) -> Option<syn::ExprClosure> {
        match f {
            SynExpr::Closure(c) => Some(c.clone()),
            SynExpr::Path(p) => Some(syn::parse_quote!(|__item| #p(__item))),
            _ => None,
        }
    }

    /// An array that starts as `start` and is filled by a loop.
    fn filled(
        &mut self,
        start: Expr,
        element: Ty,
        closure: &syn::ExprClosure,
        item: &mut dyn FnMut(&mut Self, &proc_macro2::TokenStream) -> Item,
    ) -> Expr {
        let place = self.mutable("filled", start, Ty::Array(Box::new(element)), true);
        let name = self.program[place.root].name.clone();
        let var = self.temp("k", Ty::Discrete, false, false);
        let k = self.program[var].name.to_token_stream();
        let id = self.fresh_id();
        let body = self.nested(|lower| {
            let item = item(lower, &k);
            let value = lower.apply(closure, vec![item]);
            let index = lower.verbatim_tokens(k.clone(), Ty::Discrete);
            let target: Place = place.clone().then(Proj::Index(index));
            lower.push(Stmt::Assign { place: target, value });
            None
        });
        let hi = self.verbatim_tokens(quote!(#name.len()), Ty::Discrete);
        let kind = LoopKind::Range {
            var,
            lo: Expr::lit(quote!(0)),
            hi,
            inclusive: false,
            rev: false,
            step: None,
        };
        self.push(Stmt::Loop { id, kind, body });
        Expr::Place(place)
    }
}
