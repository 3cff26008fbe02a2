//! Sorting: an inactive order, and the elements moved by it.
//!
//! ```text
//! // Input:                      // Output:
//! v.sort_by(compare);            let order = sorted_order(&v, compare);
//!                                let unsorted = v.clone();
//!                                for k in 0..order.len() { v[k] = unsorted[order[k]]; }
//! ```
//!
//! So the cotangent of an element goes back to where the element came from.

use super::Lower;
use super::chain::{Chain, Item};
use crate::ir::{Expr, Place, Proj, Stmt, Ty};
use quote::quote;

impl Lower<'_> {
    /// `v.sort_by(compare)` and `v.sort_unstable_by(compare)` of active elements.
    pub(super) fn sorting(&mut self, call: &syn::ExprMethodCall) -> bool {
        let sorts = call.method == "sort_by" || call.method == "sort_unstable_by";
        let Some(compare) = call.args.first().filter(|_| sorts && call.args.len() == 1) else {
            return false;
        };
        if !self.is_place(&call.receiver) || !self.facts.active(&call.receiver) {
            return false;
        }
        self.refuse_changes(compare);
        let element = match self.facts.infer(&call.receiver).deref() {
            Ty::Vec(element) | Ty::Slice(element) | Ty::Array(element) => (**element).clone(),
            _ => Ty::Unknown,
        };
        let mut place = self.frozen(&call.receiver);
        let tokens = self.tokens_of(&place);
        if matches!(self.program.ty_of_place(&place), Ty::Ref(_) | Ty::RefMut(_)) {
            place = place.then(Proj::Deref);
        }
        let order = quote!(::ad_runtime::rt::sorted_order(&#tokens, #compare));
        let indices = Ty::Vec(Box::new(Ty::Discrete));
        let order = self.verbatim_tokens(order, indices.clone());
        let order = self.name("order", order, indices, false);
        let order = self.ident_of(&order);
        let receiver = &call.receiver;
        let copy = self.value(&syn::parse_quote!(#receiver.to_vec()));
        let copy = self.name("unsorted", copy, Ty::Vec(Box::new(element.clone())), true);
        let Expr::Place(unsorted) = copy else { unreachable!("a name is a place") };
        let positions = Chain::positions(quote!(#order.len()));
        self.drive(positions, &mut |lower, item| {
            let Item::Value(Expr::Verbatim { tokens: k, .. }, _) = item else {
                unreachable!("a position is a number")
            };
            let from = lower.verbatim_tokens(quote!(#order[#k]), Ty::Discrete);
            let to = lower.verbatim_tokens(k, Ty::Discrete);
            let value = moved(unsorted.clone().then(Proj::Index(from)), &element);
            lower.push(Stmt::Assign { place: place.clone().then(Proj::Index(to)), value });
            None
        });
        true
    }
}

/// Whether a method orders or thins out its receiver by what a closure answers: where the receiver is
/// inactive, active values only select in it.
pub(super) fn selects(method: &syn::Ident) -> bool {
    [
        "sort_by",
        "sort_unstable_by",
        "sort_by_key",
        "sort_unstable_by_key",
        "sort_by_cached_key",
        "retain",
        "dedup_by",
        "dedup_by_key",
    ]
    .iter()
    .any(|name| method == name)
}

/// An element as a value.
fn moved(place: Place, ty: &Ty) -> Expr {
    match ty.is_copy() {
        true => Expr::Place(place),
        false => Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place))]),
    }
}
