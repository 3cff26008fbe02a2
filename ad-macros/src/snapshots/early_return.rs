pub fn __adjoint(
    x: f64,
    scale: f64,
    out_bar: f64,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    mut scale_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let taken = x <= 0.0;
    let (chosen, __record_0) = if taken {
        (0.0, ::ad_runtime::rt::Either::Left(()))
    } else {
        let y = x.ln();
        let taken2 = y > 10.0;
        let chosen2 = if taken2 { 10.0 * scale } else { y * scale };
        (chosen2, ::ad_runtime::rt::Either::Right((y,)))
    };
    let out = chosen;
    let chosen_bar = out_bar;
    let mut scale_bar = 0.0;
    let mut x_bar = 0.0;
    match __record_0 {
        ::ad_runtime::rt::Either::Left(()) => {}
        ::ad_runtime::rt::Either::Right((y,)) => {
            let chosen2_bar = chosen_bar;
            let taken2 = y > 10.0;
            let mut y_bar = 0.0;
            if taken2 {
                scale_bar += chosen2_bar * 10.0;
            } else {
                y_bar += chosen2_bar * scale;
                scale_bar += chosen2_bar * y;
            }
            x_bar += if y_bar == 0.0 { 0.0 } else { y_bar / x };
        }
    }
    ::ad_runtime::rt::add(x_slot, x_bar);
    ::ad_runtime::rt::add(scale_slot, scale_bar);
    out
}
pub fn __jvp(
    x: f64,
    scale: f64,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    scale_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut scale_dot = ::ad_runtime::rt::tangent(&scale, scale_arg);
    let taken = x <= 0.0;
    let chosen_pair = if taken {
        (0.0, 0.0)
    } else {
        let y = x.ln();
        let y_dot = if x_dot == 0.0 { 0.0 } else { x_dot / x };
        let taken2 = y > 10.0;
        let chosen2_pair = if taken2 {
            (10.0 * scale, scale_dot * 10.0)
        } else {
            (y * scale, y_dot * scale + scale_dot * y)
        };
        let (chosen2, chosen2_dot) = chosen2_pair;
        (chosen2, chosen2_dot)
    };
    let (chosen, chosen_dot) = chosen_pair;
    let out_dot = chosen_dot;
    (chosen, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    x: f64,
    scale: f64,
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    scale_arg: impl ::ad_runtime::rt::TangentArg<
        <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut scale_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&scale),
        scale_arg,
    );
    let taken = x <= 0.0;
    let chosen_pair = if taken {
        (0.0, ::ad_runtime::lanes::Lanes::<_, __L>::zero())
    } else {
        let y = x.ln();
        let y_dot = ::ad_runtime::lanes::guard(x_dot, x_dot / x);
        let taken2 = y > 10.0;
        let chosen2_pair = if taken2 {
            (10.0 * scale, scale_dot * 10.0)
        } else {
            (y * scale, y_dot * scale + scale_dot * y)
        };
        let (chosen2, chosen2_dot) = chosen2_pair;
        (chosen2, chosen2_dot)
    };
    let (chosen, chosen_dot) = chosen_pair;
    let out_dot = chosen_dot;
    (chosen, out_dot)
}
