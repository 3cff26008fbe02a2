//! What the compiler generates, formatted: one file per case in `snapshots/`.
//!
//! `UPDATE_EXPECT=1 cargo test -p ad-macros` writes the snapshots anew. Read them as a user reads
//! `cargo expand`: what is hard to read there is a defect of the compiler.

use crate::pipeline;
use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// The two functions that carry the derivatives, `__adjoint` and `__jvp`: the others only call them.
fn sweeps(item: TokenStream) -> String {
    functions(TokenStream::new(), item, |name| !is_half(name))
}

/// Whether a hidden function is the adjoint once more, in two halves.
fn is_half(name: &str) -> bool {
    ["__split", "__back"].contains(&name)
}

/// Those of the hidden functions whose names are wanted.
fn functions(options: TokenStream, item: TokenStream, wanted: fn(&str) -> bool) -> String {
    let expansion = pipeline::differentiate(options, item);
    let file: syn::File = syn::parse2(expansion).expect("the expansion is a sequence of items");
    let mut found: Vec<syn::Item> = file.items.into_iter().flat_map(derivatives).collect();
    found.retain(|f| matches!(f, syn::Item::Fn(f) if wanted(&f.sig.ident.to_string())));
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: found,
    })
}

/// The hidden functions of an `impl` block, without the attributes that all of them have.
fn derivatives(item: syn::Item) -> Vec<syn::Item> {
    let syn::Item::Impl(block) = item else { return Vec::new() };
    // The namespace as a value forwards to the functions that are shown.
    let forwards = |path: &syn::Path| {
        path.segments.last().is_some_and(|s| s.ident == "DifferentiatedSiblings")
    };
    if block.trait_.as_ref().is_some_and(|(path, _)| forwards(path)) {
        return Vec::new();
    }
    let functions = block.items.into_iter().filter_map(|item| match item {
        syn::ImplItem::Fn(f) => Some(f),
        // The siblings of methods are added to the block as tokens.
        syn::ImplItem::Verbatim(_) => unreachable!("the expansion was parsed anew"),
        _ => None,
    });
    functions
        .filter(|f| f.sig.ident.to_string().starts_with("__"))
        .map(|f| {
            syn::Item::Fn(syn::ItemFn {
                attrs: Vec::new(),
                vis: f.vis,
                modifiers: f.modifiers,
                sig: f.sig,
                block: Box::new(f.block),
            })
        })
        .collect()
}

#[track_caller]
fn check(item: TokenStream, expected: ExpectFile) {
    let output = sweeps(item);
    assert!(!output.is_empty(), "nothing was generated");
    for word in ["unsafe ", "Rc<", "RefCell", "dyn ", "Box<"] {
        assert!(!output.contains(word), "`{word}` in generated code:\n{output}");
    }
    expected.assert_eq(&output);
}

#[test]
fn public_functions() {
    let expansion = pipeline::differentiate(
        TokenStream::new(),
        quote! {
            pub fn squares(x: &[f64], #[constant] shift: f64) -> f64 {
                x.iter().map(|v| (v - shift) * (v - shift)).sum()
            }
        },
    );
    let file = syn::parse2(expansion).expect("the expansion is a sequence of items");
    expect_file!["snapshots/public_functions.rs"].assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn straight_line() {
    let item = quote! {
        fn f(x: f64, y: f64) -> f64 {
            let r = (x * x + y * y).sqrt();
            let s = r.sin() / r;
            s * (-x).exp()
        }
    };
    check(item, expect_file!["snapshots/straight_line.rs"]);
}

#[test]
fn branch() {
    let item = quote! {
        fn huber(x: f64, delta: f64) -> f64 {
            if x.abs() <= delta { 0.5 * x * x } else { delta * (x.abs() - 0.5 * delta) }
        }
    };
    check(item, expect_file!["snapshots/branch.rs"]);
}

#[test]
fn weighted_sum() {
    let item = quote! {
        fn weighted_sum(w: &[f64], x: &[f64]) -> f64 {
            let mut sum = 0.0;
            for i in 0..x.len() {
                sum += w[i] * x[i] * x[i];
            }
            sum
        }
    };
    check(item, expect_file!["snapshots/weighted_sum.rs"]);
}

#[test]
fn logistic_map() {
    let item = quote! {
        fn logistic_map(r: f64, x0: f64, n: usize) -> f64 {
            let mut x = x0;
            for _ in 0..n {
                x = r * x * (1.0 - x);
            }
            x
        }
    };
    check(item, expect_file!["snapshots/logistic_map.rs"]);
}

#[test]
fn least_squares() {
    let item = quote! {
        fn loss(theta: &Array1<f64>, #[constant] phi: &Array2<f64>, #[constant] y: &Array1<f64>) -> f64 {
            let e = y - phi.dot(theta);
            e.dot(&e)
        }
    };
    check(item, expect_file!["snapshots/least_squares.rs"]);
}

#[test]
fn call_in_a_loop() {
    let item = quote! {
        fn total(params: &[f64], xs: &[f64]) -> f64 {
            let mut total = 0.0;
            for i in 0..xs.len() {
                let y = model::predict(params, xs[i]);
                total += y * y;
            }
            total
        }
    };
    check(item, expect_file!["snapshots/call_in_a_loop.rs"]);
}

/// The adjoint in two halves, for a caller that goes back through many such calls.
#[test]
fn halves_of_a_call() {
    let item = quote! {
        fn layer(weights: &[f64], x: &[f64]) -> Vec<f64> {
            let mut out = vec![0.0; x.len()];
            for i in 0..x.len() {
                out[i] = (weights[i] * x[i]).tanh();
            }
            out
        }
    };
    let output = functions(TokenStream::new(), item, is_half);
    expect_file!["snapshots/halves_of_a_call.rs"].assert_eq(&output);
}

#[test]
fn while_loop() {
    let item = quote! {
        fn newton_root(a: f64) -> f64 {
            let mut x = a;
            while (x * x - a).abs() > 1e-12 {
                x = 0.5 * (x + a / x);
            }
            x
        }
    };
    check(item, expect_file!["snapshots/while_loop.rs"]);
}

#[test]
fn struct_method() {
    let item = quote! {
        impl Spring {
            fn energy(&self, x: f64) -> f64 {
                let d = x - self.rest;
                0.5 * self.stiffness * d * d
            }
        }
    };
    check(item, expect_file!["snapshots/struct_method.rs"]);
}

#[test]
fn early_return() {
    let item = quote! {
        fn log_or_zero(x: f64, scale: f64) -> f64 {
            if x <= 0.0 {
                return 0.0;
            }
            let y = x.ln();
            if y > 10.0 {
                return 10.0 * scale;
            }
            y * scale
        }
    };
    check(item, expect_file!["snapshots/early_return.rs"]);
}

#[test]
fn break_in_a_loop() {
    let item = quote! {
        fn capped(xs: &[f64], limit: f64) -> f64 {
            let mut total = 0.0;
            for &x in xs {
                if total > limit {
                    break;
                }
                total += x * x;
            }
            total
        }
    };
    check(item, expect_file!["snapshots/break_in_a_loop.rs"]);
}

#[test]
fn iterator_chain() {
    let item = quote! {
        fn dot_positive(a: &[f64], b: &[f64]) -> f64 {
            a.iter().zip(b).filter(|(x, _)| **x > 0.0).map(|(x, y)| x * y).sum()
        }
    };
    check(item, expect_file!["snapshots/iterator_chain.rs"]);
}

#[test]
fn match_on_an_enum() {
    let item = quote! {
        fn area(shape: &Shape) -> f64 {
            match shape {
                Shape::Circle(r) => std::f64::consts::PI * r * r,
                Shape::Rectangle { a, b } => a * b,
                Shape::Empty => 0.0,
            }
        }
    };
    check(item, expect_file!["snapshots/match_on_an_enum.rs"]);
}

#[test]
fn in_place() {
    let item = quote! {
        fn smooth(x: &mut [f64], w: f64) {
            for i in 1..x.len() {
                x[i] = w * x[i] + (1.0 - w) * x[i - 1];
            }
        }
    };
    check(item, expect_file!["snapshots/in_place.rs"]);
}

#[test]
fn local_vector() {
    let item = quote! {
        fn powers(x: f64, n: usize) -> Vec<f64> {
            let mut out = Vec::new();
            let mut p = 1.0;
            for _ in 0..n {
                out.push(p);
                p *= x;
            }
            out
        }
    };
    check(item, expect_file!["snapshots/local_vector.rs"]);
}

/// The README shows a program and its adjoint: the second is what the compiler makes of the first.
#[test]
fn readme() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
    let text = std::fs::read_to_string(path).expect("the README is there");
    let mut blocks =
        text.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    let (program, shown) =
        (blocks.next().expect("a program"), blocks.next().expect("an expansion"));
    let program = syn::parse_file(program).expect("the program parses");
    let function = program.items.into_iter().find_map(|item| match item {
        syn::Item::Fn(mut f) if !f.attrs.is_empty() => {
            f.attrs.clear();
            Some(f)
        }
        _ => None,
    });
    let expansion = sweeps(function.expect("a differentiated function").into_token_stream());
    let (adjoint, _) = expansion.split_once("pub fn __jvp").expect("both sweeps");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, text.replacen(shown, adjoint, 1)).expect("the README can be written");
    } else {
        assert_eq!(
            shown, adjoint,
            "`UPDATE_EXPECT=1 cargo test -p ad-macros` writes the README anew"
        );
    }
}

/// The adjoint and its tangent: the statements of the one, each with its tangent before it, and nothing else.
#[test]
fn order_two() {
    let item = quote! {
        fn f(x: f64, #[constant] a: &[f64]) -> f64 {
            let mut s = x;
            for i in 0..a.len() {
                s = s * (a[i] * x).sin();
            }
            s
        }
    };
    let output = functions(quote!(order = 2), item, |name| name != "__jvp" && !is_half(name));
    expect_file!["snapshots/order_two.rs"].assert_eq(&output);
}

#[test]
fn order_two_of_matrices() {
    let item = quote! {
        fn loss(theta: &Array1<f64>, #[constant] phi: &Array2<f64>, #[constant] y: &Array1<f64>) -> f64 {
            let e = y - phi.dot(theta);
            e.dot(&e)
        }
    };
    let output = functions(quote!(order = 2), item, |name| name == "__adjoint_jvp");
    expect_file!["snapshots/order_two_of_matrices.rs"].assert_eq(&output);
}

/// The explanation of a function, as `EXPLAIN` holds it.
fn explained(item: TokenStream) -> String {
    let expansion = pipeline::differentiate(quote!(explain), item);
    let file: syn::File = syn::parse2(expansion).expect("the expansion is a sequence of items");
    let items = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Impl(block) => Some(block.items),
        _ => None,
    });
    let texts = items.flatten().filter_map(|item| match item {
        syn::ImplItem::Const(constant) if constant.ident == "EXPLAIN" => Some(constant.expr),
        _ => None,
    });
    match texts.last() {
        Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => text.value(),
        _ => panic!("there is no `EXPLAIN`"),
    }
}

#[test]
fn explanation_of_a_loop() {
    let text = explained(quote! {
        fn f(a: &[f64], mut x: f64, #[constant] scale: f64) -> f64 {
            let shift = scale * 2.0;
            let half = 0.5 * x;
            for i in 0..a.len() {
                let k = scale * i as f64;
                let linear = 3.0 * x;
                let e = (k * x).exp();
                x = linear * e + a[i];
            }
            x * shift + half
        }
    });
    expect_file!["snapshots/explain.txt"].assert_eq(&text);
}
