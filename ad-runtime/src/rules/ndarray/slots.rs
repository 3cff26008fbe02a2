//! How an elementwise rule hands its cotangent to the slots of its operands.

use super::shapes::{add_sum, add_sum2, add_sum3, broadcast, require_same_shape, require_shape};
use crate::Number;
use crate::slot::Slot;
use ndarray::{Array, ArrayRef, ArrayViewMut, Dimension, Zip};
use std::cell::Cell;

/// The cotangent of a result, whose buffer the last operand to be served may take over.
///
/// `Slot::update` takes two closures of which it calls one; the cell lets both of them own the array.
pub(super) struct OutBar<A, O>(Cell<Option<Array<A, O>>>);

impl<A: Number, O: Dimension> OutBar<A, O> {
    /// The cotangent `bar` of a result of shape `dim`.
    ///
    /// # Panics
    /// When `bar` has another shape.
    #[inline]
    #[track_caller]
    pub(super) fn new(bar: Array<A, O>, dim: &O) -> Self {
        require_shape(bar.shape(), dim.slice());
        OutBar(Cell::new(Some(bar)))
    }

    /// The cotangent.
    #[inline]
    pub(super) fn get(&mut self) -> &Array<A, O> {
        self.0.get_mut().as_ref().expect("the cotangent has been taken over")
    }

    /// Runs `f` on the cotangent without taking it over.
    #[inline]
    fn with<R>(&self, f: impl FnOnce(&Array<A, O>) -> R) -> R {
        let bar = self.0.take().expect("the cotangent has been taken over");
        let result = f(&bar);
        self.0.set(Some(bar));
        result
    }

    /// Adds `Σ f(bar)` to the cotangent of an operand of shape `shape`, summed over the axes along which it was broadcast.
    /// `last`: nobody needs this cotangent afterwards.
    #[inline]
    #[track_caller]
    pub(super) fn add_to_shape<D: Dimension + 'static, S: Slot<Array<A, D>>>(
        &self,
        mut slot: S,
        shape: &D,
        last: bool,
        f: impl Fn(A) -> A + Copy,
    ) {
        if !S::ACTIVE {
            return;
        }
        slot.update(
            |into| {
                require_shape(into.shape(), shape.slice());
                self.with(|bar| add_sum(into, bar, f));
            },
            || {
                let bar = self.0.take().expect("the cotangent has been taken over");
                if bar.shape() != shape.slice() {
                    let mut sum = Array::zeros(shape.clone());
                    add_sum(sum.view_mut(), &bar, f);
                    self.0.set(Some(bar));
                    sum
                } else if last {
                    same_axes(bar.mapv_into(f))
                } else {
                    let fresh = same_axes(bar.mapv(f));
                    self.0.set(Some(bar));
                    fresh
                }
            },
        );
    }

    /// [`Self::add_to_shape`] for an operand that is there.
    #[inline]
    #[track_caller]
    pub(super) fn add_to<D: Dimension + 'static, S: Slot<Array<A, D>>>(
        &self,
        slot: S,
        operand: &ArrayRef<A, D>,
        last: bool,
        f: impl Fn(A) -> A + Copy,
    ) {
        self.add_to_shape(slot, &operand.raw_dim(), last, f);
    }

    /// Adds `Σ f(bar, x)` to the cotangent of `operand`, where `x` is broadcast to the result's shape
    /// and the sum is over the axes along which `operand` was.
    #[inline]
    #[track_caller]
    pub(super) fn add_to2<D: Dimension + 'static, E: Dimension, S: Slot<Array<A, D>>>(
        &self,
        mut slot: S,
        operand: &ArrayRef<A, D>,
        x: &ArrayRef<A, E>,
        last: bool,
        f: impl Fn(A, A) -> A + Copy,
    ) {
        if !S::ACTIVE {
            return;
        }
        slot.update(
            |into| {
                require_same_shape(&into, operand);
                self.with(|bar| add_sum2(into, bar, x, f));
            },
            || {
                let mut bar = self.0.take().expect("the cotangent has been taken over");
                if bar.shape() != operand.shape() {
                    let mut sum = Array::zeros(operand.raw_dim());
                    add_sum2(sum.view_mut(), &bar, x, f);
                    self.0.set(Some(bar));
                    sum
                } else if last {
                    bar.zip_mut_with(x, |bar, &x| *bar = f(*bar, x));
                    same_axes(bar)
                } else {
                    let x = broadcast(x, bar.raw_dim());
                    let fresh = Zip::from(&bar).and(x).map_collect(|&bar, &x| f(bar, x));
                    self.0.set(Some(bar));
                    same_axes(fresh)
                }
            },
        );
    }

    /// Adds `Σ f(bar, x, y)` to the cotangent of `operand`, likewise. Nobody needs this cotangent afterwards.
    #[inline]
    #[track_caller]
    pub(super) fn add_to3<D, E, F, S: Slot<Array<A, D>>>(
        self,
        mut slot: S,
        operand: &ArrayRef<A, D>,
        x: &ArrayRef<A, E>,
        y: &ArrayRef<A, F>,
        f: impl Fn(A, A, A) -> A + Copy,
    ) where
        D: Dimension + 'static,
        E: Dimension,
        F: Dimension,
    {
        slot.update(
            |into| {
                require_same_shape(&into, operand);
                self.with(|bar| add_sum3(into, bar, x, y, f));
            },
            || {
                let mut bar = self.0.take().expect("the cotangent has been taken over");
                if bar.shape() != operand.shape() {
                    let mut sum = Array::zeros(operand.raw_dim());
                    add_sum3(sum.view_mut(), &bar, x, y, f);
                    return sum;
                }
                Zip::from(&mut bar)
                    .and_broadcast(x)
                    .and_broadcast(y)
                    .for_each(|bar, &x, &y| *bar = f(*bar, x, y));
                same_axes(bar)
            },
        );
    }
}

/// Adds with `add` to the cotangent of `operand`, which starts as zero where there is none yet.
#[inline]
#[track_caller]
pub(super) fn add_into<A: Number, D: Dimension + 'static, S: Slot<Array<A, D>>>(
    mut slot: S,
    operand: &ArrayRef<A, D>,
    add: impl FnOnce(ArrayViewMut<'_, A, D>),
) {
    let add = Cell::new(Some(add));
    let run = |into: ArrayViewMut<'_, A, D>| {
        let add = add.take().expect("a slot calls one closure once");
        add(into);
    };
    slot.update(
        |into| {
            require_same_shape(&into, operand);
            run(into);
        },
        || {
            let mut fresh = Array::zeros(operand.raw_dim());
            run(fresh.view_mut());
            fresh
        },
    );
}

#[inline]
fn same_axes<A, O: Dimension, D: Dimension>(array: Array<A, O>) -> Array<A, D> {
    array.into_dimensionality().expect("equal shapes have equally many axes")
}
