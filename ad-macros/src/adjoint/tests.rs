//! What the reverse sweep records, computes again and restores.

use super::{Reversed, reverse};
use crate::errors::Errors;
use crate::function::{Function, Options};
use crate::ir::{Role, Stmt, Ty, Var, VarInfo};
use crate::pipeline;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// A reversed function, and the cotangent of its result.
pub struct Reversal {
    pub reversed: Reversed,
    pub out_bar: Var,
}

/// Compiles and reverses a function that returns a scalar.
pub fn reversal(item: TokenStream) -> Reversal {
    let errors = Errors::default();
    let item = syn::parse2(item).expect("a function");
    let f = Function::parse(item, Options { order: 1, ..Options::default() }, &errors);
    let mut program = pipeline::compile(&f, &errors);
    assert_eq!(errors.messages(), Vec::<String>::new());
    let out_bar = Var(program.vars.len());
    let name = format_ident!("out_bar");
    program.vars.push(VarInfo {
        name,
        ty: Ty::Float(None),
        active: true,
        mutable: false,
        role: Role::Temp,
    });
    Reversal { reversed: reverse(program, out_bar), out_bar }
}

/// The names of all recorded variables, sorted.
fn recorded(item: TokenStream) -> Vec<String> {
    let program = reversal(item).reversed.program;
    let mut names: Vec<String> = program
        .recording
        .iter()
        .flat_map(|id| program.records[id].vars.iter().flatten())
        .map(|var| program[*var].name.to_string())
        .collect();
    names.sort();
    names
}

/// How many nesting statements leave a record.
fn records(item: TokenStream) -> usize {
    reversal(item).reversed.program.recording.len()
}

#[test]
fn a_sum_over_slices_records_nothing() {
    let item = quote!(
        fn f(w: &[f64], x: &[f64]) -> f64 {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += w[i] * x[i] * x[i];
            }
            s
        }
    );
    assert_eq!(records(item), 0);
}

#[test]
fn a_chain_records_nothing() {
    assert_eq!(
        records(quote!(
            fn f(w: &[f64], x: &[f64]) -> f64 {
                w.iter().zip(x).map(|(w, x)| w * x * x).sum()
            }
        )),
        0
    );
}

#[test]
fn a_linear_recurrence_records_nothing() {
    let item = quote!(
        fn f(x: f64, #[constant] a: f64, n: usize) -> f64 {
            let mut y = x;
            for _ in 0..n {
                y = a * y + 1.0;
            }
            y
        }
    );
    assert_eq!(records(item), 0);
}

#[test]
fn nested_loops_over_a_matrix_record_nothing() {
    let item = quote!(
        fn f(m: &[Vec<f64>], x: &[f64]) -> f64 {
            let mut s = 0.0;
            for i in 0..m.len() {
                for j in 0..x.len() {
                    s += m[i][j] * x[i] * x[j];
                }
            }
            s
        }
    );
    assert_eq!(records(item), 0);
}

#[test]
fn cheap_values_are_computed_again() {
    let item = quote!(
        fn f(x: &[f64], y: f64) -> f64 {
            let mut s = 0.0;
            for i in 0..x.len() {
                let d = x[i] - y;
                s += d * d;
            }
            s.sqrt()
        }
    );
    assert_eq!(records(item), 0);
}

#[test]
fn costly_values_are_recorded() {
    let item = quote!(
        fn f(x: &[f64]) -> f64 {
            let mut s = 0.0;
            for i in 0..x.len() {
                let e = x[i].exp();
                s += e * e;
            }
            s.sqrt()
        }
    );
    assert_eq!(recorded(item), ["e"]);
}

#[test]
fn a_nonlinear_recurrence_records_the_old_value_alone() {
    let item = quote!(
        fn f(r: f64, x0: f64, n: usize) -> f64 {
            let mut x = x0;
            for _ in 0..n {
                x = r * x * (1.0 - x);
            }
            x
        }
    );
    assert_eq!(recorded(item), ["x_old"]);
}

#[test]
fn an_overwritten_element_is_recorded_where_its_old_value_is_needed() {
    let needed = quote!(
        fn f(x: f64, n: usize) -> f64 {
            let mut v = [x; 4];
            for i in 1..n {
                v[i] = v[i] * v[i - 1];
            }
            v[3]
        }
    );
    assert_eq!(recorded(needed), ["v_old"]);
    let linear = quote!(
        fn f(x: f64, n: usize) -> f64 {
            let mut v = [x; 4];
            for i in 1..n {
                v[i] = 2.0 * v[i - 1];
            }
            v[3]
        }
    );
    assert_eq!(records(linear), 0);
}

#[test]
fn a_while_loop_counts_its_iterations() {
    let item = quote!(
        fn f(x: f64) -> f64 {
            let mut y = x;
            while y < 10.0 {
                y = 2.0 * y;
            }
            y
        }
    );
    let program = reversal(item).reversed.program;
    assert_eq!(program.counted.len(), 1);
    assert_eq!(program.recording.len(), 1);
}

#[test]
fn a_branch_on_what_is_still_alive_records_nothing() {
    assert_eq!(
        records(quote!(
            fn f(x: f64) -> f64 {
                if x > 0.0 { x * x } else { -x }
            }
        )),
        0
    );
}

#[test]
fn nothing_is_restored_that_nobody_reads() {
    let reversed = reversal(quote!(
        fn f(x: f64) -> f64 {
            let mut y = x;
            y = 3.0 * y;
            y
        }
    ))
    .reversed;
    let saves = reversed.forward.iter().filter(|stmt| match stmt {
        Stmt::Let { var, .. } => matches!(reversed.program[*var].role, Role::Saved),
        _ => false,
    });
    assert_eq!(saves.count(), 0);
}

#[test]
fn what_does_not_reach_the_result_has_no_cotangent() {
    let reversed = reversal(quote!(
        fn f(x: f64, y: f64) -> f64 {
            let unused = y.exp();
            let logged = x * y;
            println!("{}", stop_gradient(logged));
            x * x
        }
    ))
    .reversed;
    let cotangents: Vec<String> =
        reversed.scalars.iter().map(|(of, _)| reversed.program[*of].name.to_string()).collect();
    assert_eq!(cotangents, ["x"]);
}

#[test]
fn small_powers_are_computed_again() {
    let power = |n: TokenStream| {
        records(quote!(fn f(w: &[f64], x: &[f64]) -> f64 {
            let s: f64 = w.iter().zip(x).map(|(w, x)| w * x.powi(#n)).sum();
            s.sqrt()
        }))
    };
    assert_eq!(power(quote!(2)), 0);
    assert_eq!(power(quote!(40)), 1);
}

/// How many statements of the reverse sweep update a cotangent.
fn updates(stmts: &[Stmt]) -> usize {
    stmts
        .iter()
        .map(|stmt| match stmt {
            Stmt::Update { .. } => 1,
            Stmt::WhenActive { body, .. } | Stmt::ReverseLoop { body, .. } => updates(body),
            _ => 0,
        })
        .sum()
}

#[test]
fn contributions_to_one_element_are_added_up() {
    let count = |body: TokenStream| {
        let item = quote!(fn f(x: &[f64]) -> f64 {
            let mut s = 0.0;
            for i in 1..x.len() {
                s += #body;
            }
            s.sqrt()
        });
        updates(&reversal(item).reversed.reverse)
    };
    assert_eq!(count(quote!(x[i] * x[i])), 1);
    assert_eq!(count(quote!(x[i] * x[i - 1] + x[i])), 2);
    // Another index is another element as far as anybody knows.
    assert_eq!(count(quote!(x[i] * x[other(i)])), 2);
}

#[test]
fn powers_of_a_constant_are_made_again() {
    let item = quote!(
        fn f(c: &[f64], #[constant] t: f64) -> f64 {
            let mut value = 0.0;
            let mut power = 1.0;
            for i in 0..c.len() {
                value += c[i] * power;
                power *= t;
            }
            value * value
        }
    );
    assert_eq!(records(item), 0);
    let costly = quote!(
        fn f(c: &[f64], #[constant] t: f64) -> f64 {
            let mut value = 0.0;
            let mut phase = 1.0;
            for i in 0..c.len() {
                value += c[i] * phase;
                phase = (phase * t).sin();
            }
            value * value
        }
    );
    assert_eq!(recorded(costly), ["phase_old"]);
}

#[test]
fn elements_that_a_loop_overwrites_are_kept_as_a_span() {
    let by_element = |body: TokenStream| {
        let item = quote!(
            fn f(x: &[f64], n: usize) -> f64 {
                let mut y = x.to_vec();
                for _ in 0..n {
                    for i in 0..x.len() {
                        #body
                    }
                }
                y[0]
            }
        );
        let program = reversal(item).reversed.program;
        program.held.values().map(Vec::len).sum::<usize>()
    };
    assert_eq!(by_element(quote!(y[i] = y[i] * y[i];)), 0);
    // The next element is read as it was.
    assert_eq!(by_element(quote!(y[i] = y[i] * y[(i + 1) % n];)), 1);
}

#[test]
fn a_call_of_numbers_keeps_its_slope() {
    let item = quote!(
        fn f(x: &[f64]) -> f64 {
            let mut y = 0.5;
            for i in 0..x.len() {
                y = y * g(x[i]);
            }
            y
        }
    );
    assert!(recorded(item).iter().any(|name| name.ends_with("slope")));
}
