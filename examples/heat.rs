//! Where did the heat come from? The initial temperature of a rod, recovered from what it is 10 000 steps later.
//!
//! The heat equation ∂u/∂t = ∂²u/∂x² with cold ends is stepped explicitly. The gradient of the misfit at the
//! end with respect to the temperature at the start needs every state in between, in reverse order:
//! `#[checkpoint(100)]` keeps 100 of the 10 000 and computes the others again, about twice each.
//!
//! Run with `cargo run --release --example heat`. Progress goes to standard error, the picture to
//! `target/heat.svg`.

use ad_runtime::differentiate;
use plotters::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Points of the rod.
const POINTS: usize = 64;
/// Steps in time.
const STEPS: usize = 10_000;
/// Δt / Δx²; the scheme is stable up to 1/2.
const RATE: f64 = 0.005;
/// Iterations of the conjugate gradient method.
const ITERATIONS: usize = 12;

/// The temperatures after `steps` steps.
fn evolve(start: &[f64], steps: usize) -> Vec<f64> {
    let mut u = start.to_vec();
    let mut next = u.clone();
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            next[i] = u[i] + RATE * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    u
}

/// Half the squared distance of the final state from the observed one.
#[differentiate(reverse)]
fn misfit(start: &[f64], #[constant] observed: &[f64], steps: usize) -> f64 {
    let mut u = start.to_vec();
    let mut next = u.clone();
    #[checkpoint(100)]
    for _ in 0..steps {
        for i in 1..u.len() - 1 {
            next[i] = u[i] + RATE * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..u.len() {
        let e = u[i] - observed[i];
        sum += 0.5 * e * e;
    }
    sum
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Two bumps, one of them sharp: the sharp edges are what diffusion forgets first.
fn truth() -> Vec<f64> {
    let at = |i: usize| i as f64 / (POINTS - 1) as f64;
    let bump = |x: f64| if (0.55..0.75).contains(&x) { 1.0 } else { 0.0 };
    (0..POINTS)
        .map(|i| {
            let x = at(i);
            let smooth = (-((x - 0.28) / 0.08).powi(2)).exp();
            if i == 0 || i == POINTS - 1 { 0.0 } else { smooth + bump(x) }
        })
        .collect()
}

/// Minimizes the misfit, which is quadratic, by conjugate gradients (Hestenes and Stiefel, 1952).
fn recover(observed: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let mut start = vec![0.0; POINTS];
    let (value, mut gradient) = misfit::value_and_grad(&start, observed, STEPS);
    let mut history = vec![value];
    let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
    for iteration in 1..=ITERATIONS {
        // The final state is linear in the initial one, so the curvature is that of its image.
        let image = evolve(&direction, STEPS);
        let step = -dot(&gradient, &direction) / dot(&image, &image);
        start.iter_mut().zip(&direction).for_each(|(u, d)| *u += step * d);
        let (value, next) = misfit::value_and_grad(&start, observed, STEPS);
        let beta = dot(&next, &next) / dot(&gradient, &gradient);
        direction.iter_mut().zip(&next).for_each(|(d, g)| *d = beta * *d - g);
        gradient = next;
        history.push(value);
        let done = "=".repeat(40 * iteration / ITERATIONS);
        eprintln!("[{done:<40}] {iteration:>2} of {ITERATIONS}, misfit {value:.3e}");
    }
    (start, history)
}

fn draw(truth: &[f64], observed: &[f64], found: &[f64]) -> Result<PathBuf, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("heat.svg");
    let root = SVGBackend::new(&path, (900, 520)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Temperature of a rod, 10 000 steps back", ("sans-serif", 22))
        .margin(16)
        .x_label_area_size(36)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..1.0, -0.2..1.3)?;
    chart.configure_mesh().x_desc("x").y_desc("u").draw()?;
    let blue = RGBColor(31, 95, 168);
    let orange = RGBColor(217, 112, 30);
    let curves = [
        ("at the start", truth, BLACK),
        ("at the end", observed, blue),
        ("recovered", found, orange),
    ];
    for (name, values, color) in curves {
        let points = values.iter().enumerate().map(|(i, u)| (i as f64 / (POINTS - 1) as f64, *u));
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], color.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE)
        .border_style(RGBColor(226, 229, 234))
        .label_font(("sans-serif", 15))
        .draw()?;
    root.present()?;
    drop(chart);
    drop(root);
    Ok(path)
}

fn main() -> Result<(), Box<dyn Error>> {
    let truth = truth();
    let observed = evolve(&truth, STEPS);
    let begin = Instant::now();
    let (found, history) = recover(&observed);
    let elapsed = begin.elapsed();
    let error: Vec<f64> = found.iter().zip(&truth).map(|(a, b)| a - b).collect();
    let relative = (dot(&error, &error) / dot(&truth, &truth)).sqrt();
    let last = history.last().copied().unwrap_or(f64::NAN);
    println!("misfit: {:.3e} at first, {last:.3e} in the end", history[0]);
    println!("relative error of the recovered start: {relative:.3}");
    println!(
        "{} gradients through {STEPS} steps in {:.2} s",
        ITERATIONS + 1,
        elapsed.as_secs_f64()
    );
    assert!(last < 1e-4 * history[0], "the misfit did not fall");
    println!("picture: {}", draw(&truth, &observed, &found)?.display());
    Ok(())
}
