//! Compiles and checks many random programs, and makes what fails small.
//!
//! `cargo hunt [programs] [first seed]`, `cargo hunt 20000`. What fails is printed as the smallest
//! program found that fails alike.

use random_programs::generator::{Choices, batch, program};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Programs that are compiled together.
const BATCH: usize = 250;
/// Smaller candidates that are compiled together, and how often.
const CANDIDATES: usize = 80;
const ROUNDS: usize = 14;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse::<u64>().expect("a number"));
    let count = arguments.next().unwrap_or(1000);
    let first = arguments.next().unwrap_or(1_000_000);
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut seed = first;
    while seed < first + count {
        let seeds: Vec<u64> = (seed..first + count).take(BATCH).collect();
        seed += seeds.len() as u64;
        let choices: Vec<Choices> = seeds
            .iter()
            .map(|&seed| {
                let mut choices = Choices::random(seed);
                let _ = program(&mut choices);
                choices
            })
            .collect();
        for (i, what) in failures(&choices, false) {
            let seen = found.entry(what.clone()).or_default();
            seen.push(seeds[i]);
            if seen.len() == 1 {
                let small = minimise(choices[i].taken().to_vec(), &what);
                println!("\n{what}\nseed {}\n{}", seeds[i], program(&mut Choices::recorded(small)));
            }
        }
        println!(
            "{} of {count} programs, {} wrong",
            seed - first,
            found.values().map(Vec::len).sum::<usize>()
        );
    }
    for (what, seeds) in &found {
        println!("{:6} × {what}: seeds {seeds:?}", seeds.len());
    }
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The programs that fail, each with the kind of its failure. `early`: those of the first compilation suffice.
fn failures(choices: &[Choices], early: bool) -> BTreeMap<usize, String> {
    let texts: Vec<String> =
        choices.iter().map(|c| program(&mut Choices::recorded(c.taken().to_vec()))).collect();
    let mut left: Vec<usize> = (0..texts.len()).collect();
    let mut failed = BTreeMap::new();
    while !left.is_empty() {
        let programs: Vec<String> = left.iter().map(|&i| texts[i].clone()).collect();
        let source = batch(&programs);
        let errors = run(&source);
        let compiled = errors.iter().all(|(_, what)| what.starts_with("wrong"));
        for (i, what) in errors {
            failed.entry(left[i]).or_insert(what);
        }
        if compiled || early && !failed.is_empty() {
            break;
        }
        left.retain(|i| !failed.contains_key(i));
    }
    failed
}

/// Compiles and runs a batch: the indices of the programs that fail.
fn run(source: &str) -> Vec<(usize, String)> {
    let file: PathBuf =
        std::env::temp_dir().join(format!("random-programs-{}.rs", std::process::id()));
    std::fs::write(&file, source).expect("the temporary directory is writable");
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["test", "-p", "random-programs", "--test", "batch", "--", "--nocapture"])
        .env("RANDOM_PROGRAMS", &file)
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let mut failed: BTreeMap<usize, String> = BTreeMap::new();
    let mut message = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(rest) = line.strip_prefix("wrong: program ") {
            let (index, what) = rest.split_once(": ").unwrap_or((rest, ""));
            let kind = if what.contains("panics") { kind(what) } else { "derivative".to_owned() };
            failed.entry(index.parse().unwrap_or(0)).or_insert(format!("wrong {kind}"));
        } else if line.starts_with("error") {
            line.clone_into(&mut message);
        } else if let Some((_, place)) =
            line.split_once("out/batch.rs:").filter(|_| !message.is_empty())
        {
            let number = place.split(':').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            if let Some(index) = owner(source, number) {
                // What a panic says stands two lines below.
                let more: String =
                    lines.clone().take(6).take_while(|l| l.starts_with(' ')).collect();
                let detail = if message.contains("panicked") { more } else { String::new() };
                failed.entry(index).or_insert(kind(&format!("{message} {detail}")));
            }
            message.clear();
        }
    }
    assert!(output.status.success() || !failed.is_empty(), "cargo fails:\n{text}");
    failed.into_iter().collect()
}

/// The program that line `number` belongs to. The table at the end only repeats what failed before.
fn owner(source: &str, number: usize) -> Option<usize> {
    let mut index = None;
    for line in source.lines().take(number) {
        if line.starts_with("const PROGRAMS") {
            return None;
        }
        if let Some(rest) = line.strip_prefix("mod program_") {
            index = rest.split(' ').next().and_then(|i| i.parse().ok());
        }
    }
    index
}

/// A message without the names and numbers that differ from program to program.
fn kind(message: &str) -> String {
    let words =
        message.split_whitespace().filter(|w| !matches!(*w, "|" | "=") && !w.starts_with('^'));
    let mut text = words.collect::<Vec<_>>().join(" ");
    text.retain(|c| !c.is_ascii_digit());
    let named = |c: char| c.is_alphanumeric() || c == '_';
    let mut parts: Vec<&str> = text.split('`').collect();
    for part in parts.iter_mut().skip(1).step_by(2) {
        if part.chars().all(named) {
            *part = "_";
        }
    }
    parts.join("`").chars().take(260).collect()
}

/// The shortest choices found whose program fails alike.
fn minimise(mut best: Vec<u32>, what: &str) -> Vec<u32> {
    let mut offset = 0;
    for _ in 0..ROUNDS {
        let size = length(&best);
        let mut candidates: Vec<Choices> = Vec::new();
        let all = variants(&best);
        for k in 0..all.len() {
            let recorded = &all[(k + offset) % all.len()];
            let mut choices = Choices::recorded(recorded.clone());
            if program(&mut choices).len() < size {
                candidates.push(Choices::recorded(choices.taken().to_vec()));
                let again = candidates.last_mut().map(program);
                debug_assert!(again.is_some());
            }
            if candidates.len() == CANDIDATES {
                offset += k;
                break;
            }
        }
        let early = !what.starts_with("wrong");
        let failed = failures(&candidates, early);
        let alike = failed.iter().filter(|(_, w)| *w == what).map(|(&i, _)| candidates[i].taken());
        match alike.min_by_key(|taken| length(taken)) {
            Some(taken) => best = taken.to_vec(),
            None if candidates.len() < CANDIDATES => break,
            None => {}
        }
    }
    best
}

fn length(taken: &[u32]) -> usize {
    program(&mut Choices::recorded(taken.to_vec())).len()
}

/// `taken` with choices left out or lowered, large changes first.
fn variants(taken: &[u32]) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    let mut chunk = taken.len() / 2;
    while chunk > 0 {
        for start in (0..taken.len()).step_by(chunk) {
            let end = (start + chunk).min(taken.len());
            all.push([&taken[..start], &taken[end..]].concat());
            let mut lowered = taken.to_vec();
            lowered[start..end].fill(0);
            all.push(lowered);
        }
        chunk /= 2;
    }
    all
}
