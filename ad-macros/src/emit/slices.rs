//! Slices of the length of a loop: `let y_bar = &mut y_bar[..n];` before `for i in 0..n`.
//!
//! What a loop walks element by element is borrowed as a slice that is known to be as long as the loop, as a
//! careful programmer writes it: then the elements need no bounds checks, and the loop can become one of vectors.

use super::{Emitter, active_flag, mentions};
use crate::adjoint::is_borrowed_param;
use crate::adjoint::touches::{self, Touch};
use crate::ir::{Expr, LoopKind, Place, Proj, Role, Stmt, Ty, Var};
use proc_macro2::TokenStream;
use quote::quote;
use std::collections::BTreeMap;

/// How a loop uses a variable whose elements it walks.
#[derive(Default)]
struct Walked {
    /// Whether each iteration touches its own element.
    always: bool,
    written: bool,
    /// Whether it is used in another way as well.
    otherwise: bool,
}

impl Emitter<'_> {
    /// `tokens`, a loop of `kind` over `parts`, with the slices before it.
    pub(super) fn with_slices(
        &self,
        kind: &LoopKind,
        parts: &[&[Stmt]],
        tokens: TokenStream,
    ) -> TokenStream {
        let slices = self.slices(kind, parts);
        if slices.is_empty() { tokens } else { quote!({ #slices #tokens }) }
    }

    fn slices(&self, kind: &LoopKind, parts: &[&[Stmt]]) -> TokenStream {
        let LoopKind::Range { var, lo, hi, inclusive: false, step: None, .. } = kind else {
            return TokenStream::new();
        };
        if self.tangent || !self.records || self.inside.is_some() {
            return TokenStream::new();
        }
        let mut walked: BTreeMap<Var, Walked> = BTreeMap::new();
        for stmt in parts.iter().copied().flatten() {
            let always = is_plain(stmt);
            touches::each(std::slice::from_ref(stmt), &mut |touch| {
                self.note(*var, always, touch, &mut walked);
            });
        }
        let (from, to) = (self.expr(lo), self.expr(hi));
        let starts =
            syn::parse2::<syn::LitInt>(from.clone()).is_ok_and(|n| n.base10_digits() == "0");
        let end = if starts { to } else { quote!(::ad_runtime::rt::span(#from, #to, 0).end) };
        let fits = |(var, walked): &(&Var, &Walked)| {
            let name = self.name(**var).to_string();
            walked.always && !walked.otherwise && !mentions(&end, &name)
        };
        walked
            .iter()
            .filter(fits)
            .map(|(var, walked)| self.slice(*var, walked.written, &end))
            .collect()
    }

    fn slice(&self, var: Var, written: bool, end: &TokenStream) -> TokenStream {
        let name = self.name(var);
        let of = match self.program[var].role {
            Role::Bar(of) if is_borrowed_param(self.program, of) => Some(of),
            _ => None,
        };
        match of {
            // The cotangent of a parameter that is not active has no elements.
            Some(of) => {
                let flag = active_flag(self.name(of));
                quote!(let #name = ::ad_runtime::rt::start_mut(#flag, &mut #name[..], #end);)
            }
            None if written => quote!(let #name = &mut #name[..#end];),
            None => quote!(let #name = &#name[..#end];),
        }
    }

    fn note(&self, index: Var, always: bool, touch: Touch<'_>, walked: &mut BTreeMap<Var, Walked>) {
        let (place, written) = match touch {
            Touch::Read(place) => (place, false),
            Touch::Write(place) => (place, true),
            Touch::Tokens(var, tokens) => {
                if let Some(var) = self.sliceable(&Place::var(var)) {
                    let name = self.name(var).to_string();
                    walked.entry(var).or_default().otherwise |= mentions(tokens, &name);
                }
                return;
            }
        };
        let resolved = self.program.resolve(place);
        let Some(var) = self.sliceable(&resolved) else { return };
        let entry = walked.entry(var).or_default();
        let named_otherwise =
            !self.reverse && self.is_name(place.root) && !self.defines_in_loop(place.root, index);
        let element = match &resolved.proj[..] {
            [Proj::Index(i) | Proj::Element(i)] => self.offset_of(index, i),
            [Proj::Deref, Proj::Index(i) | Proj::Element(i)] => self.offset_of(index, i),
            _ => None,
        };
        match element {
            Some(exact) if !named_otherwise => {
                entry.always |= exact && always;
                entry.written |= written;
            }
            _ => entry.otherwise = true,
        }
    }

    /// The variable of a place, if its elements are numbers in a slice or a `Vec`.
    fn sliceable(&self, place: &Place) -> Option<Var> {
        let info = &self.program[place.root];
        let elements = match info.ty.deref() {
            Ty::Vec(t) | Ty::Slice(t) => matches!(**t, Ty::Float(_)),
            _ => false,
        };
        let plain = matches!(info.role, Role::Param | Role::Local | Role::Temp | Role::Bar(_));
        (elements && plain).then_some(place.root)
    }

    fn is_name(&self, var: Var) -> bool {
        matches!(self.program[var].role, Role::Alias { .. } | Role::Binding { .. })
    }

    /// Whether a name is made anew in each iteration: it stands for an element of it.
    fn defines_in_loop(&self, name: Var, index: Var) -> bool {
        let place = self.program.resolve(&Place::var(name));
        let mut found = false;
        place.for_each_read(&mut |var| found |= var == index);
        found
    }

    /// Whether an index is the variable of the loop, or that less a number. `None` for any other.
    fn offset_of(&self, var: Var, index: &Expr) -> Option<bool> {
        let tokens = match index {
            Expr::Place(place) => return (place.is_var() && place.root == var).then_some(true),
            Expr::Verbatim { tokens, .. } => tokens,
            _ => return None,
        };
        let is_var =
            |e: &syn::Expr| matches!(e, syn::Expr::Path(p) if p.path.is_ident(self.name(var)));
        match syn::parse2::<syn::Expr>(tokens.clone()).ok()? {
            e if is_var(&e) => Some(true),
            syn::Expr::Binary(syn::ExprBinary { left, op: syn::BinOp::Sub(_), right, .. })
                if is_var(&left) && matches!(*right, syn::Expr::Lit(_)) =>
            {
                Some(false)
            }
            _ => None,
        }
    }
}

/// Whether all of a statement runs in each iteration, or where a parameter is active.
fn is_plain(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Let { .. } | Stmt::Assign { .. } | Stmt::Update { .. } | Stmt::Do(_) => true,
        Stmt::WhenActive { body, .. } => body.iter().all(is_plain),
        _ => false,
    }
}
