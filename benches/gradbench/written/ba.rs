//! Bundle adjustment: both rows of an observation from one forward sweep.

use crate::problems::ba::Block;

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// The axis of a rotation, and what turning a point by it takes.
struct Turn {
    theta: f64,
    sin: f64,
    cos: f64,
    w: [f64; 3],
    crossed: [f64; 3],
    along: f64,
}

impl Turn {
    fn new(axis: [f64; 3], point: [f64; 3]) -> Turn {
        let theta = dot(axis, axis).sqrt();
        let (sin, cos) = theta.sin_cos();
        let w = axis.map(|a| a / theta);
        Turn { theta, sin, cos, w, crossed: cross(w, point), along: dot(w, point) }
    }

    fn point(&self, point: [f64; 3]) -> [f64; 3] {
        let rest = self.along * (1.0 - self.cos);
        std::array::from_fn(|i| point[i] * self.cos + self.crossed[i] * self.sin + self.w[i] * rest)
    }

    /// The cotangents of the axis and of the point.
    fn back(&self, point: [f64; 3], out_bar: [f64; 3]) -> ([f64; 3], [f64; 3]) {
        let rest = self.along * (1.0 - self.cos);
        let rest_bar = dot(out_bar, self.w);
        let along_bar = rest_bar * (1.0 - self.cos);
        let cos_bar = dot(out_bar, point) - rest_bar * self.along;
        let sin_bar = dot(out_bar, self.crossed);
        let crossed_bar = out_bar.map(|o| o * self.sin);
        let to_w = cross(point, crossed_bar);
        let to_point = cross(crossed_bar, self.w);
        let w_bar: [f64; 3] =
            std::array::from_fn(|i| out_bar[i] * rest + to_w[i] + along_bar * point[i]);
        let point_bar =
            std::array::from_fn(|i| out_bar[i] * self.cos + to_point[i] + along_bar * self.w[i]);
        let theta_bar = sin_bar * self.cos - cos_bar * self.sin - dot(w_bar, self.w) / self.theta;
        let axis_bar = std::array::from_fn(|i| w_bar[i] / self.theta + theta_bar * self.w[i]);
        (axis_bar, point_bar)
    }
}

pub fn block(camera: &[f64; 11], point: &[f64; 3], weight: f64, feature: &[f64; 2]) -> Block {
    let axis = [camera[0], camera[1], camera[2]];
    let from_centre = [point[0] - camera[3], point[1] - camera[4], point[2] - camera[5]];
    let still = axis == [0.0; 3];
    let turn = Turn::new(axis, from_centre);
    let [px, py, z] = if still {
        let crossed = cross(axis, from_centre);
        std::array::from_fn(|i| from_centre[i] + crossed[i])
    } else {
        turn.point(from_centre)
    };
    let (x, y) = (px / z, py / z);
    let r2 = x * x + y * y;
    let distortion = 1.0 + camera[9] * r2 + camera[10] * r2 * r2;
    let focal = camera[6];
    let slope = 2.0 * (camera[9] + 2.0 * camera[10] * r2);
    [[1.0, 0.0], [0.0, 1.0]].map(|out: [f64; 2]| {
        let (u_bar, v_bar) = (out[0] * weight, out[1] * weight);
        let weight_bar = out[0] * (x * distortion * focal + camera[7] - feature[0])
            + out[1] * (y * distortion * focal + camera[8] - feature[1]);
        let along = u_bar * x + v_bar * y;
        let distortion_bar = along * focal;
        let x_bar = u_bar * distortion * focal + distortion_bar * slope * x;
        let y_bar = v_bar * distortion * focal + distortion_bar * slope * y;
        let p_bar = [x_bar / z, y_bar / z, -(x_bar * x + y_bar * y) / z];
        let (axis_bar, point_bar) = if still {
            let to_point = cross(p_bar, axis);
            (cross(from_centre, p_bar), std::array::from_fn(|i| p_bar[i] + to_point[i]))
        } else {
            turn.back(from_centre, p_bar)
        };
        let camera_bar = [
            axis_bar[0],
            axis_bar[1],
            axis_bar[2],
            -point_bar[0],
            -point_bar[1],
            -point_bar[2],
            along * distortion,
            u_bar,
            v_bar,
            distortion_bar * r2,
            distortion_bar * r2 * r2,
        ];
        (camera_bar, point_bar, weight_bar)
    })
}
