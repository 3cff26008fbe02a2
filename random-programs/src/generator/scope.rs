//! The variables in scope, and which of them are borrowed.

/// The type of a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `f64`
    Float,
    /// `&f64` or `&mut f64`
    Reference,
    /// `&[f64]`, never empty
    Slice,
    /// `[f64; 3]`
    Array,
    /// `Vec<f64>`, never empty
    Vector,
    /// `Pair`
    Pair,
    /// `usize`
    Count,
    /// `impl Fn(f64) -> f64`
    Closure,
}

/// A variable in scope.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub kind: Kind,
    /// Declared `mut` and not borrowed.
    pub mutable: bool,
    /// Borrowed by `&mut`: not to be named at all.
    pub hidden: bool,
}

/// The variables in scope, the latest last.
#[derive(Clone, Debug, Default)]
pub struct Scope(Vec<Variable>);

impl Scope {
    pub fn add(&mut self, name: &str, kind: Kind, mutable: bool) {
        self.0.push(Variable { name: name.to_owned(), kind, mutable, hidden: false });
    }

    pub fn of(&self, kind: Kind) -> Vec<String> {
        self.0
            .iter()
            .rev()
            .filter(|v| v.kind == kind && !v.hidden)
            .map(|v| v.name.clone())
            .collect()
    }

    pub fn mutable(&self, kind: Kind) -> Vec<String> {
        let fits = |v: &&Variable| v.kind == kind && v.mutable && !v.hidden;
        self.0.iter().rev().filter(fits).map(|v| v.name.clone()).collect()
    }

    /// From here on `name` is borrowed: by `&`, or by `&mut`, which hides it.
    pub fn borrow(&mut self, name: &str, exclusively: bool) {
        for v in self.0.iter_mut().filter(|v| v.name == name) {
            v.mutable = false;
            v.hidden |= exclusively;
        }
    }

    /// From here on nothing that is in scope changes.
    pub fn freeze(&mut self) {
        for v in &mut self.0 {
            v.mutable = false;
        }
    }
}
