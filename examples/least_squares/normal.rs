//! The normal equations ΦᵀΦ θ = Φᵀy, solved by Cholesky's factorisation: the exact answer that an
//! iterative fit is checked against.

use std::error::Error;

use ndarray::{Array1, Array2, s};

/// The θ with the least loss.
pub fn solve(phi: &Array2<f64>, y: &Array1<f64>) -> Result<Array1<f64>, Box<dyn Error>> {
    let l = cholesky(&phi.t().dot(phi))?;
    let mut theta = phi.t().dot(y);
    let d = theta.len();

    // L z = Φᵀy, downwards, then Lᵀ θ = z, upwards, both in place.
    for i in 0..d {
        theta[i] = (theta[i] - l.slice(s![i, ..i]).dot(&theta.slice(s![..i]))) / l[[i, i]];
    }
    for i in (0..d).rev() {
        theta[i] = (theta[i] - l.slice(s![i + 1.., i]).dot(&theta.slice(s![i + 1..]))) / l[[i, i]];
    }
    Ok(theta)
}

/// The lower triangular L with L Lᵀ = `a`, for a symmetric positive definite `a`.
fn cholesky(a: &Array2<f64>) -> Result<Array2<f64>, Box<dyn Error>> {
    let mut l = Array2::<f64>::zeros(a.dim());
    for j in 0..a.nrows() {
        for i in j..a.nrows() {
            let rest = a[[i, j]] - l.slice(s![i, ..j]).dot(&l.slice(s![j, ..j]));
            if i > j {
                l[[i, j]] = rest / l[[j, j]];
            } else if rest > 0.0 {
                l[[j, j]] = rest.sqrt();
            } else {
                return Err(
                    format!("column {j} of the design matrix depends on those before it").into()
                );
            }
        }
    }
    Ok(l)
}
