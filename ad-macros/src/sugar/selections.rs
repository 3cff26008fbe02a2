//! A mutable reference to an element that an iterator selects, as the index of that element.
//!
//! ```text
//! // Input:                                               // Output:
//! if let Some(v) = x.iter_mut().max_by(f) { *v *= k; }    if let Some(at) = stop_gradient(
//!                                                             x.iter().enumerate().max_by(f).map(|found| found.0)
//!                                                         ) { let v = &mut x[at]; *v *= k; }
//! ```
//!
//! Which element it is carries no derivative; the element is then a place like any other.

use super::{bare_call, is_plain_place, some_pattern};
use proc_macro2::Ident;
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprMethodCall, Local, Pat, Stmt, parse_quote};

/// Rewrites the selections whose result is taken apart where it is made.
pub fn rewrite(block: &mut Block) {
    Selections { count: 0 }.visit_block_mut(block);
}

/// Whether a method takes one of the items.
fn selects(call: &ExprMethodCall) -> bool {
    let arguments = match call.method.to_string().as_str() {
        "next" | "last" | "next_back" | "min" | "max" => 0,
        "max_by" | "min_by" | "max_by_key" | "min_by_key" | "find" | "nth" | "rfind" => 1,
        _ => return false,
    };
    call.args.len() == arguments
}

/// One element of `place`, by the expression that finds its index.
struct Selection {
    place: Expr,
    index: Expr,
    /// Whether the items are pairs of an index and a reference.
    counted: bool,
}

impl Selection {
    fn of(e: &Expr) -> Option<Selection> {
        let call = match e {
            Expr::Paren(e) => return Selection::of(&e.expr),
            Expr::MethodCall(call) if selects(call) => call,
            _ => return None,
        };
        let (chain, place, counted) = Self::shared(&call.receiver)?;
        let args = call.args.iter().map(|arg| of_value(arg, counted));
        // `next` on a chain that is made here takes the first; `nth` changes no variable either.
        let selected = match call.method.to_string().as_str() {
            "next" => quote!(#chain.nth(0)),
            "next_back" => quote!(#chain.rev().nth(0)),
            "rfind" => quote!(#chain.rev().find(#(#args),*)),
            _ => {
                let method = &call.method;
                quote!(#chain.#method(#(#args),*))
            }
        };
        let index = parse_quote!(::ad_runtime::stop_gradient(#selected.map(|__found| __found.0)));
        Some(Selection { place, index, counted })
    }

    /// A chain over `iter_mut` as one over `iter().enumerate()`, with what it starts from.
    fn shared(e: &Expr) -> Option<(Expr, Expr, bool)> {
        if let Some(place) = bare_call(e, "iter_mut") {
            let place = is_plain_place(place).then(|| place.clone())?;
            return Some((parse_quote!(#place.iter().enumerate()), place, false));
        }
        let Expr::MethodCall(call) = e else { return None };
        if call.method == "enumerate" && bare_call(&call.receiver, "iter_mut").is_some() {
            let (chain, place, _) = Self::shared(&call.receiver)?;
            return Some((chain, place, true));
        }
        let (chain, place, counted) = Self::shared(&call.receiver)?;
        let method = &call.method;
        let args: Vec<Expr> = match method.to_string().as_str() {
            "rev" | "skip" | "take" | "step_by" => call.args.iter().cloned().collect(),
            "filter" | "skip_while" | "take_while" => {
                call.args.iter().map(|arg| of_value(arg, counted)).collect()
            }
            _ => return None,
        };
        Some((parse_quote!(#chain.#method(#(#args),*)), place, counted))
    }

    /// Binds the element that has the index `at`.
    fn bind(&self, pat: &Pat, at: &Ident) -> Stmt {
        let place = &self.place;
        if self.counted {
            parse_quote!(let #pat = (#at, &mut #place[#at]);)
        } else {
            parse_quote!(let #pat = &mut #place[#at];)
        }
    }
}

/// A closure over references to items, for items that are pairs of the index and the value.
fn of_value(arg: &Expr, counted: bool) -> Expr {
    match arg {
        Expr::Closure(closure) if !counted => {
            let names: Vec<Ident> =
                (0..closure.inputs.len()).map(|i| format_ident!("__item_{}", i)).collect();
            let (inputs, body) = (&closure.inputs, &closure.body);
            let inputs = inputs.iter();
            parse_quote!(|#(#names),*| { #(let #inputs = &#names.1;)* #body })
        }
        arg => arg.clone(),
    }
}

struct Selections {
    /// Numbers the elements that are named.
    count: usize,
}

impl Selections {
    fn fresh(&mut self) -> Ident {
        self.count += 1;
        format_ident!("__selected_{}", self.count)
    }

    /// `let Some(v) = x.iter_mut().last() else { .. };` and `let v = x.iter_mut().last().unwrap();`
    fn local(&mut self, local: &Local) -> Option<Vec<Stmt>> {
        let init = local.init.as_ref()?;
        if let Some((_, otherwise)) = &init.diverge {
            let pat = some_pattern(&local.pat)?;
            let found = Selection::of(&init.expr)?;
            let (at, index) = (self.fresh(), &found.index);
            let bound = found.bind(pat, &at);
            return Some(parse_quote!(let Some(#at) = #index else #otherwise; #bound));
        }
        let found = Selection::of(unwrapped(&init.expr)?)?;
        let (at, index) = (self.fresh(), &found.index);
        let bound = found.bind(&local.pat, &at);
        Some(parse_quote!(let #at = #index.unwrap(); #bound))
    }

    /// `*x.iter_mut().last().unwrap() = e;`
    fn assigned(&mut self, e: &mut Expr) -> Option<Vec<Stmt>> {
        let target = match e {
            Expr::Assign(a) => &mut a.left,
            Expr::Binary(b) if crate::facts::is_compound(&b.op) => &mut b.left,
            _ => return None,
        };
        let Expr::Unary(syn::ExprUnary { op: syn::UnOp::Deref(_), expr, .. }) = &**target else {
            return None;
        };
        let found = Selection::of(unwrapped(expr)?)?;
        if found.counted {
            return None;
        }
        let (at, index, place) = (self.fresh(), &found.index, &found.place);
        **target = parse_quote!(#place[#at]);
        Some(parse_quote!(let #at = #index.unwrap(); #e;))
    }

    /// What binds the element in `body`, where `e` is a selection whose index is tested instead.
    fn tested(&mut self, pat: &mut Pat, e: &mut Expr) -> Option<Stmt> {
        let inner = some_pattern(pat)?.clone();
        let found = Selection::of(e)?;
        let at = self.fresh();
        let bound = found.bind(&inner, &at);
        *pat = parse_quote!(Some(#at));
        *e = found.index;
        Some(bound)
    }
}

/// The operand of `unwrap` or `expect`.
fn unwrapped(e: &Expr) -> Option<&Expr> {
    match e {
        Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
            Some(&call.receiver)
        }
        Expr::Paren(e) => unwrapped(&e.expr),
        _ => None,
    }
}

impl VisitMut for Selections {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut stmts = Vec::new();
        for mut stmt in std::mem::take(&mut block.stmts) {
            let rewritten = match &mut stmt {
                Stmt::Local(local) => self.local(local),
                Stmt::Expr(e, Some(_)) => self.assigned(e),
                _ => None,
            };
            match rewritten {
                Some(rewritten) => stmts.extend(rewritten),
                None => stmts.push(stmt),
            }
        }
        block.stmts = stmts;
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        match e {
            Expr::If(i) => {
                if let Expr::Let(l) = &mut *i.cond
                    && let Some(bound) = self.tested(&mut l.pat, &mut l.expr)
                {
                    i.then_branch.stmts.insert(0, bound);
                }
            }
            Expr::While(w) => {
                if let Expr::Let(l) = &mut *w.cond
                    && let Some(bound) = self.tested(&mut l.pat, &mut l.expr)
                {
                    w.body.stmts.insert(0, bound);
                }
            }
            Expr::Match(m) => {
                if m.arms.iter().all(|arm| !matches!(arm.pat, Pat::Guard(_)))
                    && let Some(found) = Selection::of(&m.expr)
                {
                    for arm in &mut m.arms {
                        let Some(inner) = some_pattern(&arm.pat).cloned() else { continue };
                        let at = self.fresh();
                        let (bound, body) = (found.bind(&inner, &at), &arm.body);
                        arm.body = parse_quote!({ #bound #body });
                        arm.pat = parse_quote!(Some(#at));
                    }
                    *m.expr = found.index;
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
}
