//! Which exits leave a piece of code.

use super::Kind;
use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{Expr, Stmt};

/// The exits that leave a piece of code.
#[derive(Default, Clone)]
pub struct Exits {
    returns: bool,
    /// Targets of `break`, with whether a value goes along; `None` is the innermost loop around.
    breaks: Vec<(Option<Ident>, bool)>,
    continues: Vec<Option<Ident>>,
}

impl Exits {
    pub fn any(&self) -> bool {
        self.returns || !self.breaks.is_empty() || !self.continues.is_empty()
    }

    pub fn join(&mut self, other: Exits) {
        self.returns |= other.returns;
        self.breaks.extend(other.breaks);
        self.continues.extend(other.continues);
    }

    /// Those that go further than the loop or block `label` that holds the code.
    pub fn leaving(&self, label: Option<&Ident>) -> Exits {
        let leaves = |target: &Option<Ident>| target.is_some() && target.as_ref() != label;
        Exits {
            returns: self.returns,
            breaks: self.breaks.iter().filter(|(t, _)| leaves(t)).cloned().collect(),
            continues: self.continues.iter().filter(|t| leaves(t)).cloned().collect(),
        }
    }

    pub fn breaks_with_value(&self, label: Option<&Ident>) -> bool {
        self.breaks.iter().any(|(t, value)| *value && (t.is_none() || t.as_ref() == label))
    }

    /// Each kind of exit once.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut seen = std::collections::HashSet::new();
        let mut kinds = Vec::new();
        if self.returns {
            kinds.push(Kind::Return(None));
        }
        for (target, _) in &self.breaks {
            if seen.insert(("break", target.clone())) {
                kinds.push(Kind::Break(target.clone(), None));
            }
        }
        for target in &self.continues {
            if seen.insert(("continue", target.clone())) {
                kinds.push(Kind::Continue(target.clone()));
            }
        }
        kinds
    }
}

struct Finder {
    exits: Exits,
    loops: Vec<Option<Ident>>,
}

impl Finder {
    fn inside(&mut self, label: Option<Ident>, f: impl FnOnce(&mut Self)) {
        self.loops.push(label);
        f(self);
        self.loops.pop();
    }

    fn targets_inside(&self, target: &Option<Ident>) -> bool {
        match target {
            None => !self.loops.is_empty(),
            Some(_) => self.loops.contains(target),
        }
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item(&mut self, _: &'a syn::Item) {}
    fn visit_expr_closure(&mut self, _: &'a syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &'a syn::ExprAsync) {}

    fn visit_expr_return(&mut self, e: &'a syn::ExprReturn) {
        self.exits.returns = true;
        visit::visit_expr_return(self, e);
    }

    fn visit_expr_try(&mut self, e: &'a syn::ExprTry) {
        self.exits.returns = true;
        visit::visit_expr_try(self, e);
    }

    fn visit_expr_break(&mut self, e: &'a syn::ExprBreak) {
        let target = e.label.as_ref().map(|l| l.ident.clone());
        if !self.targets_inside(&target) {
            self.exits.breaks.push((target, e.expr.is_some()));
        }
        visit::visit_expr_break(self, e);
    }

    fn visit_expr_continue(&mut self, e: &'a syn::ExprContinue) {
        let target = e.label.as_ref().map(|l| l.ident.clone());
        if !self.targets_inside(&target) {
            self.exits.continues.push(target);
        }
    }

    fn visit_expr_for_loop(&mut self, e: &'a syn::ExprForLoop) {
        self.visit_expr(&e.expr);
        self.inside(e.label.as_ref().map(|l| l.name.ident.clone()), |f| f.visit_block(&e.body));
    }

    fn visit_expr_while(&mut self, e: &'a syn::ExprWhile) {
        self.inside(e.label.as_ref().map(|l| l.name.ident.clone()), |f| {
            f.visit_expr(&e.cond);
            f.visit_block(&e.body);
        });
    }

    fn visit_expr_loop(&mut self, e: &'a syn::ExprLoop) {
        self.inside(e.label.as_ref().map(|l| l.name.ident.clone()), |f| f.visit_block(&e.body));
    }

    fn visit_expr_block(&mut self, e: &'a syn::ExprBlock) {
        match &e.label {
            // An unlabelled `break` does not stop at a labelled block.
            Some(label) => {
                let mut inner = Finder { exits: Exits::default(), loops: Vec::new() };
                inner.visit_block(&e.block);
                let target = Some(label.name.ident.clone());
                inner
                    .exits
                    .breaks
                    .retain(|(t, _)| *t != target && (t.is_some() || self.loops.is_empty()));
                inner.exits.continues.retain(|t| t.is_some() || self.loops.is_empty());
                let loops = &self.loops;
                inner.exits.breaks.retain(|(t, _)| t.is_none() || !loops.contains(t));
                inner.exits.continues.retain(|t| t.is_none() || !loops.contains(t));
                self.exits.join(inner.exits);
            }
            None => visit::visit_expr_block(self, e),
        }
    }

    fn visit_local(&mut self, local: &'a syn::Local) {
        if let Some(init) = &local.init {
            self.visit_expr(&init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.visit_expr(diverge);
                // `let … else` with a panic is an exit as well: it has the same form.
                self.exits.returns |= !self.exits.any();
            }
        }
    }
}

pub fn exits_of_expr(expr: &Expr) -> Exits {
    let mut finder = Finder { exits: Exits::default(), loops: Vec::new() };
    finder.visit_expr(expr);
    finder.exits
}

pub fn exits_of_stmts(stmts: &[Stmt]) -> Exits {
    let mut finder = Finder { exits: Exits::default(), loops: Vec::new() };
    for stmt in stmts {
        finder.visit_stmt(stmt);
    }
    finder.exits
}

/// Whether a closure's own body has exits.
pub fn closure_exits(body: &Expr) -> bool {
    exits_of_expr(body).any()
}

/// Whether control may reach the end of the statements.
pub fn completes(stmts: &[Stmt]) -> bool {
    !stmts.iter().any(|stmt| match stmt {
        Stmt::Expr(e, _) => diverges(e),
        Stmt::Local(local) => local.init.as_ref().is_some_and(|init| diverges(&init.expr)),
        Stmt::Macro(mac) => is_panic(&mac.mac),
        Stmt::Item(_) => false,
    })
}

/// Whether control never goes on after `expr`.
pub fn diverges(expr: &Expr) -> bool {
    match expr {
        Expr::Return(_) | Expr::Break(_) | Expr::Continue(_) => true,
        Expr::Macro(e) => is_panic(&e.mac),
        Expr::Paren(e) => diverges(&e.expr),
        Expr::Block(e) if e.label.is_none() => !completes(&e.block.stmts),
        Expr::If(e) => {
            !completes(&e.then_branch.stmts)
                && e.else_branch.as_ref().is_some_and(|(_, e)| diverges(e))
        }
        Expr::Match(e) => !e.arms.is_empty() && e.arms.iter().all(|arm| diverges(&arm.body)),
        Expr::Loop(e) => {
            let exits = exits_of_stmts(&e.body.stmts);
            let label = e.label.as_ref().map(|l| l.name.ident.clone());
            !exits.breaks.iter().any(|(t, _)| t.is_none() || *t == label)
        }
        _ => false,
    }
}

/// Whether a macro never returns.
pub fn is_panic(mac: &syn::Macro) -> bool {
    mac.path.segments.last().is_some_and(|s| {
        ["panic", "unreachable", "todo", "unimplemented"].iter().any(|name| s.ident == name)
    })
}

/// Whether dropping the value of `expr` needs a semicolon.
pub fn has_value(expr: &Expr) -> bool {
    match expr {
        Expr::ForLoop(_) | Expr::While(_) | Expr::Assign(_) => false,
        // One of the branches may leave instead.
        Expr::If(e) => e
            .else_branch
            .as_ref()
            .is_some_and(|(_, els)| ends_in_a_value(&e.then_branch) || has_value(els)),
        Expr::Match(e) => e.arms.is_empty() || e.arms.iter().any(|arm| has_value(&arm.body)),
        Expr::Block(e) => ends_in_a_value(&e.block),
        Expr::Binary(e) => !is_compound(&e.op),
        _ => true,
    }
}

fn ends_in_a_value(block: &syn::Block) -> bool {
    matches!(block.stmts.last(), Some(syn::Stmt::Expr(e, None)) if has_value(e))
}

/// The operands of an expression, in the order of evaluation.
pub fn operands(expr: &mut Expr) -> Vec<&mut Expr> {
    match expr {
        Expr::Return(e) => e.expr.iter_mut().map(|e| &mut **e).collect(),
        Expr::Break(e) => e.expr.iter_mut().map(|e| &mut **e).collect(),
        Expr::Try(e) => vec![&mut e.expr],
        Expr::Match(e) => vec![&mut e.expr],
        Expr::Unary(e) => vec![&mut e.expr],
        Expr::Paren(e) => operands(&mut e.expr),
        Expr::Cast(e) => vec![&mut e.expr],
        Expr::Field(e) => vec![&mut e.base],
        Expr::Reference(e) => vec![&mut e.expr],
        Expr::Index(e) => vec![&mut e.expr, &mut e.index],
        Expr::Binary(e) => {
            if is_compound(&e.op) {
                vec![&mut e.right]
            } else {
                vec![&mut e.left, &mut e.right]
            }
        }
        Expr::Assign(e) => vec![&mut e.right],
        Expr::Call(e) => e.args.iter_mut().collect(),
        Expr::MethodCall(e) => std::iter::once(&mut *e.receiver).chain(&mut e.args).collect(),
        Expr::Tuple(e) => e.elems.iter_mut().collect(),
        Expr::Array(e) => e.elems.iter_mut().collect(),
        Expr::Struct(e) => e.fields.iter_mut().map(|f| &mut f.expr).collect(),
        _ => Vec::new(),
    }
}

fn is_compound(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(op, AddAssign(_) | SubAssign(_) | MulAssign(_) | DivAssign(_) | RemAssign(_))
}

/// Whether evaluating `expr` earlier or later makes no difference and moves nothing.
pub fn is_trivial(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) | Expr::Lit(_) => true,
        Expr::Reference(e) => is_trivial(&e.expr),
        Expr::Field(e) => is_trivial(&e.base),
        Expr::Paren(e) => is_trivial(&e.expr),
        _ => false,
    }
}
