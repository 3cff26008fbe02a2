//! The rules of methods that change an array in place: `assign`, `fill`, `scaled_add`, `zip_mut_with`.
//!
//! The tangent half changes the array and its tangent. In the adjoint half `self` is the array before
//! the call; the cotangent of the array after the call is turned into that before it, in place.

use super::extension::extension;
use super::shapes::{add_sum, require_same_shape};
use super::slots::add_into;
use crate::Real;
use crate::slot::{Slot, SlotMut, TangentArg};
use ndarray::{Array, ArrayBase, ArrayRef, ArrayViewMut, DataMut, Dimension, Zip};
use std::cell::Cell;

/// The cotangent (or tangent) of the array that is changed, after a check of its shape.
macro_rules! changed {
    ($slot:ident, $value:expr) => {{
        let view: Option<ArrayViewMut<'_, A, D>> = $slot.get();
        let Some(view) = view else { return };
        require_same_shape(&view, $value);
        view
    }};
}

extension! {
    /// The derivatives of methods that change an array in place.
    ///
    /// All of them panic when a tangent or cotangent has another shape than its value.
    InPlaceMethods [A, D] [A: Real, D: Dimension] for ArrayRef<A, D>;

    /// `x ← y`, broadcast: `ẋ ← ẏ`.
    fn __assign_jvp[E: Dimension, DX: SlotMut<Array<A, D>>, DY: TangentArg<Array<A, E>>](
        &mut self, rhs: &ArrayRef<A, E>, self_dot: DX, rhs_dot: DY
    ) {
        self.assign(rhs);
        let mut self_dot = self_dot;
        let mut dot = changed!(self_dot, self);
        match rhs_dot.get() {
            Some(rhs_dot) => {
                require_same_shape(&rhs_dot, rhs);
                dot.assign(&rhs_dot);
            }
            None => dot.fill(A::zero()),
        }
    }
    /// `x ← y`, broadcast: `ȳ += Σ x̄` over the axes along which `y` was, then `x̄ ← 0`.
    fn __assign_adjoint[E: Dimension + 'static, SX: SlotMut<Array<A, D>>, SY: Slot<Array<A, E>>](
        &self, rhs: &ArrayRef<A, E>, self_bar: SX, rhs_bar: SY
    ) {
        let mut self_bar = self_bar;
        let mut bar = changed!(self_bar, self);
        add_into(rhs_bar, rhs, |into| add_sum(into, &bar, |bar| bar));
        bar.fill(A::zero());
    }

    /// `xᵢ ← s`: `ẋᵢ ← ṡ`.
    fn __fill_jvp[DX: SlotMut<Array<A, D>>, DS: TangentArg<A>](&mut self, x: A, self_dot: DX, x_dot: DS) {
        self.fill(x);
        let mut self_dot = self_dot;
        let mut dot = changed!(self_dot, self);
        dot.fill(x_dot.get().map_or(A::zero(), |dot| A::from_ref(dot)));
    }
    /// `xᵢ ← s`: `s̄ += Σ x̄ᵢ`, then `x̄ ← 0`.
    fn __fill_adjoint[SX: SlotMut<Array<A, D>>, SS: Slot<A>](&self, _x: A, self_bar: SX, x_bar: SS) {
        let (mut self_bar, mut x_bar) = (self_bar, x_bar);
        let mut bar = changed!(self_bar, self);
        x_bar.add(|| bar.sum());
        bar.fill(A::zero());
    }

    /// `x += α y`, broadcast: `ẋ += α̇ y + α ẏ`.
    fn __scaled_add_jvp[E: Dimension, DX: SlotMut<Array<A, D>>, DA: TangentArg<A>, DY: TangentArg<Array<A, E>>](
        &mut self, alpha: A, rhs: &ArrayRef<A, E>, self_dot: DX, alpha_dot: DA, rhs_dot: DY
    ) {
        self.scaled_add(alpha, rhs);
        let mut self_dot = self_dot;
        let mut dot = changed!(self_dot, self);
        if let Some(alpha_dot) = alpha_dot.get() {
            dot.scaled_add(A::from_ref(alpha_dot), rhs);
        }
        if let Some(rhs_dot) = rhs_dot.get() {
            require_same_shape(&rhs_dot, rhs);
            dot.scaled_add(alpha, &rhs_dot);
        }
    }
    /// `x += α y`, broadcast: `ᾱ += Σ x̄ᵢ yᵢ`, `ȳ += α Σ x̄` over the axes along which `y` was.
    fn __scaled_add_adjoint[
        E: Dimension + 'static, SX: SlotMut<Array<A, D>>, SA: Slot<A>, SY: Slot<Array<A, E>>
    ](
        &self, alpha: A, rhs: &ArrayRef<A, E>, self_bar: SX, alpha_bar: SA, rhs_bar: SY
    ) {
        let (mut self_bar, mut alpha_bar) = (self_bar, alpha_bar);
        let bar = changed!(self_bar, self);
        alpha_bar.add(|| {
            Zip::from(&bar).and_broadcast(rhs).fold(A::zero(), |sum, &bar, &rhs| sum + bar * rhs)
        });
        add_into(rhs_bar, rhs, |into| add_sum(into, &bar, |bar| alpha * bar));
    }

    /// `x.zip_mut_with(y, f)`, broadcast. `f` takes an element, its tangent, the element of `y` and its
    /// tangent, and changes the first two.
    fn __zip_mut_with_jvp[
        E: Dimension, F: FnMut(&mut A, &mut A, &A, &A), DX: SlotMut<Array<A, D>>, DY: TangentArg<Array<A, E>>
    ](
        &mut self, rhs: &ArrayRef<A, E>, f: F, self_dot: DX, rhs_dot: DY
    ) {
        let (mut self_dot, mut f) = (self_dot, f);
        let Some(mut dot) = self_dot.get() else {
            return self.zip_mut_with(rhs, |x, y| f(x, &mut A::zero(), y, &A::zero()));
        };
        require_same_shape(&dot, self);
        let both = Zip::from(self).and(&mut dot).and_broadcast(rhs);
        match rhs_dot.get() {
            Some(rhs_dot) => {
                require_same_shape(&rhs_dot, rhs);
                both.and_broadcast(&rhs_dot).for_each(f);
            }
            None => both.for_each(|x, dot, y| f(x, dot, y, &A::zero())),
        }
    }
    /// `x.zip_mut_with(y, f)`, broadcast. `pullback` takes an element, its cotangent after the call and the
    /// element of `y`; it turns the cotangent into that before the call and returns what is added to `ȳ`.
    fn __zip_mut_with_adjoint[
        E: Dimension + 'static, F: FnMut(&A, &mut A, &A) -> A, SX: SlotMut<Array<A, D>>, SY: Slot<Array<A, E>>
    ](
        &self, rhs: &ArrayRef<A, E>, pullback: F, self_bar: SX, rhs_bar: SY
    ) {
        let (mut self_bar, mut pullback) = (self_bar, pullback);
        let bar = changed!(self_bar, self);
        let both = Cell::new(Some(Zip::from(self).and(bar).and_broadcast(rhs)));
        add_into(rhs_bar, rhs, |into| {
            // Elements of `y` that are repeated are added to repeatedly.
            let cells = into.into_cell_view();
            let both = both.take().expect("a slot calls one closure once");
            both.and_broadcast(&cells)
                .for_each(|x, bar, y, cell| cell.set(cell.get() + pullback(x, bar, y)));
        });
        // Nobody wants the cotangent of `y`.
        if let Some(both) = both.take() {
            both.for_each(|x, bar, y| {
                pullback(x, bar, y);
            });
        }
    }
}

impl<A, S, D> crate::containers_adjoint::FillAdjoint<A> for &mut ArrayBase<S, D>
where
    A: Real,
    S: DataMut<Elem = A>,
    D: Dimension,
{
    fn fill_adjoint(self, _: &A) -> A {
        let sum = self.sum();
        self.fill(A::zero());
        sum
    }
}

impl<A, S, D, P, E> crate::containers_adjoint::CopyAdjoint<P> for &mut ArrayBase<S, D>
where
    A: Real,
    S: DataMut<Elem = A>,
    D: Dimension,
    E: Dimension,
    P: crate::Differentiable<Tangent = Array<A, E>>,
{
    /// What was assigned may have been broadcast: the sum over the axes along which it was.
    fn copy_adjoint(self, source: &P) -> Array<A, E> {
        let mut sum = source.zero_tangent();
        add_sum(sum.view_mut(), self, |bar| bar);
        self.fill(A::zero());
        sum
    }
}

/// The cotangent of all of a `&mut` parameter is a view by value.
impl<A, D> crate::containers_adjoint::FillAdjoint<A> for ArrayViewMut<'_, A, D>
where
    A: Real,
    D: Dimension,
{
    fn fill_adjoint(mut self, value: &A) -> A {
        crate::containers_adjoint::FillAdjoint::fill_adjoint(&mut self, value)
    }
}

impl<A, D, P, E> crate::containers_adjoint::CopyAdjoint<P> for ArrayViewMut<'_, A, D>
where
    A: Real,
    D: Dimension,
    E: Dimension,
    P: crate::Differentiable<Tangent = Array<A, E>>,
{
    fn copy_adjoint(mut self, source: &P) -> Array<A, E> {
        crate::containers_adjoint::CopyAdjoint::copy_adjoint(&mut self, source)
    }
}
