//! `jvp_batch` and `vjp_batch`: several directions at once.

use super::{Parts, names, tuple};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

impl Parts<'_> {
    /// Whether there are batches. A result that borrows from an argument would need a lifetime of its own.
    pub(super) fn has_batches(&self) -> bool {
        let output = self.f.output_tokens().to_string();
        let borrows = ["&", "'", "View", "Cow"].iter().any(|mark| output.contains(mark));
        !self.naming.in_trait && !borrows
    }

    /// A direction, or a cotangent of the parameters: one tangent, or a tuple of them.
    fn tangents(&self) -> TokenStream {
        tuple(self.columns.iter().map(|c| c.shape.tangent.clone()))
    }

    /// The part of a direction that belongs to column `i`.
    fn part(&self, direction: &TokenStream, i: usize) -> TokenStream {
        let index = syn::Index::from(i);
        if self.columns.len() == 1 { direction.clone() } else { quote!(#direction.#index) }
    }

    /// The tangents of a call, one for each parameter.
    fn dots(&self, of: impl Fn(usize) -> TokenStream) -> Vec<TokenStream> {
        self.f
            .params
            .iter()
            .map(|p| match self.columns.iter().position(|c| c.param.name == p.name) {
                Some(i) => of(i),
                None => quote!(::ad_runtime::rt::Inactive),
            })
            .collect()
    }

    pub(super) fn jvp_batch(&self, abreast: bool) -> TokenStream {
        let (args, result) = (&self.args, &self.result.tangent);
        let (primal, output) = (self.naming.primal(), self.f.output_tokens());
        let jvp = self.naming.call(&self.naming.hidden("jvp"));
        let one = self.dots(|i| {
            let part = self.part(&quote!(__direction), i);
            if self.columns.len() == 1 { quote!(#part) } else { quote!(&#part) }
        });
        let alone =
            quote!(__directions.iter().map(|__direction| #jvp(#(#args,)* #(#one),*).1).collect());
        let dots = if abreast {
            let (told, jvp) = (
                self.naming.call_plain(&self.naming.hidden("lanes")),
                self.naming.call_plain(&self.naming.hidden("jvp_lanes")),
            );
            let several = self.dots(|i| {
                let (part, name) =
                    (self.part(&quote!(__some[__l]), i), &self.columns[i].param.name);
                let ty = &self.columns[i].shape.tangent;
                quote!(&::ad_runtime::lanes::gather::<#ty, 8>(|__l| if __l < __some.len() {
                    ::core::clone::Clone::clone(&#part)
                } else {
                    ::ad_runtime::rt::zero(&#name)
                }))
            });
            quote! {
                if #told(::ad_runtime::jacobian::FUEL) {
                    let mut __dots = ::std::vec::Vec::with_capacity(__directions.len());
                    for __some in __directions.chunks(8) {
                        let __images = #jvp(#(#args,)* ::ad_runtime::rt::Width::<8>, #(#several),*).1;
                        ::ad_runtime::lanes::scatter::<#result, 8>(&__images, __some.len(), &mut __dots);
                    }
                    __dots
                } else {
                    #alone
                }
            }
        } else {
            alone
        };
        let tangents = self.tangents();
        let doc = format!(
            "The value of `{}` and its derivatives in several directions of {}: those of `jvp` in each of them, up to eight of them by one run of the function.",
            self.naming.function,
            names(self.f)
        );
        self.function(
            quote!(#[doc = #doc]),
            &self.naming.public("jvp_batch"),
            quote!(__directions: &[#tangents]),
            quote!(-> (#output, ::std::vec::Vec<#result>)),
            quote! {
                let __dots: ::std::vec::Vec<#result> = #dots;
                (#primal(#(#args),*), __dots)
            },
        )
    }

    pub(super) fn vjp_batch(&self) -> TokenStream {
        let (args, result) = (&self.args, &self.result.tangent);
        let (primal, output) = (self.naming.primal(), self.f.output_tokens());
        let adjoint = self.naming.call(&self.naming.hidden("adjoint"));
        let zeros = self.zeros();
        let slots = self.dots(|i| {
            let zero = &self.columns[i].zero;
            quote!(&mut #zero)
        });
        let value = tuple(self.columns.iter().map(|c| c.zero.to_token_stream()));
        let tangents = self.tangents();
        let doc = format!(
            "The value of `{}` and the pullbacks of several cotangents of its result: those of `vjp`, for each of them.",
            self.naming.function
        );
        self.function(
            quote!(#[doc = #doc]),
            &self.naming.public("vjp_batch"),
            quote!(__cotangents: &[#result]),
            quote!(-> (#output, ::std::vec::Vec<#tangents>)),
            quote! {
                let __bars = __cotangents
                    .iter()
                    .map(|__cotangent| {
                        #zeros
                        #adjoint(#(#args,)* ::core::clone::Clone::clone(__cotangent), #(#slots),*);
                        #value
                    })
                    .collect();
                (#primal(#(#args),*), __bars)
            },
        )
    }
}
