//! A charged particle between two charges, one of which is moved such that the particle hits the origin.
//!
//! The force is the gradient of the potential, and the path is differentiated by where the charge is: derivatives
//! of derivatives, each in either mode.

use super::descent::argmin;
use ad_runtime::differentiate;

type Point = [f64; 2];

/// The potential at `x` of charges of 1.
#[differentiate(order = 2)]
fn potential(x: Point, charges: &[Point; 2]) -> f64 {
    charges.iter().map(|c| 1.0 / ((x[0] - c[0]).powi(2) + (x[1] - c[1]).powi(2)).sqrt()).sum()
}

/// How the slope of the potential is computed.
#[differentiate]
pub trait Slope {
    /// The gradient of the potential at `x`.
    fn slope(x: Point, charges: &[Point; 2]) -> Point;
}

/// In forward mode: one direction after the other.
pub struct Forward;

/// In reverse mode.
pub struct Reverse;

#[differentiate]
impl Slope for Forward {
    fn slope(x: Point, charges: &[Point; 2]) -> Point {
        let still = [[0.0; 2]; 2];
        let (_, along_x) = potential::jvp(x, charges, [1.0, 0.0], &still);
        let (_, along_y) = potential::jvp(x, charges, [0.0, 1.0], &still);
        [along_x, along_y]
    }
}

#[differentiate]
impl Slope for Reverse {
    fn slope(x: Point, charges: &[Point; 2]) -> Point {
        potential::grad(x, charges).0
    }
}

/// The square of the coordinate at which the particle meets the x axis, by naive Euler integration.
#[differentiate]
pub fn squared_miss<S: Slope>(w: f64) -> f64 {
    let charges = [[10.0, 10.0 - w], [10.0, 0.0]];
    let mut x = [0.0, 8.0];
    let mut v = [0.75, 0.0];
    let h = 1e-1;
    loop {
        let slope = S::slope(x, &charges);
        for i in 0..2 {
            x[i] += h * v[i];
        }
        if x[1] <= 0.0 {
            let rest = -x[1] / v[1];
            let hit = x[0] + rest * v[0];
            return hit * hit;
        }
        for i in 0..2 {
            v[i] -= h * slope[i];
        }
    }
}

/// The charge's place, from `w`, with the outer derivative in forward mode.
pub fn hit_forward<S: Slope>(w: f64) -> f64 {
    let gradient = |w: &[f64; 1]| [squared_miss::jvp::<S>(w[0], 1.0).1];
    argmin(|w| squared_miss::<S>(w[0]), gradient, [w])[0]
}

/// The charge's place, from `w`, with the outer derivative in reverse mode.
pub fn hit_reverse<S: Slope>(w: f64) -> f64 {
    let gradient = |w: &[f64; 1]| [squared_miss::grad::<S>(w[0])];
    argmin(|w| squared_miss::<S>(w[0]), gradient, [w])[0]
}
