//! Straight-line functions of scalars.

use std::f64::consts::{PI, SQRT_2};

use ad::check;
use ad_runtime::{differentiate, stop_gradient};

#[differentiate]
fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

#[test]
fn check_rosenbrock() {
    check!(rosenbrock(-1.2, 1.0));
}

#[differentiate]
fn rosenbrock_in_x(x: f64, #[constant] y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)
}

#[test]
fn check_rosenbrock_in_x() {
    check!(rosenbrock_in_x(-1.2, const 1.0));
}

#[differentiate]
fn gaussian(x: f64, mean: f64, sigma: f64) -> f64 {
    let z = (x - mean) / sigma;
    (-0.5 * z * z).exp() / (sigma * (2.0 * PI).sqrt())
}

#[test]
fn check_gaussian() {
    check!(gaussian(0.3, 0.7, 1.4));
}

#[differentiate]
fn van_der_waals(volume: f64, temperature: f64, a: f64, b: f64) -> f64 {
    const GAS_CONSTANT: f64 = 0.0821;
    GAS_CONSTANT * temperature / (volume - b) - a / volume.powi(2)
}

#[test]
fn check_van_der_waals() {
    check!(van_der_waals(2.5, 300.0, 3.59, 0.0427));
}

#[differentiate]
fn arrhenius(#[constant] temperature: f64, activation: f64, prefactor: f64) -> f64 {
    static BOLTZMANN: f64 = 8.617e-5;
    prefactor * (-activation / (BOLTZMANN * temperature)).exp()
}

#[test]
fn check_arrhenius() {
    check!(arrhenius(const 900.0, 0.35, 2.0));
}

/// Every elementary function once.
#[differentiate]
fn elementary(x: f64, y: f64) -> f64 {
    let trigonometric = x.sin() * y.cos() + (x * y).tan();
    let inverse = (0.3 * x).asin() + (0.2 * y).acos() + x.atan() + y.atan2(x);
    let hyperbolic =
        x.sinh() - y.cosh() + (x - y).tanh() + x.asinh() + (1.0 + y).acosh() + (0.3 * x).atanh();
    let exponential = x.exp() + (0.5 * y).exp2() + x.exp_m1() + x.powf(y) + y.powi(-3);
    let logarithmic = x.ln() + y.log2() + x.log10() + y.ln_1p() + (x + y).log(3.0);
    trigonometric
        + inverse
        + hyperbolic
        + exponential
        + logarithmic
        + x.sqrt() * y.cbrt()
        + x.hypot(y)
}

#[test]
fn check_elementary() {
    check!(elementary(0.8, 1.3));
}

#[differentiate]
fn fused(a: f64, b: f64, c: f64) -> f64 {
    let (sin, cos) = a.sin_cos();
    sin.mul_add(b, c) + cos.mul_add(c, b).recip() + a.abs() * b.abs() - (-c).abs().sqrt()
        + a.to_radians()
}

#[test]
fn check_fused() {
    check!(fused(-0.9, 1.1, -0.6));
}

/// The phase folded into one period: slope 1 almost everywhere.
#[differentiate]
fn sawtooth(t: f64, period: f64) -> f64 {
    let phase = t / period;
    let folded = phase - phase.floor();
    folded * (1.0 - folded)
        + t.fract()
        + (t % period)
        + t.rem_euclid(2.0)
        + t.copysign(-period)
        + t.signum()
}

#[test]
fn check_sawtooth() {
    check!(sawtooth(5.3, 1.7));
}

/// Bring a value to single precision and back in the middle of a computation, and use an integer as a scale.
#[differentiate]
fn scaled_by_count(x: f64, n: usize, shift: i32) -> f64 {
    let count = n as f64;
    let mean = x / count;
    mean * mean + f64::from(shift) * mean
}

#[test]
fn check_scaled_by_count() {
    check!(scaled_by_count(2.5, const 4, const -3));
}

#[differentiate]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let half_chord = ((lat2 - lat1) / 2.0).sin().powi(2)
        + lat1.cos() * lat2.cos() * ((lon2 - lon1) / 2.0).sin().powi(2);
    2.0 * 6371.0 * half_chord.sqrt().asin()
}

#[test]
fn check_haversine() {
    check!(haversine(0.84, 0.13, 0.71, -1.29));
}

#[differentiate]
fn same_variable_everywhere(x: f64) -> f64 {
    let x = x * x;
    let x = x - x.sin() / x;
    x * x * x + x / x + (x - x)
}

#[test]
fn check_same_variable_everywhere() {
    check!(same_variable_everywhere(1.3));
}

#[differentiate]
fn unused_argument(x: f64, _y: f64, z: f64) -> f64 {
    let _never_read = z.exp();
    x * SQRT_2
}

#[test]
fn check_unused_argument() {
    check!(unused_argument(1.3, 0.2, 0.4));
}

/// The variance reduction baseline has no derivative.
#[differentiate]
fn with_baseline(x: f64, y: f64) -> f64 {
    let reward = x * y.sin();
    let baseline = stop_gradient(3.0) + stop_gradient(2.5 * 2.0);
    (reward - baseline) * x
}

#[test]
fn check_with_baseline() {
    check!(with_baseline(0.8, 0.4));
}

#[test]
fn check_stop_gradient_has_slope_zero() {
    assert_eq!(half_stopped::value_and_grad(3.0), (9.0, 3.0));
    assert_eq!(half_stopped::jvp(3.0, 2.0), (9.0, 6.0));
}

#[differentiate]
fn half_stopped(x: f64) -> f64 {
    stop_gradient(x) * x
}

#[differentiate]
fn block_expressions(x: f64, y: f64) -> f64 {
    let radius = {
        let squared = x * x + y * y;
        squared.sqrt()
    };
    let angle = { y.atan2(x) };
    radius * {
        let doubled = 2.0 * angle;
        doubled.cos()
    }
}

#[test]
fn check_block_expressions() {
    check!(block_expressions(0.6, 0.9));
}

#[differentiate]
fn distance_by_reference(x: &f64, y: &f64) -> f64 {
    let d = x - y;
    (1.0 + d * d + *x * y).ln()
}

#[test]
fn check_distance_by_reference() {
    check!(distance_by_reference(&1.6, &0.9));
}

#[differentiate]
fn log_sum_exp_of_two(a: f64, b: f64) -> f64 {
    let m = a.max(b);
    m + ((a - m).exp() + (b - m).exp()).ln()
        + f64::min(a, b)
        + a.clamp(-1.0, 1.0) * b.clamp(0.0, 1.0)
}

#[test]
fn check_log_sum_exp_of_two() {
    check!(log_sum_exp_of_two(0.3, 1.9));
    check!(log_sum_exp_of_two(2.3, 0.5));
}

#[differentiate]
fn single_precision(x: f32, y: f32) -> f32 {
    (x * y).sin() + x / y
}

#[differentiate]
fn through_single_precision(x: f64) -> f64 {
    let rounded = x as f32;
    f64::from(rounded * rounded) + rounded as f64
}

#[test]
fn check_single_precision() {
    let (value, (gx, gy)) = single_precision::value_and_grad(0.5, 2.0);
    assert_eq!(value, single_precision(0.5, 2.0));
    assert!((gx - (2.0 * 1f32.cos() + 0.5)).abs() < 1e-6, "single_precision: {gx}");
    assert!((gy - (0.5 * 1f32.cos() - 0.125)).abs() < 1e-6, "single_precision: {gy}");
}

#[test]
fn check_through_single_precision() {
    assert_eq!(through_single_precision::value_and_grad(1.5), (3.75, 4.0));
    assert_eq!(through_single_precision::jvp(1.5, 1.0), (3.75, 4.0));
}

#[differentiate]
fn angle_of(x: f64, y: f64) -> f64 {
    y.atan2(x)
}

/// The type of `angle` is not seen where it is used.
#[differentiate]
fn rotated(x: f64, y: f64) -> f64 {
    let angle = angle_of(x, y);
    let (s, c) = angle.sin_cos();
    s * x - c * y * angle
}

#[test]
fn check_rotated() {
    check!(rotated(0.3, 1.9));
    check!(rotated(-2.3, 0.5));
}
