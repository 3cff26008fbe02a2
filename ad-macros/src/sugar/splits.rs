//! `split_first` and `split_last`, and slices that shrink from step to step, as elements and ranges.
//!
//! ```text
//! // Input:                                             // Output:
//! if let Some((h, t)) = x.split_first() { .. }          if !x.is_empty() { let h = &x[0]; let t = &x[1..]; .. }
//!
//! let mut rest = x;                                     let (mut rest_lo, mut rest_hi) = (0, x.len());
//! while let Some((h, t)) = rest.split_first() {         while rest_lo < rest_hi {
//!     s += h;                                               let h = &x[rest_lo];
//!     rest = t;                                             s += h; rest_lo += 1;
//! }                                                     }
//! ```

use super::{bare_call, is_plain_place, occurs, some_pattern};
use proc_macro2::Ident;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt, parse_quote};

/// Rewrites slices that are taken apart from their ends.
pub fn rewrite(block: &mut Block) {
    Shrinking.visit_block_mut(block);
    Ends.visit_block_mut(block);
}

/// Which end is split off.
#[derive(Clone, Copy, PartialEq)]
enum End {
    First,
    Last,
}

/// `Some((element, others)) = slice.split_first()`: the patterns, the slice and the end.
fn split<'e>(pat: &'e Pat, e: &'e Expr) -> Option<(&'e Pat, &'e Pat, &'e Expr, End)> {
    let Pat::Tuple(parts) = some_pattern(pat)? else { return None };
    if parts.elems.len() != 2 {
        return None;
    }
    let (slice, end) = match bare_call(e, "split_first") {
        Some(slice) => (slice, End::First),
        None => (bare_call(e, "split_last")?, End::Last),
    };
    is_plain_place(slice).then_some((&parts.elems[0], &parts.elems[1], slice, end))
}

/// Slices that are not changed themselves.
struct Ends;

impl Ends {
    fn bound(pat: &Pat, e: &Expr) -> Option<(Expr, Vec<Stmt>)> {
        let (element, others, slice, end) = split(pat, e)?;
        let stmts: Vec<Stmt> = match end {
            End::First => parse_quote! {
                let #element = &#slice[0];
                let #others = &#slice[1..];
            },
            End::Last => parse_quote! {
                let #element = &#slice[#slice.len() - 1];
                let #others = &#slice[..#slice.len() - 1];
            },
        };
        Some((parse_quote!(!#slice.is_empty()), stmts))
    }
}

impl VisitMut for Ends {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut stmts = Vec::new();
        for stmt in std::mem::take(&mut block.stmts) {
            match &stmt {
                Stmt::Local(local) => match Self::local(local) {
                    Some(rewritten) => stmts.extend(rewritten),
                    None => stmts.push(stmt),
                },
                _ => stmts.push(stmt),
            }
        }
        block.stmts = stmts;
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_if_mut(&mut self, e: &mut syn::ExprIf) {
        if let Expr::Let(l) = &*e.cond
            && let Some((more, mut bound)) = Ends::bound(&l.pat, &l.expr)
        {
            bound.append(&mut e.then_branch.stmts);
            e.then_branch.stmts = bound;
            *e.cond = more;
        }
        visit_mut::visit_expr_if_mut(self, e);
    }
}

impl Ends {
    /// `let Some((h, t)) = x.split_first() else { .. };`, `let (h, t) = x.split_first().unwrap();`
    fn local(local: &syn::Local) -> Option<Vec<Stmt>> {
        let init = local.init.as_ref()?;
        if let Some((_, otherwise)) = &init.diverge {
            let (more, bound) = Ends::bound(&local.pat, &init.expr)?;
            let guard: Stmt = parse_quote!(if !(#more) #otherwise);
            return Some(std::iter::once(guard).chain(bound).collect());
        }
        let Expr::MethodCall(call) = &*init.expr else { return None };
        if call.method != "unwrap" && call.method != "expect" {
            return None;
        }
        let pat = &local.pat;
        let wrapped = Pat::TupleStruct(syn::PatTupleStruct {
            attrs: Vec::new(),
            qself: None,
            path: parse_quote!(Some),
            paren_token: Default::default(),
            elems: std::iter::once(pat.clone()).collect(),
        });
        Ends::bound(&wrapped, &call.receiver).map(|(_, bound)| bound)
    }
}

/// Slices that a loop shrinks.
struct Shrinking;

impl VisitMut for Shrinking {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        for i in 0..block.stmts.len() {
            let Some((mut slice, start)) = Slice::of(&block.stmts[i]) else { continue };
            let mut rest =
                Block { brace_token: block.brace_token, stmts: block.stmts[i + 1..].to_vec() };
            slice.visit_block_mut(&mut rest);
            if !slice.shrinks || rest.stmts.iter().any(|stmt| occurs(stmt, &slice.name)) {
                continue;
            }
            block.stmts.truncate(i);
            block.stmts.extend(start);
            block.stmts.extend(rest.stmts);
        }
        visit_mut::visit_block_mut(self, block);
    }
}

/// A variable that holds the part `lo..hi` of `place`.
struct Slice {
    name: Ident,
    place: Expr,
    lo: Ident,
    hi: Ident,
    /// Whether it is assigned a part of itself.
    shrinks: bool,
    /// The names of such parts, with their bounds.
    parts: Vec<(Ident, Expr, Expr)>,
    count: usize,
}

impl Slice {
    /// `let mut rest = x;`, `let mut rest = &x[..];`
    fn of(stmt: &Stmt) -> Option<(Slice, Vec<Stmt>)> {
        let Stmt::Local(local) = stmt else { return None };
        let pat = match &local.pat {
            Pat::Type(p) => &*p.pat,
            pat => pat,
        };
        let (Pat::Ident(name), Some(init)) = (pat, &local.init) else { return None };
        name.mutability?;
        let init = match &*init.expr {
            Expr::Reference(r) if r.mutability.is_none() => &*r.expr,
            e @ Expr::Path(_) => e,
            _ => return None,
        };
        let (place, from, to) = match init {
            Expr::Index(i) => match &*i.index {
                Expr::Range(r) if matches!(r.limits, syn::RangeLimits::HalfOpen(_)) => {
                    (&*i.expr, r.start.clone(), r.end.clone())
                }
                _ => return None,
            },
            place => (place, None, None),
        };
        if !is_plain_place(place) {
            return None;
        }
        let (lo, hi) = (format_ident!("__{}_lo", name.ident), format_ident!("__{}_hi", name.ident));
        let from = from.unwrap_or_else(|| parse_quote!(0));
        let to = to.unwrap_or_else(|| parse_quote!(#place.len()));
        let start = parse_quote! {
            let mut #lo: usize = #from;
            let mut #hi: usize = #to;
        };
        let slice = Slice {
            name: name.ident.clone(),
            place: place.clone(),
            lo,
            hi,
            shrinks: false,
            parts: Vec::new(),
            count: 0,
        };
        Some((slice, start))
    }

    fn is_it(&self, e: &Expr) -> bool {
        match e {
            Expr::Path(p) => p.path.is_ident(&self.name),
            Expr::Paren(e) => self.is_it(&e.expr),
            Expr::Reference(r) => self.is_it(&r.expr),
            _ => false,
        }
    }

    fn more(&self) -> Expr {
        let (lo, hi) = (&self.lo, &self.hi);
        parse_quote!(#lo < #hi)
    }

    fn bound(&mut self, pat: &Pat, e: &Expr) -> Option<Vec<Stmt>> {
        let (element, others, slice, end) = split(pat, e)?;
        if !self.is_it(slice) {
            return None;
        }
        self.count += 1;
        let from = format_ident!("{}_{}", self.lo, self.count);
        let to = format_ident!("{}_{}", self.hi, self.count);
        let (lo, hi, place) = (&self.lo, &self.hi, &self.place);
        let (at, from_bound, to_bound): (Expr, Expr, Expr) = match end {
            End::First => (parse_quote!(#from), parse_quote!(#from + 1), parse_quote!(#to)),
            End::Last => (parse_quote!(#to - 1), parse_quote!(#from), parse_quote!(#to - 1)),
        };
        let mut stmts: Vec<Stmt> = parse_quote! {
            let #from = #lo;
            let #to = #hi;
            let #element = &#place[#at];
        };
        match others {
            Pat::Ident(name) => {
                stmts.push(parse_quote!(let #others = &#place[#from_bound..#to_bound];));
                self.parts.push((name.ident.clone(), from_bound, to_bound));
            }
            Pat::Wild(_) => {}
            _ => return None,
        }
        Some(stmts)
    }
}

impl VisitMut for Slice {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut stmts = Vec::new();
        for stmt in std::mem::take(&mut block.stmts) {
            if let Stmt::Local(local) = &stmt
                && let Some(init) = &local.init
                && let Some((_, otherwise)) = &init.diverge
                && let Some(bound) = self.bound(&local.pat, &init.expr)
            {
                let more = self.more();
                stmts.push(parse_quote!(if !(#more) #otherwise));
                stmts.extend(bound);
            } else {
                stmts.push(stmt);
            }
        }
        block.stmts = stmts;
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        let (lo, hi, place) = (self.lo.clone(), self.hi.clone(), self.place.clone());
        match e {
            Expr::While(w) => {
                if let Expr::Let(l) = &*w.cond
                    && let Some(mut bound) = self.bound(&l.pat, &l.expr)
                {
                    bound.append(&mut w.body.stmts);
                    w.body.stmts = bound;
                    *w.cond = self.more();
                }
            }
            Expr::If(i) => {
                if let Expr::Let(l) = &*i.cond
                    && let Some(mut bound) = self.bound(&l.pat, &l.expr)
                {
                    bound.append(&mut i.then_branch.stmts);
                    i.then_branch.stmts = bound;
                    *i.cond = self.more();
                }
            }
            Expr::Assign(a) if self.is_it(&a.left) => {
                if let Some((from, to)) = self.part(&a.right) {
                    self.shrinks = true;
                    *e = parse_quote!({ (#lo, #hi) = (#from, #to); });
                    return;
                }
            }
            Expr::MethodCall(call) if self.is_it(&call.receiver) && call.args.is_empty() => {
                if call.method == "len" {
                    *e = parse_quote!((#hi - #lo));
                } else if call.method == "is_empty" {
                    *e = parse_quote!((#lo >= #hi));
                } else {
                    *call.receiver = parse_quote!(#place[#lo..#hi]);
                }
            }
            Expr::Index(i) if self.is_it(&i.expr) && !matches!(&*i.index, Expr::Range(_)) => {
                let mut index = (*i.index).clone();
                self.visit_expr_mut(&mut index);
                *e = parse_quote!(#place[#lo + (#index)]);
                return;
            }
            e if matches!(e, Expr::Path(_)) && self.is_it(e) => {
                *e = parse_quote!((&#place[#lo..#hi]));
                return;
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
}

impl Slice {
    /// The bounds of a part of the slice: a name that was split off, or `&rest[a..b]`.
    fn part(&self, e: &Expr) -> Option<(Expr, Expr)> {
        let (lo, hi) = (&self.lo, &self.hi);
        match e {
            Expr::Path(p) => {
                let (_, from, to) =
                    self.parts.iter().rev().find(|(name, ..)| p.path.is_ident(name))?;
                Some((from.clone(), to.clone()))
            }
            Expr::Reference(r) => match &*r.expr {
                Expr::Index(i) if self.is_it(&i.expr) => {
                    let Expr::Range(range) = &*i.index else { return None };
                    if occurs(range, &self.name)
                        || matches!(range.limits, syn::RangeLimits::Closed(_))
                    {
                        return None;
                    }
                    let from = match &range.start {
                        Some(start) => parse_quote!(#lo + (#start)),
                        None => parse_quote!(#lo),
                    };
                    let to = match &range.end {
                        Some(end) => parse_quote!(#lo + (#end)),
                        None => parse_quote!(#hi),
                    };
                    Some((from, to))
                }
                _ => None,
            },
            _ => None,
        }
    }
}
