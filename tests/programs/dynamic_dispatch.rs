//! Calls through `dyn Trait`: the trait's method takes `#[constant] &self`.

use ad::{check, point, values};
use ad_runtime::{Differentiable, differentiate};

/// A kernel with fixed parameters.
#[differentiate]
pub trait Kernel {
    fn eval(#[constant] &self, r: f64) -> f64;

    /// A default body calls other methods of the trait.
    fn smoothed(#[constant] &self, r: f64, width: f64) -> f64 {
        let mut sum = 0.0;
        for step in [-1.0, 0.0, 1.0] {
            sum += self.eval(r + step * width);
        }
        sum / 3.0
    }

    fn total(#[constant] &self, x: &[f64], #[constant] weights: &[f64]) -> f64 {
        x.iter().zip(weights).map(|(x, w)| w * self.eval(x * x)).sum()
    }

    fn scale(#[constant] &self, x: &mut [f64], by: f64);

    fn name(&self) -> String {
        "kernel".to_owned()
    }
}

struct Gaussian(f64);
struct Rational;

#[differentiate]
impl Kernel for Gaussian {
    fn eval(#[constant] &self, r: f64) -> f64 {
        (-r * r / self.0).exp()
    }

    fn scale(#[constant] &self, x: &mut [f64], by: f64) {
        for x in x {
            *x *= by * self.0;
        }
    }
}

#[differentiate]
impl Kernel for Rational {
    fn eval(#[constant] &self, r: f64) -> f64 {
        1.0 / (1.0 + r * r)
    }

    fn smoothed(#[constant] &self, r: f64, width: f64) -> f64 {
        self.eval(r) + width * width
    }

    fn scale(#[constant] &self, x: &mut [f64], by: f64) {
        x[0] = x[0] * x[0] * by;
    }
}

#[test]
fn siblings_of_objects() {
    let kernels: [Box<dyn Kernel>; 2] = [Box::new(Gaussian(2.0)), Box::new(Rational)];
    for kernel in &kernels {
        let (value, slope) = kernel.eval_jvp(0.7, 1.0);
        let mut r_bar = 0.25;
        assert_eq!(kernel.eval_adjoint(0.7, 2.0, &mut r_bar), value);
        assert!((r_bar - 0.25 - 2.0 * slope).abs() < 1e-14);
        assert_eq!(kernel.name(), "kernel");
        let (x, weights) = (values(3), values(3));
        let mut x_bar = vec![0.0; 3];
        kernel.total_adjoint(&x, &weights, 1.0, &mut x_bar);
        let by_parts: f64 = x_bar.iter().sum();
        let (_, along) = kernel.total_jvp(&x, &weights, &[1.0; 3]);
        assert!((by_parts - along).abs() < 1e-12);
    }
    assert_eq!(Gaussian(2.0).eval_grad(0.0), 0.0);
}

#[differentiate]
fn convolved(#[constant] kernel: &dyn Kernel, x: f64, width: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..4 {
        sum += kernel.eval(x - k as f64) * kernel.smoothed(x, width);
    }
    sum
}

#[differentiate]
fn boxed(#[constant] kernel: Box<dyn Kernel>, x: f64) -> f64 {
    let y = kernel.eval(x);
    kernel.eval(y * y) + y
}

#[differentiate]
fn mixture(#[constant] kernels: &[Box<dyn Kernel>], x: &[f64], width: f64) -> f64 {
    let mut density = 0.0;
    for kernel in kernels {
        for x in x {
            density += kernel.smoothed(*x, width);
        }
    }
    for (i, kernel) in kernels.iter().enumerate() {
        density *= kernel.eval(x[i]);
    }
    density
        + kernels[0].total(x, &[1.0, 2.0, 0.5])
        + kernels.iter().map(|k| k.eval(width)).sum::<f64>()
}

#[differentiate]
fn rescaled(#[constant] kernels: &Vec<&dyn Kernel>, x: &[f64], by: f64) -> f64 {
    let mut x = x.to_vec();
    for kernel in kernels.iter() {
        kernel.scale(&mut x, by);
        x[1] = kernel.eval(x[0]);
    }
    x.iter().sum()
}

struct Model {
    kernel: Box<dyn Kernel>,
    weights: Vec<f64>,
}

#[differentiate]
impl Model {
    fn predict(#[constant] &self, x: f64) -> f64 {
        let kernel: &dyn Kernel = &*self.kernel;
        self.weights.iter().map(|w| w * kernel.eval(x - w)).sum()
    }
}

#[test]
fn check_calls() {
    let gaussian = &Gaussian(1.5);
    check!(convolved(const gaussian as &dyn Kernel, 0.8, 0.2));
    check!(convolved(const &Rational as &dyn Kernel, 0.8, 0.2));
    let (value, slope) = boxed::jvp(Box::new(Gaussian(1.5)), 0.4, 1.0);
    assert_eq!(value, boxed(Box::new(Gaussian(1.5)), 0.4));
    assert!((boxed::grad(Box::new(Gaussian(1.5)), 0.4) - slope).abs() < 1e-14);
    let kernels: &[Box<dyn Kernel>] = &[Box::new(Gaussian(2.0)), Box::new(Rational)];
    check!(mixture(const kernels, &values(3), 0.3));
    let several = &vec![gaussian as &dyn Kernel, &Rational];
    check!(rescaled(const several, &values(3), 0.7));
    let model = &Model { kernel: Box::new(Rational), weights: values(3) };
    check!(Model { predict, predict_grad, predict_value_and_grad, predict_vjp, predict_jvp, predict_adjoint }(const model, 0.7));
}

/// An active `&self`: the trait does not say that its types are differentiable.
#[differentiate]
pub trait Energy {
    fn energy(&self, x: f64) -> f64;

    fn twice(&self, x: f64) -> f64 {
        2.0 * self.energy(x)
    }
}

/// The attribute on a method alone.
pub trait Force {
    #[differentiate]
    fn force(&self, x: f64) -> f64;

    #[differentiate]
    fn drag(#[constant] &self, v: f64) -> f64;

    fn mass(&self) -> f64;
}

#[derive(Clone, Debug, Differentiable)]
pub struct Spring {
    pub stiffness: f64,
}
point!(Spring, SpringTangent { stiffness });

#[differentiate]
impl Energy for Spring {
    fn energy(&self, x: f64) -> f64 {
        0.5 * self.stiffness * x * x
    }
}

#[differentiate]
impl Force for Spring {
    fn force(&self, x: f64) -> f64 {
        -self.stiffness * x
    }

    fn drag(#[constant] &self, v: f64) -> f64 {
        v * v.abs()
    }

    fn mass(#[constant] &self) -> f64 {
        1.0
    }
}

#[differentiate]
fn work<S: Energy + Force>(system: &S, x: f64) -> f64 {
    system.twice(x) * system.force(x)
}

#[differentiate]
fn friction(#[constant] force: &dyn Force, v: f64) -> f64 {
    force.drag(v) / force.mass()
}

#[test]
fn check_traits() {
    check!(work(&Spring { stiffness: 1.3 }, 0.7));
    let spring = &Spring { stiffness: 1.3 };
    check!(friction(const spring as &dyn Force, 0.7));
    check!(
        Spring { twice, twice_grad, twice_value_and_grad, twice_vjp, twice_jvp, twice_adjoint }(
            &Spring { stiffness: 1.3 },
            0.4
        )
    );
}
