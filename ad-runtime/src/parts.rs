//! The parts of an array that its iterators yield, each by its number: lanes, blocks, windows, and the
//! elements of an array that is repeated to a larger shape.
//!
//! A part of the value and the same part of its cotangent are views at one number, so nothing is allocated.

use ndarray::{
    ArrayRef, ArrayView, ArrayView1, ArrayViewMut, ArrayViewMut1, Axis, Dimension, Ix1, Slice,
};

/// The parts of an array, as views.
pub trait Parts<A, D: Dimension> {
    /// How many lanes along `axis` there are.
    fn __lane_count(&self, axis: Axis) -> usize;
    /// Lane `k` along `axis`, in the logical order of the other axes.
    fn __lane(&self, axis: Axis, k: usize) -> ArrayView1<'_, A>;
    /// Block `k` of the blocks of shape `shape` that lie side by side.
    fn __block(&self, shape: &D, k: usize) -> ArrayView<'_, A, D>;
    /// Window `k` of the windows of shape `shape`, which overlap.
    fn __tile(&self, shape: &D, k: usize) -> ArrayView<'_, A, D>;
}

/// The parts of an array, as mutable views.
pub trait PartsMut<A, D: Dimension> {
    /// Lane `k` along `axis`.
    fn __lane_mut(&mut self, axis: Axis, k: usize) -> ArrayViewMut1<'_, A>;
    /// Block `k`.
    fn __block_mut(&mut self, shape: &D, k: usize) -> ArrayViewMut<'_, A, D>;
    /// Window `k`.
    fn __tile_mut(&mut self, shape: &D, k: usize) -> ArrayViewMut<'_, A, D>;
}

/// Position `k` in the logical order of an array of shape `dim`.
fn index<D: Dimension>(dim: &D, mut k: usize) -> D {
    let mut index = D::zeros(dim.ndim());
    for axis in (0..dim.ndim()).rev() {
        index[axis] = k % dim[axis];
        k /= dim[axis];
    }
    index
}

/// The lane through the position that `k` counts over all axes but `axis`.
macro_rules! lane {
    ($view:expr, $axis:expr, $k:expr) => {{
        let (mut view, axis, mut k) = ($view.into_dyn(), $axis.index(), $k);
        for other in (0..view.ndim()).rev().filter(|other| *other != axis) {
            let length = view.len_of(Axis(other));
            view.collapse_axis(Axis(other), k % length);
            k /= length;
        }
        for other in (0..view.ndim()).rev().filter(|other| *other != axis) {
            view = view.index_axis_move(Axis(other), 0);
        }
        view.into_dimensionality::<Ix1>().expect("one axis is left")
    }};
}

/// The part of shape `$shape` that starts at `$start`.
macro_rules! part {
    ($view:expr, $shape:expr, $start:expr) => {{
        let (mut view, shape, start) = ($view, $shape, $start);
        view.slice_each_axis_inplace(|axis| {
            let axis = axis.axis.index();
            Slice::from(start[axis]..start[axis] + shape[axis])
        });
        view
    }};
}

/// Where block `k` starts.
fn block_start<D: Dimension>(dim: &D, shape: &D, k: usize) -> D {
    let mut start = index(&blocks(dim, shape), k);
    (0..dim.ndim()).for_each(|axis| start[axis] *= shape[axis]);
    start
}

impl<A, D: Dimension> Parts<A, D> for ArrayRef<A, D> {
    #[inline]
    fn __lane_count(&self, axis: Axis) -> usize {
        let others = (0..self.ndim()).filter(|other| *other != axis.index());
        others.map(|other| self.len_of(Axis(other))).product()
    }

    #[inline]
    fn __lane(&self, axis: Axis, k: usize) -> ArrayView1<'_, A> {
        lane!(self.view(), axis, k)
    }

    #[inline]
    fn __block(&self, shape: &D, k: usize) -> ArrayView<'_, A, D> {
        part!(self.view(), shape, block_start(&self.raw_dim(), shape, k))
    }

    #[inline]
    fn __tile(&self, shape: &D, k: usize) -> ArrayView<'_, A, D> {
        part!(self.view(), shape, index(&tiles(&self.raw_dim(), shape), k))
    }
}

impl<A, D: Dimension> PartsMut<A, D> for ArrayRef<A, D> {
    #[inline]
    fn __lane_mut(&mut self, axis: Axis, k: usize) -> ArrayViewMut1<'_, A> {
        lane!(self.view_mut(), axis, k)
    }

    #[inline]
    fn __block_mut(&mut self, shape: &D, k: usize) -> ArrayViewMut<'_, A, D> {
        let start = block_start(&self.raw_dim(), shape, k);
        part!(self.view_mut(), shape, start)
    }

    #[inline]
    fn __tile_mut(&mut self, shape: &D, k: usize) -> ArrayViewMut<'_, A, D> {
        let start = index(&tiles(&self.raw_dim(), shape), k);
        part!(self.view_mut(), shape, start)
    }
}

/// How many blocks of shape `shape` fit on each axis side by side: what `exact_chunks` yields.
///
/// # Panics
/// Where the shapes have not equally many axes, or `shape` has one of length zero.
#[track_caller]
pub fn blocks<D: Dimension>(dim: &D, shape: &D) -> D {
    assert_eq!(dim.ndim(), shape.ndim(), "the axes of an array and of its chunks");
    let mut count = dim.clone();
    (0..dim.ndim()).for_each(|axis| count[axis] /= shape[axis]);
    count
}

/// How many windows of shape `shape` there are on each axis: what `windows` yields.
///
/// # Panics
/// Where the shapes have not equally many axes, or `shape` has one of length zero.
#[track_caller]
pub fn tiles<D: Dimension>(dim: &D, shape: &D) -> D {
    assert_eq!(dim.ndim(), shape.ndim(), "the axes of an array and of its windows");
    let mut count = dim.clone();
    for axis in 0..dim.ndim() {
        assert!(shape[axis] > 0, "a window has an axis of length zero");
        count[axis] = (dim[axis] + 1).saturating_sub(shape[axis]);
    }
    count
}

/// An array of shape `from` as if it were repeated to the shape `to`.
#[derive(Clone)]
pub struct Repeated<D, E> {
    from: D,
    to: E,
    same: bool,
}

/// How the elements of an array of shape `from` are repeated in one of shape `to`.
///
/// # Panics
/// With both shapes, where `from` does not broadcast to `to`.
#[track_caller]
pub fn repeated<D: Dimension, E: Dimension>(from: &D, to: &E) -> Repeated<D, E> {
    let lacking = to.ndim().checked_sub(from.ndim());
    let fits = lacking.is_some_and(|lacking| {
        (0..from.ndim()).all(|axis| from[axis] == 1 || from[axis] == to[axis + lacking])
    });
    assert!(fits, "an array of shape {:?} is repeated to {:?}", from.slice(), to.slice());
    Repeated { from: from.clone(), to: to.clone(), same: from.slice() == to.slice() }
}

impl<D: Dimension, E: Dimension> Repeated<D, E> {
    /// The number of elements, repeated.
    #[allow(clippy::len_without_is_empty)] // Generated code asks for the length alone.
    #[inline]
    pub fn len(&self) -> usize {
        self.to.size()
    }

    /// The position in the array of what stands at position `k` of the repeated one.
    #[inline]
    pub fn position(&self, mut k: usize) -> usize {
        if self.same {
            return k;
        }
        let (mut position, mut stride) = (0, 1);
        for axis in (0..self.to.ndim()).rev() {
            let at = k % self.to[axis];
            k /= self.to[axis];
            let Some(axis) = (axis + self.from.ndim()).checked_sub(self.to.ndim()) else { break };
            if self.from[axis] != 1 {
                position += at * stride;
            }
            stride *= self.from[axis];
        }
        position
    }
}
