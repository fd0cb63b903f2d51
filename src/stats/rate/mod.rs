//! Rates of events in time at risk, their ratio, what they say of the time to come, and the number of subjects a comparison
//! of proportions needs.

mod difference;
mod limits;
mod prediction;
mod ratio;
mod ratio_limits;
mod sample_size;
mod single;

pub use difference::{RateStratum, StratifiedRate, rate_difference, stratified_rate_difference, stratified_rate_ratio};
pub use limits::{rate_mid_p, rate_score};
pub use prediction::{further_events, waiting_time};
pub use ratio::{RateRatio, rate_ratio};
pub use ratio_limits::{rate_ratio_mid_p, rate_ratio_score};
pub use sample_size::{ArmSize, two_proportion_size_pooled, two_proportion_size_unpooled};
pub use single::{Rate, poisson_rate};

use super::Undefined;

/// Time at risk, checked.
fn at_risk(time: f64) -> Result<f64, Undefined> {
    match time {
        0.0 => Err(Undefined::NoData),
        time if time > 0.0 && time.is_finite() => Ok(time),
        _ => Err(Undefined::OutOfRange),
    }
}
