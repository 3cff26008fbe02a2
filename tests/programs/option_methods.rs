//! Methods of `Option`, on what containers give and on what functions return.

use ad::{check, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Place {
    x: f64,
    y: f64,
}

point!(Place, PlaceTangent { x, y });

const PLACES: [Place; 3] =
    [Place { x: 0.3, y: 0.7 }, Place { x: 0.4, y: -0.7 }, Place { x: 0.1, y: 0.9 }];

#[differentiate]
fn large(x: f64) -> Option<f64> {
    if x > 0.5 { Some(x * x) } else { None }
}

#[differentiate]
fn filtered(x: f64, y: Option<f64>) -> f64 {
    y.map(|v| v * x).filter(|v| *v < 10.0).unwrap_or(x)
}

#[differentiate]
fn filtered_calls(x: f64, y: f64) -> f64 {
    let a = Some(y).filter(|v| *v < x).map_or(x * x, |v| v * x);
    let b = large(x).filter(|v| v > &y).unwrap_or(y);
    a + b
}

#[test]
fn check_filters() {
    check!(filtered(0.7, Some(0.4)));
    check!(filtered(0.7, None));
    check!(filtered(7.7, Some(4.0)));
    for (x, y) in [(0.7, 0.4), (0.4, 0.7), (0.8, 0.7)] {
        check!(filtered_calls(x, y));
    }
}

#[differentiate]
fn last_square(x: &[f64]) -> Result<f64, String> {
    let last = x.last().copied().ok_or_else(|| String::from("empty"))?;
    Ok(last * last)
}

#[differentiate]
fn last_square_or(x: &[f64], k: f64) -> f64 {
    last_square(x).map_or(k, |v| v * k)
}

#[test]
fn check_last_square() {
    for n in 0..3 {
        check!(last_square_or(&values(n), 0.4));
    }
}

#[differentiate]
fn last_place(places: &[Place]) -> Place {
    places.last().copied().unwrap()
}

#[differentiate]
fn copied_elements(places: &[Place], k: f64) -> f64 {
    let first = places.first().copied().map(|p| p.x * p.y * k).unwrap_or(k);
    first + places.get(1).cloned().map_or(k * k, |p| p.x * p.y * k)
}

#[differentiate]
fn cloned_element(rows: &[Vec<f64>], k: f64) -> f64 {
    rows.first().cloned().map_or(k, |row| row[0] * row[1] * k)
}

/// The best so far is kept in an `Option` of structs.
#[differentiate]
fn leftmost(places: &[Place], k: f64) -> f64 {
    let mut best = places.first().copied();
    for p in places {
        best = best.filter(|b| b.x < p.x).or(Some(*p));
    }
    best.map_or(k, |b| b.x * b.y)
}

#[test]
fn check_elements() {
    for n in 0..=3 {
        let places = PLACES[..n].to_vec();
        if n > 0 {
            check_vector!(last_place(&places));
        }
        check!(copied_elements(&places, 0.3));
        check!(leftmost(&places, 0.3));
        check!(cloned_element(&vec![values(2); n], 0.3));
    }
}

#[differentiate]
fn zipped(x: f64, y: f64) -> f64 {
    let a = if x > 0.6 { Some(x) } else { None };
    let b = if y > 0.6 { Some(y) } else { None };
    a.zip(b).map_or(x * y * y, |(a, b)| a * a * b)
}

#[differentiate]
fn nested(x: f64, y: f64) -> f64 {
    let inner = if x > 0.5 { Some(x * y) } else { None };
    let outer = if y > 0.5 { Some(inner) } else { None };
    outer.flatten().unwrap_or(x + y * y)
}

#[test]
fn check_two_options() {
    for (x, y) in [(0.7, 0.8), (0.3, 0.7), (0.7, 0.3), (0.2, 0.3)] {
        check!(zipped(x, y));
        check!(nested(x, y));
    }
}
