//! One declaration for an extension trait and its only implementation.

/// An extension trait with its methods, implemented for one type: generics stand in `[…]`.
macro_rules! extension {
    (
        $(#[$trait_doc:meta])*
        $trait:ident [$($param:tt)*] [$($bounds:tt)*] for $for:ty;
        $(
            $(#[$doc:meta])*
            fn $name:ident [$($g:tt)*] ($($args:tt)*) $(-> $ret:ty)? $body:block
        )*
    ) => {
        $(#[$trait_doc])*
        pub trait $trait<$($bounds)*> {$(
            $(#[$doc])*
            #[allow(clippy::type_complexity)]
            fn $name<$($g)*>($($args)*) $(-> $ret)?;
        )*}

        impl<$($bounds)*> $trait<$($param)*> for $for {$(
            #[track_caller]
            fn $name<$($g)*>($($args)*) $(-> $ret)? $body
        )*}
    };
}

pub(super) use extension;
