//! Elementwise methods, with and without arguments.

use crate::checker::Random;
use ad_runtime::Real;
use ad_runtime::rt::methods::*;
use ad_runtime::slot::Inactive;
use ndarray::{Array1, Array2, Ix1, Ix2, array, s};

/// Every method without arguments, on `x` shifted into its domain.
macro_rules! unary {
    ($($name:ident $jvp:ident $adjoint:ident $with:ident $second:ident $x:expr;)*) => {$(
        #[test]
        fn $name() {
            let mut random = Random::new();
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f64, Ix1>(0));
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f64, Ix1>(1));
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f64, Ix2>((3, 4)));
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f64, Ix2>((3, 4)).reversed_axes());
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f64, Ix2>((6, 4)).slice_move(s![..;2, 1..]));
            unary!(@ $name $jvp $adjoint $with $second, $x, random.array::<f32, Ix1>(5));
        }
    )*};
    (@ $name:ident $jvp:ident $adjoint:ident $with:ident $second:ident, $x:expr, $x0:expr) => {
        check1!(
            stringify!($name), x = $x0.mapv($x);
            value x.$name();
            jvp(x_dot) {
                let (z, z_dot) = x.$jvp(x_dot);
                assert_eq!(z, x.$name());
                z_dot
            };
            adjoint(z_bar, x_bar) x.view().$adjoint(z_bar, x_bar);
            second(z_bar_dot, x_bar_dot) x.$second(x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
        );
        check1!(
            stringify!($with), x = $x0.mapv($x);
            value x.$name();
            jvp(x_dot) x.view().$jvp(x_dot).1;
            adjoint(z_bar, x_bar) x.$with(&x.$name(), z_bar, x_bar);
        );
    };
}

/// From `[0.4, 1.7]` into `[-0.85, -0.2]`.
fn inside<A: Real>(x: A) -> A {
    -x / (A::one() + A::one())
}
fn same<A: Real>(x: A) -> A {
    x
}
fn above_one<A: Real>(x: A) -> A {
    x + A::one()
}
/// Away from integers and halves.
fn between<A: Real>(x: A) -> A {
    x.round() + A::from_f64(0.26).unwrap()
}

unary! {
    exp __exp_jvp __exp_adjoint __exp_adjoint_with __exp_adjoint_jvp inside;
    exp2 __exp2_jvp __exp2_adjoint __exp2_adjoint_with __exp2_adjoint_jvp inside;
    exp_m1 __exp_m1_jvp __exp_m1_adjoint __exp_m1_adjoint_with __exp_m1_adjoint_jvp inside;
    ln __ln_jvp __ln_adjoint __ln_adjoint_with __ln_adjoint_jvp above_one;
    log2 __log2_jvp __log2_adjoint __log2_adjoint_with __log2_adjoint_jvp above_one;
    log10 __log10_jvp __log10_adjoint __log10_adjoint_with __log10_adjoint_jvp above_one;
    ln_1p __ln_1p_jvp __ln_1p_adjoint __ln_1p_adjoint_with __ln_1p_adjoint_jvp same;
    sqrt __sqrt_jvp __sqrt_adjoint __sqrt_adjoint_with __sqrt_adjoint_jvp above_one;
    cbrt __cbrt_jvp __cbrt_adjoint __cbrt_adjoint_with __cbrt_adjoint_jvp above_one;
    sin __sin_jvp __sin_adjoint __sin_adjoint_with __sin_adjoint_jvp same;
    cos __cos_jvp __cos_adjoint __cos_adjoint_with __cos_adjoint_jvp same;
    tan __tan_jvp __tan_adjoint __tan_adjoint_with __tan_adjoint_jvp inside;
    asin __asin_jvp __asin_adjoint __asin_adjoint_with __asin_adjoint_jvp inside;
    acos __acos_jvp __acos_adjoint __acos_adjoint_with __acos_adjoint_jvp inside;
    atan __atan_jvp __atan_adjoint __atan_adjoint_with __atan_adjoint_jvp same;
    sinh __sinh_jvp __sinh_adjoint __sinh_adjoint_with __sinh_adjoint_jvp same;
    cosh __cosh_jvp __cosh_adjoint __cosh_adjoint_with __cosh_adjoint_jvp same;
    tanh __tanh_jvp __tanh_adjoint __tanh_adjoint_with __tanh_adjoint_jvp same;
    asinh __asinh_jvp __asinh_adjoint __asinh_adjoint_with __asinh_adjoint_jvp same;
    acosh __acosh_jvp __acosh_adjoint __acosh_adjoint_with __acosh_adjoint_jvp above_one;
    atanh __atanh_jvp __atanh_adjoint __atanh_adjoint_with __atanh_adjoint_jvp inside;
    recip __recip_jvp __recip_adjoint __recip_adjoint_with __recip_adjoint_jvp above_one;
    abs __abs_jvp __abs_adjoint __abs_adjoint_with __abs_adjoint_jvp inside;
    fract __fract_jvp __fract_adjoint __fract_adjoint_with __fract_adjoint_jvp between;
    floor __floor_jvp __floor_adjoint __floor_adjoint_with __floor_adjoint_jvp between;
    ceil __ceil_jvp __ceil_adjoint __ceil_adjoint_with __ceil_adjoint_jvp between;
    round __round_jvp __round_adjoint __round_adjoint_with __round_adjoint_jvp between;
    trunc __trunc_jvp __trunc_adjoint __trunc_adjoint_with __trunc_adjoint_jvp between;
    signum __signum_jvp __signum_adjoint __signum_adjoint_with __signum_adjoint_jvp inside;
    to_degrees __to_degrees_jvp __to_degrees_adjoint __to_degrees_adjoint_with __to_degrees_adjoint_jvp same;
    to_radians __to_radians_jvp __to_radians_adjoint __to_radians_adjoint_with __to_radians_adjoint_jvp same;
}

#[test]
fn scalar_arguments() {
    macro_rules! with_scalar {
        ($name:ident $jvp:ident $adjoint:ident $second:ident, $x0:expr, $s0:expr) => {
            check2!(
                stringify!($name), x = $x0, s = $s0;
                value x.$name(*s);
                jvp(x_dot, s_dot) x.$jvp(*s, x_dot, s_dot).1;
                adjoint(z_bar, x_bar, s_bar) x.$adjoint(*s, z_bar, x_bar, s_bar);
                second(z_bar_dot, x_bar_dot, s_bar_dot) x.$second(
                    *s, x_dot, s_dot, z_bar, z_bar_dot, x_bar, s_bar, x_bar_dot, s_bar_dot,
                );
            );
        };
    }
    let mut random = Random::new();
    for n in [0, 1, 11] {
        let x: Array1<f64> = random.array(n);
        with_scalar!(powf __powf_jvp __powf_adjoint __powf_adjoint_jvp, x.clone(), 1.3);
        with_scalar!(powf __powf_jvp __powf_adjoint __powf_adjoint_jvp, x.clone(), -0.7);
        with_scalar!(log __log_jvp __log_adjoint __log_adjoint_jvp, x.clone(), 3.0);
        with_scalar!(hypot __hypot_jvp __hypot_adjoint __hypot_adjoint_jvp, x.clone(), -0.7);
        with_scalar!(abs_sub __abs_sub_jvp __abs_sub_adjoint __abs_sub_adjoint_jvp, x.clone(), 0.9);
        with_scalar!(powf __powf_jvp __powf_adjoint __powf_adjoint_jvp, random.array::<f32, Ix1>(n), 1.3);
    }
}

#[test]
fn integer_powers() {
    let mut random = Random::new();
    for n in [-3, -1, 0, 1, 2, 5] {
        check1!(
            format!("powi {n}"), x = random.array::<f64, Ix2>((2, 3)) - 2.0;
            value x.powi(n);
            jvp(x_dot) x.__powi_jvp(n, x_dot, Inactive).1;
            adjoint(z_bar, x_bar) x.__powi_adjoint(n, z_bar, x_bar, Inactive);
            second(z_bar_dot, x_bar_dot)
                x.__powi_adjoint_jvp(n, x_dot, Inactive, z_bar, z_bar_dot, x_bar, Inactive, x_bar_dot, Inactive);
        );
    }
    check1!(
        "pow2", x = random.array::<f64, Ix2>((2, 3));
        value x.pow2();
        jvp(x_dot) x.__pow2_jvp(x_dot).1;
        adjoint(z_bar, x_bar) x.__pow2_adjoint(z_bar, x_bar);
        second(z_bar_dot, x_bar_dot) x.__pow2_adjoint_jvp(x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
    );
}

#[test]
fn clamping() {
    let mut random = Random::new();
    check2!(
        "clamp", x = random.array::<f64, Ix2>((5, 6)), bounds = (0.7, 1.2);
        value x.clamp(bounds.0, bounds.1);
        jvp(x_dot, bounds_dot) {
            let x_dot = ad_runtime::rt::tangent(x, x_dot);
            let bounds_dot: (f64, f64) = ad_runtime::rt::tangent(bounds, bounds_dot);
            x.__clamp_jvp(bounds.0, bounds.1, &x_dot, &bounds_dot.0, &bounds_dot.1).1
        };
        adjoint(z_bar, x_bar, bounds_bar) {
            let mut bars = (0.0, 0.0);
            x.__clamp_adjoint(bounds.0, bounds.1, z_bar, x_bar, &mut bars.0, &mut bars.1);
            ad_runtime::rt::add(bounds_bar, bars);
        };
    );
    let mut bar = Array1::<f64>::zeros(4);
    array![0.9, 1.0, 2.0, 2.1].__clamp_adjoint(
        1.0,
        2.0,
        Array1::ones(4),
        &mut bar,
        Inactive,
        Inactive,
    );
    assert_eq!(bar, array![0.0, 1.0, 1.0, 0.0]);
}

/// The gradient of `Σ f(x)` by the rule named.
macro_rules! slopes {
    ($x:expr, $adjoint:ident($($arg:expr),*), $bar:expr $(, $rest:expr)*) => {{
        let x: Array1<f64> = $x;
        let mut x_bar = Array1::zeros(x.len());
        x.$adjoint($($arg,)* $bar, &mut x_bar $(, $rest)*);
        x_bar
    }};
}

#[test]
fn kinks_and_infinite_slopes() {
    let ones = || Array1::<f64>::ones(3);
    let zeros = || Array1::<f64>::zeros(3);
    let edge = || array![0.0, -0.0, 1.0];
    assert_eq!(slopes!(edge(), __abs_adjoint(), ones()), array![0.0, 0.0, 1.0]);
    assert_eq!(slopes!(edge(), __sqrt_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __sqrt_adjoint(), ones())[0], f64::INFINITY);
    assert_eq!(slopes!(edge(), __cbrt_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __ln_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __log2_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __log10_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __log_adjoint(3.0), zeros(), Inactive), zeros());
    assert_eq!(slopes!(edge(), __asin_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __acos_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __acosh_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __atanh_adjoint(), zeros()), zeros());
    assert_eq!(slopes!(edge(), __powf_adjoint(0.5), zeros(), Inactive), zeros());
    assert_eq!(slopes!(edge(), __powf_adjoint(0.0), ones(), Inactive), zeros());
    assert_eq!(slopes!(edge(), __powf_adjoint(1.0), ones(), Inactive), ones());
    assert_eq!(slopes!(edge(), __powf_adjoint(2.0), ones(), Inactive), array![0.0, 0.0, 2.0]);
    assert_eq!(slopes!(edge(), __powf_adjoint(0.5), ones(), Inactive)[0], f64::INFINITY);
    assert_eq!(slopes!(edge(), __powi_adjoint(0), ones(), Inactive), zeros());
    assert_eq!(slopes!(edge(), __powi_adjoint(1), ones(), Inactive), ones());
    assert_eq!(slopes!(edge(), __hypot_adjoint(0.0), ones(), Inactive), array![0.0, 0.0, 1.0]);
    let mut exponent_bar = 0.0;
    edge().__powf_adjoint(2.0, ones(), Inactive, &mut exponent_bar);
    assert_eq!(exponent_bar, 0.0);
    let (value, tangent) = edge().__sqrt_jvp(&zeros());
    assert_eq!((value, tangent), (edge(), zeros()));
}

#[test]
fn parts_of_a_cotangent() {
    let x: Array2<f64> = array![[1.0, 2.0], [3.0, 4.0]];
    let mut x_bar = Array2::zeros((2, 2));
    x.row(1).__pow2_adjoint(array![1.0, 1.0], &mut x_bar.row_mut(1));
    assert_eq!(x_bar, array![[0.0, 0.0], [6.0, 8.0]]);
}

#[test]
#[should_panic(expected = "a derivative of shape [1] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    array![1.0, 2.0].__exp_adjoint(array![1.0], Inactive);
}
