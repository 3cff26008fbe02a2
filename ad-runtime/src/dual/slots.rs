//! Values with their tangents as dual numbers, and cotangents with theirs.

use super::Dual;
use crate::real::Number;
use crate::slot::{Slot, SlotMut};
use crate::{Differentiable, Tangent};

/// Values and cotangents that become dual numbers together with their tangents.
pub trait Join: Tangent {
    /// The same of dual numbers.
    type Joined: Split<Part = Self>;
    /// `value + ε dot`. An absent tangent is zero.
    ///
    /// # Panics
    /// When the shapes differ.
    fn join(value: Self::Ref<'_>, dot: Option<Self::Ref<'_>>) -> Self::Joined;
}

/// What [`Join`] joins.
pub trait Split: Tangent {
    /// The same of plain numbers.
    type Part: Tangent;
    /// The values and the tangents.
    fn split(self) -> (Self::Part, Self::Part);
}

impl<A: Number> Join for A {
    type Joined = Dual<A>;
    #[inline(always)]
    fn join(value: A::Ref<'_>, dot: Option<A::Ref<'_>>) -> Dual<A> {
        Dual::new(A::from_ref(value), dot.map(|dot| A::from_ref(dot)))
    }
}

impl<A: Number> Split for Dual<A> {
    type Part = A;
    #[inline(always)]
    fn split(self) -> (A, A) {
        (self.value, self.dot)
    }
}

macro_rules! tuple {
    ($($t:ident $v:ident $d:ident),*) => {
        impl<$($t: Join),*> Join for ($($t,)*) {
            type Joined = ($($t::Joined,)*);
            fn join(($($v,)*): &Self, dot: Option<&Self>) -> Self::Joined {
                let ($($d,)*) = match dot {
                    Some(($($d,)*)) => ($(Some($d.tangent_ref()),)*),
                    None => ($(None::<$t::Ref<'_>>,)*),
                };
                ($($t::join($v.tangent_ref(), $d),)*)
            }
        }
        impl<$($t: Split),*> Split for ($($t,)*) {
            type Part = ($($t::Part,)*);
            fn split(self) -> (Self::Part, Self::Part) {
                let ($($v,)*) = self;
                $(let ($v, $d) = $v.split();)*
                (($($v,)*), ($($d,)*))
            }
        }
    };
}
tuple!(A a a_dot, B b b_dot);
tuple!(A a a_dot, B b b_dot, C c c_dot);

/// The slots of a cotangent and of its tangent, as that of a cotangent of dual numbers.
#[derive(Debug)]
pub struct Both<S, T>(pub S, pub T);

impl<J: Split, S: Slot<J::Part>, T: Slot<J::Part>> Slot<J> for Both<S, T> {
    const ACTIVE: bool = S::ACTIVE || T::ACTIVE;

    #[inline(always)]
    fn wanted(&self) -> bool {
        self.0.wanted() || self.1.wanted()
    }

    #[inline(always)]
    fn update(&mut self, _: impl FnOnce(J::Mut<'_>), fresh: impl FnOnce() -> J) {
        self.add(fresh);
    }

    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> J) {
        if Slot::<J>::wanted(self) {
            let (bar, dot) = contribution().split();
            self.0.add(|| bar);
            self.1.add(|| dot);
        }
    }
}

/// A cotangent that a rule changes in place, with its tangent. `value` has the shape of both.
#[inline]
pub fn join_slots<P: Join>(
    value: &(impl Differentiable<Tangent = P> + ?Sized),
    bar: &mut impl SlotMut<P>,
    dot: &mut impl SlotMut<P>,
) -> Option<P::Joined> {
    match (bar.get(), dot.get()) {
        (Some(bar), dot) => Some(P::join(P::share(&bar), dot.as_ref().map(|dot| P::share(dot)))),
        (None, Some(dot)) => {
            Some(P::join(value.zero_tangent().tangent_ref(), Some(P::share(&dot))))
        }
        (None, None) => None,
    }
}

/// Puts back what [`join_slots`] joined.
#[inline]
pub fn split_slots<P: Join>(
    joined: Option<P::Joined>,
    mut bar: impl SlotMut<P>,
    mut dot: impl SlotMut<P>,
) {
    let Some(joined) = joined else { return };
    let (value, tangent) = joined.split();
    let set = |mut into: P::Mut<'_>, value: P| {
        P::take(P::reborrow_mut(&mut into));
        P::accumulate(into, value);
    };
    if let Some(bar) = bar.get() {
        set(bar, value);
    }
    if let Some(dot) = dot.get() {
        set(dot, tangent);
    }
}

/// The same slot once more: a rule takes it by value.
#[derive(Debug)]
pub struct Again<'a, S>(pub &'a mut S);

impl<P: Tangent, S: Slot<P>> Slot<P> for Again<'_, S> {
    const ACTIVE: bool = S::ACTIVE;

    #[inline(always)]
    fn wanted(&self) -> bool {
        self.0.wanted()
    }
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(P::Mut<'_>), fresh: impl FnOnce() -> P) {
        self.0.update(add, fresh);
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> P) {
        self.0.add(contribution);
    }
}

#[cfg(feature = "ndarray")]
mod arrays {
    use super::{Dual, Join, Number, Split};
    use ndarray::{Array, ArrayView, Dimension, Zip};

    impl<A: Number, D: Dimension> Join for Array<A, D> {
        type Joined = Array<Dual<A>, D>;
        #[track_caller]
        fn join(value: ArrayView<'_, A, D>, dot: Option<ArrayView<'_, A, D>>) -> Self::Joined {
            match dot {
                _ if value.is_empty() => Array::zeros(value.raw_dim()),
                Some(dot) => {
                    assert!(
                        dot.shape() == value.shape(),
                        "a derivative of shape {:?} meets a value of shape {:?}",
                        dot.shape(),
                        value.shape()
                    );
                    Zip::from(&value).and(&dot).map_collect(|&value, &dot| Dual { value, dot })
                }
                None => value.mapv(Dual::constant),
            }
        }
    }

    impl<A: Number, D: Dimension> Split for Array<Dual<A>, D> {
        type Part = Array<A, D>;
        fn split(self) -> (Array<A, D>, Array<A, D>) {
            if self.is_empty() {
                return (Array::zeros(self.raw_dim()), Array::zeros(self.raw_dim()));
            }
            (self.mapv(|both| both.value), self.mapv(|both| both.dot))
        }
    }
}
