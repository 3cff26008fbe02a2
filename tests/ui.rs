//! One program for each message of ours, and for what rustc says at the user's token.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes the expected output anew.

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
