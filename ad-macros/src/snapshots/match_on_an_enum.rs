pub fn __adjoint(
    shape: &Shape,
    out_bar: f64,
    mut shape_slot: impl ::ad_runtime::rt::SlotMut<
        <Shape as ::ad_runtime::Differentiable>::Tangent,
    >,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let shape_active = ::ad_runtime::rt::is_active(&shape_slot, &shape);
    let mut shape_scratch = ::core::option::Option::None;
    let mut shape_bar = ::ad_runtime::rt::bar(
        &mut shape_slot,
        &mut shape_scratch,
        &shape,
    );
    let (chosen, __record_0) = match shape {
        Shape::Circle(r) => {
            let t1 = std::f64::consts::PI * r;
            let t2 = ::core::clone::Clone::clone(&t1) * r;
            (t2, ::ad_runtime::rt::Either::Left((t1,)))
        }
        Shape::Rectangle { a, b } => {
            let t3 = a * b;
            (t3, ::ad_runtime::rt::Either::Right(::ad_runtime::rt::Either::Left(())))
        }
        Shape::Empty => {
            (0.0, ::ad_runtime::rt::Either::Right(::ad_runtime::rt::Either::Right(())))
        }
    };
    let out = chosen;
    let chosen_bar = out_bar;
    match __record_0 {
        ::ad_runtime::rt::Either::Left((t1,)) => {
            #[allow(irrefutable_let_patterns, unused_variables)]
            let Shape::Circle(r) = shape else { ::core::unreachable!() };
            let t2_bar = chosen_bar;
            let mut t1_bar = ::ad_runtime::rt::pending();
            ::ad_runtime::rt::mul_adjoint(
                &t1,
                &r,
                t2_bar,
                &mut t1_bar,
                shape_active.then(|| &mut *shape_bar.__Circle_mut().0),
            );
            ::ad_runtime::rt::mul_adjoint(
                &std::f64::consts::PI,
                &r,
                ::ad_runtime::rt::finish(t1_bar, &t1),
                ::ad_runtime::rt::Inactive,
                shape_active.then(|| &mut *shape_bar.__Circle_mut().0),
            );
        }
        ::ad_runtime::rt::Either::Right(::ad_runtime::rt::Either::Left(())) => {
            #[allow(irrefutable_let_patterns, unused_variables)]
            let Shape::Rectangle { a, b } = shape else { ::core::unreachable!() };
            let t3_bar = chosen_bar;
            ::ad_runtime::rt::mul_adjoint(
                &a,
                &b,
                ::ad_runtime::rt::keep(&t3_bar),
                shape_active.then(|| &mut *shape_bar.__Rectangle_mut().a),
                ::ad_runtime::rt::Inactive,
            );
            ::ad_runtime::rt::mul_adjoint(
                &a,
                &b,
                t3_bar,
                ::ad_runtime::rt::Inactive,
                shape_active.then(|| &mut *shape_bar.__Rectangle_mut().b),
            );
        }
        ::ad_runtime::rt::Either::Right(::ad_runtime::rt::Either::Right(())) => {}
    }
    out
}
pub fn __jvp(
    shape: &Shape,
    shape_arg: impl ::ad_runtime::rt::TangentArg<
        <Shape as ::ad_runtime::Differentiable>::Tangent,
    >,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let shape_active = ::ad_runtime::rt::is_active_arg(&shape_arg, &shape);
    let mut shape_scratch = ::core::option::Option::None;
    let shape_dot = ::ad_runtime::rt::dot(&shape_arg, &mut shape_scratch, &shape);
    let chosen_pair = match shape {
        Shape::Circle(r) => {
            let t1_dot = ::ad_runtime::rt::mul_jvp(
                &std::f64::consts::PI,
                &r,
                ::ad_runtime::rt::Inactive,
                &(if shape_active {
                    ::ad_runtime::rt::tangent(&r, &*shape_dot.__Circle().0)
                } else {
                    ::ad_runtime::rt::zero(&r)
                }),
            );
            let t1 = std::f64::consts::PI * r;
            let t2_dot = ::ad_runtime::rt::mul_jvp(
                &t1,
                &r,
                &t1_dot,
                &(if shape_active {
                    ::ad_runtime::rt::tangent(&r, &*shape_dot.__Circle().0)
                } else {
                    ::ad_runtime::rt::zero(&r)
                }),
            );
            let t2 = t1 * r;
            (t2, t2_dot)
        }
        Shape::Rectangle { a, b } => {
            let t3_dot = ::ad_runtime::rt::mul_jvp(
                &a,
                &b,
                &(if shape_active {
                    ::ad_runtime::rt::tangent(&a, &*shape_dot.__Rectangle().a)
                } else {
                    ::ad_runtime::rt::zero(&a)
                }),
                &(if shape_active {
                    ::ad_runtime::rt::tangent(&b, &*shape_dot.__Rectangle().b)
                } else {
                    ::ad_runtime::rt::zero(&b)
                }),
            );
            let t3 = a * b;
            (t3, t3_dot)
        }
        Shape::Empty => (0.0, 0.0),
    };
    let (chosen, chosen_dot) = chosen_pair;
    let out_dot = chosen_dot;
    (chosen, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    false
}
pub fn __jvp_lanes<const __L: usize>(
    shape: &Shape,
    _: ::ad_runtime::rt::Width<__L>,
    shape_arg: impl ::ad_runtime::rt::TangentArg<
        <<Shape as ::ad_runtime::Differentiable>::Tangent as ::ad_runtime::Tangent>::Lanes<
            __L,
        >,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    ::core::unreachable!("the function goes one direction after the other")
}
