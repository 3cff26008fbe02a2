//! Loops that keep snapshots of their state.

use super::Emitter;
use crate::adjoint::{all_defined, every_read};
use crate::ir::{Block, Checkpoint, Id, LoopKind, Stmt};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashSet;

impl Emitter<'_> {
    /// The forward half: the loop as it is, with a visit at the start of each step.
    pub(super) fn checkpointed(
        &self,
        id: Id,
        checkpoint: &Checkpoint,
        kind: &LoopKind,
        body: &Block,
    ) -> TokenStream {
        let plain = self.primal(self.kept.clone(), self.inside.clone(), false);
        let Some(id) = self.recording(id) else {
            return plain.looping(id, kind, body);
        };
        let (name, limit) = (self.record_name(id), self.expr(&checkpoint.limit));
        let known = matches!(kind, LoopKind::Range { .. }) && body.result.is_none();
        let made = if known {
            let range = self.range(kind, false);
            quote!(known(#limit, ::core::iter::Iterator::size_hint(&(#range)).0))
        } else {
            quote!(online(#limit))
        };
        let visit = self.visit(&name, checkpoint);
        let inner = plain.looping(id, kind, body);
        let inner = at_start_of_body(inner, visit);
        quote!(let mut #name = ::ad_runtime::rt::Checkpoints::#made; #inner)
    }

    /// Takes a snapshot, if one is due.
    fn visit(&self, name: &Ident, checkpoint: &Checkpoint) -> TokenStream {
        let values = checkpoint.saved.iter().map(|(_, value)| self.expr(value));
        quote!(#name.visit(|| (#(#values,)*));)
    }

    /// The reverse half.
    pub(super) fn reverse_checkpointed(&self, stmt: &Stmt) -> TokenStream {
        let Stmt::ReverseCheckpointed { id, kind, restore, advance, forward, body } = stmt else {
            unreachable!("the caller matched it")
        };
        let checkpoint = &self.program.checkpoints[id];
        let (record, name) = (self.record_name(*id), format_ident!("__checkpoints_{}", id.0));
        let mut inside = HashSet::new();
        all_defined(forward, &mut inside);
        let again = self.primal(HashSet::new(), Some(inside.clone()), false);
        let mut kept = HashSet::new();
        every_read(self.program, body, &mut kept);
        let step = self.primal(kept, Some(inside), true);
        let saved: Vec<_> = checkpoint.saved.iter().map(|(var, _)| self.name(*var)).collect();
        let restore = self.stmts(restore);
        let visit = again.visit(&name, checkpoint);
        let (advance, forward, body) =
            (again.stmts(advance), step.stmts(forward), self.stmts(body));
        let (heads, step) = match kind {
            LoopKind::Range { var, .. } => {
                let (var, range) = (self.name(*var), self.range(kind, false));
                let part = |from: TokenStream, count: TokenStream| quote!(for #var in ::core::iter::Iterator::take(::core::iter::Iterator::skip(#range, #from), #count));
                let one = part(quote!(__back.from + __back.advance), quote!(1));
                (part(quote!(__back.from), quote!(__back.advance)), quote!(#one { #forward #body }))
            }
            _ => (quote!(for _ in 0..__back.advance), quote!({ #forward #body })),
        };
        quote! {
            let mut #name = #record;
            while let ::core::option::Option::Some(__back) = #name.back() {
                let (#(#saved,)*) = __back.state;
                #restore
                #heads { #visit #advance }
                #step
            }
            if let ::core::option::Option::Some((#(#saved,)*)) = #name.start() { #restore }
        }
    }
}

/// Puts tokens at the start of the body of a printed loop, which is its last group.
fn at_start_of_body(printed: TokenStream, first: TokenStream) -> TokenStream {
    let mut trees: Vec<_> = printed.into_iter().collect();
    if let Some(proc_macro2::TokenTree::Group(body)) = trees.pop() {
        let inner = body.stream();
        trees.push(proc_macro2::Group::new(body.delimiter(), quote!(#first #inner)).into());
    }
    trees.into_iter().collect()
}
