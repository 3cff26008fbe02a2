pub fn __adjoint(
    x: &mut [f64],
    w: f64,
    out_bar: (),
    mut x_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut w_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> () {
    use ::ad_runtime::rt::methods::*;
    let x_active = ::ad_runtime::rt::is_active(&x_slot, &x);
    let mut x_scratch = ::core::option::Option::None;
    let mut x_bar = ::ad_runtime::rt::bar(&mut x_slot, &mut x_scratch, &x);
    let n1 = x.len();
    let mut __record_0 = ::ad_runtime::rt::record(1, n1);
    {
        let x = &mut x[..::ad_runtime::rt::span(1, n1, 0).end];
        for i in 1..n1 {
            let x_old = x[i];
            x[i] = w * x[i] + (1.0 - w) * x[i - 1];
            __record_0.push((x_old,));
        }
    }
    let x_final = ::ad_runtime::rt::keep(&*x);
    let mut w_bar = 0.0;
    {
        let x = &mut x[..::ad_runtime::rt::span(1, n1, 0).end];
        let x_bar = ::ad_runtime::rt::start_mut(
            x_active,
            &mut x_bar[..],
            ::ad_runtime::rt::span(1, n1, 0).end,
        );
        for (i, (x_old,)) in ::core::iter::Iterator::zip(
            (1..n1).rev(),
            __record_0.into_iter().rev(),
        ) {
            x[i] = x_old;
            let x_bar_2 = if x_active { x_bar[i] } else { 0.0 };
            if x_active {
                x_bar[i] = 0.0;
            }
            w_bar += x_bar_2 * x[i];
            if x_active {
                x_bar[i] += x_bar_2 * w;
            }
            w_bar -= x_bar_2 * x[i - 1];
            if x_active {
                x_bar[i - 1] += x_bar_2 * (1.0 - w);
            }
        }
    }
    ::ad_runtime::rt::add(w_slot, w_bar);
    ::ad_runtime::rt::put_back(&mut *x, x_final);
}
pub fn __jvp(
    x: &mut [f64],
    w: f64,
    mut x_arg: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    w_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> ((), ()) {
    use ::ad_runtime::rt::methods::*;
    let x_active = ::ad_runtime::rt::is_active(&x_arg, &x);
    let mut x_scratch = ::core::option::Option::None;
    let mut x_dot = ::ad_runtime::rt::bar(&mut x_arg, &mut x_scratch, &x);
    let mut w_dot = ::ad_runtime::rt::tangent(&w, w_arg);
    let n1 = x.len();
    for i in 1..n1 {
        if x_active {
            x_dot[i] = w_dot * x[i] + (if x_active { x_dot[i] } else { 0.0 }) * w
                + -w_dot * x[i - 1]
                + (if x_active { x_dot[i - 1] } else { 0.0 }) * (1.0 - w);
        }
        x[i] = w * x[i] + (1.0 - w) * x[i - 1];
    }
    let out_dot = ();
    ((), out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    x: &mut [f64],
    w: f64,
    _: ::ad_runtime::rt::Width<__L>,
    mut x_arg: impl ::ad_runtime::rt::SlotMut<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    w_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
) -> ((), <() as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let x_active = ::ad_runtime::rt::is_active(
        &x_arg,
        &::ad_runtime::rt::wide::<_, __L>(&x),
    );
    let mut x_scratch = ::core::option::Option::None;
    let mut x_dot = ::ad_runtime::rt::bar(
        &mut x_arg,
        &mut x_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&x),
    );
    let mut w_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&w),
        w_arg,
    );
    let n1 = x.len();
    for i in 1..n1 {
        if x_active {
            x_dot[i] = w_dot * x[i]
                + (if x_active {
                    x_dot[i]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * w + w_dot * -x[i - 1]
                + (if x_active {
                    x_dot[i - 1]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * (1.0 - w);
        }
        x[i] = w * x[i] + (1.0 - w) * x[i - 1];
    }
    let out_dot = ();
    ((), out_dot)
}
