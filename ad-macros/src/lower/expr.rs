//! Expressions.

use super::Lower;
use crate::ir::{BinOp, Expr, Place, Proj, Stmt, Ty, UnOp};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr as SynExpr;

/// Whether code has a `let` of the name itself.
fn defines(tokens: &TokenStream, name: &proc_macro2::Ident) -> bool {
    use proc_macro2::TokenTree;
    let mut after_let = false;
    tokens.clone().into_iter().any(|tree| {
        let here =
            std::mem::replace(&mut after_let, matches!(&tree, TokenTree::Ident(i) if i == "let"));
        match &tree {
            TokenTree::Ident(ident) if here => {
                after_let = ident == "mut";
                ident == name
            }
            TokenTree::Group(group) => defines(&group.stream(), name),
            _ => false,
        }
    })
}

/// The names that a closure binds: its parameters and the variables of its body.
fn bound_in(closure: &syn::ExprClosure, found: &mut Vec<proc_macro2::Ident>) {
    struct Bound<'a>(&'a mut Vec<proc_macro2::Ident>);
    impl<'a> syn::visit::Visit<'a> for Bound<'_> {
        fn visit_pat_ident(&mut self, pat: &'a syn::PatIdent) {
            self.0.push(pat.ident.clone());
            syn::visit::visit_pat_ident(self, pat);
        }
    }
    syn::visit::Visit::visit_expr_closure(&mut Bound(found), closure);
}

/// Trees of scalar operations grow to this many nodes before a part gets a name.
const TREE: usize = 12;

impl Lower<'_> {
    /// An inactive expression, as the user wrote it.
    pub(super) fn verbatim(&self, e: &SynExpr) -> Expr {
        let (tokens, reads) = self.with_closures(e.to_token_stream());
        Expr::Verbatim { tokens, reads, ty: self.facts.infer(e) }
    }

    /// Closures over active values are inlined where they are called, and defined nowhere. Inactive code that
    /// calls one, such as the condition `f(mid) > 0.0`, brings the definition along. With what it reads.
    pub(super) fn with_closures(&self, tokens: TokenStream) -> (TokenStream, Vec<crate::ir::Var>) {
        let mut names = Vec::new();
        self.closures_in(&tokens, &mut names);
        if names.is_empty() {
            let reads = self.reads_in(&tokens);
            return (tokens, reads);
        }
        let mut own = Vec::new();
        let definitions = names.iter().map(|name| {
            let closure = &self.facts.closures[&name.to_string()];
            self.refuse_changes(&closure.body);
            bound_in(closure, &mut own);
            quote::quote!(let #name = #closure;)
        });
        let tokens = quote::quote!({ #(#definitions)* #tokens });
        let mut reads = self.reads_in(&tokens);
        // Where a closure was inlined, its own variables are ones of ours.
        reads.retain(|var| !own.contains(&self.program[*var].name));
        (tokens, reads)
    }

    /// The inlined closures that code mentions, each after those that it calls itself.
    fn closures_in(&self, tokens: &TokenStream, found: &mut Vec<proc_macro2::Ident>) {
        for name in self.facts.names_in(tokens) {
            let key = name.to_string();
            let Some(closure) = self.facts.closures.get(&key) else { continue };
            if self.facts.is_active(&key) && !found.contains(&name) && !defines(tokens, &name) {
                self.closures_in(&closure.body.to_token_stream(), found);
                found.push(name);
            }
        }
    }

    /// The variables, the user's and ours, that occur in the tokens.
    pub(super) fn reads_in(&self, tokens: &TokenStream) -> Vec<crate::ir::Var> {
        let mut reads: Vec<_> =
            self.facts.names_in(tokens).iter().filter_map(|name| self.lookup(name)).collect();
        self.collect_reads(tokens, &mut reads);
        reads
    }

    fn collect_reads(&self, tokens: &TokenStream, reads: &mut Vec<crate::ir::Var>) {
        for tree in crate::facts::without_members(tokens) {
            match tree {
                proc_macro2::TokenTree::Ident(ident) => {
                    if let Some(var) = self.lookup(&ident)
                        && !reads.contains(&var)
                    {
                        reads.push(var);
                    }
                }
                proc_macro2::TokenTree::Group(group) => self.collect_reads(&group.stream(), reads),
                _ => {}
            }
        }
    }

    pub(super) fn verbatim_tokens(&self, tokens: TokenStream, ty: Ty) -> Expr {
        let reads = self.reads_in(&tokens);
        Expr::Verbatim { tokens, reads, ty }
    }

    /// An inactive expression; what it changes while it is evaluated counts as written.
    pub(super) fn verbatim_value(&mut self, e: &SynExpr) -> Expr {
        let extracted = self.extracted(e);
        let e = extracted.as_ref().unwrap_or(e);
        self.note_writes(e);
        self.verbatim(e)
    }

    /// The right-hand side of a definition: one operation on names, or a tree of scalar operations.
    pub(super) fn value(&mut self, e: &SynExpr) -> Expr {
        if !self.facts.active(e) {
            if let SynExpr::Call(call) = e
                && let Some(name) = crate::facts::root_of(&call.func)
                && self.facts.closures.contains_key(&name.to_string())
                && self.facts.is_active(&name.to_string())
            {
                // The closure is inlined, for what it changes.
                return self.call(call);
            }
            if matches!(e, SynExpr::If(_) | SynExpr::Match(_) | SynExpr::Block(_))
                && (self.changes_active(e) || self.changes_by_calls(e))
            {
                return self.control_value(e);
            }
            return self.verbatim_value(e);
        }
        match e {
            SynExpr::Paren(e) => self.value(&e.expr),
            SynExpr::Group(e) => self.value(&e.expr),
            SynExpr::Path(p) => match p.path.get_ident().and_then(|i| self.lookup(i)) {
                Some(var) => Expr::var(var),
                None => self.verbatim(e),
            },
            SynExpr::Field(_) | SynExpr::Index(_) => Expr::Place(self.place(e)),
            SynExpr::Unary(u) => match u.op {
                syn::UnOp::Deref(_) => Expr::Place(self.place(e)),
                syn::UnOp::Neg(_) => {
                    let inner = self.operand(&u.expr);
                    let inner = if self.program.ty_of(&inner).is_float() {
                        inner
                    } else {
                        self.rule_operand(inner)
                    };
                    Expr::Unary(UnOp::Neg, Box::new(inner))
                }
                _ => self.verbatim(e),
            },
            SynExpr::Binary(b) => self.binary(b),
            SynExpr::MethodCall(call) => self.method(call),
            SynExpr::Call(call) if crate::facts::is_error(&call.func) => self.failure(call),
            SynExpr::Call(call) => self.call(call),
            SynExpr::Reference(r) => {
                let mutable = r.mutability.is_some();
                let inner = self.referent(&r.expr);
                Expr::Ref { mutable, expr: Box::new(inner) }
            }
            SynExpr::Tuple(t) => Expr::Tuple(self.elements_of(t.elems.iter())),
            SynExpr::Array(a) => Expr::Array(self.elements_of(a.elems.iter())),
            SynExpr::Repeat(r) => self.repeat(&r.expr, r.len.to_token_stream(), false),
            SynExpr::Struct(s) => self.struct_literal(s),
            SynExpr::If(_) | SynExpr::Match(_) | SynExpr::Block(_) => self.control_value(e),
            SynExpr::Cast(c) => self.cast(c),
            SynExpr::Macro(m) => self.value_macro(m),
            SynExpr::Closure(c) => {
                self.errors.at(
                    &c.or1_or(e),
                    "a closure that uses active values cannot be stored or passed on here: bind it with `let` and call it, or use it in an iterator chain",
                );
                self.verbatim(e)
            }
            SynExpr::Unsafe(u) => {
                self.errors.at(&u.unsafe_token, unsupported(e));
                self.verbatim(e)
            }
            other => {
                self.errors.at(other, unsupported(other));
                self.verbatim(other)
            }
        }
    }

    /// `Err(e)`: an active `Result`, whose tangent is `Err(())`, of a constant.
    fn failure(&mut self, call: &syn::ExprCall) -> Expr {
        let args = call.args.iter().map(|e| self.verbatim_value(e)).collect();
        Expr::Call {
            path: call.func.to_token_stream(),
            args,
            kind: crate::ir::CallKind::Constructor,
        }
    }

    /// What a borrow points to: a place, or a name for a value.
    fn referent(&mut self, e: &SynExpr) -> Expr {
        if self.is_place(e) {
            return Expr::Place(self.place(e));
        }
        let value = self.value(e);
        if matches!(value, Expr::Verbatim { .. } | Expr::Place(_)) {
            return value;
        }
        let (ty, active) = (self.facts.infer(e), self.program.reads_active(&value));
        self.name("t", value, ty, active)
    }

    /// An operand of an operation: a place, an inactive expression, or a tree of scalar operations
    /// in which calls and costly operations have names.
    pub(super) fn operand(&mut self, e: &SynExpr) -> Expr {
        let value = self.value(e);
        if let Expr::Verbatim { .. } = &value
            && runs_code(e)
        {
            // It is evaluated once, whatever it does.
            let ty = self.facts.infer(e);
            return self.name("given", value, ty, false);
        }
        self.atom(value, self.facts.infer(e))
    }

    /// An operand that is a name of its own, so that it can be read after other places change.
    pub(super) fn named_operand(&mut self, base: &str, e: &SynExpr) -> Expr {
        let value = if self.facts.active(e) { self.operand(e) } else { self.verbatim_value(e) };
        if let Expr::Place(place) = &value
            && place.is_var()
            && !self.program[place.root].mutable
        {
            return value;
        }
        let (ty, active) = (self.facts.infer(e), self.facts.active(e));
        self.name(base, value, ty, active)
    }

    /// How many statements the open block has.
    pub(super) fn mark(&self) -> usize {
        self.open.last().map_or(0, Vec::len)
    }

    /// An operand that was evaluated when the block had `mark` statements: where a later operand
    /// changes what it reads, it keeps the value that it had.
    pub(super) fn settled(&mut self, value: Expr, mark: usize) -> Expr {
        if matches!(value, Expr::Number(..) | Expr::Ref { .. }) {
            return value;
        }
        let later = &self.open.last().expect("a block is open")[mark..];
        let mut written = Vec::new();
        crate::adjoint::written_roots(&self.program, later, &mut written);
        let mut moved = false;
        value.for_each_read(&mut |var| {
            let base = self.program.base(&Place::var(var));
            moved |= written.contains(&var) || written.contains(&base);
        });
        if !moved {
            return value;
        }
        let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
        let name = self.name("before", value, ty, active);
        let stmts = self.open.last_mut().expect("a block is open");
        let stmt = stmts.pop().expect("the name was just defined");
        stmts.insert(mark, stmt);
        name
    }

    /// The parts of a tuple, array or argument list, each with the value it has in its turn.
    pub(super) fn elements_of<'e>(
        &mut self,
        parts: impl Iterator<Item = &'e SynExpr>,
    ) -> Vec<Expr> {
        self.in_turn(parts, |lower, e| lower.element(e))
    }

    pub(super) fn in_turn<'e>(
        &mut self,
        parts: impl Iterator<Item = &'e SynExpr>,
        mut lower_one: impl FnMut(&mut Self, &SynExpr) -> Expr,
    ) -> Vec<Expr> {
        let mut values: Vec<(Expr, usize)> = Vec::new();
        for part in parts {
            let value = lower_one(self, part);
            values.push((value, self.mark()));
        }
        // Later ones first, so that the marks of earlier ones stay right.
        let mut settled: Vec<Expr> =
            values.into_iter().rev().map(|(value, mark)| self.settled(value, mark)).collect();
        settled.reverse();
        settled
    }

    /// The value of a part of a tuple, array, struct or call: references stay, calls get names.
    pub(super) fn element(&mut self, e: &SynExpr) -> Expr {
        self.operand(e)
    }

    pub(super) fn atom(&mut self, value: Expr, ty: Ty) -> Expr {
        let ty = match self.program.ty_of(&value) {
            Ty::Unknown => ty,
            known => known,
        };
        let keep = match &value {
            Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..) => true,
            Expr::Ref { expr, .. } => matches!(**expr, Expr::Place(_) | Expr::Verbatim { .. }),
            Expr::Unary(..) | Expr::Binary(..) => ty.is_float() && value.size() <= TREE,
            Expr::Cast(..) => ty.is_float(),
            Expr::Method { name, recv, .. } => {
                self.program.ty_of(recv).is_float()
                    && crate::rules::scalar(&name.to_string()).is_some_and(|rule| !rule.costly)
                    && value.size() <= TREE
            }
            _ => false,
        };
        if keep {
            return value;
        }
        let active = self.program.reads_active(&value);
        self.name("t", value, ty, active)
    }

    fn binary(&mut self, b: &syn::ExprBinary) -> Expr {
        let op = match b.op {
            syn::BinOp::Add(_) => BinOp::Add,
            syn::BinOp::Sub(_) => BinOp::Sub,
            syn::BinOp::Mul(_) => BinOp::Mul,
            syn::BinOp::Div(_) => BinOp::Div,
            syn::BinOp::Rem(_) => BinOp::Rem,
            _ => {
                self.errors.at(b, "this operator cannot be differentiated on active values: compute it on `stop_gradient(..)` of them");
                return self.verbatim(&SynExpr::Binary(b.clone()));
            }
        };
        let left = self.kept_operand(&b.left);
        let mark = self.mark();
        let right = self.kept_operand(&b.right);
        let left = self.settled(left, mark);
        let scalar =
            crate::facts::arithmetic(&self.program.ty_of(&left), &self.program.ty_of(&right))
                .is_float();
        let (left, right) = if scalar {
            (left, right)
        } else {
            (self.rule_operand(left), self.rule_operand(right))
        };
        Expr::binary(op, left, right)
    }

    /// An operand of a rule of the runtime. The rule adds to the cotangent of a place, so an active
    /// scalar that is computed gets a name.
    pub(super) fn rule_operand(&mut self, value: Expr) -> Expr {
        let inner: &Expr = match &value {
            Expr::Ref { expr, .. } => expr,
            value => value,
        };
        if matches!(inner, Expr::Place(_)) || !self.program.reads_active(&value) {
            return value;
        }
        let ty = self.program.ty_of(&value);
        self.name("t", value, ty, true)
    }

    /// An operand; an inactive array that the operation would consume stays a place, so that it can be kept.
    fn kept_operand(&mut self, e: &SynExpr) -> Expr {
        let value = self.operand(e);
        if matches!(value, Expr::Verbatim { .. })
            && let SynExpr::Path(p) = e
            && let Some(var) = p.path.get_ident().and_then(|i| self.lookup(i))
            && matches!(self.program[var].ty, Ty::NdArray { .. })
        {
            return Expr::var(var);
        }
        value
    }

    fn cast(&mut self, c: &syn::ExprCast) -> Expr {
        let inner = self.facts.infer(&c.expr);
        if inner.is_discrete() {
            return self.verbatim(&SynExpr::Cast(c.clone()));
        }
        let value = self.operand(&c.expr);
        Expr::Cast(Box::new(value), (*c.ty).clone())
    }

    pub(super) fn repeat(&mut self, value: &SynExpr, count: TokenStream, vec: bool) -> Expr {
        let value = Box::new(self.operand(value));
        let reads = self.reads_in(&count);
        Expr::Repeat { value, count, reads, vec }
    }

    fn struct_literal(&mut self, s: &syn::ExprStruct) -> Expr {
        let fields = s.fields.iter().map(|f| (f.member.clone(), self.element(&f.expr))).collect();
        let base = s.rest.as_ref().map(|e| Box::new(self.operand(e)));
        Expr::Struct { path: s.path.to_token_stream(), fields, base }
    }

    fn value_macro(&mut self, m: &syn::ExprMacro) -> Expr {
        let name = m.mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        if name == "vec" {
            let tokens = &m.mac.tokens;
            if let Ok(repeat) = syn::parse2::<syn::ExprRepeat>(quote::quote!([#tokens])) {
                return self.repeat(&repeat.expr, repeat.len.to_token_stream(), true);
            }
            let args = crate::facts::macro_args(&m.mac);
            return Expr::VecOf(args.iter().map(|e| self.element(e)).collect());
        }
        if let Some(value) = self.array_macro(&m.mac, &name) {
            return value;
        }
        self.errors.at(
            &m.mac.path,
            format!("the macro `{name}!` has no derivative: write out what it computes, or pass `stop_gradient(..)` of the active values"),
        );
        self.verbatim(&SynExpr::Macro(m.clone()))
    }

    /// A value for a variable whose type the user states.
    pub(super) fn value_as(&mut self, init: &SynExpr, ty: &syn::Type) -> Expr {
        if let SynExpr::MethodCall(call) = init
            && self.facts.active(init)
            && let Some(value) = self.consumer(call, Some(ty))
        {
            return value;
        }
        self.value(init)
    }

    /// Whether an expression names a place, so that borrowing it borrows storage.
    pub(super) fn is_place(&self, e: &SynExpr) -> bool {
        match e {
            SynExpr::Path(p) => p.path.get_ident().is_some_and(|i| self.lookup(i).is_some()),
            SynExpr::Field(e) => self.is_place(&e.base),
            SynExpr::Index(e) => self.is_place(&e.expr),
            SynExpr::Paren(e) => self.is_place(&e.expr),
            SynExpr::Unary(e) => matches!(e.op, syn::UnOp::Deref(_)) && self.is_place(&e.expr),
            SynExpr::MethodCall(c) if self.changed_slice(c).is_some() => true,
            SynExpr::MethodCall(c) => {
                Self::view_mirror(&c.method.to_string()).is_some()
                    && self.is_place(&c.receiver)
                    && self.is_view(c)
            }
            _ => false,
        }
    }

    /// Stores `value` in a fresh mutable variable.
    pub(super) fn mutable(&mut self, base: &str, value: Expr, ty: Ty, active: bool) -> Place {
        let var = self.temp(base, ty, active, true);
        self.push(Stmt::Let { var, ty: None, value });
        Place::var(var)
    }

    /// The type of a real scalar, in tokens.
    pub(super) fn scalar_type(&self, ty: &Ty) -> syn::Type {
        match crate::rules::float_of(ty).or_else(|| self.real.clone()) {
            Some(name) => syn::parse_str(&name).expect("a type parameter is a type"),
            None => self.default_float.clone(),
        }
    }

    /// A mutable scalar whose type is stated, so that methods can be called on it.
    pub(super) fn mutable_typed(&mut self, base: &str, value: Expr, ty: Ty) -> Place {
        let var = self.temp(base, ty.clone(), true, true);
        let stated = self.scalar_type(&ty);
        self.push(Stmt::Let { var, ty: Some(stated), value });
        Place::var(var)
    }

    pub(super) fn field(place: &Place, index: usize) -> Place {
        place.clone().then(Proj::Field(index.into()))
    }
}

trait FirstToken {
    fn or1_or(&self, whole: &SynExpr) -> TokenStream;
}

impl FirstToken for syn::ExprClosure {
    /// The token at which an error about a closure stands.
    fn or1_or(&self, whole: &SynExpr) -> TokenStream {
        whole.to_token_stream().into_iter().take(1).collect()
    }
}

/// Whether evaluating an inactive expression calls something that may have an effect.
fn runs_code(e: &SynExpr) -> bool {
    let call = match e {
        SynExpr::Paren(e) => return runs_code(&e.expr),
        SynExpr::Unary(e) => return runs_code(&e.expr),
        SynExpr::Cast(e) => return runs_code(&e.expr),
        SynExpr::Binary(e) => return runs_code(&e.left) || runs_code(&e.right),
        SynExpr::Call(c) => {
            !matches!(&*c.func, SynExpr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident.to_string().starts_with(|c: char| c.is_uppercase())))
        }
        SynExpr::MethodCall(_) | SynExpr::Block(_) => true,
        _ => false,
    };
    call && !super::place::is_repeatable(e)
}

fn unsupported(e: &SynExpr) -> &'static str {
    match e {
        SynExpr::Async(_) | SynExpr::Await(_) => "asynchronous code cannot be differentiated",
        SynExpr::Unsafe(_) => {
            "an `unsafe` block cannot touch active values: move it to a function of its own with `#[differentiate(vjp = .., jvp = ..)]`"
        }
        SynExpr::Loop(_) => {
            "the value of this loop cannot be differentiated: assign it to a variable before `break`"
        }
        SynExpr::RawAddr(_) => "raw pointers cannot be differentiated",
        SynExpr::Try(_) => {
            "`?` inside this expression cannot be differentiated: bind its value with `let` first"
        }
        _ => {
            "this expression cannot be differentiated on active values: compute it in parts that can, or on `stop_gradient(..)` of them"
        }
    }
}
