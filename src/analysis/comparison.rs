//! The comparison of two proportions by each method asked for.

use crate::analysis::{Work, reason, value};
use crate::results::{Key, Method, Reason, Statistic, Value};
use crate::stats::Undefined;
use crate::stats::contingency::{boschloo, fisher_exact, odds_ratio_exact, pearson_chi_square};
use crate::stats::proportion::{Difference, Ratio, miettinen_nurminen_difference, newcombe_difference, risk_ratio};

/// Responders of all, in two arms.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) first: (u64, u64),
    pub(super) second: (u64, u64),
}

impl Pair {
    fn difference(self, method: Method, level: f64) -> Result<Difference, Undefined> {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        match method {
            Method::Newcombe => newcombe_difference(x1, n1, x2, n2, level),
            _ => miettinen_nurminen_difference(x1, n1, x2, n2, level),
        }
    }

    fn ratio(self, method: Method, level: f64) -> Result<Ratio, Undefined> {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        match method {
            Method::OddsRatio => odds_ratio_exact(x1, n1, x2, n2, level),
            _ => risk_ratio(x1, n1, x2, n2, level),
        }
    }

    fn p(self, method: Method) -> Result<f64, Undefined> {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        let table = [vec![x1, n1.saturating_sub(x1)], vec![x2, n2.saturating_sub(x2)]];
        match method {
            Method::Boschloo => boschloo(x1, n1, x2, n2).map(|test| test.p),
            Method::ChiSquare => pearson_chi_square(&table).map(|test| test.p),
            _ => fisher_exact(&table),
        }
    }
}

impl Work<'_> {
    /// The rows of one comparison; `key` gives the key of a statistic before its method.
    pub(super) fn compare_proportions(
        &mut self,
        pair: Pair,
        methods: &[Method],
        level: f64,
        key: &dyn Fn(Statistic) -> Key,
    ) {
        for method in methods {
            let of = |statistic: Statistic| key(statistic).method(*method);
            let limit = |statistic: Statistic| of(statistic).conf_level(level);
            match method {
                Method::MiettinenNurminen | Method::Newcombe => {
                    let difference = pair.difference(*method, level);
                    self.push(of(Statistic::Difference), value(difference.map(|d| d.estimate)), None);
                    let (lower, upper) = (limit(Statistic::DifferenceLower), limit(Statistic::DifferenceUpper));
                    self.push(lower, value(difference.map(|d| d.interval.lower)), None);
                    self.push(upper, value(difference.map(|d| d.interval.upper)), None);
                }
                Method::RiskRatio | Method::OddsRatio => {
                    let ratio = pair.ratio(*method, level);
                    self.push(of(Statistic::Ratio), bounded(ratio.map(|r| r.estimate)), None);
                    self.push(limit(Statistic::RatioLower), value(ratio.map(|r| r.interval.lower)), None);
                    self.push(limit(Statistic::RatioUpper), bounded(ratio.map(|r| r.interval.upper)), None);
                }
                Method::Fisher | Method::ChiSquare | Method::Boschloo => {
                    self.push(of(Statistic::PValue), value(pair.p(*method)), None);
                }
                _ => {}
            }
        }
    }
}

/// A value that may have no end.
pub(super) fn bounded(result: Result<Option<f64>, Undefined>) -> Value {
    match result {
        Ok(Some(number)) => Value::number(number),
        Ok(None) => Value::NotEstimable(Reason::Unbounded),
        Err(undefined) => Value::NotEstimable(reason(undefined)),
    }
}
