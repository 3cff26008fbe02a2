//! From the intermediate representation to Rust.

mod checkpoint;
mod closure;
mod expr;
pub mod moves;
mod slices;
mod stmt;
pub mod sweeps;

use crate::ir::{Id, Place, Program, Proj, Stmt, Ty, Var};
use proc_macro2::{Ident, TokenStream};
use quote::format_ident;
use std::collections::HashSet;

/// Prints statements. The forward sweep names aliases as the user did; the reverse sweep, which may
/// stand outside of their scope, names the places they stand for.
pub struct Emitter<'a> {
    pub program: &'a Program,
    pub reverse: bool,
    /// Variables whose value is read again later, so that a use by value must leave them intact.
    pub kept: HashSet<Var>,
    /// Variables that the printed statements change.
    changed: HashSet<Var>,
    /// Whether tangents are printed beside values.
    pub tangent: bool,
    /// Whether nesting statements leave records.
    records: bool,
    /// In a part of a forward sweep that stands in the reverse sweep: the variables that it defines. Aliases
    /// of outside are named by what they stand for.
    inside: Option<HashSet<Var>>,
    /// Whether the tangents are in several directions.
    pub lanes: bool,
    /// The variables that hold such tangents, where the program has others of one direction: cotangents.
    pub wide: Option<HashSet<Var>>,
}

impl<'a> Emitter<'a> {
    pub fn forward(program: &'a Program, kept: HashSet<Var>) -> Self {
        Emitter {
            program,
            reverse: false,
            kept,
            changed: HashSet::new(),
            tangent: false,
            records: true,
            inside: None,
            lanes: false,
            wide: None,
        }
    }

    /// Prints the body of a checkpointed loop. `kept` is read later.
    fn primal(&self, kept: HashSet<Var>, inside: Option<HashSet<Var>>, records: bool) -> Self {
        Emitter {
            records,
            inside,
            lanes: self.lanes,
            wide: self.wide.clone(),
            ..Emitter::forward(self.program, kept)
        }
    }

    /// Whether a variable is another name for a place, and the place stands for it here: the name is out of scope,
    /// or it would keep the value borrowed that finds its tangent.
    fn is_outer_alias(&self, var: Var) -> bool {
        let crate::ir::Role::Alias { place, .. } = &self.program[var].role else { return false };
        let outer = self.inside.as_ref().is_some_and(|inside| !inside.contains(&var));
        outer
            || matches!(self.program[var].ty, crate::ir::Ty::RefMut(_))
                && self.program.is_part(place)
    }

    pub fn reverse(program: &'a Program, stmts: &[Stmt]) -> Self {
        let mut emitter = Emitter {
            program,
            reverse: true,
            kept: HashSet::new(),
            changed: HashSet::new(),
            tangent: false,
            records: true,
            inside: None,
            lanes: false,
            wide: None,
        };
        emitter.find_changed(stmts);
        emitter
    }

    /// Prints the reverse half of what this prints the forward half of.
    fn reversed(&self) -> Self {
        let (changed, wide) = (self.changed.clone(), self.wide.clone());
        Emitter { changed, lanes: self.lanes, wide, ..Emitter::reverse(self.program, &[]) }
    }

    fn name(&self, var: Var) -> &Ident {
        &self.program[var].name
    }

    fn record_name(&self, id: Id) -> Ident {
        format_ident!("__record_{}", id.0)
    }
}

/// A place as the forward sweep names it.
///
/// It is read alone, so a view through which it is changed is the shared one.
pub fn place_tokens(program: &Program, place: &Place) -> TokenStream {
    let mut place = place.clone();
    for proj in &mut place.proj {
        if let Proj::View { method, .. } = proj
            && let Some(shared) = method.to_string().strip_suffix("_mut")
        {
            *method = format_ident!("{}", shared);
        }
    }
    Emitter::forward(program, HashSet::new()).place(&place, false)
}

/// An expression as the forward sweep prints it.
pub fn expr_tokens(program: &Program, e: &crate::ir::Expr) -> TokenStream {
    Emitter::forward(program, HashSet::new()).expr(e)
}

/// The name of the flag that tells whether a parameter is active in this call.
pub fn active_flag(param: &Ident) -> Ident {
    format_ident!("{}_active", param)
}

/// Whether values of the type are used by value without being moved.
fn copies(ty: &Ty) -> bool {
    ty.is_copy() || *ty == Ty::Discrete
}

/// Whether an identifier occurs in the tokens.
pub fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Ident(i) => i == name,
        proc_macro2::TokenTree::Group(g) => mentions(&g.stream(), name),
        _ => false,
    })
}
