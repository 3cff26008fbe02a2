//! Rays that march through fields of distances.

use ad::{check, point};
use ad_runtime::{Differentiable, differentiate};

#[differentiate]
trait Sdf {
    fn distance(&self, p: [f64; 3]) -> f64;
}
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Sphere {
    pub center: [f64; 3],
    pub radius: f64,
}
point!(Sphere, SphereTangent { center, radius });
#[differentiate]
impl Sdf for Sphere {
    fn distance(&self, p: [f64; 3]) -> f64 {
        let mut s = 0.0;
        for (a, b) in p.iter().zip(self.center.iter()) {
            s += (a - b) * (a - b);
        }
        s.sqrt() - self.radius
    }
}
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Plane {
    pub height: f64,
}
point!(Plane, PlaneTangent { height });
#[differentiate]
impl Sdf for Plane {
    fn distance(&self, p: [f64; 3]) -> f64 {
        p[1] - self.height
    }
}
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Union<A, B> {
    pub a: A,
    pub b: B,
    pub k: f64,
}
#[differentiate]
impl<A: Sdf + Differentiable, B: Sdf + Differentiable> Sdf for Union<A, B> {
    fn distance(&self, p: [f64; 3]) -> f64 {
        let (d1, d2) = (self.a.distance(p), self.b.distance(p));
        let h = (0.5 + 0.5 * (d2 - d1) / self.k).clamp(0.0, 1.0);
        d2 + (d1 - d2) * h - self.k * h * (1.0 - h)
    }
}
#[differentiate]
fn march<S: Sdf + Differentiable>(scene: &S, origin: [f64; 3], dir: [f64; 3]) -> Option<f64> {
    let mut t = 0.0;
    for _ in 0..64 {
        let p = [origin[0] + t * dir[0], origin[1] + t * dir[1], origin[2] + t * dir[2]];
        let d = scene.distance(p);
        if d < 1e-9 {
            return Some(t);
        }
        t += d;
        if t > 100.0 {
            break;
        }
    }
    None
}
#[differentiate]
fn shade(s: &Sphere, pl: &Plane, light: [f64; 3]) -> f64 {
    let scene = Union { a: s.clone(), b: pl.clone(), k: 0.1 };
    let dirs = [[0.0, 0.0, 1.0], [0.0, -0.6, 0.8], [0.0, 0.6, 0.8]];
    let mut total = 0.0;
    for dir in dirs {
        if let Some(t) = march(&scene, [0.0, 0.5, -3.0], dir) {
            total += t * light[0] + (t * t) * light[2];
        } else {
            total += 0.1 * light[1];
        }
    }
    total
}
#[test]
fn ray() {
    check!(shade(
        &Sphere { center: [0.1, 0.3, 0.2], radius: 1.0 },
        &Plane { height: -1.0 },
        [0.2, 0.3, 0.4]
    ));
}
