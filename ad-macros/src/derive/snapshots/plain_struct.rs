/// The tangent of `Params`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct ParamsTangent {
    /// The tangent of `weights`.
    pub weights: Vec<f64>,
    /// The tangent of `bias`.
    pub bias: f64,
    /// The tangent of `scale`.
    scale: [f32; 3],
    /// The tangent of `inner`.
    inner: <Inner as ::ad_runtime::Differentiable>::Tangent,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for Params {
    type Tangent = ParamsTangent;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        ParamsTangent {
            weights: ::ad_runtime::Differentiable::zero_tangent(&self.weights),
            bias: ::ad_runtime::Differentiable::zero_tangent(&self.bias),
            scale: ::ad_runtime::Differentiable::zero_tangent(&self.scale),
            inner: ::ad_runtime::Differentiable::zero_tangent(&self.inner),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        ParamsTangent {
            weights: ::ad_runtime::Differentiable::placeholder(&self.weights),
            bias: ::ad_runtime::Differentiable::placeholder(&self.bias),
            scale: ::ad_runtime::Differentiable::placeholder(&self.scale),
            inner: ::ad_runtime::Differentiable::placeholder(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for ParamsTangent {
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Self {
            weights: ::ad_runtime::Differentiable::zero_tangent(&self.weights),
            bias: ::ad_runtime::Differentiable::zero_tangent(&self.bias),
            scale: ::ad_runtime::Differentiable::zero_tangent(&self.scale),
            inner: ::ad_runtime::Differentiable::zero_tangent(&self.inner),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Self {
            weights: ::ad_runtime::Differentiable::placeholder(&self.weights),
            bias: ::ad_runtime::Differentiable::placeholder(&self.bias),
            scale: ::ad_runtime::Differentiable::placeholder(&self.scale),
            inner: ::ad_runtime::Differentiable::placeholder(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Tangent for ParamsTangent {
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        ::ad_runtime::rt::add(&mut into.weights, contribution.weights);
        ::ad_runtime::rt::add(&mut into.bias, contribution.bias);
        ::ad_runtime::rt::add(&mut into.scale, contribution.scale);
        ::ad_runtime::rt::add(&mut into.inner, contribution.inner);
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        0.0 + ::ad_runtime::Tangent::inner_product(&self.weights, &other.weights)
            + ::ad_runtime::Tangent::inner_product(&self.bias, &other.bias)
            + ::ad_runtime::Tangent::inner_product(&self.scale, &other.scale)
            + ::ad_runtime::Tangent::inner_product(&self.inner, &other.inner)
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        ::ad_runtime::Tangent::map_components(&mut self.weights, f);
        ::ad_runtime::Tangent::map_components(&mut self.bias, f);
        ::ad_runtime::Tangent::map_components(&mut self.scale, f);
        ::ad_runtime::Tangent::map_components(&mut self.inner, f);
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::clone::Clone for ParamsTangent {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            weights: ::core::clone::Clone::clone(&self.weights),
            bias: ::core::clone::Clone::clone(&self.bias),
            scale: ::core::clone::Clone::clone(&self.scale),
            inner: ::core::clone::Clone::clone(&self.inner),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::fmt::Debug for ParamsTangent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("ParamsTangent")
            .field("weights", &self.weights)
            .field("bias", &self.bias)
            .field("scale", &self.scale)
            .field("inner", &self.inner)
            .finish()
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::cmp::PartialEq for ParamsTangent {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.weights == other.weights && self.bias == other.bias
            && self.scale == other.scale && self.inner == other.inner
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __ParamsParamsRef<'__bar> {
    pub weights: &'__bar Vec<f64>,
    pub bias: &'__bar f64,
    pub scale: &'__bar [f32; 3],
    pub inner: &'__bar <Inner as ::ad_runtime::Differentiable>::Tangent,
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __ParamsParamsMut<'__bar> {
    pub weights: &'__bar mut Vec<f64>,
    pub bias: &'__bar mut f64,
    pub scale: &'__bar mut [f32; 3],
    pub inner: &'__bar mut <Inner as ::ad_runtime::Differentiable>::Tangent,
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl ParamsTangent {
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Params(&self) -> __ParamsParamsRef<'_> {
        match self {
            Self {
                weights: bar_weights,
                bias: bar_bias,
                scale: bar_scale,
                inner: bar_inner,
            } => {
                __ParamsParamsRef {
                    weights: bar_weights,
                    bias: bar_bias,
                    scale: bar_scale,
                    inner: bar_inner,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Params_mut(&mut self) -> __ParamsParamsMut<'_> {
        match self {
            Self {
                weights: bar_weights,
                bias: bar_bias,
                scale: bar_scale,
                inner: bar_inner,
            } => {
                __ParamsParamsMut {
                    weights: bar_weights,
                    bias: bar_bias,
                    scale: bar_scale,
                    inner: bar_inner,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self_(&self) -> __ParamsParamsRef<'_> {
        match self {
            Self {
                weights: bar_weights,
                bias: bar_bias,
                scale: bar_scale,
                inner: bar_inner,
            } => {
                __ParamsParamsRef {
                    weights: bar_weights,
                    bias: bar_bias,
                    scale: bar_scale,
                    inner: bar_inner,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self__mut(&mut self) -> __ParamsParamsMut<'_> {
        match self {
            Self {
                weights: bar_weights,
                bias: bar_bias,
                scale: bar_scale,
                inner: bar_inner,
            } => {
                __ParamsParamsMut {
                    weights: bar_weights,
                    bias: bar_bias,
                    scale: bar_scale,
                    inner: bar_inner,
                }
            }
        }
    }
}
