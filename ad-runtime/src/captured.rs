//! Closures as differentiable parameters: the closure, with the derivative that a macro has made of its body.

use crate::differentiated::{Differentiated, DifferentiatedSiblings};
use crate::slot::{SlotMut, TangentArg};
use crate::{Differentiable, Tangent};

/// A closure `call`, and zero of the tangent `C` of what it captures: a tuple.
#[derive(Clone, Debug)]
pub struct Captured<F, C> {
    call: F,
    zero: C,
}

/// Pairs a closure with zero tangents of what it captures.
#[inline(always)]
pub fn captured<F, C: Tangent>(call: F, zero: C) -> Captured<F, C> {
    Captured { call, zero }
}

impl<F, C: Tangent> Captured<F, C> {
    /// Adds the adjoint, which takes the argument, the cotangent of the result, that of what is captured and that
    /// of the argument.
    #[inline(always)]
    pub fn adjoint<In, Out, A>(self, adjoint: A) -> CapturedAdjoint<F, A, C>
    where
        In: Differentiable,
        Out: Differentiable,
        F: Fn(In) -> Out,
        A: for<'a, 'b> Fn(
            In,
            Out::Tangent,
            <C as Tangent>::Mut<'a>,
            <In::Tangent as Tangent>::Mut<'b>,
        ) -> Out,
    {
        CapturedAdjoint { call: self.call, adjoint, zero: self.zero }
    }

    /// Adds the tangent, which takes the argument, the tangent of what is captured and that of the argument.
    #[inline(always)]
    pub fn tangent<In, Out, J>(self, tangent: J) -> CapturedTangent<F, J, C>
    where
        In: Differentiable,
        Out: Differentiable,
        F: Fn(In) -> Out,
        J: for<'a, 'b> Fn(
            In,
            <C as Tangent>::Ref<'a>,
            <In::Tangent as Tangent>::Ref<'b>,
        ) -> (Out, Out::Tangent),
    {
        CapturedTangent { call: self.call, tangent, zero: self.zero }
    }
}

/// A closure with its adjoint: what an adjoint passes to another.
#[derive(Clone, Debug)]
pub struct CapturedAdjoint<F, A, C> {
    call: F,
    adjoint: A,
    zero: C,
}

/// A closure with its tangent.
#[derive(Clone, Debug)]
pub struct CapturedTangent<F, J, C> {
    call: F,
    tangent: J,
    zero: C,
}

macro_rules! is_differentiable {
    ($name:ident) => {
        impl<F, D, C: Tangent> Differentiable for $name<F, D, C> {
            type Tangent = C;
            #[inline(always)]
            fn zero_tangent(&self) -> C {
                self.zero.clone()
            }
        }

        impl<In, Out, F: Fn(In) -> Out, D, C> Differentiated<In> for $name<F, D, C> {
            type Output = Out;
            #[inline(always)]
            fn call(&self, argument: In) -> Out {
                (self.call)(argument)
            }
        }

        impl<In, Out, F: Fn(In) -> Out, D, C> Differentiated<In> for &$name<F, D, C> {
            type Output = Out;
            #[inline(always)]
            fn call(&self, argument: In) -> Out {
                (self.call)(argument)
            }
        }

        impl<In, Out, F, D, C> DifferentiatedSiblings<In> for &$name<F, D, C>
        where
            In: Differentiable,
            Out: Differentiable,
            C: Tangent,
            F: Fn(In) -> Out,
            $name<F, D, C>: DifferentiatedSiblings<In, Output = Out, Tangent = C>,
        {
            #[inline(always)]
            fn __call_adjoint(
                &self,
                argument: In,
                out_bar: Out::Tangent,
                self_slot: impl SlotMut<C>,
                argument_slot: impl SlotMut<In::Tangent>,
            ) -> Out {
                (**self).__call_adjoint(argument, out_bar, self_slot, argument_slot)
            }

            #[inline(always)]
            fn __call_jvp(
                &self,
                argument: In,
                self_dot: impl TangentArg<C>,
                argument_dot: impl TangentArg<In::Tangent>,
            ) -> (Out, Out::Tangent) {
                (**self).__call_jvp(argument, self_dot, argument_dot)
            }
        }
    };
}

is_differentiable!(CapturedAdjoint);
is_differentiable!(CapturedTangent);

impl<In, Out, F, A, C> DifferentiatedSiblings<In> for CapturedAdjoint<F, A, C>
where
    In: Differentiable,
    Out: Differentiable,
    C: Tangent,
    F: Fn(In) -> Out + Clone,
    A: for<'a, 'b> Fn(
            In,
            Out::Tangent,
            <C as Tangent>::Mut<'a>,
            <In::Tangent as Tangent>::Mut<'b>,
        ) -> Out
        + Clone,
{
    #[inline(always)]
    fn __call_adjoint(
        &self,
        argument: In,
        out_bar: Out::Tangent,
        mut self_slot: impl SlotMut<C>,
        mut argument_slot: impl SlotMut<In::Tangent>,
    ) -> Out {
        let (mut captures, mut argument_bar);
        let captures = match self_slot.get() {
            Some(bar) => bar,
            None => {
                captures = self.zero.clone();
                captures.tangent_mut()
            }
        };
        let argument_bar = match argument_slot.get() {
            Some(bar) => bar,
            None => {
                argument_bar = argument.zero_tangent();
                argument_bar.tangent_mut()
            }
        };
        (self.adjoint)(argument, out_bar, captures, argument_bar)
    }

    fn __call_jvp(
        &self,
        _: In,
        _: impl TangentArg<C>,
        _: impl TangentArg<In::Tangent>,
    ) -> (Out, Out::Tangent) {
        unreachable!("an adjoint asks for no tangents")
    }
}

impl<In, Out, F, J, C> DifferentiatedSiblings<In> for CapturedTangent<F, J, C>
where
    In: Differentiable,
    Out: Differentiable,
    C: Tangent,
    F: Fn(In) -> Out + Clone,
    J: for<'a, 'b> Fn(
            In,
            <C as Tangent>::Ref<'a>,
            <In::Tangent as Tangent>::Ref<'b>,
        ) -> (Out, Out::Tangent)
        + Clone,
{
    fn __call_adjoint(
        &self,
        _: In,
        _: Out::Tangent,
        _: impl SlotMut<C>,
        _: impl SlotMut<In::Tangent>,
    ) -> Out {
        unreachable!("a tangent asks for no cotangents")
    }

    #[inline(always)]
    fn __call_jvp(
        &self,
        argument: In,
        self_dot: impl TangentArg<C>,
        argument_dot: impl TangentArg<In::Tangent>,
    ) -> (Out, Out::Tangent) {
        let zero;
        let argument_dot = match argument_dot.get() {
            Some(dot) => dot,
            None => {
                zero = argument.zero_tangent();
                zero.tangent_ref()
            }
        };
        let captures = self_dot.get().unwrap_or_else(|| self.zero.tangent_ref());
        (self.tangent)(argument, captures, argument_dot)
    }
}
