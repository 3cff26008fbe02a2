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
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    x: f64,
    a: &[f64],
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut s_dot = x_dot;
    let mut s = x;
    for i in 0..a.len() {
        let t1 = (a[i] * x).sin();
        let t1_dot = x_dot * (a[i] * (a[i] * x).cos());
        s_dot = s_dot * t1 + t1_dot * s;
        s = s * t1;
    }
    let out_dot = s_dot;
    (s, out_dot)
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
pub fn __second_lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __adjoint_jvp_lanes<const __L: usize>(
    x: f64,
    a: &[f64],
    _: ::ad_runtime::rt::Width<__L>,
    x_arg: impl ::ad_runtime::rt::TangentArg<<f64 as ::ad_runtime::Tangent>::Lanes<__L>>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
    out_bar: f64,
    out_bar_dot: <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
    mut x_slot_dot: impl ::ad_runtime::rt::SlotMut<
        <f64 as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    a_slot_dot: impl ::ad_runtime::rt::ConstantSlot,
) {
    use ::ad_runtime::rt::methods::*;
    let mut x_dot = ::ad_runtime::rt::tangent(
        &::ad_runtime::rt::wide::<_, __L>(&x),
        x_arg,
    );
    let mut s_dot = x_dot;
    let mut s = x;
    let mut __record_0 = ::ad_runtime::rt::record(0, a.len());
    for i in 0..a.len() {
        let t1 = (a[i] * x).sin();
        let t1_dot = x_dot * (a[i] * (a[i] * x).cos());
        let s_old_dot = s_dot;
        let s_old = s;
        s_dot = s_dot * t1 + t1_dot * s;
        s = s * t1;
        __record_0.push((t1, t1_dot, s_old_dot, s_old));
    }
    let mut s_bar_dot = out_bar_dot;
    let mut s_bar = out_bar;
    let mut x_bar_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
    let mut x_bar = 0.0;
    for (i, (t1, t1_dot, s_old_dot, s_old)) in ::core::iter::Iterator::zip(
        (0..a.len()).rev(),
        __record_0.into_iter().rev(),
    ) {
        s_dot = s_old_dot;
        s = s_old;
        let s_bar_2_dot = s_bar_dot;
        let s_bar_2 = s_bar;
        s_bar_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
        s_bar = 0.0;
        s_bar_dot += s_bar_2_dot * t1 + t1_dot * s_bar_2;
        s_bar += s_bar_2 * t1;
        let t1_bar_dot = s_bar_2_dot * s + s_dot * s_bar_2;
        let t1_bar = s_bar_2 * s;
        x_bar_dot
            += t1_bar_dot * ((a[i] * x).cos() * a[i])
                + x_dot * (-(a[i] * (a[i] * x).sin()) * t1_bar * a[i]);
        x_bar += t1_bar * (a[i] * x).cos() * a[i];
    }
    x_bar_dot += s_bar_dot;
    x_bar += s_bar;
    ::ad_runtime::rt::add(x_slot, x_bar);
    ::ad_runtime::rt::add(x_slot_dot, x_bar_dot);
}
pub fn __grad_adjoint(
    x: f64,
    a: &[f64],
    __out_bar: f64,
    x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> f64 {
    let mut x_bar = ::ad_runtime::rt::zero(&x);
    let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
    Self::__adjoint_jvp(
        x,
        a,
        &__out_bar,
        ::ad_runtime::rt::Inactive,
        1.0,
        ::ad_runtime::num_traits::Zero::zero(),
        &mut x_bar,
        ::ad_runtime::rt::Inactive,
        &mut x_bar_dot,
        ::ad_runtime::rt::Inactive,
    );
    ::ad_runtime::rt::add(x_slot, x_bar_dot);
    x_bar
}
pub fn __grad_jvp(
    x: f64,
    a: &[f64],
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, f64) {
    let mut x_bar = ::ad_runtime::rt::zero(&x);
    let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
    Self::__adjoint_jvp(
        x,
        a,
        x_arg,
        ::ad_runtime::rt::Inactive,
        1.0,
        ::ad_runtime::num_traits::Zero::zero(),
        &mut x_bar,
        ::ad_runtime::rt::Inactive,
        &mut x_bar_dot,
        ::ad_runtime::rt::Inactive,
    );
    (x_bar, x_bar_dot)
}
pub fn __value_and_grad_adjoint(
    x: f64,
    a: &[f64],
    __out_bar: (f64, f64),
    x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
) -> (f64, f64) {
    let (__value_bar, __grad_bar) = __out_bar;
    let mut x_bar = ::ad_runtime::rt::zero(&x);
    let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
    let __out = Self::__adjoint_jvp(
        x,
        a,
        &__grad_bar,
        ::ad_runtime::rt::Inactive,
        1.0,
        __value_bar,
        &mut x_bar,
        ::ad_runtime::rt::Inactive,
        &mut x_bar_dot,
        ::ad_runtime::rt::Inactive,
    );
    ::ad_runtime::rt::add(x_slot, x_bar_dot);
    (__out, x_bar)
}
pub fn __value_and_grad_jvp(
    x: f64,
    a: &[f64],
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
) -> ((f64, f64), (f64, f64)) {
    let __x_along = ::ad_runtime::rt::tangent(&x, x_arg);
    let mut x_bar = ::ad_runtime::rt::zero(&x);
    let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
    let __out = Self::__adjoint_jvp(
        x,
        a,
        &__x_along,
        ::ad_runtime::rt::Inactive,
        1.0,
        ::ad_runtime::num_traits::Zero::zero(),
        &mut x_bar,
        ::ad_runtime::rt::Inactive,
        &mut x_bar_dot,
        ::ad_runtime::rt::Inactive,
    );
    let mut __out_dot = ::ad_runtime::rt::zero(&__out);
    ::ad_runtime::rt::add_to_component(
        &mut __out_dot,
        0,
        ::ad_runtime::rt::inner(&x_bar, &__x_along),
    );
    ((__out, x_bar), (__out_dot, x_bar_dot))
}
pub fn __jvp_adjoint(
    x: f64,
    a: &[f64],
    x_dot: f64,
    __out_bar: (f64, f64),
    x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
    a_slot: impl ::ad_runtime::rt::ConstantSlot,
    x_dot_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> (f64, f64) {
    let (__value_bar, __dot_bar) = __out_bar;
    let __x_direction = ::ad_runtime::rt::tangent(&x, &x_dot);
    let mut x_bar = ::ad_runtime::rt::zero(&x);
    let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
    let __both = Self::__jvp(x, a, &__x_direction, ::ad_runtime::rt::Inactive);
    Self::__adjoint_jvp(
        x,
        a,
        &__x_direction,
        ::ad_runtime::rt::Inactive,
        __dot_bar,
        __value_bar,
        &mut x_bar,
        ::ad_runtime::rt::Inactive,
        &mut x_bar_dot,
        ::ad_runtime::rt::Inactive,
    );
    ::ad_runtime::rt::add(x_slot, x_bar_dot);
    ::ad_runtime::rt::add(x_dot_slot, x_bar);
    __both
}
pub fn __jvp_jvp(
    x: f64,
    a: &[f64],
    x_dot: f64,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
    a_arg: impl ::ad_runtime::rt::ConstantSlot,
    x_dot_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> ((f64, f64), (f64, f64)) {
    let __x_direction = ::ad_runtime::rt::tangent(&x, &x_dot);
    let __x_along = ::ad_runtime::rt::tangent(&x, x_arg);
    let __x_direction_along = ::ad_runtime::rt::tangent(&x, x_dot_arg);
    let __both = Self::__jvp(x, a, &__x_direction, ::ad_runtime::rt::Inactive);
    let mut __value_dot = ::ad_runtime::rt::zero(&__both.1);
    let mut __dot_dot = ::ad_runtime::rt::zero(&__both.1);
    for __k in 0..::ad_runtime::rt::components(&__both.1) {
        let mut __unit = ::ad_runtime::rt::zero(&__both.1);
        ::ad_runtime::rt::add_to_component(&mut __unit, __k, 1.0);
        let mut x_bar = ::ad_runtime::rt::zero(&x);
        let mut x_bar_dot = ::ad_runtime::rt::zero(&x);
        Self::__adjoint_jvp(
            x,
            a,
            &__x_along,
            ::ad_runtime::rt::Inactive,
            __unit,
            ::ad_runtime::rt::zero(&__value_dot),
            &mut x_bar,
            ::ad_runtime::rt::Inactive,
            &mut x_bar_dot,
            ::ad_runtime::rt::Inactive,
        );
        ::ad_runtime::rt::add_to_component(
            &mut __value_dot,
            __k,
            ::ad_runtime::rt::inner(&x_bar, &__x_along),
        );
        ::ad_runtime::rt::add_to_component(
            &mut __dot_dot,
            __k,
            ::ad_runtime::rt::inner(&x_bar, &__x_direction_along)
                + ::ad_runtime::rt::inner(&x_bar_dot, &__x_direction),
        );
    }
    (__both, (__value_dot, __dot_dot))
}
