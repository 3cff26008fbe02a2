//! `#[differentiate(explain)]`: the constants are where the contract says, and say what the code does.

use ad_runtime::{Differentiable, differentiate};

#[differentiate(explain)]
fn logistic_map(r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Spring {
    stiffness: f64,
}

impl Spring {
    #[differentiate(explain)]
    fn energy(&self, #[constant] x: f64) -> f64 {
        0.5 * self.stiffness * x * x
    }
}

#[differentiate(explain, forward)]
fn tangent_only(x: f64) -> f64 {
    let y = x.sin();
    y * y
}

fn line<'a>(text: &'a str, name: &str) -> &'a str {
    let start = format!("{name}: ");
    text.lines().find(|l| l.starts_with(&start)).unwrap_or_else(|| panic!("no `{name}` in\n{text}"))
}

#[test]
fn of_a_function() {
    let text: &'static str = logistic_map::EXPLAIN;
    assert!(line(text, "r").contains("active (a parameter)"));
    assert!(line(text, "n").contains("not active"));
    assert!(line(text, "x_old").contains("recorded"));
    assert!(line(text, "x").contains("neither"));
    assert_eq!(logistic_map::grad(3.0, 0.5, 1), (0.25, 0.0));
}

#[test]
fn of_a_method() {
    assert!(line(Spring::ENERGY_EXPLAIN, "self").contains("active (a parameter)"));
    assert!(line(Spring::ENERGY_EXPLAIN, "x").contains("not active"));
    assert_eq!(Spring { stiffness: 2.0 }.energy_grad(3.0).stiffness, 4.5);
}

#[test]
fn of_forward_mode() {
    assert!(line(tangent_only::EXPLAIN, "y").contains("active (computed"));
    assert_eq!(tangent_only::jvp(0.0, 1.0).1, 0.0);
}
