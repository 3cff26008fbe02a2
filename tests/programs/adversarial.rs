//! Adversarial programs: overwritten state, changing indices and conditions, exits out of nested
//! loops and aliases, where a reverse sweep easily uses the wrong value.

use std::mem;

use ad::{check, check_vector, values};
use ad_runtime::differentiate;

const TRIPS: [usize; 4] = [0, 1, 2, 5];

#[differentiate]
fn overwritten_divisor(x: f64, y: f64, n: usize) -> f64 {
    let mut d = y;
    let mut s = 0.0;
    for i in 0..n {
        let mut t = x;
        for j in 0..=i {
            t = t / d + (j as f64) * x;
            d = d * 1.1 + t * t * 0.1;
        }
        s += t * d;
        t = 3.0;
        s *= t / d;
    }
    s
}

#[test]
fn check_overwritten_divisor() {
    for n in TRIPS {
        check!(overwritten_divisor(0.7, 1.3, const n));
    }
}

#[differentiate]
fn in_place_stencil(x: &[f64], w: f64, n: usize) -> f64 {
    let mut u = x.to_vec();
    for _ in 0..n {
        for i in 1..u.len() - 1 {
            u[i] = u[i - 1] * u[i + 1] + w * u[i] * u[i];
        }
        for i in (1..u.len() - 1).rev() {
            u[i] -= w * u[i - 1] / u[i + 1];
        }
    }
    u.iter().sum::<f64>() * u[2]
}

#[test]
fn check_in_place_stencil() {
    for n in [0, 1, 2, 3] {
        check!(in_place_stencil(&values(5), 0.3, const n));
    }
}

#[differentiate]
fn swapped_means(x: f64, tol: f64) -> f64 {
    let mut a = x;
    let mut b = 1.0;
    let mut k = 0;
    while (a - b).abs() > tol * 0.01 && k < 30 {
        let t = a;
        a = 0.5 * (a + b);
        b = (t * b).sqrt();
        k += 1;
        if k % 2 == 0 {
            mem::swap(&mut a, &mut b);
        }
    }
    a * b + k as f64 * x
}

#[test]
fn check_swapped_means() {
    check!(swapped_means(2.3, 0.1));
    check!(swapped_means(1.0001, 0.1));
}

#[differentiate]
fn return_from_nested_loops(x: &[f64], cap: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        for j in 0..i {
            s = s * 0.9 + x[i] * x[j];
            if s > cap {
                return s * s * x[j] + cap;
            }
            if j == 2 {
                s -= x[0];
                continue;
            }
            s *= 1.01;
        }
        if x[i] > 1.49 {
            break;
        }
    }
    s
}

#[test]
fn check_return_from_nested_loops() {
    for n in [0, 1, 2, 3, 5, 8] {
        check!(return_from_nested_loops(&values(n), 2.0));
        check!(return_from_nested_loops(&values(n), 50.0));
    }
}

#[differentiate]
fn labelled_exits(x: &[f64], c: f64) -> f64 {
    let mut p = 1.0;
    let mut q = c;
    'o: for i in 0..x.len() {
        let mut k = 0;
        loop {
            q = q * x[i];
            k += 1;
            if q < 0.3 {
                q += c;
                continue 'o;
            }
            if k > 3 {
                p *= q;
                break;
            }
            if p > 50.0 {
                break 'o;
            }
            p += q * x[i];
        }
        p = p.sqrt();
    }
    p * q
}

#[test]
fn check_labelled_exits() {
    for n in [0, 1, 2, 3, 5, 8] {
        check!(labelled_exits(&values(n), 0.8));
        check!(labelled_exits(&values(n), 3.0));
    }
}

#[differentiate]
fn nested_tuple_fields(a: f64, b: f64, n: usize) -> f64 {
    let mut t = (a, (b, 1.0), [a, b]);
    for i in 0..n {
        t.1.0 *= t.0;
        t.1.1 += t.1.0;
        t.2[i % 2] /= t.1.1;
        t.0 -= t.2[(i + 1) % 2] * 0.3;
        t.1 = (t.1.1 * 0.5, t.1.0);
    }
    t.0 * t.1.0 + t.1.1 + t.2[0] * t.2[1]
}

#[test]
fn check_nested_tuple_fields() {
    for n in TRIPS {
        check!(nested_tuple_fields(0.7, 1.2, const n));
    }
}

#[differentiate]
fn matrix_rows_overwritten(m: [[f64; 2]; 2], n: usize) -> [[f64; 2]; 2] {
    let mut r = [[1.0, 0.0], [0.0, 1.0]];
    for _ in 0..n {
        let old = r;
        for i in 0..2 {
            for j in 0..2 {
                r[i][j] = 0.0;
                for k in 0..2 {
                    r[i][j] += old[i][k] * m[k][j];
                }
            }
        }
        r[0][1] *= r[1][0];
        r[1] = r[0];
        r[1][0] -= old[0][0];
    }
    r
}

#[test]
fn check_matrix_rows_overwritten() {
    for n in TRIPS {
        check_vector!(matrix_rows_overwritten([[0.5, 0.3], [0.8, -0.4]], const n));
    }
}

#[differentiate]
fn gather_and_scatter(x: &[f64], idx: &[usize], n: usize) -> f64 {
    let mut y = vec![0.0; x.len()];
    let mut idx = idx.to_vec();
    for k in 0..n {
        for i in 0..idx.len() {
            y[idx[i]] += x[idx[(i + 1) % idx.len()]] * (1.0 + y[i]);
        }
        idx.swap(0, 1 + k % 2);
        idx[3] = (idx[3] + 1) % x.len();
    }
    let mut s = 0.0;
    for i in 0..y.len() {
        s += y[i] * y[i];
    }
    s
}

#[test]
fn check_gather_and_scatter() {
    for n in TRIPS {
        check!(gather_and_scatter(&values(4), const &[2usize, 0, 3, 0], const n));
    }
}

#[differentiate]
fn moving_index(x: &[f64]) -> f64 {
    let mut a = [1.0; 3];
    let mut i = 0;
    let mut j = 0;
    while j < x.len() {
        a[i] = a[i] * x[j];
        i = (i + 2) % 3;
        a[i] += x[j] * a[(i + 1) % 3];
        j += 1;
        if x[j - 1] > 1.2 {
            i = 0;
        }
    }
    a[0] * a[1] + a[2]
}

#[test]
fn check_moving_index() {
    for n in [0, 1, 2, 3, 7] {
        check!(moving_index(&values(n)));
    }
}

#[differentiate]
fn times_square(a: f64, b: f64) -> f64 {
    a * b * b
}

#[differentiate]
fn dot_square(a: &[f64], b: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..a.len() {
        s += a[i] * b[i] * b[i];
    }
    s
}

#[differentiate]
fn same_variable_twice(x: &[f64], n: usize) -> f64 {
    let mut z = x[0];
    for _ in 0..n {
        z = times_square(z, z) + 0.3 * dot_square(x, x);
        z = 0.2 * times_square(x[1], z);
    }
    z
}

#[test]
fn check_same_variable_twice() {
    for n in TRIPS {
        check!(same_variable_twice(&values(3), const n));
    }
}

#[differentiate]
fn guards_on_values(x: f64, n: usize) -> f64 {
    let mut y = x;
    for i in 0..n {
        y = match i % 3 {
            0 if y > 0.5 => y * y,
            1 if {
                let t = y * 2.0;
                t < 1.0
            } =>
            {
                y.sin() + x
            }
            0 | 1 => y + 0.5 * x,
            _ => match y {
                v if v > 1.0 => v.ln() + x,
                v => v.exp() * x,
            },
        };
    }
    y
}

#[test]
fn check_guards_on_values() {
    for n in [0, 1, 2, 3, 6] {
        check!(guards_on_values(0.7, const n));
        check!(guards_on_values(0.3, const n));
    }
}

#[differentiate]
fn loops_in_branches(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    let mut a = vec![0.5; x.len()];
    for k in 0..n {
        if s > 1.2 {
            for i in 0..x.len() {
                if x[i] > 1.0 {
                    a[i] = s * x[i];
                } else {
                    let mut m = 0;
                    while m < i {
                        a[m] *= a[i];
                        m += 1;
                    }
                }
            }
            s = s / 2.0;
        } else if k == 1 {
            for v in a.iter_mut() {
                *v = *v * s + 0.2;
            }
            s += a[0];
        } else {
            for v in &a {
                s += v * x[0];
            }
        }
    }
    s + a.iter().map(|v| v * v).sum::<f64>()
}

#[test]
fn check_loops_in_branches() {
    for n in [0, 1, 2, 3, 6] {
        check!(loops_in_branches(&values(4), const n));
    }
}

#[differentiate]
fn overwritten_constants(x: f64, y: f64) -> f64 {
    let mut c = vec![2.0, 3.0];
    let a = x * c[0];
    c[0] = 5.0;
    let b = a * y * c[0];
    c.swap(0, 1);
    let d = b * c[0];
    c[0] = 9.0;
    a * b * d
}

#[test]
fn check_overwritten_constants() {
    check!(overwritten_constants(0.7, 1.2));
}

#[differentiate]
fn overwritten_conditions(x: f64, n: usize) -> f64 {
    let mut s = x;
    let mut on = s > 0.5;
    for i in 0..n {
        let was = on;
        s = s * s + 0.2;
        on = s > 0.6;
        let now = on;
        on = i % 2 == 0;
        if was && !now {
            s *= 3.0;
        } else if on {
            s = s.sin()
        } else if was != now {
            s /= x
        }
    }
    s
}

#[test]
fn check_overwritten_conditions() {
    for n in [0, 1, 2, 3, 4, 5] {
        check!(overwritten_conditions(0.7, const n));
        check!(overwritten_conditions(0.3, const n));
    }
}

#[differentiate]
fn whole_arrays_overwritten(mut x: [f64; 3], n: usize) -> [f64; 3] {
    for i in 0..n {
        x = [x[1] * x[2], x[0], x[1] + x[0] * x[0]];
        if x[0] > 1.0 {
            let t = x;
            x[0] = 1.0 / t[0];
            x[1] = t[0] - x[0];
        }
        x[i % 3] += x[(i + 1) % 3];
    }
    x
}

#[test]
fn check_whole_arrays_overwritten() {
    for n in TRIPS {
        check_vector!(whole_arrays_overwritten([0.7, 0.9, 1.1], const n));
    }
}

#[differentiate]
fn checkpointed_array(x: &[f64], n: usize) -> f64 {
    let mut s = x[0];
    let mut a = x.to_vec();
    let mut k = 0;
    #[checkpoint(2)]
    for i in 0..n {
        a[k] = a[k] * s + 0.1;
        k = (k + i) % x.len();
        s = s * 0.9 + a[k] * x[i % x.len()];
        if s > 4.0 {
            s = s.sqrt();
        }
    }
    s + a[0] * k as f64
}

#[test]
fn check_checkpointed_array() {
    for n in [0, 1, 2, 5, 9] {
        check!(checkpointed_array(&values(3), const n));
    }
}

#[differentiate]
fn constant_weights_change(x: f64, n: usize) -> f64 {
    let mut w = [1.0, 2.0, 3.0];
    let mut s = x;
    for k in 0..n {
        w[k % 3] += 1.0;
        let f = w[k % 3] * 0.3;
        w[(k + 1) % 3] *= f;
        let g = w.iter().sum::<f64>() * 0.05;
        s = s * s * f + s * g;
        w[0] = 1.0;
    }
    s * w[1]
}

#[test]
fn check_constant_weights_change() {
    for n in TRIPS {
        check!(constant_weights_change(0.4, const n));
    }
}

#[differentiate]
fn deferred_initialisation(x: f64, c: usize) -> f64 {
    let y;
    let mut z = 1.0;
    match c {
        0 => {
            y = x;
            z = x;
        }
        1 => {
            y = 2.0;
        }
        _ => {
            let w = x * x;
            {
                y = w;
            }
            z *= y;
        }
    }
    let y = y * z;
    if c == 1 {
        return y + x;
    }
    y * x
}

#[test]
fn check_deferred_initialisation() {
    for n in [0, 1, 2] {
        check!(deferred_initialisation(0.8, const n));
    }
}
