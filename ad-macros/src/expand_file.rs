//! Prints expansions: `EXPAND=file.rs cargo test -p ad-macros expand_file -- --nocapture`. Of a file with
//! `#[differentiate]` these are the items that carry it; any other file is taken as one item, with the options
//! of the attribute in `ATTR`. The path is as seen from `ad-macros`, or absolute.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::env;
use syn::{Attribute, File, Item, Meta};

#[test]
fn expand_file() {
    let Some(path) = env::var_os("EXPAND") else { return };
    let text = std::fs::read_to_string(path).expect("the file that `EXPAND` names can be read");
    let file: File = syn::parse_str(&text).expect("Rust items");
    let annotated: Vec<_> = file.items.into_iter().filter_map(annotated).collect();
    if annotated.is_empty() {
        let options = env::var("ATTR").unwrap_or_default();
        let parse = |text: &str| text.parse().expect("Rust tokens");
        print(parse(&options), parse(&text));
    }
    for (options, item) in annotated {
        print(options, item);
    }
}

fn print(options: TokenStream, item: TokenStream) {
    let expanded = crate::pipeline::differentiate(options, item);
    match syn::parse2::<File>(expanded.clone()) {
        Ok(file) => println!("{}", prettyplease::unparse(&file)),
        Err(error) => println!("{error}\n{expanded}"),
    }
}

/// The options of an item's `#[differentiate]`, and the item without it.
fn annotated(mut item: Item) -> Option<(TokenStream, TokenStream)> {
    let attrs = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Trait(item) => &mut item.attrs,
        _ => return None,
    };
    let is_ours = |attr: &Attribute| {
        attr.path().segments.last().is_some_and(|last| last.ident == "differentiate")
    };
    let attr = attrs.remove(attrs.iter().position(is_ours)?);
    let options = match attr.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    Some((options, item.into_token_stream()))
}
