//! Names before and after.

use super::unique_names;
use expect_test::{Expect, expect};
use syn::parse_quote;

#[track_caller]
fn check(mut function: syn::ItemFn, expected: Expect) {
    unique_names(&mut function, std::iter::empty());
    let file = syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![syn::Item::Fn(function)],
    };
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn shadowing() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let x = x * 2.0;
                let x = {
                    let x = x + 1.0;
                    x * x
                };
                x
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let x_1 = x * 2.0;
                let x_3 = {
                    let x_2 = x_1 + 1.0;
                    x_2 * x_2
                };
                x_3
            }
        "#]],
    );
}

#[test]
fn a_block_ends_what_it_binds() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                if x > 0.0 {
                    let y = x;
                    y
                } else {
                    let y = -x;
                    y * x
                }
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                if x > 0.0 {
                    let y = x;
                    y
                } else {
                    let y_1 = -x;
                    y_1 * x
                }
            }
        "#]],
    );
}

#[test]
fn format_strings_and_macros() {
    check(
        parse_quote!(
            fn f(x: f64) -> f64 {
                let x = x * 2.0;
                println!("{x} {{x}} {x:.3} {} {y}", s.x, y = x);
                assert!(x > 0.0);
                x
            }
        ),
        expect![[r#"
            fn f(x: f64) -> f64 {
                let x_1 = x * 2.0;
                println!("{x_1} {{x}} {x_1:.3} {} {y}", s.x, y = x_1);
                assert!(x_1 > 0.0);
                x_1
            }
        "#]],
    );
}

#[test]
fn patterns() {
    check(
        parse_quote!(
            fn f(p: Point, x: f64) -> f64 {
                let Point { x, y } = p;
                let q = Point { x, y };
                match q {
                    Point { x, .. } if x > 0.0 => x,
                    Point { y: x @ NONE, .. } => x,
                    Point { x: A | B, y } => y,
                }
            }
        ),
        expect![[r#"
            fn f(p: Point, x: f64) -> f64 {
                let Point { x: x_1, y } = p;
                let q = Point { x: x_1, y };
                match q {
                    Point { x: x_2, .. } if x_2 > 0.0 => x_2,
                    Point { y: x_3 @ NONE, .. } => x_3,
                    Point { x: A | B, y: y_1 } => y_1,
                }
            }
        "#]],
    );
}

#[test]
fn alternatives_bind_the_same_name() {
    check(
        parse_quote!(
            fn f(x: f64, s: Shape) -> f64 {
                match s {
                    Shape::A(x) | Shape::B(x) => x,
                    Shape::C => x,
                }
            }
        ),
        expect![[r#"
            fn f(x: f64, s: Shape) -> f64 {
                match s {
                    Shape::A(x_1) | Shape::B(x_1) => x_1,
                    Shape::C => x,
                }
            }
        "#]],
    );
}

#[test]
fn closures_and_loops() {
    check(
        parse_quote!(
            fn f(x: &[f64], i: usize) -> f64 {
                let g = |x: f64| x * x;
                for i in 0..i {
                    for x in x {
                        h(*x, i);
                    }
                }
                while let Some(x) = next(x) {
                    g(x);
                }
                g(x[i])
            }
        ),
        expect![[r#"
            fn f(x: &[f64], i: usize) -> f64 {
                let g = |x_1: f64| x_1 * x_1;
                for i_1 in 0..i {
                    for x_2 in x {
                        h(*x_2, i_1);
                    }
                }
                while let Some(x_3) = next(x) {
                    g(x_3);
                }
                g(x[i])
            }
        "#]],
    );
}
