//! Checks a rule: adjoint against tangent by inner products, tangent against finite differences.
//!
//! For every direction `ẋ` and every cotangent `z̄`, `⟨z̄, f'(x) ẋ⟩ = ⟨f'(x)ᵀ z̄, ẋ⟩`. A rule of order two, where there is
//! one, is checked against finite differences of the adjoint.

use ad_runtime::Real;
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
        let moved: Vec<f64> =
            self.numbers().iter().zip(&direction).map(|(x, d)| x + factor * d).collect();
        assert_eq!(moved.len(), direction.len(), "a tangent has as many numbers as its value");
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

impl<A: Space, B: Space, C: Space> Space for (A, B, C) {
    fn each(&mut self, visit: &mut dyn FnMut(&mut f64)) {
        self.0.each(visit);
        self.1.each(visit);
        self.2.each(visit);
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
    let scale = a.iter().chain(&b).fold(1.0_f64, |scale, x| scale.max(x.abs()));
    for (x, y) in a.iter().zip(&b) {
        assert!((x - y).abs() <= tolerance * scale, "{what}: {a:?} against {b:?}");
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
    assert!((left - right).abs() <= rounding, "{what}: ⟨z̄, ż⟩ = {left} but ⟨x̄, ẋ⟩ = {right}");
}

/// A rule of one operand under test; a pair of operands counts as one.
pub struct Case<X> {
    name: String,
    /// The operand.
    pub x: X,
    /// The direction in which it moves.
    pub x_dot: X,
    /// What its cotangent is before the pullback adds to it.
    pub start: X,
}

impl<X: Space> Case<X> {
    pub fn new(name: impl ToString, x: X) -> Self {
        let mut random = Random::new();
        let (x_dot, start) = (x.random_like(&mut random), x.random_like(&mut random));
        Case { name: name.to_string(), x, x_dot, start }
    }

    /// Checks a tangent against central differences of `value` in the direction `x_dot`. Returns a cotangent.
    pub fn tangent<Z: Space>(
        &self,
        what: &str,
        x_dot: &X,
        value: &dyn Fn(&X) -> Z,
        z_dot: &Z,
    ) -> Z {
        let step = X::step();
        let up = value(&self.x.plus(step, x_dot));
        let down = value(&self.x.plus(-step, x_dot));
        let zero = up.plus(-1.0, &up);
        let slope = zero.plus(0.5 / step, &up).plus(-0.5 / step, &down);
        assert_close(&format!("{}: {what}", self.name), z_dot, &slope, step * step * 30.0);
        z_dot.random_like(&mut Random::new())
    }

    /// Checks what a pullback added to `start`, by inner products. Returns the contribution.
    pub fn adjoint<Z: Space>(&self, z_bar: &Z, z_dot: &Z, x_bar: &X) -> X {
        let added = x_bar.plus(-1.0, &self.start);
        assert_adjoint(&self.name, z_bar, z_dot, &added, &self.x_dot);
        added
    }

    /// The cotangent of the result for a check of order two, and a direction in which it moves.
    pub fn cotangents<Z: Space>(&self, z: &Z) -> (Z, Z) {
        let mut random = Random::new();
        (z.random_like(&mut random), z.random_like(&mut random))
    }

    /// What was added to `start`.
    pub fn added(&self, bar: &X) -> X {
        bar.plus(-1.0, &self.start)
    }

    /// Checks what a rule of order two added to the tangent of the cotangent. `pull` is the adjoint, of which it is
    /// the derivative in the directions `x_dot` and `z_bar_dot`.
    pub fn second<Z: Space>(
        &self,
        pull: &dyn Fn(&X, Z) -> X,
        x_dot: &X,
        (z_bar, z_bar_dot): &(Z, Z),
        added: &X,
    ) {
        let step = X::step();
        let moved = |by: f64| pull(&self.x.plus(by, x_dot), z_bar.plus(by, z_bar_dot));
        let (up, down) = (moved(step), moved(-step));
        let slope = zero_of(&up).plus(0.5 / step, &up).plus(-0.5 / step, &down);
        assert_close(&format!("{}: order two", self.name), added, &slope, step * step * 100.0);
    }

    /// Checks that the same was added by other slots.
    pub fn same(&self, what: &str, added: &X, expected: &X) {
        let rounding = X::step().powi(3) * 100.0;
        assert_close(&format!("{}: {what}", self.name), added, expected, rounding);
    }
}

/// Zero of the shape of `x`.
pub fn zero_of<X: Space>(x: &X) -> X {
    x.plus(-1.0, x)
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
        $(second($z_bar_dot:ident, $x_bar_dot:ident, $y_bar_dot:ident) $second:expr;)?
    ) => {{
        use ad_runtime::slot::{Inactive, Pending};
        use $crate::checker::{Case, zero_of};
        let case = Case::new($name, ($x0, $y0));
        let value = |pair: &_| {
            let ($x, $y) = $crate::checker::both(&case, pair);
            $value
        };
        let ($x, $y) = (&case.x.0, &case.x.1);
        let _ = ($x, $y);
        let (x1, y1) = (&case.x_dot.0, &case.x_dot.1);
        // The tangent against differences, in each operand and in both.
        let (x_only, y_only) = ((x1.clone(), zero_of(y1)), (zero_of(x1), y1.clone()));
        case.tangent("tangent in x", &x_only, &value, &{
            let ($x_dot, $y_dot) = (x1, Inactive);
            $jvp
        });
        case.tangent("tangent in y", &y_only, &value, &{
            let ($x_dot, $y_dot) = (Inactive, y1);
            $jvp
        });
        let z_dot = {
            let ($x_dot, $y_dot) = (x1, y1);
            $jvp
        };
        let z_bar = case.tangent("tangent", &case.x_dot, &value, &z_dot);
        // The adjoint against the tangent, added to what is already there.
        let mut bars = case.start.clone();
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut bars.0, &mut bars.1);
            $adjoint;
        }
        let added = case.adjoint(&z_bar, &z_dot, &bars);
        // One slot alone, and slots without a cotangent yet.
        let mut alone = case.start.clone();
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut alone.0, Inactive);
            $adjoint;
        }
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), Inactive, &mut alone.1);
            $adjoint;
        }
        case.same("one slot alone", &alone, &bars);
        let mut fresh = (Pending::new(), Pending::new());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut fresh.0, &mut fresh.1);
            $adjoint;
        }
        case.same("fresh", &(fresh.0.finish($x), fresh.1.finish($y)), &added);
        let mut fresh = (Pending::new(), Pending::new());
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar.clone(), &mut fresh.0, Inactive);
            $adjoint;
        }
        {
            let ($z_bar, $x_bar, $y_bar) = (z_bar, Inactive, &mut fresh.1);
            $adjoint;
        }
        case.same("one fresh slot alone", &(fresh.0.finish($x), fresh.1.finish($y)), &added);
        $({
            let pull = |pair: &_, bar| {
                let ($x, $y) = $crate::checker::both(&case, pair);
                let mut bars = zero_of(&case.x);
                {
                    let ($z_bar, $x_bar, $y_bar) = (bar, &mut bars.0, &mut bars.1);
                    $adjoint;
                }
                bars
            };
            let both = case.cotangents(&z_dot);
            let bars = || (case.start.clone(), case.start.clone());
            let mut added = bars();
            {
                let (($z_bar, $z_bar_dot), ($x_dot, $y_dot)) = (both.clone(), (x1, y1));
                let ($x_bar, $y_bar) = (&mut added.0.0, &mut added.0.1);
                let ($x_bar_dot, $y_bar_dot) = (&mut added.1.0, &mut added.1.1);
                $second;
            }
            case.second(&pull, &case.x_dot, &both, &case.added(&added.1));
            let expected = pull(&case.x, both.0.clone());
            case.same("the cotangent at order two", &case.added(&added.0), &expected);
            let mut added = bars();
            {
                let (($z_bar, $z_bar_dot), ($x_dot, $y_dot)) = (both.clone(), (x1, Inactive));
                let ($x_bar, $y_bar) = (&mut added.0.0, &mut added.0.1);
                let ($x_bar_dot, $y_bar_dot) = (&mut added.1.0, &mut added.1.1);
                $second;
            }
            case.second(&pull, &x_only, &both, &case.added(&added.1));
            let mut fresh = (Pending::new(), Pending::new());
            {
                let (($z_bar, $z_bar_dot), ($x_dot, $y_dot)) = (both.clone(), (Inactive, y1));
                let ($x_bar, $y_bar) = (Inactive, &mut added.0.1);
                let ($x_bar_dot, $y_bar_dot) = (&mut fresh.0, &mut fresh.1);
                $second;
            }
            case.second(&pull, &y_only, &both, &(fresh.0.finish($x), fresh.1.finish($y)));
        })?
    }};
}

/// The operands in a pair of the type of `case`.
pub fn both<'a, X, Y>(_: &Case<(X, Y)>, pair: &'a (X, Y)) -> (&'a X, &'a Y) {
    (&pair.0, &pair.1)
}

/// The operand, of the type of `case`.
pub fn only<'a, X>(_: &Case<X>, x: &'a X) -> &'a X {
    x
}

/// [`check2`] for a rule of one operand.
#[macro_export]
macro_rules! check1 {
    (
        $name:expr, $x:ident = $x0:expr;
        value $value:expr;
        jvp($x_dot:ident) $jvp:expr;
        adjoint($z_bar:ident, $x_bar:ident) $adjoint:expr;
        $(second($z_bar_dot:ident, $x_bar_dot:ident) $second:expr;)?
    ) => {{
        use ad_runtime::slot::{Inactive, Pending};
        let case = $crate::checker::Case::new($name, $x0);
        let value = |x: &_| {
            let $x = $crate::checker::only(&case, x);
            $value
        };
        let $x = &case.x;
        let z_dot = {
            let $x_dot = &case.x_dot;
            $jvp
        };
        let z_bar = case.tangent("tangent", &case.x_dot, &value, &z_dot);
        let no_dot = $crate::checker::zero_of(&case.x_dot);
        case.tangent("no tangent", &no_dot, &value, &{
            let $x_dot = Inactive;
            $jvp
        });
        let mut bar = case.start.clone();
        {
            let ($z_bar, $x_bar) = (z_bar.clone(), &mut bar);
            $adjoint;
        }
        let added = case.adjoint(&z_bar, &z_dot, &bar);
        let mut fresh = Pending::new();
        {
            let ($z_bar, $x_bar) = (z_bar.clone(), &mut fresh);
            $adjoint;
        }
        case.same("fresh", &fresh.finish(&case.x), &added);
        {
            let ($z_bar, $x_bar) = (z_bar, Inactive);
            $adjoint;
        }
        $({
            let pull = |x: &_, bar| {
                let $x = $crate::checker::only(&case, x);
                let mut bars = $crate::checker::zero_of(&case.x);
                {
                    let ($z_bar, $x_bar) = (bar, &mut bars);
                    $adjoint;
                }
                bars
            };
            let both = case.cotangents(&z_dot);
            let mut added = (case.start.clone(), case.start.clone());
            {
                let (($z_bar, $z_bar_dot), $x_dot) = (both.clone(), &case.x_dot);
                let ($x_bar, $x_bar_dot) = (&mut added.0, &mut added.1);
                $second;
            }
            case.second(&pull, &case.x_dot, &both, &case.added(&added.1));
            let expected = pull(&case.x, both.0.clone());
            case.same("the cotangent at order two", &case.added(&added.0), &expected);
            let mut fresh = Pending::new();
            {
                let (($z_bar, $z_bar_dot), $x_dot) = (both.clone(), Inactive);
                let ($x_bar, $x_bar_dot) = (Inactive, &mut fresh);
                $second;
            }
            case.same("order two without tangent", &fresh.finish(&case.x), &pull(&case.x, both.1));
        })?
    }};
}
