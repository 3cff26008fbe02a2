//! What generated code does to places: keeps old values, puts them back, reaches elements and parts.

use crate::rt::{Inactive, Slot, SlotMut, TangentArg};
use crate::{Differentiable, Tangent};

/// A value that can be kept and put back later.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is overwritten, so that its old value must be kept, but it cannot be cloned",
    note = "derive `Clone` for the type"
)]
pub trait Keep {
    /// The kept value.
    type Kept;
    /// Keeps the value.
    fn keep(&self) -> Self::Kept;
    /// Puts a kept value back.
    fn put_back(&mut self, kept: Self::Kept);
}

impl<T: Clone> Keep for T {
    type Kept = T;
    #[inline(always)]
    fn keep(&self) -> T {
        self.clone()
    }
    #[inline(always)]
    fn put_back(&mut self, kept: T) {
        *self = kept;
    }
}

impl<T: Clone> Keep for [T] {
    type Kept = Vec<T>;
    #[inline]
    fn keep(&self) -> Vec<T> {
        self.to_vec()
    }
    #[inline]
    fn put_back(&mut self, kept: Vec<T>) {
        self.clone_from_slice(&kept);
    }
}

/// What is kept of a value for a call that may not look at it.
pub enum KeptIf<K> {
    /// All of it.
    Value(K),
    /// How many elements it has.
    Count(usize),
}

/// What has a number of elements.
pub trait Counted {
    /// The number of elements.
    fn count(&self) -> usize;
}

impl<T> Counted for [T] {
    #[inline(always)]
    fn count(&self) -> usize {
        self.len()
    }
}

impl<T> Counted for Vec<T> {
    #[inline(always)]
    fn count(&self) -> usize {
        self.len()
    }
}

impl<T, const N: usize> Counted for [T; N] {
    #[inline(always)]
    fn count(&self) -> usize {
        N
    }
}

/// Keeps a value where that is asked for.
#[inline(always)]
pub fn keep_if<P: Keep + Counted + ?Sized>(asked: bool, place: &P) -> KeptIf<P::Kept> {
    if asked { KeptIf::Value(place.keep()) } else { KeptIf::Count(place.count()) }
}

/// Puts a value back that was kept by [`keep_if`]. Where only the number of elements was kept, that must be the same.
#[inline(always)]
pub fn put_back_if<P: Keep + Counted + ?Sized>(place: &mut P, kept: KeptIf<P::Kept>) {
    match kept {
        KeptIf::Value(kept) => place.put_back(kept),
        KeptIf::Count(count) => assert_eq!(
            place.count(),
            count,
            "the number of elements of what a function fills has changed since it was called"
        ),
    }
}

/// Puts a copy of a kept value back where that is asked for.
#[inline(always)]
pub fn put_back_where<P: Keep + ?Sized>(asked: bool, place: &mut P, kept: &P::Kept)
where
    P::Kept: Clone,
{
    if asked {
        place.put_back(kept.clone());
    }
}

/// Keeps a span behind those that a list holds already.
#[inline(always)]
pub fn push_span<T: Clone>(list: &mut Vec<T>, span: &[T]) {
    list.extend_from_slice(span);
}

/// Puts the last span of a list back, and takes it off the list.
#[inline(always)]
pub fn pop_span<T: Clone>(list: &mut Vec<T>, span: &mut [T]) {
    last_span(true, list, span);
    list.truncate(list.len() - span.len());
}

/// Puts the last span of a list back, where that is asked for.
#[inline(always)]
pub fn last_span<T: Clone>(asked: bool, list: &[T], span: &mut [T]) {
    if asked {
        span.clone_from_slice(&list[list.len() - span.len()..]);
    }
}

/// The first `end` elements of a cotangent, or none where there is no cotangent.
#[inline(always)]
pub fn start_mut<T>(active: bool, elements: &mut [T], end: usize) -> &mut [T] {
    if active { &mut elements[..end] } else { &mut [] }
}

/// The indices `i + offset` for `i` in `lo..hi`; none, wherever `lo` is, if the range is empty.
#[inline(always)]
pub fn span(lo: usize, hi: usize, offset: usize) -> core::ops::Range<usize> {
    if lo < hi { lo + offset..hi + offset } else { 0..0 }
}

/// What a view shows, and the tangent of a `&mut` array.
#[cfg(feature = "ndarray")]
impl<A: Clone, D: ndarray::Dimension> Keep for ndarray::ArrayRef<A, D> {
    type Kept = ndarray::Array<A, D>;
    #[inline]
    fn keep(&self) -> ndarray::Array<A, D> {
        self.to_owned()
    }
    #[inline]
    fn put_back(&mut self, kept: ndarray::Array<A, D>) {
        self.assign(&kept);
    }
}

/// The cotangent (or mutable tangent) of a whole parameter, which counts only where the parameter is active in this call.
pub struct When<'b, T: Tangent + 'b> {
    borrowed: Option<T::Mut<'b>>,
}

/// The tangent of a whole parameter, which counts only where the parameter is active in this call.
pub struct WhenDot<'b, T: Tangent + 'b> {
    borrowed: Option<T::Ref<'b>>,
}

/// The cotangent of the whole parameter `primal`, where it is active.
#[inline(always)]
pub fn when<'b, 'a: 'b, P>(
    active: bool,
    _: &P,
    borrowed: &'b mut <P::Tangent as Tangent>::Mut<'a>,
) -> When<'b, P::Tangent>
where
    P: Differentiable + ?Sized,
    P::Tangent: 'a,
{
    When { borrowed: active.then(|| P::Tangent::reborrow_mut(borrowed)) }
}

/// The tangent of the whole parameter `primal`, where it is active.
#[inline(always)]
pub fn when_dot<'b, 'a: 'b, P>(
    active: bool,
    _: &P,
    borrowed: &'b <P::Tangent as Tangent>::Ref<'a>,
) -> WhenDot<'b, P::Tangent>
where
    P: Differentiable + ?Sized,
    P::Tangent: 'a,
{
    WhenDot { borrowed: active.then(|| P::Tangent::reborrow_ref(borrowed)) }
}

/// The receiver of a method that may take it by value, which is read again.
pub struct Kept<'a, T>(pub &'a T);

/// A receiver that can be cloned is.
pub trait KeptClone {
    /// The receiver.
    type Receiver;
    /// A clone, which the method may take.
    fn kept(&self) -> Self::Receiver;
}

impl<T: Clone> KeptClone for Kept<'_, T> {
    type Receiver = T;
    #[inline(always)]
    fn kept(&self) -> T {
        self.0.clone()
    }
}

/// Of any other, the method takes a reference.
pub trait KeptReference<'a> {
    /// The receiver.
    type Receiver;
    /// The receiver itself.
    fn kept(&self) -> &'a Self::Receiver;
}

impl<'a, T> KeptReference<'a> for &Kept<'a, T> {
    type Receiver = T;
    #[inline(always)]
    fn kept(&self) -> &'a T {
        self.0
    }
}

/// The tangent of a part of a parameter, which counts only where the parameter is active in this call.
pub struct DotWhere<S>(Option<S>);

/// The tangent of a part of a parameter, where that is active.
#[inline(always)]
pub fn dot_where<S>(active: bool, part: impl FnOnce() -> S) -> DotWhere<S> {
    DotWhere(active.then(part))
}

impl<S: crate::slot::ConstantSlot> crate::slot::ConstantSlot for DotWhere<S> {}

impl<T: Tangent, S: TangentArg<T>> TangentArg<T> for DotWhere<S> {
    const ACTIVE: bool = S::ACTIVE;
    #[inline(always)]
    fn given(&self) -> bool {
        self.0.as_ref().is_some_and(S::given)
    }
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        self.0.as_ref()?.get()
    }
}

/// [`when_dot`] of a view, whether it can be changed or not.
#[cfg(feature = "ndarray")]
#[inline(always)]
pub fn when_view_dot<'b, P, S, D>(
    active: bool,
    _: &P,
    borrowed: &'b ndarray::ArrayBase<S, D>,
) -> WhenDot<'b, P::Tangent>
where
    P: Differentiable<Tangent = ndarray::Array<S::Elem, D>> + ?Sized,
    S: ndarray::Data<Elem: Tangent>,
    D: ndarray::Dimension,
{
    WhenDot { borrowed: active.then(|| borrowed.view()) }
}

/// Borrows the cotangent of a whole parameter.
#[inline(always)]
pub fn part_mut<'b, 'a: 'b, P>(
    _: &P,
    borrowed: &'b mut <P::Tangent as Tangent>::Mut<'a>,
) -> <P::Tangent as Tangent>::Mut<'b>
where
    P: Differentiable + ?Sized,
    P::Tangent: 'a,
{
    P::Tangent::reborrow_mut(borrowed)
}

impl<T: Tangent> Slot<T> for When<'_, T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn wanted(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(T::Mut<'_>), _: impl FnOnce() -> T) {
        if let Some(bar) = &mut self.borrowed {
            add(T::reborrow_mut(bar));
        }
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> T) {
        if let Some(bar) = &mut self.borrowed {
            T::accumulate(T::reborrow_mut(bar), contribution());
        }
    }
}

impl<T: Tangent> SlotMut<T> for When<'_, T> {
    #[inline(always)]
    fn get(&mut self) -> Option<T::Mut<'_>> {
        self.borrowed.as_mut().map(T::reborrow_mut)
    }
}

impl<T: Tangent> TangentArg<T> for When<'_, T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn given(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        self.borrowed.as_ref().map(T::share)
    }
}

impl<T: Tangent> TangentArg<T> for WhenDot<'_, T> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn given(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn get(&self) -> Option<T::Ref<'_>> {
        self.borrowed.as_ref().map(T::reborrow_ref)
    }
}

/// `&[T; N]` coerces to `&[T]` in a call; the cotangent of the parameter follows.
impl<T: Tangent, const N: usize> Slot<Vec<T>> for When<'_, [T; N]> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn wanted(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn update(&mut self, add: impl FnOnce(&mut [T]), _: impl FnOnce() -> Vec<T>) {
        if let Some(bar) = &mut self.borrowed {
            add(&mut bar[..]);
        }
    }
    #[inline(always)]
    fn add(&mut self, contribution: impl FnOnce() -> Vec<T>) {
        if let Some(bar) = &mut self.borrowed {
            Vec::accumulate(&mut bar[..], contribution());
        }
    }
}

impl<T: Tangent, const N: usize> SlotMut<Vec<T>> for When<'_, [T; N]> {
    #[inline(always)]
    fn get(&mut self) -> Option<&mut [T]> {
        self.borrowed.as_mut().map(|bar| &mut bar[..])
    }
}

impl<T: Tangent, const N: usize> TangentArg<Vec<T>> for When<'_, [T; N]> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn given(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        self.borrowed.as_ref().map(|bar| &bar[..])
    }
}

impl<T: Tangent, const N: usize> TangentArg<Vec<T>> for WhenDot<'_, [T; N]> {
    const ACTIVE: bool = true;
    #[inline(always)]
    fn given(&self) -> bool {
        self.borrowed.is_some()
    }
    #[inline(always)]
    fn get(&self) -> Option<&[T]> {
        self.borrowed.as_ref().map(|dot| &dot[..])
    }
}

/// One of two records: that of the branch taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Either<A, B> {
    /// The first branch.
    Left(A),
    /// The other.
    Right(B),
}

/// A container whose elements have an order, by which an iterator visits them.
pub trait Elements {
    /// The type of an element.
    type Element;
    /// Element number `k`.
    fn element(&self, k: usize) -> &Self::Element;
}

/// What `into_iter` yields, by number.
#[diagnostic::on_unimplemented(
    message = "iterating `{Self}` cannot be differentiated",
    note = "iterate over a range, a slice, `.iter()`, or a chain of the standard adaptors"
)]
pub trait Yields {
    /// An element, or a reference to one.
    type Item;
    /// Item number `k`.
    fn yielded(&self, k: usize) -> Self::Item;
}

impl<T: Clone> Yields for Vec<T> {
    type Item = T;
    #[inline(always)]
    fn yielded(&self, k: usize) -> T {
        self[k].clone()
    }
}

impl<T: Clone, const N: usize> Yields for [T; N] {
    type Item = T;
    #[inline(always)]
    fn yielded(&self, k: usize) -> T {
        self[k].clone()
    }
}

impl<'a, C: Elements + ?Sized> Yields for &'a C {
    type Item = &'a C::Element;
    #[inline(always)]
    fn yielded(&self, k: usize) -> &'a C::Element {
        C::element(self, k)
    }
}

/// A container whose elements can be changed.
pub trait ElementsMut: Elements {
    /// Element number `k`.
    fn element_mut(&mut self, k: usize) -> &mut Self::Element;
}

impl<T> Elements for [T] {
    type Element = T;
    #[inline(always)]
    fn element(&self, k: usize) -> &T {
        &self[k]
    }
}

impl<T> ElementsMut for [T] {
    #[inline(always)]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self[k]
    }
}

impl<T> Elements for Vec<T> {
    type Element = T;
    #[inline(always)]
    fn element(&self, k: usize) -> &T {
        &self[k]
    }
}

impl<T> ElementsMut for Vec<T> {
    #[inline(always)]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self[k]
    }
}

impl<T, const N: usize> Elements for [T; N] {
    type Element = T;
    #[inline(always)]
    fn element(&self, k: usize) -> &T {
        &self[k]
    }
}

impl<T, const N: usize> ElementsMut for [T; N] {
    #[inline(always)]
    fn element_mut(&mut self, k: usize) -> &mut T {
        &mut self[k]
    }
}

impl<C: Elements + ?Sized> Elements for &mut C {
    type Element = C::Element;
    #[inline(always)]
    fn element(&self, k: usize) -> &C::Element {
        (**self).element(k)
    }
}

impl<C: ElementsMut + ?Sized> ElementsMut for &mut C {
    #[inline(always)]
    fn element_mut(&mut self, k: usize) -> &mut C::Element {
        (**self).element_mut(k)
    }
}

impl<C: Elements + ?Sized> Elements for &C {
    type Element = C::Element;
    #[inline(always)]
    fn element(&self, k: usize) -> &C::Element {
        (**self).element(k)
    }
}

impl Elements for Inactive {
    type Element = Inactive;
    #[inline(always)]
    fn element(&self, _: usize) -> &Inactive {
        self
    }
}

impl ElementsMut for Inactive {
    #[inline(always)]
    fn element_mut(&mut self, _: usize) -> &mut Inactive {
        self
    }
}

#[cfg(feature = "ndarray")]
mod arrays {
    use super::{Elements, ElementsMut};
    use ndarray::{ArrayBase, ArrayRef, Data, DataMut, Dimension, RawData};

    /// The index of element `k` in logical order.
    fn index<D: Dimension>(dim: &D, mut k: usize) -> D {
        let mut index = D::zeros(dim.ndim());
        for axis in (0..dim.ndim()).rev() {
            let length = dim[axis];
            index[axis] = k % length;
            k /= length;
        }
        index
    }

    impl<A, D: Dimension> Elements for ArrayRef<A, D> {
        type Element = A;
        #[inline]
        fn element(&self, k: usize) -> &A {
            match self.as_slice() {
                Some(slice) => &slice[k],
                None => &self[index(&self.raw_dim(), k)],
            }
        }
    }

    impl<A, D: Dimension> ElementsMut for ArrayRef<A, D> {
        #[inline]
        fn element_mut(&mut self, k: usize) -> &mut A {
            if self.is_standard_layout() {
                return &mut self.as_slice_mut().expect("it is in standard layout")[k];
            }
            let index = index(&self.raw_dim(), k);
            &mut self[index]
        }
    }

    impl<S: Data, D: Dimension> Elements for ArrayBase<S, D> {
        type Element = <S as RawData>::Elem;
        #[inline]
        fn element(&self, k: usize) -> &Self::Element {
            (**self).element(k)
        }
    }

    impl<S: DataMut, D: Dimension> ElementsMut for ArrayBase<S, D> {
        #[inline]
        fn element_mut(&mut self, k: usize) -> &mut Self::Element {
            (**self).element_mut(k)
        }
    }

    /// The dimensions that a shape stands for.
    pub fn dimension<Sh: ndarray::ShapeBuilder>(shape: Sh) -> Sh::Dim {
        shape.into_shape_with_order().raw_dim().clone()
    }

    /// The index of element `k` in logical order, as ndarray gives it to closures.
    #[inline]
    pub fn index_at<D: Dimension>(dim: &D, k: usize) -> D::Pattern {
        index(dim, k).into_pattern()
    }

    /// The array of shape `dim` with these elements in logical order.
    #[track_caller]
    pub fn shaped<A, D: Dimension>(elements: Vec<A>, dim: &D) -> ndarray::Array<A, D> {
        ndarray::Array::from_shape_vec(dim.clone(), elements).expect("one element per index")
    }

    /// The elements of a cotangent in logical order.
    pub fn unshaped<A: Clone, D: Dimension>(array: ndarray::Array<A, D>) -> Vec<A> {
        if array.is_standard_layout() {
            let length = array.len();
            let (mut elements, offset) = array.into_raw_vec_and_offset();
            if offset.unwrap_or(0) == 0 {
                elements.truncate(length);
                return elements;
            }
            let offset = offset.unwrap_or(0);
            return elements[offset..offset + length].to_vec();
        }
        array.iter().cloned().collect()
    }

    /// Panics with both shapes unless they are equal: what `Zip` does.
    #[inline]
    #[track_caller]
    pub fn require_equal_shapes<D: Dimension, E: Dimension>(a: &D, b: &E) {
        assert!(
            a.slice() == b.slice(),
            "arrays of the shapes {:?} and {:?} are iterated together",
            a.slice(),
            b.slice()
        );
    }
}

#[cfg(feature = "ndarray")]
pub use arrays::{dimension, index_at, require_equal_shapes, shaped, unshaped};

/// Projects into the payload of the variants of the standard library's enums.
pub trait OptionTangent {
    /// The payload's type.
    type Inner;
    /// The payload of `Some`, or of `Ok`.
    fn __unwrap_mut(&mut self) -> (&mut Self::Inner,);
    /// The payload of `Some`, or of `Ok`.
    fn __unwrap(&self) -> (&Self::Inner,);
}

macro_rules! projections {
    ($trait_:ident, $variant:ident, $shared:ident, $exclusive:ident, $t:ty, $inner:ident) => {
        /// Projects into a variant.
        pub trait $trait_ {
            /// The payload's type.
            type Payload;
            /// The payload.
            #[allow(non_snake_case)]
            fn $exclusive(&mut self) -> (&mut Self::Payload,);
            /// The payload.
            #[allow(non_snake_case)]
            fn $shared(&self) -> (&Self::Payload,);
        }
        impl<$inner> $trait_ for $t {
            type Payload = $inner;
            #[inline(always)]
            #[track_caller]
            fn $exclusive(&mut self) -> (&mut $inner,) {
                match self {
                    $variant(payload) => (payload,),
                    _ => panic!("the tangent is not of variant `{}`", stringify!($variant)),
                }
            }
            #[inline(always)]
            #[track_caller]
            fn $shared(&self) -> (&$inner,) {
                match self {
                    $variant(payload) => (payload,),
                    _ => panic!("the tangent is not of variant `{}`", stringify!($variant)),
                }
            }
        }
    };
}
projections!(SomeTangent, Some, __Some, __Some_mut, Option<T>, T);
projections!(OkTangent, Ok, __Ok, __Ok_mut, Result<T, ()>, T);

impl<T> OptionTangent for Option<T> {
    type Inner = T;
    #[inline(always)]
    fn __unwrap_mut(&mut self) -> (&mut T,) {
        self.__Some_mut()
    }
    #[inline(always)]
    fn __unwrap(&self) -> (&T,) {
        self.__Some()
    }
}

impl<T> OptionTangent for Result<T, ()> {
    type Inner = T;
    #[inline(always)]
    fn __unwrap_mut(&mut self) -> (&mut T,) {
        self.__Ok_mut()
    }
    #[inline(always)]
    fn __unwrap(&self) -> (&T,) {
        self.__Ok()
    }
}

/// Whether `unwrap` gives a value.
pub trait Holds {
    /// `is_some` or `is_ok`.
    fn __holds(&self) -> bool;
}

impl<T> Holds for Option<T> {
    #[inline(always)]
    fn __holds(&self) -> bool {
        self.is_some()
    }
}

impl<T, E> Holds for Result<T, E> {
    #[inline(always)]
    fn __holds(&self) -> bool {
        self.is_ok()
    }
}

/// What `unwrap` shows without taking it.
pub trait Unwrapped {
    /// The payload.
    type Payload;
    /// Borrows the payload.
    fn unwrapped(&self) -> &Self::Payload;
}

impl<T> Unwrapped for Option<T> {
    type Payload = T;
    #[inline(always)]
    #[track_caller]
    fn unwrapped(&self) -> &T {
        self.as_ref().expect("the forward sweep unwrapped it")
    }
}

impl<T, E> Unwrapped for Result<T, E> {
    type Payload = T;
    #[inline(always)]
    #[track_caller]
    fn unwrapped(&self) -> &T {
        match self {
            Ok(payload) => payload,
            Err(_) => unreachable!("the forward sweep unwrapped it"),
        }
    }
}

impl<T: Unwrapped> Unwrapped for &T {
    type Payload = T::Payload;
    #[inline(always)]
    #[track_caller]
    fn unwrapped(&self) -> &T::Payload {
        (**self).unwrapped()
    }
}

/// What `unwrap` shows, to be changed.
pub trait UnwrappedMut: Unwrapped {
    /// Borrows the payload.
    fn unwrapped_mut(&mut self) -> &mut Self::Payload;
}

impl<T> UnwrappedMut for Option<T> {
    #[inline(always)]
    #[track_caller]
    fn unwrapped_mut(&mut self) -> &mut T {
        self.as_mut().expect("the forward sweep unwrapped it")
    }
}

impl<T, E> UnwrappedMut for Result<T, E> {
    #[inline(always)]
    #[track_caller]
    fn unwrapped_mut(&mut self) -> &mut T {
        match self {
            Ok(payload) => payload,
            Err(_) => unreachable!("the forward sweep unwrapped it"),
        }
    }
}

impl<T: Unwrapped> Unwrapped for &mut T {
    type Payload = T::Payload;
    #[inline(always)]
    #[track_caller]
    fn unwrapped(&self) -> &T::Payload {
        (**self).unwrapped()
    }
}

impl<T: UnwrappedMut> UnwrappedMut for &mut T {
    #[inline(always)]
    #[track_caller]
    fn unwrapped_mut(&mut self) -> &mut T::Payload {
        (**self).unwrapped_mut()
    }
}

/// An `Option` or `Result` made of its payload: the cotangent of what was unwrapped.
pub trait Wrapped {
    /// The payload.
    type Payload;
    /// Wraps it.
    fn wrapped(payload: Self::Payload) -> Self;
}

impl<T> Wrapped for Option<T> {
    type Payload = T;
    #[inline(always)]
    fn wrapped(payload: T) -> Self {
        Some(payload)
    }
}

impl<T> Wrapped for Result<T, ()> {
    type Payload = T;
    #[inline(always)]
    fn wrapped(payload: T) -> Self {
        Ok(payload)
    }
}

/// The cotangent of what was unwrapped.
#[inline(always)]
pub fn wrapped<W: Wrapped>(payload: W::Payload) -> W {
    W::wrapped(payload)
}

/// Keeps the elements that a view shows.
#[cfg(feature = "ndarray")]
#[inline]
pub fn keep_array<A: Clone, D: ndarray::Dimension>(
    array: &ndarray::ArrayRef<A, D>,
) -> ndarray::Array<A, D> {
    array.to_owned()
}

/// Puts kept elements back where a view shows.
#[cfg(feature = "ndarray")]
#[inline]
pub fn put_back_array<A: Clone, D: ndarray::Dimension>(
    array: &mut ndarray::ArrayRef<A, D>,
    kept: ndarray::Array<A, D>,
) {
    array.assign(&kept);
}

/// Sets a part of a tangent. A part that is constant takes the tangent `()` alone.
pub trait Set<T> {
    /// Sets it.
    fn set(self, value: T);
}

impl<T: Tangent> Set<T> for &mut T {
    #[inline(always)]
    fn set(self, value: T) {
        *self = value;
    }
}

impl<T: Tangent> Set<T> for &mut Inactive {
    #[inline(always)]
    fn set(self, _: T) {}
}

/// A part of a tangent that takes the tangent of an active value.
#[diagnostic::on_unimplemented(
    message = "an active value is stored in a constant field",
    label = "a field that is assigned to in this function is `#[constant]`, so the derivative would be lost",
    note = "drop `#[constant]` from the field, or assign `stop_gradient(..)` of the value"
)]
pub trait ActivePart {}
impl<T: Tangent> ActivePart for T {}

/// The part, which is not constant.
#[inline(always)]
pub fn active_part<T: ActivePart>(part: &mut T) -> &mut T {
    part
}

/// Replaces the cotangent of a value that is overwritten as a whole by zero of the shape it had before.
pub trait Replace<T: Tangent> {
    /// Replaces it by `zero`, and returns what it was.
    fn replace(self, zero: T) -> T;
}

impl<T: Tangent> Replace<T> for &mut T {
    #[inline(always)]
    fn replace(self, zero: T) -> T {
        std::mem::replace(self, zero)
    }
}

impl<T: Tangent, R: Replace<T>> Replace<T> for Option<R> {
    #[inline(always)]
    fn replace(self, zero: T) -> T {
        match self {
            Some(part) => part.replace(zero),
            None => zero,
        }
    }
}

impl<T: Tangent> Replace<T> for &mut Inactive {
    #[inline(always)]
    fn replace(self, zero: T) -> T {
        zero
    }
}

/// Takes the cotangent of a value that is overwritten, and leaves zero of the shape of `before`.
#[inline(always)]
pub fn replace<P: Differentiable + ?Sized, R: Replace<P::Tangent>>(
    before: &P,
    bar: R,
) -> P::Tangent {
    bar.replace(before.zero_tangent())
}

/// Reads the cotangent of a part of a struct: that of a constant field is zero.
pub trait ReadPart<T: Tangent> {
    /// Reads it; `zero` makes a zero.
    fn read_part(self, zero: impl FnOnce() -> T) -> T;
}

impl<T: Tangent> ReadPart<T> for &T {
    #[inline(always)]
    fn read_part(self, _: impl FnOnce() -> T) -> T {
        self.clone()
    }
}

impl<T: Tangent> ReadPart<T> for &Inactive {
    #[inline(always)]
    fn read_part(self, zero: impl FnOnce() -> T) -> T {
        zero()
    }
}

/// The cotangent of a field of a struct literal.
#[inline(always)]
pub fn read_part<P: Differentiable + ?Sized, R: ReadPart<P::Tangent>>(
    primal: &P,
    part: R,
) -> P::Tangent {
    part.read_part(|| primal.zero_tangent())
}

/// Takes the cotangent of a field, and leaves zero.
#[inline(always)]
pub fn take_part<P: Differentiable + ?Sized, S: SlotMut<P::Tangent>>(
    primal: &P,
    part: S,
) -> P::Tangent {
    crate::rt::take(primal, part)
}

/// The mutable forms of views that have none of their own name.
#[cfg(feature = "ndarray")]
pub trait TransposedMut {
    /// An element.
    type Elem;
    /// The dimensions.
    type Dim;
    /// The transpose, as a mutable view.
    fn __t_mut(&mut self) -> ndarray::ArrayViewMut<'_, Self::Elem, Self::Dim>;
}

#[cfg(feature = "ndarray")]
impl<S: ndarray::DataMut, D: ndarray::Dimension> TransposedMut for ndarray::ArrayBase<S, D> {
    type Elem = S::Elem;
    type Dim = D;
    #[inline]
    fn __t_mut(&mut self) -> ndarray::ArrayViewMut<'_, S::Elem, D> {
        self.view_mut().reversed_axes()
    }
}

/// The elements of an array in row-major order as a slice, to be changed.
#[cfg(feature = "ndarray")]
pub trait ArraySliceMut {
    /// An element.
    type Elem;
    /// `as_slice().unwrap()`
    fn __as_slice(&self) -> &[Self::Elem];
    /// `as_slice_mut().unwrap()`.
    ///
    /// # Panics
    /// Where a view shows elements that do not lie in row-major order.
    fn __as_slice_mut(&mut self) -> &mut [Self::Elem];
}

#[cfg(feature = "ndarray")]
impl<S, D> ArraySliceMut for ndarray::ArrayBase<S, D>
where
    S: ndarray::DataMut,
    D: ndarray::Dimension,
{
    type Elem = S::Elem;
    #[inline]
    #[track_caller]
    fn __as_slice(&self) -> &[S::Elem] {
        self.as_slice().expect("the elements lie in row-major order")
    }
    #[inline]
    #[track_caller]
    fn __as_slice_mut(&mut self) -> &mut [S::Elem] {
        self.as_slice_mut().expect(
            "the elements of the value lie in row-major order, so those of its cotangent must",
        )
    }
}

/// `as_slice` of a cotangent.
pub trait SliceMut {
    /// An element.
    type Part;
    /// The cotangent as a slice.
    fn __as_slice_mut(&mut self) -> &mut [Self::Part];
}

impl<T> SliceMut for [T] {
    type Part = T;
    #[inline(always)]
    fn __as_slice_mut(&mut self) -> &mut [T] {
        self
    }
}
