//! Hand tracking: how far the surface of a posed hand is from measured points.

use ad_runtime::differentiate;

/// The upper three rows of an affine map.
pub type Affine = [[f64; 4]; 3];

/// A hand in its base pose.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The parent of each bone, which stands before it; the root has none.
    pub parents: Vec<Option<usize>>,
    /// Each bone in its parent's frame.
    pub base_relatives: Vec<Affine>,
    /// The inverse of each bone's frame in the base pose.
    pub inverse_base_absolutes: Vec<Affine>,
    /// The vertices of the skin.
    pub base_positions: Vec<[f64; 3]>,
    /// How much each vertex follows each bone, by vertices.
    pub weights: Vec<Vec<f64>>,
    /// The corners of the triangles of the skin.
    pub triangles: Vec<[usize; 3]>,
    /// Whether the hand is a left one.
    pub is_mirrored: bool,
}

/// Measured points, and the vertex or the triangle that each belongs to.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The hand.
    pub model: Model,
    /// A vertex or, where points lie in triangles, a triangle.
    pub correspondences: Vec<usize>,
    /// The measured points.
    pub points: Vec<[f64; 3]>,
}

#[differentiate]
fn compose(a: &Affine, b: &Affine) -> Affine {
    let mut out = [[0.0; 4]; 3];
    for i in 0..3 {
        for j in 0..4 {
            out[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
        }
        out[i][3] += a[i][3];
    }
    out
}

/// The rotation by the Euler angles of a joint, about x, then y, then z.
#[differentiate]
fn joint(x: f64, z: f64, y: f64) -> Affine {
    let (sx, cx) = x.sin_cos();
    let (sy, cy) = y.sin_cos();
    let (sz, cz) = z.sin_cos();
    [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, 0.0],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx, 0.0],
        [-sy, cy * sx, cy * cx, 0.0],
    ]
}

/// The rotation about an axis by its length in radians.
#[differentiate]
fn rotation(axis: [f64; 3]) -> [[f64; 3]; 3] {
    let norm = (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]).sqrt();
    if norm < 1e-4 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let (x, y, z) = (axis[0] / norm, axis[1] / norm, axis[2] / norm);
    let (s, c) = norm.sin_cos();
    [
        [x * x + (1.0 - x * x) * c, x * y * (1.0 - c) - z * s, x * z * (1.0 - c) + y * s],
        [x * y * (1.0 - c) + z * s, y * y + (1.0 - y * y) * c, y * z * (1.0 - c) - x * s],
        [x * z * (1.0 - c) - y * s, z * y * (1.0 - c) + x * s, z * z + (1.0 - z * z) * c],
    ]
}

/// The angles (about x, z and y) of the bone with the given index: a wrist that does not bend, and for each of
/// five fingers a bone that spreads and bends, two that bend, and a tip.
#[differentiate]
fn angles(theta: &[f64], bone: usize) -> (f64, f64) {
    if bone < 2 {
        return (0.0, 0.0);
    }
    let finger = (bone - 2) / 4;
    let at = 6 + 4 * finger;
    match (bone - 2) % 4 {
        0 if finger < 5 => (theta[at], theta[at + 1]),
        1 if finger < 5 => (theta[at + 2], 0.0),
        2 if finger < 5 => (theta[at + 3], 0.0),
        _ => (0.0, 0.0),
    }
}

/// The vertices of the skin of the posed hand.
#[differentiate]
pub fn skin(theta: &[f64], #[constant] model: &Model) -> Vec<[f64; 3]> {
    let bones = model.parents.len();
    let mut absolutes: Vec<Affine> = Vec::with_capacity(bones);
    for b in 0..bones {
        let (x, z) = angles(theta, b);
        let relative = compose(&model.base_relatives[b], &joint(x, z, 0.0));
        let absolute = match model.parents[b] {
            Some(parent) => compose(&absolutes[parent], &relative),
            None => relative,
        };
        absolutes.push(absolute);
    }
    let mut transforms: Vec<Affine> = Vec::with_capacity(bones);
    for b in 0..bones {
        transforms.push(compose(&absolutes[b], &model.inverse_base_absolutes[b]));
    }

    let turn = rotation([theta[0], theta[1], theta[2]]);
    let mirror = if model.is_mirrored { -1.0 } else { 1.0 };
    let mut positions = vec![[0.0; 3]; model.base_positions.len()];
    for v in 0..positions.len() {
        let p = model.base_positions[v];
        let mut q = [0.0; 3];
        for b in 0..bones {
            let w = model.weights[v][b];
            if w != 0.0 {
                let t = &transforms[b];
                for i in 0..3 {
                    q[i] += w * (t[i][0] * p[0] + t[i][1] * p[1] + t[i][2] * p[2] + t[i][3]);
                }
            }
        }
        q[0] *= mirror;
        for i in 0..3 {
            positions[v][i] =
                turn[i][0] * q[0] + turn[i][1] * q[1] + turn[i][2] * q[2] + theta[3 + i];
        }
    }
    positions
}

/// How far each measured point is from its vertex.
#[differentiate]
pub fn simple(theta: &[f64], #[constant] data: &Data) -> Vec<f64> {
    let skin = skin(theta, &data.model);
    let mut errors = vec![0.0; 3 * data.points.len()];
    for (p, point) in data.points.iter().enumerate() {
        let vertex = data.correspondences[p];
        for i in 0..3 {
            errors[3 * p + i] = point[i] - skin[vertex][i];
        }
    }
    errors
}

/// How far each measured point is from the place in its triangle with the barycentric coordinates `us`.
#[differentiate]
pub fn complicated(theta: &[f64], us: &[[f64; 2]], #[constant] data: &Data) -> Vec<f64> {
    let skin = skin(theta, &data.model);
    let mut errors = vec![0.0; 3 * data.points.len()];
    for (p, point) in data.points.iter().enumerate() {
        let [a, b, c] = data.model.triangles[data.correspondences[p]];
        let [u, v] = us[p];
        for i in 0..3 {
            errors[3 * p + i] =
                point[i] - (u * skin[a][i] + v * skin[b][i] + (1.0 - u - v) * skin[c][i]);
        }
    }
    errors
}

/// The columns of the Jacobian of [`simple`].
pub fn simple_columns(theta: &[f64], data: &Data) -> Vec<Vec<f64>> {
    let mut theta_dot = vec![0.0; theta.len()];
    (0..theta.len())
        .map(|i| {
            theta_dot[i] = 1.0;
            let (_, column) = simple::jvp(theta, data, &theta_dot);
            theta_dot[i] = 0.0;
            column
        })
        .collect()
}

/// The columns of the Jacobian of [`complicated`]. A point depends on its own coordinates alone, so two
/// columns hold the derivatives by all of them; those by the pose follow.
pub fn complicated_columns(theta: &[f64], us: &[[f64; 2]], data: &Data) -> Vec<Vec<f64>> {
    let mut theta_dot = vec![0.0; theta.len()];
    let column = |theta_dot: &[f64], us_dot: [f64; 2]| {
        complicated::jvp(theta, us, data, theta_dot, &vec![us_dot; us.len()]).1
    };
    let mut columns = vec![column(&theta_dot, [1.0, 0.0]), column(&theta_dot, [0.0, 1.0])];
    for i in 0..theta.len() {
        theta_dot[i] = 1.0;
        columns.push(column(&theta_dot, [0.0, 0.0]));
        theta_dot[i] = 0.0;
    }
    columns
}
