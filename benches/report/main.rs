//! What `cargo bench --bench gradbench` measured, as a table in Markdown on standard output and a picture in
//! `benches/report/gradbench.svg`.
//!
//! Reads the samples that criterion leaves in `target/criterion` and takes the fastest of each benchmark: on a
//! machine that does other work too, the others measure that work.

#![allow(missing_docs, reason = "a benchmark has no readers of its documentation")]

use plotters::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};

/// The problems in the order of the bench.
const PROBLEMS: &[&str] = &["det", "lse", "llsq", "ode", "kmeans", "gmm", "lstm", "ba"];

/// The times of one problem at one size, in nanoseconds.
struct Row {
    name: String,
    primal: f64,
    generated: f64,
    written: f64,
}

impl Row {
    fn to_written(&self) -> f64 {
        self.generated / self.written
    }
}

/// Where cargo builds, which holds criterion's results.
fn results() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target")).join("criterion")
}

/// The samples of one benchmark: how often it ran in each, and how long that took in nanoseconds.
#[derive(serde::Deserialize)]
struct Samples {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// The time of one run in the fastest sample of a benchmark, if it was measured.
fn fastest(group: &Path, function: &str) -> Option<f64> {
    let text = std::fs::read_to_string(group.join(function).join("new/sample.json")).ok()?;
    let samples: Samples = serde_json::from_str(&text).ok()?;
    samples.times.iter().zip(&samples.iters).map(|(t, n)| t / n).min_by(f64::total_cmp)
}

/// The problems that were measured: by the order of the bench, then by time.
fn rows() -> Vec<Row> {
    let Ok(groups) = std::fs::read_dir(results()) else { return Vec::new() };
    let mut rows: Vec<(usize, Row)> = groups
        .flatten()
        .filter_map(|group| {
            let name = group.file_name().into_string().ok()?;
            let problem = name.split('-').next()?;
            let order = PROBLEMS.iter().position(|p| *p == problem)?;
            let row = Row {
                primal: fastest(&group.path(), "primal")?,
                generated: fastest(&group.path(), "generated")?,
                written: fastest(&group.path(), "written")?,
                name,
            };
            Some((order, row))
        })
        .collect();
    rows.sort_by(|(i, a), (j, b)| i.cmp(j).then(a.primal.total_cmp(&b.primal)));
    rows.into_iter().map(|(_, row)| row).collect()
}

fn table(rows: &[Row]) {
    println!(
        "| problem | function | generated gradient | by hand | generated / function | by hand / function | generated / by hand |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for row in rows {
        println!(
            "| {} | {:.1} µs | {:.1} µs | {:.1} µs | {:.2} | {:.2} | {:.2} |",
            row.name.replace('-', " "),
            row.primal / 1e3,
            row.generated / 1e3,
            row.written / 1e3,
            row.generated / row.primal,
            row.written / row.primal,
            row.to_written()
        );
    }
    let mean = rows.iter().map(|r| r.to_written().ln()).sum::<f64>() / rows.len() as f64;
    println!("\nGeometric mean of generated / by hand: {:.2}.", mean.exp());
}

/// Bars of generated ÷ by hand on a logarithmic scale, with a line at 1.
fn picture(rows: &[Row], path: &Path) -> Result<(), Box<dyn Error>> {
    let height = 90 + 26 * rows.len() as u32;
    let root = SVGBackend::new(path, (760, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let ratios = || rows.iter().map(Row::to_written);
    let least = ratios().fold(0.5, f64::min) * 0.9;
    let most = ratios().fold(2.0, f64::max) * 1.4;
    let (left, right, top, step) = (190.0, 730.0, 50.0, 26.0);
    let x = |ratio: f64| {
        let part = (ratio / least).ln() / (most / least).ln();
        (left + part * (right - left)).round() as i32
    };
    let label = ("sans-serif", 14).into_font();
    let title = ("sans-serif", 17).into_font();
    root.draw(&Text::new("Generated gradient ÷ gradient by hand (time)", (20, 14), title))?;
    for (i, row) in rows.iter().enumerate() {
        let y = (top + step * i as f64) as i32;
        let ratio = row.to_written();
        let (from, to) = (x(ratio.min(1.0)), x(ratio.max(1.0)));
        let color = if ratio <= 1.05 { RGBColor(46, 125, 80) } else { RGBColor(66, 103, 178) };
        root.draw(&Rectangle::new([(from, y), (to, y + 18)], color.filled()))?;
        root.draw(&Text::new(row.name.replace('-', " "), (20, y + 2), label.clone()))?;
        root.draw(&Text::new(format!("{ratio:.2}"), (to + 6, y + 2), label.clone()))?;
    }
    let bottom = (top + step * rows.len() as f64) as i32;
    root.draw(&PathElement::new([(x(1.0), 40), (x(1.0), bottom + 4)], BLACK))?;
    root.draw(&Text::new("1: as fast as by hand", (x(1.0) - 40, bottom + 8), label))?;
    root.present()?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let rows = rows();
    if rows.is_empty() {
        println!("Nothing was measured yet: cargo bench --bench gradbench");
        return Ok(());
    }
    table(&rows);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/report/gradbench.svg");
    picture(&rows, &path)
}
