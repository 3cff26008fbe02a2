/// The tangent of `Pair`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct PairTangent(
    /// The tangent of `0`.
    pub f64,
    /// The tangent of `1`.
    Vec<f64>,
);
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for Pair {
    type Tangent = PairTangent;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        PairTangent(
            ::ad_runtime::Differentiable::zero_tangent(&self.0),
            ::ad_runtime::Differentiable::zero_tangent(&self.1),
        )
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        PairTangent(
            ::ad_runtime::Differentiable::placeholder(&self.0),
            ::ad_runtime::Differentiable::placeholder(&self.1),
        )
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for PairTangent {
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Self(
            ::ad_runtime::Differentiable::zero_tangent(&self.0),
            ::ad_runtime::Differentiable::zero_tangent(&self.1),
        )
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Self(
            ::ad_runtime::Differentiable::placeholder(&self.0),
            ::ad_runtime::Differentiable::placeholder(&self.1),
        )
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Tangent for PairTangent {
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        ::ad_runtime::rt::add(&mut into.0, contribution.0);
        ::ad_runtime::rt::add(&mut into.1, contribution.1);
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        0.0 + ::ad_runtime::Tangent::inner_product(&self.0, &other.0)
            + ::ad_runtime::Tangent::inner_product(&self.1, &other.1)
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        ::ad_runtime::Tangent::map_components(&mut self.0, f);
        ::ad_runtime::Tangent::map_components(&mut self.1, f);
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::clone::Clone for PairTangent {
    #[inline]
    fn clone(&self) -> Self {
        Self(::core::clone::Clone::clone(&self.0), ::core::clone::Clone::clone(&self.1))
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::fmt::Debug for PairTangent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_tuple("PairTangent").field(&self.0).field(&self.1).finish()
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::cmp::PartialEq for PairTangent {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 && self.1 == other.1
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __PairConstantFields(
    pub ::ad_runtime::rt::Inactive,
    ::ad_runtime::rt::Inactive,
    pub ::ad_runtime::rt::Inactive,
);
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::ops::Deref for PairTangent {
    type Target = __PairConstantFields;
    #[inline]
    fn deref(&self) -> &Self::Target {
        &__PairConstantFields(
            ::ad_runtime::rt::Inactive,
            ::ad_runtime::rt::Inactive,
            ::ad_runtime::rt::Inactive,
        )
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::ops::DerefMut for PairTangent {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        ::std::boxed::Box::leak(
            ::std::boxed::Box::new(
                __PairConstantFields(
                    ::ad_runtime::rt::Inactive,
                    ::ad_runtime::rt::Inactive,
                    ::ad_runtime::rt::Inactive,
                ),
            ),
        )
    }
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl PairTangent {
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Pair(&self) -> (&f64, &Vec<f64>, &::ad_runtime::rt::Inactive) {
        match self {
            Self(bar_0, bar_1) => (bar_0, bar_1, &::ad_runtime::rt::Inactive),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Pair_mut(
        &mut self,
    ) -> (&mut f64, &mut Vec<f64>, &mut ::ad_runtime::rt::Inactive) {
        match self {
            Self(bar_0, bar_1) => {
                (
                    bar_0,
                    bar_1,
                    ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                )
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self_(&self) -> (&f64, &Vec<f64>, &::ad_runtime::rt::Inactive) {
        match self {
            Self(bar_0, bar_1) => (bar_0, bar_1, &::ad_runtime::rt::Inactive),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self__mut(
        &mut self,
    ) -> (&mut f64, &mut Vec<f64>, &mut ::ad_runtime::rt::Inactive) {
        match self {
            Self(bar_0, bar_1) => {
                (
                    bar_0,
                    bar_1,
                    ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                )
            }
        }
    }
}
