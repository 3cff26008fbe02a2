//! Methods, associated functions, whole `impl` blocks and modules, traits with static, generic and dynamic dispatch.

use ad::{check, check_in_place, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, Differentiable)]
pub struct Polynomial {
    pub coefficients: Vec<f64>,
}
point!(Polynomial, PolynomialTangent { coefficients });

impl Polynomial {
    #[differentiate]
    pub fn eval(&self, x: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |y, c| y * x + c)
    }

    #[differentiate]
    pub fn eval_at(#[constant] &self, x: f64) -> f64 {
        self.eval(x) + x
    }

    #[differentiate(associated)]
    pub fn line(slope: f64, offset: f64) -> Polynomial {
        Polynomial { coefficients: vec![offset, slope] }
    }

    #[differentiate]
    pub fn newton_step(&self, x: f64) -> f64 {
        let mut slope = 0.0;
        for (k, c) in self.coefficients.iter().enumerate().skip(1) {
            slope += k as f64 * c * x.powi(k as i32 - 1);
        }
        x - self.eval(x) / slope
    }

    #[differentiate]
    pub fn into_scaled(self, scale: f64) -> Polynomial {
        Polynomial { coefficients: self.coefficients.into_iter().map(|c| c * scale).collect() }
    }

    #[differentiate]
    pub fn damp(&mut self, rate: f64) {
        for c in &mut self.coefficients {
            *c *= 1.0 - rate;
        }
    }
}

fn polynomial(n: usize) -> Polynomial {
    Polynomial { coefficients: values(n) }
}

#[test]
fn check_polynomial_eval() {
    for n in [0, 1, 2, 5] {
        check!(Polynomial {
            eval,
            eval_grad,
            eval_value_and_grad,
            eval_vjp,
            eval_jvp,
            eval_adjoint
        }(&polynomial(n), 0.7));
    }
}

#[test]
fn check_polynomial_eval_at() {
    check!(Polynomial { eval_at, eval_at_grad, eval_at_value_and_grad, eval_at_vjp, eval_at_jvp, eval_at_adjoint }
        (const &polynomial(4), 0.7));
}

#[test]
fn check_polynomial_newton_step() {
    check!(Polynomial {
        newton_step,
        newton_step_grad,
        newton_step_value_and_grad,
        newton_step_vjp,
        newton_step_jvp,
        newton_step_adjoint
    }(&polynomial(4), 0.7));
}

#[test]
fn check_polynomial_constructors() {
    check_vector!(Polynomial { line, line_vjp, line_jvp, line_adjoint }(0.4, 1.2));
    check_vector!(Polynomial {
        into_scaled,
        into_scaled_vjp,
        into_scaled_jvp,
        into_scaled_adjoint
    }(polynomial(3), 1.2));
    check_in_place!(Polynomial { damp, damp_jvp, damp_adjoint }(&mut polynomial(3), 0.2));
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Oscillator {
    pub stiffness: f64,
    pub damping: f64,
    pub state: [f64; 2],
    #[constant]
    pub dt: f64,
}
point!(Oscillator, OscillatorTangent { stiffness, damping, state } constant { dt });

#[differentiate]
impl Oscillator {
    pub fn force(&self) -> f64 {
        -self.stiffness * self.state[0] - self.damping * self.state[1]
    }

    pub fn step(&mut self) {
        self.state[1] += self.dt * self.force();
        self.state[0] += self.dt * self.state[1];
    }

    pub fn run(mut self, steps: usize) -> Self {
        for _ in 0..steps {
            self.step();
        }
        self
    }

    pub fn energy(&self) -> f64 {
        0.5 * (self.stiffness * self.state[0].powi(2) + self.state[1].powi(2))
    }

    /// A function without an active parameter in a differentiated block stays a plain function.
    pub fn is_damped(#[constant] &self) -> bool {
        self.damping > 0.0
    }
}

const OSCILLATOR: Oscillator =
    Oscillator { stiffness: 1.3, damping: 0.2, state: [0.8, -0.1], dt: 0.1 };

#[test]
fn check_oscillator() {
    assert!(OSCILLATOR.is_damped());
    check_in_place!(Oscillator { step, step_jvp, step_adjoint }(&mut OSCILLATOR));
    for steps in [0, 1, 2, 6] {
        check_vector!(Oscillator { run, run_vjp, run_jvp, run_adjoint } (OSCILLATOR, const steps));
    }
}

#[differentiate]
fn final_energy(stiffness: f64, damping: f64, steps: usize) -> f64 {
    let oscillator = Oscillator { stiffness, damping, ..OSCILLATOR };
    let start = oscillator.energy();
    let end = oscillator.run(steps).energy();
    end / start
}

#[test]
fn check_final_energy() {
    for steps in [0, 1, 2, 6] {
        check!(final_energy(1.3, 0.2, const steps));
    }
}

#[differentiate]
mod thermodynamics {
    //! Every function of the module.

    pub fn pressure(volume: f64, temperature: f64) -> f64 {
        temperature / volume - volume.recip().powi(2)
    }

    pub fn work(from: f64, to: f64, temperature: f64, panels: usize) -> f64 {
        let h = (to - from) / panels as f64;
        (0..panels).map(|i| h * pressure(from + (i as f64 + 0.5) * h, temperature)).sum()
    }
}

#[test]
fn check_module() {
    check!(thermodynamics::pressure(1.4, 2.0));
    check!(thermodynamics::work(1.4, 2.5, 2.0, const 5));
}

#[differentiate]
pub trait Potential: Differentiable {
    fn value(&self, r: f64) -> f64;

    fn pair(&self, a: f64, b: f64) -> f64 {
        self.value((a - b).abs() + 0.5)
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Morse {
    pub depth: f64,
    pub width: f64,
}
point!(Morse, MorseTangent { depth, width });

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Yukawa(pub f64);
point!(Yukawa, YukawaTangent { 0 });

#[differentiate]
impl Potential for Morse {
    fn value(&self, r: f64) -> f64 {
        self.depth * (1.0 - (-self.width * (r - 1.0)).exp()).powi(2)
    }
}

#[differentiate]
impl Potential for Yukawa {
    fn value(&self, r: f64) -> f64 {
        (-self.0 * r).exp() / r
    }

    fn pair(&self, a: f64, b: f64) -> f64 {
        self.value(((a - b).powi(2) + 0.1).sqrt())
    }
}

#[differentiate]
fn chain_energy<P: Potential>(potential: &P, x: &[f64]) -> f64 {
    let mut energy = 0.0;
    for pair in x.windows(2) {
        energy += potential.pair(pair[0], pair[1]);
    }
    energy
}

#[differentiate]
fn chain_energy_of_positions<P>(#[constant] potential: &P, x: &[f64]) -> f64
where
    P: Potential,
{
    x.windows(3).map(|w| potential.pair(w[0], w[1]) * potential.value(1.0 + w[2] * w[2])).sum()
}

#[differentiate]
fn mixed_potentials(depth: f64, screening: f64, r: f64) -> f64 {
    let (morse, yukawa) = (Morse { depth, width: 1.1 }, Yukawa(screening));
    morse.value(r) + yukawa.value(r) + <Yukawa as Potential>::pair(&yukawa, r, depth)
}

#[test]
fn check_potentials() {
    check!(Morse { value, value_grad, value_value_and_grad, value_vjp, value_jvp, value_adjoint }(
        &Morse { depth: 0.8, width: 1.3 },
        1.4
    ));
    check!(Yukawa { pair, pair_grad, pair_value_and_grad, pair_vjp, pair_jvp, pair_adjoint }(
        &Yukawa(0.7),
        0.3,
        0.9
    ));
    check!(mixed_potentials(0.8, 0.6, 1.7));
}

#[test]
fn check_chain_energy() {
    for n in [0, 1, 2, 5] {
        check!(chain_energy(&Morse { depth: 0.8, width: 1.3 }, &values(n)));
        check!(chain_energy(&Yukawa(0.7), &values(n)));
        check!(chain_energy_of_positions(const &Yukawa(0.7), &values(n)));
    }
}

/// A kernel with fixed parameters: usable as a trait object.
#[differentiate]
pub trait Kernel {
    fn eval(#[constant] &self, r: f64) -> f64;
}

struct Gaussian(f64);
struct Rational;

#[differentiate]
impl Kernel for Gaussian {
    fn eval(#[constant] &self, r: f64) -> f64 {
        (-r * r / self.0).exp()
    }
}

#[differentiate]
impl Kernel for Rational {
    fn eval(#[constant] &self, r: f64) -> f64 {
        1.0 / (1.0 + r * r)
    }
}
