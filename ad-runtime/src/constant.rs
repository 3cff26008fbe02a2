//! Values that carry no derivative, whatever they were computed from.

use std::cmp::Ordering;

/// A type whose values carry no derivative: integers, `bool`, strings and what is made of them.
///
/// Generated code asserts it where a name alone (`!x`, `x.len()`) told the compiler so.
#[diagnostic::on_unimplemented(
    message = "`{Self}` may carry a derivative, which would be lost here",
    label = "this is taken for a number or a flag without derivative",
    note = "`!x` and methods such as `len`, `shape` and `contains` are not differentiated: give the operation another name and `#[differentiate]`, or pass `stop_gradient(..)` of the operand",
    note = "what the `Err` of a `Result` holds is not differentiated either: return it in `Ok`, or compute with `stop_gradient(..)` of it"
)]
pub trait ConstantValue {}

macro_rules! constant_values {
    ($($t:ty),*) => { $(impl ConstantValue for $t {})* };
}
constant_values!(
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
    Ordering
);

impl<T: ConstantValue + ?Sized> ConstantValue for &T {}
impl<T: ConstantValue + ?Sized> ConstantValue for &mut T {}
impl<T: ConstantValue> ConstantValue for Option<T> {}
impl<T: ConstantValue> ConstantValue for [T] {}
impl<T: ConstantValue> ConstantValue for Vec<T> {}
impl<T: ConstantValue, const N: usize> ConstantValue for [T; N] {}
impl ConstantValue for std::num::FpCategory {}

macro_rules! constant_tuples {
    ($(($($t:ident)+))*) => { $(impl<$($t: ConstantValue),+> ConstantValue for ($($t,)+) {})* };
}
constant_tuples!((A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F));

#[cfg(feature = "ndarray")]
impl<I: ?Sized> ConstantValue for ndarray::Dim<I> {}
