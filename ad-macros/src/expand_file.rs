//! Prints an expansion: `EXPAND=function.rs cargo test -p ad-macros expand_file -- --nocapture`, with
//! the options of the attribute in `ATTR`. The path is as seen from `ad-macros`, or absolute.

use std::env;

#[test]
fn expand_file() {
    let Some(path) = env::var_os("EXPAND") else { return };
    let text = std::fs::read_to_string(path).expect("the file that `EXPAND` names can be read");
    let options = env::var("ATTR").unwrap_or_default();
    let parse = |text: &str| text.parse().expect("Rust tokens");
    let expanded = crate::pipeline::differentiate(parse(&options), parse(&text));
    match syn::parse2::<syn::File>(expanded.clone()) {
        Ok(file) => println!("{}", prettyplease::unparse(&file)),
        Err(error) => println!("{error}\n{expanded}"),
    }
}
