//! Expressions and places.

use super::{Emitter, active_flag, copies};
use crate::ir::{BinOp, Expr, Place, Proj, Role, Ty, UnOp, Var};
use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};

impl Emitter<'_> {
    /// A method call; `changes` where it may change its receiver, whatever its name.
    pub(super) fn method(
        &self,
        recv: &Expr,
        name: &proc_macro2::Ident,
        turbofish: Option<&TokenStream>,
        args: &[Expr],
        changes: bool,
    ) -> TokenStream {
        let given = recv;
        let recv = match recv {
            Expr::Place(place) if consumes(name) && place.is_var() => {
                let tokens = self.read(place);
                if starts_with_star(&tokens) { quote!((#tokens)) } else { tokens }
            }
            Expr::Place(place) if self.may_be_consumed(place, name) => {
                let place = self.place(place, false);
                quote!((&::ad_runtime::rt::Kept(&#place)).kept())
            }
            // By a shared reference, it does not compile if it takes `&mut self`.
            Expr::Place(place) if !changes && self.program.is_asserted_shared(place, name) => {
                let place = self.place(place, false);
                quote_spanned!(name.span().resolved_at(Span::call_site())=> (&#place))
            }
            Expr::Place(place) => self.place(place, false),
            recv => self.operand(recv, Precedence::Postfix),
        };
        // What looks at a receiver that is moved, or at a reference that is passed on, comes before.
        let moved = |param: Var| match given {
            Expr::Place(place) if consumes(name) && place.is_var() => place.root == param,
            given => std::iter::once(given).chain(args).any(|e| self.passes_on(e, param)),
        };
        let mut before = TokenStream::new();
        let args: Vec<TokenStream> = args
            .iter()
            .enumerate()
            .map(|(i, arg)| match arg {
                Expr::Runtime { function, args }
                    if function.starts_with("when")
                        && args[0].as_place().is_some_and(|p| moved(p.root)) =>
                {
                    let tangent = self.expr(arg);
                    let name = format_ident!("__tangent_{}", i);
                    before.extend(quote!(let #name = #tangent;));
                    quote!(#name)
                }
                arg => self.expr(arg),
            })
            .collect();
        let call = quote!(#recv.#name #turbofish (#(#args),*));
        if before.is_empty() { call } else { quote!({ #before #call }) }
    }

    /// A place; `mutable` where it is written or borrowed mutably.
    pub fn place(&self, place: &Place, mutable: bool) -> TokenStream {
        let resolved;
        let place = if self.reverse || self.is_outer_alias(place.root) {
            resolved = self.program.resolve(place);
            &resolved
        } else {
            place
        };
        let is_bar = matches!(self.program[place.root].role, Role::Bar(_) | Role::Temp if self.is_cotangent(place.root));
        let is_dot = matches!(self.program[place.root].role, Role::Dot(_))
            || self.is_made(place.root, "_dot");
        let mut tokens = self.name(place.root).to_token_stream();
        for (at, proj) in place.proj.iter().enumerate() {
            tokens = match proj {
                Proj::Field(member) => quote!(#tokens.#member),
                Proj::Index(index) => {
                    let index = self.index(index);
                    quote!(#tokens[#index])
                }
                Proj::Part { value, index } => {
                    let (value, index) =
                        (self.borrow(false, &Expr::Place(value.clone())), self.index(index));
                    if mutable || is_bar {
                        quote!((*#tokens.__part_mut(#value, #index)))
                    } else {
                        quote!((*#tokens.__part(#value, #index)))
                    }
                }
                Proj::Deref => quote!((*#tokens)),
                Proj::Variant(name, member) if is_bar || is_dot => {
                    let name = if name == "Self" { format_ident!("Self_") } else { name.clone() };
                    let method = if is_bar || mutable {
                        format_ident!("__{}_mut", name)
                    } else {
                        format_ident!("__{}", name)
                    };
                    quote!((*#tokens.#method().#member))
                }
                Proj::Variant(..) if self.reverse && mutable => {
                    quote!((*::ad_runtime::rt::unwrapped_mut(&mut #tokens)))
                }
                Proj::Variant(..) if self.reverse => {
                    quote!((*::ad_runtime::rt::unwrapped(&#tokens)))
                }
                // What is read again later stays whole.
                Proj::Variant(..) if !mutable && self.stays(place.root) => {
                    quote!((*::ad_runtime::rt::unwrapped(&#tokens)))
                }
                Proj::Variant(..) => quote!(#tokens.unwrap()),
                Proj::View { method, mirror, args } => {
                    let args = args.iter().map(|a| self.index(a));
                    let method = match (mutable || is_bar, method.to_string().strip_suffix("_mut"))
                    {
                        (true, _) => mirror.clone(),
                        (false, Some(shared))
                            if self.reverse
                                || matches!(self.program[place.root].role, Role::Dot(_)) =>
                        {
                            format_ident!("{}", shared)
                        }
                        (false, _) => method.clone(),
                    };
                    quote!(#tokens.#method(#(#args),*))
                }
                Proj::Element(index) => {
                    let index = self.index(index);
                    if mutable && !is_bar && !is_dot && self.is_behind_reference(place, at) {
                        quote!((*::ad_runtime::rt::element_mut(&mut *#tokens, #index)))
                    } else if mutable || is_bar {
                        quote!((*::ad_runtime::rt::element_mut(&mut #tokens, #index)))
                    } else {
                        quote!((*::ad_runtime::rt::element(&#tokens, #index)))
                    }
                }
            };
        }
        tokens
    }

    /// Whether what the first `at` projections of a place name is a `&mut` reference.
    fn is_behind_reference(&self, place: &Place, at: usize) -> bool {
        let base = Place { root: place.root, proj: place.proj[..at].to_vec() };
        matches!(self.program.ty_of_place(&base), Ty::RefMut(_))
    }

    /// Whether a value by itself, which a use would move, is read again later.
    fn stays(&self, var: Var) -> bool {
        let info = &self.program[var];
        let named = matches!(info.role, Role::Local | Role::Temp);
        named && self.kept.contains(&var) && !copies(&info.ty)
    }

    /// Whether a transform made the variable, and named it so: the user's own names say nothing.
    fn is_made(&self, var: Var, name: &str) -> bool {
        var.0 >= self.program.lowered && self.program[var].name.to_string().contains(name)
    }

    /// Whether a variable holds a cotangent.
    fn is_cotangent(&self, var: Var) -> bool {
        self.is_made(var, "_bar")
    }

    /// An index without needless parentheses.
    fn index(&self, e: &Expr) -> TokenStream {
        self.expr(e)
    }

    /// A verbatim expression; in the reverse sweep, aliases in it become places.
    pub(super) fn verbatim(&self, tokens: &TokenStream, reads: &[Var]) -> TokenStream {
        let mut replaced = tokens.clone();
        for var in reads {
            if let Role::Alias { by_ref, .. } = &self.program[*var].role
                && (self.reverse || self.is_outer_alias(*var))
            {
                let place = self.place(&Place::var(*var), false);
                let place = if *by_ref { quote!((&#place)) } else { quote!(#place) };
                replaced = substitute(replaced, &self.name(*var).to_string(), &place);
            }
        }
        replaced
    }

    /// Whether a method may take by value what is read again: a value without a name, of a type that is not seen,
    /// as in `Model::new(x).with_rate(r)`.
    fn may_be_consumed(&self, place: &Place, name: &proc_macro2::Ident) -> bool {
        !self.reverse
            && place.is_var()
            && matches!(self.program[place.root].role, Role::Temp)
            && *self.program.ty_of_place(place).deref() == Ty::Unknown
            && self.kept.contains(&place.root)
            && !crate::facts::is_known_method(name)
    }

    /// Whether an operand passes the mutable reference `param` on.
    fn passes_on(&self, operand: &Expr, param: Var) -> bool {
        let passed = match operand {
            Expr::Runtime { function: "again", args } => args[0].as_place(),
            operand => operand.as_place(),
        };
        passed.is_some_and(|p| {
            p.is_var() && p.root == param && matches!(self.program.ty_of_place(p), Ty::RefMut(_))
        })
    }

    /// A call. Where it is passed a mutable reference on, what looks at the same parameter comes before.
    fn call(&self, path: &TokenStream, args: &[Expr]) -> TokenStream {
        let passed_on = |param: Var| args.iter().any(|arg| self.passes_on(arg, param));
        let mut before = TokenStream::new();
        let args: Vec<TokenStream> = args
            .iter()
            .map(|arg| match arg {
                Expr::Runtime { function: "when" | "when_given", args }
                    if args[0].as_place().is_some_and(|p| passed_on(p.root)) =>
                {
                    let root = args[0].as_place().expect("it was looked at").root;
                    let name = quote::format_ident!("__{}_slot", self.name(root));
                    let slot = self.expr(arg);
                    before.extend(quote!(let #name = #slot;));
                    name.to_token_stream()
                }
                arg => self.expr(arg),
            })
            .collect();
        let call = quote!(#path(#(#args),*));
        if before.is_empty() { call } else { quote!({ #before #call }) }
    }

    /// Any expression, where a value is wanted.
    pub fn expr(&self, e: &Expr) -> TokenStream {
        match e {
            Expr::Place(place) => self.read(place),
            Expr::Verbatim { tokens, reads, .. } => self.verbatim(tokens, reads),
            Expr::Number(n, ty) => number(*n, ty),
            Expr::Unary(UnOp::Neg, a) => {
                let a = self.operand(a, Precedence::Unary);
                quote!(-#a)
            }
            Expr::Binary(op, a, b) => {
                let level = if matches!(op, BinOp::Add | BinOp::Sub) {
                    Precedence::Sum
                } else {
                    Precedence::Product
                };
                let right = if matches!(op, BinOp::Add) {
                    Precedence::Sum
                } else if level == Precedence::Sum {
                    Precedence::Product
                } else {
                    Precedence::Unary
                };
                let (a, b) = (self.operand(a, level), self.operand(b, right));
                match op {
                    BinOp::Add => quote!(#a + #b),
                    BinOp::Sub => quote!(#a - #b),
                    BinOp::Mul => quote!(#a * #b),
                    BinOp::Div => quote!(#a / #b),
                    BinOp::Rem => quote!(#a % #b),
                }
            }
            Expr::Compare(op, a, b) => {
                let (a, b) = (self.operand(a, Precedence::Sum), self.operand(b, Precedence::Sum));
                quote!(#a #op #b)
            }
            Expr::Method { recv, name, turbofish, args } => {
                self.method(recv, name, turbofish.as_ref(), args, false)
            }
            Expr::Call { path, args, .. } => self.call(path, args),
            Expr::Ref { mutable, expr } => self.borrow(*mutable, expr),
            Expr::Tuple(parts) => {
                let parts = parts.iter().map(|p| self.expr(p));
                quote!((#(#parts,)*))
            }
            Expr::Array(parts) => {
                let parts = parts.iter().map(|p| self.expr(p));
                quote!([#(#parts),*])
            }
            Expr::VecOf(parts) => {
                let parts = parts.iter().map(|p| self.expr(p));
                quote!(::std::vec![#(#parts),*])
            }
            Expr::Repeat { value, count, vec, .. } => {
                let value = self.expr(value);
                if *vec { quote!(::std::vec![#value; #count]) } else { quote!([#value; #count]) }
            }
            Expr::Struct { path, fields, base } => {
                let fields = fields.iter().map(|(member, value)| {
                    let value = self.expr(value);
                    if value.to_string() == member.to_token_stream().to_string() {
                        value
                    } else {
                        quote!(#member: #value)
                    }
                });
                let base = base.as_ref().map(|b| {
                    let b = self.expr(b);
                    quote!(..#b)
                });
                quote!(#path { #(#fields,)* #base })
            }
            Expr::Cast(a, ty) => {
                let a = self.operand(a, Precedence::Unary);
                quote!(#a as #ty)
            }
            Expr::ZeroGuard { scalar, value } => {
                let zero = self.zero_like(scalar);
                let wide = self.is_wide(scalar) || self.is_wide(value);
                let (scalar, value) = (self.expr(scalar), self.expr(value));
                if wide {
                    return quote!(::ad_runtime::lanes::guard(#scalar, #value));
                }
                quote!(if #scalar == #zero { #zero } else { #value })
            }
            Expr::Select { cond, then, els } => {
                let (cond, then, els) = (self.expr(cond), self.expr(then), self.expr(els));
                quote!(if #cond { #then } else { #els })
            }
            Expr::Runtime { function, args } => self.runtime(function, args),
            Expr::Closure(closure) => self.closure(closure),
        }
    }

    /// Whether an expression is a tangent in several directions.
    fn is_wide(&self, e: &Expr) -> bool {
        if !self.lanes {
            return false;
        }
        let Some(wide) = &self.wide else { return true };
        let mut found = matches!(e, Expr::Runtime { function: "wide" | "lanes_zero", .. });
        e.for_each_read(&mut |var| found |= wide.contains(&var));
        found || e.children().into_iter().any(|child| self.is_wide(child))
    }

    /// The shape of the tangent `dot` of a value.
    fn shape_like(&self, dot: &Expr, primal: TokenStream) -> TokenStream {
        if self.is_wide(dot) { self.shape_of(&primal) } else { primal }
    }

    /// What gives the runtime the shape of a tangent: a reference to the value.
    pub fn shape_of(&self, primal: &TokenStream) -> TokenStream {
        if self.lanes { quote!(&::ad_runtime::rt::wide::<_, __L>(#primal)) } else { primal.clone() }
    }

    fn zero_like(&self, scalar: &Expr) -> TokenStream {
        if self.is_wide(scalar) {
            return quote!(::ad_runtime::lanes::Lanes::<_, __L>::zero());
        }
        number(0.0, &crate::rules::float_of(&self.program.ty_of(scalar)))
    }

    fn borrow(&self, mutable: bool, inner: &Expr) -> TokenStream {
        match inner {
            Expr::Place(place) => {
                // A borrow leaves the whole in its place.
                if let (false, false, [before @ .., Proj::Variant(..)]) =
                    (mutable, self.reverse, &place.proj[..])
                    && matches!(self.program[place.root].role, Role::Local | Role::Temp)
                    && !self.is_made(place.root, "_dot")
                    && !self.is_cotangent(place.root)
                {
                    let whole = Place { root: place.root, proj: before.to_vec() };
                    let whole = self.place(&whole, false);
                    return quote!(::ad_runtime::rt::unwrapped(&#whole));
                }
                let place = self.place(place, mutable);
                let place = strip_parens(place);
                if mutable { quote!(&mut #place) } else { quote!(&#place) }
            }
            inner => {
                let inner = self.operand(inner, Precedence::Unary);
                if mutable { quote!(&mut #inner) } else { quote!(&#inner) }
            }
        }
    }

    /// Reads a place by value. Where the value is wanted again later and may not be `Copy`, a clone is used.
    fn read(&self, place: &Place) -> TokenStream {
        let root = place.root;
        if self.reverse || self.is_outer_alias(root) {
            return self.read_reverse(place);
        }
        let tokens = self.place(place, false);
        let info = &self.program[root];
        let moved = !copies(&self.program.ty_of_place(place))
            && self.kept.contains(&self.program.base(place))
            && !matches!(info.role, Role::Alias { .. } | Role::Binding { .. })
            && !matches!(info.ty, Ty::RefMut(_));
        let views = place.proj.iter().any(|p| matches!(p, Proj::View { .. }));
        if moved && !views {
            quote!(::core::clone::Clone::clone(&#tokens))
        } else {
            strip_parens(tokens)
        }
    }

    fn read_reverse(&self, place: &Place) -> TokenStream {
        let by_ref = match &self.program[place.root].role {
            Role::Alias { by_ref, .. } => *by_ref && place.is_var(),
            _ => false,
        };
        let mutable = by_ref && matches!(self.program[place.root].ty, Ty::RefMut(_));
        let tokens = self.place(place, mutable);
        if by_ref {
            let tokens = strip_parens(tokens);
            return if mutable { quote!(&mut #tokens) } else { quote!(&#tokens) };
        }
        strip_parens(tokens)
    }

    /// The flag of the parameter that a function of the runtime depends on: whether its cotangent is
    /// wanted, or, at order two, whether it has a tangent.
    fn flag(&self, function: &str, param: &Place) -> proc_macro2::Ident {
        let name = self.name(param.root);
        if function.ends_with("_given") {
            active_flag(&format_ident!("{}_dot", name))
        } else {
            active_flag(name)
        }
    }

    fn runtime(&self, function: &str, args: &[Expr]) -> TokenStream {
        match (function, args) {
            ("Inactive", _) => quote!(::ad_runtime::rt::Inactive),
            ("clone", [Expr::Ref { expr, .. }]) => {
                let inner = match &**expr {
                    Expr::Place(place) => self.place(place, false),
                    e => self.operand(e, Precedence::Unary),
                };
                let inner = strip_parens(inner);
                quote!(::ad_runtime::rt::keep(&#inner))
            }
            ("yielded", [Expr::Ref { expr, .. }]) => {
                let mut container = expr.as_place().expect("an element is a place").clone();
                let Some(Proj::Element(index)) = container.proj.pop() else {
                    unreachable!("what is yielded is an element")
                };
                let (container, index) = (self.place(&container, false), self.index(&index));
                quote!(::ad_runtime::rt::yielded(&#container, #index))
            }
            ("again", [Expr::Place(place)]) => {
                let ty = self.program.ty_of_place(place);
                let reference = matches!(self.program[place.root].role, Role::Alias { by_ref: true, .. } | Role::Binding { .. } if place.is_var());
                if let Some(Proj::View { method, .. }) = place.proj.last() {
                    return self.place(place, method.to_string().ends_with("_mut"));
                }
                let tokens = self.read(place);
                if copies(&ty) || reference {
                    tokens
                } else if matches!(ty, Ty::RefMut(_)) {
                    quote!(&mut *#tokens)
                } else {
                    quote!(::core::clone::Clone::clone(&#tokens))
                }
            }
            ("when" | "when_given", [Expr::Place(param), bar]) => {
                let name = self.name(param.root);
                let flag = self.flag(function, param);
                let mutable = matches!(bar, Expr::Ref { mutable: true, .. });
                let (bar, name) = (self.expr(bar), self.shape_like(bar, quote!(&#name)));
                if mutable {
                    quote!(::ad_runtime::rt::when(#flag, #name, #bar))
                } else if self.program.is_array_view(param) {
                    quote!(::ad_runtime::rt::when_view_dot(#flag, #name, #bar))
                } else {
                    quote!(::ad_runtime::rt::when_dot(#flag, #name, #bar))
                }
            }
            ("dot_where" | "dot_where_given", [Expr::Place(param), part]) => {
                let (flag, part) = (self.flag(function, param), self.expr(part));
                quote!(::ad_runtime::rt::dot_where(#flag, || #part))
            }
            ("part_where", [Expr::Place(param), part]) => {
                let flag = active_flag(self.name(param.root));
                let part = self.expr(part);
                quote!(#flag.then(|| #part))
            }
            ("read_active" | "read_given", [Expr::Place(param), value]) => {
                let flag = self.flag(function, param);
                let zero = self.zero_like(value);
                let value = self.expr(value);
                quote!(if #flag { #value } else { #zero })
            }
            ("take_active" | "replace_active", [Expr::Place(param), primal, slot]) => {
                let flag = active_flag(self.name(param.root));
                let (primal, slot) = (self.shape_like(slot, self.expr(primal)), self.expr(slot));
                let take = quote::format_ident!("{}", function.trim_end_matches("_active"));
                quote!(if #flag { ::ad_runtime::rt::#take(#primal, #slot) } else { ::ad_runtime::rt::zero(#primal) })
            }
            ("tangent_active" | "tangent_given", [Expr::Place(param), primal, dot]) => {
                let flag = self.flag(function, param);
                let (primal, dot) = (self.shape_like(dot, self.expr(primal)), self.expr(dot));
                quote!(if #flag { ::ad_runtime::rt::tangent(#primal, #dot) } else { ::ad_runtime::rt::zero(#primal) })
            }
            ("part_mut", [Expr::Place(param), bar]) => {
                let (name, bar) = (self.name(param.root), self.expr(bar));
                quote!(::ad_runtime::rt::part_mut(&#name, #bar))
            }
            ("swap", [a, b]) => {
                let (a, b) = (self.expr(a), self.expr(b));
                quote!(::core::mem::swap(#a, #b))
            }
            ("unwrap", [a]) => {
                let a = self.expr(a);
                quote!(#a.unwrap())
            }
            ("boxed", [a]) => {
                let a = self.expr(a);
                quote!(::std::boxed::Box::new(#a))
            }
            (function, args) if self.lanes => self.runtime_abreast(function, args),
            (function, args) => {
                let function = format_ident!("{}", function);
                let args = args.iter().map(|a| self.expr(a));
                quote!(::ad_runtime::rt::#function(#(#args),*))
            }
        }
    }

    /// A function of the runtime on tangents in several directions.
    fn runtime_abreast(&self, function: &str, args: &[Expr]) -> TokenStream {
        let lanes = quote!(::ad_runtime::lanes);
        let name = format_ident!("{}", function);
        let mut printed: Vec<TokenStream> = args.iter().map(|a| self.expr(a)).collect();
        match function {
            "lanes_zero" => quote!(#lanes::Lanes::<_, __L>::zero()),
            "wide" => self.shape_of(&printed[0]),
            "lanes_cast" => {
                let (dot, ty) = (&printed[0], &printed[1]);
                quote!(#lanes::cast::<_, #ty, __L>(#dot))
            }
            "lanes_sin_cos" => quote!(#lanes::sin_cos_jvp(#(#printed),*)),
            "neg_jvp" | "cast_jvp" => quote!(#lanes::#name::<_, _, __L>(#(#printed),*)),
            function if function.ends_with("_jvp") => {
                quote!(#lanes::#name::<_, _, _, _, __L>(#(#printed),*))
            }
            "zero" | "tangent" => {
                if self.wide.is_none() || function == "tangent" && self.is_wide(&args[1]) {
                    printed[0] = self.shape_of(&printed[0]);
                }
                quote!(::ad_runtime::rt::#name(#(#printed),*))
            }
            _ => quote!(::ad_runtime::rt::#name(#(#printed),*)),
        }
    }

    fn operand(&self, e: &Expr, outer: Precedence) -> TokenStream {
        let tokens = match e {
            Expr::Place(place) if outer == Precedence::Postfix => return self.place(place, false),
            e => self.expr(e),
        };
        if precedence(e, &tokens) < outer { quote!((#tokens)) } else { tokens }
    }
}

/// Methods that take their receiver by value, and their tangents.
fn consumes(name: &proc_macro2::Ident) -> bool {
    let name = name.to_string();
    let tangent = name.strip_prefix("__").and_then(|name| name.strip_suffix("_jvp"));
    let name = tangent.unwrap_or(&name);
    name.starts_with("into_")
        || [
            "reversed_axes",
            "permuted_axes",
            "insert_axis",
            "remove_axis",
            "mapv_into",
            "slice_move",
            "index_axis_move",
            "into",
            "__into_dim",
        ]
        .contains(&name)
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precedence {
    Lowest,
    Sum,
    Product,
    Unary,
    Postfix,
}

fn precedence(e: &Expr, tokens: &TokenStream) -> Precedence {
    match e {
        Expr::Binary(BinOp::Add | BinOp::Sub, ..) => Precedence::Sum,
        Expr::Binary(..) => Precedence::Product,
        Expr::Unary(..) | Expr::Ref { .. } => Precedence::Unary,
        Expr::Cast(..) | Expr::ZeroGuard { .. } | Expr::Select { .. } | Expr::Compare(..) => {
            Precedence::Lowest
        }
        Expr::Runtime {
            function:
                "read_active" | "read_given" | "take_active" | "replace_active" | "tangent_active"
                | "tangent_given",
            ..
        } => Precedence::Lowest,
        Expr::Number(n, _) if *n < 0.0 => Precedence::Unary,
        Expr::Number(..) => Precedence::Postfix,
        Expr::Place(_) if starts_with_star(tokens) => Precedence::Unary,
        Expr::Verbatim { .. } => match syn::parse2::<syn::Expr>(tokens.clone()) {
            Ok(
                syn::Expr::Path(_)
                | syn::Expr::Lit(_)
                | syn::Expr::Paren(_)
                | syn::Expr::MethodCall(_)
                | syn::Expr::Call(_)
                | syn::Expr::Field(_)
                | syn::Expr::Index(_),
            ) => Precedence::Postfix,
            Ok(syn::Expr::Unary(_) | syn::Expr::Reference(_)) => Precedence::Unary,
            _ => Precedence::Lowest,
        },
        _ => Precedence::Postfix,
    }
}

fn starts_with_star(tokens: &TokenStream) -> bool {
    matches!(tokens.clone().into_iter().next(), Some(TokenTree::Punct(p)) if p.as_char() == '*')
}

/// `(*x)` alone needs no parentheses.
fn strip_parens(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(g)), None)
            if g.delimiter() == proc_macro2::Delimiter::Parenthesis =>
        {
            let inner = g.stream();
            if starts_with_star(&inner) { inner } else { tokens }
        }
        _ => tokens,
    }
}

/// A number of the type of a real scalar.
fn number(n: f64, ty: &Option<String>) -> TokenStream {
    let literal = Literal::f64_unsuffixed(n.abs());
    let sign = (n < 0.0).then(|| quote!(-));
    match ty {
        None => quote!(#sign #literal),
        Some(name) => {
            let name: TokenStream = name.parse().expect("a type parameter is a name");
            if n == 0.0 {
                quote!(<#name as ::ad_runtime::num_traits::Zero>::zero())
            } else if n == 1.0 {
                quote!(<#name as ::ad_runtime::num_traits::One>::one())
            } else {
                quote!(::ad_runtime::rt::number::<#name>(#sign #literal))
            }
        }
    }
}

fn substitute(tokens: TokenStream, name: &str, by: &TokenStream) -> TokenStream {
    let mut out = TokenStream::new();
    // The second dot of a range is not that of a field.
    let (mut after_dot, mut in_range) = (false, false);
    for tree in tokens {
        let is_field = std::mem::replace(&mut after_dot, false);
        match tree {
            TokenTree::Ident(ident) if ident == name && !is_field => out.extend(by.clone()),
            TokenTree::Group(group) => {
                let mut replaced =
                    Group::new(group.delimiter(), substitute(group.stream(), name, by));
                replaced.set_span(group.span());
                out.extend([TokenTree::Group(replaced)]);
            }
            TokenTree::Punct(p) => {
                let dot = p.as_char() == '.';
                after_dot = dot && !in_range && p.spacing() == proc_macro2::Spacing::Alone;
                in_range = dot && p.spacing() == proc_macro2::Spacing::Joint;
                out.extend([TokenTree::Punct(p)]);
            }
            tree => out.extend([tree]),
        }
    }
    out
}
