//! Values that are built step by step: networks of springs, layers, accounts.

use ad::{check, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Spring {
    pub k: f64,
    pub c: f64,
    #[constant]
    pub nodes: (usize, usize),
    pub rest: f64,
}
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Network {
    pub springs: Vec<Spring>,
    pub mass: Vec<f64>,
    pub gravity: f64,
}
#[differentiate]
impl Network {
    #[differentiate(associated)]
    fn new(mass: &[f64]) -> Self {
        Network { springs: Vec::new(), mass: mass.to_vec(), gravity: 0.0 }
    }
    fn with_gravity(mut self, g: f64) -> Self {
        self.gravity = g;
        self
    }
    fn spring(mut self, a: usize, b: usize, k: f64, rest: f64) -> Self {
        self.springs.push(Spring { k, c: 0.1 * k, nodes: (a, b), rest });
        self
    }
    fn forces(&self, x: &[f64], v: &[f64]) -> Vec<f64> {
        let mut f: Vec<f64> = self.mass.iter().map(|m| -m * self.gravity).collect();
        for Spring { k, c, nodes: (a, b), rest } in &self.springs {
            let stretch = x[*b] - x[*a] - rest;
            let force = k * stretch + c * (v[*b] - v[*a]);
            f[*a] += force;
            f[*b] -= force;
        }
        f
    }
}
#[differentiate]
fn drop_test(mass: &[f64], k: f64, g: f64) -> f64 {
    let net = Network::new(mass).with_gravity(g).spring(0, 1, k, 1.0).spring(1, 2, 2.0 * k, 0.8);
    let n = net.mass.len();
    let (mut x, mut v) = (vec![0.0, 1.1, 2.0], vec![0.0; n]);
    for _ in 0..4 {
        let f = net.forces(&x, &v);
        for i in 1..n {
            v[i] += 0.1 * f[i] / net.mass[i];
            x[i] += 0.1 * v[i];
        }
    }
    x.iter().zip(v.iter()).map(|(x, v)| x * x + 0.5 * v * v).sum()
}
#[test]
fn springs() {
    check!(drop_test(&values(3), 1.5, 0.3));
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    Tanh,
    Relu,
    Softplus,
}
#[differentiate]
fn activate(#[constant] kind: Activation, x: f64) -> f64 {
    match kind {
        Activation::Tanh => x.tanh(),
        Activation::Relu => {
            if x > 0.0 {
                x
            } else {
                0.0
            }
        }
        Activation::Softplus => {
            if x > 20.0 {
                x
            } else {
                x.exp().ln_1p()
            }
        }
    }
}
#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Layer {
    pub w: Vec<Vec<f64>>,
    pub b: Vec<f64>,
    #[constant]
    pub act: Activation,
}
point!(Layer, LayerTangent { w, b } constant { act });
#[differentiate]
impl Layer {
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        self.w
            .iter()
            .zip(&self.b)
            .map(|(row, b)| {
                activate(self.act, b + row.iter().zip(x).map(|(w, x)| w * x).sum::<f64>())
            })
            .collect()
    }
}
#[differentiate]
fn network(layers: &[Layer], x: Vec<f64>) -> Vec<f64> {
    let mut h = x;
    for layer in layers {
        h = layer.forward(&h);
    }
    h
}
#[differentiate]
fn neural_ode(layers: &[Layer], x0: &[f64], steps: usize) -> f64 {
    let dt = 1.0 / steps as f64;
    let mut x = x0.to_owned();
    for _ in 0..steps {
        let dx = network(layers, x.clone());
        x.iter_mut().zip(dx).for_each(|(x, d)| *x += dt * d);
    }
    x.into_iter().map(|v| v.powi(2)).sum()
}
#[test]
fn node() {
    let l = vec![
        Layer {
            w: vec![vec![0.1, 0.2], vec![-0.3, 0.4], vec![0.5, 0.1]],
            b: vec![0.1, 0.0, -0.1],
            act: Activation::Tanh,
        },
        Layer {
            w: vec![vec![0.1, 0.2, 0.3], vec![-0.3, 0.4, 0.2]],
            b: vec![0.1, 0.2],
            act: Activation::Softplus,
        },
    ];
    check!(neural_ode(&l, &vec![0.4, -0.2], const 3));
    let l: Vec<Layer> =
        l.into_iter().map(|layer| Layer { act: Activation::Relu, ..layer }).collect();
    check!(neural_ode(&l, &vec![0.4, -0.2], const 2));
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Differentiable)]
pub struct Money(pub f64);
point!(Money, MoneyTangent { 0 });
#[differentiate]
impl std::ops::Add for Money {
    type Output = Money;
    fn add(self, o: Money) -> Money {
        Money(self.0 + o.0)
    }
}
#[differentiate]
impl std::ops::Mul<f64> for Money {
    type Output = Money;
    fn mul(self, k: f64) -> Money {
        Money(self.0 * k)
    }
}
#[differentiate]
impl std::ops::AddAssign for Money {
    fn add_assign(&mut self, o: Money) {
        self.0 += o.0;
    }
}
#[differentiate]
impl std::ops::Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    Deposit,
    Withdraw { fraction: f64 },
    Accrue(u32),
    Close,
}
#[differentiate]
fn simulate_account(initial: Money, rate: f64, #[constant] actions: &[Action]) -> Money {
    let mut balance = initial;
    let mut paid = Money(0.0);
    'run: for action in actions {
        match action {
            Action::Deposit => balance += initial * 0.5,
            Action::Withdraw { fraction } if *fraction > 0.9 => return balance + paid,
            Action::Withdraw { fraction } => {
                let out = balance * *fraction;
                balance += -out;
                paid += out;
            }
            Action::Accrue(months) => {
                for _ in 0..*months {
                    balance = balance * (1.0 + rate / 12.0);
                    if balance > Money(103.0) {
                        break 'run;
                    }
                }
            }
            Action::Close => break,
        }
    }
    balance * 0.9 + paid
}
#[test]
fn account() {
    let a = [
        Action::Accrue(5),
        Action::Deposit,
        Action::Withdraw { fraction: 0.3 },
        Action::Accrue(2),
        Action::Close,
        Action::Deposit,
    ];
    check_vector!(simulate_account(Money(100.0), 0.05, const &a));
    check_vector!(simulate_account(Money(100.0), 0.05, const &[Action::Accrue(1), Action::Withdraw { fraction: 0.95 }]));
    check_vector!(simulate_account(Money(102.9), 0.05, const &[Action::Accrue(3), Action::Deposit]));
}
