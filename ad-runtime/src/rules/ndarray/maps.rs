//! The rules of maps with a closure: `map`, `mapv`, `mapv_into`, `mapv_into_any`, `map_inplace`, `mapv_inplace`.
//!
//! The derivative of the closure is a closure again, which the caller supplies: the tangent half takes one from an
//! element and its tangent to the result and its tangent, the adjoint half a pullback from an element
//! and the cotangent of the result to the cotangent of the element. Cotangents of captured variables are the closure's own.
//! Elements need only be differentiable: arrays of integers and of structs can be mapped as well.

use super::shapes::{require_same_shape, require_shape};
use crate::slot::{Slot, SlotMut, TangentArg};
use crate::{Differentiable, Tangent};
use ndarray::{Array, ArrayRef, ArrayView, Dimension, ShapeBuilder, Zip};
use std::cell::Cell;

/// The derivatives of `mapv` and its like, whose closures take elements by value.
///
/// All methods panic when a tangent or cotangent has another shape than the array.
pub trait MapvMethods<A: Differentiable + Clone, D: Dimension> {
    /// `y = x.mapv(f)`. Returns `y` and `ẏ`; `f` takes `(xᵢ, ẋᵢ)` to `(yᵢ, ẏᵢ)`.
    fn __mapv_jvp<B, Y, F, DX>(&self, f: F, self_dot: DX) -> (Array<B, D>, Array<Y, D>)
    where
        F: FnMut(A, A::Tangent) -> (B, Y),
        DX: TangentArg<Array<A::Tangent, D>>;

    /// `y = x.mapv(f)`. Adds `x̄ᵢ`, to which `pullback` takes `(xᵢ, ȳᵢ)`.
    ///
    /// The pullback is called for every element even if the slot is inactive: it may have cotangents of its own.
    fn __mapv_adjoint<Y: Clone, F, SX>(&self, pullback: F, out_bar: Array<Y, D>, self_bar: SX)
    where
        F: FnMut(A, Y) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>;

    /// `x.mapv_into(f)`, as [`Self::__mapv_jvp`].
    #[track_caller]
    fn __mapv_into_jvp<F, DX>(&self, f: F, self_dot: DX) -> (Array<A, D>, Array<A::Tangent, D>)
    where
        F: FnMut(A, A::Tangent) -> (A, A::Tangent),
        DX: TangentArg<Array<A::Tangent, D>>,
    {
        self.__mapv_jvp(f, self_dot)
    }

    /// `x.mapv_into(f)`, as [`Self::__mapv_adjoint`].
    #[track_caller]
    fn __mapv_into_adjoint<F, SX>(&self, pullback: F, out_bar: Array<A::Tangent, D>, self_bar: SX)
    where
        F: FnMut(A, A::Tangent) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>,
    {
        self.__mapv_adjoint(pullback, out_bar, self_bar);
    }

    /// `x.mapv_into_any(f)`, as [`Self::__mapv_jvp`].
    #[track_caller]
    fn __mapv_into_any_jvp<B, Y, F, DX>(&self, f: F, self_dot: DX) -> (Array<B, D>, Array<Y, D>)
    where
        F: FnMut(A, A::Tangent) -> (B, Y),
        DX: TangentArg<Array<A::Tangent, D>>,
    {
        self.__mapv_jvp(f, self_dot)
    }

    /// `x.mapv_into_any(f)`, as [`Self::__mapv_adjoint`].
    #[track_caller]
    fn __mapv_into_any_adjoint<Y: Clone, F, SX>(
        &self,
        pullback: F,
        out_bar: Array<Y, D>,
        self_bar: SX,
    ) where
        F: FnMut(A, Y) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>,
    {
        self.__mapv_adjoint(pullback, out_bar, self_bar);
    }

    /// `x.mapv_inplace(f)`. Changes `x` and `ẋ` in place; `f` takes `(xᵢ, ẋᵢ)` to their new values.
    fn __mapv_inplace_jvp<F, DX>(&mut self, f: F, self_dot: DX)
    where
        F: FnMut(A, A::Tangent) -> (A, A::Tangent),
        DX: SlotMut<Array<A::Tangent, D>>;

    /// `x.mapv_inplace(f)`. `self` is `x` before the call; turns the cotangent after the call into
    /// that before it. `pullback` takes `(xᵢ, x̄ᵢ)` to the earlier `x̄ᵢ`.
    fn __mapv_inplace_adjoint<F, SX>(&self, pullback: F, self_bar: SX)
    where
        F: FnMut(A, A::Tangent) -> A::Tangent,
        SX: SlotMut<Array<A::Tangent, D>>;
}

/// The derivatives of `map` and `map_inplace`, whose closures take elements by reference.
///
/// All methods panic when a tangent or cotangent has another shape than the array.
pub trait MapMethods<A: Differentiable, D: Dimension> {
    /// `y = x.map(f)`. Returns `y` and `ẏ`; `f` takes `(xᵢ, ẋᵢ)` to `(yᵢ, ẏᵢ)`.
    fn __map_jvp<B, Y, F, DX>(&self, f: F, self_dot: DX) -> (Array<B, D>, Array<Y, D>)
    where
        F: FnMut(&A, &A::Tangent) -> (B, Y),
        DX: TangentArg<Array<A::Tangent, D>>;

    /// `y = x.map(f)`. Adds `x̄ᵢ`, to which `pullback` takes `(xᵢ, ȳᵢ)`.
    fn __map_adjoint<Y: Clone, F, SX>(&self, pullback: F, out_bar: Array<Y, D>, self_bar: SX)
    where
        F: FnMut(&A, Y) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>;

    /// `x.map_inplace(f)`. `f` changes an element and its tangent.
    fn __map_inplace_jvp<F, DX>(&mut self, f: F, self_dot: DX)
    where
        F: FnMut(&mut A, &mut A::Tangent),
        DX: SlotMut<Array<A::Tangent, D>>;

    /// `x.map_inplace(f)`. `self` is `x` before the call; `pullback` takes an element and turns its
    /// cotangent after the call into that before it.
    fn __map_inplace_adjoint<F, SX>(&self, pullback: F, self_bar: SX)
    where
        F: FnMut(&A, &mut A::Tangent),
        SX: SlotMut<Array<A::Tangent, D>>;
}

/// Maps elements and tangents to two arrays, in the memory order of `x`.
#[track_caller]
fn map_both<A: Differentiable, B, Y, D: Dimension>(
    x: &ArrayRef<A, D>,
    dot: Option<ArrayView<'_, A::Tangent, D>>,
    mut f: impl FnMut(&A, &A::Tangent) -> (B, Y),
) -> (Array<B, D>, Array<Y, D>) {
    let mut values = Vec::with_capacity(x.len());
    let mut dots = Vec::with_capacity(x.len());
    let mut push = |x: &A, dot: &A::Tangent| {
        let (value, dot) = f(x, dot);
        values.push(value);
        dots.push(dot);
    };
    // An array in column-major order is walked as its transpose, in row-major order.
    let columns = !x.is_standard_layout() && x.t().is_standard_layout();
    let in_order = if columns { x.t() } else { x.view() };
    match dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            let dot = if columns { dot.reversed_axes() } else { dot };
            in_order.iter().zip(&dot).for_each(|(x, dot)| push(x, dot));
        }
        None => in_order.iter().for_each(|x| push(x, &x.zero_tangent())),
    }
    let shape = || x.raw_dim().set_f(columns);
    let fits = "one result per element";
    (
        Array::from_shape_vec(shape(), values).expect(fits),
        Array::from_shape_vec(shape(), dots).expect(fits),
    )
}

/// Adds `pullback(xᵢ, ȳᵢ)` to the cotangent of every element. The pullback runs in any case, even if
/// nobody wants the cotangent of the array: it may add to cotangents of its own.
#[track_caller]
fn pull_back<A: Differentiable, Y: Clone, D: Dimension + 'static>(
    x: &ArrayRef<A, D>,
    out_bar: Array<Y, D>,
    mut slot: impl Slot<Array<A::Tangent, D>>,
    pullback: impl FnMut(&A, Y) -> A::Tangent,
) where
    A::Tangent: 'static,
{
    require_shape(out_bar.shape(), x.shape());
    // The slot calls one closure or none; whichever it is takes the pullback.
    let pullback = Cell::new(Some(pullback));
    slot.update(
        |into| {
            require_same_shape(&into, x);
            let Some(mut pullback) = pullback.take() else {
                return;
            };
            Zip::from(into).and(x).and(&out_bar).for_each(|into, x, bar| {
                A::Tangent::accumulate(into.tangent_mut(), pullback(x, bar.clone()));
            });
        },
        || {
            let mut pullback = pullback.take().expect("a slot calls one closure once");
            Zip::from(x).and(&out_bar).map_collect(|x, bar| pullback(x, bar.clone()))
        },
    );
    if let Some(mut pullback) = pullback.take() {
        Zip::from(x).and(&out_bar).for_each(|x, bar| drop(pullback(x, bar.clone())));
    }
}

impl<A: Differentiable + Clone, D: Dimension> MapvMethods<A, D> for ArrayRef<A, D>
where
    A::Tangent: 'static,
    D: 'static,
{
    #[track_caller]
    fn __mapv_jvp<B, Y, F, DX>(&self, mut f: F, self_dot: DX) -> (Array<B, D>, Array<Y, D>)
    where
        F: FnMut(A, A::Tangent) -> (B, Y),
        DX: TangentArg<Array<A::Tangent, D>>,
    {
        map_both(self, self_dot.get(), |x, dot| f(x.clone(), dot.clone()))
    }

    #[track_caller]
    fn __mapv_adjoint<Y: Clone, F, SX>(&self, mut pullback: F, out_bar: Array<Y, D>, self_bar: SX)
    where
        F: FnMut(A, Y) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>,
    {
        pull_back(self, out_bar, self_bar, |x, bar| pullback(x.clone(), bar));
    }

    #[track_caller]
    fn __mapv_inplace_jvp<F, DX>(&mut self, mut f: F, self_dot: DX)
    where
        F: FnMut(A, A::Tangent) -> (A, A::Tangent),
        DX: SlotMut<Array<A::Tangent, D>>,
    {
        self.__map_inplace_jvp(|x, dot| (*x, *dot) = f(x.clone(), dot.clone()), self_dot);
    }

    #[track_caller]
    fn __mapv_inplace_adjoint<F, SX>(&self, mut pullback: F, self_bar: SX)
    where
        F: FnMut(A, A::Tangent) -> A::Tangent,
        SX: SlotMut<Array<A::Tangent, D>>,
    {
        self.__map_inplace_adjoint(|x, bar| *bar = pullback(x.clone(), bar.clone()), self_bar);
    }
}

impl<A: Differentiable, D: Dimension> MapMethods<A, D> for ArrayRef<A, D>
where
    A::Tangent: 'static,
    D: 'static,
{
    #[track_caller]
    fn __map_jvp<B, Y, F, DX>(&self, f: F, self_dot: DX) -> (Array<B, D>, Array<Y, D>)
    where
        F: FnMut(&A, &A::Tangent) -> (B, Y),
        DX: TangentArg<Array<A::Tangent, D>>,
    {
        map_both(self, self_dot.get(), f)
    }

    #[track_caller]
    fn __map_adjoint<Y: Clone, F, SX>(&self, pullback: F, out_bar: Array<Y, D>, self_bar: SX)
    where
        F: FnMut(&A, Y) -> A::Tangent,
        SX: Slot<Array<A::Tangent, D>>,
    {
        pull_back(self, out_bar, self_bar, pullback);
    }

    #[track_caller]
    fn __map_inplace_jvp<F, DX>(&mut self, mut f: F, mut self_dot: DX)
    where
        F: FnMut(&mut A, &mut A::Tangent),
        DX: SlotMut<Array<A::Tangent, D>>,
    {
        match self_dot.get() {
            Some(dot) => {
                require_same_shape(&dot, self);
                Zip::from(self).and(dot).for_each(f);
            }
            None => self.map_inplace(|x| {
                let mut dot = x.zero_tangent();
                f(x, &mut dot);
            }),
        }
    }

    #[track_caller]
    fn __map_inplace_adjoint<F, SX>(&self, pullback: F, mut self_bar: SX)
    where
        F: FnMut(&A, &mut A::Tangent),
        SX: SlotMut<Array<A::Tangent, D>>,
    {
        if let Some(bar) = self_bar.get() {
            require_same_shape(&bar, self);
            Zip::from(self).and(bar).for_each(pullback);
        }
    }
}
