//! Exits before and after: Rust to Rust.

use super::remove;
use crate::errors::Errors;
use expect_test::{Expect, expect};
use syn::parse_quote;

/// The function without exits.
fn rewritten(mut function: syn::ItemFn, errors: &Errors) -> String {
    remove(&mut function.block, &function.sig.output, errors);
    let file = syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![syn::Item::Fn(function)],
    };
    prettyplease::unparse(&file)
}

#[track_caller]
fn check(function: syn::ItemFn, expected: Expect) {
    let errors = Errors::default();
    let output = rewritten(function, &errors);
    assert_eq!(errors.messages(), Vec::<String>::new());
    expected.assert_eq(&output);
}

#[track_caller]
fn check_error(function: syn::ItemFn, message: &str) {
    let errors = Errors::default();
    rewritten(function, &errors);
    let found = errors.messages();
    assert!(found.len() == 1 && found[0].contains(message), "{found:?}");
}

#[test]
fn without_exits_nothing_changes() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let y = if x > 0.0 { x } else { -x };
                for i in 0..3 {
                    g(i);
                }
                y
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let y = if x > 0.0 { x } else { -x };
                for i in 0..3 {
                    g(i);
                }
                y
            }
        "#]],
    );
}

#[test]
fn guard_clause() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                if x < 0.0 {
                    return 0.0;
                }
                let y = x.sqrt();
                y * y
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                if x < 0.0 {
                    0.0
                } else {
                    let y = x.sqrt();
                    y * y
                }
            }
        "#]],
    );
}

#[test]
fn guard_clauses_nest() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                if x < 0.0 {
                    return 0.0;
                }
                if x > 1.0 {
                    return 1.0;
                }
                return x;
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                if x < 0.0 { 0.0 } else { if x > 1.0 { 1.0 } else { x } }
            }
        "#]],
    );
}

#[test]
fn a_branch_that_may_exit_becomes_an_option() {
    check(
        parse_quote!(
            fn f(x: f64, y: f64) -> f64 {
                let mut s = x;
                if x > 0.0 {
                    if y > 0.0 {
                        return s * y;
                    }
                    s += 1.0;
                }
                s
            }
        ),
        expect![[r#"
            fn f(x: f64, y: f64) -> f64 {
                let mut __returned: ::core::option::Option<f64> = ::core::option::Option::None;
                let mut s = x;
                let mut __exit_1: usize = 0;
                let __flow_2 = if x > 0.0 {
                    if y > 0.0 {
                        __returned = ::core::option::Option::Some(s * y);
                        __exit_1 = 1;
                        ::core::option::Option::None
                    } else {
                        s += 1.0;
                        ::core::option::Option::Some(())
                    }
                } else {
                    ::core::option::Option::Some(())
                };
                match __flow_2 {
                    ::core::option::Option::Some(_) => s,
                    ::core::option::Option::None => {
                        match __returned {
                            ::core::option::Option::Some(__value_3) => __value_3,
                            ::core::option::Option::None => ::core::unreachable!(),
                        }
                    }
                }
            }
        "#]],
    );
}

#[test]
fn match_with_return() {
    check(
        parse_quote!(
            fn f(s: Shape) -> f64 {
                let r = match s {
                    Shape::Circle(r) => r,
                    Shape::Square(a) => return a * a,
                    Shape::Empty => return 0.0,
                };
                3.0 * r * r
            }
        ),
        expect![[r#"
            fn f(s: Shape) -> f64 {
                match s {
                    Shape::Circle(r) => {
                        let r = r;
                        3.0 * r * r
                    }
                    Shape::Square(a) => a * a,
                    Shape::Empty => 0.0,
                }
            }
        "#]],
    );
}

#[test]
fn let_else() {
    check(
        parse_quote!(
            fn f(x: Option<f64>) -> f64 {
                let Some(x) = x else {
                    return 1.0;
                };
                x * x
            }
        ),
        expect![[r#"
            fn f(x: Option<f64>) -> f64 {
                match x {
                    Some(x) => x * x,
                    _ => 1.0,
                }
            }
        "#]],
    );
}

#[test]
fn question_mark_of_an_option() {
    check(
        parse_quote!(
            fn f(x: &[f64]) -> Option<f64> {
                let a = x.first()?;
                Some(a * x.last()?)
            }
        ),
        expect![[r#"
            fn f(x: &[f64]) -> Option<f64> {
                match x.first() {
                    Some(__value_1) => {
                        let a = __value_1;
                        match x.last() {
                            Some(__value_4) => {
                                let __operand_3 = __value_4;
                                let __operand_2 = a * __operand_3;
                                Some(__operand_2)
                            }
                            None => None,
                        }
                    }
                    None => None,
                }
            }
        "#]],
    );
}

#[test]
fn question_mark_of_a_result() {
    check(
        parse_quote!(
            fn f(x: f64) -> Result<f64, Error> {
                let y = g(x)?;
                Ok(y * y)
            }
        ),
        expect![[r#"
            fn f(x: f64) -> Result<f64, Error> {
                match g(x) {
                    Ok(__value_1) => {
                        let y = __value_1;
                        Ok(y * y)
                    }
                    Err(__error_2) => Err(::core::convert::From::from(__error_2)),
                }
            }
        "#]],
    );
}

#[test]
fn break_and_continue() {
    check(
        parse_quote!(
            fn f(x: &[f64]) -> f64 {
                let mut s = 0.0;
                for v in x {
                    if *v < 0.0 {
                        continue;
                    }
                    if *v > 9.0 {
                        break;
                    }
                    s += v;
                }
                s
            }
        ),
        expect![[r#"
            fn f(x: &[f64]) -> f64 {
                let mut s = 0.0;
                for v in x {
                    let __stop = {
                        if *v < 0.0 {
                            false
                        } else {
                            if *v > 9.0 {
                                true
                            } else {
                                s += v;
                                false
                            }
                        }
                    };
                    if __stop {
                        break;
                    }
                }
                s
            }
        "#]],
    );
}

#[test]
fn return_from_a_loop() {
    check(
        parse_quote!(
            fn f(x: &[f64]) -> f64 {
                let mut s = 0.0;
                for v in x {
                    if s > 1.0 {
                        return s * v;
                    }
                    s += v;
                }
                -s
            }
        ),
        expect![[r#"
            fn f(x: &[f64]) -> f64 {
                let mut __returned: ::core::option::Option<f64> = ::core::option::Option::None;
                let mut s = 0.0;
                let mut __exit_1: usize = 0;
                for v in x {
                    let __stop = {
                        if s > 1.0 {
                            __returned = ::core::option::Option::Some(s * v);
                            __exit_1 = 1;
                            true
                        } else {
                            s += v;
                            false
                        }
                    };
                    if __stop {
                        break;
                    }
                }
                if __exit_1 != 0 {
                    match __returned {
                        ::core::option::Option::Some(__value_2) => __value_2,
                        ::core::option::Option::None => ::core::unreachable!(),
                    }
                } else {
                    -s
                }
            }
        "#]],
    );
}

#[test]
fn labelled_break_and_continue() {
    check(
        parse_quote!(
            fn f(m: &[[f64; 3]]) -> f64 {
                let mut s = 0.0;
                'rows: for row in m {
                    for v in row {
                        if *v == 0.0 {
                            continue 'rows;
                        }
                        if *v < 0.0 {
                            break 'rows;
                        }
                        s += v;
                    }
                    s *= 2.0;
                }
                s
            }
        ),
        expect![[r#"
            fn f(m: &[[f64; 3]]) -> f64 {
                let mut s = 0.0;
                for row in m {
                    let __stop = {
                        let mut __exit_2: usize = 0;
                        for v in row {
                            let __stop = {
                                if *v == 0.0 {
                                    __exit_2 = 5;
                                    true
                                } else {
                                    if *v < 0.0 {
                                        __exit_2 = 4;
                                        true
                                    } else {
                                        s += v;
                                        false
                                    }
                                }
                            };
                            if __stop {
                                break;
                            }
                        }
                        if __exit_2 != 0 {
                            if __exit_2 == 4 { true } else { false }
                        } else {
                            s *= 2.0;
                            false
                        }
                    };
                    if __stop {
                        break;
                    }
                }
                s
            }
        "#]],
    );
}

#[test]
fn loop_with_a_value() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let mut y = x;
                let root = loop {
                    y = 0.5 * (y + x / y);
                    if (y * y - x).abs() < 1e-9 {
                        break y;
                    }
                };
                root * 2.0
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let mut y = x;
                let root = {
                    let mut __loop_value_2 = ::core::option::Option::None;
                    loop {
                        let __stop = {
                            y = 0.5 * (y + x / y);
                            if (y * y - x).abs() < 1e-9 {
                                __loop_value_2 = ::core::option::Option::Some(y);
                                true
                            } else {
                                false
                            }
                        };
                        if __stop {
                            break;
                        }
                    };
                    match __loop_value_2 {
                        ::core::option::Option::Some(__value_3) => __value_3,
                        ::core::option::Option::None => ::core::unreachable!(),
                    }
                };
                root * 2.0
            }
        "#]],
    );
}

#[test]
fn labelled_block() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let y = 'found: {
                    if x < 0.0 {
                        break 'found 0.0;
                    }
                    x.sqrt()
                };
                y + 1.0
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let y = { if x < 0.0 { 0.0 } else { x.sqrt() } };
                y + 1.0
            }
        "#]],
    );
}

#[test]
fn while_let() {
    check(
        parse_quote!(
            fn f(mut v: Vec<f64>) -> f64 {
                let mut s = 0.0;
                while let Some(x) = v.pop() {
                    s += x;
                }
                s
            }
        ),
        expect![[r#"
            fn f(mut v: Vec<f64>) -> f64 {
                let mut s = 0.0;
                loop {
                    let __stop = {
                        match v.pop() {
                            Some(x) => {
                                s += x;
                                false
                            }
                            _ => true,
                        }
                    };
                    if __stop {
                        break;
                    }
                }
                s
            }
        "#]],
    );
}

#[test]
fn let_chain() {
    check(
        parse_quote!(
            fn f(x: Option<f64>, y: f64) -> f64 {
                if y > 0.0
                    && let Some(x) = x
                    && x > y
                {
                    x
                } else {
                    y
                }
            }
        ),
        expect![[r#"
            fn f(x: Option<f64>, y: f64) -> f64 {
                if y > 0.0 {
                    match x {
                        Some(x) => if x > y { x } else { y }
                        _ => y,
                    }
                } else {
                    y
                }
            }
        "#]],
    );
}

#[test]
fn exits_of_closures_are_their_own() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let g = |y: f64| {
                    if y < 0.0 {
                        return 0.0;
                    }
                    y * y
                };
                g(x)
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let g = |y: f64| { if y < 0.0 { 0.0 } else { y * y } };
                g(x)
            }
        "#]],
    );
}

#[test]
fn an_exit_inside_an_expression_names_the_operands_before_it() {
    check(
        parse_quote!(
            fn f(x: Option<f64>, y: f64) -> Option<f64> {
                Some(g(y) * x? + h(y))
            }
        ),
        expect![[r#"
            fn f(x: Option<f64>, y: f64) -> Option<f64> {
                let __operand_3 = g(y);
                match x {
                    Some(__value_5) => {
                        let __operand_4 = __value_5;
                        let __operand_2 = __operand_3 * __operand_4;
                        let __operand_1 = __operand_2 + h(y);
                        Some(__operand_1)
                    }
                    None => None,
                }
            }
        "#]],
    );
}

#[test]
fn a_value_out_of_a_block_from_within_a_loop() {
    check_error(
        parse_quote!(
            fn f(x: &[f64]) -> f64 {
                let first = 'found: {
                    for v in x {
                        if *v > 0.0 {
                            break 'found *v;
                        }
                    }
                    0.0
                };
                first
            }
        ),
        "assign it to a variable before the `break`",
    );
}
