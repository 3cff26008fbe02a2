//! The rules of the reductions to one number: `sum`, `mean`, `product`, `var`, `std`.

use super::elementwise::steep;
use super::shapes::{require_same_shape, sum2};
use super::slots::add_into;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use crate::{Number, variant_mismatch};
use ndarray::{Array, ArrayRef, ArrayView, ArrayViewMut, Dimension, Zip};

/// The derivatives of the reductions of an array to one number.
///
/// Each `__…_jvp` returns the value and its tangent, each `__…_adjoint` adds the cotangent of the array.
/// All of them panic when a tangent or cotangent has another shape than the array.
#[ad_macros::second_order]
pub trait ReductionMethods<A: Number, D: Dimension> {
    /// `s = Σ xᵢ`: `ṡ = Σ ẋᵢ`.
    fn __sum_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (A, A);
    /// `s = Σ xᵢ`: `x̄ᵢ += s̄`.
    fn __sum_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: A, self_bar: SX);

    /// `m = (Σ xᵢ) / n`, `None` of an empty array: `ṁ = (Σ ẋᵢ) / n`.
    fn __mean_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Option<A>, Option<A>);
    /// `m = (Σ xᵢ) / n`: `x̄ᵢ += m̄ / n`.
    ///
    /// # Panics
    /// When only one of `m` and `m̄` is `None`.
    fn __mean_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Option<A>, self_bar: SX);

    /// `p = Π xᵢ`: `ṗ = Σᵢ ẋᵢ Π_{j≠i} xⱼ`, which is right where elements are zero, too.
    fn __product_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (A, A);
    /// `p = Π xᵢ`: `x̄ᵢ += p̄ Π_{j≠i} xⱼ`.
    fn __product_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: A, self_bar: SX);

    /// `v = Σ (xᵢ - m)² / (n - ddof)` with the mean `m`: `v̇ = 2 Σ (xᵢ - m) ẋᵢ / (n - ddof)`.
    fn __var_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        self_dot: DX,
        ddof_dot: C,
    ) -> (A, A);
    /// `v = Σ (xᵢ - m)² / (n - ddof)`: `x̄ᵢ += 2 (xᵢ - m) v̄ / (n - ddof)`.
    fn __var_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        out_bar: A,
        self_bar: SX,
        ddof_bar: C,
    );

    /// `s = √v`: `ṡ = Σ (xᵢ - m) ẋᵢ / ((n - ddof) s)`, and 0 where `s` is 0.
    fn __std_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        self_dot: DX,
        ddof_dot: C,
    ) -> (A, A);
    /// `s = √v`: `x̄ᵢ += (xᵢ - m) s̄ / ((n - ddof) s)`, and nothing where `s` is 0.
    fn __std_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        out_bar: A,
        self_bar: SX,
        ddof_bar: C,
    );
}

/// The number of elements as a scalar.
#[inline]
pub(super) fn count<A: Number>(n: usize) -> A {
    A::from_usize(n).expect("a real type approximates every count")
}

/// The sum of a tangent, which is zero where there is none.
#[track_caller]
fn sum_of<A: Number, D: Dimension>(dot: Option<ArrayView<'_, A, D>>, x: &ArrayRef<A, D>) -> A {
    dot.map_or(A::zero(), |dot| {
        require_same_shape(&dot, x);
        dot.sum()
    })
}

/// Adds the same number to the cotangent of every element.
#[track_caller]
fn add_constant<A: Number, D: Dimension + 'static>(
    mut slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    bar: A,
) {
    slot.update(
        |mut into| {
            require_same_shape(&into, x);
            *into += bar;
        },
        || Array::from_elem(x.raw_dim(), bar),
    );
}

/// `Σ (xᵢ - m) ẋᵢ` with the mean `m`.
#[track_caller]
fn deviation<A: Number, D: Dimension>(dot: Option<ArrayView<'_, A, D>>, x: &ArrayRef<A, D>) -> A {
    let (Some(dot), Some(mean)) = (dot, x.mean()) else {
        return A::zero();
    };
    sum2(&dot, x, |dot, x| (x - mean) * dot)
}

/// Adds `factor() * (xᵢ - m)`, where `m` is the mean.
#[track_caller]
fn add_deviations<A: Number, D: Dimension + 'static>(
    slot: impl Slot<Array<A, D>>,
    x: &ArrayRef<A, D>,
    factor: impl FnOnce() -> A,
) {
    add_into(slot, x, |into| {
        if let Some(mean) = x.mean() {
            add_scaled_difference(into, x, mean, factor());
        }
    });
}

/// Adds `factor * (xᵢ - mean)`.
fn add_scaled_difference<A: Number, D: Dimension>(
    into: ArrayViewMut<'_, A, D>,
    x: &ArrayRef<A, D>,
    mean: A,
    factor: A,
) {
    Zip::from(into).and(x).for_each(|into, &x| *into += factor * (x - mean));
}

/// What a product is multiplied with to leave out one factor: `Π_{j≠i} xⱼ` for every `i`, in the
/// order of iteration.
pub(super) fn products_of_others<A: Number, D: Dimension>(x: &ArrayRef<A, D>) -> Vec<A> {
    let product = x.product();
    if product.is_normal() {
        return x.iter().map(|&x| product / x).collect();
    }
    // Zeros, overflow or underflow: the products before each factor times those behind it.
    let factors: Vec<A> = x.iter().copied().collect();
    let mut before = A::one();
    let mut others = Vec::with_capacity(factors.len());
    for &factor in &factors {
        others.push(before);
        before *= factor;
    }
    let mut behind = A::one();
    for (other, &factor) in others.iter_mut().zip(&factors).rev() {
        *other *= behind;
        behind *= factor;
    }
    others
}

#[ad_macros::second_order(dual, linear(__sum_adjoint, __mean_adjoint))]
impl<A: Number, D: Dimension + 'static> ReductionMethods<A, D> for ArrayRef<A, D> {
    #[inline]
    #[track_caller]
    fn __sum_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (A, A) {
        (self.sum(), sum_of(self_dot.get(), self))
    }

    #[inline]
    #[track_caller]
    fn __sum_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: A, self_bar: SX) {
        add_constant(self_bar, self, out_bar);
    }

    #[track_caller]
    fn __mean_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (Option<A>, Option<A>) {
        let mean = self.mean();
        (mean, mean.map(|_| sum_of(self_dot.get(), self) / count(self.len())))
    }

    #[track_caller]
    fn __mean_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: Option<A>, self_bar: SX) {
        match (out_bar, self.is_empty()) {
            (Some(bar), false) => add_constant(self_bar, self, bar / count(self.len())),
            (None, true) => {}
            (Some(_), true) => variant_mismatch("None", "Some"),
            (None, false) => variant_mismatch("Some", "None"),
        }
    }

    #[track_caller]
    fn __product_jvp<DX: TangentArg<Array<A, D>>>(&self, self_dot: DX) -> (A, A) {
        let mut out_dot = A::zero();
        if let Some(dot) = self_dot.get() {
            require_same_shape(&dot, self);
            for (&dot, others) in dot.iter().zip(products_of_others(self)) {
                out_dot += dot * others;
            }
        }
        (self.product(), out_dot)
    }

    #[track_caller]
    fn __product_adjoint<SX: Slot<Array<A, D>>>(&self, out_bar: A, self_bar: SX) {
        add_into(self_bar, self, |mut into| {
            for (into, others) in into.iter_mut().zip(products_of_others(self)) {
                *into += out_bar * others;
            }
        });
    }

    #[track_caller]
    fn __var_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        self_dot: DX,
        _: C,
    ) -> (A, A) {
        let degrees = count::<A>(self.len()) - ddof;
        let sum = deviation(self_dot.get(), self);
        (self.var(ddof), (sum + sum) / degrees)
    }

    #[track_caller]
    fn __var_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        out_bar: A,
        self_bar: SX,
        _: C,
    ) {
        add_deviations(self_bar, self, || (out_bar + out_bar) / (count::<A>(self.len()) - ddof));
    }

    #[track_caller]
    fn __std_jvp<DX: TangentArg<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        self_dot: DX,
        _: C,
    ) -> (A, A) {
        let out = self.std(ddof);
        let sum = deviation(self_dot.get(), self);
        (out, steep(sum, || std_slope(out, count::<A>(self.len()) - ddof)))
    }

    #[track_caller]
    fn __std_adjoint<SX: Slot<Array<A, D>>, C: ConstantSlot>(
        &self,
        ddof: A,
        out_bar: A,
        self_bar: SX,
        _: C,
    ) {
        add_deviations(self_bar, self, || {
            steep(out_bar, || std_slope(self.std(ddof), count::<A>(self.len()) - ddof))
        });
    }
}

/// `1 / ((n - ddof) s)`, and 0 where the standard deviation `s` is 0.
#[inline]
pub(super) fn std_slope<A: Number>(std: A, degrees: A) -> A {
    if std.is_zero() { A::zero() } else { (degrees * std).recip() }
}
