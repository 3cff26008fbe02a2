//! Iterator chains as loops.
//!
//! A chain starts from something that can be indexed: a range, the elements of a container, its
//! windows or chunks. `zip`, `enumerate`, `rev`, `skip`, `take`, `step_by` and `copied` keep that;
//! after the first `map` or `filter` the rest are stages of the loop's body.

mod bind;
mod drive;
mod item;
mod source;

pub(super) use drive::reference_to;
pub(super) use source::made_of_one;

use super::Lower;
use crate::ir::{Expr, Place, Ty};
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr as SynExpr;

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
        dims: Option<usize>,
        mutable: bool,
    },
    /// The elements of an array as if it were repeated: `repeat` finds the element of a position.
    Repeated {
        place: Place,
        repeat: TokenStream,
    },
    Rev(Box<Seq>),
    Skip(Box<Seq>, TokenStream),
    Take(Box<Seq>, TokenStream),
    StepBy(Box<Seq>, TokenStream),
    Copied(Box<Seq>),
    Chain(Box<Seq>, Box<Seq>),
    /// A part of `Chain` that has stages of its own.
    Staged(Box<Chain>),
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
    /// The vectors along an axis.
    Lanes(TokenStream),
    /// `axis_chunks_iter(axis, size)`
    AxisChunks {
        axis: TokenStream,
        size: TokenStream,
    },
    /// `exact_chunks(shape)`
    Blocks(TokenStream),
    /// `windows(shape)` of an array of several axes.
    Tiles(TokenStream),
}

/// What happens to an item before it reaches the consumer.
#[derive(Clone)]
pub(super) enum Stage {
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
#[derive(Clone)]
pub(super) struct Chain {
    seq: Seq,
    pub(super) stages: Vec<Stage>,
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

    /// Whether the items come from several loops.
    pub(super) fn has_parts(&self) -> bool {
        has_chain(&self.seq)
    }

    /// The chain as a part of another.
    fn part(self) -> Seq {
        if self.stages.is_empty() { self.seq } else { Seq::Staged(Box::new(self)) }
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

    /// The vectors of an array along an axis, as views.
    pub(super) fn lanes_chain(&self, place: Place, axis: TokenStream) -> Chain {
        Chain { seq: Seq::Parts { place, by: None, kind: Part::Lanes(axis) }, stages: Vec::new() }
    }

    /// The elements of an array as if it were repeated.
    pub(super) fn repeated_chain(&self, place: Place, repeat: TokenStream) -> Chain {
        Chain { seq: Seq::Repeated { place, repeat }, stages: Vec::new() }
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
        let plain = chain.stages.is_empty() && !has_chain(&chain.seq);
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
            "chain" => {
                let other = match self.implicit_chain(call.args.first()?) {
                    Some(other) => other.part(),
                    None => self.other(call.args.first()?)?,
                };
                let seq = Seq::Chain(Box::new(chain.part()), Box::new(other));
                Chain { seq, stages: Vec::new() }
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
}

/// Whether a sequence has two parts, which are driven one after the other.
fn has_chain(seq: &Seq) -> bool {
    matches!(seq, Seq::Chain(..))
}

/// Whether an expression looks like an iterator, so that `map` is the iterator's.
pub fn is_chain_like(e: &SynExpr) -> bool {
    match e {
        SynExpr::Range(_) => true,
        SynExpr::Paren(e) => is_chain_like(&e.expr),
        SynExpr::Call(call) => made_of_one(call).is_some(),
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
                    | "indexed_iter_mut"
                    | "lanes"
                    | "lanes_mut"
                    | "axis_chunks_iter"
                    | "axis_chunks_iter_mut"
                    | "exact_chunks"
                    | "exact_chunks_mut"
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
