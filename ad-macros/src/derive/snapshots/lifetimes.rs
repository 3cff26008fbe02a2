/// The tangent of `Data`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    /// The tangent of `xs`.
    xs: ::std::vec::Vec<f64>,
    /// The tangent of `y`.
    y: Option<<T as ::ad_runtime::Differentiable>::Tangent>,
    /// The tangent of `view`.
    view: <ArrayView1<'static, f64> as ::ad_runtime::Differentiable>::Tangent,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<'a, T: 'a> ::ad_runtime::Differentiable for Data<'a, T>
where
    T: ::ad_runtime::Differentiable,
{
    type Tangent = DataTangent<T>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        DataTangent {
            xs: ::ad_runtime::Differentiable::zero_tangent(&self.xs),
            y: ::ad_runtime::Differentiable::zero_tangent(&self.y),
            view: ::ad_runtime::Differentiable::zero_tangent(&self.view),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        DataTangent {
            xs: ::ad_runtime::Differentiable::placeholder(&self.xs),
            y: ::ad_runtime::Differentiable::placeholder(&self.y),
            view: ::ad_runtime::Differentiable::placeholder(&self.view),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::ad_runtime::Differentiable for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Self {
            xs: ::ad_runtime::Differentiable::zero_tangent(&self.xs),
            y: ::ad_runtime::Differentiable::zero_tangent(&self.y),
            view: ::ad_runtime::Differentiable::zero_tangent(&self.view),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Self {
            xs: ::ad_runtime::Differentiable::placeholder(&self.xs),
            y: ::ad_runtime::Differentiable::placeholder(&self.y),
            view: ::ad_runtime::Differentiable::placeholder(&self.view),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::ad_runtime::Tangent for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        ::ad_runtime::rt::add(&mut into.xs, contribution.xs);
        ::ad_runtime::rt::add(&mut into.y, contribution.y);
        ::ad_runtime::rt::add(&mut into.view, contribution.view);
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        0.0 + ::ad_runtime::Tangent::inner_product(&self.xs, &other.xs)
            + ::ad_runtime::Tangent::inner_product(&self.y, &other.y)
            + ::ad_runtime::Tangent::inner_product(&self.view, &other.view)
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        ::ad_runtime::Tangent::map_components(&mut self.xs, f);
        ::ad_runtime::Tangent::map_components(&mut self.y, f);
        ::ad_runtime::Tangent::map_components(&mut self.view, f);
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::core::clone::Clone for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    #[inline]
    fn clone(&self) -> Self {
        Self {
            xs: ::core::clone::Clone::clone(&self.xs),
            y: ::core::clone::Clone::clone(&self.y),
            view: ::core::clone::Clone::clone(&self.view),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::core::fmt::Debug for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("DataTangent")
            .field("xs", &self.xs)
            .field("y", &self.y)
            .field("view", &self.view)
            .finish()
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::core::cmp::PartialEq for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.xs == other.xs && self.y == other.y && self.view == other.view
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __DataConstantFields {
    labels: ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::core::ops::Deref for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    type Target = __DataConstantFields;
    #[inline]
    fn deref(&self) -> &Self::Target {
        &__DataConstantFields {
            labels: ::ad_runtime::rt::Inactive,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T> ::core::ops::DerefMut for DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        ::std::boxed::Box::leak(
            ::std::boxed::Box::new(__DataConstantFields {
                labels: ::ad_runtime::rt::Inactive,
            }),
        )
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __DataDataRef<'__bar, T>
where
    T: ::ad_runtime::Differentiable,
{
    pub xs: &'__bar ::std::vec::Vec<f64>,
    pub y: &'__bar Option<<T as ::ad_runtime::Differentiable>::Tangent>,
    pub view: &'__bar <ArrayView1<
        'static,
        f64,
    > as ::ad_runtime::Differentiable>::Tangent,
    pub labels: &'__bar ::ad_runtime::rt::Inactive,
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
struct __DataDataMut<'__bar, T>
where
    T: ::ad_runtime::Differentiable,
{
    pub xs: &'__bar mut ::std::vec::Vec<f64>,
    pub y: &'__bar mut Option<<T as ::ad_runtime::Differentiable>::Tangent>,
    pub view: &'__bar mut <ArrayView1<
        'static,
        f64,
    > as ::ad_runtime::Differentiable>::Tangent,
    pub labels: &'__bar mut ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl<T> DataTangent<T>
where
    T: ::ad_runtime::Differentiable,
{
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Data(&self) -> __DataDataRef<'_, T> {
        match self {
            Self { xs: bar_xs, y: bar_y, view: bar_view } => {
                __DataDataRef {
                    xs: bar_xs,
                    y: bar_y,
                    view: bar_view,
                    labels: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Data_mut(&mut self) -> __DataDataMut<'_, T> {
        match self {
            Self { xs: bar_xs, y: bar_y, view: bar_view } => {
                __DataDataMut {
                    xs: bar_xs,
                    y: bar_y,
                    view: bar_view,
                    labels: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Self_(&self) -> __DataDataRef<'_, T> {
        match self {
            Self { xs: bar_xs, y: bar_y, view: bar_view } => {
                __DataDataRef {
                    xs: bar_xs,
                    y: bar_y,
                    view: bar_view,
                    labels: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn __Self__mut(&mut self) -> __DataDataMut<'_, T> {
        match self {
            Self { xs: bar_xs, y: bar_y, view: bar_view } => {
                __DataDataMut {
                    xs: bar_xs,
                    y: bar_y,
                    view: bar_view,
                    labels: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
}
