//! Diagonals and sums of one array.

use crate::Real;
use ndarray::{ArrayD, ArrayViewD, ArrayViewMutD, Axis, IxDyn};

/// The length of each axis of the result.
#[track_caller]
fn lengths(shape: &[usize], from: &[usize], to: &[usize]) -> Vec<usize> {
    let of = |axis: &usize| {
        let mut all = from.iter().zip(shape).filter(|(other, _)| *other == axis).map(|(_, n)| *n);
        let length = all.next().expect("an axis of the result is one of the operand");
        assert!(
            all.all(|n| n == length),
            "einsum!: an array of shape {shape:?} has no diagonal along axes of different lengths"
        );
        length
    };
    from.iter().for_each(|axis| _ = of(axis));
    to.iter().map(of).collect()
}

/// `Σ a` over the axes that `to` has not, along the diagonal of equal axes of `from`.
#[track_caller]
pub(super) fn reduced<A: Real>(a: &ArrayViewD<'_, A>, from: &[usize], to: &[usize]) -> ArrayD<A> {
    let mut out = ArrayD::zeros(IxDyn(&lengths(a.shape(), from, to)));
    add_reduced(out.view_mut(), a.view(), from, to);
    out
}

/// The places of an axis that occurs more than once.
fn repeated(from: &[usize]) -> Option<usize> {
    from.iter().copied().find(|axis| from.iter().filter(|other| *other == axis).count() > 1)
}

fn without(axes: &[usize], axis: usize) -> Vec<usize> {
    axes.iter().copied().filter(|other| *other != axis).collect()
}

fn add_reduced<A: Real>(
    mut out: ArrayViewMutD<'_, A>,
    a: ArrayViewD<'_, A>,
    from: &[usize],
    to: &[usize],
) {
    if let Some(axis) = repeated(from) {
        let (rest, rest_to) = (without(from, axis), without(to, axis));
        let place = to.iter().position(|other| *other == axis);
        let first = from.iter().position(|other| *other == axis).expect("it occurs");
        for i in 0..a.shape()[first] {
            let mut part = a.view();
            for k in (0..from.len()).rev().filter(|k| from[*k] == axis) {
                part = part.index_axis_move(Axis(k), i);
            }
            match place {
                Some(k) => add_reduced(out.index_axis_mut(Axis(k), i), part, &rest, &rest_to),
                None => add_reduced(out.view_mut(), part, &rest, &rest_to),
            }
        }
        return;
    }
    if let Some(k) = from.iter().position(|axis| !to.contains(axis)) {
        let sum = a.sum_axis(Axis(k));
        let rest = without(from, from[k]);
        return add_reduced(out, sum.view(), &rest, to);
    }
    out += &a.permuted_axes(order(from, to));
}

/// Where the axes of `to` stand in `from`.
fn order(from: &[usize], to: &[usize]) -> Vec<usize> {
    let place = |axis: &usize| from.iter().position(|other| other == axis);
    to.iter().map(|axis| place(axis).expect("both have the same axes")).collect()
}

/// The adjoint of [`reduced`]: adds `bar` to every element that was summed up.
#[track_caller]
pub(super) fn spread<A: Real>(
    mut into: ArrayViewMutD<'_, A>,
    bar: &ArrayViewD<'_, A>,
    from: &[usize],
    to: &[usize],
) {
    if let Some(axis) = repeated(from) {
        let (rest, rest_to) = (without(from, axis), without(to, axis));
        let place = to.iter().position(|other| *other == axis);
        let first = from.iter().position(|other| *other == axis).expect("it occurs");
        for i in 0..into.shape()[first] {
            let mut part = into.view_mut();
            for k in (0..from.len()).rev().filter(|k| from[*k] == axis) {
                part = part.index_axis_move(Axis(k), i);
            }
            match place {
                Some(k) => spread(part, &bar.index_axis(Axis(k), i), &rest, &rest_to),
                None => spread(part, bar, &rest, &rest_to),
            }
        }
        return;
    }
    // The axes that stay, in the operand's order; then the others, along which the cotangent is the same.
    let stay: Vec<usize> = from.iter().copied().filter(|axis| to.contains(axis)).collect();
    let mut bar = bar.view().permuted_axes(order(to, &stay));
    for (k, axis) in from.iter().enumerate() {
        if !to.contains(axis) {
            bar = bar.insert_axis(Axis(k));
        }
    }
    into += &bar;
}
