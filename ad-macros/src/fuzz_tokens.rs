//! Arbitrary tokens through the macros: they never panic, and what they give parses or reports an error.
//!
//! Items of the acceptance programs are mutated at random, with a fixed seed: token trees are left out, doubled,
//! exchanged, and replaced by others of the same or of another program.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use std::panic::catch_unwind;

const PROGRAMS: [&str; 8] = [
    include_str!("../../tests/programs/closures.rs"),
    include_str!("../../tests/programs/dynamic_dispatch.rs"),
    include_str!("../../tests/programs/enums_match.rs"),
    include_str!("../../tests/programs/function_values.rs"),
    include_str!("../../tests/programs/indexing.rs"),
    include_str!("../../tests/programs/iterators_adaptors.rs"),
    include_str!("../../tests/programs/ndarray_vector.rs"),
    include_str!("../../tests/programs/operators.rs"),
];

/// How many mutants the test expands; `RANDOM_TOKENS_COUNT` is for a longer search.
fn count() -> usize {
    std::env::var("RANDOM_TOKENS_COUNT").map_or(1500, |n| n.parse().expect("a number"))
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

/// The items of the programs, without their attribute: functions, `impl` blocks, traits, structs and enums.
fn items() -> Vec<TokenStream> {
    let files = PROGRAMS.iter().map(|text| syn::parse_file(text).expect("a program is Rust"));
    files.flat_map(|file| file.items).filter_map(without_attributes).collect()
}

fn without_attributes(mut item: syn::Item) -> Option<TokenStream> {
    let attrs = match &mut item {
        syn::Item::Fn(item) => &mut item.attrs,
        syn::Item::Impl(item) => &mut item.attrs,
        syn::Item::Trait(item) => &mut item.attrs,
        syn::Item::Struct(item) => &mut item.attrs,
        syn::Item::Enum(item) => &mut item.attrs,
        _ => return None,
    };
    let is_test = attrs.iter().any(|a| a.path().is_ident("test"));
    attrs.clear();
    (!is_test).then(|| item.into_token_stream())
}

/// Changes one place of `tokens`, somewhere in its groups.
fn mutate(tokens: TokenStream, pool: &[TokenTree], random: &mut Random) -> TokenStream {
    let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
    if trees.is_empty() {
        return pool[random.below(pool.len())].clone().into();
    }
    let at = random.below(trees.len());
    if let TokenTree::Group(group) = &trees[at]
        && random.below(8) > 0
    {
        let inner = mutate(group.stream(), pool, random);
        trees[at] = Group::new(group.delimiter(), inner).into();
        return trees.into_iter().collect();
    }
    match random.below(6) {
        0 => drop(trees.remove(at)),
        1 => trees.insert(at, trees[at].clone()),
        2 => {
            let other = random.below(trees.len());
            trees.swap(at, other);
        }
        3 => {
            let delimiters = [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket];
            let inner = trees[at].clone().into();
            trees[at] = Group::new(delimiters[random.below(3)], inner).into();
        }
        4 => trees.insert(at, pool[random.below(pool.len())].clone()),
        _ => trees[at] = pool[random.below(pool.len())].clone(),
    }
    trees.into_iter().collect()
}

fn leaves(tokens: TokenStream, pool: &mut Vec<TokenTree>) {
    for tree in tokens {
        if let TokenTree::Group(group) = &tree {
            leaves(group.stream(), pool);
        }
        pool.push(tree);
    }
}

/// What is wrong with an expansion, or nothing.
fn failure(expand: impl Fn() -> TokenStream + std::panic::UnwindSafe) -> Option<String> {
    let Ok(output) = catch_unwind(expand) else { return Some("it panics".to_owned()) };
    let reports = output.to_string().contains("compile_error");
    let parses = syn::parse2::<syn::File>(output.clone()).is_ok()
        || syn::parse2::<syn::ItemImpl>(quote::quote!(impl X { #output })).is_ok()
        || syn::parse2::<syn::ItemTrait>(quote::quote!(trait X { #output })).is_ok();
    (!reports && !parses).then(|| format!("neither code nor an error: {output}"))
}

#[test]
fn no_tokens_make_the_macros_panic() {
    let items = items();
    let mut pool = Vec::new();
    items.iter().for_each(|item| leaves(item.clone(), &mut pool));
    let attributes = [
        "",
        "",
        "",
        "forward",
        "order = 2",
        "vjp = f::g",
        "associated",
        "explain",
        "order",
        "= , x",
    ];
    let mut random = Random(11);
    let mut found = Vec::new();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for _ in 0..count() {
        let mut item = items[random.below(items.len())].clone();
        for _ in 0..=random.below(3) {
            item = mutate(item, &pool, &mut random);
        }
        let attribute: TokenStream =
            attributes[random.below(attributes.len())].parse().expect("these are tokens");
        let text = item.to_string();
        if text.parse::<TokenStream>().is_err() {
            continue; // Half a lifetime is no token.
        }
        let again = |text: &str| text.parse::<TokenStream>().expect("tokens are tokens");
        let differentiated =
            failure(|| crate::pipeline::differentiate(attribute.clone(), again(&text)));
        let derived = failure(|| crate::derive::expand(again(&text)));
        let summed = failure(|| crate::einsum::expand(again(&text)));
        for what in [differentiated, derived, summed].into_iter().flatten() {
            found.push(format!("{what}\n#[differentiate({attribute})] {text}"));
        }
    }
    std::panic::set_hook(hook);
    assert!(
        found.is_empty(),
        "{} of them:\n{}",
        found.len(),
        found[..found.len().min(4)].join("\n\n")
    );
}
