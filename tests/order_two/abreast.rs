//! Hessians by sweeps over several directions, against products with one direction at a time.

use ad_runtime::differentiate;
use ad_runtime::ndarray::Array2;

/// Checks the Hessian of a function of one slice column by column, and whether sweeps have several directions.
macro_rules! check {
    ($f:ident(&$x:expr $(, $rest:expr)*), $abreast:expr) => {{
        assert_eq!($f::__second_lanes(16), $abreast, "{}", stringify!($f));
        let x = &$x[..];
        let hessian: Array2<f64> = $f::hessian(x $(, $rest)*);
        assert_eq!(hessian.dim(), (x.len(), x.len()));
        for k in 0..x.len() {
            let mut unit = vec![0.0; x.len()];
            unit[k] = 1.0;
            let column = $f::hvp(x $(, $rest)*, &unit);
            for i in 0..x.len() {
                let (a, b) = (hessian[[i, k]], column[i]);
                assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{} at {i}, {k}: {a} and {b}", stringify!($f));
            }
        }
    }};
}

fn values(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.4 + 0.7 * (1.3 * i as f64).sin().abs()).collect()
}

#[differentiate(order = 2)]
fn functions(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        for k in 0..=i {
            let t = x[k].sin() * x[i].exp() - x[k].powi(3) / (2.0 + x[i].abs());
            sum +=
                t.tanh() + (x[k] * x[k] + 1.0).ln() + x[i].max(0.9 * x[k]) * x[k] - -x[k].powf(1.7);
        }
        sum -= x[i].powf(x[0]) / x[i].sqrt();
    }
    sum
}

#[test]
fn any_number_of_directions() {
    for n in [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 32, 33] {
        check!(functions(&values(n)), true);
    }
}

#[differentiate(order = 2)]
fn coupled(a: f64, b: f64) -> f64 {
    a * (a * b).sin() / b
}

#[differentiate(order = 2)]
fn calls(x: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in 1..x.len() {
        s = coupled(s, x[i]) + coupled(x[i - 1], x[0]) * s;
    }
    s
}

#[differentiate(order = 2)]
fn normalize(x: &mut [f64]) {
    let mut norm = 0.0;
    for v in x.iter() {
        norm += v * v;
    }
    for v in x.iter_mut() {
        *v /= norm.sqrt();
    }
}

#[differentiate(order = 2)]
fn calls_that_change(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    normalize(&mut y);
    y.iter().zip(x).map(|(y, x)| y * y * x).sum()
}

#[test]
fn called_functions_have_several_directions_too() {
    check!(calls(&values(6)), true);
    check!(calls_that_change(&values(6)), false);
}

#[differentiate(order = 2)]
fn mutation(x: &[f64], #[constant] n: usize) -> f64 {
    let mut state = vec![x[0]; n];
    let mut carry = 1.0;
    for i in 0..n {
        let old = state[i];
        state[i] = old * x[i % x.len()] + carry;
        carry = if state[i] > 1.5 { old.sin() } else { carry * state[i] };
        if i > 7 {
            break;
        }
    }
    while carry.abs() > 0.1 {
        carry *= 0.5 * x[1];
        state[0] += carry * carry;
    }
    state.iter().map(|s| s * s * s).sum::<f64>() + x.iter().fold(0.0, |acc, v| acc * v + v)
}

#[test]
fn mutation_and_branches() {
    for n in 1..12 {
        check!(mutation(&values(5), n), true);
    }
}

#[differentiate(order = 2)]
fn edges(x: &[f64]) -> f64 {
    // Slopes are infinite where their cotangent or tangent is zero.
    let unused = x[0].sqrt() * 0.0;
    let (a, b) = (x[1] * x[1], x[2].abs());
    unused + a.sqrt() * x[1] + b * x[2] + (x[0] * x[1]).powf(2.0) + x[2].ln() * x[2]
}

#[test]
fn zeros_stay_zero() {
    check!(edges(&[0.3, 0.7, 1.1]), true);
    let hessian = edges::hessian(&[0.0, 1.0, 1.0]);
    assert!(hessian.iter().all(|h| h.is_finite()), "{hessian}");
    assert_eq!(hessian.column(1).to_vec(), edges::hvp(&[0.0, 1.0, 1.0], &[0.0, 1.0, 0.0]));
}

#[differentiate(order = 2)]
fn several(a: f64, x: &[f64; 3], m: [[f64; 2]; 3], #[constant] w: f64) -> f64 {
    let mut sum = a * a * a;
    for i in 0..3 {
        sum += w * x[i] * m[i][0] * a - m[i][1].exp() * x[i] * x[2 - i];
    }
    sum
}

#[test]
fn several_parameters() {
    assert!(several::__second_lanes(16));
    let (a, x, m, w) = (0.7, [0.3, -0.2, 1.1], [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]], 1.3);
    let ((aa, ax, am), (xa, xx, xm), (ma, mx, mm)) = several::hessian(a, &x, m, w);
    assert!((aa[()] - 6.0 * a).abs() < 1e-12);
    for k in 0..3 {
        let mut unit = [0.0; 3];
        unit[k] = 1.0;
        let (a_dot, x_dot, m_dot) = several::hvp(a, &x, m, w, 0.0, &unit, [[0.0; 2]; 3]);
        assert!((ax[k] - a_dot).abs() < 1e-12 && (xa[k] - a_dot).abs() < 1e-12);
        for i in 0..3 {
            assert!((xx[[i, k]] - x_dot[i]).abs() < 1e-12);
            for j in 0..2 {
                assert!((mx[[i, j, k]] - m_dot[i][j]).abs() < 1e-12);
                assert!((xm[[k, i, j]] - m_dot[i][j]).abs() < 1e-12);
            }
        }
    }
    assert!((am[[1, 0]] - w * x[1]).abs() < 1e-12 && (ma[[1, 0]] - w * x[1]).abs() < 1e-12);
    assert!((mm[[1, 1, 1, 1]] + m[1][1].exp() * x[1] * x[1]).abs() < 1e-12);
    assert_eq!(mm[[0, 1, 1, 1]], 0.0);
}
