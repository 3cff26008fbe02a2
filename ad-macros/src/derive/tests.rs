//! What the derive generates, formatted: one file per case in `snapshots/`.
//!
//! `UPDATE_EXPECT=1 cargo test -p ad-macros` writes the snapshots anew.

use super::constant::is_constant_type_in;
use super::expand;
use expect_test::{ExpectFile, expect_file};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, parse_quote, parse_str};

fn formatted(input: TokenStream) -> String {
    let output = expand(input);
    prettyplease::unparse(&syn::parse2(output).expect("the expansion is a sequence of items"))
}

#[track_caller]
fn check(input: TokenStream, expected: ExpectFile) {
    let output = formatted(input);
    assert!(!output.contains("compile_error"), "{output}");
    expected.assert_eq(&output);
}

/// The messages of the errors that the derive reports, in their order.
fn errors(input: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expand(input)).expect("the expansion is a sequence of items");
    let messages = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            Some(item.mac.parse_body::<syn::LitStr>().expect("a message").value())
        }
        _ => None,
    });
    messages.collect()
}

#[test]
fn plain_struct() {
    let input = quote! {
        pub struct Params {
            pub weights: Vec<f64>,
            pub bias: f64,
            scale: [f32; 3],
            inner: Inner,
        }
    };
    check(input, expect_file!["snapshots/plain_struct.rs"]);
}

#[test]
fn constant_fields() {
    let input = quote! {
        pub struct Body {
            pub position: [f64; 3],
            #[constant]
            pub mass: f64,
            name: String,
        }
    };
    check(input, expect_file!["snapshots/constant_fields.rs"]);
}

#[test]
fn generic_struct() {
    let input = quote! {
        struct Layer<T: Real, U, F: Fn(T) -> T, const N: usize> where U: Clone {
            w: [T; N],
            inner: Wrapper<U>,
            f: F,
        }
    };
    check(input, expect_file!["snapshots/generic_struct.rs"]);
}

#[test]
fn lifetimes() {
    let input = quote! {
        struct Data<'a, T: 'a> {
            xs: &'a [f64],
            y: Option<&'a T>,
            view: ArrayView1<'a, f64>,
            labels: &'a [&'a str],
        }
    };
    check(input, expect_file!["snapshots/lifetimes.rs"]);
}

#[test]
fn tuple_struct() {
    check(
        quote!(
            pub struct Pair(pub f64, Vec<f64>, #[constant] pub f64);
        ),
        expect_file!["snapshots/tuple_struct.rs"],
    );
}

#[test]
fn enumeration() {
    let input = quote! {
        pub enum Shape<T: Real> {
            Circle(T),
            Rectangle { a: f64, #[constant] b: f64 },
            Tagged(usize),
            Empty,
        }
    };
    check(input, expect_file!["snapshots/enumeration.rs"]);
}

#[test]
fn recursive_types_contain_their_own_tangent() {
    let output = formatted(quote!(
        enum Tree<'a, T> {
            Leaf(&'a T),
            Node(Vec<Tree<'a, T>>, Option<Box<Self>>),
        }
    ));
    assert!(output.contains("Vec<TreeTangent<T>>"), "{output}");
    assert!(output.contains("Option<Box<TreeTangent<T>>>"), "{output}");
}

#[test]
fn errors_accumulate() {
    let found = errors(quote! {
        #[constant]
        enum E {
            #[constant]
            A(usize, f64, f64),
            B { #[constant(x)] x: f64, #[constant = "y"] y: f64 },
        }
    });
    let expected = [
        "`#[constant]` belongs to a field: mark the fields that are constant, or leave out the derive",
        "`#[constant]` belongs to a field: mark the fields of the variant",
        "a constant field stands before an active one: put it last, or name the fields",
        "`#[constant]` takes no arguments: write `#[constant]`",
        "`#[constant]` takes no arguments: write `#[constant]`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn union_is_an_error() {
    let found = errors(quote!(union U { x: f64 }));
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("a union has no tangent"), "{found:?}");
}

#[test]
fn constant_types() {
    let constant = [
        "usize",
        "bool",
        "char",
        "String",
        "std::string::String",
        "&'static str",
        "&mut [u8]",
        "[i32; 4]",
        "Vec<Option<usize>>",
        "(usize, (bool, &str))",
        "()",
        "fn(f64) -> f64",
        "&dyn Fn(f64) -> f64",
        "&(dyn Fn(f64) -> f64 + Sync)",
        "PhantomData<T>",
        "std::marker::PhantomData<T>",
        "impl Fn(f64) -> f64",
    ];
    for ty in constant {
        assert!(is_constant_type_in(&parse_str(ty).unwrap(), &syn::Generics::default()), "{ty}");
    }
    let active = [
        "f64",
        "T",
        "F",
        "Vec<f64>",
        "(usize, f64)",
        "Option<&f64>",
        "my::String",
        "Index",
        "&dyn Kernel",
        "Vec<Index>",
        "Box<usize>",
        "<T as A>::usize",
    ];
    for ty in active {
        assert!(!is_constant_type_in(&parse_str(ty).unwrap(), &syn::Generics::default()), "{ty}");
    }
}

#[test]
fn parameters_bound_by_functions_are_constant() {
    let mut generics: Generics = parse_quote!(<T: Clone, F: Fn(f64) -> f64, G>);
    generics.where_clause = Some(parse_quote!(where G: Copy + FnMut()));
    let constant = |ty| is_constant_type_in(&parse_str(ty).unwrap(), &generics);
    assert!(constant("F") && constant("&mut G") && constant("Option<F>"));
    assert!(!constant("T") && !constant("Vec<T>"));
}
