pub fn __adjoint(
    a: &[f64],
    b: &[f64],
    out_bar: f64,
    mut a_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut b_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let a_active = ::ad_runtime::rt::is_active(&a_slot, &a);
    let mut a_scratch = ::core::option::Option::None;
    let mut a_bar = ::ad_runtime::rt::bar(&mut a_slot, &mut a_scratch, &a);
    let b_active = ::ad_runtime::rt::is_active(&b_slot, &b);
    let mut b_scratch = ::core::option::Option::None;
    let mut b_bar = ::ad_runtime::rt::bar(&mut b_slot, &mut b_scratch, &b);
    let mut sum = 0.0;
    let sum_bar = out_bar;
    for k1 in 0..::core::cmp::Ord::min(a.len(), b.len()) {
        let x = &&a[k1];
        let taken = **x > 0.0;
        if taken {
            let x_1 = &a[k1];
            let y = &b[k1];
            sum += x_1 * y;
        }
        let x = &&a[k1];
        if taken {
            if a_active {
                a_bar[k1] += sum_bar * b[k1];
            }
            if b_active {
                b_bar[k1] += sum_bar * a[k1];
            }
        }
    }
    let out = sum;
    out
}
pub fn __jvp(
    a: &[f64],
    b: &[f64],
    a_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
    b_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let a_active = ::ad_runtime::rt::is_active_arg(&a_arg, &a);
    let mut a_scratch = ::core::option::Option::None;
    let a_dot = ::ad_runtime::rt::dot(&a_arg, &mut a_scratch, &a);
    let b_active = ::ad_runtime::rt::is_active_arg(&b_arg, &b);
    let mut b_scratch = ::core::option::Option::None;
    let b_dot = ::ad_runtime::rt::dot(&b_arg, &mut b_scratch, &b);
    let mut sum = 0.0;
    let mut sum_dot = 0.0;
    for k1 in 0..::core::cmp::Ord::min(a.len(), b.len()) {
        let x_dot = if a_active { a_dot[k1] } else { 0.0 };
        let x = &&a[k1];
        let taken = **x > 0.0;
        if taken {
            let x_1 = &a[k1];
            let y = &b[k1];
            sum_dot
                += (if a_active { a_dot[k1] } else { 0.0 }) * *y
                    + (if b_active { b_dot[k1] } else { 0.0 }) * *x_1;
            sum += x_1 * y;
        }
    }
    let out_dot = sum_dot;
    (sum, out_dot)
}
pub fn __lanes(__fuel: u8) -> bool {
    __fuel > 0
}
pub fn __jvp_lanes<const __L: usize>(
    a: &[f64],
    b: &[f64],
    _: ::ad_runtime::rt::Width<__L>,
    a_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
    b_arg: impl ::ad_runtime::rt::TangentArg<
        <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
    >,
) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
    use ::ad_runtime::rt::methods::*;
    let a_active = ::ad_runtime::rt::is_active_arg(
        &a_arg,
        &::ad_runtime::rt::wide::<_, __L>(&a),
    );
    let mut a_scratch = ::core::option::Option::None;
    let a_dot = ::ad_runtime::rt::dot(
        &a_arg,
        &mut a_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&a),
    );
    let b_active = ::ad_runtime::rt::is_active_arg(
        &b_arg,
        &::ad_runtime::rt::wide::<_, __L>(&b),
    );
    let mut b_scratch = ::core::option::Option::None;
    let b_dot = ::ad_runtime::rt::dot(
        &b_arg,
        &mut b_scratch,
        &::ad_runtime::rt::wide::<_, __L>(&b),
    );
    let mut sum = 0.0;
    let mut sum_dot = ::ad_runtime::lanes::Lanes::<_, __L>::zero();
    for k1 in 0..::core::cmp::Ord::min(a.len(), b.len()) {
        let x_dot = if a_active {
            a_dot[k1]
        } else {
            ::ad_runtime::lanes::Lanes::<_, __L>::zero()
        };
        let x = &&a[k1];
        let taken = **x > 0.0;
        if taken {
            let x_1 = &a[k1];
            let y = &b[k1];
            sum_dot
                += (if a_active {
                    a_dot[k1]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * *y
                    + (if b_active {
                        b_dot[k1]
                    } else {
                        ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                    }) * *x_1;
            sum += x_1 * y;
        }
    }
    let out_dot = sum_dot;
    (sum, out_dot)
}
