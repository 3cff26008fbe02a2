//! Lowers the user's function, made free of exits, to the intermediate representation.

mod array;
mod call;
mod chain;
mod checkpoint;
mod closure;
mod collect;
mod consume;
mod control;
mod effect;
mod expr;
mod extract;
mod fallible;
mod method;
mod ndarray;
mod pattern;
mod place;
mod rearrange;
mod search;
mod sort;
mod stmt;
#[cfg(test)]
mod tests;

use crate::errors::Errors;
use crate::facts::Facts;
use crate::ir::{Block, Expr, Id, Place, Program, Role, Stmt, Ty, Var, VarInfo};
use proc_macro2::{Ident, Span};
use quote::format_ident;
use std::collections::HashMap;

/// The state of lowering one function.
pub struct Lower<'a> {
    pub errors: &'a Errors,
    pub facts: Facts,
    pub program: Program,
    names: HashMap<String, Var>,
    /// The statements of the blocks that are open, innermost last.
    open: Vec<Vec<Stmt>>,
    taken: HashMap<String, usize>,
    /// How deep closures are inlined, against recursion without end.
    inlining: usize,
    /// The type of a scalar that nothing else decides.
    pub default_float: syn::Type,
    /// The name of the function's real type parameter, if it has one.
    pub real: Option<String>,
    /// The order to which the function is differentiated.
    pub order: usize,
    /// Whether the value of the method call that is lowered next is dropped.
    dropping: bool,
    /// What the user calls the counter of the loop that is lowered next.
    counter_name: Option<Ident>,
}

impl<'a> Lower<'a> {
    pub fn new(errors: &'a Errors, facts: Facts) -> Self {
        let real = facts.reals.iter().min().cloned();
        Lower {
            errors,
            facts,
            program: Program::default(),
            names: HashMap::new(),
            open: Vec::new(),
            taken: HashMap::new(),
            inlining: 0,
            default_float: syn::parse_quote!(f64),
            real,
            order: 1,
            dropping: false,
            counter_name: None,
        }
    }

    /// Declares a parameter.
    pub fn param(&mut self, name: &Ident, active: bool) -> Var {
        let ty = self.facts.ty(&name.to_string());
        let mutable = self.facts.is_mutable(&name.to_string());
        self.declare(name, VarInfo { name: name.clone(), ty, active, mutable, role: Role::Param })
    }

    /// Lowers the body. Its result is the function's.
    pub fn function(mut self, body: &syn::Block) -> Program {
        let block = self.block(body);
        self.program.body = block;
        self.program.lowered = self.program.vars.len();
        self.program
    }

    fn declare(&mut self, name: &Ident, info: VarInfo) -> Var {
        let var = Var(self.program.vars.len());
        self.program.vars.push(info);
        self.names.insert(name.to_string(), var);
        self.taken.entry(name.to_string()).or_insert(0);
        var
    }

    /// The variable of a name of the user's, declared by its facts.
    fn local(&mut self, name: &Ident, role: Role) -> Var {
        let key = name.to_string();
        let info = VarInfo {
            name: name.clone(),
            ty: self.facts.ty(&key),
            active: self.facts.is_active(&key),
            mutable: self.facts.is_mutable(&key),
            role,
        };
        self.declare(name, info)
    }

    fn lookup(&self, name: &Ident) -> Option<Var> {
        self.names.get(&name.to_string()).copied()
    }

    /// A name that occurs nowhere else, made from `base`.
    fn fresh_name(&mut self, base: &str) -> Ident {
        let count = self.taken.entry(base.to_owned()).or_insert(0);
        loop {
            *count += 1;
            let name = if *count == 1 && base.len() > 1 {
                base.to_owned()
            } else {
                format!("{base}{count}")
            };
            if !self.names.contains_key(&name) && !self.facts.is_bound(&name) {
                return format_ident!("{}", name, span = Span::call_site());
            }
        }
    }

    /// A new variable of ours.
    fn temp(&mut self, base: &str, ty: Ty, active: bool, mutable: bool) -> Var {
        let name = self.fresh_name(base);
        self.declare(&name.clone(), VarInfo { name, ty, active, mutable, role: Role::Temp })
    }

    fn push(&mut self, stmt: Stmt) {
        self.open.last_mut().expect("a block is open").push(stmt);
    }

    /// Gives `value` a name.
    fn name(&mut self, base: &str, value: Expr, ty: Ty, active: bool) -> Expr {
        let active = active && !ty.is_discrete();
        let var = self.temp(base, ty, active, false);
        self.push(Stmt::Let { var, ty: None, value });
        Expr::var(var)
    }

    /// Lowers statements into a block of their own.
    fn nested(&mut self, f: impl FnOnce(&mut Self) -> Option<Expr>) -> Block {
        self.open.push(Vec::new());
        let result = f(self);
        let stmts = self.open.pop().expect("the block was opened here");
        Block { stmts, result }
    }

    fn block(&mut self, block: &syn::Block) -> Block {
        self.nested(|lower| lower.statements(&block.stmts))
    }

    fn fresh_id(&mut self) -> Id {
        self.program.fresh_id()
    }

    fn is_active(&self, place: &Place) -> bool {
        self.program.is_active(place)
    }
}

/// Whether evaluating the expression again in the same state is cheap and gives the same.
pub fn is_repeatable(tokens: &proc_macro2::TokenStream) -> bool {
    syn::parse2::<syn::Expr>(tokens.clone()).is_ok_and(|e| place::is_repeatable(&e))
}

/// Whether the expression is a macro that panics.
pub fn never_returns(tokens: &proc_macro2::TokenStream) -> bool {
    matches!(syn::parse2::<syn::Expr>(tokens.clone()), Ok(syn::Expr::Macro(m)) if crate::facts::is_panic(&m.mac))
}

/// Whether a chain starts from what is taken out of a `Vec` where it stands.
fn drains(e: &syn::Expr) -> bool {
    match e {
        syn::Expr::MethodCall(call) => call.method == "drain" || drains(&call.receiver),
        _ => false,
    }
}

/// The value that `once`, `repeat` or `repeat_n` of `std::iter` yields.
pub fn repeated(call: &syn::ExprCall) -> Option<&syn::Expr> {
    chain::made_of_one(call).map(|(_, value)| value)
}

/// Whether an expression is an iterator that has not run yet.
pub fn is_iterator(e: &syn::Expr) -> bool {
    matches!(e, syn::Expr::MethodCall(_)) && chain::is_chain_like(e) && !drains(e)
}
