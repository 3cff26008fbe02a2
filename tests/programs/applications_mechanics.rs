//! Whole programs from mechanics, robotics and vision.

use ad::{check, check_vector, point, signed, values};
use ad_runtime::{Differentiable, differentiate};

#[differentiate]
fn forward_kinematics(angles: &[f64], lengths: &[f64]) -> (f64, f64) {
    let (mut x, mut y, mut heading) = (0.0, 0.0, 0.0);
    for (angle, length) in angles.iter().zip(lengths) {
        heading += angle;
        x += length * f64::cos(heading);
        y += length * f64::sin(heading);
    }
    (x, y)
}

#[differentiate]
fn reach_error(angles: &[f64], #[constant] lengths: &[f64], target: (f64, f64)) -> f64 {
    let (x, y) = forward_kinematics(angles, lengths);
    let (tx, ty) = target;
    let effort: f64 = angles.iter().map(|a| a * a).sum();
    (x - tx).powi(2) + (y - ty).powi(2) + 0.01 * effort
}

#[test]
fn check_forward_kinematics() {
    for joints in [0, 1, 2, 5] {
        check_vector!(forward_kinematics(&signed(joints, 1), &values(joints)));
        check!(reach_error(&signed(joints, 1), const &values(joints), (0.7, 0.4)));
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Rotation {
    pub rows: [[f64; 3]; 3],
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Transform {
    pub rotation: Rotation,
    pub translation: [f64; 3],
}

#[differentiate]
impl Rotation {
    #[differentiate(associated)]
    fn about_z(angle: f64) -> Rotation {
        let (s, c) = angle.sin_cos();
        Rotation { rows: [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]] }
    }

    /// Rodrigues' formula.
    #[differentiate(associated)]
    fn from_axis_angle(v: [f64; 3]) -> Rotation {
        let angle = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]).sqrt();
        let [x, y, z] = v.map(|c| c / angle);
        let (s, c) = angle.sin_cos();
        let t = 1.0 - c;
        Rotation {
            rows: [
                [t * x * x + c, t * x * y - s * z, t * x * z + s * y],
                [t * x * y + s * z, t * y * y + c, t * y * z - s * x],
                [t * x * z - s * y, t * y * z + s * x, t * z * z + c],
            ],
        }
    }

    fn apply(&self, p: [f64; 3]) -> [f64; 3] {
        self.rows.map(|row| row[0] * p[0] + row[1] * p[1] + row[2] * p[2])
    }

    fn times(&self, other: &Rotation) -> Rotation {
        let mut rows = [[0.0; 3]; 3];
        for (i, row) in rows.iter_mut().enumerate() {
            for (j, entry) in row.iter_mut().enumerate() {
                *entry = (0..3).map(|k| self.rows[i][k] * other.rows[k][j]).sum();
            }
        }
        Rotation { rows }
    }
}

#[differentiate]
impl Transform {
    fn then(&self, next: &Transform) -> Transform {
        let moved = self.rotation.apply(next.translation);
        let translation = std::array::from_fn(|i| self.translation[i] + moved[i]);
        Transform { rotation: self.rotation.times(&next.rotation), translation }
    }
}

#[differentiate]
fn arm_tip(angles: &[f64], twist: [f64; 3], link: f64) -> [f64; 3] {
    let start =
        Transform { rotation: Rotation::from_axis_angle(twist), translation: [0.0, 0.0, 0.2] };
    angles
        .iter()
        .fold(start, |frame, angle| {
            frame.then(&Transform {
                rotation: Rotation::about_z(*angle),
                translation: [link, 0.0, 0.1],
            })
        })
        .translation
}

#[test]
fn check_arm_tip() {
    for joints in [0, 1, 2, 4] {
        check_vector!(arm_tip(&signed(joints, 2), [0.3, -0.5, 0.8], 0.6));
    }
}

/// Reprojection error of points seen by a camera with radial distortion.
#[differentiate]
fn reprojection(camera: &[f64; 9], points: &[[f64; 3]], #[constant] observed: &[[f64; 2]]) -> f64 {
    let rotation = Rotation::from_axis_angle([camera[0], camera[1], camera[2]]);
    let (focal, k1, k2) = (camera[6], camera[7], camera[8]);
    let mut error = 0.0;
    for (p, o) in points.iter().zip(observed) {
        let q = rotation.apply(*p);
        let z = q[2] + camera[5];
        if z <= 0.1 {
            continue;
        }
        let (u, v) = ((q[0] + camera[3]) / z, (q[1] + camera[4]) / z);
        let r2 = u * u + v * v;
        let distortion = 1.0 + r2 * (k1 + k2 * r2);
        error += (focal * distortion * u - o[0]).powi(2) + (focal * distortion * v - o[1]).powi(2);
    }
    error
}

#[test]
fn check_reprojection() {
    let camera = [0.2, -0.3, 0.1, 0.1, -0.2, 3.0, 1.4, 0.05, -0.01];
    for n in [0, 1, 2, 4] {
        let points: Vec<[f64; 3]> =
            (0..n).map(|i| [0, 1, 2].map(|k| signed(3, i as u64)[k])).collect();
        let observed: Vec<[f64; 2]> = (0..n).map(|i| [0.1 * i as f64, -0.2]).collect();
        check!(reprojection(&camera, &points, const &observed));
    }
}

/// A double pendulum by Runge–Kutta with a closure over the parameters.
#[differentiate]
fn double_pendulum(state: [f64; 4], masses: [f64; 2], length: f64, steps: usize) -> f64 {
    const G: f64 = 9.81;
    let [m1, m2] = masses;
    let derivative = |s: &[f64; 4]| -> [f64; 4] {
        let [a, b, wa, wb] = *s;
        let d = a - b;
        let denominator = length * (2.0 * m1 + m2 - m2 * (2.0 * d).cos());
        let aa = (-G * (2.0 * m1 + m2) * a.sin()
            - m2 * G * (a - 2.0 * b).sin()
            - 2.0 * d.sin() * m2 * length * (wb * wb + wa * wa * d.cos()))
            / denominator;
        let ab = 2.0
            * d.sin()
            * ((m1 + m2) * (wa * wa * length + G * a.cos()) + wb * wb * length * m2 * d.cos())
            / denominator;
        [wa, wb, aa, ab]
    };
    let along = |s: &[f64; 4], k: &[f64; 4], h: f64| -> [f64; 4] {
        std::array::from_fn(|i| s[i] + h * k[i])
    };
    let h = 0.02;
    let mut s = state;
    for _ in 0..steps {
        let k1 = derivative(&s);
        let k2 = derivative(&along(&s, &k1, 0.5 * h));
        let k3 = derivative(&along(&s, &k2, 0.5 * h));
        let k4 = derivative(&along(&s, &k3, h));
        for (i, s) in s.iter_mut().enumerate() {
            *s += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
        }
    }
    s[0].sin() + s[1] * s[2] - s[3]
}

#[test]
fn check_double_pendulum() {
    for steps in [0, 1, 2, 5] {
        check!(double_pendulum([0.6, -0.4, 0.2, 0.1], [1.0, 0.7], 0.9, const steps));
    }
}

#[derive(Clone, Debug, Differentiable)]
pub struct Truss {
    pub nodes: Vec<[f64; 2]>,
    pub stiffness: Vec<f64>,
    #[constant]
    pub bars: Vec<(usize, usize)>,
}
point!(Truss, TrussTangent { nodes, stiffness } constant { bars });

#[differentiate]
fn strain_energy(truss: &Truss, rest_length: f64) -> f64 {
    truss
        .bars
        .iter()
        .zip(&truss.stiffness)
        .map(|(&(i, j), k)| {
            let [dx, dy] = [0, 1].map(|d| truss.nodes[i][d] - truss.nodes[j][d]);
            0.5 * k * (dx.hypot(dy) - rest_length).powi(2)
        })
        .sum()
}

#[differentiate]
fn strain_energy_of_rest(#[constant] truss: &Truss, rest_length: f64) -> f64 {
    strain_energy(truss, rest_length)
}

#[test]
fn check_strain_energy() {
    let bars = [(0, 1), (1, 2), (2, 0), (2, 3)];
    let nodes = vec![[0.0, 0.1], [1.1, -0.1], [0.4, 0.9], [1.5, 1.2]];
    for n in [0, 1, 2, 4] {
        let truss = Truss { nodes: nodes.clone(), stiffness: values(n), bars: bars[..n].to_vec() };
        check!(strain_energy(&truss, 0.8));
        check!(strain_energy_of_rest(const &truss, 0.8));
    }
}

/// A ball that bounces on the ground a number of times that depends on the data.
#[differentiate]
fn bouncing_ball(height: f64, speed: f64, restitution: f64, steps: usize) -> f64 {
    let dt = 0.05;
    let (mut y, mut v) = (height, speed);
    let mut bounces = 0;
    for _ in 0..steps {
        v -= 9.81 * dt;
        y += v * dt;
        if y < 0.0 && v < 0.0 {
            y = -restitution * y;
            v = -restitution * v;
            bounces += 1;
        }
    }
    y + 0.1 * v + bounces as f64 * restitution
}

#[test]
fn check_bouncing_ball() {
    for steps in [0, 1, 2, 40] {
        check!(bouncing_ball(1.0, 0.3, 0.8, const steps));
    }
}

/// Ray marching into a sphere with early exits.
#[differentiate]
fn ray_depth(origin: [f64; 3], direction: [f64; 3], radius: f64) -> f64 {
    let norm = direction.iter().map(|d| d * d).sum::<f64>().sqrt();
    let d = direction.map(|c| c / norm);
    let mut t = 0.0;
    for _ in 0..200 {
        let p: [f64; 3] = std::array::from_fn(|i| origin[i] + t * d[i]);
        let distance = p.iter().map(|c| c * c).sum::<f64>().sqrt() - radius;
        if distance < 1e-12 {
            return t;
        }
        if t > 50.0 {
            return 50.0 * radius;
        }
        t += distance;
    }
    t
}

#[test]
fn check_ray_depth() {
    check!(ray_depth([0.0, 0.0, -3.0], [0.1, -0.05, 1.0], 1.2));
    check!(ray_depth([0.0, 0.0, -3.0], [1.0, 0.0, -1.0], 1.2));
}
