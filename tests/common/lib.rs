//! The checking harness of the acceptance tests.
//!
//! A program is checked at a point: reverse mode against forward mode by ⟨w, Jv⟩ = ⟨Jᵀw, v⟩ to
//! rounding, forward mode against central differences, and every primal value against the untouched
//! function. [`check()`] and [`check_vector()`] work on coordinate slices; the macros [`check!`],
//! [`check_vector!`] and [`check_in_place!`] take a call as a user writes it and go through all the
//! functions of the public contract.

mod macros;
mod point;

pub use point::{Coordinates, Point};

/// Relative tolerance between forward and reverse mode.
const ROUNDING: f64 = 1e-10;
/// Relative tolerance between forward mode and central differences.
const DIFFERENCES: f64 = 1e-5;
/// Relative tolerance between two evaluations of the same value.
const VALUE: f64 = 1e-12;
/// Step of the central differences relative to the size of the point.
const STEP: f64 = 6e-6;

/// A deterministic generator (SplitMix64): the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// A generator with the given seed.
    pub fn new(seed: u64) -> Self {
        Rng(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number uniform in `[low, high)`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `n` numbers uniform in `[low, high)`.
    pub fn vector(&mut self, n: usize, low: f64, high: f64) -> Vec<f64> {
        (0..n).map(|_| self.uniform(low, high)).collect()
    }

    /// A standard normal number (Box–Muller).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform(1e-12, 1.0).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(0.0, 1.0)).cos()
    }
}

/// `n` deterministic numbers in `[0.5, 1.5)`: positive, distinct and of order one.
pub fn values(n: usize) -> Vec<f64> {
    Rng::new(7).vector(n, 0.5, 1.5)
}

/// `n` deterministic numbers in `[-1, 1)`; another seed gives other numbers.
pub fn signed(n: usize, seed: u64) -> Vec<f64> {
    Rng::new(seed).vector(n, -1.0, 1.0)
}

/// ⟨a, b⟩.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Σ |aᵢ bᵢ|: the scale of the rounding error of ⟨a, b⟩.
fn magnitude(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a * b).abs()).sum()
}

fn norm(a: &[f64]) -> f64 {
    a.iter().fold(0.0, |m, a| f64::max(m, a.abs()))
}

/// Three random directions and every unit vector; where `n` is 0, the empty direction.
fn directions(n: usize, seed: u64) -> Vec<Vec<f64>> {
    if n == 0 {
        return vec![Vec::new()];
    }
    let mut rng = Rng::new(seed);
    let mut all: Vec<Vec<f64>> = (0..3).map(|_| rng.vector(n, -1.0, 1.0)).collect();
    all.extend((0..n).map(|i| (0..n).map(|j| f64::from(i == j)).collect()));
    all
}

fn assert_length(name: &str, what: &str, actual: usize, expected: usize) {
    assert!(actual == expected, "{name}: {what} has {actual} coordinates, expected {expected}");
}

fn assert_values(name: &str, what: &str, actual: &[f64], primal: &[f64]) {
    assert_length(name, what, actual.len(), primal.len());
    for (i, (a, p)) in actual.iter().zip(primal).enumerate() {
        let close = (a - p).abs() <= VALUE * (1.0 + p.abs());
        assert!(close, "{name}: {what} is {a:e} at [{i}], the primal value is {p:e}");
    }
}

fn assert_finite(name: &str, what: &str, values: &[f64]) {
    assert!(values.iter().all(|v| v.is_finite()), "{name}: {what} is not finite: {values:?}");
}

/// Two gradients of the same function, by different functions of the contract, agree.
fn assert_gradients(name: &str, what: &str, actual: &[f64], expected: &[f64]) {
    assert_length(name, what, actual.len(), expected.len());
    for (i, (a, e)) in actual.iter().zip(expected).enumerate() {
        let close = (a - e).abs() <= ROUNDING * (norm(expected) + a.abs());
        assert!(close, "{name}: {what} is {a:e} at [{i}], value_and_grad or vjp gives {e:e}");
    }
}

/// (f(x + hv) − f(x − hv)) / 2h.
fn central_difference(x: &[f64], v: &[f64], value: &impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let h = STEP * norm(x).max(1.0) / norm(v).max(f64::MIN_POSITIVE);
    let shifted = |h: f64| -> Vec<f64> { x.iter().zip(v).map(|(x, v)| x + h * v).collect() };
    let (above, below) = (value(&shifted(h)), value(&shifted(-h)));
    above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * h)).collect()
}

/// Checks the program `name`, a scalar function of `x0.len()` coordinates, at `x0`.
///
/// # Panics
/// Where the value, the gradient or the directional derivative is wrong; the message names the program.
pub fn check(
    name: &str,
    x0: &[f64],
    value: impl Fn(&[f64]) -> f64,
    value_and_grad: impl Fn(&[f64]) -> (f64, Vec<f64>),
    jvp: impl Fn(&[f64], &[f64]) -> (f64, f64),
) {
    let pullback = |x: &[f64], w: &[f64]| {
        let (y, g) = value_and_grad(x);
        (vec![y], g.iter().map(|g| w[0] * g).collect())
    };
    let pushforward = |x: &[f64], v: &[f64]| {
        let (y, y_dot) = jvp(x, v);
        (vec![y], vec![y_dot])
    };
    check_vector(name, x0, |x| vec![value(x)], pullback, pushforward);
}

/// Checks the program `name`, a vector-valued function of `x0.len()` coordinates, at `x0`:
/// `vjp(x, w)` returns the value and Jᵀw, `jvp(x, v)` the value and Jv.
///
/// # Panics
/// Where the value, a pullback or a directional derivative is wrong; the message names the program.
pub fn check_vector(
    name: &str,
    x0: &[f64],
    value: impl Fn(&[f64]) -> Vec<f64>,
    vjp: impl Fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
    jvp: impl Fn(&[f64], &[f64]) -> (Vec<f64>, Vec<f64>),
) {
    let primal = value(x0);
    assert_finite(name, "the primal value", &primal);
    let pullbacks: Vec<(Vec<f64>, Vec<f64>)> = directions(primal.len(), 2)
        .into_iter()
        .map(|w| {
            let (y, g) = vjp(x0, &w);
            assert_values(name, "the value of reverse mode", &y, &primal);
            assert_length(name, "the gradient", g.len(), x0.len());
            assert_finite(name, "the gradient", &g);
            (w, g)
        })
        .collect();
    for v in directions(x0.len(), 1) {
        let (y, y_dot) = jvp(x0, &v);
        assert_values(name, "the value of forward mode", &y, &primal);
        assert_length(name, "the directional derivative", y_dot.len(), primal.len());
        assert_finite(name, "the directional derivative", &y_dot);
        for (w, g) in &pullbacks {
            let (forward, reverse) = (dot(w, &y_dot), dot(g, &v));
            let scale = magnitude(w, &y_dot).max(magnitude(g, &v));
            let tolerance = ROUNDING * scale + 1e-14 * (1.0 + norm(&primal));
            assert!(
                (forward - reverse).abs() <= tolerance,
                "{name}: forward and reverse mode disagree: <w, Jv> = {forward:e}, <J'w, v> = {reverse:e} \
                 at w = {w:?}, v = {v:?}, J'w = {g:?}",
            );
        }
        let difference = central_difference(x0, &v, &value);
        assert_length(name, "the central difference", difference.len(), primal.len());
        for (i, (d, fd)) in y_dot.iter().zip(&difference).enumerate() {
            let tolerance = DIFFERENCES * (d.abs() + 1e-3 * (1.0 + norm(&primal)));
            assert!(
                (d - fd).abs() <= tolerance,
                "{name}: jvp gives {d:e} at [{i}], the central difference is {fd:e}, along v = {v:?}",
            );
        }
    }
}

/// What [`check!`] expands to: `point` are the active arguments, and each function of the contract
/// is given on owned arguments. The pullback of `vjp` is called twice; `adjoint` adds into a cotangent.
#[doc(hidden)]
#[allow(clippy::too_many_arguments)]
pub fn check_scalar_program<P: Point>(
    name: &str,
    point: P,
    value: impl Fn(P) -> f64,
    grad: impl Fn(P) -> P::Tangent,
    value_and_grad: impl Fn(P) -> (f64, P::Tangent),
    vjp: impl Fn(P, f64) -> (f64, P::Tangent, P::Tangent),
    jvp: impl Fn(P, P::Tangent) -> (f64, f64),
    adjoint: impl Fn(P, f64, P::Tangent) -> (f64, P::Tangent),
) {
    let x0 = point.to_vec();
    check(
        name,
        &x0,
        |x| value(point.at(x)),
        |x| {
            let (y, g) = value_and_grad(point.at(x));
            (y, point.tangent_to_vec(&g))
        },
        |x, v| jvp(point.at(x), point.tangent_at(v)),
    );
    let (y, g) = value_and_grad(point.clone());
    let expected = point.tangent_to_vec(&g);
    let half: Vec<f64> = expected.iter().map(|g| 0.5 * g).collect();
    assert_gradients(name, "grad", &point.tangent_to_vec(&grad(point.clone())), &expected);

    let (y_vjp, first, again) = vjp(point.clone(), 0.5);
    assert_values(name, "the value of vjp", &[y_vjp], &[y]);
    assert_gradients(name, "2 * pullback(0.5)", &point.tangent_to_vec(&first), &half);
    assert_gradients(name, "the second call of the pullback", &point.tangent_to_vec(&again), &half);

    let start = Rng::new(3).vector(x0.len(), -1.0, 1.0);
    let (y_adjoint, sum) = adjoint(point.clone(), 0.5, point.tangent_at(&start));
    assert_values(name, "the value of adjoint", &[y_adjoint], &[y]);
    let expected: Vec<f64> = start.iter().zip(&half).map(|(s, g)| s + g).collect();
    assert_gradients(
        name,
        "the cotangent that adjoint adds into",
        &point.tangent_to_vec(&sum),
        &expected,
    );
}

/// What [`check_second!`] adds to [`check!`]: `hvp` against central differences of `grad`, in every direction,
/// and the symmetry of the Hessian that its products make up.
#[doc(hidden)]
pub fn check_second_order_program<P: Point>(
    name: &str,
    point: P,
    grad: impl Fn(P) -> P::Tangent,
    hvp: impl Fn(P, P::Tangent) -> P::Tangent,
) {
    let x0 = point.to_vec();
    let flat = |x: &[f64]| point.tangent_to_vec(&grad(point.at(x)));
    let along = |v: &[f64]| point.tangent_to_vec(&hvp(point.clone(), point.tangent_at(v)));
    for v in directions(x0.len(), 5) {
        let product = along(&v);
        assert_finite(name, "hvp", &product);
        let difference = central_difference(&x0, &v, &flat);
        assert_length(name, "hvp", product.len(), difference.len());
        let scale = 1.0 + norm(&difference);
        for (i, (p, d)) in product.iter().zip(&difference).enumerate() {
            let close = (p - d).abs() <= 10.0 * DIFFERENCES * scale;
            assert!(close, "{name}: hvp is {p:e} at [{i}], differences of grad give {d:e}");
        }
    }
    let mut rng = Rng::new(11);
    let (u, v) = (rng.vector(x0.len(), -1.0, 1.0), rng.vector(x0.len(), -1.0, 1.0));
    let (hu, hv) = (along(&u), along(&v));
    let (a, b) = (dot(&hu, &v), dot(&hv, &u));
    let scale = magnitude(&hu, &v) + magnitude(&hv, &u);
    assert!((a - b).abs() <= ROUNDING * (1.0 + scale), "{name}: ⟨Hu, v⟩ = {a:e}, ⟨Hv, u⟩ = {b:e}");
}

/// What [`check_vector!`] expands to.
#[doc(hidden)]
pub fn check_vector_program<P: Point, R: Point>(
    name: &str,
    point: P,
    value: impl Fn(P) -> R,
    vjp: impl Fn(P, R::Tangent) -> (R, P::Tangent),
    jvp: impl Fn(P, P::Tangent) -> (R, R::Tangent),
    adjoint: impl Fn(P, R::Tangent, P::Tangent) -> (R, P::Tangent),
) {
    let x0 = point.to_vec();
    let result = value(point.clone());
    let by_vjp = |x: &[f64], w: &[f64]| {
        let (y, g) = vjp(point.at(x), result.tangent_at(w));
        (y.to_vec(), point.tangent_to_vec(&g))
    };
    let by_jvp = |x: &[f64], v: &[f64]| {
        let (y, y_dot) = jvp(point.at(x), point.tangent_at(v));
        (y.to_vec(), result.tangent_to_vec(&y_dot))
    };
    check_vector(name, &x0, |x| value(point.at(x)).to_vec(), by_vjp, by_jvp);

    let y = result.to_vec();
    let w = Rng::new(4).vector(y.len(), -1.0, 1.0);
    let start = Rng::new(3).vector(x0.len(), -1.0, 1.0);
    let (y_adjoint, sum) = adjoint(point.clone(), result.tangent_at(&w), point.tangent_at(&start));
    assert_values(name, "the value of adjoint", &y_adjoint.to_vec(), &y);
    let pullback = by_vjp(&x0, &w).1;
    let expected: Vec<f64> = start.iter().zip(&pullback).map(|(s, g)| s + g).collect();
    assert_gradients(
        name,
        "the cotangent that adjoint adds into",
        &point.tangent_to_vec(&sum),
        &expected,
    );
}

/// What [`check_in_place!`] expands to: the parameters changed in place come first, so that their
/// coordinates are the first of the point; they are the result.
#[doc(hidden)]
pub fn check_in_place_program<P: Point, S: Point>(
    name: &str,
    point: P,
    value: impl Fn(P) -> S,
    jvp: impl Fn(P, P::Tangent) -> (S, S::Tangent),
    adjoint: impl Fn(P, P::Tangent) -> (S, P::Tangent),
) {
    let state = value(point.clone());
    let by_adjoint = |x: &[f64], w: &[f64]| {
        let mut seed = vec![0.0; x.len()];
        seed[..w.len()].copy_from_slice(w);
        let (y, g) = adjoint(point.at(x), point.tangent_at(&seed));
        (y.to_vec(), point.tangent_to_vec(&g))
    };
    let by_jvp = |x: &[f64], v: &[f64]| {
        let (y, y_dot) = jvp(point.at(x), point.tangent_at(v));
        (y.to_vec(), state.tangent_to_vec(&y_dot))
    };
    check_vector(name, &point.to_vec(), |x| value(point.at(x)).to_vec(), by_adjoint, by_jvp);
}

#[cfg(test)]
mod tests;

/// The programs of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
