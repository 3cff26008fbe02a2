//! The places that statements touch, those of both sweeps: what is read, and what is written.

use crate::ir::{Block, Expr, LoopKind, Place, Proj, Stmt, Var};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// How statements touch storage.
pub enum Touch<'a> {
    /// The value of a place is read, or may be.
    Read(&'a Place),
    /// A place is overwritten, or changed.
    Write(&'a Place),
    /// A variable is read by tokens of the user's.
    Tokens(Var, &'a TokenStream),
}

type Visit<'a, 'f> = dyn FnMut(Touch<'a>) + 'f;

/// Calls `f` with every touch of `stmts`, nested blocks included. Flags of parameters read nothing.
pub fn each<'a>(stmts: &'a [Stmt], f: &mut Visit<'a, '_>) {
    stmts.iter().for_each(|stmt| touched_by(stmt, f));
}

fn block<'a>(block: &'a Block, f: &mut Visit<'a, '_>) {
    each(&block.stmts, f);
    block.result.iter().for_each(|e| expr(e, f));
}

fn touched_by<'a>(stmt: &'a Stmt, f: &mut Visit<'a, '_>) {
    match stmt {
        Stmt::Let { value, .. } | Stmt::Destructure { value, .. } | Stmt::Do(value) => {
            expr(value, f)
        }
        Stmt::Assign { place, value } => {
            expr(value, f);
            projections(place, f);
            f(Touch::Write(place));
        }
        Stmt::Update { place, value, .. } => {
            expr(value, f);
            read(place, f);
            f(Touch::Write(place));
        }
        Stmt::Mutate { place, args, .. } => {
            args.iter().for_each(|e| expr(e, f));
            read(place, f);
        }
        Stmt::If { cond, then, els, .. } => {
            expr(cond, f);
            block(then, f);
            block(els, f);
        }
        Stmt::Match { scrutinee, arms, .. } => {
            expr(scrutinee, f);
            for arm in arms {
                arm.guard.iter().for_each(|e| expr(e, f));
                block(&arm.body, f);
            }
        }
        Stmt::Loop { kind, body, .. } => {
            head(kind, f);
            block(body, f);
        }
        Stmt::Effect { tokens, reads, writes } => {
            reads.iter().chain(writes).for_each(|var| f(Touch::Tokens(*var, tokens)));
        }
        Stmt::WhenActive { body, .. } => each(body, f),
        Stmt::ReverseIf { cond, then, els, .. } => {
            expr(cond, f);
            each(then, f);
            each(els, f);
        }
        Stmt::ReverseMatch { scrutinee, arms, .. } => {
            expr(scrutinee, f);
            arms.iter().for_each(|arm| each(&arm.body, f));
        }
        Stmt::ReverseLoop { kind, body, .. } => {
            head(kind, f);
            each(body, f);
        }
        Stmt::Fused { kind, seeds, forward, reverse, .. } => {
            head(kind, f);
            [seeds, forward, reverse].into_iter().for_each(|part| each(part, f));
        }
        Stmt::FusedIf { cond, seeds, then, els, .. } => {
            expr(cond, f);
            each(seeds, f);
            for arm in [then, els] {
                each(&arm.forward, f);
                arm.result.iter().for_each(|e| expr(e, f));
                each(&arm.reverse, f);
            }
        }
        Stmt::FusedCall { seeds, adjoint, .. } => {
            each(seeds, f);
            expr(adjoint, f);
        }
        Stmt::ReverseCheckpointed { kind, restore, advance, forward, body, .. } => {
            head(kind, f);
            [restore, advance, forward, body].into_iter().for_each(|part| each(part, f));
        }
    }
}

fn head<'a>(kind: &'a LoopKind, f: &mut Visit<'a, '_>) {
    match kind {
        LoopKind::Range { lo, hi, step, .. } => {
            [lo, hi].into_iter().chain(step).for_each(|e| expr(e, f))
        }
        LoopKind::Items { iter, .. } => expr(iter, f),
        LoopKind::While { cond } => expr(cond, f),
        LoopKind::Forever => {}
    }
}

/// Calls `f` with what an expression touches.
pub fn expr<'a>(e: &'a Expr, f: &mut Visit<'a, '_>) {
    match e {
        Expr::Place(place) => read(place, f),
        // What is borrowed to be changed may be read as well.
        Expr::Ref { mutable: true, expr: inner } => {
            expr(inner, f);
            inner.as_place().into_iter().for_each(|place| f(Touch::Write(place)));
        }
        Expr::Verbatim { tokens, reads, .. } => {
            reads.iter().for_each(|var| f(Touch::Tokens(*var, tokens)))
        }
        Expr::Repeat { value, count, reads, .. } => {
            expr(value, f);
            reads.iter().for_each(|var| f(Touch::Tokens(*var, count)));
        }
        // The first argument names the flag of a parameter.
        Expr::Runtime { function: "read_active" | "part_where" | "part_mut" | "when", args } => {
            args[1..].iter().for_each(|arg| expr(arg, f));
        }
        e => e.children().into_iter().for_each(|child| expr(child, f)),
    }
}

fn read<'a>(place: &'a Place, f: &mut Visit<'a, '_>) {
    projections(place, f);
    f(Touch::Read(place));
}

fn projections<'a>(place: &'a Place, f: &mut Visit<'a, '_>) {
    for proj in &place.proj {
        match proj {
            Proj::Index(e) | Proj::Element(e) => expr(e, f),
            Proj::Part { value, index } => {
                read(value, f);
                expr(index, f);
            }
            Proj::View { args, .. } => args.iter().for_each(|e| expr(e, f)),
            Proj::Field(_) | Proj::Deref | Proj::Variant(..) => {}
        }
    }
}

/// Whether tokens ask of `name` for nothing but how many elements it has: `x.len()`, `x[1..].len()`.
pub fn only_counts(tokens: &TokenStream, name: &str) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let ident =
        |at: usize, text: &str| matches!(trees.get(at), Some(TokenTree::Ident(i)) if i == text);
    let dot = |at: usize| matches!(trees.get(at), Some(TokenTree::Punct(p)) if p.as_char() == '.');
    let part = |at: usize| matches!(trees.get(at), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Bracket);
    let range = |at: usize| match trees.get(at) {
        Some(TokenTree::Group(g)) => crate::ir::is_range(&g.stream()),
        _ => false,
    };
    (0..trees.len()).all(|at| match &trees[at] {
        TokenTree::Group(group) => only_counts(&group.stream(), name),
        TokenTree::Ident(i) if i == name => {
            // The second dot of a range is not that of a field.
            let is_field = at > 0 && dot(at - 1) && !(at > 1 && dot(at - 2));
            let end = if part(at + 1) && range(at + 1) { at + 2 } else { at + 1 };
            is_field || dot(end) && (ident(end + 1, "len") || ident(end + 1, "is_empty"))
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::only_counts;
    use quote::quote;

    #[test]
    fn lengths_are_told_from_elements() {
        assert!(only_counts(&quote!(0..x.len()), "x"));
        assert!(only_counts(&quote!(x[1..].len() - y[0]), "x"));
        assert!(only_counts(&quote!(s.x[0] + x.len()), "x"));
        assert!(!only_counts(&quote!(0..x[1]), "x"));
        assert!(!only_counts(&quote!(..=x), "x"));
        assert!(!only_counts(&quote!(x[0].len()), "x"));
        assert!(!only_counts(&quote!(x[x[0]..].len()), "x"));
        assert!(!only_counts(&quote!(x.iter().len()), "x"));
    }
}
