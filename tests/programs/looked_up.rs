//! Elements of fields that are looked up, and may be missing.

use ad::{check, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Hist {
    pub values: Vec<f64>,
    pub rows: Vec<Vec<f64>>,
}
point!(Hist, HistTangent { values, rows });
#[differentiate]
impl Hist {
    fn at(&self, i: usize) -> f64 {
        self.values.get(i).copied().unwrap_or(0.5)
    }
    fn lagged(&self, k: usize) -> Option<f64> {
        let last = self.values.last()?;
        let index = self.values.len().checked_sub(k + 1)?;
        let before = self.values.get(index)?;
        Some(last * before)
    }
    fn tail(&self) -> f64 {
        match self.rows.last() {
            Some(r) => r[0] * r[0],
            None => 0.0,
        }
    }
    fn mean_of(&self, i: usize) -> f64 {
        self.rows.get(i).map_or(0.0, |r| r.iter().sum::<f64>() / r.len() as f64)
    }
    fn get(&self, i: usize) -> f64 {
        self.values[i] * 2.0
    }
    fn bump(&mut self, k: f64) {
        if let Some(v) = self.values.last_mut() {
            *v *= k;
        }
        if let Some(r) = self.rows.get_mut(0) {
            r[0] += k;
        }
        if let Some(v) = self.values.first_mut() {
            *v += k;
        }
    }
}
#[differentiate]
fn uses_hist(h: &Hist, k: f64) -> f64 {
    let mut h = h.clone();
    h.bump(k);
    let direct = h.get(1);
    h.at(0)
        + h.at(9)
        + h.lagged(1).unwrap_or(0.0)
        + h.lagged(7).unwrap_or(1.0)
        + h.tail()
        + h.mean_of(0)
        + direct
        + h.rows.get(5).map_or(0.1, |r| r[0])
}
#[test]
fn hist() {
    check!(uses_hist(&Hist { values: values(3), rows: vec![values(2), values(3)] }, 0.7));
}
