//! Operators on the user's own types.

use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use ad::{check, check_vector, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct V2 {
    pub x: f64,
    pub y: f64,
}
point!(V2, V2Tangent { x, y });

#[differentiate]
impl Add for V2 {
    type Output = V2;
    fn add(self, other: V2) -> V2 {
        V2 { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiate]
impl Sub for V2 {
    type Output = V2;
    fn sub(self, other: V2) -> V2 {
        V2 { x: self.x - other.x, y: self.y - other.y }
    }
}

#[differentiate]
impl Neg for V2 {
    type Output = V2;
    fn neg(self) -> V2 {
        V2 { x: -self.x, y: -self.y }
    }
}

#[differentiate]
impl Mul<f64> for V2 {
    type Output = V2;
    fn mul(self, scale: f64) -> V2 {
        V2 { x: self.x * scale, y: self.y * scale }
    }
}

#[differentiate]
impl Mul<V2> for f64 {
    type Output = V2;
    fn mul(self, v: V2) -> V2 {
        v * self
    }
}

#[differentiate]
impl Div<f64> for V2 {
    type Output = V2;
    fn div(self, scale: f64) -> V2 {
        V2 { x: self.x / scale, y: self.y / scale }
    }
}

#[differentiate]
impl AddAssign for V2 {
    fn add_assign(&mut self, other: V2) {
        self.x += other.x;
        self.y += other.y;
    }
}

#[differentiate]
impl SubAssign for V2 {
    fn sub_assign(&mut self, other: V2) {
        self.x -= other.x;
        self.y -= other.y;
    }
}

#[differentiate]
impl MulAssign<f64> for V2 {
    fn mul_assign(&mut self, scale: f64) {
        self.x *= scale;
        self.y *= scale;
    }
}

#[differentiate]
impl V2 {
    fn dot(self, other: V2) -> f64 {
        self.x * other.x + self.y * other.y
    }
    fn norm(self) -> f64 {
        self.dot(self).sqrt()
    }
}

const P: V2 = V2 { x: 0.9, y: 0.2 };
const V: V2 = V2 { x: -0.3, y: 1.1 };

#[differentiate]
fn reflect(direction: V2, normal: V2) -> V2 {
    let n = normal / normal.norm();
    direction - 2.0 * direction.dot(n) * n
}

#[test]
fn check_reflect() {
    check_vector!(reflect(P, V));
}

#[differentiate]
fn centripetal(position: V2, velocity: V2, strength: f64) -> f64 {
    let radial = position / position.norm();
    let force = -radial * strength + velocity * 0.1;
    (force + position).dot(velocity - force)
}

#[test]
fn check_centripetal() {
    check!(centripetal(P, V, 0.7));
}

/// Forward-mode dual numbers written by the user: differentiated once more.
#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Dual(f64, f64);
point!(Dual, DualTangent { 0, 1 });

#[differentiate]
impl Add for Dual {
    type Output = Self;
    fn add(self, Dual(b, db): Self) -> Self {
        let Dual(a, da) = self;
        Dual(a + b, da + db)
    }
}

#[differentiate]
impl Mul for Dual {
    type Output = Self;
    fn mul(self, rhs: Self) -> Self {
        Dual(self.0 * rhs.0, self.0 * rhs.1 + self.1 * rhs.0)
    }
}

#[differentiate]
fn derivative_of_polynomial(x: Dual, c: f64) -> f64 {
    let y = x * x * x + Dual(c, 0.0) * x;
    (y * y + x).1
}

#[test]
fn check_derivative_of_polynomial() {
    check!(derivative_of_polynomial(Dual(0.8, 1.0), -0.7));
}
