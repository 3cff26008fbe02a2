pub fn __adjoint(
    x: f64,
    y: f64,
    out_bar: f64,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    mut y_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let t1 = x * x + y * y;
    let r = t1.sqrt();
    let t2 = r.sin();
    let s = t2 / r;
    let t3 = (-x).exp();
    let out = s * t3;
    let s_bar = out_bar * t3;
    let t3_bar = out_bar * s;
    let mut x_bar = -(t3_bar * t3);
    let t2_bar = s_bar / r;
    let mut r_bar = -(s_bar * t2 / (r * r));
    r_bar += t2_bar * r.cos();
    let t1_bar = if r_bar == 0.0 { 0.0 } else { r_bar * (0.5 / r) };
    x_bar += 2.0 * (t1_bar * x);
    let mut y_bar = t1_bar * y;
    y_bar += t1_bar * y;
    ::ad_runtime::rt::add(x_slot, x_bar);
    ::ad_runtime::rt::add(y_slot, y_bar);
    out
}
pub fn __jvp(
    x: f64,
    y: f64,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    y_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut y_dot = ::ad_runtime::rt::tangent(&y, y_arg);
    let t1_dot = x_dot * x + x_dot * x + y_dot * y + y_dot * y;
    let t1 = x * x + y * y;
    let r = t1.sqrt();
    let r_dot = if t1_dot == 0.0 { 0.0 } else { t1_dot * (0.5 / r) };
    let t2 = r.sin();
    let t2_dot = r_dot * r.cos();
    let s_dot = t2_dot / r - r_dot * t2 / (r * r);
    let s = t2 / r;
    let t3 = (-x).exp();
    let t3_dot = -x_dot * t3;
    let out_dot = s_dot * t3 + t3_dot * s;
    (s * t3, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    x: f64,
    y: f64,
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    y_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut y_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&y),
        y_arg,
    );
    let t1_dot = x_dot * (x + x) + y_dot * (y + y);
    let t1 = x * x + y * y;
    let r = t1.sqrt();
    let r_dot = ::ad_runtime::lanes::guard(t1_dot, t1_dot * (0.5 / r));
    let t2 = r.sin();
    let t2_dot = r_dot * r.cos();
    let s_dot = t2_dot / r - r_dot * (t2 / (r * r));
    let s = t2 / r;
    let t3 = (-x).exp();
    let t3_dot = x_dot * -t3;
    let out_dot = s_dot * t3 + t3_dot * s;
    (s * t3, out_dot)
}
