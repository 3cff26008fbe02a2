pub fn __adjoint(
    w: &[f64],
    x: &[f64],
    out_bar: f64,
    mut w_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let w_active = ::ad_runtime::rt::is_active(&w_slot, &w);
    let mut w_scratch = ::core::option::Option::None;
    let mut w_bar = ::ad_runtime::rt::bar(&mut w_slot, &mut w_scratch, &w);
    let x_active = ::ad_runtime::rt::is_active(&x_slot, &x);
    let mut x_scratch = ::core::option::Option::None;
    let mut x_bar = ::ad_runtime::rt::bar(&mut x_slot, &mut x_scratch, &x);
    let mut sum = 0.0;
    let sum_bar = out_bar;
    {
        let w = &w[..x.len()];
        let w_bar = ::ad_runtime::rt::start_mut(w_active, &mut w_bar[..], x.len());
        let x_bar = ::ad_runtime::rt::start_mut(x_active, &mut x_bar[..], x.len());
        for i in 0..x.len() {
            sum += w[i] * x[i] * x[i];
            let t_bar = sum_bar * x[i];
            if w_active {
                w_bar[i] += t_bar * x[i];
            }
            if x_active {
                x_bar[i] += t_bar * w[i] + sum_bar * (w[i] * x[i]);
            }
        }
    }
    let out = sum;
    out
}
pub fn __jvp(
    w: &[f64],
    x: &[f64],
    w_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
    x_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let w_active = ::ad_runtime::rt::is_active_arg(&w_arg, &w);
    let mut w_scratch = ::core::option::Option::None;
    let w_dot = ::ad_runtime::rt::dot(&w_arg, &mut w_scratch, &w);
    let x_active = ::ad_runtime::rt::is_active_arg(&x_arg, &x);
    let mut x_scratch = ::core::option::Option::None;
    let x_dot = ::ad_runtime::rt::dot(&x_arg, &mut x_scratch, &x);
    let mut sum = 0.0;
    let mut sum_dot = 0.0;
    for i in 0..x.len() {
        sum_dot
            += ((if w_active { w_dot[i] } else { 0.0 }) * x[i]
                + (if x_active { x_dot[i] } else { 0.0 }) * w[i]) * x[i]
                + (if x_active { x_dot[i] } else { 0.0 }) * (w[i] * x[i]);
        sum += w[i] * x[i] * x[i];
    }
    let out_dot = sum_dot;
    (sum, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    w: &[f64],
    x: &[f64],
    _: ::ad_runtime::rt::Width<__L>,
    w_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    x_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let w_active = ::ad_runtime::rt::is_active_arg(
        &w_arg,
        &::ad_runtime::rt::wide::<_, __L>(&w),
    );
    let mut w_scratch = ::core::option::Option::None;
    let w_dot = ::ad_runtime::rt::dot(
        &w_arg,
        &mut w_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&w),
    );
    let x_active = ::ad_runtime::rt::is_active_arg(
        &x_arg,
        &::ad_runtime::rt::wide::<_, __L>(&x),
    );
    let mut x_scratch = ::core::option::Option::None;
    let x_dot = ::ad_runtime::rt::dot(
        &x_arg,
        &mut x_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&x),
    );
    let mut sum = 0.0;
    let mut sum_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
    for i in 0..x.len() {
        sum_dot
            += (if w_active {
                w_dot[i]
            } else {
                ::ad_runtime::lanes::Lanes::<_, __L>::zero()
            }) * (x[i] * x[i])
                + (if x_active {
                    x_dot[i]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * (w[i] * x[i])
                + (if x_active {
                    x_dot[i]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * (w[i] * x[i]);
        sum += w[i] * x[i] * x[i];
    }
    let out_dot = sum_dot;
    (sum, out_dot)
}
