//! The functions of the contract, as thin wrappers of two hidden ones: `__adjoint` and `__jvp`.

pub mod custom;
mod jacobian;
mod nested;
pub mod object;
mod public;
mod second;
pub mod value;

use crate::adjoint::{self, Reversed};
use crate::emit::{Emitter, active_flag};
use crate::function::{Function, Param};
use crate::ir::{Expr, Program, Role, Stmt, Var, VarInfo};
use crate::{explain, tangent, validate};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;

/// How the generated functions are named and called.
#[derive(Clone)]
pub struct Naming {
    /// The function's own name.
    pub function: Ident,
    /// Whether they are siblings in the same `impl`, with a suffix.
    pub siblings: bool,
    /// Whether they are declarations or definitions of a trait, which take no visibility.
    pub in_trait: bool,
    /// Whether they are those that trait objects have.
    pub on_objects: bool,
    /// Whether they stand in the `impl` of a trait, whose own defaults supply the functions around Jacobians.
    pub inherits_jacobians: bool,
    /// The generic arguments of a call of one from another, where its arguments do not tell them.
    pub arguments: TokenStream,
}

impl Naming {
    pub fn of(f: &Function, in_trait: bool) -> Naming {
        let receiver = f.params.iter().any(|p| p.receiver);
        Naming {
            function: f.item.sig.ident.clone(),
            siblings: receiver || f.options.associated,
            in_trait,
            on_objects: false,
            inherits_jacobians: false,
            arguments: generic_arguments(f),
        }
    }

    pub fn public(&self, what: &str) -> Ident {
        if self.siblings {
            format_ident!("{}_{}", self.function, what)
        } else {
            format_ident!("{}", what)
        }
    }

    pub fn hidden(&self, what: &str) -> Ident {
        if self.on_objects {
            format_ident!("__{}_{}_dyn", self.function, what)
        } else if self.siblings {
            format_ident!("__{}_{}", self.function, what)
        } else {
            format_ident!("__{}", what)
        }
    }

    /// The path by which one generated function calls another.
    pub fn call(&self, name: &Ident) -> TokenStream {
        let arguments = &self.arguments;
        quote!(Self::#name #arguments)
    }

    /// The path by which a generated function calls the function itself.
    pub fn primal(&self) -> TokenStream {
        let (name, arguments) = (&self.function, &self.arguments);
        if self.siblings { quote!(Self::#name #arguments) } else { quote!(#name #arguments) }
    }
}

/// `::<S>` where a generic parameter occurs in no argument's type.
fn generic_arguments(f: &Function) -> TokenStream {
    let inputs = f.inputs.to_token_stream();
    let names: Vec<&Ident> = f
        .item
        .sig
        .generics
        .params
        .iter()
        .filter_map(|p| match p {
            syn::GenericParam::Type(t) => Some(&t.ident),
            syn::GenericParam::Const(c) => Some(&c.ident),
            syn::GenericParam::Lifetime(_) => None,
        })
        .collect();
    let open = names.iter().any(|name| !mentions(&inputs, &name.to_string()));
    if open { quote!(::<#(#names),*>) } else { TokenStream::new() }
}

pub fn slot(p: &Param) -> Ident {
    format_ident!("{}_slot", p.name)
}

pub fn arg(p: &Param) -> Ident {
    format_ident!("{}_arg", p.name)
}

fn scratch(p: &Param) -> Ident {
    format_ident!("{}_scratch", p.name)
}

/// The parameters as the user wrote them.
pub fn inputs(f: &Function) -> Vec<TokenStream> {
    f.inputs.iter().map(ToTokens::to_token_stream).collect()
}

/// The parameters, without `mut` on their names.
pub fn plain_inputs(f: &Function) -> Vec<TokenStream> {
    f.inputs
        .iter()
        .map(|input| {
            let mut input = input.clone();
            match &mut input {
                syn::FnArg::Typed(t) => {
                    if let syn::Pat::Ident(p) = &mut *t.pat {
                        p.mutability = None;
                    }
                }
                syn::FnArg::Receiver(r) => r.mutability = None,
            }
            input.to_token_stream()
        })
        .collect()
}

pub struct Generics {
    pub params: TokenStream,
    pub clause: TokenStream,
}

pub fn generics(f: &Function) -> Generics {
    let (params, _, clause) = f.generics.split_for_impl();
    Generics { params: params.to_token_stream(), clause: clause.to_token_stream() }
}

pub fn allows() -> TokenStream {
    quote! {
        #[allow(
            unused_variables, unused_mut, unused_assignments, unused_parens, unused_braces, dead_code,
            unreachable_code, unused_must_use, non_snake_case, unused_imports, unused_labels,
            clippy::all, clippy::pedantic, clippy::nursery, clippy::restriction
        )]
    }
}

/// All that is generated for a function whose program is `program`.
pub fn all(f: &Function, naming: &Naming, program: Program) -> TokenStream {
    let mut out = TokenStream::new();
    let mut explained = match (&f.options.vjp, &f.options.jvp) {
        (None, None) => explain::forward(&program),
        _ => explain::opaque(f),
    };
    if f.options.has_reverse() {
        out.extend(match &f.options.vjp {
            Some(path) => custom::adjoint(f, naming, path),
            None => {
                let (tokens, explanation) = adjoint(f, naming, program.clone());
                explained = explanation;
                tokens
            }
        });
        out.extend(public::reverse(f, naming));
    }
    if f.options.has_forward() {
        out.extend(match &f.options.jvp {
            Some(path) => custom::jvp(f, naming, path),
            None => jvp(f, naming, program.clone()),
        });
        out.extend(public::forward(f, naming));
    }
    if f.options.has_second() {
        out.extend(second::all(f, naming, program));
    }
    out.extend(jacobian::all(f, naming));
    if naming.inherits_jacobians && object::is_object_safe(f) {
        out.extend(object::definitions(f, naming));
    }
    if f.options.explain.is_some() {
        out.extend(explain::constant(f, naming, &explained));
    }
    out
}

fn param_var(program: &Program, p: &Param) -> Option<Var> {
    program.vars.iter().position(|v| matches!(v.role, Role::Param) && v.name == p.name).map(Var)
}

/// `__adjoint`: both sweeps, with one slot for each parameter; and what there is to say of them.
fn adjoint(f: &Function, naming: &Naming, mut program: Program) -> (TokenStream, String) {
    let out_bar = Var(program.vars.len());
    let ty = f.output_ty();
    let taken: HashSet<String> = program.vars.iter().map(|v| v.name.to_string()).collect();
    let out_name = fresh(&taken, "out_bar");
    program.vars.push(VarInfo {
        name: out_name.clone(),
        ty,
        active: true,
        mutable: false,
        role: Role::Temp,
    });
    let reversed = adjoint::reverse(program, out_bar);
    if cfg!(debug_assertions) {
        validate::require("in the adjoint", &validate::reversed(&reversed, &[out_bar]));
    }
    let body = adjoint_body(f, &reversed, &taken);
    let name = naming.hidden("adjoint");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (inputs(f), f.output_tokens(), f.output_tangent());
    let slots = f.params.iter().filter(|p| !(naming.on_objects && p.receiver)).map(|p| {
        let (slot, tangent) = (slot(p), p.tangent());
        if naming.on_objects {
            let ty = object::slot_type(p);
            quote!(mut #slot: #ty)
        } else if p.active {
            quote!(mut #slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
        } else {
            quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
        }
    });
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    let tokens = quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #out_name: #tangent, #(#slots),*) -> #output #clause {
            use ::ad_runtime::rt::methods::*;
            #body
        }
    };
    (tokens, explain::reverse(&reversed))
}

pub fn visibility(naming: &Naming) -> (TokenStream, bool) {
    if naming.in_trait { (quote!(), !naming.on_objects) } else { (quote!(pub), false) }
}

pub fn with_sized(clause: TokenStream, sized: bool) -> TokenStream {
    if !sized {
        return clause;
    }
    if clause.is_empty() {
        return quote!(where Self: Sized);
    }
    let closed = matches!(clause.clone().into_iter().last(), Some(proc_macro2::TokenTree::Punct(p)) if p.as_char() == ',');
    let comma = (!closed).then(|| quote!(,));
    quote!(#clause #comma Self: Sized)
}

fn fresh(taken: &HashSet<String>, base: &str) -> Ident {
    let mut name = base.to_owned();
    let mut count = 1;
    while taken.contains(&name) {
        count += 1;
        name = format!("{base}_{count}");
    }
    format_ident!("{}", name)
}

fn adjoint_body(f: &Function, reversed: &Reversed, taken: &HashSet<String>) -> TokenStream {
    let program = &reversed.program;
    let mut kept = HashSet::new();
    adjoint::every_read(program, &reversed.reverse, &mut kept);
    adjoint::fused_reads(program, &reversed.forward, &mut kept);
    for p in f.active() {
        kept.extend(param_var(program, p));
    }
    let mut forward = Emitter::forward(program, kept);
    forward.find_changed(&reversed.forward);
    forward.find_changed(&reversed.reverse);
    let reverse = Emitter::reverse(program, &reversed.reverse);
    let (forward_tokens, reverse_tokens) =
        (forward.stmts(&reversed.forward), reverse.stmts(&reversed.reverse));
    let out = fresh(taken, "out");
    let result = reversed.result.as_ref().map_or_else(|| quote!(()), |e| forward.expr(e));
    let both = quote!(#forward_tokens #reverse_tokens #result);
    let mut prologue = TokenStream::new();
    let mut epilogue = TokenStream::new();
    let mut after_forward = TokenStream::new();
    for p in f.active() {
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
    // A place that the reverse sweep restores holds its final value again in the end.
    for p in f.params.iter().filter(|p| p.is_mut_ref()) {
        let Some(var) = param_var(program, p) else { continue };
        if restores(program, &reversed.reverse, var) {
            let (name, last) = (&p.name, format_ident!("{}_final", p.name));
            if p.is_mut_view() {
                after_forward.extend(quote!(let #last = ::ad_runtime::rt::keep_array(&#name);));
                epilogue.extend(quote!(::ad_runtime::rt::put_back_array(&mut #name, #last);));
                continue;
            }
            after_forward.extend(quote!(let #last = ::ad_runtime::rt::keep(&*#name);));
            epilogue.extend(quote!(::ad_runtime::rt::put_back(&mut *#name, #last);));
        }
    }
    let returns = f.output.is_some();
    let (bind, give) =
        if returns { (quote!(let #out = #result;), quote!(#out)) } else { (quote!(), quote!()) };
    quote!(#prologue #forward_tokens #bind #after_forward #reverse_tokens #epilogue #give)
}

fn restores(program: &Program, stmts: &[Stmt], var: Var) -> bool {
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
        _ => false,
    };
    own || e.children().into_iter().any(|c| changes(program, c, var))
}

/// `__jvp`: the function and its tangent, with one tangent (or none) for each parameter.
fn jvp(f: &Function, naming: &Naming, program: Program) -> TokenStream {
    let pushed = tangent::push_forward(program);
    if cfg!(debug_assertions) {
        validate::require("in the tangent", &validate::pushed(&pushed));
    }
    let program = &pushed.program;
    let mut emitter = Emitter::forward(program, HashSet::new());
    emitter.tangent = true;
    let stmts = emitter.stmts(&pushed.stmts);
    let result = pushed.result.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
    let result_dot = pushed.result_dot.as_ref().map_or_else(|| quote!(()), |e| emitter.expr(e));
    let both = quote!(#stmts #result_dot);
    let mut prologue = TokenStream::new();
    for p in f.active() {
        let Some(var) = param_var(program, p) else { continue };
        let (name, arg, scratch, dot) = (&p.name, arg(p), scratch(p), p.dot());
        if !mentions(&both, &dot.to_string()) && !mentions(&both, &active_flag(name).to_string()) {
            continue;
        }
        if adjoint::is_borrowed_param(program, var) {
            let flag = active_flag(name);
            prologue.extend(if p.is_mut_ref() {
                quote! {
                    let #flag = ::ad_runtime::rt::is_active(&#arg, &#name);
                    let mut #scratch = ::core::option::Option::None;
                    let mut #dot = ::ad_runtime::rt::bar(&mut #arg, &mut #scratch, &#name);
                }
            } else {
                quote! {
                    let #flag = ::ad_runtime::rt::is_active_arg(&#arg, &#name);
                    let mut #scratch = ::core::option::Option::None;
                    let #dot = ::ad_runtime::rt::dot(&#arg, &mut #scratch, &#name);
                }
            });
        } else {
            prologue.extend(quote!(let mut #dot = ::ad_runtime::rt::tangent(&#name, #arg);));
        }
    }
    let name = naming.hidden("jvp");
    let Generics { params, clause } = generics(f);
    let (inputs, output, tangent) = (inputs(f), f.output_tokens(), f.output_tangent());
    let args = f.params.iter().filter(|p| !(naming.on_objects && p.receiver)).map(|p| {
        if naming.on_objects {
            let (arg, ty) = (arg(p), object::arg_type(p));
            quote!(mut #arg: #ty)
        } else {
            jvp_arg(p)
        }
    });
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    let taken: HashSet<String> = program.vars.iter().map(|v| v.name.to_string()).collect();
    let out_dot = fresh(&taken, "out_dot");
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #(#args),*) -> (#output, #tangent) #clause {
            use ::ad_runtime::rt::methods::*;
            #prologue
            #stmts
            let #out_dot = #result_dot;
            (#result, #out_dot)
        }
    }
}

pub fn jvp_arg(p: &Param) -> TokenStream {
    let (arg, tangent) = (arg(p), p.tangent());
    match (p.active, p.is_mut_ref()) {
        (false, _) => quote!(#arg: impl ::ad_runtime::rt::ConstantSlot),
        (true, true) => quote!(mut #arg: impl ::ad_runtime::rt::SlotMut<#tangent>),
        (true, false) => quote!(#arg: impl ::ad_runtime::rt::TangentArg<#tangent>),
    }
}

pub fn mentions(tokens: &TokenStream, name: &str) -> bool {
    tokens.clone().into_iter().any(|tree| match tree {
        proc_macro2::TokenTree::Ident(i) => i == name,
        proc_macro2::TokenTree::Group(g) => mentions(&g.stream(), name),
        _ => false,
    })
}

/// What stands in for the derivatives where there were errors, so that their callers do not fail as well.
pub fn stubs(f: &Function, naming: &Naming) -> TokenStream {
    let mut out = TokenStream::new();
    if f.options.has_reverse() {
        out.extend(custom::declared_adjoint(f, naming, true));
        out.extend(public::reverse(f, naming));
    }
    if f.options.has_forward() {
        out.extend(custom::declared_jvp(f, naming, true));
        out.extend(public::forward(f, naming));
    }
    if f.options.has_second() {
        out.extend(second::declared(f, naming, true));
        out.extend(second::public(f, naming));
    }
    if f.options.explain.is_some() && !naming.in_trait {
        out.extend(explain::constant(f, naming, ""));
    }
    if naming.inherits_jacobians && object::is_object_safe(f) {
        out.extend(object::definitions(f, naming));
    }
    out.extend(jacobian::all(f, naming));
    out
}

/// The siblings of a method that a trait declares.
pub fn declarations(f: &Function, naming: &Naming) -> TokenStream {
    let mut out = TokenStream::new();
    if object::is_object_safe(f) {
        out.extend(object::declarations(f, naming));
    }
    if f.options.has_reverse() {
        out.extend(custom::declared_adjoint(f, naming, false));
        out.extend(public::reverse(f, naming));
    }
    if f.options.has_forward() {
        out.extend(custom::declared_jvp(f, naming, false));
        out.extend(public::forward(f, naming));
    }
    if f.options.has_second() {
        out.extend(second::declared(f, naming, false));
        out.extend(second::public(f, naming));
    }
    out.extend(jacobian::all(f, naming));
    out
}
