//! The programs that `build.rs` wrote, each checked at several points.
#![allow(unused, clippy::all)]

use ad_runtime::differentiate;
use random_programs::harness::*;
use random_programs::program;

include!(concat!(env!("OUT_DIR"), "/batch.rs"));

#[test]
fn derivatives_are_right() {
    let report = check_all(PROGRAMS);
    println!("{report}");
    assert!(report.wrong.is_empty(), "{report}");
}
