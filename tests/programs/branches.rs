//! Branches: `if` in every position, conditions that mix active and inactive values.

use ad::check;
use ad_runtime::differentiate;

#[differentiate]
fn relu(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}

#[test]
fn check_relu() {
    check!(relu(0.7));
    check!(relu(-0.7));
}

#[differentiate]
fn huber(residual: f64, delta: f64) -> f64 {
    let size = residual.abs();
    if size <= delta { 0.5 * residual * residual } else { delta * (size - 0.5 * delta) }
}

#[differentiate]
fn huber_fixed_delta(residual: f64, #[constant] delta: f64) -> f64 {
    let size = residual.abs();
    if size <= delta { 0.5 * residual * residual } else { delta * (size - 0.5 * delta) }
}

#[test]
fn check_huber() {
    for residual in [0.3, -0.4, 2.0, -3.0] {
        check!(huber(residual, 1.0));
        check!(huber_fixed_delta(residual, const 1.0));
    }
}

#[differentiate]
fn smoothstep(edge0: f64, edge1: f64, x: f64) -> f64 {
    let t = (x - edge0) / (edge1 - edge0);
    if t <= 0.0 {
        0.0
    } else if t >= 1.0 {
        1.0
    } else {
        t * t * (3.0 - 2.0 * t)
    }
}

#[test]
fn check_smoothstep() {
    for x in [-0.5, 0.4, 0.9, 2.5] {
        check!(smoothstep(0.0, 1.5, x));
    }
}

/// Drag coefficient of a sphere by Reynolds number.
#[differentiate]
fn drag(reynolds: f64, viscosity: f64) -> f64 {
    let coefficient;
    if reynolds < 0.1 {
        coefficient = 24.0 / reynolds;
    } else if reynolds < 1000.0 {
        coefficient = 24.0 / reynolds * (1.0 + 0.15 * reynolds.powf(0.687));
    } else {
        coefficient = 0.44;
    }
    coefficient * viscosity * reynolds
}

#[test]
fn check_drag() {
    for reynolds in [0.05, 20.0, 5000.0] {
        check!(drag(reynolds, 0.8));
    }
}

#[differentiate]
fn conditional_update(mut x: f64, y: f64, flag: bool) -> f64 {
    if flag {
        x *= y;
    }
    if x > 1.0 {
        x = x.ln() + y;
        if !flag {
            x += 2.0 * y;
        }
    }
    x * x
}

#[test]
fn check_conditional_update() {
    for x in [0.6, 2.5] {
        check!(conditional_update(x, 1.3, const true));
        check!(conditional_update(x, 1.3, const false));
    }
}

/// The branch not taken divides by zero: it must not poison the gradient.
#[differentiate]
fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.sin() / x }
}

#[test]
fn check_sinc() {
    check!(sinc(0.8));
}

#[test]
fn check_sinc_at_zero() {
    assert_eq!(sinc::value_and_grad(0.0), (1.0, 0.0));
    assert_eq!(sinc::jvp(0.0, 1.0), (1.0, 0.0));
}

#[differentiate]
fn spherical_angle(x: f64, y: f64) -> f64 {
    let cosine = x / (x * x + y * y).sqrt();
    let angle = if cosine < 1.0 && cosine > -1.0 { cosine.acos() } else { 0.0 };
    if y < 0.0 || angle > 3.0 { -angle } else { angle }
}

#[test]
fn check_spherical_angle() {
    check!(spherical_angle(0.4, 0.5));
    check!(spherical_angle(0.4, -0.5));
}

#[test]
fn check_spherical_angle_on_the_axis() {
    assert_eq!(spherical_angle::grad(1.0, 0.0), (0.0, 0.0));
}

#[differentiate]
fn branch_gives_tuple(a: f64, b: f64) -> f64 {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let (ratio, sum) = (low / high, low + high);
    ratio.exp() * sum - low
}

#[test]
fn check_branch_gives_tuple() {
    check!(branch_gives_tuple(0.3, 0.9));
    check!(branch_gives_tuple(1.3, 0.9));
}

#[differentiate]
fn van_leer_flux(left: f64, centre: f64, right: f64) -> f64 {
    let backward = centre - left;
    let forward = right - centre;
    let slope = if backward * forward > 0.0 {
        2.0 * backward * forward / (backward + forward)
    } else {
        0.0
    };
    centre + 0.5 * slope
}

#[test]
fn check_van_leer_flux() {
    check!(van_leer_flux(0.2, 0.5, 0.9));
    check!(van_leer_flux(0.2, 0.5, 0.1));
}

/// Condition as a value of its own, computed before the variable changes.
#[differentiate]
fn remembered_condition(mut x: f64, y: f64) -> f64 {
    let was_large = x > y;
    let both = was_large && y > 0.0;
    x = if was_large { x - y } else { x + y };
    let scale = if both { x * 2.0 } else { y };
    if was_large { x * scale } else { x / scale }
}

#[test]
fn check_remembered_condition() {
    check!(remembered_condition(2.0, 0.7));
    check!(remembered_condition(0.4, 0.7));
    check!(remembered_condition(-0.4, -0.7));
}

#[differentiate]
fn nested_conditions(x: f64, y: f64, n: i32) -> f64 {
    1.0 + if n > 2 {
        let power = x.powi(n);
        if y > x {
            power * y
        } else if n % 2 == 0 {
            power - y
        } else {
            power
        }
    } else {
        (if n == 0 { x } else { y }) * if x < 1.0 { x } else { y * y }
    }
}

#[test]
fn check_nested_conditions() {
    for n in 0..5 {
        check!(nested_conditions(0.9, 1.2, const n));
        check!(nested_conditions(1.3, 0.2, const n));
    }
}

#[differentiate]
fn saturating_growth(population: f64, rate: f64, capacity: f64) -> f64 {
    assert!(capacity > 0.0, "capacity must be positive, got {capacity}");
    debug_assert!(rate.is_finite());
    if population < 0.0 {
        panic!("negative population {population}");
    }
    let room = 1.0 - population / capacity;
    population + rate * population * room
}

#[test]
fn check_saturating_growth() {
    check!(saturating_growth(0.4, 1.6, 2.0));
}

#[test]
#[should_panic(expected = "negative population")]
fn check_saturating_growth_panics_as_the_primal() {
    let _ = saturating_growth::grad(-0.4, 1.6, 2.0);
}

#[differentiate]
fn only_one_branch_is_active(x: f64, table: &[i32], i: usize) -> f64 {
    let weight = if table[i] > 0 { x } else { 3.0 };
    let offset = if i == 0 { 1.5 } else { x * x };
    weight * offset
}

#[test]
fn check_only_one_branch_is_active() {
    for i in 0..3 {
        check!(only_one_branch_is_active(1.4, const &[1, -1, 1], const i));
    }
}
