pub fn __energy_adjoint(
    &self,
    x: f64,
    out_bar: f64,
    mut self_slot: impl ::ad_runtime::rt::SlotMut<
        <Self as ::ad_runtime::Differentiable>::Tangent,
    >,
    mut x_slot: impl ::ad_runtime::rt::SlotMut<f64>,
) -> f64 {
    use ::ad_runtime::rt::methods::*;
    let self_active = ::ad_runtime::rt::is_active(&self_slot, &self);
    let mut self_scratch = ::core::option::Option::None;
    let mut self_bar = ::ad_runtime::rt::bar(&mut self_slot, &mut self_scratch, &self);
    let d = x - ::core::clone::Clone::clone(&self.rest);
    let t1 = 0.5 * ::core::clone::Clone::clone(&self.stiffness);
    let t2 = ::core::clone::Clone::clone(&t1) * ::core::clone::Clone::clone(&d);
    let t3 = ::core::clone::Clone::clone(&t2) * ::core::clone::Clone::clone(&d);
    let out = t3;
    let t3_bar = out_bar;
    let mut t2_bar = ::ad_runtime::rt::pending();
    let mut d_bar = ::ad_runtime::rt::pending();
    ::ad_runtime::rt::mul_adjoint(&t2, &d, t3_bar, &mut t2_bar, &mut d_bar);
    let mut t1_bar = ::ad_runtime::rt::pending();
    ::ad_runtime::rt::mul_adjoint(
        &t1,
        &d,
        ::ad_runtime::rt::finish(t2_bar, &t2),
        &mut t1_bar,
        &mut d_bar,
    );
    ::ad_runtime::rt::mul_adjoint(
        &0.5,
        &self.stiffness,
        ::ad_runtime::rt::finish(t1_bar, &t1),
        ::ad_runtime::rt::Inactive,
        self_active.then(|| &mut self_bar.stiffness),
    );
    let mut x_bar = 0.0;
    ::ad_runtime::rt::sub_adjoint(
        &x,
        &self.rest,
        ::ad_runtime::rt::finish(d_bar, &d),
        &mut x_bar,
        self_active.then(|| &mut self_bar.rest),
    );
    ::ad_runtime::rt::add(x_slot, x_bar);
    out
}
pub fn __energy_jvp(
    &self,
    x: f64,
    self_arg: impl ::ad_runtime::rt::TangentArg<
        <Self as ::ad_runtime::Differentiable>::Tangent,
    >,
    x_arg: impl ::ad_runtime::rt::TangentArg<f64>,
) -> (f64, f64) {
    use ::ad_runtime::rt::methods::*;
    let self_active = ::ad_runtime::rt::is_active_arg(&self_arg, &self);
    let mut self_scratch = ::core::option::Option::None;
    let self_dot = ::ad_runtime::rt::dot(&self_arg, &mut self_scratch, &self);
    let mut x_dot = ::ad_runtime::rt::tangent(&x, x_arg);
    let d_dot = ::ad_runtime::rt::sub_jvp(
        &x,
        &self.rest,
        &x_dot,
        ::ad_runtime::rt::dot_where(self_active, || &self_dot.rest),
    );
    let d = x - self.rest;
    let t1_dot = ::ad_runtime::rt::mul_jvp(
        &0.5,
        &self.stiffness,
        ::ad_runtime::rt::Inactive,
        ::ad_runtime::rt::dot_where(self_active, || &self_dot.stiffness),
    );
    let t1 = 0.5 * self.stiffness;
    let t2_dot = ::ad_runtime::rt::mul_jvp(&t1, &d, &t1_dot, &d_dot);
    let t2 = t1 * d;
    let t3_dot = ::ad_runtime::rt::mul_jvp(&t2, &d, &t2_dot, &d_dot);
    let t3 = t2 * d;
    let out_dot = t3_dot;
    (t3, out_dot)
}
