//! The problems of GradBench, by its protocol: JSON messages on standard input, a line each, answered on
//! standard output.
//!
//! `cargo run --release --example gradbench` waits for messages and ends with its input:
//!
//! ```text
//! {"id": 0, "kind": "start"}
//! {"id": 1, "kind": "define", "module": "hello"}
//! {"id": 2, "kind": "evaluate", "module": "hello", "function": "double", "input": 3.0}
//! ```
//!
//! Under GradBench's own runner it is a tool like any other: `gradbench run --eval .. --tool target/release/examples/gradbench`.

mod evals;
mod problems;
mod protocol;
mod runs;

use serde_json::Value;
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let message: Value = serde_json::from_str(&line)?;
        writeln!(output, "{}", protocol::answer(&message))?;
        output.flush()?;
    }
    Ok(())
}
