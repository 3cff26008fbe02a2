//! Prints an expansion: `EXPAND=function.rs cargo test -p ad-macros expand_file -- --nocapture`, with
//! the options of the attribute in `ATTR`.

#[test]
fn expand_file() {
    let Some(path) = std::env::var_os("EXPAND") else { return };
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let options = std::env::var("ATTR").unwrap_or_default();
    let parse = |text: &str| text.parse().expect("the file lexes");
    let out = crate::pipeline::differentiate(parse(&options), parse(&text));
    match syn::parse2::<syn::File>(out.clone()) {
        Ok(file) => println!("{}", prettyplease::unparse(&file)),
        Err(error) => println!("{error}\n{out}"),
    }
}
