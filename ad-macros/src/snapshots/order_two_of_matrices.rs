pub fn __adjoint_jvp(
    theta: &Array1<f64>,
    phi: &Array2<f64>,
    y: &Array1<f64>,
    theta_arg: impl ::ad_runtime::rt::TangentArg<
        <Array1<f64> as ::ad_runtime::Differentiable>::Tangent,
    >,
    phi_arg: impl ::ad_runtime::rt::ConstantSlot,
    y_arg: impl ::ad_runtime::rt::ConstantSlot,
    out_bar: f64,
    out_bar_dot: f64,
    mut theta_slot: impl ::ad_runtime::rt::SlotMut<
        <Array1<f64> as ::ad_runtime::Differentiable>::Tangent,
    >,
    phi_slot: impl ::ad_runtime::rt::ConstantSlot,
    y_slot: impl ::ad_runtime::rt::ConstantSlot,
    mut theta_slot_dot: impl ::ad_runtime::rt::SlotMut<
        <Array1<f64> as ::ad_runtime::Differentiable>::Tangent,
    >,
    phi_slot_dot: impl ::ad_runtime::rt::ConstantSlot,
    y_slot_dot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let theta_active = ::ad_runtime::rt::is_active(&theta_slot, &theta);
    let (mut theta_dot_scratch, mut theta_scratch, mut theta_bar_scratch) = (
        ::core::option::Option::None,
        ::core::option::Option::None,
        ::core::option::Option::None,
    );
    let theta_dot_active = ::ad_runtime::rt::is_active_arg(&theta_arg, &theta);
    let theta_dot = ::ad_runtime::rt::dot(&theta_arg, &mut theta_dot_scratch, &theta);
    let mut theta_bar = ::ad_runtime::rt::bar(
        &mut theta_slot,
        &mut theta_scratch,
        &theta,
    );
    let mut theta_bar_dot = ::ad_runtime::rt::bar(
        &mut theta_slot_dot,
        &mut theta_bar_scratch,
        &theta,
    );
    let (t1, t1_dot) = phi
        .__dot_jvp(
            theta,
            ::ad_runtime::rt::Inactive,
            ::ad_runtime::rt::when_dot(theta_dot_active, &theta, &theta_dot),
        );
    let e_dot = ::ad_runtime::rt::sub_jvp(&y, &t1, ::ad_runtime::rt::Inactive, &t1_dot);
    let e = y - ::core::clone::Clone::clone(&t1);
    let (t2, t2_dot) = e.__dot_jvp(&e, &e_dot, &e_dot);
    let out = t2;
    let t2_bar_dot = out_bar_dot;
    let t2_bar = out_bar;
    let mut e_bar_dot = ::ad_runtime::rt::pending();
    let mut e_bar = ::ad_runtime::rt::pending();
    e.__dot_square_adjoint_jvp(&e_dot, t2_bar, t2_bar_dot, &mut e_bar, &mut e_bar_dot);
    let mut t1_bar_dot = ::ad_runtime::rt::pending();
    let mut t1_bar = ::ad_runtime::rt::pending();
    ::ad_runtime::rt::sub_adjoint_jvp(
        &y,
        &t1,
        ::ad_runtime::rt::Inactive,
        &t1_dot,
        ::ad_runtime::rt::finish(e_bar, &e),
        ::ad_runtime::rt::finish(e_bar_dot, &e),
        ::ad_runtime::rt::Inactive,
        &mut t1_bar,
        ::ad_runtime::rt::Inactive,
        &mut t1_bar_dot,
    );
    phi.__dot_adjoint_jvp(
        theta,
        ::ad_runtime::rt::Inactive,
        ::ad_runtime::rt::when_dot(theta_dot_active, &theta, &theta_dot),
        ::ad_runtime::rt::finish(t1_bar, &t1),
        ::ad_runtime::rt::finish(t1_bar_dot, &t1),
        ::ad_runtime::rt::Inactive,
        ::ad_runtime::rt::when(theta_active, &theta, &mut theta_bar),
        ::ad_runtime::rt::Inactive,
        ::ad_runtime::rt::when(theta_active, &theta, &mut theta_bar_dot),
    );
    out
}
