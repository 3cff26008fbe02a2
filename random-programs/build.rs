//! Writes the programs that `tests/batch.rs` includes: the file that `RANDOM_PROGRAMS` names, or a
//! small batch that is the same on every machine.

#[path = "src/generator/mod.rs"]
mod generator;

use std::path::PathBuf;
use std::{env, fs};

/// How many programs `cargo test` compiles and checks.
const COUNT: u64 = 120;

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
                .map(|seed| generator::program(&mut generator::Choices::random(seed)))
                .collect();
            generator::batch(&programs)
        }
    };
    let target = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(target.join("batch.rs"), batch).expect("the output directory is writable");
}
