//! Scalar helpers of generated code: slopes with conventions at kinks, numbers, ranges.

use crate::{Differentiable, Real};

/// `number` as a real scalar.
#[inline(always)]
pub fn number<T: Real>(number: f64) -> T {
    T::from_f64(number).expect("a real scalar holds every f64, rounded")
}

/// ∂xⁿ/∂x = n·xⁿ⁻¹; 0 for n = 0, whatever x.
#[inline(always)]
pub fn slope_powi<T: Real>(x: T, n: i32) -> T {
    if n == 0 {
        T::zero()
    } else {
        T::from_i32(n).expect("a real scalar holds every i32, rounded") * x.powi(n - 1)
    }
}

/// ∂xʸ/∂x = y·xʸ⁻¹, with the limits of the mathematics at x = 0.
#[inline(always)]
pub fn slope_powf<T: Real>(x: T, y: T) -> T {
    if y == T::zero() { T::zero() } else { y * x.powf(y - T::one()) }
}

/// ∂xʸ/∂y = xʸ·ln x; 0 at x = 0.
#[inline(always)]
pub fn slope_powf_exponent<T: Real>(x: T, _: T, result: T) -> T {
    if x == T::zero() { T::zero() } else { result * x.ln() }
}

/// The tangent of [`slope_powi`]: n·(n − 1)·xⁿ⁻²·ẋ.
#[inline(always)]
pub fn slope_powi_dot<T: Real>(x: T, n: i32, x_dot: T) -> T {
    if n == 0 || n == 1 {
        return T::zero();
    }
    let real = |n: i32| T::from_i32(n).expect("a real scalar holds every i32, rounded");
    real(n) * real(n - 1) * x.powi(n - 2) * x_dot
}

/// The tangent of [`slope_powf`]: y·(y − 1)·xʸ⁻²·ẋ + xʸ⁻¹·(1 + y·ln x)·ẏ. A zero tangent adds nothing.
#[inline(always)]
pub fn slope_powf_dot<T: Real>(x: T, y: T, x_dot: T, y_dot: T) -> T {
    let mut sum = T::zero();
    if x_dot != T::zero() && y != T::zero() && y != T::one() {
        sum += y * (y - T::one()) * x.powf(y - T::one() - T::one()) * x_dot;
    }
    if y_dot != T::zero() && x != T::zero() {
        sum += x.powf(y - T::one()) * (T::one() + y * x.ln()) * y_dot;
    }
    sum
}

/// The tangent of [`slope_powf_exponent`]: ln x·ṙ + r·ẋ/x, 0 at x = 0. A zero tangent adds nothing.
#[inline(always)]
pub fn slope_powf_exponent_dot<T: Real>(x: T, _: T, result: T, x_dot: T, _: T, result_dot: T) -> T {
    if x == T::zero() {
        return T::zero();
    }
    let mut sum = T::zero();
    if result_dot != T::zero() {
        sum += result_dot * x.ln();
    }
    if x_dot != T::zero() {
        sum += result * x_dot / x;
    }
    sum
}

/// ln of the base of a logarithm of `x`, which gives the base its type.
#[inline(always)]
pub fn log_base<T: Real>(_: T, base: T) -> T {
    base.ln()
}

/// Whether `a.max(b)` takes the slope of `a`: that of the greater, of the first if equal, of the number beside a NaN.
#[inline(always)]
pub fn pick_max<T: Real>(a: T, b: T) -> bool {
    a >= b || b.is_nan() && !a.is_nan()
}

/// Which item `items.fold(start, f64::max)` is, if it is not the start.
#[inline]
pub fn position_of_max<T: Real>(
    items: impl Iterator<Item: core::borrow::Borrow<T>>,
    start: T,
) -> Option<usize> {
    position_of_last(items, start, |best, item| !pick_max(best, item))
}

/// Which item `items.fold(start, f64::min)` is, if it is not the start.
#[inline]
pub fn position_of_min<T: Real>(
    items: impl Iterator<Item: core::borrow::Borrow<T>>,
    start: T,
) -> Option<usize> {
    position_of_last(items, start, |best, item| !pick_min(best, item))
}

/// The position of the last item that is better than the best before it.
#[inline(always)]
fn position_of_last<T: Real>(
    items: impl Iterator<Item: core::borrow::Borrow<T>>,
    start: T,
    better: impl Fn(T, T) -> bool,
) -> Option<usize> {
    let mut best = start;
    let mut found = None;
    for (k, item) in items.enumerate() {
        let item = *core::borrow::Borrow::borrow(&item);
        if better(best, item) {
            best = item;
            found = Some(k);
        }
    }
    found
}

/// Whether `a.min(b)` takes the slope of `a`.
#[inline(always)]
pub fn pick_min<T: Real>(a: T, b: T) -> bool {
    a <= b || b.is_nan() && !a.is_nan()
}

/// `as` between scalars: linear between real scalars, constant from an integer.
pub trait CastRule: Differentiable + Copy {
    /// The cotangent of the operand.
    fn cast_adjoint(self, out_bar: f64) -> Self::Tangent;
    /// The tangent of the operand as an `f64`.
    fn cast_jvp(dot: Self::Tangent) -> f64;
}

impl CastRule for f64 {
    #[inline(always)]
    fn cast_adjoint(self, out_bar: f64) -> f64 {
        out_bar
    }
    #[inline(always)]
    fn cast_jvp(dot: f64) -> f64 {
        dot
    }
}

impl CastRule for f32 {
    #[inline(always)]
    fn cast_adjoint(self, out_bar: f64) -> f32 {
        out_bar as f32
    }
    #[inline(always)]
    fn cast_jvp(dot: f32) -> f64 {
        f64::from(dot)
    }
}

macro_rules! constant_cast {
    ($($t:ty),*) => {$(
        impl CastRule for $t {
            #[inline(always)]
            fn cast_adjoint(self, _: f64) {}
            #[inline(always)]
            fn cast_jvp((): ()) -> f64 {
                0.0
            }
        }
    )*};
}
constant_cast!(bool, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize);

/// A cotangent of an `as` cast.
#[inline(always)]
pub fn cast_adjoint<P: CastRule>(operand: &P, out_bar: impl Into<f64>) -> P::Tangent {
    operand.cast_adjoint(out_bar.into())
}

/// A tangent of an `as` cast to the type of `out`.
#[inline(always)]
pub fn cast_jvp<P: CastRule, T: Real>(_: &P, _: &T, dot: P::Tangent) -> T {
    number(P::cast_jvp(dot))
}

/// An integer that counts iterations.
pub trait Counter: Copy + PartialOrd {
    /// The number of steps from `self` to `end`, 0 where there is none.
    fn distance(self, end: Self) -> usize;
    /// `self + k`.
    fn offset(self, k: usize) -> Self;
}

macro_rules! counter {
    ($($t:ty),*) => {$(
        impl Counter for $t {
            #[inline(always)]
            fn distance(self, end: Self) -> usize {
                if end > self { (end - self) as usize } else { 0 }
            }
            #[inline(always)]
            fn offset(self, k: usize) -> Self {
                self + k as $t
            }
        }
    )*};
}
counter!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

/// The number of items of `start..end`.
#[inline(always)]
pub fn distance<T: Counter>(start: T, end: T) -> usize {
    start.distance(end)
}

/// Item `k` of `start..`.
#[inline(always)]
pub fn offset<T: Counter>(start: T, k: usize) -> T {
    start.offset(k)
}

/// Takes what the iterations of a loop over `steps` added last to a record, the last one first.
#[inline(always)]
pub fn last<R>(
    record: &mut Vec<R>,
    steps: impl Iterator,
) -> core::iter::Rev<std::vec::Drain<'_, R>> {
    let start = record.len() - steps.size_hint().0;
    record.drain(start..).rev()
}

/// The empty record of a loop over `start..end`, with room for all iterations.
#[inline(always)]
pub fn record<R, T: Counter>(start: T, end: T) -> Vec<R> {
    Vec::with_capacity(start.distance(end))
}
