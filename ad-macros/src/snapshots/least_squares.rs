pub fn __adjoint(
    theta: &Array1<f64>,
    phi: &Array2<f64>,
    y: &Array1<f64>,
    out_bar: f64,
    mut theta_slot: impl ::ad_runtime::rt::SlotMut<
        <Array1<f64> as ::ad_runtime::Differentiable>::Tangent,
    >,
    phi_slot: impl ::ad_runtime::rt::ConstantSlot,
    y_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let theta_active = ::ad_runtime::rt::is_active(&theta_slot, &theta);
    let mut theta_scratch = ::core::option::Option::None;
    let mut theta_bar = ::ad_runtime::rt::bar(
        &mut theta_slot,
        &mut theta_scratch,
        &theta,
    );
    let t1 = phi.dot(theta);
    let t1_shape = ::ad_runtime::rt::outline(&t1);
    let e = y - t1;
    let t2 = e.dot(&e);
    let out = t2;
    let t2_bar = out_bar;
    let e_bar = ::ad_runtime::rt::dot_square_taken(e, t2_bar);
    let mut t1_bar = ::ad_runtime::rt::pending();
    ::ad_runtime::rt::sub_outline_adjoint(
        &y,
        &t1_shape,
        e_bar,
        ::ad_runtime::rt::Inactive,
        &mut t1_bar,
    );
    phi.__dot_adjoint(
        theta,
        ::ad_runtime::rt::finish(t1_bar, &t1_shape),
        ::ad_runtime::rt::Inactive,
        ::ad_runtime::rt::when(theta_active, &theta, &mut theta_bar),
    );
    out
}
pub fn __jvp(
    theta: &Array1<f64>,
    phi: &Array2<f64>,
    y: &Array1<f64>,
    theta_arg: impl ::ad_runtime::rt::TangentArg<
        <Array1<f64> as ::ad_runtime::Differentiable>::Tangent,
    >,
    phi_arg: impl ::ad_runtime::rt::ConstantSlot,
    y_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let theta_active = ::ad_runtime::rt::is_active_arg(&theta_arg, &theta);
    let mut theta_scratch = ::core::option::Option::None;
    let theta_dot = ::ad_runtime::rt::dot(&theta_arg, &mut theta_scratch, &theta);
    let (t1, t1_dot) = phi
        .__dot_jvp(
            theta,
            ::ad_runtime::rt::Inactive,
            ::ad_runtime::rt::when_dot(theta_active, &theta, &theta_dot),
        );
    let e_dot = ::ad_runtime::rt::sub_jvp(&y, &t1, ::ad_runtime::rt::Inactive, &t1_dot);
    let e = y - t1;
    let (t2, t2_dot) = e.__dot_jvp(&e, &e_dot, &e_dot);
    let out_dot = t2_dot;
    (t2, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    false
}
pub fn __jvp_lanes<const __L: usize>(
    theta: &Array1<f64>,
    phi: &Array2<f64>,
    y: &Array1<f64>,
    _: ::ad_runtime::rt::Width<__L>,
    theta_arg: impl ::ad_runtime::rt::TangentArg<
        <<Array1<
            f64,
        > as ::ad_runtime::Differentiable>::Tangent as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    phi_arg: impl ::ad_runtime::rt::ConstantSlot,
    y_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    ::core::unreachable!("the function goes one direction after the other")
}
