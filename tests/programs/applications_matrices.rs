//! A Cholesky factor of a matrix of constant size, transforms of complex numbers, and relaxation on a grid.

use ad::{check, check_in_place, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Debug, PartialEq, Differentiable)]
pub struct Matrix<const N: usize> {
    pub data: [[f64; N]; N],
}
#[differentiate]
impl<const N: usize> std::ops::Index<(usize, usize)> for Matrix<N> {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.data[i][j]
    }
}
#[differentiate]
impl<const N: usize> std::ops::IndexMut<(usize, usize)> for Matrix<N> {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i][j]
    }
}
#[differentiate]
impl<const N: usize> std::ops::Add for Matrix<N> {
    type Output = Self;
    fn add(mut self, rhs: Self) -> Self {
        for i in 0..N {
            for j in 0..N {
                self.data[i][j] += rhs.data[i][j];
            }
        }
        self
    }
}
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotPositiveDefinite(pub usize);
#[differentiate]
impl<const N: usize> Matrix<N> {
    #[differentiate(associated)]
    fn diagonal(values: &[f64; N]) -> Self {
        let mut m = Matrix { data: [[0.0; N]; N] };
        for (i, v) in values.iter().enumerate() {
            m[(i, i)] = *v;
        }
        m
    }
    fn cholesky(&self) -> Result<Matrix<N>, NotPositiveDefinite> {
        let mut l = Matrix { data: [[0.0; N]; N] };
        for j in 0..N {
            let mut s = self[(j, j)];
            for k in 0..j {
                s -= l[(j, k)] * l[(j, k)];
            }
            if s <= 0.0 {
                return Err(NotPositiveDefinite(j));
            }
            let d = s.sqrt();
            l[(j, j)] = d;
            for i in j + 1..N {
                let mut s = self[(i, j)];
                for k in 0..j {
                    s -= l[(i, k)] * l[(j, k)];
                }
                l[(i, j)] = s / d;
            }
        }
        Ok(l)
    }
    fn forward_solve(&self, b: &[f64; N]) -> [f64; N] {
        let mut x = *b;
        for i in 0..N {
            for j in 0..i {
                let xj = x[j];
                x[i] -= self[(i, j)] * xj;
            }
            x[i] /= self[(i, i)];
        }
        x
    }
}
#[differentiate]
fn log_normal(noise: &[f64; 3], cov: &Matrix<3>, y: &[f64; 3]) -> f64 {
    let total = cov.clone() + Matrix::<3>::diagonal(noise);
    let Ok(l) = total.cholesky() else { return f64::NEG_INFINITY };
    let z = l.forward_solve(y);
    let quad: f64 = z.iter().map(|v| v * v).sum();
    let logdet = (0..3).map(|i| l[(i, i)].ln()).sum::<f64>();
    -0.5 * quad - logdet
}
type Tangent3 = MatrixTangent<3>;
point!(Matrix<3>, Tangent3 { data });
#[test]
fn normal() {
    check!(log_normal(
        &[0.3, 0.4, 0.2],
        &Matrix { data: [[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.2]] },
        &[0.3, -0.2, 0.5]
    ));
}

#[derive(Clone, Copy, Debug, PartialEq, Default, Differentiable)]
pub struct C {
    pub re: f64,
    pub im: f64,
}
point!(C, CTangent { re, im });
#[differentiate]
impl std::ops::Add for C {
    type Output = C;
    fn add(self, o: C) -> C {
        C { re: self.re + o.re, im: self.im + o.im }
    }
}
#[differentiate]
impl std::ops::Sub for C {
    type Output = C;
    fn sub(self, o: C) -> C {
        C { re: self.re - o.re, im: self.im - o.im }
    }
}
#[differentiate]
impl std::ops::Mul for C {
    type Output = C;
    fn mul(self, o: C) -> C {
        C { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
}
#[differentiate]
impl C {
    fn norm_sqr(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}
#[differentiate]
fn fft(x: &[C]) -> Vec<C> {
    let n = x.len();
    if n <= 1 {
        return x.to_vec();
    }
    let even: Vec<C> = x.iter().step_by(2).copied().collect();
    let odd: Vec<C> = x.iter().skip(1).step_by(2).copied().collect();
    let (even, odd) = (fft(&even), fft(&odd));
    let mut out = vec![C::default(); n];
    for k in 0..n / 2 {
        let angle = -2.0 * std::f64::consts::PI * k as f64 / n as f64;
        let t = C { re: angle.cos(), im: angle.sin() } * odd[k];
        out[k] = even[k] + t;
        out[k + n / 2] = even[k] - t;
    }
    out
}
#[differentiate]
fn fft_in_place(x: &mut [C]) {
    let n = x.len();
    let mut len = 2;
    while len <= n {
        for start in (0..n).step_by(len) {
            for k in 0..len / 2 {
                let angle = -2.0 * std::f64::consts::PI * k as f64 / len as f64;
                let w = C { re: angle.cos(), im: angle.sin() };
                let (a, b) = (x[start + k], w * x[start + k + len / 2]);
                x[start + k] = a + b;
                x[start + k + len / 2] = a - b;
            }
        }
        len *= 2;
    }
}
#[differentiate]
fn spectrum_peak(signal: &[f64]) -> f64 {
    let x: Vec<C> = signal.iter().map(|&re| C { re, im: 0.0 }).collect();
    let s = fft(&x);
    let power: Vec<f64> = s[..x.len() / 2].iter().map(|c| c.norm_sqr()).collect();
    let total: f64 = power.iter().sum();
    power.iter().enumerate().map(|(k, p)| k as f64 * p / total).sum()
}
#[test]
fn spectra() {
    check!(spectrum_peak(&vec![0.1, 0.7, -0.3, 0.2, 0.9, -0.5, 0.4, 0.05]));
    let c: Vec<C> = (0..4).map(|i| C { re: 0.3 * i as f64, im: 0.1 - 0.2 * i as f64 }).collect();
    check_in_place!(fft_in_place(&mut c.clone()));
}

#[differentiate]
fn relax(grid: &mut Vec<Vec<f64>>, source: &[Vec<f64>], omega: f64) -> f64 {
    let (rows, cols) = (grid.len(), grid[0].len());
    let mut change = 0.0;
    for color in 0..2 {
        for i in 0..rows {
            for j in 0..cols {
                if (i + j) % 2 != color {
                    continue;
                }
                let new = match (i, j) {
                    (0, _) => 1.0,
                    (i, _) if i == rows - 1 => 0.0,
                    (_, 0) => grid[i][1],
                    (_, j) if j == cols - 1 => grid[i][cols - 2],
                    _ => {
                        0.25 * (grid[i - 1][j]
                            + grid[i + 1][j]
                            + grid[i][j - 1]
                            + grid[i][j + 1]
                            + source[i][j])
                    }
                };
                let delta = new - grid[i][j];
                grid[i][j] += omega * delta;
                change += delta * delta;
            }
        }
    }
    change
}
#[differentiate]
fn poisson(source: &[Vec<f64>], omega: f64) -> f64 {
    let mut grid = vec![vec![0.0; 4]; 4];
    let mut sweeps = 0;
    loop {
        let change = relax(&mut grid, source, omega);
        sweeps += 1;
        if change < 1e-3 || sweeps == 6 {
            break;
        }
    }
    grid.iter().flatten().map(|v| v * v).sum::<f64>().sqrt()
}
#[test]
fn field() {
    check!(poisson(
        &(0..4)
            .map(|i| values(4).iter().map(|v| v * 0.1 * i as f64).collect())
            .collect::<Vec<Vec<f64>>>(),
        1.2
    ));
}
