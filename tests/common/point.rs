//! Points of a program's domain as coordinate vectors.

use ndarray::{Array, Dimension};

/// The coordinates still to be read.
pub struct Coordinates<'a>(std::slice::Iter<'a, f64>);

impl<'a> Coordinates<'a> {
    /// All coordinates of `x`.
    pub fn new(x: &'a [f64]) -> Self {
        Coordinates(x.iter())
    }

    /// The next coordinate.
    ///
    /// # Panics
    /// Where there is none.
    pub fn take(&mut self) -> f64 {
        *self.0.next().expect("a value has more coordinates than its point")
    }
}

/// A value with real coordinates and its tangent type, as the contract maps one to the other.
///
/// The value itself serves as the template of shape and of constant parts.
pub trait Point: Clone {
    /// The owned tangent of the contract.
    type Tangent;
    /// Appends the coordinates.
    fn write(&self, out: &mut Vec<f64>);
    /// The value of this shape with other coordinates.
    fn read(&self, x: &mut Coordinates) -> Self;
    /// Appends the coordinates of a tangent.
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>);
    /// The tangent of this shape with the given coordinates.
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent;

    /// The coordinates.
    fn to_vec(&self) -> Vec<f64> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }
    /// The value of this shape at `x`.
    fn at(&self, x: &[f64]) -> Self {
        self.read(&mut Coordinates::new(x))
    }
    /// The coordinates of a tangent.
    fn tangent_to_vec(&self, tangent: &Self::Tangent) -> Vec<f64> {
        let mut out = Vec::new();
        self.write_tangent(tangent, &mut out);
        out
    }
    /// The tangent of this shape with coordinates `x`.
    fn tangent_at(&self, x: &[f64]) -> Self::Tangent {
        self.read_tangent(&mut Coordinates::new(x))
    }
}

impl Point for f64 {
    type Tangent = f64;
    fn write(&self, out: &mut Vec<f64>) {
        out.push(*self);
    }
    fn read(&self, x: &mut Coordinates) -> f64 {
        x.take()
    }
    fn write_tangent(&self, tangent: &f64, out: &mut Vec<f64>) {
        out.push(*tangent);
    }
    fn read_tangent(&self, x: &mut Coordinates) -> f64 {
        x.take()
    }
}

macro_rules! inactive {
    ($($t:ty),*) => { $(
        impl Point for $t {
            type Tangent = ();
            fn write(&self, _: &mut Vec<f64>) {}
            fn read(&self, _: &mut Coordinates) -> Self { self.clone() }
            fn write_tangent(&self, _: &(), _: &mut Vec<f64>) {}
            fn read_tangent(&self, _: &mut Coordinates) {}
        }
    )* };
}
inactive!(usize, i32, u32, i64, u64, bool, char, String);

impl<T: Point> Point for Vec<T> {
    type Tangent = Vec<T::Tangent>;
    fn write(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|p| p.write(out));
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        self.iter().map(|p| p.read(x)).collect()
    }
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
        assert_eq!(self.len(), tangent.len(), "the length of a Vec and of its tangent");
        self.iter().zip(tangent).for_each(|(p, t)| p.write_tangent(t, out));
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
        self.iter().map(|p| p.read_tangent(x)).collect()
    }
}

impl<T: Point, const N: usize> Point for [T; N] {
    type Tangent = [T::Tangent; N];
    fn write(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|p| p.write(out));
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        self.each_ref().map(|p| p.read(x))
    }
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
        self.iter().zip(tangent).for_each(|(p, t)| p.write_tangent(t, out));
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
        self.each_ref().map(|p| p.read_tangent(x))
    }
}

impl<T: Point> Point for Option<T> {
    type Tangent = Option<T::Tangent>;
    fn write(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|p| p.write(out));
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        self.as_ref().map(|p| p.read(x))
    }
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
        assert_eq!(self.is_some(), tangent.is_some(), "an Option and its tangent");
        self.iter().zip(tangent).for_each(|(p, t)| p.write_tangent(t, out));
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
        self.as_ref().map(|p| p.read_tangent(x))
    }
}

impl<T: Point, E: Clone> Point for Result<T, E> {
    type Tangent = Result<T::Tangent, ()>;
    fn write(&self, out: &mut Vec<f64>) {
        self.iter().for_each(|p| p.write(out));
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        self.as_ref().map(|p| p.read(x)).map_err(Clone::clone)
    }
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
        assert_eq!(self.is_ok(), tangent.is_ok(), "a Result and its tangent");
        self.iter().zip(tangent).for_each(|(p, t)| p.write_tangent(t, out));
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
        self.as_ref().map(|p| p.read_tangent(x)).map_err(|_| ())
    }
}

impl<T: Point> Point for Box<T> {
    type Tangent = Box<T::Tangent>;
    fn write(&self, out: &mut Vec<f64>) {
        self.as_ref().write(out);
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        Box::new(self.as_ref().read(x))
    }
    fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
        self.as_ref().write_tangent(tangent, out);
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
        Box::new(self.as_ref().read_tangent(x))
    }
}

impl<D: Dimension> Point for Array<f64, D> {
    type Tangent = Array<f64, D>;
    fn write(&self, out: &mut Vec<f64>) {
        out.extend(self.iter());
    }
    fn read(&self, x: &mut Coordinates) -> Self {
        self.map(|_| x.take())
    }
    fn write_tangent(&self, tangent: &Self, out: &mut Vec<f64>) {
        assert_eq!(self.shape(), tangent.shape(), "the shape of an array and of its tangent");
        out.extend(tangent.iter());
    }
    fn read_tangent(&self, x: &mut Coordinates) -> Self {
        // Logical order, whatever the layout of the template.
        let mut tangent = Array::zeros(self.raw_dim());
        tangent.iter_mut().for_each(|t| *t = x.take());
        tangent
    }
}

macro_rules! tuples {
    ($(($($t:ident $i:tt),+))*) => { $(
        impl<$($t: Point),+> Point for ($($t,)+) {
            type Tangent = ($($t::Tangent,)+);
            fn write(&self, out: &mut Vec<f64>) {
                $(self.$i.write(out);)+
            }
            fn read(&self, x: &mut Coordinates) -> Self {
                ($(self.$i.read(x),)+)
            }
            fn write_tangent(&self, tangent: &Self::Tangent, out: &mut Vec<f64>) {
                $(self.$i.write_tangent(&tangent.$i, out);)+
            }
            fn read_tangent(&self, x: &mut Coordinates) -> Self::Tangent {
                ($(self.$i.read_tangent(x),)+)
            }
        }
    )* };
}
tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
}
