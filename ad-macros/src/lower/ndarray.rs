//! What `ndarray` does element by element, as loops: methods that take closures, `Zip`, and
//! constructors with active contents.
//!
//! The closure is inlined in the body of the loop, so it may capture active variables.

use super::Lower;
use super::chain::{Chain, Item};
use crate::ir::{CallKind, Expr, Place, Proj, Stmt, Ty};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr as SynExpr, Pat};

/// The arguments of a `Zip`.
struct Zipped<'a> {
    indexed: bool,
    producers: Vec<&'a SynExpr>,
}

/// What `Zip::from(..).and(..)` runs over, if `e` is one.
fn zipped(e: &SynExpr) -> Option<Zipped<'_>> {
    match e {
        SynExpr::Paren(e) => zipped(&e.expr),
        SynExpr::MethodCall(call) if call.method == "and" => {
            let mut all = zipped(&call.receiver)?;
            all.producers.push(call.args.first()?);
            Some(all)
        }
        SynExpr::Call(call) => {
            let SynExpr::Path(path) = &*call.func else { return None };
            let mut last = path.path.segments.iter().rev();
            let (function, owner) = (last.next()?, last.next()?);
            let indexed = function.ident == "indexed";
            let known = owner.ident == "Zip" && (indexed || function.ident == "from");
            known.then(|| Zipped { indexed, producers: call.args.iter().collect() })
        }
        _ => None,
    }
}

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
        if (name == "map_collect" || name == "fold")
            && let Some(zip) = zipped(&call.receiver)
        {
            return self.zip_value(call, name, zip);
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
            "map_axis" if array => self.map_axis(call, ty),
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

    /// `x.map_axis(axis, f)` of a matrix: its rows or columns, one after another.
    fn map_axis(&mut self, call: &syn::ExprMethodCall, ty: &Ty) -> Option<Expr> {
        let mut args = call.args.iter();
        let (axis, f) = (args.next()?, args.next()?);
        let closure = closure_of(f, 1)?;
        if !matches!(ty.deref(), Ty::NdArray { dims: Some(2), .. }) {
            self.errors.at(&call.method, "`map_axis` can be differentiated on matrices alone: write it as a loop over `index_axis(..)`");
            return Some(self.verbatim(&SynExpr::MethodCall(call.clone())));
        }
        let place = self.iterated(&call.receiver)?;
        let axis = self.fixed(axis);
        let other = quote!(::ad_runtime::ndarray::Axis(1 - #axis.index()));
        let whole = self.tokens(&place);
        let dim = quote!(::ad_runtime::ndarray::Ix1(#whole.len_of(#other)));
        let chain = self.parts_chain(place, other);
        Some(self.mapped(chain, &closure, dim, &mut |_, item| vec![item]))
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

    /// The chain over all producers of a `Zip`, after a check that their shapes agree.
    fn zip_chain(&mut self, zip: &Zipped) -> Option<(Chain, TokenStream)> {
        let mut all: Option<(Chain, TokenStream)> = None;
        for producer in &zip.producers {
            let (chain, shape) = self.producer(producer)?;
            all = Some(match all {
                None => (chain, shape),
                Some((chains, first)) => {
                    let tokens = quote!(::ad_runtime::rt::require_equal_shapes(&#first, &#shape););
                    let reads = self
                        .facts
                        .names_in(&tokens)
                        .iter()
                        .filter_map(|n| self.lookup(n))
                        .collect();
                    self.push(Stmt::Effect { tokens, reads, writes: Vec::new() });
                    (chains.zipped(chain), first)
                }
            });
        }
        all
    }

    /// One argument of a `Zip` as a chain, and its shape.
    fn producer(&mut self, e: &SynExpr) -> Option<(Chain, TokenStream)> {
        let (inner, mutable) = match e {
            SynExpr::Reference(r) => (&*r.expr, r.mutability.is_some()),
            SynExpr::MethodCall(c) if c.method == "view" || c.method == "view_mut" => {
                (&*c.receiver, c.method == "view_mut")
            }
            e => (e, matches!(self.facts.infer(e), Ty::RefMut(_))),
        };
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
        let len = self.chain_len(&chain)?;
        Some((chain, quote!(::ad_runtime::ndarray::Ix1(#len))))
    }

    fn zip_value(&mut self, call: &syn::ExprMethodCall, name: &str, zip: Zipped) -> Option<Expr> {
        if zip.indexed {
            return self.no_indexed_zip(call);
        }
        let count = zip.producers.len();
        let (chain, shape) = self.zip_chain(&zip)?;
        if name == "map_collect" {
            let closure = closure_of(call.args.first()?, count)?;
            return Some(self.mapped(chain, &closure, shape, &mut |_, item| flat(item, count)));
        }
        let mut args = call.args.iter();
        let (init, f) = (args.next()?, args.next()?);
        let closure = closure_of(f, count + 1)?;
        let ty = self.facts.infer(init);
        let start =
            if self.facts.active(init) { self.operand(init) } else { self.verbatim_value(init) };
        let sum = self.mutable("acc", start, ty.clone(), !ty.is_discrete());
        let target = sum.clone();
        self.drive(chain, &mut |lower, item| {
            let now = Item::Value(Expr::Place(target.clone()), ty.clone());
            let value =
                lower.apply(&closure, std::iter::once(now).chain(flat(item, count)).collect());
            let active = lower.program.reads_active(&value);
            let value = lower.name("new", value, ty.clone(), active);
            lower.push(Stmt::Assign { place: target.clone(), value });
            None
        });
        Some(Expr::Place(sum))
    }

    fn no_indexed_zip(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        self.errors.at(
            &call.method,
            "`Zip::indexed` cannot be differentiated: write it as a loop over the indices",
        );
        Some(self.verbatim(&SynExpr::MethodCall(call.clone())))
    }

    /// A method call as a statement that changes arrays element by element. Returns whether it is one.
    pub(super) fn array_statement(&mut self, call: &syn::ExprMethodCall) -> bool {
        let name = call.method.to_string();
        if name == "for_each"
            && let Some(zip) = zipped(&call.receiver)
        {
            if zip.indexed {
                self.no_indexed_zip(call);
                return true;
            }
            let count = zip.producers.len();
            let (Some(closure), Some((chain, _))) =
                (call.args.first().and_then(|f| closure_of(f, count)), self.zip_chain(&zip))
            else {
                return false;
            };
            self.drive(chain, &mut |lower, item| {
                lower.apply_statement(&closure, flat(item, count));
                None
            });
            return true;
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
                let whole: SynExpr = syn::parse_quote!(#place += &((#factor) * #other));
                self.analyse(&whole);
                self.expr_statement(&whole);
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
            let value = lower.apply(&closure, vec![item]);
            let (ty, active) = (lower.program.ty_of(&value), lower.program.reads_active(&value));
            let value = lower.name("new", value, ty, active);
            lower.push(Stmt::Assign { place: element, value });
            None
        });
        true
    }

    fn zip_mut_with(&mut self, call: &syn::ExprMethodCall, other: &SynExpr) -> bool {
        let Some(closure) = call.args.iter().nth(1).and_then(|f| closure_of(f, 2)) else {
            return false;
        };
        let receiver = &call.receiver;
        let first: SynExpr = syn::parse_quote!(&mut #receiver);
        let zip = Zipped { indexed: false, producers: vec![&first, other] };
        let Some((chain, _)) = self.zip_chain(&zip) else { return false };
        self.drive(chain, &mut |lower, item| {
            lower.apply_statement(&closure, flat(item, 2));
            None
        });
        true
    }

    /// `x.accumulate_axis_inplace(axis, f)` of a vector.
    fn accumulate_axis(&mut self, call: &syn::ExprMethodCall, _: &SynExpr) -> bool {
        let ty = self.facts.infer(&call.receiver);
        let Some(closure) = call.args.iter().nth(1).and_then(|f| closure_of(f, 2)) else {
            return false;
        };
        if !matches!(ty.deref(), Ty::NdArray { dims: Some(1), .. }) {
            self.errors.at(&call.method, "`accumulate_axis_inplace` can be differentiated on vectors alone: write it as a loop over `index_axis_mut(..)`");
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

    /// Constructors and functions of `ndarray` with active contents.
    pub(super) fn array_call(
        &mut self,
        call: &syn::ExprCall,
        owner: &str,
        last: &str,
    ) -> Option<Expr> {
        let args: Vec<&SynExpr> = call.args.iter().collect();
        let constructs = crate::facts::is_array_name(owner);
        match (last, &args[..]) {
            ("from_shape_fn", [shape, f]) if constructs => self.filled_by_index(shape, f),
            ("from_vec" | "from", [content]) if constructs => match self.facts.infer(content) {
                Ty::Vec(t) if !matches!(*t, Ty::Array(_)) => Some(self.vector(content)),
                _ if last == "from_vec" => Some(self.vector(content)),
                _ => None,
            },
            ("arr1" | "arr2", [SynExpr::Reference(r)]) => match &*r.expr {
                SynExpr::Array(a) => {
                    let elements = &a.elems;
                    let mac: syn::Macro = syn::parse_quote!(array![#elements]);
                    self.array_macro(&mac, "array")
                }
                content => Some(self.vector(content)).filter(|_| last == "arr1"),
            },
            ("from_iter", [iter]) if constructs => {
                let collected: SynExpr = syn::parse_quote!((#iter).into_iter().collect::<Vec<_>>());
                self.analyse(&collected);
                Some(self.vector(&collected))
            }
            ("stack" | "concatenate", [axis, _]) if is_axis(axis) => {
                Some(self.array_function(call, last))
            }
            // A module `linalg` may be another one: `ad_runtime::linalg::kron` has its derivatives beside it.
            ("kron", [_, _]) if owner == "linalg" && names_ndarray(&call.func) => {
                Some(self.array_function(call, last))
            }
            ("general_mat_mul" | "general_mat_vec_mul", [_, _, _, _, _]) => {
                Some(self.array_function(call, last))
            }
            _ => None,
        }
    }

    fn array_function(&mut self, call: &syn::ExprCall, name: &str) -> Expr {
        let name = quote::format_ident!("{}", name);
        let args = call.args.iter().map(|a| self.argument(a)).collect();
        let path = if name == "kron" || name.to_string().starts_with("general") {
            quote!(linalg::#name)
        } else {
            quote!(#name)
        };
        Expr::Call { path: quote!(::ad_runtime::ndarray::#path), args, kind: CallKind::Function }
    }

    /// The vector of the elements of a `Vec`.
    fn vector(&mut self, content: &SynExpr) -> Expr {
        let value = self.operand(content);
        let (ty, active) = (self.facts.infer(content), self.program.reads_active(&value));
        let items = match value {
            Expr::Place(place) if place.is_var() => Expr::Place(place),
            value => self.name("items", value, ty, active),
        };
        let name = self.tokens(items.as_place().expect("a name is a place"));
        self.shaped(items, quote!(::ad_runtime::ndarray::Ix1(#name.len())))
    }

    pub(super) fn shaped(&mut self, items: Expr, dim: TokenStream) -> Expr {
        let dim = self.verbatim_tokens(dim, Ty::Discrete);
        let dim = self.name("shape", dim, Ty::Discrete, false);
        Expr::runtime("shaped", vec![items, Expr::borrow(dim)])
    }

    /// `Array::from_shape_fn(shape, f)`
    fn filled_by_index(&mut self, shape: &SynExpr, f: &SynExpr) -> Option<Expr> {
        let closure = closure_of(f, 1)?;
        let dim = quote!(::ad_runtime::rt::dimension(#shape));
        let dim = self.verbatim_tokens(dim, Ty::Discrete);
        let dim = self.name("shape", dim, Ty::Discrete, false);
        let name = self.ident_of(&dim);
        let arity = match closure.inputs.first() {
            Some(Pat::Tuple(t)) => Some(t.elems.len()),
            Some(Pat::Ident(_) | Pat::Wild(_) | Pat::Type(_)) => None,
            _ => {
                self.errors.at(
                    &closure.inputs,
                    "the index of `from_shape_fn` must be a name or a tuple of names",
                );
                return Some(Expr::lit(quote!(())));
            }
        };
        let size: SynExpr = syn::parse_quote!(0..::ad_runtime::ndarray::Dimension::size(&#name));
        let chain = self.chain(&size)?;
        Some(self.mapped(
            chain,
            &closure,
            quote!(::core::clone::Clone::clone(&#name)),
            &mut |lower, item| {
                let Item::Value(Expr::Verbatim { tokens: k, .. }, _) = &item else {
                    unreachable!("a range has values")
                };
                let index = lower
                    .verbatim_tokens(quote!(::ad_runtime::rt::index_at(&#name, #k)), Ty::Discrete);
                let index = lower.name("index", index, Ty::Discrete, false);
                let index = lower.ident_of(&index);
                let value = |lower: &Self, tokens: TokenStream| {
                    Item::Value(lower.verbatim_tokens(tokens, Ty::Discrete), Ty::Discrete)
                };
                match arity {
                    None => vec![value(lower, quote!(#index))],
                    Some(n) => {
                        let parts = (0..n).map(|i| {
                            let i = syn::Index::from(i);
                            value(lower, quote!(#index.#i))
                        });
                        vec![Item::Tuple(parts.collect())]
                    }
                }
            },
        ))
    }

    /// `einsum!(..)`: a tree of calls, each of which contracts two operands.
    fn einsum(&mut self, mac: &syn::Macro) -> Expr {
        let borrowed = |e: &SynExpr| match e {
            SynExpr::Reference(_) => quote!(#e),
            e if matches!(self.facts.infer(e), Ty::Ref(_)) => quote!(#e),
            e => quote!(&#e),
        };
        let parsed = mac.parse_body::<crate::einsum::Einsum>();
        let tree = parsed.and_then(|einsum| einsum.tree(|_, e| borrowed(e)));
        match tree.and_then(|tree| syn::parse2::<SynExpr>(crate::einsum::strip(tree))) {
            Ok(tree) => {
                self.analyse(&tree);
                self.value(&tree)
            }
            Err(e) => {
                self.errors.push(e);
                Expr::lit(quote!(()))
            }
        }
    }

    /// The macros of `ndarray` that make arrays.
    pub(super) fn array_macro(&mut self, mac: &syn::Macro, name: &str) -> Option<Expr> {
        let args = crate::facts::macro_args(mac);
        match name {
            "einsum" => Some(self.einsum(mac)),
            "array" => {
                let (mut flat, mut dims) = (args, Vec::new());
                dims.push(flat.len());
                while !flat.is_empty() && flat.iter().all(|e| matches!(e, SynExpr::Array(_))) {
                    flat = flat
                        .into_iter()
                        .flat_map(|e| match e {
                            SynExpr::Array(a) => a.elems.into_iter().collect::<Vec<_>>(),
                            _ => unreachable!("all are arrays"),
                        })
                        .collect();
                    dims.push(flat.len());
                }
                // `dims` counts the parts of each depth; the length of an axis is their ratio.
                let mut lengths = Vec::new();
                let mut product = 1;
                for total in dims {
                    lengths.push(total / product.max(1));
                    product = total;
                }
                let elements: Vec<Expr> = flat.iter().map(|e| self.element(e)).collect();
                let value = Expr::VecOf(elements);
                let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
                let items = self.name("items", value, ty, active);
                let lengths = lengths.iter().map(|n| proc_macro2::Literal::usize_suffixed(*n));
                Some(self.shaped(items, quote!(::ad_runtime::ndarray::Dim([#(#lengths),*]))))
            }
            "stack" | "concatenate" => {
                let (axis, arrays) = args.split_first()?;
                let function = quote::format_ident!("{}", name);
                let rewritten: SynExpr = syn::parse_quote! {
                    ::ad_runtime::ndarray::#function(#axis, &[#((#arrays).view()),*]).unwrap()
                };
                self.analyse(&rewritten);
                Some(self.value(&rewritten))
            }
            _ => None,
        }
    }
}

fn is_literal(e: &SynExpr) -> bool {
    match e {
        SynExpr::Lit(_) => true,
        SynExpr::Unary(u) => matches!(u.op, syn::UnOp::Neg(_)) && is_literal(&u.expr),
        _ => false,
    }
}

fn names_ndarray(function: &SynExpr) -> bool {
    matches!(function, SynExpr::Path(p) if p.path.segments.iter().any(|s| s.ident == "ndarray"))
}

fn is_axis(e: &SynExpr) -> bool {
    matches!(e, SynExpr::Call(c) if matches!(&*c.func, SynExpr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Axis")))
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
