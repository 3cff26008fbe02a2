//! The macros that turn a call as a user writes it into the closures of the harness.

/// Checks a differentiated function with a real result.
///
/// `check!(path::to::f(&x, y, const n))` checks `f` in every function of the contract. An argument
/// is `&value` or `value` (active, passed so), `view value` (active, passed as `value.view()`) or
/// `const value` (for a constant parameter; the value must be `Copy`, such as a reference).
/// Methods and associated functions name their siblings:
/// `check!(Model { loss, loss_grad, loss_value_and_grad, loss_vjp, loss_jvp, loss_adjoint } (&model, x))`.
#[macro_export]
macro_rules! check {
    ($($f:ident)::+ ($($arguments:tt)*)) => {
        $crate::__arguments!(__scalar
            [{stringify!($($f)::+)} ($($f)::+) ($($f)::+::grad) ($($f)::+::value_and_grad)
                ($($f)::+::vjp) ($($f)::+::jvp) ($($f)::+::adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
    ($t:ty { $f:ident, $grad:ident, $value_and_grad:ident, $vjp:ident, $jvp:ident, $adjoint:ident } ($($arguments:tt)*)) => {
        $crate::__arguments!(__scalar
            [{concat!(stringify!($t), "::", stringify!($f))} (<$t>::$f) (<$t>::$grad)
                (<$t>::$value_and_grad) (<$t>::$vjp) (<$t>::$jvp) (<$t>::$adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
}

/// Checks a differentiated function of order two with a real result: as [`check!`](crate::check!), and
/// `hvp` against differences of `grad`.
///
/// Methods name their siblings: `check_second!(Model { loss, loss_grad, .., loss_adjoint, loss_hvp } (&model, x))`.
#[macro_export]
macro_rules! check_second {
    ($($f:ident)::+ ($($arguments:tt)*)) => {
        $crate::check!($($f)::+ ($($arguments)*));
        $crate::__arguments!(__second
            [{stringify!($($f)::+)} ($($f)::+::grad) ($($f)::+::hvp)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
    ($t:ty { $f:ident, $grad:ident, $value_and_grad:ident, $vjp:ident, $jvp:ident, $adjoint:ident, $hvp:ident } ($($arguments:tt)*)) => {
        $crate::check!($t { $f, $grad, $value_and_grad, $vjp, $jvp, $adjoint } ($($arguments)*));
        $crate::__arguments!(__second
            [{concat!(stringify!($t), "::", stringify!($f))} (<$t>::$grad) (<$t>::$hvp)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
}

/// Checks a differentiated function with any other result; arguments as for [`check!`](crate::check!).
#[macro_export]
macro_rules! check_vector {
    ($($f:ident)::+ ($($arguments:tt)*)) => {
        $crate::__arguments!(__vector
            [{stringify!($($f)::+)} ($($f)::+) ($($f)::+::vjp) ($($f)::+::jvp) ($($f)::+::adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
    ($t:ty { $f:ident, $vjp:ident, $jvp:ident, $adjoint:ident } ($($arguments:tt)*)) => {
        $crate::__arguments!(__vector
            [{concat!(stringify!($t), "::", stringify!($f))} (<$t>::$f) (<$t>::$vjp) (<$t>::$jvp) (<$t>::$adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
}

/// Checks a differentiated function that changes its first parameters in place and returns nothing;
/// these arguments are written `&mut value`, the others as for [`check!`](crate::check!).
#[macro_export]
macro_rules! check_in_place {
    ($($f:ident)::+ ($($arguments:tt)*)) => {
        $crate::__arguments!(__in_place
            [{stringify!($($f)::+)} ($($f)::+) ($($f)::+::jvp) ($($f)::+::adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
    ($t:ty { $f:ident, $jvp:ident, $adjoint:ident } ($($arguments:tt)*)) => {
        $crate::__arguments!(__in_place
            [{concat!(stringify!($t), "::", stringify!($f))} (<$t>::$f) (<$t>::$jvp) (<$t>::$adjoint)]
            [] [] [] [] [] [] [] [$($arguments)*])
    };
}

/// Reads the arguments one by one; each step has hygienic names of its own.
///
/// The lists: names of the active parameters (value, tangent, cotangent); names of those changed in
/// place; start values; `let`s of constants; the arguments of the call; its tangents; its cotangents.
#[doc(hidden)]
#[macro_export]
macro_rules! __arguments {
    ($emit:ident $callee:tt $x:tt $s:tt $v:tt $k:tt $a:tt $d:tt $g:tt []) => {
        $crate::$emit!($callee $x $s $v $k $a $d $g)
    };
    ($emit:ident $callee:tt $x:tt $s:tt $v:tt [$($k:tt)*] [$($a:tt)*] $d:tt $g:tt [const $e:expr $(, $($rest:tt)*)?]) => {
        $crate::__arguments!($emit $callee $x $s $v [$($k)* {let constant = $e;}] [$($a)* constant,] $d $g [$($($rest)*)?])
    };
    ($emit:ident $callee:tt [$($x:tt)*] [$($s:tt)*] [$($v:tt)*] $k:tt [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]
        [&mut $e:expr $(, $($rest:tt)*)?]) => {
        $crate::__arguments!($emit $callee [$($x)* (x x_dot x_bar)] [$($s)* (x x_dot x_bar)] [$($v)* {$e}] $k
            [$($a)* &mut x,] [$($d)* &mut x_dot,] [$($g)* &mut x_bar,] [$($($rest)*)?])
    };
    ($emit:ident $callee:tt [$($x:tt)*] $s:tt [$($v:tt)*] $k:tt [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]
        [& $e:expr $(, $($rest:tt)*)?]) => {
        $crate::__arguments!($emit $callee [$($x)* (x x_dot x_bar)] $s [$($v)* {$e}] $k
            [$($a)* &x,] [$($d)* &x_dot,] [$($g)* &mut x_bar,] [$($($rest)*)?])
    };
    ($emit:ident $callee:tt [$($x:tt)*] $s:tt [$($v:tt)*] $k:tt [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]
        [view $e:expr $(, $($rest:tt)*)?]) => {
        $crate::__arguments!($emit $callee [$($x)* (x x_dot x_bar)] $s [$($v)* {$e}] $k
            [$($a)* x.view(),] [$($d)* x_dot.view(),] [$($g)* &mut x_bar,] [$($($rest)*)?])
    };
    ($emit:ident $callee:tt [$($x:tt)*] $s:tt [$($v:tt)*] $k:tt [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]
        [$e:expr $(, $($rest:tt)*)?]) => {
        $crate::__arguments!($emit $callee [$($x)* (x x_dot x_bar)] $s [$($v)* {$e}] $k
            [$($a)* x,] [$($d)* x_dot,] [$($g)* &mut x_bar,] [$($($rest)*)?])
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __scalar {
    ([{$name:expr} ($($value:tt)*) ($($grad:tt)*) ($($value_and_grad:tt)*) ($($vjp:tt)*) ($($jvp:tt)*) ($($adjoint:tt)*)]
        [$(($x:ident $dot:ident $bar:ident))+] [] [$({$v:expr})+] [$({$($k:tt)*})*]
        [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]) => {{
        #[allow(unused_parens)]
        {
            $($($k)*)*
            $crate::check_scalar_program(
                $name,
                ($(::core::clone::Clone::clone(&$v)),+),
                |($($x),+)| $($value)*($($a)*),
                |($($x),+)| $($grad)*($($a)*),
                |($($x),+)| $($value_and_grad)*($($a)*),
                |($($x),+), y_bar| {
                    let (y, pullback) = $($vjp)*($($a)*);
                    (y, pullback(y_bar), pullback(y_bar))
                },
                |($($x),+), ($($dot),+)| $($jvp)*($($a)* $($d)*),
                |($($x),+), y_bar, ($(mut $bar),+)| {
                    let y = $($adjoint)*($($a)* y_bar, $($g)*);
                    (y, ($($bar),+))
                },
            );
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __second {
    ([{$name:expr} ($($grad:tt)*) ($($hvp:tt)*)]
        [$(($x:ident $dot:ident $bar:ident))+] [] [$({$v:expr})+] [$({$($k:tt)*})*]
        [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]) => {{
        #[allow(unused_parens)]
        {
            $($($k)*)*
            $crate::check_second_order_program(
                $name,
                ($(::core::clone::Clone::clone(&$v)),+),
                |($($x),+)| $($grad)*($($a)*),
                |($($x),+), ($($dot),+)| $($hvp)*($($a)* $($d)*),
            );
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __vector {
    ([{$name:expr} ($($value:tt)*) ($($vjp:tt)*) ($($jvp:tt)*) ($($adjoint:tt)*)]
        [$(($x:ident $dot:ident $bar:ident))+] [] [$({$v:expr})+] [$({$($k:tt)*})*]
        [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]) => {{
        #[allow(unused_parens)]
        {
            $($($k)*)*
            $crate::check_vector_program(
                $name,
                ($(::core::clone::Clone::clone(&$v)),+),
                |($($x),+)| $($value)*($($a)*),
                |($($x),+), y_bar| {
                    let (y, pullback) = $($vjp)*($($a)*);
                    let bar = pullback(y_bar);
                    (y, bar)
                },
                |($($x),+), ($($dot),+)| $($jvp)*($($a)* $($d)*),
                |($($x),+), y_bar, ($(mut $bar),+)| {
                    let y = $($adjoint)*($($a)* y_bar, $($g)*);
                    (y, ($($bar),+))
                },
            );
        }
    }};
}

#[doc(hidden)]
#[macro_export]
macro_rules! __in_place {
    ([{$name:expr} ($($value:tt)*) ($($jvp:tt)*) ($($adjoint:tt)*)]
        [$(($x:ident $dot:ident $bar:ident))+] [$(($s:ident $s_dot:ident $s_bar:ident))+] [$({$v:expr})+]
        [$({$($k:tt)*})*] [$($a:tt)*] [$($d:tt)*] [$($g:tt)*]) => {{
        #[allow(unused_parens, unused_mut)]
        {
            $($($k)*)*
            $crate::check_in_place_program(
                $name,
                ($(::core::clone::Clone::clone(&$v)),+),
                |($(mut $x),+)| {
                    $($value)*($($a)*);
                    ($($s),+)
                },
                |($(mut $x),+), ($(mut $dot),+)| {
                    $($jvp)*($($a)* $($d)*);
                    (($($s),+), ($($s_dot),+))
                },
                |($(mut $x),+), ($(mut $bar),+)| {
                    $($adjoint)*($($a)* $($g)*);
                    (($($s),+), ($($bar),+))
                },
            );
        }
    }};
}

/// Implements [`Point`](crate::Point) for a struct with a derived tangent:
/// `point!(Body, BodyTangent { position, velocity } constant { mass })`.
#[macro_export]
macro_rules! point {
    ($t:ty, $tangent:ident { $($field:tt),* $(,)? } $(constant { $($constant:tt),* })?) => {
        impl $crate::Point for $t {
            type Tangent = $tangent;
            fn write(&self, out: &mut Vec<f64>) {
                $($crate::Point::write(&self.$field, out);)*
            }
            fn read(&self, x: &mut $crate::Coordinates) -> Self {
                Self {
                    $($field: $crate::Point::read(&self.$field, x),)*
                    $($($constant: self.$constant.clone(),)*)?
                }
            }
            fn write_tangent(&self, tangent: &$tangent, out: &mut Vec<f64>) {
                $($crate::Point::write_tangent(&self.$field, &tangent.$field, out);)*
            }
            fn read_tangent(&self, x: &mut $crate::Coordinates) -> $tangent {
                $tangent { $($field: $crate::Point::read_tangent(&self.$field, x),)* }
            }
        }
    };
}

/// Implements [`Point`](crate::Point) for an enum with a derived tangent; each field has a name for
/// its value and one for its tangent, and tuple variants count their fields:
/// `point_enum!(Shape, ShapeTangent { Circle { 0: r r_dot }, Empty {} })`.
#[macro_export]
macro_rules! point_enum {
    ($t:ident, $tangent:ident { $($variant:ident { $($field:tt : $x:ident $x_dot:ident),* }),* $(,)? }) => {
        impl $crate::Point for $t {
            type Tangent = $tangent;
            #[allow(unused_variables)]
            fn write(&self, out: &mut Vec<f64>) {
                match self {
                    $(Self::$variant { $($field: $x),* } => { $($crate::Point::write($x, out);)* })*
                }
            }
            #[allow(unused_variables)]
            fn read(&self, x: &mut $crate::Coordinates) -> Self {
                match self {
                    $(Self::$variant { $($field: $x),* } =>
                        Self::$variant { $($field: $crate::Point::read($x, x)),* },)*
                }
            }
            #[allow(unused_variables, unreachable_patterns)]
            fn write_tangent(&self, tangent: &$tangent, out: &mut Vec<f64>) {
                match (self, tangent) {
                    $((Self::$variant { $($field: $x),* }, $tangent::$variant { $($field: $x_dot),* }) => {
                        $($crate::Point::write_tangent($x, $x_dot, out);)*
                    })*
                    _ => panic!("the variant of a value and of its tangent differ"),
                }
            }
            #[allow(unused_variables)]
            fn read_tangent(&self, x: &mut $crate::Coordinates) -> $tangent {
                match self {
                    $(Self::$variant { $($field: $x),* } =>
                        $tangent::$variant { $($field: $crate::Point::read_tangent($x, x)),* },)*
                }
            }
        }
    };
}
