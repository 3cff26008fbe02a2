/// The tangent of `Layer`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct LayerTangent<T: Real, U, const N: usize>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    /// The tangent of `w`.
    w: [T; N],
    /// The tangent of `inner`.
    inner: <Wrapper<U> as ::ad_runtime::Differentiable>::Tangent,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, F: Fn(T) -> T, const N: usize> ::ad_runtime::Differentiable
for Layer<T, U, F, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    type Tangent = LayerTangent<T, U, N>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        LayerTangent {
            w: ::ad_runtime::Differentiable::zero_tangent(&self.w),
            inner: ::ad_runtime::Differentiable::zero_tangent(&self.inner),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        LayerTangent {
            w: ::ad_runtime::Differentiable::placeholder(&self.w),
            inner: ::ad_runtime::Differentiable::placeholder(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::ad_runtime::Differentiable for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Self {
            w: ::ad_runtime::Differentiable::zero_tangent(&self.w),
            inner: ::ad_runtime::Differentiable::zero_tangent(&self.inner),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Self {
            w: ::ad_runtime::Differentiable::placeholder(&self.w),
            inner: ::ad_runtime::Differentiable::placeholder(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::ad_runtime::Tangent for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        ::ad_runtime::rt::add(&mut into.w, contribution.w);
        ::ad_runtime::rt::add(&mut into.inner, contribution.inner);
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        0.0 + ::ad_runtime::Tangent::inner_product(&self.w, &other.w)
            + ::ad_runtime::Tangent::inner_product(&self.inner, &other.inner)
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        ::ad_runtime::Tangent::map_components(&mut self.w, f);
        ::ad_runtime::Tangent::map_components(&mut self.inner, f);
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::core::clone::Clone for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    #[inline]
    fn clone(&self) -> Self {
        Self {
            w: ::core::clone::Clone::clone(&self.w),
            inner: ::core::clone::Clone::clone(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::core::fmt::Debug for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("LayerTangent")
            .field("w", &self.w)
            .field("inner", &self.inner)
            .finish()
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::core::cmp::PartialEq for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.w == other.w && self.inner == other.inner
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __LayerConstantFields {
    f: ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::core::ops::Deref for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    type Target = __LayerConstantFields;
    #[inline]
    fn deref(&self) -> &Self::Target {
        &__LayerConstantFields {
            f: ::ad_runtime::rt::Inactive,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> ::core::ops::DerefMut for LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        ::std::boxed::Box::leak(
            ::std::boxed::Box::new(__LayerConstantFields {
                f: ::ad_runtime::rt::Inactive,
            }),
        )
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __LayerLayerRef<'__bar, T: Real, U, const N: usize>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    pub w: &'__bar [T; N],
    pub inner: &'__bar <Wrapper<U> as ::ad_runtime::Differentiable>::Tangent,
    pub f: &'__bar ::ad_runtime::rt::Inactive,
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __LayerLayerMut<'__bar, T: Real, U, const N: usize>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    pub w: &'__bar mut [T; N],
    pub inner: &'__bar mut <Wrapper<U> as ::ad_runtime::Differentiable>::Tangent,
    pub f: &'__bar mut ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl<T: Real, U, const N: usize> LayerTangent<T, U, N>
where
    U: Clone,
    Wrapper<U>: ::ad_runtime::Differentiable,
{
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Layer(&self) -> __LayerLayerRef<'_, T, U, N> {
        match self {
            Self { w: bar_w, inner: bar_inner } => {
                __LayerLayerRef {
                    w: bar_w,
                    inner: bar_inner,
                    f: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Layer_mut(&mut self) -> __LayerLayerMut<'_, T, U, N> {
        match self {
            Self { w: bar_w, inner: bar_inner } => {
                __LayerLayerMut {
                    w: bar_w,
                    inner: bar_inner,
                    f: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Self_(&self) -> __LayerLayerRef<'_, T, U, N> {
        match self {
            Self { w: bar_w, inner: bar_inner } => {
                __LayerLayerRef {
                    w: bar_w,
                    inner: bar_inner,
                    f: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Self__mut(&mut self) -> __LayerLayerMut<'_, T, U, N> {
        match self {
            Self { w: bar_w, inner: bar_inner } => {
                __LayerLayerMut {
                    w: bar_w,
                    inner: bar_inner,
                    f: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
}
