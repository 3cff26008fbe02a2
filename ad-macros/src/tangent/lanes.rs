//! The tangent program over lanes: tangents in several directions, by one run of the primal.
//!
//! ```text
//! // Input:                  // Output, where a tangent of a scalar is an array of scalars:
//! let t = x * y;             let t = x * y;
//!                            let t_dot = x_dot * y + y_dot * x;
//! ```
//!
//! The statements are those of one direction, as they are linear in tangents. What has no tangents of several
//! directions (rules of matrices, methods, fields of the user's types) makes the whole function go one
//! direction after the other: the transform gives `None` there.

use super::{Pushed, PushedAdjoint, Tangent};
use crate::ir::{CallKind, Expr, Place, Program, Proj, Ty, Var};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use std::collections::BTreeMap;

/// What the transform finds out.
#[derive(Default)]
pub(super) struct Width {
    /// Whether something has no tangents of several directions.
    refused: bool,
    /// The functions that are called, which must have them as well: by the path of the question.
    callees: BTreeMap<String, TokenStream>,
}

/// A program, or its adjoint, with its tangents in several directions.
pub struct Abreast<P> {
    pub pushed: P,
    /// The hidden functions that tell whether what is called has tangents of several directions.
    pub callees: Vec<TokenStream>,
}

/// Differentiates `program`, the body of the function `name`, in the directions of its parameters' tangents.
pub fn push_abreast(program: Program, name: &proc_macro2::Ident) -> Option<Abreast<Pushed>> {
    let mut tangent = Tangent::of(program);
    tangent.lanes = Some(Width::default());
    let pushed = tangent.body();
    let callees = tangent.callees(name)?;
    Some(Abreast { pushed, callees })
}

/// Differentiates the adjoint of `program`, as [`super::push_adjoint`] does, in several directions.
pub fn push_adjoint_abreast(
    program: Program,
    out_bar: Var,
    name: &proc_macro2::Ident,
) -> Option<Abreast<PushedAdjoint>> {
    let (tangent, pushed) = super::second::push(program, out_bar, Some(Width::default()));
    let callees = tangent.callees(name)?;
    pushed.unsupported.is_empty().then_some(Abreast { pushed, callees })
}

impl Tangent {
    /// What is to be asked of what the function `name` calls; `None` where the function itself is not one for lanes.
    fn callees(self, name: &proc_macro2::Ident) -> Option<Vec<TokenStream>> {
        let mut width = self.lanes.expect("it was set");
        for question in [quote!(#name::__lanes), quote!(#name::__second_lanes)] {
            width.callees.remove(&question.to_string());
        }
        (!width.refused).then(|| width.callees.into_values().collect())
    }

    /// What gives a tangent its shape, where that is one of several directions.
    pub(super) fn shape(&self, primal: Expr) -> Expr {
        // The tangent program has no other shapes, so there the emission knows.
        match self.lanes {
            Some(_) if self.is_second() => Expr::runtime("wide", vec![primal]),
            _ => primal,
        }
    }

    /// What is done to cotangents, with the shapes of their tangents.
    pub(super) fn linear_abreast(&mut self, function: &str, args: &mut [Expr]) {
        if self.lanes.is_none() {
            return;
        }
        match function {
            "zero" | "take" | "total" => args[0] = self.shape(args[0].clone()),
            "finish" => args[1] = self.shape(args[1].clone()),
            "pending" | "clone" | "take_active" | "read_active" | "when" | "Inactive" | "pop"
            | "listed" | "part_where" => {}
            _ => self.no_lanes(),
        }
    }

    /// The call of the adjoint of a function as that of its tangents in several directions.
    pub(super) fn adjoint_abreast(
        &mut self,
        path: &TokenStream,
        args: &[Expr],
    ) -> Option<TokenStream> {
        let width = self.lanes.as_mut()?;
        let plain = path.to_string().ends_with(":: __adjoint")
            && has_siblings(&crate::adjoint::without_last(path))
            && !args.iter().any(has_closure);
        if !plain {
            width.refused = true;
            return None;
        }
        let f = crate::adjoint::without_last(path);
        let asked = quote!(#f::__second_lanes);
        width.callees.insert(asked.to_string(), asked);
        Some(quote!(#f::__adjoint_jvp_lanes))
    }

    /// What is at hand has no tangents of several directions.
    pub(super) fn no_lanes(&mut self) {
        if let Some(width) = &mut self.lanes {
            width.refused = true;
        }
    }

    /// Rules of matrices take one direction.
    pub(super) fn require_no_array(&mut self, operand: &Expr) {
        if matches!(self.program.ty_of(operand).deref(), Ty::NdArray { .. }) {
            self.no_lanes();
        }
    }

    /// The tangents of the user's types have no parts that are named as those of one direction.
    pub(super) fn require_lanes_of(&mut self, place: &Place) {
        if self.lanes.is_none() {
            return;
        }
        for at in 0..place.proj.len() {
            let base = Place { root: place.root, proj: place.proj[..at].to_vec() };
            let ty = self.program.ty_of_place(&base);
            let known = match &place.proj[at] {
                Proj::Deref => true,
                Proj::Field(_) => matches!(ty.deref(), Ty::Tuple(_)),
                Proj::Variant(name, _) => self.has_lanes(name),
                Proj::Part { .. } => false,
                Proj::Index(_) | Proj::Element(_) | Proj::View { .. } => matches!(
                    ty.deref(),
                    Ty::NdArray { .. } | Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_)
                ),
            };
            if !known || self.program.is_part(&base) {
                self.no_lanes();
            }
        }
    }

    pub(super) fn require_lanes_of_variant(&mut self, name: &proc_macro2::Ident) {
        if !self.has_lanes(name) {
            self.no_lanes();
        }
    }

    /// Whether a variant holds tangents of several directions as those of one. The types of cotangents are inferred from
    /// payloads, which a payload in several directions does not tell.
    fn has_lanes(&self, name: &proc_macro2::Ident) -> bool {
        is_of_std(name) && !self.is_second()
    }

    /// The zero tangent of a scalar.
    pub(super) fn zero_number(&self, ty: &Ty) -> Expr {
        match self.lanes {
            Some(_) => Expr::runtime("lanes_zero", vec![]),
            None => Expr::Number(0.0, crate::rules::float_of(ty)),
        }
    }

    pub(super) fn is_zero(&self, dot: &Expr) -> bool {
        matches!(dot, Expr::Number(..) | Expr::Runtime { function: "lanes_zero", .. })
    }

    /// The tangent of a conversion between scalars.
    pub(super) fn cast_dot(&self, dot: Expr, ty: &syn::Type) -> Expr {
        match self.lanes {
            Some(_) => Expr::runtime("lanes_cast", vec![dot, Expr::lit(ty.to_token_stream())]),
            None => Expr::Cast(Box::new(dot), ty.clone()),
        }
    }

    /// A call that gives the value and its tangents together.
    pub(super) fn joint_abreast(&mut self, value: &Expr) -> Option<Expr> {
        match value {
            Expr::Call { path, args, kind }
                if *kind != CallKind::Constructor && self.program.reads_active(value) =>
            {
                if *kind != CallKind::Function || !has_siblings(path) {
                    self.no_lanes();
                }
                if args.iter().any(has_closure) {
                    self.no_lanes();
                    return Some(value.clone());
                }
                let asked = quote!(#path::__lanes);
                if let Some(width) = &mut self.lanes {
                    width.callees.insert(asked.to_string(), asked);
                }
                let dots = self.args_in_place(args);
                let dots = self.apart(args, dots);
                let width = Expr::lit(quote!(::ad_runtime::rt::Width::<__L>));
                let args = args.iter().cloned().chain([width]).chain(dots).collect();
                let path = quote!(#path::__jvp_lanes);
                Some(Expr::Call { path, args, kind: CallKind::Function })
            }
            Expr::Method { recv, name, .. } => {
                let float = self.program.ty_of(recv).is_float();
                if float && crate::rules::scalar(&name.to_string()).is_some()
                    || !self.program.reads_active(value)
                {
                    return None;
                }
                if !float || name != "sin_cos" {
                    self.no_lanes();
                    return Some(value.clone());
                }
                let dot = Expr::borrow(self.dot(recv).expect("it is active"));
                Some(Expr::runtime("lanes_sin_cos", vec![self.val(recv), dot]))
            }
            _ => None,
        }
    }
}

fn has_closure(e: &Expr) -> bool {
    matches!(e, Expr::Closure(_)) || e.children().into_iter().any(has_closure)
}

/// The variants that hold tangents of several directions as those of one.
fn is_of_std(name: &proc_macro2::Ident) -> bool {
    ["Some", "None", "Ok", "Err"].iter().any(|std| name == std)
}

/// Whether a function is one whose namespace has tangents of several directions, or says that it has not.
fn has_siblings(path: &TokenStream) -> bool {
    let Ok(parsed) = syn::parse2::<syn::Path>(path.clone()) else { return false };
    let derivative = |name: &syn::Ident| {
        ["grad", "value_and_grad", "jvp"].iter().any(|derivative| name == derivative)
    };
    let plain = parsed.segments.iter().all(|s| s.arguments.is_none());
    let last = &parsed.segments.last().expect("a path has segments").ident;
    let foreign = parsed.leading_colon.is_some()
        || parsed.segments.first().is_some_and(|s| s.ident == "ndarray");
    plain && !foreign && !derivative(last)
}
