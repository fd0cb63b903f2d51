//! Proportions by each method asked for: the limits of one, and the comparison of two.

use crate::analysis::{Work, reason, value};
use crate::results::{Family, Key, Method, Reason, Statistic, Value};
use crate::stats::contingency::{
    barnard, boschloo, fisher_exact, likelihood_ratio_chi_square, odds_ratio_exact, odds_ratio_score, odds_ratio_wald,
    pearson_chi_square,
};
use crate::stats::proportion::{
    Difference, NumberNeeded, Ratio, agresti_caffo_difference, agresti_coull, clopper_pearson, farrington_manning,
    jeffreys, likelihood_proportion, mee_difference, mid_p_proportion, miettinen_nurminen_difference,
    newcombe_corrected_difference, newcombe_difference, number_needed, risk_ratio, risk_ratio_wald, wald_difference,
    wald_proportion, wilson, wilson_corrected,
};
use crate::stats::{Interval, Undefined};

/// The limits of a proportion by a method; none where the method gives none.
pub(super) fn share_limits(method: Method, x: u64, n: u64, level: f64) -> Option<Result<Interval, Undefined>> {
    Some(match method {
        Method::ClopperPearson => clopper_pearson(x, n, level),
        Method::Wilson => wilson(x, n, level),
        Method::WilsonCorrected => wilson_corrected(x, n, level),
        Method::WaldProportion => wald_proportion(x, n, level),
        Method::AgrestiCoull => agresti_coull(x, n, level),
        Method::Jeffreys => jeffreys(x, n, level),
        Method::MidP => mid_p_proportion(x, n, level),
        Method::LikelihoodProportion => likelihood_proportion(x, n, level),
        _ => return None,
    })
}

/// What is asked of two proportions.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) methods: &'a [Method],
    /// Confidence level.
    pub(super) level: f64,
    /// The difference that a test of a margin tests.
    pub(super) margin: Option<f64>,
}

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
            Method::NewcombeCorrected => newcombe_corrected_difference(x1, n1, x2, n2, level),
            Method::Mee => mee_difference(x1, n1, x2, n2, level),
            Method::WaldDifference => wald_difference(x1, n1, x2, n2, level),
            Method::AgrestiCaffo => agresti_caffo_difference(x1, n1, x2, n2, level),
            _ => miettinen_nurminen_difference(x1, n1, x2, n2, level),
        }
    }

    fn ratio(self, method: Method, level: f64) -> Result<Ratio, Undefined> {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        match method {
            Method::OddsRatio => odds_ratio_exact(x1, n1, x2, n2, level),
            Method::OddsRatioScore => odds_ratio_score(x1, n1, x2, n2, level),
            Method::OddsRatioWald => odds_ratio_wald(x1, n1, x2, n2, level),
            Method::RiskRatioWald => risk_ratio_wald(x1, n1, x2, n2, level),
            _ => risk_ratio(x1, n1, x2, n2, level),
        }
    }

    /// The p-value of a test.
    pub(super) fn p(self, method: Method) -> Result<f64, Undefined> {
        let ((x1, n1), (x2, n2)) = (self.first, self.second);
        let table = [vec![x1, n1.saturating_sub(x1)], vec![x2, n2.saturating_sub(x2)]];
        match method {
            Method::Boschloo => boschloo(x1, n1, x2, n2).map(|test| test.p),
            Method::Barnard => barnard(x1, n1, x2, n2).map(|test| test.p),
            Method::LikelihoodRatio => likelihood_ratio_chi_square(&table).map(|test| test.p),
            Method::ChiSquare => pearson_chi_square(&table).map(|test| test.p),
            _ => fisher_exact(&table),
        }
    }
}

impl Work<'_> {
    /// The rows of one comparison; `key` gives the key of a statistic before its method.
    pub(super) fn compare_proportions(&mut self, pair: Pair, asked: Asked<'_>, key: &dyn Fn(Statistic) -> Key) {
        let Asked { methods, level, .. } = asked;
        for method in methods {
            let of = |statistic: Statistic| key(statistic).method(*method);
            let limit = |statistic: Statistic| of(statistic).conf_level(level);
            match method.family() {
                Family::ShareDifference => self.difference_rows(pair.difference(*method, level), level, &of),
                Family::ShareRatio => {
                    self.ratio_rows(pair.ratio(*method, level), level, &of);
                }
                Family::ShareTest => self.push(of(Statistic::PValue), value(pair.p(*method)), None),
                Family::ShareMargin => {
                    let ((x1, n1), (x2, n2)) = (pair.first, pair.second);
                    let test = farrington_manning(x1, n1, x2, n2, asked.margin.unwrap_or(0.0));
                    self.push(of(Statistic::TestStatistic), value(test.map(|test| test.z)), None);
                    self.push(of(Statistic::PValue), value(test.map(|test| test.p)), None);
                }
                Family::ShareNumberNeeded => {
                    let first = methods.iter().find(|own| own.family() == Family::ShareDifference);
                    let difference = first.map_or(Err(Undefined::NotEstimable), |own| pair.difference(*own, level));
                    self.numbers_needed(difference, &of, &limit);
                }
                _ => {}
            }
        }
    }

    /// A ratio whose estimate and upper limit may have no end.
    pub(super) fn ratio_rows(&mut self, ratio: Result<Ratio, Undefined>, level: f64, of: &dyn Fn(Statistic) -> Key) {
        let limit = |statistic: Statistic| of(statistic).conf_level(level);
        self.push(of(Statistic::Ratio), bounded(ratio.map(|ratio| ratio.estimate)), None);
        self.push(limit(Statistic::RatioLower), value(ratio.map(|ratio| ratio.interval.lower)), None);
        self.push(limit(Statistic::RatioUpper), bounded(ratio.map(|ratio| ratio.interval.upper)), None);
    }

    /// The ratio of a model with its limits, and its p-value.
    pub(super) fn effect_rows(
        &mut self,
        ratio: Result<(f64, Interval), Undefined>,
        p: Result<f64, Undefined>,
        level: f64,
        of: &dyn Fn(Statistic) -> Key,
    ) {
        let limit = |statistic: Statistic| of(statistic).conf_level(level);
        self.push(of(Statistic::Ratio), value(ratio.map(|own| own.0)), None);
        self.push(limit(Statistic::RatioLower), value(ratio.map(|own| own.1.lower)), None);
        self.push(limit(Statistic::RatioUpper), value(ratio.map(|own| own.1.upper)), None);
        self.push(of(Statistic::PValue), value(p), None);
    }

    /// A difference of proportions with its limits.
    pub(super) fn difference_rows(
        &mut self,
        difference: Result<Difference, Undefined>,
        level: f64,
        of: &dyn Fn(Statistic) -> Key,
    ) {
        let limit = |statistic: Statistic| of(statistic).conf_level(level);
        self.push(of(Statistic::Difference), value(difference.map(|d| d.estimate)), None);
        self.push(limit(Statistic::DifferenceLower), value(difference.map(|d| d.interval.lower)), None);
        self.push(limit(Statistic::DifferenceUpper), value(difference.map(|d| d.interval.upper)), None);
    }

    /// Those to treat for one to benefit (above zero) or to be harmed (below): the reciprocals of the difference and of its
    /// limits. The ends belong to the limits of the difference; where these have both signs, the numbers between them run
    /// through infinity.
    fn numbers_needed(
        &mut self,
        difference: Result<Difference, Undefined>,
        of: &dyn Fn(Statistic) -> Key,
        limit: &dyn Fn(Statistic) -> Key,
    ) {
        let needed = difference.and_then(number_needed);
        let end = |pick: fn(&NumberNeeded, Difference) -> Option<f64>| match (&needed, &difference) {
            (Ok(needed), Ok(difference)) => bounded(Ok(pick(needed, *difference))),
            (Err(undefined), _) | (_, Err(undefined)) => Value::NotEstimable(reason(*undefined)),
        };
        self.push(of(Statistic::NumberNeeded), end(|needed, _| needed.estimate), None);
        let lower = end(|_, difference| reciprocal(ends(difference).0));
        let upper = end(|_, difference| reciprocal(ends(difference).1));
        self.push(limit(Statistic::NumberNeededLower), lower, None);
        self.push(limit(Statistic::NumberNeededUpper), upper, None);
    }
}

/// The limits of which the ends of a number needed are the reciprocals: of one sign the ends rise; of two they enclose
/// infinity, and stand in the order of the limits.
fn ends(difference: Difference) -> (f64, f64) {
    let (lower, upper) = (difference.interval.lower, difference.interval.upper);
    if lower * upper > 0.0 { (upper, lower) } else { (lower, upper) }
}

/// One over a difference; none of zero.
fn reciprocal(difference: f64) -> Option<f64> {
    let reciprocal = 1.0 / difference;
    reciprocal.is_finite().then_some(reciprocal)
}

/// A value that may have no end.
pub(super) fn bounded(result: Result<Option<f64>, Undefined>) -> Value {
    match result {
        Ok(Some(number)) => Value::number(number),
        Ok(None) => Value::NotEstimable(Reason::Unbounded),
        Err(undefined) => Value::NotEstimable(reason(undefined)),
    }
}
