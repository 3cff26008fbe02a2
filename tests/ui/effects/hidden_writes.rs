use ad_runtime::differentiate;

use std::cell::{Cell, RefCell};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

static CALLS: AtomicUsize = AtomicUsize::new(0);

#[differentiate]
fn cell(#[constant] k: &Cell<f64>, x: f64) -> f64 {
    let y = x * k.get();
    k.set(3.0);
    y * x
}

#[differentiate]
fn ref_cell(#[constant] k: &RefCell<Vec<f64>>, x: f64) -> f64 {
    let y = x * k.borrow()[0];
    k.borrow_mut()[0] = 3.0;
    y * x
}

#[differentiate]
fn atomic(x: f64) -> f64 {
    let n = CALLS.fetch_add(1, Ordering::SeqCst);
    CALLS.store(5, Ordering::SeqCst);
    x * n as f64
}

#[differentiate]
fn mutex(#[constant] k: &Mutex<f64>, x: f64) -> f64 {
    let y = x * *k.lock().unwrap();
    y * x
}

fn main() {}
