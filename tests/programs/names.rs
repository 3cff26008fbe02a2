//! Names of the user's that generated code makes as well.

use ad::{check, signed};
use ad_runtime::differentiate;

#[differentiate]
fn cotangent_names(x: f64, z_bar: f64, n: usize) -> f64 {
    let mut out_bar = vec![x; 3];
    let mut y_bar = z_bar;
    for i in 0..n {
        out_bar[i % 3] *= y_bar;
        y_bar += out_bar[0] * x;
    }
    out_bar[1] * y_bar + x
}

#[differentiate]
fn a_name_with_bar(crow_bar: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        for b in crow_bar.iter() {
            s += b * s + b * i as f64;
        }
    }
    s
}

#[differentiate]
fn flags_of_the_compiler(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    for _ in 0..n {
        let x_active = x[0] > 10.0;
        let x_scratch = x[1] * s;
        let x_slot = x_scratch * x[0];
        if x_active {
            s += x[0];
        } else {
            s *= x[0] + x_slot;
        }
    }
    let x_active = x[0] > 5.0;
    let x_final = s;
    if x_active { x_final } else { x_final * x[1] }
}

#[differentiate]
fn parameters_of_the_compiler(
    x: &[f64],
    x_bar: f64,
    x_dot: &[f64],
    x_active: bool,
    out_bar: f64,
    n: usize,
) -> f64 {
    let mut s = x_bar * out_bar;
    for _ in 0..n {
        s += x[0] * x_dot[1] * s;
        if x_active {
            s *= x_bar;
        }
        assert!(s.is_finite(), "{x_bar} {s}");
    }
    s
}

#[differentiate]
fn changed_cotangent_name(theta: f64, theta_dot: f64, theta_bar: &mut f64) -> f64 {
    *theta_bar *= theta;
    theta_dot * theta + *theta_bar
}

#[differentiate]
fn stack(a: f64, b: f64) -> f64 {
    a * b * b
}

#[differentiate]
fn concatenate(a: &[f64], b: &[f64]) -> Vec<f64> {
    b.iter().chain(a.iter()).map(|v| v * 2.0).collect()
}

#[differentiate]
fn arr1(x: &[f64]) -> Vec<f64> {
    x.iter().map(|v| v * v).collect()
}

#[differentiate]
fn own_items(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    for _ in 0..n {
        s = stack(s, x[0]) + concatenate(x, x)[0] + arr1(x)[1];
    }
    s
}

#[test]
fn check_names() {
    for n in [0, 1, 2, 5] {
        check!(cotangent_names(0.9, 0.4, const n));
        check!(a_name_with_bar(&signed(3, 2), const n));
        check!(flags_of_the_compiler(&signed(3, 2), const n));
        check!(own_items(&signed(2, 3), const n));
        let even = n % 2 == 0;
        check!(parameters_of_the_compiler(&signed(3, 2), 0.4, &signed(2, 3), const even, 0.7, const n));
    }
}

#[test]
fn check_changed_cotangent_name() {
    let (mut theta_bar, mut last_bar, mut first, mut second) = (0.5, 2.0, 0.0, 0.0);
    let value = changed_cotangent_name::adjoint(
        0.3,
        0.4,
        &mut theta_bar,
        1.0,
        &mut first,
        &mut second,
        &mut last_bar,
    );
    assert_eq!(value, changed_cotangent_name(0.3, 0.4, &mut 0.5));
    assert!((last_bar - 3.0 * 0.3).abs() < 1e-14, "{last_bar}");
    assert!((first - (0.4 + 3.0 * 0.5)).abs() < 1e-14 && second == 0.3, "{first} {second}");
}

/// Bindings in the arguments of macros hide those outside, there and nowhere else.
#[differentiate]
fn shadows(x: &[f64], v: f64) -> f64 {
    let w = 2.0 * v;
    let u = vec![
        x.iter().map(|w| w * v).sum::<f64>(),
        w,
        {
            let w = w * w;
            w + 1.0
        },
        w,
    ];
    let t = [
        x.iter().map(|w| w * v).sum::<f64>(),
        w,
        {
            let w = w * w;
            w + 1.0
        },
        w,
    ];
    assert!(x.iter().all(|w| w.is_finite()), "{w} {v:?}");
    let z = vec![
        {
            let v = v * w;
            v.sin()
        };
        2
    ];
    u[0] * w + u[1] * u[2] + t[2] * t[0] * u[3] + z[1] * z[0] * v
}

#[test]
fn check_shadows() {
    for n in [0, 1, 3] {
        check!(shadows(&signed(n, 1), 0.7));
    }
}

/// Raw identifiers, as parameters and as variables.
#[differentiate]
fn raw(r#type: f64, r#match: &[f64]) -> f64 {
    let r#in = r#type * 2.0;
    let mut r#loop = r#match[0] * r#in;
    for r#box in r#match {
        r#loop += r#box * r#type;
    }
    println!("{type} {} {sum}", r#in, sum = r#loop);
    r#loop * r#type
}

#[test]
fn raw_identifiers() {
    check!(raw(1.5, &vec![2.0, 3.0]));
}
