//! The size of an expansion grows with the size of the function, not faster.
//!
//! Sizes are exact and times are not, so sizes are required and times are only printed:
//! `cargo test -p ad-macros growth -- --nocapture`.

use crate::pipeline;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use std::time::Instant;

fn tokens(stream: TokenStream) -> usize {
    stream
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => 2 + tokens(group.stream()),
            _ => 1,
        })
        .sum()
}

/// The tokens of the expansion of a function of `n` statements; `statement(i)` is the `i`-th.
fn expansion(
    what: &str,
    n: usize,
    function: impl Fn(TokenStream) -> TokenStream,
    statement: impl Fn(usize) -> TokenStream,
) -> usize {
    let statements = (1..=n).map(statement).collect();
    let item = function(statements);
    let start = Instant::now();
    let expansion = pipeline::differentiate(TokenStream::new(), item);
    let elapsed = start.elapsed();
    let size = tokens(expansion);
    println!("{what}, {n} statements: {size} tokens in {elapsed:?}");
    size
}

/// Requires that the third hundred of statements costs as much as the second.
#[track_caller]
fn linear(
    what: &str,
    function: impl Fn(TokenStream) -> TokenStream,
    statement: impl Fn(usize) -> TokenStream,
) {
    let [a, b, c] = [100, 200, 300].map(|n| expansion(what, n, &function, &statement));
    let (second, third) = (b - a, c - b);
    assert!(second > 100, "{what}: the statements are missing from the expansion");
    // Names get longer and are numbered, but a token stays one token.
    assert!(
        third <= second + second / 50,
        "{what}: {second} tokens for the second hundred, {third} for the third"
    );
}

fn name(i: usize) -> proc_macro2::Ident {
    format_ident!("v{i}")
}

#[test]
fn a_chain_of_definitions() {
    let function = |statements| quote!(fn f(v0: f64, w: f64) -> f64 { #statements w });
    linear("definitions", function, |i| {
        let (old, new) = (name(i - 1), name(i));
        quote!(let #new = #old.sin() * w + #old; let w = #new * w;)
    });
}

#[test]
fn a_chain_of_updates() {
    let function =
        |statements| quote!(fn f(x: f64, y: f64) -> f64 { let mut s = x; #statements s });
    linear("updates", function, |_| quote!(s = s.sin() * y + s;));
}

#[test]
fn a_chain_of_calls() {
    let function = |statements| quote!(fn f(x: &[f64]) -> f64 { let s = 0.0; #statements s });
    linear("calls", function, |i| quote!(let s = s + g(x, #i);));
}

#[test]
fn a_chain_of_matrices() {
    let function = |statements| quote!(fn f(a: &Array2<f64>, x: &Array1<f64>) -> f64 { let v = a.dot(x); #statements v.dot(&v) });
    linear("matrices", function, |_| quote!(let v = a.dot(&v) + x;));
}

#[test]
fn a_row_of_branches() {
    let function =
        |statements| quote!(fn f(x: f64, y: f64) -> f64 { let mut s = x; #statements s });
    linear("branches", function, |_| {
        quote!(if s > y {
            s *= y;
        } else {
            s += y.exp();
        })
    });
}

#[test]
fn a_row_of_loops() {
    let function =
        |statements| quote!(fn f(x: &[f64], y: f64) -> f64 { let mut s = y; #statements s });
    linear("loops", function, |_| {
        quote!(for i in 0..x.len() {
            s = s * x[i] + s.sin();
        })
    });
}
