//! Calls: paths, renamed imports, recursion, nested functions, custom rules.

use ad::{check, check_vector, values};
use ad_runtime::differentiate;

#[differentiate]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiate]
fn two_layers(x: f64, w1: f64, w2: f64) -> f64 {
    sigmoid(w2 * sigmoid(w1 * x) + sigmoid(x))
}

#[differentiate]
fn two_layers_of_data(#[constant] x: f64, w1: f64, w2: f64) -> f64 {
    sigmoid(w2 * sigmoid(w1 * x) + sigmoid(x))
}

#[test]
fn check_two_layers() {
    check!(sigmoid(0.4));
    check!(two_layers(0.4, -1.2, 0.8));
    check!(two_layers_of_data(const 0.4, -1.2, 0.8));
}

pub mod physics {
    //! A library of its own.
    use ad_runtime::differentiate;

    /// Kinetic energy.
    #[differentiate]
    pub fn kinetic(mass: f64, speed: f64) -> f64 {
        0.5 * mass * speed * speed
    }

    pub mod potential {
        //! Potentials.
        use ad_runtime::differentiate;

        /// A spring.
        #[inline]
        #[differentiate]
        pub(crate) fn harmonic(x: f64, k: f64) -> f64 {
            0.5 * k * x.powi(2)
        }

        /// A spring at a mass.
        #[differentiate]
        pub fn total(mass: f64, speed: f64, x: f64, k: f64) -> f64 {
            super::kinetic(mass, speed) + self::harmonic(x, k) * crate::calls::sigmoid(x)
        }
    }
}

use physics::potential::harmonic as spring;

#[differentiate]
fn lagrangian(mass: f64, speed: f64, x: f64, k: f64) -> f64 {
    physics::kinetic(mass, speed) - spring(x, k)
        + crate::calls::physics::potential::total(mass, speed, x, k)
}

#[test]
fn check_lagrangian() {
    check!(physics::kinetic(1.2, 0.7));
    check!(physics::potential::total(1.2, 0.7, 0.3, 2.0));
    check!(lagrangian(1.2, 0.7, 0.3, 2.0));
}

#[differentiate]
fn neighbour_penalty(x: &[f64], i: usize) -> f64 {
    (x[i] - x[i + 1]).powi(2) * x[i]
}

#[differentiate]
fn roughness(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len().saturating_sub(1) {
        s += neighbour_penalty(x, i);
    }
    s
}

#[test]
fn check_roughness() {
    for n in [0, 1, 2, 6] {
        check!(roughness(&values(n)));
    }
}

#[differentiate]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 {
        1.0
    } else if n % 2 == 0 {
        let half = power(x, n / 2);
        half * half
    } else {
        x * power(x, n - 1)
    }
}

#[test]
fn check_power() {
    for n in [0, 1, 2, 11] {
        check!(power(1.2, const n));
    }
}

#[differentiate]
fn even_terms(x: f64, n: usize) -> f64 {
    if n == 0 { 1.0 } else { x.cos() + x * odd_terms(x, n - 1) }
}

#[differentiate]
fn odd_terms(x: f64, n: usize) -> f64 {
    if n == 0 {
        return x;
    }
    x.sin() - 0.5 * even_terms(x * 0.9, n - 1)
}

#[test]
fn check_mutual_recursion() {
    for n in [0, 1, 2, 7] {
        check!(even_terms(0.7, const n));
        check!(odd_terms(0.7, const n));
    }
}

/// The determinant by expansion along the first row, of a matrix in row-major order.
#[differentiate]
fn laplace_determinant(a: &[f64], n: usize) -> f64 {
    if n == 0 {
        return 1.0;
    }
    let mut sum = 0.0;
    for column in 0..n {
        let mut minor = Vec::with_capacity((n - 1) * (n - 1));
        for i in 1..n {
            for j in 0..n {
                if j != column {
                    minor.push(a[i * n + j]);
                }
            }
        }
        let cofactor = a[column] * laplace_determinant(&minor, n - 1);
        if column % 2 == 0 {
            sum += cofactor;
        } else {
            sum -= cofactor;
        }
    }
    sum
}

#[test]
fn check_laplace_determinant() {
    for n in [0, 1, 2, 4] {
        check!(laplace_determinant(&ad::signed(n * n, 5), const n));
    }
}

#[differentiate]
fn adaptive_simpson(a: f64, b: f64, depth: usize) -> f64 {
    #[differentiate]
    fn integrand(x: f64) -> f64 {
        (x * x).exp() / (1.0 + x)
    }
    #[differentiate]
    fn rule(a: f64, b: f64) -> f64 {
        (b - a) / 6.0 * (integrand(a) + 4.0 * integrand(0.5 * (a + b)) + integrand(b))
    }

    let middle = 0.5 * (a + b);
    let (coarse, fine) = (rule(a, b), rule(a, middle) + rule(middle, b));
    if depth == 0 || (coarse - fine).abs() < 1e-5 {
        fine
    } else {
        adaptive_simpson(a, middle, depth - 1) + adaptive_simpson(middle, b, depth - 1)
    }
}

#[test]
fn check_adaptive_simpson() {
    check!(adaptive_simpson(0.1, 1.3, const 0));
    check!(adaptive_simpson(0.1, 1.3, const 6));
}

fn error_function(x: f64) -> f64 {
    // Abramowitz and Stegun 7.1.26.
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    x.signum() * (1.0 - poly * (-x * x).exp())
}

#[differentiate(vjp = exact_square_vjp, jvp = exact_square_jvp)]
fn exact_square(x: f64) -> f64 {
    x * x
}

fn exact_square_vjp(x: f64) -> (f64, impl Fn(f64) -> f64) {
    (x * x, move |y_bar| 2.0 * x * y_bar)
}

fn exact_square_jvp(x: f64, x_dot: f64) -> (f64, f64) {
    (x * x, 2.0 * x * x_dot)
}

#[differentiate]
fn uses_custom_rule(x: f64, y: f64) -> f64 {
    let mut s = exact_square(x * y);
    for _ in 0..3 {
        s = exact_square(s.sin()) + x;
    }
    s
}

#[test]
fn check_custom_rule() {
    check!(exact_square(1.3));
    check!(uses_custom_rule(0.8, 0.9));
}

/// A call with inactive arguments alone needs no derivative.
#[differentiate]
fn calibrated(x: f64, #[constant] reference: f64) -> f64 {
    let gain = error_function(reference) + 2.0;
    gain * x * x
}

#[test]
fn check_calibrated() {
    check!(calibrated(0.9, const 0.4));
}

#[differentiate]
fn polar_coordinates(x: f64, y: f64) -> (f64, f64) {
    (x.hypot(y), y.atan2(x))
}

#[differentiate]
fn spiral(x: f64, y: f64) -> f64 {
    let (r, phi) = polar_coordinates(x, y);
    let (r2, phi2) = polar_coordinates(r * phi, y);
    r - phi + r2 * phi2
}

#[test]
fn check_polar_coordinates() {
    check_vector!(polar_coordinates(0.8, 0.5));
    check!(spiral(0.8, 0.5));
}

#[differentiate]
fn same_argument_twice(x: &[f64]) -> f64 {
    inner(x, x) + inner(&x[..1], &x[x.len() - 1..])
}

#[differentiate]
fn inner(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i] * (i + 1) as f64;
    }
    s
}

#[test]
fn check_same_argument_twice() {
    for n in [1, 2, 5] {
        check!(same_argument_twice(&values(n)));
    }
}

#[differentiate]
fn ackermann_like(x: f64, m: usize, n: usize) -> f64 {
    match (m, n) {
        (0, _) => x + 0.5,
        (_, 0) => ackermann_like(x * x, m - 1, 1),
        (m, n) => {
            let inner = ackermann_like(x, m, n - 1);
            ackermann_like(inner.sin(), m - 1, n)
        }
    }
}

#[test]
fn check_ackermann_like() {
    check!(ackermann_like(0.6, const 0, const 3));
    check!(ackermann_like(0.6, const 2, const 3));
}
