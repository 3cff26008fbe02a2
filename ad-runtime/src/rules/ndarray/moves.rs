//! The rules of methods that take an array by value and keep part of it, or show it as another type of array.

use super::arrangements::{add_back, owned, same_axes};
use super::extension::extension;
use super::shapes::require_shape;
use super::slots::add_into;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use crate::{Differentiable, Real, variant_mismatch};
use ndarray::{
    Array, Array1, ArrayBase, ArrayRef, Axis, Data, Dimension, Ix0, Ix1, RawDataClone, RemoveAxis,
    ShapeError, SliceArg,
};
use std::marker::PhantomData;

extension! {
    /// `into_dimensionality`, where an argument names the dimension.
    IntoDimensionality [S, D] [S: Data, D: Dimension] for ArrayBase<S, D>;

    /// The array with a number of axes known to its type.
    fn __into_dim[E: Dimension](self, _: PhantomData<E>) -> Result<ArrayBase<S, E>, ShapeError> {
        self.into_dimensionality()
    }
}

extension! {
    /// The derivatives of methods that take an array by value and keep part of it.
    ///
    /// Each `__…_jvp` returns the value and its tangent, each `__…_adjoint` adds the cotangent of the array; of the
    /// array itself the latter read the shape alone.
    #[ad_macros::second_order(linear)]
    MoveMethods [A, S, D] [A: Real, S: Data<Elem = A>, D: Dimension + 'static] for ArrayBase<S, D>;

    /// The array with a number of axes known to its type, an error where it has another one.
    fn ____into_dim_jvp[E: Dimension, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, _dim: PhantomData<E>, self_dot: DX, _: C
    ) -> (Result<ArrayBase<S, E>, ShapeError>, Result<Array<A, E>, ()>) {
        let dot = owned(&self, self_dot.get());
        (self.into_dimensionality(), dot.into_dimensionality().map_err(|_| ()))
    }
    /// The array with a number of axes known to its type: `x̄ += ȳ`.
    fn ____into_dim_adjoint[E: Dimension, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, _dim: PhantomData<E>, out_bar: Result<Array<A, E>, ()>, self_bar: SX, _: C
    ) {
        match (out_bar, self.ndim() == E::NDIM.unwrap_or(self.ndim())) {
            (Ok(bar), true) => {
                require_shape(bar.shape(), self.shape());
                add_back(self_bar, self, || same_axes(bar));
            }
            (Ok(_), false) => variant_mismatch("Err", "Ok"),
            (Err(()), _) => {}
        }
    }

    /// The part that `info` selects.
    fn __slice_move_jvp[I: SliceArg<D> + Clone, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, info: I, self_dot: DX, _: C
    ) -> (ArrayBase<S, I::OutDim>, Array<A, I::OutDim>) {
        let dot = owned(&self, self_dot.get()).slice_move(info.clone());
        (self.slice_move(info), dot)
    }
    /// The part that `info` selects: adds the cotangent there.
    fn __slice_move_adjoint[I: SliceArg<D> + Clone, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, info: I, out_bar: Array<A, I::OutDim>, self_bar: SX, _: C
    ) {
        add_into(self_bar, self, |into| {
            let mut part = into.slice_move(info);
            require_shape(out_bar.shape(), part.shape());
            part.zip_mut_with(&out_bar, |into, &bar| *into += bar);
        });
    }

    /// The elements whose indices are all equal.
    fn __into_diag_jvp[DX: TangentArg<Array<A, D>>](self, self_dot: DX) -> (ArrayBase<S, Ix1>, Array1<A>) {
        let dot = owned(&self, self_dot.get()).into_diag();
        (self.into_diag(), dot)
    }
    /// The elements whose indices are all equal: adds the cotangent there.
    fn __into_diag_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array1<A>, self_bar: SX) {
        add_into(self_bar, self, |mut into| {
            let mut diagonal = into.diag_mut();
            require_shape(out_bar.shape(), diagonal.shape());
            diagonal.zip_mut_with(&out_bar, |into, &bar| *into += bar);
        });
    }
}

extension! {
    /// The derivative of `index_axis_move`.
    #[ad_macros::second_order(linear)]
    IndexMoveMethods [A, S, D] [A: Real, S: Data<Elem = A>, D: RemoveAxis + 'static] for ArrayBase<S, D>;

    /// The part with index `index` on `axis`. Returns the value and its tangent.
    fn __index_axis_move_jvp[DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot](
        self, axis: Axis, index: usize, self_dot: DX, _: C, _: E
    ) -> (ArrayBase<S, D::Smaller>, Array<A, D::Smaller>) {
        let dot = owned(&self, self_dot.get()).index_axis_move(axis, index);
        (self.index_axis_move(axis, index), dot)
    }
    /// The part with index `index` on `axis`: adds the cotangent there.
    fn __index_axis_move_adjoint[SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot](
        &self, axis: Axis, index: usize, out_bar: Array<A, D::Smaller>, self_bar: SX, _: C, _: E
    ) {
        require_shape(out_bar.shape(), self.raw_dim().remove_axis(axis).slice());
        add_into(self_bar, self, |mut into| {
            into.index_axis_mut(axis, index).zip_mut_with(&out_bar, |into, &bar| *into += bar);
        });
    }
}

extension! {
    /// The derivative of `into_scalar`.
    #[ad_macros::second_order(linear)]
    IntoScalarMethods [A] [A: Real] for Array<A, Ix0>;

    /// The element of an array without axes. Returns the value and its tangent.
    fn __into_scalar_jvp[DX: TangentArg<Array<A, Ix0>>](self, self_dot: DX) -> (A, A) {
        let dot = owned(&self, self_dot.get()).into_scalar();
        (self.into_scalar(), dot)
    }
    /// The element of an array without axes: `x̄ += ȳ`.
    fn __into_scalar_adjoint[SX: Slot<Array<A, Ix0>>](&self, out_bar: A, self_bar: SX) {
        add_back(self_bar, self, || ndarray::arr0(out_bar));
    }
}

extension! {
    /// The derivative of `as_slice`.
    #[ad_macros::second_order(linear)]
    AsSliceMethods [A, D] [A: Real, D: Dimension + 'static] for ArrayRef<A, D>;

    /// The elements as a slice, `None` where they do not lie in row-major order. Returns the value and its tangent.
    fn __as_slice_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (Option<&[A]>, Option<Vec<A>>) {
        let value = self.as_slice();
        let dot = value.map(|_| owned(self, self_dot.get()).iter().copied().collect());
        (value, dot)
    }
    /// The elements as a slice: adds their cotangents.
    fn __as_slice_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Option<Vec<A>>, self_bar: SX) {
        if let Some(bar) = out_bar {
            add_back(self_bar, self, || {
                Array::from_shape_vec(self.raw_dim(), bar).expect("one cotangent per element")
            });
        }
    }
}

/// An array or a reference to one, which another type of array is made of without a change.
pub trait ArrayLike<A: Real, D: Dimension>: Differentiable<Tangent = Array<A, D>> {}
impl<A: Real, S: Data<Elem = A>, D: Dimension> ArrayLike<A, D> for ArrayBase<S, D> {}
impl<A: Real, S: Data<Elem = A>, D: Dimension> ArrayLike<A, D> for &ArrayBase<S, D> {}
impl<A: Real, S: Data<Elem = A>, D: Dimension> ArrayLike<A, D> for &mut ArrayBase<S, D> {}
impl<A: Real, D: Dimension> ArrayLike<A, D> for &ArrayRef<A, D> {}

/// The derivative of `CowArray::from(x)`, `ArrayView::from(x)` and the like for an array `x`.
pub trait FromArray<A: Real, T, D: Dimension>: Sized {
    /// The same array. Returns the value and its tangent.
    fn __from_jvp<DX: TangentArg<Array<A, D>>>(x: T, x_dot: DX) -> (Self, Array<A, D>);
    /// The same array: `x̄ += ȳ`.
    fn __from_adjoint<SX: Slot<Array<A, D>>>(x: T, out_bar: Array<A, D>, x_bar: SX);
    /// The same array: `x̄ += ȳ`, and so their tangents.
    fn __from_adjoint_jvp<DX, SX, SD>(
        x: T,
        x_dot: DX,
        out_bar: Array<A, D>,
        out_bar_dot: Array<A, D>,
        x_bar: SX,
        x_bar_dot: SD,
    ) where
        DX: TangentArg<Array<A, D>>,
        SX: Slot<Array<A, D>>,
        SD: Slot<Array<A, D>>;
}

impl<A, T, S, D> FromArray<A, T, D> for ArrayBase<S, D>
where
    A: Real,
    S: Data<Elem = A> + RawDataClone,
    D: Dimension,
    T: ArrayLike<A, D>,
    ArrayBase<S, D>: From<T>,
{
    fn __from_jvp<DX: TangentArg<Array<A, D>>>(x: T, x_dot: DX) -> (Self, Array<A, D>) {
        let dot = match x_dot.get() {
            Some(dot) => dot.to_owned(),
            None => x.zero_tangent(),
        };
        (Self::from(x), dot)
    }

    fn __from_adjoint<SX: Slot<Array<A, D>>>(_: T, out_bar: Array<A, D>, mut x_bar: SX) {
        x_bar.add(|| out_bar);
    }

    fn __from_adjoint_jvp<DX, SX, SD>(
        _: T,
        _: DX,
        out_bar: Array<A, D>,
        out_bar_dot: Array<A, D>,
        mut x_bar: SX,
        mut x_bar_dot: SD,
    ) where
        DX: TangentArg<Array<A, D>>,
        SX: Slot<Array<A, D>>,
        SD: Slot<Array<A, D>>,
    {
        x_bar.add(|| out_bar);
        x_bar_dot.add(|| out_bar_dot);
    }
}

/// The derivative of `x.into()` for an array `x` that becomes another type of array.
pub trait IntoArray<A: Real, D: Dimension>: ArrayLike<A, D> + Sized {
    /// The same array. Returns the value and its tangent.
    fn __into_jvp<U: From<Self>, DX: TangentArg<Array<A, D>>>(
        self,
        self_dot: DX,
    ) -> (U, Array<A, D>) {
        let dot = match self_dot.get() {
            Some(dot) => dot.to_owned(),
            None => self.zero_tangent(),
        };
        (self.into(), dot)
    }
}
impl<A: Real, D: Dimension, T: ArrayLike<A, D>> IntoArray<A, D> for T {}

extension! {
    /// The adjoint of `x.into()` for an array `x` that becomes another type of array.
    IntoArrayAdjoint [A, D] [A: Real, D: Dimension + 'static] for ArrayRef<A, D>;

    /// The same array: `x̄ += ȳ`.
    fn __into_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }
    /// The same array: `x̄ += ȳ`, and so their tangents.
    fn __into_adjoint_jvp[DX: TangentArg<Array<A, D>>, SX: Slot<Array<A, D>>, SD: Slot<Array<A, D>>](
        &self, _dot: DX, out_bar: Array<A, D>, out_bar_dot: Array<A, D>, self_bar: SX, self_bar_dot: SD
    ) {
        add_back(self_bar, self, || out_bar);
        add_back(self_bar_dot, self, || out_bar_dot);
    }
}
