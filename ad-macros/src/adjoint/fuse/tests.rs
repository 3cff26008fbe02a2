//! Which loops are fused.

use crate::adjoint::tests::reversal;
use crate::ir::Stmt;
use proc_macro2::TokenStream;
use quote::quote;

/// How many statements of `fn f(x: &[f64], y: &[f64]) -> f64` are fused, and how many leave a record.
fn fused(body: TokenStream) -> (usize, usize) {
    let reversed = reversal(quote!(fn f(x: &[f64], y: &[f64]) -> f64 { #body })).reversed;
    (count(&reversed.forward), reversed.program.recording.len())
}

fn count(stmts: &[Stmt]) -> usize {
    let inner = |stmt: &Stmt| match stmt {
        Stmt::Fused { forward, .. } => 1 + count(forward),
        Stmt::FusedIf { then, els, .. } => 1 + count(&then.forward) + count(&els.forward),
        Stmt::FusedCall { .. } => 1,
        _ => 0,
    };
    stmts.iter().map(inner).sum()
}

#[test]
fn a_loop_that_only_accumulates_is_fused() {
    let sum = quote!(
        let mut s = 0.0;
        for i in 0..x.len() {
            let e = x[i].exp();
            s += e * e;
        }
    );
    assert_eq!(fused(quote!(#sum s)), (1, 0));
    assert_eq!(fused(quote!(#sum s /= x.len() as f64; 0.5 * s - 1.0)), (1, 0));
    // The cotangent of the sum depends on the sum.
    assert_eq!(fused(quote!(#sum s.ln())), (0, 1));
    assert_eq!(fused(quote!(#sum s * s)), (0, 1));
}

#[test]
fn so_is_a_chain_with_a_sum() {
    assert_eq!(fused(quote!(x.iter().zip(y).map(|(x, y)| (x * y).exp()).sum())), (1, 0));
}

#[test]
fn a_state_is_not_fused() {
    let state = quote!(
        let mut s = 0.0;
        let mut t = 1.0;
        for i in 0..x.len() {
            t = (t * x[i]).sin();
            s += t;
        }
        s
    );
    assert_eq!(fused(state), (0, 1));
    let reads_sum = quote!(
        let mut s = 0.0;
        for i in 0..x.len() {
            s += (s * x[i]).sin();
        }
        s
    );
    assert_eq!(fused(reads_sum), (0, 1));
}

#[test]
fn a_constant_that_changes_is_read_where_it_is_kept() {
    let changing_sign = quote!(
        let mut s = 0.0;
        let mut sign = 1.0;
        for i in 0..x.len() {
            s += sign * x[i].exp();
            sign = -sign;
        }
        s
    );
    assert_eq!(fused(changing_sign), (1, 0));
}

#[test]
fn loops_after_one_another_are_fused() {
    let two = quote!(
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i].exp();
        }
        let scale = y[0].exp();
        for i in 0..y.len() {
            s += scale * y[i].exp();
        }
        s
    );
    assert_eq!(fused(two), (2, 0));
}

#[test]
fn what_is_changed_after_the_loop_is_not_read_too_early() {
    // The cotangent of `w` is zeroed by the assignment, before the loop adds to it.
    let assigned = quote!(
        let mut w = x[0] * y[0];
        let mut s = 0.0;
        for i in 0..x.len() {
            s += w * x[i];
        }
        w = x[1] * s;
        s + w
    );
    assert_eq!(fused(assigned).0, 0);
}

#[test]
fn a_buffer_of_the_iteration_is_fused() {
    let buffer = quote!(
        let mut s = 0.0;
        for i in 0..x.len() {
            let mut powers = vec![1.0; 3];
            for k in 1..3 {
                powers[k] = powers[k - 1] * x[i];
            }
            for k in 0..3 {
                s += powers[k] * y[k];
            }
        }
        s
    );
    assert_eq!(fused(buffer).0, 2);
}

#[test]
fn what_a_call_changes_after_the_loop_is_no_target() {
    let changed = quote!(
        let mut m = y[0] * y[1];
        let mut s = 0.0;
        for i in 0..x.len() {
            s += m * i as f64;
        }
        bump(&mut m, x[0]);
        s + m
    );
    assert_eq!(fused(changed).0, 0);
}

#[test]
fn a_call_whose_cotangent_is_known_is_fused() {
    let slices = quote!(
        let mut s = 0.0;
        for i in 0..x.len() {
            s += y[i] * g(x, i);
        }
        s
    );
    assert_eq!(fused(slices), (2, 0));
    // The cotangent depends on the value.
    assert_eq!(fused(quote!(let t: f64 = g(x, 0); t * t)), (0, 0));
    // What the call changes has a cotangent that the call turns over.
    assert_eq!(fused(quote!(let mut v = x.to_vec(); g(&mut v, 0) + v[0])).0, 0);
}

#[test]
fn a_branch_is_fused_for_what_is_inside() {
    let looping = quote!(if x.len() > 2 {
        let mut s = 0.0;
        for i in 0..x.len() {
            s += x[i].exp();
        }
        s
    } else {
        y[0]
    });
    assert_eq!(fused(looping), (2, 0));
    assert_eq!(fused(quote!(if x.len() > 2 { x[0].exp() } else { y[0] })).0, 0);
}
