//! The problems of the example `gradbench`, on inputs made here: gradients in reverse against forward mode and
//! finite differences.

#[path = "../examples/gradbench/evals.rs"]
mod evals;
#[path = "../examples/gradbench/problems/mod.rs"]
mod problems;
#[path = "../examples/gradbench/protocol.rs"]
mod protocol;
#[path = "../examples/gradbench/runs.rs"]
mod runs;

use ad::{Rng, check, check_vector, signed, values};
use problems::{ba, det, gmm, hello, ht, kmeans, llsq, lse, lstm, ode, particle, saddle};
use serde_json::json;

use ba::{reprojection, weight_error};
use det::determinant;
use gmm::log_posterior;
use hello::square;
use ht::{complicated, simple};
use kmeans::cost;
use llsq::objective;
use lse::log_sum_exp;
use lstm::loss;
use ode::{last, solve};

#[test]
fn check_hello() {
    check!(square(3.0));
}

#[test]
fn check_det() {
    for n in 1..5 {
        check!(determinant(&signed(n * n, 1), const n));
    }
    assert_eq!(determinant(&[1.0, 2.0, 3.0, 4.0], 2), -2.0);
    assert_eq!(determinant::grad(&[1.0, 2.0, 3.0, 4.0], 2), [4.0, -3.0, -2.0, 1.0]);
}

#[test]
fn check_lse() {
    for n in [1, 2, 7] {
        check!(log_sum_exp(&signed(n, 2)));
    }
    assert_eq!(log_sum_exp::grad(&[1000.0, 1000.0]), [0.5, 0.5]);
}

#[test]
fn check_llsq() {
    for (m, n) in [(0, 3), (1, 2), (4, 7)] {
        check!(objective(&signed(m, 3), const n));
    }
}

#[test]
fn check_ode() {
    for (n, steps) in [(1, 1), (2, 2), (4, 0), (4, 3)] {
        check!(last(&values(n), const steps));
        check_vector!(solve(&values(n), const steps));
    }
    // Four stages are exact for polynomials of degree four.
    let x = [0.5, 1.5, 2.0];
    assert!((last(&x, 3) - 0.5 * 1.5 * 2.0 * 8.0 / 6.0).abs() < 1e-12);
}

#[test]
fn check_kmeans() {
    for (n, k) in [(0, 1), (1, 1), (2, 1), (9, 3)] {
        let points = signed(2 * n, 4);
        check!(cost(const &points, &signed(2 * k, 5), const 2));
    }
}

/// Every cluster has its points, and Newton's method steps from the centroid to their mean.
#[test]
fn the_direction_of_kmeans() {
    let points = [0.0, 0.0, 1.0, 0.5, 5.0, 5.0, 6.0, 4.0, 4.0, 6.0];
    let centroids = [0.3, 0.1, 5.5, 5.25];
    let expected = [0.3 - 0.5, 0.1 - 0.25, 5.5 - 5.0, 5.25 - 5.0];
    let direction = kmeans::direction(&points, &centroids, 2);
    for (found, expected) in direction.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14, "{found} instead of {expected}");
    }
}

#[test]
fn check_particle() {
    use particle::{Forward, Reverse, hit_forward, hit_reverse, squared_miss};
    let slopes = [
        squared_miss::grad::<Forward>(0.3),
        squared_miss::grad::<Reverse>(0.3),
        squared_miss::jvp::<Forward>(0.3, 1.0).1,
        squared_miss::jvp::<Reverse>(0.3, 1.0).1,
    ];
    let h = 1e-6;
    let difference =
        (squared_miss::<Forward>(0.3 + h) - squared_miss::<Forward>(0.3 - h)) / (2.0 * h);
    for slope in slopes {
        assert!((slope - difference).abs() < 1e-6, "{slope} instead of {difference}");
    }
    let hits = [
        hit_forward::<Forward>(0.0),
        hit_forward::<Reverse>(0.0),
        hit_reverse::<Forward>(0.0),
        hit_reverse::<Reverse>(0.0),
    ];
    for w in hits {
        assert!((w - 0.207_191_9).abs() < 1e-6, "{w}");
        assert!(squared_miss::<Forward>(w) < 1e-6, "the particle misses the origin for {w}");
    }
}

/// Both searches end as near to the saddle at 0 as their tolerance of steps is.
#[test]
fn check_saddle() {
    use saddle::{Forward, Reverse, greatest, saddle_forward, saddle_reverse};
    // The greatest height over x is |x|², as far as the search goes.
    let slope = greatest::grad::<Forward>(&[0.4, -0.3], &[1.0, 1.0]);
    assert!((slope[0] - 0.8).abs() < 1e-12 && (slope[1] + 0.6).abs() < 1e-12, "{slope:?}");
    let points = [
        saddle_forward::<Forward>([1.0, 1.0]),
        saddle_forward::<Reverse>([1.0, 1.0]),
        saddle_reverse::<Forward>([1.0, 1.0]),
        saddle_reverse::<Reverse>([1.0, 1.0]),
    ];
    for point in points {
        for coordinate in point {
            assert!((coordinate - 8.246_324_826e-6).abs() < 1e-12, "{point:?}");
        }
    }
}

#[test]
fn check_gmm() {
    for (n, d, k) in [(0, 1, 1), (1, 1, 2), (2, 2, 1), (3, 3, 2)] {
        let setting = gmm::Setting { d, k, m: 2, gamma: 1.3 };
        let below = k * d * (d - 1) / 2;
        check!(log_posterior(
            &signed(k, 6),
            &signed(k * d, 7),
            &signed(k * d, 8),
            &signed(below, 9),
            const &signed(n * d, 10),
            const &setting
        ));
    }
}

/// One component in one dimension, whose posterior is written down with ease.
#[test]
fn the_posterior_of_a_normal_distribution() {
    let setting = gmm::Setting { d: 1, k: 1, m: 0, gamma: 1.0 };
    let (mu, q, x): (f64, f64, f64) = (0.3, -0.2, 1.1);
    let precision = (2.0 * q).exp();
    let normal = 0.5 * precision.ln()
        - 0.5 * std::f64::consts::TAU.ln()
        - 0.5 * precision * (x - mu) * (x - mu);
    // The Wishart distribution with n = 2 and V = 1 without its determinant: exp(-p / 2) / (2 Γ(1)).
    let prior = -0.5 * precision - 2f64.ln();
    let posterior = log_posterior(&[0.7], &[mu], &[q], &[], &[x], &setting);
    assert!((posterior - normal - prior).abs() < 1e-12);
}

fn camera(rng: &mut Rng) -> [f64; 11] {
    std::array::from_fn(|i| if i == 5 { -4.0 } else { rng.uniform(-0.8, 0.8) })
}

#[test]
fn check_ba() {
    let mut rng = Rng::new(11);
    let point = [0.3, -0.4, 0.6];
    for _ in 0..3 {
        check_vector!(reprojection(&camera(&mut rng), &point, 0.7, const &[0.1, -0.2]));
    }
    check!(weight_error(0.7));
    // Without a rotation the point is turned to first order.
    let mut still = camera(&mut rng);
    still[..3].fill(0.0);
    let (camera_bar, _, _) = reprojection::vjp(&still, &point, 0.7, &[0.1, -0.2]).1([1.0, 1.0]);
    assert!(camera_bar.iter().all(|x| x.is_finite()));
}

#[test]
fn check_lstm() {
    for (layers, b, characters) in [(1, 1, 2), (1, 2, 3), (2, 3, 4)] {
        check!(loss(
            &signed(8 * b * layers, 12),
            &signed(3 * b, 13),
            const &signed(2 * b * layers, 14),
            const &values(b * characters),
            const b
        ));
    }
}

/// A hand of six bones and five vertices.
fn hand(is_mirrored: bool) -> ht::Data {
    let mut rng = Rng::new(15);
    let mut affine = || {
        std::array::from_fn(|i| {
            std::array::from_fn(|j| f64::from(u8::from(i == j)) + rng.uniform(-0.3, 0.3))
        })
    };
    let base_relatives: Vec<_> = (0..6).map(|_| affine()).collect();
    let inverse_base_absolutes = (0..6).map(|_| affine()).collect();
    let mut rng = Rng::new(16);
    let mut position = || std::array::from_fn(|_| rng.uniform(-1.0, 1.0));
    let base_positions = (0..5).map(|_| position()).collect();
    let points = (0..3).map(|_| position()).collect();
    ht::Data {
        model: ht::Model {
            parents: vec![None, Some(0), Some(1), Some(2), Some(3), Some(1)],
            base_relatives,
            inverse_base_absolutes,
            base_positions,
            weights: (0..5).map(|v| signed(6, 17 + v)).collect(),
            triangles: vec![[0, 1, 2], [2, 3, 4]],
            is_mirrored,
        },
        correspondences: vec![1, 0, 1],
        points,
    }
}

#[test]
fn check_ht() {
    let theta = signed(26, 18);
    let us = [[0.2, 0.3], [0.6, 0.1], [0.3, 0.3]];
    for is_mirrored in [false, true] {
        let data = hand(is_mirrored);
        check_vector!(simple(&theta, const &data));
        check_vector!(complicated(&theta, &us.to_vec(), const &data));
    }
    // No rotation at all: the derivative by it is left out.
    let mut still = theta.clone();
    still[..3].fill(0.0);
    assert!(simple::jvp(&still, &hand(false), &theta).1.iter().all(|x| x.is_finite()));
}

#[test]
fn the_jacobian_of_a_hand_has_its_columns() {
    let (theta, data) = (signed(26, 18), hand(false));
    let us = [[0.2, 0.3], [0.6, 0.1], [0.3, 0.3]];
    let columns = ht::complicated_columns(&theta, &us, &data);
    assert_eq!(columns.len(), 28);
    // By reverse mode: row 4 is of the second point.
    let mut out_bar = vec![0.0; 9];
    out_bar[4] = 1.0;
    let (theta_bar, us_bar) = complicated::vjp(&theta, &us, &data).1(out_bar);
    for (i, expected) in us_bar[1].iter().chain(&theta_bar).enumerate() {
        assert!((columns[i][4] - expected).abs() < 1e-12);
    }
    assert_eq!(ht::simple_columns(&theta, &data).len(), 26);
}

#[test]
fn the_jacobian_of_a_scene_is_that_of_its_observations() {
    let mut rng = Rng::new(19);
    let scene = ba::Scene {
        cameras: vec![camera(&mut rng), camera(&mut rng)],
        points: vec![[0.3, -0.4, 0.6], [0.1, 0.2, -0.3], [-0.5, 0.3, 0.2]],
        weights: vec![0.7, 1.1],
        features: vec![[0.1, -0.2], [0.3, 0.4]],
        observations: vec![(0, 2), (1, 0)],
    };
    let sparse = ba::jacobian(&scene);
    assert_eq!(sparse.rows, [0, 15, 30, 45, 60, 61, 62]);
    // By forward mode: the second error of the second observation, by the y coordinate of its point.
    let (_, column) = reprojection::jvp(
        &scene.cameras[1],
        &scene.points[0],
        1.1,
        &[0.3, 0.4],
        &[0.0; 11],
        &[0.0, 1.0, 0.0],
        0.0,
    );
    let entry = (45..60).find(|e| sparse.columns[*e] == 22 + 1).expect("an entry of the point");
    assert!((sparse.values[entry] - column[1]).abs() < 1e-12);
    assert_eq!(sparse.values[60..], [-1.4, -2.2]);
    assert_eq!(ba::errors(&scene).1.len(), 2);
}

#[test]
fn messages_are_answered() {
    let answer = |message: serde_json::Value| protocol::answer(&message);
    assert_eq!(answer(json!({ "id": 0, "kind": "start" }))["id"], 0);
    let define = |module: &str| answer(json!({ "id": 1, "kind": "define", "module": module }));
    assert_eq!(define("lstm")["success"], true);
    assert_eq!(define("none")["success"], false);
    assert_eq!(
        answer(json!({ "id": 3, "kind": "analysis", "of": 2, "valid": true })),
        json!({ "id": 3 })
    );
}

/// Each function of a module answers; what it computes is tested above.
#[test]
fn functions_of_modules_are_evaluated() {
    let evaluate = |module: &str, function: &str, input: serde_json::Value| {
        let message = json!({
            "id": 7, "kind": "evaluate", "module": module, "function": function, "input": input,
        });
        let answer = protocol::answer(&message);
        assert_eq!(answer["id"], 7);
        assert_eq!(answer["success"], true, "{answer}");
        answer
    };
    assert_eq!(evaluate("hello", "double", json!(3.0))["output"], 6.0);
    let runs =
        evaluate("lse", "gradient", json!({ "x": [1.0, 1.0], "min_runs": 5, "min_seconds": 0.0 }));
    assert_eq!(runs["output"], json!([0.5, 0.5]));
    assert_eq!(runs["timings"].as_array().map(Vec::len), Some(5));
    let det = json!({ "A": [1.0, 2.0, 3.0, 4.0], "ell": 2 });
    assert_eq!(evaluate("det", "primal", det.clone())["output"], -2.0);
    assert_eq!(evaluate("det", "gradient", det)["output"], json!([4.0, -3.0, -2.0, 1.0]));
    let llsq = json!({ "x": [0.0, 1.0], "n": 3 });
    assert_eq!(evaluate("llsq", "gradient", llsq)["output"], json!([0.0, 0.0]));
    let ode = evaluate("ode", "gradient", json!({ "x": [1.0, 1.0], "s": 1 }));
    assert_eq!(ode["output"], json!([2.0, 2.0]));
    let kmeans = json!({ "points": [[0.0, 1.0], [2.0, 1.0]], "centroids": [[0.0, 0.0]] });
    assert_eq!(evaluate("kmeans", "cost", kmeans)["output"], 6.0);
    let gmm = json!({
        "d": 2, "k": 1, "n": 1, "m": 0, "gamma": 1.0,
        "alpha": [0.0], "mu": [[1.0, 1.0]], "q": [[0.0, 0.0]], "l": [[0.0]], "x": [[1.0, 1.0]],
    });
    assert_eq!(
        evaluate("gmm", "jacobian", gmm)["output"],
        json!({ "alpha": [0.0], "mu": [[0.0, 0.0]], "q": [[0.0, 0.0]], "l": [[0.0]] })
    );
    let ba = json!({
        "n": 2, "m": 3, "p": 12, "w": 1.0, "x": [0.0, 0.0, 1.0], "feat": [0.0, 0.0],
        "cam": [0.1, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0],
    });
    assert_eq!(
        evaluate("ba", "objective", ba.clone())["output"]["w_err"],
        json!({ "element": 0.0, "repeated": 12 })
    );
    assert_eq!(evaluate("ba", "jacobian", ba)["output"]["vals"].as_array().map(Vec::len), Some(31));
    let lstm = json!({
        "main_params": vec![vec![0.0; 4]; 2], "extra_params": [[0.0], [0.0], [0.0]],
        "state": [[0.0], [0.0]], "sequence": [[1.0], [1.0]],
    });
    assert_eq!(evaluate("lstm", "objective", lstm.clone())["output"], 3f64.ln());
    assert_eq!(evaluate("lstm", "jacobian", lstm)["output"].as_array().map(Vec::len), Some(11));
    let identity =
        [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
    let ht = json!({
        "theta": vec![0.0; 26], "us": [],
        "data": { "correspondences": [0], "points": [[1.0, 2.0, 3.0]], "model": {
            "parents": [-1], "base_relatives": [identity], "inverse_base_absolutes": [identity],
            "base_positions": [[1.0, 2.0, 2.0, 1.0]], "weights": [[1.0]], "triangles": [[0, 0, 0]],
            "is_mirrored": false,
        } },
    });
    assert_eq!(evaluate("ht", "objective", ht.clone())["output"], json!([0.0, 0.0, 1.0]));
    assert_eq!(evaluate("ht", "jacobian", ht)["output"][2][5], -1.0);
}
