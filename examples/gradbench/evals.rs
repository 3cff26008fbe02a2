//! From the input of a message to its output, for each module and function.

use crate::problems::{ba, det, gmm, hello, ht, kmeans, llsq, lse, lstm, ode, particle, saddle};
use crate::runs::timed;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// The modules that this tool has.
pub const MODULES: &[&str] = &[
    "hello", "det", "gmm", "ba", "ht", "lstm", "kmeans", "lse", "llsq", "ode", "particle", "saddle",
];

type Outcome = Result<(Value, Vec<Duration>), String>;

/// The output of a function of a module, and how long each run took.
pub fn evaluate(module: &str, function: &str, input: &Value) -> Outcome {
    match module {
        "hello" => evaluate_hello(function, input),
        "det" => evaluate_det(function, input),
        "gmm" => evaluate_gmm(function, input),
        "ba" => evaluate_ba(function, input),
        "ht" => evaluate_ht(function, input),
        "lstm" => evaluate_lstm(function, input),
        "kmeans" => evaluate_kmeans(function, input),
        "lse" => evaluate_lse(function, input),
        "llsq" => evaluate_llsq(function, input),
        "ode" => evaluate_ode(function, input),
        "particle" => evaluate_particle(function, input),
        "saddle" => evaluate_saddle(function, input),
        _ => Err(format!("there is no module `{module}`")),
    }
}

fn missing(function: &str) -> Outcome {
    Err(format!("there is no function `{function}`"))
}

fn field<T: DeserializeOwned>(input: &Value, name: &str) -> Result<T, String> {
    serde_json::from_value(input[name].clone()).map_err(|e| format!("the field `{name}`: {e}"))
}

/// The rows of a matrix, one after the other.
fn rows(input: &Value, name: &str) -> Result<Vec<f64>, String> {
    Ok(field::<Vec<Vec<f64>>>(input, name)?.concat())
}

/// Runs `f`, and turns its result into JSON outside of the measured time.
fn run<T>(input: &Value, f: impl FnMut() -> T, to_json: impl FnOnce(T) -> Value) -> Outcome {
    let (output, timings) = timed(input, f);
    Ok((to_json(output), timings))
}

fn number(x: f64) -> Value {
    json!(x)
}

fn vector(x: Vec<f64>) -> Value {
    json!(x)
}

/// A matrix as its rows of `width` numbers.
fn matrix(x: &[f64], width: usize) -> Value {
    json!(x.chunks_exact(width).collect::<Vec<_>>())
}

fn evaluate_hello(function: &str, input: &Value) -> Outcome {
    let x = input.as_f64().ok_or("the input is not a number")?;
    match function {
        "square" => run(input, || hello::square(x), number),
        "double" => run(input, || hello::square::grad(x), number),
        _ => missing(function),
    }
}

fn evaluate_det(function: &str, input: &Value) -> Outcome {
    let (a, n): (Vec<f64>, _) = (field(input, "A")?, field(input, "ell")?);
    match function {
        "primal" => run(input, || det::determinant(&a, n), number),
        "gradient" => run(input, || det::determinant::grad(&a, n), vector),
        _ => missing(function),
    }
}

fn evaluate_lse(function: &str, input: &Value) -> Outcome {
    let x: Vec<f64> = field(input, "x")?;
    match function {
        "primal" => run(input, || lse::log_sum_exp(&x), number),
        "gradient" => run(input, || lse::log_sum_exp::grad(&x), vector),
        _ => missing(function),
    }
}

fn evaluate_llsq(function: &str, input: &Value) -> Outcome {
    let (x, n): (Vec<f64>, _) = (field(input, "x")?, field(input, "n")?);
    match function {
        "primal" => run(input, || llsq::objective(&x, n), number),
        "gradient" => run(input, || llsq::objective::grad(&x, n), vector),
        _ => missing(function),
    }
}

fn evaluate_ode(function: &str, input: &Value) -> Outcome {
    let (x, steps): (Vec<f64>, _) = (field(input, "x")?, field(input, "s")?);
    match function {
        "primal" => run(input, || ode::solve(&x, steps), vector),
        "gradient" => run(input, || ode::last::grad(&x, steps), vector),
        _ => missing(function),
    }
}

/// The outer derivative's mode, and then the inner one's.
fn evaluate_particle(function: &str, input: &Value) -> Outcome {
    use particle::{Forward, Reverse, hit_forward, hit_reverse};
    let w: f64 = field(input, "w")?;
    match function {
        "ff" => run(input, || hit_forward::<Forward>(w), number),
        "fr" => run(input, || hit_forward::<Reverse>(w), number),
        "rf" => run(input, || hit_reverse::<Forward>(w), number),
        "rr" => run(input, || hit_reverse::<Reverse>(w), number),
        _ => missing(function),
    }
}

/// The outer derivative's mode, and then the inner one's.
fn evaluate_saddle(function: &str, input: &Value) -> Outcome {
    use saddle::{Forward, Reverse, saddle_forward, saddle_reverse};
    let start: [f64; 2] = field(input, "start")?;
    let to_json = |point: [f64; 4]| vector(point.to_vec());
    match function {
        "ff" => run(input, || saddle_forward::<Forward>(start), to_json),
        "fr" => run(input, || saddle_forward::<Reverse>(start), to_json),
        "rf" => run(input, || saddle_reverse::<Forward>(start), to_json),
        "rr" => run(input, || saddle_reverse::<Reverse>(start), to_json),
        _ => missing(function),
    }
}

fn evaluate_kmeans(function: &str, input: &Value) -> Outcome {
    let d = input["points"][0].as_array().map_or(0, Vec::len);
    let (points, centroids) = (rows(input, "points")?, rows(input, "centroids")?);
    match function {
        "cost" => run(input, || kmeans::cost(&points, &centroids, d), number),
        "dir" => run(input, || kmeans::direction(&points, &centroids, d), |dir| matrix(&dir, d)),
        _ => missing(function),
    }
}

fn evaluate_gmm(function: &str, input: &Value) -> Outcome {
    let setting = gmm::Setting {
        d: field(input, "d")?,
        k: field(input, "k")?,
        m: field(input, "m")?,
        gamma: field(input, "gamma")?,
    };
    let alpha: Vec<f64> = field(input, "alpha")?;
    let (mu, q) = (rows(input, "mu")?, rows(input, "q")?);
    let (l, x) = (rows(input, "l")?, rows(input, "x")?);
    match function {
        "objective" => run(input, || gmm::log_posterior(&alpha, &mu, &q, &l, &x, &setting), number),
        "jacobian" => run(
            input,
            || gmm::log_posterior::grad(&alpha, &mu, &q, &l, &x, &setting),
            |(alpha, mu, q, l)| {
                json!({
                    "alpha": alpha,
                    "mu": matrix(&mu, setting.d),
                    "q": matrix(&q, setting.d),
                    "l": matrix(&l, setting.d * (setting.d - 1) / 2),
                })
            },
        ),
        _ => missing(function),
    }
}

/// The problem is a small one, repeated: output of each repetition is sent once.
fn evaluate_ba(function: &str, input: &Value) -> Outcome {
    let (n, m, p): (usize, usize, usize) =
        (field(input, "n")?, field(input, "m")?, field(input, "p")?);
    let scene = ba::Scene {
        cameras: vec![field(input, "cam")?; n],
        points: vec![field(input, "x")?; m],
        weights: vec![field(input, "w")?; p],
        features: vec![field(input, "feat")?; p],
        observations: (0..p).map(|i| (i % n, i % m)).collect(),
    };
    match function {
        "objective" => run(
            input,
            || ba::errors(&scene),
            |(reprojections, weights)| {
                json!({
                    "reproj_error": { "elements": reprojections[0], "repeated": p },
                    "w_err": { "element": weights[0], "repeated": p },
                })
            },
        ),
        "jacobian" => run(
            input,
            || ba::jacobian(&scene),
            |jacobian| {
                json!({
                    "rows": excerpt(&jacobian.rows),
                    "cols": excerpt(&jacobian.columns),
                    "vals": excerpt(&jacobian.values),
                })
            },
        ),
        _ => missing(function),
    }
}

/// The part of a sparse matrix's list that is sent: the entries of the first observation, and the last.
fn excerpt<T: Copy>(list: &[T]) -> Vec<T> {
    list.iter().take(2 * ba::ROW).chain(list.last()).copied().collect()
}

fn evaluate_lstm(function: &str, input: &Value) -> Outcome {
    let b = input["sequence"][0].as_array().map_or(0, Vec::len);
    let (main, extra) = (rows(input, "main_params")?, rows(input, "extra_params")?);
    let (state, sequence) = (rows(input, "state")?, rows(input, "sequence")?);
    match function {
        "objective" => run(input, || lstm::loss(&main, &extra, &state, &sequence, b), number),
        "jacobian" => run(
            input,
            || lstm::loss::grad(&main, &extra, &state, &sequence, b),
            |(main, extra)| vector([main, extra].concat()),
        ),
        _ => missing(function),
    }
}

/// The upper three rows of 4 × 4 matrices.
fn affine(input: &Value, name: &str) -> Result<Vec<ht::Affine>, String> {
    let matrices: Vec<[[f64; 4]; 4]> = field(input, name)?;
    Ok(matrices.into_iter().map(|[a, b, c, _]| [a, b, c]).collect())
}

fn evaluate_ht(function: &str, input: &Value) -> Outcome {
    let (data, model) = (&input["data"], &input["data"]["model"]);
    let positions: Vec<Vec<f64>> = field(model, "base_positions")?;
    let parents: Vec<isize> = field(model, "parents")?;
    let theta: Vec<f64> = field(input, "theta")?;
    let us: Vec<[f64; 2]> = field(input, "us")?;
    let data = ht::Data {
        model: ht::Model {
            parents: parents.into_iter().map(|p| usize::try_from(p).ok()).collect(),
            base_relatives: affine(model, "base_relatives")?,
            inverse_base_absolutes: affine(model, "inverse_base_absolutes")?,
            base_positions: positions.iter().map(|p| [p[0], p[1], p[2]]).collect(),
            weights: field(model, "weights")?,
            triangles: field(model, "triangles")?,
            is_mirrored: field(model, "is_mirrored")?,
        },
        correspondences: field(data, "correspondences")?,
        points: field(data, "points")?,
    };
    let height = 3 * data.points.len();
    let columns = |columns: Vec<Vec<f64>>| {
        json!(
            (0..height).map(|i| columns.iter().map(|c| c[i]).collect()).collect::<Vec<Vec<f64>>>()
        )
    };
    match function {
        "objective" if us.is_empty() => run(input, || ht::simple(&theta, &data), vector),
        "objective" => run(input, || ht::complicated(&theta, &us, &data), vector),
        "jacobian" if us.is_empty() => run(input, || ht::simple_columns(&theta, &data), columns),
        "jacobian" => run(input, || ht::complicated_columns(&theta, &us, &data), columns),
        _ => missing(function),
    }
}
