//! A mutable reference that is chosen at run time: what is done with it moves into the branches.
//!
//! ```text
//! // Input:                                       // Output:
//! let r = if c { &mut a } else { &mut b };        if c { let r = &mut a; *r *= y; }
//! *r *= y;                                        else { let r = &mut b; *r *= y; }
//! ```
//!
//! In each branch the reference is then another name for one place. So it is with a tuple of references.

use super::occurs;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Pat, Stmt, parse_quote};

/// More branches than these would copy too much code.
const BRANCHES: usize = 6;

/// Moves the uses of chosen references into the branches that choose them.
pub fn rewrite(block: &mut Block) {
    Choices.visit_block_mut(block);
}

struct Choices;

impl VisitMut for Choices {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        // The last choice first, so that what moves is rewritten already.
        for i in (0..block.stmts.len()).rev() {
            if is_choice(&block.stmts[i]) {
                distribute(block, i);
            }
        }
        visit_mut::visit_block_mut(self, block);
    }
}

fn is_choice(stmt: &Stmt) -> bool {
    let Stmt::Local(local) = stmt else { return false };
    let Some(init) = &local.init else { return false };
    let named = match &local.pat {
        Pat::Ident(p) => p.by_ref.is_none(),
        Pat::Type(p) => matches!(&*p.pat, Pat::Ident(_) | Pat::Tuple(_)),
        Pat::Tuple(_) => true,
        _ => false,
    };
    let branches = matches!(&*init.expr, Expr::If(_) | Expr::Match(_));
    named
        && branches
        && init.diverge.is_none()
        && leaves(&init.expr).is_some_and(|n| (2..=BRANCHES).contains(&n))
}

/// The number of branches, if each ends in a mutable borrow, or in a tuple with one.
fn leaves(e: &Expr) -> Option<usize> {
    match e {
        Expr::Reference(r) => r.mutability.map(|_| 1),
        Expr::Tuple(t) => t.elems.iter().find_map(|e| match e {
            Expr::Reference(_) => leaves(e),
            _ => None,
        }),
        Expr::Paren(e) => leaves(&e.expr),
        Expr::Block(b) if b.label.is_none() => leaves_of(&b.block),
        Expr::If(e) => {
            let (_, els) = e.else_branch.as_ref()?;
            Some(leaves_of(&e.then_branch)? + leaves(els)?)
        }
        Expr::Match(m) => m.arms.iter().map(|arm| leaves(&arm.body)).sum(),
        _ => None,
    }
}

fn leaves_of(block: &Block) -> Option<usize> {
    match block.stmts.last() {
        Some(Stmt::Expr(e, None)) => leaves(e),
        _ => None,
    }
}

fn distribute(block: &mut Block, at: usize) {
    let Stmt::Local(local) = &block.stmts[at] else { return };
    let names = crate::facts::pattern_names(&local.pat);
    let (pat, init) = (local.pat.clone(), local.init.clone());
    let Some(mut choice) = init.map(|init| *init.expr) else { return };
    let rest = &block.stmts[at + 1..];
    let uses = |stmt: &Stmt| names.iter().any(|name| occurs(stmt, name));
    let used = rest.iter().rposition(uses).map_or(0, |last| last + 1);
    let (inside, after) = rest.split_at(used);
    // What is bound there and used later does not leave the branches, so all that follows moves.
    let escapes =
        inside.iter().flat_map(bound).any(|bound| after.iter().any(|s| occurs(s, &bound)));
    let used = if escapes { rest.len() } else { used };
    let inside: Vec<Stmt> = rest[..used].to_vec();
    let is_tail = used == rest.len() && matches!(inside.last(), Some(Stmt::Expr(_, None)));
    fill(&mut choice, &pat, &inside);
    let mut stmts = block.stmts[..at].to_vec();
    let after = block.stmts[at + 1 + used..].to_vec();
    stmts.push(Stmt::Expr(choice, (!is_tail).then(Default::default)));
    stmts.extend(after);
    block.stmts = stmts;
}

/// The names that a statement binds, and the items that it declares.
fn bound(stmt: &Stmt) -> Vec<proc_macro2::Ident> {
    match stmt {
        Stmt::Local(local) => crate::facts::pattern_names(&local.pat),
        Stmt::Item(syn::Item::Fn(f)) => vec![f.sig.ident.clone()],
        Stmt::Item(syn::Item::Const(c)) => vec![c.ident.clone()],
        _ => Vec::new(),
    }
}

/// Binds the borrow that each branch ends in, and goes on with `rest`.
fn fill(e: &mut Expr, pat: &Pat, rest: &[Stmt]) {
    match e {
        Expr::Paren(inner) => fill(&mut inner.expr, pat, rest),
        Expr::Block(b) => fill_block(&mut b.block, pat, rest),
        Expr::If(e) => {
            fill_block(&mut e.then_branch, pat, rest);
            if let Some((_, els)) = &mut e.else_branch {
                fill(els, pat, rest);
            }
        }
        Expr::Match(m) => m.arms.iter_mut().for_each(|arm| fill(&mut arm.body, pat, rest)),
        borrow => {
            let value = borrow.clone();
            *borrow = parse_quote!({ let #pat = #value; #(#rest)* });
        }
    }
}

fn fill_block(block: &mut Block, pat: &Pat, rest: &[Stmt]) {
    let Some(Stmt::Expr(mut tail, None)) = block.stmts.pop() else { return };
    fill(&mut tail, pat, rest);
    match tail {
        Expr::Block(b) => block.stmts.extend(b.block.stmts),
        tail => block.stmts.push(Stmt::Expr(tail, None)),
    }
}
