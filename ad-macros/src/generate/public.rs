//! The public functions.

use super::{Generics, Naming, allows, generics, object, plain_inputs, visibility, with_sized};
use crate::function::{Function, Param, strip, tangent_of};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::Type;

/// Whether a trait's own siblings go by those of trait objects, so that they can be called on `dyn Trait`.
fn declares_for_objects(f: &Function, naming: &Naming) -> bool {
    naming.in_trait && !naming.inherits_jacobians && object::is_object_safe(f)
}

/// The type of a cotangent argument of `adjoint`.
fn cotangent_type(p: &Param) -> TokenStream {
    match strip(&p.written) {
        Type::Slice(s) if p.is_ref() => {
            let element = tangent_of(&s.elem);
            quote!(&mut [#element])
        }
        _ => {
            let tangent = p.tangent();
            quote!(&mut #tangent)
        }
    }
}

/// The type of a tangent argument of `jvp`: as the parameter.
pub fn tangent_type(p: &Param) -> TokenStream {
    let tangent = p.tangent();
    match &p.written {
        Type::Reference(r) => {
            let mutability = &r.mutability;
            match strip(&p.written) {
                Type::Slice(s) => {
                    let element = tangent_of(&s.elem);
                    quote!(& #mutability [#element])
                }
                Type::Path(t) if array_ref(t).is_some() && r.mutability.is_none() => view_type(t),
                _ => quote!(& #mutability #tangent),
            }
        }
        Type::Path(t) if is_view(t) => view_type(t),
        _ => tangent,
    }
}

fn last_name(t: &syn::TypePath) -> String {
    t.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default()
}

fn is_view(t: &syn::TypePath) -> bool {
    let name = last_name(t);
    name.starts_with("ArrayView")
        || name == "CowArray"
        || name == "ArcArray"
        || name.starts_with("ArcArray")
}

fn array_ref(t: &syn::TypePath) -> Option<()> {
    last_name(t).starts_with("ArrayRef").then_some(())
}

fn view_type(t: &syn::TypePath) -> TokenStream {
    let ty = t.to_token_stream();
    quote!(<<#ty as ::ad_runtime::Differentiable>::Tangent as ::ad_runtime::Tangent>::Ref<'_>)
}

/// The gradient's type.
pub fn gradient_type(f: &Function) -> TokenStream {
    let tangents: Vec<_> = f.active().map(Param::tangent).collect();
    match &tangents[..] {
        [one] => one.clone(),
        several => quote!((#(#several),*)),
    }
}

pub fn gradient_value(f: &Function) -> TokenStream {
    let bars: Vec<_> = f.active().map(Param::bar).collect();
    match &bars[..] {
        [one] => one.to_token_stream(),
        several => quote!((#(#several),*)),
    }
}

/// The arguments, passed on; `again` where they are used once more.
pub fn arguments(f: &Function, again: bool) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let name = &p.name;
            if again && is_function(p, f) {
                return quote!(&#name);
            }
            let copies = p.is_ref() || p.ty.is_copy() || p.ty == crate::ir::Ty::Discrete;
            if again && !copies {
                quote!(::core::clone::Clone::clone(&#name))
            } else {
                quote!(#name)
            }
        })
        .collect()
}

/// Whether a parameter is a function by value, which is called by reference.
fn is_function(p: &Param, f: &Function) -> bool {
    match &p.written {
        Type::ImplTrait(_) => !p.active,
        Type::Path(t) => t.path.get_ident().is_some_and(|ident| {
            !p.active && crate::derive::constant::is_function_param(ident, &f.item.sig.generics)
        }),
        _ => false,
    }
}

pub fn one(f: &Function) -> TokenStream {
    match f.output.as_ref().map(|ty| crate::facts::of_syn_type(ty, &f.reals)) {
        Some(crate::ir::Ty::Float(Some(name))) => {
            let name = format_ident!("{}", name);
            quote!(<#name as ::ad_runtime::num_traits::One>::one())
        }
        _ => quote!(1.0),
    }
}

/// The formula of the documentation.
pub fn names(f: &Function) -> String {
    f.active().map(|p| format!("`{}`", p.name)).collect::<Vec<_>>().join(", ")
}

/// `adjoint`, `grad`, `value_and_grad`, `vjp`.
pub fn reverse(f: &Function, naming: &Naming) -> TokenStream {
    let mut out = adjoint(f, naming);
    if !f.has_mut_params() {
        if f.is_scalar() {
            out.extend(grad(f, naming));
        }
        if !object::is_owned(f) {
            out.extend(vjp(f, naming));
        }
    }
    out
}

fn adjoint(f: &Function, naming: &Naming) -> TokenStream {
    let Generics { params, clause } = generics(f);
    let (name, hidden) = (naming.public("adjoint"), naming.hidden("adjoint"));
    let (inputs, output, tangent) = (plain_inputs(f), f.output_tokens(), f.output_tangent());
    let seed = f.output.is_some().then(|| quote!(out_bar: #tangent,));
    let given = if f.output.is_some() { quote!(out_bar) } else { quote!(()) };
    let bars = f.active().map(|p| {
        let (bar, ty) = (p.bar(), cotangent_type(p));
        quote!(#bar: #ty)
    });
    let args = arguments(f, false);
    let slots = f.params.iter().map(|p| {
        if p.active { p.bar().to_token_stream() } else { quote!(::ad_runtime::rt::Inactive) }
    });
    let call = naming.call(&hidden);
    let on_object = declares_for_objects(f, naming);
    let call = if on_object {
        let (hidden, bars) = (naming.hidden("adjoint_dyn"), object::bars(f));
        quote!(Self::#hidden(#(#args,)* #given, #(#bars),*))
    } else {
        quote!(#call(#(#args,)* #given, #(#slots),*))
    };
    let doc = format!(
        "The adjoint of `{}`: adds the cotangents of {} to the arguments `.._bar`, given the cotangent `out_bar` of the result. Returns the value.",
        naming.function,
        names(f)
    );
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized && !on_object);
    let (lifetimes, inputs, output) = elide(f, params, inputs, output);
    let allows = allows();
    quote! {
        #[doc = #doc]
        #[inline]
        #allows
        #vis fn #name #lifetimes (#(#inputs,)* #seed #(#bars),*) -> #output #clause {
            #call
        }
    }
}

/// Names the elided lifetimes where the result borrows, so that further references do not make it ambiguous.
pub fn elide(
    f: &Function,
    params: TokenStream,
    inputs: Vec<TokenStream>,
    output: TokenStream,
) -> (TokenStream, Vec<TokenStream>, TokenStream) {
    let borrows = f.output.as_ref().is_some_and(has_elided);
    if !borrows {
        return (params, inputs, output);
    }
    let mut signature = syn::Signature {
        inputs: f.inputs.clone(),
        generics: f.generics.clone(),
        ..f.item.sig.clone()
    };
    let mut counter = 0;
    let mut first = None;
    for input in &mut signature.inputs {
        match input {
            syn::FnArg::Receiver(r) => {
                if let syn::ReceiverKind::Reference(_, lifetime, _) = &mut r.kind {
                    let name = lifetime.get_or_insert_with(|| fresh_lifetime(&mut counter)).clone();
                    first = Some(name);
                    break;
                }
            }
            syn::FnArg::Typed(t) => {
                if let Type::Reference(r) = &mut *t.ty {
                    let name =
                        r.lifetime.get_or_insert_with(|| fresh_lifetime(&mut counter)).clone();
                    first.get_or_insert(name);
                }
                if let syn::Pat::Ident(p) = &mut *t.pat {
                    p.mutability = None;
                }
            }
        }
    }
    let Some(name) = first else { return (params, inputs, output) };
    let mut result = f.output.clone().expect("it was checked");
    name_elided(&mut result, &name);
    if counter > 0 {
        for i in 0..counter {
            let lifetime = syn::Lifetime::new(&format!("'__ad{i}"), proc_macro2::Span::call_site());
            signature.generics.params.insert(0, syn::parse_quote!(#lifetime));
        }
    }
    let (params, _, _) = signature.generics.split_for_impl();
    (
        params.to_token_stream(),
        signature.inputs.iter().map(ToTokens::to_token_stream).collect(),
        result.to_token_stream(),
    )
}

fn fresh_lifetime(counter: &mut usize) -> syn::Lifetime {
    *counter += 1;
    syn::Lifetime::new(&format!("'__ad{}", *counter - 1), proc_macro2::Span::call_site())
}

fn has_elided(ty: &Type) -> bool {
    struct Finder(bool);
    impl<'a> syn::visit::Visit<'a> for Finder {
        fn visit_type_reference(&mut self, r: &'a syn::TypeReference) {
            self.0 |= r.lifetime.is_none();
            syn::visit::visit_type_reference(self, r);
        }
        fn visit_lifetime(&mut self, l: &'a syn::Lifetime) {
            self.0 |= l.ident == "_";
        }
    }
    let mut finder = Finder(false);
    syn::visit::Visit::visit_type(&mut finder, ty);
    finder.0
}

fn name_elided(ty: &mut Type, name: &syn::Lifetime) {
    struct Namer<'a>(&'a syn::Lifetime);
    impl syn::visit_mut::VisitMut for Namer<'_> {
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            r.lifetime.get_or_insert_with(|| self.0.clone());
            syn::visit_mut::visit_type_reference_mut(self, r);
        }
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident == "_" {
                *l = self.0.clone();
            }
        }
    }
    syn::visit_mut::VisitMut::visit_type_mut(&mut Namer(name), ty);
}

pub fn zeros(f: &Function) -> TokenStream {
    f.active()
        .map(|p| {
            let (bar, name) = (p.bar(), &p.name);
            quote!(let mut #bar = ::ad_runtime::rt::zero(&#name);)
        })
        .collect()
}

fn slots(f: &Function) -> Vec<TokenStream> {
    f.params
        .iter()
        .map(|p| {
            let bar = p.bar();
            if p.active { quote!(&mut #bar) } else { quote!(::ad_runtime::rt::Inactive) }
        })
        .collect()
}

fn grad(f: &Function, naming: &Naming) -> TokenStream {
    let Generics { params, clause } = generics(f);
    let hidden = naming.call(&naming.hidden("adjoint"));
    let (inputs, output, gradient, value) =
        (plain_inputs(f), f.output_tokens(), gradient_type(f), gradient_value(f));
    let (zeros, args, slots, one) = (zeros(f), arguments(f, false), slots(f), one(f));
    let (grad, both) = (naming.public("grad"), naming.public("value_and_grad"));
    let doc = format!("The gradient of `{}` with respect to {}.", naming.function, names(f));
    let both_doc = format!(
        "The value of `{}` and its gradient with respect to {}.",
        naming.function,
        names(f)
    );
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized);
    let allows = allows();
    quote! {
        #[doc = #doc]
        #[inline]
        #allows
        #vis fn #grad #params (#(#inputs),*) -> #gradient #clause {
            #zeros
            #hidden(#(#args,)* #one, #(#slots),*);
            #value
        }
        #[doc = #both_doc]
        #[inline]
        #allows
        #vis fn #both #params (#(#inputs),*) -> (#output, #gradient) #clause {
            #zeros
            let out = #hidden(#(#args,)* #one, #(#slots),*);
            (out, #value)
        }
    }
}

fn vjp(f: &Function, naming: &Naming) -> TokenStream {
    let hidden = naming.call(&naming.hidden("adjoint"));
    let (output, tangent, gradient, value) =
        (f.output_tokens(), f.output_tangent(), gradient_type(f), gradient_value(f));
    let (zeros, again, slots) = (zeros(f), arguments(f, true), slots(f));
    let name = naming.public("vjp");
    let primal = naming.primal();
    let mut signature = syn::Signature {
        inputs: f.inputs.clone(),
        generics: f.generics.clone(),
        ..f.item.sig.clone()
    };
    let mut lifetimes = Vec::new();
    for input in &mut signature.inputs {
        match input {
            syn::FnArg::Receiver(r) => {
                r.mutability = None;
                if let syn::ReceiverKind::Reference(_, lifetime, _) = &mut r.kind {
                    lifetimes.push(named_lifetime(lifetime, lifetimes.len()));
                }
            }
            syn::FnArg::Typed(t) => {
                if let syn::Pat::Ident(p) = &mut *t.pat {
                    p.mutability = None;
                }
                name_all(&mut t.ty, &mut lifetimes);
            }
        }
    }
    let mut generics = signature.generics.clone();
    let fresh: Vec<_> =
        lifetimes.iter().filter(|l| l.ident.to_string().starts_with("__ad")).cloned().collect();
    for lifetime in &fresh {
        generics.params.insert(0, syn::parse_quote!(#lifetime));
    }
    let output = match (&f.output, lifetimes.first()) {
        (Some(ty), Some(first)) if has_elided(ty) => {
            let mut ty = ty.clone();
            name_elided(&mut ty, first);
            ty.to_token_stream()
        }
        _ => output,
    };
    let (params, _, clause) = generics.split_for_impl();
    let inputs = signature.inputs.iter();
    let doc = format!(
        "The value of `{}` and its pullback, which maps a cotangent of the result to the cotangents of {}.",
        naming.function,
        names(f)
    );
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause.to_token_stream(), sized);
    let allows = allows();
    quote! {
        #[doc = #doc]
        #[inline]
        #allows
        #vis fn #name #params (#(#inputs),*) -> (#output, impl Fn(#tangent) -> #gradient + ::ad_runtime::rt::Captures<(#(&#lifetimes (),)*)>) #clause {
            let out = #primal(#(#again),*);
            let pullback = move |out_bar: #tangent| {
                #zeros
                #hidden(#(#again,)* out_bar, #(#slots),*);
                #value
            };
            (out, pullback)
        }
    }
}

fn named_lifetime(lifetime: &mut Option<syn::Lifetime>, count: usize) -> syn::Lifetime {
    lifetime
        .get_or_insert_with(|| {
            syn::Lifetime::new(&format!("'__ad{count}"), proc_macro2::Span::call_site())
        })
        .clone()
}

/// Names every lifetime of a parameter's type.
fn name_all(ty: &mut Type, lifetimes: &mut Vec<syn::Lifetime>) {
    struct Namer<'a>(&'a mut Vec<syn::Lifetime>);
    impl syn::visit_mut::VisitMut for Namer<'_> {
        fn visit_type_reference_mut(&mut self, r: &mut syn::TypeReference) {
            let name = named_lifetime(&mut r.lifetime, self.0.len());
            if !self.0.contains(&name) {
                self.0.push(name);
            }
            self.visit_type_mut(&mut r.elem);
        }
        fn visit_path_segment_mut(&mut self, segment: &mut syn::PathSegment) {
            let count = self.0.len();
            crate::function::name_view_lifetime(segment, || named_lifetime(&mut None, count));
            syn::visit_mut::visit_path_segment_mut(self, segment);
        }
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident == "_" {
                *l = syn::Lifetime::new(&format!("'__ad{}", self.0.len()), l.span());
            }
            if !self.0.contains(l) && l.ident != "static" {
                self.0.push(l.clone());
            }
        }
        fn visit_type_trait_object_mut(&mut self, _: &mut syn::TypeTraitObject) {}
        fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
        fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {}
    }
    syn::visit_mut::VisitMut::visit_type_mut(&mut Namer(lifetimes), ty);
}

/// The tangent of a parameter as `jvp` passes it on.
pub fn tangent_argument(p: &Param) -> TokenStream {
    let dot = p.dot();
    match (p.active, &p.written) {
        (false, _) => quote!(::ad_runtime::rt::Inactive),
        // A view shows the tangent; what the function makes of it stays inside.
        (true, Type::Path(_)) if p.is_mut_view() => quote!(&mut #dot.to_owned()),
        (true, Type::Reference(r))
            if r.mutability.is_some()
                || !matches!(strip(&p.written), Type::Path(t) if array_ref(t).is_some()) =>
        {
            quote!(#dot)
        }
        _ => quote!(&#dot),
    }
}

/// `jvp`.
pub fn forward(f: &Function, naming: &Naming) -> TokenStream {
    let Generics { params, clause } = generics(f);
    let (name, hidden) = (naming.public("jvp"), naming.call(&naming.hidden("jvp")));
    let (inputs, output, tangent) = (plain_inputs(f), f.output_tokens(), f.output_tangent());
    let dots = f.active().map(|p| {
        let (dot, ty) = (p.dot(), tangent_type(p));
        quote!(#dot: #ty)
    });
    let args = arguments(f, false);
    let given = f.params.iter().map(tangent_argument);
    let on_object = declares_for_objects(f, naming);
    let call = if on_object {
        let (hidden, dots) = (naming.hidden("jvp_dyn"), object::dots(f));
        quote!(Self::#hidden(#(#args,)* #(#dots),*))
    } else {
        quote!(#hidden(#(#args,)* #(#given),*))
    };
    let doc = format!(
        "The value of `{}` and its derivative in the direction of the tangents `.._dot` of {}.",
        naming.function,
        names(f)
    );
    let (result, unit) = if f.output.is_some() {
        (quote!((#output, #tangent)), quote!())
    } else {
        (quote!(()), quote!(;))
    };
    let (vis, sized) = visibility(naming);
    let clause = with_sized(clause, sized && !on_object);
    let (lifetimes, inputs, result) = elide(f, params, inputs, result_with(f, result));
    let allows = allows();
    quote! {
        #[doc = #doc]
        #[inline]
        #allows
        #vis fn #name #lifetimes (#(#inputs,)* #(#dots),*) -> #result #clause {
            #call #unit
        }
    }
}

fn result_with(_: &Function, result: TokenStream) -> TokenStream {
    result
}
