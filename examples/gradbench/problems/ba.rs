//! Bundle adjustment: where cameras see points, against where they were seen.

use ad_runtime::differentiate;

#[differentiate]
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[differentiate]
fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The point turned about an axis by the axis's length in radians (Rodrigues).
#[differentiate]
fn rotate(axis: [f64; 3], point: [f64; 3]) -> [f64; 3] {
    let theta2 = dot(axis, axis);
    if theta2 == 0.0 {
        let turned = cross(axis, point);
        return [point[0] + turned[0], point[1] + turned[1], point[2] + turned[2]];
    }
    let theta = theta2.sqrt();
    let (sin, cos) = theta.sin_cos();
    let w = [axis[0] / theta, axis[1] / theta, axis[2] / theta];
    let turned = cross(w, point);
    let along = dot(w, point) * (1.0 - cos);
    [
        point[0] * cos + turned[0] * sin + w[0] * along,
        point[1] * cos + turned[1] * sin + w[1] * along,
        point[2] * cos + turned[2] * sin + w[2] * along,
    ]
}

/// How far a point is seen from `feature`, times the weight. A camera has its rotation (3 numbers), its
/// centre (3), the focal length, the principal point (2) and the radial distortion (2).
#[differentiate]
pub fn reprojection(
    camera: &[f64; 11],
    point: &[f64; 3],
    weight: f64,
    #[constant] feature: &[f64; 2],
) -> [f64; 2] {
    let from_centre = [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]];
    let [x, y, z] = rotate([camera[0], camera[1], camera[2]], from_centre);
    let (x, y) = (x / z, y / z);
    let r2 = x * x + y * y;
    let distortion = 1.0 + camera[9] * r2 + camera[10] * r2 * r2;
    let focal = camera[6];
    [
        weight * (x * distortion * focal + camera[7] - feature[0]),
        weight * (y * distortion * focal + camera[8] - feature[1]),
    ]
}

/// How far a weight is from 1.
#[differentiate]
pub fn weight_error(w: f64) -> f64 {
    1.0 - w * w
}

/// Cameras, points, and which camera saw which point where.
#[derive(Clone, Debug)]
pub struct Scene {
    pub cameras: Vec<[f64; 11]>,
    pub points: Vec<[f64; 3]>,
    /// The weight of each observation.
    pub weights: Vec<f64>,
    pub features: Vec<[f64; 2]>,
    /// The camera and the point of each observation.
    pub observations: Vec<(usize, usize)>,
}

/// The errors of all observations.
pub fn errors(scene: &Scene) -> (Vec<[f64; 2]>, Vec<f64>) {
    let reprojections = scene
        .observations
        .iter()
        .enumerate()
        .map(|(i, &(c, p))| {
            reprojection(&scene.cameras[c], &scene.points[p], scene.weights[i], &scene.features[i])
        })
        .collect();
    (reprojections, scene.weights.iter().map(|w| weight_error(*w)).collect())
}

/// The entries of a row of a reprojection: a camera, a point, a weight.
pub const ROW: usize = 11 + 3 + 1;

/// A sparse matrix by rows: where each row starts in the lists of columns and values.
#[derive(Clone, Debug, Default)]
pub struct Sparse {
    pub rows: Vec<usize>,
    pub columns: Vec<usize>,
    pub values: Vec<f64>,
}

/// The derivatives of all errors by all cameras, points and weights.
pub fn jacobian(scene: &Scene) -> Sparse {
    jacobian_by(scene, |camera, point, weight, feature| {
        let (_, pullback) = reprojection::vjp(camera, point, weight, feature);
        [[1.0, 0.0], [0.0, 1.0]].map(pullback)
    })
}

/// The derivatives of one observation's two errors by its camera, point and weight.
pub type Block = [([f64; 11], [f64; 3], f64); 2];

/// The Jacobian from that of each observation.
pub fn jacobian_by(
    scene: &Scene,
    block: impl Fn(&[f64; 11], &[f64; 3], f64, &[f64; 2]) -> Block,
) -> Sparse {
    let count = scene.observations.len();
    let entries = 2 * ROW * count + count;
    let mut sparse = Sparse {
        rows: Vec::with_capacity(3 * count + 1),
        columns: Vec::with_capacity(entries),
        values: Vec::with_capacity(entries),
    };
    sparse.rows.push(0);
    let points_at = 11 * scene.cameras.len();
    let weights_at = points_at + 3 * scene.points.len();
    for (i, &(c, p)) in scene.observations.iter().enumerate() {
        let rows = block(&scene.cameras[c], &scene.points[p], scene.weights[i], &scene.features[i]);
        for (camera, point, weight) in rows {
            sparse.columns.extend(11 * c..11 * c + 11);
            sparse.values.extend(camera);
            sparse.columns.extend(points_at + 3 * p..points_at + 3 * p + 3);
            sparse.values.extend(point);
            sparse.columns.push(weights_at + i);
            sparse.values.push(weight);
            sparse.rows.push(sparse.columns.len());
        }
    }
    for (i, w) in scene.weights.iter().enumerate() {
        sparse.columns.push(weights_at + i);
        sparse.values.push(weight_error::grad(*w));
        sparse.rows.push(sparse.columns.len());
    }
    sparse
}
