//! Intervals for a proportion, and for the difference and the ratio of two independent proportions.

mod difference;
mod ratio;
mod single;

pub use difference::{Difference, miettinen_nurminen_difference, newcombe_difference};
pub use ratio::{Ratio, RatioInterval, risk_ratio, risk_ratio_wald};
pub use single::{clopper_pearson, wilson};

pub(super) use ratio::{RATIOS, about, crossing};

use super::{Undefined, real};

/// Successes and total as numbers, checked.
pub(super) fn counts(x: u64, n: u64) -> Result<(f64, f64), Undefined> {
    match (x, n) {
        (0, 0) => Err(Undefined::NoData),
        _ if x > n => Err(Undefined::OutOfRange),
        _ => Ok((real(x), real(n))),
    }
}
