//! Derivatives called in the bodies of differentiated functions: against what is derived by hand, and, in both
//! modes, against finite differences.

#![allow(clippy::needless_range_loop, reason = "numerical programs go by index")]

use ad::{check, check_vector, point, signed, values};
use ad_runtime::ndarray::{Array1, Array2, array};
use ad_runtime::{Differentiable, Real, differentiate};

#[differentiate(order = 2)]
fn cubic(x: f64) -> f64 {
    x.powi(3) + 2.0 * x
}

#[differentiate]
fn slope(x: f64) -> f64 {
    cubic::grad(x)
}

#[differentiate]
fn value_times_slope(x: f64) -> f64 {
    let (value, slope) = cubic::value_and_grad(x);
    value * slope
}

#[differentiate]
fn directional(x: f64, v: f64) -> f64 {
    let (value, value_dot) = cubic::jvp(x, v);
    value + value_dot * value_dot
}

#[differentiate]
fn slope_by_jvp(x: f64) -> f64 {
    cubic::jvp(x, 1.0).1
}

#[test]
fn of_one_scalar() {
    let x = 1.3;
    assert_eq!(slope::grad(x), 6.0 * x);
    assert_eq!(slope::jvp(x, 1.0), (3.0 * x * x + 2.0, 6.0 * x));
    assert_eq!(slope_by_jvp::grad(x), 6.0 * x);
    assert_eq!(slope_by_jvp::jvp(x, 1.0).1, 6.0 * x);
    check!(slope(x));
    check!(value_times_slope(x));
    check!(directional(x, 0.7));
    check!(slope_by_jvp(x));
}

#[differentiate(order = 2)]
fn sum(x: f64, y: f64) -> f64 {
    x + y
}

#[differentiate]
fn x_times_slope_of_sum(x: f64, y: f64) -> f64 {
    x * sum::jvp(x, y, 0.0, 1.0).1
}

#[differentiate]
fn x_times_gradient_of_sum(x: f64, y: f64) -> f64 {
    x * sum::grad(x, y).1
}

#[differentiate(order = 2)]
fn product(#[constant] scale: f64, x: f64, y: f64) -> f64 {
    scale * x * y
}

/// d/dx of x d/dy (x y) at y = x, where the inner y is another variable than the outer x: 2 x.
#[differentiate]
fn same_value_in_both_places(x: f64) -> f64 {
    let (_, of_y) = product::grad(1.0, x, x);
    x * of_y
}

/// d/dx (x d/dy (x + y)) is 1: the perturbation of the inner y is not that of the outer x.
#[test]
fn perturbations_are_not_confused() {
    assert_eq!(x_times_slope_of_sum::jvp(1.0, 1.0, 1.0, 0.0).1, 1.0);
    assert_eq!(x_times_slope_of_sum::grad(1.0, 1.0), (1.0, 0.0));
    assert_eq!(x_times_gradient_of_sum::jvp(1.0, 1.0, 1.0, 0.0).1, 1.0);
    assert_eq!(x_times_gradient_of_sum::grad(1.0, 1.0), (1.0, 0.0));
    assert_eq!(same_value_in_both_places::grad(3.0), 6.0);
    assert_eq!(same_value_in_both_places::jvp(3.0, 1.0).1, 6.0);
    // Along x itself, the perturbation of the inner call varies with the outer one: d/dx (2 x · x) = 4 x.
    assert_eq!(along_itself::grad(3.0), 12.0);
    assert_eq!(along_itself::jvp(3.0, 1.0).1, 12.0);
}

#[differentiate(order = 2)]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiate]
fn along_itself(x: f64) -> f64 {
    square::jvp(x, x).1
}

#[differentiate(order = 2)]
fn ridge(w: &[f64], x: &[f64], y: f64, lambda: f64) -> f64 {
    let mut error = -y;
    let mut penalty = 0.0;
    for (w, x) in w.iter().zip(x) {
        error += w * x;
        penalty += w * w;
    }
    error * error + lambda * penalty
}

/// The loss after steps of descent, by the starting point, the rate and the penalty: meta-learning.
#[differentiate]
fn after_training(start: &[f64], x: &[f64], rate: f64, lambda: f64, steps: usize) -> f64 {
    let mut w = start.to_vec();
    for _ in 0..steps {
        let (g, _, _, _) = ridge::grad(&w, x, 1.5, lambda);
        for i in 0..w.len() {
            w[i] -= rate * g[i];
        }
    }
    ridge(&w, x, 1.0, 0.0)
}

#[test]
fn through_training() {
    for steps in [0, 1, 4] {
        check!(after_training(&values(3), &signed(3, 1), 0.1, 0.3, const steps));
    }
}

/// Newton's method for a stationary point, which needs no derivative of the second derivative of its own.
#[differentiate(order = 2)]
fn tilted(x: f64, a: f64) -> f64 {
    x.cosh() - a * x
}

#[differentiate]
fn stationary(a: f64, #[constant] tolerance: f64) -> f64 {
    let mut x = 0.0;
    loop {
        let (slope, _) = tilted::grad(x, a);
        if slope.abs() < tolerance {
            return x;
        }
        // The curvature along x is the tangent of the slope.
        x -= slope / x.cosh();
    }
}

#[test]
fn newton_finds_a_function_of_the_parameter() {
    // sinh x = a: dx/da = 1 / sqrt(1 + a²).
    let a: f64 = 0.8;
    let expected = 1.0 / (1.0 + a * a).sqrt();
    assert!((stationary::grad(a, 1e-12) - expected).abs() < 1e-10);
    assert!((stationary::jvp(a, 1e-12, 1.0).1 - expected).abs() < 1e-10);
    check!(stationary(a, const 1e-12));
}

#[derive(Clone, Debug, Differentiable)]
struct Spring {
    stiffness: f64,
    lengths: [f64; 2],
    #[constant]
    power: i32,
}

point!(Spring, SpringTangent { stiffness, lengths } constant { power });

#[differentiate(order = 2)]
impl Spring {
    fn energy(&self, q: &[f64; 2]) -> f64 {
        let mut e = 0.0;
        for i in 0..2 {
            e += self.stiffness * (q[i] - self.lengths[i]).powi(self.power);
        }
        e + q[0] * q[1] * q[1]
    }

    fn shifted(x: f64, by: f64) -> f64 {
        (x - by).powi(4)
    }
}

/// Force is the negative gradient of the energy; the trajectory is differentiated through.
#[differentiate]
fn final_position(spring: &Spring, start: [f64; 2], #[constant] steps: usize) -> [f64; 2] {
    let mut q = start;
    let mut p = [0.3, 0.1];
    for _ in 0..steps {
        let (_, slope) = spring.energy_grad(&q);
        for i in 0..2 {
            p[i] -= 0.05 * slope[i];
            q[i] += 0.05 * p[i];
        }
    }
    q
}

#[differentiate]
fn power_of_motion(spring: &Spring, q: &[f64; 2], v: &[f64; 2]) -> f64 {
    let moved = SpringTangent { stiffness: v[0], lengths: [0.2, v[1]] };
    let (energy, power) = spring.energy_jvp(q, &moved, v);
    energy * power + Spring::shifted_grad(v[0], q[1]).0
}

#[differentiate]
fn both_of_a_method(spring: &Spring, q: &[f64; 2]) -> f64 {
    let (e, (of_spring, of_q)) = spring.energy_value_and_grad(q);
    e * of_spring.stiffness + of_spring.lengths[1] * of_q[0] - of_q[1].sin()
}

#[test]
fn of_methods() {
    let spring = Spring { stiffness: 1.2, lengths: [0.3, -0.4], power: 4 };
    for steps in [0, 1, 5] {
        check_vector!(final_position(&spring, [0.9, -0.2], const steps));
    }
    check!(power_of_motion(&spring, &[0.7, 0.2], &[0.4, -0.3]));
    check!(both_of_a_method(&spring, &[0.7, 0.2]));
}

pub mod mechanics {
    //! A library of its own.
    use ad_runtime::differentiate;

    pub mod planets {
        //! Two bodies.
        use ad_runtime::differentiate;

        /// Kinetic and potential energy.
        #[differentiate(order = 2)]
        pub fn hamiltonian(q: &[f64], p: &[f64], mass: f64) -> f64 {
            let r: f64 = q.iter().map(|q| q * q).sum::<f64>().sqrt();
            p.iter().map(|p| p * p).sum::<f64>() / (2.0 * mass) - mass / r
        }
    }

    /// A step of the symplectic method of Euler.
    #[differentiate]
    pub fn step(q: &mut [f64], p: &mut [f64], mass: f64, h: f64) {
        let (dq, _, _) = planets::hamiltonian::grad(&*q, &*p, mass);
        for i in 0..p.len() {
            p[i] -= h * dq[i];
        }
        let (_, dp, _) = self::planets::hamiltonian::grad(&*q, &*p, mass);
        for i in 0..q.len() {
            q[i] += h * dp[i];
        }
    }
}

#[differentiate]
fn orbit(speed: f64, mass: f64, steps: usize) -> Vec<f64> {
    let mut q = vec![1.0, 0.0];
    let mut p = vec![0.0, speed];
    for _ in 0..steps {
        mechanics::step(&mut q, &mut p, mass, 0.05);
    }
    q
}

#[test]
fn of_a_path_in_a_callee() {
    check_vector!(orbit(0.9, 1.1, const 6));
}

#[differentiate(order = 2)]
fn generic<T: Real>(x: T, w: &[T], #[constant] n: usize) -> T {
    let mut s = x;
    for i in 0..n {
        s = (s * w[i]).sin() + x;
    }
    s * s
}

#[differentiate]
fn uses_generic<T: Real>(x: T, w: &[T]) -> T {
    let (of_x, of_w) = generic::grad(x, w, w.len());
    let (_, dot) = generic::jvp(x, w, 2, of_x, w);
    of_x * of_w[1] + dot
}

#[test]
fn of_generic_functions() {
    check!(uses_generic(0.6, &values(3)));
}

#[differentiate(order = 2)]
fn logistic(theta: &Array1<f64>, #[constant] x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let z = x.dot(theta);
    let mut loss = 0.0;
    for i in 0..z.len() {
        loss += (1.0 + z[i].exp()).ln() - y[i] * z[i];
    }
    loss
}

#[differentiate]
fn trained(theta: &Array1<f64>, #[constant] x: &Array2<f64>, y: &Array1<f64>, rate: f64) -> f64 {
    let (g, _) = logistic::grad(theta, x, y);
    let moved = theta - &(&g * rate);
    logistic(&moved, x, y)
}

#[differentiate]
fn norm_of_gradient(theta: &Array1<f64>, #[constant] x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let (loss, (g, _)) = logistic::value_and_grad(theta, x, y);
    loss + g.dot(&g)
}

#[differentiate]
fn along(
    theta: &Array1<f64>,
    #[constant] x: &Array2<f64>,
    y: &Array1<f64>,
    v: &Array1<f64>,
) -> f64 {
    let zero = Array1::zeros(y.len());
    logistic::jvp(theta, x, y, v, &zero).1
}

#[test]
fn of_arrays() {
    let x = array![[1.0, 0.2], [0.5, -0.3], [-0.7, 1.1]];
    let (theta, y) = (array![0.4, -0.6], array![1.0, 0.0, 1.0]);
    check!(trained(&theta, const &x, &y, 0.3));
    check!(norm_of_gradient(&theta, const &x, &y));
    check!(along(&theta, const &x, &y, &array![0.3, 0.8]));
}

/// A function of the time, whose velocity and acceleration are the derivatives.
#[differentiate(order = 2)]
fn position(t: f64, radius: f64) -> [f64; 2] {
    [radius * t.cos(), radius * (2.0 * t).sin()]
}

#[differentiate]
fn velocity(t: f64, radius: f64) -> [f64; 2] {
    position::jvp(t, radius, 1.0, 0.0).1
}

#[differentiate(order = 2)]
fn chain(x: &[f64], spring: &Spring) -> (Vec<f64>, Option<f64>) {
    let mut y = x.to_vec();
    for i in 1..x.len() {
        y[i] = y[i - 1] * x[i] + spring.stiffness * x[0].sin();
    }
    (y, Some(x[0] * spring.lengths[1]))
}

#[differentiate]
fn along_chain(x: &[f64], spring: &Spring, v: &[f64]) -> Vec<f64> {
    let moved = SpringTangent { stiffness: v[0], lengths: [0.2, v[1]] };
    let ((y, _), (mut y_dot, last)) = chain::jvp(x, spring, v, &moved);
    y_dot[0] = y[1] * last.unwrap_or(0.0);
    y_dot
}

#[test]
fn of_results_that_are_no_scalars() {
    let acceleration = velocity::jvp(0.7, 2.0, 1.0, 0.0).1;
    assert!((acceleration[0] + 2.0 * 0.7f64.cos()).abs() < 1e-14);
    assert!((acceleration[1] + 8.0 * 1.4f64.sin()).abs() < 1e-14);
    check_vector!(velocity(0.7, 2.0));
    let spring = Spring { stiffness: 1.2, lengths: [0.3, -0.4], power: 4 };
    check_vector!(along_chain(&values(3), &spring, &signed(3, 2)));
}
