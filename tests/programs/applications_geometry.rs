//! Calibration of a robot arm, reprojection of points by cameras, and a controller of modes.

use ad::{check, point};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Dh {
    pub a: f64,
    pub alpha: f64,
    pub d: f64,
    pub offset: f64,
}
point!(Dh, DhTangent { a, alpha, d, offset });

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Mat<const R: usize, const C: usize>(pub [[f64; C]; R]);

impl<const N: usize> Mat<N, N> {
    #[differentiate(associated)]
    fn scaled_identity(s: f64) -> Self {
        let mut m = [[0.0; N]; N];
        for i in 0..N {
            m[i][i] = s;
        }
        Mat(m)
    }
}
#[differentiate]
impl<const R: usize, const K: usize, const C: usize> std::ops::Mul<Mat<K, C>> for Mat<R, K> {
    type Output = Mat<R, C>;
    fn mul(self, rhs: Mat<K, C>) -> Mat<R, C> {
        let mut out = [[0.0; C]; R];
        for (i, row) in out.iter_mut().enumerate() {
            for (j, o) in row.iter_mut().enumerate() {
                *o = (0..K).map(|k| self.0[i][k] * rhs.0[k][j]).sum();
            }
        }
        Mat(out)
    }
}
#[differentiate]
impl Dh {
    fn transform(&self, theta: f64) -> Mat<4, 4> {
        let (st, ct) = (theta + self.offset).sin_cos();
        let (sa, ca) = self.alpha.sin_cos();
        Mat([
            [ct, -st * ca, st * sa, self.a * ct],
            [st, ct * ca, -ct * sa, self.a * st],
            [0.0, sa, ca, self.d],
            [0.0, 0.0, 0.0, 1.0],
        ])
    }
}
#[differentiate]
fn tool_position(links: &[Dh], #[constant] angles: &[f64]) -> [f64; 3] {
    let pose = links
        .iter()
        .zip(angles)
        .map(|(link, &q)| link.transform(q))
        .fold(Mat::<4, 4>::scaled_identity(1.0), |acc, t| acc * t);
    let Mat([[.., x], [.., y], [.., z], _]) = pose;
    [x, y, z]
}
#[differentiate]
fn calibration_cost(links: &[Dh], #[constant] samples: &[(Vec<f64>, [f64; 3])]) -> f64 {
    let mut total = 0.0;
    for (angles, measured) in samples {
        let p = tool_position(links, angles);
        total += p.iter().zip(measured).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    }
    total / samples.len() as f64
}

#[test]
fn robot() {
    let links = vec![
        Dh { a: 0.3, alpha: 0.5, d: 0.1, offset: 0.05 },
        Dh { a: 0.4, alpha: -0.3, d: 0.2, offset: -0.02 },
        Dh { a: 0.2, alpha: 1.2, d: 0.15, offset: 0.01 },
    ];
    let samples =
        vec![(vec![0.1, 0.2, 0.3], [0.5, 0.1, 0.2]), (vec![0.5, -0.2, 0.7], [0.4, 0.3, 0.3])];
    check!(calibration_cost(&links, const &samples));
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Camera {
    pub focal: f64,
    pub center: (f64, f64),
    pub k: [f64; 2],
}
point!(Camera, CameraTangent { focal, center, k });
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Pose {
    pub r: [f64; 3],
    pub t: [f64; 3],
}
point!(Pose, PoseTangent { r, t });

#[differentiate]
fn cross(a: &[f64; 3], b: &[f64; 3]) -> [f64; 3] {
    let [a0, a1, a2] = *a;
    let &[b0, b1, b2] = b;
    [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
}
#[differentiate]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
#[differentiate]
fn rotate(r: &[f64; 3], p: [f64; 3]) -> [f64; 3] {
    let angle = dot(r, r).sqrt();
    if angle < 1e-12 {
        let c = cross(r, &p);
        return [p[0] + c[0], p[1] + c[1], p[2] + c[2]];
    }
    let axis = r.map(|v| v / angle);
    let (s, c) = angle.sin_cos();
    let along = dot(&axis, &p) * (1.0 - c);
    let side = cross(&axis, &p);
    std::array::from_fn(|i| p[i] * c + side[i] * s + axis[i] * along)
}
#[differentiate]
fn project(camera: &Camera, pose: &Pose, point: [f64; 3]) -> Option<(f64, f64)> {
    let mut q = rotate(&pose.r, point);
    q.iter_mut().zip(pose.t.iter()).for_each(|(qi, ti)| *qi += ti);
    let [x, y, z] = q;
    if z <= 1e-6 {
        return None;
    }
    let (u, v) = (x / z, y / z);
    let r2 = u.mul_add(u, v * v);
    let d = 1.0 + r2 * (camera.k[0] + r2 * camera.k[1]);
    Some((camera.focal * d * u + camera.center.0, camera.focal * d * v + camera.center.1))
}
#[differentiate]
fn reprojection(
    camera: &Camera,
    poses: &[Pose],
    points: &[[f64; 3]],
    #[constant] obs: &[(usize, usize, f64, f64)],
) -> f64 {
    obs.iter()
        .filter_map(|&(c, p, u, v)| {
            let (pu, pv) = project(camera, &poses[c], points[p])?;
            let e = ((pu - u).powi(2) + (pv - v).powi(2)).sqrt();
            // Huber
            Some(if e <= 1.0 { 0.5 * e * e } else { e - 0.5 })
        })
        .sum::<f64>()
}
#[test]
fn camera() {
    let cam = Camera { focal: 1.2, center: (0.1, -0.2), k: [0.01, -0.02] };
    let poses = vec![
        Pose { r: [0.1, 0.2, -0.1], t: [0.0, 0.1, 3.0] },
        Pose { r: [0.0, 0.0, 0.0], t: [0.3, -0.1, 4.0] },
    ];
    let pts = vec![[0.3, 0.4, 0.5], [-0.2, 0.1, 0.3], [0.1, 0.2, -9.0]];
    let obs = vec![(0, 0, 0.3, 0.1), (0, 1, 2.5, 0.1), (1, 1, 0.0, 0.2), (1, 2, 0.0, 0.0)];
    check!(reprojection(&cam, &poses, &pts, const &obs));
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Rising,
    Settling { since: usize },
    Done,
}
#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
pub struct Gains {
    pub kp: f64,
    pub ki: f64,
    pub kd: f64,
}
point!(Gains, GainsTangent { kp, ki, kd });
#[differentiate]
fn rollout(gains: &Gains, #[constant] target: f64, #[constant] dt: f64) -> f64 {
    let Gains { kp, ki, kd } = *gains;
    let (mut x, mut v) = (0.0_f64, 0.0_f64);
    let mut integral = 0.0;
    let mut previous = None;
    let mut mode = Mode::Rising;
    let mut cost = 0.0;
    for step in 0..40 {
        let error = target - x;
        integral += error * dt;
        let derivative = match previous {
            Some(p) => (error - p) / dt,
            None => 0.0,
        };
        previous = Some(error);
        let u = (kp * error + ki * integral + kd * derivative).clamp(-5.0, 5.0);
        v += (u - 0.4 * v) * dt;
        x += v * dt;
        mode = match mode {
            Mode::Rising if x > 0.9 * target => Mode::Settling { since: step },
            Mode::Settling { since } if step - since > 20 => Mode::Done,
            other => other,
        };
        cost += match mode {
            Mode::Rising => 2.0 * error * error,
            Mode::Settling { .. } => error.abs() + 0.01 * u * u,
            Mode::Done => break,
        } * dt;
    }
    cost
}
#[test]
fn pid() {
    check!(rollout(&Gains { kp: 4.0, ki: 0.5, kd: 0.3 }, const 1.0, const 0.1));
}
