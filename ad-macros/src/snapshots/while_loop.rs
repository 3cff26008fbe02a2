pub fn __adjoint(
    a: f64,
    out_bar: f64,
    mut a_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let mut x = a;
    let mut __record_0 = ::std::vec::Vec::new();
    while (x * x - a).abs() > 1e-12 {
        let x_old = x;
        x = 0.5 * (x + a / x);
        __record_0.push((x_old,));
    }
    let out = x;
    let mut x_bar = out_bar;
    let mut a_bar = 0.0;
    for (x_old,) in __record_0.into_iter().rev() {
        x = x_old;
        let x_bar_2 = x_bar;
        x_bar = 0.0;
        let t_bar = x_bar_2 * 0.5;
        x_bar += t_bar;
        a_bar += t_bar / x;
        x_bar -= t_bar * a / (x * x);
    }
    a_bar += x_bar;
    ::ad_runtime::rt::add(a_slot, a_bar);
    out
}
pub fn __jvp(a: f64, a_arg: impl ::ad_runtime::rt::TangentArg<f64>) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let mut a_dot = ::ad_runtime::rt::tangent(&a, a_arg);
    let mut x_dot = a_dot;
    let mut x = a;
    while (x * x - a).abs() > 1e-12 {
        x_dot = (x_dot + a_dot / x - x_dot * a / (x * x)) * 0.5;
        x = 0.5 * (x + a / x);
    }
    let out_dot = x_dot;
    (x, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    a: f64,
    _: ::ad_runtime::rt::Width<__L>,
    a_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut a_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&a),
        a_arg,
    );
    let mut x_dot = a_dot;
    let mut x = a;
    while (x * x - a).abs() > 1e-12 {
        x_dot = (x_dot + a_dot / x - x_dot * (a / (x * x))) * 0.5;
        x = 0.5 * (x + a / x);
    }
    let out_dot = x_dot;
    (x, out_dot)
}
