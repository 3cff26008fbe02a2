use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
struct Account {
    total: f64,
}

#[differentiate]
impl Account {
    fn pay(&mut self, x: f64) -> bool {
        self.total += x;
        self.total > 1.0
    }
}

#[differentiate]
fn in_a_guard(x: f64, n: usize) -> f64 {
    let mut account = Account { total: 0.0 };
    match n {
        0 if account.pay(x) => account.total,
        _ => x,
    }
}

#[differentiate]
fn only_in_debug_builds(x: f64) -> f64 {
    let mut account = Account { total: 0.0 };
    debug_assert!(account.pay(x));
    account.total
}

fn main() {}
