//! Gradient descent with a step that grows while it succeeds.

/// Where `f` is least, from `start`.
pub fn argmin<const N: usize>(
    f: impl Fn(&[f64; N]) -> f64,
    gradient: impl Fn(&[f64; N]) -> [f64; N],
    start: [f64; N],
) -> [f64; N] {
    let mut x = start;
    let mut value = f(&x);
    let mut slope = gradient(&x);
    let mut eta = 1e-5;
    let mut successes = 0;
    loop {
        if norm(&slope) <= 1e-5 {
            return x;
        }
        if successes == 10 {
            eta *= 2.0;
            successes = 0;
            continue;
        }
        let step = slope.map(|s| eta * s);
        let next = std::array::from_fn(|i| x[i] - step[i]);
        if norm(&std::array::from_fn::<_, N, _>(|i| x[i] - next[i])) <= 1e-5 {
            return x;
        }
        let next_value = f(&next);
        if next_value < value {
            x = next;
            value = next_value;
            slope = gradient(&x);
            successes += 1;
        } else {
            eta /= 2.0;
            successes = 0;
        }
    }
}

fn norm(v: &[f64]) -> f64 {
    v.iter().map(|v| v * v).sum::<f64>().sqrt()
}
