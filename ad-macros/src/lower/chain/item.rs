//! The items of a chain: how many there are, and the one of a number.

use super::{Chain, Item, Part, Seq, element_of_yielded};
use crate::ir::{Expr, Place, Proj, Ty};
use crate::lower::Lower;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

impl Lower<'_> {
    /// The number of items; `None` is without end.
    pub(super) fn len(&self, seq: &Seq) -> Option<TokenStream> {
        Some(match seq {
            Seq::Range { lo, hi } => {
                let hi = hi.as_ref()?;
                quote!(::ad_runtime::rt::distance(#lo, #hi))
            }
            Seq::Elements { place, .. } | Seq::Indexed { place, .. } | Seq::Yielded(place) => {
                let place = self.tokens_of(place);
                quote!(#place.len())
            }
            Seq::Parts { place, kind, .. } => {
                let place = self.tokens_of(place);
                match kind {
                    Part::Windows(n) => quote!((#place.len() + 1).saturating_sub(#n)),
                    Part::Chunks { size, exact: true } => quote!((#place.len() / #size)),
                    Part::Chunks { size, exact: false } => quote!(#place.len().div_ceil(#size)),
                    Part::Slices(n) => quote!((#place.len() + 1).saturating_sub(#n)),
                    Part::Rows => quote!(#place.nrows()),
                    Part::Columns => quote!(#place.ncols()),
                    Part::Outer(axis) => quote!(#place.len_of(#axis)),
                    Part::Lanes(axis) => quote!(#place.__lane_count(#axis)),
                    Part::AxisChunks { axis, size } => {
                        quote!(#place.len_of(#axis).div_ceil(#size))
                    }
                    Part::Blocks(shape) => {
                        quote!(::ad_runtime::ndarray::Dimension::size(&::ad_runtime::rt::blocks(&#place.raw_dim(), &#shape)))
                    }
                    Part::Tiles(shape) => {
                        quote!(::ad_runtime::ndarray::Dimension::size(&::ad_runtime::rt::tiles(&#place.raw_dim(), &#shape)))
                    }
                }
            }
            Seq::Repeated { repeat, .. } => quote!(#repeat.len()),
            Seq::Zip(a, b) => match (self.len(a), self.len(b)) {
                (Some(a), Some(b)) if a.to_string() == b.to_string() => a,
                (Some(a), Some(b)) => quote!(::core::cmp::Ord::min(#a, #b)),
                (a, b) => a.or(b)?,
            },
            Seq::Enumerate(s) | Seq::Rev(s) | Seq::Copied(s) | Seq::Map(s, _) => self.len(s)?,
            Seq::Skip(s, n) => {
                let len = self.len(s)?;
                quote!(#len.saturating_sub(#n))
            }
            Seq::Take(s, n) => match self.len(s) {
                Some(len) => quote!(::core::cmp::Ord::min(#len, #n)),
                None => n.clone(),
            },
            Seq::StepBy(s, n) => {
                let len = self.len(s)?;
                quote!(#len.div_ceil(#n))
            }
            Seq::Staged(_) => return None,
            Seq::Chain(a, b) => {
                let (a, b) = (self.len(a)?, self.len(b)?);
                quote!((#a + #b))
            }
        })
    }

    /// Item number `k`.
    pub(super) fn item(&mut self, seq: &Seq, k: &TokenStream) -> Item {
        match seq {
            Seq::Range { lo, .. } => {
                let tokens = quote!(::ad_runtime::rt::offset(#lo, #k));
                Item::Value(self.verbatim_tokens(tokens, Ty::Discrete), Ty::Discrete)
            }
            Seq::Elements { place, by, generic } => {
                let index = self.verbatim_tokens(k.clone(), Ty::Discrete);
                let proj = if *generic { Proj::Element(index) } else { Proj::Index(index) };
                Item::Place(place.clone().then(proj), *by)
            }
            Seq::Yielded(place) => {
                let index = self.verbatim_tokens(k.clone(), Ty::Discrete);
                let element = Expr::borrow(Expr::Place(place.clone().then(Proj::Element(index))));
                Item::Value(Expr::runtime("yielded", vec![element]), Ty::Unknown)
            }
            Seq::Parts { place, by, kind } => self.part(place, *by, kind, k),
            Seq::Indexed { place, dims, mutable } => {
                let whole = self.tokens_of(place);
                let index = self.verbatim_tokens(
                    quote!(::ad_runtime::rt::index_at(&#whole.raw_dim(), #k)),
                    Ty::Discrete,
                );
                let index = self.name("index", index, Ty::Discrete, false);
                let index = self.ident_of(&index);
                let value =
                    |tokens| Item::Value(self.verbatim_tokens(tokens, Ty::Discrete), Ty::Discrete);
                let parts = match dims {
                    Some(dims) => {
                        let parts =
                            (0..*dims).map(syn::Index::from).map(|i| value(quote!(#index.#i)));
                        Item::Tuple(parts.collect())
                    }
                    None => value(quote!(#index)),
                };
                let at = self.verbatim_tokens(quote!(#index), Ty::Discrete);
                let element = place.clone().then(Proj::Index(at));
                Item::Tuple(vec![parts, Item::Place(element, Some(*mutable))])
            }
            Seq::Repeated { place, repeat } => {
                let index = self.counter(quote!(#repeat.position(#k)));
                let index = self.verbatim_tokens(index, Ty::Discrete);
                Item::Place(place.clone().then(Proj::Element(index)), Some(false))
            }
            Seq::Zip(a, b) => Item::Tuple(vec![self.item(a, k), self.item(b, k)]),
            Seq::Enumerate(s) => {
                let count =
                    Item::Value(self.verbatim_tokens(k.clone(), Ty::Discrete), Ty::Discrete);
                Item::Tuple(vec![count, self.item(s, k)])
            }
            Seq::Rev(s) => {
                let len = self.len(s).expect("what is reversed has an end");
                let index = self.counter(quote!(#len - 1 - #k));
                self.item(s, &index)
            }
            Seq::Skip(s, n) => {
                let index = self.counter(quote!(#k + #n));
                self.item(s, &index)
            }
            Seq::Take(s, _) => self.item(s, k),
            Seq::StepBy(s, n) => {
                let index = self.counter(quote!(#k * #n));
                self.item(s, &index)
            }
            Seq::Copied(s) => match self.item(s, k) {
                Item::Place(place, _) => Item::Place(place, None),
                Item::Value(value, ty) => match element_of_yielded(&value) {
                    Some(place) => Item::Place(place, None),
                    None => Item::Value(value, ty),
                },
                item => item,
            },
            Seq::Map(s, closure) => {
                let inner = self.item(s, k);
                self.applied(closure, vec![inner])
            }
            Seq::Chain(..) | Seq::Staged(_) => unreachable!("a chain is driven in two loops"),
        }
    }

    /// A closure applied to items; a tuple that it returns stays a tuple of items.
    pub(in crate::lower) fn applied(
        &mut self,
        closure: &syn::ExprClosure,
        items: Vec<Item>,
    ) -> Item {
        let value = self.apply(closure, items);
        self.item_of_value(value)
    }

    pub(super) fn item_of_value(&mut self, value: Expr) -> Item {
        match value {
            Expr::Tuple(parts) => {
                Item::Tuple(parts.into_iter().map(|p| self.item_of_value(p)).collect())
            }
            Expr::Ref { mutable, expr } if matches!(*expr, Expr::Place(_)) => match *expr {
                Expr::Place(place) => Item::Place(place, Some(mutable)),
                _ => unreachable!("it is a place"),
            },
            value => {
                let ty = self.program.ty_of(&value);
                Item::Value(value, ty)
            }
        }
    }

    /// A computed index under a name.
    pub(super) fn counter(&mut self, tokens: TokenStream) -> TokenStream {
        let value = self.verbatim_tokens(tokens, Ty::Discrete);
        let name = self.name("k", value, Ty::Discrete, false);
        self.ident_of(&name).to_token_stream()
    }

    pub(super) fn part(
        &mut self,
        place: &Place,
        by: Option<bool>,
        kind: &Part,
        k: &TokenStream,
    ) -> Item {
        let base = self.tokens_of(place);
        let array = !matches!(kind, Part::Windows(_) | Part::Chunks { .. });
        let written = array && by == Some(true);
        let mirrored = |name: &str| if written { format!("{name}_mut") } else { name.to_owned() };
        let by = if array { None } else { by };
        let proj = match kind {
            Part::Windows(n) => {
                Proj::Index(self.verbatim_tokens(quote!(#k..#k + #n), Ty::Discrete))
            }
            Part::Chunks { size, exact: true } => Proj::Index(
                self.verbatim_tokens(quote!(#k * #size..(#k + 1) * #size), Ty::Discrete),
            ),
            Part::Chunks { size, exact: false } => {
                let end = quote!(::core::cmp::Ord::min((#k + 1) * #size, #base.len()));
                // Where the block is changed, nobody may ask for the length of the whole.
                let end = if by == Some(true) { self.counter(end) } else { end };
                Proj::Index(self.verbatim_tokens(quote!(#k * #size..#end), Ty::Discrete))
            }
            Part::Slices(n) => {
                let range = quote!(::ad_runtime::ndarray::Slice::from(#k..#k + #n));
                let axis =
                    self.verbatim_tokens(quote!(::ad_runtime::ndarray::Axis(0)), Ty::Discrete);
                view(
                    "slice_axis",
                    "slice_axis_mut",
                    vec![axis, self.verbatim_tokens(range, Ty::Discrete)],
                )
            }
            Part::Rows => view(
                &mirrored("row"),
                "row_mut",
                vec![self.verbatim_tokens(k.clone(), Ty::Discrete)],
            ),
            Part::Columns => view(
                &mirrored("column"),
                "column_mut",
                vec![self.verbatim_tokens(k.clone(), Ty::Discrete)],
            ),
            Part::Outer(axis) => {
                let args = [axis.clone(), k.clone()].map(|a| self.verbatim_tokens(a, Ty::Discrete));
                view(&mirrored("index_axis"), "index_axis_mut", args.into())
            }
            Part::Lanes(axis) => {
                let args = [axis.clone(), k.clone()].map(|a| self.verbatim_tokens(a, Ty::Discrete));
                view(&mirrored("__lane"), "__lane_mut", args.into())
            }
            Part::AxisChunks { axis, size } => {
                let end = quote!(::core::cmp::Ord::min((#k + 1) * #size, #base.len_of(#axis)));
                let end = self.counter(end);
                let range = quote!(::ad_runtime::ndarray::Slice::from(#k * #size..#end));
                let args = [axis.clone(), range].map(|a| self.verbatim_tokens(a, Ty::Discrete));
                view(&mirrored("slice_axis"), "slice_axis_mut", args.into())
            }
            Part::Blocks(shape) => {
                let args =
                    [quote!(&#shape), k.clone()].map(|a| self.verbatim_tokens(a, Ty::Discrete));
                view(&mirrored("__block"), "__block_mut", args.into())
            }
            Part::Tiles(shape) => {
                let args =
                    [quote!(&#shape), k.clone()].map(|a| self.verbatim_tokens(a, Ty::Discrete));
                view("__tile", "__tile_mut", args.into())
            }
        };
        Item::Place(place.clone().then(proj), by)
    }

    /// An item as a value.
    pub(in crate::lower) fn value_of(&mut self, item: Item) -> Expr {
        match item {
            Item::Place(place, None) => {
                let views = matches!(place.proj.last(), Some(Proj::View { .. }));
                if views || self.program.ty_of_place(&place).is_copy() {
                    Expr::Place(place)
                } else {
                    Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place))])
                }
            }
            Item::Place(place, Some(mutable)) => {
                Expr::Ref { mutable, expr: Box::new(Expr::Place(place)) }
            }
            Item::Value(value, _) => value,
            Item::Tuple(items) => {
                Expr::Tuple(items.into_iter().map(|i| self.value_of(i)).collect())
            }
        }
    }

    /// An item that can be used twice.
    pub(in crate::lower) fn stable(&mut self, item: Item) -> Item {
        match item {
            Item::Value(value, ty) if !matches!(value, Expr::Place(_) | Expr::Verbatim { .. }) => {
                let active = self.program.reads_active(&value);
                Item::Value(self.name("item", value, ty.clone(), active), ty)
            }
            Item::Tuple(items) => Item::Tuple(items.into_iter().map(|i| self.stable(i)).collect()),
            item => item,
        }
    }

    /// Whether the chain has an item of each number, which can be computed alone and again.
    pub(in crate::lower) fn has_items(&self, chain: &Chain) -> bool {
        chain.stages.is_empty() && self.is_pure(&chain.seq)
    }

    fn is_pure(&self, seq: &Seq) -> bool {
        match seq {
            Seq::Chain(..) | Seq::Staged(_) => false,
            Seq::Map(s, closure) => !self.changes_outside(closure) && self.is_pure(s),
            Seq::Zip(a, b) => self.is_pure(a) && self.is_pure(b),
            Seq::Enumerate(s)
            | Seq::Rev(s)
            | Seq::Skip(s, _)
            | Seq::Take(s, _)
            | Seq::StepBy(s, _)
            | Seq::Copied(s) => self.is_pure(s),
            Seq::Range { .. }
            | Seq::Elements { .. }
            | Seq::Yielded(_)
            | Seq::Parts { .. }
            | Seq::Repeated { .. }
            | Seq::Indexed { .. } => true,
        }
    }

    pub(in crate::lower) fn nth_item(&mut self, chain: &Chain, k: &TokenStream) -> Option<Item> {
        if !self.has_items(chain) {
            return None;
        }
        Some(self.item(&chain.seq, k))
    }

    /// The shape of what a chain without stages yields, as a producer of `Zip`.
    pub(in crate::lower) fn chain_shape(&self, chain: &Chain) -> Option<TokenStream> {
        if let (Seq::Parts { place, kind, .. }, []) = (&chain.seq, &chain.stages[..]) {
            let place = self.tokens_of(place);
            match kind {
                Part::Lanes(axis) => {
                    let dim = quote!(&#place.raw_dim());
                    return Some(
                        quote!(::ad_runtime::ndarray::RemoveAxis::remove_axis(#dim, #axis)),
                    );
                }
                Part::Blocks(shape) => {
                    return Some(quote!(::ad_runtime::rt::blocks(&#place.raw_dim(), &#shape)));
                }
                Part::Tiles(shape) => {
                    return Some(quote!(::ad_runtime::rt::tiles(&#place.raw_dim(), &#shape)));
                }
                _ => {}
            }
        }
        let len = self.chain_len(chain)?;
        Some(quote!(::ad_runtime::ndarray::Ix1(#len)))
    }

    pub(in crate::lower) fn chain_len(&self, chain: &Chain) -> Option<TokenStream> {
        if chain.stages.is_empty() { self.len(&chain.seq) } else { None }
    }
}

fn view(method: &str, mirror: &str, args: Vec<Expr>) -> Proj {
    let ident = |s: &str| -> Ident { format_ident!("{}", s) };
    Proj::View { method: ident(method), mirror: ident(mirror), args }
}
