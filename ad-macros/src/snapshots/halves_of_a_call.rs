pub fn __split(
    weights: &[f64],
    x: &[f64],
) -> (
    Vec<f64>,
    impl ::core::ops::FnOnce(
        &[f64],
        &[f64],
        <Vec<f64> as ::ad_runtime::Differentiable>::Tangent,
        ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>,
        ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>,
    ) + use<>,
) {
    use ::ad_runtime::rt::methods::*;
    let mut out = ::std::vec![0.0; x.len()];
    let mut __record_0 = ::ad_runtime::rt::record(0, x.len());
    {
        let weights = &weights[..x.len()];
        let out = &mut out[..x.len()];
        for i in 0..x.len() {
            let t1 = (weights[i] * x[i]).tanh();
            out[i] = t1;
            __record_0.push((t1,));
        }
    }
    let out_2 = out;
    let back = move |
        weights: &[f64],
        x: &[f64],
        out_bar: <Vec<f64> as ::ad_runtime::Differentiable>::Tangent,
        mut weights_slot: ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>,
        mut x_slot: ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>|
    {
        let weights_active = ::ad_runtime::rt::is_active(&weights_slot, &weights);
        let mut weights_scratch = ::core::option::Option::None;
        let mut weights_bar = ::ad_runtime::rt::bar(
            &mut weights_slot,
            &mut weights_scratch,
            &weights,
        );
        let x_active = ::ad_runtime::rt::is_active(&x_slot, &x);
        let mut x_scratch = ::core::option::Option::None;
        let mut x_bar = ::ad_runtime::rt::bar(&mut x_slot, &mut x_scratch, &x);
        let mut out_bar_2 = out_bar;
        {
            let weights = &weights[..x.len()];
            let weights_bar = ::ad_runtime::rt::start_mut(
                weights_active,
                &mut weights_bar[..],
                x.len(),
            );
            let x_bar = ::ad_runtime::rt::start_mut(x_active, &mut x_bar[..], x.len());
            let out_bar_2 = &mut out_bar_2[..x.len()];
            for (i, (t1,)) in ::core::iter::Iterator::zip(
                (0..x.len()).rev(),
                __record_0.into_iter().rev(),
            ) {
                let out_bar_3 = out_bar_2[i];
                out_bar_2[i] = 0.0;
                let t1_bar = out_bar_3;
                let t_bar = t1_bar * (1.0 - t1 * t1);
                if weights_active {
                    weights_bar[i] += t_bar * x[i];
                }
                if x_active {
                    x_bar[i] += t_bar * weights[i];
                }
            }
        }
    };
    (out_2, back)
}
pub fn __back(
    __back: impl ::core::ops::FnOnce(
        &[f64],
        &[f64],
        <Vec<f64> as ::ad_runtime::Differentiable>::Tangent,
        ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>,
        ::ad_runtime::rt::SlotObject<'_, ::std::vec::Vec<f64>>,
    ),
    weights: &[f64],
    x: &[f64],
    __out_bar: <Vec<f64> as ::ad_runtime::Differentiable>::Tangent,
    mut weights_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
) {
    __back(
        weights,
        x,
        __out_bar,
        ::ad_runtime::rt::object(&mut weights_slot),
        ::ad_runtime::rt::object(&mut x_slot),
    )
}
