//! Methods that move the elements of a `Vec` or slice about, as changes that have rules.
//!
//! ```text
//! // Input:                       // Output:
//! v.swap_remove(i)                { let last = v.len() - 1; v.swap(i, last); v.pop().unwrap() }
//! v.append(&mut w)                { v.extend_from_slice(&w); w.clear() }
//! v.split_off(k)                  { let tail = v[k..].to_vec(); v.truncate(k); tail }
//! v.drain(a..b)                   { let part = v[a..b].to_vec(); v[a..].rotate_left(part.len()); .. ; part }
//! v.copy_within(a..b, k)          { let part = v[a..b].to_vec(); v[k..k + part.len()].copy_from_slice(&part) }
//! v.retain(f)                     v = v.iter().cloned().filter(f).collect()
//! [a, b].concat()                 { let mut all = a.to_vec(); all.extend_from_slice(&b[..]); all }
//! ```

use super::Lower;
use crate::ir::{Expr, MutOp, Stmt, Ty};
use syn::{Expr as SynExpr, parse_quote};

impl Lower<'_> {
    /// The value of a method that moves elements about, if the call is one on an active container.
    pub(super) fn rearranged(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        if let Some(value) = self.removed(call) {
            return Some(value);
        }
        let rewritten = self.rearrangement(call)?;
        self.analyse(&rewritten);
        Some(self.control_value(&rewritten))
    }

    /// The same as a statement. Returns whether the call is one.
    pub(super) fn rearranged_statement(&mut self, call: &syn::ExprMethodCall) -> bool {
        let Some(rewritten) = self.rearrangement(call) else { return false };
        self.analyse(&rewritten);
        self.control_statement(&rewritten);
        true
    }

    /// Whether the receiver is an active place that may be a `Vec` or a slice.
    pub(super) fn is_active_vec(&self, receiver: &SynExpr) -> bool {
        let ty = self.facts.infer(receiver);
        let may = matches!(ty.deref(), Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_) | Ty::Unknown);
        may && self.facts.active(receiver) && self.is_place(receiver)
    }

    /// `v.remove(i)`: the element, and the change.
    fn removed(&mut self, call: &syn::ExprMethodCall) -> Option<Expr> {
        let index = call.args.first()?;
        if call.method != "remove"
            || matches!(
                index,
                SynExpr::Reference(_) | SynExpr::Lit(syn::ExprLit { lit: syn::Lit::Str(_), .. })
            )
            || !self.is_active_vec(&call.receiver)
        {
            return None;
        }
        let index = self.settled_index(index);
        let place = self.place(&call.receiver);
        self.refuse_borrowed_growth(&place, &call.method);
        let ty = self.program.ty_of_place(&place).element();
        let dest = self.temp("removed", ty, true, false);
        self.push(Stmt::Mutate { op: MutOp::Remove, dest: Some(dest), place, args: vec![index] });
        Some(Expr::var(dest))
    }

    /// An index that means the same after the container has changed.
    pub(super) fn settled_index(&mut self, e: &SynExpr) -> Expr {
        if let SynExpr::Lit(_) = e {
            return self.verbatim(e);
        }
        let value = self.verbatim_value(e);
        let name = self.name("k", value, Ty::Discrete, false);
        let ident = self.ident_of(&name);
        self.verbatim_tokens(quote::quote!(#ident), Ty::Discrete)
    }

    fn rearrangement(&mut self, call: &syn::ExprMethodCall) -> Option<SynExpr> {
        let vec = &*call.receiver;
        let name = call.method.to_string();
        if name == "concat" && call.args.is_empty() && self.facts.active(vec) {
            return self.concatenation(vec);
        }
        if !self.is_active_vec(vec) {
            return None;
        }
        let part = self.fresh_name("part");
        Some(match (name.as_str(), call.args.iter().collect::<Vec<_>>().as_slice()) {
            ("swap_remove", [index]) => {
                let (k, last) = (self.fresh_name("k"), self.fresh_name("last"));
                parse_quote!({
                    let #k = #index;
                    let #last = #vec.len() - 1;
                    #vec.swap(#k, #last);
                    #vec.pop().unwrap()
                })
            }
            // What is made only to be appended need not be emptied.
            ("append", [SynExpr::Reference(other)]) if !self.is_place(&other.expr) => {
                let other = &other.expr;
                parse_quote!({
                    let #part = #other;
                    #vec.extend_from_slice(&#part);
                })
            }
            ("append", [SynExpr::Reference(other)]) if other.mutability.is_some() => {
                let other = &other.expr;
                parse_quote!({
                    #vec.extend_from_slice(&#other);
                    #other.clear();
                })
            }
            ("append", [other]) => parse_quote!({
                #vec.extend_from_slice(&#other[..]);
                #other.clear();
            }),
            ("split_off", [index]) => {
                let k = self.fresh_name("k");
                parse_quote!({
                    let #k = #index;
                    let #part = #vec[#k..].to_vec();
                    #vec.truncate(#k);
                    #part
                })
            }
            ("drain", [SynExpr::Range(range)]) => self.drained(vec, range),
            ("copy_within", [SynExpr::Range(range), to]) => {
                let k = self.fresh_name("k");
                parse_quote!({
                    let #part = #vec[#range].to_vec();
                    let #k = #to;
                    #vec[#k..#k + #part.len()].copy_from_slice(&#part);
                })
            }
            ("retain", [f]) => parse_quote!({
                #vec = #vec.iter().cloned().filter(#f).collect::<Vec<_>>();
            }),
            _ => return None,
        })
    }

    /// The elements of a range, taken out of a `Vec`.
    fn drained(&mut self, vec: &SynExpr, range: &syn::ExprRange) -> SynExpr {
        let part = self.fresh_name("part");
        if range.start.is_none() && range.end.is_none() {
            return parse_quote!({
                let #part = #vec.to_vec();
                #vec.clear();
                #part
            });
        }
        let (start, left) = (self.fresh_name("start"), self.fresh_name("left"));
        let (limits, end) = (range.limits, &range.end);
        let from: SynExpr = match &range.start {
            Some(start) => (**start).clone(),
            None => parse_quote!(0),
        };
        parse_quote!({
            let #start = #from;
            let #part = #vec[#start #limits #end].to_vec();
            #vec[#start..].rotate_left(#part.len());
            let #left = #vec.len() - #part.len();
            #vec.truncate(#left);
            #part
        })
    }

    /// `[a, b].concat()`, and that of nested `Vec`s.
    fn concatenation(&mut self, parts: &SynExpr) -> Option<SynExpr> {
        let all = self.fresh_name("all");
        let listed = match parts {
            SynExpr::Array(a) => Some(a.elems.iter().cloned().collect::<Vec<_>>()),
            SynExpr::Macro(m) if m.mac.path.is_ident("vec") => {
                Some(crate::facts::macro_args(&m.mac)).filter(|_| !has_semicolon(&m.mac))
            }
            _ => None,
        };
        match listed.as_deref() {
            Some([first, rest @ ..]) => {
                let mut statements: Vec<syn::Stmt> = Vec::new();
                for next in rest {
                    let part = self.fresh_name("part");
                    statements.push(parse_quote!(let #part = #next;));
                    statements.push(parse_quote!(#all.extend_from_slice(&#part[..]);));
                }
                Some(parse_quote!({
                    let mut #all = (#first).to_vec();
                    #(#statements)*
                    #all
                }))
            }
            Some([]) => None,
            None if matches!(
                self.facts.infer(parts).element().deref(),
                Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_)
            ) =>
            {
                let part = self.fresh_name("part");
                Some(parse_quote!({
                    let mut #all = Vec::new();
                    for #part in #parts.iter() {
                        #all.extend_from_slice(&#part[..]);
                    }
                    #all
                }))
            }
            None => None,
        }
    }
}

fn has_semicolon(mac: &syn::Macro) -> bool {
    mac.tokens
        .clone()
        .into_iter()
        .any(|tree| matches!(tree, proc_macro2::TokenTree::Punct(p) if p.as_char() == ';'))
}
