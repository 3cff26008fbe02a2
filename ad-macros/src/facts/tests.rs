//! Guessed types and activity.

use super::Facts;
use crate::ir::Ty;
use std::collections::HashSet;
use syn::parse_quote;

/// The facts of a body with parameters `x: f64`, `xs: &[f64]`, `c: f64` (constant) and `n: usize`.
fn facts(body: syn::Block) -> Facts {
    let float = Ty::Float(None);
    let params = vec![
        ("x".to_owned(), float.clone(), true, false),
        ("xs".to_owned(), Ty::Ref(Box::new(Ty::Slice(Box::new(float.clone())))), true, false),
        ("c".to_owned(), float, false, false),
        ("n".to_owned(), Ty::Discrete, false, false),
    ];
    Facts::of(params, HashSet::new(), HashSet::new(), &body, &Ty::Float(None))
}

#[track_caller]
fn check_active(body: syn::Block, active: &[&str], inactive: &[&str]) {
    let facts = facts(body);
    for name in active {
        assert!(facts.is_active(name), "`{name}` is active");
    }
    for name in inactive {
        assert!(!facts.is_active(name), "`{name}` is not active");
    }
}

#[test]
fn activity_follows_values() {
    check_active(
        parse_quote!({
            let a = x * c;
            let b = c * 2.0;
            let d = xs[n] + b;
            let e = xs.len();
            let f = stop_gradient(x) * c;
            let g = x > c;
            let h = x as usize;
        }),
        &["a", "d"],
        &["b", "e", "f", "g", "h"],
    );
}

#[test]
fn a_constant_start_does_not_make_a_variable_inactive() {
    check_active(
        parse_quote!({
            let mut acc = 1.0;
            for i in 0..n {
                acc *= xs[i];
            }
        }),
        &["acc"],
        &["i"],
    );
}

#[test]
fn activity_goes_against_the_order_of_statements() {
    // `b` becomes active in the second iteration.
    check_active(
        parse_quote!({
            let mut a = 0.0;
            let mut b = 0.0;
            for i in 0..n {
                b = a;
                a = x;
            }
        }),
        &["a", "b"],
        &[],
    );
}

#[test]
fn activity_through_containers_and_borrows() {
    check_active(
        parse_quote!({
            let mut v = Vec::new();
            v.push(x);
            let mut w = [0.0; 3];
            let first = &mut w[0];
            *first = x;
            let mut u = vec![0.0; n];
            fill(&mut u, x);
            let mut t = vec![0.0; n];
            fill(&mut t, c);
            let (p, q) = (x, c);
        }),
        &["v", "w", "first", "u", "p"],
        &["t", "q"],
    );
}

#[test]
fn activity_through_patterns_and_closures() {
    check_active(
        parse_quote!({
            for (i, y) in xs.iter().enumerate() {
                let z = y * c;
            }
            let s = xs.iter().map(|u| u * c).sum::<f64>();
            let g = |k| k * x;
            let h = |l| l * c;
        }),
        &["y", "z", "u", "s", "g"],
        &["i", "h"],
    );
}

#[test]
fn types() {
    let facts = facts(parse_quote!({
        let a = x * 2.0;
        let b = xs[0].sin();
        let d = xs.len();
        let e = (x, n);
        let f = vec![0.0; n];
        let g = &xs[1..];
        let h = unknown(x);
        let k: f32 = h.into();
        let l = if x > 0.0 { x } else { c };
    }));
    let float = || Ty::Float(None);
    for name in ["a", "b", "k", "l"] {
        assert!(facts.ty(name).is_float(), "{name}: {:?}", facts.ty(name));
    }
    assert_eq!(facts.ty("d"), Ty::Discrete);
    assert_eq!(facts.ty("e"), Ty::Tuple(vec![float(), Ty::Discrete]));
    assert_eq!(facts.ty("f"), Ty::Vec(Box::new(float())));
    assert_eq!(facts.ty("g"), Ty::Ref(Box::new(Ty::Slice(Box::new(float())))));
    assert_eq!(facts.ty("h"), Ty::Unknown);
}

/// The number of errors about integers that become floats.
fn round_trips(body: syn::Block) -> usize {
    let errors = crate::errors::Errors::default();
    super::rounding::check(&facts(body.clone()), &body, &errors);
    errors.messages().len()
}

#[test]
fn integers_of_active_values_do_not_become_floats() {
    assert_eq!(round_trips(parse_quote!({ x as i64 as f64 })), 1);
    assert_eq!(
        round_trips(parse_quote!({
            let i = x.floor() as i32;
            let j = i + 1;
            f64::from(j) * x
        })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({
            let (i, j) = (x as usize, n);
            i as f64 + j as f64
        })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({
            let mut v = vec![0; n];
            v[0] = x as usize;
            v[0] as f64
        })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({
            let mut v = Vec::new();
            v.push(x as usize);
            for k in &v {
                g(*k as f64);
            }
        })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({ xs.iter().map(|y| *y as i64).map(|k| k as f64).sum::<f64>() })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({
            let k = x.to_i64().unwrap();
            k.to_f64().unwrap()
        })),
        1
    );
    assert_eq!(
        round_trips(parse_quote!({
            let mut k = n;
            loop {
                k = k + x as usize;
                g(k as f64);
            }
        })),
        1
    );
}

#[test]
fn integers_of_active_values_select() {
    assert_eq!(
        round_trips(parse_quote!({
            let i = x as usize;
            xs[i + 1] * x
        })),
        0
    );
    assert_eq!(
        round_trips(parse_quote!({
            let n = x as usize;
            for k in 0..n {
                g(k as f64);
            }
        })),
        0
    );
    assert_eq!(
        round_trips(parse_quote!({
            match x as i64 {
                0 => 1.0,
                _ => x,
            }
        })),
        0
    );
    assert_eq!(
        round_trips(parse_quote!({
            stop_gradient(x as i64 as f64) + stop_gradient(x) as i64 as f64
        })),
        0
    );
    assert_eq!(round_trips(parse_quote!({ xs.len() as f64 + n as f64 + c as i64 as f64 })), 0);
    assert_eq!(
        round_trips(parse_quote!({
            println!("{}", x as i64 as f64);
            x
        })),
        0
    );
    assert_eq!(
        round_trips(parse_quote!({
            let mut k = 0;
            while x > k as f64 {
                k += 1;
            }
            k as f64
        })),
        0
    );
}

#[test]
fn what_is_added_to_a_scalar_is_one() {
    let body = parse_quote!({
        let given = constant_of(x);
        let scale = 0.5 * settings.gamma;
        let mut total = 0.0;
        let r = residual(x);
        total += r * scale;
        let part = helper(x);
        total -= scale * part;
        let other = helper(x);
        let reference = &other;
        let chosen = list.first().unwrap();
        total += *reference;
        total += chosen;
        total + given
    });
    let facts = facts(body);
    let is_float = |name: &str| matches!(facts.ty(name), Ty::Float(_));
    assert!(is_float("given"));
    // Of two unknown factors neither is known.
    assert!(!is_float("r") && !is_float("part"));
    assert!(!is_float("chosen") && !is_float("reference"));
}
