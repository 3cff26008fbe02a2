//! Random programs through the whole compiler, in process: every one of them expands, and passes the
//! validator after each pass. `random-programs` compiles and runs them.

use std::panic::catch_unwind;

#[allow(dead_code)] // The other crate uses all of it.
#[path = "../../random-programs/src/generator/mod.rs"]
mod generator;

use generator::{Choices, program};

/// What is wrong with the expansion of a program, or nothing.
fn failure(text: &str) -> Option<String> {
    let tokens: proc_macro2::TokenStream = text.parse().expect("the generator writes tokens");
    let item: syn::ItemFn = syn::parse2(tokens).expect("the generator writes functions");
    let mut item = item;
    item.attrs.clear();
    let item = quote::ToTokens::into_token_stream(item);
    let expanded = catch_unwind(|| {
        crate::pipeline::differentiate(proc_macro2::TokenStream::new(), item.clone()).to_string()
    });
    match expanded {
        Ok(text) => {
            let at = text.find("compile_error")?;
            Some(text[at..].chars().take(200).collect())
        }
        Err(panic) => Some(panic.downcast_ref::<String>().cloned().unwrap_or_default()),
    }
}

/// A message without digits and names, so that alike failures are alike.
fn kind(message: &str) -> String {
    let parts: Vec<&str> = message.split('`').step_by(2).collect();
    parts.join("_").chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Leaves out and lowers choices as long as the program fails alike.
fn minimise(mut best: Vec<u32>, wanted: &str) -> String {
    let text = |taken: &[u32]| program(&mut Choices::recorded(taken.to_vec()));
    let mut chunk = best.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        let mut smaller = false;
        while start < best.len() {
            let end = (start + chunk).min(best.len());
            let without = [&best[..start], &best[end..]].concat();
            let mut lowered = best.clone();
            lowered[start..end].fill(0);
            let shortest = text(&best).len();
            let found = [without, lowered].into_iter().find(|taken| {
                let text = text(taken);
                text.len() < shortest && failure(&text).is_some_and(|f| kind(&f) == wanted)
            });
            match found {
                Some(taken) => {
                    best = taken;
                    smaller = true;
                }
                None => start += chunk,
            }
        }
        if !smaller {
            chunk /= 2;
        }
    }
    text(&best)
}

/// How many programs the test expands; `RANDOM_PROGRAMS_COUNT` is for a longer search.
fn count() -> u64 {
    std::env::var("RANDOM_PROGRAMS_COUNT").map_or(60, |n| n.parse().expect("a number"))
}

#[test]
fn random_programs_expand() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut found = std::collections::BTreeMap::new();
    for seed in 0..count() {
        let mut choices = Choices::random(seed);
        if let Some(what) = failure(&program(&mut choices)) {
            let entry = found.entry(kind(&what)).or_insert((0, what, choices.taken().to_vec()));
            entry.0 += 1;
        }
    }
    let report: Vec<String> = found
        .into_iter()
        .map(|(kind, (times, what, taken))| {
            format!("{times} times: {what}\n{}", minimise(taken, &kind))
        })
        .collect();
    std::panic::set_hook(hook);
    assert!(report.is_empty(), "{}", report.join("\n"));
}
