//! The rules of `+= -= *= /=` on arrays, with arrays (broadcast) and scalars on the right.
//!
//! `x ∘= y` in place: `ẋ ← dx(ẋ, y) + dy(ẏ, x, y)`; backwards `ȳ += Σ dy(x̄, x, y)`, then `x̄ ← dx(x̄, y)`, where `x` is
//! the value before the assignment and the sum is over the axes along which `y` was broadcast.

use super::operators::Elementwise;
use super::shapes::{add_sum, add_sum2, add_sum3, require_same_shape, sum2};
use crate::Number;
use crate::rules::AssignRule;
use crate::slot::{Slot, SlotMut, TangentArg};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayView, ArrayViewMut, Data, Dimension, Zip};

#[track_caller]
fn array_jvp<Op: Elementwise, A: Number, D: Dimension, E: Dimension>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
    x_dot: Option<ArrayViewMut<'_, A, D>>,
    y_dot: Option<ArrayView<'_, A, E>>,
) {
    let Some(mut x_dot) = x_dot else { return };
    require_same_shape(&x_dot, x);
    if Op::DX_READS_Y {
        x_dot.zip_mut_with(y, |x_dot, &y| *x_dot = Op::dx(*x_dot, y));
    }
    if let Some(y_dot) = y_dot {
        require_same_shape(&y_dot, y);
        if Op::DY_READS_X || Op::DY_READS_Y {
            Zip::from(&mut x_dot)
                .and(x)
                .and_broadcast(y)
                .and_broadcast(&y_dot)
                .for_each(|x_dot, &x, &y, &y_dot| *x_dot += Op::dy(y_dot, x, y));
        } else {
            x_dot.zip_mut_with(&y_dot, |x_dot, &y_dot| *x_dot += Op::dy(y_dot, y_dot, y_dot));
        }
    }
}

#[track_caller]
fn array_adjoint<Op: Elementwise, A: Number, D: Dimension, E: Dimension + 'static>(
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
    x_bar: Option<ArrayViewMut<'_, A, D>>,
    mut y_bar: impl Slot<Array<A, E>>,
) {
    let Some(mut x_bar) = x_bar else { return };
    require_same_shape(&x_bar, x);
    let add = |into: ArrayViewMut<'_, A, E>| add_to_rhs::<Op, A, D, E>(into, x, y, &x_bar);
    y_bar.update(add, || {
        let mut fresh = Array::zeros(y.raw_dim());
        add(fresh.view_mut());
        fresh
    });
    through_array::<Op, A, D, E>(&mut x_bar, y);
}

/// Adds to the cotangent of `y`, given that of `x` after the assignment.
#[track_caller]
fn add_to_rhs<Op: Elementwise, A: Number, D: Dimension, E: Dimension + 'static>(
    into: ArrayViewMut<'_, A, E>,
    x: &ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
    x_bar: &ArrayRef<A, D>,
) {
    require_same_shape(&into, y);
    if Op::DY_READS_Y {
        add_sum3(into, x_bar, x, y, Op::dy);
    } else if Op::DY_READS_X {
        add_sum2(into, x_bar, x, Op::dy_of_x);
    } else {
        add_sum(into, x_bar, Op::dy_alone);
    }
}

/// Turns the cotangent of `x` after the assignment into that before it.
fn through_array<Op: Elementwise, A: Number, D: Dimension, E: Dimension>(
    x_bar: &mut ArrayRef<A, D>,
    y: &ArrayRef<A, E>,
) {
    if Op::DX_READS_Y {
        x_bar.zip_mut_with(y, |x_bar, &y| *x_bar = Op::dx(*x_bar, y));
    }
}

#[track_caller]
fn scalar_jvp<Op: Elementwise, A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    s: A,
    x_dot: Option<ArrayViewMut<'_, A, D>>,
    s_dot: Option<A>,
) {
    let Some(mut x_dot) = x_dot else { return };
    require_same_shape(&x_dot, x);
    if Op::DX_READS_Y {
        x_dot.mapv_inplace(Op::dx_at(s));
    }
    if let Some(s_dot) = s_dot {
        x_dot.zip_mut_with(x, |x_dot, &x| *x_dot += Op::dy(s_dot, x, s));
    }
}

#[track_caller]
fn scalar_adjoint<Op: Elementwise, A: Number, D: Dimension>(
    x: &ArrayRef<A, D>,
    s: A,
    x_bar: Option<ArrayViewMut<'_, A, D>>,
    mut s_bar: impl Slot<A>,
) {
    let Some(mut x_bar) = x_bar else { return };
    require_same_shape(&x_bar, x);
    s_bar.add(|| {
        if Op::DY_READS_X { sum2(&x_bar, x, Op::dy_at(s)) } else { Op::dy(x_bar.sum(), s, s) }
    });
    if Op::DX_READS_Y {
        x_bar.mapv_inplace(Op::dx_at(s));
    }
}

/// The adjoint of `x ∘= y` for an array `y`, whose cotangent of `x` stands alone.
#[track_caller]
pub(super) fn of_array<Op: Elementwise, A: Number, D: Dimension, E: Dimension + 'static>(
    x: &Array<A, D>,
    y: &Array<A, E>,
    x_bar: Option<&mut Array<A, D>>,
    y_bar: impl Slot<Array<A, E>>,
) {
    array_adjoint::<Op, A, D, E>(x, y, x_bar.map(|bar| bar.view_mut()), y_bar);
}

/// The adjoint of `x ∘= s` for a scalar `s`, likewise.
#[track_caller]
pub(super) fn of_scalar<Op: Elementwise, A: Number, D: Dimension>(
    x: &Array<A, D>,
    s: &A,
    x_bar: Option<&mut Array<A, D>>,
    s_bar: impl Slot<A>,
) {
    scalar_adjoint::<Op, A, D>(x, *s, x_bar.map(|bar| bar.view_mut()), s_bar);
}

macro_rules! array_assign_rule {
    ([$($generics:tt)*] $x:ty, $y:ty) => {
        impl<Op: Elementwise, A: Number, $($generics)* D: Dimension, E: Dimension + 'static> AssignRule<Op, $y> for $x {
            #[inline]
            #[track_caller]
            fn assign_jvp<DX: SlotMut<Array<A, D>>, DY: TangentArg<Array<A, E>>>(
                &self, rhs: &$y, mut self_dot: DX, rhs_dot: DY,
            ) {
                array_jvp::<Op, A, D, E>(self, rhs, self_dot.get(), rhs_dot.get());
            }
            #[inline]
            #[track_caller]
            fn assign_adjoint<SX: SlotMut<Array<A, D>>, SY: Slot<Array<A, E>>>(
                &self, rhs: &$y, mut self_bar: SX, rhs_bar: SY,
            ) {
                array_adjoint::<Op, A, D, E>(self, rhs, self_bar.get(), rhs_bar);
            }
        }
    };
}
array_assign_rule!([S: Data<Elem = A>, T: Data<Elem = A>,] ArrayBase<S, D>, &ArrayBase<T, E>);
array_assign_rule!([] ArrayRef<A, D>, &ArrayRef<A, E>);

macro_rules! scalar_assign_rule {
    ([$($generics:tt)*] $x:ty) => {
        impl<Op: Elementwise, A: Number, $($generics)* D: Dimension> AssignRule<Op, A> for $x {
            #[inline]
            #[track_caller]
            fn assign_jvp<DX: SlotMut<Array<A, D>>, DY: TangentArg<A>>(
                &self, rhs: &A, mut self_dot: DX, rhs_dot: DY,
            ) {
                let rhs_dot = rhs_dot.get().map(|dot| A::from_ref(dot));
                scalar_jvp::<Op, A, D>(self, *rhs, self_dot.get(), rhs_dot);
            }
            #[inline]
            #[track_caller]
            fn assign_adjoint<SX: SlotMut<Array<A, D>>, SY: Slot<A>>(
                &self, rhs: &A, mut self_bar: SX, rhs_bar: SY,
            ) {
                scalar_adjoint::<Op, A, D>(self, *rhs, self_bar.get(), rhs_bar);
            }
        }
    };
}
scalar_assign_rule!([S: Data<Elem = A>,] ArrayBase<S, D>);
scalar_assign_rule!([] ArrayRef<A, D>);
