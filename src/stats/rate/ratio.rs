//! The ratio of two rates.

use super::super::distribution::{beta_lower, deviance, ln_odds_quantile, stirling_error};
use super::super::proportion::{Ratio, RatioInterval};
use super::super::{Undefined, finite, real, tail};
use super::at_risk;

/// Relative distance within which probabilities count as equal, as in R's `binom.test`.
const TIE: f64 = 1e-7;

/// A ratio of the first rate to the second, with its limits and a test that both are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateRatio {
    /// Estimate and limits; what is infinite has no value.
    pub ratio: Ratio,
    /// Two-sided p-value of the test that belongs to the limits.
    pub p: f64,
}

/// Ratio of two rates with exact conditional limits and p-value.
///
/// # Method
/// Given the number of all events those of the first group are binomial, and the odds of their probability are the
/// ratio of the rates times that of the times (Przyborowski and Wilenski 1940, Biometrika 31:313). Limits are those of
/// Clopper and Pearson for that probability, taken as odds without rounding to a probability first. The p-value sums
/// the outcomes that are at most as likely as the observed one when the rates are equal.
///
/// # Input
/// `x1` events in the time `t1` and `x2` in `t2`, both in the same unit; `level` strictly between 0 and 1. Without
/// events in the first group the estimate and the lower limit are 0, without events in the second the estimate and
/// the upper limit are infinite.
///
/// # Not estimable
/// `NoEvents` without events in either group; `NoData` when a time is 0; `OutOfRange` when a time is negative or not
/// finite, when the level is not a probability, and when a limit exceeds the range of a double.
///
/// # Agrees with
/// R `poisson.test(c(x1, x2), c(t1, t2), conf.level = level)`; cases in `fixtures/reference/rate`.
pub fn rate_ratio(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Result<RateRatio, Undefined> {
    let outside = tail(level)?;
    let (t1, t2) = (at_risk(t1)?, at_risk(t2)?);
    if x1 == 0 && x2 == 0 {
        return Err(Undefined::NoEvents);
    }
    let (first, second) = (real(x1), real(x2));
    let times = t2 / t1;
    let odds = |ln_odds: f64| finite(libm::exp(ln_odds) * times);
    let lower = if x1 == 0 { 0.0 } else { odds(ln_odds_quantile([outside, 1.0 - outside], first, second + 1.0)?)? };
    let upper = match x2 {
        0 => None,
        _ => Some(odds(ln_odds_quantile([1.0 - outside, outside], first + 1.0, second)?)?),
    };
    let estimate = if x2 == 0 { None } else { Some(finite(first / t1 / (second / t2))?) };
    let ratio = Ratio { estimate, interval: RatioInterval { lower, upper } };
    Ok(RateRatio { ratio, p: Events { first, second, shares: [t1 / (t1 + t2), t2 / (t1 + t2)] }.p()? })
}

/// Events of the two groups, and the probabilities that one belongs to either when the rates are equal.
pub(super) struct Events {
    pub(super) first: f64,
    pub(super) second: f64,
    pub(super) shares: [f64; 2],
}

impl Events {
    /// The probability of outcomes at most as likely as the observed one.
    ///
    /// Probabilities rise up to the mean and fall after it, so those as unlikely on the other side are a tail.
    fn p(&self) -> Result<f64, Undefined> {
        let total = self.first + self.second;
        let mean = total * self.shares[0];
        let bound = self.ln_probability(self.first) + libm::log1p(TIE);
        let unlikely = |count: f64| self.ln_probability(count) <= bound;
        let (below, above) = if self.first < mean {
            (Some(self.first), first_where(mean.ceil(), total, unlikely))
        } else if self.first > mean {
            // Counted from the other end the condition is the same.
            let distance = first_where(total - mean.floor(), total, |distance| unlikely(total - distance));
            (distance.map(|distance| total - distance), Some(self.first))
        } else {
            return Ok(1.0);
        };
        let lower = below.map_or(Ok(0.0), |most| self.at_most(most))?;
        let upper = above.map_or(Ok(0.0), |least| self.at_least(least))?;
        Ok((lower + upper).min(1.0))
    }

    /// The logarithm of a binomial probability, by Loader 2000.
    fn ln_probability(&self, count: f64) -> f64 {
        let total = self.first + self.second;
        let rest = total - count;
        let [share, other] = self.shares;
        if rest == 0.0 {
            return total * libm::log(share);
        }
        if count == 0.0 {
            return total * libm::log(other);
        }
        let [mean, opposite] = [total * share, total * other];
        stirling_error(total)
            - stirling_error(count)
            - stirling_error(rest)
            - deviance(count, mean, mean - count)
            - deviance(rest, opposite, opposite - rest)
            + 0.5 * libm::log(total / (count * std::f64::consts::TAU * rest))
    }

    pub(super) fn at_most(&self, count: f64) -> Result<f64, Undefined> {
        let rest = self.first + self.second - count;
        if rest == 0.0 { Ok(1.0) } else { beta_lower(self.shares[1], rest, count + 1.0) }
    }

    pub(super) fn at_least(&self, count: f64) -> Result<f64, Undefined> {
        let rest = self.first + self.second - count;
        if count == 0.0 { Ok(1.0) } else { beta_lower(self.shares[0], count, rest + 1.0) }
    }
}

/// The first whole number from `low` to `high` for which a condition holds that then goes on to hold.
fn first_where(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if low > high || !holds(high) {
        return None;
    }
    while low < high {
        let middle = f64::midpoint(low, high).floor();
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1.0;
        }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * libm::fabs(expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn one_event_each_on_paper() {
        // Of two events none or one is in the first group: (1 − p)² is 0.025 at the upper limit.
        let found = rate_ratio(1, 10.0, 1, 10.0, 0.95).unwrap();
        assert_close(found.ratio.estimate.unwrap(), 1.0);
        let root = 0.975_f64.sqrt();
        assert_close(found.ratio.interval.upper.unwrap(), root / (1.0 - root));
        assert_close(found.ratio.interval.lower, (1.0 - root) / root);
        assert_close(found.p, 1.0);
    }

    #[test]
    fn events_on_one_side_only() {
        // Three of three in two thirds of the time: 8/27, and none of the other outcomes is as unlikely but 1/27.
        let found = rate_ratio(3, 2.0, 0, 1.0, 0.95).unwrap();
        assert_eq!((found.ratio.estimate, found.ratio.interval.upper), (None, None));
        let p = libm::cbrt(0.025);
        assert_close(found.ratio.interval.lower, p / (1.0 - p) / 2.0);
        // Probabilities of 0 to 3 events: 1, 6, 12, 8 of 27.
        assert_close(found.p, 15.0 / 27.0);
        let turned = rate_ratio(0, 1.0, 3, 2.0, 0.95).unwrap();
        assert_eq!((turned.ratio.estimate, turned.ratio.interval.lower.to_bits()), (Some(0.0), 0));
        assert_close(turned.ratio.interval.upper.unwrap(), 1.0 / found.ratio.interval.lower);
        assert_close(turned.p, found.p);
    }

    #[test]
    fn equally_likely_outcomes_count_on_both_sides() {
        // One of five at equal times: 0, 1, 4 and 5 events, 12 of 32.
        assert_close(rate_ratio(1, 7.3, 4, 7.3, 0.95).unwrap().p, 12.0 / 32.0);
        assert_close(rate_ratio(4, 7.3, 1, 7.3, 0.95).unwrap().p, 12.0 / 32.0);
    }

    #[test]
    fn exchanging_the_groups_inverts_the_interval() {
        for (x1, t1, x2, t2) in [(5, 40.25, 12, 38.5), (1, 3.0, 900, 2.0), (250, 1234.5, 199, 1180.25)] {
            let (here, there) = (rate_ratio(x1, t1, x2, t2, 0.9).unwrap(), rate_ratio(x2, t2, x1, t1, 0.9).unwrap());
            assert_close(here.ratio.estimate.unwrap(), 1.0 / there.ratio.estimate.unwrap());
            assert_close(here.ratio.interval.lower, 1.0 / there.ratio.interval.upper.unwrap());
            assert_close(here.ratio.interval.upper.unwrap(), 1.0 / there.ratio.interval.lower);
            assert_close(here.p, there.p);
        }
    }

    #[test]
    fn the_other_tail_is_found_as_by_counting() {
        for (x1, x2) in (0..=12).flat_map(|x1| (0..=12).map(move |x2| (x1, x2))).filter(|both| *both != (0, 0)) {
            let events = Events { first: real(x1), second: real(x2), shares: [0.3, 0.7] };
            let all = (0..=x1 + x2).map(|count| events.ln_probability(real(count)));
            let bound = events.ln_probability(real(x1)) + 1e-7;
            let p: f64 = all.filter(|own| *own <= bound).map(libm::exp).sum();
            assert_close(events.p().unwrap(), p);
        }
    }

    #[test]
    fn what_has_no_ratio() {
        assert_eq!(rate_ratio(0, 1.0, 0, 1.0, 0.95), Err(Undefined::NoEvents));
        assert_eq!(rate_ratio(1, 0.0, 1, 1.0, 0.95), Err(Undefined::NoData));
        assert_eq!(rate_ratio(1, 1.0, 1, -1.0, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(rate_ratio(1, f64::NAN, 1, 1.0, 0.95), Err(Undefined::OutOfRange));
        assert_eq!(rate_ratio(1, 1.0, 1, 1.0, 1.0), Err(Undefined::OutOfRange));
        assert!(rate_ratio(3_000_000, 1.0, 2_999_000, 1.0, 0.95).is_ok());
    }
}
