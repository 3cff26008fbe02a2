//! The rules of the reductions along one axis: `sum_axis`, `mean_axis`, `product_axis`, `var_axis`, `std_axis`.
//!
//! They are those of [`ReductionMethods`](super::ReductionMethods), lane by lane.

use super::elementwise::steep;
use super::reductions::{count, products_of_others, std_slope};
use super::shapes::{broadcast, copy, require_same_shape, require_shape, sum2};
use super::slots::add_into;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use crate::{Number, variant_mismatch};
use ndarray::{Array, ArrayRef, ArrayView, ArrayViewMut, Axis, Dimension, RemoveAxis, Zip};

/// The derivatives of the reductions of an array along one axis of length `n`.
///
/// Each `__…_jvp` returns the value and its tangent, each `__…_adjoint` adds the cotangent of the array.
/// All of them panic when a tangent or cotangent has another shape than its value.
#[ad_macros::second_order]
pub trait AxisMethods<A: Number, D: RemoveAxis> {
    /// `s = Σ xᵢ` along `axis`: `ṡ = Σ ẋᵢ`.
    fn __sum_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        axis_dot: C,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>);
    /// `s = Σ xᵢ` along `axis`: `x̄ᵢ += s̄`.
    fn __sum_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        axis_bar: C,
    );

    /// `m = (Σ xᵢ) / n` along `axis`, `None` for `n = 0`: `ṁ = (Σ ẋᵢ) / n`.
    #[allow(clippy::type_complexity)]
    fn __mean_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        axis_dot: C,
    ) -> (Option<Array<A, D::Smaller>>, Option<Array<A, D::Smaller>>);
    /// `m = (Σ xᵢ) / n` along `axis`: `x̄ᵢ += m̄ / n`.
    ///
    /// # Panics
    /// When only one of `m` and `m̄` is `None`.
    fn __mean_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Option<Array<A, D::Smaller>>,
        self_bar: SX,
        axis_bar: C,
    );

    /// `v = Σ (xᵢ - m)² / (n - ddof)` along `axis`: `v̇ = 2 Σ (xᵢ - m) ẋᵢ / (n - ddof)`.
    fn __var_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        self_dot: DX,
        axis_dot: C,
        ddof_dot: E,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>);
    /// `v = Σ (xᵢ - m)² / (n - ddof)` along `axis`: `x̄ᵢ += 2 (xᵢ - m) v̄ / (n - ddof)`.
    fn __var_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        axis_bar: C,
        ddof_bar: E,
    );

    /// `s = √v` along `axis`: `ṡ = Σ (xᵢ - m) ẋᵢ / ((n - ddof) s)`, and 0 where `s` is 0.
    fn __std_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        self_dot: DX,
        axis_dot: C,
        ddof_dot: E,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>);
    /// `s = √v` along `axis`: `x̄ᵢ += (xᵢ - m) s̄ / ((n - ddof) s)`, and nothing where `s` is 0.
    fn __std_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        axis_bar: C,
        ddof_bar: E,
    );

    /// `p = Π xᵢ` along `axis`: `ṗ = Σᵢ ẋᵢ Π_{j≠i} xⱼ`.
    fn __product_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        axis_dot: C,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>);
    /// `p = Π xᵢ` along `axis`: `x̄ᵢ += p̄ Π_{j≠i} xⱼ`.
    fn __product_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        axis_bar: C,
    );
}

/// A tangent after a check of its shape, summed along `axis`; zero where there is none.
#[track_caller]
fn sum_along<A: Number, D: RemoveAxis>(
    dot: Option<ArrayView<'_, A, D>>,
    x: &ArrayRef<A, D>,
    axis: Axis,
) -> Array<A, D::Smaller> {
    match dot {
        Some(dot) => {
            require_same_shape(&dot, x);
            dot.sum_axis(axis)
        }
        None => Array::zeros(x.raw_dim().remove_axis(axis)),
    }
}

/// Requires of the cotangent of a result the shape of `x` without `axis`.
#[track_caller]
fn require_reduced<A, B, D: RemoveAxis>(
    bar: &ArrayRef<A, D::Smaller>,
    x: &ArrayRef<B, D>,
    axis: Axis,
) {
    require_shape(bar.shape(), x.raw_dim().remove_axis(axis).slice());
}

/// A reduced array with its axis back, of length one, ready to be broadcast.
#[track_caller]
fn with_axis<A, D: RemoveAxis>(
    reduced: &ArrayRef<A, D::Smaller>,
    axis: Axis,
) -> ArrayView<'_, A, D> {
    let view = reduced.view().insert_axis(axis);
    view.into_dimensionality().expect("the axis that was reduced is back")
}

/// Adds `bar`, repeated along `axis`, to the cotangent of `x`.
#[track_caller]
fn add_repeated<A: Number, D: RemoveAxis + 'static>(
    mut slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    axis: Axis,
    bar: &ArrayRef<A, D::Smaller>,
) {
    let bar = with_axis::<A, D>(bar, axis);
    slot.update(
        |mut into| {
            require_same_shape(&into, x);
            *into += &*bar;
        },
        || copy(&broadcast(&bar, x.raw_dim())),
    );
}

/// `Σ (xᵢ - m) ẋᵢ` along `axis`, with the mean `m` of each lane.
#[track_caller]
fn deviation_along<A: Number, D: RemoveAxis>(
    dot: Option<ArrayView<'_, A, D>>,
    x: &ArrayRef<A, D>,
    axis: Axis,
) -> Array<A, D::Smaller> {
    let (Some(dot), Some(mean)) = (dot, x.mean_axis(axis)) else {
        return Array::zeros(x.raw_dim().remove_axis(axis));
    };
    require_same_shape(&dot, x);
    Zip::from(dot.lanes(axis))
        .and(x.lanes(axis))
        .and(&mean)
        .map_collect(|dot, x, &mean| sum2(&dot, &x, |dot, x| (x - mean) * dot))
}

/// Adds `bar * (xᵢ - m)` to the cotangent of `x`, with the mean `m` of each lane.
#[track_caller]
fn add_deviations_along<A: Number, D: RemoveAxis + 'static>(
    slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    axis: Axis,
    bar: impl FnOnce() -> Array<A, D::Smaller>,
) {
    add_into(slot, x, |into| {
        if let Some(mean) = x.mean_axis(axis) {
            let (mean, bar) = (with_axis::<A, D>(&mean, axis), bar());
            add_scaled_differences(into, x, mean, with_axis::<A, D>(&bar, axis));
        }
    });
}

/// Adds `bar * (xᵢ - mean)`, where `bar` and `mean` are broadcast.
fn add_scaled_differences<A: Number, D: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    x: &ArrayRef<A, D>,
    mean: ArrayView<'_, A, D>,
    bar: ArrayView<'_, A, D>,
) {
    Zip::from(into)
        .and(x)
        .and_broadcast(mean)
        .and_broadcast(bar)
        .for_each(|into, &x, &mean, &bar| *into += bar * (x - mean));
}

#[ad_macros::second_order(dual, linear(__sum_axis_adjoint, __mean_axis_adjoint))]
impl<A: Number, D: RemoveAxis + 'static> AxisMethods<A, D> for ArrayRef<A, D> {
    #[track_caller]
    fn __sum_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        _: C,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>) {
        (self.sum_axis(axis), sum_along(self_dot.get(), self, axis))
    }

    #[track_caller]
    fn __sum_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        _: C,
    ) {
        require_reduced(&out_bar, self, axis);
        add_repeated(self_bar, self, axis, &out_bar);
    }

    #[track_caller]
    fn __mean_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        _: C,
    ) -> (Option<Array<A, D::Smaller>>, Option<Array<A, D::Smaller>>) {
        let n = self.len_of(axis);
        let mean = self.mean_axis(axis);
        let mean_dot = mean.as_ref().map(|_| sum_along(self_dot.get(), self, axis) / count::<A>(n));
        (mean, mean_dot)
    }

    #[track_caller]
    fn __mean_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Option<Array<A, D::Smaller>>,
        self_bar: SX,
        _: C,
    ) {
        match (out_bar, self.len_of(axis)) {
            (Some(_), 0) => variant_mismatch("None", "Some"),
            (Some(bar), n) => {
                require_reduced(&bar, self, axis);
                add_repeated(self_bar, self, axis, &(bar / count::<A>(n)));
            }
            (None, 0) => {}
            (None, _) => variant_mismatch("Some", "None"),
        }
    }

    #[track_caller]
    fn __var_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        self_dot: DX,
        _: C,
        _: E,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>) {
        let degrees = count::<A>(self.len_of(axis)) - ddof;
        let sum = deviation_along(self_dot.get(), self, axis);
        (self.var_axis(axis, ddof), sum.mapv_into(|sum| (sum + sum) / degrees))
    }

    #[track_caller]
    fn __var_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        _: C,
        _: E,
    ) {
        require_reduced(&out_bar, self, axis);
        let degrees = count::<A>(self.len_of(axis)) - ddof;
        add_deviations_along(self_bar, self, axis, || {
            out_bar.mapv_into(|bar| (bar + bar) / degrees)
        });
    }

    #[track_caller]
    fn __std_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        self_dot: DX,
        _: C,
        _: E,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>) {
        let degrees = count::<A>(self.len_of(axis)) - ddof;
        let out = self.std_axis(axis, ddof);
        let mut sum = deviation_along(self_dot.get(), self, axis);
        sum.zip_mut_with(&out, |sum, &std| *sum = steep(*sum, || std_slope(std, degrees)));
        (out, sum)
    }

    #[track_caller]
    fn __std_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot, E: ConstantSlot>(
        &self,
        axis: Axis,
        ddof: A,
        mut out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        _: C,
        _: E,
    ) {
        require_reduced(&out_bar, self, axis);
        let degrees = count::<A>(self.len_of(axis)) - ddof;
        add_deviations_along(self_bar, self, axis, || {
            out_bar.zip_mut_with(&self.std_axis(axis, ddof), |bar, &std| {
                *bar = steep(*bar, || std_slope(std, degrees));
            });
            out_bar
        });
    }

    #[track_caller]
    fn __product_axis_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        self_dot: DX,
        _: C,
    ) -> (Array<A, D::Smaller>, Array<A, D::Smaller>) {
        let out_dot = match self_dot.get() {
            Some(dot) => {
                require_same_shape(&dot, self);
                Zip::from(self.lanes(axis)).and(dot.lanes(axis)).map_collect(|x, dot| {
                    let terms = dot.iter().zip(products_of_others(&x));
                    terms.fold(A::zero(), |sum, (&dot, others)| sum + dot * others)
                })
            }
            None => Array::zeros(self.raw_dim().remove_axis(axis)),
        };
        (self.product_axis(axis), out_dot)
    }

    #[track_caller]
    fn __product_axis_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        axis: Axis,
        out_bar: Array<A, D::Smaller>,
        self_bar: SX,
        _: C,
    ) {
        require_reduced(&out_bar, self, axis);
        add_into(self_bar, self, |mut into| {
            let lanes = Zip::from(into.lanes_mut(axis)).and(self.lanes(axis)).and(&out_bar);
            lanes.for_each(|mut into, x, &bar| {
                for (into, others) in into.iter_mut().zip(products_of_others(&x)) {
                    *into += bar * others;
                }
            });
        });
    }
}
