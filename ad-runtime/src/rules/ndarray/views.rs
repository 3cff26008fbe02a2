//! The rules of methods whose result shows part of an array, or all of it in another arrangement.
//!
//! Each result is linear in the array: its tangent is the same part of the tangent, its cotangent is
//! added to the same part of the cotangent, in place. Where a place is mirrored instead (`m.row(i)`
//! by `m_bar.row_mut(i)`) no rule is needed; these are for results that are values of their own.

use super::shapes::{copy, require_same_shape};
use super::slots::add_into;
use crate::Real;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use ndarray::{
    Array, ArrayRef, ArrayView, ArrayViewMut, Axis, Dimension, Ix1, Ix2, RemoveAxis, Slice,
    SliceArg,
};

/// The tangent of a part: the part of the tangent, and zero where there is none.
#[track_caller]
fn part_of<'a, A: Real, D: Dimension, E: Dimension>(
    x: &ArrayRef<A, D>,
    dot: Option<ArrayView<'a, A, D>>,
    part: impl FnOnce(ArrayView<'a, A, D>) -> ArrayView<'a, A, E>,
    dim: E,
) -> Array<A, E> {
    match dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            copy(&part(dot))
        }
        None => Array::zeros(dim),
    }
}

/// Adds `bar` to a part of the cotangent of `x`.
#[track_caller]
fn add_to_part<A: Real, D: Dimension + 'static, E: Dimension>(
    slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    bar: &ArrayRef<A, E>,
    part: impl for<'a> FnOnce(ArrayViewMut<'a, A, D>) -> ArrayViewMut<'a, A, E>,
) {
    add_into(slot, x, |into| {
        let mut part = part(into);
        require_same_shape(bar, &part);
        part.zip_mut_with(bar, |into, &bar| *into += bar);
    });
}

/// A trait of methods that each show one part. The part is written once, as an expression that takes
/// a view (of the value, of the tangent) or a mutable view (of the cotangent).
macro_rules! parts {
    (
        $(#[$trait_doc:meta])*
        $trait:ident [$($param:tt)*] [$($bounds:tt)*] for $d:ty;
        $(
            $(#[$doc:meta])*
            $jvp:ident, $adjoint:ident [$($g:tt)*] ($($arg:ident: $ty:ty = $slot:ident),*) -> $e:ty =
            |$v:ident| $part:expr;
        )*
    ) => {
        $(#[$trait_doc])*
        #[ad_macros::second_order(linear)]
        pub trait $trait<A: Real, $($bounds)*> {$(
            $(#[$doc])*
            ///
            /// Returns the value and its tangent.
            fn $jvp<DX: TangentArg<Array<A, $d>>, $($slot: ConstantSlot,)* $($g)*>(
                &self, $($arg: $ty,)* self_dot: DX $(, _: $slot)*
            ) -> (ArrayView<'_, A, $e>, Array<A, $e>);
            $(#[$doc])*
            ///
            /// Adds the cotangent of the array.
            ///
            /// # Panics
            /// When a cotangent has another shape than its value.
            fn $adjoint<SX: Slot<Array<A, $d>>, $($slot: ConstantSlot,)* $($g)*>(
                &self, $($arg: $ty,)* out_bar: Array<A, $e>, self_bar: SX $(, _: $slot)*
            );
        )*}

        impl<A: Real, $($bounds)*> $trait<A, $($param)*> for ArrayRef<A, $d> {$(
            #[track_caller]
            fn $jvp<DX: TangentArg<Array<A, $d>>, $($slot: ConstantSlot,)* $($g)*>(
                &self, $($arg: $ty,)* self_dot: DX $(, _: $slot)*
            ) -> (ArrayView<'_, A, $e>, Array<A, $e>) {
                let value = { $(let $arg = $arg.clone();)* let $v = self.view(); $part };
                let dim = value.raw_dim();
                (value, part_of(self, self_dot.get(), |$v| $part, dim))
            }
            #[track_caller]
            fn $adjoint<SX: Slot<Array<A, $d>>, $($slot: ConstantSlot,)* $($g)*>(
                &self, $($arg: $ty,)* out_bar: Array<A, $e>, self_bar: SX $(, _: $slot)*
            ) {
                add_to_part(self_bar, self, &out_bar, |$v| $part);
            }
        )*}
    };
}

parts! {
    /// The derivatives of the methods that show parts of a matrix.
    MatrixPartMethods [] [] for Ix2;
    /// Row `index` of an `m × n` matrix, of shape `n`.
    __row_jvp, __row_adjoint [] (index: usize = C) -> Ix1 = |m| m.index_axis_move(Axis(0), index);
    /// Column `index` of an `m × n` matrix, of shape `m`.
    __column_jvp, __column_adjoint [] (index: usize = C) -> Ix1 = |m| m.index_axis_move(Axis(1), index);
}

parts! {
    /// The derivatives of the methods that show parts of an array.
    PartMethods [D] [D: Dimension + 'static] for D;
    /// The part that `info` selects.
    __slice_jvp, __slice_adjoint [I: SliceArg<D> + Clone] (info: I = C) -> I::OutDim = |x| x.slice_move(info);
    /// The part that `indices` selects along `axis`.
    __slice_axis_jvp, __slice_axis_adjoint [] (axis: Axis = C, indices: Slice = E) -> D =
        |x| x.slice_axis_move(axis, indices);
    /// The elements whose indices are all equal.
    __diag_jvp, __diag_adjoint [] () -> Ix1 = |x| x.into_diag();
}

parts! {
    /// The derivatives of the methods that show parts of an array with one axis less.
    SubviewMethods [D] [D: RemoveAxis + 'static] for D;
    /// The part with index `index` on `axis`, without that axis.
    __index_axis_jvp, __index_axis_adjoint [] (axis: Axis = C, index: usize = E) -> D::Smaller =
        |x| x.index_axis_move(axis, index);
}
