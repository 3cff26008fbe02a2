//! The square of a number: the problem that only shows that the protocol works.

use ad_runtime::differentiate;

#[differentiate]
pub fn square(x: f64) -> f64 {
    x * x
}
