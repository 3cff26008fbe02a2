//! Chains of which one item is taken: the first, the last, or the one that is found.

use super::Lower;
use super::chain::{Chain, Stage};
use crate::ir::{CallKind, Expr, Stmt, Ty};
use quote::quote;
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// `last`, `nth(n)`, `next` of something that can be indexed.
    pub(super) fn single(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        name: &str,
    ) -> Option<Expr> {
        let Some(len) = self.chain_len(&chain).filter(|_| !chain.has_parts()) else {
            let ty = self.facts.item(&call.receiver);
            let mut chain = chain;
            if name == "nth" {
                let n = self.fixed(call.args.first()?);
                chain.stages.push(Stage::Skip(n));
            }
            return Some(self.in_order(chain, ty, name == "last"));
        };
        let index = match name {
            "last" => quote!(#len - 1),
            "next" => quote!(0),
            _ => {
                let n = call.args.first()?;
                quote!(#n)
            }
        };
        let exists = self.verbatim_tokens(
            if name == "last" { quote!(#len > 0) } else { quote!(#index < #len) },
            Ty::Discrete,
        );
        let ty = self.facts.item(&call.receiver);
        Some(self.optional_item(chain, index, exists, ty))
    }

    /// `Some(item k)` where `exists`, else `None`.
    pub(super) fn optional_item(
        &mut self,
        chain: Chain,
        k: proc_macro2::TokenStream,
        exists: Expr,
        ty: Ty,
    ) -> Expr {
        let cond = self.name("taken", exists, Ty::Discrete, false);
        let (id, dest) =
            (self.fresh_id(), self.temp("element", Ty::Option(Box::new(ty)), true, false));
        let then = self.nested(|lower| {
            let index = lower.verbatim_tokens(k, Ty::Discrete);
            let index = lower.name("k", index, Ty::Discrete, false);
            let index = lower.ident_of(&index);
            let item = lower.nth_item(&chain, &quote!(#index))?;
            let value = lower.value_of(item);
            let value = lower.atom(value, Ty::Unknown);
            Some(Expr::Call {
                path: quote!(::core::option::Option::Some),
                args: vec![value],
                kind: crate::ir::CallKind::Constructor,
            })
        });
        let els = crate::ir::Block {
            stmts: vec![],
            result: Some(Expr::lit(quote!(::core::option::Option::None))),
        };
        self.push(Stmt::If { id, dest: Some(dest), cond, then, els });
        Expr::var(dest)
    }

    /// The first item of a chain, or the last, whose number is not known.
    fn in_order(&mut self, chain: Chain, ty: Ty, last: bool) -> Expr {
        let some_ty = Ty::Option(Box::new(ty.clone()));
        let none = Expr::Verbatim {
            tokens: quote!(::core::option::Option::None),
            reads: vec![],
            ty: Ty::Unknown,
        };
        let place = self.mutable("found", none, some_ty.clone(), true);
        let target = place.clone();
        self.drive(chain, &mut |lower, item| {
            let value = lower.value_of(item);
            let value = lower.atom(value, ty.clone());
            let args = vec![value];
            let path = quote!(::core::option::Option::Some);
            let some = Expr::Call { path, args, kind: CallKind::Constructor };
            let some = lower.name("some", some, some_ty.clone(), true);
            let store = Stmt::Assign { place: target.clone(), value: some };
            lower.push(store);
            (!last).then(|| Expr::lit(quote!(true)))
        });
        Expr::Place(place)
    }

    /// `find(f)` and `find_map(f)`: the first item that the function takes.
    pub(super) fn found(
        &mut self,
        call: &syn::ExprMethodCall,
        mut chain: Chain,
        name: &str,
    ) -> Option<Expr> {
        let closure = match call.args.first()? {
            SynExpr::Closure(c) => c.clone(),
            SynExpr::Path(p) => syn::parse_quote!(|__item| #p(__item)),
            _ => return None,
        };
        let (stage, ty) = match name {
            "find" => (Stage::Filter(closure), self.facts.item(&call.receiver)),
            _ => {
                let ty = match self.facts.infer(&closure.body) {
                    Ty::Option(inner) => *inner,
                    _ => Ty::Unknown,
                };
                (Stage::FilterMap(closure), ty)
            }
        };
        chain.stages.push(stage);
        Some(self.in_order(chain, ty, false))
    }
}
