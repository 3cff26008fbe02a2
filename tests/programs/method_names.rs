//! Methods of the user's types that are called like methods of the standard library, and do something else.

use ad::{check, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

point!(Vector, VectorTangent { x, y });

#[differentiate]
impl Vector {
    fn clamp(&mut self, hi: f64) {
        if self.x > hi {
            self.x = hi;
        }
        self.y *= hi;
    }

    fn max(&self, other: Vector) -> f64 {
        self.x.max(other.x) * self.y
    }

    fn min(self, other: Vector) -> f64 {
        self.x.min(other.x) * self.y
    }

    fn fold(&mut self, k: f64) -> f64 {
        self.x *= k;
        self.x * self.y
    }

    fn contains(&mut self, k: f64, l: f64) {
        self.x *= k * l;
    }

    fn len(&self, k: f64) -> f64 {
        self.x * k
    }

    fn is_square(&mut self, k: f64) {
        self.y *= k;
    }
}

const POINT: Vector = Vector { x: 1.1, y: 0.8 };

#[differentiate]
fn changed(v: Vector, hi: f64) -> f64 {
    let mut q = v;
    q.clamp(hi);
    q.x * q.y
}

#[test]
fn check_changed() {
    check!(changed(POINT, 2.0));
    check!(changed(POINT, 0.7));
}

/// What starts constant becomes active by the call.
#[differentiate]
fn changed_constant(hi: f64) -> f64 {
    let mut q = Vector { x: 1.0, y: 2.0 };
    q.clamp(hi);
    q.x * q.y
}

#[test]
fn check_changed_constant() {
    check!(changed_constant(0.7));
    check!(changed_constant(1.7));
}

#[differentiate]
fn changed_in_a_loop(v: Vector, hi: f64, n: usize) -> f64 {
    let mut q = v;
    let mut s = 0.0;
    for _ in 0..n {
        q.clamp(q.x * 0.9);
        s += q.max(v) + q.min(v) + q.fold(hi);
        q.contains(hi, s);
        q.is_square(s);
        s *= q.len(hi);
    }
    q.x * q.y + s
}

#[test]
fn check_changed_in_a_loop() {
    for n in [0, 1, 2, 4] {
        check!(changed_in_a_loop(POINT, 0.7, const n));
    }
}

#[differentiate]
fn through_a_reference(v: &mut Vector, hi: f64) -> f64 {
    v.clamp(hi);
    v.max(Vector { x: 0.2, y: 0.5 }) * v.y
}

#[differentiate]
fn passed_on(v: Vector, hi: f64) -> f64 {
    let mut q = v;
    let s = through_a_reference(&mut q, hi * hi);
    s + q.x
}

#[test]
fn check_passed_on() {
    check!(passed_on(POINT, 0.7));
    check!(passed_on(POINT, 1.4));
}

/// A matrix of the user's, whose methods are called like the views of ndarray and compute something.
#[derive(Clone, Differentiable)]
struct Square {
    a: [f64; 4],
}

ad::point!(Square, SquareTangent { a });

#[differentiate]
impl Square {
    fn row(&self, i: usize) -> f64 {
        self.a[2 * i] * self.a[2 * i + 1]
    }
    fn t(&self) -> Square {
        Square { a: [self.a[0], self.a[2], self.a[1], self.a[3]] }
    }
    fn column(&self, i: usize) -> [f64; 2] {
        [self.a[i], self.a[i + 2] * 2.0]
    }
    fn view(&self) -> f64 {
        self.a.iter().sum::<f64>()
    }
    fn slice(&self, i: usize) -> f64 {
        self.a[i].sin() * self.row(0)
    }
    fn diag(&self) -> [f64; 2] {
        [self.a[0], self.a[3] * self.a[3]]
    }
}

#[differentiate]
fn called_like_views(m: &Square) -> f64 {
    let (c, v, d) = (m.column(1), m.view(), m.diag());
    m.row(0) * m.row(1) + m.t().column(0)[1] * v + m.slice(1) + c[0] * v * d[1] * m.t().row(1)
}

#[test]
fn methods_called_like_views() {
    check!(called_like_views(&Square { a: [1.0, 2.0, 3.0, 4.0] }));
}
