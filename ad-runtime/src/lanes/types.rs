//! What tangents in several directions are made of, for each type of tangent.

use super::Abreast;
use crate::{Differentiable, Tangent, borrow_as_self};
use std::array::from_fn;

/// Tangents in `L` directions of a type that has no better form: one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Each<T, const L: usize>(pub [T; L]);

impl<T: Tangent, const L: usize> Differentiable for Each<T, L> {
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self {
        Each(from_fn(|l| self.0[l].zero_tangent()))
    }
}

impl<T: Tangent, const L: usize> Tangent for Each<T, L> {
    borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        for (into, contribution) in into.0.iter_mut().zip(contribution.0) {
            T::accumulate(into.tangent_mut(), contribution);
        }
    }
    fn inner_product(&self, other: &Self) -> f64 {
        self.0.iter().zip(&other.0).map(|(a, b)| a.inner_product(b)).sum()
    }
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        self.0.iter_mut().for_each(|t| t.map_components(f));
    }
}

impl<T: Tangent, const L: usize> Abreast<L> for Each<T, L> {
    type One = T;
    #[inline]
    fn abreast(lanes: [T; L]) -> Self {
        Each(lanes)
    }
    #[inline]
    fn alike(one: T) -> Self {
        Each(from_fn(|_| one.clone()))
    }
    #[inline]
    fn lane(wide: &Self, l: usize) -> T {
        wide.0[l].clone()
    }
}

impl<const L: usize> Abreast<L> for () {
    type One = ();
    #[inline(always)]
    fn abreast(_: [(); L]) {}
    #[inline(always)]
    fn alike((): ()) {}
    #[inline(always)]
    fn lane((): &(), _: usize) {}
}

impl<W: Abreast<L>, const L: usize> Abreast<L> for Box<W> {
    type One = Box<W::One>;
    #[inline]
    fn abreast(lanes: [Self::One; L]) -> Self {
        Box::new(W::abreast(lanes.map(|lane| *lane)))
    }
    #[inline]
    fn alike(one: Self::One) -> Self {
        Box::new(W::alike(*one))
    }
    #[inline]
    fn lane(wide: &Self, l: usize) -> Self::One {
        Box::new(W::lane((**wide).tangent_ref(), l))
    }
}

impl<W: Abreast<L>, const L: usize> Abreast<L> for Vec<W> {
    type One = Vec<W::One>;
    #[inline]
    #[track_caller]
    fn abreast(lanes: [Self::One; L]) -> Self {
        let length = lanes.first().map_or(0, Vec::len);
        assert!(
            lanes.iter().all(|lane| lane.len() == length),
            "the tangents in several directions differ in length"
        );
        let mut lanes = lanes.map(Vec::into_iter);
        (0..length)
            .map(|_| W::abreast(from_fn(|l| lanes[l].next().expect("its length was checked"))))
            .collect()
    }
    #[inline]
    fn alike(one: Self::One) -> Self {
        one.into_iter().map(W::alike).collect()
    }
    #[inline]
    fn lane(wide: &[W], l: usize) -> Self::One {
        wide.iter().map(|w| W::lane(w.tangent_ref(), l)).collect()
    }
}

impl<W: Abreast<L>, const N: usize, const L: usize> Abreast<L> for [W; N] {
    type One = [W::One; N];
    #[inline]
    fn abreast(lanes: [Self::One; L]) -> Self {
        let mut lanes = lanes.map(<[W::One; N]>::into_iter);
        from_fn(|_| W::abreast(from_fn(|l| lanes[l].next().expect("it has as many elements"))))
    }
    #[inline]
    fn alike(one: Self::One) -> Self {
        one.map(W::alike)
    }
    #[inline]
    fn lane(wide: &Self, l: usize) -> Self::One {
        from_fn(|i| W::lane(wide[i].tangent_ref(), l))
    }
}

/// Panics unless the tangents are of the same variant.
#[track_caller]
fn same_variant(same: bool) {
    assert!(same, "the tangents in several directions are of different variants");
}

impl<W: Abreast<L>, const L: usize> Abreast<L> for Option<W> {
    type One = Option<W::One>;
    #[inline]
    #[track_caller]
    fn abreast(mut lanes: [Self::One; L]) -> Self {
        let some = lanes.first().is_some_and(Option::is_some);
        same_variant(lanes.iter().all(|lane| lane.is_some() == some));
        some.then(|| W::abreast(from_fn(|l| lanes[l].take().expect("all are alike"))))
    }
    #[inline]
    fn alike(one: Self::One) -> Self {
        one.map(W::alike)
    }
    #[inline]
    fn lane(wide: &Self, l: usize) -> Self::One {
        wide.as_ref().map(|w| W::lane(w.tangent_ref(), l))
    }
}

impl<W: Abreast<L>, const L: usize> Abreast<L> for Result<W, ()> {
    type One = Result<W::One, ()>;
    #[inline]
    #[track_caller]
    fn abreast(lanes: [Self::One; L]) -> Self {
        Option::<W>::abreast(lanes.map(Result::ok)).ok_or(())
    }
    #[inline]
    fn alike(one: Self::One) -> Self {
        one.map(W::alike)
    }
    #[inline]
    fn lane(wide: &Self, l: usize) -> Self::One {
        match wide {
            Ok(w) => Ok(W::lane(w.tangent_ref(), l)),
            Err(()) => Err(()),
        }
    }
}

macro_rules! tuple {
    ($($t:ident $i:tt),+) => {
        impl<$($t: Abreast<L>,)+ const L: usize> Abreast<L> for ($($t,)+) {
            type One = ($($t::One,)+);
            #[inline]
            #[track_caller]
            fn abreast(lanes: [Self::One; L]) -> Self {
                let mut lanes = lanes.map(|lane| ($(Some(lane.$i),)+));
                ($($t::abreast(from_fn(|l| lanes[l].$i.take().expect("each part is taken once"))),)+)
            }
            #[inline]
            fn alike(one: Self::One) -> Self {
                ($($t::alike(one.$i),)+)
            }
            #[inline]
            fn lane(wide: &Self, l: usize) -> Self::One {
                ($($t::lane(wide.$i.tangent_ref(), l),)+)
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuple!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, M 11);

#[cfg(feature = "ndarray")]
mod arrays {
    use super::{Abreast, from_fn};
    use ndarray::{Array, ArrayView, Dimension};

    impl<W: Abreast<L>, D: Dimension, const L: usize> Abreast<L> for Array<W, D> {
        type One = Array<W::One, D>;
        #[inline]
        #[track_caller]
        fn abreast(lanes: [Self::One; L]) -> Self {
            let dim = lanes.first().map_or_else(|| D::zeros(D::NDIM.unwrap_or(1)), Array::raw_dim);
            assert!(
                lanes.iter().all(|lane| lane.raw_dim() == dim),
                "the tangents in several directions differ in shape"
            );
            let mut lanes = lanes.map(Array::into_iter);
            Array::from_shape_simple_fn(dim, || {
                W::abreast(from_fn(|l| lanes[l].next().expect("its shape was checked")))
            })
        }
        #[inline]
        fn alike(one: Self::One) -> Self {
            one.map(|t| W::alike(t.clone()))
        }
        #[inline]
        fn lane(wide: ArrayView<'_, W, D>, l: usize) -> Self::One {
            wide.map(|w| W::lane(w.tangent_ref(), l))
        }
    }
}
