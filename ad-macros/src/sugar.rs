//! Idioms that are written anew by plainer means, before anything else is known of the function.
//!
//! Rust to Rust, by the syntax alone: what is written here computes the same for every type, whether it
//! is active or not. What does not fit stays as it is.

mod arrays;
mod azip;
mod choices;
mod conditions;
mod cursors;
pub mod fallible;
mod selections;
mod splits;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, Pat};

/// Rewrites the body of a function that returns `output`.
pub fn expand(block: &mut syn::Block, output: &syn::ReturnType) {
    azip::rewrite(block);
    arrays::rewrite(block);
    fallible::rewrite(block, output);
    cursors::rewrite(block);
    selections::rewrite(block);
    splits::rewrite(block);
    choices::rewrite(block);
    conditions::rewrite(block);
}

/// Whether `name` occurs in the tokens.
fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.contains(&format!("{{{name}")) && text.starts_with('"')
        }
        TokenTree::Punct(_) => false,
    })
}

fn occurs(node: &impl ToTokens, name: &Ident) -> bool {
    mentions(&node.to_token_stream(), name)
}

/// Whether evaluating the expression again names the same storage: a variable, its fields and elements.
fn is_plain_place(e: &Expr) -> bool {
    match e {
        Expr::Path(p) => p.path.get_ident().is_some(),
        Expr::Field(e) => is_plain_place(&e.base),
        Expr::Index(e) => is_plain_place(&e.expr) && is_plain_index(&e.index),
        Expr::Paren(e) => is_plain_place(&e.expr),
        _ => false,
    }
}

fn is_plain_index(e: &Expr) -> bool {
    match e {
        Expr::Lit(_) => true,
        Expr::Range(r) => r.start.iter().chain(&r.end).all(|e| is_plain_index(e)),
        Expr::Binary(e) => is_plain_index(&e.left) && is_plain_index(&e.right),
        e => is_plain_place(e),
    }
}

/// The pattern inside `Some(..)`.
fn some_pattern(pat: &Pat) -> Option<&Pat> {
    match pat {
        Pat::TupleStruct(p) if p.path.is_ident("Some") && p.elems.len() == 1 => Some(&p.elems[0]),
        Pat::Paren(p) => some_pattern(&p.pat),
        _ => None,
    }
}

/// A call of the method `name` without arguments, by its receiver.
fn bare_call<'e>(e: &'e Expr, name: &str) -> Option<&'e Expr> {
    match e {
        Expr::MethodCall(call) if call.method == name && call.args.is_empty() => {
            Some(&call.receiver)
        }
        Expr::Paren(e) => bare_call(&e.expr, name),
        _ => None,
    }
}
