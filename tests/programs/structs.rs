//! Structs as parameters, results and local values: named, tuple, nested, with constant fields.

use ad::{check, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Vec3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}
point!(Vec3, Vec3Tangent { x, y, z });

const A: Vec3 = Vec3 { x: 0.3, y: -0.8, z: 1.1 };
const B: Vec3 = Vec3 { x: 0.9, y: 0.4, z: -0.2 };

#[differentiate]
fn dot(a: &Vec3, b: &Vec3) -> f64 {
    a.x * b.x + a.y * b.y + a.z * b.z
}

#[differentiate]
fn cross(a: Vec3, b: Vec3) -> Vec3 {
    Vec3 { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x }
}

#[differentiate]
fn parallelogram_area(a: Vec3, b: Vec3) -> f64 {
    let normal = cross(a, b);
    dot(&normal, &normal).sqrt()
}

#[test]
fn check_vec3() {
    check!(dot(&A, &B));
    check_vector!(cross(A, B));
    check!(parallelogram_area(A, B));
}

#[differentiate]
fn dot_with_direction(a: &Vec3, #[constant] direction: &Vec3) -> f64 {
    let d = dot(a, direction);
    d * d + direction.x * a.z
}

#[test]
fn check_dot_with_direction() {
    check!(dot_with_direction(&A, const &B));
}

#[test]
fn check_gradient_is_the_tangent_struct() {
    let (ga, gb) = dot::grad(&A, &B);
    assert_eq!(ga, Vec3Tangent { x: B.x, y: B.y, z: B.z });
    assert_eq!(gb, Vec3Tangent { x: A.x, y: A.y, z: A.z });
}

/// A body; its name and index have no derivative.
#[derive(Clone, Debug, Differentiable)]
pub struct Body {
    pub position: Vec3,
    pub velocity: Vec3,
    pub mass: f64,
    #[constant]
    pub charge: f64,
    pub index: usize,
}

point!(Body, BodyTangent { position, velocity, mass } constant { charge, index });

fn body(index: usize) -> Body {
    Body { position: A, velocity: B, mass: 1.4, charge: -0.6, index }
}

#[differentiate]
fn body_energy(body: &Body, field: f64) -> f64 {
    let Body { position, velocity: v, mass, .. } = body;
    let kinetic = 0.5 * mass * (v.x * v.x + v.y * v.y + v.z * v.z);
    kinetic + body.charge * field * position.z + body.index as f64 * position.x
}

#[test]
fn check_body_energy() {
    check!(body_energy(&body(2), 0.7));
}

#[differentiate]
fn drift(body: Body, dt: f64) -> Body {
    let position = Vec3 {
        x: body.position.x + dt * body.velocity.x,
        y: body.position.y + dt * body.velocity.y,
        z: body.position.z + dt * body.velocity.z,
    };
    Body { position, mass: body.mass * (1.0 - 0.1 * dt), ..body }
}

#[test]
fn check_drift() {
    check_vector!(drift(body(1), 0.3));
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Complex(f64, f64);
point!(Complex, ComplexTangent { 0, 1 });

#[differentiate]
fn complex_square(z: Complex) -> Complex {
    Complex(z.0 * z.0 - z.1 * z.1, 2.0 * z.0 * z.1)
}

#[differentiate]
fn julia_escape(z: Complex, c: Complex, n: usize) -> f64 {
    let mut z = z;
    for _ in 0..n {
        let Complex(re, im) = complex_square(z);
        z = Complex(re + c.0, im + c.1);
    }
    z.0 * z.0 + z.1 * z.1
}

#[test]
fn check_julia_escape() {
    check_vector!(complex_square(Complex(0.4, -0.9)));
    for n in [0, 1, 2, 5] {
        check!(julia_escape(Complex(0.3, 0.2), Complex(-0.4, 0.35), const n));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Layer {
    pub weights: Vec<Vec<f64>>,
    pub bias: Vec<f64>,
}
point!(Layer, LayerTangent { weights, bias });

#[derive(Clone, Debug, Differentiable)]
pub struct Network {
    pub hidden: Layer,
    pub output: [f64; 2],
    #[constant]
    pub slope: f64,
}
point!(Network, NetworkTangent { hidden, output } constant { slope });

#[differentiate]
fn network(net: &Network, input: &[f64]) -> f64 {
    let mut y = 0.0;
    for (row, weights) in net.hidden.weights.iter().enumerate() {
        let mut z = net.hidden.bias[row];
        for (w, x) in weights.iter().zip(input) {
            z += w * x;
        }
        let a = if z > 0.0 { z } else { net.slope * z };
        y += net.output[row] * a;
    }
    y
}

#[differentiate]
fn network_on_data(net: &Network, #[constant] input: &[f64]) -> f64 {
    network(net, input).powi(2)
}

#[test]
fn check_network() {
    let hidden =
        Layer { weights: vec![vec![0.3, -0.8, 0.5], vec![-0.6, 0.1, -0.9]], bias: vec![0.2, -0.1] };
    let net = Network { hidden, output: [0.7, -1.2], slope: 0.1 };
    check!(network(&net, &values(3)));
    check!(network_on_data(&net, const &values(3)));
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Interval<'a> {
    samples: &'a [f64],
    step: f64,
}

/// A struct that borrows: built and read inside.
#[differentiate]
fn borrowed_samples(samples: &[f64], step: f64) -> f64 {
    let interval = Interval { samples, step };
    let mut area = 0.0;
    for pair in interval.samples.windows(2) {
        area += 0.5 * interval.step * (pair[0] + pair[1]);
    }
    area * area
}

#[test]
fn check_borrowed_samples() {
    for n in [0, 1, 2, 6] {
        check!(borrowed_samples(&values(n), 0.25));
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Pair<T> {
    first: T,
    second: T,
}

#[differentiate]
fn generic_pair(x: f64, y: f64) -> f64 {
    let scalars = Pair { first: x, second: y };
    let arrays = Pair { first: [x, scalars.second], second: [scalars.first * y, 1.0] };
    arrays.first[0] * arrays.second[0] + arrays.first[1] * arrays.second[1] + scalars.first
}

#[test]
fn check_generic_pair() {
    check!(generic_pair(0.8, -0.6));
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Quaternion {
    w: f64,
    v: [f64; 3],
}
point!(Quaternion, QuaternionTangent { w, v });

#[differentiate]
fn rotate(q: &Quaternion, p: [f64; 3]) -> [f64; 3] {
    let norm = (q.w * q.w + q.v[0] * q.v[0] + q.v[1] * q.v[1] + q.v[2] * q.v[2]).sqrt();
    let w = q.w / norm;
    let [x, y, z] = [q.v[0] / norm, q.v[1] / norm, q.v[2] / norm];
    let t = [2.0 * (y * p[2] - z * p[1]), 2.0 * (z * p[0] - x * p[2]), 2.0 * (x * p[1] - y * p[0])];
    [
        p[0] + w * t[0] + y * t[2] - z * t[1],
        p[1] + w * t[1] + z * t[0] - x * t[2],
        p[2] + w * t[2] + x * t[1] - y * t[0],
    ]
}

#[test]
fn check_rotate() {
    let q = Quaternion { w: 0.8, v: [0.1, -0.5, 0.3] };
    check_vector!(rotate(&q, [0.4, 1.0, -0.7]));
}
