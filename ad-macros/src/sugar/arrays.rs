//! Slices that become arrays.
//!
//! ```text
//! // Input:                                      // Output:
//! let a: [f64; 3] = s[..3].try_into().unwrap();  let a: [f64; 3] = {
//!                                                    let part = &s[..3][..];
//!                                                    assert!(part.len() == 3, ..);
//!                                                    array::from_fn(|i| part[i].clone())
//!                                                };
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprMethodCall, Local, Pat, Type, TypeArray, parse_quote};

/// Rewrites each `let` of an array, or of a reference to one, that is made of a slice.
pub fn rewrite(block: &mut syn::Block) {
    Arrays.visit_block_mut(block);
}

struct Arrays;

impl VisitMut for Arrays {
    fn visit_item_mut(&mut self, _: &mut syn::Item) {}

    fn visit_local_mut(&mut self, local: &mut Local) {
        visit_mut::visit_local_mut(self, local);
        let (Pat::Type(pat), Some(init)) = (&local.pat, &mut local.init) else { return };
        let Some(slice) = converted(&init.expr) else { return };
        let made = match &*pat.ty {
            Type::Array(array) => array_of(slice, array),
            Type::Reference(reference) if reference.mutability.is_none() => {
                let Type::Array(array) = &*reference.elem else { return };
                let made = array_of(slice, array);
                parse_quote!(&#made)
            }
            _ => return,
        };
        *init.expr = made;
    }
}

/// The slice of `slice.try_into().unwrap()`.
fn converted(e: &Expr) -> Option<&Expr> {
    let call = method(e, &["unwrap", "expect"])?;
    Some(&*method(&call.receiver, &["try_into"])?.receiver)
}

fn method<'e>(e: &'e Expr, names: &[&str]) -> Option<&'e ExprMethodCall> {
    match e {
        Expr::MethodCall(call) if names.iter().any(|name| call.method == name) => Some(call),
        _ => None,
    }
}

fn array_of(slice: &Expr, array: &TypeArray) -> Expr {
    let len = &array.len;
    parse_quote!({
        let __part = &#slice[..];
        assert!(__part.len() == #len, "a slice of another length becomes an array");
        ::core::array::from_fn(|__i| __part[__i].clone())
    })
}
