//! How an elementwise rule hands its cotangent to the slots of its operands.
//!
//! What is done element by element stands in functions without slots: a loop is compiled once per type of its
//! closure, and the type of a closure names every generic parameter of the function that it stands in.

use super::shapes::{add_sum, add_sum2, add_sum3, broadcast, require_same_shape, require_shape};
use crate::Number;
use crate::slot::Slot;
use ndarray::{Array, ArrayRef, ArrayViewMut, Dimension, Zip};
use std::cell::Cell;

/// A cotangent made of that of a result, and the latter where it is still there.
type Made<A, D, O> = (Array<A, D>, Option<Array<A, O>>);

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

    /// A cotangent that `f` makes of this one. `f` gives this one back where it did not take it over.
    #[inline]
    fn make<D>(&self, f: impl FnOnce(Array<A, O>) -> Made<A, D, O>) -> Array<A, D> {
        let bar = self.0.take().expect("the cotangent has been taken over");
        let (made, bar) = f(bar);
        self.0.set(bar);
        made
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
            || self.make(|bar| fresh(bar, shape, last, f)),
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
            || self.make(|bar| fresh2(bar, operand, x, last, f)),
        );
    }

    /// Adds `f(bar, x)` to the cotangent of the operand `x` of an elementwise function, which has the result's shape.
    /// Nobody needs this cotangent afterwards.
    #[inline]
    #[track_caller]
    pub(super) fn add_same(
        self,
        mut slot: impl Slot<Array<A, O>>,
        x: &ArrayRef<A, O>,
        f: impl Fn(A, A) -> A + Copy,
    ) where
        O: 'static,
    {
        slot.update(
            |into| {
                require_same_shape(&into, x);
                self.with(|bar| add_same(into, bar, x, f));
            },
            || self.make(|bar| (scaled(bar, x, f), None)),
        );
    }

    /// Adds `f(bar, x, y)` to the cotangent of the operand `x`, likewise, where `y` is the result.
    #[inline]
    #[track_caller]
    pub(super) fn add_same_with(
        self,
        mut slot: impl Slot<Array<A, O>>,
        x: &ArrayRef<A, O>,
        y: &ArrayRef<A, O>,
        f: impl Fn(A, A, A) -> A + Copy,
    ) where
        O: 'static,
    {
        slot.update(
            |into| {
                require_same_shape(&into, x);
                self.with(|bar| add_same_with(into, bar, x, y, f));
            },
            || self.make(|bar| (scaled_with(bar, x, y, f), None)),
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
            || self.make(|bar| (fresh3(bar, operand, x, y, f), None)),
        );
    }
}

/// `into += f(bar, x)` for arrays of one shape.
fn add_same<A: Number, D: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    bar: &ArrayRef<A, D>,
    x: &ArrayRef<A, D>,
    f: impl Fn(A, A) -> A,
) {
    Zip::from(into).and(bar).and(x).for_each(|into, &bar, &x| *into += f(bar, x));
}

/// `into += f(bar, x, y)`, likewise.
fn add_same_with<A: Number, D: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    bar: &ArrayRef<A, D>,
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, D>,
    f: impl Fn(A, A, A) -> A,
) {
    Zip::from(into).and(bar).and(x).and(y).for_each(|into, &bar, &x, &y| *into += f(bar, x, y));
}

/// `f(bar, x)` in the memory of `bar`.
fn scaled<A: Number, D: Dimension>(
    mut bar: Array<A, D>,
    x: &ArrayRef<A, D>,
    f: impl Fn(A, A) -> A,
) -> Array<A, D> {
    Zip::from(&mut bar).and(x).for_each(|bar, &x| *bar = f(*bar, x));
    bar
}

/// `f(bar, x, y)` in the memory of `bar`.
fn scaled_with<A: Number, D: Dimension>(
    mut bar: Array<A, D>,
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, D>,
    f: impl Fn(A, A, A) -> A,
) -> Array<A, D> {
    Zip::from(&mut bar).and(x).and(y).for_each(|bar, &x, &y| *bar = f(*bar, x, y));
    bar
}

/// `Σ f(bar)` for an operand of shape `shape`, in the memory of `bar` where it is the `last` one.
fn fresh<A: Number, D: Dimension, O: Dimension>(
    bar: Array<A, O>,
    shape: &D,
    last: bool,
    f: impl Fn(A) -> A + Copy,
) -> Made<A, D, O> {
    if bar.shape() != shape.slice() {
        let mut sum = Array::zeros(shape.clone());
        add_sum(sum.view_mut(), &bar, f);
        (sum, Some(bar))
    } else if last {
        (same_axes(bar.mapv_into(f)), None)
    } else {
        (same_axes(bar.mapv(f)), Some(bar))
    }
}

/// `Σ f(bar, x)` for an operand like `operand`, likewise.
fn fresh2<A: Number, D: Dimension, E: Dimension, O: Dimension>(
    mut bar: Array<A, O>,
    operand: &ArrayRef<A, D>,
    x: &ArrayRef<A, E>,
    last: bool,
    f: impl Fn(A, A) -> A + Copy,
) -> Made<A, D, O> {
    if bar.shape() != operand.shape() {
        let mut sum = Array::zeros(operand.raw_dim());
        add_sum2(sum.view_mut(), &bar, x, f);
        (sum, Some(bar))
    } else if last {
        bar.zip_mut_with(x, |bar, &x| *bar = f(*bar, x));
        (same_axes(bar), None)
    } else {
        let x = broadcast(x, bar.raw_dim());
        let fresh = Zip::from(&bar).and(x).map_collect(|&bar, &x| f(bar, x));
        (same_axes(fresh), Some(bar))
    }
}

/// `Σ f(bar, x, y)` for an operand like `operand`, in the memory of `bar` where that has its shape.
fn fresh3<A: Number, D: Dimension, E: Dimension, F: Dimension, O: Dimension>(
    mut bar: Array<A, O>,
    operand: &ArrayRef<A, D>,
    x: &ArrayRef<A, E>,
    y: &ArrayRef<A, F>,
    f: impl Fn(A, A, A) -> A + Copy,
) -> Array<A, D> {
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
