//! The intermediate representation, printed as the forward sweep is.

use crate::emit::Emitter;
use crate::errors::Errors;
use crate::function::{Function, Options};
use crate::pipeline;
use expect_test::{Expect, expect};
use quote::{ToTokens, quote};
use std::collections::HashSet;

#[track_caller]
fn check(item: syn::ItemFn, expected: Expect) {
    let errors = Errors::default();
    let f = Function::parse(item, Options { order: 1, ..Options::default() }, &errors);
    let program = pipeline::compile(&f, &errors);
    assert_eq!(errors.messages(), Vec::<String>::new());
    let emitter = Emitter::forward(&program, HashSet::new());
    let stmts = emitter.stmts(&program.body.stmts);
    let result = program.body.result.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
    let file =
        syn::parse2(quote!(fn f() { #stmts #result })).expect("a program prints as a function");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[track_caller]
fn check_errors(item: syn::ItemFn, expected: &[&str]) {
    let errors = Errors::default();
    let name = item.sig.ident.clone();
    let f = Function::parse(item, Options { order: 1, ..Options::default() }, &errors);
    pipeline::compile(&f, &errors);
    let found = errors.messages();
    assert_eq!(found.len(), expected.len(), "{}: {found:?}", name.to_token_stream());
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.contains(expected), "{found:?} should contain {expected:?}");
    }
}

#[test]
fn scalar_trees_stay_whole_and_costly_parts_get_names() {
    check(
        syn::parse_quote!(
            fn f(x: f64, y: f64) -> f64 {
                (x * y + 2.0 * x.sin()) / y
            }
        ),
        expect![[r#"
        fn f() {
            let t1 = x.sin();
            (x * y + 2.0 * t1) / y
        }
    "#]],
    );
}

#[test]
fn operations_on_unknown_types_get_names() {
    check(
        syn::parse_quote!(
            fn f(a: &Matrix, b: &Matrix) -> Matrix {
                a * b + a.t() * 2.0
            }
        ),
        expect![[r#"
            fn f() {
                let t1 = a * b;
                let t2 = a.t();
                let t3 = t2 * 2.0;
                let t4 = t1 + t3;
                t4
            }
        "#]],
    );
}

#[test]
fn closures_are_inlined() {
    check(
        syn::parse_quote!(
            fn f(x: f64) -> f64 {
                let scaled = |v: f64| v * x;
                scaled(2.0) + scaled(x)
            }
        ),
        expect![[r#"
            fn f() {
                let v = 2.0;
                let v_1 = x;
                v * x + v_1 * x
            }
        "#]],
    );
}

#[test]
fn chains_become_loops() {
    check(
        syn::parse_quote!(
            fn f(a: &[f64], b: &[f64]) -> f64 {
                a.iter().zip(b).skip(1).enumerate().map(|(i, (x, y))| i as f64 * x * y).sum::<f64>()
            }
        ),
        expect![[r#"
            fn f() {
                let mut sum = 0.0;
                for k1 in 0..::core::cmp::Ord::min(a.len(), b.len()).saturating_sub(1) {
                    let k2 = k1 + 1;
                    let i = k1;
                    let x = &a[k2];
                    let y = &b[k2];
                    sum += (i as f64) * x * y;
                }
                sum
            }
        "#]],
    );
}

#[test]
fn folds_become_loops() {
    check(
        syn::parse_quote!(
            fn f(a: &[f64]) -> f64 {
                a.iter().rev().fold(1.0, |p, x| p * x)
            }
        ),
        expect![[r#"
            fn f() {
                let mut acc: f64 = 1.0;
                for k1 in 0..a.len() {
                    let k2 = a.len() - 1 - k1;
                    let p = acc;
                    let x = &a[k2];
                    let new = p * x;
                    acc = new;
                }
                acc
            }
        "#]],
    );
}

#[test]
fn compound_products_become_assignments() {
    check(
        syn::parse_quote!(
            fn f(x: f64) -> f64 {
                let mut y = x;
                y *= x;
                y += x;
                y
            }
        ),
        expect![[r#"
            fn f() {
                let mut y = x;
                let new = y * x;
                y = new;
                y += x;
                y
            }
        "#]],
    );
}

#[test]
fn inactive_code_stays_as_it_is() {
    check(
        syn::parse_quote!(
            fn f(x: f64, n: usize) -> f64 {
                let m = n.pow(2) + offset(n);
                println!("{m}");
                x * m as f64
            }
        ),
        expect![[r#"
            fn f() {
                let m = n.pow(2) + offset(n);
                println!("{m}");
                x * (m as f64)
            }
        "#]],
    );
}

#[test]
fn errors_of_a_body_accumulate() {
    check_errors(
        syn::parse_quote!(
            fn f(x: f64) -> f64 {
                let a = my_macro!(x);
                let b = x % 2.0 == 0.0;
                unsafe { write(x) };
                let c = [x].iter().map(g).collect::<std::collections::HashSet<_>>();
                a
            }
        ),
        &[
            "the macro `my_macro!` has no derivative",
            "an `unsafe` block cannot touch active values",
            "collecting active values",
        ],
    );
}
