//! The problems of one loop nest.

/// The minor and its gradient: the recursion gives the values that the row needs.
fn minor(a: &[f64], n: usize, row: usize, columns: u32, out_bar: f64, a_bar: &mut [f64]) -> f64 {
    if row == n {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 0..n {
        if columns & (1 << j) != 0 {
            let at = row * n + j;
            let below = minor(a, n, row + 1, columns & !(1 << j), out_bar * sign * a[at], a_bar);
            a_bar[at] += out_bar * sign * below;
            sum += sign * a[at] * below;
            sign = -sign;
        }
    }
    sum
}

pub fn determinant(a: &[f64], n: usize, out_bar: f64, a_bar: &mut [f64]) -> f64 {
    minor(a, n, 0, (1 << n) - 1, out_bar, a_bar)
}

/// The largest element has the slope of the others: its part in the maximum cancels.
pub fn log_sum_exp(x: &[f64], out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let mut max = f64::NEG_INFINITY;
    for x in x {
        max = max.max(*x);
    }
    let mut exps = Vec::with_capacity(x.len());
    let mut sum = 0.0;
    for x in x {
        let e = (x - max).exp();
        exps.push(e);
        sum += e;
    }
    let slope = out_bar / sum;
    for (x_bar, e) in x_bar.iter_mut().zip(&exps) {
        *x_bar += slope * e;
    }
    max + sum.ln()
}

/// The powers of a point are kept for the second loop.
pub fn least_squares(x: &[f64], n: usize, out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let x_bar = &mut x_bar[..x.len()];
    let mut powers = vec![0.0; x.len()];
    let mut sum = 0.0;
    for i in 0..n {
        let t = -1.0 + i as f64 * 2.0 / (n as f64 - 1.0);
        let mut residual: f64 = if t == 0.0 { 0.0 } else { t.signum() };
        let mut power = 1.0;
        for (x, kept) in x.iter().zip(&mut powers) {
            residual -= x * power;
            *kept = power;
            power *= t;
        }
        sum += residual * residual;
        let slope = out_bar * residual;
        for j in 0..x.len() {
            x_bar[j] -= slope * powers[j];
        }
    }
    0.5 * sum
}

/// Only the centroid next to a point has a derivative by it.
pub fn clusters(
    points: &[f64],
    centroids: &[f64],
    d: usize,
    out_bar: f64,
    centroids_bar: &mut [f64],
) -> f64 {
    let mut cost = 0.0;
    for point in points.chunks_exact(d) {
        let (mut closest, mut at) = (f64::INFINITY, 0);
        for (j, centroid) in centroids.chunks_exact(d).enumerate() {
            let mut distance = 0.0;
            for (a, b) in point.iter().zip(centroid) {
                distance += (a - b) * (a - b);
            }
            if distance < closest {
                (closest, at) = (distance, j);
            }
        }
        cost += closest;
        let part = at * d..(at + 1) * d;
        for ((bar, c), p) in centroids_bar[part.clone()].iter_mut().zip(&centroids[part]).zip(point)
        {
            *bar += 2.0 * out_bar * (c - p);
        }
    }
    cost
}

fn slope(x: &[f64], y: &[f64], z: &mut [f64]) {
    let n = x.len();
    let (y, z) = (&y[..n], &mut z[..n]);
    z[0] = x[0];
    for i in 1..n {
        z[i] = x[i] * y[i - 1];
    }
}

/// The arguments of the stages after the first.
fn stages(x: &[f64], y: &[f64], h: f64, stages: &mut [Vec<f64>; 3], k: &mut [f64]) {
    let n = x.len();
    let [s2, s3, s4] = stages;
    slope(x, y, k);
    for ((s, y), k) in s2[..n].iter_mut().zip(y).zip(&*k) {
        *s = y + 0.5 * h * k;
    }
    slope(x, s2, k);
    for ((s, y), k) in s3[..n].iter_mut().zip(y).zip(&*k) {
        *s = y + 0.5 * h * k;
    }
    slope(x, s3, k);
    for ((s, y), k) in s4[..n].iter_mut().zip(y).zip(&*k) {
        *s = y + h * k;
    }
}

/// One stage back: `weight` is that of its slope in the step, and `ahead` the cotangent of the argument of
/// the next stage, which took `reach` of this slope. Leaves the cotangent of this stage's argument in `bar`.
fn stage_back(
    x: &[f64],
    argument: &[f64],
    y_bar: &[f64],
    (weight, reach): (f64, f64),
    ahead: &[f64],
    bar: &mut [f64],
    x_bar: &mut [f64],
) {
    let n = x.len();
    let (argument, y_bar, ahead) = (&argument[..n], &y_bar[..n], &ahead[..n]);
    let (bar, x_bar) = (&mut bar[..n], &mut x_bar[..n]);
    x_bar[0] += weight * y_bar[0] + reach * ahead[0];
    for i in 1..n {
        let slope_bar = weight * y_bar[i] + reach * ahead[i];
        x_bar[i] += slope_bar * argument[i - 1];
        bar[i - 1] = x[i] * slope_bar;
    }
    bar[n - 1] = 0.0;
}

/// The last component after the steps. The solution before each step is kept, its stages are computed again.
pub fn last(x: &[f64], steps: usize, out_bar: f64, x_bar: &mut [f64]) -> f64 {
    let n = x.len();
    let h = 2.0 / steps as f64;
    let mut y = vec![0.0; n];
    let mut states = Vec::with_capacity(steps * n);
    let mut arguments = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
    let mut k = vec![0.0; n];
    for _ in 0..steps {
        states.extend_from_slice(&y);
        stages(x, &y, h, &mut arguments, &mut k);
        let [s2, s3, s4] = &arguments;
        y[0] += h * x[0];
        let before = &states[states.len() - n..];
        for i in 1..n {
            y[i] +=
                h / 6.0 * x[i] * (before[i - 1] + 2.0 * s2[i - 1] + 2.0 * s3[i - 1] + s4[i - 1]);
        }
    }
    let out = y[n - 1];

    let mut y_bar = vec![0.0; n];
    y_bar[n - 1] = out_bar;
    let mut bars = [vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]];
    let none = vec![0.0; n];
    for before in states.chunks_exact(n).rev() {
        stages(x, before, h, &mut arguments, &mut k);
        let [s2, s3, s4] = &arguments;
        let [b1, b2, b3, b4] = &mut bars;
        stage_back(x, s4, &y_bar, (h / 6.0, 0.0), &none, b4, x_bar);
        stage_back(x, s3, &y_bar, (h / 3.0, h), b4, b3, x_bar);
        stage_back(x, s2, &y_bar, (h / 3.0, 0.5 * h), b3, b2, x_bar);
        stage_back(x, before, &y_bar, (h / 6.0, 0.5 * h), b2, b1, x_bar);
        for i in 0..n {
            y_bar[i] += b1[i] + b2[i] + b3[i] + b4[i];
        }
    }
    out
}
