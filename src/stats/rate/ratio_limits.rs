//! Further limits of the ratio of two rates.

use super::super::distribution::{normal_quantile, normal_sf};
use super::super::proportion::{Ratio, RatioInterval};
use super::super::{Undefined, finite, real, tail};
use super::at_risk;
use super::limits::crossing;
use super::ratio::{Events, RateRatio};

/// Ratio of two rates with limits and p-value of the score test.
///
/// # Method
/// Ratios R that the test of x₁/t₁ − R x₂/t₂ does not reject, its variance under R; the limits are the roots of a quadratic,
/// those of Wilson for the share of the first group in all events, taken as odds. Without events in a group the limit on
/// that side is 0 or infinite.
///
/// # Input
/// As [`rate_ratio`](super::rate_ratio).
///
/// # Not estimable
/// As [`rate_ratio`](super::rate_ratio).
///
/// # Agrees with
/// R `ratesci::scoreci(x1, t1, x2, t2, distrib = "poi", contrast = "RR", skew = FALSE)`, and sixty digits; cases in
/// `fixtures/reference/rate`.
pub fn rate_ratio_score(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Result<RateRatio, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let (t1, t2) = (at_risk(t1)?, at_risk(t2)?);
    if x1 == 0 && x2 == 0 {
        return Err(Undefined::NoEvents);
    }
    let (first, second) = (real(x1), real(x2));
    let total = first + second;
    // The odds of a share are the ratio times t1 / t2; the product of their limits is the square of x1 / x2.
    let middle = first * second + z * z * total / 2.0;
    let larger = middle + z * libm::sqrt(total * (first * second + z * z * total / 4.0));
    let times = t2 / t1;
    let lower = finite(first * (first / larger) * times)?;
    let upper = if x2 == 0 { None } else { Some(finite(larger / second / second * times)?) };
    let difference = libm::fabs(first * t2 - second * t1);
    let deviation = libm::sqrt(t1) * libm::sqrt(t2) * libm::sqrt(total);
    let p = (2.0 * normal_sf(finite(difference / deviation)?)?).min(1.0);
    Ok(RateRatio {
        ratio: Ratio { estimate: estimate([first, t1], [second, t2])?, interval: RatioInterval { lower, upper } },
        p,
    })
}

/// Ratio of two rates with mid-p limits and p-value.
///
/// # Method
/// As [`rate_ratio`](super::rate_ratio), but only half the probability of the observed number counts in each tail; the
/// p-value is twice the smaller tail. Without events in a group the limit on that side is 0 or infinite, and the other still
/// leaves half the error. The limits are bisected until no double lies between.
///
/// # Input
/// As [`rate_ratio`](super::rate_ratio).
///
/// # Not estimable
/// As [`rate_ratio`](super::rate_ratio); `NotConverged` beyond 1e8 events.
///
/// # Agrees with
/// R `exactci::poisson.exact(c(x1, x2), c(t1, t2), midp = TRUE)` to what its search leaves, and sixty digits; cases in
/// `fixtures/reference/rate`.
pub fn rate_ratio_mid_p(x1: u64, t1: f64, x2: u64, t2: f64, level: f64) -> Result<RateRatio, Undefined> {
    /// Where the incomplete beta functions still have their digits.
    const MOST: u64 = 100_000_000;
    let outside = tail(level)?;
    let (t1, t2) = (at_risk(t1)?, at_risk(t2)?);
    if x1 == 0 && x2 == 0 {
        return Err(Undefined::NoEvents);
    }
    if x1.saturating_add(x2) > MOST {
        return Err(Undefined::NotConverged);
    }
    let (first, second) = (real(x1), real(x2));
    // Twice the tails: the probability of so many and that of one more, or one less.
    let upper_tail = |events: &Events| {
        let beyond = if x2 == 0 { 0.0 } else { events.at_least(first + 1.0)? };
        Ok(events.at_least(first)? + beyond)
    };
    let lower_tail = |events: &Events| {
        let beyond = if x1 == 0 { 0.0 } else { events.at_most(first - 1.0)? };
        Ok(events.at_most(first)? + beyond)
    };
    let at = |odds: f64| Events { first, second, shares: [odds / (1.0 + odds), 1.0 / (1.0 + odds)] };
    let times = t2 / t1;
    let lower = match x1 {
        0 => 0.0,
        _ => finite(crossing(1e300, |odds| Ok(upper_tail(&at(odds))? < 2.0 * outside))? * times)?,
    };
    let upper = match x2 {
        0 => None,
        _ => Some(finite(crossing(1e300, |odds| Ok(lower_tail(&at(odds))? > 2.0 * outside))? * times)?),
    };
    let equal = Events { first, second, shares: [t1 / (t1 + t2), t2 / (t1 + t2)] };
    let p = lower_tail(&equal)?.min(upper_tail(&equal)?).min(1.0);
    Ok(RateRatio {
        ratio: Ratio { estimate: estimate([first, t1], [second, t2])?, interval: RatioInterval { lower, upper } },
        p,
    })
}

fn estimate(one: [f64; 2], two: [f64; 2]) -> Result<Option<f64>, Undefined> {
    if two[0] == 0.0 { Ok(None) } else { finite(one[0] / one[1] / (two[0] / two[1])).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Limits = fn(u64, f64, u64, f64, f64) -> Result<RateRatio, Undefined>;
    const BOTH: [Limits; 2] = [rate_ratio_score, rate_ratio_mid_p];

    #[track_caller]
    fn assert_close(value: f64, expected: f64) {
        assert!(libm::fabs(value - expected) <= 1e-12 * libm::fabs(expected), "{value:e} is not {expected:e}");
    }

    #[test]
    fn one_side_without_events_on_paper() {
        // Of three events none is in the first group: half of (1 + odds)^−3 is the error of one side.
        let found = rate_ratio_mid_p(0, 2.0, 3, 5.0, 0.95).unwrap();
        assert_eq!((found.ratio.estimate, found.ratio.interval.lower.to_bits()), (Some(0.0), 0));
        assert_close(found.ratio.interval.upper.unwrap(), (libm::cbrt(20.0) - 1.0) * 2.5);
        assert_close(found.p, libm::pow(5.0 / 7.0, 3.0));
        // The score limit is 3 z² over 9.
        let score = rate_ratio_score(0, 2.0, 3, 5.0, 0.95).unwrap();
        let z = normal_quantile(0.975).unwrap();
        assert_close(score.ratio.interval.upper.unwrap(), z * z / 3.0 * 2.5);
        let turned = rate_ratio_score(3, 5.0, 0, 2.0, 0.95).unwrap().ratio;
        assert_eq!((turned.estimate, turned.interval.upper), (None, None));
        assert_close(turned.interval.lower, 3.0 / (z * z) / 2.5);
    }

    #[test]
    fn exchanging_the_groups_inverts_the_interval_and_it_nests() {
        for limits in BOTH {
            for (x1, t1, x2, t2) in [(5, 40.25, 12, 38.5), (1, 3.0, 900, 2.0), (250, 1234.5, 199, 1180.25)] {
                let (here, there) = (limits(x1, t1, x2, t2, 0.9).unwrap(), limits(x2, t2, x1, t1, 0.9).unwrap());
                assert_close(here.ratio.interval.lower, 1.0 / there.ratio.interval.upper.unwrap());
                assert_close(here.ratio.interval.upper.unwrap(), 1.0 / there.ratio.interval.lower);
                assert_close(here.p, there.p);
                let wide = limits(x1, t1, x2, t2, 0.99).unwrap().ratio.interval;
                assert!(wide.lower < here.ratio.interval.lower && wide.upper > here.ratio.interval.upper);
            }
        }
    }

    #[test]
    fn what_has_no_ratio() {
        for limits in BOTH {
            assert_eq!(limits(0, 1.0, 0, 1.0, 0.95), Err(Undefined::NoEvents));
            assert_eq!(limits(1, 0.0, 1, 1.0, 0.95), Err(Undefined::NoData));
            assert_eq!(limits(1, 1.0, 1, -1.0, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(limits(1, f64::NAN, 1, 1.0, 0.95), Err(Undefined::OutOfRange));
            assert_eq!(limits(1, 1.0, 1, 1.0, 1.0), Err(Undefined::OutOfRange));
            assert_eq!(limits(1, 1e-200, 1, 1e200, 0.95), Err(Undefined::OutOfRange));
        }
        assert_eq!(rate_ratio_mid_p(u64::MAX, 1.0, 1, 1.0, 0.95), Err(Undefined::NotConverged));
    }
}
