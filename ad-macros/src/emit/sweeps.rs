//! The bodies of the hidden functions: what binds the cotangents and tangents of parameters, and the sweeps.

use super::moves::moved_repeatedly;
use super::{Emitter, active_flag, mentions};
use crate::adjoint::{self, Reversed};
use crate::function::{Param, arg, scratch, slot};
use crate::ir::{Expr, Program, Role, Stmt, Ty, Var};
use crate::tangent::Pushed;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::HashSet;

/// `base`, or what comes after it where that is taken.
pub fn fresh(taken: &HashSet<String>, base: &str) -> Ident {
    let mut name = base.to_owned();
    let mut count = 1;
    while taken.contains(&name) {
        count += 1;
        name = format!("{base}_{count}");
    }
    format_ident!("{}", name)
}

/// The parts of the bodies that are made of two sweeps.
struct Parts {
    /// What binds the cotangents of parameters.
    prologue: TokenStream,
    forward: TokenStream,
    result: TokenStream,
    reverse: TokenStream,
    /// What gives the cotangents of scalar parameters to their slots.
    epilogue: TokenStream,
}

impl Parts {
    fn of(params: &[Param], reversed: &Reversed) -> Parts {
        let program = &reversed.program;
        let mut kept = HashSet::new();
        adjoint::every_read(program, &reversed.reverse, &mut kept);
        adjoint::fused_reads(program, &reversed.forward, &mut kept);
        kept.extend(moved_repeatedly(program, &reversed.forward));
        for p in params.iter().filter(|p| p.active) {
            kept.extend(param_var(program, p));
        }
        let mut emitter = Emitter::forward(program, kept);
        emitter.find_changed(&reversed.forward);
        emitter.find_changed(&reversed.reverse);
        let forward = emitter.stmts(&reversed.forward);
        let reverse = Emitter::reverse(program, &reversed.reverse).stmts(&reversed.reverse);
        let result = reversed.result.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
        let both = quote!(#forward #reverse #result);
        let (mut prologue, mut epilogue) = (TokenStream::new(), TokenStream::new());
        for p in params.iter().filter(|p| p.active) {
            let Some(var) = param_var(program, p) else { continue };
            let (name, slot, scratch, bar) = (&p.name, slot(p), scratch(p), p.bar());
            if adjoint::is_borrowed_param(program, var) {
                if !mentions(&both, &bar.to_string())
                    && !mentions(&both, &active_flag(name).to_string())
                {
                    continue;
                }
                let flag = active_flag(name);
                prologue.extend(quote! {
                    let #flag = ::ad_runtime::rt::is_active(&#slot, &#name);
                    let mut #scratch = ::core::option::Option::None;
                    let mut #bar = ::ad_runtime::rt::bar(&mut #slot, &mut #scratch, &#name);
                });
            } else if let Some((_, bar)) = reversed.scalars.iter().find(|(v, _)| *v == var) {
                let bar = &program[*bar].name;
                epilogue.extend(quote!(::ad_runtime::rt::add(#slot, #bar);));
            }
        }
        Parts { prologue, forward, result, reverse, epilogue }
    }
}

/// What keeps the final values of the places that the reverse sweep restores, and what puts them back.
fn finals(params: &[Param], reversed: &Reversed) -> (TokenStream, TokenStream) {
    let program = &reversed.program;
    let (mut keep, mut put_back) = (TokenStream::new(), TokenStream::new());
    for p in params.iter().filter(|p| p.is_mut_ref()) {
        let Some(var) = param_var(program, p) else { continue };
        if restores(program, &reversed.reverse, var) {
            let (name, last) = (&p.name, format_ident!("{}_final", p.name));
            if p.is_changed_view() {
                let place = if p.is_ref() { quote!(*#name) } else { quote!(#name) };
                keep.extend(quote!(let #last = ::ad_runtime::rt::keep_array(&#place);));
                put_back.extend(quote!(::ad_runtime::rt::put_back_array(&mut #place, #last);));
                continue;
            }
            keep.extend(quote!(let #last = ::ad_runtime::rt::keep(&*#name);));
            put_back.extend(quote!(::ad_runtime::rt::put_back(&mut *#name, #last);));
        }
    }
    (keep, put_back)
}

/// The body of `__adjoint`: both sweeps, between the slots of `params` and what becomes of them.
pub fn adjoint_body(params: &[Param], returns: bool, reversed: &Reversed) -> TokenStream {
    let Parts { prologue, forward, result, reverse, epilogue } = Parts::of(params, reversed);
    let (keep, put_back) = finals(params, reversed);
    let out = fresh(&names_of(&reversed.program), "out");
    let (bind, give) =
        if returns { (quote!(let #out = #result;), quote!(#out)) } else { (quote!(), quote!()) };
    quote!(#prologue #forward #bind #keep #reverse #epilogue #put_back #give)
}

/// The bodies of the two halves of a call: one ends with the value, the other is the rest.
pub struct Halves {
    pub forward: TokenStream,
    pub out: Ident,
    pub reverse: TokenStream,
}

/// The halves, where the first does not need the cotangents, which the second brings.
pub fn halves(params: &[Param], reversed: &Reversed) -> Option<Halves> {
    let Parts { prologue, forward, result, reverse, epilogue } = Parts::of(params, reversed);
    let program = &reversed.program;
    let out = fresh(&names_of(program), "out");
    let forward = quote!(#forward let #out = #result;);
    let asks = |p: &Param| {
        let names = [active_flag(&p.name), slot(p), p.bar()];
        names.iter().any(|name| mentions(&forward, &name.to_string()))
    };
    if params.iter().any(asks) {
        return None;
    }
    let (mut keep, mut put_back) = (TokenStream::new(), TokenStream::new());
    for p in params.iter().filter(|p| p.is_mut_ref()) {
        let var = param_var(program, p)?;
        if p.is_changed_view() {
            return None;
        }
        if adjoint::reads_in_reverse(reversed, var) {
            // What is not seen to be cloneable may not be.
            let Ty::RefMut(inner) = &program[var].ty else { return None };
            if **inner == Ty::Unknown {
                return None;
            }
            let (name, last) = (&p.name, format_ident!("{}_final", p.name));
            keep.extend(quote!(let #last = ::ad_runtime::rt::keep(&*#name);));
            put_back.extend(quote!(::ad_runtime::rt::put_back(&mut *#name, #last);));
        }
    }
    Some(Halves {
        forward: quote!(#forward #keep),
        out,
        reverse: quote!(#prologue #put_back #reverse #epilogue),
    })
}

pub fn restores(program: &Program, stmts: &[Stmt], var: Var) -> bool {
    stmts.iter().any(|stmt| match stmt {
        Stmt::Assign { place, .. } | Stmt::Update { place, .. } => program.base(place) == var,
        Stmt::Do(e) => changes(program, e, var),
        Stmt::Let { value, .. } => changes(program, value, var),
        Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => {
            restores(program, body, var)
        }
        Stmt::ReverseCheckpointed { restore, body, .. } => {
            restores(program, restore, var) || restores(program, body, var)
        }
        Stmt::ReverseIf { then, els, .. } => {
            restores(program, then, var) || restores(program, els, var)
        }
        Stmt::ReverseMatch { arms, .. } => arms.iter().any(|arm| restores(program, &arm.body, var)),
        _ => false,
    })
}

fn changes(program: &Program, e: &Expr, var: Var) -> bool {
    let own = match e {
        Expr::Ref { mutable: true, expr } => {
            expr.as_place().is_some_and(|p| program.base(p) == var)
        }
        Expr::Method { recv, .. } => recv.as_place().is_some_and(|p| program.base(p) == var),
        Expr::Place(place) => place.is_var() && place.root == var,
        // The first argument names the flag of a parameter.
        Expr::Runtime {
            function:
                "read_active" | "take_active" | "replace_active" | "part_where" | "part_mut" | "when",
            args,
        } => return args[1..].iter().any(|arg| changes(program, arg, var)),
        _ => false,
    };
    own || e.children().into_iter().any(|c| changes(program, c, var))
}

/// The body of `__jvp`: the function and its tangent.
pub fn jvp_body(params: &[Param], pushed: &Pushed) -> TokenStream {
    forward_body(params, pushed, false)
}

/// The same, with tangents in several directions.
pub fn abreast_body(params: &[Param], pushed: &Pushed) -> TokenStream {
    forward_body(params, pushed, true)
}

fn forward_body(params: &[Param], pushed: &Pushed, lanes: bool) -> TokenStream {
    let program = &pushed.program;
    let mut emitter = Emitter::forward(program, moved_repeatedly(program, &pushed.stmts));
    (emitter.tangent, emitter.lanes) = (true, lanes);
    let stmts = emitter.stmts(&pushed.stmts);
    let result = pushed.result.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
    let result_dot = pushed.result_dot.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
    let both = quote!(#stmts #result_dot);
    let mut prologue = TokenStream::new();
    for p in params.iter().filter(|p| p.active) {
        let Some(var) = param_var(program, p) else { continue };
        let (name, arg, scratch, dot) = (&p.name, arg(p), scratch(p), p.dot());
        let primal = emitter.shape_of(&quote!(&#name));
        if !mentions(&both, &dot.to_string()) && !mentions(&both, &active_flag(name).to_string()) {
            continue;
        }
        if adjoint::is_borrowed_param(program, var) {
            let flag = active_flag(name);
            prologue.extend(if p.is_mut_ref() {
                quote! {
                    let #flag = ::ad_runtime::rt::is_active(&#arg, #primal);
                    let mut #scratch = ::core::option::Option::None;
                    let mut #dot = ::ad_runtime::rt::bar(&mut #arg, &mut #scratch, #primal);
                }
            } else {
                quote! {
                    let #flag = ::ad_runtime::rt::is_active_arg(&#arg, #primal);
                    let mut #scratch = ::core::option::Option::None;
                    let #dot = ::ad_runtime::rt::dot(&#arg, &mut #scratch, #primal);
                }
            });
        } else {
            prologue.extend(quote!(let mut #dot = ::ad_runtime::rt::tangent(#primal, #arg);));
        }
    }
    let out_dot = fresh(&names_of(program), "out_dot");
    quote! {
        #prologue
        #stmts
        let #out_dot = #result_dot;
        (#result, #out_dot)
    }
}

fn names_of(program: &Program) -> HashSet<String> {
    program.vars.iter().map(|v| v.name.to_string()).collect()
}

/// The variable of a parameter. It has none where the program never came to be.
pub fn param_var(program: &Program, p: &Param) -> Option<Var> {
    program.vars.iter().position(|v| matches!(v.role, Role::Param) && v.name == p.name).map(Var)
}
