//! What `ndarray` does element by element, as loops: methods that take closures, `Zip`, and
//! constructors with active contents.
//!
//! The closure is inlined in the body of the loop, so it may capture active variables.

mod constructors;
mod zip;

use super::Lower;
use super::chain::{Chain, Item};
use crate::ir::{Expr, Place, Proj, Stmt, Ty};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr as SynExpr, Pat};
use zip::zipped;

/// A closure, or a path as one of `arity` parameters.
fn closure_of(f: &SynExpr, arity: usize) -> Option<syn::ExprClosure> {
    match f {
        SynExpr::Closure(c) => Some(c.clone()),
        SynExpr::Path(p) => {
            let names: Vec<_> = (0..arity).map(|i| quote::format_ident!("__item{}", i)).collect();
            Some(syn::parse_quote!(|#(#names),*| #p(#(#names),*)))
        }
        _ => None,
    }
}

impl Lower<'_> {
    /// The value of a method of arrays that takes a closure.
    pub(super) fn array_method(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        ty: &Ty,
    ) -> Option<Expr> {
        if matches!(name, "map_collect" | "par_map_collect" | "fold")
            && let Some(zip) = zipped(&call.receiver)
        {
            return self.zip_value(call, name, &zip);
        }
        let array = matches!(ty.deref(), Ty::NdArray { .. });
        match name {
            "mapv" | "mapv_into" | "mapv_into_any" if array || *ty.deref() == Ty::Unknown => {
                self.ndarray_map(&call.receiver, call.args.first()?, None)
            }
            "map" if array => self.ndarray_map(&call.receiver, call.args.first()?, Some(false)),
            "fold" if array => {
                let (receiver, mut args) = (&call.receiver, call.args.clone());
                // The closure may state the type that a literal start leaves open.
                if let (Some(init), Some(SynExpr::Closure(c))) =
                    (call.args.first(), call.args.iter().nth(1))
                    && let Some(Pat::Type(p)) = c.inputs.first()
                    && is_literal(init)
                {
                    let ty = &p.ty;
                    args[0] = syn::parse_quote!((#init as #ty));
                }
                let rewritten: SynExpr = syn::parse_quote!((#receiver).iter().fold(#args));
                self.analyse(&rewritten);
                Some(self.value(&rewritten))
            }
            "map_axis" if array && call.args.len() == 2 => {
                self.map_axis(&call.receiver, &call.args[0], &call.args[1])
            }
            "fold_axis" if array => self.fold_axis(call),
            _ => None,
        }
    }

    /// `x.mapv(f)`, `x.map(f)`
    fn ndarray_map(&mut self, receiver: &SynExpr, f: &SynExpr, by: Option<bool>) -> Option<Expr> {
        let closure = closure_of(f, 1)?;
        let place = self.iterated(receiver)?;
        let ty = match self.program.ty_of_place(&place) {
            Ty::Unknown => self.facts.infer(receiver),
            ty => ty,
        };
        let chain = self.elements_chain(place.clone(), by, &ty);
        let whole = self.tokens(&place);
        Some(self.mapped(chain, &closure, quote!(#whole.raw_dim()), &mut |_, item| vec![item]))
    }

    /// `x.map_axis(axis, f)`: the lanes along the axis, one after another.
    fn map_axis(&mut self, receiver: &SynExpr, axis: &SynExpr, f: &SynExpr) -> Option<Expr> {
        let closure = closure_of(f, 1)?;
        let place = self.iterated(receiver)?;
        let axis = self.fixed(axis);
        let whole = self.tokens(&place);
        let dim = quote!(::ad_runtime::ndarray::RemoveAxis::remove_axis(&#whole.raw_dim(), #axis));
        let chain = self.lanes_chain(place, axis);
        Some(self.mapped(chain, &closure, dim, &mut |_, item| vec![item]))
    }

    /// `x.fold_axis(axis, init, f)`: the fold of each lane along the axis.
    fn fold_axis(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        let mut args = call.args.iter();
        let (axis, init, f) = (args.next()?, args.next()?, args.next()?);
        let closure = closure_of(f, 2)?;
        let (acc, element, body) = (&closure.inputs[0], &closure.inputs[1], &closure.body);
        let f: SynExpr = syn::parse_quote! {
            |__lane| __lane.iter().fold(#init, |__acc, #element| { let #acc = &__acc; #body })
        };
        self.map_axis(&call.receiver, axis, &f)
    }

    /// The index of the item that stands at a position of an array of shape `shape`, as a closure takes it.
    fn index_item(&mut self, shape: &TokenStream, position: Item, arity: Option<usize>) -> Item {
        let Item::Value(Expr::Verbatim { tokens: k, .. }, _) = &position else {
            unreachable!("a range has values")
        };
        let index =
            self.verbatim_tokens(quote!(::ad_runtime::rt::index_at(&#shape, #k)), Ty::Discrete);
        let index = self.name("index", index, Ty::Discrete, false);
        let index = self.ident_of(&index);
        let value = |tokens| Item::Value(self.verbatim_tokens(tokens, Ty::Discrete), Ty::Discrete);
        match arity {
            None => value(quote!(#index)),
            Some(n) => {
                let parts = (0..n).map(syn::Index::from).map(|i| value(quote!(#index.#i)));
                Item::Tuple(parts.collect())
            }
        }
    }

    /// The place that a loop runs over; what is not a place gets a name.
    fn iterated(&mut self, e: &SynExpr) -> Option<Place> {
        if self.is_place(e) {
            return Some(self.frozen(e));
        }
        match self.named_operand("items", e) {
            Expr::Place(place) => Some(place),
            _ => None,
        }
    }

    fn tokens(&self, place: &Place) -> TokenStream {
        crate::emit::place_tokens(&self.program, place)
    }

    /// An array of shape `dim` of what the closure makes of each item.
    fn mapped(
        &mut self,
        chain: Chain,
        closure: &syn::ExprClosure,
        dim: TokenStream,
        items: &mut dyn FnMut(&mut Self, Item) -> Vec<Item>,
    ) -> Expr {
        let dim = self.verbatim_tokens(dim, Ty::Discrete);
        let dim = self.name("shape", dim, Ty::Discrete, false);
        let name = self.ident_of(&dim);
        let start =
            quote!(::std::vec::Vec::with_capacity(::ad_runtime::ndarray::Dimension::size(&#name)));
        let ty = Ty::Vec(Box::new(self.result_of(closure)));
        let start = self.verbatim_tokens(start, ty.clone());
        let target = self.mutable("items", start, ty, true);
        let place = target.clone();
        self.drive(chain, &mut |lower, item| {
            let given = items(lower, item);
            let value = lower.apply(closure, given);
            lower.push_item(&place, value);
            None
        });
        Expr::runtime("shaped", vec![Expr::Place(target), Expr::borrow(dim)])
    }

    /// The type of a closure's value.
    fn result_of(&self, closure: &syn::ExprClosure) -> Ty {
        self.facts.infer(&closure.body)
    }

    fn push_item(&mut self, place: &Place, value: Expr) {
        let value = match value {
            value @ (Expr::Place(_) | Expr::Verbatim { .. }) => value,
            value => {
                let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
                self.name("item", value, ty, active)
            }
        };
        self.push(Stmt::Mutate {
            op: crate::ir::MutOp::Push,
            dest: None,
            place: place.clone(),
            args: vec![value],
        });
    }

    /// A method call as a statement that changes arrays element by element. Returns whether it is one.
    pub(super) fn array_statement(&mut self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        if matches!(name.as_str(), "for_each" | "par_for_each")
            && let Some(zip) = zipped(&call.receiver)
        {
            return self.zip_statement(call, &zip);
        }
        if !self.is_place(&call.receiver) {
            return false;
        }
        let first = call.args.first();
        match (name.as_str(), first) {
            ("mapv_inplace" | "par_mapv_inplace", Some(f)) => {
                self.in_place(&call.receiver, f, None)
            }
            ("map_inplace", Some(f)) => self.in_place(&call.receiver, f, Some(true)),
            ("zip_mut_with", Some(other)) => self.zip_mut_with(call, other),
            ("accumulate_axis_inplace", Some(axis)) => self.accumulate_axis(call, axis),
            ("scaled_add", Some(factor)) if call.args.len() == 2 => {
                let (place, other) = (&call.receiver, &call.args[1]);
                let add: SynExpr = match &**place {
                    SynExpr::MethodCall(_) => {
                        let part = self.fresh_name("part");
                        syn::parse_quote!({
                            let mut #part = #place;
                            #part += &((#factor) * #other);
                        })
                    }
                    place => syn::parse_quote!(#place += &((#factor) * #other)),
                };
                self.analyse(&add);
                self.body_statement(&add);
                true
            }
            _ => false,
        }
    }

    /// The body of a closure whose value is dropped, with its parameters bound.
    fn apply_statement(&mut self, closure: &syn::ExprClosure, items: Vec<Item>) {
        let closure = self.freshened(closure);
        for (pat, item) in closure.inputs.iter().zip(items) {
            self.bind_item(pat, item);
        }
        self.analyse(&closure.body);
        self.body_statement(&closure.body);
    }

    /// Assigns the value of a closure.
    fn assign_applied(&mut self, closure: &syn::ExprClosure, items: Vec<Item>, place: Place) {
        let value = self.apply(closure, items);
        let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
        let value = self.name("new", value, ty, active);
        self.push(Stmt::Assign { place, value });
    }

    fn in_place(&mut self, receiver: &SynExpr, f: &SynExpr, by: Option<bool>) -> bool {
        let Some(closure) = closure_of(f, 1) else { return false };
        let (place, ty) = (self.frozen(receiver), self.facts.infer(receiver));
        let chain = self.elements_chain(place.clone(), by, &ty);
        self.drive(chain, &mut |lower, item| {
            if by.is_some() {
                lower.apply_statement(&closure, vec![item]);
                return None;
            }
            let Item::Place(element, _) = &item else { unreachable!("it is an element") };
            let element = element.clone();
            lower.assign_applied(&closure, vec![item], element);
            None
        });
        true
    }

    /// `x.accumulate_axis_inplace(axis, f)`: along each lane, from its second element.
    fn accumulate_axis(&mut self, call: &syn::ExprMethodCall, axis: &SynExpr) -> bool {
        let ty = self.facts.infer(&call.receiver);
        let Some(closure) = call.args.iter().nth(1).and_then(|f| closure_of(f, 2)) else {
            return false;
        };
        if !matches!(ty.deref(), Ty::NdArray { dims: Some(1), .. }) {
            let (array, lane) = (&call.receiver, self.fresh_name("lane"));
            let lanes: SynExpr = syn::parse_quote! {
                for mut #lane in #array.lanes_mut(#axis) {
                    #lane.accumulate_axis_inplace(::ad_runtime::ndarray::Axis(0), #closure);
                }
            };
            self.analyse(&lanes);
            self.expr_statement(&lanes);
            return true;
        }
        let place = self.frozen(&call.receiver);
        let whole = self.tokens(&place);
        let range: SynExpr = syn::parse_quote!(1..#whole.len());
        let Some(chain) = self.chain(&range) else { return false };
        self.drive(chain, &mut |lower, item| {
            let Item::Value(k, _) = item else { unreachable!("a range has values") };
            let Expr::Verbatim { tokens: k, .. } = &k else { unreachable!("an index is verbatim") };
            let at = |lower: &Self, tokens: TokenStream| {
                place.clone().then(Proj::Index(lower.verbatim_tokens(tokens, Ty::Discrete)))
            };
            let (before, now) = (at(lower, quote!(#k - 1)), at(lower, k.clone()));
            let ty = lower.program.ty_of_place(&before);
            let active = lower.is_active(&before);
            // The element is copied, because the next one is borrowed mutably.
            let before = match lower.name("previous", Expr::Place(before), ty, active) {
                Expr::Place(place) => place,
                _ => unreachable!("a name is a place"),
            };
            lower.apply_statement(
                &closure,
                vec![Item::Place(before, Some(false)), Item::Place(now, Some(true))],
            );
            None
        });
        true
    }
}

fn is_literal(e: &SynExpr) -> bool {
    match e {
        SynExpr::Lit(_) => true,
        SynExpr::Unary(u) => matches!(u.op, syn::UnOp::Neg(_)) && is_literal(&u.expr),
        _ => false,
    }
}

/// The number of names by which a closure takes an index: `Some(None)` for one name, `None` for what is
/// neither a name nor a tuple of names.
#[allow(clippy::option_option)] // The outer one says whether the pattern fits, the inner one is an arity.
fn index_arity(pattern: &Pat) -> Option<Option<usize>> {
    match pattern {
        Pat::Tuple(t) => Some(Some(t.elems.len())),
        Pat::Ident(_) | Pat::Wild(_) | Pat::Type(_) => Some(None),
        _ => None,
    }
}
