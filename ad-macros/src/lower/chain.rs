//! Iterator chains as loops.
//!
//! A chain starts from something that can be indexed: a range, the elements of a container, its
//! windows or chunks. `zip`, `enumerate`, `rev`, `skip`, `take`, `step_by` and `copied` keep that;
//! after the first `map` or `filter` the rest are stages of the loop's body.

use super::Lower;
use crate::ir::{Block, Expr, LoopKind, Place, Proj, Role, Stmt, Ty};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr as SynExpr, Pat};

/// What an iterator yields.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // A handful of them exist at a time.
pub(super) enum Item {
    /// A part of a container: by value (`None`), by reference, or (`Some(true)`) by mutable reference.
    Place(Place, Option<bool>),
    Value(Expr, Ty),
    Tuple(Vec<Item>),
}

/// Something that can be indexed by `0..len`.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // A handful of them exist at a time.
enum Seq {
    /// `lo..hi`, `hi` missing for `lo..`.
    Range {
        lo: TokenStream,
        hi: Option<TokenStream>,
    },
    Elements {
        place: Place,
        by: Option<bool>,
        generic: bool,
    },
    /// What `into_iter` yields of a container whose type is not seen: its elements, or references to them.
    Yielded(Place),
    /// `len` of them, each the place that `index` makes of its number.
    Parts {
        place: Place,
        by: Option<bool>,
        kind: Part,
    },
    Zip(Box<Seq>, Box<Seq>),
    Enumerate(Box<Seq>),
    /// The elements of an array of several axes, each with its index.
    Indexed {
        place: Place,
        dims: usize,
    },
    Rev(Box<Seq>),
    Skip(Box<Seq>, TokenStream),
    Take(Box<Seq>, TokenStream),
    StepBy(Box<Seq>, TokenStream),
    Copied(Box<Seq>),
    Chain(Box<Seq>, Box<Seq>),
    Map(Box<Seq>, syn::ExprClosure),
}

#[derive(Clone)]
enum Part {
    Windows(TokenStream),
    Chunks {
        size: TokenStream,
        exact: bool,
    },
    Rows,
    Columns,
    Outer(TokenStream),
    /// `windows(n)` of a vector of ndarray.
    Slices(TokenStream),
}

/// What happens to an item before it reaches the consumer.
#[derive(Clone)]
enum Stage {
    Map(syn::ExprClosure),
    Filter(syn::ExprClosure),
    FilterMap(syn::ExprClosure),
    FlatMap(syn::ExprClosure),
    TakeWhile(syn::ExprClosure),
    SkipWhile(syn::ExprClosure),
    MapWhile(syn::ExprClosure),
    Scan(SynExpr, syn::ExprClosure),
    Inspect(syn::ExprClosure),
    Enumerate,
    Skip(TokenStream),
    Take(TokenStream),
    Copied,
}

/// A chain, ready to be driven.
pub(super) struct Chain {
    seq: Seq,
    stages: Vec<Stage>,
}

impl Chain {
    /// Whether the items are the numbers of one loop, as they are.
    pub(super) fn counts(&self) -> bool {
        let range = |seq: &Seq| matches!(seq, Seq::Range { hi: Some(_), .. });
        let direct = match &self.seq {
            Seq::Rev(inner) | Seq::StepBy(inner, _) => range(inner),
            seq => range(seq),
        };
        direct && self.stages.is_empty()
    }

    /// The numbers `0..len`.
    pub(super) fn positions(len: TokenStream) -> Chain {
        Chain { seq: Seq::Range { lo: quote!(0), hi: Some(len) }, stages: Vec::new() }
    }

    /// Both chains side by side; neither may have stages.
    pub(super) fn zipped(self, other: Chain) -> Chain {
        Chain { seq: Seq::Zip(Box::new(self.seq), Box::new(other.seq)), stages: self.stages }
    }
}

impl Lower<'_> {
    /// The elements of a container.
    pub(super) fn elements_chain(&self, place: Place, by: Option<bool>, ty: &Ty) -> Chain {
        Chain { seq: self.elements(place, by, ty), stages: Vec::new() }
    }

    /// The parts of an array along an axis, as views.
    pub(super) fn parts_chain(&self, place: Place, axis: TokenStream) -> Chain {
        Chain { seq: Seq::Parts { place, by: None, kind: Part::Outer(axis) }, stages: Vec::new() }
    }

    /// The chain that `e` is, if it starts from a known source.
    pub(super) fn chain(&mut self, e: &SynExpr) -> Option<Chain> {
        match e {
            SynExpr::Paren(e) => self.chain(&e.expr),
            SynExpr::MethodCall(call) => self.chain_method(call),
            SynExpr::Path(p)
                if p.path
                    .get_ident()
                    .is_some_and(|i| self.facts.iterators.contains_key(&i.to_string())) =>
            {
                let name = p.path.get_ident().expect("it is one").to_string();
                let made = self.facts.iterators[&name].clone();
                self.chain(&made)
            }
            e => {
                let seq = self.source(e)?;
                Some(Chain { seq, stages: Vec::new() })
            }
        }
    }

    /// What is iterated without a method that says how: the operand of `for`, the argument of `zip`.
    pub(super) fn implicit_chain(&mut self, e: &SynExpr) -> Option<Chain> {
        if let Some(chain) = self.chain(e) {
            return Some(chain);
        }
        let unseen = matches!(e, SynExpr::Path(_) | SynExpr::Field(_) | SynExpr::Call(_))
            && self.facts.active(e)
            && self.facts.infer(e) == Ty::Unknown;
        if !unseen {
            return None;
        }
        let place = if self.is_place(e) {
            self.frozen(e)
        } else {
            self.named_operand("items", e).as_place()?.clone()
        };
        Some(Chain { seq: Seq::Yielded(place), stages: Vec::new() })
    }

    /// Whether an expression is a name for an iterator.
    pub(super) fn is_iterator_name(&self, e: &SynExpr) -> bool {
        match e {
            SynExpr::Path(p) => p
                .path
                .get_ident()
                .is_some_and(|i| self.facts.iterators.contains_key(&i.to_string())),
            SynExpr::Paren(e) => self.is_iterator_name(&e.expr),
            SynExpr::MethodCall(c) => self.is_iterator_name(&c.receiver),
            _ => false,
        }
    }

    fn range(&mut self, r: &syn::ExprRange) -> Option<Seq> {
        let lo = r.start.as_ref()?;
        let lo = self.fixed(lo);
        let hi = match &r.end {
            Some(hi) => {
                let hi = self.fixed(hi);
                Some(match r.limits {
                    syn::RangeLimits::Closed(_) => quote!((#hi + 1)),
                    syn::RangeLimits::HalfOpen(_) => hi,
                })
            }
            None => None,
        };
        Some(Seq::Range { lo, hi })
    }

    /// The tokens of an inactive expression that does not change while the loop runs.
    pub(super) fn fixed(&mut self, e: &SynExpr) -> TokenStream {
        let mut moves = !self.is_repeatable(e);
        for name in self.facts.names_in(&e.to_token_stream()) {
            moves |= self.facts.is_mutable(&name.to_string());
        }
        if !moves {
            return match e {
                SynExpr::Lit(_)
                | SynExpr::Path(_)
                | SynExpr::Paren(_)
                | SynExpr::MethodCall(_)
                | SynExpr::Field(_) => e.to_token_stream(),
                e => quote!((#e)),
            };
        }
        let value = self.verbatim_value(e);
        let name = self.name("n", value, Ty::Discrete, false);
        self.ident_of(&name).to_token_stream()
    }

    /// Something that is iterated without a method.
    fn source(&mut self, e: &SynExpr) -> Option<Seq> {
        match e {
            SynExpr::Range(r) => self.range(r),
            SynExpr::Paren(e) => self.source(&e.expr),
            SynExpr::Reference(r) if self.is_place(&r.expr) => {
                let ty = self.facts.infer(&r.expr);
                let place = self.frozen(&r.expr);
                Some(self.elements(place, Some(r.mutability.is_some()), &ty))
            }
            e if self.is_place(e) => {
                let ty = self.facts.infer(e);
                let by = match &ty {
                    Ty::Ref(_) => Some(false),
                    Ty::RefMut(_) => Some(true),
                    Ty::Vec(_) | Ty::Array(_) => None,
                    // A variable that is another name for a place.
                    _ => match self.alias_mode(e) {
                        Some(mutable) => Some(mutable),
                        None => return None,
                    },
                };
                let place = self.frozen(e);
                Some(self.elements(place, by, &ty))
            }
            SynExpr::Call(call)
                if call.args.len() == 1
                    && matches!(&*call.func, SynExpr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "once")) =>
            {
                let value = &call.args[0];
                let array: SynExpr = syn::parse_quote!([#value]);
                self.source(&array)
            }
            SynExpr::Array(_) => {
                let ty = self.facts.infer(e);
                let place = self.named_operand("items", e);
                match place {
                    Expr::Place(place) => Some(self.elements(place, None, &ty)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn alias_mode(&self, e: &SynExpr) -> Option<bool> {
        let SynExpr::Path(p) = e else { return None };
        let var = self.lookup(p.path.get_ident()?)?;
        match &self.program[var].role {
            Role::Alias { by_ref: true, .. } | Role::Binding { .. } => {
                Some(matches!(self.program[var].ty, Ty::RefMut(_)))
            }
            _ => None,
        }
    }

    fn elements(&self, place: Place, by: Option<bool>, ty: &Ty) -> Seq {
        let indexed = match ty.deref() {
            Ty::NdArray { dims, .. } => *dims == Some(1),
            Ty::Unknown => false,
            _ => true,
        };
        Seq::Elements { place, by, generic: !indexed }
    }

    fn chain_method(&mut self, call: &syn::ExprMethodCall) -> Option<Chain> {
        let name = call.method.to_string();
        let recv = &*call.receiver;
        if name == "drain"
            && let Some(Expr::Place(place)) = self.rearranged(call)
        {
            let ty = self.program.ty_of_place(&place);
            return Some(self.elements_chain(place, None, &ty));
        }
        if let Some(seq) = self.source_method(call, &name) {
            return Some(Chain { seq, stages: Vec::new() });
        }
        let adaptors = [
            "map",
            "zip",
            "enumerate",
            "rev",
            "skip",
            "take",
            "step_by",
            "chain",
            "filter",
            "filter_map",
            "flat_map",
            "flatten",
            "scan",
            "take_while",
            "skip_while",
            "map_while",
            "copied",
            "cloned",
            "inspect",
            "into_iter",
            "by_ref",
            "peekable",
            "iter",
            "fuse",
        ];
        if !adaptors.contains(&name.as_str())
            || !is_chain_like(recv)
                && !self.is_iterator_name(recv)
                && !matches!(
                    self.facts.infer(recv),
                    Ty::Vec(_) | Ty::Array(_) | Ty::Ref(_) | Ty::RefMut(_)
                )
        {
            return None;
        }
        let mut chain = self.chain(recv)?;
        let closure = || match call.args.first() {
            Some(SynExpr::Closure(c)) => Some(c.clone()),
            Some(SynExpr::Path(p)) => Some(syn::parse_quote!(|__item| #p(__item))),
            _ => None,
        };
        let plain = chain.stages.is_empty() && (name == "chain" || !has_chain(&chain.seq));
        let wrap = |chain: Chain, f: &dyn Fn(Box<Seq>) -> Seq| Chain {
            seq: f(Box::new(chain.seq)),
            stages: chain.stages,
        };
        let stage = |mut chain: Chain, stage: Stage| {
            chain.stages.push(stage);
            chain
        };
        let count = |lower: &mut Self| call.args.first().map(|n| lower.fixed(n));
        Some(match name.as_str() {
            "into_iter" | "by_ref" | "peekable" | "iter" | "fuse" => chain,
            "map" if plain => {
                let closure = closure()?;
                wrap(chain, &|seq| Seq::Map(seq, closure.clone()))
            }
            "map" => stage(chain, Stage::Map(closure()?)),
            "enumerate" if plain => wrap(chain, &|seq| Seq::Enumerate(seq)),
            "enumerate" => stage(chain, Stage::Enumerate),
            "rev" if plain && self.is_finite(&chain.seq) => wrap(chain, &|seq| Seq::Rev(seq)),
            "copied" | "cloned" if plain => wrap(chain, &|seq| Seq::Copied(seq)),
            "copied" | "cloned" => stage(chain, Stage::Copied),
            "skip" => {
                let n = count(self)?;
                if plain {
                    wrap(chain, &|seq| Seq::Skip(seq, n.clone()))
                } else {
                    stage(chain, Stage::Skip(n))
                }
            }
            "take" => {
                let n = count(self)?;
                if plain {
                    wrap(chain, &|seq| Seq::Take(seq, n.clone()))
                } else {
                    stage(chain, Stage::Take(n))
                }
            }
            "step_by" if plain => {
                let n = count(self)?;
                wrap(chain, &|seq| Seq::StepBy(seq, n.clone()))
            }
            "zip" if plain => {
                let other = self.other(call.args.first()?)?;
                wrap(chain, &|seq| Seq::Zip(seq, Box::new(other.clone())))
            }
            "chain" if plain => {
                let other = self.other(call.args.first()?)?;
                wrap(chain, &|seq| Seq::Chain(seq, Box::new(other.clone())))
            }
            "filter" => stage(chain, Stage::Filter(closure()?)),
            "filter_map" => stage(chain, Stage::FilterMap(closure()?)),
            "flat_map" => stage(chain, Stage::FlatMap(closure()?)),
            "flatten" => stage(chain, Stage::FlatMap(syn::parse_quote!(|__inner| __inner))),
            "take_while" => stage(chain, Stage::TakeWhile(closure()?)),
            "skip_while" => stage(chain, Stage::SkipWhile(closure()?)),
            "map_while" => stage(chain, Stage::MapWhile(closure()?)),
            "inspect" => stage(chain, Stage::Inspect(closure()?)),
            "scan" => {
                let init = call.args.first()?.clone();
                let SynExpr::Closure(c) = call.args.iter().nth(1)? else { return None };
                stage(chain, Stage::Scan(init, c.clone()))
            }
            _ => {
                chain.stages.clear();
                return None;
            }
        })
    }

    /// The other side of a `zip` or `chain`; an inactive iterator is collected first.
    fn other(&mut self, e: &SynExpr) -> Option<Seq> {
        if let Some(chain) = self.implicit_chain(e)
            && chain.stages.is_empty()
        {
            return Some(chain.seq);
        }
        if self.facts.active(e) {
            return None;
        }
        let tokens =
            quote!(::core::iter::IntoIterator::into_iter(#e).collect::<::std::vec::Vec<_>>());
        let value = self.verbatim_tokens(tokens, Ty::Vec(Box::new(Ty::Unknown)));
        let name = self.name("items", value, Ty::Vec(Box::new(Ty::Unknown)), false);
        match name {
            Expr::Place(place) => Some(Seq::Elements { place, by: None, generic: false }),
            _ => None,
        }
    }

    /// The array in `array.as_slice().unwrap()`, whose elements are those of the slice.
    fn sliced_array<'e>(&self, e: &'e SynExpr) -> Option<&'e SynExpr> {
        let SynExpr::MethodCall(outer) = e else { return None };
        let SynExpr::MethodCall(inner) = &*outer.receiver else { return None };
        let unwraps = outer.method == "unwrap" || outer.method == "expect";
        let slices = inner.method == "as_slice" || inner.method == "as_slice_mut";
        let array = matches!(self.facts.infer(&inner.receiver).deref(), Ty::NdArray { .. });
        (unwraps && slices && array).then_some(&*inner.receiver)
    }

    fn source_method(&mut self, call: &syn::ExprMethodCall, name: &str) -> Option<Seq> {
        let recv = self.sliced_array(&call.receiver).unwrap_or(&call.receiver);
        if ![
            "iter",
            "iter_mut",
            "into_iter",
            "windows",
            "chunks",
            "chunks_exact",
            "chunks_mut",
            "chunks_exact_mut",
            "rows",
            "columns",
            "outer_iter",
            "axis_iter",
            "outer_iter_mut",
            "axis_iter_mut",
            "rows_mut",
            "columns_mut",
            "indexed_iter",
        ]
        .contains(&name)
        {
            return None;
        }
        if name == "into_iter" && is_chain_like(recv) {
            // `rows()`, `windows(n)` and the like of ndarray, made an iterator by the adaptor below.
            return None;
        }
        if name == "into_iter" {
            if let Some(seq) = self.source(recv) {
                return Some(seq);
            }
            // What is consumed is iterated by value; its elements are cloned where they are not `Copy`.
            let ty = self.facts.infer(recv);
            let place = if self.is_place(recv) {
                self.frozen(recv)
            } else {
                match self.named_operand("items", recv) {
                    Expr::Place(place) => place,
                    _ => return None,
                }
            };
            return Some(self.elements(place, None, &ty));
        }
        if matches!(recv, SynExpr::Range(_))
            || matches!(recv, SynExpr::Paren(p) if matches!(*p.expr, SynExpr::Range(_)))
        {
            return None;
        }
        let ty = self.facts.infer(recv);
        let place = if self.is_place(recv) {
            self.frozen(recv)
        } else {
            match self.named_operand("items", recv) {
                Expr::Place(place) => place,
                _ => return None,
            }
        };
        let place = self.named_view(place);
        let size = call.args.first().map(|n| self.fixed(n));
        let part =
            |kind, mutable| Some(Seq::Parts { place: place.clone(), by: Some(mutable), kind });
        match name {
            "iter" => Some(self.elements(place, Some(false), &ty)),
            "iter_mut" => Some(self.elements(place, Some(true), &ty)),
            "windows" if !matches!(ty.deref(), Ty::NdArray { .. }) => {
                part(Part::Windows(size?), false)
            }
            "chunks" => part(Part::Chunks { size: size?, exact: false }, false),
            "chunks_exact" => part(Part::Chunks { size: size?, exact: true }, false),
            "chunks_mut" => part(Part::Chunks { size: size?, exact: false }, true),
            "chunks_exact_mut" => part(Part::Chunks { size: size?, exact: true }, true),
            // The views of parts that are written: `by` says that they are mutable.
            "rows" | "rows_mut" => Some(Seq::Parts {
                place,
                by: name.ends_with("_mut").then_some(true),
                kind: Part::Rows,
            }),
            "columns" | "columns_mut" => Some(Seq::Parts {
                place,
                by: name.ends_with("_mut").then_some(true),
                kind: Part::Columns,
            }),
            "outer_iter" | "outer_iter_mut" => {
                let axis = quote!(::ad_runtime::ndarray::Axis(0));
                Some(Seq::Parts {
                    place,
                    by: name.ends_with("_mut").then_some(true),
                    kind: Part::Outer(axis),
                })
            }
            "axis_iter" | "axis_iter_mut" => Some(Seq::Parts {
                place,
                by: name.ends_with("_mut").then_some(true),
                kind: Part::Outer(size?),
            }),
            "windows" => match ty.deref() {
                Ty::NdArray { dims: Some(1), .. } => {
                    Some(Seq::Parts { place, by: None, kind: Part::Slices(size?) })
                }
                _ => None,
            },
            "indexed_iter" => match ty.deref() {
                Ty::NdArray { dims: Some(1), .. } => {
                    Some(Seq::Enumerate(Box::new(self.elements(place, Some(false), &ty))))
                }
                Ty::NdArray { dims: Some(dims), .. } => Some(Seq::Indexed { place, dims: *dims }),
                _ => None,
            },
            _ => None,
        }
    }

    /// A view of ndarray under a name, so that what it shows can be borrowed for a whole iteration.
    fn named_view(&mut self, place: Place) -> Place {
        if !matches!(place.proj.last(), Some(Proj::View { .. }))
            || !self.program.is_array_view(&place)
        {
            return place;
        }
        let (ty, active) = (self.program.ty_of_place(&place), self.is_active(&place));
        let var = self.temp("view", ty, active, false);
        self.program[var].role = Role::Alias { place: self.program.resolve(&place), by_ref: false };
        self.push(Stmt::Let { var, ty: None, value: Expr::Place(place) });
        Place::var(var)
    }

    fn is_finite(&self, seq: &Seq) -> bool {
        self.len(seq).is_some()
    }

    pub(super) fn tokens_of(&self, place: &Place) -> TokenStream {
        crate::emit::place_tokens(&self.program, place)
    }

    /// The number of items; `None` is without end.
    fn len(&self, seq: &Seq) -> Option<TokenStream> {
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
                }
            }
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
            Seq::Chain(a, b) => {
                let (a, b) = (self.len(a)?, self.len(b)?);
                quote!((#a + #b))
            }
        })
    }

    /// Item number `k`.
    fn item(&mut self, seq: &Seq, k: &TokenStream) -> Item {
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
            Seq::Indexed { place, dims } => {
                let whole = self.tokens_of(place);
                let index = self.verbatim_tokens(
                    quote!(::ad_runtime::rt::index_at(&#whole.raw_dim(), #k)),
                    Ty::Discrete,
                );
                let index = self.name("index", index, Ty::Discrete, false);
                let index = self.ident_of(&index);
                let parts = (0..*dims).map(|i| {
                    let i = syn::Index::from(i);
                    Item::Value(self.verbatim_tokens(quote!(#index.#i), Ty::Discrete), Ty::Discrete)
                });
                let parts = Item::Tuple(parts.collect());
                let at = self.verbatim_tokens(quote!(#index), Ty::Discrete);
                Item::Tuple(vec![
                    parts,
                    Item::Place(place.clone().then(Proj::Index(at)), Some(false)),
                ])
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
            Seq::Chain(..) => unreachable!("a chain is driven in two loops"),
        }
    }

    /// A closure applied to items; a tuple that it returns stays a tuple of items.
    pub(super) fn applied(&mut self, closure: &syn::ExprClosure, items: Vec<Item>) -> Item {
        let value = self.apply(closure, items);
        self.item_of_value(value)
    }

    fn item_of_value(&mut self, value: Expr) -> Item {
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
    fn counter(&mut self, tokens: TokenStream) -> TokenStream {
        let value = self.verbatim_tokens(tokens, Ty::Discrete);
        let name = self.name("k", value, Ty::Discrete, false);
        self.ident_of(&name).to_token_stream()
    }

    fn part(&mut self, place: &Place, by: Option<bool>, kind: &Part, k: &TokenStream) -> Item {
        let base = self.tokens_of(place);
        let array = matches!(kind, Part::Rows | Part::Columns | Part::Outer(_));
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
            Part::Chunks { size, exact: false } => Proj::Index(self.verbatim_tokens(
                quote!(#k * #size..::core::cmp::Ord::min((#k + 1) * #size, #base.len())),
                Ty::Discrete,
            )),
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
                let axis = self.verbatim_tokens(axis.clone(), Ty::Discrete);
                view(
                    &mirrored("index_axis"),
                    "index_axis_mut",
                    vec![axis, self.verbatim_tokens(k.clone(), Ty::Discrete)],
                )
            }
        };
        Item::Place(place.clone().then(proj), by)
    }

    /// Binds the names of a pattern to an item.
    pub(super) fn bind_item(&mut self, pat: &Pat, item: Item) {
        match (pat, item) {
            (Pat::Wild(_), _) => {}
            // The loop counts by the user's own variable.
            (Pat::Ident(p), Item::Value(Expr::Verbatim { tokens, reads, .. }, _))
                if reads.first().is_some_and(|var| self.lookup(&p.ident) == Some(*var))
                    && p.ident == tokens.to_string() => {}
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item),
            (Pat::Type(p), item) => {
                self.bind_item(&p.pat, item);
            }
            (Pat::Tuple(pats), Item::Tuple(items)) if pats.elems.len() == items.len() => {
                for (pat, item) in pats.elems.iter().zip(items) {
                    self.bind_item(pat, item);
                }
            }
            (Pat::Reference(p), Item::Place(place, Some(_))) => {
                self.bind_item(&p.pat, Item::Place(place, None))
            }
            (Pat::Reference(p), Item::Tuple(items)) => self.bind_item(&p.pat, Item::Tuple(items)),
            (Pat::Reference(p), Item::Value(value, ty)) => {
                if let Some(place) = element_of_yielded(&value) {
                    return self.bind_item(&p.pat, Item::Place(place, None));
                }
                let value = match value {
                    Expr::Ref { expr, .. } => *expr,
                    Expr::Place(place) => Expr::Place(place.then(Proj::Deref)),
                    value => value,
                };
                self.bind_item(&p.pat, Item::Value(value, ty.deref().clone()));
            }
            (Pat::Ident(p), Item::Place(place, by)) if p.subpat.is_none() => {
                self.bind_place(p, place, by)
            }
            (Pat::Ident(p), item) if p.subpat.is_none() => {
                let value = self.value_of(item);
                self.bind_value(p, value);
            }
            (pat, Item::Place(place, by)) => {
                let ty = self.program.ty_of_place(&place);
                self.bind_facts(pat, &ty, self.is_active(&place));
                match by {
                    Some(mutable) => {
                        self.destructure_value(pat, Expr::Place(place), Some(mutable), ty)
                    }
                    None => self.destructure_value(pat, Expr::Place(place), None, ty),
                }
            }
            (pat, item) => {
                let value = self.value_of(item);
                let ty = self.program.ty_of(&value);
                let active = self.program.reads_active(&value);
                self.bind_facts(pat, &ty, active);
                self.destructure_value(pat, value, None, ty);
            }
        }
    }

    fn bind_facts(&mut self, pat: &Pat, ty: &Ty, active: bool) {
        self.facts.bind(pat, ty, active);
    }

    fn bind_place(&mut self, p: &syn::PatIdent, place: Place, by: Option<bool>) {
        let ty = self.program.ty_of_place(&place);
        let active = self.is_active(&place);
        let ty = match by {
            Some(true) => Ty::RefMut(Box::new(ty)),
            Some(false) => Ty::Ref(Box::new(ty)),
            None => ty,
        };
        let pat = Pat::Ident(p.clone());
        self.bind_facts(&pat, &ty, active);
        let views = matches!(place.proj.last(), Some(Proj::View { .. }));
        match by {
            Some(mutable) => {
                let resolved = self.program.resolve(&place);
                let var = self.local(&p.ident, Role::Alias { place: resolved, by_ref: true });
                self.program[var].active = active;
                self.push(Stmt::Let {
                    var,
                    ty: None,
                    value: Expr::Ref { mutable, expr: Box::new(Expr::Place(place)) },
                });
            }
            None if views => {
                let resolved = self.program.resolve(&place);
                let var = self.local(&p.ident, Role::Alias { place: resolved, by_ref: false });
                self.program[var].active = active;
                self.push(Stmt::Let { var, ty: None, value: Expr::Place(place) });
            }
            None => {
                let value = if ty.is_copy() || ty.is_discrete() {
                    Expr::Place(place)
                } else {
                    Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place))])
                };
                let var = self.local(&p.ident, Role::Local);
                self.program[var].active = active;
                self.push(Stmt::Let { var, ty: None, value });
            }
        }
    }

    fn bind_value(&mut self, p: &syn::PatIdent, value: Expr) {
        let ty = self.program.ty_of(&value);
        let active = self.program.reads_active(&value);
        let pat = Pat::Ident(p.clone());
        self.bind_facts(&pat, &ty, active);
        if let Expr::Ref { expr, mutable } = &value
            && let Expr::Place(place) = &**expr
            && p.mutability.is_none()
        {
            return self.bind_place(p, place.clone(), Some(*mutable));
        }
        let var = self.local(&p.ident, Role::Local);
        if !self.program[var].mutable {
            self.program[var].active = active && !self.program[var].ty.is_discrete();
        }
        self.push(Stmt::Let { var, ty: None, value });
    }

    /// An item as a value.
    pub(super) fn value_of(&mut self, item: Item) -> Expr {
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

    /// Emits the loop of a chain. `sink` lowers what happens to an item; its value says whether the loop stops.
    pub(super) fn drive(
        &mut self,
        chain: Chain,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
    ) {
        if let Seq::Chain(a, b) = chain.seq {
            if chain.stages.iter().any(|s| {
                matches!(
                    s,
                    Stage::TakeWhile(_)
                        | Stage::Scan(..)
                        | Stage::SkipWhile(_)
                        | Stage::MapWhile(_)
                        | Stage::Take(_)
                )
            }) {
                self.errors.at_span(proc_macro2::Span::call_site(), "`take_while`, `skip_while`, `scan` and `take` after `chain` cannot be differentiated: iterate over the two parts one after the other");
            }
            let setup = self.setup(&chain.stages);
            for seq in [*a, *b] {
                self.drive_with(Chain { seq, stages: chain.stages.clone() }, &setup, sink);
            }
            return;
        }
        let setup = self.setup(&chain.stages);
        self.drive_with(chain, &setup, sink);
    }

    fn drive_with(
        &mut self,
        chain: Chain,
        setup: &[Option<Place>],
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
    ) {
        if let Seq::Chain(a, b) = chain.seq {
            for seq in [*a, *b] {
                self.drive_with(Chain { seq, stages: chain.stages.clone() }, setup, sink);
            }
            return;
        }
        let id = self.fresh_id();
        let (seq, kind, direct) = self.loop_kind(&chain.seq);
        let var = match &kind {
            LoopKind::Range { var, .. } => *var,
            _ => unreachable!("a chain runs over a range"),
        };
        let k = self.program[var].name.to_token_stream();
        let body = self.nested(|lower| {
            let item = match direct {
                true => Item::Value(
                    Expr::Verbatim { tokens: k.clone(), reads: vec![var], ty: Ty::Discrete },
                    Ty::Discrete,
                ),
                false => lower.item(&seq, &k),
            };
            lower.stages(&chain.stages, setup, item, sink)
        });
        self.push(Stmt::Loop { id, kind, body });
    }

    /// The loop over a sequence. A plain range, perhaps reversed or stepped, keeps its own bounds.
    fn loop_kind(&mut self, seq: &Seq) -> (Seq, LoopKind, bool) {
        let (range, rev, step) = match seq {
            Seq::Rev(inner) => match &**inner {
                Seq::StepBy(..) => (None, false, None),
                inner => (Some(inner), true, None),
            },
            Seq::StepBy(inner, n) => match &**inner {
                Seq::Rev(_) => (None, false, None),
                inner => (Some(inner), false, Some(n)),
            },
            seq => (Some(seq), false, None),
        };
        if let Some(Seq::Range { lo, hi: Some(hi) }) = range {
            let var = match self.counter_name.take() {
                Some(name) => {
                    let var = self.local(&name, Role::Local);
                    (self.program[var].ty, self.program[var].active) = (Ty::Discrete, false);
                    var
                }
                None => self.temp("i", Ty::Discrete, false, false),
            };
            let (lo, hi) = (
                self.verbatim_tokens(lo.clone(), Ty::Discrete),
                self.verbatim_tokens(hi.clone(), Ty::Discrete),
            );
            let step = step.map(|n| self.verbatim_tokens(n.clone(), Ty::Discrete));
            return (
                seq.clone(),
                LoopKind::Range { var, lo, hi, inclusive: false, rev, step },
                true,
            );
        }
        let var = self.temp("k", Ty::Discrete, false, false);
        let len = match self.len(seq) {
            Some(len) => len,
            None => {
                self.errors.at_span(
                    proc_macro2::Span::call_site(),
                    "an iterator without end cannot be differentiated: add `.take(n)`",
                );
                quote!(0)
            }
        };
        let hi = self.verbatim_tokens(len, Ty::Discrete);
        (
            seq.clone(),
            LoopKind::Range {
                var,
                lo: Expr::lit(quote!(0)),
                hi,
                inclusive: false,
                rev: false,
                step: None,
            },
            false,
        )
    }

    /// The state of stages that have one, declared before the loop.
    fn setup(&mut self, stages: &[Stage]) -> Vec<Option<Place>> {
        stages
            .iter()
            .map(|stage| match stage {
                Stage::Enumerate | Stage::Skip(_) | Stage::Take(_) => {
                    Some(self.mutable("count", Expr::lit(quote!(0usize)), Ty::Discrete, false))
                }
                Stage::SkipWhile(_) => {
                    Some(self.mutable("skipping", Expr::lit(quote!(true)), Ty::Discrete, false))
                }
                Stage::Scan(init, closure) => {
                    let active = self.facts.active(init)
                        || self.facts.mentions_active_expr(&closure.body)
                        || closure.inputs.iter().any(|p| {
                            crate::facts::pattern_names(p)
                                .iter()
                                .any(|n| self.facts.is_active(&n.to_string()))
                        });
                    let ty = self.facts.infer(init);
                    let value = if self.facts.active(init) {
                        self.operand(init)
                    } else {
                        self.verbatim_value(init)
                    };
                    Some(self.mutable("state", value, ty, active))
                }
                _ => None,
            })
            .collect()
    }

    fn stages(
        &mut self,
        stages: &[Stage],
        setup: &[Option<Place>],
        item: Item,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
    ) -> Option<Expr> {
        let Some((stage, rest)) = stages.split_first() else { return sink(self, item) };
        let (state, setup) = (setup[0].clone(), &setup[1..]);
        match stage {
            Stage::Map(closure) => {
                let item = self.applied(closure, vec![item]);
                self.stages(rest, setup, item, sink)
            }
            Stage::Copied => {
                let item = match item {
                    Item::Place(place, _) => Item::Place(place, None),
                    Item::Value(Expr::Ref { expr, .. }, ty) => {
                        Item::Value(*expr, ty.deref().clone())
                    }
                    item => item,
                };
                self.stages(rest, setup, item, sink)
            }
            Stage::Inspect(closure) => {
                let item = self.stable(item);
                let reference = reference_to(&item);
                self.apply(closure, vec![reference]);
                self.stages(rest, setup, item, sink)
            }
            Stage::Enumerate => {
                let state = state.expect("enumerate counts");
                let name = self.program[state.root].name.clone();
                let now = self.counter(name.to_token_stream());
                let item = Item::Tuple(vec![
                    Item::Value(self.verbatim_tokens(now, Ty::Discrete), Ty::Discrete),
                    item,
                ]);
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name + 1),
                        reads: vec![state.root],
                        ty: Ty::Discrete,
                    },
                });
                self.stages(rest, setup, item, sink)
            }
            Stage::Filter(closure) => {
                let item = self.stable(item);
                let cond = self.predicate(closure, reference_to(&item));
                self.guarded(cond, rest, setup, item, sink, false)
            }
            Stage::TakeWhile(closure) => {
                let item = self.stable(item);
                let cond = self.predicate(closure, reference_to(&item));
                self.guarded(cond, rest, setup, item, sink, true)
            }
            Stage::SkipWhile(closure) => {
                let item = self.stable(item);
                let state = state.expect("skip_while remembers");
                let name = self.program[state.root].name.clone();
                let skip = self.predicate(closure, reference_to(&item));
                let skip = self.ident_of(&skip);
                let reads =
                    vec![state.root, self.lookup(&skip).expect("a predicate is a variable")];
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name && #skip),
                        reads,
                        ty: Ty::Discrete,
                    },
                });
                let cond = Expr::Verbatim {
                    tokens: quote!(!#name),
                    reads: vec![state.root],
                    ty: Ty::Discrete,
                };
                let cond = self.name("taken", cond, Ty::Discrete, false);
                self.guarded(cond, rest, setup, item, sink, false)
            }
            Stage::Skip(n) | Stage::Take(n) => {
                let state = state.expect("a count");
                let name = self.program[state.root].name.clone();
                let taking = matches!(stage, Stage::Take(_));
                let tokens = if taking { quote!(#name < #n) } else { quote!(#name >= #n) };
                let cond = self.verbatim_tokens(tokens, Ty::Discrete);
                let cond = self.name("taken", cond, Ty::Discrete, false);
                self.push(Stmt::Assign {
                    place: state.clone(),
                    value: Expr::Verbatim {
                        tokens: quote!(#name + 1),
                        reads: vec![state.root],
                        ty: Ty::Discrete,
                    },
                });
                self.guarded(cond, rest, setup, item, sink, taking)
            }
            Stage::FilterMap(closure) | Stage::MapWhile(closure) => {
                let stops = matches!(stage, Stage::MapWhile(_));
                let value = self.apply(closure, vec![item]);
                self.optional(value, rest, setup, sink, stops)
            }
            Stage::Scan(_, closure) => {
                let state = Item::Place(state.expect("scan has a state"), Some(true));
                let value = self.apply(closure, vec![state, item]);
                self.optional(value, rest, setup, sink, true)
            }
            Stage::FlatMap(closure) => {
                let closure = self.freshened(closure);
                self.bind_item(&closure.inputs[0], item);
                self.analyse(&closure.body);
                let body = match &*closure.body {
                    SynExpr::Block(b) if b.label.is_none() => {
                        let (last, init) = b.block.stmts.split_last()?;
                        for stmt in init {
                            self.statement_of_closure(stmt);
                        }
                        match last {
                            syn::Stmt::Expr(e, None) => e.clone(),
                            _ => return None,
                        }
                    }
                    e => e.clone(),
                };
                let inner = match self.facts.infer(&body).deref() {
                    Ty::Option(_) => None,
                    _ => self.chain(&body),
                };
                match inner {
                    Some(inner) => {
                        let (rest, setup) = (rest.to_vec(), setup.to_vec());
                        self.drive(inner, &mut |lower, item| {
                            lower.stages(&rest, &setup, item, sink)
                        });
                        None
                    }
                    None if matches!(self.facts.infer(&body), Ty::Option(_))
                        || is_option_ref(&self.facts.infer(&body)) =>
                    {
                        let value = self.operand(&body);
                        self.optional(value, rest, setup, sink, false)
                    }
                    None => {
                        self.errors.at(&body, "what is flattened here cannot be differentiated: iterate over a range, a slice or a chain of the standard adaptors");
                        None
                    }
                }
            }
        }
    }

    fn statement_of_closure(&mut self, stmt: &syn::Stmt) {
        self.statements(std::slice::from_ref(stmt));
    }

    /// An item that can be used twice.
    fn stable(&mut self, item: Item) -> Item {
        match item {
            Item::Value(value, ty) if !matches!(value, Expr::Place(_) | Expr::Verbatim { .. }) => {
                let active = self.program.reads_active(&value);
                Item::Value(self.name("item", value, ty.clone(), active), ty)
            }
            Item::Tuple(items) => Item::Tuple(items.into_iter().map(|i| self.stable(i)).collect()),
            item => item,
        }
    }

    /// The truth of a predicate under a name.
    pub(super) fn predicate(&mut self, closure: &syn::ExprClosure, item: Item) -> Expr {
        let value = self.apply(closure, vec![item]);
        match &value {
            Expr::Place(place) if place.is_var() && !self.program[place.root].mutable => value,
            _ => self.name("taken", value, Ty::Discrete, false),
        }
    }

    /// The rest of the stages where `cond` holds; where not, the loop goes on or stops.
    fn guarded(
        &mut self,
        cond: Expr,
        rest: &[Stage],
        setup: &[Option<Place>],
        item: Item,
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stops: bool,
    ) -> Option<Expr> {
        let id = self.fresh_id();
        let mut then = self.nested(|lower| lower.stages(rest, setup, item, sink));
        let dest = self.stop_variable(&mut then, stops);
        let els = Block {
            stmts: vec![],
            result: dest.map(|_| Expr::lit(if stops { quote!(true) } else { quote!(false) })),
        };
        self.push(Stmt::If { id, dest, cond, then, els });
        dest.map(Expr::var)
    }

    fn stop_variable(&mut self, then: &mut Block, stops: bool) -> Option<crate::ir::Var> {
        if then.result.is_none() && !stops {
            return None;
        }
        then.result.get_or_insert_with(|| Expr::lit(quote!(false)));
        Some(self.temp("stop", Ty::Discrete, false, false))
    }

    /// The rest of the stages on the value in an `Option`.
    fn optional(
        &mut self,
        value: Expr,
        rest: &[Stage],
        setup: &[Option<Place>],
        sink: &mut dyn FnMut(&mut Self, Item) -> Option<Expr>,
        stops: bool,
    ) -> Option<Expr> {
        // `Some(value)`, as most closures end.
        if let Expr::Call { path, args, .. } = &value
            && path.to_string().ends_with("Some")
        {
            let item = self.item_of_value(args[0].clone());
            return self.stages(rest, setup, item, sink);
        }
        let ty = self.program.ty_of(&value);
        let active = self.program.reads_active(&value);
        let place = match value {
            Expr::Place(place) => place,
            value => match self.name("yielded", value, ty, active) {
                Expr::Place(place) => place,
                _ => unreachable!("a name is a place"),
            },
        };
        let id = self.fresh_id();
        let name = self.fresh_name("item");
        let some: Pat = syn::parse_quote!(::core::option::Option::Some(#name));
        let item_ty = match self.program.ty_of_place(&place) {
            Ty::Option(t) => *t,
            _ => Ty::Unknown,
        };
        self.facts.bind(&syn::parse_quote!(#name), &item_ty, active);
        let bindings = self.bind_parts(&some, &place, true, false, false);
        let var = self.lookup(&name).expect("the pattern binds it");
        let mut then = self
            .nested(|lower| lower.stages(rest, setup, Item::Value(Expr::var(var), item_ty), sink));
        let dest = self.stop_variable(&mut then, stops);
        let els = Block {
            stmts: vec![],
            result: dest.map(|_| Expr::lit(if stops { quote!(true) } else { quote!(false) })),
        };
        let arms = vec![
            crate::ir::Arm { pat: some, guard: None, bindings, body: then },
            crate::ir::Arm {
                pat: syn::parse_quote!(::core::option::Option::None),
                guard: None,
                bindings: vec![],
                body: els,
            },
        ];
        self.push(Stmt::Match { id, dest, scrutinee: Expr::Place(place), arms });
        dest.map(Expr::var)
    }

    /// Item number `k` of a chain without stages, and the number of its items.
    pub(super) fn nth_item(&mut self, chain: &Chain, k: &TokenStream) -> Option<Item> {
        if !chain.stages.is_empty() || matches!(chain.seq, Seq::Chain(..)) {
            return None;
        }
        Some(self.item(&chain.seq, k))
    }

    pub(super) fn chain_len(&self, chain: &Chain) -> Option<TokenStream> {
        if chain.stages.is_empty() { self.len(&chain.seq) } else { None }
    }
}

/// The element of which a yielded value is a copy or a reference.
fn element_of_yielded(value: &Expr) -> Option<Place> {
    match value {
        Expr::Runtime { function: "yielded", args } => match &args[0] {
            Expr::Ref { expr, .. } => expr.as_place().cloned(),
            _ => None,
        },
        _ => None,
    }
}

fn view(method: &str, mirror: &str, args: Vec<Expr>) -> Proj {
    let ident = |s: &str| -> Ident { format_ident!("{}", s) };
    Proj::View { method: ident(method), mirror: ident(mirror), args }
}

/// Whether a value is a reference to an `Option`.
fn is_option_ref(ty: &Ty) -> bool {
    matches!(ty.deref(), Ty::Option(_))
}

/// Whether a sequence has two parts, which are driven one after the other.
fn has_chain(seq: &Seq) -> bool {
    matches!(seq, Seq::Chain(..))
}

/// An item behind a reference, as a predicate takes it.
fn reference_to(item: &Item) -> Item {
    match item {
        // `&&T`, which a pattern `|&x|` or `**x` takes apart again.
        Item::Place(place, Some(_)) => {
            Item::Value(Expr::borrow(Expr::borrow(Expr::Place(place.clone()))), Ty::Unknown)
        }
        Item::Place(place, None) => Item::Place(place.clone(), Some(false)),
        Item::Value(Expr::Place(place), _) => Item::Place(place.clone(), Some(false)),
        Item::Value(value, ty) => {
            Item::Value(Expr::borrow(value.clone()), Ty::Ref(Box::new(ty.clone())))
        }
        Item::Tuple(items) => Item::Tuple(items.iter().map(reference_to).collect()),
    }
}

/// Whether an expression looks like an iterator, so that `map` is the iterator's.
pub fn is_chain_like(e: &SynExpr) -> bool {
    match e {
        SynExpr::Range(_) => true,
        SynExpr::Paren(e) => is_chain_like(&e.expr),
        SynExpr::MethodCall(c) => {
            let name = c.method.to_string();
            matches!(
                name.as_str(),
                "iter"
                    | "iter_mut"
                    | "into_iter"
                    | "windows"
                    | "chunks"
                    | "chunks_exact"
                    | "chunks_mut"
                    | "chunks_exact_mut"
                    | "rows"
                    | "columns"
                    | "outer_iter"
                    | "axis_iter"
                    | "rows_mut"
                    | "columns_mut"
                    | "outer_iter_mut"
                    | "axis_iter_mut"
                    | "indexed_iter"
                    | "drain"
            ) || is_chain_like(&c.receiver)
                && matches!(
                    name.as_str(),
                    "map"
                        | "zip"
                        | "enumerate"
                        | "rev"
                        | "skip"
                        | "take"
                        | "step_by"
                        | "chain"
                        | "filter"
                        | "filter_map"
                        | "flat_map"
                        | "flatten"
                        | "scan"
                        | "take_while"
                        | "skip_while"
                        | "map_while"
                        | "copied"
                        | "cloned"
                        | "inspect"
                        | "by_ref"
                        | "peekable"
                        | "fuse"
                )
        }
        _ => false,
    }
}
