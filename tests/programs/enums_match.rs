//! `match` and enums: integers, ranges, guards, bindings, tuples, references, enums with data.

use ad::{check, check_vector, point_enum, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub enum Shape {
    Circle(f64),
    Rectangle(f64, f64),
    Triangle { a: f64, b: f64, angle: f64 },
    Point,
}
point_enum!(Shape, ShapeTangent {
    Circle { 0: r r_dot },
    Rectangle { 0: a a_dot, 1: b b_dot },
    Triangle { a: a a_dot, b: b b_dot, angle: t t_dot },
    Point {},
});

fn shapes() -> [Shape; 4] {
    [
        Shape::Circle(0.7),
        Shape::Rectangle(0.6, 1.3),
        Shape::Triangle { a: 0.8, b: 1.1, angle: 0.9 },
        Shape::Point,
    ]
}

#[differentiate]
fn area(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle(r) => std::f64::consts::PI * r * r,
        Shape::Rectangle(width, height) => width * height,
        Shape::Triangle { a, b, angle } => 0.5 * a * b * angle.sin(),
        Shape::Point => 0.0,
    }
}

#[differentiate]
fn prism_volume(shape: Shape, height: f64) -> f64 {
    use Shape::*;
    match shape {
        Circle(r) if r > 0.5 => height * r.powi(2),
        Circle(r) => height * r,
        Rectangle(a, b) => a * b * height,
        triangle @ Triangle { .. } => area(&triangle) * height,
        Point => height,
    }
}

#[differentiate]
fn prism_volume_of_height(#[constant] shape: Shape, height: f64) -> f64 {
    prism_volume(shape, height)
}

#[test]
fn check_area() {
    for shape in shapes() {
        check!(area(&shape));
        check!(prism_volume(shape, 1.7));
        check!(prism_volume_of_height(const shape, 1.7));
    }
    check!(prism_volume(Shape::Circle(0.2), 1.7));
}

#[differentiate]
fn total_area(shapes: &[Shape]) -> f64 {
    let mut total: f64 = 0.0;
    for shape in shapes {
        total += match *shape {
            Shape::Circle(r) => r * r,
            Shape::Point => continue,
            ref other => area(other) * total.cos(),
        };
    }
    total
}

#[test]
fn check_total_area() {
    for n in 0..=4 {
        check!(total_area(&shapes()[..n].to_vec()));
    }
}

#[differentiate]
fn scale_shape(shape: Shape, factor: f64) -> Shape {
    match shape {
        Shape::Circle(r) => Shape::Circle(r * factor),
        Shape::Rectangle(a, b) => Shape::Rectangle(a * factor, b / factor),
        Shape::Triangle { a, b, angle } => {
            Shape::Triangle { a: b * factor, b: a, angle: angle.sin() }
        }
        Shape::Point => Shape::Point,
    }
}

#[test]
fn check_scale_shape() {
    for shape in shapes() {
        check_vector!(scale_shape(shape, 1.4));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub enum Expression {
    Constant(f64),
    Variable,
    Sum(Box<Expression>, Box<Expression>),
    Product(Box<Expression>, Box<Expression>),
    Power { base: Box<Expression>, exponent: i32 },
}

#[differentiate]
fn evaluate(expression: &Expression, x: f64) -> f64 {
    match expression {
        Expression::Constant(c) => *c,
        Expression::Variable => x,
        Expression::Sum(a, b) => evaluate(a, x) + evaluate(b, x),
        Expression::Product(a, b) => evaluate(a, x) * evaluate(b, x),
        Expression::Power { base, exponent } => evaluate(base, x).powi(*exponent),
    }
}

#[differentiate]
fn tree_of(a: f64, b: f64, x: f64) -> f64 {
    let slope =
        Expression::Product(Box::new(Expression::Constant(a)), Box::new(Expression::Variable));
    let line = Expression::Sum(Box::new(slope), Box::new(Expression::Constant(b)));
    let cube = Expression::Power { base: Box::new(line), exponent: 3 };
    evaluate(&cube, x)
}

#[differentiate]
fn tree_in_variable(#[constant] expression: &Expression, x: f64) -> f64 {
    evaluate(expression, x).ln()
}

#[test]
fn check_expression_tree() {
    check!(tree_of(0.7, 0.4, 1.2));
    let x = || Box::new(Expression::Variable);
    let tree = Expression::Sum(
        Box::new(Expression::Product(x(), x())),
        Box::new(Expression::Constant(0.5)),
    );
    check!(tree_in_variable(const &tree, 0.8));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    Tanh,
    Softplus,
    Leaky,
}

#[differentiate]
fn activate(x: f64, #[constant] kind: Activation, slope: f64) -> f64 {
    match kind {
        Activation::Tanh => x.tanh(),
        Activation::Softplus => x.exp().ln_1p(),
        Activation::Leaky if x < 0.0 => slope * x,
        Activation::Leaky => x,
    }
}

#[test]
fn check_activate() {
    for kind in [Activation::Tanh, Activation::Softplus, Activation::Leaky] {
        check!(activate(0.6, const kind, 0.1));
        check!(activate(-0.6, const kind, 0.1));
    }
}

#[differentiate]
fn legendre(n: u32, x: f64) -> f64 {
    match n {
        0 => 1.0,
        1 => x,
        2 | 3 => {
            let p2 = 1.5 * x * x - 0.5;
            if n == 2 { p2 } else { (5.0 * x * p2 - 2.0 * x) / 3.0 }
        }
        4..=6 => {
            let k = f64::from(n);
            ((2.0 * k - 1.0) * x * legendre(n - 1, x) - (k - 1.0) * legendre(n - 2, x)) / k
        }
        _ => 0.0,
    }
}

#[test]
fn check_legendre() {
    for n in 0..8 {
        check!(legendre(const n, 0.6));
    }
}

#[differentiate]
fn tax(income: f64, rate: f64) -> f64 {
    match income {
        x if x <= 1.0 => 0.0,
        x if x <= 3.0 => rate * (x - 1.0),
        x => rate * 2.0 + 1.5 * rate * (x - 3.0),
    }
}

#[test]
fn check_tax() {
    for income in [0.4, 2.0, 7.0] {
        check!(tax(income, 0.3));
    }
}

#[differentiate]
fn boundary_stencil(u: &[f64]) -> Vec<f64> {
    let n = u.len();
    let mut d = vec![0.0; n];
    for i in 0..n {
        d[i] = match i {
            0 => u[0] * u[0],
            last if last + 1 == n => u[last] - u[last - 1],
            inner @ 1..=2 => u[inner + 1] - u[inner - 1],
            _ => u[i - 1] - 2.0 * u[i] + u[i + 1],
        };
    }
    d
}

#[test]
fn check_boundary_stencil() {
    for n in [0, 1, 2, 7] {
        check_vector!(boundary_stencil(&values(n)));
    }
}

#[differentiate]
fn quadrant(x: f64, y: f64) -> f64 {
    match (x > 0.0, y > 0.0) {
        (true, true) => x * y,
        (false, true) => y - x,
        (true, false) => x.exp(),
        (false, false) => y.sin() * x,
    }
}

#[test]
fn check_quadrant() {
    for (x, y) in [(0.3, 0.4), (-0.3, 0.4), (0.3, -0.4), (-0.3, -0.4)] {
        check!(quadrant(x, y));
    }
}

/// A state machine whose state carries active data.
#[derive(Clone, Copy, Debug, Differentiable)]
enum Mode {
    Heating { power: f64 },
    Cooling(f64),
    Idle,
}

#[differentiate]
fn thermostat(power: f64, loss: f64, steps: usize) -> f64 {
    let mut temperature = 1.0;
    let mut mode = Mode::Heating { power };
    for _ in 0..steps {
        mode = match mode {
            Mode::Heating { power } if temperature < 2.0 => {
                temperature += 0.3 * power;
                Mode::Heating { power: power * 0.95 }
            }
            Mode::Heating { power } => Mode::Cooling(power * loss),
            Mode::Cooling(rate) => {
                temperature -= rate * temperature;
                if temperature < 1.5 { Mode::Idle } else { Mode::Cooling(rate) }
            }
            Mode::Idle => Mode::Heating { power: temperature },
        };
    }
    temperature
}

#[test]
fn check_thermostat() {
    for steps in [0, 1, 2, 12] {
        check!(thermostat(0.9, 0.2, const steps));
    }
}

#[derive(Clone, Debug, Differentiable)]
enum Outline {
    Circle(f64),
    Rect { w: f64, h: f64 },
    Unit,
}
#[differentiate]
fn grow(s: Outline, k: f64) -> Outline {
    match s {
        Outline::Circle(r) => Outline::Circle(r * k),
        Outline::Rect { w, h } => Outline::Rect { w: w * k, h },
        s => s,
    }
}

#[test]
fn check_rest_of_a_match() {
    let (_, pullback) = grow::vjp(Outline::Rect { w: 2.0, h: 3.0 }, 4.0);
    let bar = OutlineTangent::Rect { w: 1.0, h: 1.0 };
    assert_eq!(pullback(bar), (OutlineTangent::Rect { w: 4.0, h: 1.0 }, 2.0));
    let dot = OutlineTangent::Circle(0.5);
    assert_eq!(grow::jvp(Outline::Circle(2.0), 4.0, dot, 1.0).1, OutlineTangent::Circle(4.0));
    assert_eq!(grow::jvp(Outline::Unit, 4.0, OutlineTangent::Unit, 1.0).1, OutlineTangent::Unit);
}

#[derive(Clone, Debug, Differentiable)]
pub enum Geometry {
    Mesh(Vec<[f64; 3]>),
    Sphere { center: [f64; 3], radius: f64 },
    Group(Box<Geometry>, f64),
}
#[differentiate]
fn surface(g: Geometry, k: f64) -> f64 {
    match g {
        Geometry::Mesh(pts) => {
            pts.iter().map(|p| p.iter().map(|v| v * v).sum::<f64>().sqrt()).sum::<f64>() * k
        }
        Geometry::Sphere { radius, .. } if radius > 0.0 => 4.0 * k * radius.powi(2),
        Geometry::Sphere { center: [x, _, _], .. } => x * x,
        Geometry::Group(inner, w) => w * surface(*inner, k) * k,
    }
}
#[differentiate]
fn fixed_area(k: f64, r: f64, n: usize) -> f64 {
    let mut s = k;
    for _ in 0..n {
        s *= surface(Geometry::Mesh(vec![[0.3, 0.0, 0.4]]), s);
        s += surface(
            Geometry::Group(Box::new(Geometry::Sphere { center: [r; 3], radius: r }), s),
            k,
        );
        s -= surface(Geometry::Group(Box::new(Geometry::Mesh(vec![[0.1, 0.2, 0.3]])), 0.5), k);
    }
    s
}

#[differentiate]
fn taken_apart(g: Geometry, (a, b): (f64, [f64; 2]), o: Option<f64>, k: f64) -> f64 {
    let [p, mut q] = b;
    q *= a;
    let w = match o {
        Some(mut v) => {
            v *= k;
            v * v
        }
        None => k,
    };
    let (c, d) = match g {
        Geometry::Sphere { center: [x, y, mut z], radius } => {
            z += x;
            (x * y * z, radius)
        }
        other => (surface(other, k), 1.0),
    };
    w * (p + q * c) * d * k
}
#[differentiate]
fn of_fixed_parts(k: f64, n: usize) -> f64 {
    let mut s = k;
    for i in 0..n {
        s = taken_apart(
            Geometry::Sphere { center: [0.3, 0.4, 0.5], radius: 0.7 },
            (0.3, [0.4, 0.5]),
            Some(0.3),
            s,
        );
        s += taken_apart(
            Geometry::Mesh(vec![[0.3; 3]]),
            (s, [0.4, s]),
            if i > 1 { Some(s) } else { None },
            0.4,
        );
    }
    s
}

/// By value, with what does not copy, active and constant, in a loop.
#[test]
fn check_moves_out_of_a_match() {
    for n in [0, 1, 2, 3] {
        check!(fixed_area(0.4, 0.3, const n));
        check!(fixed_area(0.4, -0.3, const n));
        check!(of_fixed_parts(0.4, const n));
    }
    let group = Geometry::Group(Box::new(Geometry::Mesh(vec![[3.0, 0.0, 4.0]])), 1.5);
    let (bar, k_bar) = surface::grad(group, 1.0);
    let GeometryTangent::Group(inner, weight_bar) = bar else { panic!("another variant: {bar:?}") };
    assert_eq!((weight_bar, k_bar), (5.0, 15.0));
    let GeometryTangent::Mesh(points) = *inner else { panic!("another variant: {inner:?}") };
    assert!((points[0][0] - 0.9).abs() < 1e-14 && (points[0][2] - 1.2).abs() < 1e-14);
}
