//! Clustering: the sum of the squared distances of points to the centroid next to each.

use ad_runtime::differentiate;

#[differentiate(order = 2)]
fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// `points` and `centroids` have `d` coordinates each, one after the other.
#[differentiate(order = 2)]
pub fn cost(#[constant] points: &[f64], centroids: &[f64], d: usize) -> f64 {
    let mut cost = 0.0;
    for point in points.chunks_exact(d) {
        cost += centroids
            .chunks_exact(d)
            .map(|centroid| squared_distance(point, centroid))
            .fold(f64::INFINITY, f64::min);
    }
    cost
}

#[differentiate]
fn slope(#[constant] points: &[f64], centroids: &[f64], d: usize) -> Vec<f64> {
    cost::grad(points, centroids, d)
}

/// The step of Newton's method: the gradient, divided by the Hessian. That is diagonal, so one product tells it all.
pub fn direction(points: &[f64], centroids: &[f64], d: usize) -> Vec<f64> {
    let (gradient, diagonal) = slope::jvp(points, centroids, d, &vec![1.0; centroids.len()]);
    gradient.iter().zip(diagonal).map(|(g, h)| g / h).collect()
}
