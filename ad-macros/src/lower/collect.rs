//! Chains that are gathered in containers.

use super::Lower;
use super::chain::{Chain, Item, reference_to};
use crate::ir::{Block, Expr, MutOp, Place, Stmt, Ty};
use quote::quote;
use syn::{Expr as SynExpr, GenericArgument, PathArguments, Type};

impl Lower<'_> {
    pub(super) fn collect_into(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        ty: Option<&Type>,
    ) -> Expr {
        let stated = Self::turbofish(call).or_else(|| ty.cloned());
        let target = stated.as_ref().and_then(last_segment);
        let is_array = target.as_ref().is_some_and(|(name, _)| name == "Array1" || name == "Array");
        if let Some((name, _)) = &target
            && name != "Vec"
            && !is_array
        {
            self.errors.at(
                &call.method,
                format!("collecting active values into `{name}` cannot be differentiated: collect into a `Vec`, or build it in a loop"),
            );
        }
        let element = match self.facts.item(&call.receiver) {
            Ty::Unknown => target
                .and_then(|(_, argument)| argument)
                .map_or(Ty::Unknown, |t| crate::facts::of_syn_type(&t, &self.facts.reals)),
            ty => ty,
        };
        let empty = match self.chain_len(&chain) {
            Some(len) => quote!(::std::vec::Vec::with_capacity(#len)),
            None => quote!(::std::vec::Vec::new()),
        };
        let start = self.verbatim_tokens(empty, Ty::Vec(Box::new(element.clone())));
        let place = self.mutable("items", start, Ty::Vec(Box::new(element.clone())), true);
        self.push_all(&place, chain);
        if is_array {
            let name = crate::emit::place_tokens(&self.program, &place);
            let array =
                self.shaped(Expr::Place(place), quote!(::ad_runtime::ndarray::Ix1(#name.len())));
            return self.name(
                "array",
                array,
                Ty::NdArray { dims: Some(1), owned: true, elem: None },
                true,
            );
        }
        Expr::Place(place)
    }

    pub(super) fn push_all(&mut self, place: &Place, chain: Chain) {
        let target = place.clone();
        self.drive(chain, &mut |lower, item| {
            let value = lower.value_of(item);
            let value = match value {
                value @ (Expr::Place(_) | Expr::Verbatim { .. } | Expr::Ref { .. }) => value,
                value => {
                    let (ty, active) =
                        (lower.program.ty_of(&value), lower.program.reads_active(&value));
                    lower.name("item", value, ty, active)
                }
            };
            lower.push(Stmt::Mutate {
                op: MutOp::Push,
                dest: None,
                place: target.clone(),
                args: vec![value],
            });
            None
        });
    }

    pub(super) fn unzip(&mut self, chain: Chain) -> Expr {
        let start = || Expr::Verbatim {
            tokens: quote!(::std::vec::Vec::new()),
            reads: vec![],
            ty: Ty::Vec(Box::new(Ty::Unknown)),
        };
        let places = ["left", "right"]
            .map(|base| self.mutable(base, start(), Ty::Vec(Box::new(Ty::Unknown)), true));
        let targets = places.clone();
        self.drive(chain, &mut |lower, item| {
            let parts: Vec<Expr> = match item {
                Item::Tuple(items) => items.into_iter().map(|i| lower.value_of(i)).collect(),
                item => match lower.value_of(item) {
                    Expr::Place(place) => {
                        (0..2).map(|i| Expr::Place(Self::field(&place, i))).collect()
                    }
                    value => {
                        let (ty, active) =
                            (lower.program.ty_of(&value), lower.program.reads_active(&value));
                        match lower.name("item", value, ty, active) {
                            Expr::Place(place) => {
                                (0..2).map(|i| Expr::Place(Self::field(&place, i))).collect()
                            }
                            _ => unreachable!("a name is a place"),
                        }
                    }
                },
            };
            for (place, part) in targets.iter().zip(parts) {
                let (ty, active) = (lower.program.ty_of(&part), lower.program.reads_active(&part));
                let part = lower.name("item", part, ty, active);
                lower.push(Stmt::Mutate {
                    op: MutOp::Push,
                    dest: None,
                    place: place.clone(),
                    args: vec![part],
                });
            }
            None
        });
        Expr::Tuple(places.into_iter().map(Expr::Place).collect())
    }

    /// `partition(f)`: the items that `f` takes, and the others. The type that the user states tells whether the
    /// containers hold copies of what is iterated by reference.
    pub(super) fn partition(
        &mut self,
        call: &syn::ExprMethodCall,
        chain: Chain,
        ty: Option<&Type>,
    ) -> Option<Expr> {
        let SynExpr::Closure(closure) = call.args.first()? else { return None };
        let stated = match ty {
            Some(Type::Tuple(parts)) => parts.elems.first().cloned(),
            Some(_) => None,
            None => Self::turbofish(call),
        };
        let stated = stated.as_ref().and_then(last_segment).and_then(|(_, element)| element);
        let copies =
            stated.as_ref().is_some_and(|ty| !matches!(ty, Type::Reference(_) | Type::Infer(_)));
        let item_ty = self.facts.item(&call.receiver);
        let element = if copies { item_ty.deref().clone() } else { item_ty };
        let places = ["taken", "left"].map(|base| {
            let ty = Ty::Vec(Box::new(element.clone()));
            let start = self.verbatim_tokens(quote!(::std::vec::Vec::new()), ty.clone());
            self.mutable(base, start, ty, true)
        });
        let targets = places.clone();
        self.drive(chain, &mut |lower, item| {
            let item = lower.stable(item);
            let cond = lower.predicate(closure, reference_to(&item));
            let value = match lower.value_of(item) {
                Expr::Ref { expr, .. } if copies => *expr,
                value => value,
            };
            let id = lower.fresh_id();
            let [then, els] = targets.clone().map(|place| {
                let args = vec![value.clone()];
                let push = Stmt::Mutate { op: MutOp::Push, dest: None, place, args };
                Block { stmts: vec![push], result: None }
            });
            lower.push(Stmt::If { id, dest: None, cond, then, els });
            None
        });
        Some(Expr::Tuple(places.into_iter().map(Expr::Place).collect()))
    }
}

fn last_segment(ty: &Type) -> Option<(String, Option<Type>)> {
    match ty {
        Type::Path(p) => {
            let last = p.path.segments.last()?;
            let argument = match &last.arguments {
                PathArguments::AngleBracketed(args) => args.args.iter().find_map(|a| match a {
                    GenericArgument::Type(ty) => Some(ty.clone()),
                    _ => None,
                }),
                _ => None,
            };
            Some((last.ident.to_string(), argument))
        }
        Type::Array(a) => Some(("[T; N]".to_owned(), Some((*a.elem).clone()))),
        _ => None,
    }
}
