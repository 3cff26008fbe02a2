//! The intermediate representation.
//!
//! A program is a block of statements over variables. Names are unique in the whole function, so a
//! statement can move without capture. There are no exits: `return`, `break`, `continue` and `?`
//! have become values before (see `exits`). Its legal forms:
//!
//! - [`Stmt::Let`] defines a variable once, by an [`Expr`]. Operations on values whose type is not
//!   known to be a scalar have variables and places as operands, never other operations.
//!   Arithmetic on known scalars may be a tree.
//! - [`Stmt::Assign`] and [`Stmt::Update`] overwrite a [`Place`].
//! - [`Stmt::If`], [`Stmt::Match`] and [`Stmt::Loop`] nest blocks. A block has a result or none.
//! - [`Stmt::Effect`] runs inactive code for its effect.
//! - The adjoint adds [`Stmt::Do`] (a call for its effect on cotangents) and the reverse halves of
//!   the three nesting statements, which consume the record that their forward halves leave.
//!
//! The output of every transform is legal input of the tangent transform.

mod closure;

pub use closure::{Closure, Swept};
use proc_macro2::{Ident, TokenStream};
use std::collections::HashMap;
use syn::{Member, Pat, Type};

/// A variable of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub usize);

/// A statement that nests blocks, by which its forward and its reverse half find each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub usize);

/// What the compiler knows of a type. It has no type checker: `Unknown` is always right.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty {
    Unknown,
    /// A real scalar: `f32`, `f64` or a type parameter bounded by `Real` (then its name).
    Float(Option<String>),
    /// A type whose tangent is `()`: integers, `bool`, strings, `()`.
    Discrete,
    Ref(Box<Ty>),
    RefMut(Box<Ty>),
    Slice(Box<Ty>),
    Vec(Box<Ty>),
    Array(Box<Ty>),
    Tuple(Vec<Ty>),
    Option(Box<Ty>),
    /// A trait object, perhaps in a `Box`, `Rc` or `Arc`.
    Object,
    /// An ndarray array or view: number of dimensions, if known, whether it owns its elements, and the name of
    /// their type where that is a type parameter bounded by `Real`.
    NdArray {
        dims: Option<usize>,
        owned: bool,
        elem: Option<String>,
    },
}

/// Why a variable exists.
#[derive(Clone, Debug)]
pub enum Role {
    Param,
    Local,
    /// A name for a part of the user's expression.
    Temp,
    /// Another name for a place: `let row = &m[i]`. `by_ref` where the variable is surely a reference.
    Alias {
        place: Place,
        by_ref: bool,
    },
    /// Bound by a pattern, which the reverse sweep matches again: stands for a part of the scrutinee.
    Binding {
        place: Place,
    },
    /// The cotangent of another variable.
    Bar(Var),
    /// The tangent of another variable.
    Dot(Var),
    /// Declared without a value: `let x;`.
    Deferred,
    /// An old value, kept to be restored.
    Saved,
    /// The result of this type, once an early return has set it: an `Option`, out of which it is moved at the end.
    Returned(Box<Type>),
}

#[derive(Clone, Debug)]
pub struct VarInfo {
    pub name: Ident,
    pub ty: Ty,
    pub active: bool,
    pub mutable: bool,
    pub role: Role,
}

#[derive(Clone, Debug)]
pub struct Place {
    pub root: Var,
    pub proj: Vec<Proj>,
}

#[derive(Clone, Debug)]
pub enum Proj {
    Field(Member),
    /// `[index]`; the index is inactive and may be evaluated again.
    Index(Expr),
    /// `[index]` of a tangent, where the value decides what it refers to: `m[(i, j)]` of a user's type.
    Part {
        value: Place,
        index: Expr,
    },
    Deref,
    /// The payload of an enum variant: `Shape::Circle(r)` is `shape.<Circle>.0`.
    Variant(Ident, Member),
    /// A view made by a method: `m.row(i)`. The cotangent is viewed by the method's `_mut` form.
    View {
        method: Ident,
        mirror: Ident,
        args: Vec<Expr>,
    },
    /// Element `k` of a container in iteration order.
    Element(Expr),
}

#[derive(Clone, Debug)]
pub enum Expr {
    /// Reads (copies, moves or, in a borrow, names) a place.
    Place(Place),
    /// An inactive expression as the user wrote it.
    Verbatim {
        tokens: TokenStream,
        reads: Vec<Var>,
        ty: Ty,
    },
    Unary(UnOp, Box<Expr>),
    Binary(BinOp, Box<Expr>, Box<Expr>),
    Method {
        recv: Box<Expr>,
        name: Ident,
        turbofish: Option<TokenStream>,
        args: Vec<Expr>,
    },
    Call {
        path: TokenStream,
        args: Vec<Expr>,
        kind: CallKind,
    },
    Ref {
        mutable: bool,
        expr: Box<Expr>,
    },
    Tuple(Vec<Expr>),
    Array(Vec<Expr>),
    /// `[value; n]` or, with `vec`, `vec![value; n]`.
    Repeat {
        value: Box<Expr>,
        count: TokenStream,
        reads: Vec<Var>,
        vec: bool,
    },
    VecOf(Vec<Expr>),
    Struct {
        path: TokenStream,
        fields: Vec<(Member, Expr)>,
        base: Option<Box<Expr>>,
    },
    Cast(Box<Expr>, Type),
    /// `if condition { 0.0 } else { value }`, where `condition` is `scalar == 0.0`: a zero stays
    /// zero through an infinite slope.
    ZeroGuard {
        scalar: Box<Expr>,
        value: Box<Expr>,
    },
    /// A comparison of scalars or a combination of comparisons: `a < b`.
    Compare(TokenStream, Box<Expr>, Box<Expr>),
    /// `if cond { x } else { y }` on scalars.
    Select {
        cond: Box<Expr>,
        then: Box<Expr>,
        els: Box<Expr>,
    },
    /// A number of the type of a real scalar.
    Number(f64, Option<String>),
    /// A value of the shape of another, made by the runtime: zero, clone, length.
    Runtime {
        function: &'static str,
        args: Vec<Expr>,
    },
    /// A closure with active captures, as an argument.
    Closure(Box<Closure>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnOp {
    Neg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

#[derive(Clone, Debug, PartialEq)]
pub enum CallKind {
    /// A free function: its derivatives are in the namespace of its name.
    Function,
    /// `Type::f(..)`: its derivatives are siblings with a suffix.
    Associated,
    /// A tuple struct or a variant.
    Constructor,
}

/// The constructor of an `Err`.
fn is_failure(path: &TokenStream) -> bool {
    matches!(path.clone().into_iter().next(), Some(proc_macro2::TokenTree::Ident(i)) if i == "Err")
}

impl Expr {
    pub fn var(var: Var) -> Expr {
        Expr::Place(Place::var(var))
    }

    pub fn lit(tokens: TokenStream) -> Expr {
        Expr::Verbatim { tokens, reads: Vec::new(), ty: Ty::Unknown }
    }

    pub fn binary(op: BinOp, a: Expr, b: Expr) -> Expr {
        Expr::Binary(op, Box::new(a), Box::new(b))
    }

    pub fn mul(a: Expr, b: Expr) -> Expr {
        if a.is_one() {
            b
        } else if b.is_one() {
            a
        } else {
            Expr::binary(BinOp::Mul, a, b)
        }
    }

    pub fn neg(a: Expr) -> Expr {
        match a {
            Expr::Unary(UnOp::Neg, inner) => *inner,
            a => Expr::Unary(UnOp::Neg, Box::new(a)),
        }
    }

    pub fn runtime(function: &'static str, args: Vec<Expr>) -> Expr {
        Expr::Runtime { function, args }
    }

    pub fn borrow(expr: Expr) -> Expr {
        Expr::Ref { mutable: false, expr: Box::new(expr) }
    }

    pub fn borrow_mut(expr: Expr) -> Expr {
        Expr::Ref { mutable: true, expr: Box::new(expr) }
    }

    fn is_one(&self) -> bool {
        matches!(self, Expr::Number(n, _) if *n == 1.0)
    }

    pub fn as_place(&self) -> Option<&Place> {
        match self {
            Expr::Place(place) => Some(place),
            _ => None,
        }
    }

    /// The sub-expressions.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..) => Vec::new(),
            Expr::Unary(_, a) | Expr::Cast(a, _) | Expr::Ref { expr: a, .. } => vec![a],
            Expr::Repeat { value, .. } => vec![value],
            Expr::Binary(_, a, b) | Expr::Compare(_, a, b) => vec![a, b],
            Expr::ZeroGuard { scalar, value } => vec![scalar, value],
            Expr::Method { recv, args, .. } => std::iter::once(&**recv).chain(args).collect(),
            Expr::Call { args, .. }
            | Expr::Tuple(args)
            | Expr::Array(args)
            | Expr::VecOf(args)
            | Expr::Runtime { args, .. } => args.iter().collect(),
            Expr::Struct { fields, base, .. } => {
                fields.iter().map(|(_, e)| e).chain(base.as_deref()).collect()
            }
            Expr::Select { cond, then, els } => vec![cond, then, els],
            Expr::Closure(closure) => {
                std::iter::once(&closure.plain).chain(&closure.captures).collect()
            }
        }
    }

    /// The sub-expressions, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Expr::Place(_) | Expr::Verbatim { .. } | Expr::Number(..) => Vec::new(),
            Expr::Unary(_, a) | Expr::Cast(a, _) | Expr::Ref { expr: a, .. } => vec![a],
            Expr::Repeat { value, .. } => vec![value],
            Expr::Binary(_, a, b) | Expr::Compare(_, a, b) => vec![a, b],
            Expr::ZeroGuard { scalar, value } => vec![scalar, value],
            Expr::Method { recv, args, .. } => std::iter::once(&mut **recv).chain(args).collect(),
            Expr::Call { args, .. }
            | Expr::Tuple(args)
            | Expr::Array(args)
            | Expr::VecOf(args)
            | Expr::Runtime { args, .. } => args.iter_mut().collect(),
            Expr::Struct { fields, base, .. } => {
                fields.iter_mut().map(|(_, e)| e).chain(base.as_deref_mut()).collect()
            }
            Expr::Select { cond, then, els } => vec![cond, then, els],
            Expr::Closure(closure) => {
                std::iter::once(&mut closure.plain).chain(&mut closure.captures).collect()
            }
        }
    }

    /// Calls `f` for every variable read, with the place where it is one.
    pub fn for_each_read(&self, f: &mut impl FnMut(Var)) {
        match self {
            Expr::Place(place) => place.for_each_read(f),
            Expr::Verbatim { reads, .. } => reads.iter().copied().for_each(f),
            Expr::Repeat { value, reads, .. } => {
                reads.iter().copied().for_each(&mut *f);
                value.for_each_read(f);
            }
            // The first argument names the flag of a parameter; its value is not read.
            Expr::Runtime { function: "read_active", args } => {
                args[1..].iter().for_each(|arg| arg.for_each_read(f));
            }
            _ => {
                for child in self.children() {
                    child.for_each_read(f);
                }
            }
        }
    }

    /// The number of operations, a measure of the cost of evaluating the expression again.
    pub fn size(&self) -> usize {
        1 + self.children().into_iter().map(Expr::size).sum::<usize>()
    }
}

impl Place {
    pub fn var(root: Var) -> Place {
        Place { root, proj: Vec::new() }
    }

    pub fn then(mut self, proj: Proj) -> Place {
        self.proj.push(proj);
        self
    }

    pub fn is_var(&self) -> bool {
        self.proj.is_empty()
    }

    /// Whether the place is a view through which its storage is changed: `m.row_mut(i)`.
    pub fn is_mutable_view(&self) -> bool {
        matches!(self.proj.last(), Some(Proj::View { method, .. }) if method.to_string().ends_with("_mut"))
    }

    pub fn for_each_read(&self, f: &mut impl FnMut(Var)) {
        f(self.root);
        for proj in &self.proj {
            match proj {
                Proj::Index(e) | Proj::Element(e) => e.for_each_read(f),
                Proj::Part { value, index } => {
                    value.for_each_read(f);
                    index.for_each_read(f);
                }
                Proj::View { args, .. } => args.iter().for_each(|a| a.for_each_read(f)),
                Proj::Field(_) | Proj::Deref | Proj::Variant(..) => {}
            }
        }
    }
}

/// A sequence of statements and the value it ends with.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub stmts: Vec<Stmt>,
    pub result: Option<Expr>,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // Patterns and types are large; a program has few statements.
pub enum Stmt {
    Let {
        var: Var,
        ty: Option<Type>,
        value: Expr,
    },
    /// `let pattern = value`: the variables are parts of the value.
    Destructure {
        pat: Pat,
        value: Expr,
        vars: Vec<(Var, Vec<Proj>)>,
    },
    Assign {
        place: Place,
        value: Expr,
    },
    /// `place op= value`.
    Update {
        place: Place,
        op: BinOp,
        value: Expr,
    },
    /// A method or function that changes `place` by a known rule: `v.push(x)`.
    Mutate {
        op: MutOp,
        dest: Option<Var>,
        place: Place,
        args: Vec<Expr>,
    },
    If {
        id: Id,
        dest: Option<Var>,
        cond: Expr,
        then: Block,
        els: Block,
    },
    Match {
        id: Id,
        dest: Option<Var>,
        scrutinee: Expr,
        arms: Vec<Arm>,
    },
    Loop {
        id: Id,
        kind: LoopKind,
        body: Block,
    },
    /// Inactive code that runs for its effect.
    Effect {
        tokens: TokenStream,
        reads: Vec<Var>,
        writes: Vec<Var>,
    },
    /// A call that changes cotangents.
    Do(Expr),
    /// Runs `body` where the parameter is active in this call.
    WhenActive {
        param: Var,
        body: Vec<Stmt>,
    },
    /// The reverse half of `If`.
    ReverseIf {
        id: Id,
        cond: Expr,
        then: Vec<Stmt>,
        els: Vec<Stmt>,
    },
    /// The reverse half of `Match`: the arms' bodies in the order of the arms.
    ReverseMatch {
        id: Id,
        scrutinee: Expr,
        arms: Vec<ReverseArm>,
    },
    /// The reverse half of `Loop`.
    ReverseLoop {
        id: Id,
        kind: LoopKind,
        body: Vec<Stmt>,
    },
    /// Both halves of a `Loop`, an iteration at a time; `seeds` are the cotangents that it needs. It stands in
    /// the forward sweep. Only the last pass of the adjoint makes it, so no transform takes it.
    Fused {
        id: Id,
        kind: LoopKind,
        seeds: Vec<Stmt>,
        forward: Vec<Stmt>,
        reverse: Vec<Stmt>,
    },
    /// Both halves of an `If`, whose arm runs forward and at once in reverse. As `Fused` otherwise.
    FusedIf {
        dest: Option<Var>,
        cond: Expr,
        seeds: Vec<Stmt>,
        then: FusedArm,
        els: FusedArm,
    },
    /// The adjoint of a call, which returns the value as well. As `Fused` otherwise.
    FusedCall {
        var: Var,
        ty: Option<Type>,
        seeds: Vec<Stmt>,
        adjoint: Expr,
    },
    /// The reverse half of a `Loop` that is checkpointed: the state is put back, the body advances it to
    /// the step that is to be reversed, and that step runs forward, as it is recorded, and in reverse.
    ReverseCheckpointed {
        id: Id,
        kind: LoopKind,
        restore: Vec<Stmt>,
        advance: Vec<Stmt>,
        forward: Vec<Stmt>,
        body: Vec<Stmt>,
    },
}

/// What [`Stmt::Mutate`] does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MutOp {
    /// `v.push(x)`
    Push,
    /// `v.pop()`, an `Option`.
    Pop,
    /// `v.insert(i, x)`
    Insert,
    /// `v.remove(i)`, the element.
    Remove,
    /// `x.rotate_left(k)`
    RotateLeft,
    /// `x.rotate_right(k)`
    RotateRight,
    /// `x.swap(i, j)`
    SwapElements,
    /// `x.swap_axes(i, j)`
    SwapAxes,
    /// `x.invert_axis(axis)`
    InvertAxis,
    /// `std::mem::swap(a, b)`; the second place is the argument.
    SwapPlaces,
    /// `x.fill(e)`
    Fill,
    /// `x.copy_from_slice(y)`, `x.clone_from_slice(y)`, `x.assign(y)`
    CopyFrom,
    /// `x.reverse()`
    Reverse,
    /// `v.extend(y)`, `v.extend_from_slice(y)`
    Extend,
    /// `v.truncate(n)`, `v.clear()`
    Truncate,
    /// `v.resize(n, e)`
    Resize,
}

#[derive(Clone, Debug)]
pub struct Arm {
    pub pat: Pat,
    pub guard: Option<Expr>,
    pub bindings: Vec<(Var, Vec<Proj>)>,
    pub body: Block,
}

/// An arm of [`Stmt::FusedIf`].
#[derive(Clone, Debug, Default)]
pub struct FusedArm {
    pub forward: Vec<Stmt>,
    pub result: Option<Expr>,
    pub reverse: Vec<Stmt>,
}

#[derive(Clone, Debug)]
pub struct ReverseArm {
    pub pat: Pat,
    pub body: Vec<Stmt>,
}

#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // A program has few loops.
pub enum LoopKind {
    /// `for var in lo..hi`, with the modifiers that the user's range has. `lo` and `hi` do not change meanwhile.
    Range { var: Var, lo: Expr, hi: Expr, inclusive: bool, rev: bool, step: Option<Expr> },
    /// An inactive iterator: its items are known in the forward sweep alone.
    Items { pat: Pat, vars: Vec<Var>, iter: Expr },
    /// `while cond`
    While { cond: Expr },
    /// `loop`
    Forever,
}

/// What the reverse half of a nesting statement needs from its forward half: per nested block, the
/// variables defined in it whose values the reverse sweep reads.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub vars: Vec<Vec<Var>>,
}

/// A loop that keeps snapshots of its state rather than records.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// The greatest number of snapshots.
    pub limit: Expr,
    /// What a snapshot consists of: kept values, each with the variable that it is taken apart into.
    pub saved: Vec<(Var, Expr)>,
}

/// A whole function in intermediate form.
#[derive(Clone, Debug, Default)]
pub struct Program {
    pub vars: Vec<VarInfo>,
    /// How many of them the lowering made. The others are of the transforms.
    pub lowered: usize,
    pub body: Block,
    pub records: HashMap<Id, Record>,
    /// The nesting statements inside a block that leave records which the block's own record holds.
    pub inner_records: HashMap<(Id, usize), Vec<Id>>,
    /// How deeply nested the block is that defines a variable.
    pub depths: HashMap<Var, usize>,
    /// The nesting statements that leave a record.
    pub recording: std::collections::HashSet<Id>,
    /// The loops inside of an outermost loop whose records stand beside its own, as one list each.
    pub held: HashMap<Id, Vec<Id>>,
    /// Loops whose iterations are counted by their record, because their number is not known before.
    pub counted: std::collections::HashSet<Id>,
    /// The loops with `#[checkpoint(n)]`.
    pub checkpoints: HashMap<Id, Checkpoint>,
    /// What calls return that are statements: they run for what they change.
    pub dropped: std::collections::HashSet<Var>,
    pub ids: usize,
}

impl Program {
    pub fn fresh_id(&mut self) -> Id {
        self.ids += 1;
        Id(self.ids - 1)
    }
}

impl std::ops::Index<Var> for Program {
    type Output = VarInfo;
    fn index(&self, var: Var) -> &VarInfo {
        &self.vars[var.0]
    }
}

impl std::ops::IndexMut<Var> for Program {
    fn index_mut(&mut self, var: Var) -> &mut VarInfo {
        &mut self.vars[var.0]
    }
}

impl Ty {
    /// Looks through references.
    pub fn deref(&self) -> &Ty {
        match self {
            Ty::Ref(inner) | Ty::RefMut(inner) => inner.deref(),
            ty => ty,
        }
    }

    pub fn is_float(&self) -> bool {
        matches!(self.deref(), Ty::Float(_))
    }

    pub fn is_float_ref(&self) -> bool {
        self.is_float() && !matches!(self, Ty::Float(_))
    }

    pub fn is_discrete(&self) -> bool {
        match self.deref() {
            Ty::Discrete => true,
            Ty::Slice(t) | Ty::Vec(t) | Ty::Array(t) | Ty::Option(t) => t.is_discrete(),
            Ty::Tuple(ts) => ts.iter().all(Ty::is_discrete),
            _ => false,
        }
    }

    /// Whether a value of the type surely is `Copy`.
    pub fn is_copy(&self) -> bool {
        match self {
            Ty::Float(_) | Ty::Ref(_) => true,
            Ty::Array(t) | Ty::Option(t) => t.is_copy(),
            Ty::Tuple(ts) => ts.iter().all(Ty::is_copy),
            _ => false,
        }
    }

    /// The type of an element, for what has elements.
    pub fn element(&self) -> Ty {
        match self.deref() {
            Ty::Slice(t) | Ty::Vec(t) | Ty::Array(t) => (**t).clone(),
            _ => Ty::Unknown,
        }
    }
}

impl Program {
    /// The place with aliases replaced by what they stand for.
    pub fn resolve(&self, place: &Place) -> Place {
        match &self[place.root].role {
            Role::Alias { place: target, by_ref } => {
                let mut proj = &place.proj[..];
                if *by_ref && let Some((Proj::Deref, rest)) = proj.split_first() {
                    proj = rest;
                }
                let mut resolved = target.clone();
                resolved.proj.extend(proj.iter().cloned());
                self.resolve(&resolved)
            }
            _ => place.clone(),
        }
    }

    /// The variable whose storage a place is a part of.
    pub fn base(&self, place: &Place) -> Var {
        match &self[place.root].role {
            Role::Alias { place, .. } | Role::Binding { place } => self.base(place),
            _ => place.root,
        }
    }

    /// Whether matching the place by value may move out of it: a variable of its own that is no reference
    /// and may hold what is not `Copy`.
    pub fn is_taken_apart(&self, place: &Place) -> bool {
        let info = &self[place.root];
        let owned = !matches!(info.ty, Ty::Ref(_) | Ty::RefMut(_)) && !info.ty.is_copy();
        let own = matches!(info.role, Role::Local | Role::Param) && !info.mutable;
        place.is_var() && owned && own && !info.ty.is_discrete()
    }

    /// Whether a method leaves its receiver as it is by its name, of which the emission makes sure where the
    /// type is not known.
    pub fn is_shared_call(&self, place: &Place, name: &Ident) -> bool {
        let by_value = ["map", "zip", "fold", "chain"].iter().any(|other| name == other);
        let known = *self.ty_of_place(place).deref() != Ty::Unknown;
        crate::facts::reads_only(name) && (known || !by_value)
    }

    /// Whether a mutable receiver is taken for unchanged by the method's name alone.
    pub fn is_asserted_shared(&self, place: &Place, name: &Ident) -> bool {
        let base = &self[self.base(place)];
        let unknown = *self.ty_of_place(place).deref() == Ty::Unknown;
        let mutable = base.mutable || matches!(base.ty, Ty::RefMut(_));
        unknown && mutable && self.is_shared_call(place, name)
    }

    /// Whether a place is a view of a part of an array, rather than a variable that owns its elements.
    pub fn is_array_view(&self, place: &Place) -> bool {
        let resolved = self.resolve(place);
        match resolved.proj.last() {
            Some(Proj::View { method, .. }) => {
                !method.to_string().contains("slice") || method.to_string().starts_with("slice")
            }
            _ => matches!(self.ty_of_place(&resolved), Ty::NdArray { owned: false, .. }),
        }
    }

    /// Projection `at` of a place, as it is in the tangent of the place. The elements of what may be a user's
    /// type are found by its value, where the index is no plain number.
    pub fn mirrored(&self, place: &Place, at: usize) -> Proj {
        let proj = &place.proj[at];
        let Proj::Index(index) = proj else { return proj.clone() };
        let base = Place { root: place.root, proj: place.proj[..at].to_vec() };
        let known = !matches!(self.ty_of_place(&base).deref(), Ty::Unknown);
        if known || !self.is_compound_index(index) {
            return proj.clone();
        }
        Proj::Part { value: base, index: index.clone() }
    }

    /// Whether the value of a place's variable finds its tangent.
    pub fn is_part(&self, place: &Place) -> bool {
        let place = self.resolve(place);
        let is = |at| matches!(self.mirrored(&place, at), Proj::Part { .. });
        (0..place.proj.len()).any(is)
    }

    /// Whether an index is a tuple or an array.
    fn is_compound_index(&self, index: &Expr) -> bool {
        let compound = |ty: &Ty| matches!(ty.deref(), Ty::Tuple(_) | Ty::Array(_));
        match index {
            Expr::Verbatim { tokens, reads, .. } => {
                match syn::parse2::<syn::Expr>(tokens.clone()) {
                    Ok(syn::Expr::Tuple(_) | syn::Expr::Array(_)) => true,
                    Ok(syn::Expr::Path(_)) => reads.iter().any(|v| compound(&self[*v].ty)),
                    _ => false,
                }
            }
            index => compound(&self.ty_of(index)),
        }
    }

    pub fn is_active(&self, place: &Place) -> bool {
        self[place.root].active
            && self[self.base(place)].active
            && !self.ty_of_place(place).is_discrete()
    }

    /// Whether an active place is read, so that the value may carry a derivative.
    pub fn reads_active(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Place(place) => self.is_active(place),
            Expr::Verbatim { .. } | Expr::Number(..) => false,
            // Of an active value, which it lost: so is what is made of the `Result`.
            Expr::Call { path, kind: CallKind::Constructor, .. } if is_failure(path) => true,
            expr => expr.children().into_iter().any(|e| self.reads_active(e)),
        }
    }

    pub fn ty_of_place(&self, place: &Place) -> Ty {
        let mut ty = self[place.root].ty.clone();
        for proj in &place.proj {
            ty = match proj {
                Proj::Deref => match ty {
                    Ty::Ref(t) | Ty::RefMut(t) => *t,
                    ty => ty,
                },
                Proj::Field(Member::Unnamed(i)) => match ty.deref() {
                    Ty::Tuple(ts) => ts.get(i.index as usize).cloned().unwrap_or(Ty::Unknown),
                    _ => Ty::Unknown,
                },
                Proj::Field(_) => Ty::Unknown,
                Proj::Index(index) => match (ty.deref(), index) {
                    (Ty::NdArray { elem, .. }, _) => Ty::Float(elem.clone()),
                    (_, Expr::Verbatim { tokens, .. }) if is_range(tokens) => match ty.element() {
                        Ty::Unknown => Ty::Unknown,
                        t => Ty::Slice(Box::new(t)),
                    },
                    _ => ty.element(),
                },
                Proj::Part { .. } => Ty::Unknown,
                Proj::Element(_) => match ty.deref() {
                    Ty::NdArray { elem, .. } => Ty::Float(elem.clone()),
                    _ => ty.element(),
                },
                Proj::Variant(name, _) => match ty.deref() {
                    Ty::Option(t) if name == "Some" => (**t).clone(),
                    _ => Ty::Unknown,
                },
                Proj::View { method, .. } => match (ty.deref(), method.to_string().as_str()) {
                    (
                        Ty::NdArray { elem, .. },
                        "row" | "column" | "diag" | "row_mut" | "column_mut" | "diag_mut"
                        | "__lane" | "__lane_mut",
                    ) => Ty::NdArray { dims: Some(1), owned: false, elem: elem.clone() },
                    (
                        Ty::NdArray { dims, elem, .. },
                        "t" | "view" | "view_mut" | "slice_axis" | "slice_axis_mut" | "__block"
                        | "__block_mut" | "__tile",
                    ) => Ty::NdArray { dims: *dims, owned: false, elem: elem.clone() },
                    (Ty::NdArray { dims: Some(n), elem, .. }, "index_axis" | "index_axis_mut") => {
                        Ty::NdArray { dims: n.checked_sub(1), owned: false, elem: elem.clone() }
                    }
                    (Ty::NdArray { elem, .. }, "__as_slice_mut") => {
                        Ty::RefMut(Box::new(Ty::Slice(Box::new(Ty::Float(elem.clone())))))
                    }
                    (Ty::NdArray { elem, .. }, _) => {
                        Ty::NdArray { dims: None, owned: false, elem: elem.clone() }
                    }
                    (Ty::Vec(t) | Ty::Slice(t) | Ty::Array(t), "as_slice" | "as_mut_slice") => {
                        Ty::Slice(t.clone())
                    }
                    _ => Ty::Unknown,
                },
            };
        }
        ty
    }

    /// The type of an expression, as far as it is known.
    pub fn ty_of(&self, expr: &Expr) -> Ty {
        match expr {
            Expr::Place(place) => self.ty_of_place(place),
            Expr::Verbatim { ty, .. } => ty.clone(),
            Expr::Number(_, t) => Ty::Float(t.clone()),
            Expr::Unary(UnOp::Neg, a) => match self.ty_of(a).deref() {
                Ty::NdArray { dims, elem, .. } => {
                    Ty::NdArray { dims: *dims, owned: true, elem: elem.clone() }
                }
                t => t.clone(),
            },
            Expr::Binary(_, a, b) => crate::facts::arithmetic(&self.ty_of(a), &self.ty_of(b)),
            Expr::Method { recv, name, .. } => match self.ty_of(recv).deref() {
                float @ Ty::Float(_) => {
                    crate::facts::scalar_method(&name.to_string(), float).unwrap_or(Ty::Unknown)
                }
                _ => Ty::Unknown,
            },
            Expr::Ref { mutable, expr } => {
                let inner = Box::new(self.ty_of(expr));
                if *mutable { Ty::RefMut(inner) } else { Ty::Ref(inner) }
            }
            Expr::Tuple(es) => Ty::Tuple(es.iter().map(|e| self.ty_of(e)).collect()),
            Expr::Array(es) => {
                Ty::Array(Box::new(es.first().map_or(Ty::Unknown, |e| self.ty_of(e))))
            }
            Expr::VecOf(es) => Ty::Vec(Box::new(es.first().map_or(Ty::Unknown, |e| self.ty_of(e)))),
            Expr::Repeat { value, vec, .. } => {
                let inner = Box::new(self.ty_of(value));
                if *vec { Ty::Vec(inner) } else { Ty::Array(inner) }
            }
            Expr::Cast(_, ty) => crate::facts::of_syn_type(ty, &Default::default()),
            Expr::ZeroGuard { value, .. } => self.ty_of(value),
            Expr::Select { then, .. } => self.ty_of(then),
            Expr::Compare(..) => Ty::Discrete,
            Expr::Runtime { function, args } if function.starts_with("slope_") => {
                self.ty_of(&args[0]).deref().clone()
            }
            Expr::Runtime { function: "log_base", args } => self.ty_of(&args[0]).deref().clone(),
            Expr::Runtime { .. } | Expr::Call { .. } | Expr::Struct { .. } | Expr::Closure(_) => {
                Ty::Unknown
            }
        }
    }
}

/// Whether the tokens of an index are a range.
pub fn is_range(tokens: &TokenStream) -> bool {
    match syn::parse2::<syn::Expr>(tokens.clone()) {
        Ok(syn::Expr::Range(_)) => true,
        Ok(syn::Expr::Call(call)) => {
            matches!(&*call.func, syn::Expr::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "span"))
        }
        _ => false,
    }
}
