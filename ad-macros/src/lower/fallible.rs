//! Methods of `Result`, and those of `Option` and `Result` where it is not known which of them a call returns.

use super::Lower;
use super::method::applied;
use crate::ir::{Expr, Ty};
use syn::Expr as SynExpr;

/// What a value that may be missing is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Option,
    Result,
    /// The value of a call, whose signature is not seen.
    Either,
}

impl Lower<'_> {
    /// A method of `Result`, as a match; or one of either, as a test and `unwrap`.
    pub(super) fn fallible_method(
        &mut self,
        call: &syn::ExprMethodCall,
        name: &str,
        ty: &Ty,
    ) -> Option<Expr> {
        let rewritten = match self.kind(&call.receiver, ty) {
            Kind::Option => return None,
            Kind::Result => of_result(call, name).or_else(|| of_either(call, name)),
            Kind::Either if name == "map_err" => of_result(call, name),
            Kind::Either => of_either(call, name),
        };
        Some(self.fresh_match(rewritten?))
    }

    fn kind(&self, e: &SynExpr, ty: &Ty) -> Kind {
        if *ty.deref() != Ty::Unknown {
            return Kind::Option;
        }
        match e {
            SynExpr::Paren(e) => self.kind(&e.expr, ty),
            SynExpr::Call(call) => match &*call.func {
                SynExpr::Path(p) if p.path.is_ident("Ok") || p.path.is_ident("Err") => Kind::Result,
                SynExpr::Path(p) if p.path.is_ident("Some") => Kind::Option,
                _ => Kind::Either,
            },
            SynExpr::MethodCall(call) => match call.method.to_string().as_str() {
                "ok_or" | "ok_or_else" | "map_err" => Kind::Result,
                "map" | "and_then" | "or_else" | "inspect" => {
                    self.kind(&call.receiver, &self.facts.infer(&call.receiver))
                }
                name if of_option(name) || super::chain::is_chain_like(e) => Kind::Option,
                _ => Kind::Either,
            },
            SynExpr::Path(p) if p.path.get_ident().is_some() => Kind::Either,
            _ => Kind::Option,
        }
    }
}

/// Methods of the standard library that return an `Option`.
fn of_option(name: &str) -> bool {
    let known = [
        "first",
        "last",
        "get",
        "get_mut",
        "first_mut",
        "last_mut",
        "pop",
        "next",
        "nth",
        "ok",
        "err",
        "then",
        "then_some",
        "copied",
        "cloned",
        "as_ref",
        "as_mut",
        "take",
        "replace",
        "filter",
        "xor",
        "zip",
        "checked_sub",
        "checked_add",
        "checked_mul",
        "position",
        "find",
        "reduce",
        "peek",
        "split_first",
        "split_last",
    ];
    known.contains(&name) || name.starts_with("max") || name.starts_with("min")
}

fn of_result(call: &syn::ExprMethodCall, name: &str) -> Option<SynExpr> {
    let receiver = &call.receiver;
    let first = call.args.first();
    Some(match (name, first) {
        ("map", Some(f)) => {
            let (pat, body) = applied(f)?;
            syn::parse_quote!(match #receiver { Ok(#pat) => Ok(#body), Err(__e) => Err(__e) })
        }
        ("map_err", Some(f)) => {
            let (pat, body) = applied(f)?;
            syn::parse_quote!(match #receiver { Ok(__v) => Ok(__v), Err(#pat) => Err(#body) })
        }
        ("and_then", Some(f)) => {
            let (pat, body) = applied(f)?;
            syn::parse_quote!(match #receiver { Ok(#pat) => #body, Err(__e) => Err(__e) })
        }
        ("or_else", Some(f)) => {
            let (pat, body) = applied(f)?;
            syn::parse_quote!(match #receiver { Ok(__v) => Ok(__v), Err(#pat) => #body })
        }
        ("unwrap_or_else", Some(f)) => {
            let (pat, body) = applied(f)?;
            syn::parse_quote!(match #receiver { Ok(__v) => __v, Err(#pat) => #body })
        }
        _ => return None,
    })
}

fn of_either(call: &syn::ExprMethodCall, name: &str) -> Option<SynExpr> {
    let receiver = &call.receiver;
    let chosen = |some: SynExpr, none: &SynExpr| -> SynExpr {
        syn::parse_quote!({
            let __v = #receiver;
            if __v.__holds() { #some } else { #none }
        })
    };
    let unwrapped = || syn::parse_quote!(__v.unwrap());
    let mapped = |f: &SynExpr| -> Option<SynExpr> {
        let (pat, body) = applied(f)?;
        Some(syn::parse_quote!({ let #pat = __v.unwrap(); #body }))
    };
    Some(match (name, call.args.first(), call.args.iter().nth(1)) {
        ("unwrap_or", Some(default), None) => chosen(unwrapped(), default),
        ("unwrap_or_default", None, None) => {
            chosen(unwrapped(), &syn::parse_quote!(::core::default::Default::default()))
        }
        ("unwrap_or_else", Some(SynExpr::Closure(c)), None) if c.inputs.is_empty() => {
            chosen(unwrapped(), &c.body)
        }
        ("unwrap_or_else", Some(SynExpr::Closure(_)), None) => return of_result(call, name),
        ("map_or", Some(default), Some(f)) => chosen(mapped(f)?, default),
        ("map_or_else", Some(SynExpr::Closure(c)), Some(f)) if c.inputs.is_empty() => {
            chosen(mapped(f)?, &c.body)
        }
        ("map_or_else", Some(d), Some(f)) => {
            let ((failed, default), (pat, body)) = (applied(d)?, applied(f)?);
            syn::parse_quote!(match #receiver { Ok(#pat) => #body, Err(#failed) => #default })
        }
        _ => return None,
    })
}
