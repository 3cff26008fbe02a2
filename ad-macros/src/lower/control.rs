//! `if`, `match` and loops. Exits are gone by now, but for `if __stop { break; }` at the end of a loop body.

use super::Lower;
use super::chain::Item;
use crate::ir::{Arm, Block, Expr, LoopKind, Role, Stmt, Ty, Var};
use quote::quote;
use syn::{Expr as SynExpr, Pat};

impl Lower<'_> {
    /// A control statement whose value is dropped.
    pub(super) fn control_statement(&mut self, e: &SynExpr) {
        match e {
            SynExpr::If(_) | SynExpr::Match(_) => {
                self.branches(e, None);
            }
            SynExpr::Block(b) => {
                // Names are unique, so a block needs no scope of its own.
                self.statements(&b.block.stmts);
            }
            SynExpr::ForLoop(l) => self.for_loop(l),
            SynExpr::While(l) => {
                self.refuse_changes(&l.cond);
                let cond = self.verbatim(&l.cond);
                let id = self.fresh_id();
                let body = self.loop_body(&l.body);
                self.push(Stmt::Loop { id, kind: LoopKind::While { cond }, body });
                self.checkpoint(&l.attrs, id);
            }
            SynExpr::Loop(l) => {
                let id = self.fresh_id();
                let body = self.loop_body(&l.body);
                self.push(Stmt::Loop { id, kind: LoopKind::Forever, body });
                self.checkpoint(&l.attrs, id);
            }
            _ => unreachable!("only control statements come here"),
        }
    }

    /// The value of a control expression, under a name.
    pub(super) fn control_value(&mut self, e: &SynExpr) -> Expr {
        match e {
            SynExpr::Block(b) => {
                self.statements(&b.block.stmts).unwrap_or_else(|| Expr::lit(quote!(())))
            }
            e => {
                let ty = self.facts.infer(e);
                let active = !ty.is_discrete();
                let dest = self.temp("chosen", ty, active, false);
                self.branches(e, Some(dest));
                Expr::var(dest)
            }
        }
    }

    fn branches(&mut self, e: &SynExpr, dest: Option<Var>) {
        match e {
            SynExpr::If(e) => {
                if let SynExpr::Let(l) = &*e.cond {
                    let els = e.else_branch.as_ref().map(|(_, e)| &**e);
                    let wild: Pat = syn::parse_quote!(_);
                    let then = &e.then_branch;
                    let then: SynExpr = syn::parse_quote!(#then);
                    self.matching(&l.expr, &[(&l.pat, Some(&then)), (&wild, els)], dest);
                    return;
                }
                let cond = self.condition(&e.cond);
                let id = self.fresh_id();
                let then = self.branch(dest, |lower| {
                    lower.branch_statements(&e.then_branch.stmts, dest.is_some())
                });
                let els = self.branch(dest, |lower| match &e.else_branch {
                    Some((_, e)) => lower.branch_value(e, dest.is_some()),
                    None => None,
                });
                self.push(Stmt::If { id, dest, cond, then, els });
            }
            SynExpr::Match(e) => {
                let arms: Vec<_> = e.arms.iter().map(|arm| (&arm.pat, Some(&*arm.body))).collect();
                self.matching(&e.expr, &arms, dest);
            }
            _ => unreachable!("only branches come here"),
        }
    }

    fn branch(&mut self, dest: Option<Var>, f: impl FnOnce(&mut Self) -> Option<Expr>) -> Block {
        let mut block = self.nested(f);
        if let Some(Expr::Ref { mutable: true, expr }) = &block.result
            && let Expr::Place(place) = &**expr
            && self.is_active(place)
        {
            let name = self.program[place.root].name.clone();
            self.errors.at(
                &name,
                format!("a mutable reference that is chosen at run time cannot be differentiated: change `{name}` inside the branch"),
            );
        }
        if dest.is_none() {
            block.result = None;
        }
        block
    }

    /// The value of a branch where one is `wanted`; else the branch is a statement.
    fn branch_value(&mut self, e: &SynExpr, wanted: bool) -> Option<Expr> {
        match e {
            SynExpr::Block(b) if b.label.is_none() => {
                self.branch_statements(&b.block.stmts, wanted)
            }
            SynExpr::Macro(m) if crate::facts::is_panic(&m.mac) && wanted => Some(self.verbatim(e)),
            SynExpr::Tuple(t) if t.elems.is_empty() => None,
            e if wanted => Some(self.operand(e)),
            e => {
                self.expr_statement(e);
                None
            }
        }
    }

    fn branch_statements(&mut self, stmts: &[syn::Stmt], wanted: bool) -> Option<Expr> {
        match stmts.split_last() {
            Some((syn::Stmt::Expr(tail, None), init)) if !wanted => {
                self.statements(init);
                self.expr_statement(tail);
                None
            }
            Some((syn::Stmt::Expr(tail, None), init)) => {
                self.statements(init);
                self.branch_value(tail, wanted)
            }
            Some((syn::Stmt::Macro(m), init)) if crate::facts::is_panic(&m.mac) && wanted => {
                self.statements(init);
                let mac = &m.mac;
                Some(self.verbatim_tokens(quote!(#mac), Ty::Discrete))
            }
            _ => self.statements(stmts),
        }
    }

    /// A condition under a name: the reverse sweep remembers which branch was taken.
    fn condition(&mut self, cond: &SynExpr) -> Expr {
        if let SynExpr::Path(p) = cond
            && let Some(var) = p.path.get_ident().and_then(|i| self.lookup(i))
            && !self.program[var].mutable
        {
            return Expr::var(var);
        }
        let value = self.verbatim_value(cond);
        self.name("taken", value, Ty::Discrete, false)
    }

    fn matching(
        &mut self,
        scrutinee: &SynExpr,
        arms: &[(&Pat, Option<&SynExpr>)],
        dest: Option<Var>,
    ) {
        if let Some(()) = self.match_element(scrutinee, arms, dest) {
            return;
        }
        let active = self.facts.active(scrutinee);
        // A tuple of places is matched in place, so that its parts keep their own cotangents.
        let (value, by_ref) = match scrutinee {
            SynExpr::Reference(r) if active && self.is_place(&r.expr) => {
                (Expr::Place(self.frozen(&r.expr)), Some(r.mutability.is_some()))
            }
            SynExpr::MethodCall(call)
                if active
                    && (call.method == "as_ref"
                        || call.method == "as_mut"
                        || call.method == "as_deref")
                    && self.is_place(&call.receiver) =>
            {
                let place = self.frozen(&call.receiver);
                let place =
                    if matches!(self.program.ty_of_place(&place), Ty::Ref(_) | Ty::RefMut(_)) {
                        place.then(crate::ir::Proj::Deref)
                    } else {
                        place
                    };
                (Expr::Place(place), Some(call.method == "as_mut"))
            }
            e if active && self.is_place(e) => (Expr::Place(self.frozen(e)), None),
            e if active => {
                let value = self.value(e);
                (value, None)
            }
            e => (self.verbatim_value(e), None),
        };
        let place = match value {
            Expr::Place(place) => Some(place),
            value if active => {
                let ty = match self.program.ty_of(&value) {
                    Ty::Unknown => self.facts.infer(scrutinee),
                    ty => ty,
                };
                let active = self.program.reads_active(&value);
                match self.name("matched", value, ty, active) {
                    Expr::Place(place) => Some(place),
                    _ => None,
                }
            }
            value => {
                // Inactive: names are bound to inactive values.
                let value = self.name_inactive(value, scrutinee);
                return self.match_arms(value, None, arms, dest, scrutinee);
            }
        };
        let place = place.expect("an active scrutinee has a place");
        let value = match by_ref {
            Some(mutable) => Expr::Ref { mutable, expr: Box::new(Expr::Place(place.clone())) },
            None => Expr::Place(place.clone()),
        };
        self.match_arms(value, Some(place), arms, dest, scrutinee);
    }

    /// `if let Some(p) = x.first_mut() { .. } else { .. }`: `p` is another name for the element.
    fn match_element(
        &mut self,
        scrutinee: &SynExpr,
        arms: &[(&Pat, Option<&SynExpr>)],
        dest: Option<Var>,
    ) -> Option<()> {
        let SynExpr::MethodCall(call) = scrutinee else { return None };
        let (pat, then, els) = match arms {
            [(Pat::TupleStruct(some), then), (_, els)]
                if some.path.is_ident("Some") && some.elems.len() == 1 =>
            {
                (&some.elems[0], *then, *els)
            }
            _ => return None,
        };
        if !self.facts.active(&call.receiver) || !self.is_place(&call.receiver) {
            return None;
        }
        let base = &call.receiver;
        let ty = self.facts.infer(base);
        if !super::method::may_be_slice(&ty) || !is_irrefutable(pat) {
            return None;
        }
        super::method::exists(call, &ty)?;
        let name = call.method.to_string();
        let call = &self.evaluated_once(call);
        let cond = super::method::exists(call, &ty)?;
        let cond = self.condition(&cond);
        let id = self.fresh_id();
        let then = self.branch(dest, |lower| {
            let place = lower.element_place(call)?;
            // The length is read once: the container is borrowed while the element has a name.
            let place = lower.freeze(place);
            lower.bind_item(pat, Item::Place(place, Some(name.ends_with("_mut"))));
            then.and_then(|then| lower.branch_value(then, dest.is_some()))
        });
        let els =
            self.branch(dest, |lower| els.and_then(|els| lower.branch_value(els, dest.is_some())));
        self.push(Stmt::If { id, dest, cond, then, els });
        Some(())
    }

    fn name_inactive(&mut self, value: Expr, scrutinee: &SynExpr) -> Expr {
        if self.is_repeatable(scrutinee)
            || matches!(scrutinee, SynExpr::Tuple(_) | SynExpr::Reference(_))
        {
            return value;
        }
        value
    }

    fn match_arms(
        &mut self,
        scrutinee: Expr,
        place: Option<crate::ir::Place>,
        arms: &[(&Pat, Option<&SynExpr>)],
        dest: Option<Var>,
        source: &SynExpr,
    ) {
        let id = self.fresh_id();
        let root = crate::facts::root_of(source).map(ToString::to_string);
        let by_value = matches!(scrutinee, Expr::Place(_));
        let arms = arms
            .iter()
            .map(|(pat, body)| {
                let bindings = match &place {
                    Some(place) => {
                        let made_here = matches!(self.program[place.root].role, Role::Temp)
                            && !self.program[place.root].ty.is_copy()
                            || by_value && self.program.is_taken_apart(place);
                        let changed = made_here
                            || root.as_ref().is_some_and(|root| {
                                body.is_some_and(|b| super::effect::changes(b, root))
                            });
                        self.bind_parts(pat, place, true, changed, None)
                    }
                    None => {
                        let names = crate::facts::pattern_names(pat);
                        names.iter().map(|name| (self.local(name, Role::Local), vec![])).collect()
                    }
                };
                let (plain, guard) = match pat {
                    Pat::Guard(g) => {
                        self.refuse_changes(&g.guard);
                        ((*g.pat).clone(), Some(self.verbatim(&g.guard)))
                    }
                    pat => ((*pat).clone(), None),
                };
                let body = self.branch(dest, |lower| {
                    body.and_then(|body| lower.branch_value(body, dest.is_some()))
                });
                Arm { pat: plain, guard, bindings, body }
            })
            .collect();
        self.push(Stmt::Match { id, dest, scrutinee, arms });
    }

    /// The body of a loop; its result says whether the loop stops.
    pub(super) fn loop_body(&mut self, body: &syn::Block) -> Block {
        self.nested(|lower| lower.loop_statements(&body.stmts))
    }

    /// The statements of a loop body, with the stop at their end as the result.
    pub(super) fn loop_statements(&mut self, stmts: &[syn::Stmt]) -> Option<Expr> {
        if let [init @ .., last] = stmts
            && is_stop(last)
            && let Some(syn::Stmt::Local(local)) = init.last()
            && let Some(value) = &local.init
        {
            self.statements_dropped(&init[..init.len() - 1]);
            return match &*value.expr {
                SynExpr::Block(b) => self.stop_value(&b.block),
                e => Some(self.operand(e)),
            };
        }
        self.statements_dropped(stmts);
        None
    }

    fn stop_value(&mut self, block: &syn::Block) -> Option<Expr> {
        match block.stmts.split_last() {
            Some((syn::Stmt::Expr(tail @ (SynExpr::If(_) | SynExpr::Match(_)), None), init)) => {
                self.statements_dropped(init);
                let dest = self.temp("stop", Ty::Discrete, false, false);
                self.branches(tail, Some(dest));
                Some(Expr::var(dest))
            }
            _ => self.statements(&block.stmts),
        }
    }

    fn statements_dropped(&mut self, stmts: &[syn::Stmt]) {
        self.branch_statements(stmts, false);
    }

    fn for_loop(&mut self, l: &syn::ExprForLoop) {
        if let Some(chain) = self.implicit_chain(&l.expr) {
            let body = &l.body;
            let pat = &l.pat;
            let (before, mut users) = (self.program.ids, Vec::new());
            self.counter_name = match pat.as_ref() {
                Pat::Ident(p) if p.mutability.is_none() && chain.counts() => Some(p.ident.clone()),
                _ => None,
            };
            self.drive(chain, &mut |lower, item: Item| {
                let start = lower.program.ids;
                // Each part of `a.chain(b)` runs the body under names of its own.
                let once: syn::ExprClosure = syn::parse_quote!(|#pat| #body);
                let once = if users.is_empty() { once } else { lower.freshened(&once) };
                lower.bind_item(&once.inputs[0], item);
                let stop = match &*once.body {
                    SynExpr::Block(b) => lower.loop_statements(&b.block.stmts),
                    _ => unreachable!("the body of a loop is a block"),
                };
                users.push(start..lower.program.ids);
                stop
            });
            self.checkpoint_chain(&l.attrs, before, &users);
            return;
        }
        if self.facts.active(&l.expr) {
            self.errors.at(
                &l.expr,
                "iterating this over active values cannot be differentiated: iterate over a range, a slice, `.iter()` or a chain of the standard adaptors",
            );
        }
        self.refuse_checkpoint(&l.attrs, "the items of this iterator are known in the forward sweep alone, so the loop cannot be checkpointed: loop over a range or a slice, or drop the attribute");
        let iter = self.verbatim_value(&l.expr);
        let vars = crate::facts::pattern_names(&l.pat)
            .iter()
            .map(|name| self.local(name, Role::Local))
            .collect();
        let id = self.fresh_id();
        let body = self.loop_body(&l.body);
        self.push(Stmt::Loop {
            id,
            kind: LoopKind::Items { pat: (*l.pat).clone(), vars, iter },
            body,
        });
    }
}

/// Whether a pattern fits every value, as far as it shows: a path of several segments names a variant.
fn is_irrefutable(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Ident(p) => p.subpat.is_none() && !crate::resolve::is_constant_pattern(&p.ident),
        Pat::Reference(p) => is_irrefutable(&p.pat),
        Pat::Paren(p) => is_irrefutable(&p.pat),
        Pat::Type(p) => is_irrefutable(&p.pat),
        Pat::Tuple(p) => p.elems.iter().all(is_irrefutable),
        Pat::Struct(p) => {
            p.path.segments.len() == 1 && p.fields.iter().all(|f| is_irrefutable(&f.pat))
        }
        Pat::TupleStruct(p) => {
            p.path.segments.len() == 1
                && !p.path.is_ident("Some")
                && p.elems.iter().all(is_irrefutable)
        }
        _ => false,
    }
}

/// `if __stop { break; }`
fn is_stop(stmt: &syn::Stmt) -> bool {
    match stmt {
        syn::Stmt::Expr(SynExpr::If(e), _) => {
            matches!(&*e.cond, SynExpr::Path(p) if p.path.is_ident(crate::exits::STOP))
        }
        _ => false,
    }
}
