pub fn __adjoint(
    x: f64,
    a: &[f64],
    out_bar: f64,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let mut s = x;
    let mut __record_0 = ::ad_runtime::rt::record(0, a.len());
    for i in 0..a.len() {
        let t1 = (a[i] * x).sin();
        let s_old = s;
        s = s * t1;
        __record_0.push((t1, s_old));
    }
    let out = s;
    let mut s_bar = out_bar;
    let mut x_bar = 0.0;
    for (i, (t1, s_old)) in ::core::iter::Iterator::zip(
        (0..a.len()).rev(),
        __record_0.into_iter().rev(),
    ) {
        s = s_old;
        let s_bar_2 = s_bar;
        s_bar = 0.0;
        s_bar += s_bar_2 * t1;
        let t1_bar = s_bar_2 * s;
        x_bar += t1_bar * (a[i] * x).cos() * a[i];
    }
    x_bar += s_bar;
    ::ad_runtime::rt::add(x_slot, x_bar);
    out
}
pub fn __adjoint_jvp(
    x: f64,
    a: &[f64],
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
    out_bar: f64,
    out_bar_dot: f64,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
    mut x_slot_dot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot_dot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut s_dot = x_dot;
    let mut s = x;
    let mut __record_0 = ::ad_runtime::rt::record(0, a.len());
    for i in 0..a.len() {
        let t1 = (a[i] * x).sin();
        let t1_dot = x_dot * a[i] * (a[i] * x).cos();
        let s_old_dot = s_dot;
        let s_old = s;
        s_dot = s_dot * t1 + t1_dot * s;
        s = s * t1;
        __record_0.push((t1, t1_dot, s_old_dot, s_old));
    }
    let out = s;
    let mut s_bar_dot = out_bar_dot;
    let mut s_bar = out_bar;
    let mut x_bar_dot = 0.0;
    let mut x_bar = 0.0;
    for (i, (t1, t1_dot, s_old_dot, s_old)) in ::core::iter::Iterator::zip(
        (0..a.len()).rev(),
        __record_0.into_iter().rev(),
    ) {
        s_dot = s_old_dot;
        s = s_old;
        let s_bar_2_dot = s_bar_dot;
        let s_bar_2 = s_bar;
        s_bar_dot = 0.0;
        s_bar = 0.0;
        s_bar_dot += s_bar_2_dot * t1 + t1_dot * s_bar_2;
        s_bar += s_bar_2 * t1;
        let t1_bar_dot = s_bar_2_dot * s + s_dot * s_bar_2;
        let t1_bar = s_bar_2 * s;
        x_bar_dot
            += (t1_bar_dot * (a[i] * x).cos()
                + -(x_dot * a[i] * (a[i] * x).sin()) * t1_bar) * a[i];
        x_bar += t1_bar * (a[i] * x).cos() * a[i];
    }
    x_bar_dot += s_bar_dot;
    x_bar += s_bar;
    ::ad_runtime::rt::add(x_slot, x_bar);
    ::ad_runtime::rt::add(x_slot_dot, x_bar_dot);
    out
}
