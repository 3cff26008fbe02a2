//! Lanes are arrays of tangents, and each type shows what it was made of.

use super::{Abreast, Lanes, guard, wide};
use crate::{Differentiable, Tangent};

#[test]
fn arithmetic_is_that_of_each_lane() {
    let (a, b) = (Lanes([1.0, 2.0]), Lanes([3.0, 5.0]));
    assert_eq!(a + b * 2.0 - &a / 2.0, Lanes([6.5, 11.0]));
    assert_eq!(2.0 * a, Lanes([2.0, 4.0]));
    assert_eq!(-a, Lanes([-1.0, -2.0]));
    assert_eq!(guard(Lanes([0.0, 1.0]), Lanes([f64::NAN, 3.0])), Lanes([0.0, 3.0]));
    assert_eq!(guard(0.0, Lanes([f64::NAN, 3.0])), Lanes([0.0, 0.0]));
}

fn there_and_back<T: Tangent>(lanes: [T; 3]) {
    let wide = T::Lanes::<3>::abreast(lanes.clone());
    for (l, lane) in lanes.iter().enumerate() {
        assert_eq!(T::Lanes::<3>::lane(wide.tangent_ref(), l), *lane);
    }
    let alike = T::Lanes::<3>::alike(lanes[1].clone());
    assert_eq!(T::Lanes::<3>::lane(alike.tangent_ref(), 2), lanes[1]);
}

#[test]
fn each_type_shows_its_lanes() {
    there_and_back([1.0, 2.0, 3.0]);
    there_and_back([vec![1.0, 2.0], vec![3.0, 4.0], vec![5.0, 6.0]]);
    there_and_back([[1.0_f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    there_and_back([(1.0, vec![2.0]), (3.0, vec![4.0]), (5.0, vec![6.0])]);
    there_and_back([Some(1.0), Some(2.0), Some(3.0)]);
    there_and_back([Ok(1.0), Ok(2.0), Ok(3.0)]);
    there_and_back([Box::new(1.0), Box::new(2.0), Box::new(3.0)]);
    there_and_back([(), (), ()]);
}

#[cfg(feature = "ndarray")]
#[test]
fn arrays_show_their_lanes() {
    use ndarray::{ShapeBuilder, array};
    let a = array![[1.0, 2.0], [3.0, 4.0]];
    let by_columns = ndarray::Array2::from_shape_vec((2, 2).f(), vec![1.0, 3.0, 2.0, 4.0]).unwrap();
    there_and_back([a.clone(), by_columns, 2.0 * a]);
}

#[test]
fn the_zero_of_a_value_in_several_directions() {
    assert_eq!(wide::<_, 2>(&[1.0, 2.0][..]).zero_tangent(), vec![Lanes([0.0; 2]); 2]);
    assert_eq!(wide::<_, 2>(&3_usize).zero_tangent(), ());
}

#[test]
#[should_panic(expected = "differ in length")]
fn lanes_of_different_lengths() {
    let _ = <Vec<f64> as Tangent>::Lanes::<2>::abreast([vec![1.0], vec![1.0, 2.0]]);
}
