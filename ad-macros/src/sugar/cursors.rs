//! Iterators over a container that are advanced by hand, as an index.
//!
//! ```text
//! // Input:                                 // Output:
//! let mut it = x.iter();                    let mut it_at = 0;
//! while let Some(v) = it.next() { .. }      while it_at < x.len() { let k = it_at; it_at += 1; let v = &x[k]; .. }
//! ```

use super::{bare_call, is_plain_place, occurs, some_pattern};
use proc_macro2::Ident;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt, parse_quote};

/// Rewrites the iterators whose every use is known.
pub fn rewrite(block: &mut Block) {
    Cursors.visit_block_mut(block);
}

struct Cursors;

impl VisitMut for Cursors {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        for i in 0..block.stmts.len() {
            let Some(mut cursor) = Cursor::of(&block.stmts[i]) else { continue };
            let at = cursor.at.clone();
            let mut rest =
                Block { brace_token: block.brace_token, stmts: block.stmts[i + 1..].to_vec() };
            cursor.visit_block_mut(&mut rest);
            if !cursor.advanced || rest.stmts.iter().any(|stmt| occurs(stmt, &cursor.name)) {
                continue;
            }
            block.stmts.truncate(i);
            block.stmts.push(parse_quote!(let mut #at = 0;));
            block.stmts.extend(rest.stmts);
        }
        visit_mut::visit_block_mut(self, block);
    }
}

/// An iterator over the elements of `place`, of which the next is number `at`.
struct Cursor {
    name: Ident,
    at: Ident,
    place: Expr,
    /// Whether it yields copies rather than references.
    copied: bool,
    /// Whether it is advanced by hand anywhere.
    advanced: bool,
    /// Numbers the elements that are named.
    count: usize,
}

impl Cursor {
    fn of(stmt: &Stmt) -> Option<Cursor> {
        let Stmt::Local(local) = stmt else { return None };
        let (Pat::Ident(name), Some(init)) = (&local.pat, &local.init) else { return None };
        name.mutability?;
        let mut chain = &*init.expr;
        let mut copied = false;
        loop {
            if let Some(inner) = bare_call(chain, "peekable").or_else(|| bare_call(chain, "fuse")) {
                chain = inner;
            } else if let Some(inner) =
                bare_call(chain, "copied").or_else(|| bare_call(chain, "cloned"))
            {
                copied = true;
                chain = inner;
            } else {
                break;
            }
        }
        let place = bare_call(chain, "iter").filter(|place| is_plain_place(place))?;
        let at = format_ident!("__{}_at", name.ident);
        let (name, place) = (name.ident.clone(), place.clone());
        Some(Cursor { name, at, place, copied, advanced: false, count: 0 })
    }

    fn is_it(&self, e: &Expr) -> bool {
        match e {
            Expr::Path(p) => p.path.is_ident(&self.name),
            Expr::Paren(e) => self.is_it(&e.expr),
            _ => false,
        }
    }

    fn calls(&self, e: &Expr, method: &str) -> bool {
        bare_call(e, method).is_some_and(|receiver| self.is_it(receiver))
    }

    /// Whether anything is left.
    fn more(&self) -> Expr {
        let (at, place) = (&self.at, &self.place);
        parse_quote!(#at < #place.len())
    }

    /// Advances, and binds the element to `pat`.
    fn advance(&mut self, pat: &Pat) -> Vec<Stmt> {
        self.advanced = true;
        self.count += 1;
        let k = format_ident!("{}_{}", self.at, self.count);
        let (at, place) = (&self.at, &self.place);
        let item: Expr =
            if self.copied { parse_quote!(#place[#k]) } else { parse_quote!(&#place[#k]) };
        parse_quote! {
            let #k = #at;
            #at += 1;
            let #pat = #item;
        }
    }

    /// Binds a reference to the next element to `pat`.
    fn look(&mut self, pat: &Pat) -> Vec<Stmt> {
        self.advanced = true;
        self.count += 1;
        let k = format_ident!("{}_{}", self.at, self.count);
        let next = format_ident!("{}_next_{}", self.at, self.count);
        let (at, place) = (&self.at, &self.place);
        if self.copied {
            return parse_quote!(let #k = #at; let #pat = &#place[#k];);
        }
        parse_quote! {
            let #k = #at;
            let #next = &#place[#k];
            let #pat = &#next;
        }
    }

    /// What `Some(pat) = it.next()` or `it.peek()` binds, where there is an element.
    fn bound(&mut self, pat: &Pat, e: &Expr) -> Option<Vec<Stmt>> {
        let pat = some_pattern(pat)?.clone();
        if self.calls(e, "next") {
            Some(self.advance(&pat))
        } else if self.calls(e, "peek") {
            Some(self.look(&pat))
        } else {
            None
        }
    }

    /// A statement that advances: `let Some(v) = it.next() else { .. };`, `let v = it.next().unwrap();`,
    /// `it.next();`
    fn statement(&mut self, stmt: &Stmt) -> Option<Vec<Stmt>> {
        match stmt {
            Stmt::Local(local) => {
                let init = local.init.as_ref()?;
                let Some((_, otherwise)) = &init.diverge else {
                    let next = unwrapped(&init.expr)?;
                    return self.calls(next, "next").then(|| self.advance(&local.pat));
                };
                let bound = self.bound(&local.pat, &init.expr)?;
                let more = self.more();
                let mut stmts: Vec<Stmt> = vec![parse_quote!(if !(#more) #otherwise)];
                stmts.extend(bound);
                Some(stmts)
            }
            Stmt::Expr(e, Some(_)) if self.calls(e, "next") => {
                let at = &self.at;
                self.advanced = true;
                Some(vec![parse_quote!(#at += 1;)])
            }
            _ => None,
        }
    }

    /// What is left, as an iterator.
    fn rest(&self) -> Expr {
        let (at, place) = (&self.at, &self.place);
        if self.copied {
            parse_quote!(#place[#at..].iter().copied())
        } else {
            parse_quote!(#place[#at..].iter())
        }
    }
}

impl VisitMut for Cursor {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let mut stmts = Vec::new();
        for stmt in std::mem::take(&mut block.stmts) {
            match self.statement(&stmt) {
                Some(rewritten) => stmts.extend(rewritten),
                None => stmts.push(stmt),
            }
        }
        block.stmts = stmts;
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
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
            Expr::ForLoop(f) if self.is_it(&f.expr) => *f.expr = self.rest(),
            Expr::MethodCall(call) => {
                let taken = call.method == "unwrap" || call.method == "expect";
                let some = call.method == "is_some";
                if (some || call.method == "is_none") && self.calls(&call.receiver, "peek") {
                    let more = self.more();
                    *e = if some { parse_quote!((#more)) } else { parse_quote!((!(#more))) };
                } else if taken && self.calls(&call.receiver, "next") {
                    let name = format_ident!("{}_item", self.at);
                    let bound = self.advance(&parse_quote!(#name));
                    *e = parse_quote!({ #(#bound)* #name });
                } else if self.is_it(&call.receiver)
                    && !["next", "peek", "by_ref", "next_if", "nth"]
                        .iter()
                        .any(|m| call.method == m)
                {
                    *call.receiver = self.rest();
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, e);
    }
}

/// The operand of `unwrap` or `expect`.
fn unwrapped(e: &Expr) -> Option<&Expr> {
    match e {
        Expr::MethodCall(call) if call.method == "unwrap" || call.method == "expect" => {
            Some(&call.receiver)
        }
        _ => None,
    }
}
