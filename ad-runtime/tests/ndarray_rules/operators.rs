//! `+ - * / %`, unary minus and the compound assignments.

use crate::checker::Random;
use ad_runtime::rt;
use ndarray::{Array, Array1, Array2, ArrayD, Ix1, Ix2, Ix3, s};

/// One pair of operands, given as expressions in `x` and `y`, under every operator.
macro_rules! operators {
    ($name:expr, $x:ident = $x0:expr, $y:ident = $y0:expr; $a:expr, $b:expr) => {
        operators!(@ $name, $x, $x0, $y, $y0, $a, $b, +, add_jvp, add_adjoint, add_adjoint_jvp);
        operators!(@ $name, $x, $x0, $y, $y0, $a, $b, -, sub_jvp, sub_adjoint, sub_adjoint_jvp);
        operators!(@ $name, $x, $x0, $y, $y0, $a, $b, *, mul_jvp, mul_adjoint, mul_adjoint_jvp);
        operators!(@ $name, $x, $x0, $y, $y0, $a, $b, /, div_jvp, div_adjoint, div_adjoint_jvp);
    };
    (@ $name:expr, $x:ident, $x0:expr, $y:ident, $y0:expr, $a:expr, $b:expr, $op:tt, $jvp:ident, $adjoint:ident, $second:ident) => {
        check2!(
            format!("{} {} {}", stringify!($a), stringify!($op), $name), $x = $x0, $y = $y0;
            value ($a $op $b).to_owned();
            jvp(x_dot, y_dot) rt::$jvp(&$a, &$b, x_dot, y_dot);
            adjoint(z_bar, x_bar, y_bar) rt::$adjoint(&$a, &$b, z_bar, x_bar, y_bar);
            second(z_bar_dot, x_bar_dot, y_bar_dot) rt::$second(
                &$a, &$b, x_dot, y_dot, z_bar, z_bar_dot, x_bar, y_bar, x_bar_dot, y_bar_dot,
            );
        );
    };
}

/// Every ownership that ndarray allows on both sides.
macro_rules! ownerships {
    ($name:expr, $x0:expr, $y0:expr) => {
        operators!($name, x = $x0, y = $y0; x.clone(), y.clone());
        operators!($name, x = $x0, y = $y0; x.clone(), y);
        operators!($name, x = $x0, y = $y0; x.clone(), y.view());
        operators!($name, x = $x0, y = $y0; x.clone(), &y.view());
        operators!($name, x = $x0, y = $y0; x.clone(), &**y);
        operators!($name, x = $x0, y = $y0; x, y.clone());
        operators!($name, x = $x0, y = $y0; &x.view(), y.clone());
        operators!($name, x = $x0, y = $y0; &**x, y.clone());
        operators!($name, x = $x0, y = $y0; x, y);
        operators!($name, x = $x0, y = $y0; &x.view(), y);
        operators!($name, x = $x0, y = $y0; &**x, &**y);
        operators!($name, x = $x0, y = $y0; x.to_shared(), y);
        operators!($name, x = $x0, y = $y0; ndarray::CowArray::from(x.view()), &y.to_shared());
    };
}

#[test]
fn equal_shapes() {
    let mut random = Random::new();
    for n in [0, 1, 2, 5, 19] {
        ownerships!(n, random.array::<f64, Ix1>(n), random.array::<f64, Ix1>(n));
        operators!(n, x = random.array::<f32, Ix1>(n), y = random.array::<f32, Ix1>(n); x, y);
    }
    for shape in [(0, 3), (1, 1), (3, 4)] {
        operators!("matrix", x = random.array::<f64, Ix2>(shape), y = random.array::<f64, Ix2>(shape); x, y);
    }
    operators!("dyn", x = random.array::<f64, Ix3>((2, 3, 2)).into_dyn(), y = random.array::<f64, Ix3>((2, 3, 2)); x, y);
    operators!("0-d", x = random.array::<f64, _>(()), y = random.array::<f64, _>(()); x, y);
}

#[test]
fn memory_orders_mix() {
    let mut random = Random::new();
    let x: Array2<f64> = random.array((4, 3));
    let y: Array2<f64> = random.array((3, 4));
    operators!("transposed", x = x.clone(), y = y.clone().reversed_axes(); x, y);
    operators!("transposed", x = y.clone().reversed_axes(), y = x.clone(); &x.view(), y);
    let strided = random.array::<f64, Ix2>((9, 8)).slice_move(s![..;-3, ..;2]);
    operators!("strided", x = y.clone(), y = strided.clone(); x, y);
    operators!("strided", x = strided.clone(), y = y.row(1).to_owned(); x, y);
    operators!("strided", x = random.array::<f64, Ix1>(3), y = random.array::<f64, Ix1>(7).slice_move(s![..;3]); x, y);
}

#[test]
fn broadcasting() {
    let mut random = Random::new();
    let m = |random: &mut Random| random.array::<f64, Ix2>((3, 4));
    ownerships!("3x4, 4", m(&mut random), random.array::<f64, Ix1>(4));
    operators!("4, 3x4", x = random.array::<f64, Ix1>(4), y = m(&mut random); x, y);
    operators!("4, 3x4", x = random.array::<f64, Ix1>(4), y = m(&mut random); x, y.clone());
    for shape in [(3, 1), (1, 4), (1, 1), (3, 4)] {
        operators!("m, s", x = m(&mut random), y = random.array::<f64, Ix2>(shape); x, y);
        operators!("s, m", x = random.array::<f64, Ix2>(shape), y = m(&mut random); x, y);
        operators!("m, F", x = m(&mut random).reversed_axes(), y = random.array::<f64, Ix2>(shape).reversed_axes(); x, y);
        operators!("tensor", x = random.array::<f64, Ix3>((2, 3, 4)), y = random.array::<f64, Ix2>(shape); x, y);
        operators!("tensor", x = random.array::<f64, Ix2>(shape), y = random.array::<f64, Ix3>((2, 3, 4)); x, y);
    }
    operators!("outer", x = random.array::<f64, Ix2>((11, 1)), y = random.array::<f64, Ix2>((1, 9)); x, y);
    operators!("outer", x = random.array::<f64, Ix2>((11, 1)), y = random.array::<f64, Ix1>(9); x, y);
    operators!("mid", x = random.array::<f64, Ix3>((3, 1, 2)), y = random.array::<f64, Ix3>((1, 5, 2)); x, y);
    operators!("ends", x = random.array::<f64, Ix3>((1, 9, 1)), y = random.array::<f64, Ix3>((3, 9, 10)); x, y);
    // Slices too long for one loop over everything, over blocks and not.
    operators!("long", x = random.array::<f64, Ix2>((3, 70)), y = random.array::<f64, Ix1>(70); x, y);
    let columns = random.array::<f64, Ix2>((3, 70));
    operators!("3-d", x = random.array::<f64, Ix3>((2, 3, 70)), y = columns.clone(); x, y);
    let strided = random.array::<f64, Ix2>((3, 140)).slice_move(s![.., ..;2]);
    operators!("strided", x = strided.clone(), y = random.array::<f64, Ix1>(70); x, y);
    operators!("lanes", x = random.array::<f64, Ix2>((3, 70)), y = random.array::<f64, Ix2>((3, 1)); x, y);
    operators!("lanes", x = strided.clone().reversed_axes(), y = random.array::<f64, Ix2>((1, 3)); x, y);
    operators!("0-d", x = random.array::<f64, Ix2>((3, 4)), y = random.array::<f64, _>(()); x, y);
    operators!("empty", x = random.array::<f64, Ix2>((0, 4)), y = random.array::<f64, Ix1>(4); x, y);
    operators!("dyn", x = random.array::<f64, Ix2>((3, 4)), y = random.array::<f64, Ix1>(4).into_dyn(); x, y);
    operators!("f32", x = random.array::<f32, Ix2>((3, 4)), y = random.array::<f32, Ix1>(4); x, y);
}

macro_rules! scalars {
    ($f:ty) => {
        let mut random = Random::new();
        for n in [0, 1, 3, 17] {
            let a: Array1<$f> = random.array(n);
            operators!(n, x = a.clone(), s = 0.7 as $f; x, *s);
            operators!(n, x = a.clone(), s = 0.7 as $f; x.clone(), *s);
            operators!(n, x = a.clone(), s = 0.7 as $f; &x.view(), *s);
            operators!(n, x = a.clone(), s = 0.7 as $f; &**x, *s);
            operators!(n, s = 0.7 as $f, x = a.clone(); *s, x);
            operators!(n, s = 0.7 as $f, x = a.clone(); *s, x.clone());
            operators!(n, s = 0.7 as $f, x = a.clone(); *s, &x.view());
            operators!(n, s = 0.7 as $f, x = a.clone(); *s, &**x);
        }
        let m: Array2<$f> = random.array((3, 4));
        operators!("matrix", x = m.clone(), s = 0.7 as $f; x, *s);
        operators!("matrix", s = 0.7 as $f, x = m.clone().reversed_axes(); *s, x);
    };
}

#[test]
fn scalars_of_f64() {
    scalars!(f64);
}

#[test]
fn scalars_of_f32() {
    scalars!(f32);
}

#[test]
fn float_literals_are_inferred() {
    let x = ndarray::array![1.0, 2.0];
    let z_dot = rt::mul_jvp(&2.0, &&x, ad_runtime::slot::Inactive, &x);
    assert_eq!(z_dot, ndarray::array![2.0, 4.0]);
    let z_dot = rt::mul_jvp(&&x, &2.0, &x, ad_runtime::slot::Inactive);
    assert_eq!(z_dot, ndarray::array![2.0, 4.0]);
}

#[test]
fn remainder_and_minus() {
    let mut random = Random::new();
    check2!(
        "rem", x = random.array::<f64, Ix1>(5) * 7.3, y = random.array::<f64, Ix1>(5);
        value x % y;
        jvp(x_dot, y_dot) rt::rem_jvp(&x, &y, x_dot, y_dot);
        adjoint(z_bar, x_bar, y_bar) rt::rem_adjoint(&x, &y, z_bar, x_bar, y_bar);
        second(z_bar_dot, x_bar_dot, y_bar_dot) rt::rem_adjoint_jvp(
            &x, &y, x_dot, y_dot, z_bar, z_bar_dot, x_bar, y_bar, x_bar_dot, y_bar_dot,
        );
    );
    check1!(
        "neg", x = random.array::<f64, Ix2>((2, 3));
        value -x;
        jvp(x_dot) rt::neg_jvp(&x, x_dot);
        adjoint(z_bar, x_bar) rt::neg_adjoint(&x, z_bar, x_bar);
        second(z_bar_dot, x_bar_dot) rt::neg_adjoint_jvp(&x, x_dot, z_bar, z_bar_dot, x_bar, x_bar_dot);
    );
    check1!(
        "neg of a view", x = random.array::<f32, Ix2>((2, 3));
        value -&x.view();
        jvp(x_dot) rt::neg_jvp(&&x.view(), x_dot);
        adjoint(z_bar, x_bar) rt::neg_adjoint(&x.view(), z_bar, x_bar);
    );
}

/// An assignment as a function of `(x, y)`: the cotangent of `x` is replaced, not added to.
macro_rules! assignments {
    ($name:expr, $x0:expr, $y:ident = $y0:expr; $b:expr) => {
        assignments!(@ $name, $x0, $y, $y0, $b, +=, add_assign_jvp, add_assign_adjoint, add_assign_adjoint_jvp);
        assignments!(@ $name, $x0, $y, $y0, $b, -=, sub_assign_jvp, sub_assign_adjoint, sub_assign_adjoint_jvp);
        assignments!(@ $name, $x0, $y, $y0, $b, *=, mul_assign_jvp, mul_assign_adjoint, mul_assign_adjoint_jvp);
        assignments!(@ $name, $x0, $y, $y0, $b, /=, div_assign_jvp, div_assign_adjoint, div_assign_adjoint_jvp);
    };
    (@ $name:expr, $x0:expr, $y:ident, $y0:expr, $b:expr, $op:tt, $jvp:ident, $adjoint:ident, $second:ident) => {
        check2!(
            format!("{} {}", $name, stringify!($op)), x = $x0, $y = $y0;
            value { let mut x = x.clone(); x $op $b; x };
            jvp(x_dot, y_dot) {
                let mut out = ad_runtime::rt::tangent(x, x_dot);
                rt::$jvp(x, &$b, &mut out, y_dot);
                out
            };
            adjoint(z_bar, x_bar, y_bar) {
                let mut bar = z_bar;
                rt::$adjoint(x, &$b, &mut bar, y_bar);
                rt::add(x_bar, bar);
            };
            second(z_bar_dot, x_bar_dot, y_bar_dot) {
                let (mut bar, mut dot) = (z_bar, z_bar_dot);
                rt::$second(x, &$b, x_dot, y_dot, &mut bar, y_bar, &mut dot, y_bar_dot);
                rt::add(x_bar, bar);
                rt::add(x_bar_dot, dot);
            };
        );
    };
}

#[test]
fn compound_assignment() {
    let mut random = Random::new();
    for n in [0, 1, 5] {
        assignments!(n, random.array::<f64, Ix1>(n), y = random.array::<f64, Ix1>(n); y);
        assignments!(n, random.array::<f64, Ix1>(n), y = random.array::<f64, Ix1>(n); &y.view());
        assignments!(n, random.array::<f32, Ix1>(n), y = 0.8_f32; *y);
        assignments!(n, random.array::<f64, Ix1>(n), y = 0.8_f64; *y);
    }
    assignments!("row", random.array::<f64, Ix2>((3, 10)), y = random.array::<f64, Ix1>(10); y);
    assignments!("column", random.array::<f64, Ix2>((3, 10)), y = random.array::<f64, Ix2>((3, 1)); y);
    assignments!("0-d", random.array::<f64, Ix2>((3, 10)), y = random.array::<f64, _>(()); y);
}

#[test]
fn slots_may_be_views_of_a_larger_cotangent() {
    let x: Array1<f64> = Array::from_vec(vec![1.0, 2.0]);
    let mut bars: Array2<f64> = Array::zeros((2, 3));
    rt::mul_adjoint(&&x, &&x, x.clone(), &mut bars.column_mut(1), ad_runtime::slot::Inactive);
    rt::mul_adjoint(&&x, &2.0, x.clone(), &mut bars.column_mut(1), ad_runtime::slot::Inactive);
    assert_eq!(bars, ndarray::array![[0.0, 3.0, 0.0], [0.0, 8.0, 0.0]]);
    let mut bar: ArrayD<f64> = Array::zeros(vec![2]);
    let into = &mut *bar;
    rt::add_adjoint(
        &&x.clone().into_dyn(),
        &1.0,
        x.clone().into_dyn(),
        &mut *into,
        ad_runtime::slot::Inactive,
    );
    assert_eq!(bar, x.into_dyn());
}

#[test]
#[should_panic(expected = "a derivative of shape [3] meets a value of shape [2]")]
fn a_cotangent_of_another_shape_is_refused() {
    let x: Array1<f64> = Array::zeros(2);
    rt::mul_adjoint(&&x, &&x, Array::zeros(3), &mut x.clone(), ad_runtime::slot::Inactive);
}

#[test]
#[should_panic(expected = "a derivative of shape [1] meets a value of shape [2]")]
fn a_slot_of_another_shape_is_refused() {
    let x: Array1<f64> = Array::zeros(2);
    rt::add_adjoint(&&x, &&x, Array::zeros(2), &mut Array1::zeros(1), ad_runtime::slot::Inactive);
}

#[test]
#[should_panic(expected = "values of the shapes [2] and [3] do not broadcast together")]
fn operands_that_do_not_broadcast_are_refused() {
    let (x, y): (Array1<f64>, Array1<f64>) = (Array::zeros(2), Array::zeros(3));
    rt::add_jvp(&&x, &&y, &x, &y);
}

#[test]
#[should_panic(expected = "planted: tangent in x")]
fn a_wrong_rule_is_caught_by_differences() {
    let mut random = Random::new();
    check2!(
        "planted", x = random.array::<f64, Ix1>(3), y = random.array::<f64, Ix1>(3);
        value x * y;
        jvp(x_dot, y_dot) rt::mul_jvp(&x, &x, x_dot, y_dot);
        adjoint(z_bar, x_bar, y_bar) rt::mul_adjoint(&x, &y, z_bar, x_bar, y_bar);
    );
}

#[test]
#[should_panic(expected = "planted: order two")]
fn a_wrong_rule_of_order_two_is_caught() {
    let mut random = Random::new();
    check2!(
        "planted", x = random.array::<f64, Ix1>(3), y = random.array::<f64, Ix1>(3);
        value x * y;
        jvp(x_dot, y_dot) rt::mul_jvp(&x, &y, x_dot, y_dot);
        adjoint(z_bar, x_bar, y_bar) rt::mul_adjoint(&x, &y, z_bar, x_bar, y_bar);
        second(z_bar_dot, x_bar_dot, y_bar_dot) {
            let _ = (x_dot, y_dot);
            rt::mul_adjoint(&x, &y, z_bar, x_bar, y_bar);
            rt::mul_adjoint(&x, &y, z_bar_dot, x_bar_dot, y_bar_dot);
        };
    );
}

#[test]
#[should_panic(expected = "planted: ⟨z̄, ż⟩ =")]
fn a_wrong_rule_is_caught_by_inner_products() {
    let mut random = Random::new();
    check2!(
        "planted", x = random.array::<f64, Ix1>(3), y = random.array::<f64, Ix1>(3);
        value x * y;
        jvp(x_dot, y_dot) rt::mul_jvp(&x, &y, x_dot, y_dot);
        adjoint(z_bar, x_bar, y_bar) rt::mul_adjoint(&x, &y, z_bar, y_bar, x_bar);
    );
}
