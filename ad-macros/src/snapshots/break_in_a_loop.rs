pub fn __adjoint(
    xs: &[f64],
    limit: f64,
    out_bar: f64,
    mut xs_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut limit_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let xs_active = ::ad_runtime::rt::is_active(&xs_slot, &xs);
    let mut xs_scratch = ::core::option::Option::None;
    let mut xs_bar = ::ad_runtime::rt::bar(&mut xs_slot, &mut xs_scratch, &xs);
    let mut total = 0.0;
    let mut __record_0 = ::std::vec::Vec::new();
    for k1 in 0..xs.len() {
        let x = xs[k1];
        let taken = total > limit;
        let stop = if taken {
            true
        } else {
            total += x * x;
            false
        };
        __record_0.push((k1, taken));
        if stop {
            break;
        }
    }
    let out = total;
    let total_bar = out_bar;
    for (k1, taken) in __record_0.into_iter().rev() {
        let x = xs[k1];
        let mut x_bar = 0.0;
        if !taken {
            x_bar += 2.0 * (total_bar * x);
        }
        if xs_active {
            xs_bar[k1] += x_bar;
        }
    }
    out
}
pub fn __jvp(
    xs: &[f64],
    limit: f64,
    xs_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
    limit_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let xs_active = ::ad_runtime::rt::is_active_arg(&xs_arg, &xs);
    let mut xs_scratch = ::core::option::Option::None;
    let xs_dot = ::ad_runtime::rt::dot(&xs_arg, &mut xs_scratch, &xs);
    let mut total = 0.0;
    let mut total_dot = 0.0;
    for k1 in 0..xs.len() {
        let x_dot = if xs_active { xs_dot[k1] } else { 0.0 };
        let x = xs[k1];
        let taken = total > limit;
        let stop = if taken {
            true
        } else {
            total_dot += x_dot * x + x_dot * x;
            total += x * x;
            false
        };
        if stop {
            break;
        }
    }
    let out_dot = total_dot;
    (total, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    xs: &[f64],
    limit: f64,
    _: ::ad_runtime::rt::Width<__L>,
    xs_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    limit_arg: impl ::ad_runtime::rt::TangentArg<
        <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
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
    for k1 in 0..xs.len() {
        let x_dot = if xs_active {
            xs_dot[k1]
        } else {
            ::ad_runtime::lanes::Lanes::<_, __L>::zero()
        };
        let x = xs[k1];
        let taken = total > limit;
        let stop = if taken {
            true
        } else {
            total_dot += x_dot * (x + x);
            total += x * x;
            false
        };
        if stop {
            break;
        }
    }
    let out_dot = total_dot;
    (total, out_dot)
}
