//! User errors: they accumulate, and each stands at the user's token.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::cell::RefCell;

/// Collects the errors of all phases, so that one run shows them all.
#[derive(Default)]
pub struct Errors {
    found: RefCell<Vec<syn::Error>>,
}

impl Errors {
    /// An error at `tokens`: what is wrong, and what to do instead.
    pub fn at(&self, tokens: &impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// An error at `span`.
    pub fn at_span(&self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    pub fn push(&self, error: syn::Error) {
        self.found.borrow_mut().push(error);
    }

    /// Takes over what another part of the compiler found.
    pub fn extend(&self, others: Errors) {
        self.found.borrow_mut().extend(others.found.into_inner());
    }

    pub fn any(&self) -> bool {
        !self.found.borrow().is_empty()
    }

    /// All errors as `compile_error!` invocations. The same message at the same place is said once.
    pub fn to_compile_errors(&self) -> TokenStream {
        let mut seen = std::collections::HashSet::new();
        self.found
            .borrow()
            .iter()
            .filter(|e| {
                seen.insert((format!("{:?}", e.span()), e.to_string())) || e.to_string().is_empty()
            })
            .map(syn::Error::to_compile_error)
            .collect()
    }

    /// The messages alone, for tests.
    #[cfg(test)]
    pub fn messages(&self) -> Vec<String> {
        self.found.borrow().iter().map(|e| e.to_string()).collect()
    }
}
