//! The diabetes study: the file, its columns and the design matrix Φ.
//!
//! `examples/data/README.md` says where the numbers come from.

use std::error::Error;

use ndarray::{Array1, Array2, ArrayView1, Axis, s};

/// The file, compiled in, so that the program runs from any folder.
const CSV: &str = include_str!("../data/diabetes.csv");

/// The columns that predict, in the order of the file: their names there, and what they are.
const COLUMNS: [(&str, &str); 10] = [
    ("age", "age"),
    ("sex", "sex (1 or 2)"),
    ("bmi", "body mass index"),
    ("bp", "blood pressure"),
    ("s1", "total cholesterol"),
    ("s2", "low-density lipoproteins"),
    ("s3", "high-density lipoproteins"),
    ("s4", "total cholesterol / hdl"),
    ("s5", "log triglycerides (?)"),
    ("s6", "blood sugar"),
];

/// The name of the column to predict, the last one of the file.
const TARGET: &str = "progression";

/// The study as it was read.
pub struct Study {
    /// One row per patient, one column per entry of [`COLUMNS`], in the units of the file.
    pub measurements: Array2<f64>,
    /// How far the disease had progressed a year later: the value to predict.
    pub progression: Array1<f64>,
}

impl Study {
    /// Reads the file, and says which line is at fault where it is not as expected.
    pub fn load() -> Result<Self, Box<dyn Error>> {
        let mut lines = CSV.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let expected: Vec<&str> = COLUMNS.iter().map(|column| column.0).chain([TARGET]).collect();
        if header != expected {
            return Err(format!("diabetes.csv: the header is {header:?}, not {expected:?}").into());
        }

        let mut numbers = Vec::new();
        for (row, line) in lines.enumerate() {
            let before = numbers.len();
            for field in line.split(',') {
                let number: f64 = field
                    .parse()
                    .map_err(|e| format!("diabetes.csv:{}: {field:?}: {e}", row + 2))?;
                numbers.push(number);
            }
            if numbers.len() - before != expected.len() {
                return Err(
                    format!("diabetes.csv:{}: not {} fields", row + 2, expected.len()).into()
                );
            }
        }

        let table =
            Array2::from_shape_vec((numbers.len() / expected.len(), expected.len()), numbers)?;
        Ok(Study {
            measurements: table.slice(s![.., ..COLUMNS.len()]).to_owned(),
            progression: table.column(COLUMNS.len()).to_owned(),
        })
    }

    /// Φ: a column of ones for the intercept, then each measurement with mean 0 and standard deviation 1.
    pub fn design_matrix(&self) -> Array2<f64> {
        let (n, columns) = self.measurements.dim();
        let mut phi = Array2::ones((n, columns + 1));
        for (j, column) in self.measurements.axis_iter(Axis(1)).enumerate() {
            let (mean, deviation) = mean_and_deviation(column);
            phi.column_mut(j + 1).assign(&column.mapv(|x| (x - mean) / deviation));
        }
        phi
    }

    /// For each column of Φ: its name in the file, what it is, and its standard deviation before it was
    /// standardised (`None` for the intercept).
    pub fn parameters(&self) -> impl Iterator<Item = (&'static str, &'static str, Option<f64>)> {
        let deviations =
            self.measurements.axis_iter(Axis(1)).map(|column| Some(mean_and_deviation(column).1));
        let measured = COLUMNS
            .iter()
            .zip(deviations)
            .map(|(&(name, what), deviation)| (name, what, deviation));
        std::iter::once(("(ones)", "intercept", None)).chain(measured)
    }
}

/// The mean and the standard deviation of a column that is not empty.
fn mean_and_deviation(column: ArrayView1<f64>) -> (f64, f64) {
    let n = column.len() as f64;
    let mean = column.sum() / n;
    let variance = column.mapv(|x| (x - mean).powi(2)).sum() / n;
    (mean, variance.sqrt())
}
