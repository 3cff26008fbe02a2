//! The shape of an array without its elements: all that the pullbacks of `+` and `-` need of their operands.
//!
//! An operand that the operator consumes need not be cloned for the reverse sweep then.

use super::slots::OutBar;
use crate::slot::Slot;
use crate::{Differentiable, Real};
use ndarray::{Array, ArrayBase, ArrayRef, Data, DimMax, Dimension, Ix1};
use std::marker::PhantomData;

/// The shape of an array of elements `A`.
#[derive(Clone, Debug)]
pub struct Outline<A, D> {
    dim: D,
    element: PhantomData<fn() -> A>,
}

/// What has the shape of an array.
pub trait Outlined {
    /// An element.
    type Elem;
    /// The dimensions.
    type Dim: Dimension;
    /// The shape.
    fn dim_of(&self) -> Self::Dim;
}

impl<A, D: Dimension> Outlined for Outline<A, D> {
    type Elem = A;
    type Dim = D;
    #[inline(always)]
    fn dim_of(&self) -> D {
        self.dim.clone()
    }
}

impl<A, D: Dimension> Outlined for ArrayRef<A, D> {
    type Elem = A;
    type Dim = D;
    #[inline(always)]
    fn dim_of(&self) -> D {
        self.raw_dim()
    }
}

impl<S: Data, D: Dimension> Outlined for ArrayBase<S, D> {
    type Elem = S::Elem;
    type Dim = D;
    #[inline(always)]
    fn dim_of(&self) -> D {
        self.raw_dim()
    }
}

impl<T: Outlined + ?Sized> Outlined for &T {
    type Elem = T::Elem;
    type Dim = T::Dim;
    #[inline(always)]
    fn dim_of(&self) -> T::Dim {
        (**self).dim_of()
    }
}

impl<A: Real, D: Dimension> Differentiable for Outline<A, D> {
    type Tangent = Array<A, D>;
    #[inline]
    fn zero_tangent(&self) -> Array<A, D> {
        Array::zeros(self.dim.clone())
    }
}

/// The shape of `array`.
#[inline(always)]
pub fn outline<X: Outlined + ?Sized>(array: &X) -> Outline<X::Elem, X::Dim> {
    Outline { dim: array.dim_of(), element: PhantomData }
}

macro_rules! linear {
    ($($(#[$doc:meta])* $name:ident: $dy:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        /// When a cotangent has another shape than its operand.
        #[inline]
        #[track_caller]
        pub fn $name<A, X, Y, SX, SY>(
            x: &X,
            y: &Y,
            out_bar: Array<A, <X::Dim as DimMax<Y::Dim>>::Output>,
            x_bar: SX,
            y_bar: SY,
        ) where
            A: Real,
            X: Outlined<Elem = A, Dim: DimMax<Y::Dim> + 'static>,
            Y: Outlined<Elem = A, Dim: 'static>,
            SX: Slot<Array<A, X::Dim>>,
            SY: Slot<Array<A, Y::Dim>>,
        {
            let dim = out_bar.raw_dim();
            let bar = OutBar::new(out_bar, &dim);
            bar.add_to_shape(x_bar, &x.dim_of(), !SY::ACTIVE, std::convert::identity);
            bar.add_to_shape(y_bar, &y.dim_of(), true, $dy);
        }
    )*};
}
linear! {
    /// `z = x + y`, broadcast: `x̄ += z̄`, `ȳ += z̄`, summed over the axes along which the operand was.
    add_outline_adjoint: std::convert::identity;
    /// `z = x - y`, broadcast: `x̄ += z̄`, `ȳ -= z̄`, summed likewise.
    sub_outline_adjoint: A::neg;
}

/// `c = xᵀ x`: the cotangent `2 c̄ x`, in the memory of `x`, which nobody needs any more.
#[inline]
pub fn dot_square_taken<A: Real, S: Data<Elem = A>>(
    x: ArrayBase<S, Ix1>,
    out_bar: A,
) -> Array<A, Ix1> {
    let factor = out_bar + out_bar;
    let mut bar = x.into_owned();
    bar.mapv_inplace(|x| factor * x);
    bar
}
