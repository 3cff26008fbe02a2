//! Turns exits (`return`, `break`, `continue`, `?`, `let … else`) into values.
//!
//! Rust to Rust: the result computes the same and has no exit but one form, a loop whose body ends
//! in `let stop = { .. }; if stop { break; }`.
//!
//! ```text
//! // Input:                                // Output:
//! if x < 0.0 { return 0.0; }               if x < 0.0 { 0.0 } else { let y = x.sqrt(); y * y }
//! let y = x.sqrt();
//! y * y
//! ```
//!
//! What follows an `if` or `match` of which one arm completes moves into that arm. Where several
//! arms complete and some exit, the statement becomes an `Option` that is `None` after an exit.

mod find;
#[cfg(test)]
mod tests;

/// Whether a name is that of what an early return leaves: an `Option` that is set at most once.
pub fn is_returned(name: &Ident) -> bool {
    name == "__returned"
}

use crate::errors::Errors;
use crate::sugar::fallible;
pub use find::is_panic;
use find::{Exits, completes, exits_of_expr, exits_of_stmts};
use proc_macro2::Ident;
use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{Arm, Block, Expr, ExprClosure, Label, Pat, ReturnType, Stmt, Type, parse_quote};

/// The name of the variable that a loop body's last statement tests.
pub const STOP: &str = "__stop";

/// Rewrites the body of a function or closure that returns `output`.
pub fn remove(block: &mut Block, output: &ReturnType, errors: &Errors) {
    let mut counter = 0;
    Exit { output: output.clone(), errors, counter: &mut counter, returns_from_within: false }
        .function(block);
}

/// Where the statements at hand stand: what their normal completion and their exits become.
#[derive(Clone)]
enum Frame {
    /// No exit leaves: values stay as they are.
    Plain,
    /// The tail value is what the function returns.
    Function,
    /// The tail value is that of the labelled block.
    Block(Ident),
    /// The tail value says whether the loop stops.
    Loop { name: usize, label: Option<Ident>, value: Option<Ident> },
    /// The tail value is `Some` after normal completion and `None` after an exit.
    Flow { code: Ident },
}

/// One exit.
enum Kind {
    Return(Option<Expr>),
    Break(Option<Ident>, Option<Expr>),
    Continue(Option<Ident>),
}

struct Exit<'a> {
    output: ReturnType,
    errors: &'a Errors,
    counter: &'a mut usize,
    /// Whether `return` had to be stored while it leaves a loop.
    returns_from_within: bool,
}

/// Statements that end in a value.
struct Tail {
    stmts: Vec<Stmt>,
    value: Option<Expr>,
}

impl Tail {
    fn value(value: Expr) -> Self {
        Tail { stmts: Vec::new(), value: Some(value) }
    }

    fn into_block(self) -> Block {
        let mut stmts = self.stmts;
        stmts.extend(self.value.map(|e| Stmt::Expr(e, None)));
        Block { brace_token: Default::default(), stmts }
    }
}

impl Exit<'_> {
    fn fresh(&mut self, base: &str) -> Ident {
        *self.counter += 1;
        format_ident!("__{}_{}", base, *self.counter)
    }

    fn function(&mut self, block: &mut Block) {
        let stmts = std::mem::take(&mut block.stmts);
        let frame = if exits_of_stmts(&stmts).any() { Frame::Function } else { Frame::Plain };
        *block = self.sequence(stmts, &[frame]).into_block();
        if self.returns_from_within {
            let ty: Type = match &self.output {
                ReturnType::Type(_, ty) => parse_quote!(::core::option::Option<#ty>),
                ReturnType::Default => parse_quote!(::core::option::Option<_>),
            };
            block
                .stmts
                .insert(0, parse_quote!(let mut __returned: #ty = ::core::option::Option::None;));
        }
    }

    /// Rewrites statements in the innermost of `frames`.
    fn sequence(&mut self, stmts: Vec<Stmt>, frames: &[Frame]) -> Tail {
        let mut done = Vec::new();
        let mut rest = std::collections::VecDeque::from(stmts);
        while let Some(stmt) = rest.pop_front() {
            if !exits_of_stmts(std::slice::from_ref(&stmt)).any() {
                let is_tail = rest.is_empty();
                match stmt {
                    Stmt::Expr(expr, None) if is_tail => {
                        let expr = self.plain_expr(expr);
                        let tail = self.complete(Some(expr), frames);
                        done.extend(tail.stmts);
                        return Tail { stmts: done, value: tail.value };
                    }
                    mut stmt => {
                        self.visit_stmt_mut(&mut stmt);
                        done.push(stmt);
                    }
                }
                continue;
            }
            let rest: Vec<Stmt> = rest.into();
            let tail = self.exiting(stmt, rest, frames);
            done.extend(tail.stmts);
            return Tail { stmts: done, value: tail.value };
        }
        let tail = self.complete(None, frames);
        done.extend(tail.stmts);
        Tail { stmts: done, value: tail.value }
    }

    /// Normal completion with `value`.
    fn complete(&mut self, value: Option<Expr>, frames: &[Frame]) -> Tail {
        match frames.last() {
            Some(Frame::Loop { .. }) => Tail {
                stmts: value.map(|v| Stmt::Expr(v, Some(Default::default()))).into_iter().collect(),
                value: Some(parse_quote!(false)),
            },
            // A loop or an assignment is a statement, which would be hidden as an operand.
            Some(Frame::Flow { .. }) => match value {
                Some(value) if find::has_value(&value) => {
                    Tail::value(parse_quote!(::core::option::Option::Some(#value)))
                }
                value => Tail {
                    stmts: value
                        .map(|v| Stmt::Expr(v, Some(Default::default())))
                        .into_iter()
                        .collect(),
                    value: Some(parse_quote!(::core::option::Option::Some(()))),
                },
            },
            _ => Tail { stmts: Vec::new(), value },
        }
    }

    /// The exit `kind` from the innermost of `frames`.
    fn exit(&mut self, kind: Kind, frames: &[Frame]) -> Tail {
        let (frame, outer) = frames.split_last().expect("an exit has a frame to leave");
        match (frame, kind) {
            (Frame::Function, Kind::Return(value)) => Tail { stmts: Vec::new(), value },
            (Frame::Block(label), Kind::Break(Some(target), value)) if *label == target => {
                Tail { stmts: Vec::new(), value }
            }
            (Frame::Loop { label, .. }, Kind::Continue(target))
                if target.is_none() || target == *label =>
            {
                Tail::value(parse_quote!(false))
            }
            (Frame::Loop { label, value: variable, .. }, Kind::Break(target, value))
                if target.is_none() || target == *label =>
            {
                let stmts = match (variable, value) {
                    (Some(variable), Some(value)) => {
                        vec![parse_quote!(#variable = ::core::option::Option::Some(#value);)]
                    }
                    _ => Vec::new(),
                };
                Tail { stmts, value: Some(parse_quote!(true)) }
            }
            (frame, kind) => {
                let mut stmts = self.store(kind, frame, outer);
                let value = match frame {
                    Frame::Loop { .. } => parse_quote!(true),
                    _ => parse_quote!(::core::option::Option::None),
                };
                Tail { stmts: std::mem::take(&mut stmts), value: Some(value) }
            }
        }
    }

    /// Stores an exit that leaves more than one frame: its value, and which it is.
    fn store(&mut self, kind: Kind, frame: &Frame, outer: &[Frame]) -> Vec<Stmt> {
        let mut stmts: Vec<Stmt> = Vec::new();
        let code = self.code_of(&kind, outer);
        match kind {
            Kind::Return(value) => {
                self.returns_from_within = true;
                let value = value.unwrap_or_else(|| parse_quote!(()));
                stmts.push(parse_quote!(__returned = ::core::option::Option::Some(#value);));
            }
            Kind::Break(target, Some(value)) => {
                let variable = outer.iter().rev().find_map(|frame| match frame {
                    Frame::Loop { label, value, .. } if target.is_none() || *label == target => {
                        value.clone()
                    }
                    _ => None,
                });
                match variable {
                    Some(variable) => {
                        stmts.push(parse_quote!(#variable = ::core::option::Option::Some(#value);));
                    }
                    None => self.errors.at(
                        &value,
                        "a value that leaves a labelled block from within a loop cannot be differentiated: \
                         assign it to a variable before the `break`",
                    ),
                }
            }
            Kind::Break(_, None) | Kind::Continue(_) => {}
        }
        let variable = match frame {
            Frame::Flow { code } => code.clone(),
            Frame::Loop { name, .. } => format_ident!("__exit_{}", name),
            _ => return stmts,
        };
        stmts.push(parse_quote!(#variable = #code;));
        stmts
    }

    /// A number for each target of an exit: 0 is none, 1 the function, 2 + 2k and 3 + 2k the k-th frame.
    fn code_of(&self, kind: &Kind, outer: &[Frame]) -> syn::LitInt {
        let frame = |target: &Option<Ident>| {
            outer
                .iter()
                .rposition(|frame| match frame {
                    Frame::Loop { label, .. } => target.is_none() || label == target,
                    Frame::Block(label) => Some(label) == target.as_ref(),
                    _ => false,
                })
                .unwrap_or(0)
        };
        let code = match kind {
            Kind::Return(_) => 1,
            Kind::Break(target, _) => 2 + 2 * frame(target),
            Kind::Continue(target) => 3 + 2 * frame(target),
        };
        syn::LitInt::new(&code.to_string(), proc_macro2::Span::call_site())
    }

    /// A statement from which an exit leaves, and what follows it.
    fn exiting(&mut self, stmt: Stmt, rest: Vec<Stmt>, frames: &[Frame]) -> Tail {
        match stmt {
            Stmt::Local(mut local) => {
                let Some(init) = local.init.take() else {
                    unreachable!("an exit stands in an initializer")
                };
                if let Some((_, diverge)) = init.diverge {
                    let (expr, pat) = (init.expr, &local.pat);
                    let statement: Expr = parse_quote!(match #expr { #pat => {} _ => #diverge });
                    return self.control(statement, None, rest, frames);
                }
                self.control(*init.expr, Some(local), rest, frames)
            }
            Stmt::Expr(expr, semi) => {
                let is_tail = semi.is_none() && rest.is_empty();
                if is_tail {
                    self.tail_expr(expr, frames)
                } else {
                    self.control(expr, None, rest, frames)
                }
            }
            Stmt::Item(_) | Stmt::Macro(_) => {
                unreachable!("items and macros have no exits of ours")
            }
        }
    }

    /// An expression in tail position: each arm ends the sequence.
    fn tail_expr(&mut self, expr: Expr, frames: &[Frame]) -> Tail {
        let flows = matches!(frames.last(), Some(Frame::Plain) | None);
        debug_assert!(!flows, "exits need a frame");
        self.control(expr, None, Vec::new(), frames).or_value()
    }

    /// `expr`, from which an exit leaves, bound by `local` (or dropped, or the tail value), then `rest`.
    fn control(
        &mut self,
        expr: Expr,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        match expr {
            Expr::Paren(e) => self.control(*e.expr, local, rest, frames),
            Expr::Return(e) => match e.expr {
                Some(value) if exits_of_expr(&value).any() => {
                    self.hoist(parse_quote!(return #value), local, rest, frames)
                }
                value => {
                    let value = value.map(|v| self.plain_expr(*v));
                    self.exit(Kind::Return(value), frames)
                }
            },
            Expr::Break(e) => {
                let value = e.expr.map(|v| self.plain_expr(*v));
                self.exit(Kind::Break(e.label.map(|l| l.ident), value), frames)
            }
            Expr::Continue(e) => self.exit(Kind::Continue(e.label.map(|l| l.ident)), frames),
            Expr::Try(e) => {
                if exits_of_expr(&e.expr).any() {
                    return self.hoist(Expr::Try(e), local, rest, frames);
                }
                let matched = self.question_mark(*e.expr);
                self.control(matched, local, rest, frames)
            }
            Expr::If(e) => {
                let arms = self.arms_of_if(e);
                self.arms(arms, local, rest, frames)
            }
            Expr::Match(e) => {
                if exits_of_expr(&e.expr).any() {
                    return self.hoist(Expr::Match(e), local, rest, frames);
                }
                let scrutinee = self.plain_expr(*e.expr);
                let arms = e.arms.into_iter().map(|arm| (arm.pat, block_of(*arm.body))).collect();
                self.arms(Arms { head: Head::Match(scrutinee), arms }, local, rest, frames)
            }
            Expr::Block(e) if e.label.is_none() => {
                let mut stmts = e.block.stmts;
                bind_tail(&mut stmts, local, &rest);
                stmts.extend(rest);
                self.sequence(stmts, frames)
            }
            Expr::Block(e) => self.labelled_block(e, local, rest, frames),
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                self.exiting_loop(expr, local, rest, frames)
            }
            expr => self.hoist(expr, local, rest, frames),
        }
    }

    fn question_mark(&mut self, expr: Expr) -> Expr {
        let expr = self.plain_expr(expr);
        let last = match &self.output {
            ReturnType::Type(_, ty) => match &**ty {
                Type::Path(path) => path.path.segments.last().map(|s| s.ident.to_string()),
                _ => None,
            },
            ReturnType::Default => None,
        };
        let value = self.fresh("value");
        if last.as_deref() == Some("Option") {
            parse_quote!(match #expr { Some(#value) => #value, None => return None })
        } else {
            let error = self.fresh("error");
            parse_quote!(match #expr {
                Ok(#value) => #value,
                Err(#error) => return Err(::core::convert::From::from(#error)),
            })
        }
    }

    fn arms_of_if(&mut self, e: syn::ExprIf) -> Arms {
        let otherwise =
            e.else_branch.map(|(_, e)| block_of(*e)).unwrap_or_else(|| parse_quote!({}));
        if let Expr::Let(e_let) = *e.cond {
            let scrutinee = self.plain_expr(*e_let.expr);
            return Arms {
                head: Head::Match(scrutinee),
                arms: vec![(*e_let.pat, e.then_branch), (parse_quote!(_), otherwise)],
            };
        }
        let nested = unchain(*e.cond, e.then_branch, &otherwise);
        match nested {
            Expr::If(e) => {
                let cond = self.plain_expr(*e.cond);
                Arms {
                    head: Head::If(cond),
                    arms: vec![(parse_quote!(true), e.then_branch), (parse_quote!(_), otherwise)],
                }
            }
            Expr::Match(e) => {
                let scrutinee = self.plain_expr(*e.expr);
                let arms = e.arms.into_iter().map(|arm| (arm.pat, block_of(*arm.body))).collect();
                Arms { head: Head::Match(scrutinee), arms }
            }
            other => Arms {
                head: Head::If(parse_quote!(true)),
                arms: vec![(parse_quote!(true), block_of(other)), (parse_quote!(_), otherwise)],
            },
        }
    }

    fn arms(
        &mut self,
        arms: Arms,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        let completing = arms.arms.iter().filter(|(_, block)| completes(&block.stmts)).count();
        let is_tail = local.is_none() && rest.is_empty();
        if completing > 1 && !is_tail {
            return self.flow(arms, local, rest, frames);
        }
        let mut rest = Some(rest);
        let bodies = arms
            .arms
            .into_iter()
            .map(|(pat, block)| {
                let mut stmts = block.stmts;
                if !is_tail && completes(&stmts) {
                    let rest = rest.take().unwrap_or_default();
                    bind_tail(&mut stmts, local.clone(), &rest);
                    stmts.extend(rest);
                }
                (pat, self.sequence(stmts, frames).into_block())
            })
            .collect();
        Tail::value(arms.head.build(bodies))
    }

    /// Several arms complete and some exit: `Some` or `None`.
    fn flow(
        &mut self,
        arms: Arms,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        let code = self.fresh("exit");
        let flow = self.fresh("flow");
        let mut exits = Exits::default();
        let mut inner = frames.to_vec();
        inner.push(Frame::Flow { code: code.clone() });
        let bodies = arms
            .arms
            .into_iter()
            .map(|(pat, block)| {
                exits.join(exits_of_stmts(&block.stmts));
                (pat, self.sequence(block.stmts, &inner).into_block())
            })
            .collect();
        let value = arms.head.build(bodies);
        let (bound, prologue) = match local {
            Some(local) => {
                let name = self.fresh("value");
                let mut local = local;
                local.init = Some(init(parse_quote!(#name)));
                (parse_quote!(#name), vec![Stmt::Local(local)])
            }
            None => (parse_quote!(_), Vec::new()),
        };
        let stmts = prologue.into_iter().chain(rest).collect();
        let after = self.sequence(stmts, frames).into_block();
        let leave = self.dispatch(&exits, &code, frames).into_block();
        let bound: Pat = bound;
        Tail {
            stmts: vec![parse_quote!(let mut #code: usize = 0;), parse_quote!(let #flow = #value;)],
            value: Some(parse_quote!(match #flow {
                ::core::option::Option::Some(#bound) => #after
                ::core::option::Option::None => #leave
            })),
        }
    }

    /// After a stored exit, goes on leaving: which exit it is stands in `code`.
    fn dispatch(&mut self, exits: &Exits, code: &Ident, frames: &[Frame]) -> Tail {
        let mut tails = Vec::new();
        for kind in exits.kinds() {
            let number = self.code_of(&kind, frames);
            let tail = match (kind, frames.last()) {
                (Kind::Return(_), Some(Frame::Function)) => {
                    // A name of its own: one match may be active where another is not.
                    let value = self.fresh("value");
                    Tail::value(parse_quote!(match __returned {
                        ::core::option::Option::Some(#value) => #value,
                        ::core::option::Option::None => ::core::unreachable!(),
                    }))
                }
                (Kind::Return(_), Some(frame)) => self.pass_on(&Kind::Return(None), frame, frames),
                (Kind::Break(target, _), Some(frame)) => match frame {
                    Frame::Loop { label, .. } if target.is_none() || target == *label => {
                        Tail::value(parse_quote!(true))
                    }
                    Frame::Block(label) if Some(label) == target.as_ref() => {
                        Tail { stmts: Vec::new(), value: None }
                    }
                    frame => self.pass_on(&Kind::Break(target, None), frame, frames),
                },
                (Kind::Continue(target), Some(frame)) => match frame {
                    Frame::Loop { label, .. } if target.is_none() || target == *label => {
                        Tail::value(parse_quote!(false))
                    }
                    frame => self.pass_on(&Kind::Continue(target), frame, frames),
                },
                (_, None) => continue,
            };
            tails.push((number, tail.into_block()));
        }
        match tails.len() {
            0 => Tail::value(parse_quote!(::core::unreachable!())),
            1 => {
                let block = tails.remove(0).1;
                Tail { stmts: block.stmts, value: None }.or_value()
            }
            _ => {
                let (_, last) = tails.pop().expect("there are several");
                let chain = tails.into_iter().rev().fold(last, |otherwise, (number, block)| {
                    parse_quote!({ if #code == #number #block else #otherwise })
                });
                Tail { stmts: chain.stmts, value: None }.or_value()
            }
        }
    }

    /// An exit whose value is stored already leaves a further frame.
    fn pass_on(&mut self, kind: &Kind, frame: &Frame, frames: &[Frame]) -> Tail {
        let outer = &frames[..frames.len() - 1];
        let number = self.code_of(kind, outer);
        match frame {
            Frame::Loop { name, .. } => {
                let variable = format_ident!("__exit_{}", name);
                Tail {
                    stmts: vec![parse_quote!(#variable = #number;)],
                    value: Some(parse_quote!(true)),
                }
            }
            Frame::Flow { code } => Tail {
                stmts: vec![parse_quote!(#code = #number;)],
                value: Some(parse_quote!(::core::option::Option::None)),
            },
            _ => Tail::value(parse_quote!(::core::unreachable!())),
        }
    }

    fn exiting_loop(
        &mut self,
        expr: Expr,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        let endless = find::diverges(&expr);
        let (stmts, value, exits, code) = self.loop_statements(expr, frames);
        let rest = match (local, value) {
            // Nothing comes after a loop that only `return` leaves.
            (None, None) if endless => vec![Stmt::Expr(parse_quote!(::core::unreachable!()), None)],
            (Some(mut local), Some(value)) => {
                local.init = Some(init(value));
                std::iter::once(Stmt::Local(local)).chain(rest).collect()
            }
            (None, Some(value)) if rest.is_empty() => vec![Stmt::Expr(value, None)],
            _ => rest,
        };
        let after = self.sequence(rest, frames);
        if !exits.any() {
            return Tail {
                stmts: stmts.into_iter().chain(after.stmts).collect(),
                value: after.value,
            };
        }
        let leave = self.dispatch(&exits, &code, frames).into_block();
        let after = after.into_block();
        Tail { stmts, value: Some(parse_quote!(if #code != 0 #leave else #after)) }
    }

    /// A loop with its exits made values: its statements, its value, and the exits that go further.
    fn loop_statements(
        &mut self,
        expr: Expr,
        frames: &[Frame],
    ) -> (Vec<Stmt>, Option<Expr>, Exits, Ident) {
        *self.counter += 1;
        let name = *self.counter;
        let code = format_ident!("__exit_{}", name);
        let (label, body, mut attrs) = match &expr {
            Expr::ForLoop(e) => (&e.label, &e.body, e.attrs.clone()),
            Expr::While(e) => (&e.label, &e.body, e.attrs.clone()),
            Expr::Loop(e) => (&e.label, &e.body, e.attrs.clone()),
            _ => unreachable!("only loops come here"),
        };
        let label = label.as_ref().map(|l: &Label| l.name.ident.clone());
        let body_exits = exits_of_stmts(&body.stmts);
        let has_value =
            matches!(expr, Expr::Loop(_)) && body_exits.breaks_with_value(label.as_ref());
        let value_name = has_value.then(|| self.fresh("loop_value"));
        let crossing = body_exits.leaving(label.as_ref());
        let mut inner = frames.to_vec();
        inner.push(Frame::Loop { name, label, value: value_name.clone() });
        let mut stmts: Vec<Stmt> = Vec::new();
        if let Some(value) = &value_name {
            stmts.push(parse_quote!(let mut #value = ::core::option::Option::None;));
        }
        if crossing.any() {
            stmts.push(parse_quote!(let mut #code: usize = 0;));
        }
        let stop = format_ident!("{}", STOP);
        let stopping = |body: Block| -> Block {
            let stop = &stop;
            parse_quote!({ let #stop = #body; if #stop { break; } })
        };
        let looped: Expr = match expr {
            Expr::ForLoop(e) => {
                let (pat, iter) = (e.pat, self.plain_expr(*e.expr));
                let body = self.loop_body(e.body, body_exits.any(), &inner, &stopping);
                parse_quote!(#(#attrs)* for #pat in #iter #body)
            }
            Expr::While(e)
                if matches!(*e.cond, Expr::Let(_))
                    || has_let(&e.cond)
                    || exits_of_expr(&e.cond).any() =>
            {
                let (cond, body) = (e.cond, e.body);
                let nested: Block = parse_quote!({ if #cond #body else { break; } });
                let body = self.loop_body(nested, true, &inner, &stopping);
                parse_quote!(#(#attrs)* loop #body)
            }
            Expr::While(e) => {
                let cond = self.plain_expr(*e.cond);
                let body = self.loop_body(e.body, body_exits.any(), &inner, &stopping);
                parse_quote!(#(#attrs)* while #cond #body)
            }
            Expr::Loop(e) => {
                let body = self.loop_body(e.body, body_exits.any(), &inner, &stopping);
                parse_quote!(#(#attrs)* loop #body)
            }
            _ => unreachable!("only loops come here"),
        };
        attrs.clear();
        stmts.push(Stmt::Expr(looped, Some(Default::default())));
        let value = value_name.map(|value| {
            let inner = self.fresh("value");
            parse_quote!(match #value {
                ::core::option::Option::Some(#inner) => #inner,
                ::core::option::Option::None => ::core::unreachable!(),
            })
        });
        (stmts, value, crossing, code)
    }

    fn loop_body(
        &mut self,
        body: Block,
        exits: bool,
        frames: &[Frame],
        stopping: &dyn Fn(Block) -> Block,
    ) -> Block {
        if exits {
            stopping(self.sequence(body.stmts, frames).into_block())
        } else {
            self.sequence(body.stmts, &[Frame::Plain]).into_block()
        }
    }

    fn labelled_block(
        &mut self,
        e: syn::ExprBlock,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        let label = e.label.expect("the block is labelled").name.ident;
        let exits = exits_of_stmts(&e.block.stmts);
        if exits.leaving(Some(&label)).any() {
            self.errors.at(
                &label,
                "an exit that leaves a labelled block for another target cannot be differentiated: \
                 use `if`/`else` or a function of its own",
            );
        }
        let mut inner = frames.to_vec();
        inner.push(Frame::Block(label));
        let value: Expr = {
            let block = self.sequence(e.block.stmts, &inner).into_block();
            parse_quote!(#block)
        };
        let mut stmts: Vec<Stmt> = Vec::new();
        match local {
            Some(mut local) => {
                local.init = Some(init(value));
                stmts.push(Stmt::Local(local));
            }
            None if rest.is_empty() => return self.complete(Some(value), frames),
            None => stmts.push(Stmt::Expr(value, Some(Default::default()))),
        }
        let after = self.sequence(rest, frames);
        stmts.extend(after.stmts);
        Tail { stmts, value: after.value }
    }

    /// Names the operands of `expr` up to the last from which an exit leaves.
    fn hoist(
        &mut self,
        mut expr: Expr,
        local: Option<syn::Local>,
        rest: Vec<Stmt>,
        frames: &[Frame],
    ) -> Tail {
        let mut hoisted: Vec<Stmt> = Vec::new();
        let operands = find::operands(&mut expr);
        let last = operands.iter().rposition(|e| exits_of_expr(e).any());
        let Some(last) = last else {
            self.errors.at(&expr, "an exit inside this expression cannot be differentiated: move it to a statement of its own");
            return Tail { stmts: Vec::new(), value: None };
        };
        for (i, operand) in operands.into_iter().enumerate().take(last + 1) {
            if find::is_trivial(operand) && i != last {
                continue;
            }
            let name = self.fresh("operand");
            let value = std::mem::replace(operand, parse_quote!(#name));
            hoisted.push(parse_quote!(let #name = #value;));
        }
        hoisted.push(match local {
            Some(mut local) => {
                local.init = Some(init(expr));
                Stmt::Local(local)
            }
            None => Stmt::Expr(expr, (!rest.is_empty()).then(Default::default)),
        });
        hoisted.extend(rest);
        self.sequence(hoisted, frames)
    }

    fn plain_expr(&mut self, mut expr: Expr) -> Expr {
        self.visit_expr_mut(&mut expr);
        expr
    }
}

impl Tail {
    fn or_value(mut self) -> Tail {
        if self.value.is_none()
            && let Some(Stmt::Expr(_, None)) = self.stmts.last()
            && let Some(Stmt::Expr(value, None)) = self.stmts.pop()
        {
            self.value = Some(value);
        }
        self
    }
}

/// The arms of an `if` or `match`.
struct Arms {
    head: Head,
    arms: Vec<(Pat, Block)>,
}

enum Head {
    If(Expr),
    Match(Expr),
}

impl Head {
    fn build(self, arms: Vec<(Pat, Block)>) -> Expr {
        match self {
            Head::If(cond) => {
                let (then, otherwise) = (&arms[0].1, &arms[1].1);
                parse_quote!(if #cond #then else #otherwise)
            }
            Head::Match(scrutinee) => {
                let arms =
                    arms.into_iter().map(|(pat, block)| -> Arm { parse_quote!(#pat => #block) });
                parse_quote!(match #scrutinee { #(#arms)* })
            }
        }
    }
}

fn init(expr: Expr) -> syn::LocalInit {
    syn::LocalInit { eq_token: Default::default(), expr: Box::new(expr), diverge: None }
}

fn block_of(expr: Expr) -> Block {
    match expr {
        Expr::Block(e) if e.label.is_none() && e.attrs.is_empty() => e.block,
        expr => parse_quote!({ #expr }),
    }
}

/// Binds the tail value of `stmts` by `local`, or drops it where something follows.
fn bind_tail(stmts: &mut Vec<Stmt>, local: Option<syn::Local>, rest: &[Stmt]) {
    let tail = match stmts.last() {
        Some(Stmt::Expr(_, None)) => match stmts.pop() {
            Some(Stmt::Expr(e, None)) => Some(e),
            _ => None,
        },
        _ => None,
    };
    match (local, tail) {
        (Some(mut local), tail) => {
            local.init = Some(init(tail.unwrap_or_else(|| parse_quote!(()))));
            stmts.push(Stmt::Local(local));
        }
        (None, Some(tail)) => {
            let semi = (!rest.is_empty() || !find::has_value(&tail)).then(Default::default);
            stmts.push(Stmt::Expr(tail, semi));
        }
        (None, None) => {}
    }
}

fn has_let(cond: &Expr) -> bool {
    match cond {
        Expr::Let(_) => true,
        Expr::Binary(e) => {
            matches!(e.op, syn::BinOp::And(_)) && (has_let(&e.left) || has_let(&e.right))
        }
        Expr::Paren(e) => has_let(&e.expr),
        _ => false,
    }
}

/// Methods whose closure returns an `Option`.
const OPTIONAL: &[&str] = &["filter_map", "find_map", "map_while", "scan"];

/// Turns a chain `a && let P = e && b` into nested tests.
fn unchain(cond: Expr, then: Block, otherwise: &Block) -> Expr {
    match cond {
        Expr::Binary(e) if has_let(&Expr::Binary(e.clone())) => {
            let inner = unchain(*e.right, then, otherwise);
            unchain(*e.left, parse_quote!({ #inner }), otherwise)
        }
        Expr::Let(e) => {
            let (pat, expr) = (e.pat, e.expr);
            parse_quote!(match #expr { #pat => #then _ => #otherwise })
        }
        cond => parse_quote!(if #cond #then else #otherwise),
    }
}

impl VisitMut for Exit<'_> {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let stmts = std::mem::take(&mut block.stmts);
        *block = self.sequence(stmts, &[Frame::Plain]).into_block();
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::MethodCall(call)
                if OPTIONAL.iter().any(|name| call.method == name)
                    && call.args.iter().any(|arg| matches!(arg, Expr::Closure(_))) =>
            {
                for arg in &mut call.args {
                    if let Expr::Closure(ExprClosure {
                        output: output @ ReturnType::Default,
                        body,
                        ..
                    }) = arg
                        && find::closure_exits(body)
                    {
                        *output = parse_quote!(-> ::core::option::Option<_>);
                        *body = parse_quote!({ #body });
                    }
                }
                visit_mut::visit_expr_mut(self, expr);
            }
            Expr::Closure(closure) => {
                let output = match (&closure.output, fallible::kind_of(&closure.body)) {
                    (ReturnType::Default, Some(fallible::Kind::Option)) => {
                        parse_quote!(-> ::core::option::Option<_>)
                    }
                    (output, _) => output.clone(),
                };
                let has_exits = find::closure_exits(&closure.body);
                let mut body = block_of((*closure.body).clone());
                let mut inner = Exit {
                    output,
                    errors: self.errors,
                    counter: self.counter,
                    returns_from_within: false,
                };
                if has_exits {
                    inner.function(&mut body);
                    *closure.body = parse_quote!(#body);
                } else {
                    inner.visit_expr_mut(&mut closure.body);
                }
            }
            Expr::If(e) if has_let(&e.cond) => {
                let e = e.clone();
                let otherwise =
                    e.else_branch.map(|(_, e)| block_of(*e)).unwrap_or_else(|| parse_quote!({}));
                *expr = unchain(*e.cond, e.then_branch, &otherwise);
                self.visit_expr_mut(expr);
            }
            Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_) => {
                let (stmts, value, _, _) = self.loop_statements(expr.clone(), &[Frame::Plain]);
                *expr = if let ([Stmt::Expr(only, _)], None) = (&stmts[..], &value) {
                    only.clone()
                } else {
                    parse_quote!({ #(#stmts)* #value })
                };
            }
            Expr::Block(e) if e.label.is_some() => {
                let e = e.clone();
                let tail = self.labelled_block(e, None, Vec::new(), &[Frame::Plain]);
                let block = tail.into_block();
                *expr = match &block.stmts[..] {
                    [Stmt::Expr(only, None)] => only.clone(),
                    _ => parse_quote!(#block),
                };
            }
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}
