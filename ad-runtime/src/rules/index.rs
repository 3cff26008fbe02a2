//! Elements of a user's type: `m[(i, j)]`.

use crate::slot::Inactive;

/// The part of a tangent that belongs to the element at `index` of the value `primal`.
///
/// `#[differentiate]` on `impl Index<I> for S` implements it for the tangent of `S`: the place that the body of
/// `index` refers to, of the tangent. The value says what the tangent has not, such as a number of columns.
pub trait TangentIndex<P: ?Sized, I> {
    /// The tangent of the element.
    type Part: ?Sized;
    /// The tangent of the element at `index` of `primal`.
    fn __part(&self, primal: &P, index: I) -> &Self::Part;
}

/// As [`TangentIndex`], for cotangents that are added to.
pub trait TangentIndexMut<P: ?Sized, I>: TangentIndex<P, I> {
    /// The cotangent of the element at `index` of `primal`.
    fn __part_mut(&mut self, primal: &P, index: I) -> &mut Self::Part;
}

impl<P: ?Sized, I> TangentIndex<P, I> for Inactive {
    type Part = Inactive;
    #[inline(always)]
    fn __part(&self, _: &P, _: I) -> &Inactive {
        self
    }
}

impl<P: ?Sized, I> TangentIndexMut<P, I> for Inactive {
    #[inline(always)]
    fn __part_mut(&mut self, _: &P, _: I) -> &mut Inactive {
        self
    }
}

#[cfg(feature = "ndarray")]
mod arrays {
    use super::{TangentIndex, TangentIndexMut};
    use ndarray::{ArrayRef, Dimension, NdIndex};

    impl<A, D: Dimension, P: ?Sized, I: NdIndex<D>> TangentIndex<P, I> for ArrayRef<A, D> {
        type Part = A;
        #[inline(always)]
        fn __part(&self, _: &P, index: I) -> &A {
            &self[index]
        }
    }

    impl<A, D: Dimension, P: ?Sized, I: NdIndex<D>> TangentIndexMut<P, I> for ArrayRef<A, D> {
        #[inline(always)]
        fn __part_mut(&mut self, _: &P, index: I) -> &mut A {
            &mut self[index]
        }
    }
}
