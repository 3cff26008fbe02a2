//! Parameters of every kind: patterns, `mut`, in-place with a result, enums changed in place, single modes.

use ad::{check, check_vector, point, signed, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Plane {
    pub normal: (f64, f64),
    pub offset: f64,
}
point!(Plane, PlaneTangent { normal, offset });

const PLANE: Plane = Plane { normal: (0.6, -1.1), offset: 0.4 };

#[differentiate]
fn signed_distance(Plane { normal: (a, b), offset }: Plane, (x, y): (f64, f64)) -> f64 {
    (a * x + b * y - offset) / a.hypot(b)
}

#[differentiate]
fn signed_distance_to(
    #[constant] Plane { normal: (a, b), offset }: Plane,
    [x, y]: [f64; 2],
) -> f64 {
    (a * x + b * y - offset) / a.hypot(b)
}

#[differentiate]
fn by_reference_pattern(&Plane { normal, offset: d }: &Plane, &[x, y]: &[f64; 2]) -> f64 {
    normal.0 * x * d + normal.1 * y
}

#[test]
fn check_pattern_parameters() {
    check!(signed_distance(PLANE, (0.7, 1.2)));
    check!(signed_distance_to(const PLANE, [0.7, 1.2]));
    check!(by_reference_pattern(&PLANE, &[0.7, 1.2]));
}

#[differentiate]
fn mutable_parameters(mut x: f64, mut v: Vec<f64>, mut p: Plane, n: usize) -> f64 {
    for _ in 0..n {
        x = x.sin() + p.offset;
        p.offset *= x;
        p.normal.1 += p.normal.0 * x;
        v.push(x * p.normal.1);
    }
    v.iter().sum::<f64>() * x
}

#[test]
fn check_mutable_parameters() {
    for n in [0, 1, 2, 5] {
        check!(mutable_parameters(0.7, values(2), PLANE, const n));
    }
}

/// A generator state changed in place, with a sample as the result.
#[differentiate]
fn next_sample(state: &mut f64, rate: f64) -> f64 {
    *state = rate * *state * (1.0 - *state);
    (*state).sqrt()
}

#[differentiate]
fn mean_sample(start: f64, rate: f64, n: usize) -> f64 {
    let mut state = start;
    let mut sum = 0.0;
    for _ in 0..n {
        sum += next_sample(&mut state, rate) / n as f64;
    }
    sum + next_sample(&mut state, 0.5 * rate) * next_sample(&mut state, rate)
}

#[test]
fn check_mean_sample() {
    for n in [0, 1, 2, 6] {
        check!(mean_sample(0.3, 2.7, const n));
    }
}

/// `next_sample` itself, as the map (state, rate) ↦ (state, sample).
#[test]
fn check_next_sample() {
    let value = |x: &[f64]| {
        let mut state = x[0];
        let sample = next_sample(&mut state, x[1]);
        vec![state, sample]
    };
    let vjp = |x: &[f64], w: &[f64]| {
        let (mut state, mut state_bar, mut rate_bar) = (x[0], w[0], 0.0);
        let sample = next_sample::adjoint(&mut state, x[1], w[1], &mut state_bar, &mut rate_bar);
        (vec![state, sample], vec![state_bar, rate_bar])
    };
    let jvp = |x: &[f64], v: &[f64]| {
        let (mut state, mut state_dot) = (x[0], v[0]);
        let (sample, sample_dot) = next_sample::jvp(&mut state, x[1], &mut state_dot, v[1]);
        (vec![state, sample], vec![state_dot, sample_dot])
    };
    ad::check_vector("next_sample", &[0.3, 2.7], value, vjp, jvp);
}

/// Several functions of one program, some in one mode only.
#[differentiate(forward)]
fn forward_only(x: f64, n: usize) -> f64 {
    (0..n).fold(x, |y, _| y * y.cos())
}

#[differentiate(reverse)]
fn reverse_only(x: &[f64]) -> f64 {
    x.iter().map(|v| v.powi(3)).sum()
}

#[test]
fn check_single_modes() {
    for n in [0, 1, 2, 4] {
        let (value, slope) = forward_only::jvp(0.7, n, 1.0);
        let difference = (forward_only(0.7 + 1e-6, n) - forward_only(0.7 - 1e-6, n)) / 2e-6;
        assert_eq!(value, forward_only(0.7, n), "forward_only");
        assert!((slope - difference).abs() < 1e-8, "forward_only: {slope} against {difference}");
        let x = values(n);
        let cubes: Vec<f64> = x.iter().map(|v| 3.0 * v * v).collect();
        let gradient = reverse_only::grad(&x);
        assert_eq!(gradient.len(), n, "reverse_only");
        for (g, c) in gradient.iter().zip(&cubes) {
            assert!((g - c).abs() < 1e-12, "reverse_only: {g} against {c}");
        }
    }
}

/// A foreign routine behind a wrapper with rules: y = A⁻¹ b for a diagonal A.
#[differentiate(vjp = diagonal_solve_vjp, jvp = diagonal_solve_jvp)]
fn diagonal_solve(a: &[f64], b: &[f64]) -> Vec<f64> {
    b.iter().zip(a).map(|(b, a)| b / a).collect()
}

fn diagonal_solve_vjp(
    a: &[f64],
    b: &[f64],
) -> (Vec<f64>, impl Fn(Vec<f64>) -> (Vec<f64>, Vec<f64>)) {
    let y = diagonal_solve(a, b);
    let (a, x) = (a.to_vec(), y.clone());
    let pullback = move |y_bar: Vec<f64>| {
        let b_bar: Vec<f64> = y_bar.iter().zip(&a).map(|(w, a)| w / a).collect();
        (b_bar.iter().zip(&x).map(|(w, x)| -w * x).collect(), b_bar)
    };
    (y, pullback)
}

fn diagonal_solve_jvp(a: &[f64], b: &[f64], a_dot: &[f64], b_dot: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let y = diagonal_solve(a, b);
    let y_dot = (0..y.len()).map(|i| (b_dot[i] - a_dot[i] * y[i]) / a[i]).collect();
    (y, y_dot)
}

#[differentiate]
fn compliance(density: &[f64], load: &[f64], penalty: f64) -> f64 {
    let stiffness: Vec<f64> = density.iter().map(|d| 0.1 + d.powf(penalty)).collect();
    let displacement = diagonal_solve(&stiffness, load);
    displacement.iter().zip(load).map(|(u, f)| u * f).sum()
}

#[differentiate]
fn compliance_of_density(
    density: &[f64],
    #[constant] load: &[f64],
    #[constant] penalty: f64,
) -> f64 {
    compliance(density, load, penalty)
}

#[test]
fn check_compliance() {
    for n in [0, 1, 2, 5] {
        check_vector!(diagonal_solve(&values(n), &signed(n, 2)));
        check!(compliance(&values(n), &signed(n, 2), 3.0));
        check!(compliance_of_density(&values(n), const &signed(n, 2), const 3.0));
    }
}

/// A mutable parameter that is passed on, to be read and to be changed.
mod passed_on {
    use ad_runtime::differentiate;

    #[differentiate]
    fn energy(q: &[f64]) -> f64 {
        q.iter().map(|v| v * v).sum()
    }

    #[differentiate]
    fn scale(q: &mut [f64], factor: f64) {
        for v in q.iter_mut() {
            *v *= factor;
        }
    }

    #[differentiate]
    fn step(q: &mut [f64], dt: f64) {
        scale(q, dt);
        let e = energy(q);
        q[0] += dt * e;
    }

    #[differentiate]
    fn stepped(q: &[f64], dt: f64) -> f64 {
        let mut state = q.to_vec();
        step(&mut state, dt);
        step(&mut state, dt);
        energy(&state)
    }

    #[test]
    fn check_stepped() {
        for n in [1, 2, 5] {
            ad::check!(stepped(&ad::values(n), 0.7));
        }
    }
}
