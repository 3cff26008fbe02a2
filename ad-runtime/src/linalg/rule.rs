//! How a function of one or two arrays gets its namespace of derivatives.
//!
//! A rule computes the value together with a record (a factorization, say), and either derivative from both.
//! So whoever wants the value and a derivative pays for the factorization once.

use super::dense::Scalar;
use crate::dual::Dual;
use crate::dual::slots::{Both, Join};
use crate::slot::{ConstantSlot, Inactive, Slot, TangentArg};
use ndarray::{Array, ArrayRef, ArrayView, Dimension};

/// A function of one array.
pub(super) trait Unary<A: Scalar> {
    type In: Dimension;
    type Out: Join;
    type Record;

    /// The value, and what its derivatives need besides.
    fn primal(&self, a: &ArrayRef<A, Self::In>) -> (Self::Out, Self::Record);
    /// The value alone, where that is cheaper.
    fn value(&self, a: &ArrayRef<A, Self::In>) -> Self::Out {
        self.primal(a).0
    }
    /// The tangent of the value.
    fn jvp(
        &self,
        a: &ArrayRef<A, Self::In>,
        out: &Self::Out,
        record: &Self::Record,
        a_dot: &ArrayRef<A, Self::In>,
    ) -> Self::Out;
    /// The cotangent of the argument.
    fn vjp(
        &self,
        a: &ArrayRef<A, Self::In>,
        out: &Self::Out,
        record: &Self::Record,
        out_bar: &Self::Out,
    ) -> Array<A, Self::In>;
    /// The cotangent of the argument with its tangent: `vjp` of dual numbers. (The record is that of the values.)
    fn second(
        &self,
        a: &ArrayRef<Dual<A>, Self::In>,
        out: &<Self::Out as Join>::Joined,
        record: &Self::Record,
        out_bar: &<Self::Out as Join>::Joined,
    ) -> Array<Dual<A>, Self::In>;
}

/// The cotangents of two arguments, where they are wanted.
pub(super) type Pair<A, L, R> = (Option<Array<A, L>>, Option<Array<A, R>>);

/// Two arguments.
pub(super) type Operands<'a, A, L, R> = (&'a ArrayRef<A, L>, &'a ArrayRef<A, R>);

/// A function of two arrays.
pub(super) trait Binary<A: Scalar> {
    type Left: Dimension;
    type Right: Dimension;
    type Out: Join;
    type Record;

    /// The value, and what its derivatives need besides.
    fn primal(
        &self,
        a: &ArrayRef<A, Self::Left>,
        b: &ArrayRef<A, Self::Right>,
    ) -> (Self::Out, Self::Record);
    /// The tangent of the value; an absent tangent is zero.
    fn jvp(
        &self,
        operands: Operands<'_, A, Self::Left, Self::Right>,
        out: &Self::Out,
        record: &Self::Record,
        a_dot: Option<ArrayView<'_, A, Self::Left>>,
        b_dot: Option<ArrayView<'_, A, Self::Right>>,
    ) -> Self::Out;
    /// The cotangents of the arguments that are wanted.
    fn vjp(
        &self,
        operands: Operands<'_, A, Self::Left, Self::Right>,
        out: &Self::Out,
        record: &Self::Record,
        out_bar: &Self::Out,
        wanted: (bool, bool),
    ) -> Pair<A, Self::Left, Self::Right>;
    /// The cotangents of the arguments with their tangents: `vjp` of dual numbers. (The record is that of the values.)
    fn second(
        &self,
        operands: Operands<'_, Dual<A>, Self::Left, Self::Right>,
        out: &<Self::Out as Join>::Joined,
        record: &Self::Record,
        out_bar: &<Self::Out as Join>::Joined,
        wanted: (bool, bool),
    ) -> Pair<Dual<A>, Self::Left, Self::Right>;
}

/// The slot of a constant parameter of type `K`: none.
pub trait ConstantOf<K> {}
impl<K, S: ConstantSlot> ConstantOf<K> for S {}

/// A function of one array by its rule, and the namespace of its derivatives.
macro_rules! unary {
    (
        $(#[$doc:meta])*
        fn $name:ident [$($g:ident : $B:ident)?] ($a:ident: $In:ty $(, $k:ident: $K:ty)*) -> $Out:ty = $rule:expr
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<A: $crate::linalg::Scalar, $($g: $B)?>($a: &::ndarray::ArrayRef<A, $In> $(, $k: $K)*) -> $Out {
            $crate::linalg::rule::Unary::value(&$rule, $a)
        }

        #[doc = concat!("The derivatives of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {}

        #[allow(clippy::type_complexity)]
        impl $name {
            #[doc(hidden)]
            #[track_caller]
            pub fn __adjoint<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
                out_bar: $Out,
                mut a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> $Out {
                use $crate::linalg::rule::Unary;
                let rule = $rule;
                let (out, record) = rule.primal($a);
                a_bar.add(|| rule.vjp($a, &out, &record, &out_bar));
                out
            }

            #[doc(hidden)]
            pub const __SPLIT: bool = true;

            /// The value, and what goes on from there to the cotangent.
            #[doc(hidden)]
            #[track_caller]
            pub fn __split<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
            ) -> (
                $Out,
                impl FnOnce(&::ndarray::ArrayRef<A, $In>, $Out) -> ::ndarray::Array<A, $In> + use<A, $($g)?>,
            ) {
                use $crate::linalg::rule::Unary;
                let rule = $rule;
                let (out, record) = rule.primal($a);
                let value = out.clone();
                (value, move |$a: &::ndarray::ArrayRef<A, $In>, out_bar| rule.vjp($a, &out, &record, &out_bar))
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn __back<A: $crate::linalg::Scalar, $($g: $B)?>(
                back: impl FnOnce(&::ndarray::ArrayRef<A, $In>, $Out) -> ::ndarray::Array<A, $In>,
                $a: &::ndarray::ArrayRef<A, $In>,
                $(_: $K,)*
                out_bar: $Out,
                mut a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) {
                a_bar.add(|| back($a, out_bar));
            }

            #[doc(hidden)]
            #[inline]
            pub fn __lanes(_: u8) -> bool {
                false
            }

            #[doc(hidden)]
            pub fn __jvp_lanes<A: $crate::linalg::Scalar, const LANES: usize, $($g: $B)?>(
                _: &::ndarray::ArrayRef<A, $In>,
                $(_: $K,)*
                _: $crate::rt::Width<LANES>,
                _: impl $crate::slot::TangentArg<<::ndarray::Array<A, $In> as $crate::Tangent>::Lanes<LANES>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> ($Out, <$Out as $crate::Tangent>::Lanes<LANES>) {
                unreachable!("the function goes one direction after the other")
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn __jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
                a_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> ($Out, $Out) {
                use $crate::linalg::rule::Unary;
                let rule = $rule;
                let (out, record) = rule.primal($a);
                let out_dot = match a_dot.get() {
                    Some(a_dot) => {
                        $crate::linalg::rule::require_same_shape($a.shape(), a_dot.shape());
                        rule.jvp($a, &out, &record, &a_dot)
                    }
                    None => $crate::Differentiable::zero_tangent(&out),
                };
                (out, out_dot)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::too_many_arguments)]
            pub fn __adjoint_jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
                a_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
                out_bar: $Out,
                out_bar_dot: $Out,
                a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
                a_bar_dot: impl $crate::slot::Slot<::ndarray::Array<A, $In>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> $Out {
                $crate::linalg::rule::unary_second(&$rule, $a, a_dot, (out_bar, out_bar_dot), a_bar, a_bar_dot)
            }

            /// The value; adds the cotangent of the argument to `a_bar`.
            #[track_caller]
            pub fn adjoint<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
                out_bar: $Out,
                a_bar: &mut ::ndarray::ArrayRef<A, $In>,
            ) -> $Out {
                Self::__adjoint($a, $($k,)* out_bar, a_bar $(, $crate::linalg::rule::inactive::<$K>())*)
            }

            /// The value and its derivative in the direction `a_dot`.
            #[track_caller]
            pub fn jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
                a_dot: &::ndarray::ArrayRef<A, $In>,
            ) -> ($Out, $Out) {
                Self::__jvp($a, $($k,)* a_dot $(, $crate::linalg::rule::inactive::<$K>())*)
            }

            /// The value and its pullback, which uses what the value was computed with.
            #[track_caller]
            pub fn vjp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In>,
                $($k: $K,)*
            ) -> ($Out, impl Fn($Out) -> ::ndarray::Array<A, $In>) {
                use $crate::linalg::rule::Unary;
                let rule = $rule;
                let (out, record) = rule.primal($a);
                let value = out.clone();
                (value, move |out_bar: $Out| rule.vjp($a, &out, &record, &out_bar))
            }
        }
    };
}
pub(super) use unary;

/// `grad` and `value_and_grad` of a function whose value is a number.
macro_rules! gradient {
    ($name:ident [$($g:ident : $B:ident)?] ($a:ident: $In:ty $(, $k:ident: $K:ty)*)) => {
        impl $name {
            /// The gradient.
            #[track_caller]
            pub fn grad<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In> $(, $k: $K)*
            ) -> ::ndarray::Array<A, $In> {
                Self::value_and_grad($a $(, $k)*).1
            }

            /// The value and the gradient.
            #[track_caller]
            pub fn value_and_grad<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $In> $(, $k: $K)*
            ) -> (A, ::ndarray::Array<A, $In>) {
                let (value, pullback) = Self::vjp($a $(, $k)*);
                (value, pullback(::num_traits::One::one()))
            }
        }
    };
}
pub(super) use gradient;

/// A function of two arrays by its rule, and the namespace of its derivatives.
macro_rules! binary {
    (
        $(#[$doc:meta])*
        fn $name:ident [$($g:ident : $B:ident)?] ($a:ident: $L:ty, $b:ident: $R:ty $(, $k:ident: $K:ty)*) -> $Out:ty = $rule:expr
    ) => {
        $(#[$doc])*
        #[track_caller]
        pub fn $name<A: $crate::linalg::Scalar, $($g: $B)?>(
            $a: &::ndarray::ArrayRef<A, $L>,
            $b: &::ndarray::ArrayRef<A, $R>
            $(, $k: $K)*
        ) -> $Out {
            $crate::linalg::rule::Binary::primal(&$rule, $a, $b).0
        }

        #[doc = concat!("The derivatives of [`", stringify!($name), "()`].")]
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name {}

        #[allow(clippy::type_complexity)]
        impl $name {
            #[doc(hidden)]
            #[track_caller]
            pub fn __adjoint<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
                out_bar: $Out,
                mut a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $L>>,
                mut b_bar: impl $crate::slot::Slot<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> $Out {
                use $crate::linalg::rule::Binary;
                let rule = $rule;
                let (out, record) = rule.primal($a, $b);
                let wanted = (a_bar.wanted(), b_bar.wanted());
                let (a_part, b_part) = rule.vjp(($a, $b), &out, &record, &out_bar, wanted);
                if let Some(part) = a_part {
                    a_bar.add(|| part);
                }
                if let Some(part) = b_part {
                    b_bar.add(|| part);
                }
                out
            }

            #[doc(hidden)]
            pub const __SPLIT: bool = true;

            /// The value, and what goes on from there to the cotangents that are wanted.
            #[doc(hidden)]
            #[track_caller]
            pub fn __split<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
            ) -> (
                $Out,
                impl FnOnce(
                    &::ndarray::ArrayRef<A, $L>,
                    &::ndarray::ArrayRef<A, $R>,
                    $Out,
                    (bool, bool),
                ) -> $crate::linalg::rule::Pair<A, $L, $R> + use<A, $($g)?>,
            ) {
                use $crate::linalg::rule::Binary;
                let rule = $rule;
                let (out, record) = rule.primal($a, $b);
                let value = out.clone();
                let back = move |$a: &::ndarray::ArrayRef<A, $L>, $b: &::ndarray::ArrayRef<A, $R>, out_bar, wanted| {
                    rule.vjp(($a, $b), &out, &record, &out_bar, wanted)
                };
                (value, back)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::too_many_arguments)]
            pub fn __back<A: $crate::linalg::Scalar, $($g: $B)?>(
                back: impl FnOnce(
                    &::ndarray::ArrayRef<A, $L>,
                    &::ndarray::ArrayRef<A, $R>,
                    $Out,
                    (bool, bool),
                ) -> $crate::linalg::rule::Pair<A, $L, $R>,
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $(_: $K,)*
                out_bar: $Out,
                mut a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $L>>,
                mut b_bar: impl $crate::slot::Slot<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) {
                let (a_part, b_part) = back($a, $b, out_bar, (a_bar.wanted(), b_bar.wanted()));
                if let Some(part) = a_part {
                    a_bar.add(|| part);
                }
                if let Some(part) = b_part {
                    b_bar.add(|| part);
                }
            }

            #[doc(hidden)]
            #[inline]
            pub fn __lanes(_: u8) -> bool {
                false
            }

            #[doc(hidden)]
            pub fn __jvp_lanes<A: $crate::linalg::Scalar, const LANES: usize, $($g: $B)?>(
                _: &::ndarray::ArrayRef<A, $L>,
                _: &::ndarray::ArrayRef<A, $R>,
                $(_: $K,)*
                _: $crate::rt::Width<LANES>,
                _: impl $crate::slot::TangentArg<<::ndarray::Array<A, $L> as $crate::Tangent>::Lanes<LANES>>,
                _: impl $crate::slot::TangentArg<<::ndarray::Array<A, $R> as $crate::Tangent>::Lanes<LANES>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> ($Out, <$Out as $crate::Tangent>::Lanes<LANES>) {
                unreachable!("the function goes one direction after the other")
            }

            #[doc(hidden)]
            #[track_caller]
            pub fn __jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
                a_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $L>>,
                b_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> ($Out, $Out) {
                use $crate::linalg::rule::{Binary, require_same_shape};
                let rule = $rule;
                let (out, record) = rule.primal($a, $b);
                let (a_dot, b_dot) = (a_dot.get(), b_dot.get());
                if let Some(dot) = &a_dot {
                    require_same_shape($a.shape(), dot.shape());
                }
                if let Some(dot) = &b_dot {
                    require_same_shape($b.shape(), dot.shape());
                }
                let out_dot = rule.jvp(($a, $b), &out, &record, a_dot, b_dot);
                (out, out_dot)
            }

            #[doc(hidden)]
            #[track_caller]
            #[allow(clippy::too_many_arguments)]
            pub fn __adjoint_jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
                a_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $L>>,
                b_dot: impl $crate::slot::TangentArg<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
                out_bar: $Out,
                out_bar_dot: $Out,
                a_bar: impl $crate::slot::Slot<::ndarray::Array<A, $L>>,
                b_bar: impl $crate::slot::Slot<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
                a_bar_dot: impl $crate::slot::Slot<::ndarray::Array<A, $L>>,
                b_bar_dot: impl $crate::slot::Slot<::ndarray::Array<A, $R>>,
                $(_: impl $crate::linalg::rule::ConstantOf<$K>,)*
            ) -> $Out {
                $crate::linalg::rule::binary_second(
                    &$rule, ($a, $b), (a_dot, b_dot), (out_bar, out_bar_dot), (a_bar, b_bar), (a_bar_dot, b_bar_dot),
                )
            }

            /// The value; adds the cotangents of the arguments to `a_bar` and `b_bar`.
            #[track_caller]
            pub fn adjoint<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
                out_bar: $Out,
                a_bar: &mut ::ndarray::ArrayRef<A, $L>,
                b_bar: &mut ::ndarray::ArrayRef<A, $R>,
            ) -> $Out {
                Self::__adjoint($a, $b, $($k,)* out_bar, a_bar, b_bar $(, $crate::linalg::rule::inactive::<$K>())*)
            }

            /// The value and its derivative in the direction `a_dot`, `b_dot`.
            #[track_caller]
            pub fn jvp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
                a_dot: &::ndarray::ArrayRef<A, $L>,
                b_dot: &::ndarray::ArrayRef<A, $R>,
            ) -> ($Out, $Out) {
                Self::__jvp($a, $b, $($k,)* a_dot, b_dot $(, $crate::linalg::rule::inactive::<$K>())*)
            }

            /// The value and its pullback, which uses what the value was computed with.
            #[track_caller]
            pub fn vjp<A: $crate::linalg::Scalar, $($g: $B)?>(
                $a: &::ndarray::ArrayRef<A, $L>,
                $b: &::ndarray::ArrayRef<A, $R>,
                $($k: $K,)*
            ) -> ($Out, impl Fn($Out) -> (::ndarray::Array<A, $L>, ::ndarray::Array<A, $R>)) {
                use $crate::linalg::rule::Binary;
                let rule = $rule;
                let (out, record) = rule.primal($a, $b);
                let value = out.clone();
                let pullback = move |out_bar: $Out| {
                    let both = rule.vjp(($a, $b), &out, &record, &out_bar, (true, true));
                    (both.0.expect("it is wanted"), both.1.expect("it is wanted"))
                };
                (value, pullback)
            }
        }
    };
}
pub(super) use binary;

/// The value; adds the cotangent of the argument and its tangent.
#[track_caller]
pub(super) fn unary_second<A: Scalar, U: Unary<A>>(
    rule: &U,
    a: &ArrayRef<A, U::In>,
    a_dot: impl TangentArg<Array<A, U::In>>,
    (out_bar, out_bar_dot): (U::Out, U::Out),
    mut a_bar: impl Slot<Array<A, U::In>>,
    mut a_bar_dot: impl Slot<Array<A, U::In>>,
) -> U::Out {
    let (out, record) = rule.primal(a);
    let Some(a_dot) = a_dot.get() else {
        // The pullback is linear.
        a_bar.add(|| rule.vjp(a, &out, &record, &out_bar));
        a_bar_dot.add(|| rule.vjp(a, &out, &record, &out_bar_dot));
        return out;
    };
    require_same_shape(a.shape(), a_dot.shape());
    let out_dot = rule.jvp(a, &out, &record, &a_dot);
    Both(a_bar, a_bar_dot).add(|| {
        let a = Array::join(a.view(), Some(a_dot.view()));
        rule.second(&a, &joined(&out, &out_dot), &record, &joined(&out_bar, &out_bar_dot))
    });
    out
}

/// The value; adds the cotangents of the arguments and their tangents.
#[track_caller]
pub(super) fn binary_second<A: Scalar, B: Binary<A>>(
    rule: &B,
    (a, b): Operands<'_, A, B::Left, B::Right>,
    (a_dot, b_dot): (impl TangentArg<Array<A, B::Left>>, impl TangentArg<Array<A, B::Right>>),
    (out_bar, out_bar_dot): (B::Out, B::Out),
    (a_bar, b_bar): (impl Slot<Array<A, B::Left>>, impl Slot<Array<A, B::Right>>),
    (a_bar_dot, b_bar_dot): (impl Slot<Array<A, B::Left>>, impl Slot<Array<A, B::Right>>),
) -> B::Out {
    let (out, record) = rule.primal(a, b);
    let out_dot = rule.jvp((a, b), &out, &record, a_dot.get(), b_dot.get());
    let dual_a = Array::join(a.view(), a_dot.get());
    let dual_b = Array::join(b.view(), b_dot.get());
    let (mut a_both, mut b_both) = (Both(a_bar, a_bar_dot), Both(b_bar, b_bar_dot));
    let wanted = (
        Slot::<Array<Dual<A>, B::Left>>::wanted(&a_both),
        Slot::<Array<Dual<A>, B::Right>>::wanted(&b_both),
    );
    let (out_bar, dual_out) = (joined(&out_bar, &out_bar_dot), joined(&out, &out_dot));
    let (a_part, b_part) = rule.second((&dual_a, &dual_b), &dual_out, &record, &out_bar, wanted);
    if let Some(part) = a_part {
        a_both.add(|| part);
    }
    if let Some(part) = b_part {
        b_both.add(|| part);
    }
    out
}

/// `value + ε dot`
fn joined<T: Join>(value: &T, dot: &T) -> T::Joined {
    T::join(value.tangent_ref(), Some(dot.tangent_ref()))
}

/// The slot of a constant parameter of type `K`, which lets a macro repeat it per parameter.
#[allow(clippy::extra_unused_type_parameters)]
pub(super) fn inactive<K>() -> Inactive {
    Inactive
}

/// # Panics
/// When the shapes differ.
#[track_caller]
pub(super) fn require_same_shape(value: &[usize], derivative: &[usize]) {
    assert!(
        value == derivative,
        "a derivative of shape {derivative:?} meets a value of shape {value:?}"
    );
}
