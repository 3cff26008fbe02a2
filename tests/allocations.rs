//! What the generated derivatives allocate.
//!
//! `adjoint` adds into the caller's cotangents: where nothing is recorded, nothing is allocated.

use ad_runtime::differentiate;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, with a count of the allocations of each thread.
struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // No allocation of a thread that is being torn down is measured.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

#[allow(
    unsafe_code,
    reason = "a global allocator has no safe interface; each method only passes its arguments on"
)]
// SAFETY: every method keeps the contract of `System`'s method of the same name, which it calls unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(memory, layout, size) }
    }
    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The result of `run`, and how often it allocated.
fn allocations<R>(run: impl FnOnce() -> R) -> (R, usize) {
    let before = COUNT.get();
    let result = run();
    (result, COUNT.get() - before)
}

#[differentiate]
fn weighted(w: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for (w, x) in w.iter().zip(x) {
        s += w * x * x;
    }
    s
}

#[differentiate]
fn indexed(w: &[f64], x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += w[i] * x[i] * x[i];
    }
    s
}

#[differentiate]
fn chained(w: &[f64], x: &[f64]) -> f64 {
    w.iter().zip(x).map(|(w, x)| w * x.powi(2)).sum::<f64>().sqrt()
}

#[differentiate]
fn bump(x: &[f64], i: usize) -> f64 {
    (x[i] - x[i + 1]).powi(2)
}

#[differentiate]
fn rough(x: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() - 1 {
        s += bump(x, i);
    }
    s
}

#[differentiate]
fn logistic_map(r: f64, mut x: f64, n: usize) -> f64 {
    for _ in 0..n {
        x = r * x * (1.0 - x);
    }
    x
}

const N: usize = 100;

fn data() -> (Vec<f64>, Vec<f64>) {
    let x = (0..N).map(|i| 0.5 + (i as f64).sin());
    ((0..N).map(|i| 1.0 + i as f64).collect(), x.collect())
}

#[test]
fn the_counter_counts() {
    let (v, count) = allocations(|| vec![1.0; N]);
    assert_eq!((v.len(), count), (N, 1));
}

#[test]
fn the_adjoint_of_a_sum_allocates_nothing() {
    let (w, x) = data();
    type Adjoint = fn(&[f64], &[f64], f64, &mut [f64], &mut [f64]) -> f64;
    let sums: [(&str, Adjoint); 3] = [
        ("weighted", weighted::adjoint),
        ("indexed", indexed::adjoint),
        ("chained", chained::adjoint),
    ];
    for (name, adjoint) in sums {
        let (mut w_bar, mut x_bar) = (vec![0.0; N], vec![0.0; N]);
        let (_, count) = allocations(|| adjoint(&w, &x, 1.0, &mut w_bar, &mut x_bar));
        assert_eq!(count, 0, "{name}");
        assert!(w_bar.iter().chain(&x_bar).all(|bar| *bar != 0.0), "{name}");
    }
}

#[test]
fn the_tangent_of_a_sum_allocates_nothing() {
    let (w, x) = data();
    let ((_, dot), count) = allocations(|| weighted::jvp(&w, &x, &x, &w));
    assert_eq!(count, 0);
    assert!(dot != 0.0);
}

/// The callee adds into the caller's cotangent: no zero array per call.
#[test]
fn calls_in_a_loop_allocate_no_cotangents() {
    let (_, x) = data();
    let mut x_bar = vec![0.0; N];
    let (_, count) = allocations(|| rough::adjoint(&x, 1.0, &mut x_bar));
    assert_eq!(count, 0);
    assert!(x_bar.iter().any(|bar| *bar != 0.0));
}

/// One record for the whole loop, sized up front.
#[test]
fn a_loop_allocates_one_record() {
    for n in [1, 10, 1000] {
        let (mut r_bar, mut x_bar) = (0.0, 0.0);
        let (_, count) =
            allocations(|| logistic_map::adjoint(3.2, 0.4, n, 1.0, &mut r_bar, &mut x_bar));
        assert_eq!(count, 1, "{n} iterations");
    }
}

/// `grad` allocates the gradient that it returns, a vector per parameter.
#[test]
fn a_gradient_allocates_itself_alone() {
    let (w, x) = data();
    let ((w_bar, x_bar), count) = allocations(|| weighted::grad(&w, &x));
    assert_eq!((w_bar.len(), x_bar.len(), count), (N, N, 2));
}
