//! Effects, and the scale on which their standard errors are.

use super::distribution::{normal_quantile, normal_sf, t_quantile};
use super::{Interval, Undefined, finite, tail};

/// The scale on which an effect is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// A difference, as it is.
    Difference,
    /// A ratio, by its logarithm.
    Ratio,
}

impl Scale {
    /// The effect on the scale of its standard error.
    #[must_use]
    pub fn as_linear(self, effect: f64) -> f64 {
        match self {
            Self::Difference => effect,
            Self::Ratio => libm::log(effect),
        }
    }

    /// The effect, from the scale of its standard error.
    #[must_use]
    pub fn as_effect(self, linear: f64) -> f64 {
        match self {
            Self::Difference => linear,
            Self::Ratio => libm::exp(linear),
        }
    }
}

/// The standard error that an interval of Wald's kind would have had: its width over twice the quantile of its level.
///
/// # Method
/// The width on the scale given, over twice the quantile of t with these degrees of freedom, or of the normal
/// distribution. Of an interval that is not of Wald's kind it is an approximation.
///
/// # Not estimable
/// `OutOfRange` for limits that are not finite on their scale, a level outside 0 to 1, or degrees of freedom not above 0;
/// `ZeroVariance` for an interval without width.
///
/// # Agrees with
/// The closed form in high precision; cases in `fixtures/reference/sequential`.
pub fn interval_error(interval: Interval, level: f64, df: Option<f64>, scale: Scale) -> Result<f64, Undefined> {
    let outside = tail(level)?;
    let quantile = df.map_or_else(|| normal_quantile(outside), |df| t_quantile(outside, df))?;
    let width = finite(scale.as_linear(interval.upper) - scale.as_linear(interval.lower))?;
    if width > 0.0 { finite(width / (-2.0 * quantile)) } else { Err(Undefined::ZeroVariance) }
}

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
