//! Constants that change while the function runs, by methods and functions that the macro does not know.

use ad::check;
use ad_runtime::differentiate;

#[derive(Clone)]
struct Gain {
    k: f64,
    n: usize,
}

impl Gain {
    fn bump(&mut self) {
        self.k += 0.5;
        self.n += 1;
    }

    fn following(&mut self) -> f64 {
        self.k *= 1.1;
        self.k
    }

    fn now(&self) -> f64 {
        self.k
    }

    /// Whether there is time left; to ask takes some.
    fn running(&mut self) -> bool {
        self.k += 0.5;
        self.n = self.n.saturating_sub(1);
        self.n > 0
    }
}

fn poke(gain: &mut Gain) {
    gain.k += 1.0;
}

#[differentiate]
fn changed_after_use(x: f64, n: usize) -> f64 {
    let mut g = Gain { k: 1.0, n: 0 };
    let mut y = x;
    for _ in 0..n {
        y = y * y * g.k;
        g.bump();
    }
    y
}

#[differentiate]
fn changed_before_use(x: f64, n: usize) -> f64 {
    let mut g = Gain { k: 1.0, n: 0 };
    let mut y = x;
    for _ in 0..n {
        g.bump();
        y *= g.k * x;
        if g.n % 2 == 0 {
            g.k -= 0.2;
        }
    }
    y * g.k
}

#[differentiate]
fn changed_by_a_value(x: f64, n: usize) -> f64 {
    let mut g = Gain { k: 1.0, n: 0 };
    let mut y = x;
    for _ in 0..n {
        let a = g.following();
        y = (y * a).sin() * g.now();
    }
    y * g.now()
}

#[differentiate]
fn changed_through_a_reference(x: f64, n: usize) -> f64 {
    let mut g = Gain { k: 1.0, n: 0 };
    let mut y = x;
    let r = &mut g;
    for _ in 0..n {
        r.bump();
        y = y * r.k * x;
    }
    y
}

#[differentiate]
fn changed_by_a_function(x: f64, n: usize) -> f64 {
    let mut g = Gain { k: 1.0, n: 0 };
    let mut y = x;
    for i in 0..n {
        y = y * g.k * x;
        poke(&mut g);
        if i == 1 {
            continue;
        }
        y += g.k * x;
    }
    y
}

#[differentiate]
fn changed_by_the_condition(x: f64, n: usize) -> f64 {
    let mut c = Gain { k: 0.1, n: n + 1 };
    let mut y = x;
    while c.running() {
        y = y * c.k * x + y;
    }
    y * c.k
}

#[differentiate]
fn changed_by_branches(x: f64, n: usize) -> f64 {
    let mut c = Gain { k: 0.1, n: n + 1 };
    let mut y = x;
    for i in 0..n {
        if c.running() {
            y = y * c.k * x + y;
        } else {
            y *= c.k;
        }
        match c.running() {
            true if i > 1 => y *= y,
            true => y *= c.k,
            false => y += c.k * y,
        }
    }
    y
}

#[differentiate]
fn changed_in_a_chain(x: f64, n: usize) -> f64 {
    let mut c = Gain { k: 0.1, n: n + 1 };
    let mut y = x;
    for _ in 0..n {
        let a: f64 = (0..2)
            .map(|_| {
                c.running();
                c.k * y
            })
            .sum();
        y = a * x;
    }
    y
}

/// The caller's own, given as a constant.
#[differentiate]
fn changed_for_the_caller(x: f64, #[constant] gain: &mut Gain, n: usize) -> f64 {
    let mut y = x;
    for _ in 0..n {
        y = y * gain.k * x + y;
        gain.running();
        y *= gain.now();
    }
    y * gain.k
}

#[test]
fn check_hidden_changes() {
    for n in [0, 1, 2, 5] {
        check!(changed_after_use(0.7, const n));
        check!(changed_before_use(0.7, const n));
        check!(changed_by_a_value(0.7, const n));
        check!(changed_through_a_reference(0.7, const n));
        check!(changed_by_a_function(0.7, const n));
        check!(changed_by_the_condition(0.7, const n));
        check!(changed_by_branches(0.7, const n));
        check!(changed_in_a_chain(0.7, const n));
    }
}

#[test]
fn check_changed_for_the_caller() {
    for n in [0, 1, 2, 5] {
        let start = Gain { k: 0.1, n: 3 };
        let at = |x: f64| changed_for_the_caller(x, &mut start.clone(), n);
        let difference = (at(0.4 + 1e-6) - at(0.4 - 1e-6)) / 2e-6;
        let (mut gain, mut x_bar) = (start.clone(), 0.0);
        let value = changed_for_the_caller::adjoint(0.4, &mut gain, n, 1.0, &mut x_bar);
        assert_eq!(value, at(0.4));
        assert!((x_bar - difference).abs() < 1e-6 * (1.0 + difference.abs()), "{n}: {x_bar}");
        let (_, dot) = changed_for_the_caller::jvp(0.4, &mut start.clone(), n, 1.0);
        assert!((x_bar - dot).abs() < 1e-12 * (1.0 + dot.abs()), "{n}: {x_bar} and {dot}");
    }
}
