pub fn __adjoint(
    x: f64,
    delta: f64,
    out_bar: f64,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    mut delta_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let taken = x.abs() <= delta;
    let chosen = if taken { 0.5 * x * x } else { delta * (x.abs() - 0.5 * delta) };
    let out = chosen;
    let chosen_bar = out_bar;
    let mut x_bar = 0.0;
    let mut delta_bar = 0.0;
    if taken {
        x_bar += chosen_bar * x * 0.5;
        x_bar += chosen_bar * (0.5 * x);
    } else {
        delta_bar += chosen_bar * (x.abs() - 0.5 * delta);
        let t_bar = chosen_bar * delta;
        x_bar += t_bar * (if x > 0.0 { 1.0 } else { if x < 0.0 { -1.0 } else { 0.0 } });
        delta_bar += -t_bar * 0.5;
    }
    ::ad_runtime::rt::add(x_slot, x_bar);
    ::ad_runtime::rt::add(delta_slot, delta_bar);
    out
}
pub fn __jvp(
    x: f64,
    delta: f64,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    delta_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut delta_dot = ::ad_runtime::rt::tangent(&delta, delta_arg);
    let taken = x.abs() <= delta;
    let chosen_pair = if taken {
        (0.5 * x * x, x_dot * 0.5 * x + x_dot * (0.5 * x))
    } else {
        (
            delta * (x.abs() - 0.5 * delta),
            delta_dot * (x.abs() - 0.5 * delta)
                + (x_dot * (if x > 0.0 { 1.0 } else { if x < 0.0 { -1.0 } else { 0.0 } })
                    - delta_dot * 0.5) * delta,
        )
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
    delta: f64,
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    delta_arg: impl ::ad_runtime::rt::TangentArg<
        <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut delta_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&delta),
        delta_arg,
    );
    let taken = x.abs() <= delta;
    let chosen_pair = if taken {
        (0.5 * x * x, x_dot * 0.5 * x + x_dot * (0.5 * x))
    } else {
        (
            delta * (x.abs() - 0.5 * delta),
            delta_dot * (x.abs() - 0.5 * delta)
                + (x_dot * (if x > 0.0 { 1.0 } else { if x < 0.0 { -1.0 } else { 0.0 } })
                    - delta_dot * 0.5) * delta,
        )
    };
    let (chosen, chosen_dot) = chosen_pair;
    let out_dot = chosen_dot;
    (chosen, out_dot)
}
