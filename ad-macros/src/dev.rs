#[test]
fn expand_file() {
    let text = std::fs::read_to_string("/tmp/in.rs").unwrap();
    let out = crate::pipeline::differentiate(std::env::var("ATTR").unwrap_or_default().parse().unwrap(), text.parse().unwrap());
    let text = match syn::parse2::<syn::File>(out.clone()) { Ok(f) => prettyplease::unparse(&f), Err(e) => format!("{e}\n{out}") };
    println!("{text}");
}
