pub fn __adjoint(
    r: f64,
    x0: f64,
    n: usize,
    out_bar: f64,
    mut r_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    mut x0_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    n_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let mut x = x0;
    let mut __record_0 = ::ad_runtime::rt::record(0, n);
    for _ in 0..n {
        let x_old = x;
        x = r * x * (1.0 - x);
        __record_0.push((x_old,));
    }
    let out = x;
    let mut x_bar = out_bar;
    let mut r_bar = 0.0;
    for (x_old,) in __record_0.into_iter().rev() {
        x = x_old;
        let x_bar_2 = x_bar;
        x_bar = 0.0;
        let t_bar = x_bar_2 * (1.0 - x);
        r_bar += t_bar * x;
        x_bar += t_bar * r;
        x_bar -= x_bar_2 * (r * x);
    }
    let x0_bar = x_bar;
    ::ad_runtime::rt::add(r_slot, r_bar);
    ::ad_runtime::rt::add(x0_slot, x0_bar);
    out
}
pub fn __jvp(
    r: f64,
    x0: f64,
    n: usize,
    r_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    x0_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    n_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let mut r_dot = ::ad_runtime::rt::tangent(&r, r_arg);
    let mut x0_dot = ::ad_runtime::rt::tangent(&x0, x0_arg);
    let mut x_dot = x0_dot;
    let mut x = x0;
    for _ in 0..n {
        x_dot = (r_dot * x + x_dot * r) * (1.0 - x) + -x_dot * (r * x);
        x = r * x * (1.0 - x);
    }
    let out_dot = x_dot;
    (x, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    r: f64,
    x0: f64,
    n: usize,
    _: ::ad_runtime::rt::Width<__L>,
    r_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    x0_arg: impl ::ad_runtime::rt::TangentArg<
        <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    n_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut r_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&r),
        r_arg,
    );
    let mut x0_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x0),
        x0_arg,
    );
    let mut x_dot = x0_dot;
    let mut x = x0;
    for _ in 0..n {
        x_dot = r_dot * (x * (1.0 - x)) + x_dot * (r * (1.0 - x)) + x_dot * -(r * x);
        x = r * x * (1.0 - x);
    }
    let out_dot = x_dot;
    (x, out_dot)
}
