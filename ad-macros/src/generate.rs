//! The functions of the contract, as thin wrappers of two hidden ones: `__adjoint` and `__jvp`.

pub mod custom;
mod jacobian;
mod lanes;
mod nested;
pub mod object;
mod public;
mod second;
mod split;
pub mod value;

use crate::adjoint;
pub use crate::emit::mentions;
use crate::emit::sweeps::{self, fresh, param_var};
use crate::function::{Function, Param, scratch};
pub use crate::function::{arg, slot};
use crate::ir::Program;
use crate::{explain, tangent, validate};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

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

    /// The path where the arguments tell all generic arguments.
    pub fn call_plain(&self, name: &Ident) -> TokenStream {
        quote!(Self::#name)
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
            Some(path) => {
                let reads = reads(f, naming, |_| true);
                let adjoint = custom::adjoint(f, naming, path);
                let halves = split::joint(f, naming);
                quote!(#reads #adjoint #halves)
            }
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
    let (siblings, abreast) = lanes::all(f, naming, &program);
    out.extend(siblings);
    if f.options.has_second() {
        out.extend(second::all(f, naming, program));
    }
    out.extend(jacobian::all(f, naming, abreast));
    if naming.inherits_jacobians && object::is_object_safe(f) {
        out.extend(object::definitions(f, naming));
    }
    if f.options.explain.is_some() {
        out.extend(explain::constant(f, naming, &explained));
    }
    out
}

/// `__adjoint`: both sweeps, with one slot for each parameter; and what there is to say of them.
fn adjoint(f: &Function, naming: &Naming, mut program: Program) -> (TokenStream, String) {
    let primal = program.clone();
    let out_bar = adjoint::seed(&mut program, f.output_ty());
    let out_name = program[out_bar].name.clone();
    let reversed = adjoint::reverse(program, out_bar);
    if cfg!(debug_assertions) {
        validate::require("in the adjoint", &validate::reversed(&reversed, &[out_bar]));
    }
    let reads = reads(f, naming, |p| {
        let var = param_var(&reversed.program, p);
        var.is_none_or(|var| adjoint::reads_old_value(&reversed, var))
    });
    let body = sweeps::adjoint_body(&f.params, f.output.is_some(), &reversed);
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
    let halves = split::of_program(f, naming, primal, &reversed);
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    let tokens = quote! {
        #reads
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #out_name: #tangent, #(#slots),*) -> #output #clause {
            use ::ad_runtime::rt::methods::*;
            #body
        }
        #halves
    };
    (tokens, explain::reverse(&reversed))
}

/// The slots of an adjoint, one for each parameter.
fn slots(f: &Function) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let (slot, tangent) = (slot(p), p.tangent());
            if p.active {
                quote!(mut #slot: impl ::ad_runtime::rt::SlotMut<#tangent>)
            } else {
                quote!(#slot: impl ::ad_runtime::rt::ConstantSlot)
            }
        })
        .collect()
}

/// Whether both sweeps read what their parameters held before, of functions that have `&mut` parameters.
fn reads(f: &Function, naming: &Naming, reads: impl Fn(&Param) -> bool) -> TokenStream {
    if naming.siblings || !f.params.iter().any(Param::is_mut_ref) {
        return TokenStream::new();
    }
    let (count, reads) = (f.params.len(), f.params.iter().map(reads));
    quote! {
        #[doc(hidden)]
        pub const __READS: [bool; #count] = [#(#reads),*];
    }
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

/// `__jvp`: the function and its tangent, with one tangent (or none) for each parameter.
fn jvp(f: &Function, naming: &Naming, program: Program) -> TokenStream {
    let pushed = tangent::push_forward(program);
    if cfg!(debug_assertions) {
        validate::require("in the tangent", &validate::pushed(&pushed));
    }
    let body = sweeps::jvp_body(&f.params, &pushed);
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
    quote! {
        #[doc(hidden)]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs,)* #(#args),*) -> (#output, #tangent) #clause {
            use ::ad_runtime::rt::methods::*;
            #body
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

/// What stands in for the derivatives where there were errors, so that their callers do not fail as well.
pub fn stubs(f: &Function, naming: &Naming) -> TokenStream {
    let mut out = TokenStream::new();
    if f.options.has_reverse() {
        out.extend(reads(f, naming, |_| true));
        out.extend(custom::declared_adjoint(f, naming, true));
        out.extend(split::joint(f, naming));
        out.extend(public::reverse(f, naming));
    }
    if f.options.has_forward() {
        out.extend(custom::declared_jvp(f, naming, true));
        out.extend(public::forward(f, naming));
    }
    if f.options.has_second() {
        out.extend(second::declared(f, naming, true));
        out.extend(second::public(f, naming, false));
        out.extend(lanes::refused_second(f, naming));
    }
    if f.options.explain.is_some() && !naming.in_trait {
        out.extend(explain::constant(f, naming, ""));
    }
    if naming.inherits_jacobians && object::is_object_safe(f) {
        out.extend(object::definitions(f, naming));
    }
    out.extend(lanes::refused(f, naming));
    out.extend(jacobian::all(f, naming, false));
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
        out.extend(second::public(f, naming, false));
    }
    out.extend(jacobian::all(f, naming, false));
    out
}
