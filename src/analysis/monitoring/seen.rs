//! What was seen of the result that is monitored: its p-value, its estimate with a standard error, and the Z they make.

use crate::analysis::multiplicity::Named;
use crate::results::{Key, Reason, Results, Statistic, Value};
use crate::spec::monitoring::{Favours, Monitored};
use crate::stats::distribution::{normal_quantile, normal_sf};
use crate::stats::{Interval, Scale, interval_error};

/// The result that is monitored.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    /// Its contrast and visit: the key of the estimate.
    pub(super) key: Key,
    /// Two-sided.
    pub(super) p: f64,
    /// The difference, or the ratio.
    pub(super) estimate: f64,
    /// The scale of its standard error.
    pub(super) scale: Scale,
    /// The standard error: of the analysis, or the width of its interval over twice the quantile of its level.
    pub(super) se: Option<f64>,
    /// Degrees of freedom, where the analysis has them.
    pub(super) df: Option<f64>,
    /// The normal quantile of the p-value, above 0 for a benefit.
    pub(super) z: f64,
    favours: Favours,
}

impl Seen {
    /// From the rows of the endpoint.
    pub(super) fn new(own: &Monitored, results: &Results) -> Result<Self, Reason> {
        let (at, arm) = (own.at.as_deref(), own.arm.as_deref());
        let named = |method| Named { endpoint: &own.endpoint, method, at, arm };
        let find = |method, statistic| results.rows.iter().find(|row| named(method).means(&row.key, statistic));
        let number = |method, statistic| match find(method, statistic).map(|row| &row.value) {
            Some(Value::Number(number)) => Ok(*number),
            Some(Value::NotEstimable(reason)) => Err(*reason),
            _ => Err(Reason::NoData),
        };
        let p = number(own.method, Statistic::PValue)?;
        let effect = own.effect();
        let ratio = find(effect, Statistic::Difference).is_none();
        let (estimate, lower, upper) = if ratio {
            (Statistic::Ratio, Statistic::RatioLower, Statistic::RatioUpper)
        } else {
            (Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper)
        };
        let key = find(effect, estimate).map(|row| row.key.clone()).ok_or(Reason::NoData)?;
        let estimate = number(effect, estimate)?;
        let df = number(effect, Statistic::Df).or_else(|_| number(own.method, Statistic::Df)).ok();
        let limits = number(effect, lower).ok().zip(number(effect, upper).ok());
        let level = find(effect, lower).and_then(|row| row.key.conf_level);
        let scale = if ratio { Scale::Ratio } else { Scale::Difference };
        let of_interval = limits.zip(level).and_then(|((lower, upper), level)| {
            interval_error(Interval { lower, upper }, f64::from(level) / 1000.0, df, scale).ok()
        });
        let given = number(effect, Statistic::DifferenceSe).ok().filter(|_| !ratio);
        let se = given.or(of_interval).filter(|se| se.is_finite() && *se > 0.0);
        let size = -normal_quantile(p / 2.0).map_err(|_| Reason::NotFinite)?;
        let difference = scale.as_linear(estimate);
        let benefit = if own.favours == Favours::Higher { difference } else { -difference };
        let z = if benefit < 0.0 { -size.abs() } else { size.abs() };
        if !z.is_finite() {
            return Err(Reason::NotFinite);
        }
        Ok(Self { key, p, estimate, scale, se, df, z, favours: own.favours })
    }

    /// An effect from a difference on the scale of the standard error, above 0 for a benefit.
    pub(super) fn effect(&self, benefit: f64) -> f64 {
        let difference = if self.favours == Favours::Higher { benefit } else { -benefit };
        self.scale.as_effect(difference)
    }

    /// The one-sided p-value of the side of a benefit.
    pub(super) fn one_sided(&self) -> f64 {
        normal_sf(self.z).unwrap_or(f64::NAN)
    }

    /// The statistics of its estimate, lower and upper limit.
    pub(super) const fn statistics(&self) -> [Statistic; 3] {
        match self.scale {
            Scale::Difference => [Statistic::Difference, Statistic::DifferenceLower, Statistic::DifferenceUpper],
            Scale::Ratio => [Statistic::Ratio, Statistic::RatioLower, Statistic::RatioUpper],
        }
    }

    /// The key of another statistic of the same comparison, under another analysis.
    pub(super) fn as_of(&self, analysis: &str, statistic: Statistic) -> Key {
        Key { analysis: analysis.to_owned(), statistic, conf_level: None, variable: None, ..self.key.clone() }
    }
}
