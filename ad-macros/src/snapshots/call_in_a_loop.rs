pub fn __adjoint(
    params: &[f64],
    xs: &[f64],
    out_bar: f64,
    mut params_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut xs_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let params_active = ::ad_runtime::rt::is_active(&params_slot, &params);
    let mut params_scratch = ::core::option::Option::None;
    let mut params_bar = ::ad_runtime::rt::bar(
        &mut params_slot,
        &mut params_scratch,
        &params,
    );
    let xs_active = ::ad_runtime::rt::is_active(&xs_slot, &xs);
    let mut xs_scratch = ::core::option::Option::None;
    let mut xs_bar = ::ad_runtime::rt::bar(&mut xs_slot, &mut xs_scratch, &xs);
    let mut total = 0.0;
    let total_bar = out_bar;
    {
        let xs_bar = ::ad_runtime::rt::start_mut(xs_active, &mut xs_bar[..], xs.len());
        for i in 0..xs.len() {
            let (y, predict_back) = model::predict::__split(params, xs[i]);
            let t1 = ::core::clone::Clone::clone(&y) * ::core::clone::Clone::clone(&y);
            total += t1;
            let t1_bar = total_bar;
            let mut y_bar = ::ad_runtime::rt::pending();
            ::ad_runtime::rt::mul_adjoint(
                &y,
                &y,
                ::ad_runtime::rt::keep(&t1_bar),
                &mut y_bar,
                ::ad_runtime::rt::Inactive,
            );
            ::ad_runtime::rt::mul_adjoint(
                &y,
                &y,
                t1_bar,
                ::ad_runtime::rt::Inactive,
                &mut y_bar,
            );
            model::predict::__back(
                predict_back,
                params,
                xs[i],
                ::ad_runtime::rt::finish(y_bar, &y),
                ::ad_runtime::rt::when(params_active, &params, &mut params_bar),
                xs_active.then(|| &mut xs_bar[i]),
            );
        }
    }
    let out = total;
    out
}
pub fn __jvp(
    params: &[f64],
    xs: &[f64],
    params_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
    xs_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let params_active = ::ad_runtime::rt::is_active_arg(&params_arg, &params);
    let mut params_scratch = ::core::option::Option::None;
    let params_dot = ::ad_runtime::rt::dot(&params_arg, &mut params_scratch, &params);
    let xs_active = ::ad_runtime::rt::is_active_arg(&xs_arg, &xs);
    let mut xs_scratch = ::core::option::Option::None;
    let xs_dot = ::ad_runtime::rt::dot(&xs_arg, &mut xs_scratch, &xs);
    let mut total = 0.0;
    let mut total_dot = 0.0;
    for i in 0..xs.len() {
        let (y, y_dot) = model::predict::__jvp(
            params,
            xs[i],
            ::ad_runtime::rt::when_dot(params_active, &params, &params_dot),
            &(if xs_active { xs_dot[i] } else { 0.0 }),
        );
        let t1_dot = ::ad_runtime::rt::mul_jvp(&y, &y, &y_dot, &y_dot);
        let t1 = y * y;
        total_dot += ::ad_runtime::rt::tangent(&t1, &t1_dot);
        total += t1;
    }
    let out_dot = total_dot;
    (total, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0 && model::predict::__lanes(__fuel - 1)
}
pub fn __jvp_lanes<const __L: usize>(
    params: &[f64],
    xs: &[f64],
    _: ::ad_runtime::rt::Width<__L>,
    params_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    xs_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let params_active = ::ad_runtime::rt::is_active_arg(
        &params_arg,
        &::ad_runtime::rt::wide::<_, __L>(&params),
    );
    let mut params_scratch = ::core::option::Option::None;
    let params_dot = ::ad_runtime::rt::dot(
        &params_arg,
        &mut params_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&params),
    );
    let xs_active = ::ad_runtime::rt::is_active_arg(
        &xs_arg,
        &::ad_runtime::rt::wide::<_, __L>(&xs),
    );
    let mut xs_scratch = ::core::option::Option::None;
    let xs_dot = ::ad_runtime::rt::dot(
        &xs_arg,
        &mut xs_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&xs),
    );
    let mut total = 0.0;
    let mut total_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
    for i in 0..xs.len() {
        let (y, y_dot) = model::predict::__jvp_lanes(
            params,
            xs[i],
            ::ad_runtime::rt::Width::<__L>,
            ::ad_runtime::rt::when_dot(
                params_active,
                &::ad_runtime::rt::wide::<_, __L>(&params),
                &params_dot,
            ),
            &(if xs_active {
                xs_dot[i]
            } else {
                ::ad_runtime::lanes::Lanes::<_, __L>::zero()
            }),
        );
        let t1_dot = ::ad_runtime::lanes::mul_jvp::<
            _,
            _,
            _,
            _,
            __L,
        >(&y, &y, &y_dot, &y_dot);
        let t1 = y * y;
        total_dot
            += ::ad_runtime::rt::tangent(
                &::ad_runtime::rt::wide::<_, __L>(&t1),
                &t1_dot,
            );
        total += t1;
    }
    let out_dot = total_dot;
    (total, out_dot)
}
