//! A loop whose state is carried from step to step.

use crate::{Table, numbers};
use ad_runtime::differentiate;
use std::hint::black_box;

#[differentiate]
fn acceleration(angle: f64, speed: f64, stiffness: f64, damping: f64) -> f64 {
    -stiffness * angle.sin() - damping * speed
}

/// How far a damped pendulum is from observations, solved by the method of Runge and Kutta.
#[differentiate]
fn pendulum(
    start: f64,
    stiffness: f64,
    damping: f64,
    #[constant] observed: &[f64],
    #[constant] h: f64,
) -> f64 {
    let (mut angle, mut speed) = (start, 0.0);
    let mut loss = 0.0;
    for target in observed {
        let k1 = acceleration(angle, speed, stiffness, damping);
        let v2 = speed + 0.5 * h * k1;
        let k2 = acceleration(angle + 0.5 * h * speed, v2, stiffness, damping);
        let v3 = speed + 0.5 * h * k2;
        let k3 = acceleration(angle + 0.5 * h * v2, v3, stiffness, damping);
        let v4 = speed + h * k3;
        let k4 = acceleration(angle + h * v3, v4, stiffness, damping);
        angle += h / 6.0 * (speed + 2.0 * v2 + 2.0 * v3 + v4);
        speed += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        loss += (angle - target) * (angle - target);
    }
    loss
}

type Bars = (f64, f64, f64);

fn pendulum_by_hand(
    start: f64,
    stiffness: f64,
    damping: f64,
    observed: &[f64],
    h: f64,
    out_bar: f64,
    bars: &mut Bars,
) -> f64 {
    let force = |angle: f64, speed: f64| -stiffness * angle.sin() - damping * speed;
    let stages = |angle: f64, speed: f64| {
        let k1 = force(angle, speed);
        let v2 = speed + 0.5 * h * k1;
        let k2 = force(angle + 0.5 * h * speed, v2);
        let v3 = speed + 0.5 * h * k2;
        let k3 = force(angle + 0.5 * h * v2, v3);
        let v4 = speed + h * k3;
        let k4 = force(angle + h * v3, v4);
        ([speed, v2, v3, v4], [k1, k2, k3, k4])
    };
    let (mut angle, mut speed, mut loss) = (start, 0.0, 0.0);
    let mut record = Vec::with_capacity(observed.len());
    for target in observed {
        record.push((angle, speed));
        let ([v1, v2, v3, v4], [k1, k2, k3, k4]) = stages(angle, speed);
        angle += h / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
        speed += h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4);
        loss += (angle - target) * (angle - target);
    }
    // The state after a step is the one before the next.
    let (mut after, mut angle_bar, mut speed_bar) = (angle, 0.0, 0.0);
    let (mut stiffness_bar, mut damping_bar) = (0.0, 0.0);
    for (&(angle, speed), target) in record.iter().zip(observed).rev() {
        angle_bar += 2.0 * (after - target) * out_bar;
        after = angle;
        let ([v1, v2, v3, v4], _) = stages(angle, speed);
        let (a, b) = (h / 6.0 * angle_bar, h / 6.0 * speed_bar);
        let mut stage = |at: f64, v: f64, k_bar: f64| {
            let sine = at.sin();
            stiffness_bar -= k_bar * sine;
            damping_bar -= k_bar * v;
            (-k_bar * stiffness * at.cos(), -k_bar * damping)
        };
        let (at4, v) = stage(angle + h * v3, v4, b);
        let v4_bar = a + v;
        let (at3, v) = stage(angle + 0.5 * h * v2, v3, 2.0 * b + h * v4_bar);
        let v3_bar = 2.0 * a + h * at4 + v;
        let (at2, v) = stage(angle + 0.5 * h * v1, v2, 2.0 * b + 0.5 * h * v3_bar);
        let v2_bar = 2.0 * a + 0.5 * h * at3 + v;
        let (at1, v) = stage(angle, v1, b + 0.5 * h * v2_bar);
        angle_bar += at1 + at2 + at3 + at4;
        speed_bar += a + v + 0.5 * h * at2 + v2_bar + v3_bar + v4_bar;
    }
    bars.0 += angle_bar;
    bars.1 += stiffness_bar;
    bars.2 += damping_bar;
    loss
}

pub fn pendulum_rows(table: &mut Table) {
    let observed = numbers(200, 11.0);
    let at = |start: f64| black_box((start, 9.81, 0.3));
    table.row(
        "ODE loss (RK4), 200 steps",
        (0.0, 0.0, 0.0),
        || {
            let (start, stiffness, damping) = at(0.8);
            pendulum(start, stiffness, damping, &observed, 0.02)
        },
        |(a, b, c)| {
            let (start, stiffness, damping) = at(0.8);
            pendulum::adjoint(start, stiffness, damping, &observed, 0.02, 1.0, a, b, c)
        },
        |bars| {
            let (start, stiffness, damping) = at(0.8);
            pendulum_by_hand(start, stiffness, damping, &observed, 0.02, 1.0, bars)
        },
    );
}
