//! Iterators that stop at the first `None` or `Err`, as loops.
//!
//! ```text
//! // Input:                                     // Output:
//! xs.iter().try_fold(a, |acc, x| step(acc, x))? { let mut acc = a; for x in xs.iter() { acc = step(acc, x)?; } acc }
//! it.collect::<Option<Vec<_>>>()                { let mut all = Vec::new(); .. for item in it { match item {
//!                                                   Some(x) => all.push(x), None => { whole = false; break; } } } .. }
//! ```

use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprClosure, GenericArgument, PathArguments, Stmt, Type, parse_quote};

/// Rewrites `try_fold`, and `collect`, `sum` and `product` into `Option` and `Result`.
pub fn rewrite(block: &mut syn::Block, output: &syn::ReturnType) {
    if let (syn::ReturnType::Type(_, ty), Some(Stmt::Expr(tail, None))) =
        (output, block.stmts.last_mut())
    {
        state_target(tail, ty);
        fold_tail(tail, ty);
    }
    Fallible.visit_block_mut(block);
}

/// A `try_fold` that the function returns: what fails in its closure fails in the function.
fn fold_tail(tail: &mut Expr, ty: &Type) {
    let (Some(kind), Expr::MethodCall(call)) = (kind_of_type(ty), &*tail) else { return };
    if call.method == "try_fold"
        && let Some(Expr::Closure(f)) = call.args.iter().nth(1)
        && tries(f)
    {
        *tail = match kind {
            Kind::Option => parse_quote!(Some(#tail?)),
            Kind::Result => parse_quote!(Ok(#tail?)),
        };
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Option,
    Result,
}

struct Fallible;

impl VisitMut for Fallible {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let (syn::Pat::Type(p), Some(init)) = (&local.pat, &mut local.init) {
            state_target(&mut init.expr, &p.ty);
        }
        visit_mut::visit_local_mut(self, local);
    }

    fn visit_expr_mut(&mut self, e: &mut Expr) {
        visit_mut::visit_expr_mut(self, e);
        if let Expr::Try(tried) = e
            && let Expr::MethodCall(call) = &*tried.expr
            && let Some(folded) = folded(call, None)
        {
            *e = folded;
            return;
        }
        let Expr::MethodCall(call) = &*e else { return };
        if let Some(loops) = folded_whole(call).or_else(|| gathered(call)) {
            *e = loops;
        }
    }

    // The operand of `?` is left to the expression around it.
    fn visit_expr_try_mut(&mut self, e: &mut syn::ExprTry) {
        match &mut *e.expr {
            Expr::MethodCall(call) if call.method == "try_fold" => {
                visit_mut::visit_expr_method_call_mut(self, call);
            }
            inner => self.visit_expr_mut(inner),
        }
    }
}

/// Writes the type that a `let` or signature states into `collect::<..>()`.
fn state_target(e: &mut Expr, ty: &Type) {
    let Expr::MethodCall(call) = e else { return };
    let gathers = ["collect", "sum", "product"].iter().any(|name| call.method == name);
    if gathers && call.turbofish.is_none() && kind_of_type(ty).is_some() {
        call.turbofish = Some(parse_quote!(::<#ty>));
    }
}

fn kind_of_type(ty: &Type) -> Option<Kind> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match last.ident.to_string().as_str() {
        "Option" => Some(Kind::Option),
        "Result" => Some(Kind::Result),
        _ => None,
    }
}

/// The first type argument: `Vec<f64>` of `Option<Vec<f64>>`.
fn payload(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(args) = &path.path.segments.last()?.arguments else {
        return None;
    };
    args.args.iter().find_map(|arg| match arg {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// Whether a closure returns `Option` or `Result`, where its ends show it.
pub fn kind_of(e: &Expr) -> Option<Kind> {
    match e {
        Expr::Path(p) if p.path.is_ident("None") => Some(Kind::Option),
        Expr::Call(call) => match &*call.func {
            Expr::Path(p) if p.path.is_ident("Some") => Some(Kind::Option),
            Expr::Path(p) if p.path.is_ident("Ok") || p.path.is_ident("Err") => Some(Kind::Result),
            _ => None,
        },
        Expr::Paren(e) => kind_of(&e.expr),
        Expr::Block(b) => kind_of_block(&b.block),
        Expr::If(e) => kind_of_block(&e.then_branch)
            .or_else(|| e.else_branch.as_ref().and_then(|(_, e)| kind_of(e))),
        Expr::Match(m) => m.arms.iter().find_map(|arm| kind_of(&arm.body)),
        Expr::MethodCall(call) => match call.method.to_string().as_str() {
            "then" | "then_some" | "ok" | "checked_sub" | "checked_add" => Some(Kind::Option),
            "ok_or" | "ok_or_else" => Some(Kind::Result),
            "map" | "and_then" | "filter" => kind_of(&call.receiver),
            _ => None,
        },
        _ => None,
    }
}

fn kind_of_block(block: &syn::Block) -> Option<Kind> {
    match block.stmts.last() {
        Some(Stmt::Expr(e, None)) => kind_of(e),
        _ => None,
    }
}

/// The `return`s and `?`s of a closure, which leave it and not the function.
#[derive(Default)]
struct Exits {
    returns: bool,
    tries: bool,
}

impl<'a> Visit<'a> for Exits {
    fn visit_expr_closure(&mut self, _: &'a ExprClosure) {}
    fn visit_expr_return(&mut self, _: &'a syn::ExprReturn) {
        self.returns = true;
    }
    fn visit_expr_try(&mut self, e: &'a syn::ExprTry) {
        self.tries = true;
        visit::visit_expr_try(self, e);
    }
}

fn exits(closure: &ExprClosure) -> Exits {
    let mut exits = Exits::default();
    visit::visit_expr(&mut exits, &closure.body);
    exits
}

fn tries(closure: &ExprClosure) -> bool {
    exits(closure).tries
}

/// `it.try_fold(init, f)` under a `?`, or (with a kind) as a value.
fn folded(call: &syn::ExprMethodCall, kind: Option<Kind>) -> Option<Expr> {
    if call.method != "try_fold" || call.args.len() != 2 {
        return None;
    }
    let (init, Expr::Closure(f)) = (&call.args[0], &call.args[1]) else { return None };
    // Under a `?` of the function, the `?` of the closure leave the function as well.
    let exits = exits(f);
    if exits.returns || exits.tries && kind.is_some() || f.inputs.len() != 2 {
        return None;
    }
    let (items, acc, item, body) = (&call.receiver, &f.inputs[0], &f.inputs[1], &f.body);
    Some(match kind {
        None => parse_quote!({
            let mut __folded = #init;
            for #item in #items {
                let #acc = __folded;
                __folded = (#body)?;
            }
            __folded
        }),
        Some(Kind::Option) => parse_quote!({
            let mut __folded = #init;
            let mut __whole = true;
            for #item in #items {
                let #acc = __folded;
                match #body {
                    Some(__next) => { __folded = __next; }
                    None => { __whole = false; break; }
                }
            }
            if __whole { Some(__folded) } else { None }
        }),
        Some(Kind::Result) => parse_quote!({
            let mut __folded = #init;
            let mut __failed = None;
            for #item in #items {
                let #acc = __folded;
                match #body {
                    Ok(__next) => { __folded = __next; }
                    Err(__error) => { __failed = Some(__error); break; }
                }
            }
            if __failed.is_none() { Ok(__folded) } else { Err(__failed.unwrap()) }
        }),
    })
}

fn folded_whole(call: &syn::ExprMethodCall) -> Option<Expr> {
    let Some(Expr::Closure(f)) = call.args.iter().nth(1) else { return None };
    folded(call, Some(kind_of(&f.body)?))
}

/// `it.collect::<Option<Vec<_>>>()`, `it.sum::<Result<f64, _>>()`
fn gathered(call: &syn::ExprMethodCall) -> Option<Expr> {
    let GenericArgument::Type(ty) = call.turbofish.as_ref()?.args.first()? else { return None };
    let (kind, content) = (kind_of_type(ty)?, payload(ty)?);
    let items = &call.receiver;
    let (start, add): (Expr, Expr) = match call.method.to_string().as_str() {
        "collect" if matches!(content, Type::Path(p) if p.path.segments.last()?.ident == "Vec") => {
            (parse_quote!(Vec::new()), parse_quote!(__all.push(__item)))
        }
        "sum" => (parse_quote!(0.0), parse_quote!(__all += __item)),
        "product" => (parse_quote!(1.0), parse_quote!(__all *= __item)),
        _ => return None,
    };
    Some(match kind {
        Kind::Option => parse_quote!({
            let mut __all: #content = #start;
            let mut __whole = true;
            for __tried in #items {
                match __tried {
                    Some(__item) => { #add; }
                    None => { __whole = false; break; }
                }
            }
            if __whole { Some(__all) } else { None }
        }),
        Kind::Result => parse_quote!({
            let mut __all: #content = #start;
            let mut __failed = None;
            for __tried in #items {
                match __tried {
                    Ok(__item) => { #add; }
                    Err(__error) => { __failed = Some(__error); break; }
                }
            }
            if __failed.is_none() { Ok(__all) } else { Err(__failed.unwrap()) }
        }),
    })
}
