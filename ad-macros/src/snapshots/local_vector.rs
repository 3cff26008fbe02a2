pub fn __adjoint(
    x: f64,
    n: usize,
    out_bar: <Vec<f64> as ::ad_runtime::Differentiable>::Tangent,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    n_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> Vec<f64> {
    use ::ad_runtime::rt::methods::*;
    let mut out = Vec::new();
    let mut p = 1.0;
    let mut __record_0 = ::ad_runtime::rt::record(0, n);
    for _ in 0..n {
        out.push(p);
        let new = p * x;
        let p_old = p;
        p = new;
        __record_0.push((p_old,));
    }
    let out_2 = out;
    let out_bar_2 = out_bar;
    let mut p_bar = 0.0;
    let mut x_bar = 0.0;
    {
        let out_bar_2 = &out_bar_2[..n];
        for (i1, (p_old,)) in ::core::iter::Iterator::zip(
            (0..n).rev(),
            __record_0.into_iter().rev(),
        ) {
            p = p_old;
            let p_bar_2 = p_bar;
            p_bar = 0.0;
            let new_bar = p_bar_2;
            p_bar += new_bar * x;
            x_bar += new_bar * p;
            let item_bar = out_bar_2[i1];
            p_bar += item_bar;
        }
    }
    ::ad_runtime::rt::add(x_slot, x_bar);
    out_2
}
pub fn __jvp(
    x: f64,
    n: usize,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    n_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (Vec<f64>, <Vec<f64> as ::ad_runtime::Differentiable>::Tangent) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut out = Vec::new();
    let mut out_dot = ::ad_runtime::rt::zero(&out);
    let mut p = 1.0;
    let mut p_dot = 0.0;
    for _ in 0..n {
        out_dot.push(p_dot);
        out.push(p);
        let new_dot = p_dot * x + x_dot * p;
        let new = p * x;
        p_dot = new_dot;
        p = new;
    }
    let out_dot_2 = out_dot;
    (out, out_dot_2)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    x: f64,
    n: usize,
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    n_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (
    Vec<f64>,
    <<Vec<
        f64,
    > as ::ad_runtime::Differentiable>::Tangent as ::ad_runtime::Tangent>::Lanes<__L>,
) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut out = Vec::new();
    let mut out_dot = ::ad_runtime::rt::zero(&::ad_runtime::rt::wide::<_, __L>(&out));
    let mut p = 1.0;
    let mut p_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
    for _ in 0..n {
        out_dot.push(p_dot);
        out.push(p);
        let new_dot = p_dot * x + x_dot * p;
        let new = p * x;
        p_dot = new_dot;
        p = new;
    }
    let out_dot_2 = out_dot;
    (out, out_dot_2)
}
