//! Elements that a loop overwrites one after the other are kept as one span before it.
//!
//! ```text
//! // Kept one by one:                        // Kept as a span:
//! for i in 0..n {                            let y_old = y[0..n].to_vec();
//!     record.push(y[i]);                     for i in 0..n {
//!     y[i] = x[i] * s;                           y[i] = x[i] * s;
//! }                                          }
//! // reverse:                                // reverse:
//! for (i, y_old) in .. record.rev() {        y[0..n] = y_old;
//!     y[i] = y_old;                          for i in (0..n).rev() {
//!     ..                                         ..
//! ```
//!
//! That is legal where the loop writes the variable nowhere else, and the reversed body reads of it only the
//! element of its own iteration: always before, or always after it was overwritten.

use super::touches::{self, Touch};
use super::{Adjoint, all_defined, checkpoint, plan};
use crate::ir::{Block, Expr, LoopKind, Place, Program, Proj, Role, Stmt, Ty, Var};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::HashSet;

/// Statements around the halves of a loop, which keep and put back what it overwrites.
#[derive(Default)]
pub struct Spans {
    pub keep: Vec<Stmt>,
    pub before_reverse: Vec<Stmt>,
    pub after_reverse: Vec<Stmt>,
}

/// An element that a loop overwrites.
struct Overwritten {
    /// Where it is kept, in the forward half, and put back, in the reverse half.
    save: usize,
    restore: usize,
    /// The elements that all iterations overwrite.
    span: Place,
    /// Whether the reversed body reads what the element was after it was overwritten.
    reads_new: bool,
}

impl Adjoint {
    /// Takes the keeping of elements out of both halves of a loop's body.
    pub(super) fn spans(
        &mut self,
        kind: &LoopKind,
        body: &mut Block,
        reverse: &mut Vec<Stmt>,
    ) -> Spans {
        let mut spans = Spans::default();
        if self.plain {
            return spans;
        }
        while let Some(found) = overwritten(&self.program, kind, body, reverse) {
            let element = body.stmts.remove(found.save);
            reverse.remove(found.restore);
            let Some((save, restore)) = self.save(&found.span) else { continue };
            if let (Stmt::Let { var: span, .. }, Stmt::Let { var: element, .. }) = (&save, element)
            {
                // The element is kept no more, and leaves its name.
                let name = self.program[element].name.clone();
                self.program[element].name = std::mem::replace(&mut self.program[*span].name, name);
            }
            spans.keep.push(save);
            let side =
                if found.reads_new { &mut spans.after_reverse } else { &mut spans.before_reverse };
            side.push(restore);
        }
        spans
    }
}

fn overwritten(
    program: &Program,
    kind: &LoopKind,
    body: &Block,
    reverse: &[Stmt],
) -> Option<Overwritten> {
    let LoopKind::Range { var, lo, hi, inclusive: false, step: None, .. } = kind else {
        return None;
    };
    if body.result.is_some() {
        return None;
    }
    let mut written = Vec::new();
    plan::written_roots(program, &body.stmts, &mut written);
    let mut inside = HashSet::from([*var]);
    all_defined(&body.stmts, &mut inside);
    // What the loop uses under a name from outside.
    let mut used = HashSet::new();
    let mut read = |e: &Expr| {
        e.for_each_read(&mut |var| {
            used.insert(var);
        })
    };
    checkpoint::each_read(&body.stmts, &mut read);
    [lo, hi].into_iter().for_each(&mut read);
    used.retain(|var| !inside.contains(var));
    let varies = |v: &Var| inside.contains(v) || written.contains(v);
    body.stmts.iter().enumerate().find_map(|(save, stmt)| {
        let Stmt::Let { var: kept, value: Expr::Place(place), .. } = stmt else { return None };
        let is_saved = matches!(program[*kept].role, Role::Saved);
        let place = program.resolve(place);
        let root = place.root;
        let once = written.iter().filter(|v| **v == root).count() == 1;
        if !is_saved || !once || inside.contains(&root) {
            return None;
        }
        let (last, container) = place.proj.split_last()?;
        let container = Place { root, proj: container.to_vec() };
        let ty = program.ty_of_place(&container);
        let named = named_outside(program, &container, &used);
        let (Proj::Index(index) | Proj::Element(index)) = last else { return None };
        if !ty.element().is_float() || container.proj.iter().any(|p| !is_fixed(program, p, root, &varies)) {
            return None;
        }
        let offset = offset(index, program, *var, &varies)?;
        let is_restore = |stmt: &Stmt| {
            matches!(stmt, Stmt::Assign { value: Expr::Place(p), .. } if p.is_var() && p.root == *kept)
        };
        let restore = reverse.iter().position(is_restore)?;
        let reads_new = reads(program, &reverse[..restore], &place)?;
        let reads_old = reads(program, &reverse[restore + 1..], &place)?;
        if reads_new && reads_old {
            return None;
        }
        let span = match ty.deref() {
            // All of a small value is as cheap as a part.
            Ty::Array(_) => named,
            _ => {
                let range = range(program, root, (lo, hi), offset);
                named.then(Proj::Index(range))
            }
        };
        Some(Overwritten { save, restore, span, reads_new })
    })
}

/// The place by the name through which it is borrowed around the loop, if the loop uses one.
fn named_outside(program: &Program, place: &Place, used: &HashSet<Var>) -> Place {
    let printed = |proj: &[Proj]| format!("{proj:?}");
    let names = program.vars.iter().enumerate().filter_map(|(i, info)| {
        let var = Var(i);
        let is_name = matches!(info.role, Role::Alias { by_ref: true, .. });
        if !is_name || !used.contains(&var) || program.base(&Place::var(var)) != place.root {
            return None;
        }
        let whole = program.resolve(&Place::var(var));
        let is_part = whole.root == place.root
            && place.proj.len() >= whole.proj.len()
            && printed(&place.proj[..whole.proj.len()]) == printed(&whole.proj);
        is_part.then_some((whole.proj.len(), var))
    });
    match names.max() {
        Some((taken, name)) => {
            let mut named = Place::var(name).then(Proj::Deref);
            named.proj.extend(place.proj[taken..].iter().cloned());
            named
        }
        None => place.clone(),
    }
}

/// Whether a projection is the same in all iterations, and can be borrowed to be changed: it does not ask the
/// storage itself where it is.
fn is_fixed(program: &Program, proj: &Proj, root: Var, varies: &dyn Fn(&Var) -> bool) -> bool {
    match proj {
        Proj::Index(e) => !reads_any(program, e, &|var| *var == root || varies(var)),
        Proj::Field(_) | Proj::Deref => true,
        Proj::Element(_) | Proj::Part { .. } | Proj::Variant(..) | Proj::View { .. } => false,
    }
}

fn reads_any(program: &Program, e: &Expr, varies: &dyn Fn(&Var) -> bool) -> bool {
    let mut found = HashSet::new();
    plan::read(program, e, &mut found);
    found.iter().any(varies)
}

/// What an index adds to the variable of the loop: nothing, or what is the same in all iterations.
fn offset(
    index: &Expr,
    program: &Program,
    var: Var,
    varies: &dyn Fn(&Var) -> bool,
) -> Option<Option<TokenStream>> {
    let name = &program[var].name;
    match index {
        Expr::Place(place) => (place.is_var() && place.root == var).then_some(None),
        Expr::Verbatim { tokens, reads, .. } => {
            let is_var = |e: &syn::Expr| matches!(e, syn::Expr::Path(p) if p.path.is_ident(name));
            let parsed: syn::Expr = syn::parse2(tokens.clone()).ok()?;
            if is_var(&parsed) {
                return Some(None);
            }
            let syn::Expr::Binary(syn::ExprBinary { left, op: syn::BinOp::Add(_), right, .. }) =
                parsed
            else {
                return None;
            };
            let rest = match (is_var(&left), is_var(&right)) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            let rest = quote!(#rest);
            let fixed = reads.iter().all(|v| *v == var || !varies(v));
            let repeatable = crate::lower::is_repeatable(&rest);
            (fixed && repeatable && !mentions(&rest, name)).then_some(Some(rest))
        }
        _ => None,
    }
}

fn mentions(tokens: &TokenStream, name: &Ident) -> bool {
    crate::emit::mentions(tokens, &name.to_string())
}

/// The indices of all iterations, or all there are of `root`.
fn range(
    program: &Program,
    root: Var,
    (lo, hi): (&Expr, &Expr),
    offset: Option<TokenStream>,
) -> Expr {
    let printed = |e: &Expr| match e {
        Expr::Place(place) => crate::emit::place_tokens(program, place),
        e => crate::emit::expr_tokens(program, e),
    };
    let (from, to) = (printed(lo), printed(hi));
    let mut reads = HashSet::new();
    lo.for_each_read(&mut |v| {
        reads.insert(v);
    });
    hi.for_each_read(&mut |v| {
        reads.insert(v);
    });
    if let Some(offset) = &offset {
        let named = program.vars.iter().enumerate().filter(|(_, v)| mentions(offset, &v.name));
        reads.extend(named.map(|(i, _)| Var(i)));
    }
    let of_itself = reads.iter().any(|var| program.base(&Place::var(*var)) == root);
    let from_start =
        syn::parse2::<syn::LitInt>(from.clone()).is_ok_and(|n| n.base10_digits() == "0");
    let tokens = match offset {
        // What is borrowed to be changed cannot be asked how long it is.
        _ if of_itself => quote!(..),
        None if from_start => quote!(#from..#to),
        None => quote!(::ad_runtime::rt::span(#from, #to, 0)),
        Some(offset) => {
            quote!(::ad_runtime::rt::span(#from, #to, #offset))
        }
    };
    let mut reads: Vec<Var> = reads.into_iter().filter(|_| !of_itself).collect();
    reads.sort();
    Expr::Verbatim { tokens, reads, ty: Ty::Unknown }
}

/// Whether statements read the storage of `place`. `None` where they read other elements than the place itself.
fn reads(program: &Program, stmts: &[Stmt], place: &Place) -> Option<bool> {
    let (mut own, mut others) = (false, false);
    touches::each(stmts, &mut |touch| match touch {
        Touch::Read(read) if program.base(read) == place.root => {
            let same = format!("{:?}", program.resolve(read).proj) == format!("{:?}", place.proj);
            own |= same;
            others |= !same;
        }
        Touch::Write(written) if program.base(written) == place.root => others = true,
        Touch::Tokens(var, tokens) if program.base(&Place::var(var)) == place.root => {
            let name = program[place.root].name.to_string();
            others |= var != place.root || !touches::only_counts(tokens, &name);
        }
        _ => {}
    });
    (!others).then_some(own)
}
