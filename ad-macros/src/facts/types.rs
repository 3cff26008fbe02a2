//! Guesses types forwards. `Unknown` is always right.

use super::{Facts, is_stop_gradient};
use crate::ir::Ty;
use std::collections::HashSet;
use syn::punctuated::Punctuated;
use syn::{Expr, GenericArgument, PathArguments, Type};

/// The type that syntax shows. `reals` are the type parameters bounded by `Real`.
pub fn of_syn_type(ty: &Type, reals: &HashSet<String>) -> Ty {
    match ty {
        Type::Reference(r) => {
            let inner = Box::new(of_syn_type(&r.elem, reals));
            if r.mutability.is_some() { Ty::RefMut(inner) } else { Ty::Ref(inner) }
        }
        Type::Slice(s) => Ty::Slice(Box::new(of_syn_type(&s.elem, reals))),
        Type::Array(a) => Ty::Array(Box::new(of_syn_type(&a.elem, reals))),
        Type::Tuple(t) if t.elems.is_empty() => Ty::Discrete,
        Type::Tuple(t) => Ty::Tuple(t.elems.iter().map(|t| of_syn_type(t, reals)).collect()),
        Type::Paren(t) => of_syn_type(&t.elem, reals),
        Type::Group(t) => of_syn_type(&t.elem, reals),
        Type::Path(p) if p.qself.is_none() => of_path(&p.path, reals),
        Type::TraitObject(_) => Ty::Object,
        _ => Ty::Unknown,
    }
}

fn of_path(path: &syn::Path, reals: &HashSet<String>) -> Ty {
    let Some(last) = path.segments.last() else { return Ty::Unknown };
    let name = last.ident.to_string();
    let argument = || match &last.arguments {
        PathArguments::AngleBracketed(args) => args.args.iter().find_map(|a| match a {
            GenericArgument::Type(ty) => Some(of_syn_type(ty, reals)),
            _ => None,
        }),
        _ => None,
    };
    if is_discrete_name(&name) {
        return Ty::Discrete;
    }
    match name.as_str() {
        "f64" | "f32" => Ty::Float(None),
        "Vec" => Ty::Vec(Box::new(argument().unwrap_or(Ty::Unknown))),
        "Box" | "Rc" | "Arc" if argument() == Some(Ty::Object) => Ty::Object,
        "Option" => Ty::Option(Box::new(argument().unwrap_or(Ty::Unknown))),
        _ if reals.contains(&name) && path.segments.len() == 1 => Ty::Float(Some(name)),
        _ => array_of_name(&name, &last.arguments, argument()),
    }
}

pub fn is_discrete_name(name: &str) -> bool {
    matches!(
        name,
        "i8" | "i16"
            | "i32"
            | "i64"
            | "i128"
            | "isize"
            | "u8"
            | "u16"
            | "u32"
            | "u64"
            | "u128"
            | "usize"
            | "bool"
            | "char"
            | "str"
            | "String"
    )
}

fn array_of_name(name: &str, arguments: &PathArguments, element: Option<Ty>) -> Ty {
    let (base, owned) = if let Some(rest) = name.strip_prefix("ArrayViewMut") {
        (rest, false)
    } else if let Some(rest) = name.strip_prefix("ArrayView") {
        (rest, false)
    } else if let Some(rest) = name.strip_prefix("ArrayRef") {
        (rest, false)
    } else if let Some(rest) = name.strip_prefix("Array").or(name.strip_prefix("ArcArray")) {
        (rest, true)
    } else if name == "CowArray" {
        ("", true)
    } else {
        return Ty::Unknown;
    };
    let dims = match base {
        "" => match arguments {
            PathArguments::AngleBracketed(args) => args.args.iter().find_map(|a| match a {
                GenericArgument::Type(Type::Path(p)) => {
                    let ident = p.path.segments.last()?.ident.to_string();
                    ident.strip_prefix("Ix")?.parse().ok()
                }
                _ => None,
            }),
            _ => return Ty::Unknown,
        },
        "D" => None,
        digits => match digits.parse() {
            Ok(dims) => Some(dims),
            Err(_) => return Ty::Unknown,
        },
    };
    let elem = match element {
        Some(Ty::Float(elem)) => elem,
        _ => None,
    };
    Ty::NdArray { dims, owned, elem }
}

pub fn is_compound(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

fn is_bitwise(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(op, BitAnd(_) | BitOr(_) | BitXor(_) | Shl(_) | Shr(_))
}

pub fn is_arithmetic(op: &syn::BinOp) -> bool {
    use syn::BinOp::*;
    matches!(op, Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_))
}

/// What stands for a call among the calls of a function, whose local names are unique.
pub fn call_key(call: &syn::ExprCall) -> String {
    quote::ToTokens::to_token_stream(call).to_string()
}

/// Methods whose result carries no derivative, of the standard library and of ndarray, by their name and the
/// number of their arguments. Where the receiver's type is not known, the assumption is asserted.
pub fn inactive_method(call: &syn::ExprMethodCall) -> bool {
    let arguments = match call.method.to_string().as_str() {
        "__holds" | "len" | "is_empty" | "is_nan" | "is_finite" | "is_infinite"
        | "is_sign_negative" | "is_sign_positive" | "is_normal" | "is_some" | "is_none"
        | "is_ok" | "is_err" | "count" | "nrows" | "ncols" | "shape" | "dim" | "raw_dim"
        | "ndim" | "capacity" | "is_square" | "is_standard_layout" | "to_bits" | "strides"
        | "indices" | "classify" | "to_string" => 0,
        "partial_cmp" | "total_cmp" | "cmp" | "eq" | "ne" | "lt" | "le" | "gt" | "ge"
        | "is_some_and" | "contains" | "any" | "all" | "position" | "rposition" | "len_of"
        | "binary_search_by" | "partition_point" | "starts_with" | "ends_with" => 1,
        _ => return false,
    };
    call.args.len() == arguments
}

/// Whether values of the type have the method `name` of [`inactive_method`] themselves.
pub fn has_inactive_method(ty: &Ty, name: &str) -> bool {
    let compares = matches!(name, "partial_cmp" | "cmp" | "eq" | "ne" | "lt" | "le" | "gt" | "ge");
    match ty.deref() {
        Ty::Unknown | Ty::Object => false,
        _ if name == "to_string" => true,
        Ty::Discrete | Ty::NdArray { .. } => true,
        Ty::Float(_) => {
            compares
                || name.starts_with("is_")
                || ["total_cmp", "to_bits", "classify"].contains(&name)
        }
        Ty::Option(_) => compares || ["is_some", "is_none", "is_some_and"].contains(&name),
        Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_) => {
            let known = [
                "len",
                "is_empty",
                "contains",
                "starts_with",
                "ends_with",
                "binary_search_by",
                "partition_point",
                "capacity",
            ];
            compares || known.contains(&name)
        }
        Ty::Tuple(_) => compares,
        Ty::Ref(_) | Ty::RefMut(_) => unreachable!("references are looked through"),
    }
}

/// The type of a scalar's method.
pub fn scalar_method(name: &str, float: &Ty) -> Option<Ty> {
    match name {
        "sin_cos" => Some(Ty::Tuple(vec![float.clone(), float.clone()])),
        "is_nan" | "is_finite" | "is_infinite" | "is_sign_negative" | "is_sign_positive"
        | "partial_cmp" | "total_cmp" | "to_bits" => Some(Ty::Discrete),
        _ if crate::rules::scalar(name).is_some() || name == "clone" || name == "to_owned" => {
            Some(float.clone())
        }
        _ => None,
    }
}

/// The arguments of a macro that takes expressions separated by commas, or a repeat.
pub fn macro_args(mac: &syn::Macro) -> Vec<Expr> {
    let parser = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
    if let Ok(args) = mac.parse_body_with(parser) {
        // `name = value` names a value in a format string, and assigns nothing.
        return args.into_iter().map(|arg| named_argument(&arg).cloned().unwrap_or(arg)).collect();
    }
    let tokens = &mac.tokens;
    match syn::parse2::<syn::ExprRepeat>(quote::quote!([#tokens])) {
        Ok(repeat) => vec![*repeat.expr, *repeat.len],
        Err(_) => Vec::new(),
    }
}

/// The value in `name = value`.
fn named_argument(arg: &Expr) -> Option<&Expr> {
    match arg {
        Expr::Assign(a) if matches!(&*a.left, Expr::Path(p) if p.path.get_ident().is_some()) => {
            Some(&a.right)
        }
        _ => None,
    }
}

impl Facts {
    /// The type of `expr`, as far as the syntax shows it.
    pub fn infer(&self, expr: &Expr) -> Ty {
        match expr {
            Expr::Lit(e) => match &e.lit {
                syn::Lit::Float(_) => Ty::Float(None),
                syn::Lit::Int(i) if i.suffix().starts_with('f') => Ty::Float(None),
                _ => Ty::Discrete,
            },
            Expr::Path(p) => self.infer_path(p),
            Expr::Paren(e) => self.infer(&e.expr),
            Expr::Group(e) => self.infer(&e.expr),
            Expr::Reference(e) => {
                let inner = Box::new(self.infer(&e.expr));
                if e.mutability.is_some() { Ty::RefMut(inner) } else { Ty::Ref(inner) }
            }
            Expr::Unary(e) => match e.op {
                syn::UnOp::Deref(_) => match self.infer(&e.expr) {
                    Ty::Ref(t) | Ty::RefMut(t) => *t,
                    _ => Ty::Unknown,
                },
                syn::UnOp::Neg(_) => match self.infer(&e.expr) {
                    Ty::NdArray { dims, elem, .. } => Ty::NdArray { dims, owned: true, elem },
                    ty => ty.deref().clone(),
                },
                _ => Ty::Discrete,
            },
            Expr::Binary(e) if is_arithmetic(&e.op) => {
                arithmetic(&self.infer(&e.left), &self.infer(&e.right))
            }
            // Bit operations of integers, unless a user's type overloads them.
            Expr::Binary(e) if is_bitwise(&e.op) => {
                match (self.infer(&e.left), self.infer(&e.right)) {
                    (left, right) if left.is_discrete() || right.is_discrete() => Ty::Discrete,
                    _ => Ty::Unknown,
                }
            }
            Expr::Binary(_) | Expr::Range(_) | Expr::Let(_) => Ty::Discrete,
            Expr::Cast(e) => match of_syn_type(&e.ty, &self.reals) {
                Ty::Unknown => Ty::Discrete,
                ty => ty,
            },
            Expr::Index(e) => {
                let base = self.infer(&e.expr);
                match base.deref() {
                    Ty::NdArray { elem, .. } => Ty::Float(elem.clone()),
                    _ if matches!(&*e.index, Expr::Range(_)) => match base.element() {
                        Ty::Unknown => Ty::Unknown,
                        t => Ty::Slice(Box::new(t)),
                    },
                    _ => base.element(),
                }
            }
            Expr::Field(e) => match (self.infer(&e.base).deref(), &e.member) {
                (Ty::Tuple(ts), syn::Member::Unnamed(i)) => {
                    ts.get(i.index as usize).cloned().unwrap_or(Ty::Unknown)
                }
                _ => Ty::Unknown,
            },
            Expr::Tuple(e) => Ty::Tuple(e.elems.iter().map(|e| self.infer(e)).collect()),
            Expr::Array(e) => {
                Ty::Array(Box::new(e.elems.first().map_or(Ty::Unknown, |e| self.infer(e))))
            }
            Expr::Repeat(e) => Ty::Array(Box::new(self.infer(&e.expr))),
            Expr::Macro(e) if e.mac.path.is_ident("vec") => {
                let args = macro_args(&e.mac);
                Ty::Vec(Box::new(args.first().map_or(Ty::Unknown, |e| self.infer(e))))
            }
            Expr::Macro(e) if e.mac.path.segments.last().is_some_and(|s| s.ident == "array") => {
                let mut dims = 1;
                let mut first = macro_args(&e.mac).into_iter().next();
                while let Some(Expr::Array(inner)) = first {
                    dims += 1;
                    first = inner.elems.into_iter().next();
                }
                let elem = match first.map(|e| self.infer(&e)) {
                    Some(Ty::Float(Some(elem))) => Some(elem),
                    _ => self.only_real(),
                };
                Ty::NdArray { dims: Some(dims), owned: true, elem }
            }
            Expr::Macro(e) if e.mac.path.segments.last().is_some_and(|s| s.ident == "einsum") => {
                match e.mac.parse_body::<crate::einsum::Einsum>().ok().and_then(|e| e.rank()) {
                    Some(0) => Ty::Float(self.only_real()),
                    dims => Ty::NdArray { dims, owned: true, elem: self.only_real() },
                }
            }
            Expr::If(e) => match self.infer_block(&e.then_branch) {
                Ty::Unknown => e.else_branch.as_ref().map_or(Ty::Unknown, |(_, e)| self.infer(e)),
                ty => ty,
            },
            Expr::Match(e) => e
                .arms
                .iter()
                .map(|arm| self.infer(&arm.body))
                .find(|t| *t != Ty::Unknown)
                .unwrap_or(Ty::Unknown),
            Expr::Block(e) => self.infer_block(&e.block),
            Expr::Call(e) => match self.infer_call(e) {
                Ty::Unknown => self.scalar_calls.get(&call_key(e)).cloned().unwrap_or(Ty::Unknown),
                ty => ty,
            },
            Expr::MethodCall(e) => self.infer_method(e),
            _ => Ty::Unknown,
        }
    }

    fn infer_block(&self, block: &syn::Block) -> Ty {
        match block.stmts.last() {
            Some(syn::Stmt::Expr(e, None)) => self.infer(e),
            _ => Ty::Unknown,
        }
    }

    fn infer_path(&self, p: &syn::ExprPath) -> Ty {
        if let Some(ident) = p.path.get_ident() {
            return self.ty(&ident.to_string());
        }
        let segments: Vec<_> = p.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let in_floats = segments.iter().rev().skip(1).any(|s| s == "f64" || s == "f32");
        if in_floats { Ty::Float(None) } else { Ty::Unknown }
    }

    fn infer_call(&self, e: &syn::ExprCall) -> Ty {
        if is_stop_gradient(&e.func) {
            return e.args.first().map_or(Ty::Unknown, |e| self.infer(e));
        }
        if super::assumptions::is_assertion(&e.func) {
            return Ty::Discrete;
        }
        let Expr::Path(p) = &*e.func else { return Ty::Unknown };
        let segments: Vec<_> = p.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let last = segments.last().map_or("", String::as_str);
        if let Some(closure) = p.path.get_ident().and_then(|i| self.closures.get(&i.to_string())) {
            return self.infer(&closure.body);
        }
        let owner = segments.len().checked_sub(2).map_or("", |i| segments[i].as_str());
        if owner == "f64" || owner == "f32" {
            return match last {
                "from_bits" => Ty::Float(None),
                _ => scalar_method(last, &Ty::Float(None)).unwrap_or(Ty::Float(None)),
            };
        }
        if self.reals.contains(owner) {
            return match last {
                "from" | "from_f64" | "from_usize" | "from_i32" | "from_f32" | "from_u32" => {
                    Ty::Option(Box::new(Ty::Float(Some(owner.to_owned()))))
                }
                _ => Ty::Float(Some(owner.to_owned())),
            };
        }
        match (owner, last) {
            ("" | "Option", "Some") => {
                Ty::Option(Box::new(e.args.first().map_or(Ty::Unknown, |e| self.infer(e))))
            }
            ("Vec", "new" | "with_capacity") => {
                match p.path.segments.iter().rev().nth(1).map(|s| &s.arguments) {
                    Some(PathArguments::AngleBracketed(args)) => match args.args.first() {
                        Some(GenericArgument::Type(ty)) => {
                            Ty::Vec(Box::new(of_syn_type(ty, &self.reals)))
                        }
                        _ => Ty::Vec(Box::new(Ty::Unknown)),
                    },
                    _ => Ty::Vec(Box::new(Ty::Unknown)),
                }
            }
            ("array", "from_fn") => match e.args.first() {
                Some(Expr::Closure(c)) => Ty::Array(Box::new(self.infer(&c.body))),
                _ => Ty::Unknown,
            },
            (owner, _) if is_array_name(owner) => constructed(owner, last, self.constructed_of(p)),
            ("mem", "replace" | "take") => match e.args.first().map(|e| self.infer(e)) {
                Some(Ty::RefMut(t)) => *t,
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }

    /// The only real type parameter, of which the elements are whose type the syntax does not show.
    fn only_real(&self) -> Option<String> {
        let mut reals = self.reals.iter();
        reals.next().filter(|_| reals.next().is_none()).cloned()
    }

    /// The name of the elements' type in `Array1::<T>::zeros(n)`.
    fn constructed_of(&self, function: &syn::ExprPath) -> Option<String> {
        let owner = function.path.segments.iter().rev().nth(1).map(|s| &s.arguments);
        let element = match owner {
            Some(PathArguments::AngleBracketed(args)) => args.args.first(),
            _ => None,
        };
        match element {
            Some(GenericArgument::Type(Type::Infer(_))) | None => self.only_real(),
            Some(GenericArgument::Type(ty)) => match of_syn_type(ty, &self.reals) {
                Ty::Float(name) => name,
                _ => None,
            },
            Some(_) => None,
        }
    }

    /// The name of the type of an array's elements.
    pub fn element_name(&self, array: &Expr) -> Option<String> {
        match self.infer(array) {
            Ty::Unknown => self.only_real(),
            ty => element_name(&ty),
        }
    }

    fn infer_method(&self, e: &syn::ExprMethodCall) -> Ty {
        if inactive_method(e) {
            return Ty::Discrete;
        }
        let recv = self.infer(&e.receiver);
        let name = e.method.to_string();
        let target = e.turbofish.as_ref().and_then(|t| t.args.first()).and_then(|a| match a {
            GenericArgument::Type(ty) => Some(of_syn_type(ty, &self.reals)),
            _ => None,
        });
        match recv.deref() {
            float @ Ty::Float(_) => scalar_method(&name, float).unwrap_or(Ty::Unknown),
            Ty::Discrete => match name.as_str() {
                "map" | "filter_map" | "flat_map" | "fold" | "scan" | "sum" | "product"
                | "collect" | "rev" | "zip" | "step_by" | "for_each" | "reduce" | "into"
                | "skip" | "take" | "chain" | "enumerate" | "try_fold" | "filter"
                | "take_while" | "skip_while" | "max_by" | "min_by" => match name.as_str() {
                    "sum" | "product" | "collect" => target.unwrap_or(Ty::Unknown),
                    "fold" => e.args.first().map_or(Ty::Unknown, |init| self.infer(init)),
                    _ => Ty::Unknown,
                },
                "then" | "then_some" => Ty::Option(Box::new(match e.args.first() {
                    Some(Expr::Closure(c)) => self.infer(&c.body),
                    Some(value) => self.infer(value),
                    None => Ty::Unknown,
                })),
                // Something active goes in, so something active may come out.
                _ if e.args.iter().any(|a| self.mentions_active_expr(a)) => Ty::Unknown,
                _ => Ty::Discrete,
            },
            Ty::NdArray { dims, owned, elem } => {
                array_method(&name, (*dims, *owned, elem), e, self)
            }
            Ty::Option(inner) => match name.as_str() {
                "unwrap" | "expect" | "unwrap_or" | "unwrap_or_default" | "unwrap_or_else" => {
                    (**inner).clone()
                }
                "copied" | "cloned" => Ty::Option(Box::new(inner.deref().clone())),
                "as_ref" => Ty::Option(Box::new(Ty::Ref(inner.clone()))),
                "as_mut" => Ty::Option(Box::new(Ty::RefMut(inner.clone()))),
                "filter" | "or" | "or_else" | "xor" | "take" | "replace" => recv.deref().clone(),
                "map" => match e.args.first() {
                    Some(Expr::Closure(c)) => Ty::Option(Box::new(self.infer(&c.body))),
                    _ => Ty::Option(Box::new(Ty::Unknown)),
                },
                "zip" => match e.args.first().map(|other| self.infer(other)) {
                    Some(Ty::Option(other)) => {
                        Ty::Option(Box::new(Ty::Tuple(vec![(**inner).clone(), *other])))
                    }
                    _ => Ty::Option(Box::new(Ty::Unknown)),
                },
                "and_then" => match e.args.first() {
                    Some(Expr::Closure(c)) => match self.infer(&c.body) {
                        ty @ Ty::Option(_) => ty,
                        _ => Ty::Option(Box::new(Ty::Unknown)),
                    },
                    _ => Ty::Option(Box::new(Ty::Unknown)),
                },
                "map_or" => e.args.first().map_or(Ty::Unknown, |default| self.infer(default)),
                _ => Ty::Unknown,
            },
            _ => self.container_method(&name, &recv, target, e),
        }
    }

    fn container_method(
        &self,
        name: &str,
        recv: &Ty,
        target: Option<Ty>,
        e: &syn::ExprMethodCall,
    ) -> Ty {
        let element = recv.element();
        match name {
            "clone" => match recv.deref() {
                Ty::Slice(t) => Ty::Vec(t.clone()),
                ty => ty.clone(),
            },
            "sum" | "product" => target.unwrap_or(Ty::Unknown),
            "last" | "nth" | "next" | "max_by" | "min_by" | "reduce" | "find"
                if crate::lower::is_iterator(&e.receiver) =>
            {
                Ty::Option(Box::new(self.item(&e.receiver)))
            }
            "collect" => match target {
                Some(Ty::Vec(t)) if *t == Ty::Unknown => match self.item(&e.receiver) {
                    Ty::Unknown => Ty::Vec(t),
                    item => Ty::Vec(Box::new(item)),
                },
                other => other.unwrap_or(Ty::Unknown),
            },
            "fold" => e.args.first().map_or(Ty::Unknown, |init| self.infer(init)),
            "map" if matches!(recv.deref(), Ty::Array(_)) => match e.args.first() {
                Some(Expr::Closure(c)) => Ty::Array(Box::new(self.infer(&c.body))),
                _ => Ty::Array(Box::new(element)),
            },
            _ if element == Ty::Unknown
                && !matches!(recv.deref(), Ty::Vec(_) | Ty::Slice(_) | Ty::Array(_)) =>
            {
                Ty::Unknown
            }
            "to_vec" | "into_vec" | "to_owned" => Ty::Vec(Box::new(element)),
            "as_slice" => Ty::Ref(Box::new(Ty::Slice(Box::new(element)))),
            "as_mut_slice" => Ty::RefMut(Box::new(Ty::Slice(Box::new(element)))),
            "get" if self.is_range(e.args.first()) => {
                Ty::Option(Box::new(Ty::Ref(Box::new(Ty::Slice(Box::new(element))))))
            }
            "get_mut" if self.is_range(e.args.first()) => {
                Ty::Option(Box::new(Ty::RefMut(Box::new(Ty::Slice(Box::new(element))))))
            }
            "first" | "last" | "get" => Ty::Option(Box::new(Ty::Ref(Box::new(element)))),
            "first_mut" | "last_mut" | "get_mut" => {
                Ty::Option(Box::new(Ty::RefMut(Box::new(element))))
            }
            "pop" => Ty::Option(Box::new(element)),
            "remove" | "swap_remove" => element,
            "drain" | "split_off" => Ty::Vec(Box::new(element)),
            "concat" => Ty::Vec(Box::new(element.element())),
            "split_at" => {
                let slice = Ty::Ref(Box::new(Ty::Slice(Box::new(element))));
                Ty::Tuple(vec![slice.clone(), slice])
            }
            "split_at_mut" => {
                let slice = Ty::RefMut(Box::new(Ty::Slice(Box::new(element))));
                Ty::Tuple(vec![slice.clone(), slice])
            }
            _ => Ty::Unknown,
        }
    }

    /// Whether an index is a range, or a name for one.
    fn is_range(&self, index: Option<&Expr>) -> bool {
        match index {
            Some(Expr::Range(_)) => true,
            Some(Expr::Paren(e)) => self.is_range(Some(&e.expr)),
            Some(Expr::Path(p)) => {
                p.path.get_ident().is_some_and(|i| self.ranges.contains(&i.to_string()))
            }
            _ => false,
        }
    }

    /// The type of the items of an iterator or of something that is iterated.
    pub fn item(&self, expr: &Expr) -> Ty {
        match expr {
            Expr::Paren(e) => self.item(&e.expr),
            Expr::Range(_) => Ty::Discrete,
            Expr::Call(call) => match crate::lower::repeated(call) {
                Some(value) => self.infer(value),
                None => item_of_value(&self.infer(expr)),
            },
            Expr::MethodCall(e) => self.item_of_method(e),
            Expr::Path(p)
                if p.path
                    .get_ident()
                    .is_some_and(|i| self.iterators.contains_key(&i.to_string())) =>
            {
                let name = p.path.get_ident().expect("it is one").to_string();
                self.item(&self.iterators[&name])
            }
            expr => item_of_value(&self.infer(expr)),
        }
    }

    fn item_of_method(&self, e: &syn::ExprMethodCall) -> Ty {
        let recv = || self.infer(&e.receiver);
        let item = || self.item(&e.receiver);
        match e.method.to_string().as_str() {
            "iter" => match item_of_value(&Ty::Ref(Box::new(recv().deref().clone()))) {
                Ty::Unknown => Ty::Unknown,
                t => t,
            },
            "iter_mut" => match item_of_value(&Ty::RefMut(Box::new(recv().deref().clone()))) {
                Ty::Ref(t) => Ty::RefMut(t),
                Ty::Unknown => Ty::RefMut(Box::new(Ty::Unknown)),
                t => t,
            },
            "into_iter" => self.item(&e.receiver),
            "enumerate" => Ty::Tuple(vec![Ty::Discrete, item()]),
            "zip" => Ty::Tuple(vec![item(), e.args.first().map_or(Ty::Unknown, |e| self.item(e))]),
            "rev" | "skip" | "take" | "step_by" | "filter" | "take_while" | "skip_while"
            | "inspect" | "peekable" | "chain" | "by_ref" => item(),
            "copied" | "cloned" => item().deref().clone(),
            "windows"
            | "exact_chunks"
            | "exact_chunks_mut"
            | "axis_chunks_iter"
            | "axis_chunks_iter_mut"
                if matches!(recv().deref(), Ty::NdArray { .. }) =>
            {
                match recv().deref() {
                    Ty::NdArray { dims, elem, .. } => {
                        Ty::NdArray { dims: *dims, owned: false, elem: elem.clone() }
                    }
                    _ => Ty::Unknown,
                }
            }
            "lanes" | "lanes_mut" => {
                Ty::NdArray { dims: Some(1), owned: false, elem: element_name(&recv()) }
            }
            "windows" | "chunks" | "chunks_exact" | "rchunks" => match recv().element() {
                Ty::Unknown => Ty::Unknown,
                t => Ty::Ref(Box::new(Ty::Slice(Box::new(t)))),
            },
            "chunks_mut" | "chunks_exact_mut" => match recv().element() {
                Ty::Unknown => Ty::Unknown,
                t => Ty::RefMut(Box::new(Ty::Slice(Box::new(t)))),
            },
            "map" => match e.args.first() {
                Some(Expr::Closure(closure)) => self.infer(&closure.body),
                _ => Ty::Unknown,
            },
            name @ ("indexed_iter" | "indexed_iter_mut") => match recv().deref() {
                Ty::NdArray { dims, .. } => {
                    let index = match dims {
                        Some(n) if *n > 1 => Ty::Tuple(vec![Ty::Discrete; *n]),
                        _ => Ty::Discrete,
                    };
                    let element = Box::new(Ty::Float(None));
                    let mutable = name == "indexed_iter_mut";
                    let element = if mutable { Ty::RefMut(element) } else { Ty::Ref(element) };
                    Ty::Tuple(vec![index, element])
                }
                _ => Ty::Unknown,
            },
            "rows" | "columns" | "rows_mut" | "columns_mut" => match recv().deref() {
                Ty::NdArray { elem, .. } => {
                    Ty::NdArray { dims: Some(1), owned: false, elem: elem.clone() }
                }
                _ => Ty::Unknown,
            },
            "outer_iter" | "axis_iter" | "outer_iter_mut" | "axis_iter_mut" => {
                match recv().deref() {
                    Ty::NdArray { dims: Some(n), elem, .. } if *n > 1 => {
                        Ty::NdArray { dims: Some(n - 1), owned: false, elem: elem.clone() }
                    }
                    Ty::NdArray { dims: None, elem, .. } => {
                        Ty::NdArray { dims: None, owned: false, elem: elem.clone() }
                    }
                    _ => Ty::Unknown,
                }
            }
            _ => item_of_value(&self.infer(&Expr::MethodCall(e.clone()))),
        }
    }
}

fn item_of_value(ty: &Ty) -> Ty {
    let element = match ty.deref() {
        Ty::NdArray { elem, .. } => Ty::Float(elem.clone()),
        Ty::Discrete => return Ty::Unknown,
        inner => inner.element(),
    };
    match (ty, element) {
        (_, Ty::Unknown) => Ty::Unknown,
        (Ty::Ref(_), t) => Ty::Ref(Box::new(t)),
        (Ty::RefMut(_), t) => Ty::RefMut(Box::new(t)),
        (_, t) => t,
    }
}

pub fn arithmetic(a: &Ty, b: &Ty) -> Ty {
    match (a.deref(), b.deref()) {
        (Ty::Float(Some(t)), Ty::Float(_)) | (Ty::Float(_), Ty::Float(Some(t))) => {
            Ty::Float(Some(t.clone()))
        }
        (Ty::Float(None), Ty::Float(None)) => Ty::Float(None),
        (Ty::Discrete, Ty::Discrete) => Ty::Discrete,
        (Ty::NdArray { dims: a, elem: of_a, .. }, Ty::NdArray { dims: b, elem: of_b, .. }) => {
            Ty::NdArray {
                dims: match (a, b) {
                    (Some(a), Some(b)) => Some(*a.max(b)),
                    _ => None,
                },
                owned: true,
                elem: of_a.clone().or_else(|| of_b.clone()),
            }
        }
        (Ty::NdArray { dims, elem, .. }, Ty::Float(_))
        | (Ty::Float(_), Ty::NdArray { dims, elem, .. }) => {
            Ty::NdArray { dims: *dims, owned: true, elem: elem.clone() }
        }
        _ => Ty::Unknown,
    }
}

/// Whether a name is that of an owned array of ndarray: `Array`, `Array1`, …, `ArrayD`.
pub fn is_array_name(name: &str) -> bool {
    name.strip_prefix("Array")
        .is_some_and(|dims| dims.is_empty() || dims == "D" || dims.parse::<usize>().is_ok())
}

/// The type that a constructor of arrays returns.
fn constructed(owner: &str, function: &str, elem: Option<String>) -> Ty {
    let array = |dims| Ty::NdArray { dims, owned: true, elem: elem.clone() };
    let dims = owner.strip_prefix("Array").and_then(|dims| dims.parse().ok());
    match function {
        "zeros" | "ones" | "from_elem" | "from_shape_fn" | "from_shape_simple_fn" | "default" => {
            array(dims)
        }
        "eye" | "from_diag" | "from_diag_elem" => array(Some(2)),
        "from_vec" | "from_iter" | "linspace" | "range" | "logspace" | "geomspace" => {
            array(Some(1))
        }
        "from" => dims.map_or(Ty::Unknown, |dims| array(Some(dims))),
        _ => Ty::Unknown,
    }
}

/// The number of axes that `s![..]` leaves: ranges keep theirs, indices drop it.
fn sliced_dims(mac: &syn::Macro) -> Option<usize> {
    let is_range = |part: &str| part.contains("..");
    let text = mac.tokens.to_string();
    if text.contains("NewAxis") || text.contains('(') {
        return None;
    }
    Some(text.split(',').filter(|part| is_range(part)).count())
}

/// The name of the type of an array's elements.
fn element_name(array: &Ty) -> Option<String> {
    match array.deref() {
        Ty::NdArray { elem, .. } => elem.clone(),
        _ => None,
    }
}

fn array_method(
    name: &str,
    (dims, owned, elem): (Option<usize>, bool, &Option<String>),
    e: &syn::ExprMethodCall,
    facts: &Facts,
) -> Ty {
    let of = |dims, owned| Ty::NdArray { dims, owned, elem: elem.clone() };
    let same = |owned| of(dims, owned);
    let less = |owned| match dims {
        Some(n) if n > 0 => of(Some(n - 1), owned),
        _ => of(None, owned),
    };
    let float = || Ty::Float(elem.clone());
    match name {
        "sum" | "product" => float(),
        "mean" => Ty::Option(Box::new(float())),
        "dot" => {
            let rhs = e.args.first().map_or(Ty::Unknown, |a| facts.infer(a));
            match (dims, rhs.deref()) {
                (Some(1), Ty::NdArray { dims: Some(1), .. }) => float(),
                (Some(2), Ty::NdArray { dims: Some(1), .. })
                | (Some(1), Ty::NdArray { dims: Some(2), .. }) => of(Some(1), true),
                (Some(2), Ty::NdArray { dims: Some(2), .. }) => of(Some(2), true),
                _ => Ty::Unknown,
            }
        }
        "slice" | "slice_mut" => match e.args.first() {
            Some(Expr::Macro(m)) => of(sliced_dims(&m.mac), false),
            _ => of(None, false),
        },
        "t" | "view" | "view_mut" | "slice_axis" | "slice_axis_mut" | "slice_move"
        | "reversed_axes" => same(owned && name == "reversed_axes"),
        "row" | "column" | "diag" | "row_mut" | "column_mut" | "diag_mut" => of(Some(1), false),
        "clone" => same(owned),
        "to_owned" | "into_owned" | "mapv_into" => same(true),
        "mapv" | "map" => match e.args.first() {
            Some(Expr::Closure(c))
                if matches!(facts.infer(&c.body), Ty::Float(_) | Ty::Unknown) =>
            {
                same(true)
            }
            Some(Expr::Path(_)) => same(true),
            _ => Ty::Unknown,
        },
        "map_axis" | "fold_axis" => less(true),
        "fold" => e.args.first().map_or(Ty::Unknown, |init| facts.infer(init)),
        "split_at" => Ty::Tuple(vec![same(false), same(false)]),
        "as_slice_mut" => Ty::Option(Box::new(Ty::RefMut(Box::new(Ty::Slice(Box::new(float())))))),
        "into_scalar" => float(),
        "into_diag" => of(Some(1), owned),
        "index_axis_move" => less(owned),
        "as_slice" => Ty::Option(Box::new(Ty::Ref(Box::new(Ty::Slice(Box::new(float())))))),
        "sum_axis" | "var_axis" | "std_axis" => less(true),
        "index_axis" | "index_axis_mut" => less(false),
        "exp" | "ln" | "sqrt" | "sin" | "cos" | "tan" | "tanh" | "abs" | "powi" | "powf"
        | "recip" | "pow2" | "clamp" | "sinh" | "cosh" | "exp2" | "log2" | "log10" => same(true),
        "to_vec" => Ty::Vec(Box::new(float())),
        _ => Ty::Unknown,
    }
}

/// The types of the parameters of a closure passed to `method` of an iterator or array.
pub fn closure_params(
    method: &syn::Ident,
    item: &Ty,
    e: &syn::ExprMethodCall,
    facts: &Facts,
) -> Vec<Ty> {
    let by_ref = |t: &Ty| Ty::Ref(Box::new(t.clone()));
    match method.to_string().as_str() {
        "map" | "for_each" | "flat_map" | "filter_map" | "map_while" | "any" | "all"
        | "position" => match facts.infer(&e.receiver).deref() {
            Ty::Option(inner) => vec![(**inner).clone()],
            Ty::NdArray { elem, .. } if method == "map" => vec![by_ref(&Ty::Float(elem.clone()))],
            _ => vec![item.clone()],
        },
        "filter" | "take_while" | "skip_while" | "inspect" | "find" | "partition" => {
            vec![by_ref(item)]
        }
        "find_map" => vec![item.clone()],
        "fold" | "try_fold" => {
            let init = e.args.first().map_or(Ty::Unknown, |a| facts.infer(a));
            vec![init, item.clone()]
        }
        "scan" => {
            let init = e.args.first().map_or(Ty::Unknown, |a| facts.infer(a));
            vec![Ty::RefMut(Box::new(init)), item.clone()]
        }
        "reduce" => vec![item.clone(), item.clone()],
        "max_by" | "min_by" => vec![by_ref(item), by_ref(item)],
        "mapv" | "mapv_into" | "mapv_inplace" => vec![Ty::Float(facts.element_name(&e.receiver))],
        "map_inplace" => {
            vec![Ty::RefMut(Box::new(Ty::Float(facts.element_name(&e.receiver))))]
        }
        "and_then" | "is_some_and" => match facts.infer(&e.receiver).deref() {
            Ty::Option(inner) => vec![(**inner).clone()],
            _ => vec![],
        },
        _ => vec![],
    }
}
