//! Effects on a logarithmic scale.

use super::distribution::normal_sf;
use super::{Interval, Undefined, finite};

/// The effect of one unit of a column of a model on the logarithm of odds or of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogEffect {
    /// The logarithm of the ratio.
    pub coefficient: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Coefficient over standard error.
    pub z: f64,
    /// Two-sided p-value of no effect, of Wald's kind.
    pub p: f64,
    /// Limits of the logarithm of the ratio, of Wald's kind.
    pub interval: Interval,
}

impl LogEffect {
    /// Test and limits of a coefficient; `limit` is the normal quantile of the level.
    pub(super) fn of(coefficient: f64, variance: f64, limit: f64) -> Result<Self, Undefined> {
        let standard_error = finite(variance.sqrt())?;
        let z = finite(coefficient / standard_error)?;
        let half = limit * standard_error;
        Ok(Self {
            coefficient,
            standard_error,
            z,
            p: (2.0 * normal_sf(libm::fabs(z))?).min(1.0),
            interval: Interval { lower: finite(coefficient - half)?, upper: finite(coefficient + half)? },
        })
    }
}
