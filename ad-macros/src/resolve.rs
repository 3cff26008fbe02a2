//! Makes the names of local bindings unique, so that later phases can move code without capture.
//!
//! ```text
//! // Input:                       // Output:
//! let x = x * 2.0;                let x_1 = x * 2.0;
//! println!("{x}");                println!("{x_1}");
//! ```

#[cfg(test)]
mod tests;

use proc_macro2::{Group, Ident, Literal, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::{HashMap, HashSet};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat};

/// Renames what `from` means outside of `block` to `to` in it.
pub fn rename(block: &mut syn::Block, from: &Ident, to: &Ident) {
    let outer = HashMap::from([(from.to_string(), to.clone())]);
    Names { scopes: vec![outer], taken: HashSet::new() }.visit_block_mut(block);
}

/// Renames the bindings in `function`, and those that are called as one of `reserved`. The parameters keep
/// their names.
pub fn unique_names(function: &mut syn::ItemFn, reserved: impl Iterator<Item = String>) {
    let mut names = Names { scopes: vec![HashMap::new()], taken: reserved.collect() };
    for input in &mut function.sig.inputs {
        if let syn::FnArg::Typed(input) = input {
            names.visit_pat_mut(&mut input.pat);
        }
    }
    names.visit_block_mut(&mut function.block);
}

struct Names {
    scopes: Vec<HashMap<String, Ident>>,
    taken: HashSet<String>,
}

impl Names {
    fn bind(&mut self, ident: &mut Ident) {
        let base = ident.to_string();
        // Names are made of names, which a raw identifier does not allow.
        let plain = base.strip_prefix("r#").map_or(base.clone(), |name| format!("{name}_"));
        let mut name = plain.clone();
        let mut count = 0;
        while !self.taken.insert(name.clone()) {
            count += 1;
            name = format!("{plain}_{count}");
        }
        let renamed = Ident::new(&name, ident.span());
        let scope = self.scopes.last_mut().expect("there is always a scope");
        scope.insert(base, renamed.clone());
        *ident = renamed;
    }

    fn lookup(&self, name: &str) -> Option<&Ident> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn renamed(&self, ident: &Ident) -> Option<Ident> {
        let new = self.lookup(&ident.to_string())?;
        (new != ident).then(|| Ident::new(&new.to_string(), ident.span()))
    }

    fn scoped(&mut self, f: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        f(self);
        self.scopes.pop();
    }

    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        // The second dot of a range is not that of a field.
        let (mut after_dot, mut in_range) = (false, false);
        tokens
            .into_iter()
            .map(|tree| {
                let is_field = std::mem::replace(&mut after_dot, false);
                match tree {
                    TokenTree::Ident(ident) if !is_field => {
                        TokenTree::Ident(self.renamed(&ident).unwrap_or(ident))
                    }
                    TokenTree::Group(group) => {
                        let mut renamed =
                            Group::new(group.delimiter(), self.tokens(group.stream()));
                        renamed.set_span(group.span());
                        TokenTree::Group(renamed)
                    }
                    TokenTree::Literal(literal) => TokenTree::Literal(self.format_string(literal)),
                    TokenTree::Punct(punct) => {
                        let dot = punct.as_char() == '.';
                        let joint = punct.spacing() == proc_macro2::Spacing::Joint;
                        after_dot = dot && !in_range && !joint;
                        in_range = dot && joint;
                        TokenTree::Punct(punct)
                    }
                    tree => tree,
                }
            })
            .collect()
    }

    /// Renames the captures in a format string: `"{x:.3}"`.
    fn format_string(&self, literal: Literal) -> Literal {
        let text = literal.to_string();
        if !text.starts_with('"') || !text.contains('{') {
            return literal;
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(open) = rest.find('{') {
            let (before, after) = rest.split_at(open + 1);
            out.push_str(before);
            rest = after;
            if let Some(escaped) = rest.strip_prefix('{') {
                out.push('{');
                rest = escaped;
                continue;
            }
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, tail) = rest.split_at(end);
            // A raw identifier is captured by its plain name.
            match self.lookup(name).or_else(|| self.lookup(&format!("r#{name}"))) {
                Some(new) if tail.starts_with([':', '}']) => out.push_str(&new.to_string()),
                _ => out.push_str(name),
            }
            rest = tail;
        }
        out.push_str(rest);
        match out.parse::<Literal>() {
            Ok(mut renamed) => {
                renamed.set_span(literal.span());
                renamed
            }
            Err(_) => literal,
        }
    }

    fn closure_or_arm_pattern(&mut self, pat: &mut Pat) {
        self.visit_pat_mut(pat);
    }
}

/// Whether a lone identifier in a pattern names a constant or a unit variant, not a binding.
pub fn is_constant_pattern(ident: &Ident) -> bool {
    ident.to_string().starts_with(|c: char| c.is_uppercase())
}

impl Names {
    /// The number of snapshots of a loop is an expression in the scope of the loop.
    fn checkpoints(&mut self, attrs: &mut [syn::Attribute]) {
        for attr in attrs.iter_mut().filter(|attr| attr.path().is_ident("checkpoint")) {
            if let (Ok(mut limit), syn::Meta::List(list)) =
                (attr.parse_args::<Expr>(), &mut attr.meta)
            {
                self.visit_expr_mut(&mut limit);
                list.tokens = limit.to_token_stream();
            }
        }
    }
}

impl VisitMut for Names {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        self.scoped(|names| visit_mut::visit_block_mut(names, block));
    }

    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        if let Some(init) = &mut local.init {
            self.visit_expr_mut(&mut init.expr);
            if let Some((_, diverge)) = &mut init.diverge {
                self.visit_expr_mut(diverge);
            }
        }
        self.visit_pat_mut(&mut local.pat);
    }

    fn visit_pat_mut(&mut self, pat: &mut Pat) {
        if let Pat::Ident(binding) = pat {
            if binding.subpat.is_none() && is_constant_pattern(&binding.ident) {
                return;
            }
            self.bind(&mut binding.ident);
            if let Some((_, sub)) = &mut binding.subpat {
                self.visit_pat_mut(sub);
            }
            return;
        }
        if let Pat::Guard(guard) = pat {
            self.visit_pat_mut(&mut guard.pat);
            self.visit_expr_mut(&mut guard.guard);
            return;
        }
        if let Pat::Or(or) = pat {
            // Every alternative binds the same names: the first decides.
            let mut cases = or.cases.iter_mut();
            if let Some(first) = cases.next() {
                self.visit_pat_mut(first);
            }
            for case in cases {
                AsBound(self).visit_pat_mut(case);
            }
            return;
        }
        visit_mut::visit_pat_mut(self, pat);
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        self.visit_pat_mut(&mut field.pat);
        unshorten(field);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::While(syn::ExprWhile { attrs, .. })
            | Expr::ForLoop(syn::ExprForLoop { attrs, .. })
            | Expr::Loop(syn::ExprLoop { attrs, .. }) => self.checkpoints(attrs),
            _ => {}
        }
        match expr {
            Expr::Closure(closure) => self.scoped(|names| {
                for input in &mut closure.inputs {
                    names.closure_or_arm_pattern(input);
                }
                names.visit_expr_mut(&mut closure.body);
            }),
            Expr::If(e) => {
                self.scoped(|names| {
                    names.visit_expr_mut(&mut e.cond);
                    names.visit_block_mut(&mut e.then_branch);
                });
                if let Some((_, otherwise)) = &mut e.else_branch {
                    self.visit_expr_mut(otherwise);
                }
            }
            Expr::While(e) => self.scoped(|names| {
                names.visit_expr_mut(&mut e.cond);
                names.visit_block_mut(&mut e.body);
            }),
            Expr::ForLoop(e) => {
                self.visit_expr_mut(&mut e.expr);
                self.scoped(|names| {
                    names.visit_pat_mut(&mut e.pat);
                    names.visit_block_mut(&mut e.body);
                });
            }
            Expr::Let(e) => {
                self.visit_expr_mut(&mut e.expr);
                self.visit_pat_mut(&mut e.pat);
            }
            Expr::Path(path) => {
                if path.qself.is_none()
                    && let Some(new) = path.path.get_ident().and_then(|ident| self.renamed(ident))
                {
                    path.path = new.into();
                }
            }
            Expr::Struct(e) => {
                for field in &mut e.fields {
                    self.visit_expr_mut(&mut field.expr);
                    if let (None, syn::Member::Named(name), Expr::Path(value)) =
                        (&field.colon_token, &field.member, &field.expr)
                        && !value.path.is_ident(name)
                    {
                        field.colon_token = Some(Default::default());
                    }
                }
                if let Some(rest) = &mut e.rest {
                    self.visit_expr_mut(rest);
                }
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }

    fn visit_arm_mut(&mut self, arm: &mut syn::Arm) {
        self.scoped(|names| {
            names.visit_pat_mut(&mut arm.pat);
            names.visit_expr_mut(&mut arm.body);
        });
    }

    fn visit_expr_match_mut(&mut self, matched: &mut syn::ExprMatch) {
        visit_mut::visit_expr_match_mut(self, matched);
        matched.arms.iter_mut().for_each(|arm| bind_whole(&matched.expr, arm));
    }

    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        visit_mut::visit_expr_method_call_mut(self, call);
        if call.method == "rfold" {
            // A fold from the back is a fold of what is reversed.
            call.method = Ident::new("fold", call.method.span());
            let receiver = &call.receiver;
            *call.receiver = syn::parse_quote!(#receiver.rev());
        }
    }

    /// The arguments of a macro, where they are expressions, bind names like any others: `vec![xs.map(|w| ..), w]`.
    fn visit_macro_mut(&mut self, mac: &mut syn::Macro) {
        let listed = mac.parse_body_with(Punctuated::<Expr, syn::Token![,]>::parse_terminated);
        let repeated = || mac.parse_body_with(Punctuated::<Expr, syn::Token![;]>::parse_terminated);
        let argument = |names: &mut Self, mut arg: Expr| match arg {
            Expr::Lit(_) => names.tokens(arg.into_token_stream()),
            _ => {
                names.visit_expr_mut(&mut arg);
                arg.into_token_stream()
            }
        };
        let tokens = if let Ok(args) = listed {
            let args: Vec<_> = args.into_iter().map(|arg| argument(self, arg)).collect();
            quote!(#(#args),*)
        } else if let Ok(args) = repeated() {
            let args: Vec<_> = args.into_iter().map(|arg| argument(self, arg)).collect();
            quote!(#(#args);*)
        } else {
            self.tokens(mac.tokens.clone())
        };
        mac.tokens = tokens;
    }
}

/// An arm that names all of a variable is a `let` of that variable: one way to move a value suffices.
///
/// ```text
/// // Input:   match shape { point @ Point { .. } => d, rest => e }
/// // Output:  match shape { Point { .. } => { let point = shape; d } _ => { let rest = shape; e } }
/// ```
fn bind_whole(scrutinee: &Expr, arm: &mut syn::Arm) {
    let (Expr::Path(_), Pat::Ident(name)) = (scrutinee, &arm.pat) else { return };
    let inner = name.subpat.as_ref().map(|(_, pat)| (**pat).clone());
    let binds_more = inner.as_ref().is_some_and(|pat| !crate::facts::pattern_names(pat).is_empty());
    if name.by_ref.is_some() || binds_more || inner.is_none() && is_constant_pattern(&name.ident) {
        return;
    }
    let (binding, body) = (syn::PatIdent { subpat: None, ..name.clone() }, &arm.body);
    *arm.body = syn::parse_quote!({ let #binding = #scrutinee; #body });
    arm.pat = inner.unwrap_or_else(|| syn::parse_quote!(_));
}

/// Renames the bindings of a further alternative like those of the first.
struct AsBound<'a>(&'a Names);

impl VisitMut for AsBound<'_> {
    fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
        if let Some(new) = self.0.renamed(&pat.ident) {
            pat.ident = new;
        }
        visit_mut::visit_pat_ident_mut(self, pat);
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        self.visit_pat_mut(&mut field.pat);
        unshorten(field);
    }
}

/// `S { x }` whose binding was renamed is `S { x: x_1 }`.
fn unshorten(field: &mut syn::FieldPat) {
    if let (None, syn::Member::Named(name), Pat::Ident(binding)) =
        (&field.colon_token, &field.member, &*field.pat)
        && &binding.ident != name
    {
        field.colon_token = Some(Default::default());
    }
}
