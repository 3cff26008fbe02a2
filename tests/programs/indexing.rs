//! Elements of the user's own types: `#[differentiate]` on `impl Index` and `impl IndexMut`.

use ad::{check, check_in_place, check_second, check_vector, point, values};
use ad_runtime::{Differentiable, Real, differentiate};
use std::ops::{Index, IndexMut};

/// Row-major, with sizes that have no tangent.
#[derive(Clone, Debug, Differentiable)]
pub struct Matrix {
    #[constant]
    pub rows: usize,
    #[constant]
    pub cols: usize,
    pub data: Vec<f64>,
}
point!(Matrix, MatrixTangent { data } constant { rows, cols });

#[differentiate]
impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(i < self.rows && j < self.cols, "({i}, {j}) is outside");
        &self.data[i * self.cols + j]
    }
}

#[differentiate]
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        let k = i * self.cols + j;
        &mut self.data[k]
    }
}

#[differentiate]
impl Matrix {
    pub fn zeros(rows: usize, cols: usize) -> Matrix {
        Matrix { rows, cols, data: vec![0.0; rows * cols] }
    }

    pub fn trace(&self) -> f64 {
        (0..self.rows).map(|i| self[(i, i)]).sum()
    }

    pub fn apply(&self, x: &[f64]) -> Vec<f64> {
        let mut y = vec![0.0; self.rows];
        for i in 0..self.rows {
            for j in 0..self.cols {
                y[i] += self[(i, j)] * x[j];
            }
        }
        y
    }

    /// Lower triangle of the factor, by Cholesky and Banachiewicz.
    pub fn cholesky(&self) -> Matrix {
        let n = self.rows;
        let mut l = Matrix::zeros(n, n);
        for i in 0..n {
            for j in 0..=i {
                let mut sum = self[(i, j)];
                for k in 0..j {
                    sum -= l[(i, k)] * l[(j, k)];
                }
                l[(i, j)] = if i == j { sum.sqrt() } else { sum / l[(j, j)] };
            }
        }
        l
    }

    pub fn eliminate(&mut self) {
        for k in 0..self.cols {
            for i in k + 1..self.rows {
                let factor = self[(i, k)] / self[(k, k)];
                for j in k..self.cols {
                    let above = self[(k, j)];
                    self[(i, j)] -= factor * above;
                }
                self[(i, k)] *= 0.5;
            }
        }
    }
}

fn matrix(rows: usize, cols: usize) -> Matrix {
    let mut matrix = Matrix { rows, cols, data: values(rows * cols) };
    for i in 0..rows.min(cols) {
        matrix[(i, i)] += 4.0;
    }
    matrix
}

#[test]
fn check_matrix() {
    check!(
        Matrix { trace, trace_grad, trace_value_and_grad, trace_vjp, trace_jvp, trace_adjoint }(
            &matrix(3, 4)
        )
    );
    check_vector!(Matrix { apply, apply_vjp, apply_jvp, apply_adjoint }(&matrix(2, 3), &values(3)));
    check_vector!(Matrix { cholesky, cholesky_vjp, cholesky_jvp, cholesky_adjoint }(&matrix(3, 3)));
    check_in_place!(Matrix { eliminate, eliminate_jvp, eliminate_adjoint }(&mut matrix(3, 3)));
}

#[differentiate]
fn product_trace(a: &Matrix, b: &Matrix) -> f64 {
    let mut c = Matrix { rows: a.rows, cols: b.cols, data: vec![0.0; a.rows * b.cols] };
    for i in 0..a.rows {
        for j in 0..b.cols {
            for k in 0..a.cols {
                c[(i, j)] += a[(i, k)] * b[(k, j)];
            }
            c[(i, j)] *= c[(i, j)];
        }
    }
    let at = (a.rows - 1, 0);
    c.trace() + c[at].sqrt()
}

/// The grid's own elements, and a place within a place.
#[derive(Clone, Debug, Differentiable)]
pub struct Plate {
    pub heat: Matrix,
    pub diffusivity: f64,
    #[constant]
    pub weights: ndarray::Array2<f64>,
}
point!(Plate, PlateTangent { heat, diffusivity } constant { weights });

#[differentiate]
fn diffuse(plate: &mut Plate, steps: usize) {
    for _ in 0..steps {
        let old = plate.heat.clone();
        for i in 1..old.rows - 1 {
            for j in 1..old.cols - 1 {
                let around = old[(i - 1, j)] + old[(i + 1, j)] + old[(i, j - 1)] + old[(i, j + 1)];
                let flow = plate.diffusivity * (around - 4.0 * old[(i, j)]);
                plate.heat[(i, j)] += flow * plate.weights[[i, j]] * old[(i, j)];
            }
        }
    }
}

#[test]
fn check_product_and_plate() {
    check!(product_trace(&matrix(2, 3), &matrix(3, 2)));
    let plate = || Plate {
        heat: matrix(4, 4),
        diffusivity: 0.1,
        weights: ndarray::Array2::from_shape_fn((4, 4), |(i, j)| 1.0 + 0.1 * (i + 2 * j) as f64),
    };
    for steps in [0, 1, 3] {
        check_in_place!(diffuse(&mut plate(), const steps));
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
pub struct Vec3 {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}
point!(Vec3, Vec3Tangent { x, y, z });

#[differentiate]
impl Index<usize> for Vec3 {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        match i {
            0 => &self.x,
            1 => &self.y,
            2 => &self.z,
            _ => panic!("a vector has three components, not {i}"),
        }
    }
}

#[differentiate]
impl IndexMut<usize> for Vec3 {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        match i {
            0 => &mut self.x,
            1 => &mut self.y,
            2 => &mut self.z,
            _ => panic!("a vector has three components, not {i}"),
        }
    }
}

#[differentiate]
fn norms(a: &Vec3, mut b: Vec3) -> f64 {
    let mut s = 0.0;
    for i in 0..3 {
        b[i] *= a[(i + 1) % 3];
        s += b[i] * b[i] / a[i];
    }
    s.sqrt()
}

#[test]
fn check_vectors() {
    check!(norms(&Vec3 { x: 0.7, y: 1.1, z: 1.9 }, Vec3 { x: 0.4, y: -0.2, z: 1.3 }));
}

/// Generic in the scalar, rows as elements, and an index type of its own.
#[derive(Clone, Debug, Differentiable)]
pub struct Table<T: Real> {
    rows: Vec<Vec<T>>,
    scale: T,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Column {
    First,
    Last,
}

#[differentiate]
impl<T: Real> Index<usize> for Table<T> {
    type Output = Vec<T>;
    fn index(&self, i: usize) -> &Vec<T> {
        &self.rows[i]
    }
}

#[differentiate]
impl<T: Real> Index<Column> for Table<T> {
    type Output = T;
    fn index(&self, column: Column) -> &T {
        if column == Column::First {
            return &self.scale;
        }
        let row = self.rows.first().expect("a table has rows");
        row.last().unwrap()
    }
}

#[differentiate]
fn weighted<T: Real>(x: T, y: T) -> T {
    let mut table = Table { rows: vec![vec![x, y], vec![y * y, x * y]], scale: x + y };
    table.rows[1][0] *= x;
    table[0][1] * table[1][0] + table[Column::First] * table[Column::Last] - table[1][1]
}

#[test]
fn check_table() {
    check!(weighted(0.8, 1.4));
}

/// A symmetric matrix keeps one triangle; the index is an array, the elements are vectors.
#[derive(Clone, Debug, Differentiable)]
pub struct Symmetric {
    #[constant]
    pub n: usize,
    pub lower: Vec<[f64; 2]>,
}
point!(Symmetric, SymmetricTangent { lower } constant { n });

#[differentiate]
impl Index<[usize; 2]> for Symmetric {
    type Output = [f64; 2];
    fn index(&self, index: [usize; 2]) -> &[f64; 2] {
        let [i, j] = index;
        if i < j { &self[[j, i]] } else { self.lower.get(i * (i + 1) / 2 + j).unwrap() }
    }
}

#[differentiate]
fn quadratic(s: &Symmetric, x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..s.n {
        for j in 0..s.n {
            let index = [i, j];
            let [a, b] = s[index];
            sum += x[i] * x[j] * a + s[[i, j]][1] * b.cos();
        }
    }
    sum
}

#[test]
fn check_symmetric() {
    let lower = values(12).chunks(2).map(|c| [c[0], c[1]]).collect();
    check!(quadratic(&Symmetric { n: 3, lower }, &values(3)));
}

#[differentiate(order = 2)]
fn second(a: &Matrix, x: f64) -> f64 {
    let mut c = a.clone();
    for i in 0..a.rows {
        for j in 0..a.cols {
            c[(i, j)] *= a[(j, i)] * x;
            c[(i, j)] += c[(i, 0)].sin();
        }
    }
    c[(0, 1)] * c[(1, 1)]
}
#[test]
fn check_second_order() {
    check_second!(second(&matrix(2, 2), 0.7));
}

/// What the name of a type hides is found all the same.
type Grid = ndarray::Array2<f64>;
#[differentiate]
fn grid(g: &mut Grid, s: f64) {
    let (n, m) = g.dim();
    for i in 1..n {
        for j in 0..m {
            g[(i, j)] += s * g[(i - 1, j)] * g[[i, j]];
        }
    }
}

/// Elements of elements, by an index that is a variable.
#[differentiate]
fn stack(ms: &[Matrix], at: (usize, usize)) -> f64 {
    let mut best = 0.0;
    for m in ms {
        best += m[at] * m[(at.1, at.0)];
    }
    for (k, m) in ms.iter().enumerate() {
        let first = &m[(0, k)];
        best += first * first;
        let view = m;
        best *= view[(k, 0)];
    }
    best + ms[0][(1, 1)] + ms.iter().map(|m| m[(0, 0)].ln()).sum::<f64>()
}

#[differentiate]
fn fill(m: &mut Matrix, x: f64) {
    for i in 0..m.rows {
        let row = i;
        for j in 0..m.cols {
            let e = &mut m[(row, j)];
            *e = *e * x + j as f64;
        }
    }
    m[(0, 0)] = m[(1, 1)].powi(2);
}

#[derive(Clone, Debug, Differentiable)]
pub struct Model {
    pub layers: Vec<Matrix>,
    pub bias: Vec3,
}
point!(Model, ModelTangent { layers, bias });

#[differentiate]
impl Model {
    pub fn forward(&self, x: &[f64]) -> f64 {
        let mut x = x.to_vec();
        for w in &self.layers {
            let mut y = vec![0.0; w.rows];
            for i in 0..w.rows {
                for j in 0..w.cols {
                    y[i] += w[(i, j)] * x[j];
                }
                y[i] = (y[i] + self.bias[i]).tanh();
            }
            x = y;
        }
        x.iter().sum()
    }
    pub fn layer(&self, k: usize) -> f64 {
        self.layers[k][(0, 1)] * self.bias[k]
    }
}

#[test]
fn check_nested() {
    check_in_place!(grid(&mut Grid::from_elem((3, 2), 0.7), 0.3));
    check!(stack(&vec![matrix(2, 2), matrix(2, 2)], const (0, 1)));
    check_in_place!(fill(&mut matrix(2, 2), 0.3));
    let model =
        Model { layers: vec![matrix(3, 3), matrix(2, 3)], bias: Vec3 { x: 0.1, y: 0.2, z: 0.3 } };
    check!(Model {
        forward,
        forward_grad,
        forward_value_and_grad,
        forward_vjp,
        forward_jvp,
        forward_adjoint
    }(&model, &values(3)));
    check!(Model{layer, layer_grad, layer_value_and_grad, layer_vjp, layer_jvp, layer_adjoint}(&model, const 1));
}
