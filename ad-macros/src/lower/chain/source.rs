//! Where a chain starts: ranges, containers, and their parts.

use super::{Part, Seq, is_chain_like};
use crate::ir::{Expr, Place, Proj, Role, Stmt, Ty};
use crate::lower::Lower;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Expr as SynExpr;

impl Lower<'_> {
    pub(super) fn range(&mut self, r: &syn::ExprRange) -> Option<Seq> {
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
    pub(in crate::lower) fn fixed(&mut self, e: &SynExpr) -> TokenStream {
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
    pub(super) fn source(&mut self, e: &SynExpr) -> Option<Seq> {
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
            SynExpr::Call(call) => {
                let (name, value) = made_of_one(call)?;
                if name == "once" {
                    let array: SynExpr = syn::parse_quote!([#value]);
                    return self.source(&array);
                }
                let (ty, active) = (self.facts.infer(value), self.facts.active(value));
                let value = self.named_operand("repeated", value);
                let Expr::Place(Place { root, proj }) = &value else { return None };
                if !proj.is_empty() {
                    return None;
                }
                let value = self.program[*root].name.clone();
                self.facts.bind(&syn::parse_quote!(#value), &ty, active);
                let hi = match name {
                    "repeat_n" => Some(self.fixed(&call.args[1])),
                    _ => None,
                };
                let numbers = Seq::Range { lo: quote!(0usize), hi };
                Some(Seq::Map(Box::new(numbers), syn::parse_quote!(|_| #value)))
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

    pub(super) fn alias_mode(&self, e: &SynExpr) -> Option<bool> {
        let SynExpr::Path(p) = e else { return None };
        let var = self.lookup(p.path.get_ident()?)?;
        match &self.program[var].role {
            Role::Alias { by_ref: true, .. } | Role::Binding { .. } => {
                Some(matches!(self.program[var].ty, Ty::RefMut(_)))
            }
            _ => None,
        }
    }

    pub(super) fn elements(&self, place: Place, by: Option<bool>, ty: &Ty) -> Seq {
        let indexed = match ty.deref() {
            Ty::NdArray { dims, .. } => *dims == Some(1),
            Ty::Unknown => false,
            _ => true,
        };
        Seq::Elements { place, by, generic: !indexed }
    }

    /// The array in `array.as_slice().unwrap()`, whose elements are those of the slice.
    pub(super) fn sliced_array<'e>(&self, e: &'e SynExpr) -> Option<&'e SynExpr> {
        let SynExpr::MethodCall(outer) = e else { return None };
        let SynExpr::MethodCall(inner) = &*outer.receiver else { return None };
        let unwraps = outer.method == "unwrap" || outer.method == "expect";
        let slices = inner.method == "as_slice" || inner.method == "as_slice_mut";
        let array = matches!(self.facts.infer(&inner.receiver).deref(), Ty::NdArray { .. });
        (unwraps && slices && array).then_some(&*inner.receiver)
    }

    pub(super) fn source_method(&mut self, call: &syn::ExprMethodCall, name: &str) -> Option<Seq> {
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
            "indexed_iter_mut",
            "lanes",
            "lanes_mut",
            "axis_chunks_iter",
            "axis_chunks_iter_mut",
            "exact_chunks",
            "exact_chunks_mut",
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
            name => self.array_parts(place, name, size, call.args.iter().nth(1), &ty),
        }
    }

    /// The parts of an array of ndarray; `first` is the first argument of the method.
    fn array_parts(
        &mut self,
        place: Place,
        name: &str,
        first: Option<TokenStream>,
        second: Option<&SynExpr>,
        ty: &Ty,
    ) -> Option<Seq> {
        // The views of parts that are written: `by` says that they are mutable.
        let by = name.ends_with("_mut").then_some(true);
        let dims = match ty.deref() {
            Ty::NdArray { dims, .. } => Some(*dims),
            _ => None,
        };
        let axis = |n: TokenStream| quote!(::ad_runtime::ndarray::Axis(#n));
        let kind = match name.strip_suffix("_mut").unwrap_or(name) {
            "rows" if matches!(dims, Some(Some(2)) | None) => Part::Rows,
            "columns" if matches!(dims, Some(Some(2)) | None) => Part::Columns,
            "rows" => {
                let whole = self.tokens_of(&place);
                // Under a name, because it is read while the array is borrowed mutably.
                let last = axis(quote!(#whole.ndim() - 1));
                let last = self.verbatim_tokens(last, Ty::Discrete);
                let last = self.name("axis", last, Ty::Discrete, false);
                Part::Lanes(self.ident_of(&last).to_token_stream())
            }
            "columns" => Part::Lanes(axis(quote!(0))),
            "lanes" => Part::Lanes(first?),
            "outer_iter" => Part::Outer(axis(quote!(0))),
            "axis_iter" => Part::Outer(first?),
            "axis_chunks_iter" => Part::AxisChunks { axis: first?, size: self.fixed(second?) },
            "windows" if dims == Some(Some(1)) => Part::Slices(first?),
            "windows" | "exact_chunks" => {
                let first = first?;
                let shape = quote!(::ad_runtime::rt::dimension(#first));
                let shape = self.verbatim_tokens(shape, Ty::Discrete);
                let shape = self.name("shape", shape, Ty::Discrete, false);
                let shape = self.ident_of(&shape).to_token_stream();
                if name == "windows" { Part::Tiles(shape) } else { Part::Blocks(shape) }
            }
            "indexed_iter" => {
                let mutable = by == Some(true);
                return match dims? {
                    Some(1) => {
                        let elements = self.elements(place, Some(mutable), ty);
                        Some(Seq::Enumerate(Box::new(elements)))
                    }
                    dims => Some(Seq::Indexed { place, dims, mutable }),
                };
            }
            _ => return None,
        };
        Some(Seq::Parts { place, by, kind })
    }

    /// A view of ndarray under a name, so that what it shows can be borrowed for a whole iteration.
    pub(super) fn named_view(&mut self, place: Place) -> Place {
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

    pub(super) fn is_finite(&self, seq: &Seq) -> bool {
        self.len(seq).is_some()
    }

    pub(in crate::lower) fn tokens_of(&self, place: &Place) -> TokenStream {
        crate::emit::place_tokens(&self.program, place)
    }
}

/// `once(value)`, `repeat(value)` or `repeat_n(value, n)` of `std::iter`: the name and the value.
pub(in crate::lower) fn made_of_one(call: &syn::ExprCall) -> Option<(&'static str, &SynExpr)> {
    let SynExpr::Path(p) = &*call.func else { return None };
    let names: Vec<_> = p.path.segments.iter().map(|s| s.ident.to_string()).collect();
    let name = match names.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["once"] | [.., "iter", "once"] => "once",
        ["repeat"] | [.., "iter", "repeat"] => "repeat",
        ["repeat_n"] | [.., "iter", "repeat_n"] => "repeat_n",
        _ => return None,
    };
    let arguments = if name == "repeat_n" { 2 } else { 1 };
    (call.args.len() == arguments).then(|| (name, &call.args[0]))
}
