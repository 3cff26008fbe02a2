//! What [`einsum!`](crate::einsum!) expands to: sums of products of two arrays, and of the elements of one.
//!
//! A contraction `c[lo] = Σ a[la] b[lb]` is linear in each operand, and each of its derivatives is such a
//! contraction: `ā[la] += Σ c̄[lo] b[lb]`, `b̄[lb] += Σ a[la] c̄[lo]`.

mod contract;
mod reduce;

use crate::Real;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use ndarray::{Array, Array0, ArrayD, ArrayRef, Dimension, Ix0};
use std::marker::PhantomData;

/// The axes of an operand and of the result, as numbers that equal axes share.
#[derive(Debug)]
pub struct Single<O> {
    from: &'static [usize],
    to: &'static [usize],
    rank: PhantomData<O>,
}

impl<O> Single<O> {
    /// The axes `from` of the operand, of which `to` stay; the other ones are summed up.
    pub const fn new(from: &'static [usize], to: &'static [usize]) -> Self {
        Single { from, to, rank: PhantomData }
    }
}

/// The axes of two operands and of the result, as numbers that equal axes share. No operand has an axis twice, and
/// each axis of an operand belongs to the other operand or to the result.
#[derive(Debug)]
pub struct Pair<O> {
    left: &'static [usize],
    right: &'static [usize],
    to: &'static [usize],
    rank: PhantomData<O>,
}

impl<O> Pair<O> {
    /// The axes of the operands and of the result.
    pub const fn new(
        left: &'static [usize],
        right: &'static [usize],
        to: &'static [usize],
    ) -> Self {
        Pair { left, right, to, rank: PhantomData }
    }
}

macro_rules! copied {
    ($($t:ident),*) => {$(
        // The derive would ask for dimensions that can be copied, which dynamic ones cannot.
        impl<O> Clone for $t<O> {
            fn clone(&self) -> Self {
                *self
            }
        }
        impl<O> Copy for $t<O> {}
    )*};
}
copied!(Single, Pair);

fn fixed<A, O: Dimension>(array: ArrayD<A>) -> Array<A, O> {
    array.into_dimensionality().expect("the macro counted the axes of the result")
}

/// The operand's diagonal along equal axes, summed over those that do not stay, with the others in a new order.
///
/// # Panics
/// When equal axes have different lengths.
#[track_caller]
pub fn single<A: Real, D: Dimension, O: Dimension>(
    spec: Single<O>,
    a: &ArrayRef<A, D>,
) -> Array<A, O> {
    fixed(reduce::reduced(&a.view().into_dyn(), spec.from, spec.to))
}

/// The derivatives of [`single()`].
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Debug)]
pub struct single {}

#[ad_macros::second_order(linear)]
impl single {
    #[doc(hidden)]
    #[track_caller]
    pub fn __adjoint<A: Real, D: Dimension + 'static, O: Dimension>(
        spec: Single<O>,
        a: &ArrayRef<A, D>,
        out_bar: Array<A, O>,
        _: impl ConstantSlot,
        mut a_bar: impl Slot<Array<A, D>>,
    ) {
        let bar = out_bar.into_dyn();
        a_bar.update(
            |into| reduce::spread(into.into_dyn(), &bar.view(), spec.from, spec.to),
            || {
                let mut fresh = Array::zeros(a.raw_dim());
                reduce::spread(fresh.view_mut().into_dyn(), &bar.view(), spec.from, spec.to);
                fresh
            },
        );
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn __jvp<A: Real, D: Dimension, O: Dimension>(
        spec: Single<O>,
        a: &ArrayRef<A, D>,
        _: impl ConstantSlot,
        a_dot: impl TangentArg<Array<A, D>>,
    ) -> (Array<A, O>, Array<A, O>) {
        let out = single(spec, a);
        let out_dot = match a_dot.get() {
            Some(dot) => single(spec, &dot),
            None => Array::zeros(out.raw_dim()),
        };
        (out, out_dot)
    }
}

/// The sums of the products of the elements of two arrays over the axes that the result does not have.
///
/// # Panics
/// When equal axes have different lengths.
#[track_caller]
pub fn pair<A: Real, L: Dimension, R: Dimension, O: Dimension>(
    spec: Pair<O>,
    a: &ArrayRef<A, L>,
    b: &ArrayRef<A, R>,
) -> Array<A, O> {
    let (a, b) = (a.view().into_dyn(), b.view().into_dyn());
    fixed(contract::contracted((a, spec.left), (b, spec.right), spec.to))
}

/// The derivatives of [`pair()`].
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Debug)]
pub struct pair {}

#[ad_macros::second_order(product)]
impl pair {
    #[doc(hidden)]
    #[track_caller]
    pub fn __adjoint<A: Real, L: Dimension + 'static, R: Dimension + 'static, O: Dimension>(
        spec: Pair<O>,
        a: &ArrayRef<A, L>,
        b: &ArrayRef<A, R>,
        out_bar: Array<A, O>,
        _: impl ConstantSlot,
        mut a_bar: impl Slot<Array<A, L>>,
        mut b_bar: impl Slot<Array<A, R>>,
    ) {
        let bar = out_bar.into_dyn();
        a_bar.add(|| {
            let b = b.view().into_dyn();
            fixed(contract::contracted((bar.view(), spec.to), (b, spec.right), spec.left))
        });
        b_bar.add(|| {
            let a = a.view().into_dyn();
            fixed(contract::contracted((a, spec.left), (bar.view(), spec.to), spec.right))
        });
    }

    #[doc(hidden)]
    #[track_caller]
    pub fn __jvp<A: Real, L: Dimension, R: Dimension, O: Dimension>(
        spec: Pair<O>,
        a: &ArrayRef<A, L>,
        b: &ArrayRef<A, R>,
        _: impl ConstantSlot,
        a_dot: impl TangentArg<Array<A, L>>,
        b_dot: impl TangentArg<Array<A, R>>,
    ) -> (Array<A, O>, Array<A, O>) {
        let out = pair(spec, a, b);
        let mut out_dot = match a_dot.get() {
            Some(dot) => pair(spec, &dot, b),
            None => Array::zeros(out.raw_dim()),
        };
        if let Some(dot) = b_dot.get() {
            out_dot += &pair(spec, a, &dot);
        }
        (out, out_dot)
    }
}

/// The element of an array without axes.
pub fn scalar<A: Real>(a: &ArrayRef<A, Ix0>) -> A {
    a[()]
}

/// The derivatives of [`scalar()`].
#[allow(non_camel_case_types)]
#[derive(Clone, Copy, Debug)]
pub struct scalar {}

#[ad_macros::second_order(linear)]
impl scalar {
    #[doc(hidden)]
    pub fn __adjoint<A: Real>(_: &ArrayRef<A, Ix0>, out_bar: A, mut a_bar: impl Slot<Array0<A>>) {
        a_bar.add(|| Array0::from_elem((), out_bar));
    }

    #[doc(hidden)]
    pub fn __jvp<A: Real>(a: &ArrayRef<A, Ix0>, a_dot: impl TangentArg<Array0<A>>) -> (A, A) {
        (scalar(a), a_dot.get().map_or(A::zero(), |dot| dot[()]))
    }
}
