//! Closures as arguments, with their derivatives beside them.

use super::{Emitter, sweeps};
use crate::function::{arg, slot};
use crate::ir::{Closure, Expr, Role, Swept, Ty, Var};
use proc_macro2::TokenStream;
use quote::quote;

impl Emitter<'_> {
    pub(super) fn closure(&self, closure: &Closure) -> TokenStream {
        let plain = self.expr(&closure.plain);
        let argument = closure.argument();
        let (name, ty) = (&argument.name, &argument.written);
        let active = || closure.params.iter().filter(|p| p.active && p.name != *name);
        let zeros = self.expr(&closure.zeros());
        let own = self.own_captures(closure);
        let mutability = argument.mutable.then(|| quote!(mut));
        match &closure.swept {
            Swept::Primal => plain,
            Swept::Reverse(reversed, out_bar) => {
                let body = sweeps::adjoint_body(&closure.params, true, reversed);
                let body = self.with_constants(&body, closure);
                let slots: Vec<_> = active().map(slot).collect();
                let slot = slot(argument);
                quote! {
                    ::ad_runtime::rt::captured(#plain, #zeros).adjoint(
                        |#mutability #name: #ty, #out_bar, __captures, mut #slot| {
                            let (#(#slots,)*) = __captures;
                            let (#(mut #slots,)*) = (#(#slots,)*);
                            #own
                            #body
                        },
                    )
                }
            }
            Swept::Forward(pushed) => {
                let body = sweeps::jvp_body(&closure.params, pushed);
                let body = self.with_constants(&body, closure);
                let (args, arg) = (active().map(arg), arg(argument));
                quote! {
                    ::ad_runtime::rt::captured(#plain, #zeros).tangent(
                        |#mutability #name: #ty, __captures, #arg| {
                            let (#(#args,)*) = __captures;
                            #own
                            #body
                        },
                    )
                }
            }
        }
    }

    /// Binds what the program of a closure takes for a parameter, where that is not the captured variable itself.
    fn own_captures(&self, closure: &Closure) -> TokenStream {
        let mut own = TokenStream::new();
        for capture in closure.captures.iter().filter_map(Expr::as_place) {
            let info = &self.program[capture.root];
            let name = &info.name;
            let value = match (&info.ty, &info.role) {
                (Ty::RefMut(_), _) => {
                    let place = self.place(capture, false);
                    quote!(&*#place)
                }
                (Ty::Float(_) | Ty::Ref(_), Role::Alias { .. })
                | (_, Role::Alias { by_ref: true, .. }) => self.expr(&Expr::Place(capture.clone())),
                (Ty::Float(_) | Ty::Ref(_), _) => continue,
                _ => self.expr(&Expr::borrow(Expr::Place(capture.clone()))),
            };
            own.extend(quote!(let #name = #value;));
        }
        own
    }

    /// The body of a closure, where what is constant is named as it is outside.
    fn with_constants(&self, body: &TokenStream, closure: &Closure) -> TokenStream {
        let Expr::Verbatim { reads, .. } = &closure.plain else { return body.clone() };
        let is_capture =
            |var: &Var| closure.captures.iter().filter_map(Expr::as_place).any(|p| p.root == *var);
        let constants: Vec<Var> = reads.iter().copied().filter(|var| !is_capture(var)).collect();
        self.verbatim(body, &constants)
    }
}
