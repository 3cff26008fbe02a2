//! Structs of arrays, changed in place, and what is generic over dimensions.

use super::{matrix, vector};
use ad::{check, point};
use ad_runtime::{Differentiable, differentiate, einsum};
use ndarray::{Array, Array1, Array2, Dimension, Zip, azip};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Layer {
    w: Array2<f64>,
    b: Array1<f64>,
    #[constant]
    rate: f64,
}

point!(Layer, LayerTangent { w, b } constant { rate });

#[differentiate]
impl Layer {
    fn forward(&self, x: &Array1<f64>) -> Array1<f64> {
        (self.w.dot(x) + &self.b).mapv(f64::tanh)
    }

    fn decay(&mut self, by: f64) {
        self.w *= by;
        self.b.mapv_inplace(|b| b * by * by);
    }

    fn step(&mut self, gradient: &Array2<f64>) {
        self.w.scaled_add(-self.rate, gradient);
        Zip::from(&mut self.b).and(gradient.rows()).for_each(|b, row| *b -= row.sum());
    }
}

#[differentiate]
fn trained(layer: &Layer, x: &Array1<f64>, by: f64) -> f64 {
    let mut layer = layer.clone();
    for _ in 0..3 {
        let y = layer.forward(x);
        let gradient = einsum!("i,j->ij", &y, x);
        layer.step(&gradient);
        layer.decay(by);
    }
    let out = layer.forward(x);
    out.dot(&out) + layer.w.sum()
}

fn layer() -> Layer {
    Layer { w: matrix(3, 2, 1), b: vector(3, 2), rate: 0.1 }
}

#[test]
fn check_trained() {
    check!(trained(&layer(), &vector(2, 3), 0.9));
}

#[differentiate(order = 2)]
fn distance<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>, p: f64) -> f64 {
    let mut out = a.clone();
    azip!((out in &mut out, &b in b) *out = (*out - b).powi(2) * p);
    out.sum().sqrt()
}

#[test]
fn check_distance() {
    ad::check_second!(distance(&matrix(2, 3, 4), &matrix(2, 3, 5), 0.7));
    ad::check_second!(distance(&vector(3, 6), &vector(3, 7), 1.3));
}

#[differentiate(order = 2)]
fn bilinear(a: &Array2<f64>, x: &Array2<f64>, y: &Array1<f64>) -> f64 {
    let scores = einsum!("ni,ij,j->n", x, a, y);
    let gram = einsum!("ni,nj->ij", x, x);
    let trace = einsum!("ii", &gram);
    scores.iter().map(|s| (1.0 + s.exp()).ln()).sum::<f64>() + trace * y[0]
}

#[test]
fn check_bilinear() {
    ad::check_second!(bilinear(&matrix(2, 3, 8), &matrix(4, 2, 9), &vector(3, 10)));
}
