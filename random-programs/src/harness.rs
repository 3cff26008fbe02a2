//! What random programs call, and the check of their derivatives.

use ad_runtime::{Differentiable, differentiate};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A struct with a field of each shape.
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pair {
    /// A scalar field.
    pub p: f64,
    /// An array field.
    pub q: [f64; 2],
}

/// Methods that read, build and change.
#[differentiate]
impl Pair {
    /// Reads every field.
    pub fn value(&self, t: f64) -> f64 {
        self.p * t.sin() + self.q[0] * self.q[1]
    }

    /// Builds another pair.
    #[must_use]
    pub fn shift(&self, t: f64) -> Pair {
        Pair { p: self.p + 0.5 * t, q: [self.q[1], self.q[0] * 0.5] }
    }

    /// Changes in place.
    pub fn turn(&mut self, t: f64) {
        let old = self.p;
        self.p = 0.8 * old - 0.3 * t * self.q[0];
        self.q[0] = 0.8 * self.q[0] + 0.2 * old;
        self.q.swap(0, 1);
    }
}

/// A smooth function of two scalars.
#[differentiate]
pub fn blend(a: f64, b: f64) -> f64 {
    if a < b { a * 0.3 + b.sin() } else { a.cos() * b }
}

/// A loop over a slice.
#[differentiate]
pub fn energy(v: &[f64], t: f64) -> f64 {
    let mut e = 0.0;
    for k in 1..v.len() {
        let d = v[k] - v[k - 1] * t;
        if d > 2.0 {
            return e + d;
        }
        e += 0.5 * d * d;
    }
    e
}

/// An array by value.
#[differentiate]
pub fn norm3(a: [f64; 3], t: f64) -> f64 {
    (a[0] * a[0] + a[1] * a[1] + a[2] * a[2] + t * t + 0.1).sqrt()
}

/// Recursion.
#[differentiate]
pub fn power(t: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { t.tanh() * power(t, n - 1) }
}

/// Changes a slice in place.
#[differentiate]
pub fn smooth(v: &mut [f64], t: f64) {
    for k in 1..v.len() {
        v[k] = 0.5 * v[k] + 0.3 * v[k - 1] * t.sin();
    }
}

/// Changes a scalar in place.
#[differentiate]
pub fn relax(x: &mut f64, t: f64) {
    *x = 0.5 * *x * *x + 0.25 * t;
}

/// The active arguments of a program, and the constant one.
type Arguments<'a> = (f64, &'a [f64], [f64; 3], Pair, usize);
/// A gradient with respect to the active arguments.
type Gradient = (f64, Vec<f64>, [f64; 3], PairTangent);

/// A random program and its derivatives.
pub struct Program {
    /// The function as it was written.
    pub value: fn(Arguments<'_>) -> f64,
    /// `f::value_and_grad`
    pub value_and_grad: fn(Arguments<'_>) -> (f64, Gradient),
    /// `f::vjp`, whose pullback is called twice, with 0.5.
    pub vjp: fn(Arguments<'_>) -> (f64, Gradient, Gradient),
    /// `f::jvp`
    pub jvp: fn(Arguments<'_>, &Gradient) -> (f64, f64),
}

/// The [`Program`] of `module::f`.
#[macro_export]
macro_rules! program {
    ($module:ident) => {
        Program {
            value: |(x, v, a, s, n)| $module::f(x, v, a, s, n),
            value_and_grad: |(x, v, a, s, n)| $module::f::value_and_grad(x, v, a, s, n),
            vjp: |(x, v, a, s, n)| {
                let (y, pullback) = $module::f::vjp(x, v, a, s, n);
                (y, pullback(0.5), pullback(0.5))
            },
            jvp: |(x, v, a, s, n), (x_dot, v_dot, a_dot, s_dot)| {
                $module::f::jvp(x, v, a, s, n, *x_dot, v_dot, *a_dot, s_dot.clone())
            },
        }
    };
}

/// What the check of a batch found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The programs with a wrong derivative, and what is wrong.
    pub wrong: Vec<(usize, String)>,
    /// Points at which everything was compared.
    pub checked: usize,
    /// Points at which a value is too large to compare.
    pub skipped: usize,
    /// Directions along which the program is not smooth.
    pub kinks: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { wrong, checked, skipped, kinks } = self;
        writeln!(
            f,
            "{checked} points checked, {skipped} too large, {kinks} directions with a kink"
        )?;
        wrong.iter().try_for_each(|(i, what)| writeln!(f, "wrong: program {i}: {what}"))
    }
}

/// Checks every program at 0, 1, 2 and 3 iterations.
pub fn check_all(programs: &[Program]) -> Report {
    let mut report = Report::default();
    std::panic::set_hook(Box::new(|_| {}));
    for (i, program) in programs.iter().enumerate() {
        for n in 0..4 {
            let point = Point::new(n);
            let found = catch_unwind(AssertUnwindSafe(|| check(program, &point, &mut report)));
            let wrong = match found {
                Ok(result) => result.err(),
                Err(panic) => {
                    let text = panic.downcast_ref::<String>().cloned();
                    let text = text.or(panic.downcast_ref::<&str>().map(|&s| s.to_owned()));
                    Some(format!("panics: {}", text.unwrap_or_default()))
                }
            };
            if let Some(what) = wrong {
                report.wrong.push((i, format!("n = {n}: {what}")));
                break;
            }
        }
    }
    let _ = std::panic::take_hook();
    report
}

/// A point in the space of the active arguments: x, a, s, v.
struct Point {
    coordinates: Vec<f64>,
    n: usize,
}

impl Point {
    fn new(n: usize) -> Self {
        Point { coordinates: directions(7 + 2 + n, 11 + n as u64), n }
    }

    fn arguments<'a>(&self, x: &'a [f64]) -> Arguments<'a> {
        (x[0], &x[7..], [x[1], x[2], x[3]], Pair { p: x[4], q: [x[5], x[6]] }, self.n)
    }
}

/// `n` numbers in [-1, 1) away from each other, by a linear congruence.
fn directions(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..n)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
        })
        .collect()
}

fn gradient(x: &[f64]) -> Gradient {
    (x[0], x[7..].to_vec(), [x[1], x[2], x[3]], PairTangent { p: x[4], q: [x[5], x[6]] })
}

fn coordinates((x, v, a, s): &Gradient) -> Vec<f64> {
    [&[*x][..], a, &[s.p], &s.q, v].concat()
}

fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |m, x| if x.is_nan() { f64::INFINITY } else { f64::max(m, x.abs()) })
}

/// Compares reverse with forward mode, forward mode with differences, and all values with the function's.
fn check(program: &Program, point: &Point, report: &mut Report) -> Result<(), String> {
    /// Beyond this, rounding says more than the derivative.
    const LARGE: f64 = 1e5;
    let x = &point.coordinates;
    let arguments = || point.arguments(x);
    let y = catch_unwind(AssertUnwindSafe(|| (program.value)(arguments())))
        .map_err(|_| "the function itself panics".to_owned())?;
    let (y_reverse, g) = (program.value_and_grad)(arguments());
    let g = coordinates(&g);
    let same = |a: f64, b: f64, scale: f64| {
        (a - b).abs() <= scale || a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
    };
    if !same(y, y_reverse, 1e-12 * y.abs()) {
        return Err(format!("value {y:e}, in reverse mode {y_reverse:e}"));
    }
    let (y_vjp, first, again) = (program.vjp)(arguments());
    if !same(y, y_vjp, 1e-12 * y.abs()) {
        return Err(format!("value {y:e}, of vjp {y_vjp:e}"));
    }
    for h in [coordinates(&first), coordinates(&again)] {
        if g.iter().zip(&h).any(|(g, h)| !same(*g, 2.0 * h, 1e-11 * g.abs() + 1e-13)) {
            return Err(format!("gradient {g:?}, by twice a pullback of 0.5 {h:?}"));
        }
    }
    if !y.is_finite() {
        // The slopes are differences of infinities.
        report.skipped += 1;
        return Ok(());
    }
    let mut large = largest(&g) > LARGE || y.abs() > LARGE;
    for k in 0..x.len() + 1 {
        let v = match k {
            0 => directions(x.len(), 5),
            _ => (0..x.len()).map(|i| f64::from(u8::from(i + 1 == k))).collect(),
        };
        let (y_forward, y_dot) = (program.jvp)(arguments(), &gradient(&v));
        if !same(y, y_forward, 1e-12 * y.abs()) {
            return Err(format!("value {y:e}, in forward mode {y_forward:e}"));
        }
        let by_reverse: f64 = g.iter().zip(&v).map(|(g, v)| g * v).sum();
        large |= y_dot.is_nan() || y_dot.abs() > LARGE;
        if !same(y_dot, by_reverse, 1e-9 * (largest(&g) + y_dot.abs()) + 1e-11) {
            return Err(format!(
                "forward {y_dot:e}, reverse {by_reverse:e} along {v:?}; value {y:e}"
            ));
        }
        if !large {
            differences(program, point, &v, y, y_dot, report)?;
        }
    }
    if large {
        report.skipped += 1;
    } else {
        report.checked += 1;
    }
    Ok(())
}

/// Compares `y_dot` with differences to both sides, unless these differ from one another.
fn differences(
    program: &Program,
    point: &Point,
    v: &[f64],
    y: f64,
    y_dot: f64,
    report: &mut Report,
) -> Result<(), String> {
    let at = |h: f64| {
        let moved: Vec<f64> = point.coordinates.iter().zip(v).map(|(x, v)| x + h * v).collect();
        (program.value)(point.arguments(&moved))
    };
    let slopes = |h: f64| ((at(h) - y) / h, (y - at(-h)) / h);
    let (above, below) = slopes(1e-6);
    let (above_half, below_half) = slopes(5e-7);
    let scale = 1e-4 * (1.0 + y_dot.abs() + y.abs());
    let smooth = [below, above_half, below_half].iter().all(|s| (s - above).abs() < scale);
    if !smooth {
        report.kinks += 1;
        return Ok(());
    }
    if (y_dot - 0.5 * (above + below)).abs() > scale {
        return Err(format!("jvp {y_dot:e}, differences {above:e} and {below:e} along {v:?}"));
    }
    Ok(())
}
