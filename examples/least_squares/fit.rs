//! The fit: `argmin`'s L-BFGS with the line search of Moré and Thuente, fed by `loss` and `loss::grad`.
//!
//! The parameter type is `Vec<f64>`, because argmin's math crate knows an older `ndarray` than this one.

use std::error::Error;
use std::sync::mpsc::{Sender, channel};

use argmin::core::observers::{Observe, ObserverMode};
use argmin::core::{CostFunction, Executor, Gradient, IterState, KV, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use ndarray::{Array1, Array2};

use crate::data::Study;
use crate::{largest_difference, loss, norm};

/// How many past steps L-BFGS remembers.
const MEMORY: usize = 10;
/// The norm of the gradient at which the fit is done, 10⁻⁷ of that at the start. Not less: the line search
/// compares losses, and nearer to the optimum these differ by rounding alone, which it may never get out of.
const GRADIENT_TOLERANCE: f64 = 1e-2;
/// Where the fit gives up.
const MAX_ITERATIONS: u64 = 200;
/// How far from the normal equations a coefficient may be: no more than `GRADIENT_TOLERANCE` divided by the
/// least eigenvalue of the Hessian 2ΦᵀΦ, which is about 7.6.
const COEFFICIENT_TOLERANCE: f64 = GRADIENT_TOLERANCE / 7.5;

/// The loss on one data set, as argmin asks for it.
struct LeastSquares<'a> {
    phi: &'a Array2<f64>,
    y: &'a Array1<f64>,
}

impl CostFunction for LeastSquares<'_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, theta: &Vec<f64>) -> Result<f64, argmin::core::Error> {
        Ok(loss(&Array1::from(theta.clone()), self.phi, self.y))
    }
}

impl Gradient for LeastSquares<'_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, theta: &Vec<f64>) -> Result<Vec<f64>, argmin::core::Error> {
        Ok(loss::grad(&Array1::from(theta.clone()), self.phi, self.y).to_vec())
    }
}

/// Where the fit stood after an iteration.
#[derive(Clone, Copy)]
pub struct Step {
    /// The loss.
    pub loss: f64,
    /// The norm of its gradient.
    pub gradient_norm: f64,
}

/// Sends every iteration to whoever started the fit.
struct Recorder(Sender<Step>);

type Iterate = IterState<Vec<f64>, Vec<f64>, (), (), (), f64>;

impl Recorder {
    fn record(&self, state: &Iterate) -> Result<(), argmin::core::Error> {
        // The state of a failed line search has no gradient; the fit ends there.
        if let Some(gradient) = state.get_gradient() {
            let gradient_norm = norm(&Array1::from(gradient.clone()));
            self.0.send(Step { loss: state.get_cost(), gradient_norm })?;
        }
        Ok(())
    }
}

impl Observe<Iterate> for Recorder {
    fn observe_init(
        &mut self,
        _solver: &str,
        state: &Iterate,
        _: &KV,
    ) -> Result<(), argmin::core::Error> {
        self.record(state)
    }

    fn observe_iter(&mut self, state: &Iterate, _: &KV) -> Result<(), argmin::core::Error> {
        self.record(state)
    }
}

/// A finished fit.
pub struct Fit {
    /// The coefficients.
    pub theta: Array1<f64>,
    /// The start, then one entry per iteration.
    pub steps: Vec<Step>,
    /// R², the part of the variance of y that the fit explains.
    pub r_squared: f64,
    losses: u64,
    gradients: u64,
    gradient_norm: f64,
    stopped: String,
}

/// Fits θ from zero.
pub fn lbfgs(phi: &Array2<f64>, y: &Array1<f64>) -> Result<Fit, Box<dyn Error>> {
    let solver =
        LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_grad(GRADIENT_TOLERANCE)?;
    let (recorder, steps) = channel();
    let mut result = Executor::new(LeastSquares { phi, y }, solver)
        .configure(|state: Iterate| {
            state.param(vec![0.0; phi.ncols()]).max_iters(MAX_ITERATIONS).counting(true)
        })
        .add_observer(Recorder(recorder), ObserverMode::Always)
        .run()?;

    let stopped = result.state.get_termination_status().to_string();
    let counts = result.state.get_func_counts();
    let (losses, gradients) =
        (counts.get("cost_count").copied(), counts.get("gradient_count").copied());
    let theta =
        Array1::from(result.state.take_best_param().ok_or("L-BFGS returned no parameters")?);

    let (least, gradient) = loss::value_and_grad(&theta, phi, y);
    let deviation = y - y.sum() / y.len() as f64;
    Ok(Fit {
        r_squared: 1.0 - least / deviation.dot(&deviation),
        gradient_norm: norm(&gradient),
        losses: losses.unwrap_or(0),
        gradients: gradients.unwrap_or(0),
        steps: steps.try_iter().collect(),
        theta,
        stopped,
    })
}

impl Fit {
    /// Prints the course of the fit and its coefficients beside the `exact` ones; an error where they differ.
    pub fn report(
        &self,
        study: &Study,
        phi: &Array2<f64>,
        exact: &Array1<f64>,
    ) -> Result<(), Box<dyn Error>> {
        let y = &study.progression;
        let (start, end) = (self.steps[0], loss(&self.theta, phi, y));
        let optimum = loss(exact, phi, y);
        println!("L-BFGS with loss::grad, from θ = 0.");
        println!("  iterations        {} ({})", self.steps.len() - 1, self.stopped);
        println!(
            "  evaluations       {} of the loss, {} of the gradient",
            self.losses, self.gradients
        );
        println!("  loss              {:.6e} → {end:.6e}", start.loss);
        println!("  gradient norm     {:.3e} → {:.1e}", start.gradient_norm, self.gradient_norm);
        println!("  loss − optimum    {:.1e}", end - optimum);
        println!("  R²                {:.4}", self.r_squared);
        println!();

        println!(
            "  {:<8}{:<27}{:>12}{:>14}{:>17}",
            "", "", "coefficient", "per unit of", "difference from"
        );
        println!(
            "  {:<8}{:<27}{:>12}{:>14}{:>17}",
            "column", "what it is", "(per s.d.)", "the column", "normal eqs."
        );
        for (j, (name, what, deviation)) in study.parameters().enumerate() {
            let per_unit = deviation.map_or(String::new(), |d| format!("{:.4}", self.theta[j] / d));
            let difference = self.theta[j] - exact[j];
            println!(
                "  {name:<8}{what:<27}{:>12.4}{per_unit:>14}{difference:>17.1e}",
                self.theta[j]
            );
        }

        let difference = largest_difference(&self.theta, exact);
        println!("\n  largest difference from the normal equations {difference:.1e}");
        if difference.is_nan() || difference > COEFFICIENT_TOLERANCE {
            return Err(
                format!("the fit differs from the normal equations by {difference:.1e}").into()
            );
        }
        Ok(())
    }
}
