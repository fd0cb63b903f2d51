//! Mathematics: plain numbers in, plain numbers out.
//!
//! Pure functions on slices. Nothing here reads a file or a clock, knows what a number stands for, or writes text; the
//! only foreign code is `libm`, because the transcendental functions of the platform differ in their last digits. Sums
//! run in the order of the slice, or are exact (`total`), so the same data give the same bits everywhere.
//!
//! A statistic without a value is `Err(Undefined)`, never a NaN, an infinity or a panic: analysis turns the reason into
//! a row of its own.

#![expect(
    clippy::missing_errors_doc,
    reason = "the heading `Not estimable` of each statistic says when there is no value, and why"
)]

pub mod ancova;
pub mod contingency;
pub mod count;
pub mod describe;
pub mod distribution;
pub mod gee;
pub mod linear;
pub mod logistic;
pub mod missing;
pub mod mixed;
pub mod multiplicity;
pub mod proportion;
pub mod rank;
pub mod rate;
pub mod sample;
pub mod sequential;
pub mod survival;

mod effect;
#[cfg(test)]
mod exhaustive;
mod quantile;
mod random;
mod symmetric;
#[cfg(test)]
mod tests;
mod total;

pub use effect::{LogEffect, Scale, interval_error};

/// Why a statistic has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Nothing was observed.
    NoData,
    /// Fewer observations than the statistic needs, or no degrees of freedom left for the error.
    TooFew,
    /// No variation where the statistic divides by it.
    ZeroVariance,
    /// Only one row or one column of a table has observations.
    ZeroMargin,
    /// The design does not tell the compared quantities apart: the contrast is not unique.
    NotEstimable,
    /// An iteration reached its limit; only far outside the range of real data.
    NotConverged,
    /// The exact calculation would visit more tables than it is worth.
    TooLarge,
    /// An input outside its domain (a count above its total, a level not inside (0, 1), a value that is not finite,
    /// columns of different lengths), or a result beyond the range of a double.
    OutOfRange,
    /// Nobody had an event.
    NoEvents,
    /// The likelihood has no maximum: it keeps rising while an estimate grows without limit; or a cell is empty, and a ratio or
    /// its variance has no end.
    Separated,
}

/// Two limits, the lower not above the upper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Probability outside a two-sided interval on either side.
///
/// Computed as (1 − level) / 2, the expression of R's `binom.test` and `prop.test`, so that limits agree to the last
/// digits.
fn tail(level: f64) -> Result<f64, Undefined> {
    if level > 0.0 && level < 1.0 { Ok((1.0 - level) / 2.0) } else { Err(Undefined::OutOfRange) }
}

/// An effect on the logarithmic scale as a ratio with its limits.
///
/// # Not estimable
/// `OutOfRange` when the ratio or a limit is beyond the range of a double.
pub fn as_ratio(logarithm: f64, interval: Interval) -> Result<(f64, Interval), Undefined> {
    let ratio = |logarithm: f64| finite(libm::exp(logarithm));
    let limits = Interval { lower: ratio(interval.lower)?, upper: ratio(interval.upper)? };
    Ok((ratio(logarithm)?, limits))
}

/// A result that may leave the module: finite, or a reason.
fn finite(value: f64) -> Result<f64, Undefined> {
    if value.is_finite() { Ok(value) } else { Err(Undefined::OutOfRange) }
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, far more than can be observed")]
fn real(count: u64) -> f64 {
    count as f64
}

/// The length of a sample as a number.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, far more than fits in memory")]
fn size<T>(sample: &[T]) -> f64 {
    sample.len() as f64
}
