/// The tangent of `Shape`.
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub enum ShapeTangent<T: Real> {
    /// The tangent of `Shape::Circle`.
    Circle(
        /// The tangent of `0`.
        T,
    ),
    /// The tangent of `Shape::Rectangle`.
    Rectangle {
        /// The tangent of `a`.
        a: f64,
    },
    /// The tangent of `Shape::Tagged`.
    Tagged,
    /// The tangent of `Shape::Empty`.
    Empty,
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::ad_runtime::Differentiable for Shape<T> {
    type Tangent = ShapeTangent<T>;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        match self {
            Shape::Circle { 0: value_0 } => {
                ShapeTangent::Circle(::ad_runtime::Differentiable::zero_tangent(value_0))
            }
            Shape::Rectangle { a: value_a, .. } => {
                ShapeTangent::Rectangle {
                    a: ::ad_runtime::Differentiable::zero_tangent(value_a),
                }
            }
            Shape::Tagged { .. } => ShapeTangent::Tagged,
            Shape::Empty {} => ShapeTangent::Empty,
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        match self {
            Shape::Circle { 0: value_0 } => {
                ShapeTangent::Circle(::ad_runtime::Differentiable::placeholder(value_0))
            }
            Shape::Rectangle { a: value_a, .. } => {
                ShapeTangent::Rectangle {
                    a: ::ad_runtime::Differentiable::placeholder(value_a),
                }
            }
            Shape::Tagged { .. } => ShapeTangent::Tagged,
            Shape::Empty {} => ShapeTangent::Empty,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::ad_runtime::Differentiable for ShapeTangent<T> {
    type Tangent = Self;
    #[inline]
    fn zero_tangent(&self) -> Self::Tangent {
        match self {
            Self::Circle(value_0) => {
                Self::Circle(::ad_runtime::Differentiable::zero_tangent(value_0))
            }
            Self::Rectangle { a: value_a } => {
                Self::Rectangle {
                    a: ::ad_runtime::Differentiable::zero_tangent(value_a),
                }
            }
            Self::Tagged => Self::Tagged,
            Self::Empty => Self::Empty,
        }
    }
    #[inline]
    fn placeholder(&self) -> Self::Tangent {
        match self {
            Self::Circle(value_0) => {
                Self::Circle(::ad_runtime::Differentiable::placeholder(value_0))
            }
            Self::Rectangle { a: value_a } => {
                Self::Rectangle {
                    a: ::ad_runtime::Differentiable::placeholder(value_a),
                }
            }
            Self::Tagged => Self::Tagged,
            Self::Empty => Self::Empty,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::ad_runtime::Tangent for ShapeTangent<T> {
    ::ad_runtime::borrow_as_self!();
    #[inline]
    #[track_caller]
    fn accumulate(into: &mut Self, contribution: Self) {
        match (into, contribution) {
            (Self::Circle(into_0), Self::Circle(contribution_0)) => {
                ::ad_runtime::rt::add(into_0, contribution_0);
            }
            (Self::Rectangle { a: into_a }, Self::Rectangle { a: contribution_a }) => {
                ::ad_runtime::rt::add(into_a, contribution_a);
            }
            (Self::Tagged, Self::Tagged) => {}
            (Self::Empty, Self::Empty) => {}
            (into, contribution) => {
                ::ad_runtime::variant_mismatch(
                    into.__variant_name(),
                    contribution.__variant_name(),
                )
            }
        }
    }
    #[track_caller]
    fn inner_product(&self, other: &Self) -> f64 {
        match (self, other) {
            (Self::Circle(left_0), Self::Circle(right_0)) => {
                0.0 + ::ad_runtime::Tangent::inner_product(left_0, right_0)
            }
            (Self::Rectangle { a: left_a }, Self::Rectangle { a: right_a }) => {
                0.0 + ::ad_runtime::Tangent::inner_product(left_a, right_a)
            }
            (Self::Tagged, Self::Tagged) => 0.0,
            (Self::Empty, Self::Empty) => 0.0,
            (left, right) => {
                ::ad_runtime::variant_mismatch(
                    left.__variant_name(),
                    right.__variant_name(),
                )
            }
        }
    }
    fn map_components(&mut self, f: &mut dyn ::core::ops::FnMut(f64) -> f64) {
        match self {
            Self::Circle(value_0) => {
                ::ad_runtime::Tangent::map_components(value_0, f);
            }
            Self::Rectangle { a: value_a } => {
                ::ad_runtime::Tangent::map_components(value_a, f);
            }
            Self::Tagged => {}
            Self::Empty => {}
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::core::clone::Clone for ShapeTangent<T> {
    #[inline]
    fn clone(&self) -> Self {
        match self {
            Self::Circle(value_0) => Self::Circle(::core::clone::Clone::clone(value_0)),
            Self::Rectangle { a: value_a } => {
                Self::Rectangle {
                    a: ::core::clone::Clone::clone(value_a),
                }
            }
            Self::Tagged => Self::Tagged,
            Self::Empty => Self::Empty,
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::core::fmt::Debug for ShapeTangent<T> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Circle(value_0) => f.debug_tuple("Circle").field(value_0).finish(),
            Self::Rectangle { a: value_a } => {
                f.debug_struct("Rectangle").field("a", value_a).finish()
            }
            Self::Tagged => f.write_str("Tagged"),
            Self::Empty => f.write_str("Empty"),
        }
    }
}
#[automatically_derived]
#[allow(deprecated, clippy::all, clippy::pedantic)]
impl<T: Real> ::core::cmp::PartialEq for ShapeTangent<T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Circle(left_0), Self::Circle(right_0)) => *left_0 == *right_0,
            (Self::Rectangle { a: left_a }, Self::Rectangle { a: right_a }) => {
                *left_a == *right_a
            }
            (Self::Tagged, Self::Tagged) => true,
            (Self::Empty, Self::Empty) => true,
            _ => false,
        }
    }
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __ShapeRectangleRef<'__bar> {
    pub a: &'__bar f64,
    pub b: &'__bar ::ad_runtime::rt::Inactive,
}
#[doc(hidden)]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
pub struct __ShapeRectangleMut<'__bar> {
    pub a: &'__bar mut f64,
    pub b: &'__bar mut ::ad_runtime::rt::Inactive,
}
#[automatically_derived]
#[allow(private_bounds, private_interfaces, clippy::all, clippy::pedantic)]
impl<T: Real> ShapeTangent<T> {
    #[doc(hidden)]
    pub fn __variant_name(&self) -> &'static str {
        match self {
            Self::Circle { .. } => "Circle",
            Self::Rectangle { .. } => "Rectangle",
            Self::Tagged { .. } => "Tagged",
            Self::Empty { .. } => "Empty",
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Circle(&self) -> (&T,) {
        match self {
            Self::Circle(bar_0) => (bar_0,),
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Circle"),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Circle_mut(&mut self) -> (&mut T,) {
        match self {
            Self::Circle(bar_0) => (bar_0,),
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Circle"),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Rectangle(&self) -> __ShapeRectangleRef<'_> {
        match self {
            Self::Rectangle { a: bar_a } => {
                __ShapeRectangleRef {
                    a: bar_a,
                    b: &::ad_runtime::rt::Inactive,
                }
            }
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Rectangle"),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Rectangle_mut(&mut self) -> __ShapeRectangleMut<'_> {
        match self {
            Self::Rectangle { a: bar_a } => {
                __ShapeRectangleMut {
                    a: bar_a,
                    b: ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                }
            }
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Rectangle"),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Tagged(&self) -> (&::ad_runtime::rt::Inactive,) {
        match self {
            Self::Tagged => (&::ad_runtime::rt::Inactive,),
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Tagged"),
        }
    }
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    pub fn __Tagged_mut(&mut self) -> (&mut ::ad_runtime::rt::Inactive,) {
        match self {
            Self::Tagged => {
                (
                    ::std::boxed::Box::leak(
                        ::std::boxed::Box::new(::ad_runtime::rt::Inactive),
                    ),
                )
            }
            other => ::ad_runtime::variant_mismatch(other.__variant_name(), "Tagged"),
        }
    }
}
