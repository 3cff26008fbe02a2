//! The rules of constructors, as associated functions: `Array1::from_vec(v)` has `Array1::__from_vec_jvp(..)`.
//!
//! All are linear in the elements. What the constructor takes by value and only its length matters for, the
//! adjoint half takes by reference.

use super::extension::extension;
use super::reductions::count;
use super::shapes::{require_same_shape, require_shape};
use super::slots::add_into;
use crate::Real;
use crate::slot::{ConstantSlot, Slot, TangentArg};
use ndarray::{
    Array, Array1, Array2, ArrayBase, Data, DataMut, DataOwned, Dimension, Ix1, Ix2, ShapeBuilder,
    ShapeError, StrideShape,
};

/// The tangent of a `Vec`, and zero where there is none.
#[track_caller]
fn owned<A: Real>(value: &[A], dot: Option<&[A]>) -> Vec<A> {
    match dot {
        Some(dot) => {
            require_shape(&[dot.len()], &[value.len()]);
            dot.to_vec()
        }
        None => vec![A::zero(); value.len()],
    }
}

#[inline]
fn scalar<A: Real>(dot: Option<A::Ref<'_>>) -> A {
    dot.map_or(A::zero(), |dot| A::from_ref(dot))
}

extension! {
    /// The derivatives of the constructors of vectors.
    #[ad_macros::second_order(linear)]
    VectorConstructors [A, S] [A: Real, S: DataOwned<Elem = A>] for ArrayBase<S, Ix1>;

    /// The vector with the elements of `v`. Returns the value and its tangent.
    fn __from_vec_jvp[DV: TangentArg<Vec<A>>](v: Vec<A>, v_dot: DV) -> (ArrayBase<S, Ix1>, Array1<A>) {
        let dot = Array1::from_vec(owned(&v, v_dot.get()));
        (ArrayBase::from_vec(v), dot)
    }
    /// The vector with the elements of `v`: adds their cotangents.
    fn __from_vec_adjoint[SV: Slot<Vec<A>>](v: &[A], out_bar: Array1<A>, v_bar: SV) {
        require_shape(out_bar.shape(), &[v.len()]);
        let mut v_bar = v_bar;
        v_bar.add(|| out_bar.to_vec());
    }

    /// `n` numbers in equal steps from `start` to `end`. Returns the value and its tangent.
    fn __linspace_jvp[DS: TangentArg<A>, DE: TangentArg<A>, C: ConstantSlot](
        start: A, end: A, n: usize, start_dot: DS, end_dot: DE, _n_dot: C
    ) -> (ArrayBase<S, Ix1>, Array1<A>) {
        let dot = Array1::linspace(scalar::<A>(start_dot.get()), scalar::<A>(end_dot.get()), n);
        (ArrayBase::linspace(start, end, n), dot)
    }
    /// `xᵢ = start + t (end - start)` with `t = i / (n - 1)`: adds `Σ (1 - t) x̄ᵢ` and `Σ t x̄ᵢ`.
    fn __linspace_adjoint[SS: Slot<A>, SE: Slot<A>, C: ConstantSlot](
        _start: A, _end: A, n: usize, out_bar: Array1<A>, start_bar: SS, end_bar: SE, _n_bar: C
    ) {
        require_shape(out_bar.shape(), &[n]);
        let (mut start_bar, mut end_bar) = (start_bar, end_bar);
        let steps = count::<A>(n.max(2) - 1);
        let along = || (0..n).map(|i| count::<A>(i) / steps).zip(&out_bar);
        start_bar.add(|| along().map(|(t, &bar)| (A::one() - t) * bar).sum());
        end_bar.add(|| along().map(|(t, &bar)| t * bar).sum());
    }
}

extension! {
    /// The derivatives of the constructors of matrices from a diagonal.
    #[ad_macros::second_order(linear)]
    DiagonalConstructors [A, S] [A: Real, S: DataOwned<Elem = A> + DataMut] for ArrayBase<S, Ix2>;

    /// The square matrix with this diagonal. Returns the value and its tangent.
    fn __from_diag_jvp[T: Data<Elem = A>, DX: TangentArg<Array1<A>>](
        diag: &ArrayBase<T, Ix1>, diag_dot: DX
    ) -> (ArrayBase<S, Ix2>, Array2<A>) {
        let mut dot = Array2::zeros((diag.len(), diag.len()));
        if let Some(diag_dot) = diag_dot.get() {
            require_same_shape(&diag_dot, diag);
            dot.diag_mut().assign(&diag_dot);
        }
        (ArrayBase::from_diag(diag), dot)
    }
    /// The square matrix with this diagonal: adds the diagonal of the cotangent.
    fn __from_diag_adjoint[T: Data<Elem = A>, SX: Slot<Array1<A>>](
        diag: &ArrayBase<T, Ix1>, out_bar: Array2<A>, diag_bar: SX
    ) {
        require_shape(out_bar.shape(), &[diag.len(), diag.len()]);
        add_into(diag_bar, diag, |mut into| into += &out_bar.diag());
    }

    /// The square matrix with `n` equal elements on the diagonal. Returns the value and its tangent.
    fn __from_diag_elem_jvp[C: ConstantSlot, DE: TangentArg<A>](
        n: usize, elem: A, _n_dot: C, elem_dot: DE
    ) -> (ArrayBase<S, Ix2>, Array2<A>) {
        (ArrayBase::from_diag_elem(n, elem), Array2::from_diag_elem(n, scalar::<A>(elem_dot.get())))
    }
    /// The square matrix with `n` equal elements on the diagonal: adds the trace of the cotangent.
    fn __from_diag_elem_adjoint[C: ConstantSlot, SE: Slot<A>](
        n: usize, _elem: A, out_bar: Array2<A>, _n_bar: C, elem_bar: SE
    ) {
        require_shape(out_bar.shape(), &[n, n]);
        let mut elem_bar = elem_bar;
        elem_bar.add(|| out_bar.diag().sum());
    }
}

extension! {
    /// The derivatives of the constructors of arrays of any shape.
    #[ad_macros::second_order(linear)]
    ArrayConstructors [A, S, D] [A: Real, S: DataOwned<Elem = A>, D: Dimension + 'static] for ArrayBase<S, D>;

    /// An array of equal elements. Returns the value and its tangent.
    fn __from_elem_jvp[Sh: ShapeBuilder<Dim = D> + Clone, C: ConstantSlot, DE: TangentArg<A>](
        shape: Sh, elem: A, _shape_dot: C, elem_dot: DE
    ) -> (ArrayBase<S, D>, Array<A, D>) {
        let dot = Array::from_elem(shape.clone(), scalar::<A>(elem_dot.get()));
        (ArrayBase::from_elem(shape, elem), dot)
    }
    /// An array of equal elements: adds the sum of the cotangent.
    fn __from_elem_adjoint[Sh: ShapeBuilder<Dim = D>, C: ConstantSlot, SE: Slot<A>](
        shape: Sh, _elem: A, out_bar: Array<A, D>, _shape_bar: C, elem_bar: SE
    ) {
        require_shape(out_bar.shape(), shape.into_shape_with_order().raw_dim().slice());
        let mut elem_bar = elem_bar;
        elem_bar.add(|| out_bar.sum());
    }

    /// The elements of `v` in a shape, an error if they do not fill it. Returns the value and its tangent.
    fn __from_shape_vec_jvp[Sh: Into<StrideShape<D>>, C: ConstantSlot, DV: TangentArg<Vec<A>>](
        shape: Sh, v: Vec<A>, _shape_dot: C, v_dot: DV
    ) -> (Result<ArrayBase<S, D>, ShapeError>, Result<Array<A, D>, ()>) {
        let shape: StrideShape<D> = shape.into();
        let dot = Array::from_shape_vec(shape.clone(), owned(&v, v_dot.get())).map_err(|_| ());
        (ArrayBase::from_shape_vec(shape, v), dot)
    }
    /// The elements of `v` in a shape: adds their cotangents, in the memory order of the shape.
    fn __from_shape_vec_adjoint[Sh: Into<StrideShape<D>>, C: ConstantSlot, SV: Slot<Vec<A>>](
        shape: Sh, v: &[A], out_bar: Result<Array<A, D>, ()>, _shape_bar: C, v_bar: SV
    ) {
        let Ok(bar) = out_bar else { return };
        let mut v_bar = v_bar;
        v_bar.add(|| {
            let in_order = Array::from_shape_vec(shape, vec![A::zero(); v.len()]);
            let mut in_order = in_order.expect("the cotangent of a shape that was filled");
            require_same_shape(&bar, &in_order);
            in_order.assign(&bar);
            in_order.into_raw_vec_and_offset().0
        });
    }

    /// An array computed from indices. Returns the value and its tangent; `f` takes an index to an
    /// element and its tangent.
    fn __from_shape_fn_jvp[Sh: ShapeBuilder<Dim = D> + Clone, F: FnMut(D::Pattern) -> (A, A), C: ConstantSlot](
        shape: Sh, f: F, _shape_dot: C
    ) -> (ArrayBase<S, D>, Array<A, D>) {
        let mut dots = Vec::new();
        let mut f = f;
        let value = ArrayBase::from_shape_fn(shape.clone(), |index| {
            let (value, dot) = f(index);
            dots.push(dot);
            value
        });
        // Elements are computed in memory order.
        let dots = Array::from_shape_vec(shape.into_shape_with_order(), dots);
        (value, dots.expect("one tangent per element"))
    }
    /// An array computed from indices: `pullback` takes an index and the cotangent of its element.
    fn __from_shape_fn_adjoint[Sh: ShapeBuilder<Dim = D>, F: FnMut(D::Pattern, A), C: ConstantSlot](
        shape: Sh, pullback: F, out_bar: Array<A, D>, _shape_bar: C
    ) {
        let mut pullback = pullback;
        let dim = shape.into_shape_with_order().raw_dim().clone();
        require_shape(out_bar.shape(), dim.slice());
        out_bar.indexed_iter().for_each(|(index, &bar)| pullback(index, bar));
    }
}
