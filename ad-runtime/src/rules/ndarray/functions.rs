//! The rules of ndarray's free functions. `ndarray::stack(..)` has `functions::stack::__jvp(..)` and
//! `functions::stack::__adjoint(..)`; the other names likewise.

use super::shapes::{copy, require_same_shape, require_shape};
use crate::Real;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use ndarray::{Array, Array1, Array2, ArrayView, Axis, Dimension, RemoveAxis, ShapeError};

mod linear;

pub use linear::{general_mat_mul, general_mat_vec_mul, kron};

/// A struct without fields beside each function, of the same name, that holds its derivatives.
macro_rules! namespaces {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {}
    )*};
}
use namespaces;

namespaces! {
    /// The derivatives of [`ndarray::arr1`].
    arr1;
    /// The derivatives of [`ndarray::arr2`].
    arr2;
    /// The derivatives of [`ndarray::stack()`].
    stack;
    /// The derivatives of [`ndarray::concatenate()`].
    concatenate;
}

#[ad_macros::second_order(linear)]
impl arr1 {
    /// The vector with the elements of `xs`. Returns the value and its tangent.
    #[track_caller]
    pub fn __jvp<A: Real, DX: TangentArg<Vec<A>>>(xs: &[A], xs_dot: DX) -> (Array1<A>, Array1<A>) {
        let dot = match xs_dot.get() {
            Some(dot) => {
                require_shape(&[dot.len()], &[xs.len()]);
                ndarray::arr1(dot)
            }
            None => Array1::zeros(xs.len()),
        };
        (ndarray::arr1(xs), dot)
    }

    /// The vector with the elements of `xs`: adds their cotangents.
    #[track_caller]
    pub fn __adjoint<A: Real, SX: Slot<Vec<A>>>(xs: &[A], out_bar: Array1<A>, mut xs_bar: SX) {
        require_shape(out_bar.shape(), &[xs.len()]);
        xs_bar.add(|| out_bar.to_vec());
    }
}

#[ad_macros::second_order(linear)]
impl arr2 {
    /// The matrix with the rows `xs`. Returns the value and its tangent.
    #[track_caller]
    pub fn __jvp<A: Real, const N: usize, DX: TangentArg<Vec<[A; N]>>>(
        xs: &[[A; N]],
        xs_dot: DX,
    ) -> (Array2<A>, Array2<A>) {
        let dot = match xs_dot.get() {
            Some(dot) => {
                require_shape(&[dot.len(), N], &[xs.len(), N]);
                ndarray::arr2(dot)
            }
            None => Array2::zeros((xs.len(), N)),
        };
        (ndarray::arr2(xs), dot)
    }

    /// The matrix with the rows `xs`: adds the rows of the cotangent.
    #[track_caller]
    pub fn __adjoint<A: Real, const N: usize, SX: Slot<Vec<[A; N]>>>(
        xs: &[[A; N]],
        out_bar: Array2<A>,
        mut xs_bar: SX,
    ) {
        require_shape(out_bar.shape(), &[xs.len(), N]);
        xs_bar.add(|| {
            let rows = out_bar.rows().into_iter();
            rows.map(|row| std::array::from_fn(|j| row[j])).collect()
        });
    }
}

/// The tangents of several arrays, as views; zeros where there are none.
#[track_caller]
fn tangents<A: Real, D: Dimension>(
    arrays: &[ArrayView<'_, A, D>],
    dots: Option<&[Array<A, D>]>,
) -> Vec<Array<A, D>> {
    match dots {
        Some(dots) => {
            require_shape(&[dots.len()], &[arrays.len()]);
            arrays.iter().zip(dots).for_each(|(array, dot)| require_same_shape(dot, array));
            dots.to_vec()
        }
        None => arrays.iter().map(|array| Array::zeros(array.raw_dim())).collect(),
    }
}

/// Adds to the cotangent of each of several arrays the part that `part` takes for it out of the
/// cotangent of the result.
#[track_caller]
fn add_parts<'a, A: Real, D: Dimension + 'static>(
    arrays: &[ArrayView<'_, A, D>],
    mut slot: impl Slot<Vec<Array<A, D>>>,
    parts: impl Iterator<Item = ArrayView<'a, A, D>>,
) {
    let parts = std::cell::Cell::new(Some(parts));
    let parts = || arrays.iter().zip(parts.take().expect("a slot calls one closure once"));
    slot.update(
        |into| {
            require_shape(&[into.len()], &[arrays.len()]);
            for (into, (array, part)) in into.iter_mut().zip(parts()) {
                require_same_shape(&part, array);
                require_same_shape(into, array);
                *into += &part;
            }
        },
        || {
            let owned = |(array, part): (&ArrayView<'_, A, D>, ArrayView<'_, A, D>)| {
                require_same_shape(&part, array);
                copy(&part)
            };
            parts().map(owned).collect()
        },
    );
}

#[ad_macros::second_order(linear)]
impl stack {
    /// The arrays one after another along a new axis, an error if their shapes differ. Returns the value and its tangent.
    #[allow(clippy::type_complexity)]
    #[track_caller]
    pub fn __jvp<A: Real, D, C: ConstantSlot, DX: TangentArg<Vec<Array<A, D>>>>(
        axis: Axis,
        arrays: &[ArrayView<'_, A, D>],
        _: C,
        arrays_dot: DX,
    ) -> (Result<Array<A, D::Larger>, ShapeError>, Result<Array<A, D::Larger>, ()>)
    where
        D: Dimension<Larger: RemoveAxis>,
    {
        let dots = tangents(arrays, arrays_dot.get());
        let views: Vec<_> = dots.iter().map(|dot| dot.view()).collect();
        (ndarray::stack(axis, arrays), ndarray::stack(axis, &views).map_err(|_| ()))
    }

    /// The arrays one after another along a new axis: adds to each the part of the cotangent at its index.
    #[track_caller]
    pub fn __adjoint<A: Real, D, C: ConstantSlot, SX: Slot<Vec<Array<A, D>>>>(
        axis: Axis,
        arrays: &[ArrayView<'_, A, D>],
        out_bar: Result<Array<A, D::Larger>, ()>,
        _: C,
        arrays_bar: SX,
    ) where
        D: Dimension<Larger: RemoveAxis> + 'static,
    {
        let Ok(bar) = out_bar else { return };
        require_shape(&[bar.len_of(axis)], &[arrays.len()]);
        let parts = bar.axis_iter(axis).map(|part| {
            part.into_dimensionality().expect("an axis less and an axis more are as many as before")
        });
        add_parts(arrays, arrays_bar, parts);
    }
}

#[ad_macros::second_order(linear)]
impl concatenate {
    /// The arrays one after another along `axis`, an error if their shapes do not fit. Returns the value and its tangent.
    #[allow(clippy::type_complexity)]
    #[track_caller]
    pub fn __jvp<A: Real, D: RemoveAxis, C: ConstantSlot, DX: TangentArg<Vec<Array<A, D>>>>(
        axis: Axis,
        arrays: &[ArrayView<'_, A, D>],
        _: C,
        arrays_dot: DX,
    ) -> (Result<Array<A, D>, ShapeError>, Result<Array<A, D>, ()>) {
        let dots = tangents(arrays, arrays_dot.get());
        let views: Vec<_> = dots.iter().map(|dot| dot.view()).collect();
        (ndarray::concatenate(axis, arrays), ndarray::concatenate(axis, &views).map_err(|_| ()))
    }

    /// The arrays one after another along `axis`: adds to each its part of the cotangent.
    #[track_caller]
    pub fn __adjoint<
        A: Real,
        D: RemoveAxis + 'static,
        C: ConstantSlot,
        SX: Slot<Vec<Array<A, D>>>,
    >(
        axis: Axis,
        arrays: &[ArrayView<'_, A, D>],
        out_bar: Result<Array<A, D>, ()>,
        _: C,
        arrays_bar: SX,
    ) {
        let Ok(bar) = out_bar else { return };
        let total = arrays.iter().map(|array| array.len_of(axis)).sum();
        require_shape(&[bar.len_of(axis)], &[total]);
        let mut rest = bar.view();
        let parts = arrays.iter().map(move |array| {
            let (part, behind) = rest.clone().split_at(axis, array.len_of(axis));
            rest = behind;
            part
        });
        add_parts(arrays, arrays_bar, parts);
    }
}
