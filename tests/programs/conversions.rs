//! Values that are made of parts of others: updated structs, arrays of slices, variables without a first value.

use ad::{check, check_vector, point, values};
use ad_runtime::{Differentiable, differentiate};

mod updates {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Differentiable)]
    pub struct S {
        pub k: f64,
        pub v: Vec<f64>,
        pub w: Vec<f64>,
    }
    point!(S, STangent { k, v, w });
    #[differentiate]
    fn update(s: S, x: f64) -> S {
        let k = s.k * x;
        let v: Vec<f64> = s.v.iter().map(|a| a * k).collect();
        S { k, v, ..s }
    }
    #[differentiate]
    fn update2(s: S, x: f64) -> S {
        let k = s.k * x;
        let v = s.v;
        let total: f64 = v.iter().sum();
        S { k: k * total, v, ..s }
    }
    #[differentiate]
    fn use_update(s: &S, x: f64) -> f64 {
        let t = update(s.clone(), x);
        let t = update2(t, x);
        t.k * t.v[0] + t.w.iter().sum::<f64>()
    }
    #[test]
    fn with_the_rest_of_another() {
        let s = S { k: 1.2, v: values(2), w: values(3) };
        check_vector!(update(s.clone(), 0.4));
        check_vector!(update2(s.clone(), 0.4));
        check!(use_update(&s, 0.4));
    }
}

mod arrays {
    use super::*;
    #[differentiate]
    fn f(s: &[f64]) -> f64 {
        let a: [f64; 3] = s[..3].try_into().unwrap();
        let [x, y, z] = a;
        x * y + z * a[0]
    }
    #[differentiate]
    fn g(s: &[f64]) -> f64 {
        let a: [f64; 2] = s[1..3].try_into().expect("length 2");
        let b: &[f64; 2] = s[..2].try_into().unwrap();
        a[0] * a[1] * b[0]
    }
    #[test]
    fn of_slices() {
        check!(f(&values(4)));
        check!(g(&values(4)));
    }
}

mod late {
    use super::*;
    #[differentiate]
    fn f(x: f64, y: f64) -> f64 {
        let mut w;
        if x > y {
            w = x * y;
        } else {
            w = x - y;
        }
        w *= x;
        w
    }
    #[differentiate]
    fn g(x: f64, n: usize) -> f64 {
        let mut w: f64;
        let mut acc = 0.0;
        for i in 0..n {
            w = x * i as f64;
            w *= w;
            acc += w;
        }
        acc
    }
    #[test]
    fn assigned_in_branches() {
        check!(f(1.0, 2.0));
        check!(f(2.0, 1.0));
        check!(g(1.3, const 3));
    }
}

mod slices {
    use super::*;
    #[differentiate]
    fn f(x: &[f64; 3], y: &[f64]) -> f64 {
        let mut v = Vec::new();
        v.extend_from_slice(x);
        v.extend_from_slice(y);
        v.iter().enumerate().map(|(i, a)| a * a * i as f64).sum()
    }
    #[test]
    fn appended() {
        check!(f(&[1.0, 2.0, 0.3], &values(2)));
    }
}

mod aliases {
    use super::*;
    mod geometry {
        pub type Point = [f64; 2];
        pub type Cloud = Vec<Point>;
    }
    use geometry::{Cloud, Point};
    #[differentiate]
    fn dist(a: &Point, b: &Point) -> f64 {
        ((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)).sqrt()
    }
    #[differentiate]
    fn f(c: &Cloud) -> f64 {
        let mut total = 0.0;
        for w in c.windows(2) {
            total += dist(&w[0], &w[1]);
        }
        let centre: Point = [c[0][0], c[1][1]];
        total + c.iter().map(|p| dist(p, &centre)).sum::<f64>()
    }
    #[test]
    fn types_of_points() {
        check!(f(&vec![[0.1, 0.2], [1.0, 0.4], [0.6, 0.9]]));
    }
}
