//! One program for each message of ours, and for what rustc says at the user's token.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected output anew.

use std::process::Command;

#[test]
fn messages() {
    let cases = trybuild::TestCases::new();
    let topics = std::fs::read_dir("tests/ui").expect("the tests run in the root of the package");
    for topic in topics {
        let topic = topic.expect("the folder can be read").path();
        if !topic.ends_with("rustc") || is_written_by_this_rustc() {
            cases.compile_fail(topic.join("*.rs"));
        }
    }
}

/// Whether the expected output in `rustc` comes from the compiler that runs this test.
fn is_written_by_this_rustc() -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output().expect("rustc runs");
    let version = String::from_utf8_lossy(&output.stdout);
    let expected = include_str!("ui/rustc/VERSION").trim();
    version.split_whitespace().nth(1) == Some(expected)
}
