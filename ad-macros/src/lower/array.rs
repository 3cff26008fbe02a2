//! Arrays made element by element: `x.map(f)` and `std::array::from_fn(f)`, as loops.

use super::Lower;
use super::chain::Item;
use crate::ir::{Expr, LoopKind, MutOp, Place, Proj, Stmt, Ty, Var};
use proc_macro2::TokenStream;
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
        let like = |empty| quote!(::core::clone::Clone::clone(&#shape).map(|_| #empty));
        let taken = source.clone();
        self.filled(&like, out, &closure, &mut |lower, k| {
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
        let like = |empty| quote!(::core::array::from_fn(|_| #empty));
        Some(self.filled(&like, out, &closure, &mut |lower, k| {
            Item::Value(lower.verbatim_tokens(k.clone(), Ty::Discrete), Ty::Discrete)
        }))
    }

    fn unary(&self, f: &SynExpr) -> Option<syn::ExprClosure> {
        match f {
            SynExpr::Closure(c) => Some(c.clone()),
            SynExpr::Path(p) => Some(syn::parse_quote!(|__item| #p(__item))),
            _ => None,
        }
    }

    /// An array that a loop fills. `like` makes one of that length, whose elements are all the same expression.
    fn filled(
        &mut self,
        like: &dyn Fn(TokenStream) -> TokenStream,
        element: Ty,
        closure: &syn::ExprClosure,
        item: &mut dyn FnMut(&mut Self, &TokenStream) -> Item,
    ) -> Expr {
        let var = self.temp("k", Ty::Discrete, false, false);
        let k = self.program[var].name.to_token_stream();
        let made =
            || (!is_made(&closure.body)).then(|| quote!(::core::default::Default::default()));
        let Some(empty) = empty(&element).or_else(made) else {
            return self.listed(like(quote!(())), element, var, &mut |lower| {
                let item = item(lower, &k);
                lower.apply(closure, vec![item])
            });
        };
        let ty = Ty::Array(Box::new(element));
        let start = self.verbatim_tokens(like(empty), ty.clone());
        let place = self.mutable("filled", start, ty, true);
        let name = self.program[place.root].name.clone();
        self.over_range(var, quote!(#name.len()), |lower| {
            let item = item(lower, &k);
            let value = lower.apply(closure, vec![item]);
            let index = lower.verbatim_tokens(k.clone(), Ty::Discrete);
            let target: Place = place.clone().then(Proj::Index(index));
            lower.push(Stmt::Assign { place: target, value });
        });
        Expr::Place(place)
    }

    /// An array of elements that have no value to start with: they are pushed to a `Vec`.
    fn listed(
        &mut self,
        units: TokenStream,
        element: Ty,
        var: Var,
        value: &mut dyn FnMut(&mut Self) -> Expr,
    ) -> Expr {
        let units = self.verbatim_tokens(units, Ty::Discrete);
        let units = self.name("like", units, Ty::Discrete, false);
        let Expr::Place(like) = &units else { unreachable!("a name is a place") };
        let like = self.program[like.root].name.clone();
        let ty = Ty::Vec(Box::new(element.clone()));
        let start = quote!(::std::vec::Vec::with_capacity(#like.len()));
        let start = self.verbatim_tokens(start, ty.clone());
        let place = self.mutable("items", start, ty, true);
        self.over_range(var, quote!(#like.len()), |lower| {
            let value = value(lower);
            let (place, args) = (place.clone(), vec![value]);
            lower.push(Stmt::Mutate { op: MutOp::Push, dest: None, place, args });
        });
        let array = Expr::runtime("arrayed", vec![Expr::Place(place), Expr::borrow(units)]);
        self.name("filled", array, Ty::Array(Box::new(element)), true)
    }

    fn over_range(&mut self, var: Var, hi: TokenStream, body: impl FnOnce(&mut Self)) {
        let id = self.fresh_id();
        let body = self.nested(|lower| {
            body(lower);
            None
        });
        let hi = self.verbatim_tokens(hi, Ty::Discrete);
        let lo = Expr::lit(quote!(0));
        let kind = LoopKind::Range { var, lo, hi, inclusive: false, rev: false, step: None };
        self.push(Stmt::Loop { id, kind, body });
    }
}

/// Whether a value is made by a literal of a struct or by a call, so that its type may have no default.
fn is_made(e: &SynExpr) -> bool {
    match e {
        SynExpr::Struct(_) | SynExpr::Call(_) => true,
        SynExpr::Paren(e) => is_made(&e.expr),
        SynExpr::Block(b) => ends_made(&b.block),
        SynExpr::If(e) => ends_made(&e.then_branch),
        SynExpr::Match(e) => e.arms.first().is_some_and(|arm| is_made(&arm.body)),
        SynExpr::MethodCall(call) => is_made(&call.receiver),
        _ => false,
    }
}

fn ends_made(block: &syn::Block) -> bool {
    matches!(block.stmts.last(), Some(syn::Stmt::Expr(e, None)) if is_made(e))
}

/// The value of an element before it is computed, where its type is known to have one.
fn empty(element: &Ty) -> Option<TokenStream> {
    Some(match element {
        Ty::Float(None) => quote!(0.0),
        Ty::Float(Some(_)) | Ty::Discrete | Ty::Vec(_) | Ty::Option(_) => {
            quote!(::core::default::Default::default())
        }
        Ty::Array(inner) => {
            let inner = empty(inner)?;
            quote!(::core::array::from_fn(|_| #inner))
        }
        Ty::Tuple(parts) => {
            let parts = parts.iter().map(empty).collect::<Option<Vec<_>>>()?;
            quote!((#(#parts,)*))
        }
        _ => return None,
    })
}
