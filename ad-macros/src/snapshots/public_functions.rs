pub fn squares(x: &[f64], shift: f64) -> f64 {
    x.iter().map(|v| (v - shift) * (v - shift)).sum()
}
///The derivatives of the function [`squares`](fn@squares).
#[allow(non_camel_case_types, clippy::all, clippy::pedantic)]
pub struct squares {}
#[allow(clippy::all, clippy::pedantic)]
impl squares {
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __adjoint(
        x: &[f64],
        shift: f64,
        out_bar: f64,
        mut x_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
        shift_slot: impl ::ad_runtime::rt::ConstantSlot,
    ) -> f64 {
        use ::ad_runtime::rt::methods::*;
        let x_active = ::ad_runtime::rt::is_active(&x_slot, &x);
        let mut x_scratch = ::core::option::Option::None;
        let mut x_bar = ::ad_runtime::rt::bar(&mut x_slot, &mut x_scratch, &x);
        let mut sum = 0.0;
        let sum_bar = out_bar;
        {
            let x_bar = ::ad_runtime::rt::start_mut(x_active, &mut x_bar[..], x.len());
            for k1 in 0..x.len() {
                let v = &x[k1];
                sum += (v - shift) * (v - shift);
                if x_active {
                    x_bar[k1] += 2.0 * (sum_bar * (&x[k1] - shift));
                }
            }
        }
        let out = sum;
        out
    }
    #[doc(hidden)]
    pub const __SPLIT: bool = false;
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __split(x: &[f64], shift: f64) -> (f64, ()) {
        (squares(x, shift), ())
    }
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __back(
        _: (),
        x: &[f64],
        shift: f64,
        __out_bar: f64,
        mut x_slot: impl ::ad_runtime::rt::SlotMut<::std::vec::Vec<f64>>,
        shift_slot: impl ::ad_runtime::rt::ConstantSlot,
    ) {
        let _ = Self::__adjoint(x, shift, __out_bar, x_slot, shift_slot);
    }
    ///The adjoint of `squares`: adds the cotangents of `x` to the arguments `.._bar`, given the cotangent `out_bar` of the result. Returns the value.
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn adjoint(x: &[f64], shift: f64, out_bar: f64, x_bar: &mut [f64]) -> f64 {
        Self::__adjoint(x, shift, out_bar, x_bar, ::ad_runtime::rt::Inactive)
    }
    ///The gradient of `squares` with respect to `x`.
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn grad(x: &[f64], shift: f64) -> ::std::vec::Vec<f64> {
        let mut x_bar = ::ad_runtime::rt::zero(&x);
        Self::__adjoint(x, shift, 1.0, &mut x_bar, ::ad_runtime::rt::Inactive);
        x_bar
    }
    ///The value of `squares` and its gradient with respect to `x`.
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn value_and_grad(x: &[f64], shift: f64) -> (f64, ::std::vec::Vec<f64>) {
        let mut x_bar = ::ad_runtime::rt::zero(&x);
        let out = Self::__adjoint(x, shift, 1.0, &mut x_bar, ::ad_runtime::rt::Inactive);
        (out, x_bar)
    }
    ///The value of `squares` and its pullback, which maps a cotangent of the result to the cotangents of `x`.
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn vjp<'__ad0>(
        x: &'__ad0 [f64],
        shift: f64,
    ) -> (
        f64,
        impl Fn(f64) -> ::std::vec::Vec<f64> + ::ad_runtime::rt::Captures<(&'__ad0 (),)>,
    ) {
        let out = squares(x, shift);
        let pullback = move |out_bar: f64| {
            let mut x_bar = ::ad_runtime::rt::zero(&x);
            Self::__adjoint(x, shift, out_bar, &mut x_bar, ::ad_runtime::rt::Inactive);
            x_bar
        };
        (out, pullback)
    }
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __jvp(
        x: &[f64],
        shift: f64,
        x_arg: impl ::ad_runtime::rt::TangentArg<::std::vec::Vec<f64>>,
        shift_arg: impl ::ad_runtime::rt::ConstantSlot,
    ) -> (f64, f64) {
        use ::ad_runtime::rt::methods::*;
        let x_active = ::ad_runtime::rt::is_active_arg(&x_arg, &x);
        let mut x_scratch = ::core::option::Option::None;
        let x_dot = ::ad_runtime::rt::dot(&x_arg, &mut x_scratch, &x);
        let mut sum = 0.0;
        let mut sum_dot = 0.0;
        for k1 in 0..x.len() {
            let v = &x[k1];
            sum_dot
                += (if x_active { x_dot[k1] } else { 0.0 }) * (v - shift)
                    + (if x_active { x_dot[k1] } else { 0.0 }) * (v - shift);
            sum += (v - shift) * (v - shift);
        }
        let out_dot = sum_dot;
        (sum, out_dot)
    }
    ///The value of `squares` and its derivative in the direction of the tangents `.._dot` of `x`.
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn jvp(x: &[f64], shift: f64, x_dot: &[f64]) -> (f64, f64) {
        Self::__jvp(x, shift, x_dot, ::ad_runtime::rt::Inactive)
    }
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __lanes(__fuel: u8) -> bool {
        __fuel > 0
    }
    #[doc(hidden)]
    #[inline]
    #[allow(
        unused_variables,
        unused_mut,
        unused_assignments,
        unused_parens,
        unused_braces,
        dead_code,
        unreachable_code,
        unused_must_use,
        non_snake_case,
        unused_imports,
        unused_labels,
        clippy::all,
        clippy::pedantic,
        clippy::nursery,
        clippy::restriction
    )]
    pub fn __jvp_lanes<const __L: usize>(
        x: &[f64],
        shift: f64,
        _: ::ad_runtime::rt::Width<__L>,
        x_arg: impl ::ad_runtime::rt::TangentArg<
            <::std::vec::Vec<f64> as ::ad_runtime::Tangent>::Lanes<__L>,
        >,
        shift_arg: impl ::ad_runtime::rt::ConstantSlot,
    ) -> (f64, <f64 as ::ad_runtime::Tangent>::Lanes<__L>) {
        use ::ad_runtime::rt::methods::*;
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
        for k1 in 0..x.len() {
            let v = &x[k1];
            sum_dot
                += (if x_active {
                    x_dot[k1]
                } else {
                    ::ad_runtime::lanes::Lanes::<_, __L>::zero()
                }) * (v - shift + v - shift);
            sum += (v - shift) * (v - shift);
        }
        let out_dot = sum_dot;
        (sum, out_dot)
    }
    ::ad_runtime::with_ndarray! {
        #[doc(hidden)] #[track_caller] #[inline] #[allow(unused_variables, unused_mut,
        unused_assignments, unused_parens, unused_braces, dead_code, unreachable_code,
        unused_must_use, non_snake_case, unused_imports, unused_labels, clippy::all,
        clippy::pedantic, clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)]
        pub fn __jacobian(x : & [f64], shift : f64, mode : ::ad_runtime::jacobian::Mode,
        out_zero : & f64, x_jacobian : & mut ::ad_runtime::jacobian::JacobianRef < f64,
        ::std::vec::Vec < f64 > >) { let mut x_bar = ::ad_runtime::rt::zero(& x);
        ::ad_runtime::jacobian::check:: < f64, _ > (& * x_jacobian, out_zero, & x_bar,
        "x"); if mode.is_forward(0 + ::ad_runtime::jacobian::Coordinates::size(& x_bar),
        ::ad_runtime::jacobian::Coordinates::size(out_zero)) { if
        Self::__lanes(::ad_runtime::jacobian::FUEL) {
        ::ad_runtime::jacobian::columns_abreast:: < f64, ::std::vec::Vec < f64 >, 8usize
        > (x_jacobian, out_zero, & x_bar, | direction | { Self::__jvp_lanes(x, shift,
        ::ad_runtime::rt::Width:: < 8usize >, direction, ::ad_runtime::rt::Inactive).1
        }); ::ad_runtime::jacobian::columns_abreast:: < f64, ::std::vec::Vec < f64 >,
        4usize > (x_jacobian, out_zero, & x_bar, | direction | { Self::__jvp_lanes(x,
        shift, ::ad_runtime::rt::Width:: < 4usize >, direction,
        ::ad_runtime::rt::Inactive).1 }); } else { ::ad_runtime::jacobian::columns:: <
        f64, ::std::vec::Vec < f64 > > (x_jacobian, out_zero, & mut x_bar, | direction |
        { Self::__jvp(x, shift, direction, ::ad_runtime::rt::Inactive).1 }); } } else {
        let mut x_rows = ::ad_runtime::jacobian::Rows::of(x_jacobian); for direction in 0
        .. ::ad_runtime::jacobian::Coordinates::size(out_zero) { Self::__adjoint(x,
        shift, ::ad_runtime::jacobian::seed(out_zero, direction), & mut x_bar,
        ::ad_runtime::rt::Inactive); x_rows.push(& mut x_bar); } } } #[doc =
        "The Jacobian of `squares` with respect to `x`: an array of shape (shape of the result) ++ (shape of the parameter).\n\nForward mode where the parameters have at most as many elements as the result, otherwise reverse mode."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn jacobian(x
        : & [f64], shift : f64,) -> ::ad_runtime::jacobian::Jacobian < f64,
        ::std::vec::Vec < f64 > > { let out_zero =
        ::ad_runtime::jacobian::zero_of_result(|| squares(x, shift)); let mut x_bar =
        ::ad_runtime::rt::zero(& x); let mut x_jacobian = ::ad_runtime::jacobian::zeros::
        < f64, ::std::vec::Vec < f64 > > (& out_zero, & x_bar); Self::__jacobian(x,
        shift, ::ad_runtime::jacobian::Mode::BySize, & out_zero, & mut x_jacobian);
        x_jacobian } #[doc =
        "Overwrites the arrays `.._jacobian`, in whatever layout, with the Jacobian of `squares` with respect to `x`.\n\n# Panics\n\nWhere an array has another shape than (shape of the result) ++ (shape of the parameter)."]
        #[track_caller] #[inline] #[allow(unused_variables, unused_mut,
        unused_assignments, unused_parens, unused_braces, dead_code, unreachable_code,
        unused_must_use, non_snake_case, unused_imports, unused_labels, clippy::all,
        clippy::pedantic, clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)]
        pub fn jacobian_into(x : & [f64], shift : f64, x_jacobian : & mut
        ::ad_runtime::jacobian::JacobianRef < f64, ::std::vec::Vec < f64 > >) { let
        out_zero = ::ad_runtime::jacobian::zero_of_result(|| squares(x, shift));
        Self::__jacobian(x, shift, ::ad_runtime::jacobian::Mode::BySize, & out_zero,
        x_jacobian); } #[doc =
        "The Jacobian of `squares` with respect to `x`, flattened row-major to a matrix: (size of the result) × (size of the parameter)."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn
        jacobian_matrix(x : & [f64], shift : f64,) -> ::ad_runtime::ndarray::Array2 <<
        f64 as ::ad_runtime::jacobian::Coordinates > ::Elem > { let out_zero =
        ::ad_runtime::jacobian::zero_of_result(|| squares(x, shift)); let mut x_bar =
        ::ad_runtime::rt::zero(& x); let mut x_jacobian = ::ad_runtime::jacobian::zeros::
        < f64, ::std::vec::Vec < f64 > > (& out_zero, & x_bar); Self::__jacobian(x,
        shift, ::ad_runtime::jacobian::Mode::BySize, & out_zero, & mut x_jacobian);
        ::ad_runtime::jacobian::flatten:: < f64, ::std::vec::Vec < f64 > > (x_jacobian, &
        out_zero, & x_bar) } #[doc =
        "The Jacobian of `squares` with respect to `x`, column by column in forward mode: an array of shape (shape of the result) ++ (shape of the parameter)."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn
        jacobian_forward(x : & [f64], shift : f64,) -> ::ad_runtime::jacobian::Jacobian <
        f64, ::std::vec::Vec < f64 > > { let out_zero =
        ::ad_runtime::jacobian::zero_of_result(|| squares(x, shift)); let mut x_bar =
        ::ad_runtime::rt::zero(& x); let mut x_jacobian = ::ad_runtime::jacobian::zeros::
        < f64, ::std::vec::Vec < f64 > > (& out_zero, & x_bar); Self::__jacobian(x,
        shift, ::ad_runtime::jacobian::Mode::Forward, & out_zero, & mut x_jacobian);
        x_jacobian } #[doc =
        "The value of `squares` and its derivatives in several directions of `x`: those of `jvp` in each of them, up to eight of them by one run of the function."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn
        jvp_batch(x : & [f64], shift : f64, __directions : & [::std::vec::Vec < f64 >])
        -> (f64, ::std::vec::Vec < f64 >) { let __dots : ::std::vec::Vec < f64 > = if
        Self::__lanes(::ad_runtime::jacobian::FUEL) { let mut __dots =
        ::std::vec::Vec::with_capacity(__directions.len()); for __some in __directions
        .chunks(8) { let __images = Self::__jvp_lanes(x, shift, ::ad_runtime::rt::Width::
        < 8 >, & ::ad_runtime::lanes::gather:: < ::std::vec::Vec < f64 >, 8 > (| __l | if
        __l < __some.len() { ::core::clone::Clone::clone(& __some[__l]) } else {
        ::ad_runtime::rt::zero(& x) }), ::ad_runtime::rt::Inactive).1;
        ::ad_runtime::lanes::scatter:: < f64, 8 > (& __images, __some.len(), & mut
        __dots); } __dots } else { __directions.iter().map(| __direction | Self::__jvp(x,
        shift, __direction, ::ad_runtime::rt::Inactive).1).collect() }; (squares(x,
        shift), __dots) } #[doc =
        "The Jacobian of `squares` with respect to `x`, row by row in reverse mode: an array of shape (shape of the result) ++ (shape of the parameter)."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn
        jacobian_reverse(x : & [f64], shift : f64,) -> ::ad_runtime::jacobian::Jacobian <
        f64, ::std::vec::Vec < f64 > > { let out_zero =
        ::ad_runtime::jacobian::zero_of_result(|| squares(x, shift)); let mut x_bar =
        ::ad_runtime::rt::zero(& x); let mut x_jacobian = ::ad_runtime::jacobian::zeros::
        < f64, ::std::vec::Vec < f64 > > (& out_zero, & x_bar); Self::__jacobian(x,
        shift, ::ad_runtime::jacobian::Mode::Reverse, & out_zero, & mut x_jacobian);
        x_jacobian } #[doc =
        "The value of `squares` and the pullbacks of several cotangents of its result: those of `vjp`, for each of them."]
        #[inline] #[allow(unused_variables, unused_mut, unused_assignments,
        unused_parens, unused_braces, dead_code, unreachable_code, unused_must_use,
        non_snake_case, unused_imports, unused_labels, clippy::all, clippy::pedantic,
        clippy::nursery, clippy::restriction)] #[allow(trivial_bounds)] pub fn
        vjp_batch(x : & [f64], shift : f64, __cotangents : & [f64]) -> (f64,
        ::std::vec::Vec < ::std::vec::Vec < f64 > >) { let __bars = __cotangents.iter()
        .map(| __cotangent | { let mut x_bar = ::ad_runtime::rt::zero(& x);
        Self::__adjoint(x, shift, ::core::clone::Clone::clone(__cotangent), & mut x_bar,
        ::ad_runtime::rt::Inactive); x_bar }).collect(); (squares(x, shift), __bars) }
    }
}
