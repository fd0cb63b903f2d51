//! Further limits of one rate.

use super::super::distribution::{gamma_lower, gamma_upper, normal_quantile};
use super::super::{Interval, Undefined, finite, real, tail};
use super::{Rate, at_risk};

/// Score interval for a rate of events.
///
/// # Method
/// The means that the test (x − μ) / √μ does not reject: x + z²/2 ± z √(x + z²/4), over the time; Rao, and Begaud and
/// others 2005, Statistics in Medicine 24:3123.
///
/// # Input
/// `events` in a total `time` at risk, above 0 in any unit; `level` strictly between 0 and 1.
///
/// # Not estimable
/// `NoData` when the time is 0; `OutOfRange` when it is negative or not finite, when the level is not a probability, and
/// when a limit exceeds the range of a double.
///
/// # Agrees with
/// The closed form in R; cases in `fixtures/reference/rate`.
pub fn rate_score(events: u64, time: f64, level: f64) -> Result<Rate, Undefined> {
    let z = -normal_quantile(tail(level)?)?;
    let time = at_risk(time)?;
    let count = real(events);
    let upper = count + z * z / 2.0 + z * libm::sqrt(count + z * z / 4.0);
    // The product of both limits is the square of the count; their difference would cancel.
    let lower = count * (count / upper);
    rate(count, Interval { lower, upper }, time)
}

/// Mid-p interval for a rate of events.
///
/// # Method
/// Cohen and Yang 1994, Statistics in Medicine 13:2189: the means at which half the probability of the observed number and
/// that of more (of fewer, for the upper limit) is half the error. Without events the lower limit is 0, and the upper one
/// still leaves half the error. The limits are bisected until no double lies between.
///
/// # Input
/// As [`rate_score`].
///
/// # Not estimable
/// As [`rate_score`]; `NotConverged` beyond 1e8 events.
///
/// # Agrees with
/// R `exactci::poisson.exact(events, time, midp = TRUE)` to the 1e-6 that it is solved to, and fifty digits; cases in
/// `fixtures/reference/rate`.
pub fn rate_mid_p(events: u64, time: f64, level: f64) -> Result<Rate, Undefined> {
    /// Where the incomplete gamma functions still have their digits.
    const MOST: u64 = 100_000_000;
    let outside = tail(level)?;
    let time = at_risk(time)?;
    if events > MOST {
        return Err(Undefined::NotConverged);
    }
    let count = real(events);
    let z = -normal_quantile(outside)?;
    let most = 2.0 * count + 4.0 * z * z + 100.0;
    // Of x + 1 or more events the probability is P(x + 1, μ), of x or fewer Q(x + 1, μ).
    let both = |side: fn(f64, f64) -> Result<f64, Undefined>, mean: f64| {
        let without = side(count + 1.0, mean)?;
        // Fewer than none are impossible.
        if events == 0 { Ok(without) } else { Ok(without + side(count, mean)?) }
    };
    let upper = crossing(most, |mean| Ok(both(gamma_upper, mean)? > 2.0 * outside))?;
    let lower = if events == 0 { 0.0 } else { crossing(count, |mean| Ok(both(gamma_lower, mean)? < 2.0 * outside))? };
    rate(count, Interval { lower, upper }, time)
}

/// Where a condition that holds near 0 ceases to hold, up to a most; halved between the bits of positive doubles, which
/// takes the same steps at every scale.
fn crossing(most: f64, holds: impl Fn(f64) -> Result<bool, Undefined>) -> Result<f64, Undefined> {
    let (mut low, mut high) = (f64::MIN_POSITIVE.to_bits(), most.to_bits());
    while low + 1 < high {
        let middle = u64::midpoint(low, high);
        if holds(f64::from_bits(middle))? {
            low = middle;
        } else {
            high = middle;
        }
    }
    Ok(f64::from_bits(high))
}

fn rate(count: f64, interval: Interval, time: f64) -> Result<Rate, Undefined> {
    let interval = Interval { lower: finite(interval.lower / time)?, upper: finite(interval.upper / time)? };
    Ok(Rate { estimate: finite(count / time)?, interval })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Limits = fn(u64, f64, f64) -> Result<Rate, Undefined>;
    const BOTH: [Limits; 2] = [rate_score, rate_mid_p];

    #[test]
    fn no_events_on_paper() {
        // The score limit is z²; at the mid-p limit half of exp(−upper · time) is the error of one side.
        let score = rate_score(0, 4.0, 0.95).unwrap().interval;
        let z = normal_quantile(0.975).unwrap();
        assert!(score.lower.to_bits() == 0 && libm::fabs(score.upper - z * z / 4.0) < 1e-14);
        let exact = rate_mid_p(0, 4.0, 0.95).unwrap().interval;
        assert!(exact.lower.to_bits() == 0 && libm::fabs(exact.upper - libm::log(20.0) / 4.0) < 1e-14);
    }

    #[test]
    fn limits_hold_the_estimate_and_nest() {
        for limits in BOTH {
            for events in [0, 1, 2, 7, 40, 1000, 1_000_000] {
                let (narrow, wide) = (limits(events, 3.0, 0.9).unwrap(), limits(events, 3.0, 0.99).unwrap());
                assert!(narrow.interval.lower <= narrow.estimate && narrow.estimate < narrow.interval.upper);
                assert!(wide.interval.lower <= narrow.interval.lower && narrow.interval.upper < wide.interval.upper);
            }
        }
    }

    #[test]
    fn no_time_odd_times_and_odd_levels() {
        for limits in BOTH {
            assert_eq!(limits(0, 0.0, 0.95), Err(Undefined::NoData));
            for time in [-1.0, f64::NAN, f64::INFINITY] {
                assert_eq!(limits(1, time, 0.95), Err(Undefined::OutOfRange));
            }
            for level in [0.0, 1.0, f64::NAN] {
                assert_eq!(limits(1, 1.0, level), Err(Undefined::OutOfRange));
            }
        }
        assert_eq!(rate_mid_p(u64::MAX, 1.0, 0.95), Err(Undefined::NotConverged));
        assert_eq!(rate_score(3, 1e-320, 0.95), Err(Undefined::OutOfRange));
    }
}
