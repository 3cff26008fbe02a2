//! Loops that overwrite elements one after the other, which are kept as a span or not at all.

use ad::{check, check_in_place, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 7];

#[differentiate]
fn relaxed(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let mut y = vec![0.5; n];
    let mut next = vec![0.0; n];
    for _ in 0..steps {
        for i in 0..n {
            next[i] = (y[i] * x[i]).sin();
        }
        for i in 0..n {
            y[i] += 0.3 * next[i] * next[i];
        }
    }
    y.iter().sum()
}

#[test]
fn check_relaxed() {
    for n in SIZES {
        for steps in SIZES {
            check!(relaxed(&values(n), const steps));
        }
    }
}

/// The reversed body reads what the element was before.
#[differentiate]
fn squared(x: &mut [f64], k: f64) {
    for i in 0..x.len() {
        x[i] = k * x[i] * x[i];
    }
}

/// The reversed body reads what the element is afterwards.
#[differentiate]
fn read_afterwards(y: &[f64], k: f64) -> f64 {
    let mut x = y.to_vec();
    let mut s = x.iter().sum::<f64>();
    for i in 0..x.len() {
        x[i] = k * i as f64;
        s += x[i] * x[i] * k;
    }
    s
}

/// Both.
#[differentiate]
fn read_twice(y: &[f64], k: f64) -> f64 {
    let mut x = y.to_vec();
    let mut s = 0.0;
    for i in 0..x.len() {
        x[i] = k * x[i] * x[i];
        s += x[i].exp();
    }
    s
}

/// Other elements are read as they are by then.
#[differentiate]
fn sweep(u: &mut [f64], k: f64) {
    for _ in 0..2 {
        for i in 1..u.len().max(1) - 1 {
            u[i] = k * u[i - 1] * u[i + 1] + u[i];
        }
    }
}

#[differentiate]
fn backwards(u: &mut [f64], k: f64) {
    for i in (0..u.len()).rev() {
        let old = u[i];
        u[i] *= old * k;
    }
}

#[test]
fn check_elements() {
    for n in SIZES {
        check_in_place!(squared(&mut values(n), 0.7));
        check!(read_afterwards(&values(n), 0.7));
        check!(read_twice(&values(n), 0.7));
        check_in_place!(sweep(&mut values(n), 0.7));
        check_in_place!(backwards(&mut values(n), 0.7));
    }
}

/// A loop that does not run leaves a slice alone that is shorter than the range says.
#[differentiate]
fn empty_range(x: &mut [f64], k: f64, from: usize, to: usize) {
    for i in from..to {
        x[i] = x[i] * x[i] * k;
    }
}

#[test]
fn check_empty_range() {
    for (from, to) in [(0, 0), (1, 3), (5, 3), (9, 9), (4, 5)] {
        check_in_place!(empty_range(&mut values(5), 0.7, const from, const to));
    }
}

/// A matrix by rows, one of which is overwritten at a time.
#[differentiate]
fn by_rows(m: &[f64], n: usize) -> f64 {
    let mut a = m.to_vec();
    let rows = a.len() / n.max(1);
    for r in 0..rows {
        for c in 0..n {
            a[r * n + c] = (a[r * n + c] * m[c]).tanh();
        }
        for c in 0..n {
            a[c + r * n] *= a[c + r * n];
        }
    }
    let mut s = 0.0;
    for r in 0..rows {
        s += a[r * n..(r + 1) * n].iter().sum::<f64>() * m[r];
    }
    s
}

#[test]
fn check_by_rows() {
    for n in [1, 2, 3] {
        check!(by_rows(&values(6), const n));
    }
}

#[differentiate]
fn grid<const N: usize>(m: [[f64; N]; 2], k: f64) -> f64 {
    let mut a = m;
    for row in 0..2 {
        for c in 0..N {
            a[row][c] = k * a[row][c] * a[row][c];
        }
        for e in a[row].iter_mut() {
            *e = e.sin();
        }
    }
    a.iter().flatten().map(|e| e * e).sum()
}

#[test]
fn check_grid() {
    check!(grid([[0.4, -0.8, 1.2], [0.3, 0.9, -0.2]], 0.7));
    check!(grid([[0.4], [0.3]], 0.7));
}

#[differentiate]
fn fill(z: &mut [f64], x: &[f64], k: f64) {
    for i in 0..z.len() {
        z[i] = k * x[i];
    }
}

/// Leaves elements as they are, so their old value counts.
#[differentiate]
fn fill_some(z: &mut [f64], x: &[f64], k: f64) {
    for (i, z) in z.iter_mut().enumerate() {
        if i % 2 == 0 {
            *z = k * x[i];
        }
    }
}

#[differentiate]
fn fold_in(z: &mut [f64], x: &[f64], k: f64) {
    for i in 0..z.len() {
        z[i] = k * x[i] * z[i];
    }
}

#[differentiate]
fn filled_again(x: &[f64], k: f64, steps: usize) -> f64 {
    let mut work = vec![0.1; x.len()];
    let mut y = x.to_vec();
    for step in 0..steps {
        fill(&mut work, &y, k);
        if step % 2 == 0 {
            fill_some(&mut work, x, k * k);
        }
        fold_in(&mut work, &y, k + 0.2);
        for i in 0..y.len() {
            y[i] += 0.1 * work[i] * work[i];
        }
        fill_some(&mut work, &y, k);
    }
    y.iter().zip(&work).map(|(y, w)| y * w).sum()
}

#[test]
fn check_filled_again() {
    for n in SIZES {
        for steps in [0, 1, 2, 5] {
            check!(filled_again(&values(n), 0.6, const steps));
        }
    }
}

#[test]
fn callees_tell_whether_they_read_what_they_overwrite() {
    assert_eq!(fill::__READS, [false; 3]);
    assert!(fold_in::__READS[0] && !fold_in::__READS[1]);
}

/// A range that reaches beyond the elements, and a loop that stops before their end.
#[differentiate]
fn until_large(x: &[f64], k: f64) -> f64 {
    let mut y = x.to_vec();
    let mut s = 0.0;
    for i in 0..1000 {
        y[i] = k * y[i] * y[i];
        s += y[i] * x[i];
        if i + 1 == x.len() {
            break;
        }
    }
    s
}

#[test]
fn check_until_large() {
    for n in [1, 2, 5] {
        check!(until_large(&values(n), 0.7));
    }
}

/// Bounds that change, of which a slice asks for the elements alone.
#[differentiate]
fn moving_windows(x: &[f64], k: f64) -> f64 {
    let mut ends = vec![1; 2];
    let mut s = 0.0;
    for i in 1..x.len() {
        let window = &x[0..ends[1]];
        s += k * window.iter().map(|v| v * v).sum::<f64>();
        ends[1] = i + 1;
        s *= 1.0 + 0.1 * x[..ends[1]].iter().sum::<f64>();
    }
    s
}

#[test]
fn check_moving_windows() {
    for n in [1, 2, 3, 6] {
        check!(moving_windows(&values(n), 0.7));
    }
}

/// Spans of several lengths, kept in nested loops and in one arm of a branch, and read after they were put back.
#[differentiate]
fn swept(x: &[f64], steps: usize) -> f64 {
    let n = x.len();
    let mut y = x.to_vec();
    let mut total = 0.0;
    for t in 0..steps {
        for k in 1..=n {
            for i in 0..k {
                y[i] = (y[i] * x[k - 1]).sin() + 0.1;
            }
            total += y[k - 1] * y[0];
        }
        if t % 2 == 1 {
            for i in 0..n / 2 {
                y[i] *= y[i];
            }
        }
    }
    total
}

#[test]
fn check_swept() {
    for n in [0, 1, 2, 5] {
        for steps in [0, 1, 2, 5] {
            check!(swept(&values(n), const steps));
        }
    }
}

/// What each row adds to one element of a cotangent is added up, also where rows are empty and there is none.
#[differentiate]
fn triangle(lower: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    let mut out = vec![0.0; n];
    let mut start = 0;
    for j in 0..n {
        for i in j + 1..n {
            out[i] += lower[start + i - j - 1] * x[j];
        }
        start += n - j - 1;
    }
    let mut rest = 0.0;
    for j in 0..=n {
        for i in 0..n.saturating_sub(2 * j) {
            rest += out[i] * x[j] * x[i];
        }
    }
    out.iter().map(|v| v * v).sum::<f64>() + rest
}

#[test]
fn check_triangle() {
    for n in [0usize, 1, 2, 5] {
        check!(triangle(&values(n * n.saturating_sub(1) / 2), &values(n)));
    }
}
