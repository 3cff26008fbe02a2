//! How cotangents reach the caller and tangents reach the callee.
//!
//! A caller's macro does not know which parameters of a callee are active. It therefore passes one
//! *slot* per parameter: a place to add the cotangent to, or [`Inactive`]. Which of them are active
//! is settled by monomorphization, and what nobody wants is not computed.

use crate::{Differentiable, Tangent};
use std::ops::AddAssign;

/// The mark of a value without derivative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inactive;

/// The parts of something without derivative, which have none either.
#[derive(Clone, Copy, Debug)]
pub struct InactiveParts(
    pub Inactive,
    pub Inactive,
    pub Inactive,
    pub Inactive,
    pub Inactive,
    pub Inactive,
);

const PARTS: InactiveParts =
    InactiveParts(Inactive, Inactive, Inactive, Inactive, Inactive, Inactive);

impl std::ops::Deref for Inactive {
    type Target = InactiveParts;
    #[inline(always)]
    fn deref(&self) -> &InactiveParts {
        &PARTS
    }
}

impl std::ops::DerefMut for Inactive {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut InactiveParts {
        // A value of size zero: nothing is allocated.
        Box::leak(Box::new(PARTS))
    }
}

impl<I> std::ops::Index<I> for Inactive {
    type Output = Inactive;
    #[inline(always)]
    fn index(&self, _: I) -> &Inactive {
        self
    }
}

impl<I> std::ops::IndexMut<I> for Inactive {
    #[inline(always)]
    fn index_mut(&mut self, _: I) -> &mut Inactive {
        self
    }
}

impl<T> AddAssign<T> for Inactive {
    #[inline(always)]
    fn add_assign(&mut self, _: T) {}
}

/// A cotangent to which nothing has been added yet: zero, without a shape.
#[derive(Clone, Debug)]
pub struct Pending<T>(Option<T>);

impl<T: Tangent> Pending<T> {
    /// Zero.
    #[inline(always)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Pending(None)
    }

    /// The sum of what was added; zero of the shape of `primal` where nothing was.
    #[inline(always)]
    pub fn finish<P: Differentiable<Tangent = T> + ?Sized>(self, primal: &P) -> T {
        self.0.unwrap_or_else(|| primal.zero_tangent())
    }
}

/// A place to which a pullback adds the cotangent of an operand whose tangent type is `T`.
#[diagnostic::on_unimplemented(
    message = "the cotangent `{Self}` does not fit an operand whose tangent is `{T}`",
    note = "a derivative with respect to this argument exists, but the argument's cotangent has another shape"
)]
pub trait Slot<T: Tangent> {
    /// Whether the cotangent is wanted at all. A constant, so that the work for it vanishes where it is not.
    const ACTIVE: bool;

    /// Whether the cotangent is wanted in this call; a constant after inlining.
    #[inline(always)]
    fn wanted(&self) -> bool {
        Self::ACTIVE
    }

    /// Adds in place with `add` where there is a cotangent already, and with `fresh()` otherwise.
    /// Neither is called for an inactive slot.
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), fresh: impl FnOnce() -> T);

    /// Adds `contribution()`, which is not called for an inactive slot.
    fn add(&mut self, contribution: impl FnOnce() -> T);
}

/// A slot that shows the cotangent itself, so that parts of it can be added to.
#[diagnostic::on_unimplemented(
    message = "the cotangent `{Self}` does not fit a parameter whose tangent is `{T}`"
)]
pub trait SlotMut<T: Tangent>: Slot<T> {
    /// The cotangent, or `None` for an inactive slot.
    fn get(&mut self) -> Option<T::Mut<'_>>;
}

impl<T: Tangent> Slot<T> for &mut T {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {
        add(self.tangent_mut());
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        T::accumulate(self.tangent_mut(), contribution());
    }
}

/// What borrows a cotangent mutably already, and is borrowed again.
impl<T: Tangent> Slot<T> for &mut &mut T {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {
        add((**self).tangent_mut());
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        T::accumulate((**self).tangent_mut(), contribution());
    }
}

impl<T: Tangent> SlotMut<T> for &mut &mut T {
    #[inline(always)]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        Some((**self).tangent_mut())
    }
}

impl<T: Tangent> Slot<Vec<T>> for &mut &mut [T] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(&mut [T]), _: impl FnOnce() -> Vec<T>) {
        add(self);
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Vec<T>) {
        Vec::accumulate(self, contribution());
    }
}

impl<T: Tangent> SlotMut<Vec<T>> for &mut &mut [T] {
    #[inline(always)]
    fn get(&mut self) -> Option<&mut [T]> {
        Some(self)
    }
}

/// A part of a parameter's cotangent, which exists only where the parameter is active in this call.
impl<T: Tangent, S: Slot<T>> Slot<T> for Option<S> {
    const ACTIVE: bool = S::ACTIVE;
    #[inline(always)]
    fn wanted(&self) -> bool {
        self.as_ref().is_some_and(S::wanted)
    }
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), fresh: impl FnOnce() -> T) {
        if let Some(slot) = self {
            slot.update(add, fresh);
        }
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        if let Some(slot) = self {
            slot.add(contribution);
        }
    }
}

impl<T: Tangent, S: SlotMut<T>> SlotMut<T> for Option<S> {
    #[inline(always)]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        self.as_mut()?.get()
    }
}

impl<T: Tangent> SlotMut<T> for &mut T {
    #[inline(always)]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        Some(self.tangent_mut())
    }
}

impl<T: Tangent> Slot<T> for &mut Pending<T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), fresh: impl FnOnce() -> T) {
        match &mut self.0 {
            Some(sum) => add(sum.tangent_mut()),
            none => *none = Some(fresh()),
        }
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        match &mut self.0 {
            Some(sum) => T::accumulate(sum.tangent_mut(), contribution()),
            none => *none = Some(contribution()),
        }
    }
}

macro_rules! inactive_slot {
    ($($inactive:ty),*) => {$(
        impl<T: Tangent> Slot<T> for $inactive {
            const ACTIVE: bool = false;
            #[inline(always)]
            fn update(&mut self, _: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {}
            #[inline(always)]
            fn add(&mut self, _: impl FnOnce() -> T) {}
        }
        impl<T: Tangent> SlotMut<T> for $inactive {
            #[inline(always)]
            fn get(&mut self) -> Option<T::Mut<'_>> {
                None
            }
        }
        impl ConstantSlot for $inactive {}
    )*};
}
inactive_slot!(Inactive, &mut Inactive);

/// The slots and tangents that a constant parameter takes: none.
#[diagnostic::on_unimplemented(
    message = "an active value is passed to a parameter that is constant",
    label = "this function is not differentiated with respect to one of these arguments",
    note = "drop `#[constant]` from the parameter, or pass `stop_gradient(..)` of the value; a closure that captures it goes to a parameter `impl Differentiated<..>`"
)]
pub trait ConstantSlot {}
impl ConstantSlot for &mut () {}
impl<S: ConstantSlot> ConstantSlot for Option<S> {}
impl ConstantSlot for &() {}
impl ConstantSlot for &Inactive {}

impl<T> Slot<Vec<T>> for &mut [T]
where
    T: Tangent,
{
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(&mut [T]), _: impl FnOnce() -> Vec<T>) {
        add(self);
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Vec<T>) {
        Vec::accumulate(self, contribution());
    }
}

impl<T: Tangent> SlotMut<Vec<T>> for &mut [T] {
    #[inline(always)]
    fn get(&mut self) -> Option<&mut [T]> {
        Some(self)
    }
}

/// `&[T; N]` coerces to `&[T]` in a call; its cotangent follows.
impl<T: Tangent, const N: usize> Slot<Vec<T>> for &mut [T; N] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(&mut [T]), _: impl FnOnce() -> Vec<T>) {
        add(&mut self[..]);
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Vec<T>) {
        Vec::accumulate(&mut self[..], contribution());
    }
}

impl<T: Tangent, const N: usize> SlotMut<Vec<T>> for &mut [T; N] {
    #[inline(always)]
    fn get(&mut self) -> Option<&mut [T]> {
        Some(&mut self[..])
    }
}

/// `&Box<T>` coerces to `&T` in a call; its cotangent follows.
impl<T: Tangent> Slot<T> for &mut Box<T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {
        add((***self).tangent_mut());
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        T::accumulate((***self).tangent_mut(), contribution());
    }
}

impl<T: Tangent> SlotMut<T> for &mut Box<T> {
    #[inline(always)]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        Some((***self).tangent_mut())
    }
}

impl<T: Tangent> TangentArg<T> for &Box<T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        Some((***self).tangent_ref())
    }
}

/// The tangent of an argument in forward mode, or [`Inactive`].
#[diagnostic::on_unimplemented(
    message = "the tangent `{Self}` does not fit an operand whose tangent is `{T}`"
)]
pub trait TangentArg<T: Tangent> {
    /// Whether the tangent may differ from zero.
    const ACTIVE: bool;
    /// Whether the tangent may differ from zero in this call; a constant after inlining.
    #[inline(always)]
    fn given(&self) -> bool {
        Self::ACTIVE
    }
    /// The tangent, or `None` for an inactive argument.
    fn get(&self) -> Option<T::Ref<'_>>;
}

impl<T: Tangent> TangentArg<T> for &T {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        Some((**self).tangent_ref())
    }
}

impl<T: Tangent> TangentArg<Vec<T>> for &[T] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<T: Tangent, const N: usize> TangentArg<Vec<T>> for &[T; N] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        Some(&self[..])
    }
}

impl<T: Tangent> TangentArg<T> for Inactive {
    const ACTIVE: bool = false;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        None
    }
}

impl<T: Tangent> TangentArg<T> for &Inactive {
    const ACTIVE: bool = false;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        None
    }
}

/// A tangent that could also be changed.
impl<T: Tangent> TangentArg<T> for &mut T {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        Some((**self).tangent_ref())
    }
}

impl<T: Tangent> TangentArg<Vec<T>> for &mut [T] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        Some(self)
    }
}

impl<T: Tangent, const N: usize> TangentArg<Vec<T>> for &mut [T; N] {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        Some(&self[..])
    }
}

impl<T: Tangent> TangentArg<T> for &mut Inactive {
    const ACTIVE: bool = false;
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        None
    }
}
