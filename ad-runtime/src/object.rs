//! Slots of one type, which methods of trait objects take.
//!
//! The hidden siblings of a method are generic in their slots, so they cannot be called through `dyn Trait`. Those that
//! can take the caller's slots by these types, of which there is one for each parameter.

use crate::Tangent;
use crate::slot::{ConstantSlot, Slot, SlotMut, TangentArg};

/// Any slot: the cotangent, or `None` where it is not wanted.
pub struct SlotObject<'a, T: Tangent + 'a>(Option<T::Mut<'a>>);

impl<T: Tangent> Slot<T> for SlotObject<'_, T> {
    const ACTIVE: bool = true;
    #[inline]
    fn wanted(&self) -> bool {
        self.0.is_some()
    }
    #[inline]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {
        if let Some(bar) = self.get() {
            add(bar);
        }
    }
    #[inline]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        if let Some(bar) = self.get() {
            T::accumulate(bar, contribution());
        }
    }
}

impl<T: Tangent> SlotMut<T> for SlotObject<'_, T> {
    #[inline]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        self.0.as_mut().map(T::reborrow_mut)
    }
}

/// Any tangent of an argument, or `None`.
pub struct TangentObject<'a, T: Tangent + 'a>(Option<T::Ref<'a>>);

impl<T: Tangent> TangentArg<T> for TangentObject<'_, T> {
    const ACTIVE: bool = true;
    #[inline]
    fn given(&self) -> bool {
        self.0.is_some()
    }
    #[inline]
    fn get(&self) -> Option<T::Ref<'_>> {
        self.0.as_ref().map(T::reborrow_ref)
    }
}

/// The slot or tangent of a constant parameter.
pub struct ConstantObject(());
impl ConstantSlot for ConstantObject {}

/// What a slot or tangent becomes, as the parameter's type says.
pub trait ObjectOf<'a, S> {
    /// The same slot or tangent.
    fn object_of(slot: &'a mut S) -> Self;
}

impl<'a, T: Tangent, S: SlotMut<T>> ObjectOf<'a, S> for SlotObject<'a, T> {
    #[inline]
    fn object_of(slot: &'a mut S) -> Self {
        SlotObject(slot.get())
    }
}

impl<'a, T: Tangent, S: TangentArg<T>> ObjectOf<'a, S> for TangentObject<'a, T> {
    #[inline]
    fn object_of(slot: &'a mut S) -> Self {
        TangentObject(slot.get())
    }
}

impl<S: ConstantSlot> ObjectOf<'_, S> for ConstantObject {
    #[inline]
    fn object_of(_: &mut S) -> Self {
        ConstantObject(())
    }
}
