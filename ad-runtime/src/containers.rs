//! `Differentiable` for the types of the standard library.

use crate::{Differentiable, Tangent, borrow_as_self};
use std::rc::Rc;
use std::sync::Arc;

macro_rules! scalar {
    ($($t:ty),*) => {$(
        impl Differentiable for $t {
            type Tangent = $t;
            #[inline(always)]
            fn zero_tangent(&self) -> $t {
                0.0
            }
        }
        impl Tangent for $t {
            borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = crate::lanes::Lanes<$t, L>;
            #[inline(always)]
            fn accumulate(into: &mut $t, contribution: $t) {
                *into += contribution;
            }
            #[inline(always)]
            fn inner_product(&self, other: &$t) -> f64 {
                f64::from(*self) * f64::from(*other)
            }
            #[inline(always)]
            fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
                *self = f(f64::from(*self)) as $t;
            }
        }
    )*};
}
scalar!(f32, f64);

impl Tangent for () {
    borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = ();
    #[inline(always)]
    fn accumulate(_: &mut (), _: ()) {}
    #[inline(always)]
    fn inner_product(&self, (): &()) -> f64 {
        0.0
    }
    #[inline(always)]
    fn map_components(&mut self, _: &mut dyn FnMut(f64) -> f64) {}
}

macro_rules! constant {
    ($($t:ty),*) => {$(
        impl Differentiable for $t {
            type Tangent = ();
            #[inline(always)]
            fn zero_tangent(&self) {}
        }
    )*};
}
constant!(
    (),
    bool,
    char,
    str,
    String,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    std::cmp::Ordering
);

macro_rules! pointer {
    ($($t:ty),*) => {$(
        impl<T: Differentiable + ?Sized> Differentiable for $t {
            type Tangent = T::Tangent;
            #[inline]
            fn zero_tangent(&self) -> T::Tangent {
                (**self).zero_tangent()
            }
            #[inline]
            fn placeholder(&self) -> T::Tangent {
                (**self).placeholder()
            }
            #[inline(always)]
            fn require_shape(&self, tangent: <T::Tangent as Tangent>::Ref<'_>) {
                (**self).require_shape(tangent);
            }
            #[inline(always)]
            fn require_wide_shape<const L: usize>(
                &self,
                tangent: <<T::Tangent as Tangent>::Lanes<L> as Tangent>::Ref<'_>,
            ) {
                (**self).require_wide_shape::<L>(tangent);
            }
        }
    )*};
}
pointer!(&T, &mut T, Rc<T>, Arc<T>);

impl<T: Differentiable> Differentiable for Box<T> {
    type Tangent = Box<T::Tangent>;
    fn zero_tangent(&self) -> Self::Tangent {
        Box::new((**self).zero_tangent())
    }
}

impl<T: Tangent> Tangent for Box<T> {
    borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = Box<T::Lanes<L>>;
    fn accumulate(into: &mut Self, contribution: Self) {
        T::accumulate((**into).tangent_mut(), *contribution);
    }
    fn inner_product(&self, other: &Self) -> f64 {
        (**self).inner_product(other)
    }
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        (**self).map_components(f);
    }
}

impl<T: Differentiable> Differentiable for [T] {
    type Tangent = Vec<T::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.iter().map(T::zero_tangent).collect()
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Vec::new()
    }
    #[inline(always)]
    fn require_shape(&self, tangent: &[T::Tangent]) {
        assert_eq!(self.len(), tangent.len(), "a slice and its tangent differ in length");
    }
    #[inline(always)]
    fn require_wide_shape<const L: usize>(&self, tangent: &[<T::Tangent as Tangent>::Lanes<L>]) {
        assert_eq!(self.len(), tangent.len(), "a slice and its tangent differ in length");
    }
}

impl<T: Differentiable> Differentiable for Vec<T> {
    type Tangent = Vec<T::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_slice().zero_tangent()
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Vec::new()
    }
}

impl<T: Tangent> Tangent for Vec<T> {
    type Ref<'a>
        = &'a [T]
    where
        T: 'a;
    type Mut<'a>
        = &'a mut [T]
    where
        T: 'a;
    type Lanes<const L: usize> = Vec<T::Lanes<L>>;
    #[inline]
    fn tangent_ref(&self) -> &[T] {
        self
    }
    #[inline]
    fn tangent_mut(&mut self) -> &mut [T] {
        self
    }
    #[inline]
    fn reborrow_ref<'b, 'a: 'b>(borrowed: &'b &'a [T]) -> &'b [T]
    where
        Self: 'a,
    {
        borrowed
    }
    #[inline]
    fn reborrow_mut<'b, 'a: 'b>(borrowed: &'b mut &'a mut [T]) -> &'b mut [T]
    where
        Self: 'a,
    {
        borrowed
    }
    #[inline]
    fn share<'b, 'a: 'b>(borrowed: &'b &'a mut [T]) -> &'b [T]
    where
        Self: 'a,
    {
        borrowed
    }
    #[inline]
    fn from_ref(borrowed: &[T]) -> Self {
        borrowed.to_vec()
    }
    #[inline]
    fn accumulate(into: &mut [T], contribution: Self) {
        same_length(into.len(), contribution.len());
        for (into, contribution) in into.iter_mut().zip(contribution) {
            T::accumulate(into.tangent_mut(), contribution);
        }
    }
    #[inline]
    fn assign(into: &mut [T], value: Self) {
        same_length(into.len(), value.len());
        for (into, value) in into.iter_mut().zip(value) {
            T::assign(into.tangent_mut(), value);
        }
    }
    #[inline]
    fn take(from: &mut [T]) -> Self {
        from.iter_mut().map(|t| T::take(t.tangent_mut())).collect()
    }
    #[inline]
    fn inner_product(&self, other: &Self) -> f64 {
        same_length(self.len(), other.len());
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
    #[inline]
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|t| t.map_components(f));
    }
}

#[inline]
#[track_caller]
fn same_length(left: usize, right: usize) {
    assert!(left == right, "a cotangent of length {right} is added to one of length {left}");
}

impl<T: Differentiable, const N: usize> Differentiable for [T; N] {
    type Tangent = [T::Tangent; N];
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        std::array::from_fn(|i| self[i].zero_tangent())
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        std::array::from_fn(|i| self[i].placeholder())
    }
}

impl<T: Tangent, const N: usize> Tangent for [T; N] {
    borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = [T::Lanes<L>; N];
    #[inline]
    fn accumulate(into: &mut Self, contribution: Self) {
        for (into, contribution) in into.iter_mut().zip(contribution) {
            T::accumulate(into.tangent_mut(), contribution);
        }
    }
    #[inline]
    fn inner_product(&self, other: &Self) -> f64 {
        self.iter().zip(other).map(|(a, b)| a.inner_product(b)).sum()
    }
    #[inline]
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        self.iter_mut().for_each(|t| t.map_components(f));
    }
}

impl<T: Differentiable> Differentiable for Option<T> {
    type Tangent = Option<T::Tangent>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().map(T::zero_tangent)
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        self.as_ref().map(T::placeholder)
    }
}

impl<T: Tangent> Tangent for Option<T> {
    borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = Option<T::Lanes<L>>;
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        match (into, contribution) {
            (Some(into), Some(contribution)) => T::accumulate(into.tangent_mut(), contribution),
            (None, None) => {}
            (Some(_), None) => variant_mismatch("Some", "None"),
            (None, Some(_)) => variant_mismatch("None", "Some"),
        }
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        match (self, other) {
            (Some(a), Some(b)) => a.inner_product(b),
            (None, None) => 0.0,
            (Some(_), None) => variant_mismatch("Some", "None"),
            (None, Some(_)) => variant_mismatch("None", "Some"),
        }
    }
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        if let Some(t) = self {
            t.map_components(f);
        }
    }
}

impl<T: Differentiable, E> Differentiable for Result<T, E> {
    type Tangent = Result<T::Tangent, ()>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        self.as_ref().map(T::zero_tangent).map_err(|_| ())
    }
}

impl<T: Tangent> Tangent for Result<T, ()> {
    borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = Result<T::Lanes<L>, ()>;
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        match (into, contribution) {
            (Ok(into), Ok(contribution)) => T::accumulate(into.tangent_mut(), contribution),
            (Err(()), Err(())) => {}
            (Ok(_), Err(())) => variant_mismatch("Ok", "Err"),
            (Err(()), Ok(_)) => variant_mismatch("Err", "Ok"),
        }
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        match (self, other) {
            (Ok(a), Ok(b)) => a.inner_product(b),
            (Err(()), Err(())) => 0.0,
            (Ok(_), Err(())) => variant_mismatch("Ok", "Err"),
            (Err(()), Ok(_)) => variant_mismatch("Err", "Ok"),
        }
    }
    fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
        if let Ok(t) = self {
            t.map_components(f);
        }
    }
}

/// Panics because a tangent of variant `contribution` meets one of variant `into`.
#[doc(hidden)]
#[cold]
#[track_caller]
pub fn variant_mismatch(into: &str, contribution: &str) -> ! {
    panic!("a tangent of variant `{contribution}` is added to one of variant `{into}`")
}

macro_rules! tuple {
    ($($t:ident $i:tt),+) => {
        impl<$($t: Differentiable),+> Differentiable for ($($t,)+) {
            type Tangent = ($($t::Tangent,)+);
            #[inline]
            fn zero_tangent(&self) -> Self::Tangent {
                ($(self.$i.zero_tangent(),)+)
            }
            #[inline]
            fn placeholder(&self) -> Self::Tangent {
                ($(self.$i.placeholder(),)+)
            }
        }
        impl<$($t: Tangent),+> Tangent for ($($t,)+) {
            borrow_as_self!(in lanes of its own);
    type Lanes<const L: usize> = ($($t::Lanes<L>,)+);
            #[inline]
            fn accumulate(into: &mut Self, contribution: Self) {
                $($t::accumulate(into.$i.tangent_mut(), contribution.$i);)+
            }
            #[inline]
            fn inner_product(&self, other: &Self) -> f64 {
                [$(self.$i.inner_product(&other.$i)),+].iter().sum()
            }
            #[inline]
            fn map_components(&mut self, f: &mut dyn FnMut(f64) -> f64) {
                $(self.$i.map_components(f);)+
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
