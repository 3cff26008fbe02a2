//! Each rule at several shapes, in each scalar type, with each kind of slot.

use super::{matrix, square};
use crate::checker::Random;
use ad_runtime::linalg::{self, Norm, Triangle};
use ndarray::{Array1, Array2, Ix1, Ix2};

/// Checks a function of one array.
macro_rules! one {
    ($name:expr, $f:ident, $x0:expr $(, $k:expr)*) => {
        check1!(
            format!("{} {:?}", stringify!($f), $name), x = $x0;
            value linalg::$f(x $(, $k)*);
            jvp(x_dot) {
                let (z, z_dot) = linalg::$f::__jvp(x $(, $k)*, x_dot $(, { let _ = $k; Inactive })*);
                assert_eq!(z, linalg::$f(x $(, $k)*));
                z_dot
            };
            adjoint(z_bar, x_bar) {
                let z = linalg::$f::__adjoint(x $(, $k)*, z_bar, x_bar $(, { let _ = $k; Inactive })*);
                assert_eq!(z, linalg::$f(x $(, $k)*));
            };
            second(z_bar_dot, x_bar_dot) {
                let z = linalg::$f::__adjoint_jvp(
                    x $(, $k)*, x_dot $(, { let _ = $k; Inactive })*, z_bar, z_bar_dot,
                    x_bar $(, { let _ = $k; Inactive })*, x_bar_dot $(, { let _ = $k; Inactive })*
                );
                assert_eq!(z, linalg::$f(x $(, $k)*));
            };
        );
    };
}

/// Checks a function of two arrays.
macro_rules! two {
    ($name:expr, $f:ident, $x0:expr, $y0:expr $(, $k:expr)*) => {
        check2!(
            format!("{} {:?}", stringify!($f), $name), x = $x0, y = $y0;
            value linalg::$f(x, y $(, $k)*);
            jvp(x_dot, y_dot) {
                let (z, z_dot) = linalg::$f::__jvp(x, y $(, $k)*, x_dot, y_dot $(, { let _ = $k; Inactive })*);
                assert_eq!(z, linalg::$f(x, y $(, $k)*));
                z_dot
            };
            adjoint(z_bar, x_bar, y_bar) {
                let z = linalg::$f::__adjoint(x, y $(, $k)*, z_bar, x_bar, y_bar $(, { let _ = $k; Inactive })*);
                assert_eq!(z, linalg::$f(x, y $(, $k)*));
            };
            second(z_bar_dot, x_bar_dot, y_bar_dot) {
                let z = linalg::$f::__adjoint_jvp(
                    x, y $(, $k)*, x_dot, y_dot $(, { let _ = $k; Inactive })*, z_bar, z_bar_dot,
                    x_bar, y_bar $(, { let _ = $k; Inactive })*, x_bar_dot, y_bar_dot $(, { let _ = $k; Inactive })*
                );
                assert_eq!(z, linalg::$f(x, y $(, $k)*));
            };
        );
    };
}

/// One test per scalar type.
macro_rules! in_both {
    ($($test:ident: $f:ident { $($body:tt)* })*) => {$(
        mod $test {
            use super::*;
            #[test]
            fn in_f64() {
                type $f = f64;
                $($body)*
            }
            #[test]
            fn in_f32() {
                type $f = f32;
                $($body)*
            }
        }
    )*};
}

const SIZES: [usize; 4] = [0, 1, 2, 5];
const SHAPES: [(usize, usize); 7] = [(0, 0), (1, 1), (3, 1), (1, 3), (4, 4), (5, 3), (3, 5)];

in_both! {
    inverses: F {
        for n in SIZES {
            one!(n, inv, square::<F>(n));
            one!((n, "transposed"), inv, square::<F>(n).reversed_axes());
        }
    }
    determinants: F {
        for n in [0, 1, 2, 3] {
            // Of size about one, so that differences are accurate.
            let scaled = square::<F>(n) / (n.max(1) as F);
            one!(n, det, scaled.clone());
            let mut swapped = scaled.clone();
            if n > 1 {
                swapped.invert_axis(ndarray::Axis(0));
            }
            one!((n, "negative"), det, swapped.clone());
            one!(n, ln_det, scaled);
            one!((n, "negative"), ln_det, swapped);
        }
    }
    systems: F {
        let mut random = Random::new();
        for n in SIZES {
            two!(n, solve, square::<F>(n), random.array::<F, Ix1>(n));
            for k in [0, 1, 3] {
                two!((n, k), solve, square::<F>(n), random.array::<F, Ix2>((n, k)));
                let columns = random.array::<F, Ix2>((k, n)).reversed_axes();
                two!((n, k), solve, square::<F>(n).reversed_axes(), columns);
            }
        }
    }
    triangular_systems: F {
        let mut random = Random::new();
        for n in SIZES {
            for triangle in [Triangle::Lower, Triangle::Upper] {
                two!((n, triangle), solve_triangular, square::<F>(n), random.array::<F, Ix1>(n), triangle);
                two!((n, triangle), solve_triangular, square::<F>(n), random.array::<F, Ix2>((n, 2)), triangle);
            }
        }
    }
    choleskys: F {
        for n in SIZES {
            one!(n, cholesky, square::<F>(n));
        }
    }
    qrs: F {
        for (m, n) in SHAPES {
            one!((m, n), qr, matrix::<F>(m, n));
        }
    }
    eigenvalues: F {
        for n in [0, 1, 2, 4] {
            one!(n, eigh, matrix::<F>(n, n));
        }
    }
    singular_values: F {
        for (m, n) in SHAPES {
            one!((m, n), svd, matrix::<F>(m, n));
        }
    }
    singular_values_alone: F {
        for (m, n) in SHAPES {
            check1!(
                format!("svd_values {:?}", (m, n)), x = matrix::<F>(m, n);
                value linalg::svd_values(x);
                jvp(x_dot) linalg::svd_values::__jvp(x, x_dot).1;
                adjoint(z_bar, x_bar) {
                    let _ = linalg::svd_values::__adjoint(x, z_bar, x_bar);
                };
                second(z_bar_dot, x_bar_dot) {
                    let _ = linalg::svd_values::__adjoint_jvp(x, x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
                };
            );
        }
    }
    pseudo_inverses: F {
        for (m, n) in SHAPES {
            one!((m, n), pinv, matrix::<F>(m, n));
        }
    }
    least_squares: F {
        let mut random = Random::new();
        for (m, n) in SHAPES {
            two!((m, n), lstsq, matrix::<F>(m, n), random.array::<F, Ix1>(m));
            two!((m, n), lstsq, matrix::<F>(m, n), random.array::<F, Ix2>((m, 2)));
        }
    }
    exponentials: F {
        for n in SIZES {
            one!(n, expm, matrix::<F>(n, n) * 0.2);
        }
    }
    traces: F {
        for n in SIZES {
            one!(n, trace, square::<F>(n));
        }
    }
    norms_of_vectors: F {
        for n in [1, 2, 5] {
            // Elements of distinct absolute values and both signs.
            let x = Array1::from_shape_fn(n, |i| (i as F + 1.0) * if i % 2 == 0 { 1.0 } else { -1.0 });
            for kind in [Norm::One, Norm::Two, Norm::Infinity, Norm::Frobenius, Norm::Nuclear] {
                one!((n, kind), norm, x.clone(), kind);
            }
        }
    }
    norms_of_matrices: F {
        for (m, n) in [(1, 1), (3, 1), (1, 3), (4, 4), (5, 3), (3, 5)] {
            for kind in [Norm::One, Norm::Infinity, Norm::Frobenius] {
                one!((m, n, kind), norm, matrix::<F>(m, n), kind);
            }
            for kind in [Norm::Two, Norm::Nuclear] {
                one!((m, n, kind), norm, matrix::<F>(m, n), kind);
            }
        }
    }
    outer_products: F {
        let mut random = Random::new();
        for (m, n) in [(0, 2), (1, 1), (3, 2)] {
            two!((m, n), outer, random.array::<F, Ix1>(m), random.array::<F, Ix1>(n));
        }
    }
    cross_products: F {
        let mut random = Random::new();
        two!(3, cross, random.array::<F, Ix1>(3), random.array::<F, Ix1>(3));
    }
}

#[test]
fn public_functions_agree() {
    let (a, b) = (square::<f64>(3), matrix::<f64>(3, 2));
    let (x, pullback) = linalg::solve::vjp(&a, &b);
    let (a_bar, b_bar) = pullback(x.clone());
    let (mut a_sum, mut b_sum) = (Array2::zeros((3, 3)), Array2::zeros((3, 2)));
    assert_eq!(linalg::solve::adjoint(&a, &b, x.clone(), &mut a_sum, &mut b_sum), x);
    assert_eq!((&a_sum, &b_sum), (&a_bar, &b_bar));
    let (_, x_dot) = linalg::solve::jvp(&a, &b, &a, &b);
    assert!((x_dot).iter().all(|dot| dot.abs() < 1e-14)); // (tA)⁻¹(tB) does not depend on t
    let (norm, gradient) = linalg::norm::value_and_grad(&b, Norm::Frobenius);
    assert!((&gradient * norm - &b).iter().all(|x| x.abs() < 1e-14));
    assert_eq!(linalg::trace::grad(&a), Array2::<f64>::eye(3));
}
