//! `jacobian` and its forms, as thin wrappers of one hidden function that fills arrays.
//!
//! They exist where the signature shows that the result and every active parameter count as arrays:
//! scalars, vectors, matrices and `ndarray` arrays, by value or by shared reference. The runtime half
//! is `ad_runtime::jacobian`.

mod arrays;
mod batch;
mod hessian;

use super::{Naming, allows, generics, plain_inputs, visibility, with_sized};
use crate::derive::constant::bounds_of;
use crate::function::{Function, Param};
use crate::ir::Ty;
use arrays::{Shape, shape_of};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::{Type, TypeParamBound};

/// An active parameter, with the names that the generated functions use for it.
struct Column<'a> {
    param: &'a Param,
    shape: Shape,
    zero: Ident,
    rows: Ident,
    jacobian: Ident,
}

/// What the functions have in common.
struct Parts<'a> {
    f: &'a Function,
    naming: &'a Naming,
    result: Shape,
    columns: Vec<Column<'a>>,
    /// The arguments, which may be passed on again and again.
    args: Vec<TokenStream>,
    mode: Ident,
    out_zero: Ident,
    direction: Ident,
}

/// The functions around Jacobians, or nothing where the function has none.
pub fn all(f: &Function, naming: &Naming, abreast: bool) -> TokenStream {
    if super::object::is_owned(f) {
        return TokenStream::new();
    }
    let Some(parts) = Parts::of(f, naming) else { return TokenStream::new() };
    let (forward, reverse) = (f.options.has_forward(), f.options.has_reverse());
    let mode = match (forward, reverse) {
        (true, true) => quote!(BySize),
        (true, false) => quote!(Forward),
        _ => quote!(Reverse),
    };
    let name = &naming.function;
    let names = names(f);
    let way = match (forward, reverse) {
        (true, true) => {
            "Forward mode where the parameters have at most as many elements as the result, otherwise reverse mode."
        }
        (true, false) => "Computed column by column, in forward mode.",
        _ => "Computed row by row, in reverse mode.",
    };
    let layout = "an array of shape (shape of the result) ++ (shape of the parameter)";
    let mut out = parts.hidden(forward, reverse, abreast);
    out.extend(parts.returning(
        "jacobian",
        &mode,
        &format!("The Jacobian of `{name}` with respect to {names}: {layout}.\n\n{way}"),
    ));
    out.extend(parts.filling(&mode));
    out.extend(parts.flat(&mode));
    if forward {
        let doc = format!(
            "The Jacobian of `{name}` with respect to {names}, column by column in forward mode: {layout}."
        );
        out.extend(parts.returning("jacobian_forward", &quote!(Forward), &doc));
        if parts.has_batches() {
            out.extend(parts.jvp_batch(abreast));
        }
    }
    if reverse {
        let doc = format!(
            "The Jacobian of `{name}` with respect to {names}, row by row in reverse mode: {layout}."
        );
        out.extend(parts.returning("jacobian_reverse", &quote!(Reverse), &doc));
        if parts.has_batches() {
            out.extend(parts.vjp_batch());
        }
    }
    quote!(::ad_runtime::with_ndarray! { #out })
}

/// `hessian`, or nothing where a parameter does not count as an array.
pub fn hessian(f: &Function, naming: &Naming, abreast: bool) -> TokenStream {
    let Some(parts) = Parts::of(f, naming) else { return TokenStream::new() };
    let out = parts.hessian(abreast);
    quote!(::ad_runtime::with_ndarray! { #out })
}

fn names(f: &Function) -> String {
    f.active().map(|p| format!("`{}`", p.name)).collect::<Vec<_>>().join(", ")
}

impl<'a> Parts<'a> {
    /// `None` where a type does not count as an array, or an argument cannot be passed on repeatedly.
    fn of(f: &'a Function, naming: &'a Naming) -> Option<Self> {
        if f.has_mut_params() || naming.inherits_jacobians {
            return None;
        }
        let result = shape_of(f.output.as_ref()?, f)?;
        let args = f.params.iter().map(|p| argument(f, p)).collect::<Option<Vec<_>>>()?;
        let mut taken: HashSet<String> = f.params.iter().map(|p| p.name.to_string()).collect();
        let mut fresh = |base: String| {
            let name = super::fresh(&taken, &base);
            taken.insert(name.to_string());
            name
        };
        let columns = f
            .active()
            .map(|p| {
                Some(Column {
                    param: p,
                    shape: shape_of(&p.written, f)?,
                    zero: fresh(format!("{}_bar", p.name)),
                    rows: fresh(format!("{}_rows", p.name)),
                    jacobian: fresh(format!("{}_jacobian", p.name)),
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let (mode, out_zero, direction) =
            (fresh("mode".into()), fresh("out_zero".into()), fresh("direction".into()));
        Some(Parts { f, naming, result, columns, args, mode, out_zero, direction })
    }

    /// A function `name(the arguments, extra..) -> output { body }`.
    fn function(
        &self,
        doc: TokenStream,
        name: &Ident,
        extra: TokenStream,
        output: TokenStream,
        body: TokenStream,
    ) -> TokenStream {
        let super::Generics { params, clause } = generics(self.f);
        let (vis, sized) = visibility(self.naming);
        let clause = self.with_dimensions(with_sized(clause, sized));
        let (inputs, allows) = (plain_inputs(self.f), allows());
        quote! {
            #doc
            #[inline]
            #allows
            #[allow(trivial_bounds)]
            #vis fn #name #params (#(#inputs,)* #extra) #output #clause { #body }
        }
    }

    /// Dimensions that the signature leaves open must add up.
    fn with_dimensions(&self, clause: TokenStream) -> TokenStream {
        let result = &self.result.tangent;
        // A bound on one parameter hides the implementations for all others, so each has one.
        if !self.result.open && self.columns.iter().all(|c| !c.shape.open) {
            return clause;
        }
        let open = self.columns.iter().map(|c| {
            let param = &c.shape.tangent;
            quote! {
                <#result as ::ad_runtime::jacobian::Coordinates>::Dim:
                    ::ad_runtime::ndarray::DimAdd<<#param as ::ad_runtime::jacobian::Coordinates>::Dim>
            }
        });
        let open: Vec<_> = open.collect();
        if open.is_empty() {
            return clause;
        }
        if clause.is_empty() {
            return quote!(where #(#open),*);
        }
        let mut clause: syn::WhereClause = syn::parse_quote!(#clause);
        for predicate in open {
            clause.predicates.push(syn::parse_quote!(#predicate));
        }
        clause.to_token_stream()
    }

    /// The hidden function: fills the arrays of the caller, whose shapes it checks.
    fn hidden(&self, forward: bool, reverse: bool, abreast: bool) -> TokenStream {
        let (mode, out_zero, result) = (&self.mode, &self.out_zero, &self.result.tangent);
        let jacobians = self.columns.iter().map(|c| {
            let (name, param) = (&c.jacobian, &c.shape.tangent);
            quote!(#name: &mut ::ad_runtime::jacobian::JacobianRef<#result, #param>)
        });
        let zeros = self.zeros();
        let checks = self.columns.iter().map(|c| {
            let (jacobian, zero, name) = (&c.jacobian, &c.zero, c.param.name.to_string());
            quote!(::ad_runtime::jacobian::check::<#result, _>(&*#jacobian, #out_zero, &#zero, #name);)
        });
        let body = match (forward, reverse) {
            (true, true) => {
                let sizes = self.columns.iter().map(|c| {
                    let zero = &c.zero;
                    quote!(::ad_runtime::jacobian::Coordinates::size(&#zero))
                });
                let (columns, rows) = (self.fill_columns(abreast), self.fill_rows());
                quote! {
                    if #mode.is_forward(0 #(+ #sizes)*, ::ad_runtime::jacobian::Coordinates::size(#out_zero)) { #columns } else { #rows }
                }
            }
            (true, false) => self.fill_columns(abreast),
            _ => self.fill_rows(),
        };
        let extra =
            quote!(#mode: ::ad_runtime::jacobian::Mode, #out_zero: &#result, #(#jacobians),*);
        let body = quote!(#zeros #(#checks)* #body);
        let name = self.naming.hidden("jacobian");
        self.function(quote!(#[doc(hidden)] #[track_caller]), &name, extra, quote!(), body)
    }

    /// The columns, several in a sweep where the function has tangents of several directions.
    fn fill_columns(&self, abreast: bool) -> TokenStream {
        let alone = self.fill_columns_alone();
        if !abreast {
            return alone;
        }
        let (told, abreast) =
            (self.naming.call_plain(&self.naming.hidden("lanes")), self.fill_columns_abreast());
        quote!(if #told(::ad_runtime::jacobian::FUEL) { #abreast } else { #alone })
    }

    /// Some tangent sweeps, each for several elements of a parameter; the other parameters are constant in it.
    fn fill_columns_abreast(&self) -> TokenStream {
        let jvp = self.naming.call_plain(&self.naming.hidden("jvp_lanes"));
        let (args, direction, out_zero, result) =
            (&self.args, &self.direction, &self.out_zero, &self.result.tangent);
        self.columns
            .iter()
            .map(|c| {
                let (jacobian, zero, param) = (&c.jacobian, &c.zero, &c.shape.tangent);
                let dots: Vec<_> = self
                    .f
                    .params
                    .iter()
                    .map(|p| {
                        if p.name == c.param.name { direction.to_token_stream() } else { quote!(::ad_runtime::rt::Inactive) }
                    })
                    .collect();
                let sweeps = [8_usize, 4].map(|width| {
                    quote! {
                        ::ad_runtime::jacobian::columns_abreast::<#result, #param, #width>(#jacobian, #out_zero, &#zero, |#direction| {
                            #jvp(#(#args,)* ::ad_runtime::rt::Width::<#width>, #(#dots),*).1
                        });
                    }
                });
                quote!(#(#sweeps)*)
            })
            .collect()
    }

    /// One tangent sweep for each element of each parameter; the other parameters are constant in it.
    fn fill_columns_alone(&self) -> TokenStream {
        let jvp = self.naming.call(&self.naming.hidden("jvp"));
        let (args, direction, out_zero, result) =
            (&self.args, &self.direction, &self.out_zero, &self.result.tangent);
        self.columns
            .iter()
            .map(|c| {
                let (jacobian, zero, param) = (&c.jacobian, &c.zero, &c.shape.tangent);
                let dots = self.f.params.iter().map(|p| {
                    if p.name == c.param.name { direction.to_token_stream() } else { quote!(::ad_runtime::rt::Inactive) }
                });
                quote! {
                    ::ad_runtime::jacobian::columns::<#result, #param>(#jacobian, #out_zero, &mut #zero, |#direction| {
                        #jvp(#(#args,)* #(#dots),*).1
                    });
                }
            })
            .collect()
    }

    /// One adjoint sweep for each element of the result, with the cotangents of all parameters.
    fn fill_rows(&self) -> TokenStream {
        let adjoint = self.naming.call(&self.naming.hidden("adjoint"));
        let (args, direction, out_zero) = (&self.args, &self.direction, &self.out_zero);
        let rows = self.columns.iter().map(|c| {
            let (rows, jacobian) = (&c.rows, &c.jacobian);
            quote!(let mut #rows = ::ad_runtime::jacobian::Rows::of(#jacobian);)
        });
        let slots = self.f.params.iter().map(|p| {
            match self.columns.iter().find(|c| c.param.name == p.name) {
                Some(c) => {
                    let zero = &c.zero;
                    quote!(&mut #zero)
                }
                None => quote!(::ad_runtime::rt::Inactive),
            }
        });
        let pushes = self.columns.iter().map(|c| {
            let (rows, zero) = (&c.rows, &c.zero);
            quote!(#rows.push(&mut #zero);)
        });
        quote! {
            #(#rows)*
            for #direction in 0..::ad_runtime::jacobian::Coordinates::size(#out_zero) {
                #adjoint(#(#args,)* ::ad_runtime::jacobian::seed(#out_zero, #direction), #(#slots),*);
                #(#pushes)*
            }
        }
    }

    /// The zero tangents of the parameters, which show their shapes.
    fn zeros(&self) -> TokenStream {
        self.columns
            .iter()
            .map(|c| {
                let (zero, name) = (&c.zero, &c.param.name);
                quote!(let mut #zero = ::ad_runtime::rt::zero(&#name);)
            })
            .collect()
    }

    /// The zero cotangent of the result, which shows its shape.
    fn zero_of_result(&self) -> TokenStream {
        let (out_zero, args, primal) = (&self.out_zero, &self.args, self.naming.primal());
        quote!(let #out_zero = ::ad_runtime::jacobian::zero_of_result(|| #primal(#(#args),*));)
    }

    /// New arrays, filled.
    fn filled(&self, mode: &TokenStream) -> TokenStream {
        let (args, out_zero, result) = (&self.args, &self.out_zero, &self.result.tangent);
        let (zeros, zero_of_result) = (self.zeros(), self.zero_of_result());
        let arrays = self.columns.iter().map(|c| {
            let (jacobian, zero, param) = (&c.jacobian, &c.zero, &c.shape.tangent);
            quote!(let mut #jacobian = ::ad_runtime::jacobian::zeros::<#result, #param>(&#out_zero, &#zero);)
        });
        let jacobians = self.columns.iter().map(|c| &c.jacobian);
        let hidden = self.naming.call(&self.naming.hidden("jacobian"));
        quote! {
            #zero_of_result
            #zeros
            #(#arrays)*
            #hidden(#(#args,)* ::ad_runtime::jacobian::Mode::#mode, &#out_zero, #(&mut #jacobians),*);
        }
    }

    fn returning(&self, what: &str, mode: &TokenStream, doc: &str) -> TokenStream {
        let result = &self.result.tangent;
        let types = self.columns.iter().map(|c| {
            let param = &c.shape.tangent;
            quote!(::ad_runtime::jacobian::Jacobian<#result, #param>)
        });
        let (output, filled) = (tuple(types), self.filled(mode));
        let value = tuple(self.columns.iter().map(|c| c.jacobian.to_token_stream()));
        self.function(
            quote!(#[doc = #doc]),
            &self.naming.public(what),
            quote!(),
            quote!(-> #output),
            quote!(#filled #value),
        )
    }

    fn flat(&self, mode: &TokenStream) -> TokenStream {
        let (out_zero, result) = (&self.out_zero, &self.result.tangent);
        let doc = format!(
            "The Jacobian of `{}` with respect to {}, flattened row-major to a matrix: (size of the result) × (size of the parameter).",
            self.naming.function,
            names(self.f)
        );
        let types = self.columns.iter().map(|_| {
            quote!(::ad_runtime::ndarray::Array2<<#result as ::ad_runtime::jacobian::Coordinates>::Elem>)
        });
        let (output, filled) = (tuple(types), self.filled(mode));
        let value = tuple(self.columns.iter().map(|c| {
            let (jacobian, zero, param) = (&c.jacobian, &c.zero, &c.shape.tangent);
            quote!(::ad_runtime::jacobian::flatten::<#result, #param>(#jacobian, &#out_zero, &#zero))
        }));
        let name = self.naming.public("jacobian_matrix");
        self.function(
            quote!(#[doc = #doc]),
            &name,
            quote!(),
            quote!(-> #output),
            quote!(#filled #value),
        )
    }

    fn filling(&self, mode: &TokenStream) -> TokenStream {
        let (args, out_zero, result) = (&self.args, &self.out_zero, &self.result.tangent);
        let doc = format!(
            "Overwrites the arrays `.._jacobian`, in whatever layout, with the Jacobian of `{}` with respect to {}.\n\n# Panics\n\nWhere an array has another shape than (shape of the result) ++ (shape of the parameter).",
            self.naming.function,
            names(self.f)
        );
        let extra = self.columns.iter().map(|c| {
            let (jacobian, param) = (&c.jacobian, &c.shape.tangent);
            quote!(#jacobian: &mut ::ad_runtime::jacobian::JacobianRef<#result, #param>)
        });
        let jacobians = self.columns.iter().map(|c| &c.jacobian);
        let hidden = self.naming.call(&self.naming.hidden("jacobian"));
        let zero_of_result = self.zero_of_result();
        let body = quote! {
            #zero_of_result
            #hidden(#(#args,)* ::ad_runtime::jacobian::Mode::#mode, &#out_zero, #(#jacobians),*);
        };
        let name = self.naming.public("jacobian_into");
        self.function(
            quote!(#[doc = #doc] #[track_caller]),
            &name,
            quote!(#(#extra),*),
            quote!(),
            body,
        )
    }
}

/// One stands alone, several are a tuple.
fn tuple(parts: impl Iterator<Item = TokenStream>) -> TokenStream {
    let parts: Vec<_> = parts.collect();
    match &parts[..] {
        [one] => one.clone(),
        several => quote!((#(#several),*)),
    }
}

/// An argument that is passed on once for each sweep: a copy, a clone, or for a closure a reference.
fn argument(f: &Function, p: &Param) -> Option<TokenStream> {
    let name = &p.name;
    let copies = p.is_ref() || p.ty.is_copy() || p.ty == Ty::Discrete;
    if copies {
        return Some(quote!(#name));
    }
    let bounds: Vec<&TypeParamBound> = match &p.written {
        Type::ImplTrait(ty) => ty.bounds.iter().collect(),
        Type::Path(ty) => ty
            .path
            .get_ident()
            .map(|i| bounds_of(i, &f.item.sig.generics).collect())
            .unwrap_or_default(),
        Type::FnPtr(_) => return Some(quote!(#name)),
        _ => Vec::new(),
    };
    let has = |wanted: &[&str]| {
        bounds.iter().any(|b| bound_name(b).is_some_and(|b| wanted.iter().any(|w| b == w)))
    };
    if has(&["Fn", "FnMut", "FnOnce"]) && !has(&["Clone", "Copy"]) {
        // A reference to a closure is callable as the closure is, but `'static` or `FnMut` it is not.
        return (bounds.len() == 1 && has(&["Fn"])).then(|| quote!(&#name));
    }
    Some(quote!(::core::clone::Clone::clone(&#name)))
}

fn bound_name(bound: &TypeParamBound) -> Option<&Ident> {
    match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().map(|s| &s.ident),
        _ => None,
    }
}
