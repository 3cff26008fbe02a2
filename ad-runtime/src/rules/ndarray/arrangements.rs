//! The rules of methods that show all elements of an array, or copies of them, in another arrangement.
//!
//! The tangent is arranged as the value is; the cotangent is arranged back, without a copy where the
//! memory order allows, and added.

use super::extension::extension;
use super::shapes::{add_sum, copy, require_same_shape, require_shape};
use super::slots::add_into;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use crate::{Real, variant_mismatch};
use ndarray::{
    ArcArray, Array, Array1, ArrayBase, ArrayRef, ArrayView, Axis, CowArray, Data, DataOwned,
    Dimension, IntoDimension, Ix1, IxDyn, Order, RemoveAxis, ShapeArg, ShapeError,
};

/// The tangent, and zero where there is none.
#[track_caller]
pub(super) fn owned<A: Real, D: Dimension>(
    x: &ArrayRef<A, D>,
    dot: Option<ArrayView<'_, A, D>>,
) -> Array<A, D> {
    match dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            copy(&dot)
        }
        None => Array::zeros(x.raw_dim()),
    }
}

/// Adds a cotangent that has been arranged as `x` is.
#[track_caller]
pub(super) fn add_back<A: Real, D: Dimension>(
    mut slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    back: impl FnOnce() -> Array<A, D>,
) {
    slot.add(|| {
        let back = back();
        require_same_shape(&back, x);
        back
    });
}

/// `x` in another shape of as many elements, which are counted in `order`.
#[track_caller]
fn reshaped<A: Real, D: Dimension, E: Dimension>(
    x: Array<A, D>,
    dim: E,
    order: Order,
) -> Array<A, E> {
    let expected = dim.size();
    if x.len() != expected {
        require_shape(x.shape(), dim.slice());
    }
    x.into_shape_clone((dim, order)).expect("shapes of equally many elements")
}

/// `axes` such that `x.permuted_axes(axes)` undoes `x.permuted_axes(permutation)`.
fn inverse<D: Dimension>(permutation: &D) -> D {
    let mut inverse = D::zeros(permutation.ndim());
    for axis in 0..permutation.ndim() {
        inverse[permutation[axis]] = axis;
    }
    inverse
}

#[inline]
pub(super) fn same_axes<A, D: Dimension, E: Dimension>(x: Array<A, D>) -> Array<A, E> {
    x.into_dimensionality().expect("an axis less and an axis more are as many as before")
}

extension! {
    /// The derivatives of methods that borrow an array and show or copy all of it.
    ///
    /// Each `__…_jvp` returns the value and its tangent, each `__…_adjoint` adds the cotangent of the array; all
    /// panic when a tangent or cotangent has another shape than its value.
    #[ad_macros::second_order(linear)]
    ArrangementMethods [A, D] [A: Real, D: Dimension + 'static] for ArrayRef<A, D>;

    /// `xᵀ`, the axes in reverse order.
    fn __t_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (ArrayView<'_, A, D>, Array<A, D>) {
        (self.t(), owned(self, self_dot.get()).reversed_axes())
    }
    /// `xᵀ`: `x̄ += ȳᵀ`.
    fn __t_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar.reversed_axes());
    }

    /// The array itself.
    fn __view_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (ArrayView<'_, A, D>, Array<A, D>) {
        (self.view(), owned(self, self_dot.get()))
    }
    /// The array itself: `x̄ += ȳ`.
    fn __view_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }

    /// A copy.
    fn __to_owned_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (Array<A, D>, Array<A, D>) {
        (self.to_owned(), owned(self, self_dot.get()))
    }
    /// A copy: `x̄ += ȳ`.
    fn __to_owned_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }

    /// The array in row-major order, copied if need be.
    fn __as_standard_layout_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (CowArray<'_, A, D>, Array<A, D>) {
        (self.as_standard_layout(), owned(self, self_dot.get()))
    }
    /// The array in row-major order: `x̄ += ȳ`.
    fn __as_standard_layout_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }

    /// The same elements in another shape, copied if need be.
    fn __to_shape_jvp[E: ShapeArg, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        &self, shape: E, self_dot: DX, _: C
    ) -> (Result<CowArray<'_, A, E::Dim>, ShapeError>, Result<Array<A, E::Dim>, ()>) {
        let (dim, order) = shape.into_shape_and_order();
        let order = order.unwrap_or(Order::RowMajor);
        let value = self.to_shape((dim.clone(), order));
        let dot = value.as_ref().map(|_| reshaped(owned(self, self_dot.get()), dim, order)).map_err(|_| ());
        (value, dot)
    }
    /// The same elements in another shape: adds the cotangent in the old one.
    fn __to_shape_adjoint[E: ShapeArg, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, shape: E, out_bar: Result<Array<A, E::Dim>, ()>, self_bar: SX, _: C
    ) {
        let order = shape.into_shape_and_order().1.unwrap_or(Order::RowMajor);
        if let Ok(bar) = out_bar {
            add_back(self_bar, self, || reshaped(bar, self.raw_dim(), order));
        }
    }

    /// The elements in row-major order as a vector, copied if need be.
    fn __flatten_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (CowArray<'_, A, Ix1>, Array1<A>) {
        (self.flatten(), reshaped(owned(self, self_dot.get()), Ix1(self.len()), Order::RowMajor))
    }
    /// The elements in row-major order: adds the cotangent in the old shape.
    fn __flatten_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array1<A>, self_bar: SX) {
        add_back(self_bar, self, || reshaped(out_bar, self.raw_dim(), Order::RowMajor));
    }

    /// The array repeated to shape `dim`, `None` if that is impossible.
    fn __broadcast_jvp[E: IntoDimension, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        &self, dim: E, self_dot: DX, _: C
    ) -> (Option<ArrayView<'_, A, E::Dim>>, Option<Array<A, E::Dim>>) {
        let value = self.broadcast(dim);
        let dot = value.as_ref().map(|value| {
            let mut dot = Array::zeros(value.raw_dim());
            dot.assign(&owned(self, self_dot.get()));
            dot
        });
        (value, dot)
    }
    /// The array repeated to shape `dim`: adds the sum over the axes along which it was repeated.
    fn __broadcast_adjoint[E: IntoDimension, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, dim: E, out_bar: Option<Array<A, E::Dim>>, self_bar: SX, _: C
    ) {
        match (out_bar, self.broadcast(dim)) {
            (Some(bar), Some(out)) => {
                require_same_shape(&bar, &out);
                add_into(self_bar, self, |into| add_sum(into, &bar, |bar| bar));
            }
            (None, None) => {}
            (Some(_), None) => variant_mismatch("None", "Some"),
            (None, Some(_)) => variant_mismatch("Some", "None"),
        }
    }
}

extension! {
    /// The derivative of `select`.
    #[ad_macros::second_order(linear)]
    SelectMethods [A, D] [A: Real, D: RemoveAxis + 'static] for ArrayRef<A, D>;

    /// The parts with the given indices on `axis`, one after another. Returns the value and its tangent.
    fn __select_jvp[DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot](
        &self, axis: Axis, indices: &[usize], self_dot: DX, _: C, _: E
    ) -> (Array<A, D>, Array<A, D>) {
        (self.select(axis, indices), owned(self, self_dot.get()).select(axis, indices))
    }
    /// The parts with the given indices on `axis`: adds each to the part it was copied from.
    fn __select_adjoint[SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot](
        &self, axis: Axis, indices: &[usize], out_bar: Array<A, D>, self_bar: SX, _: C, _: E
    ) {
        let mut dim = self.raw_dim();
        dim[axis.index()] = indices.len();
        require_shape(out_bar.shape(), dim.slice());
        add_into(self_bar, self, |mut into| {
            for (&index, bar) in indices.iter().zip(out_bar.axis_iter(axis)) {
                into.index_axis_mut(axis, index).zip_mut_with(&bar, |into, &bar| *into += bar);
            }
        });
    }
}

extension! {
    /// The derivative of `to_vec`.
    #[ad_macros::second_order(linear)]
    VectorMethods [A] [A: Real] for ArrayRef<A, Ix1>;

    /// The elements as a `Vec`. Returns the value and its tangent.
    fn __to_vec_jvp[DX: TangentArg<Array1<A>>](&self, self_dot: DX) -> (Vec<A>, Vec<A>) {
        (self.to_vec(), owned(self, self_dot.get()).to_vec())
    }
    /// The elements as a `Vec`: adds their cotangents.
    fn __to_vec_adjoint[SX: Slot<Array1<A>>](&self, out_bar: Vec<A>, self_bar: SX) {
        add_back(self_bar, self, || Array1::from_vec(out_bar));
    }
}

extension! {
    /// The derivatives of methods that take an array by value and arrange its elements anew.
    ///
    /// Each `__…_jvp` returns the value and its tangent, each `__…_adjoint` adds the cotangent of the array; of the
    /// array itself the latter read the shape alone.
    #[ad_macros::second_order(linear)]
    IntoMethods [A, S, D] [A: Real, S: Data<Elem = A>, D: Dimension + 'static] for ArrayBase<S, D>;

    /// `xᵀ`, the axes in reverse order.
    fn __reversed_axes_jvp[DX: TangentArg<Array<A, D>>](self, self_dot: DX) -> (ArrayBase<S, D>, Array<A, D>) {
        let dot = owned(&self, self_dot.get()).reversed_axes();
        (self.reversed_axes(), dot)
    }
    /// `xᵀ`: `x̄ += ȳᵀ`.
    fn __reversed_axes_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar.reversed_axes());
    }

    /// The axes in another order.
    fn __permuted_axes_jvp[T: IntoDimension<Dim = D>, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, axes: T, self_dot: DX, _: C
    ) -> (ArrayBase<S, D>, Array<A, D>) {
        let axes = axes.into_dimension();
        let dot = owned(&self, self_dot.get()).permuted_axes(axes.clone());
        (self.permuted_axes(axes), dot)
    }
    /// The axes in another order: adds the cotangent with the axes in the old one.
    fn __permuted_axes_adjoint[T: IntoDimension<Dim = D>, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, axes: T, out_bar: Array<A, D>, self_bar: SX, _: C
    ) {
        add_back(self_bar, self, || out_bar.permuted_axes(inverse(&axes.into_dimension())));
    }

    /// A further axis of length one.
    fn __insert_axis_jvp[DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, axis: Axis, self_dot: DX, _: C
    ) -> (ArrayBase<S, D::Larger>, Array<A, D::Larger>) {
        let dot = owned(&self, self_dot.get()).insert_axis(axis);
        (self.insert_axis(axis), dot)
    }
    /// A further axis of length one: adds the cotangent without it.
    fn __insert_axis_adjoint[SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, axis: Axis, out_bar: Array<A, D::Larger>, self_bar: SX, _: C
    ) {
        require_shape(out_bar.shape(), self.view().insert_axis(axis).shape());
        add_back(self_bar, self, || same_axes(out_bar.remove_axis(axis)));
    }

    /// The array with a dynamic number of axes.
    fn __into_dyn_jvp[DX: TangentArg<Array<A, D>>](self, self_dot: DX) -> (ArrayBase<S, IxDyn>, Array<A, IxDyn>) {
        let dot = owned(&self, self_dot.get()).into_dyn();
        (self.into_dyn(), dot)
    }
    /// The array with a dynamic number of axes: `x̄ += ȳ`.
    fn __into_dyn_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, IxDyn>, self_bar: SX) {
        require_same_shape(&out_bar, self);
        add_back(self_bar, self, || same_axes(out_bar));
    }

    /// The array as its own owner.
    fn __into_owned_jvp[DX: TangentArg<Array<A, D>>](self, self_dot: DX) -> (Array<A, D>, Array<A, D>) {
        let dot = owned(&self, self_dot.get());
        (self.into_owned(), dot)
    }
    /// The array as its own owner: `x̄ += ȳ`.
    fn __into_owned_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }

    /// The array with shared ownership, copied.
    fn __to_shared_jvp[DX: TangentArg<Array<A, D>>](&self, self_dot: DX) -> (ArcArray<A, D>, Array<A, D>) {
        (self.to_shared(), owned(self, self_dot.get()))
    }
    /// The array with shared ownership: `x̄ += ȳ`.
    fn __to_shared_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array<A, D>, self_bar: SX) {
        add_back(self_bar, self, || out_bar);
    }

    /// The same elements in another shape, an error where the memory order does not allow it.
    fn __into_shape_with_order_jvp[E: ShapeArg, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, shape: E, self_dot: DX, _: C
    ) -> (Result<ArrayBase<S, E::Dim>, ShapeError>, Result<Array<A, E::Dim>, ()>) {
        let (dim, order) = shape.into_shape_and_order();
        let order = order.unwrap_or(Order::RowMajor);
        let dot = owned(&self, self_dot.get());
        let value = self.into_shape_with_order((dim.clone(), order));
        let dot = value.as_ref().map(|_| reshaped(dot, dim, order)).map_err(|_| ());
        (value, dot)
    }
    /// The same elements in another shape: adds the cotangent in the old one.
    fn __into_shape_with_order_adjoint[E: ShapeArg, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, shape: E, out_bar: Result<Array<A, E::Dim>, ()>, self_bar: SX, _: C
    ) {
        let order = shape.into_shape_and_order().1.unwrap_or(Order::RowMajor);
        if let Ok(bar) = out_bar {
            add_back(self_bar, self, || reshaped(bar, self.raw_dim(), order));
        }
    }
}

extension! {
    /// The derivatives of methods that take an owned array by value and arrange its elements anew.
    #[ad_macros::second_order(linear)]
    IntoOwnedMethods [A, S, D] [A: Real, S: DataOwned<Elem = A>, D: Dimension + 'static] for ArrayBase<S, D>;

    /// The same elements in another shape, copied if need be. Returns the value and its tangent.
    fn __into_shape_clone_jvp[E: ShapeArg, DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, shape: E, self_dot: DX, _: C
    ) -> (Result<ArrayBase<S, E::Dim>, ShapeError>, Result<Array<A, E::Dim>, ()>) {
        let (dim, order) = shape.into_shape_and_order();
        let order = order.unwrap_or(Order::RowMajor);
        let dot = owned(&self, self_dot.get());
        let value = self.into_shape_clone((dim.clone(), order));
        let dot = value.as_ref().map(|_| reshaped(dot, dim, order)).map_err(|_| ());
        (value, dot)
    }
    /// The same elements in another shape: adds the cotangent in the old one.
    fn __into_shape_clone_adjoint[E: ShapeArg, SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, shape: E, out_bar: Result<Array<A, E::Dim>, ()>, self_bar: SX, _: C
    ) {
        let order = shape.into_shape_and_order().1.unwrap_or(Order::RowMajor);
        if let Ok(bar) = out_bar {
            add_back(self_bar, self, || reshaped(bar, self.raw_dim(), order));
        }
    }

    /// The elements in row-major order as a vector. Returns the value and its tangent.
    fn __into_flat_jvp[DX: TangentArg<Array<A, D>>](self, self_dot: DX) -> (ArrayBase<S, Ix1>, Array1<A>) {
        let dot = reshaped(owned(&self, self_dot.get()), Ix1(self.len()), Order::RowMajor);
        (self.into_flat(), dot)
    }
    /// The elements in row-major order: adds the cotangent in the old shape.
    fn __into_flat_adjoint[SX: Slot<Array<A, D>>](&self, out_bar: Array1<A>, self_bar: SX) {
        add_back(self_bar, self, || reshaped(out_bar, self.raw_dim(), Order::RowMajor));
    }
}

extension! {
    /// The derivatives of methods that take an array by value and leave out an axis.
    #[ad_macros::second_order(linear)]
    RemoveAxisMethods [A, S, D] [A: Real, S: Data<Elem = A>, D: RemoveAxis + 'static] for ArrayBase<S, D>;

    /// The part with index 0 on `axis`. Returns the value and its tangent.
    fn __remove_axis_jvp[DX: TangentArg<Array<A, D>>, C: ConstantSlot](
        self, axis: Axis, self_dot: DX, _: C
    ) -> (ArrayBase<S, D::Smaller>, Array<A, D::Smaller>) {
        let dot = owned(&self, self_dot.get()).remove_axis(axis);
        (self.remove_axis(axis), dot)
    }
    /// The part with index 0 on `axis`: adds the cotangent there.
    fn __remove_axis_adjoint[SX: Slot<Array<A, D>>, C: ConstantSlot](
        &self, axis: Axis, out_bar: Array<A, D::Smaller>, self_bar: SX, _: C
    ) {
        require_shape(out_bar.shape(), self.raw_dim().remove_axis(axis).slice());
        add_into(self_bar, self, |mut into| {
            into.index_axis_mut(axis, 0).zip_mut_with(&out_bar, |into, &bar| *into += bar);
        });
    }
}
