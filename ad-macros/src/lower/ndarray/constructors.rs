//! Constructors, functions and macros of `ndarray` with active contents.

use super::{closure_of, index_arity};
use crate::ir::{CallKind, Expr, Ty};
use crate::lower::Lower;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Expr as SynExpr;

impl Lower<'_> {
    /// Constructors and functions of `ndarray` with active contents.
    pub(in crate::lower) fn array_call(
        &mut self,
        call: &syn::ExprCall,
        owner: &str,
        last: &str,
    ) -> Option<Expr> {
        let args: Vec<&SynExpr> = call.args.iter().collect();
        let constructs = crate::facts::is_array_name(owner);
        match (last, &args[..]) {
            ("from_shape_fn", [shape, f]) if constructs => self.filled_by_index(shape, f),
            ("from_vec" | "from", [content]) if constructs => match self.facts.infer(content) {
                Ty::Vec(t) if !matches!(*t, Ty::Array(_)) => Some(self.vector(content)),
                _ if last == "from_vec" => Some(self.vector(content)),
                _ => None,
            },
            ("arr1" | "arr2" | "arr3", [SynExpr::Reference(r)]) => match &*r.expr {
                SynExpr::Array(a) => {
                    let elements = &a.elems;
                    let mac: syn::Macro = syn::parse_quote!(array![#elements]);
                    self.array_macro(&mac, "array")
                }
                content => Some(self.vector(content)).filter(|_| last == "arr1"),
            },
            ("from_iter", [iter]) if constructs => {
                let collected: SynExpr = syn::parse_quote!((#iter).into_iter().collect::<Vec<_>>());
                self.analyse(&collected);
                Some(self.vector(&collected))
            }
            ("stack" | "concatenate", [axis, _]) if is_axis(axis) => {
                Some(self.array_function(call, last))
            }
            // A module `linalg` may be another one: `ad_runtime::linalg::kron` has its derivatives beside it.
            ("kron", [_, _]) if owner == "linalg" && names_ndarray(&call.func) => {
                Some(self.array_function(call, last))
            }
            ("general_mat_mul" | "general_mat_vec_mul", [_, _, _, _, _]) => {
                Some(self.array_function(call, last))
            }
            _ => None,
        }
    }

    fn array_function(&mut self, call: &syn::ExprCall, name: &str) -> Expr {
        let name = quote::format_ident!("{}", name);
        let args = call.args.iter().map(|a| self.argument(a)).collect();
        let path = if name == "kron" || name.to_string().starts_with("general") {
            quote!(linalg::#name)
        } else {
            quote!(#name)
        };
        Expr::Call { path: quote!(::ad_runtime::ndarray::#path), args, kind: CallKind::Function }
    }

    /// The vector of the elements of a `Vec`.
    fn vector(&mut self, content: &SynExpr) -> Expr {
        let value = self.operand(content);
        let (ty, active) = (self.facts.infer(content), self.program.reads_active(&value));
        let items = match value {
            Expr::Place(place) if place.is_var() => Expr::Place(place),
            value => self.name("items", value, ty, active),
        };
        let name = self.tokens(items.as_place().expect("a name is a place"));
        self.shaped(items, quote!(::ad_runtime::ndarray::Ix1(#name.len())))
    }

    pub(in crate::lower) fn shaped(&mut self, items: Expr, dim: TokenStream) -> Expr {
        let dim = self.verbatim_tokens(dim, Ty::Discrete);
        let dim = self.name("shape", dim, Ty::Discrete, false);
        Expr::runtime("shaped", vec![items, Expr::borrow(dim)])
    }

    /// `Array::from_shape_fn(shape, f)`
    fn filled_by_index(&mut self, shape: &SynExpr, f: &SynExpr) -> Option<Expr> {
        let closure = closure_of(f, 1)?;
        let dim = quote!(::ad_runtime::rt::dimension(#shape));
        let dim = self.verbatim_tokens(dim, Ty::Discrete);
        let dim = self.name("shape", dim, Ty::Discrete, false);
        let name = self.ident_of(&dim);
        let Some(arity) = closure.inputs.first().and_then(index_arity) else {
            self.errors.at(
                &closure.inputs,
                "the index of `from_shape_fn` must be a name or a tuple of names",
            );
            return Some(Expr::lit(quote!(())));
        };
        let size: SynExpr = syn::parse_quote!(0..::ad_runtime::ndarray::Dimension::size(&#name));
        let chain = self.chain(&size)?;
        Some(self.mapped(
            chain,
            &closure,
            quote!(::core::clone::Clone::clone(&#name)),
            &mut |lower, item| vec![lower.index_item(&quote!(#name), item, arity)],
        ))
    }

    /// `einsum!(..)`: a tree of calls, each of which contracts two operands.
    fn einsum(&mut self, mac: &syn::Macro) -> Expr {
        let borrowed = |e: &SynExpr| match e {
            SynExpr::Reference(_) => quote!(#e),
            e if matches!(self.facts.infer(e), Ty::Ref(_)) => quote!(#e),
            e => quote!(&#e),
        };
        let parsed = mac.parse_body::<crate::einsum::Einsum>();
        let tree = parsed.and_then(|einsum| einsum.tree(|_, e| borrowed(e)));
        match tree.and_then(|tree| syn::parse2::<SynExpr>(crate::einsum::strip(tree))) {
            Ok(tree) => {
                self.analyse(&tree);
                self.value(&tree)
            }
            Err(e) => {
                self.errors.push(e);
                Expr::lit(quote!(()))
            }
        }
    }

    /// The macros of `ndarray` that make arrays.
    pub(in crate::lower) fn array_macro(&mut self, mac: &syn::Macro, name: &str) -> Option<Expr> {
        let args = crate::facts::macro_args(mac);
        match name {
            "einsum" => Some(self.einsum(mac)),
            "array" => {
                let (mut flat, mut dims) = (args, Vec::new());
                dims.push(flat.len());
                while !flat.is_empty() && flat.iter().all(|e| matches!(e, SynExpr::Array(_))) {
                    flat = flat
                        .into_iter()
                        .flat_map(|e| match e {
                            SynExpr::Array(a) => a.elems.into_iter().collect::<Vec<_>>(),
                            _ => unreachable!("all are arrays"),
                        })
                        .collect();
                    dims.push(flat.len());
                }
                // `dims` counts the parts of each depth; the length of an axis is their ratio.
                let mut lengths = Vec::new();
                let mut product = 1;
                for total in dims {
                    lengths.push(total / product.max(1));
                    product = total;
                }
                let elements: Vec<Expr> = flat.iter().map(|e| self.element(e)).collect();
                let value = Expr::VecOf(elements);
                let (ty, active) = (self.program.ty_of(&value), self.program.reads_active(&value));
                let items = self.name("items", value, ty, active);
                let lengths = lengths.iter().map(|n| proc_macro2::Literal::usize_suffixed(*n));
                Some(self.shaped(items, quote!(::ad_runtime::ndarray::Dim([#(#lengths),*]))))
            }
            "stack" | "concatenate" => {
                let (axis, arrays) = args.split_first()?;
                let function = quote::format_ident!("{}", name);
                let rewritten: SynExpr = syn::parse_quote! {
                    ::ad_runtime::ndarray::#function(#axis, &[#((#arrays).view()),*]).unwrap()
                };
                self.analyse(&rewritten);
                Some(self.value(&rewritten))
            }
            _ => None,
        }
    }
}

fn names_ndarray(function: &SynExpr) -> bool {
    matches!(function, SynExpr::Path(p) if p.path.segments.iter().any(|s| s.ident == "ndarray"))
}

fn is_axis(e: &SynExpr) -> bool {
    matches!(e, SynExpr::Call(c) if matches!(&*c.func, SynExpr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Axis")))
}
