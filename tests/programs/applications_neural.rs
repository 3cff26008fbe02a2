//! A recurrent network, attention, a mixture of Gaussians and logistic regression on plain containers.

use ad::{check, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Lstm {
    pub w: Vec<Vec<f64>>,
    pub u: Vec<Vec<f64>>,
    pub b: Vec<f64>,
    #[constant]
    pub hidden: usize,
}
point!(Lstm, LstmTangent { w, u, b } constant { hidden });
#[derive(Clone, Debug, PartialEq, Differentiable, Default)]
pub struct State {
    pub h: Vec<f64>,
    pub c: Vec<f64>,
}
point!(State, StateTangent { h, c });
#[differentiate]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
#[differentiate]
impl Lstm {
    fn step(&self, state: &State, x: &[f64]) -> State {
        let n = self.hidden;
        let mut gates = self.b.clone();
        for (g, (wr, ur)) in gates.iter_mut().zip(self.w.iter().zip(&self.u)) {
            *g += wr.iter().zip(x).map(|(a, b)| a * b).sum::<f64>();
            *g += ur.iter().zip(&state.h).map(|(a, b)| a * b).sum::<f64>();
        }
        let (input, rest) = gates.split_at(n);
        let (forget, rest) = rest.split_at(n);
        let (output, candidate) = rest.split_at(n);
        let mut next = State { h: vec![0.0; n], c: vec![0.0; n] };
        for i in 0..n {
            next.c[i] = sigmoid(forget[i]) * state.c[i] + sigmoid(input[i]) * candidate[i].tanh();
            next.h[i] = sigmoid(output[i]) * next.c[i].tanh();
        }
        next
    }
    fn run(&self, xs: &[Vec<f64>]) -> Vec<f64> {
        let zero = State { h: vec![0.0; self.hidden], c: vec![0.0; self.hidden] };
        xs.iter().fold(zero, |s, x| self.step(&s, x)).h
    }
}
#[differentiate]
fn lstm_loss(net: &Lstm, xs: &[Vec<f64>], #[constant] target: &[f64]) -> f64 {
    let out = net.run(xs);
    out.iter().zip(target).map(|(o, t)| (o - t).powi(2)).sum::<f64>() / out.len() as f64
}
#[test]
fn lstm() {
    let net = Lstm {
        w: (0..8).map(|i| vec![0.1 * i as f64, -0.2]).collect(),
        u: (0..8).map(|i| vec![0.05 * i as f64, 0.3]).collect(),
        b: values(8),
        hidden: 2,
    };
    check!(lstm_loss(&net, &vec![vec![0.2, 0.4], vec![0.1, -0.3], vec![0.5, 0.5]], const &[0.1, 0.2]));
}

#[differentiate]
fn softmax(xs: &mut [f64]) {
    let max = xs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for x in xs.iter_mut() {
        *x = (*x - max).exp();
        sum += *x;
    }
    for x in xs {
        *x /= sum;
    }
}
#[differentiate]
fn matmul(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let (n, m, p) = (a.len(), b.len(), b[0].len());
    let mut c = vec![vec![0.0; p]; n];
    for i in 0..n {
        for k in 0..m {
            let aik = a[i][k];
            for j in 0..p {
                c[i][j] += aik * b[k][j];
            }
        }
    }
    c
}
#[differentiate]
fn transpose(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..a[0].len()).map(|j| a.iter().map(|row| row[j]).collect()).collect()
}
#[differentiate]
fn attention(
    q: &[Vec<f64>],
    k: &[Vec<f64>],
    v: &[Vec<f64>],
    #[constant] causal: bool,
) -> Vec<Vec<f64>> {
    let scale = 1.0 / (q[0].len() as f64).sqrt();
    let mut scores = matmul(q, &transpose(k));
    for (i, row) in scores.iter_mut().enumerate() {
        for (j, s) in row.iter_mut().enumerate() {
            *s *= scale;
            if causal && j > i {
                *s = -1e9;
            }
        }
        softmax(row);
    }
    matmul(&scores, v)
}
#[test]
fn attend() {
    let m = |s: f64| {
        (0..3)
            .map(|i| (0..2).map(|j| s * (i as f64 - 0.7 * j as f64)).collect())
            .collect::<Vec<Vec<f64>>>()
    };
    check_vector!(attention(&m(0.3), &m(0.5), &m(-0.2), const true));
    check_vector!(attention(&m(0.3), &m(0.5), &m(-0.2), const false));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Component {
    pub weight: f64,
    pub mean: [f64; 2],
    pub log_std: [f64; 2],
}
point!(Component, ComponentTangent { weight, mean, log_std });
#[differentiate]
impl Component {
    fn log_density(&self, x: &[f64; 2]) -> f64 {
        let quad: f64 = x
            .iter()
            .zip(&self.mean)
            .zip(&self.log_std)
            .map(|((x, m), s)| ((x - m) / s.exp()).powi(2))
            .sum();
        -0.5 * quad - self.log_std.iter().sum::<f64>() - (2.0 * std::f64::consts::PI).ln()
    }
}
#[differentiate]
fn gmm(components: &[Component], data: &[[f64; 2]]) -> f64 {
    let weights: Vec<f64> = components.iter().map(|c| c.weight.exp()).collect();
    let total: f64 = weights.iter().sum();
    data.iter()
        .map(|x| {
            let logs: Vec<f64> = components
                .iter()
                .zip(weights.iter())
                .map(|(c, w)| (w / total).ln() + c.log_density(x))
                .collect();
            let max = logs.iter().fold(f64::MIN, |m, &l| m.max(l));
            max + logs.iter().map(|l| (l - max).exp()).sum::<f64>().ln()
        })
        .sum()
}
#[test]
fn mixture() {
    let c = vec![
        Component { weight: 0.1, mean: [0.0, 1.0], log_std: [0.2, -0.1] },
        Component { weight: -0.3, mean: [1.5, 0.3], log_std: [0.0, 0.3] },
    ];
    check!(gmm(&c, &vec![[0.1, 0.7], [1.2, 0.2], [-0.3, 0.9]]));
}

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Model {
    pub weights: Vec<f64>,
    pub bias: f64,
}
point!(Model, ModelTangent { weights, bias });
#[differentiate]
impl Model {
    fn logit(&self, x: &[f64]) -> f64 {
        self.bias + self.weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()
    }
    fn sgd(&mut self, batch: &[f64], #[constant] labels: &[bool], lr: f64) {
        let n = self.weights.len();
        for (x, &label) in batch.chunks_exact(n).zip(labels) {
            let p = sigmoid(self.logit(x));
            let g = if label { p - 1.0 } else { p };
            for (w, xi) in self.weights.iter_mut().zip(x) {
                *w -= lr * g * xi;
            }
            self.bias -= lr * g;
        }
    }
}
#[differentiate]
fn trained_loss(initial: &Model, data: &[f64], #[constant] labels: &[bool], lr: f64) -> f64 {
    let mut model = Model { bias: 0.0, ..initial.clone() };
    for _ in 0..2 {
        model.sgd(data, labels, lr);
    }
    let n = model.weights.len();
    let nll: f64 = data
        .chunks(n)
        .zip(labels.iter())
        .map(|(x, &l)| {
            let z = model.logit(x);
            (1.0 + if l { (-z).exp() } else { z.exp() }).ln()
        })
        .sum();
    nll + 0.01 * model.weights.iter().map(|w| w.abs()).sum::<f64>()
}
#[test]
fn logistic() {
    check!(trained_loss(&Model { weights: vec![0.2, -0.4], bias: 0.1 }, &vec![0.5, 1.0, -0.3, 0.8, 1.5, -0.2], const &[true, false, true], 0.3));
}
