//! Binds the items of a chain to the patterns that closures and loops give.

use super::{Item, element_of_yielded};
use crate::ir::{Expr, Place, Proj, Role, Stmt, Ty};
use crate::lower::Lower;
use syn::Pat;

impl Lower<'_> {
    /// Binds the names of a pattern to an item.
    pub(in crate::lower) fn bind_item(&mut self, pat: &Pat, item: Item) {
        match (pat, item) {
            (Pat::Wild(_), _) => {}
            // The loop counts by the user's own variable.
            (Pat::Ident(p), Item::Value(Expr::Verbatim { tokens, reads, .. }, _))
                if reads.first().is_some_and(|var| self.lookup(&p.ident) == Some(*var))
                    && p.ident == tokens.to_string() => {}
            (Pat::Paren(p), item) => self.bind_item(&p.pat, item),
            (Pat::Type(p), item) => {
                self.bind_item(&p.pat, item);
            }
            (Pat::Tuple(pats), Item::Tuple(items)) if pats.elems.len() == items.len() => {
                for (pat, item) in pats.elems.iter().zip(items) {
                    self.bind_item(pat, item);
                }
            }
            (Pat::Reference(p), Item::Place(place, Some(_))) => {
                self.bind_item(&p.pat, Item::Place(place, None))
            }
            (Pat::Reference(p), Item::Tuple(items)) => self.bind_item(&p.pat, Item::Tuple(items)),
            (Pat::Reference(p), Item::Value(value, ty)) => {
                if let Some(place) = element_of_yielded(&value) {
                    return self.bind_item(&p.pat, Item::Place(place, None));
                }
                let value = match value {
                    Expr::Ref { expr, .. } => *expr,
                    Expr::Place(place) => Expr::Place(place.then(Proj::Deref)),
                    value => value,
                };
                self.bind_item(&p.pat, Item::Value(value, ty.deref().clone()));
            }
            (Pat::Ident(p), Item::Place(place, by)) if p.subpat.is_none() => {
                self.bind_place(p, place, by)
            }
            (Pat::Ident(p), item) if p.subpat.is_none() => {
                let value = self.value_of(item);
                self.bind_value(p, value);
            }
            (pat, Item::Place(place, by)) => {
                let ty = self.program.ty_of_place(&place);
                self.bind_facts(pat, &ty, self.is_active(&place));
                match by {
                    Some(mutable) => {
                        self.destructure_value(pat, Expr::Place(place), Some(mutable), ty)
                    }
                    None => self.destructure_value(pat, Expr::Place(place), None, ty),
                }
            }
            (pat, item) => {
                let value = self.value_of(item);
                let ty = self.program.ty_of(&value);
                let active = self.program.reads_active(&value);
                self.bind_facts(pat, &ty, active);
                self.destructure_value(pat, value, None, ty);
            }
        }
    }

    pub(super) fn bind_facts(&mut self, pat: &Pat, ty: &Ty, active: bool) {
        self.facts.bind(pat, ty, active);
    }

    pub(super) fn bind_place(&mut self, p: &syn::PatIdent, place: Place, by: Option<bool>) {
        let ty = self.program.ty_of_place(&place);
        let active = self.is_active(&place);
        let ty = match by {
            Some(true) => Ty::RefMut(Box::new(ty)),
            Some(false) => Ty::Ref(Box::new(ty)),
            None => ty,
        };
        let pat = Pat::Ident(p.clone());
        self.bind_facts(&pat, &ty, active);
        let views = matches!(place.proj.last(), Some(Proj::View { .. }));
        match by {
            Some(mutable) => {
                let resolved = self.program.resolve(&place);
                let var = self.local(&p.ident, Role::Alias { place: resolved, by_ref: true });
                self.program[var].active = active;
                self.push(Stmt::Let {
                    var,
                    ty: None,
                    value: Expr::Ref { mutable, expr: Box::new(Expr::Place(place)) },
                });
            }
            None if views => {
                let resolved = self.program.resolve(&place);
                let var = self.local(&p.ident, Role::Alias { place: resolved, by_ref: false });
                self.program[var].active = active;
                self.push(Stmt::Let { var, ty: None, value: Expr::Place(place) });
            }
            None => {
                let value = if ty.is_copy() || ty.is_discrete() {
                    Expr::Place(place)
                } else {
                    Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place))])
                };
                let var = self.local(&p.ident, Role::Local);
                self.program[var].active = active;
                self.push(Stmt::Let { var, ty: None, value });
            }
        }
    }

    pub(super) fn bind_value(&mut self, p: &syn::PatIdent, value: Expr) {
        let ty = self.program.ty_of(&value);
        let active = self.program.reads_active(&value);
        let pat = Pat::Ident(p.clone());
        self.bind_facts(&pat, &ty, active);
        if let Expr::Ref { expr, mutable } = &value
            && let Expr::Place(place) = &**expr
            && p.mutability.is_none()
        {
            return self.bind_place(p, place.clone(), Some(*mutable));
        }
        let var = self.local(&p.ident, Role::Local);
        if !self.program[var].mutable {
            self.program[var].active = active && !self.program[var].ty.is_discrete();
        }
        self.push(Stmt::Let { var, ty: None, value });
    }
}
