//! What it means for a type to be differentiable.

use crate::lanes::Abreast;
use std::fmt::Debug;

/// A type whose values have tangents (and cotangents, which have the same shape).
///
/// The tangent mirrors the shape of the value: a `Vec<f64>` has the tangent `Vec<f64>`, a struct
/// `S` with `#[derive(Differentiable)]` has `STangent` with the same fields. A type on which
/// nothing depends smoothly (integers, `bool`, …) has the tangent `()`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not differentiable",
    note = "put `#[derive(Differentiable)]` on the type, or mark the parameter or field `#[constant]`"
)]
pub trait Differentiable {
    /// The type of tangents and cotangents.
    type Tangent: Tangent;

    /// The zero tangent of the shape of `self`.
    fn zero_tangent(&self) -> Self::Tangent;

    /// Some tangent that is cheap to make (no allocation) and that nobody reads or writes: what
    /// stands in for the cotangent of an argument that is not active in one particular call.
    #[doc(hidden)]
    fn placeholder(&self) -> Self::Tangent {
        self.zero_tangent()
    }

    /// Panics where a caller's tangent of a slice has another length. Besides the better message, the
    /// optimizer learns that an index into the one is an index into the other, and drops the check.
    #[doc(hidden)]
    #[inline(always)]
    fn require_shape(&self, _tangent: <Self::Tangent as Tangent>::Ref<'_>) {}

    /// The same for tangents in several directions.
    #[doc(hidden)]
    #[inline(always)]
    fn require_wide_shape<const L: usize>(
        &self,
        _tangent: <<Self::Tangent as Tangent>::Lanes<L> as Tangent>::Ref<'_>,
    ) {
    }
}

/// The vector space that tangents form, and how it is borrowed.
///
/// A tangent is its own tangent type, so that derivatives can be differentiated again.
pub trait Tangent: Differentiable<Tangent = Self> + Clone + Debug + PartialEq + Sized {
    /// A shared borrow: `&[T]` for `Vec<T>`, a view for an array, `&Self` for most.
    type Ref<'a>
    where
        Self: 'a;
    /// A mutable borrow: `&mut [T]` for `Vec<T>`, a mutable view for an array, `&mut Self` for most.
    type Mut<'a>
    where
        Self: 'a;
    /// Tangents in `L` directions, side by side.
    #[doc(hidden)]
    type Lanes<const L: usize>: Abreast<L, One = Self>;

    /// Borrows the tangent.
    fn tangent_ref(&self) -> Self::Ref<'_>;
    /// Borrows the tangent mutably.
    fn tangent_mut(&mut self) -> Self::Mut<'_>;
    /// Borrows again what is borrowed.
    fn reborrow_ref<'b, 'a: 'b>(borrowed: &'b Self::Ref<'a>) -> Self::Ref<'b>
    where
        Self: 'a;
    /// Borrows again what is borrowed mutably.
    fn reborrow_mut<'b, 'a: 'b>(borrowed: &'b mut Self::Mut<'a>) -> Self::Mut<'b>
    where
        Self: 'a;
    /// Borrows for reading what is borrowed mutably.
    fn share<'b, 'a: 'b>(borrowed: &'b Self::Mut<'a>) -> Self::Ref<'b>
    where
        Self: 'a;
    /// The owned tangent that `borrowed` shows.
    fn from_ref(borrowed: Self::Ref<'_>) -> Self;
    /// `into += contribution`.
    ///
    /// # Panics
    /// When the shapes differ.
    fn accumulate(into: Self::Mut<'_>, contribution: Self);
    /// Takes the value out of `from` and leaves zero of the same shape.
    fn take(from: Self::Mut<'_>) -> Self;

    /// `into = value`.
    ///
    /// # Panics
    /// When the shapes differ.
    #[inline]
    fn assign(mut into: Self::Mut<'_>, value: Self) {
        drop(Self::take(Self::reborrow_mut(&mut into)));
        Self::accumulate(into, value);
    }

    /// Σ xᵢ yᵢ over all scalars of both. Needed where `f::jvp` itself is differentiated in forward mode.
    ///
    /// # Panics
    /// When the shapes differ, and where a type does not define it.
    #[track_caller]
    fn inner_product(&self, _other: &Self) -> f64 {
        undefined::<Self>("inner_product")
    }

    /// Replaces each scalar by `f` of it, in a fixed order. Needed where `f::jvp` itself is differentiated in
    /// forward mode.
    ///
    /// # Panics
    /// Where a type does not define it.
    #[track_caller]
    fn map_components(&mut self, _f: &mut dyn FnMut(f64) -> f64) {
        undefined::<Self>("map_components")
    }
}

#[cold]
#[track_caller]
fn undefined<T>(method: &str) -> ! {
    panic!(
        "`Tangent::{method}` is not defined for `{}`: define it, or differentiate `jvp` in reverse mode",
        std::any::type_name::<T>()
    )
}

/// Implements the borrowing half of [`Tangent`] for a type that is borrowed as itself.
#[doc(hidden)]
#[macro_export]
macro_rules! borrow_as_self {
    () => {
        type Lanes<const __L: usize> = $crate::lanes::Each<Self, __L>;
        $crate::borrow_as_self!(in lanes of its own);
    };
    (in lanes of its own) => {
        type Ref<'a>
            = &'a Self
        where
            Self: 'a;
        type Mut<'a>
            = &'a mut Self
        where
            Self: 'a;
        #[inline]
        fn tangent_ref(&self) -> &Self {
            self
        }
        #[inline]
        fn tangent_mut(&mut self) -> &mut Self {
            self
        }
        #[inline]
        fn reborrow_ref<'b, 'a: 'b>(borrowed: &'b &'a Self) -> &'b Self
        where
            Self: 'a,
        {
            borrowed
        }
        #[inline]
        fn assign(into: &mut Self, value: Self) {
            *into = value;
        }
        #[inline]
        fn reborrow_mut<'b, 'a: 'b>(borrowed: &'b mut &'a mut Self) -> &'b mut Self
        where
            Self: 'a,
        {
            borrowed
        }
        #[inline]
        fn share<'b, 'a: 'b>(borrowed: &'b &'a mut Self) -> &'b Self
        where
            Self: 'a,
        {
            borrowed
        }
        #[inline]
        fn from_ref(borrowed: &Self) -> Self {
            ::core::clone::Clone::clone(borrowed)
        }
        #[inline]
        fn take(from: &mut Self) -> Self {
            let zero = $crate::Differentiable::zero_tangent(from);
            ::core::mem::replace(from, zero)
        }
    };
}
