//! The saddle point of a function: the least of its greatest values, where the search for the greatest value is
//! differentiated.

use super::descent::argmin;
use ad_runtime::differentiate;

type Point = [f64; 2];

/// The function with the saddle: rising with `x`, falling with `y`.
#[differentiate(order = 2)]
fn height(x: &Point, y: &Point) -> f64 {
    (x[0] * x[0] + x[1] * x[1]) - (y[0] * y[0] + y[1] * y[1])
}

/// How the slope of the height is computed.
#[differentiate]
pub trait Slope {
    /// The gradient of the height in `y`.
    fn slope(x: &Point, y: &Point) -> Point;
}

/// In forward mode: one direction after the other.
pub struct Forward;

/// In reverse mode.
pub struct Reverse;

#[differentiate]
impl Slope for Forward {
    fn slope(x: &Point, y: &Point) -> Point {
        let (_, along_first) = height::jvp(x, y, &[0.0, 0.0], &[1.0, 0.0]);
        let (_, along_second) = height::jvp(x, y, &[0.0, 0.0], &[0.0, 1.0]);
        [along_first, along_second]
    }
}

#[differentiate]
impl Slope for Reverse {
    fn slope(x: &Point, y: &Point) -> Point {
        height::grad(x, y).1
    }
}

#[differentiate]
fn norm(v: &Point) -> f64 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

/// Where the height over `x` is greatest, by the ascent that [`argmin`] goes down.
#[differentiate]
fn argmax<S: Slope>(x: &Point, #[constant] start: &Point) -> Point {
    let mut y = *start;
    let mut value = height(x, &y);
    let mut slope = S::slope(x, &y);
    let mut eta = 1e-5;
    let mut successes = 0;
    loop {
        if norm(&slope) <= 1e-5 {
            return y;
        }
        if successes == 10 {
            eta *= 2.0;
            successes = 0;
            continue;
        }
        let next = [y[0] + eta * slope[0], y[1] + eta * slope[1]];
        if norm(&[y[0] - next[0], y[1] - next[1]]) <= 1e-5 {
            return y;
        }
        let next_value = height(x, &next);
        if next_value > value {
            y = next;
            value = next_value;
            slope = S::slope(x, &y);
            successes += 1;
        } else {
            eta /= 2.0;
            successes = 0;
        }
    }
}

/// The greatest height over `x`, which the search from `start` finds.
#[differentiate]
pub fn greatest<S: Slope>(x: &Point, #[constant] start: &Point) -> f64 {
    height(x, &argmax::<S>(x, start))
}

/// The saddle point, with the outer derivative in forward mode.
pub fn saddle_forward<S: Slope>(start: Point) -> [f64; 4] {
    let along = |x: &Point, v: Point| greatest::jvp::<S>(x, &start, &v).1;
    let gradient = |x: &Point| [along(x, [1.0, 0.0]), along(x, [0.0, 1.0])];
    saddle::<S>(gradient, start)
}

/// The saddle point, with the outer derivative in reverse mode.
pub fn saddle_reverse<S: Slope>(start: Point) -> [f64; 4] {
    saddle::<S>(|x| greatest::grad::<S>(x, &start), start)
}

fn saddle<S: Slope>(gradient: impl Fn(&Point) -> Point, start: Point) -> [f64; 4] {
    let x = argmin(|x| greatest::<S>(x, &start), gradient, start);
    let y = argmax::<S>(&x, &start);
    [x[0], x[1], y[0], y[1]]
}
