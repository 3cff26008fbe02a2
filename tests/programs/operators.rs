//! Operators on the user's own types.

use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

use ad::{check, check_vector, point};
use ad_runtime::{Differentiable, Real, differentiate};

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

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Quat<T: Real> {
    pub w: T,
    pub v: [T; 3],
}
#[differentiate]
impl<T: Real> Mul for Quat<T> {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        let [a, b, c] = self.v;
        let [x, y, z] = o.v;
        Quat {
            w: self.w * o.w - a * x - b * y - c * z,
            v: [
                self.w * x + o.w * a + b * z - c * y,
                self.w * y + o.w * b + c * x - a * z,
                self.w * z + o.w * c + a * y - b * x,
            ],
        }
    }
}
#[differentiate]
impl<T: Real> Quat<T> {
    fn conj(self) -> Self {
        Quat { w: self.w, v: self.v.map(|c| -c) }
    }
    fn norm2(&self) -> T {
        self.w * self.w + self.v.iter().fold(T::zero(), |s, &c| s + c * c)
    }
    fn rotate(self, p: [T; 3]) -> [T; 3] {
        let q = self * Quat { w: T::zero(), v: p } * self.conj();
        let n = self.norm2();
        [q.v[0] / n, q.v[1] / n, q.v[2] / n]
    }
}
#[differentiate]
fn rotate_all(q: Quat<f64>, pts: &[[f64; 3]], target: &[[f64; 3]]) -> f64 {
    pts.iter()
        .zip(target)
        .map(|(p, t)| {
            let r = q.rotate(*p);
            (0..3).map(|i| (r[i] - t[i]).powi(2)).sum::<f64>()
        })
        .sum()
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Poly(pub Vec<f64>);
#[differentiate]
impl<'a> Mul<&'a Poly> for &'a Poly {
    type Output = Poly;
    fn mul(self, o: &Poly) -> Poly {
        let mut c = vec![0.0; self.0.len() + o.0.len() - 1];
        for (i, a) in self.0.iter().enumerate() {
            for (j, b) in o.0.iter().enumerate() {
                c[i + j] += a * b;
            }
        }
        Poly(c)
    }
}
#[differentiate]
impl AddAssign<f64> for Poly {
    fn add_assign(&mut self, k: f64) {
        self.0[0] += k;
    }
}
#[differentiate]
impl Poly {
    fn eval(&self, x: f64) -> f64 {
        self.0.iter().rev().fold(0.0, |acc, c| acc * x + c)
    }
    fn derivative(&self) -> Poly {
        Poly(self.0.iter().enumerate().skip(1).map(|(i, c)| i as f64 * c).collect())
    }
}
#[differentiate]
fn poly_test(p: &Poly, q: &Poly, x: f64) -> f64 {
    let mut r = p * q;
    r += x;
    r.eval(x) * r.derivative().eval(0.5 * x)
}

point!(Poly, PolyTangent { 0 });

#[test]
fn check_generic_operators() {
    check!(poly_test(&Poly(vec![0.3, 0.2, 0.5]), &Poly(vec![0.7, -0.4]), 0.8));
    let (q, p, t) = (
        Quat { w: 0.9, v: [0.1, 0.2, -0.3] },
        [[0.1, 0.2, 0.3], [1.0, 0.0, 0.4]],
        [[0.0, 0.2, 0.1]; 2],
    );
    let (value, (q_bar, _, t_bar)) = rotate_all::value_and_grad(q, &p, &t);
    let q_dot = QuatTangent { w: 0.3, v: [0.5, -0.2, 0.7] };
    let zero = [[0.0; 3]; 2];
    let (again, value_dot) = rotate_all::jvp(q, &p, &t, q_dot, &zero, &zero);
    assert_eq!(value, again);
    let inner = q_bar.w * 0.3 + q_bar.v[0] * 0.5 - q_bar.v[1] * 0.2 + q_bar.v[2] * 0.7;
    assert!((inner - value_dot).abs() < 1e-12 * value_dot.abs(), "{inner} and {value_dot}");
    let at = |h: f64| {
        rotate_all(
            Quat { w: q.w + 0.3 * h, v: [q.v[0] + 0.5 * h, q.v[1] - 0.2 * h, q.v[2] + 0.7 * h] },
            &p,
            &t,
        )
    };
    let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
    assert!((difference - value_dot).abs() < 1e-7, "{difference} and {value_dot}");
    let moved = |h: f64| rotate_all(q, &p, &[[h, 0.2, 0.1], t[1]]);
    let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
    assert!((difference - t_bar[0][0]).abs() < 1e-7, "{difference} and {}", t_bar[0][0]);
}
