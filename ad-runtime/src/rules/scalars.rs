//! The rules of the methods of real scalars.

ad_macros::scalar_methods!();
