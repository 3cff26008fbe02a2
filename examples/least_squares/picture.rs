//! The picture: how the fit converged, and what it predicts against what was observed.

use std::error::Error;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2};
use plotters::coord::Shift;
use plotters::prelude::*;

use crate::fit::Fit;

/// The size of the picture in pixels.
const SIZE: (u32, u32) = (1240, 600);
const BLUE: RGBColor = RGBColor(31, 95, 168);
const ORANGE: RGBColor = RGBColor(217, 112, 30);
const INK: RGBColor = RGBColor(45, 50, 58);
const GRID: RGBColor = RGBColor(226, 229, 234);
const FONT: &str = "sans-serif";

type Panel<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Outcome = Result<(), Box<dyn Error>>;

/// Writes `target/least_squares.svg` and returns its path.
pub fn draw(
    fit: &Fit,
    optimum: f64,
    phi: &Array2<f64>,
    y: &Array1<f64>,
) -> Result<PathBuf, Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("least_squares.svg");

    let root = SVGBackend::new(&path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let body = root
        .margin(14, 0, 0, 0)
        .titled("Least squares on the diabetes study", (FONT, 26).into_font().color(&INK))?;
    let (left, right) = body.split_horizontally(SIZE.0 / 2);
    convergence(&left, fit, optimum)?;
    predictions(&right, fit, phi, y)?;
    root.present()?;
    drop((left, right, body, root));
    Ok(path)
}

/// The loss above its optimum and the norm of the gradient, both relative to the start, after each iteration.
fn convergence(panel: &Panel, fit: &Fit, optimum: f64) -> Outcome {
    let start = fit.steps[0];
    // A logarithmic axis has no zero: where rounding has eaten the last difference, the curve ends.
    let curve = |value: &dyn Fn(usize) -> f64| -> Vec<(f64, f64)> {
        (0..fit.steps.len()).map(|i| (i as f64, value(i))).filter(|point| point.1 > 0.0).collect()
    };
    let gap = curve(&|i| (fit.steps[i].loss - optimum) / (start.loss - optimum));
    let gradient = curve(&|i| fit.steps[i].gradient_norm / start.gradient_norm);
    let lowest = gap.iter().chain(&gradient).map(|point| point.1).fold(1.0, f64::min);
    let bottom = 10_f64.powf(lowest.log10().floor());

    let mut chart = ChartBuilder::on(panel)
        .caption("Convergence of L-BFGS", (FONT, 19).into_font().color(&INK))
        .margin(14)
        .margin_right(24)
        .x_label_area_size(48)
        .y_label_area_size(70)
        .build_cartesian_2d(0.0..fit.steps.len() as f64 - 0.5, (bottom..10.0).log_scale())?;
    chart
        .configure_mesh()
        .x_desc("iteration")
        .y_desc("relative to the start")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| power_of_ten(*y))
        .y_labels(10)
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 14).into_font().color(&INK))
        .axis_desc_style((FONT, 16).into_font().color(&INK))
        .draw()?;
    for (points, colour, name) in
        [(gap, BLUE, "loss − optimum"), (gradient, ORANGE, "norm of the gradient")]
    {
        chart.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)))?;
        chart
            .draw_series(points.iter().map(|&point| Circle::new(point, 4, colour.filled())))?
            .label(name)
            .legend(move |(x, y)| {
                EmptyElement::at((x, y))
                    + PathElement::new([(0, 0), (22, 0)], colour.stroke_width(2))
                    + Circle::new((11, 0), 4, colour.filled())
            });
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.filled())
        .border_style(GRID)
        .label_font((FONT, 15).into_font().color(&INK))
        .draw()?;
    Ok(())
}

/// One point per patient, and the line on which a perfect prediction would lie.
fn predictions(panel: &Panel, fit: &Fit, phi: &Array2<f64>, y: &Array1<f64>) -> Outcome {
    let predicted = phi.dot(&fit.theta);
    let highest = crate::max(y).max(crate::max(&predicted));
    let top = (highest / 50.0).ceil() * 50.0;

    let mut chart = ChartBuilder::on(panel)
        .caption(
            format!("Predicted against observed, R² = {:.3}", fit.r_squared),
            (FONT, 19).into_font().color(&INK),
        )
        .margin(14)
        .margin_right(24)
        .x_label_area_size(48)
        .y_label_area_size(60)
        .build_cartesian_2d(0.0..top, 0.0..top)?;
    chart
        .configure_mesh()
        .x_desc("observed progression after one year")
        .y_desc("predicted progression")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .x_labels(8)
        .y_labels(8)
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 14).into_font().color(&INK))
        .axis_desc_style((FONT, 16).into_font().color(&INK))
        .draw()?;
    chart
        .draw_series(
            y.iter()
                .zip(&predicted)
                .map(|(&o, &p)| Circle::new((o, p), 4, BLUE.mix(0.45).filled())),
        )?
        .label(format!("{} patients", y.len()))
        .legend(|(x, y)| Circle::new((x + 11, y), 4, BLUE.mix(0.45).filled()));
    chart
        .draw_series(LineSeries::new([(0.0, 0.0), (top, top)], ORANGE.stroke_width(2)))?
        .label("predicted = observed")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 22, y)], ORANGE.stroke_width(2)));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.filled())
        .border_style(GRID)
        .label_font((FONT, 15).into_font().color(&INK))
        .draw()?;
    Ok(())
}

/// A power of ten with its exponent raised; other numbers as they are.
fn power_of_ten(value: f64) -> String {
    let exponent = value.log10().round() as i32;
    if (value.log10() - f64::from(exponent)).abs() > 1e-9 {
        return value.to_string();
    }
    let mut text = String::from("10");
    text.extend(exponent.to_string().chars().map(|c| match c {
        '-' => '⁻',
        digit => ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'][digit as usize - '0' as usize],
    }));
    text
}
