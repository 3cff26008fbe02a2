//! Checks a rule: adjoint against tangent by inner products, tangent against finite differences.
//!
//! For every direction `ẋ` and every cotangent `z̄`, `⟨z̄, f'(x) ẋ⟩ = ⟨f'(x)ᵀ z̄, ẋ⟩`.

use ad_runtime::{Real, Tangent};
use ndarray::{Array, Dimension};

/// What the checker must be able to do with values and tangents, which here have the same type.
pub trait Space: Clone {
    /// Visits every real number in `self`, in a fixed order.
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64));
    /// Half the digits of the scalar type: the step of central differences, and their tolerance.
    fn step() -> f64;

    fn numbers(&self) -> Vec<f64> {
        let (mut copy, mut numbers) = (self.clone(), Vec::new());
        copy.each(&mut |x| numbers.push(*x));
        numbers
    }
    fn with_numbers(&self, numbers: &[f64]) -> Self {
        let (mut copy, mut numbers) = (self.clone(), numbers.iter());
        copy.each(&mut |x| *x = *numbers.next().expect("as many numbers as before"));
        copy
    }
    fn plus(&self, factor: f64, direction: &impl Space) -> Self {
        let direction = direction.numbers();
        let moved: Vec<f64> = self
            .numbers()
            .iter()
            .zip(&direction)
            .map(|(x, d)| x + factor * d)
            .collect();
        assert_eq!(
            moved.len(),
            direction.len(),
            "a tangent has as many numbers as its value"
        );
        self.with_numbers(&moved)
    }
    fn random_like(&self, random: &mut Random) -> Self {
        let mut copy = self.clone();
        copy.each(&mut |x| *x = random.number(-1.0, 1.0));
        copy
    }
}

macro_rules! scalar_space {
    ($f:ty, $step:expr) => {
        impl Space for $f {
            fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
                let mut x = f64::from(*self);
                visit(&mut x);
                *self = x as $f;
            }
            fn step() -> f64 {
                $step
            }
        }
    };
}
scalar_space!(f64, 1e-5);
scalar_space!(f32, 3e-2);

impl<A: Space, D: Dimension> Space for Array<A, D> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|x| x.each(visit));
    }
    fn step() -> f64 {
        A::step()
    }
}
impl<A: Space> Space for Vec<A> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|x| x.each(visit));
    }
    fn step() -> f64 {
        A::step()
    }
}
impl<A: Space> Space for Option<A> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|x| x.each(visit));
    }
    fn step() -> f64 {
        A::step()
    }
}
impl<A: Space, E: Clone> Space for Result<A, E> {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.iter_mut().for_each(|x| x.each(visit));
    }
    fn step() -> f64 {
        A::step()
    }
}
impl<A: Space, B: Space> Space for (A, B) {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.0.each(visit);
        self.1.each(visit);
    }
    fn step() -> f64 {
        A::step()
    }
}

/// A small generator of numbers (xorshift), so that tests are the same on every run.
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Random(0x9e37_79b9_7f4a_7c15)
    }
    pub fn number(&mut self, low: f64, high: f64) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        low + (high - low) * ((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
    /// Numbers between 0.4 and 1.7, where every elementwise function in the tests is smooth.
    pub fn array<A: Real, D: Dimension>(
        &mut self,
        shape: impl ndarray::IntoDimension<Dim = D>,
    ) -> Array<A, D> {
        Array::from_shape_simple_fn(shape.into_dimension(), || {
            A::from_f64(self.number(0.4, 1.7)).expect("every real type holds such numbers")
        })
    }
}

/// Asserts `a ≈ b` number by number, relative to the largest of them.
pub fn assert_close(what: &str, a: &impl Space, b: &impl Space, tolerance: f64) {
    let (a, b) = (a.numbers(), b.numbers());
    assert_eq!(a.len(), b.len(), "{what}: {a:?} against {b:?}");
    let scale = a
        .iter()
        .chain(&b)
        .fold(1.0_f64, |scale, x| scale.max(x.abs()));
    for (x, y) in a.iter().zip(&b) {
        assert!(
            (x - y).abs() <= tolerance * scale,
            "{what}: {a:?} against {b:?}"
        );
    }
}

/// Asserts `⟨z̄, ż⟩ = ⟨x̄, ẋ⟩`.
pub fn assert_adjoint<X: Space>(
    what: &str,
    z_bar: &impl Space,
    z_dot: &impl Space,
    x_bar: &X,
    x_dot: &X,
) {
    let inner = |a: Vec<f64>, b: Vec<f64>| -> (f64, f64) {
        assert_eq!(a.len(), b.len(), "{what}: as many numbers on both sides");
        let terms: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        (terms.iter().sum(), terms.iter().map(|x| x.abs()).sum())
    };
    let (left, left_size) = inner(z_bar.numbers(), z_dot.numbers());
    let (right, right_size) = inner(x_bar.numbers(), x_dot.numbers());
    let rounding = X::step().powi(3) * 10.0 * (1.0 + left_size + right_size);
    assert!(
        (left - right).abs() <= rounding,
        "{what}: ⟨z̄, ż⟩ = {left} but ⟨x̄, ẋ⟩ = {right}"
    );
}

/// The difference of two tangents.
pub fn minus<T: Space + Tangent>(a: &T, b: &T) -> T {
    a.plus(-1.0, b)
}

/// Checks a rule of two operands with every kind of slot.
///
/// `jvp` and `adjoint` are expressions in the named variables, expanded once per kind of tangent and slot.
#[macro_export]
macro_rules! check2 {
    (
        $name:expr, $x:ident = $x0:expr, $y:ident = $y0:expr;
        value $value:expr;
        jvp($x_dot:ident, $y_dot:ident) $jvp:expr;
        adjoint($z_bar:ident, $x_bar:ident, $y_bar:ident) $adjoint:expr;
    ) => {{
        use ad_runtime::slot::{Inactive, Pending};
        use $crate::checker::{Random, Space, assert_adjoint, assert_close, minus};
        let name: String = $name.to_string();
        let mut random = Random::new();
        let (x0, y0) = ($x0, $y0);
        let (x1, y1) = (x0.random_like(&mut random), y0.random_like(&mut random));
        let step = $crate::checker::step_of(&x0);
        let tolerance = step * step * 30.0;
        // The tangent against central differences.
        let at = |sx: f64, sy: f64| {
            let (x2, y2) = (x0.plus(sx, &x1), y0.plus(sy, &y1));
            let ($x, $y) = (&x2, &y2);
            $value
        };
        let slope = |sx: f64, sy: f64| {
            let up = at(sx * step, sy * step);
            let down = at(-sx * step, -sy * step);
            let zero = up.plus(-1.0, &up);
            zero.plus(0.5 / step, &up).plus(-0.5 / step, &down)
        };
        let ($x, $y) = (&x0, &y0);
        let _ = ($x, $y);
        let z_dot = {
            let ($x_dot, $y_dot) = (&x1, &y1);
            $jvp
        };
        let z_dot_x = {
            let ($x_dot, $y_dot) = (&x1, Inactive);
            $jvp
        };
        let z_dot_y = {
            let ($x_dot, $y_dot) = (Inactive, &y1);
            $jvp
        };
        assert_close(
            &format!("{name}: tangent in x"),
            &z_dot_x,
            &slope(1.0, 0.0),
            tolerance,
        );
        assert_close(
            &format!("{name}: tangent in y"),
            &z_dot_y,
            &slope(0.0, 1.0),
            tolerance,
        );
        assert_close(
            &format!("{name}: tangent"),
            &z_dot,
            &slope(1.0, 1.0),
            tolerance,
        );
        // The adjoint against the tangent, added to what is already there.
        let z_bar = z_dot.random_like(&mut random);
        let (x_start, y_start) = (x1.random_like(&mut random), y1.random_like(&mut random));
        let (mut x2, mut y2) = (x_start.clone(), y_start.clone());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut x2, &mut y2);
            $adjoint;
        }
        let both = (minus(&x2, &x_start), minus(&y2, &y_start));
        assert_adjoint(&name, &z_bar, &z_dot, &both, &(x1.clone(), y1.clone()));
        // One slot alone, and slots without a cotangent yet.
        let (mut x3, mut y3) = (x_start.clone(), y_start.clone());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut x3, Inactive);
            $adjoint;
        }
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), Inactive, &mut y3);
            $adjoint;
        }
        let rounding = step.powi(3) * 100.0;
        assert_close(&format!("{name}: x alone"), &x2, &x3, rounding);
        assert_close(&format!("{name}: y alone"), &y2, &y3, rounding);
        let (mut x4, mut y4) = (Pending::new(), Pending::new());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut x4, &mut y4);
            $adjoint;
        }
        let fresh = (x4.finish(&x0), y4.finish(&y0));
        assert_close(&format!("{name}: fresh"), &fresh, &both, rounding);
        let (mut x5, mut y5) = (Pending::new(), Pending::new());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut x5, Inactive);
            $adjoint;
        }
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), Inactive, &mut y5);
            $adjoint;
        }
        let fresh = (x5.finish(&x0), y5.finish(&y0));
        assert_close(&format!("{name}: fresh alone"), &fresh, &both, rounding);
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), Inactive, Inactive);
            $adjoint;
        }
    }};
}

/// [`check2`] for a rule of one operand.
#[macro_export]
macro_rules! check1 {
    (
        $name:expr, $x:ident = $x0:expr;
        value $value:expr;
        jvp($x_dot:ident) $jvp:expr;
        adjoint($z_bar:ident, $x_bar:ident) $adjoint:expr;
    ) => {{
        use ad_runtime::slot::{Inactive, Pending};
        use $crate::checker::{Random, Space, assert_adjoint, assert_close, minus};
        let name: String = $name.to_string();
        let mut random = Random::new();
        let x0 = $x0;
        let x1 = x0.random_like(&mut random);
        let step = $crate::checker::step_of(&x0);
        let at = |factor: f64| {
            let x2 = x0.plus(factor, &x1);
            let $x = &x2;
            $value
        };
        let (up, down) = (at(step), at(-step));
        let slope = up
            .plus(-1.0, &up)
            .plus(0.5 / step, &up)
            .plus(-0.5 / step, &down);
        let $x = &x0;
        let z_dot = {
            let $x_dot = &x1;
            $jvp
        };
        assert_close(
            &format!("{name}: tangent"),
            &z_dot,
            &slope,
            step * step * 30.0,
        );
        let no_dot = {
            let $x_dot = Inactive;
            $jvp
        };
        assert_close(
            &format!("{name}: no tangent"),
            &no_dot,
            &z_dot.plus(-1.0, &z_dot),
            0.0,
        );
        let z_bar = z_dot.random_like(&mut random);
        let start = x1.random_like(&mut random);
        let mut x2 = start.clone();
        {
            let ($z_bar, $x_bar) = (z_bar.clone(), &mut x2);
            $adjoint;
        }
        let alone = minus(&x2, &start);
        assert_adjoint(&name, &z_bar, &z_dot, &alone, &x1);
        let mut x3 = Pending::new();
        {
            let ($z_bar, $x_bar) = (z_bar.clone(), &mut x3);
            $adjoint;
        }
        assert_close(
            &format!("{name}: fresh"),
            &x3.finish(&x0),
            &alone,
            step.powi(3) * 100.0,
        );
        {
            let ($z_bar, $x_bar) = (z_bar.clone(), Inactive);
            $adjoint;
        }
    }};
}

pub fn step_of<X: Space>(_: &X) -> f64 {
    X::step()
}
