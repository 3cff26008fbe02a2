//! The vocabulary of generated code.
//!
//! Free functions, because a method on a not yet inferred `{float}` is an error (E0689).

pub use crate::captured::captured;
pub use crate::checkpoint::Checkpoints;
pub use crate::constant::ConstantValue;
pub use crate::containers_adjoint::{
    copy_adjoint, extend_adjoint, fill_adjoint, insert_at, pop, remove_at, resize_adjoint, total,
    truncate_adjoint, unpop,
};
pub use crate::differentiated::DifferentiatedSiblings;
pub use crate::lanes::{Width, wide};
pub use crate::object::{ConstantObject, ObjectOf, SlotObject, TangentObject};
#[cfg(feature = "ndarray")]
pub use crate::parts::{blocks, repeated, tiles};
pub use crate::places::{
    Either, Kept, active_part, dot_where, keep_if, last_span, part_mut, pop_span, push_span,
    put_back_if, put_back_where, read_part, replace, span, start_mut, take_part, when, when_dot,
    wrapped,
};
#[cfg(feature = "ndarray")]
pub use crate::places::{
    dimension, index_at, keep_array, put_back_array, require_equal_shapes, shaped, unshaped,
    when_view_dot,
};
#[cfg(feature = "ndarray")]
pub use crate::rules::ndarray::{
    add_outline_adjoint, dot_square_taken, outline, sub_outline_adjoint,
};
use crate::rules::{
    Add, AssignRule, BinaryRule, Div, Mul, NegRule, Rem, SecondAssignRule, SecondBinaryRule,
    SecondNegRule, Sub,
};
pub use crate::scalar_rt::{
    cast_adjoint, cast_jvp, distance, last, log_base, number, offset, pick_max, pick_min,
    position_of_max, position_of_min, record, slope_powf, slope_powf_dot, slope_powf_exponent,
    slope_powf_exponent_dot, slope_powi, slope_powi_dot,
};
pub use crate::slot::{ConstantSlot, Inactive, Pending, Slot, SlotMut, TangentArg};
use crate::{Differentiable, Tangent};

/// The zero cotangent of `primal`.
#[inline(always)]
pub fn zero<T: Differentiable + ?Sized>(primal: &T) -> T::Tangent {
    primal.zero_tangent()
}

/// A cotangent to which nothing has been added yet.
#[inline(always)]
pub fn pending<T: Tangent>() -> Pending<T> {
    Pending::new()
}

/// Adds `contribution` to the cotangent in `slot`.
#[inline(always)]
pub fn add<T: Tangent, S: Slot<T>>(mut slot: S, contribution: T) {
    slot.add(|| contribution);
}

/// Takes the cotangent out of `slot` and leaves zero: the adjoint of an assignment to `primal`.
#[inline(always)]
pub fn take<P: Differentiable + ?Sized, S: SlotMut<P::Tangent>>(
    primal: &P,
    mut slot: S,
) -> P::Tangent {
    match slot.get() {
        Some(bar) => P::Tangent::take(bar),
        None => primal.zero_tangent(),
    }
}

/// The cotangent of a parameter inside the callee: the caller's own, or a placeholder that is never read.
#[inline(always)]
pub fn bar<'a, P: Differentiable + ?Sized, S: SlotMut<P::Tangent>>(
    slot: &'a mut S,
    scratch: &'a mut Option<P::Tangent>,
    primal: &P,
) -> <P::Tangent as Tangent>::Mut<'a> {
    match slot.get() {
        Some(bar) => {
            primal.require_shape(P::Tangent::share(&bar));
            bar
        }
        None => scratch.insert(primal.placeholder()).tangent_mut(),
    }
}

/// `into = value`, where `into` is the tangent of what a parameter borrows mutably.
#[inline(always)]
pub fn assign_tangent<D: Tangent>(into: &mut D::Mut<'_>, value: D) {
    D::assign(D::reborrow_mut(into), value);
}

/// The tangent of a parameter inside the callee: the caller's own, or a placeholder that is never read.
#[inline(always)]
pub fn dot<'a, P: Differentiable + ?Sized, D: TangentArg<P::Tangent>>(
    arg: &'a D,
    scratch: &'a mut Option<P::Tangent>,
    primal: &P,
) -> <P::Tangent as Tangent>::Ref<'a> {
    match arg.get() {
        Some(dot) => {
            primal.require_shape(P::Tangent::reborrow_ref(&dot));
            dot
        }
        None => scratch.insert(primal.placeholder()).tangent_ref(),
    }
}

/// The tangent of `primal` as an owned value; zero where it is inactive.
#[inline(always)]
pub fn tangent<P: Differentiable + ?Sized, D: TangentArg<P::Tangent>>(
    primal: &P,
    arg: D,
) -> P::Tangent {
    match arg.get() {
        Some(dot) => P::Tangent::from_ref(dot),
        None => primal.zero_tangent(),
    }
}

/// A slot or tangent as a method of a trait object takes it.
#[inline(always)]
pub fn object<'a, S, O: ObjectOf<'a, S>>(slot: &'a mut S) -> O {
    O::object_of(slot)
}

/// Asserts that a slot or tangent belongs to a constant parameter.
#[inline(always)]
pub fn constant_slot<S: ConstantSlot>(_: S) {}

/// Asserts, at no cost, that `value` carries no derivative.
#[inline(always)]
pub fn constant<T: ConstantValue>(value: T) -> T {
    value
}

macro_rules! binary {
    ($($op:ident $jvp:ident $adjoint:ident;)*) => {$(
        /// The tangent of the operation.
        #[inline(always)]
        pub fn $jvp<A, B, DA, DB>(a: &A, b: &B, a_dot: DA, b_dot: DB) -> <A::Output as Differentiable>::Tangent
        where
            A: BinaryRule<$op, B>,
            B: Differentiable,
            DA: TangentArg<A::Tangent>,
            DB: TangentArg<B::Tangent>,
        {
            a.jvp(b, a_dot, b_dot)
        }

        /// Adds the cotangents of the operands.
        #[inline(always)]
        pub fn $adjoint<A, B, SA, SB>(
            a: &A, b: &B, out_bar: <A::Output as Differentiable>::Tangent, a_bar: SA, b_bar: SB,
        ) where
            A: BinaryRule<$op, B>,
            B: Differentiable,
            SA: Slot<A::Tangent>,
            SB: Slot<B::Tangent>,
        {
            a.adjoint(b, out_bar, a_bar, b_bar);
        }
    )*};
}
binary! {
    Add add_jvp add_adjoint;
    Sub sub_jvp sub_adjoint;
    Mul mul_jvp mul_adjoint;
    Div div_jvp div_adjoint;
    Rem rem_jvp rem_adjoint;
}

macro_rules! assign {
    ($($op:ident $jvp:ident $adjoint:ident;)*) => {$(
        /// Updates the tangent of `a`.
        #[inline(always)]
        pub fn $jvp<A, B, DA, DB>(a: &A, b: &B, a_dot: DA, b_dot: DB)
        where
            A: AssignRule<$op, B> + ?Sized,
            B: Differentiable,
            DA: SlotMut<A::Tangent>,
            DB: TangentArg<B::Tangent>,
        {
            a.assign_jvp(b, a_dot, b_dot);
        }

        /// Turns the cotangent of `a` after the assignment into that before it.
        #[inline(always)]
        pub fn $adjoint<A, B, SA, SB>(a: &A, b: &B, a_bar: SA, b_bar: SB)
        where
            A: AssignRule<$op, B> + ?Sized,
            B: Differentiable,
            SA: SlotMut<A::Tangent>,
            SB: Slot<B::Tangent>,
        {
            a.assign_adjoint(b, a_bar, b_bar);
        }
    )*};
}
assign! {
    Add add_assign_jvp add_assign_adjoint;
    Sub sub_assign_jvp sub_assign_adjoint;
    Mul mul_assign_jvp mul_assign_adjoint;
    Div div_assign_jvp div_assign_adjoint;
}

macro_rules! second_order {
    ($($op:ident $binary:ident;)*) => {$(
        /// Adds the cotangents of the operands, and their tangents.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $binary<X, Y, DA, DB, A, B, AD, BD>(
            a: &X, b: &Y, a_dot: DA, b_dot: DB,
            out_bar: <X::Output as Differentiable>::Tangent, out_bar_dot: <X::Output as Differentiable>::Tangent,
            a_bar: A, b_bar: B, a_bar_dot: AD, b_bar_dot: BD,
        ) where
            X: SecondBinaryRule<$op, Y>,
            Y: Differentiable,
            DA: TangentArg<X::Tangent>,
            DB: TangentArg<Y::Tangent>,
            A: Slot<X::Tangent>,
            B: Slot<Y::Tangent>,
            AD: Slot<X::Tangent>,
            BD: Slot<Y::Tangent>,
        {
            a.adjoint_jvp(b, a_dot, b_dot, out_bar, out_bar_dot, a_bar, b_bar, a_bar_dot, b_bar_dot);
        }
    )*};
    (assign $($op:ident $assign:ident;)*) => {$(
        /// Turns the cotangent of `a` after the assignment and its tangent into those before it.
        #[inline(always)]
        #[allow(clippy::too_many_arguments)]
        pub fn $assign<X, Y, DA, DB, A, B, AD, BD>(
            a: &X, b: &Y, a_dot: DA, b_dot: DB, a_bar: A, b_bar: B, a_bar_dot: AD, b_bar_dot: BD,
        ) where
            X: SecondAssignRule<$op, Y> + ?Sized,
            Y: Differentiable,
            DA: TangentArg<X::Tangent>,
            DB: TangentArg<Y::Tangent>,
            A: SlotMut<X::Tangent>,
            B: Slot<Y::Tangent>,
            AD: SlotMut<X::Tangent>,
            BD: Slot<Y::Tangent>,
        {
            a.assign_adjoint_jvp(b, a_dot, b_dot, a_bar, b_bar, a_bar_dot, b_bar_dot);
        }
    )*};
}
second_order! {
    Add add_adjoint_jvp;
    Sub sub_adjoint_jvp;
    Mul mul_adjoint_jvp;
    Div div_adjoint_jvp;
    Rem rem_adjoint_jvp;
}
second_order! { assign
    Add add_assign_adjoint_jvp;
    Sub sub_assign_adjoint_jvp;
    Mul mul_assign_adjoint_jvp;
    Div div_assign_adjoint_jvp;
}

/// Adds the cotangent of the operand of `-a`, and its tangent.
#[inline(always)]
pub fn neg_adjoint_jvp<X, D, S, SD>(
    a: &X,
    a_dot: D,
    out_bar: <X::Output as Differentiable>::Tangent,
    out_bar_dot: <X::Output as Differentiable>::Tangent,
    a_bar: S,
    a_bar_dot: SD,
) where
    X: SecondNegRule,
    D: TangentArg<X::Tangent>,
    S: Slot<X::Tangent>,
    SD: Slot<X::Tangent>,
{
    a.neg_adjoint_jvp(a_dot, out_bar, out_bar_dot, a_bar, a_bar_dot);
}

/// The tangent of `-a`.
#[inline(always)]
pub fn neg_jvp<A: NegRule, D: TangentArg<A::Tangent>>(
    a: &A,
    a_dot: D,
) -> <A::Output as Differentiable>::Tangent {
    a.neg_jvp(a_dot)
}

/// Adds the cotangent of the operand of `-a`.
#[inline(always)]
pub fn neg_adjoint<A: NegRule, S: Slot<A::Tangent>>(
    a: &A,
    out_bar: <A::Output as Differentiable>::Tangent,
    a_bar: S,
) {
    a.neg_adjoint(out_bar, a_bar);
}

/// The extension traits that give methods of the standard library and of ndarray their derivatives.
pub mod methods {
    pub use super::Nested;
    pub use crate::differentiated::DifferentiatedSiblings;
    #[cfg(feature = "ndarray")]
    pub use crate::parts::{Parts, PartsMut};
    #[cfg(feature = "ndarray")]
    pub use crate::places::{ArraySliceMut, TransposedMut};
    pub use crate::places::{
        Holds, KeptClone, KeptReference, OkTangent, OptionTangent, SliceMut, SomeTangent,
    };
    #[cfg(feature = "ndarray")]
    pub use crate::rules::ndarray::{
        ArrangementMethods, ArrayConstructors, AsSliceMethods, AxisMethods, DiagonalConstructors,
        DotRule, DotSquareRule, ElementwiseMethods, FromArray, InPlaceMethods, IndexMoveMethods,
        IntoArray, IntoArrayAdjoint, IntoDimensionality, IntoMethods, IntoOwnedMethods,
        IntoScalarMethods, MapMethods, MapvMethods, MatrixPartMethods, MoveMethods, PartMethods,
        PowerMethods, ReductionMethods, RemoveAxisMethods, ScalarArgumentMethods, SelectMethods,
        SubviewMethods, VectorConstructors, VectorMethods,
    };
    pub use crate::rules::{
        CloneMethods, ScalarMethods, SinCosMethods, SliceMethods, TangentIndex, TangentIndexMut,
    };
}

/// Whether the parameter of a slot is active in this call; known at compile time.
#[inline(always)]
pub fn is_active<P: Differentiable + ?Sized, S: SlotMut<P::Tangent>>(slot: &S, _: &P) -> bool {
    slot.wanted()
}

/// Whether the parameter of a tangent is active in this call; known at compile time.
#[inline(always)]
pub fn is_active_arg<P: Differentiable + ?Sized, D: TangentArg<P::Tangent>>(
    arg: &D,
    _: &P,
) -> bool {
    arg.given()
}

/// The sum that a cotangent has become; zero of the shape of `primal` where nothing was added.
#[inline(always)]
pub fn finish<P: Differentiable + ?Sized>(pending: Pending<P::Tangent>, primal: &P) -> P::Tangent {
    pending.finish(primal)
}

/// Keeps a value that is about to be overwritten.
#[inline(always)]
pub fn keep<T: crate::places::Keep + ?Sized>(value: &T) -> T::Kept {
    value.keep()
}

/// Puts a kept value back.
#[inline(always)]
pub fn put_back<T: crate::places::Keep + ?Sized>(place: &mut T, kept: T::Kept) {
    place.put_back(kept);
}

/// Asserts, at no cost, that `first`, `last` or `get` of `container` look an element up.
#[inline(always)]
pub fn looked_up<C: crate::places::Elements + ?Sized>(container: &C) -> &C {
    container
}

/// Element `k` of a container, in the order of its iterator.
#[inline(always)]
pub fn element<C: crate::places::Elements + ?Sized>(container: &C, k: usize) -> &C::Element {
    container.element(k)
}

/// Element `k` of a container, in the order of its iterator.
#[inline(always)]
pub fn element_mut<C: crate::places::ElementsMut + ?Sized>(
    container: &mut C,
    k: usize,
) -> &mut C::Element {
    container.element_mut(k)
}

/// Item `k` of what the `into_iter` of a container yields.
#[inline(always)]
pub fn yielded<C: crate::places::Yields>(container: &C, k: usize) -> C::Item {
    container.yielded(k)
}

/// The order in which a stable sort by `compare` puts the elements: the number of the first, and so on.
#[inline]
pub fn sorted_order<T>(
    elements: &[T],
    mut compare: impl FnMut(&T, &T) -> core::cmp::Ordering,
) -> Vec<usize> {
    let mut order: Vec<usize> = (0..elements.len()).collect();
    order.sort_by(|&a, &b| compare(&elements[a], &elements[b]));
    order
}

/// What `unwrap` shows.
#[inline(always)]
pub fn unwrapped<T: crate::places::Unwrapped>(value: &T) -> &T::Payload {
    value.unwrapped()
}

/// What `unwrap` shows, to be changed.
#[inline(always)]
pub fn unwrapped_mut<T: crate::places::UnwrappedMut>(value: &mut T) -> &mut T::Payload {
    value.unwrapped_mut()
}

/// Sets a part of a tangent.
#[inline(always)]
pub fn set<T, S: crate::places::Set<T>>(part: S, value: T) {
    part.set(value);
}

/// Undoes a `push`.
#[inline(always)]
pub fn drop_last<V: crate::containers_adjoint::DropLast + ?Sized>(vec: &mut V) {
    vec.drop_last();
}

/// The content of a boxed cotangent.
#[inline(always)]
#[allow(clippy::boxed_local)] // To take it out of the box is the point.
pub fn unboxed<T>(bar: Box<T>) -> T {
    *bar
}

/// The cotangent of a result that no early return has set.
#[inline(always)]
pub fn returned_nothing<T>() -> Option<T> {
    None
}

/// Takes the cotangent of the result that an early return has set.
#[inline(always)]
pub fn take_returned<T>(bar: &mut Option<T>) -> Option<T> {
    bar.take()
}

/// The array of these elements, as long as `like`.
#[inline]
pub fn arrayed<T, const N: usize>(elements: Vec<T>, _like: &[(); N]) -> [T; N] {
    match elements.try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("one element per index"),
    }
}

/// The elements of a cotangent of an array.
#[inline]
pub fn listed<T, const N: usize>(array: [T; N]) -> Vec<T> {
    Vec::from(array)
}

/// Captures the lifetimes in `T`: what `use<..>` does in later editions.
pub trait Captures<T> {}
impl<T, U: ?Sized> Captures<T> for U {}

/// Compares two items by the user's function.
#[inline(always)]
pub fn compare<T>(
    a: &T,
    b: &T,
    compare: impl FnOnce(&T, &T) -> core::cmp::Ordering,
) -> core::cmp::Ordering {
    compare(a, b)
}

/// Σ aᵢ bᵢ over all scalars of two tangents.
#[inline(always)]
pub fn inner<T: Tangent>(a: &T, b: &T) -> f64 {
    a.inner_product(b)
}

/// The number of scalars of a tangent.
#[inline]
pub fn components<T: Tangent>(tangent: &T) -> usize {
    let mut count = 0;
    tangent.clone().map_components(&mut |x| {
        count += 1;
        x
    });
    count
}

/// Adds to scalar `k` of a tangent.
#[inline]
pub fn add_to_component<T: Tangent>(tangent: &mut T, k: usize, value: f64) {
    let mut at = 0;
    tangent.map_components(&mut |x| {
        at += 1;
        if at == k + 1 { x + value } else { x }
    });
}

/// The namespace of a function whose derivatives of order two exist.
#[diagnostic::on_unimplemented(
    message = "this derivative of `{Self}` cannot be differentiated again",
    label = "its derivatives of order two are missing",
    note = "write `#[differentiate(order = 2)]` on `{Self}`, whose parameters may not be `&mut`"
)]
pub trait OrderTwo {}

/// What a derivative of a derivative finds where there is none of order two: the reason.
#[allow(non_snake_case)]
pub trait Nested {
    /// The adjoint of `grad`.
    fn __grad_adjoint();
    /// The tangent of `grad`.
    fn __grad_jvp();
    /// The adjoint of `value_and_grad`.
    fn __value_and_grad_adjoint();
    /// The tangent of `value_and_grad`.
    fn __value_and_grad_jvp();
    /// The adjoint of `jvp`.
    fn __jvp_adjoint();
    /// The tangent of `jvp`.
    fn __jvp_jvp();
}

impl<T: OrderTwo> Nested for T {
    fn __grad_adjoint() {}
    fn __grad_jvp() {}
    fn __value_and_grad_adjoint() {}
    fn __value_and_grad_jvp() {}
    fn __jvp_adjoint() {}
    fn __jvp_jvp() {}
}
