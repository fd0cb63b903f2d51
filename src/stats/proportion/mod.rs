//! Intervals for a proportion and for the difference of two independent proportions.

mod difference;
mod single;

pub use difference::{Difference, miettinen_nurminen_difference, newcombe_difference};
pub use single::{clopper_pearson, wilson};

use super::{Undefined, real};

/// Successes and total as numbers, checked.
fn counts(x: u64, n: u64) -> Result<(f64, f64), Undefined> {
    match (x, n) {
        (0, 0) => Err(Undefined::NoData),
        _ if x > n => Err(Undefined::OutOfRange),
        _ => Ok((real(x), real(n))),
    }
}
