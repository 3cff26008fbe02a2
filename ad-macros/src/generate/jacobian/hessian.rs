//! `hessian`: columns are products of the Hessian and unit tangents, several in a sweep where that can be.

use super::{Column, Parts, names, tuple};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// The numbers of directions in a sweep. Wide sweeps save work on values, which Hessians have more of than Jacobians.
const WIDE: usize = 16;
const NARROW: usize = 4;

/// A variable of the generated function that belongs to a parameter.
fn of(what: &str, c: &Column) -> Ident {
    format_ident!("__{}_{}", c.param.name, what)
}

fn block(i: usize, j: usize) -> Ident {
    format_ident!("__block_{}_{}", i, j)
}

impl Parts<'_> {
    /// The rows of blocks; a column of them is the product of the Hessian and a unit tangent.
    pub(super) fn hessian(&self, abreast: bool) -> TokenStream {
        let count = self.columns.len();
        let alone = self.hessian_alone();
        let fill = if abreast {
            let told = self.naming.call_plain(&self.naming.hidden("second_lanes"));
            let sweeps = [WIDE, NARROW].map(|width| self.hessian_abreast(width));
            quote!(if #told(::ad_runtime::jacobian::FUEL) { #(#sweeps)* } else { #alone })
        } else {
            alone
        };
        let start = self.hessian_of_zeros();
        let value =
            tuple((0..count).map(|i| tuple((0..count).map(|j| block(i, j).to_token_stream()))));
        let output = tuple(self.columns.iter().map(|row| {
            tuple(self.columns.iter().map(|column| {
                let (a, b) = (&row.shape.tangent, &column.shape.tangent);
                quote!(::ad_runtime::jacobian::Jacobian<#a, #b>)
            }))
        }));
        let doc = format!(
            "The Hessian of `{}` with respect to {}: {}.\n\nComputed column by column, forward over reverse; several columns in a sweep where the operations have tangents of several directions.",
            self.naming.function,
            names(self.f),
            if count == 1 {
                "an array of shape (shape of the parameter) ++ (shape of the parameter)"
            } else {
                "a row of blocks for each parameter, a block of shape (shape of the row's parameter) ++ (shape of the column's)"
            }
        );
        self.function(
            quote!(#[doc = #doc]),
            &self.naming.public("hessian"),
            quote!(),
            quote!(-> #output),
            quote!(#start #fill #value),
        )
    }

    /// The zero tangents and cotangents, and the blocks.
    fn hessian_of_zeros(&self) -> TokenStream {
        let mut body = TokenStream::new();
        for c in &self.columns {
            let (name, zero, bar, bar_dot) =
                (&c.param.name, of("zero", c), of("bar", c), of("bar_dot", c));
            body.extend(quote! {
                let mut #zero = ::ad_runtime::rt::zero(&#name);
                let mut #bar = ::core::clone::Clone::clone(&#zero);
                let mut #bar_dot = ::core::clone::Clone::clone(&#zero);
            });
        }
        for (i, row) in self.columns.iter().enumerate() {
            for (j, column) in self.columns.iter().enumerate() {
                let (block, a, b) = (block(i, j), &row.shape.tangent, &column.shape.tangent);
                let (row_zero, column_zero) = (of("zero", row), of("zero", column));
                body.extend(quote!(let mut #block = ::ad_runtime::jacobian::zeros::<#a, #b>(&#row_zero, &#column_zero);));
            }
        }
        body
    }

    /// For each parameter of the function: what `active` makes of it, or the mark of a constant one.
    fn each_param(&self, active: impl Fn(&Column) -> TokenStream) -> Vec<TokenStream> {
        let find = |name: &Ident| self.columns.iter().find(|c| c.param.name == *name);
        let argument =
            |name| find(name).map_or_else(|| quote!(::ad_runtime::rt::Inactive), &active);
        self.f.params.iter().map(|p| argument(&p.name)).collect()
    }

    /// One sweep for each column.
    fn hessian_alone(&self) -> TokenStream {
        let hidden = self.naming.call(&self.naming.hidden("adjoint_jvp"));
        let (args, direction) = (&self.args, &self.direction);
        let one = crate::generate::public::one(self.f);
        let dots = self.each_param(|c| {
            let zero = of("zero", c);
            quote!(&#zero)
        });
        let slots = self.each_param(|c| {
            let bar = of("bar", c);
            quote!(&mut #bar)
        });
        let slot_dots = self.each_param(|c| {
            let bar_dot = of("bar_dot", c);
            quote!(&mut #bar_dot)
        });
        let columns = self.columns.iter().enumerate().map(|(j, column)| {
            let zero = of("zero", column);
            let puts = self.columns.iter().enumerate().map(|(i, row)| {
                let (block, bar, bar_dot) = (block(i, j), of("bar", row), of("bar_dot", row));
                let (a, b) = (&row.shape.tangent, &column.shape.tangent);
                quote! {
                    ::ad_runtime::jacobian::put_column::<#a, #b>(&mut #block, &mut #bar_dot, #direction);
                    ::ad_runtime::jacobian::Coordinates::clear(&mut #bar);
                }
            });
            quote! {
                for #direction in 0..::ad_runtime::jacobian::Coordinates::size(&#zero) {
                    *::ad_runtime::jacobian::Coordinates::element_mut(&mut #zero, #direction) = ::ad_runtime::num_traits::One::one();
                    #hidden(#(#args,)* #(#dots,)* #one, ::ad_runtime::num_traits::Zero::zero(), #(#slots,)* #(#slot_dots),*);
                    *::ad_runtime::jacobian::Coordinates::element_mut(&mut #zero, #direction) = ::ad_runtime::num_traits::Zero::zero();
                    #(#puts)*
                }
            }
        });
        quote!(#(#columns)*)
    }

    /// The columns that sweeps over `width` directions make.
    fn hessian_abreast(&self, width: usize) -> TokenStream {
        let hidden = self.naming.call_plain(&self.naming.hidden("adjoint_jvp_lanes"));
        let (args, direction) = (&self.args, &self.direction);
        let one = crate::generate::public::one(self.f);
        let starts = self.columns.iter().map(|c| {
            let (zero, dot, bar_dot) = (of("zero", c), of("dot_wide", c), of("bar_dot_wide", c));
            quote! {
                let mut #dot = ::ad_runtime::jacobian::wide::<_, #width>(&#zero);
                let mut #bar_dot = ::core::clone::Clone::clone(&#dot);
            }
        });
        let dots = self.each_param(|c| {
            let dot = of("dot_wide", c);
            quote!(&#dot)
        });
        let slots = self.each_param(|c| {
            let bar = of("bar", c);
            quote!(&mut #bar)
        });
        let slot_dots = self.each_param(|c| {
            let bar_dot = of("bar_dot_wide", c);
            quote!(&mut #bar_dot)
        });
        let columns = self.columns.iter().enumerate().map(|(j, column)| {
            let (zero, dot, b) = (of("zero", column), of("dot_wide", column), &column.shape.tangent);
            let puts = self.columns.iter().enumerate().map(|(i, row)| {
                let (block, bar, bar_dot) = (block(i, j), of("bar", row), of("bar_dot_wide", row));
                let a = &row.shape.tangent;
                quote! {
                    ::ad_runtime::jacobian::put_columns::<#a, #b, #width>(&mut #block, &mut #bar_dot, &#direction);
                    ::ad_runtime::jacobian::Coordinates::clear(&mut #bar);
                }
            });
            quote! {
                for #direction in ::ad_runtime::jacobian::sweeps::<#WIDE, #width>(::ad_runtime::jacobian::Coordinates::size(&#zero)) {
                    ::ad_runtime::jacobian::units::<#b, #width>(&mut #dot, &#direction);
                    #hidden(
                        #(#args,)* ::ad_runtime::rt::Width::<#width>, #(#dots,)* #one,
                        ::ad_runtime::lanes::Abreast::alike(::ad_runtime::num_traits::Zero::zero()), #(#slots,)* #(#slot_dots),*
                    );
                    ::ad_runtime::jacobian::clear_lanes::<#b, #width>(&mut #dot, #direction.clone());
                    #(#puts)*
                }
            }
        });
        let sizes = self.columns.iter().map(|c| {
            let zero = of("zero", c);
            quote!(::ad_runtime::jacobian::sweeps::<#WIDE, #width>(::ad_runtime::jacobian::Coordinates::size(&#zero)))
        });
        quote!(if #(#sizes.len() > 0)||* { #(#starts)* #(#columns)* })
    }
}
