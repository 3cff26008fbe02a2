//! States that functions change in place: those of cells and filters, and whole values that parameters borrow.

use ad::{check, check_in_place, point};
use ad_runtime::{Differentiable, Real, differentiate};

#[derive(Clone, Differentiable)]
struct Cell {
    w: [[f64; 2]; 3],
    u: [f64; 3],
}

point!(Cell, CellTangent { w, u });

#[differentiate]
impl Cell {
    fn step(&self, x: &[f64; 2], h: &mut [f64; 3]) {
        for i in 0..3 {
            let mut s = self.u[i] * h[i];
            for j in 0..2 {
                s += self.w[i][j] * x[j];
            }
            h[i] = s.tanh();
        }
    }
}

#[differentiate]
fn recurrent(cell: &Cell, #[constant] xs: &[[f64; 2]]) -> f64 {
    let mut h = [0.0; 3];
    for x in xs {
        cell.step(x, &mut h);
    }
    h.iter().map(|v| v * v).sum()
}

#[derive(Clone, Differentiable)]
struct Filter {
    a: f64,
    b: f64,
}

#[derive(Clone, Differentiable)]
struct State {
    h: Vec<f64>,
    c: Vec<f64>,
}

point!(Filter, FilterTangent { a, b });

#[differentiate]
impl Filter {
    fn step(&self, x: f64, z: &mut f64) -> f64 {
        let y = self.b * x + *z;
        *z = self.a * y;
        y
    }

    fn update(&self, x: f64, state: &mut State) {
        for i in 0..2 {
            state.h[i] = (state.h[i] * self.a + x).tanh();
            state.c[i] += state.h[i] * self.b;
        }
    }
}

#[differentiate]
fn filtered(filter: &Filter, x: &[f64]) -> f64 {
    let mut z = 0.0;
    let mut power = 0.0;
    for &v in x {
        power += filter.step(v, &mut z).powi(2);
    }
    power
}

#[differentiate]
fn remembered(filter: &Filter, x: &[f64]) -> f64 {
    let mut state = State { h: vec![0.0; 2], c: vec![0.0; 2] };
    for &v in x {
        filter.update(v, &mut state);
    }
    state.c[0] + state.h[1]
}

#[derive(Clone, Copy, Differentiable)]
struct Vector {
    x: f64,
    y: f64,
}

point!(Vector, VectorTangent { x, y });

#[differentiate]
impl std::ops::Add for Vector {
    type Output = Vector;
    fn add(self, other: Vector) -> Vector {
        Vector { x: self.x + other.x, y: self.y + other.y }
    }
}

#[differentiate]
impl std::ops::Mul<f64> for Vector {
    type Output = Vector;
    fn mul(self, k: f64) -> Vector {
        Vector { x: self.x * k, y: self.y * k }
    }
}

#[differentiate]
impl std::ops::AddAssign for Vector {
    fn add_assign(&mut self, other: Vector) {
        self.x += other.x;
        self.y += other.y;
    }
}

#[differentiate]
fn moved(p: &mut Vector, v: &Vector, dt: f64) {
    *p = *p + *v * dt;
    *p += *v;
}

#[differentiate]
fn all_moved(ps: &mut [Vector], v: &Vector, dt: f64) {
    for p in ps.iter_mut() {
        *p = *p + *v * dt;
        *p += *v * 2.0;
    }
    ps[0] = *v * dt;
}

#[differentiate]
fn rotated(p: &mut [f64; 3], k: f64) {
    *p = [p[1] * k, p[2], p[0] * p[0]];
    p[0] += k;
}

#[differentiate]
fn generic<T: Real>(p: &mut T, q: &mut [T; 2], k: T) {
    *p = *p * k;
    *p += q[0];
    *q = [q[1] * k, q[0] * *p];
}

#[differentiate]
fn pair(p: &mut (f64, f64), q: &mut Option<f64>, k: f64) {
    *p = (p.1 * k, p.0);
    p.0 *= k;
    *q = q.map(|v| v * k);
}

#[differentiate]
fn rows(p: &mut Vec<f64>, k: f64) {
    *p = p.iter().map(|v| v * v * k).collect();
}

#[test]
fn a_state_that_starts_constant() {
    let cell = Cell { w: [[0.1, 0.2], [0.3, 0.1], [-0.2, 0.5]], u: [0.5, 0.1, -0.2] };
    let xs = [[1.0, 2.0], [0.5, -1.0], [0.3, 0.2]];
    check!(recurrent(&cell, const &xs));
    let filter = Filter { a: 0.5, b: 0.7 };
    check!(filtered(&filter, &vec![1.0, 2.0, 3.0]));
    check!(remembered(&filter, &vec![1.0, 2.0, 3.0]));
}

#[test]
fn a_whole_value_is_assigned_to_a_parameter() {
    let (p, v) = (Vector { x: 1.0, y: 2.0 }, Vector { x: 0.5, y: -1.0 });
    check_in_place!(moved(&mut p.clone(), &v, 0.1));
    check_in_place!(all_moved(&mut vec![p, v], &v, 0.1));
    check_in_place!(rotated(&mut [1.0, 2.0, 3.0], 2.0));
    check_in_place!(generic(&mut 1.5, &mut [2.0, 3.0], 0.5));
    check_in_place!(pair(&mut (1.0, 2.0), &mut Some(0.5), 1.5));
    check_in_place!(rows(&mut vec![1.0, 2.0], 1.5));
}
