//! Calls of functions, constructors and closures.

use super::Lower;
use super::chain::Item;
use crate::ir::{CallKind, Expr, MutOp, Place, Stmt, Ty};
use quote::{ToTokens, quote};
use syn::Expr as SynExpr;

/// How deep closures may call each other.
const INLINING: usize = 32;

impl Lower<'_> {
    pub(super) fn call(&mut self, call: &syn::ExprCall) -> Expr {
        let whole = SynExpr::Call(call.clone());
        let SynExpr::Path(path) = &*call.func else {
            self.errors.at(&call.func, "only functions named by a path, and closures bound by `let`, can be differentiated");
            return self.verbatim(&whole);
        };
        if let Some(ident) = path.path.get_ident() {
            if let Some(closure) = self.facts.closures.get(&ident.to_string()).cloned() {
                return self.inline(ident, &closure, call);
            }
            if self.lookup(ident).is_some() {
                self.errors.at(
                    ident,
                    format!("`{ident}` is a function value, which has no derivative: call a function by its name, or bind a closure with `let` in this body"),
                );
                return self.verbatim(&whole);
            }
        }
        let segments: Vec<String> =
            path.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let last = segments.last().expect("a path has segments").as_str();
        let owner = segments.len().checked_sub(2).map_or("", |i| segments[i].as_str());
        if let Some(value) = self.known_call(call, owner, last) {
            return value;
        }
        if let Some(value) = self.array_call(call, owner, last) {
            return value;
        }
        if let Some(message) = self.refused_derivative(owner, last) {
            self.errors.at(&path.path, message);
            return self.verbatim(&whole);
        }
        let kind = call_kind(path, last, owner);
        let args = match kind {
            CallKind::Constructor => self.elements_of(call.args.iter()),
            _ => self.in_turn(call.args.iter(), |lower, a| lower.argument(a)),
        };
        Expr::Call { path: path.to_token_stream(), args, kind }
    }

    /// Why a derivative of a function cannot be differentiated again, where it cannot.
    fn refused_derivative(&self, owner: &str, last: &str) -> Option<String> {
        if !is_derivative(owner, last) {
            return None;
        }
        let reason = match last {
            "vjp" | "adjoint" => {
                format!("call `{owner}::value_and_grad` or `{owner}::jvp` instead")
            }
            "jacobian" | "jacobian_matrix" | "jacobian_into" => {
                format!("call `{owner}::jvp` instead, for each direction that you need")
            }
            "hvp" | "hessian" => {
                "derivatives of order three do not exist: give this function a custom rule (`vjp = ..`, `jvp = ..`)".to_owned()
            }
            _ if self.order > 1 => {
                "with `order = 2` it would be of order three, which does not exist: drop the option".to_owned()
            }
            _ => return None,
        };
        Some(format!("`{owner}::{last}` is not differentiated again here: {reason}"))
    }

    /// Functions of the standard library with rules of their own.
    fn known_call(&mut self, call: &syn::ExprCall, owner: &str, last: &str) -> Option<Expr> {
        let args: Vec<&SynExpr> = call.args.iter().collect();
        if ((owner == "f64" || owner == "f32") || self.facts.reals.contains(owner))
            && !args.is_empty()
        {
            if last == "from" && args.len() == 1 {
                let ty: syn::Type = syn::parse_str(owner).ok()?;
                let value = self.operand(args[0]);
                return Some(Expr::Cast(Box::new(value), ty));
            }
            if crate::rules::scalar(last).is_some() {
                let (recv, rest) = (&suffixed(args[0], owner), &args[1..]);
                let method = quote::format_ident!("{}", last);
                let rewritten: SynExpr = syn::parse_quote!((#recv).#method(#(#rest),*));
                return Some(self.value(&rewritten));
            }
        }
        match (owner, last, &args[..]) {
            ("array", "from_fn", [f]) => self.array_from_fn(f),
            ("mem", "replace", [target, new]) => {
                let place = self.target_place(target);
                let new = self.named_operand("new", new);
                let ty = self.program.ty_of_place(&place);
                let active = self.is_active(&place);
                let old = self.name(
                    "old",
                    Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place.clone()))]),
                    ty,
                    active,
                );
                self.push(Stmt::Assign { place, value: new });
                Some(old)
            }
            ("mem", "take", [target]) => {
                let place = self.target_place(target);
                let ty = self.program.ty_of_place(&place);
                let active = self.is_active(&place);
                let old = self.name(
                    "old",
                    Expr::runtime("clone", vec![Expr::borrow(Expr::Place(place.clone()))]),
                    ty,
                    active,
                );
                let empty = Expr::Verbatim {
                    tokens: quote!(::core::default::Default::default()),
                    reads: vec![],
                    ty: Ty::Unknown,
                };
                self.push(Stmt::Assign { place, value: empty });
                Some(old)
            }
            ("Box", "new", [value]) | ("Rc", "new", [value]) if owner == "Box" => {
                let value = self.named_operand("t", value);
                Some(Expr::runtime("boxed", vec![value]))
            }
            _ => None,
        }
    }

    /// A call as a statement, where it has a rule that is not that of its value.
    pub(super) fn call_statement(&mut self, call: &syn::ExprCall) -> bool {
        let SynExpr::Path(path) = &*call.func else { return false };
        if path.path.segments.last().is_none_or(|s| s.ident != "swap") || call.args.len() != 2 {
            return false;
        }
        let target = |e: &SynExpr| match e {
            SynExpr::Reference(r) => (*r.expr).clone(),
            e => e.clone(),
        };
        let (a, b) = (target(&call.args[0]), target(&call.args[1]));
        let (a, b) = (self.target_place(&a), self.target_place(&b));
        self.push(Stmt::Mutate {
            op: MutOp::SwapPlaces,
            dest: None,
            place: a,
            args: vec![Expr::Place(b)],
        });
        true
    }

    /// What a `&mut` argument points to.
    fn target_place(&mut self, e: &SynExpr) -> Place {
        let e = match e {
            SynExpr::Reference(r) => &r.expr,
            e => e,
        };
        let place = self.place(e);
        if matches!(self.program.ty_of_place(&place), Ty::RefMut(_)) {
            return place.then(crate::ir::Proj::Deref);
        }
        place
    }

    /// The body of a closure, with its parameters bound to the arguments.
    fn inline(
        &mut self,
        name: &proc_macro2::Ident,
        closure: &syn::ExprClosure,
        call: &syn::ExprCall,
    ) -> Expr {
        if self.inlining >= INLINING {
            self.errors.at(
                name,
                "closures call each other too deeply: make it a function with `#[differentiate]`",
            );
            return Expr::lit(quote!(()));
        }
        let items: Vec<Item> = call.args.iter().map(|arg| self.item_of(arg)).collect();
        self.apply(closure, items)
    }

    /// What a closure's parameter is bound to.
    fn item_of(&mut self, e: &SynExpr) -> Item {
        match e {
            SynExpr::Reference(r) if self.is_place(&r.expr) => {
                Item::Place(self.frozen(&r.expr), Some(r.mutability.is_some()))
            }
            SynExpr::Tuple(t) => Item::Tuple(t.elems.iter().map(|e| self.item_of(e)).collect()),
            e => {
                let value =
                    if self.facts.active(e) { self.operand(e) } else { self.verbatim_value(e) };
                Item::Value(value, self.facts.infer(e))
            }
        }
    }

    /// Applies a closure: its body with fresh names, its parameters bound to `items`.
    pub(super) fn apply(&mut self, closure: &syn::ExprClosure, items: Vec<Item>) -> Expr {
        let closure = self.freshened(closure);
        self.inlining += 1;
        for (pat, item) in closure.inputs.iter().zip(items) {
            self.bind_item(pat, item);
        }
        self.analyse_block(&closure.body);
        let value = match &*closure.body {
            SynExpr::Block(b) if b.label.is_none() => {
                self.statements(&b.block.stmts).unwrap_or_else(|| Expr::lit(quote!(())))
            }
            e if super::stmt::is_unit_statement(e) => {
                self.expr_statement(e);
                Expr::lit(quote!(()))
            }
            e => self.operand(e),
        };
        self.inlining -= 1;
        value
    }

    fn analyse_block(&mut self, e: &SynExpr) {
        self.analyse(e);
    }

    /// A copy of the closure whose own bindings have names that occur nowhere else.
    pub(super) fn freshened(&mut self, closure: &syn::ExprClosure) -> syn::ExprClosure {
        let mut names = Vec::new();
        collect_bindings(closure, &mut names);
        let mut tokens = closure.to_token_stream();
        for name in names {
            if self.lookup(&name).is_none() {
                continue;
            }
            let base = name.to_string();
            let base = base
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .trim_end_matches('_')
                .to_owned();
            let mut count = 1;
            let fresh = loop {
                let candidate = format!("{base}_{count}");
                if !self.facts.is_bound(&candidate) && !self.names.contains_key(&candidate) {
                    break quote::format_ident!("{}", candidate, span = name.span());
                }
                count += 1;
            };
            self.facts.copy_fact(&name.to_string(), &fresh.to_string());
            tokens = super::method::replace_ident(tokens, &name.to_string(), &fresh);
        }
        match syn::parse2(tokens) {
            Ok(fresh) => fresh,
            Err(_) => closure.clone(),
        }
    }
}

/// The functions in the namespace of another, which are its derivatives.
const DERIVATIVES: &[&str] = &[
    "grad",
    "value_and_grad",
    "jvp",
    "vjp",
    "adjoint",
    "hvp",
    "jacobian",
    "jacobian_matrix",
    "jacobian_into",
    "hessian",
];

/// Whether a path names a derivative of a function, `inner::grad`: an associated function of its namespace.
fn is_derivative(owner: &str, last: &str) -> bool {
    DERIVATIVES.contains(&last)
        && owner.starts_with(|c: char| c.is_lowercase() || c == '_')
        && !crate::facts::is_primitive(owner)
}

/// How a path is called, by the case of its segments.
fn call_kind(path: &syn::ExprPath, last: &str, owner: &str) -> CallKind {
    let upper = |s: &str| s.starts_with(|c: char| c.is_uppercase());
    let primitive = crate::facts::is_primitive(owner);
    if upper(last) {
        CallKind::Constructor
    } else if path.qself.is_some() || upper(owner) || primitive || is_derivative(owner, last) {
        CallKind::Associated
    } else {
        CallKind::Function
    }
}

/// All names bound anywhere in a closure.
fn collect_bindings(closure: &syn::ExprClosure, names: &mut Vec<proc_macro2::Ident>) {
    struct Bindings<'a>(&'a mut Vec<proc_macro2::Ident>);
    impl<'a> syn::visit::Visit<'a> for Bindings<'_> {
        fn visit_pat_ident(&mut self, p: &'a syn::PatIdent) {
            if !crate::resolve::is_constant_pattern(&p.ident) && !self.0.contains(&p.ident) {
                self.0.push(p.ident.clone());
            }
            syn::visit::visit_pat_ident(self, p);
        }
        fn visit_macro(&mut self, _: &'a syn::Macro) {}
    }
    syn::visit::Visit::visit_expr_closure(&mut Bindings(names), closure);
}

/// An expression of literals alone, `1.0 / 3.0`, whose type is said: `f64::max(0.0, x)` gives it, `0.0.max(x)` does not.
fn suffixed(e: &SynExpr, float: &str) -> SynExpr {
    match e {
        SynExpr::Lit(syn::ExprLit { attrs, lit: syn::Lit::Float(lit) })
            if lit.suffix().is_empty() && matches!(float, "f32" | "f64") =>
        {
            let digits = lit.base10_digits();
            let zero = if digits.ends_with('.') { "0" } else { "" };
            let lit = syn::LitFloat::new(&format!("{digits}{zero}_{float}"), lit.span());
            SynExpr::Lit(syn::ExprLit { attrs: attrs.clone(), lit: syn::Lit::Float(lit) })
        }
        SynExpr::Unary(unary) => {
            let expr = Box::new(suffixed(&unary.expr, float));
            SynExpr::Unary(syn::ExprUnary { expr, ..unary.clone() })
        }
        SynExpr::Paren(paren) => {
            let expr = Box::new(suffixed(&paren.expr, float));
            SynExpr::Paren(syn::ExprParen { expr, ..paren.clone() })
        }
        SynExpr::Binary(binary) => {
            let left = Box::new(suffixed(&binary.left, float));
            SynExpr::Binary(syn::ExprBinary { left, ..binary.clone() })
        }
        e => e.clone(),
    }
}
