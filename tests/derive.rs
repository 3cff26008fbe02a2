//! `#[derive(Differentiable)]` as a user's crate sees it.
#![deny(warnings, missing_docs, clippy::pedantic)]
#![forbid(unsafe_code)]
#![allow(clippy::float_cmp, reason = "the numbers here are exact")]

use ad_runtime::{Differentiable, Real, Tangent};
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};

fn panic_message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("this panics");
    payload.downcast::<String>().map_or_else(|_| String::from("(not a string)"), |message| *message)
}

/// A struct of scalars and containers.
#[derive(Differentiable)]
pub struct Params {
    /// Weights.
    pub weights: Vec<f64>,
    /// Matrix.
    pub matrix: [[f64; 2]; 2],
    /// Both floats.
    pub pair: (f32, Option<f64>),
    /// A mixed tuple.
    pub mixed: (f64, usize),
}

fn params() -> Params {
    Params {
        weights: vec![1.0, 2.0],
        matrix: [[1.0; 2]; 2],
        pair: (1.0, Some(2.0)),
        mixed: (3.0, 4),
    }
}

#[test]
fn a_plain_struct() {
    let mut t = params().zero_tangent();
    assert_eq!(t.weights, [0.0, 0.0]);
    let contribution = ParamsTangent {
        weights: vec![1.0, 2.0],
        matrix: [[1.0, 2.0], [3.0, 4.0]],
        pair: (0.5, Some(7.0)),
        mixed: (1.0, ()),
    };
    ParamsTangent::accumulate(&mut t, contribution.clone());
    assert_eq!(t, contribution);
    ParamsTangent::accumulate(t.tangent_mut(), contribution.clone());
    assert_eq!(t.matrix, [[2.0, 4.0], [6.0, 8.0]]);
    assert_ne!(t, contribution);
    assert_eq!(ParamsTangent::take(&mut t).pair, (1.0, Some(14.0)));
    assert_eq!(t, t.zero_tangent());
    assert_eq!(params().placeholder().weights, [0.0; 0]);
    assert_eq!(
        format!("{contribution:?}"),
        "ParamsTangent { weights: [1.0, 2.0], matrix: [[1.0, 2.0], [3.0, 4.0]], pair: (0.5, Some(7.0)), mixed: (1.0, ()) }"
    );
}

#[test]
fn lengths_that_differ_panic() {
    let message = panic_message(|| {
        let mut t = params().zero_tangent();
        let longer = ParamsTangent { weights: vec![0.0; 3], ..t.clone() };
        ParamsTangent::accumulate(&mut t, longer);
    });
    assert_eq!(message, "a cotangent of length 3 is added to one of length 2");
}

/// A struct with constant fields, marked and by type.
#[derive(Differentiable)]
pub struct Body<F: Fn(f64) -> f64> {
    /// Position.
    pub position: [f64; 3],
    /// Mass.
    #[constant]
    pub mass: f64,
    /// Name.
    pub name: String,
    /// Neighbours.
    pub neighbours: Vec<usize>,
    /// Force.
    pub force: F,
    /// Marker.
    pub marker: PhantomData<u8>,
    r#type: Option<bool>,
}

#[test]
fn constant_fields_are_places_without_effect() {
    let force = |x: f64| -x;
    let body = Body {
        position: [1.0, 2.0, 3.0],
        mass: 5.0,
        name: String::from("moon"),
        neighbours: vec![1, 2],
        force,
        marker: PhantomData,
        r#type: None,
    };
    assert_eq!((body.force)(body.mass), -5.0);
    assert_eq!((body.name.len(), body.neighbours.len(), body.r#type), (4, 2, None));
    let mut t: BodyTangent = body.zero_tangent();
    t.mass += 1.0;
    t.name += 1.0;
    t.r#type += ();
    let _: &mut ad_runtime::rt::Inactive = &mut t.force;
    let _: &ad_runtime::rt::Inactive = &t.neighbours;
    t.position[1] += 2.0;
    assert_eq!(t, BodyTangent { position: [0.0, 2.0, 0.0] });
    assert_eq!(format!("{t:?}"), "BodyTangent { position: [0.0, 2.0, 0.0] }");
}

/// A generic layer.
#[derive(Differentiable)]
pub struct Layer<'a, T: Real + 'a, U, const N: usize = 2>
where
    U: Clone,
{
    weights: [T; N],
    /// Borrowed.
    pub bias: &'a [T],
    inner: U,
    nested: Option<Wrapper<U>>,
    view: ndarray::ArrayView1<'a, T>,
}

#[derive(Clone, Differentiable)]
struct Wrapper<U> {
    value: Box<U>,
    count: (f64, usize),
}

#[test]
fn generics_and_borrows() {
    let bias = vec![1.0_f32, 2.0];
    let (t, scalar) = {
        let inner = vec![1.0_f64];
        let nested = Some(Wrapper { value: Box::new(inner.clone()), count: (1.0, 2) });
        let layer = Layer {
            weights: [1.0_f32; 3],
            bias: &bias,
            inner,
            nested,
            view: ndarray::ArrayView1::from(&bias),
        };
        (layer.zero_tangent(), layer.weights[0])
    };
    assert_eq!(scalar, 1.0);
    // No lifetime is left in the tangent, nor anything to annotate.
    let expected: LayerTangent<f32, Vec<f64>, 3> = LayerTangent {
        weights: [0.0; 3],
        bias: vec![0.0; 2],
        inner: vec![0.0],
        nested: Some(WrapperTangent { value: Box::new(vec![0.0]), count: (0.0, ()) }),
        view: ndarray::Array1::zeros(2),
    };
    assert_eq!(t, expected);
}

/// The tangent of a generic struct is an ordinary struct in generic code.
fn generic<T: Real>(scale: &Scale<T>) -> ScaleTangent<T> {
    let mut t = scale.zero_tangent();
    t.1 += scale.1;
    ScaleTangent(t.0, t.1)
}

/// A tuple struct.
#[derive(Differentiable)]
pub struct Scale<T: Real>(pub Vec<T>, pub T, #[constant] pub T, pub usize);

#[test]
fn a_tuple_struct() {
    let scale = Scale(vec![1.0], 2.0, 3.0, 4);
    let mut t = generic(&scale);
    t.2 += scale.2;
    t.3 += scale.3;
    assert_eq!(t, ScaleTangent(vec![0.0], 2.0));
    assert_eq!(format!("{t:?}"), "ScaleTangent([0.0], 2.0)");
}

/// A struct without active fields.
#[derive(Differentiable)]
pub struct Config {
    /// Steps.
    pub steps: usize,
}

#[derive(Differentiable)]
struct Marker;

#[derive(Differentiable)]
struct Id(u64);

#[test]
fn structs_without_active_fields() {
    assert_eq!(Config { steps: 3 }.zero_tangent(), ConfigTangent {});
    let id = Id(3);
    assert_eq!(id.0, 3);
    let mut t = id.zero_tangent();
    t.0 += 1.0;
    IdTangent::accumulate(&mut t, IdTangent {});
    assert_eq!(format!("{:?} {t:?}", Marker.zero_tangent()), "MarkerTangent IdTangent");
}

/// An enum.
#[derive(Differentiable)]
pub enum Shape<T: Real> {
    /// Radius.
    Circle(T, #[constant] f64),
    /// Sides.
    Rectangle {
        /// One side.
        a: T,
        /// The other side.
        #[constant]
        b: f64,
    },
    /// Corners.
    Polygon(Vec<[f64; 2]>),
    /// Constant.
    Tagged(usize),
    /// Nothing.
    Empty,
}

#[test]
fn an_enum_keeps_its_variant() {
    let shapes = [
        Shape::Circle(1.0_f64, 2.0),
        Shape::Rectangle { a: 1.0, b: 2.0 },
        Shape::Polygon(vec![[1.0, 2.0]]),
        Shape::Tagged(3),
        Shape::Empty,
    ];
    let zeros: Vec<_> = shapes.iter().map(Differentiable::zero_tangent).collect();
    let expected = [
        ShapeTangent::Circle(0.0),
        ShapeTangent::Rectangle { a: 0.0 },
        ShapeTangent::Polygon(vec![[0.0, 0.0]]),
        ShapeTangent::Tagged,
        ShapeTangent::Empty,
    ];
    assert_eq!(zeros, expected);
    assert_eq!(
        format!("{zeros:?}"),
        "[Circle(0.0), Rectangle { a: 0.0 }, Polygon([[0.0, 0.0]]), Tagged, Empty]"
    );
    assert_eq!(shapes[2].placeholder(), ShapeTangent::Polygon(Vec::new()));
    for zero in zeros {
        let mut sum = zero.zero_tangent();
        ShapeTangent::accumulate(&mut sum, zero.clone());
        assert_eq!(sum, zero);
    }
    assert_ne!(ShapeTangent::Circle(1.0), ShapeTangent::Circle(2.0));
    assert_ne!(ShapeTangent::<f64>::Tagged, ShapeTangent::Empty);
}

#[test]
fn variants_that_differ_panic() {
    let message = panic_message(|| {
        ShapeTangent::accumulate(&mut ShapeTangent::Circle(1.0), ShapeTangent::Empty);
    });
    assert_eq!(message, "a tangent of variant `Empty` is added to one of variant `Circle`");
    let message = panic_message(|| _ = ShapeTangent::<f64>::Empty.__Circle());
    assert_eq!(message, "a tangent of variant `Circle` is added to one of variant `Empty`");
}

#[test]
fn a_variant_is_projected_into() {
    let mut t = ShapeTangent::Circle(1.0);
    let (r, n) = t.__Circle_mut();
    *r += 2.0;
    *n += 2.0;
    assert_eq!(*t.__Circle().0, 3.0);
    let mut t = ShapeTangent::Rectangle { a: 1.0 };
    let fields = t.__Rectangle_mut();
    *fields.a += 2.0;
    *fields.b += 2.0;
    assert_eq!((t.__Rectangle().a, t.__Rectangle().b), (&3.0, &ad_runtime::rt::Inactive));
    let mut t = ShapeTangent::<f64>::Polygon(vec![[1.0, 2.0]]);
    let (corners,) = t.__Polygon_mut();
    corners[0][1] += 1.0;
    assert_eq!(t.__Polygon().0[0], [1.0, 3.0]);
    let _: (&mut ad_runtime::rt::Inactive,) = ShapeTangent::<f64>::Tagged.__Tagged_mut();
}

/// An enum of one variant, and one without.
#[derive(Differentiable)]
pub enum One {
    /// The variant.
    Only(f64),
}

/// No value.
#[derive(Differentiable)]
pub enum Never {}

/// A type that contains itself and borrows.
#[derive(Differentiable)]
pub enum Tree<'a, T> {
    /// A value.
    Leaf(&'a T),
    /// Children.
    Node(Vec<Tree<'a, T>>, Option<Box<Self>>),
}

#[test]
fn a_recursive_enum() {
    let tree =
        Tree::Node(vec![Tree::Leaf(&1.0), Tree::Leaf(&2.0)], Some(Box::new(Tree::Leaf(&3.0))));
    let mut t: TreeTangent<f64> = tree.zero_tangent();
    let (children, _) = t.__Node_mut();
    *children[1].__Leaf_mut().0 += 5.0;
    let expected = TreeTangent::Node(
        vec![TreeTangent::Leaf(0.0), TreeTangent::Leaf(5.0)],
        Some(Box::new(TreeTangent::Leaf(0.0))),
    );
    assert_eq!(t, expected);
    let mut one = One::Only(1.0).zero_tangent();
    *one.__Only_mut().0 += 1.0;
    assert_eq!(one, OneTangent::Only(1.0));
    assert!(Vec::<Never>::new().zero_tangent().is_empty());
}

#[test]
fn types_inside_functions_and_nested_types() {
    #[derive(Differentiable)]
    struct Outer<'a> {
        shape: Shape<f64>,
        body: &'a [Inner],
        array: ndarray::Array2<f64>,
    }
    #[derive(Differentiable)]
    struct Inner {
        x: f64,
        #[constant]
        y: f64,
    }
    let body = [Inner { x: 1.0, y: 2.0 }];
    let outer = Outer { shape: Shape::Empty, body: &body, array: ndarray::Array2::zeros((1, 2)) };
    let mut t = outer.zero_tangent();
    t.body[0].x += outer.body[0].y;
    t.body[0].y += 1.0;
    t.array[(0, 1)] += 3.0;
    assert_eq!(t.body, [InnerTangent { x: 2.0 }]);
    assert_eq!((t.shape, t.array), (ShapeTangent::Empty, ndarray::array![[0.0, 3.0]]));
}
