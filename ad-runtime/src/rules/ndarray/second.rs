//! Order two of the operators on arrays: the tangents of their adjoints.
//!
//! Those of a linear operator are its adjoint once more, those of a product follow from the product rule, and any other
//! adjoint is run over dual numbers.

use super::operators::{Elementwise, array_adjoint, array_scalar_adjoint, scalar_array_adjoint};
use super::{assign, shapes::require_same_shape};
use crate::dual::Dual;
use crate::dual::slots::{Again, Both, Join, join_slots, split_slots};
use crate::rules::{
    AssignRule, BinaryRule, NegRule, SecondAssignRule, SecondBinaryRule, SecondNegRule,
};
use crate::slot::{Inactive, Slot, SlotMut, TangentArg};
use crate::{Differentiable, Number, Tangent};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, Data, DimMax, Dimension};
use std::marker::PhantomData;

/// The adjoint of `z = x ∘ y` for operands whose tangents are `X` and `Y`.
trait Pullback<X: Tangent, Y: Tangent> {
    /// The cotangent of the result.
    type Z: Tangent;

    fn run(x: X::Ref<'_>, y: Y::Ref<'_>, bar: Self::Z, x_bar: impl Slot<X>, y_bar: impl Slot<Y>);
}

/// An operator between two arrays.
struct Arrays<Op>(PhantomData<Op>);
/// An operator between an array and a scalar.
struct ArrayScalar<Op>(PhantomData<Op>);
/// An operator between a scalar and an array.
struct ScalarArray<Op>(PhantomData<Op>);

impl<Op: Elementwise, A: Number, D, E> Pullback<Array<A, D>, Array<A, E>> for Arrays<Op>
where
    D: Dimension + DimMax<E> + 'static,
    E: Dimension + 'static,
{
    type Z = Array<A, <D as DimMax<E>>::Output>;

    #[inline]
    #[track_caller]
    fn run(
        x: ArrayView<'_, A, D>,
        y: ArrayView<'_, A, E>,
        bar: Self::Z,
        x_bar: impl Slot<Array<A, D>>,
        y_bar: impl Slot<Array<A, E>>,
    ) {
        array_adjoint::<Op, A, D, E, _, _>(&x, &y, bar, x_bar, y_bar);
    }
}

impl<Op: Elementwise, A: Number, D: Dimension + 'static> Pullback<Array<A, D>, A>
    for ArrayScalar<Op>
{
    type Z = Array<A, D>;

    #[inline]
    #[track_caller]
    fn run(
        x: ArrayView<'_, A, D>,
        y: A::Ref<'_>,
        bar: Array<A, D>,
        x_bar: impl Slot<Array<A, D>>,
        y_bar: impl Slot<A>,
    ) {
        array_scalar_adjoint::<Op, A, D, _, _>(&x, A::from_ref(y), bar, x_bar, y_bar);
    }
}

impl<Op: Elementwise, A: Number, D: Dimension + 'static> Pullback<A, Array<A, D>>
    for ScalarArray<Op>
{
    type Z = Array<A, D>;

    #[inline]
    #[track_caller]
    fn run(
        x: A::Ref<'_>,
        y: ArrayView<'_, A, D>,
        bar: Array<A, D>,
        x_bar: impl Slot<A>,
        y_bar: impl Slot<Array<A, D>>,
    ) {
        scalar_array_adjoint::<Op, A, D, _, _>(A::from_ref(x), &y, bar, x_bar, y_bar);
    }
}

/// The tangent of the adjoint of `x ∘ y`.
#[allow(clippy::too_many_arguments)]
#[inline]
#[track_caller]
fn second<P, Op: Elementwise, X: Join, Y: Join>(
    x: X::Ref<'_>,
    y: Y::Ref<'_>,
    x_dot: impl TangentArg<X>,
    y_dot: impl TangentArg<Y>,
    bar: <P as Pullback<X, Y>>::Z,
    bar_dot: <P as Pullback<X, Y>>::Z,
    x_bar: impl Slot<X>,
    y_bar: impl Slot<Y>,
    mut x_bar_dot: impl Slot<X>,
    mut y_bar_dot: impl Slot<Y>,
) where
    P: Pullback<X, Y, Z: Join>
        + Pullback<X::Joined, Y::Joined, Z = <<P as Pullback<X, Y>>::Z as Join>::Joined>,
{
    let again = || (X::reborrow_ref(&x), Y::reborrow_ref(&y));
    if Op::PRODUCT {
        if let Some(x_dot) = x_dot.get() {
            let y_bar = Again(&mut y_bar_dot);
            <P as Pullback<X, Y>>::run(x_dot, again().1, bar.clone(), Inactive, y_bar);
        }
        if let Some(y_dot) = y_dot.get() {
            let x_bar = Again(&mut x_bar_dot);
            <P as Pullback<X, Y>>::run(again().0, y_dot, bar.clone(), x_bar, Inactive);
        }
        <P as Pullback<X, Y>>::run(again().0, again().1, bar_dot, x_bar_dot, y_bar_dot);
        <P as Pullback<X, Y>>::run(x, y, bar, x_bar, y_bar);
    } else if Op::LINEAR {
        <P as Pullback<X, Y>>::run(again().0, again().1, bar_dot, x_bar_dot, y_bar_dot);
        <P as Pullback<X, Y>>::run(x, y, bar, x_bar, y_bar);
    } else {
        let (x, y) = (X::join(x, x_dot.get()), Y::join(y, y_dot.get()));
        let bar = <<P as Pullback<X, Y>>::Z as Join>::join(
            bar.tangent_ref(),
            Some(bar_dot.tangent_ref()),
        );
        <P as Pullback<X::Joined, Y::Joined>>::run(
            x.tangent_ref(),
            y.tangent_ref(),
            bar,
            Both(x_bar, x_bar_dot),
            Both(y_bar, y_bar_dot),
        );
    }
}

/// One pair of operands, each as a reference to its tangent type shows it.
macro_rules! second_binary {
    ([$($generics:tt)*] $p:ident: $x:ty [$dx:ty], $y:ty [$dy:ty]
        where { $($bounds:tt)* } |$this:ident, $rhs:ident| $shown:expr) => {
        impl<Op: Elementwise, $($generics)*> SecondBinaryRule<Op, $y> for $x
        where
            $($bounds)*
        {
            #[inline]
            #[track_caller]
            fn adjoint_jvp<DA, DB, XA, XB, AD, BD>(
                &self, rhs: &$y, self_dot: DA, rhs_dot: DB,
                out_bar: <<$x as BinaryRule<Op, $y>>::Output as Differentiable>::Tangent,
                out_bar_dot: <<$x as BinaryRule<Op, $y>>::Output as Differentiable>::Tangent,
                self_bar: XA, rhs_bar: XB, self_bar_dot: AD, rhs_bar_dot: BD,
            ) where
                DA: TangentArg<$dx>, DB: TangentArg<$dy>,
                XA: Slot<$dx>, XB: Slot<$dy>, AD: Slot<$dx>, BD: Slot<$dy>,
            {
                let ($this, $rhs) = (self, rhs);
                let (x, y) = $shown;
                second::<$p<Op>, Op, $dx, $dy>(
                    x, y, self_dot, rhs_dot, out_bar, out_bar_dot, self_bar, rhs_bar, self_bar_dot, rhs_bar_dot,
                );
            }
        }
    };
}

macro_rules! between_arrays {
    ($([$($generics:tt)*] $x:ty, $y:ty;)*) => {$(
        second_binary! {
            [A: Number, $($generics)* D, E] Arrays: $x [Array<A, D>], $y [Array<A, E>]
            where { D: Dimension + DimMax<E> + 'static, E: Dimension + 'static }
            |x, y| (x.view(), y.view())
        }
    )*};
}
between_arrays! {
    [S: Data<Elem = A>, T: Data<Elem = A>,] ArrayBase<S, D>, ArrayBase<T, E>;
    [S: Data<Elem = A>, T: Data<Elem = A>,] ArrayBase<S, D>, &ArrayBase<T, E>;
    [S: Data<Elem = A>,] ArrayBase<S, D>, &ArrayRef<A, E>;
    [S: Data<Elem = A>, T: Data<Elem = A>,] &ArrayBase<S, D>, ArrayBase<T, E>;
    [T: Data<Elem = A>,] &ArrayRef<A, D>, ArrayBase<T, E>;
    [S: Data<Elem = A>, T: Data<Elem = A>,] &ArrayBase<S, D>, &ArrayBase<T, E>;
    [] &ArrayRef<A, D>, &ArrayRef<A, E>;
}

macro_rules! with_scalars {
    ($([$($generics:tt)*] $x:ty;)*) => {$(
        second_binary! {
            [A: Number, $($generics)* D: Dimension + 'static] ArrayScalar: $x [Array<A, D>], A [A]
            where {} |x, s| (x.view(), s.tangent_ref())
        }
        impl<A: Number, $($generics)* D: Dimension + 'static> SecondNegRule for $x {
            #[inline]
            #[track_caller]
            fn neg_adjoint_jvp<DX, S0, S1>(
                &self, _: DX, out_bar: Array<A, D>, out_bar_dot: Array<A, D>, self_bar: S0, self_bar_dot: S1,
            ) where
                DX: TangentArg<Array<A, D>>, S0: Slot<Array<A, D>>, S1: Slot<Array<A, D>>,
            {
                self.neg_adjoint(out_bar, self_bar);
                self.neg_adjoint(out_bar_dot, self_bar_dot);
            }
        }
    )*};
}
with_scalars! {
    [S: Data<Elem = A>,] ArrayBase<S, D>;
    [S: Data<Elem = A>,] &ArrayBase<S, D>;
    [] &ArrayRef<A, D>;
}

macro_rules! of_scalars {
    ($($f:ty),*) => {$(
        of_scalars!(@ $f, [S: Data<Elem = $f>,] ArrayBase<S, D>);
        of_scalars!(@ $f, [S: Data<Elem = $f>,] &ArrayBase<S, D>);
        of_scalars!(@ $f, [] &ArrayRef<$f, D>);
    )*};
    (@ $f:ty, [$($generics:tt)*] $y:ty) => {
        second_binary! {
            [$($generics)* D: Dimension + 'static] ScalarArray: $f [$f], $y [Array<$f, D>]
            where {} |s, y| (s, y.view())
        }
    };
}
of_scalars!(f32, f64);

/// A compound assignment: what it changes in place is joined, changed and put back.
macro_rules! second_assign {
    ([$($generics:tt)*] $x:ty, $y:ty [$dy:ty] |$this:ident, $rhs:ident| $shown:expr, $adjoint:expr) => {
        impl<Op: Elementwise, A: Number, $($generics)*> SecondAssignRule<Op, $y> for $x {
            #[inline]
            #[track_caller]
            fn assign_adjoint_jvp<DA, DB, XA, XB, AD, BD>(
                &self, rhs: &$y, self_dot: DA, rhs_dot: DB,
                mut self_bar: XA, rhs_bar: XB, mut self_bar_dot: AD, rhs_bar_dot: BD,
            ) where
                DA: TangentArg<Array<A, D>>, DB: TangentArg<$dy>, XA: SlotMut<Array<A, D>>, XB: Slot<$dy>,
                AD: SlotMut<Array<A, D>>, BD: Slot<$dy>,
            {
                if Op::LINEAR {
                    AssignRule::<Op, $y>::assign_adjoint(self, rhs, self_bar, rhs_bar);
                    AssignRule::<Op, $y>::assign_adjoint(self, rhs, self_bar_dot, rhs_bar_dot);
                } else {
                    let ($this, $rhs) = (self, rhs);
                    let x = Array::join($this.view(), self_dot.get());
                    let y = <$dy as Join>::join($shown, rhs_dot.get());
                    let mut bar = join_slots::<Array<A, D>>(self, &mut self_bar, &mut self_bar_dot);
                    if let Some(bar) = &bar {
                        require_same_shape(bar, self);
                    }
                    $adjoint(&x, &y, bar.as_mut(), Both(rhs_bar, rhs_bar_dot));
                    split_slots::<Array<A, D>>(bar, self_bar, self_bar_dot);
                }
            }
        }
    };
}
second_assign! {
    [S: Data<Elem = A>, T: Data<Elem = A>, D: Dimension, E: Dimension + 'static]
    ArrayBase<S, D>, &ArrayBase<T, E> [Array<A, E>] |x, y| y.view(), assign::of_array::<Op, Dual<A>, D, E>
}
second_assign! {
    [D: Dimension, E: Dimension + 'static]
    ArrayRef<A, D>, &ArrayRef<A, E> [Array<A, E>] |x, y| y.view(), assign::of_array::<Op, Dual<A>, D, E>
}
second_assign! {
    [S: Data<Elem = A>, D: Dimension] ArrayBase<S, D>, A [A] |x, s| s.tangent_ref(), assign::of_scalar::<Op, Dual<A>, D>
}
second_assign! {
    [D: Dimension] ArrayRef<A, D>, A [A] |x, s| s.tangent_ref(), assign::of_scalar::<Op, Dual<A>, D>
}
