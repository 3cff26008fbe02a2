/// The tangent of `Body`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct BodyTangent {
    /// The tangent of `position`.
    pub position: [f64; 3],
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for Body {
    type Tangent = BodyTangent;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        BodyTangent {
            position: ::ad_runtime::Differentiable::zero_tangent(&self.position),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        BodyTangent {
            position: ::ad_runtime::Differentiable::placeholder(&self.position),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Differentiable for BodyTangent {
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        Self {
            position: ::ad_runtime::Differentiable::zero_tangent(&self.position),
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        Self {
            position: ::ad_runtime::Differentiable::placeholder(&self.position),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::ad_runtime::Tangent for BodyTangent {
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        ::ad_runtime::rt::add(&mut into.position, contribution.position);
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        0.0 + ::ad_runtime::Tangent::inner_product(&self.position, &other.position)
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        ::ad_runtime::Tangent::map_components(&mut self.position, f);
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::clone::Clone for BodyTangent {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            position: ::core::clone::Clone::clone(&self.position),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::fmt::Debug for BodyTangent {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.debug_struct("BodyTangent").field("position", &self.position).finish()
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::cmp::PartialEq for BodyTangent {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.position == other.position
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __BodyConstantFields {
    pub mass: ::ad_runtime::rt::Inactive,
    name: ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::ops::Deref for BodyTangent {
    type Target = __BodyConstantFields;
    #[inline]
    fn deref(&self) -> &Self::Target {
        &__BodyConstantFields {
            mass: ::ad_runtime::rt::Inactive,
            name: ::ad_runtime::rt::Inactive,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl ::core::ops::DerefMut for BodyTangent {
    #[inline]
    fn deref_mut(&mut self) -> &mut Self::Target {
        ::std::boxed::Box::leak(
            ::std::boxed::Box::new(__BodyConstantFields {
                mass: ::ad_runtime::rt::Inactive,
                name: ::ad_runtime::rt::Inactive,
            }),
        )
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __BodyBodyRef<'__bar> {
    pub position: &'__bar [f64; 3],
    pub mass: &'__bar ::ad_runtime::rt::Inactive,
    pub name: &'__bar ::ad_runtime::rt::Inactive,
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __BodyBodyMut<'__bar> {
    pub position: &'__bar mut [f64; 3],
    pub mass: &'__bar mut ::ad_runtime::rt::Inactive,
    pub name: &'__bar mut ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl BodyTangent {
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Body(&self) -> __BodyBodyRef<'_> {
        match self {
            Self { position: bar_position } => {
                __BodyBodyRef {
                    position: bar_position,
                    mass: &::ad_runtime::rt::Inactive,
                    name: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Body_mut(&mut self) -> __BodyBodyMut<'_> {
        match self {
            Self { position: bar_position } => {
                __BodyBodyMut {
                    position: bar_position,
                    mass: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                    name: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self_(&self) -> __BodyBodyRef<'_> {
        match self {
            Self { position: bar_position } => {
                __BodyBodyRef {
                    position: bar_position,
                    mass: &::ad_runtime::rt::Inactive,
                    name: &::ad_runtime::rt::Inactive,
                }
            }
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Self__mut(&mut self) -> __BodyBodyMut<'_> {
        match self {
            Self { position: bar_position } => {
                __BodyBodyMut {
                    position: bar_position,
                    mass: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                    name: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
        }
    }
}
