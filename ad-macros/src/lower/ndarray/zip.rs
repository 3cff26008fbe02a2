//! `Zip` as one loop: over elements, repeated elements, or parts of arrays, with the index or without.

use super::{closure_of, index_arity};
use crate::ir::{Expr, Stmt, Ty};
use crate::lower::Lower;
use crate::lower::chain::{Chain, Item};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr as SynExpr;

/// The arguments of a `Zip`.
pub(super) struct Zipped<'a> {
    indexed: bool,
    producers: Vec<Producer<'a>>,
}

/// An argument, and whether it is repeated to the shape of the first.
struct Producer<'a> {
    expr: &'a SynExpr,
    repeated: bool,
}

/// A loop over all arguments.
struct ZipLoop {
    chain: Chain,
    /// The shape of the first argument, under a name.
    shape: TokenStream,
    /// The number of items, with the position of an indexed one.
    count: usize,
    indexed: bool,
}

/// What `Zip::from(..).and(..)` runs over, if `e` is one.
pub(super) fn zipped(e: &SynExpr) -> Option<Zipped<'_>> {
    match e {
        SynExpr::Paren(e) => zipped(&e.expr),
        SynExpr::MethodCall(call) if call.method == "and" || call.method == "and_broadcast" => {
            let mut all = zipped(&call.receiver)?;
            let repeated = call.method == "and_broadcast";
            all.producers.push(Producer { expr: call.args.first()?, repeated });
            Some(all)
        }
        SynExpr::Call(call) => {
            let SynExpr::Path(path) = &*call.func else { return None };
            let mut last = path.path.segments.iter().rev();
            let (function, owner) = (last.next()?, last.next()?);
            let indexed = function.ident == "indexed";
            let known = owner.ident == "Zip" && (indexed || function.ident == "from");
            let producer = |expr| Producer { expr, repeated: false };
            known.then(|| Zipped { indexed, producers: call.args.iter().map(producer).collect() })
        }
        _ => None,
    }
}

impl Lower<'_> {
    /// The loop over all arguments of a `Zip`, after a check that their shapes agree.
    fn zip_loop(&mut self, zip: &Zipped) -> Option<ZipLoop> {
        let (first, others) = zip.producers.split_first()?;
        let (chain, shape) = self.producer(first.expr)?;
        let shape = self.verbatim_tokens(shape, Ty::Discrete);
        let shape = self.name("shape", shape, Ty::Discrete, false);
        let shape = self.ident_of(&shape);
        let mut all = match zip.indexed {
            true => {
                let size = quote!(::ad_runtime::ndarray::Dimension::size(&#shape));
                Chain::positions(size).zipped(chain)
            }
            false => chain,
        };
        for producer in others {
            let chain = if producer.repeated {
                self.repeated(producer.expr, &quote!(#shape))?
            } else {
                let (chain, other) = self.producer(producer.expr)?;
                let tokens = quote!(::ad_runtime::rt::require_equal_shapes(&#shape, &#other););
                let names = self.facts.names_in(&tokens);
                let reads = names.iter().filter_map(|n| self.lookup(n)).collect();
                self.push(Stmt::Effect { tokens, reads, writes: Vec::new() });
                chain
            };
            all = all.zipped(chain);
        }
        let count = zip.producers.len() + usize::from(zip.indexed);
        Some(ZipLoop { chain: all, shape: quote!(#shape), count, indexed: zip.indexed })
    }

    /// One argument of a `Zip` as a chain, and its shape.
    fn producer(&mut self, e: &SynExpr) -> Option<(Chain, TokenStream)> {
        let (inner, mutable) = self.produced(e);
        let ty = self.facts.infer(inner);
        if matches!(ty.deref(), Ty::NdArray { .. }) {
            let place = self.iterated(inner)?;
            let whole = self.tokens(&place);
            return Some((
                self.elements_chain(place, Some(mutable), &ty),
                quote!(#whole.raw_dim()),
            ));
        }
        let chain = self.chain(e)?;
        let shape = self.chain_shape(&chain)?;
        Some((chain, shape))
    }

    /// The array that an argument shows the elements of, and whether it may change them.
    fn produced<'e>(&self, e: &'e SynExpr) -> (&'e SynExpr, bool) {
        match e {
            SynExpr::Reference(r) => (&*r.expr, r.mutability.is_some()),
            SynExpr::MethodCall(c) if c.method == "view" || c.method == "view_mut" => {
                (&*c.receiver, c.method == "view_mut")
            }
            e => (e, matches!(self.facts.infer(e), Ty::RefMut(_))),
        }
    }

    /// The elements of an array as if it were repeated to `shape`.
    fn repeated(&mut self, e: &SynExpr, shape: &TokenStream) -> Option<Chain> {
        let (inner, _) = self.produced(e);
        let ty = self.facts.infer(inner);
        if !matches!(ty.deref(), Ty::NdArray { .. }) {
            return None;
        }
        let place = self.iterated(inner)?;
        let whole = self.tokens(&place);
        let repeat = quote!(::ad_runtime::rt::repeated(&#whole.raw_dim(), &#shape));
        let repeat = self.verbatim_tokens(repeat, Ty::Discrete);
        let repeat = self.name("repeat", repeat, Ty::Discrete, false);
        let repeat = self.ident_of(&repeat);
        Some(self.repeated_chain(place, quote!(#repeat)))
    }

    /// The arguments of the closure for one item of the loop.
    fn zip_items(
        &mut self,
        item: Item,
        count: usize,
        index: Option<(&TokenStream, Option<usize>)>,
    ) -> Vec<Item> {
        let mut items = flat(item, count);
        if let Some((shape, arity)) = index {
            items[0] = self.index_item(shape, items[0].clone(), arity);
        }
        items
    }

    /// The value of a `Zip`: `map_collect` or `fold`.
    pub(super) fn zip_value(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        zip: &Zipped,
    ) -> Option<Expr> {
        let ZipLoop { chain, shape, count, indexed } = self.zip_loop(zip)?;
        if name != "fold" {
            let closure = closure_of(call.args.first()?, count)?;
            let arity = self.arity(&closure, 0, indexed)?;
            let dim = quote!(::core::clone::Clone::clone(&#shape));
            return Some(self.mapped(chain, &closure, dim, &mut |lower, item| {
                lower.zip_items(item, count, indexed.then_some((&shape, arity)))
            }));
        }
        let mut args = call.args.iter();
        let (init, f) = (args.next()?, args.next()?);
        let closure = closure_of(f, count + 1)?;
        let arity = self.arity(&closure, 1, indexed)?;
        let ty = self.facts.infer(init);
        let start =
            if self.facts.active(init) { self.operand(init) } else { self.verbatim_value(init) };
        let sum = self.mutable("acc", start, ty.clone(), !ty.is_discrete());
        let target = sum.clone();
        self.drive(chain, &mut |lower, item| {
            let now = Item::Value(Expr::Place(target.clone()), ty.clone());
            let items = lower.zip_items(item, count, indexed.then_some((&shape, arity)));
            let value = lower.apply(&closure, std::iter::once(now).chain(items).collect());
            let active = lower.program.reads_active(&value);
            let value = lower.name("new", value, ty.clone(), active);
            lower.push(Stmt::Assign { place: target.clone(), value });
            None
        });
        Some(Expr::Place(sum))
    }

    /// How the index of an indexed `Zip` is bound by parameter `position` of the closure; an error where it
    /// is not by names.
    #[allow(clippy::option_option)] // The outer one says whether the pattern fits, the inner one is an arity.
    fn arity(
        &mut self,
        closure: &syn::ExprClosure,
        position: usize,
        indexed: bool,
    ) -> Option<Option<usize>> {
        if !indexed {
            return Some(None);
        }
        let pattern = closure.inputs.iter().nth(position)?;
        let arity = index_arity(pattern);
        if arity.is_none() {
            self.errors.at(pattern, "the index of a `Zip` must be a name or a tuple of names");
        }
        arity
    }

    /// `Zip::from(..).for_each(f)`. Returns whether it is one.
    pub(super) fn zip_statement(&mut self, call: &syn::ExprMethodCall, zip: &Zipped) -> bool {
        let given = zip.producers.len() + usize::from(zip.indexed);
        let Some(closure) = call.args.first().and_then(|f| closure_of(f, given)) else {
            return false;
        };
        let Some(arity) = self.arity(&closure, 0, zip.indexed) else { return true };
        let Some(ZipLoop { chain, shape, count, indexed }) = self.zip_loop(zip) else {
            return false;
        };
        self.drive(chain, &mut |lower, item| {
            let items = lower.zip_items(item, count, indexed.then_some((&shape, arity)));
            lower.apply_statement(&closure, items);
            None
        });
        true
    }

    /// `x.zip_mut_with(&y, f)`, where `y` may be repeated.
    pub(super) fn zip_mut_with(&mut self, call: &syn::ExprMethodCall, other: &SynExpr) -> bool {
        let Some(closure) = call.args.iter().nth(1).and_then(|f| closure_of(f, 2)) else {
            return false;
        };
        let receiver = &call.receiver;
        let first: SynExpr = syn::parse_quote!(&mut #receiver);
        let producers = vec![
            Producer { expr: &first, repeated: false },
            Producer { expr: other, repeated: true },
        ];
        let Some(zip) = self.zip_loop(&Zipped { indexed: false, producers }) else { return false };
        self.drive(zip.chain, &mut |lower, item| {
            lower.apply_statement(&closure, flat(item, 2));
            None
        });
        true
    }
}

/// The items of `count` zipped chains.
fn flat(item: Item, count: usize) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = item;
    for _ in 1..count {
        let Item::Tuple(mut pair) = rest else { unreachable!("zipped items are pairs") };
        items.push(pair.pop().expect("a pair"));
        rest = pair.pop().expect("a pair");
    }
    items.push(rest);
    items.reverse();
    items
}
