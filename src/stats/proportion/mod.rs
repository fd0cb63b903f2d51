//! Intervals for a proportion, and for the difference and the ratio of two independent proportions.

mod difference;
mod difference_more;
mod needed;
mod ratio;
mod single;
mod single_more;
mod stratified;
mod stratified_ratio;
mod stratified_wald;

pub use difference::{Difference, miettinen_nurminen_difference, newcombe_difference};
pub use difference_more::{
    MarginTest, agresti_caffo_difference, farrington_manning, mee_difference, newcombe_corrected_difference,
    wald_difference,
};
pub use needed::{Needed, NumberNeeded, number_needed};
pub use ratio::{Ratio, RatioInterval, risk_ratio, risk_ratio_wald};
pub use single::{clopper_pearson, wilson};
pub use single_more::{
    agresti_coull, jeffreys, likelihood_proportion, mid_p_proportion, wald_proportion, wilson_corrected,
};
pub use stratified::{
    AdjustedDifference, Stratum, mantel_haenszel_difference, minimum_risk_difference, stratified_miettinen_nurminen,
    stratified_newcombe,
};
pub use stratified_ratio::{mantel_haenszel_odds_ratio, mantel_haenszel_risk_ratio};
pub use stratified_wald::cmh_weighted_difference;

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
