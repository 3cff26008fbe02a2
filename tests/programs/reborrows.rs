//! What is borrowed mutably, taken apart, and borrowed again.

use ad::{check_in_place, point, values};
use ad_runtime::{Differentiable, differentiate};

mod arrays {
    use super::*;
    #[differentiate]
    fn array_pattern(x: &mut [f64; 2]) {
        let [a, b] = x;
        *a *= *b;
        *b += 2.0 * *a;
    }
    #[test]
    fn taken_apart() {
        check_in_place!(array_pattern(&mut [1.2, 0.7]));
    }
}

mod structs {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Differentiable)]
    pub struct Q {
        pub w: Vec<f64>,
        pub b: f64,
    }
    point!(Q, QTangent { w, b });
    #[differentiate]
    fn struct_pattern(q: &mut Q, lr: f64) {
        let Q { w, b } = q;
        for v in w.iter_mut() {
            *v -= lr * *b * *v;
        }
        *b *= 1.0 - lr;
    }
    #[test]
    fn taken_apart() {
        check_in_place!(struct_pattern(&mut Q { w: values(3), b: 0.4 }, 0.1));
    }
}

mod variants {
    use super::*;
    #[derive(Clone, Debug, PartialEq, Differentiable)]
    pub enum Shape {
        Tri([f64; 3]),
        Dot(f64),
    }
    ad::point_enum!(Shape, ShapeTangent { Tri { 0: a a_dot }, Dot { 0: d d_dot } });
    #[differentiate]
    fn bound_array(s: &mut Shape, k: f64) {
        match s {
            Shape::Tri(b) => {
                for x in b.iter_mut() {
                    *x *= k * *x;
                }
            }
            Shape::Dot(d) => *d = *d * *d + k,
        }
    }
    #[test]
    fn walked() {
        check_in_place!(bound_array(&mut Shape::Tri([1.0, 2.0, 0.3]), 0.1));
        check_in_place!(bound_array(&mut Shape::Dot(0.3), 0.1));
    }
}

mod again {
    use super::*;
    #[differentiate]
    fn reborrow(x: &mut f64, k: f64) {
        let y = &mut *x;
        *y *= k;
        *y += k * k;
        *x = x.sin() * k;
    }
    #[differentiate]
    fn reborrow_slice(x: &mut [f64], k: f64) {
        {
            let y = &mut *x;
            y[0] *= k;
        }
        let z = &mut *x;
        z[1] += k * z[0];
        x[0] = x[1] * x[0];
    }
    #[test]
    fn borrowed_again() {
        check_in_place!(reborrow(&mut 1.3, 0.4));
        check_in_place!(reborrow_slice(&mut values(3), 0.4));
    }
}

mod blocks {
    use super::*;
    #[differentiate]
    fn blocks(x: &mut [f64], k: f64) {
        for block in x.chunks_mut(2) {
            let total: f64 = block.iter().sum();
            let norm = block.iter().map(|v| v * v).sum::<f64>().sqrt();
            for v in block.iter_mut() {
                *v = *v * k / norm + total;
            }
        }
    }
    #[differentiate]
    fn blocks2(x: &mut [f64], k: f64) {
        for block in x.chunks_exact_mut(2) {
            let (a, b) = (block[0], block[1]);
            block[0] = k * a - b;
            block[1] = a + k * b * block[0];
        }
    }
    #[test]
    fn changed() {
        check_in_place!(blocks(&mut values(5), 0.4));
        check_in_place!(blocks2(&mut values(5), 0.4));
    }
}
