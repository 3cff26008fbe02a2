//! The rules of `+ - * / %` and unary minus on arrays, with scalars and with broadcasting.
//!
//! They exist for exactly the pairs of operands for which ndarray implements the operators.

use super::shapes::{broadcast_owned, common_shape, require_same_shape, sum2};
use super::slots::OutBar;
use crate::Number;
use crate::rules::{Add, BinaryRule, Div, Mul, NegRule, Rem, Sub};
use crate::slot::{Slot, TangentArg};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, Data, DimMax, Dimension, Zip};

/// An elementwise operator `z = x ∘ y`, given by its pullback to each operand.
///
/// The derivative in `x` does not depend on `x` for any of them, which the rules make use of.
/// What the rules do to each element is a function of this trait: loops are compiled once per type of their
/// closure, which would name the slots if it stood in a rule.
pub trait Elementwise: Sized {
    /// Whether [`Elementwise::dx`] reads `y`.
    const DX_READS_Y: bool;
    /// Whether [`Elementwise::dy`] reads `x`.
    const DY_READS_X: bool;
    /// Whether [`Elementwise::dy`] reads `y`.
    const DY_READS_Y: bool;
    /// Whether the operator is linear in both operands together.
    const LINEAR: bool = !(Self::DX_READS_Y || Self::DY_READS_X || Self::DY_READS_Y);
    /// Whether the operator is linear in each operand.
    const PRODUCT: bool = Self::DX_READS_Y && Self::DY_READS_X && !Self::DY_READS_Y;
    /// `z̄ ∂z/∂x`.
    fn dx<A: Number>(bar: A, y: A) -> A;
    /// `z̄ ∂z/∂y`.
    fn dy<A: Number>(bar: A, x: A, y: A) -> A;

    /// [`Elementwise::dx`] where it does not read `y`.
    #[inline(always)]
    fn dx_alone<A: Number>(bar: A) -> A {
        Self::dx(bar, bar)
    }
    /// [`Elementwise::dx`] for one `y`.
    #[inline(always)]
    fn dx_at<A: Number>(y: A) -> impl Fn(A) -> A + Copy {
        move |bar| Self::dx(bar, y)
    }
    /// [`Elementwise::dy`] where it reads neither operand.
    #[inline(always)]
    fn dy_alone<A: Number>(bar: A) -> A {
        Self::dy(bar, bar, bar)
    }
    /// [`Elementwise::dy`] where it does not read `y`.
    #[inline(always)]
    fn dy_of_x<A: Number>(bar: A, x: A) -> A {
        Self::dy(bar, x, x)
    }
    /// [`Elementwise::dy`] for one `x`.
    #[inline(always)]
    fn dy_for<A: Number>(x: A) -> impl Fn(A, A) -> A + Copy {
        move |bar, y| Self::dy(bar, x, y)
    }
    /// [`Elementwise::dy`] for one `x`, where it does not read `y`.
    #[inline(always)]
    fn dy_alone_for<A: Number>(x: A) -> impl Fn(A) -> A + Copy {
        move |bar| Self::dy(bar, x, bar)
    }
    /// [`Elementwise::dy`] for one `y`.
    #[inline(always)]
    fn dy_at<A: Number>(y: A) -> impl Fn(A, A) -> A + Copy {
        move |bar, x| Self::dy(bar, x, y)
    }
}

macro_rules! elementwise {
    ($($op:ident: |$bar:ident, $x:ident, $y:ident| $dx:expr, $dy:expr; reads $rx:expr, $ryx:expr, $ryy:expr;)*) => {$(
        impl Elementwise for $op {
            const DX_READS_Y: bool = $rx;
            const DY_READS_X: bool = $ryx;
            const DY_READS_Y: bool = $ryy;
            #[inline(always)]
            fn dx<A: Number>($bar: A, $y: A) -> A {
                let _ = $y;
                $dx
            }
            #[inline(always)]
            fn dy<A: Number>($bar: A, $x: A, $y: A) -> A {
                let _ = ($x, $y);
                $dy
            }
        }
    )*};
}
elementwise! {
    Add: |z, x, y| z, z; reads false, false, false;
    Sub: |z, x, y| z, -z; reads false, false, false;
    Mul: |z, x, y| z * y, z * x; reads true, true, false;
    Div: |z, x, y| z / y, -(z * (x / (y * y))); reads true, true, true;
    Rem: |z, x, y| z, -(z * (x / y).trunc()); reads false, true, true;
}

/// The tangent of `x ∘ y` for arrays.
#[track_caller]
fn array_jvp<Op: Elementwise, A: Number, D, E>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
    x_dot: Option<ArrayView<'_, A, D>>,
    y_dot: Option<ArrayView<'_, A, E>>,
) -> Array<A, <D as DimMax<E>>::Output>
where
    D: Dimension + DimMax<E>,
    E: Dimension,
{
    let dim = common_shape(x, y);
    let mut out_dot = match x_dot {
        Some(x_dot) => {
            require_same_shape(&x_dot, x);
            let mut out_dot = broadcast_owned(&x_dot, dim);
            if Op::DX_READS_Y {
                out_dot.zip_mut_with(y, |out_dot, &y| *out_dot = Op::dx(*out_dot, y));
            }
            out_dot
        }
        None => Array::zeros(dim),
    };
    if let Some(y_dot) = y_dot {
        require_same_shape(&y_dot, y);
        if Op::DY_READS_Y {
            Zip::from(&mut out_dot)
                .and_broadcast(x)
                .and_broadcast(y)
                .and_broadcast(&y_dot)
                .for_each(|out_dot, &x, &y, &y_dot| *out_dot += Op::dy(y_dot, x, y));
        } else if Op::DY_READS_X {
            Zip::from(&mut out_dot)
                .and_broadcast(x)
                .and_broadcast(&y_dot)
                .for_each(|out_dot, &x, &y_dot| *out_dot += Op::dy(y_dot, x, x));
        } else {
            out_dot.zip_mut_with(&y_dot, |out_dot, &y_dot| *out_dot += Op::dy(y_dot, y_dot, y_dot));
        }
    }
    out_dot
}

/// Adds the cotangents of the arrays in `x ∘ y`.
#[inline]
#[track_caller]
pub(super) fn array_adjoint<Op: Elementwise, A: Number, D, E, SX, SY>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
    out_bar: Array<A, <D as DimMax<E>>::Output>,
    x_bar: SX,
    y_bar: SY,
) where
    D: Dimension + DimMax<E> + 'static,
    E: Dimension + 'static,
    SX: Slot<Array<A, D>>,
    SY: Slot<Array<A, E>>,
{
    if !(SX::ACTIVE || SY::ACTIVE) {
        return;
    }
    let bar = OutBar::new(out_bar, &common_shape(x, y));
    if Op::DX_READS_Y {
        bar.add_to2(x_bar, x, y, !SY::ACTIVE, Op::dx);
    } else {
        bar.add_to(x_bar, x, !SY::ACTIVE, Op::dx_alone);
    }
    if Op::DY_READS_Y {
        bar.add_to3(y_bar, y, x, y, Op::dy);
    } else if Op::DY_READS_X {
        bar.add_to2(y_bar, y, x, true, Op::dy_of_x);
    } else {
        bar.add_to(y_bar, y, true, Op::dy_alone);
    }
}

/// The tangent of `x ∘ s` for an array and a scalar.
fn array_scalar_jvp<Op: Elementwise, A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    s: A,
    x_dot: Option<ArrayView<'_, A, D>>,
    s_dot: Option<A>,
) -> Array<A, D> {
    let mut out_dot = match x_dot {
        Some(x_dot) => {
            require_same_shape(&x_dot, x);
            x_dot.mapv(|x_dot| Op::dx(x_dot, s))
        }
        None => Array::zeros(x.raw_dim()),
    };
    if let Some(s_dot) = s_dot {
        out_dot.zip_mut_with(x, |out_dot, &x| *out_dot += Op::dy(s_dot, x, s));
    }
    out_dot
}

/// Adds the cotangents in `x ∘ s` for an array and a scalar.
#[inline]
#[track_caller]
pub(super) fn array_scalar_adjoint<Op: Elementwise, A: Number, D, SX, SS>(
    x: &ArrayRef<A, D>,
    s: A,
    out_bar: Array<A, D>,
    x_bar: SX,
    mut s_bar: SS,
) where
    D: Dimension + 'static,
    SX: Slot<Array<A, D>>,
    SS: Slot<A>,
{
    let mut bar = OutBar::new(out_bar, &x.raw_dim());
    s_bar.add(|| {
        let bar = bar.get();
        sum2(bar, if Op::DY_READS_X { x } else { bar }, Op::dy_at(s))
    });
    bar.add_to(x_bar, x, true, Op::dx_at(s));
}

/// The tangent of `s ∘ y` for a scalar and an array.
fn scalar_array_jvp<Op: Elementwise, A: Number, D: Dimension>(
    s: A,
    y: &ArrayRef<A, D>,
    s_dot: Option<A>,
    y_dot: Option<ArrayView<'_, A, D>>,
) -> Array<A, D> {
    let mut out_dot = match y_dot {
        Some(y_dot) => {
            require_same_shape(&y_dot, y);
            Zip::from(y_dot).and(y).map_collect(|&y_dot, &y| Op::dy(y_dot, s, y))
        }
        None => Array::zeros(y.raw_dim()),
    };
    if let Some(s_dot) = s_dot {
        out_dot.zip_mut_with(y, |out_dot, &y| *out_dot += Op::dx(s_dot, y));
    }
    out_dot
}

/// Adds the cotangents in `s ∘ y` for a scalar and an array.
#[inline]
#[track_caller]
pub(super) fn scalar_array_adjoint<Op: Elementwise, A: Number, D, SS, SY>(
    s: A,
    y: &ArrayRef<A, D>,
    out_bar: Array<A, D>,
    mut s_bar: SS,
    y_bar: SY,
) where
    D: Dimension + 'static,
    SS: Slot<A>,
    SY: Slot<Array<A, D>>,
{
    let mut bar = OutBar::new(out_bar, &y.raw_dim());
    s_bar.add(|| {
        let bar = bar.get();
        sum2(bar, if Op::DX_READS_Y { y } else { bar }, Op::dx)
    });
    if Op::DY_READS_Y {
        bar.add_to2(y_bar, y, y, true, Op::dy_for(s));
    } else {
        bar.add_to(y_bar, y, true, Op::dy_alone_for(s));
    }
}

/// One pair of array operands: `x` and `y` are auto-dereferenced to `ArrayRef`.
macro_rules! array_rule {
    ([$($generics:tt)*] $x:ty [$d:ty], $y:ty [$e:ty] => $out:ty where $($bounds:tt)*) => {
        impl<Op: Elementwise, A: Number, $($generics)*> BinaryRule<Op, $y> for $x
        where $($bounds)*
        {
            type Output = $out;
            #[inline]
            #[track_caller]
            fn jvp<DX: TangentArg<Array<A, $d>>, DY: TangentArg<Array<A, $e>>>(
                &self, rhs: &$y, self_dot: DX, rhs_dot: DY,
            ) -> Array<A, <D as DimMax<E>>::Output> {
                array_jvp::<Op, A, $d, $e>(self, rhs, self_dot.get(), rhs_dot.get())
            }
            #[inline]
            #[track_caller]
            fn adjoint<SX: Slot<Array<A, $d>>, SY: Slot<Array<A, $e>>>(
                &self, rhs: &$y, out_bar: Array<A, <D as DimMax<E>>::Output>, self_bar: SX, rhs_bar: SY,
            ) {
                array_adjoint::<Op, A, $d, $e, _, _>(self, rhs, out_bar, self_bar, rhs_bar);
            }
        }
    };
}

type Common<D, E> = <D as DimMax<E>>::Output;

array_rule! {
    [S: Data<Elem = A>, T: Data<Elem = A>, D, E]
    ArrayBase<S, D> [D], ArrayBase<T, E> [E] => ArrayBase<S, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [S: Data<Elem = A>, T: Data<Elem = A>, D, E]
    ArrayBase<S, D> [D], &ArrayBase<T, E> [E] => ArrayBase<S, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [S: Data<Elem = A>, D, E]
    ArrayBase<S, D> [D], &ArrayRef<A, E> [E] => ArrayBase<S, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [S: Data<Elem = A>, T: Data<Elem = A>, D, E]
    &ArrayBase<S, D> [D], ArrayBase<T, E> [E] => ArrayBase<T, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [T: Data<Elem = A>, D, E]
    &ArrayRef<A, D> [D], ArrayBase<T, E> [E] => ArrayBase<T, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [S: Data<Elem = A>, T: Data<Elem = A>, D, E]
    &ArrayBase<S, D> [D], &ArrayBase<T, E> [E] => Array<A, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}
array_rule! {
    [D, E]
    &ArrayRef<A, D> [D], &ArrayRef<A, E> [E] => Array<A, Common<D, E>>
    where D: Dimension + DimMax<E> + 'static, E: Dimension + 'static
}

/// An array and a scalar on its right.
macro_rules! array_scalar_rule {
    ([$($generics:tt)*] $x:ty => $out:ty) => {
        impl<Op: Elementwise, A: Number, $($generics)* D: Dimension + 'static> BinaryRule<Op, A> for $x {
            type Output = $out;
            #[inline]
            #[track_caller]
            fn jvp<DX: TangentArg<Array<A, D>>, DY: TangentArg<A>>(
                &self, rhs: &A, self_dot: DX, rhs_dot: DY,
            ) -> Array<A, D> {
                let rhs_dot = rhs_dot.get().map(|dot| A::from_ref(dot));
                array_scalar_jvp::<Op, A, D>(self, *rhs, self_dot.get(), rhs_dot)
            }
            #[inline]
            #[track_caller]
            fn adjoint<SX: Slot<Array<A, D>>, SY: Slot<A>>(
                &self, rhs: &A, out_bar: Array<A, D>, self_bar: SX, rhs_bar: SY,
            ) {
                array_scalar_adjoint::<Op, A, D, _, _>(self, *rhs, out_bar, self_bar, rhs_bar);
            }
        }
    };
}
array_scalar_rule!([S: Data<Elem = A>,] ArrayBase<S, D> => ArrayBase<S, D>);
array_scalar_rule!([S: Data<Elem = A>,] &ArrayBase<S, D> => Array<A, D>);
array_scalar_rule!([] &ArrayRef<A, D> => Array<A, D>);

/// A scalar and an array on its right. ndarray has these for primitive scalars only.
macro_rules! scalar_array_rule {
    ($($f:ty),*) => {$(
        scalar_array_rule!(@ $f, [S: Data<Elem = $f>,] ArrayBase<S, D> => ArrayBase<S, D>);
        scalar_array_rule!(@ $f, [S: Data<Elem = $f>,] &ArrayBase<S, D> => Array<$f, D>);
        scalar_array_rule!(@ $f, [] &ArrayRef<$f, D> => Array<$f, D>);
    )*};
    (@ $f:ty, [$($generics:tt)*] $y:ty => $out:ty) => {
        impl<Op: Elementwise, $($generics)* D: Dimension + 'static> BinaryRule<Op, $y> for $f {
            type Output = $out;
            #[inline]
            #[track_caller]
            fn jvp<DX: TangentArg<$f>, DY: TangentArg<Array<$f, D>>>(
                &self, rhs: &$y, self_dot: DX, rhs_dot: DY,
            ) -> Array<$f, D> {
                scalar_array_jvp::<Op, $f, D>(*self, rhs, self_dot.get().copied(), rhs_dot.get())
            }
            #[inline]
            #[track_caller]
            fn adjoint<SX: Slot<$f>, SY: Slot<Array<$f, D>>>(
                &self, rhs: &$y, out_bar: Array<$f, D>, self_bar: SX, rhs_bar: SY,
            ) {
                scalar_array_adjoint::<Op, $f, D, _, _>(*self, rhs, out_bar, self_bar, rhs_bar);
            }
        }
    };
}
scalar_array_rule!(f32, f64);

/// The tangent of `-x`.
#[track_caller]
fn negated<A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    x_dot: Option<ArrayView<'_, A, D>>,
) -> Array<A, D> {
    match x_dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            dot.mapv(A::neg)
        }
        None => Array::zeros(x.raw_dim()),
    }
}

/// `z = -x`, hence `x̄ += -z̄`.
macro_rules! neg_rule {
    ([$($generics:tt)*] $x:ty => $out:ty) => {
        impl<A: Number, $($generics)* D: Dimension + 'static> NegRule for $x {
            type Output = $out;
            #[inline]
            #[track_caller]
            fn neg_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> Array<A, D> {
                negated(self, self_dot.get())
            }
            #[inline]
            #[track_caller]
            fn neg_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Array<A, D>, self_bar: SX) {
                OutBar::new(out_bar, &self.raw_dim()).add_to(self_bar, self, true, A::neg);
            }
        }
    };
}
neg_rule!([S: Data<Elem = A>,] ArrayBase<S, D> => ArrayBase<S, D>);
neg_rule!([S: Data<Elem = A>,] &ArrayBase<S, D> => Array<A, D>);
neg_rule!([] &ArrayRef<A, D> => Array<A, D>);
