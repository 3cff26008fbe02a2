//! Clustering: the sum of the squared distances of points to the centroid next to each.

use ad_runtime::differentiate;

#[differentiate]
fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// `points` and `centroids` have `d` coordinates each, one after the other.
#[differentiate]
pub fn cost(#[constant] points: &[f64], centroids: &[f64], d: usize) -> f64 {
    let mut cost = 0.0;
    for point in points.chunks_exact(d) {
        let mut closest = f64::INFINITY;
        for centroid in centroids.chunks_exact(d) {
            closest = closest.min(squared_distance(point, centroid));
        }
        cost += closest;
    }
    cost
}
