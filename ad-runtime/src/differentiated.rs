//! Functions as differentiable parameters.

use crate::Differentiable;
use crate::slot::{SlotMut, TangentArg};

/// A function that is passed to another one, which is differentiated through it.
///
/// A parameter `f: impl Differentiated<f64, Output = f64>` is active, where `f: impl Fn(f64) -> f64` is constant: the
/// derivatives of the function that calls `f.call(x)` go through `f`, and into what `f` holds.
///
/// - The value `loss {}` of a function with `#[differentiate]` implements it. The argument of a function of several
///   parameters is their tuple, `f.call((x, y))`.
/// - A struct with `#[derive(Differentiable)]` implements it by `#[differentiate] impl Differentiated<f64> for S`. Its
///   fields are what a closure would capture, and have cotangents.
/// - A closure in a differentiated body implements it, `integrate(|x: f64| k * x, a, b)`, where it captures an active value:
///   `k` has a cotangent then. The type of its argument has to be written, and it must be `Fn`.
/// - Any other closure implements it for the function itself, but has no derivative: to differentiate through one does
///   not compile.
///
/// ```
/// use ad_runtime::{Differentiable, Differentiated, differentiate};
///
/// /// ∫ f over [a, b], by the midpoint rule.
/// #[differentiate]
/// fn integrate(f: impl Differentiated<f64, Output = f64>, a: f64, b: f64) -> f64 {
///     let h = (b - a) / 100.0;
///     let mut sum = 0.0;
///     for i in 0..100 {
///         sum += h * f.call(a + (i as f64 + 0.5) * h);
///     }
///     sum
/// }
///
/// #[differentiate]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// #[derive(Clone, Differentiable)]
/// struct Line {
///     slope: f64,
/// }
///
/// #[differentiate]
/// impl Differentiated<f64> for Line {
///     type Output = f64;
///     fn call(&self, x: f64) -> f64 {
///         self.slope * x
///     }
/// }
///
/// // d/db ∫ x² = b²
/// let ((), _, b_bar) = integrate::grad(square {}, 0.0, 2.0);
/// assert!((b_bar - 4.0).abs() < 1e-3);
/// // d/ds ∫ s x = (b² - a²) / 2
/// let (line_bar, ..) = integrate::grad(Line { slope: 3.0 }, 0.0, 2.0);
/// assert!((line_bar.slope - 2.0).abs() < 1e-9);
/// // A closure passes the derivative on to what it captures.
/// #[differentiate]
/// fn area(slope: f64, b: f64) -> f64 {
///     integrate(|x: f64| slope * x, 0.0, b)
/// }
/// let (slope_bar, b_bar) = area::grad(3.0, 2.0);
/// assert!((slope_bar - 2.0).abs() < 1e-9 && (b_bar - 6.0).abs() < 1e-9);
/// // The function itself takes closures as well.
/// assert!((integrate(|x: f64| 3.0 * x, 0.0, 2.0) - 6.0).abs() < 1e-9);
/// ```
pub trait Differentiated<In> {
    /// What the function returns.
    type Output;
    /// Calls the function.
    fn call(&self, argument: In) -> Self::Output;
}

impl<In, Out, F: Fn(In) -> Out> Differentiated<In> for F {
    type Output = Out;
    #[inline(always)]
    fn call(&self, argument: In) -> Out {
        self(argument)
    }
}

/// The derivatives of a [`Differentiated`] function: what generated code asks of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a function without derivatives",
    label = "this cannot be differentiated through",
    note = "pass the namespace value of a function with `#[differentiate]` whose constant parameters are integers and the like, a closure that captures an active value, or a struct with `#[differentiate] impl Differentiated<..>`; a parameter `impl Fn(..)` takes closures as constants"
)]
pub trait DifferentiatedSiblings<In>:
    Differentiated<In, Output: Differentiable> + Differentiable + Clone
where
    In: Differentiable,
{
    /// Calls the function, and adds the cotangents of what it holds and of its argument to the slots.
    fn __call_adjoint(
        &self,
        argument: In,
        out_bar: <Self::Output as Differentiable>::Tangent,
        self_slot: impl SlotMut<Self::Tangent>,
        argument_slot: impl SlotMut<In::Tangent>,
    ) -> Self::Output;

    /// Calls the function, and gives its derivative in the direction of the tangents.
    fn __call_jvp(
        &self,
        argument: In,
        self_dot: impl TangentArg<Self::Tangent>,
        argument_dot: impl TangentArg<In::Tangent>,
    ) -> (Self::Output, <Self::Output as Differentiable>::Tangent);
}
