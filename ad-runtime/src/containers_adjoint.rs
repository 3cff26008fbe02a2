//! The adjoints of what overwrites, grows or shrinks a container.

use crate::{Differentiable, Tangent};

/// Removes the last element: undoes `push`.
pub trait DropLast {
    /// Removes it.
    fn drop_last(&mut self);
}

impl<T> DropLast for Vec<T> {
    #[inline(always)]
    fn drop_last(&mut self) {
        self.pop();
    }
}

impl<C: DropLast + ?Sized> DropLast for &mut C {
    #[inline(always)]
    fn drop_last(&mut self) {
        (**self).drop_last();
    }
}

/// The cotangent of what was pushed.
#[inline(always)]
#[track_caller]
pub fn pop<T>(bar: &mut Vec<T>) -> T {
    bar.pop().expect("the cotangent of a pushed element")
}

/// Undoes `pop`.
#[inline(always)]
pub fn unpop<T>(vec: &mut Vec<T>, popped: Option<T>) {
    vec.extend(popped);
}

/// Undoes `remove`: puts what was removed back where it was.
#[inline(always)]
pub fn insert_at<T>(vec: &mut Vec<T>, index: usize, removed: T) {
    vec.insert(index, removed);
}

/// Undoes `insert`; of a cotangent, it takes that of what was inserted.
#[inline(always)]
pub fn remove_at<T>(vec: &mut Vec<T>, index: usize) -> T {
    vec.remove(index)
}

/// Takes the cotangents of all elements.
fn drain<T: Tangent>(bar: &mut [T]) -> impl Iterator<Item = T> + '_ {
    bar.iter_mut().map(|b| T::take(b.tangent_mut()))
}

/// The sum of the cotangents of equal copies of `value`.
pub fn total<P: Differentiable + ?Sized>(
    value: &P,
    bars: impl IntoIterator<Item = P::Tangent>,
) -> P::Tangent {
    let mut sum = value.zero_tangent();
    for bar in bars {
        P::Tangent::accumulate(sum.tangent_mut(), bar);
    }
    sum
}

/// A cotangent seen as that of a slice.
pub trait Parts {
    /// An element's cotangent.
    type Part;
    /// The parts.
    fn parts(&mut self) -> &mut [Self::Part];
}

impl<T> Parts for [T] {
    type Part = T;
    #[inline(always)]
    fn parts(&mut self) -> &mut [T] {
        self
    }
}
impl<T> Parts for Vec<T> {
    type Part = T;
    #[inline(always)]
    fn parts(&mut self) -> &mut [T] {
        self
    }
}
impl<T, const N: usize> Parts for [T; N] {
    type Part = T;
    #[inline(always)]
    fn parts(&mut self) -> &mut [T] {
        self
    }
}
impl<C: Parts + ?Sized> Parts for &mut C {
    type Part = C::Part;
    #[inline(always)]
    fn parts(&mut self) -> &mut [C::Part] {
        (**self).parts()
    }
}

/// The cotangent of the value of `fill`; that of the filled container becomes zero.
pub trait FillAdjoint<P: Differentiable> {
    /// Takes it.
    fn fill_adjoint(self, value: &P) -> P::Tangent;
}

impl<P: Differentiable, C: Parts<Part = P::Tangent> + ?Sized> FillAdjoint<P> for &mut C {
    fn fill_adjoint(self, value: &P) -> P::Tangent {
        total(value, drain(self.parts()))
    }
}

/// The adjoint of `x.fill(value)`.
pub fn fill_adjoint<X: ?Sized, P: Differentiable, C: FillAdjoint<P>>(
    _: &X,
    value: &P,
    bar: C,
) -> P::Tangent {
    bar.fill_adjoint(value)
}

/// The cotangent of a container that was copied from; that of the copy becomes zero.
pub trait CopyAdjoint<P: Differentiable + ?Sized> {
    /// Takes it.
    fn copy_adjoint(self, source: &P) -> P::Tangent;
}

/// A tangent made from the parts of a slice.
pub trait FromParts<T>: Sized {
    /// Makes it.
    fn from_parts(parts: impl Iterator<Item = T>) -> Self;
}
impl<T> FromParts<T> for Vec<T> {
    fn from_parts(parts: impl Iterator<Item = T>) -> Self {
        parts.collect()
    }
}
impl<T, const N: usize> FromParts<T> for [T; N] {
    fn from_parts(mut parts: impl Iterator<Item = T>) -> Self {
        std::array::from_fn(|_| parts.next().expect("as many cotangents as elements"))
    }
}

impl<P, C> CopyAdjoint<P> for &mut C
where
    P: Differentiable + ?Sized,
    C: Parts + ?Sized,
    C::Part: Tangent,
    P::Tangent: FromParts<C::Part>,
{
    fn copy_adjoint(self, _: &P) -> P::Tangent {
        P::Tangent::from_parts(drain(self.parts()))
    }
}

/// The adjoint of `x.copy_from_slice(source)`.
pub fn copy_adjoint<X: ?Sized, P: Differentiable + ?Sized, C: CopyAdjoint<P>>(
    _: &X,
    source: &P,
    bar: C,
) -> P::Tangent {
    bar.copy_adjoint(source)
}

/// The adjoint of `x.extend_from_slice(source)`: `x` is as before.
pub fn extend_adjoint<X: Elements, P, T>(x: &X, _: &P, bar: &mut Vec<T>) -> P::Tangent
where
    P: Differentiable + ?Sized,
    P::Tangent: FromParts<T>,
{
    P::Tangent::from_parts(bar.drain(x.count()..))
}

/// The adjoint of `x.truncate(n)`: what was cut off has the cotangent zero.
pub fn truncate_adjoint<T: Differentiable>(x: &[T], bar: &mut Vec<T::Tangent>) {
    bar.extend(x[bar.len()..].iter().map(T::zero_tangent));
}

/// The adjoint of `x.resize(n, value)`.
pub fn resize_adjoint<T: Differentiable>(
    x: &[T],
    value: &T,
    bar: &mut Vec<T::Tangent>,
) -> T::Tangent {
    if bar.len() >= x.len() {
        return total(value, bar.drain(x.len()..));
    }
    truncate_adjoint(x, bar);
    value.zero_tangent()
}

/// The number of elements.
pub trait Elements {
    /// Counts them.
    fn count(&self) -> usize;
}
impl<T> Elements for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }
}
impl<C: Elements + ?Sized> Elements for &mut C {
    fn count(&self) -> usize {
        (**self).count()
    }
}
