//! Calls that change active variables, where only a flag, a count or an index is asked for.

use ad::{check, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Differentiable)]
struct Account {
    total: f64,
    payments: usize,
}

point!(Account, AccountTangent { total } constant { payments });

#[differentiate]
impl Account {
    /// Pays `x`; says whether that was enough.
    fn pay(&mut self, x: f64) -> bool {
        self.total += x * x;
        self.payments += 1;
        self.total > 1.0
    }

    /// Grows by interest; says how many years are left.
    fn age(&mut self, x: f64) -> i32 {
        self.total = self.total * x + x;
        self.payments += 1;
        3 - self.payments as i32
    }
}

impl Account {
    /// A question, which has no derivatives of its own.
    fn is_rich(&self) -> bool {
        self.total > 2.0
    }
}

#[differentiate]
fn relax(u: &mut [f64], k: f64) -> bool {
    for i in 1..u.len() {
        u[i] = u[i] * (1.0 - k) + u[i - 1] * k;
    }
    u[u.len() - 1] < 0.9
}

#[differentiate]
fn in_a_condition(x: f64) -> f64 {
    let mut account = Account { total: 0.0, payments: 0 };
    if account.pay(x) { account.total * x } else { account.total + x }
}

#[differentiate]
fn in_a_while(x: f64) -> f64 {
    let mut account = Account { total: 1.0, payments: 0 };
    while account.age(x) > 0 {
        account.total += 0.1;
    }
    account.total
}

#[differentiate]
fn behind_and(x: f64, asked: bool) -> f64 {
    let mut account = Account { total: 1.0, payments: 0 };
    if asked && account.pay(x) {
        account.total += x;
    }
    if asked || !account.pay(x) {
        account.total *= 2.0;
    }
    account.total
}

#[differentiate]
fn asserted(x: f64) -> f64 {
    let mut account = Account { total: 1.0, payments: 0 };
    assert!(account.pay(x), "too little: {x}");
    match account.pay(x) {
        true => account.total * x,
        false => account.total,
    }
}

#[differentiate]
fn in_an_index(x: f64) -> f64 {
    let mut account = Account { total: 1.0, payments: 0 };
    let weights = [1.0, 2.0, 3.0, 4.0];
    let i = account.age(x) as usize;
    let y = weights[account.age(x) as usize] * x;
    let sum = 1 + account.age(x);
    let less = account.age(x) < account.age(x) + 1;
    y * account.total * weights[(i + sum as usize) % 4] + if less { 1.0 } else { x }
}

#[differentiate]
fn counted(start: &Account, x: f64) -> f64 {
    let mut account = start.clone();
    let mut n = 0;
    n += account.age(x);
    if n + account.age(x) > 0 || account.pay(x) {
        account.total *= 2.0;
    }
    if let true = account.pay(x) {
        account.total += 1.0;
    }
    account.total
}

#[differentiate]
fn questions_stay(x: f64) -> f64 {
    let mut account = Account { total: 1.0, payments: 0 };
    while !account.is_rich() {
        account.pay(x);
    }
    account.total
}

#[differentiate]
fn by_a_function(u: &[f64], k: f64) -> f64 {
    let mut u = u.to_vec();
    let mut steps = 0;
    while relax(&mut u, k) && steps < 4 {
        steps += 1;
    }
    u.iter().map(|v| v * v).sum()
}

#[test]
fn calls_that_change_active_variables_in_conditions() {
    check!(in_a_condition(1.5));
    check!(in_a_condition(0.5));
    check!(in_a_while(1.5));
    check!(behind_and(1.5, const true));
    check!(behind_and(0.4, const false));
    check!(asserted(0.5));
}

#[test]
fn calls_that_change_active_variables_in_counts() {
    check!(in_an_index(1.2));
    check!(counted(&Account { total: 1.0, payments: 0 }, 1.5));
    check!(questions_stay(0.7));
    check!(by_a_function(&vec![1.0, 0.5, 0.2], 0.3));
}
