//! Random well-typed programs, drawn from a sequence of choices.
//!
//! The same choices give the same program; choice 0 is the simplest everywhere. So a failing
//! program is made smaller by leaving out and lowering choices, and stays well-typed.

mod expressions;
mod scope;
mod statements;

use scope::{Kind, Scope};

/// A sequence of choices: recorded ones first, then random ones, or zeros where there is no seed.
#[derive(Clone, Debug)]
pub struct Choices {
    taken: Vec<u32>,
    next: usize,
    state: Option<u64>,
}

impl Choices {
    /// Choices that depend on the seed alone.
    pub fn random(seed: u64) -> Self {
        let state = Some(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        Choices { taken: Vec::new(), next: 0, state }
    }

    /// Recorded choices, then zeros.
    #[allow(dead_code, reason = "the build script draws random programs alone")]
    pub fn recorded(taken: Vec<u32>) -> Self {
        Choices { taken, next: 0, state: None }
    }

    /// What was chosen so far.
    #[allow(dead_code, reason = "the build script draws random programs alone")]
    pub fn taken(&self) -> &[u32] {
        &self.taken[..self.next.min(self.taken.len())]
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u32) -> u32 {
        if self.next == self.taken.len() {
            let fresh = match &mut self.state {
                Some(state) => {
                    // SplitMix64.
                    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let mut z = *state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    (z >> 33) as u32
                }
                None => 0,
            };
            self.taken.push(fresh % n);
        }
        let choice = self.taken[self.next];
        self.next += 1;
        choice % n
    }

    /// True with probability `percent` / 100; false is the simpler choice.
    pub fn chance(&mut self, percent: u32) -> bool {
        self.below(100) + percent >= 100
    }
}

/// What a program is written with: the choices, the variables in scope, and how much may still be written.
struct Writer<'c> {
    choices: &'c mut Choices,
    scope: Scope,
    /// Statements and operations that may still be written.
    budget: i32,
    indent: usize,
    names: usize,
    /// Loops around the current statement.
    loops: usize,
}

impl Writer<'_> {
    fn fresh(&mut self, base: &str) -> String {
        self.names += 1;
        format!("{base}{}", self.names)
    }

    fn line(&self, text: &str) -> String {
        format!("{}{text}\n", "    ".repeat(self.indent))
    }

    fn below(&mut self, n: u32) -> u32 {
        self.choices.below(n)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.choices.chance(percent)
    }
}

/// One function `f`, with the signature that the checker knows.
pub fn program(choices: &mut Choices) -> String {
    let budget = 12 + choices.below(60) as i32;
    let mut writer =
        Writer { choices, scope: Scope::default(), budget, indent: 1, names: 0, loops: 0 };
    writer.scope.add("x", Kind::Float, true);
    writer.scope.add("v", Kind::Slice, false);
    writer.scope.add("a", Kind::Array, true);
    writer.scope.add("s", Kind::Pair, true);
    writer.scope.add("n", Kind::Count, false);
    let body = writer.statements(7);
    let result = writer.expression(2);
    format!(
        "#[differentiate]\npub fn f(mut x: f64, v: &[f64], mut a: [f64; 3], mut s: Pair, n: usize) -> f64 {{\n{body}    {}\n}}\n",
        result.text
    )
}

/// A test program of many functions, each in a module of its own, and the table of them.
pub fn batch(programs: &[String]) -> String {
    let mut text = String::new();
    for (i, program) in programs.iter().enumerate() {
        text += &format!("mod program_{i} {{\nuse super::*;\n{program}}}\n");
    }
    text += "const PROGRAMS: &[Program] = &[\n";
    for i in 0..programs.len() {
        text += &format!("    program!(program_{i}),\n");
    }
    text + "];\n"
}
