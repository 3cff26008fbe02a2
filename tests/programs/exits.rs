//! Early exits: `return` from any depth, labelled `break` and `continue`, labelled blocks.

use ad::{check, check_vector, signed, values};
use ad_runtime::differentiate;

const SIZES: [usize; 4] = [0, 1, 2, 8];

#[differentiate]
fn newton_root(start: f64, a: f64, b: f64) -> f64 {
    let mut x = start;
    for _ in 0..100 {
        let f = x * x * x + a * x - b;
        if f.abs() < 1e-13 {
            return x;
        }
        x -= f / (3.0 * x * x + a);
    }
    x
}

#[differentiate]
fn newton_root_from_constant(#[constant] start: f64, a: f64, b: f64) -> f64 {
    newton_root(start, a, b)
}

#[test]
fn check_newton_root() {
    check!(newton_root(1.1, 0.7, 2.2));
    check!(newton_root_from_constant(const 1.1, 0.7, 2.2));
}

#[differentiate]
fn first_above(x: &[f64], threshold: f64) -> f64 {
    let mut weight = 1.0;
    for (i, &v) in x.iter().enumerate() {
        if v > threshold {
            return v * weight + i as f64 * threshold;
        }
        weight *= 0.5 + v;
    }
    -weight
}

#[test]
fn check_first_above() {
    for n in SIZES {
        check!(first_above(&values(n), 1.2));
        check!(first_above(&values(n), 9.0));
    }
}

#[differentiate]
fn skip_negative(x: &[f64], scale: f64) -> f64 {
    let mut product = scale;
    for v in x {
        if *v < 0.0 {
            continue;
        }
        product *= v + 1.0;
        if product > 6.0 {
            break;
        }
        product += 0.1 * v;
    }
    product
}

#[test]
fn check_skip_negative() {
    for n in SIZES {
        check!(skip_negative(&signed(n, 9), 0.8));
        check!(skip_negative(&signed(n, 9), 5.0));
    }
}

#[differentiate]
fn find_in_matrix(a: &[f64], columns: usize, limit: f64) -> f64 {
    let mut sum = 0.0;
    'rows: for row in 0..a.len() / columns {
        let mut row_sum = 0.0;
        for column in 0..columns {
            let v = a[row * columns + column];
            if v < -0.8 {
                sum += 0.5 * row_sum;
                continue 'rows;
            }
            row_sum += v * v;
            if row_sum > limit {
                sum *= row_sum;
                break 'rows;
            }
        }
        sum += row_sum.sqrt() + 0.1;
    }
    sum
}

#[test]
fn check_find_in_matrix() {
    for rows in [0, 1, 2, 6] {
        check!(find_in_matrix(&signed(3 * rows, 10), const 3, 50.0));
        check!(find_in_matrix(&signed(3 * rows, 10), const 3, 1.1));
    }
}

#[differentiate]
fn return_from_nested_loops(x: &[f64], target: f64) -> f64 {
    let mut tried = 0.0;
    for i in 0..x.len() {
        let mut j = 0;
        while j < i {
            let product = x[i] * x[j];
            tried += product;
            if product > target {
                if tried > 100.0 {
                    return 0.0;
                }
                return tried * product;
            }
            j += 1;
        }
    }
    tried - target
}

#[test]
fn check_return_from_nested_loops() {
    for n in SIZES {
        check!(return_from_nested_loops(&values(n), 1.25));
        check!(return_from_nested_loops(&values(n), 8.0));
    }
}

#[differentiate]
fn labelled_block(x: f64, y: f64) -> f64 {
    let scale = 'choice: {
        if x < 0.0 {
            break 'choice y;
        }
        let z = x * y;
        if z > 1.0 {
            break 'choice z.ln();
        }
        z + y * y
    };
    scale * x
}

#[test]
fn check_labelled_block() {
    for (x, y) in [(-0.4, 0.7), (1.4, 1.7), (0.4, 0.7)] {
        check!(labelled_block(x, y));
    }
}

#[differentiate]
fn guard_clauses(x: f64, y: f64, z: f64) -> f64 {
    if x < 0.0 {
        return -x * y;
    }
    let r = (x * y).sqrt();
    if r > 2.0 {
        return r;
    }
    let s = if z > 1.0 { return r * z } else { r - z };
    s * s
}

#[test]
fn check_guard_clauses() {
    for (x, y, z) in [(-0.4, 0.7, 0.5), (3.0, 2.0, 0.5), (0.8, 0.7, 1.5), (0.8, 0.7, 0.5)] {
        check!(guard_clauses(x, y, z));
    }
}

#[differentiate]
fn break_with_tuple(mut a: f64, mut b: f64) -> f64 {
    let (root, residual) = loop {
        let middle = 0.5 * (a + b);
        let f = middle * middle - 2.0;
        if f.abs() < 0.05 {
            break (middle, f);
        }
        if f > 0.0 {
            b = middle;
        } else {
            a = middle;
        }
    };
    root - residual / (2.0 * root)
}

#[test]
fn check_break_with_tuple() {
    check!(break_with_tuple(0.7, 2.4));
}

#[differentiate]
fn outer_loop_value(x: f64, step: f64) -> f64 {
    let mut y = x;
    'search: loop {
        for k in 1..4 {
            y += step * k as f64;
            if y > 3.0 {
                break 'search y * y;
            }
            if k == 2 && y > 2.5 {
                continue 'search;
            }
        }
        y *= 1.1;
    }
}

#[test]
fn check_outer_loop_value() {
    check!(outer_loop_value(0.4, 0.23));
    check!(outer_loop_value(2.9, 0.23));
}

/// Early return of a vector and of a tuple.
#[differentiate]
fn normalised_or_zero(x: &[f64], eps: f64) -> Vec<f64> {
    let mut norm2 = 0.0;
    for v in x {
        norm2 += v * v;
    }
    if norm2 < 1e-6 {
        return vec![0.0; x.len()];
    }
    let mut y = Vec::new();
    for v in x {
        y.push(v / (norm2 + eps).sqrt());
    }
    y
}

#[test]
fn check_normalised_or_zero() {
    for n in SIZES {
        check_vector!(normalised_or_zero(&values(n), 0.1));
    }
    check_vector!(normalised_or_zero(&vec![0.0; 3], 0.1));
}

#[differentiate]
fn dead_end_branch(x: f64, kind: &str) -> f64 {
    let gain = match kind {
        "linear" => x,
        "quadratic" => x * x,
        _ => return 0.5 * x,
    };
    println!("gain {gain} for {kind}");
    gain + x
}

#[test]
fn check_dead_end_branch() {
    for kind in ["linear", "quadratic", "other"] {
        check!(dead_end_branch(0.8, const kind));
    }
}

/// Line search: shrink the step until the descent condition holds.
#[differentiate]
fn backtracking(x: f64, y: f64) -> f64 {
    let f = |x: f64, y: f64| x * x + 4.0 * y * y + 0.3 * (x * y).sin();
    let (gx, gy) = (2.0 * x + 0.3 * y * (x * y).cos(), 8.0 * y + 0.3 * x * (x * y).cos());
    let start = f(x, y);
    let mut step = 1.0;
    for _ in 0..30 {
        let trial = f(x - step * gx, y - step * gy);
        if trial < start - 0.3 * step * (gx * gx + gy * gy) {
            return trial;
        }
        step *= 0.5;
    }
    start
}

#[test]
fn check_backtracking() {
    check!(backtracking(0.9, 0.7));
}

/// What stands before an exit ends in a block without a value.
#[differentiate]
fn block_after_an_exit(x: f64, mut a: [f64; 3], n: usize) -> f64 {
    for i in 0..n {
        if n > 4 {
            a[0] *= x;
        } else {
            if a[0] > 50.0 {
                return x;
            }
            {
                let all = x * a[i % 3];
                a.fill(all);
            }
        }
        a[i % 3] += x;
    }
    x * a[0] + a[1]
}

#[test]
fn check_block_after_an_exit() {
    for n in [0, 1, 2, 6] {
        check!(block_after_an_exit(0.7, [0.2, 0.3, 0.5], const n));
        check!(block_after_an_exit(0.7, [100.0, 0.3, 0.5], const n));
    }
}
